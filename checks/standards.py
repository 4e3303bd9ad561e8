"""Standards as data: clauses, what a check may cite, and which clauses checks cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path

from inventory.codec import decode
from inventory.errors import InputError
from inventory.plan import Plan, Requirement, plan
from inventory.text import Text
from inventory.yaml_text import values_of

FOLDER = Path(__file__).parent / "clauses"
LEVEL3 = "gbt22239-2019"
PLAN_PREFIX = "plan"


class Assess(StrEnum):
    """How an item is assessed."""

    AUTO = "technical-auto"
    ASSISTED = "technical-assisted"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Clause:
    """One item of a standard, in our own words, with its test unit of GB/T 28448-2019."""

    id: str
    attr: str  # S, A or G
    zh: str
    en: str
    assess: Assess
    evidence_zh: str
    evidence: str
    targets: tuple[str, ...]
    unit: str
    substeps: int
    decision: str  # all, any, single, or a formula over step numbers
    importance: str  # 关键, 重要, 一般
    objects_zh: str
    objects: str
    steps_zh: tuple[str, ...]  # as many as substeps: whom to interview, what to look at or test, and what must hold
    steps: tuple[str, ...]
    whole: bool = False  # judged once, over network or organisation as one object: one result, not one a device
    auto_steps: tuple[int, ...] = ()
    high_risk: tuple[str, ...] = ()
    high_risk_2020: tuple[str, ...] = ()
    major_risk: tuple[str, ...] = ()
    na_when: str | None = None
    na_when_zh: str | None = None
    duty: str | None = None  # cloud extension only: provider, tenant, both
    lettered: bool = True
    unaided: Text | None = None  # why no check decides any step of an item that is assessed with a tool's help

    @property
    def text(self) -> Text:
        """What the item asks for."""
        return Text(self.zh, self.en)

    @property
    def evidence_wanted(self) -> Text:
        """What shows that it is met."""
        return Text(self.evidence_zh, self.evidence)

    @property
    def usually_not_applicable(self) -> Text | None:
        """When an item usually does not apply; None: nothing usual."""
        return Text(self.na_when_zh, self.na_when) if self.na_when_zh and self.na_when else None

    @property
    def objects_text(self) -> Text:
        """The objects of the test unit: what is looked at and who is interviewed."""
        return Text(self.objects_zh, self.objects)

    def step(self, number: int) -> Text:
        """A step of the test unit, numbered from 1."""
        return Text(self.steps_zh[number - 1], self.steps[number - 1])

    @property
    def rule(self) -> Text:
        """Which steps must hold for an object to meet the item."""
        if self.decision == "any":
            return Text("任一步符合即符合", "one step is enough")
        if self.decision in ("all", "single"):
            return Text("各步均符合", "every step must hold")
        return Text(self.decision.replace(" or ", " 或 ").replace(" and ", " 且 "), self.decision)

    @property
    def procedure(self) -> Text:
        """All steps, numbered, one a line."""
        zh, en = ("\n".join(f"{n}. {step}" for n, step in enumerate(each, 1)) for each in (self.steps_zh, self.steps))
        return Text(zh, en)


@dataclass(frozen=True, slots=True)
class ControlPoint:
    """A control point and its items, in the standard's order."""

    id: str
    zh: str
    en: str
    items: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """A security class (安全物理环境 …) and its control points, in the standard's order."""

    id: str
    zh: str
    en: str
    control_points: tuple[ControlPoint, ...]

    @property
    def text(self) -> Text:
        """The name of the class."""
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class HighRiskCase:
    """A case of the 2025 guide: when an unmet item is a high-risk candidate."""

    id: str
    item: str
    zh: str
    en: str
    scope: Text
    trigger: Text | None = None
    mitigations: tuple[Text, ...] = ()  # with one of which a person may lower it
    can_be_lowered: bool = False
    major_risk: str | None = None
    iseaa001_2020: str | None = None
    tool_can_see: str = "no"

    @property
    def lowering(self) -> Text:
        """With what a person may lower it to a medium risk."""
        if not self.can_be_lowered:
            return Text("不可降低", "cannot be lowered")
        zh = "；".join(each.zh for each in self.mitigations)
        en = "; ".join(each.en for each in self.mitigations)
        return Text(zh or "由人判断", en or "a person decides")


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard in one version."""

    name: str
    zh: str
    en: str
    general: tuple[Layer, ...]
    cloud: tuple[Layer, ...]
    high_risk_cases: tuple[HighRiskCase, ...]
    high_risk_cases_2020: tuple[HighRiskCase, ...]

    def clauses(self, extensions: Iterable[str] = ()) -> Iterator[Clause]:
        """All general items in order; with ``extensions=("cloud",)`` those of the cloud extension after them."""
        layers = self.general + (self.cloud if "cloud" in extensions else ())
        return (item for layer in layers for point in layer.control_points for item in point.items)


def standards() -> tuple[str, ...]:
    """Names of all standards that are at hand."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def standard(name: str) -> Standard:
    """A standard by name; InputError when there is none of that name."""
    path = FOLDER / f"{name}.yaml"
    if name not in standards():
        known = ", ".join(standards())
        raise InputError(name, Text(f"没有这个标准；现有：{known}", f"no such standard; there are: {known}"))
    return decode(Standard, values_of(path.read_bytes()))


@cache
def _clauses(name: str) -> Mapping[str, Clause]:
    return {item.id: item for item in standard(name).clauses(("cloud",))}


def clause(ref: str, against: Plan | None = None) -> Clause | Requirement | None:
    """What a citation such as ``gbt22239-2019:8.1.4.1-c`` or ``plan:PR-NET-04`` stands for.

    Requirements are looked up in the plan ``against``, by default the built-in one. None: it cites nothing.
    """
    name, _, item = ref.partition(":")
    if name == PLAN_PREFIX:
        return (against or plan()).requirement(item)
    return _clauses(name).get(item) if name in standards() else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which checks speak to one clause."""

    clause: Clause
    checks: tuple[str, ...] = field(default=())


def coverage(citations: Mapping[str, Iterable[str]], name: str = LEVEL3) -> tuple[Coverage, ...]:
    """Every general clause of a standard, in order, with the ids of the checks that cite it.

    ``citations`` maps a check's id to its citations: ``{c.id: c.clauses for c in catalogue().values()}``.
    """
    citing: dict[str, list[str]] = {}
    for check_id, refs in citations.items():
        for ref in refs:
            citing.setdefault(ref, []).append(check_id)
    return tuple(
        Coverage(item, tuple(sorted(citing.get(f"{name}:{item.id}", ())))) for item in standard(name).clauses()
    )
