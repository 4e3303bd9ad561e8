"""Every number of a run, counted once in one pass over its findings, so that all reports show the same figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from checks.catalogue import catalogue
from checks.model import Family, Outcome, Severity, SubjectKind
from inventory.errors import Gap
from inventory.findings import FindingRow

_SAMPLES = 5  # subjects named as examples in a summary
_REASONS = 3
SEVERITIES = tuple(sorted(Severity, key=lambda severity: -severity.rank))  # the worst first
Place = tuple[str | None, str | None]  # unit and site


@dataclass(slots=True)
class Tally:
    """How many findings came to what."""

    outcomes: Counter[str] = field(default_factory=Counter)
    failing: Counter[str] = field(default_factory=Counter)  # open gaps by severity, waived ones left out

    def add(self, outcome: str, severity: str, count: int = 1) -> None:
        """Counts findings in."""
        self.outcomes[outcome] += count
        if outcome == Outcome.FAIL:
            self.failing[severity] += count

    def __getitem__(self, outcome: str) -> int:
        return self.outcomes[outcome]

    @property
    def applicable(self) -> int:
        """All but those that do not apply."""
        return self.outcomes.total() - self.outcomes[Outcome.NOT_APPLICABLE]

    @property
    def unsure(self) -> int:
        """What was to be judged and could not be."""
        return self.outcomes[Outcome.UNKNOWN] + self.outcomes[Outcome.ERROR]

    @property
    def pass_percent(self) -> float | None:
        """Passes in a hundred applicable ones, unknown ones counted as not passed; None when nothing applies."""
        return 100 * self.outcomes[Outcome.PASS] / self.applicable if self.applicable else None

    @property
    def weight(self) -> tuple[int, ...]:
        """Sorts what is worse after what is less bad: open gaps by severity, then what is not known."""
        return (*(self.failing[severity] for severity in SEVERITIES), self.unsure)


@dataclass(slots=True)
class Judged:
    """One subject and what was said of it."""

    kind: str
    name: str
    unit: str | None
    site: str | None
    platform: str | None
    tally: Tally = field(default_factory=Tally)


@dataclass(slots=True)
class GapGroup:
    """All open gaps of one check."""

    check: str
    severity: str
    family: str
    count: int = 0
    subjects: int = 0
    examples: list[tuple[str, str]] = field(default_factory=list)  # kind and name of the first subjects
    first_seen: datetime | None = None  # of the oldest of them
    _last: tuple[str, str] | None = None

    def add(self, row: FindingRow) -> None:
        """Counts one more in. Findings of a subject stand together in a run."""
        self.count += 1
        subject = (row.subject_kind, row.subject)
        if subject != self._last:
            self.subjects += 1
            self._last = subject
            if len(self.examples) < _SAMPLES:
                self.examples.append(subject)
        if row.first_seen and (self.first_seen is None or row.first_seen < self.first_seen):
            self.first_seen = row.first_seen


@dataclass(slots=True)
class Unread:
    """What could not be read of one subject for one reason, and how many findings are unknown for it."""

    kind: str
    name: str
    site: str | None
    gap: Gap
    facts: Counter[str] = field(default_factory=Counter)
    whys: list[str] = field(default_factory=list)
    findings: int = 0

    def add(self, fact: str, why: str) -> None:
        """Notes one missing fact."""
        self.facts[fact] += 1
        if why and why not in self.whys and len(self.whys) < _REASONS:
            self.whys.append(why)


@dataclass(slots=True)
class UnreadGroup:
    """Subjects that lack the same facts for the same reasons."""

    gap: Gap
    facts: tuple[str, ...]
    whys: tuple[str, ...]
    subjects: list[tuple[str, str]] = field(default_factory=list)  # kind and name
    findings: int = 0


def grouped(unread: Iterable[Unread]) -> list[UnreadGroup]:
    """What could not be read, told once for all subjects it is the same for; what concerns most findings first."""
    groups: dict[tuple[Gap, tuple[str, ...], tuple[str, ...]], UnreadGroup] = {}
    for each in unread:
        key = (each.gap, tuple(sorted(each.facts)), tuple(sorted(each.whys)))
        group = groups.setdefault(key, UnreadGroup(*key))
        group.subjects.append((each.kind, each.name))
        group.findings += each.findings
    for group in groups.values():
        group.subjects.sort()  # devices answer in another order every time
    return sorted(groups.values(), key=lambda group: -group.findings)


_WORST_FIRST = (Outcome.FAIL, Outcome.WAIVED, Outcome.ERROR, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE)
_RANK = {str(outcome): rank for rank, outcome in enumerate(_WORST_FIRST)}


class Figures:
    """Counts over one run. Holds something for each subject, never for each finding."""

    def __init__(self, rows: Iterable[FindingRow], place_of: Callable[[FindingRow], Place], started: datetime) -> None:
        self.total = Tally()
        self.by_family: dict[str, Tally] = {family.value: Tally() for family in Family}
        self.by_check: dict[str, Tally] = {}
        self.by_place: dict[Place, Tally] = {}
        self.by_subject: dict[tuple[str, str], Judged] = {}
        self.gaps: dict[tuple[str, str], GapGroup] = {}
        self.unread: dict[tuple[str, str, Gap], Unread] = {}
        self.undecided: dict[str, GapGroup] = {}  # unknown, and no fact that the check cannot do without is missing
        self.checks_by_severity: dict[str, set[str]] = {}  # of failed and waived findings
        self.new = 0  # open gaps that no earlier run saw
        self._worst: dict[tuple[str, str, str], str] = {}
        self._families = {check.id: check.family.value for check in catalogue().values()}
        self._planned = {c.id for c in catalogue().values() if any(ref.startswith("plan:") for ref in c.clauses)}
        for row in rows:
            self._count(row, place_of(row), started)

    def _count(self, row: FindingRow, place: Place, started: datetime) -> None:
        family = self.family_of(row.check)
        subject = (row.subject_kind, row.subject)
        judged = self.by_subject.get(subject)
        if judged is None:
            judged = self.by_subject[subject] = Judged(*subject, *place, row.platform)
        tallies = (
            self.total,
            self.by_family.setdefault(family, Tally()),
            self.by_check.setdefault(row.check, Tally()),
            self.by_place.setdefault(place, Tally()),
            judged.tally,
        )
        for tally in tallies:
            tally.add(row.outcome, row.severity)
        self._note_worst(row)
        if row.outcome in (Outcome.FAIL, Outcome.WAIVED):
            self.checks_by_severity.setdefault(row.severity, set()).add(row.check)
        if row.outcome == Outcome.FAIL:
            key = (row.check, row.severity)
            self.gaps.setdefault(key, GapGroup(row.check, row.severity, family)).add(row)
            self.new += row.first_seen is not None and row.first_seen >= started
        elif row.outcome == Outcome.UNKNOWN:
            self._note_unknown(row, family)

    def _note_worst(self, row: FindingRow) -> None:
        # For the plan's shares only, which are counted in subjects.
        if row.check not in self._planned:
            return
        key = (row.check, row.subject_kind, row.subject)
        before = self._worst.get(key)
        if before is None or _RANK[row.outcome] < _RANK[before]:
            self._worst[key] = row.outcome

    def _note_unknown(self, row: FindingRow, family: str) -> None:
        if not row.missing:
            self.undecided.setdefault(row.check, GapGroup(row.check, row.severity, family)).add(row)
            return
        for gap in {reason.gap for _, reason in row.missing}:
            key = (row.subject_kind, row.subject, gap)
            unread = self.unread.get(key)
            if unread is None:
                unread = self.unread[key] = Unread(row.subject_kind, row.subject, row.site, gap)
            unread.findings += 1
            for fact, reason in row.missing:
                if reason.gap is gap:
                    unread.add(fact, reason.why)

    def family_of(self, check: str) -> str:
        """The family of a check; census for one that today's catalogue no longer has."""
        return self._families.get(check, Family.CENSUS.value)

    def worst_gaps(self) -> list[GapGroup]:
        """Open gaps by check, the most severe first, then what concerns the most subjects."""
        rank = {severity.value: at for at, severity in enumerate(SEVERITIES)}
        return sorted(self.gaps.values(), key=lambda g: (rank.get(g.severity, len(rank)), -g.subjects, g.check))

    def worst_subjects(self) -> list[Judged]:
        """Every judged subject, the one with the most severe gaps first."""
        kinds = list(SubjectKind)
        return sorted(
            self.by_subject.values(),
            key=lambda j: (tuple(-n for n in j.tally.weight), kinds.index(SubjectKind(j.kind)), j.name),
        )

    def by_unit(self) -> dict[str | None, Tally]:
        """Tallies by unit; None gathers what belongs to no single one."""
        return _merged((unit, tally) for (unit, _), tally in self.by_place.items())

    def worst_units(self) -> list[tuple[str | None, Tally]]:
        """Units with open gaps, the one with the most severe first."""
        ordered = sorted(self.by_unit().items(), key=lambda item: ([-n for n in item[1].weight], item[0] or ""))
        return [(unit, tally) for unit, tally in ordered if tally.failing.total()]

    def by_site(self) -> dict[str | None, Tally]:
        """Tallies by site; None gathers what stands at no single one."""
        return _merged((site, tally) for (_, site), tally in self.by_place.items())

    def outcomes_of(self, checks: Iterable[str]) -> Tally:
        """What some checks came to together."""
        total = Tally()
        for check in checks:
            found = self.by_check.get(check)
            if found:
                total.outcomes.update(found.outcomes)
                total.failing.update(found.failing)
        return total

    def examples_of(self, checks: Iterable[str]) -> list[tuple[str, str]]:
        """A few subjects with open gaps of some checks: kind and name."""
        wanted = set(checks)
        found = (subject for group in self.gaps.values() if group.check in wanted for subject in group.examples)
        return list(dict.fromkeys(found))[:_SAMPLES]

    def subjects_of(self, checks: Iterable[str]) -> Mapping[tuple[str, str], str]:
        """The worst outcome by subject of some checks that cite the plan: fail, waived, error, unknown, pass, n/a."""
        wanted = set(checks)
        worst: dict[tuple[str, str], str] = {}
        for (check, kind, name), outcome in self._worst.items():
            before = worst.get((kind, name))
            if check in wanted and (before is None or _RANK[outcome] < _RANK[before]):
                worst[kind, name] = outcome
        return worst


def _merged(pairs: Iterator[tuple[str | None, Tally]]) -> dict[str | None, Tally]:
    merged: dict[str | None, Tally] = {}
    for key, tally in pairs:
        into = merged.setdefault(key, Tally())
        into.outcomes.update(tally.outcomes)
        into.failing.update(tally.failing)
    return merged
