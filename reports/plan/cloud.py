"""Cloud migration: PR-CLD."""

from __future__ import annotations

from collections.abc import Iterable

from checks.claims import Kind, contradictions, declared_on_cloud
from checks.model import Outcome
from checks.rules.cloud import outside
from inventory.register import MigrationState
from inventory.text import Text
from inventory.views import SystemView
from reports.plan.facts import PlanFacts, measures
from reports.plan.measure import Told, answers

_SYSTEMS = Text("个系统", "systems")
_BLOCKS = f"cloud.{Kind.ADDRESSES}"  # what the run's playbook calls the cloud's, its findings tell
_NONE = Text("没有登记业务系统", "no business system is declared")


@measures("PR-CLD-01")
def on_cloud(facts: PlanFacts) -> Told:
    """All systems but retired ones and those a higher level runs on its own platform."""
    counted = (s for s in facts.census.systems if s.state != "retired" and not outside(s))
    open_ = facts.undeclared("DEN-SYS")
    return answers(_told(facts, counted), _SYSTEMS, _NONE, total=facts.total("DEN-SYS"), open=open_)


def _told(facts: PlanFacts, systems: Iterable[SystemView]) -> list[tuple[str, bool | None]]:
    rows = facts.findings(checks=(_BLOCKS,), subjects=())
    astray = {row.subject for row in rows if row.outcome in (Outcome.FAIL, Outcome.WAIVED)}
    return [(s.name, _counts(s, astray)) for s in systems]


def _counts(system: SystemView, astray: set[str]) -> bool | None:
    return False if system.addresses and system.name in astray else runs_on_cloud(system)


def runs_on_cloud(system: SystemView) -> bool | None:
    """Whether a system counts as migrated: a claim that anything found contradicts does not. None: nothing declared."""
    if declared_on_cloud(system):
        return not contradictions(system)
    return None if system.state is None and system.hosted is None else False


@measures("PR-CLD-02")
def self_built_on_cloud(facts: PlanFacts) -> Told:
    """The county's own systems, approved exceptions left out; what each wave came to beside them all."""
    own = {s.name for s in facts.systems() if s.self_built and s.state is not MigrationState.EXCEPTED}
    missing = Text("没有登记为自建的系统", "no system is declared as self-built")
    views = list(_named(facts, own))
    told = _told(facts, views)
    waves: dict[str, list[bool | None]] = {}
    for view, (_, answer) in zip(views, told, strict=True):
        if view.wave:
            waves.setdefault(view.wave, []).append(answer)
    shown = [f"{wave} {found.count(True)}/{len(found)}" for wave, found in waves.items()]
    zh, en = f"个系统（{'，'.join(shown)}）", f"systems ({', '.join(shown)})"
    return answers(told, Text(zh, en) if shown else _SYSTEMS, missing)


@measures("PR-CLD-04")
def new_on_cloud(facts: PlanFacts) -> Told:
    """Systems that went live within the plan's period."""
    new = {s.name for s in facts.systems() if s.go_live is not None and s.go_live >= facts.period_start}
    missing = Text(
        f"没有登记 {facts.period_start.year} 年以来上线的系统（上线日期）",
        f"no system with a go-live date since {facts.period_start.year} is declared",
    )
    return answers(_told(facts, _named(facts, new)), _SYSTEMS, missing)


def _named(facts: PlanFacts, names: set[str]) -> Iterable[SystemView]:
    return (s for s in facts.census.systems if s.name in names and not outside(s))


@measures("PR-CLD-05")
def on_domestic_cloud(facts: PlanFacts) -> Told:
    """Systems on the domestic cloud."""
    told = [(s.name, _is_domestic(s)) for s in facts.census.systems if s.state != "retired"]
    return answers(told, _SYSTEMS, _NONE)


def _is_domestic(system: SystemView) -> bool | None:
    """Whether a system runs on the domestic cloud; a foreign processor or system below it says otherwise."""
    if system.hosted is None:
        return None
    parts = [part for each in system.hosts if each.role == "service" for part in each.stack.parts]
    foreign = any(part.layer in ("cpu", "os") and part.product.domestic is False for part in parts)
    return system.hosted == "domestic-cloud" and not foreign and not contradictions(system)
