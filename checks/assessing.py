"""The pre-assessment of a run: findings and attestations to items, control points, risks and a score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from types import MappingProxyType

from checks.attestations import Attested
from checks.items import (
    OPEN,
    Compensation,
    ItemResult,
    ObjectResult,
    PointResult,
    Result,
    Tally,
    best,
    item_result,
    object_result,
    worst,
)
from checks.model import Check
from checks.risks import Level, Risk, Standing, Words, high_risks, levels, major_risks
from checks.scoring import IMPORTANCES, Mark, Risks, Score, Scoring, score
from checks.standards import LEVEL3, Clause, ControlPoint, Layer, standard
from checks.steps import Judged, Pool, Pooled, Said, StepsOf, Word, step_states
from inventory.findings import FindingRow

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
    is found of them here counts where they are met and is left open where they are not. Its importances are estimates:
    ``importance`` holds by item those of the official table, where it is at hand.
    """

    scoring: Scoring = field(default_factory=Scoring)
    cloud: bool = False
    level: str = "S3A3"
    rectify: Rectify = field(default_factory=Rectify)
    importance: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.level not in _LEVELS:
            raise ValueError(f"level: {', '.join(_LEVELS)}")
        items = {clause.id for clause in standard(LEVEL3).clauses(("cloud",))}
        if wrong := [f"{k}: {v}" for k, v in self.importance.items() if k not in items or v not in IMPORTANCES]:
            raise ValueError(f"importance: {wrong[0]}? 8.1.1.1-a: {', '.join(IMPORTANCES)}")

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The security classes that are assessed."""
        known = standard(LEVEL3)
        return tuple(_weighed(each, self.importance) for each in known.general + (known.cloud if self.cloud else ()))

    def is_lowered(self, clause: Clause) -> bool:
        """Whether the object's grade asks for less than the item says."""
        at = self.level.find(clause.attr)
        return at >= 0 and self.level[at + 1] != "3"


def _weighed(layer: Layer, importance: Mapping[str, str]) -> Layer:
    """A security class with the importances given by item in place of its own."""
    if not importance:
        return layer

    def weighed(point: ControlPoint) -> ControlPoint:
        return replace(
            point, items=tuple(replace(c, importance=importance.get(c.id, c.importance)) for c in point.items)
        )

    return replace(layer, control_points=tuple(map(weighed, layer.control_points)))


class Part(StrEnum):
    """What a record of an item is about."""

    OBJECT = "object"
    SAMPLE = "sample"  # of an item judged as one: one of the things that it was looked at on
    WHOLE = "whole"  # an item judged as one, over all of them
    SHARED = "shared"  # no object: what holds of the network, and so of every object


_Grouped = Iterable[tuple[tuple[str, str], Iterator[FindingRow]]]  # findings by kind and name of their subject


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """One object of an item with the findings that its steps rest on, by the step's number."""

    object: ObjectResult
    found: Mapping[int, list[FindingRow]]
    part: Part = Part.OBJECT
    pooled: Mapping[int, Pooled] = field(default_factory=dict)  # of an item judged as one
    is_bare: bool = False  # the register or a person names it, and no finding of any object tells of the item


@dataclass(frozen=True)
class Shared:
    """What is said of more than one object."""

    pool: Pool = field(default_factory=Pool)  # of every object; of an item judged as one, all that is said of it
    places: Mapping[str, Mapping[str, Said]] = field(default_factory=dict)
    """By item and place what network and register tell: a room or a system is an object of its own."""


