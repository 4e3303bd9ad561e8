"""What a figure of the plan rests on: the findings behind it with where each was read, and how much is lacking."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from checks.model import Outcome
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.findings import FindingRow
from inventory.text import Text
from reports import wording
from reports.plan.lines import PlanLine

_MOST = 60  # findings behind one figure that are shown: the worst come first
_WORST_FIRST = (Outcome.FAIL, Outcome.WAIVED, Outcome.UNKNOWN, Outcome.ERROR, Outcome.PASS)


@dataclass(frozen=True, slots=True)
class Ground:
    """One finding behind a figure, and where it was read: of what was found, else in the register."""

    check: str
    subject: str
    place: str
    outcome: str
    evidence: Evidence
    place_text: Text


def grounds(line: PlanLine, findings: Callable[..., Iterator[FindingRow]]) -> list[Ground]:
    """The findings of the checks that cite a requirement, the worst first; none where no check does."""
    if not line.checks:
        return []
    rows = (row for outcome in _WORST_FIRST for row in findings(outcomes=(outcome,), checks=line.checks))
    return [_ground(row) for row in islice(rows, _MOST)]


def _ground(row: FindingRow) -> Ground:
    found = (each for each in row.evidence if each and not each.source.startswith("register"))
    shown = next(found, next(iter(row.evidence), NO_EVIDENCE))
    return Ground(row.check, row.subject, row.place, row.outcome, shown, wording.place(row))


def lacking(line: PlanLine) -> int | None:
    """How many more have to be met, with every unknown one counted as not met.

    None: none has, or it is no share of things.
    """
    measure, goal = line.measure, line.requirement.target
    is_share = measure is not None and measure.unit == "%" and measure.declared is None
    if measure is None or not is_share or goal.op not in ("==", ">="):
        return None
    if not isinstance(goal.value, int | float) or isinstance(goal.value, bool):
        return None
    return max(0, math.ceil(goal.value * measure.total / 100 - 1e-9) - len(measure.yes)) or None
