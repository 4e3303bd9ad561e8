"""Level-3 protection and what belongs to it: PR-SEC."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checks.catalogue import catalogue
from checks.model import Family, Outcome
from inventory.facts import Configuration
from inventory.register import NetworkRole, SecurityKind
from inventory.register.rows import BusinessSystem, Device, SecurityComponent
from inventory.snapshot import State
from inventory.text import Text
from reports.plan.facts import PlanFacts, measures
from reports.plan.measure import BASIC_PERCENT, DECLARED_ONLY, Measure, Told, Unmeasured, answers, at, item_met

_EVALUATED_WITHIN_DAYS = {2: 730, 3: 365, 4: 365, 5: 365}  # by graded level: PR-SEC-06 as the plan's formula has it
_SIGNATURES_WITHIN_DAYS = 30
_WANTED = (  # PR-SEC-03 names these five
    SecurityKind.IDS,
    SecurityKind.AUDIT,
    SecurityKind.BEHAVIOUR,
    SecurityKind.ANTIVIRUS,
    SecurityKind.SITUATION,
)
_AGEING = frozenset({SecurityKind.IDS, SecurityKind.ANTIVIRUS})  # worth nothing without fresh signatures
_FILTERING = ("filtering.default-deny", "filtering.no-any-any")  # what PR-SEC-02 wants of a firewall's rules
_NO_BOUNDARY = Text("没有登记防护边界（安全设备表）", "no boundary is declared in the sheet of security components")


@measures("PR-SEC-01")
def level3_items(facts: PlanFacts) -> Told:
    """Items of the level-3 catalogue by the self-check: the compliance rate of the report template of 2025.

    What a person declares of the official evaluation stands in for it, unless the self-check rules it out.
    """
    requirement = facts.plan.requirement("PR-SEC-01")
    told = [(name, item_met(item)) for name, item in facts.assessment.items.items() if item.possible]
    missing = Text("没有评过任何条款", "no item was assessed")
    if all(answer is None for _, answer in told):
        return Unmeasured(missing)
    open_ = Text("自查，结论由测评机构作出", "a self-check: an institution concludes the evaluation")
    found = answers(told, Text("项条款符合", "items met"), missing, open=open_)
    evaluated = facts.declared.figure(requirement.id, facts.today) if requirement else None
    if evaluated is not None and isinstance(found, Measure) and found.highest >= BASIC_PERCENT:
        return Unmeasured(open_)
    return found


@measures("PR-SEC-02")
def boundaries_with_firewall(facts: PlanFacts) -> Told:
    """Declared boundaries with a declared firewall that answers, denies by default and lets nothing pass any to any."""
    boundaries = _boundaries(facts).items()
    told = ((name, _stands(facts, found, SecurityKind.FIREWALL, _filters)) for name, found in boundaries)
    things = Text("个边界有默认拒绝的防火墙", "boundaries with a firewall that denies by default")
    return answers(told, things, _NO_BOUNDARY)


@measures("PR-SEC-03")
def security_systems(facts: PlanFacts) -> Told:
    """The five kinds of security system at each declared boundary: present, answering, signatures fresh."""
    told = [
        (at(name, kind.text), _stands(facts, components, kind, _works))
        for name, components in _boundaries(facts).items()
        for kind in _WANTED
    ]
    open_ = Text("没有核对流量与日志是否到达", "whether traffic and logs reach them is not measured")
    return answers(told, Text("格（边界×安全系统）", "cells of boundary and security system"), _NO_BOUNDARY, open=open_)


def _boundaries(facts: PlanFacts) -> dict[str, list[SecurityComponent]]:
    found: dict[str, list[SecurityComponent]] = {}
    for component in facts.register.security_components:
        if component.boundary:
            found.setdefault(component.boundary, []).append(component)
    return found


Working = Callable[[PlanFacts, SecurityComponent], bool | None]


def _stands(facts: PlanFacts, found: Iterable[SecurityComponent], kind: SecurityKind, works: Working) -> bool | None:
    """Whether a component of the kind does its work there. None: it is declared, and nothing shows that it does."""
    told = [works(facts, component) for component in found if component.function is kind]
    return True if True in told else None if None in told else False


def _filters(facts: PlanFacts, component: SecurityComponent) -> bool | None:
    """Whether a firewall answers and passes the checks on its rules. None: nobody asked, or could tell."""
    targets = _targets(facts, component)
    outcomes = {row.outcome for row in facts.findings(checks=_FILTERING, subjects=targets)} if targets else set()
    answered = _answers(facts, component)
    return _clean(outcomes) if answered else answered


def _works(facts: PlanFacts, component: SecurityComponent) -> bool | None:
    if component.function in _AGEING:
        dated = component.signature_date
        if dated is None or (facts.today - dated).days > _SIGNATURES_WITHIN_DAYS:
            return None if dated is None else False
    return _answers(facts, component)


def _answers(facts: PlanFacts, device: Device) -> bool | None:
    """Whether a target that bears the device's name or address answered; None: none was asked."""
    targets = set(_targets(facts, device))
    states = [record.state for record in facts.network.records() if record.target in targets]
    return None if not states else State.UNREACHABLE not in states


