"""Geometry of the small charts in the page: numbers to rectangles, drawn as SVG by the templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.model import Outcome, Severity
from reports.clauses import Standing
from reports.figures import SEVERITIES, Tally


@dataclass(frozen=True, slots=True)
class Part:
    """One rectangle; ``kind`` names its style."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One run in the trend: its stack of rectangles, and where its words stand."""

    run: int
    at: datetime
    parts: tuple[Part, ...]
    middle: float
    top: float
    total: int


TREND_WIDTH, TREND_HEIGHT = 720.0, 200.0
_TOP, _FOOT = 22.0, 26.0  # room for the total above and the date below
_WIDEST = 72.0


def shares(counts: Iterable[tuple[str, int]]) -> tuple[Part, ...]:
    """A horizontal bar of 100 × 10 cut in proportion; nothing where all counts are zero."""
    listed = [(kind, count) for kind, count in counts if count]
    total = sum(count for _, count in listed)
    parts, x = [], 0.0
    for kind, count in listed:
        width = 100 * count / total
        parts.append(Part(kind, round(x, 2), 0, round(width, 2), 10, count))
        x += width
    return tuple(parts)


def outcome_shares(tally: Tally) -> tuple[Part, ...]:
    """Passed, failed, waived and unknown findings as a bar; what does not apply is left out."""
    return shares(
        (
            (Outcome.PASS.value, tally[Outcome.PASS]),
            (Outcome.FAIL.value, tally[Outcome.FAIL]),
            (Outcome.WAIVED.value, tally[Outcome.WAIVED]),
            (Outcome.UNKNOWN.value, tally.unsure),
        )
    )


_STANDING_KINDS = {
    Standing.PASSED: "pass",
    Standing.FAILED: "fail",
    Standing.WAIVED: "waived",
    Standing.UNKNOWN: "unknown",
    Standing.NOT_APPLICABLE: "none",
    Standing.NOT_ASSESSED: "none",
}


def standing_shares(standings: Sequence[tuple[Standing, int]]) -> tuple[Part, ...]:
    """Items of a class as a bar, those that nothing assessed included."""
    found = dict(standings)
    return shares((kind, found.get(standing, 0)) for standing, kind in _STANDING_KINDS.items())


def trend_bars(points: Iterable[tuple[int, datetime, Tally]]) -> tuple[Bar, ...]:
    """Open gaps of each run as a stack by severity, the worst at the bottom."""
    listed = list(points)
    most = max((tally.failing.total() for _, _, tally in listed), default=0) or 1
    slot = TREND_WIDTH / max(len(listed), 1)
    width = min(slot * 0.6, _WIDEST)
    return tuple(
        _bar(run, at, tally, (index + 0.5) * slot, width, most) for index, (run, at, tally) in enumerate(listed)
    )


def _bar(run: int, at: datetime, tally: Tally, middle: float, width: float, most: int) -> Bar:
    room = TREND_HEIGHT - _TOP - _FOOT
    parts, y = [], TREND_HEIGHT - _FOOT
    for severity in SEVERITIES:
        height = room * tally.failing[severity] / most
        y -= height
        if height:
            left = round(middle - width / 2, 1)
            parts.append(
                Part(severity.value, left, round(y, 1), round(width, 1), round(height, 1), tally.failing[severity])
            )
    return Bar(run, at, tuple(parts), round(middle, 1), round(y - 6, 1), tally.failing.total())


def severity_counts(tally: Tally) -> tuple[tuple[Severity, int], ...]:
    """Open gaps by severity, the worst first, zeros left out."""
    return tuple((severity, tally.failing[severity]) for severity in SEVERITIES if tally.failing[severity])
