"""From what checks and people say of objects to the results of items and control points, by GB/T 28448-2019.

A result that is not settled is kept as the set of results that it may still come to: what is certain is not lost (a
step that fails keeps its item from being met), and what nobody looked at is neither met nor failed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import product

from checks.standards import Clause, ControlPoint
from inventory.attestation import NOT_APPLICABLE, Attestation


class Result(StrEnum):
    """What an item, an object of it or a control point comes to."""

    MET = "met"
    PARTIAL = "partial"
    NOT_MET = "not-met"
    NOT_APPLICABLE = "not-applicable"
    NOT_ASSESSED = "not-assessed"


Possible = frozenset[Result]  # of met, partial and not met: what a result may still come to
Steps = tuple[bool | None, ...]  # of a test unit: holds, does not hold, nobody looked
CREDIT = {Result.MET: 1.0, Result.PARTIAL: 0.5, Result.NOT_MET: 0.0}
OPEN: Possible = frozenset(CREDIT)
_RANKED = (Result.NOT_MET, Result.PARTIAL, Result.MET)
_GRADED_BY_JUDGEMENT = frozenset({"L3-HRS1-08"})  # one step, "not met or met in part" in the printed standard


def settled(possible: Possible) -> Result:
    """The only result that is left; NOT_ASSESSED while there are several."""
    return next(iter(possible)) if len(possible) == 1 else Result.NOT_ASSESSED


def best(possible: Possible) -> Result:
    """The best that may still come of it."""
    return max(possible, key=_RANKED.index)


def worst(possible: Possible) -> Result:
    """The worst that may still come of it."""
    return min(possible, key=_RANKED.index)


def ways(clause: Clause) -> tuple[frozenset[int], ...]:
    """The sets of steps any of which, when it holds, makes an object meet the clause."""
    steps = range(1, clause.substeps + 1)
    if clause.decision in ("all", "single"):
        return (frozenset(steps),)
    if clause.decision == "any":
        return tuple(frozenset({step}) for step in steps)
    return tuple(frozenset(map(int, re.findall(r"\d+", way))) for way in clause.decision.split(" or "))


def possible_results(clause: Clause, steps: Steps) -> Possible:
    """What an object may come to, given the steps that are known of it."""
    return _possible(ways(clause), steps, clause.unit in _GRADED_BY_JUDGEMENT)


@lru_cache(maxsize=4096)
def _possible(way: tuple[frozenset[int], ...], steps: Steps, graded: bool) -> Possible:
    found: set[Result] = set()
    for whole in product(*((True, False) if step is None else (step,) for step in steps)):
        held = {number for number, holds in enumerate(whole, 1) if holds}
        if any(each <= held for each in way):
            found.add(Result.MET)
        elif held:
            found.add(Result.PARTIAL)
        else:
            found.update((Result.PARTIAL, Result.NOT_MET) if graded else (Result.NOT_MET,))
    return frozenset(found)


def combined(parts: Mapping[Possible, int]) -> Possible:
    """What objects come to as one item, or items as one control point: all met, all not met, or something between.

    ``parts`` counts them by what they may come to; with none of them everything is possible.
    """
    total = sum(parts.values())
    if not total:
        return OPEN
    meets = sum(count for possible, count in parts.items() if Result.MET in possible)
    fails = sum(count for possible, count in parts.items() if Result.NOT_MET in possible)
    mixed = sum(1 for possible in parts if Result.PARTIAL in possible)
    alone = total == 1 or (meets == fails == 1 and any({Result.MET, Result.NOT_MET} <= p for p in parts))
    found = {Result.MET} if meets == total else set()
    if fails == total:
        found.add(Result.NOT_MET)
    if mixed or (meets and fails and not alone):
        found.add(Result.PARTIAL)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class ObjectResult:
    """What one object comes to in one item."""

    kind: str  # of a subject; empty for an object that only a person named
    name: str
    steps: Steps
    possible: Possible  # empty: the item does not apply to the object
    attested: Attestation | None = None
    contradicted: bool = False  # the findings say otherwise than the attestation, and stand

    @property
    def result(self) -> Result:
        """Its result, NOT_ASSESSED while something is open."""
        return settled(self.possible) if self.possible else Result.NOT_APPLICABLE


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What one item comes to over all its objects; ``low`` and ``high`` bound the mean over them, 0 to 1."""

    clause: Clause
    possible: Possible  # empty: not applicable
    low: float
    high: float
    objects: Mapping[Possible, int]  # how many objects may come to what
    left_out: int = 0  # objects that the item does not apply to
    attested: Attestation | None = None  # of the item as a whole
    attestations: int = 0  # valid ones, of the item and of its objects
    contradicted: int = 0  # of them, those that findings speak against: the findings stand
    before: Possible | None = None  # what it was before a person accepted that another control point makes up for it
    failing: frozenset[str] = frozenset()  # checks that failed on some object of it

    @property
    def result(self) -> Result:
        """Its result, NOT_ASSESSED while something is open."""
        return settled(self.possible) if self.possible else Result.NOT_APPLICABLE

    @property
    def is_lacking(self) -> bool:
        """Whether it is certain that the item is not met in full."""
        return bool(self.possible) and Result.MET not in self.possible

    @property
    def count(self) -> int:
        """Objects that it applies to; an item that no object is known of counts as one."""
        return max(1, sum(self.objects.values()))


