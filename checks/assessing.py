"""The pre-assessment of a run: findings and attestations to items, control points, risks and a score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby

from checks.attestations import Attested
from checks.items import (
    OPEN,
    Compensation,
    ItemResult,
    ObjectResult,
    PointResult,
    Result,
    Steps,
    Tally,
    best,
    item_result,
    object_result,
    worst,
)
from checks.model import Check
from checks.risks import Level, Risk, Standing, Words, high_risks, levels, major_risks
from checks.scoring import Mark, Risks, Score, Scoring, score
from checks.standards import LEVEL3, Clause, ControlPoint, Layer, standard
from inventory.findings import ERROR, NOT_APPLICABLE, UNKNOWN, FindingRow

WIDE = ("network", "register")  # kinds of subject that stand for every object of an item
_MANAGEMENT = frozenset(f"8.1.{n}" for n in range(6, 11)) | frozenset({"8.2.6", "8.2.7"})
_LEVELS = ("S3A3", "S2A3", "S1A3", "S3A2", "S3A1")


@dataclass(frozen=True, slots=True)
class Rectify:
    """Days from the first sight of a gap to the day by which it is to be mended, by its severity."""

    critical: int = 7
    high: int = 30
    medium: int = 90
    low: int = 180
    info: int = 365

    def __post_init__(self) -> None:
        if min(getattr(self, name) for name in self.__slots__) < 0:
            raise ValueError("days: >= 0")


@dataclass(frozen=True, slots=True)
class Basis:
    """What is assessed: the grade of the object (annex A of GB/T 22239), extensions, and how it is scored.

    The catalogue holds the items of S3A3: of an object graded lower in S or A those items ask for less, so that what
    is found of them here counts where they are met and is left open where they are not.
    """

    scoring: Scoring = field(default_factory=Scoring)
    cloud: bool = False
    level: str = "S3A3"
    rectify: Rectify = field(default_factory=Rectify)

    def __post_init__(self) -> None:
        if self.level not in _LEVELS:
            raise ValueError(f"level: {', '.join(_LEVELS)}")

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The security classes that are assessed."""
        known = standard(LEVEL3)
        return known.general + (known.cloud if self.cloud else ())

    def is_lowered(self, clause: Clause) -> bool:
        """Whether the object's grade asks for less than the item says."""
        at = self.level.find(clause.attr)
        return at >= 0 and self.level[at + 1] != "3"


_States = dict[str, bool | None]  # by check, of one subject: passes, fails, cannot tell
_Said = list[tuple[bool | None, bool]]  # of one step: state of a check, and whether its passing proves the step


class StepsOf:
    """Which checks decide which steps of which items."""

    def __init__(self, checks: Iterable[Check]) -> None:
        self._by_check: dict[str, list[tuple[str, int, bool]]] = {}
        self.checks: dict[str, set[str]] = defaultdict(set)  # by item
        for check in checks:
            for step in check.steps:
                name, _, item = step.clause.partition(":")
                if name == LEVEL3:
                    self._by_check.setdefault(check.id, []).append((item, step.number, step.proves))
                    self.checks[item].add(check.id)

    def said(self, states: _States) -> dict[str, dict[int, _Said]]:
        """What the checks of one subject say of steps, by item and step."""
        found: dict[str, dict[int, _Said]] = {}
        for check, state in states.items():
            for item, number, proves in self._by_check.get(check, ()):
                found.setdefault(item, {}).setdefault(number, []).append((state, proves))
        return found

    def found(self, item: str, rows: Iterable[FindingRow]) -> dict[int, list[FindingRow]]:
        """Findings by the step of an item that their checks decide."""
        found: dict[int, list[FindingRow]] = {}
        for row in rows:
            for cited, number, _ in self._by_check.get(row.check, ()):
                if cited == item:
                    found.setdefault(number, []).append(row)
        return found

    def spoken(self, item: str) -> dict[int, set[str]]:
        """Steps of an item that checks speak to, each with those of them whose passing proves it."""
        found: dict[int, set[str]] = {}
        for check, steps in self._by_check.items():
            for cited, number, proves in steps:
                if cited == item:
                    found.setdefault(number, set()).update({check} if proves else ())
        return found

    def items(self, checks: Iterable[str]) -> set[str]:
        """Items of which these checks decide a step."""
        return {item for check in checks for item, _, _ in self._by_check.get(check, ())}


def step_states(clause: Clause, *said: Mapping[int, _Said]) -> Steps:
    """The steps of an object: one failure settles a step, and only passes of all who speak to it prove it."""

    def state(number: int) -> bool | None:
        found = [each for part in said for each in part.get(number, ())]
        if any(holds is False for holds, _ in found):
            return False
        return True if any(proves for _, proves in found) and all(holds for holds, _ in found) else None

    return tuple(state(number) for number in range(1, clause.substeps + 1))


