"""Every requirement of a plan against its target and deadline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.plan import Goal, Requirement
from inventory.plan_figures import FILE, DeclaredFigure
from inventory.register import Register
from inventory.text import Text
from reports.figures import Tally
from reports.plan.facts import PlanFacts, citing, measured
from reports.plan.measure import BASIC_PERCENT, DECLARED_ONLY, Measure, Told, Unmeasured, answers, item_met
from reports.wording import shown, unit_kind_text

_NAMED_UNITS = 2
_SIGNS = {"==": "=", ">=": "≥", "<=": "≤"}
_WORDS = {
    "yes": Text("是", "yes"),
    "basic": Text(f"≥ {BASIC_PERCENT:g} %（基本符合）", f"≥ {BASIC_PERCENT:g} % (basically met)"),
}
_LIMITS = {  # by the key that the plan gives a limit
    "util_p95_max": (Text("利用率 P95", "p95 utilisation"), "≤ {} %"),
    "rtt_ms_max_in_county": (Text("县内往返时延", "round trip in the county"), "≤ {} ms"),
    "loss_max": (Text("丢包率", "loss"), "≤ {} %"),
    "availability_min": (Text("可用率", "availability"), "≥ {} %"),
    "coverage": (Text("接入率", "coverage"), "≥ {} %"),
    "retention_days": (Text("留存天数", "days kept"), "≥ {}"),
}


class Progress(StrEnum):
    """How a requirement stands on the day of the report."""

    REACHED = "reached"
    LATE = "late"  # not reached, and the deadline is over
    BEHIND = "behind"  # not reached yet; the deadline is to come, or the plan names none
    UNKNOWN = "unknown"  # what is known allows both
    NOT_MEASURED = "not-measured"  # nothing in this run tells the value
    NO_VERDICT = "no-verdict"  # the plan wants the figure reported, not reached


PROGRESS = {
    Progress.REACHED: Text("已达标", "reached"),
    Progress.LATE: Text("逾期未达标", "overdue"),
    Progress.BEHIND: Text("未达标", "not reached yet"),
    Progress.UNKNOWN: Text("尚不能确定", "not certain"),
    Progress.NOT_MEASURED: Text("本次未测算", "not measured"),
    Progress.NO_VERDICT: Text("只报告数值", "reported only"),
}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One requirement, its value, and how late it is."""

    requirement: Requirement
    told: Told
    progress: Progress
    days_over: int  # since the deadline, reached or not
    lead: Text  # who answers for it: the register's units of that kind where they are few, else the kind
    checks: tuple[str, ...]  # that cite it
    tally: Tally
    declared: DeclaredFigure | None = None  # what a person says of it, beside what was measured

    @property
    def measure(self) -> Measure | None:
        """The value; None: nothing tells it."""
        return self.told if isinstance(self.told, Measure) else None

    @property
    def missing(self) -> Text | None:
        """What is missing to measure it; None: it is measured."""
        return self.told.missing if isinstance(self.told, Unmeasured) else None

    @property
    def days_late(self) -> int:
        """Days since the deadline of what is certainly not reached."""
        return self.days_over if self.progress is Progress.LATE else 0

    @property
    def target(self) -> Text:
        """The wanted value as the plan writes it; empty where it wants none."""
        return target_text(self.requirement)


def target_text(requirement: Requirement) -> Text:
    """The wanted value: ``≥ 90 %``; empty where the plan wants the figure reported only."""
    goal, unit = requirement.target, requirement.metric.unit
    sign = _SIGNS.get(goal.op)
    if isinstance(goal.value, Mapping):
        limits = [_limit(name, value) for name, value in goal.value.items()]
        return Text("，".join(limit.zh for limit in limits), ", ".join(limit.en for limit in limits))
    if sign is None:
        return Text("", "")
    if not isinstance(goal.value, int | float):
        return _WORDS.get(goal.value, Text(str(goal.value), str(goal.value)))
    value = f"{sign} {goal.value:g} %" if unit.startswith("%") else f"{sign} {goal.value:g}"
    return Text(value, value)


def _limit(name: str, value: object) -> Text:
    """One of several limits in words; as the plan writes it where it is not known here."""
    known = _LIMITS.get(name)
    if known is None:
        return Text(f"{name} {value}", f"{name} {value}")
    words, wanted = known
    wanted = wanted.format(value)
    return Text(f"{words.zh} {wanted}", f"{words.en} {wanted}")


