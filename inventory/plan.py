"""The county's plan: what is to be reached, in which figure, by when. Another county is another YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from inventory.document import read_document
from inventory.errors import InputError
from inventory.text import Text

FOLDER = Path(__file__).parent / "plans"
BUILT_IN = "luhe-2021-2025"
TIERS = ("county", "town", "village", "department", "institution")
_OPERATORS = ("==", ">=", "<=", "limits", "report", "informative")
_ASSESS = ("auto", "assisted", "manual")


@dataclass(frozen=True, slots=True)
class Metric:
    """What is measured, and its unit."""

    zh: str
    en: str
    unit: str

    @property
    def text(self) -> Text:
        """The name of the figure."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Goal:
    """The wanted value. ``op`` limits: ``value`` maps names to limits; report, informative: no verdict is due."""

    op: str
    value: Any = None
    note: str = ""
    scope: str = ""
    also: Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        if self.op not in _OPERATORS:
            raise ValueError(f"op: {', '.join(_OPERATORS)}")
        if self.op in ("==", ">=", "<=") and self.value is None:
            raise ValueError(f"op {self.op}: value?")
        if self.op == "limits" and not _are_limits(self.value):
            raise ValueError("op limits: value: {name: number}")


def _are_limits(value: Any) -> bool:
    """Whether a value maps names to numbers; YAML takes yes and no for truth values."""
    told = value.values() if isinstance(value, dict) else ()
    return bool(told) and all(isinstance(each, int | float) and not isinstance(each, bool) for each in told)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A step on the way with its own date."""

    date: date
    text: str


@dataclass(frozen=True, slots=True)
class Responsible:
    """Kinds of unit that answer for a requirement."""

    lead: str
    support: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denominator:
    """A number that the plan does not give and that somebody has to declare."""

    id: str
    zh: str
    needed_by: tuple[str, ...]
    default: int | None = None
    en: str = ""  # empty: the Chinese name stands for it


@dataclass(frozen=True, slots=True)
class Requirement:
    """One measurable requirement of a plan.

    ``key`` is the name under which checks cite it (``plan:PR-NET-04``); None: its own id.
    """

    id: str
    group: str
    zh: str
    en: str
    metric: Metric
    formula: str
    target: Goal
    responsible: Responsible
    assess: str
    measure: str
    key: str | None = None
    formula_zh: str = ""  # empty: the formula stands for it
    formula_origin: str = "proposed"  # plan, proposed (by us) or standard
    baseline: Any = None
    deadline: date | None = None  # None: the plan names no date
    interim: tuple[Milestone, ...] = ()
    clauses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.assess not in _ASSESS:
            raise ValueError(f"assess: {', '.join(_ASSESS)}")

    @property
    def text(self) -> Text:
        """What is required."""
        return Text(self.zh, self.en)

    @property
    def formula_text(self) -> Text:
        """How the figure is computed."""
        return Text(self.formula_zh or self.formula, self.formula)

    def days_late(self, today: date) -> int:
        """Days since the deadline; 0 before it, on it, and without one."""
        return max(0, (today - self.deadline).days) if self.deadline else 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A county's plan."""

    name: str
    zh: str
    en: str
    period: str
    tiers_mbps: Mapping[str, int]  # bandwidth wanted of a site's uplink, by the site's tier
    requirements: tuple[Requirement, ...]
    denominators: tuple[Denominator, ...] = field(default=())
    tiers_by_part: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # where parts of the plan differ

    def __post_init__(self) -> None:
        tiers = [pair for each in (self.tiers_mbps, *self.tiers_by_part.values()) for pair in each.items()]
        if strange := {tier for tier, _ in tiers} - set(TIERS):
            raise ValueError(f"tiers_mbps: {', '.join(sorted(strange))}? {', '.join(TIERS)}")
        if any(wanted <= 0 for _, wanted in tiers):
            raise ValueError("tiers_mbps: > 0")
        keys = [r.key or r.id for r in self.requirements]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(f"requirements {', '.join(twice)} ×2")

    @property
    def text(self) -> Text:
        """The plan's title."""
        return Text(self.zh, self.en)

    def requirement(self, key: str) -> Requirement | None:
        """The requirement that checks cite as ``plan:<key>``; None when this plan asks for no such thing."""
        return next((r for r in self.requirements if (r.key or r.id) == key), None)

    def limit(self, key: str, name: str) -> float | None:
        """A limit by name that a requirement sets; None where this plan sets none."""
        found = self.requirement(key)
        limits = found.target.value if found and found.target.op == "limits" else {}
        return float(limits[name]) if name in limits else None

    def tier_mbps(self, tier: str, part: str = "") -> int | None:
        """Bandwidth wanted of a site of that tier; None when the plan, or that part of it, says nothing about it."""
        return (self.tiers_by_part.get(part, {}) if part else self.tiers_mbps).get(tier)


def plans() -> tuple[str, ...]:
    """Names of the plans that come with hecha."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def plan(name: str | Path = BUILT_IN) -> Plan:
    """A plan by built-in name or by path of a YAML file; InputError with file and line when something is wrong."""
    if isinstance(name, str) and name in plans():
        return _read(FOLDER / f"{name}.yaml")
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        known = ", ".join(plans())
        raise InputError(str(name), Text(f"没有这个规划；现有：{known}", f"no such plan; there are: {known}"))
    return read_document(path, Plan)


@cache
def _read(path: Path) -> Plan:
    return read_document(path, Plan)