def states_of(rows: Iterable[FindingRow]) -> tuple[_States, set[str]]:
    """What each check says of one subject, and the checks that do not concern it."""
    states: _States = {}
    spared: set[str] = set()
    for row in rows:
        if row.outcome == NOT_APPLICABLE:
            spared.add(row.check)
        elif row.fails:
            states[row.check] = False
        elif row.outcome in (UNKNOWN, ERROR) or row.underlying:
            states[row.check] = None if states.get(row.check, True) is not False else False
        else:
            states.setdefault(row.check, True)
    return states, spared - set(states)


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """One object of an item with the findings that its steps rest on, by the step's number."""

    object: ObjectResult
    found: Mapping[int, list[FindingRow]]
    is_shared: bool = False  # no object: what holds of the network, and so of every object


@dataclass(frozen=True)
class Assessment:
    """A self-check as an assessor would lay it out."""

    basis: Basis
    points: tuple[tuple[Layer, tuple[PointResult, ...]], ...]
    high: tuple[Risk, ...]
    major: tuple[Risk, ...]
    attested: Attested

    @cached_property
    def items(self) -> dict[str, ItemResult]:
        """Every item by id, in the standard's order."""
        return {item.clause.id: item for _, points in self.points for point in points for item in point.items}

    @cached_property
    def score(self) -> Score:
        """Rate or score with bounds, coverage and the conclusion where both bounds agree."""
        weights = self.basis.scoring.weights()
        marks = [
            Mark(
                layer=layer.id,
                technical=layer.id not in _MANAGEMENT,
                weight=weights[item.clause.importance],
                worst=worst(item.possible),
                best=best(item.possible),
                low=item.low,
                high=item.high,
                objects=item.count,
                automatic=not item.attestations,
            )
            for layer, points in self.points
            for point in points
            for item in point.items
            if item.possible
        ]
        return score(marks, self.risks, self.basis.scoring, len(self.items) - len(marks))

    @cached_property
    def risks(self) -> Risks:
        """Risks at the least and at the most."""
        found = [self.level_of(item) for item in self.items.values()]
        standings = [risk.standing for risk in self.major]
        return Risks(
            standings.count(Standing.CONFIRMED) + standings.count(Standing.RECTIFIED),
            sum(standing in (Standing.CANDIDATE, Standing.OPEN) for standing in standings),
            max((least for least, _ in found), key=lambda level: level.rank, default=Level.NONE),
            max((most for _, most in found), key=lambda level: level.rank, default=Level.NONE),
        )

    def level_of(self, item: ItemResult) -> tuple[Level, Level]:
        """The least and the most risk that an item brings."""
        return levels(item, self._cases)

    @cached_property
    def _cases(self) -> dict[str, Risk]:
        return {risk.id: risk for risk in self.high}

    @cached_property
    def compensations(self) -> tuple[Compensation, ...]:
        """Gaps that another control point of the class may make up for, and those where a person accepted it."""
        found = []
        for _, points in self.points:
            met = tuple(each.point for each in points if each.result is Result.MET)
            lacking = (item for point in points for item in point.items if item.before is not None or item.is_lacking)
            found += [Compensation(item, met) for item in lacking if met or item.before is not None]
        return tuple(found)