def object_result(
    clause: Clause, kind: str, name: str, steps: Steps, attested: Attestation | None = None, *, held: bool = False
) -> ObjectResult:
    """One object: its steps, narrowed by what a person confirmed. A finding outweighs a person's word.

    ``held``: some step holds on part of what the object consists of, so that with several steps it is met in part.
    """
    possible = possible_results(clause, steps)
    if held and clause.substeps > 1 and Result.NOT_MET in possible:
        possible = possible - {Result.NOT_MET} | {Result.PARTIAL}
    if attested is None:
        return ObjectResult(kind, name, steps, possible)
    narrowed = narrowing(possible, attested)
    if narrowed is None:
        return ObjectResult(kind, name, steps, possible, attested, contradicted=True)
    return ObjectResult(kind, name, steps, narrowed, attested)


def narrowing(possible: Possible, attested: Attestation) -> Possible | None:
    """What is left when a person's word is taken; None where findings speak against it."""
    if attested.result == NOT_APPLICABLE:
        return frozenset() if Result.MET in possible else None
    said = Result(attested.result)
    return frozenset({said}) if said in possible else None


@dataclass
class Tally:
    """The objects of one item, counted by what they may come to."""

    parts: Counter[Possible] = field(default_factory=Counter)
    left_out: int = 0
    excused: bool = False  # of some object that is known a person says that the item does not apply to it
    contradicted: int = 0
    attested: set[str] = field(default_factory=set)  # names of those that a person spoke of
    failing: set[str] = field(default_factory=set)  # checks

    def add(self, found: ObjectResult, *, is_known: bool = True) -> None:
        """Counts an object in. ``is_known``: a finding or the register tells of it, not a person alone."""
        if found.possible:
            self.parts[found.possible] += 1
        else:
            self.left_out += 1
            self.excused |= is_known
        self.contradicted += found.contradicted
        if found.attested:
            self.attested.add(found.name)

    @property
    def possible(self) -> Possible:
        """What the objects come to as one item; empty where a person excused all of them that are known."""
        return combined(self.parts) if self.parts or not self.excused else frozenset()


def item_result(clause: Clause, objects: Tally, attested: Attestation | None = None) -> ItemResult:
    """One item over its objects, narrowed by what a person confirmed of the whole of it."""
    own = objects.possible if attested is None else combined(objects.parts)
    possible, before, contradicted = own, None, objects.contradicted
    if attested is not None and attested.compensated_by:
        possible, before = frozenset({Result(attested.result)}), own
    elif attested is not None:
        narrowed = narrowing(own, attested)
        contradicted += narrowed is None
        possible = own if narrowed is None else narrowed
    low, high = _bounds(objects.parts, possible, before)
    return ItemResult(
        clause=clause,
        possible=possible,
        low=low,
        high=high,
        objects=objects.parts,
        left_out=objects.left_out,
        attested=attested,
        attestations=len(objects.attested) + (attested is not None),
        contradicted=contradicted,
        before=before,
        failing=frozenset(objects.failing),
    )


def _bounds(parts: Mapping[Possible, int], possible: Possible, before: Possible | None) -> tuple[float, float]:
    """The least and the most of the mean over the objects."""
    if not possible:
        return 0.0, 0.0
    count = sum(parts.values())
    if count < 2 or before is not None or settled(possible) in (Result.MET, Result.NOT_MET):
        return CREDIT[worst(possible)], CREDIT[best(possible)]
    low = sum(CREDIT[worst(each)] * n for each, n in parts.items()) / count
    high = sum(CREDIT[best(each)] * n for each, n in parts.items()) / count
    if settled(possible) is Result.PARTIAL:  # whoever confirmed that rules the ends out
        return max(low, 0.5 / count), min(high, 1 - 0.5 / count)
    return low, high


@dataclass(frozen=True, slots=True)
class PointResult:
    """What a control point comes to over its items."""

    point: ControlPoint
    items: tuple[ItemResult, ...]

    @property
    def possible(self) -> Possible:
        """What it may come to: met only if all its items are (GB/T 28448 11.2). Empty where none of them applies."""
        parts = Counter(item.possible for item in self.items if item.possible)
        return combined(parts) if parts else frozenset()

    @property
    def result(self) -> Result:
        """Its result, NOT_ASSESSED while something is open."""
        return settled(self.possible) if self.possible else Result.NOT_APPLICABLE

    def score(self, weights: Mapping[str, float]) -> tuple[float, float] | None:
        """Bounds on the scale to 10: the items' means weighed by importance; None where no item applies."""
        applicable = [item for item in self.items if item.possible]
        total = sum(weights[item.clause.importance] for item in applicable)
        if not total:
            return None
        low, high = (
            10 * sum(getattr(item, end) * weights[item.clause.importance] for item in applicable) / total
            for end in ("low", "high")
        )
        return low, high


@dataclass(frozen=True, slots=True)
class Compensation:
    """A control point of the same class that may make up for an item's gap: a person decides (整体测评)."""

    item: ItemResult
    points: tuple[ControlPoint, ...]

    @property
    def accepted(self) -> Attestation | None:
        """Who accepted one, when and why; None while it is proposed only."""
        return self.item.attested if self.item.before is not None else None