def _targets(facts: PlanFacts, device: Device) -> list[str]:
    """Targets that bear the device's name or one of its addresses."""
    wanted = {device.label.lower(), *map(str, device.addresses)}
    return [r.target for r in facts.network.records() if {r.target.lower(), r.address} & wanted]


@measures("PR-SEC-04")
def boundary_devices_hardened(facts: PlanFacts) -> Told:
    """Devices at borders without a gap in level-3 checks of high severity or worse."""
    serious = [c.id for c in catalogue().values() if c.family is Family.LEVEL3 and c.severity.value in _SERIOUS]
    roles = {NetworkRole.BORDER.value, NetworkRole.FIREWALL.value}
    targets = [record.target for record in facts.network.records() if record.role in roles]
    outcomes: dict[str, set[str]] = {target: set() for target in targets}
    for row in facts.findings(checks=serious, subjects=targets) if targets else ():
        outcomes.get(row.subject, set()).add(row.outcome)
    told = [(target, _clean(found)) for target, found in outcomes.items()]
    missing = Text("没有角色为边界或防火墙的目标", "no target has the role border or firewall")
    return answers(told, Text("台边界设备", "boundary devices"), missing)


_SERIOUS = frozenset({"high", "critical"})


def _clean(outcomes: set[str]) -> bool | None:
    if outcomes & {Outcome.FAIL, Outcome.WAIVED}:
        return False
    return None if not outcomes or outcomes & {Outcome.UNKNOWN, Outcome.ERROR} else True


@measures("PR-SEC-06")
def evaluated_on_time(facts: PlanFacts) -> Told:
    """Systems of level 2 and up whose last evaluation is not too old."""
    told = ((s.name, _is_evaluated(facts, s)) for s in facts.systems() if s.graded_level != 1)
    missing = Text("没有登记二级以上系统", "no system of level 2 or up is declared")
    things = Text("个二级以上系统按期测评", "systems of level 2 and up evaluated on time")
    return answers(told, things, missing, open=DECLARED_ONLY)


def _is_evaluated(facts: PlanFacts, system: BusinessSystem) -> bool | None:
    if system.graded_level is None or system.last_evaluation is None:
        return None
    return (facts.today - system.last_evaluation).days <= _EVALUATED_WITHIN_DAYS[system.graded_level]


@measures("PR-SEC-09")
def configurations_kept(facts: PlanFacts) -> Told:
    """Device configurations that this run archived; of business data no device tells."""
    told = [(target, isinstance(fact, Configuration)) for target, fact in facts.network.each(Configuration)]
    if not told:
        return Unmeasured(Text("没有经 SSH 读到设备配置；业务数据备份须填报", "no configuration was read over SSH"))
    open_ = Text("业务数据的备份与恢复演练须填报", "backups of business data and restore tests have to be declared")
    return answers(told, Text("台设备的配置已归档", "devices with archived configuration"), open_, open=open_)


@measures("PR-SEC-11")
def crypto_assessed(facts: PlanFacts) -> Told:
    """Systems of level 3 and up that passed the cryptography assessment."""
    told = ((s.name, s.crypto_assessed) for s in facts.systems() if s.graded_level is not None and s.graded_level >= 3)
    missing = Text("没有登记三级以上系统", "no system of level 3 or up is declared")
    things = Text("个三级以上系统通过密评", "systems of level 3 and up passed the assessment")
    return answers(told, things, missing, open=DECLARED_ONLY)
