"""The clause matrix: what the run says of each of the standard's items. What nothing checked is never met."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from checks.catalogue import catalogue
from checks.model import Outcome
from checks.standards import LEVEL3, Clause, coverage, standard
from inventory.text import Text
from reports.figures import Figures, Tally


class Standing(StrEnum):
    """What the run says of one item."""

    FAILED = "failed"
    WAIVED = "waived"  # the gap is there; a named person answers for it until a date
    UNKNOWN = "unknown"
    PASSED = "passed"  # of the checks that speak to it; the item may ask for more than they see
    NOT_APPLICABLE = "not-applicable"
    NOT_ASSESSED = "not-assessed"  # no check speaks to it, or none that does was asked


STANDINGS = {
    Standing.FAILED: Text("发现问题", "gaps found"),  # whether it is met, in part or not, the pre-assessment says
    Standing.WAIVED: Text("已豁免", "waived"),
    Standing.UNKNOWN: Text("无法判断", "unknown"),
    Standing.PASSED: Text("检查通过", "checks passed"),
    Standing.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Standing.NOT_ASSESSED: Text("未检查", "not checked"),
}


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One item with what its checks came to."""

    clause: Clause
    checks: tuple[str, ...]  # that speak to it, asked in this run or not
    tally: Tally
    standing: Standing
    examples: tuple[tuple[str, str], ...] = ()  # kind and name of some subjects that fail it


@dataclass(frozen=True, slots=True)
class PointLine:
    """A control point and its items."""

    id: str
    text: Text
    items: tuple[ClauseLine, ...]


@dataclass(frozen=True, slots=True)
class LayerLine:
    """A security class, its control points, and how many of its items stand how."""

    id: str
    text: Text
    points: tuple[PointLine, ...]
    standings: Counter[Standing]


def standing(tally: Tally) -> Standing:
    """What findings on one item come to: one gap fails it, and one unknown keeps it from passing."""
    order = (
        (Standing.FAILED, tally[Outcome.FAIL]),
        (Standing.UNKNOWN, tally.unsure),
        (Standing.WAIVED, tally[Outcome.WAIVED]),
        (Standing.PASSED, tally[Outcome.PASS]),
        (Standing.NOT_APPLICABLE, tally[Outcome.NOT_APPLICABLE]),
    )
    return next((found for found, count in order if count), Standing.NOT_ASSESSED)


def clause_lines(figures: Figures) -> tuple[LayerLine, ...]:
    """Every general item of the level-3 standard, in its order."""
    checks = {each.clause.id: each.checks for each in coverage({c.id: c.clauses for c in catalogue().values()})}
    layers = []
    for layer in standard(LEVEL3).general:
        points = tuple(
            PointLine(point.id, Text(point.zh, point.en), tuple(_line(c, checks[c.id], figures) for c in point.items))
            for point in layer.control_points
        )
        standings = Counter(line.standing for point in points for line in point.items)
        layers.append(LayerLine(layer.id, layer.text, points, standings))
    return tuple(layers)


def _line(clause: Clause, checks: tuple[str, ...], figures: Figures) -> ClauseLine:
    tally = figures.outcomes_of(checks)
    return ClauseLine(clause, checks, tally, standing(tally), tuple(figures.examples_of(checks)))
