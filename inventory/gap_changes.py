"""Which gaps came and went between two runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from inventory.findings import ERROR, FAIL, UNKNOWN, WAIVED, FindingRow

_UNSURE = frozenset({UNKNOWN, ERROR})


class Turn(StrEnum):
    """What became of a gap."""

    CAME = "gap"
    WENT = "gap-closed"
    UNSURE = "gap-unknown"  # the later run could not tell


@dataclass(frozen=True, slots=True)
class GapChange:
    """A gap that only one of the runs has: as the earlier one found it where it went."""

    turn: Turn
    row: FindingRow


def gap_changes(findings: Callable[..., Iterator[FindingRow]], old: int, new: int) -> Iterator[GapChange]:
    """Gaps that came, went or cannot be told any more, by subject; accepted ones are there.

    What the later run did not judge again says nothing. ``findings`` takes a run, and outcomes or checks as limits.
    """
    before, after = (
        {row.fingerprint: row for row in findings(run, outcomes=(FAIL, WAIVED)) if row.fails} for run in (old, new)
    )
    came = [GapChange(Turn.CAME, row) for mark, row in after.items() if mark not in before]
    gone = [row for mark, row in before.items() if mark not in after]
    judged: dict[tuple[str, str, str], set[str]] = {}
    for row in findings(new, checks=sorted({row.check for row in gone})) if gone else ():
        judged.setdefault(_about(row), set()).add(row.outcome)
    went = [GapChange(_turn(judged[_about(row)]), row) for row in gone if _about(row) in judged]
    yield from sorted((*came, *went), key=lambda each: (each.row.subject, each.row.check, each.row.place))


def _about(row: FindingRow) -> tuple[str, str, str]:
    return row.check, row.subject_kind, row.subject


def _turn(outcomes: set[str]) -> Turn:
    return Turn.UNSURE if outcomes & _UNSURE else Turn.WENT