def plan_lines(facts: PlanFacts) -> tuple[PlanLine, ...]:
    """Every requirement of the plan, in its order."""
    return tuple(_line(requirement, facts) for requirement in facts.plan.requirements)


def _line(requirement: Requirement, facts: PlanFacts) -> PlanLine:
    checks = citing().get(requirement.key or requirement.id, ())
    declared = facts.declared.figure(requirement.id, facts.today)
    told = _told(requirement, checks, facts)
    if declared is not None and isinstance(told, Unmeasured):
        told = _as_declared(declared, requirement)
    return PlanLine(
        requirement,
        told,
        _progress(requirement, told, facts.today),
        requirement.days_late(facts.today),
        lead_text(requirement.responsible.lead, facts.register),
        checks,
        facts.figures.outcomes_of(checks),
        declared,
    )


def _told(requirement: Requirement, checks: tuple[str, ...], facts: PlanFacts) -> Told:
    own = measured().get(requirement.key or requirement.id)
    if own:
        return own(facts)
    if not checks:
        return _as_attested(requirement, facts)
    missing = Text("相关检查没有判定任何对象", "the checks on it judged nothing")
    return facts.passing(checks, Text("个对象通过相关检查", "subjects pass the checks on it"), missing)


def _as_attested(requirement: Requirement, facts: PlanFacts) -> Told:
    """What people confirmed of the items of the standard that a requirement of documents rests on."""
    zh = f"设备上读不到；请在 {FILE} 填报并写明来源"
    missing = Text(zh, f"no device tells it: declare it in {FILE} ({requirement.measure})")
    items = [ref.partition(":")[2] for ref in requirement.clauses] if requirement.assess == "manual" else []
    found = [(name, item) for name in items if (item := facts.assessment.items.get(name))]
    if not any(item.attestations for _, item in found):
        return Unmeasured(missing)
    told = ((name, item_met(item)) for name, item in found)
    return answers(told, Text("项条款经人工确认符合", "items that people confirmed as met"), missing)


def _as_declared(figure: DeclaredFigure, requirement: Requirement) -> Measure:
    origin = f"{figure.source}, {figure.by}, {figure.as_of.isoformat()}"
    note = Text(f"填报，未经采集核实：{origin}", f"declared, not verified on devices: {origin}")
    value = figure.value if figure.value is not None else 100.0 if figure.met else 0.0
    unit = "%" if figure.met is not None or requirement.metric.unit.startswith("%") else ""
    # What devices can tell is not settled by a person's word.
    open_ = DECLARED_ONLY if requirement.assess == "auto" else None
    return Measure((), (), (), Text("", ""), unit=unit, note=note, open=open_, declared=value)


def lead_text(kind: str, register: Register) -> Text:
    """Who answers for a requirement: the register's units of that kind by name, or the kind where they are many."""
    names = [unit.name for unit in register.units if unit.kind.value == kind]
    if 0 < len(names) <= _NAMED_UNITS:
        listed = [shown(name) for name in names]
        return Text("、".join(listed), ", ".join(listed))
    return unit_kind_text(kind)


def _progress(requirement: Requirement, told: Told, today: date) -> Progress:
    if requirement.target.op in ("report", "informative"):
        return Progress.NO_VERDICT
    if isinstance(told, Unmeasured):
        return Progress.NOT_MEASURED
    reached = {_reaches(requirement.target, value) for value in (told.lowest, told.highest)}
    if reached == {True} and told.open is None:
        return Progress.REACHED
    if True in reached:
        return Progress.UNKNOWN
    return Progress.LATE if requirement.days_late(today) else Progress.BEHIND


def _reaches(goal: Goal, value: float) -> bool:
    # A share of 100 is reached by all or not at all; no rounding helps. Limits and conditions in words are met by all
    # that was counted.
    if goal.value == "basic":
        return value >= BASIC_PERCENT
    wanted = float(goal.value) if isinstance(goal.value, int | float) and not isinstance(goal.value, bool) else 100.0
    op = goal.op if isinstance(goal.value, int | float) else "=="
    return {"==": value == wanted, ">=": value >= wanted, "<=": value <= wanted}[op]