@dataclass(frozen=True)
class Assessment:
    """A self-check as an assessor would lay it out."""

    basis: Basis
    points: tuple[tuple[Layer, tuple[PointResult, ...]], ...]
    high: tuple[Risk, ...]
    major: tuple[Risk, ...]
    attested: Attested
    shared: Shared = field(default_factory=Shared)

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
                automatic=item.attestations == item.contradicted,  # words that count for nothing change nothing
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
    """Turns the findings of a run, read once subject by subject, into an assessment.

    ``declared`` names by target (machine_room …) what the register lists: objects even where no finding tells of them.
    """

    def __init__(
        self,
        basis: Basis,
        checks: Iterable[Check],
        attested: Attested,
        declared: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> None:
        self._basis = basis
        self.checks = tuple(checks)
        self._steps = StepsOf(self.checks)
        self._raised = {check.id: frozenset(check.high_risk) for check in self.checks}
        self._attested = attested
        self._declared = {target: tuple(names) for target, names in declared.items()}
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
        known = self._known(wide, gathered)
        for (_, name), own in groupby(rows, key=lambda row: (row.subject_kind, row.subject)):
            judged = Judged(own)
            for clause, said in self._said(judged):
                if clause.whole:
                    known.pool.add(clause.id, said, name)
                else:
                    gathered[clause.id].add(self._object(clause, "", name, said, known))
            for item in self._steps.items(judged.spared) - self._steps.items(judged.states):
                gathered[item].left_out += item in self._clauses and not self._clauses[item].whole
            self._note_failures(judged, gathered)
        return self._assessment(gathered, known)

    def records(
        self, assessment: Assessment, item: str, wide: Iterable[FindingRow], rows: Iterable[FindingRow]
    ) -> Iterator[ObjectRecord]:
        """The objects of one item of an assessment, one at a time, from the findings of the item's checks."""
        clause, known = self._clauses[item], assessment.shared
        told = self._as_one if clause.whole else self._object_by_object
        yield from told(clause, known, list(wide), groupby(rows, key=lambda row: (row.subject_kind, row.subject)))

    def _as_one(self, clause: Clause, known: Shared, wide: list[FindingRow], rows: _Grouped) -> Iterator[ObjectRecord]:
        for found in self._rest(clause, known, set(), some=False):
            if not found.kind:
                yield ObjectRecord(found, {}, is_bare=not self._steps.checks.get(clause.id))
        if pooled := known.pool.of(clause.id):
            yield ObjectRecord(self._whole(clause, known), self._steps.found(clause.id, wide), Part.WHOLE, pooled)
        for (kind, name), group in rows:
            own = list(group)
            for said in self._said_of(clause, own):
                sample = ObjectResult(kind, name, step_states(clause, said), OPEN)
                yield ObjectRecord(sample, self._steps.found(clause.id, own), Part.SAMPLE)

    def _object_by_object(
        self, clause: Clause, known: Shared, wide: list[FindingRow], rows: _Grouped
    ) -> Iterator[ObjectRecord]:
        seen: set[str] = set()
        some = False
        for (kind, name), group in rows:
            own = list(group)
            for said in self._said_of(clause, own):
                some = True
                found = self._object(clause, kind, name, said, known)
                seen |= {name} if found.attested else set()
                yield ObjectRecord(found, self._steps.found(clause.id, own))
        for found in self._rest(clause, known, seen, some=some):
            if not found.kind:
                some = True
                own = [row for row in wide if _place(row) == found.name]
                bare = not self._steps.checks.get(clause.id)
                yield ObjectRecord(found, self._steps.found(clause.id, own), is_bare=bare)
        # What passes without proving its step settles nothing and is shown all the same.
        told = self._steps.found(clause.id, (row for row in wide if not _place(row)))
        if told:
            yield ObjectRecord(self._whole(clause, known), told, Part.SHARED if some else Part.OBJECT)

    def _said_of(self, clause: Clause, rows: Iterable[FindingRow]) -> Iterator[Said]:
        return (said for cited, said in self._said(Judged(rows)) if cited is clause)

    def _known(self, wide: Iterable[FindingRow], gathered: Mapping[str, Tally]) -> Shared:
        judged: dict[tuple[str, str], Judged] = {}
        for row in wide:
            judged.setdefault((row.subject_kind, _place(row)), Judged()).add(row)
        pool, places = Pool(), defaultdict[str, dict[str, Said]](dict)
        for (_, place), each in judged.items():
            self._note_failures(each, gathered)
            for clause, said in self._said(each):
                if clause.whole or not place:
                    pool.add(clause.id, said, place)
                else:
                    places[clause.id][place] = _joined(places[clause.id].get(place, {}), said)
        for clause in self._clauses.values():
            if not clause.whole and self._declared.keys() >= set(clause.targets):
                for name in (name for target in clause.targets for name in self._declared[target]):
                    places[clause.id].setdefault(name, {})
        return Shared(pool, places)

    def _said(self, judged: Judged) -> Iterator[tuple[Clause, Said]]:
        """What is said of one thing, by the items that are assessed."""
        said = self._steps.said(judged.states)
        return ((self._clauses[item], steps) for item, steps in said.items() if item in self._clauses)

    def _note_failures(self, judged: Judged, gathered: Mapping[str, Tally]) -> None:
        for check, state in judged.states.items():
            if state is False:
                for item in self._steps.items((check,)):
                    gathered[item].failing.add(check)

    def _object(self, clause: Clause, kind: str, name: str, said: Said, known: Shared) -> ObjectResult:
        steps = step_states(clause, said, known.pool.said(clause.id))
        return object_result(clause, kind, name, steps, self._attested.of(clause.id, name))

    def _whole(self, clause: Clause, known: Shared, name: str = "") -> ObjectResult:
        """The network as the object of an item, or an object that a person named and nothing else tells of."""
        steps = step_states(clause, known.pool.said(clause.id))
        word = self._attested.of(clause.id, name) if name else None
        held = clause.whole and known.pool.holds_somewhere(clause.id)
        return object_result(clause, "" if name else WIDE[0], name or WIDE[0], steps, word, held=held)

    def _rest(self, clause: Clause, known: Shared, seen: set[str], *, some: bool) -> Iterator[ObjectResult]:
        """What no finding on a single object tells of: places, objects that a person named, else the whole network."""
        places = known.places.get(clause.id, {})
        for place, said in places.items():
            yield self._object(clause, "", place, said, known)
        named = [name for name in self._attested.objects(clause.id) if name not in seen and name not in places]
        for name in named:
            yield self._whole(clause, known, name)
        if not some and not named and not places and any(step is not None for step in self._whole(clause, known).steps):
            yield self._whole(clause, known)

    def _assessment(self, gathered: Mapping[str, Tally], known: Shared) -> Assessment:
        def result(clause: Clause) -> ItemResult:
            own, places = gathered.get(clause.id) or Tally(), known.places.get(clause.id, {})
            for each in self._rest(clause, known, own.attested, some=bool(own.parts)):
                own.add(each, is_known=each.name in places)
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
        return Assessment(self._basis, points, high, major_risks(items, words, high), self._attested, known)


def _place(row: FindingRow) -> str:
    """The room, system or boundary that a finding on network or register is about; empty: it names none."""
    return row.place.strip("-")


def _joined(*said: Said) -> Said:
    found: dict[int, list[Word]] = {}
    for part in said:
        for number, words in part.items():
            found.setdefault(number, []).extend(words)
    return found