class Assessor:
    """Turns the findings of a run, read once subject by subject, into an assessment."""

    def __init__(self, basis: Basis, checks: Iterable[Check], attested: Attested) -> None:
        self._basis = basis
        self.checks = tuple(checks)
        self._steps = StepsOf(self.checks)
        self._raised = {check.id: frozenset(check.high_risk) for check in self.checks}
        self._attested = attested
        self._clauses = {c.id: c for layer in basis.layers for p in layer.control_points for c in p.items}

    @property
    def deciding(self) -> tuple[str, ...]:
        """Checks that decide a step of any item: the assessment needs the findings of no others."""
        return tuple(sorted(set().union(*self._steps.checks.values())))

    def checks_of(self, item: str) -> tuple[str, ...]:
        """Checks that decide a step of an item."""
        return tuple(sorted(self._steps.checks.get(item, ())))

    def spoken(self, item: str) -> dict[int, set[str]]:
        """Steps of an item that checks speak to, each with those of them whose passing proves it."""
        return self._steps.spoken(item)

    def assessed(self, wide: Iterable[FindingRow], rows: Iterable[FindingRow]) -> Assessment:
        """The assessment; ``wide`` are the findings on network and register, ``rows`` those on everything else.

        Findings of one subject stand together in both. Memory grows with the objects, not with the findings.
        """
        gathered: dict[str, Tally] = defaultdict(Tally)
        everywhere = self._everywhere(wide, gathered)
        for (kind, name), own in groupby(rows, key=lambda row: (row.subject_kind, row.subject)):
            states, spared = states_of(own)
            for item, found in self._objects(kind, name, states, everywhere):
                gathered[item].add(found)
            for item in self._steps.items(spared) - self._steps.items(states):
                gathered[item].left_out += 1
            self._note_failures(states, gathered)
        return self._assessment(gathered, everywhere)

    def records(self, item: str, wide: Iterable[FindingRow], rows: Iterable[FindingRow]) -> Iterator[ObjectRecord]:
        """The objects of one item, one at a time, from the findings of its checks."""
        shared = list(wide)
        everywhere = self._everywhere(shared, defaultdict(Tally))
        seen: set[str] = set()
        some = False
        for (kind, name), group in groupby(rows, key=lambda row: (row.subject_kind, row.subject)):
            own = list(group)
            for cited, found in self._objects(kind, name, states_of(own)[0], everywhere):
                if cited == item:
                    some = True
                    if found.attested:
                        seen.add(name)
                    yield ObjectRecord(found, self._steps.found(item, own))
        for found in self._rest(item, everywhere, seen, some=some):
            some = True
            yield ObjectRecord(found, self._steps.found(item, shared) if found.kind else {})
            shared = [] if found.kind else shared
        found_shared = self._steps.found(item, shared)
        if found_shared:  # what passes without proving its step settles nothing and is shown all the same
            steps = step_states(self._clauses[item], everywhere.get(item, {}))
            whole = object_result(self._clauses[item], WIDE[0], WIDE[0], steps)
            yield ObjectRecord(whole, found_shared, is_shared=some)

    def _everywhere(self, wide: Iterable[FindingRow], gathered: Mapping[str, Tally]) -> dict[str, dict[int, _Said]]:
        found: dict[str, dict[int, _Said]] = {}
        for _, own in groupby(wide, key=lambda row: (row.subject_kind, row.subject)):
            states, _ = states_of(own)
            self._note_failures(states, gathered)
            for item, steps in self._steps.said(states).items():
                for number, said in steps.items():
                    found.setdefault(item, {}).setdefault(number, []).extend(said)
        return found

    def _note_failures(self, states: _States, gathered: Mapping[str, Tally]) -> None:
        for check, state in states.items():
            if state is False:
                for item in self._steps.items((check,)):
                    gathered[item].failing.add(check)

    def _objects(
        self, kind: str, name: str, states: _States, everywhere: Mapping[str, Mapping[int, _Said]]
    ) -> Iterator[tuple[str, ObjectResult]]:
        for item, said in self._steps.said(states).items():
            clause = self._clauses.get(item)
            if clause is not None:
                steps = step_states(clause, said, everywhere.get(item, {}))
                yield item, object_result(clause, kind, name, steps, self._attested.of(item, name))

    def _rest(
        self, item: str, everywhere: Mapping[str, Mapping[int, _Said]], seen: set[str], *, some: bool
    ) -> Iterator[ObjectResult]:
        """What no finding on a single object tells of: objects that a person named, else the network as a whole."""
        clause = self._clauses[item]
        named = {name: word for name, word in self._attested.objects(item).items() if name not in seen}
        shared = step_states(clause, everywhere.get(item, {}))
        for name, word in named.items():
            yield object_result(clause, "", name, shared, word)
        if not some and not named and any(step is not None for step in shared):
            yield object_result(clause, WIDE[0], WIDE[0], shared)

    def _assessment(self, gathered: Mapping[str, Tally], everywhere: Mapping[str, dict[int, _Said]]) -> Assessment:
        def result(clause: Clause) -> ItemResult:
            own = gathered.get(clause.id) or Tally()
            for each in self._rest(clause.id, everywhere, own.attested, some=bool(own.parts)):
                own.add(each)
            word = self._attested.of(clause.id)
            found = item_result(clause, own, word)
            lowered = self._basis.is_lowered(clause) and found.result not in (Result.MET, Result.NOT_APPLICABLE)
            return replace(found, possible=OPEN, low=0.0, high=1.0) if lowered and word is None else found

        def results(points: Sequence[ControlPoint]) -> tuple[PointResult, ...]:
            return tuple(PointResult(point, tuple(result(clause) for clause in point.items)) for point in points)

        points = tuple((layer, results(layer.control_points)) for layer in self._basis.layers)
        items = [item for _, own in points for point in own for item in point.items]
        valid = {item: word for (item, name), word in self._attested.valid.items() if not name}
        words = Words(valid, self._attested.rectified)
        high = high_risks(items, words, self._raised)
        return Assessment(self._basis, points, high, major_risks(items, words, high), self._attested)
