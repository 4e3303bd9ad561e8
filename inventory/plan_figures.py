"""Figures of the plan that no device tells, as people declare them: totals, and values with their source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from inventory.document import has_content, line_of, read_document
from inventory.errors import InputError
from inventory.plan import Plan
from inventory.text import Text

FILE = "plan-figures.yaml"
_VALID_DAYS = 365


@dataclass(frozen=True, slots=True)
class DeclaredFigure:
    """What somebody says of one requirement. ``value`` is a count or a share in %, ``met`` the answer yes or no."""

    requirement: str
    as_of: date
    by: str
    source: str  # document, statistics or minutes it stands in
    value: float | None = None
    met: bool | None = None
    until: date | None = None  # valid through that day; a year where nothing is said

    def __post_init__(self) -> None:
        for name in ("by", "source"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name}: ?")
        if (self.value is None) == (self.met is None):
            told = Text("value、met 两项应恰有一项", "value / met: exactly one of the two is needed")
            raise InputError("", told)

    def holds(self, today: date) -> bool:
        """Whether it may still be used: neither from the future nor out of date."""
        return self.as_of <= today <= (self.until or self.as_of + timedelta(days=_VALID_DAYS))


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """All that is declared of a plan. ``denominators`` are totals by the plan's own ids (DEN-BUDGET …)."""

    denominators: Mapping[str, int] = field(default_factory=dict)
    figures: tuple[DeclaredFigure, ...] = ()

    def figure(self, requirement: str, today: date) -> DeclaredFigure | None:
        """The newest figure of a requirement that still holds; None: there is none."""
        holding = [each for each in self.figures if each.requirement == requirement and each.holds(today)]
        return max(holding, key=lambda each: each.as_of, default=None)


def read_plan_figures(path: Path, plan: Plan) -> PlanFigures:
    """The figures of a file, none where there is no file; InputError for what the plan does not know."""
    if not path.exists() or not has_content(path):
        return PlanFigures()
    found = read_document(path, PlanFigures)
    known = {each.id for each in plan.denominators}
    asked = {each.id for each in plan.requirements}
    for name, count in found.denominators.items():
        if name not in known:
            listed = ", ".join(sorted(known)) or "-"
            told = Text(f"规划没有这个总数；现有：{listed}", f"no total of the plan: {listed}")
            raise _refused(path, f"denominators.{name}", name, told)
        if count < 0:
            raise _refused(path, f"denominators.{name}", name, Text("应不小于 0", "expected 0 or more"))
    for at, figure in enumerate(found.figures):
        if figure.requirement not in asked:
            told = Text("规划没有这一项要求", "the plan has no such requirement")
            raise _refused(path, f"figures.{at}.requirement", figure.requirement, told)
    return found


def _refused(path: Path, keys: str, name: str, told: Text) -> InputError:
    return InputError(f"{path}:{line_of(path, keys)}: {name}", told)
