"""Where a figure is going: earlier runs' values, and the day on which it would reach its target if it went on so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inventory.plan import Requirement

_FARTHEST_DAYS = 365 * 30


@dataclass(frozen=True, slots=True)
class Point:
    """What was certain of a figure at one time."""

    at: datetime
    value: float


def projected(requirement: Requirement, points: Sequence[Point]) -> date | None:
    """The day the straight line through the points reaches the target.

    None where the target is no number, the points lie within a day, or the line does not lead there within 30 years.
    """
    goal = requirement.target
    if goal.op not in ("==", ">=", "<=") or isinstance(goal.value, bool) or not isinstance(goal.value, int | float):
        return None
    if len(points) < 2:
        return None
    start = points[0].at
    days = [(point.at - start).total_seconds() / 86_400 for point in points]
    if max(days) - min(days) < 1:
        return None
    slope, level = _line(days, [point.value for point in points])
    if slope == 0:
        return None
    wanted = (float(goal.value) - level) / slope
    if not max(days) < wanted <= _FARTHEST_DAYS:
        return None
    return (start + timedelta(days=wanted)).date()


def _line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """Slope and height at 0 of the least-squares line."""
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - middle_x) ** 2 for x in xs)
    slope = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True)) / spread
    return slope, middle_y - slope * middle_x
