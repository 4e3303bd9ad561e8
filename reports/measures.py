"""Values of the plan's requirements as far as one run and the register tell them, against targets and deadlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property

from checks.catalogue import catalogue
from checks.model import Outcome
from checks.rules.cloud import migration_rate
from checks.standards import PLAN_PREFIX
from inventory.facts import Interface
from inventory.plan import Goal, Plan, Requirement
from inventory.register import MigrationState, PrivateState, Register, Tier
from inventory.register_rows import BusinessSystem
from inventory.snapshot import State
from inventory.text import Text
from inventory.views import CensusView, SiteView, SystemView, Views
from reports.figures import Figures, Tally
from reports.wording import shown, unit_kind_text

_PERIOD_STARTS = date(2021, 1, 1)  # of a plan whose period nobody can read


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
class Measure:
    """A value between what is certain and what is possible; ``unit`` is % or empty for a count."""

    lowest: float
    highest: float
    basis: Text  # what was counted
    unit: str = "%"
    whole: bool = True  # False: more may belong to the total than anybody has declared

    @property
    def shown(self) -> str:
        """``87.5 %``, or ``62.5–75 %`` where something is not known."""
        ends = [f"{value:.1f}".removesuffix(".0") for value in (self.lowest, self.highest)]
        span = ends[0] if ends[0] == ends[1] else "–".join(ends)
        return f"{span} {self.unit}".rstrip()


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One requirement, its value, and how late it is."""

    requirement: Requirement
    measure: Measure | None  # None: nothing tells it
    progress: Progress
    days_over: int  # since the deadline, reached or not
    lead: Text  # who answers for it: the register's units of that kind where they are few, else the kind
    checks: tuple[str, ...]  # that cite it
    tally: Tally

    @property
    def days_late(self) -> int:
        """Days since the deadline of what is certainly not reached."""
        return self.days_over if self.progress is Progress.LATE else 0

    @property
    def target(self) -> str:
        """The wanted value as the plan writes it; empty where it wants none."""
        return target_text(self.requirement)


def target_text(requirement: Requirement) -> str:
    """The wanted value: ``≥ 90 %``; empty where the plan wants the figure reported only."""
    goal, unit = requirement.target, requirement.metric.unit
    sign = {"==": "=", ">=": "≥", "<=": "≤"}.get(goal.op)
    if isinstance(goal.value, Mapping):
        return ", ".join(f"{name} {value}" for name, value in goal.value.items())
    if sign is None:
        return ""
    shown = f"{goal.value:g}" if isinstance(goal.value, int | float) else str(goal.value)
    return f"{sign} {shown} %" if unit.startswith("%") else f"{sign} {shown}"


def plan_lines(plan: Plan, register: Register, views: Views, figures: Figures, today: date) -> tuple[PlanLine, ...]:
    """Every requirement of a plan, in its order."""
    citing = _citing()
    measuring = _Measuring(plan, register, views, figures, today)
    return tuple(
        _line(requirement, citing.get(requirement.key or requirement.id, ()), measuring, figures, register, today)
        for requirement in plan.requirements
    )


def _citing() -> dict[str, tuple[str, ...]]:
    """Checks by the key of the requirement they cite."""
    found: dict[str, tuple[str, ...]] = {}
    for check in catalogue().values():
        for ref in check.clauses:
            name, _, key = ref.partition(":")
            if name == PLAN_PREFIX:
                found[key] = (*found.get(key, ()), check.id)
    return found


def _line(
    requirement: Requirement,
    checks: tuple[str, ...],
    measuring: _Measuring,
    figures: Figures,
    register: Register,
    today: date,
) -> PlanLine:
    measure = measuring.of(requirement.key or requirement.id, checks)
    return PlanLine(
        requirement,
        measure,
        _progress(requirement, measure, today),
        requirement.days_late(today),
        lead_text(requirement.responsible.lead, register),
        checks,
        figures.outcomes_of(checks),
    )


def lead_text(kind: str, register: Register) -> Text:
    """Who answers for a requirement: the register's units of that kind by name, or the kind where they are many."""
    names = [unit.name for unit in register.units if unit.kind.value == kind]
    if 0 < len(names) <= _NAMED_UNITS:
        listed = [shown(name) for name in names]
        return Text("、".join(listed), ", ".join(listed))
    return unit_kind_text(kind)


def _progress(requirement: Requirement, measure: Measure | None, today: date) -> Progress:
    if requirement.target.op in ("report", "informative"):
        return Progress.NO_VERDICT
    if measure is None or not isinstance(requirement.target.value, int | float):
        return Progress.NOT_MEASURED
    reached = {_reaches(requirement.target, value) for value in (measure.lowest, measure.highest)}
    if reached == {True} and measure.whole:
        return Progress.REACHED
    if True in reached:
        return Progress.UNKNOWN
    return Progress.LATE if requirement.days_late(today) else Progress.BEHIND


def _reaches(goal: Goal, value: float) -> bool:
    # A share of 100 is reached by all or not at all; no rounding helps.
    wanted = float(goal.value)
    return {"==": value == wanted, ">=": value >= wanted, "<=": value <= wanted}[goal.op]


def _share(done: int, unsure: int, total: int, things: Text) -> Measure | None:
    """Done in a hundred of all; None where there is nothing to count."""
    if not total:
        return None
    known = Text(f"{done}/{total} {things.zh}", f"{done} of {total} {things.en}")
    doubt = Text(f"，{unsure} 个未知", f", {unsure} not known") if unsure else Text("", "")
    return Measure(100 * done / total, 100 * (done + unsure) / total, Text(known.zh + doubt.zh, known.en + doubt.en))


def _answers(told: Iterable[bool | None], things: Text) -> Measure | None:
    counts = Counter(told)
    return _share(counts[True], counts[None], counts.total(), things)


def _passed(worst: Iterable[str], things: Text) -> Measure | None:
    counts = Counter(worst)
    unsure = counts[Outcome.UNKNOWN] + counts[Outcome.ERROR]
    return _share(counts[Outcome.PASS], unsure, counts.total() - counts[Outcome.NOT_APPLICABLE], things)


class _Measuring:
    """One function a requirement where the register or several checks together tell it, else the share that passes."""

    def __init__(self, plan: Plan, register: Register, views: Views, figures: Figures, today: date) -> None:
        self._plan = plan
        self._register = register
        self._views = views
        self._figures = figures
        self._today = today
        self._own: dict[str, Callable[[], Measure | None]] = {
            "PR-CEN-01": self._census_complete,
            "PR-CEN-03": self._new_rooms,
            "PR-CLD-01": self._on_cloud,
            "PR-CLD-02": self._self_built_on_cloud,
            "PR-CLD-04": self._new_on_cloud,
            "PR-CLD-05": self._on_domestic_cloud,
            "PR-NET-01": self._budget_units_connected,
            "PR-NET-02": self._sites_connected,
            "PR-NET-03": self._institutions_connected,
            "PR-NET-04": lambda: self._passing(_TIER_CHECKS, Text("条链路", "links")),
            "PR-NET-08": self._private_networks_joined,
            "PR-SEC-06": self._evaluated_on_time,
            "PR-SEC-11": self._crypto_assessed,
            "PR-V6-01": self._ipv6_devices,
            "PR-V6-02": lambda: self._passing(("ipv6.site-carries",), Text("个站点承载 IPv6", "sites carry IPv6")),
        }

    def of(self, key: str, checks: tuple[str, ...]) -> Measure | None:
        """The value of a requirement; None when nothing tells it."""
        own = self._own.get(key)
        return own() if own else self._passing(checks, Text("个对象通过相关检查", "subjects pass the checks on it"))

    def _passing(self, checks: tuple[str, ...], things: Text) -> Measure | None:
        """The share of subjects of which all that was asked passed. An accepted gap is still one."""
        return _passed(self._figures.subjects_of(checks).values(), things)

    def _ipv6_devices(self) -> Measure | None:
        """Network and security devices only: those that the check on forwarding is about."""
        about = self._figures.subjects_of(["ipv6.forwarding-on"])
        worst = self._figures.subjects_of(_citing().get("PR-V6-01", ()))
        return _passed([worst[each] for each in about], Text("台网络和安全设备", "network and security devices"))

    @cached_property
    def _census(self) -> CensusView:
        return self._views.census()

    @cached_property
    def _connected(self) -> dict[str, bool | None]:
        """Declared sites and whether the network reaches them."""
        return {site.name: _is_connected(site) for site in self._views.sites()}

    def _census_complete(self) -> Measure | None:
        filed = {row.unit for row in self._census.rows if row.sheet != _UNITS_SHEET}
        incomplete = {row.unit for row in self._census.rows if row.empty}
        asked = [unit.name for unit in self._register.units if unit.kind.value in _CENSUS_KINDS]
        done = sum(name in filed and name not in incomplete for name in asked)
        return _share(done, 0, len(asked), Text("个单位填报完整", "units complete"))

    def _new_rooms(self) -> Measure | None:
        starts = _period_start(self._plan)
        told = [
            None if room.built_year is None or room.standalone is None else room.built_year >= starts.year
            for room in self._register.rooms
            if room.standalone is not False
        ]
        if not self._register.rooms:
            return None
        counts = Counter(told)
        basis = Text(f"共 {len(self._register.rooms)} 个机房", f"{len(self._register.rooms)} rooms declared")
        return Measure(counts[True], counts[True] + counts[None], basis, "")

    def _on_cloud(self) -> Measure | None:
        rate = migration_rate(self._census.systems)
        return _share(rate.done, rate.undeclared, rate.total, _SYSTEMS)

    def _self_built_on_cloud(self) -> Measure | None:
        wanted = [s for s in self._systems() if s.self_built and s.state is not MigrationState.EXCEPTED]
        return self._rate_of(wanted)

    def _new_on_cloud(self) -> Measure | None:
        starts = _period_start(self._plan)
        return self._rate_of([s for s in self._systems() if s.go_live is not None and s.go_live >= starts])

    def _rate_of(self, systems: list[BusinessSystem]) -> Measure | None:
        names = {s.name for s in systems}
        rate = migration_rate(view for view in self._census.systems if view.name in names)
        return _share(rate.done, rate.undeclared, rate.total, _SYSTEMS)

    def _on_domestic_cloud(self) -> Measure | None:
        return _answers((_on_domestic(s) for s in self._census.systems if s.state != "retired"), _SYSTEMS)

    def _systems(self) -> Iterator[BusinessSystem]:
        return (s for s in self._register.systems if s.state is not MigrationState.RETIRED)

    def _evaluated_on_time(self) -> Measure | None:
        told = [self._is_evaluated(s) for s in self._systems() if s.graded_level != 1]
        return _answers(told, Text("个二级以上系统按期测评", "systems of level 2 and up evaluated on time"))

    def _is_evaluated(self, system: BusinessSystem) -> bool | None:
        if system.graded_level is None or system.last_evaluation is None:
            return None
        return (self._today - system.last_evaluation).days <= _EVALUATED_WITHIN_DAYS[system.graded_level]

    def _crypto_assessed(self) -> Measure | None:
        told = [s.crypto_assessed for s in self._systems() if s.graded_level is not None and s.graded_level >= 3]
        return _answers(told, Text("个三级以上系统通过密评", "systems of level 3 and up passed the assessment"))

    def _budget_units_connected(self) -> Measure | None:
        sites: dict[str | None, list[bool | None]] = {}
        for site in self._register.sites:
            sites.setdefault(site.unit, []).append(self._connected.get(site.name))
        asked = [unit.name for unit in self._register.units if unit.budget_unit]
        return _answers((_any(sites.get(name, [])) for name in asked), Text("个财政预算单位", "budget units"))

    def _sites_connected(self) -> Measure | None:
        return self._tiers_connected(
            (Tier.TOWN, Tier.VILLAGE, Tier.DEPARTMENT),
            Text("个镇、村、部门站点", "sites of towns, villages, departments"),
        )

    def _institutions_connected(self) -> Measure | None:
        return self._tiers_connected(
            (Tier.INSTITUTION, Tier.VILLAGE), Text("个事业单位、村站点", "sites of institutions and villages")
        )

    def _tiers_connected(self, wanted: tuple[Tier, ...], things: Text) -> Measure | None:
        """Sites of some tiers that the network reaches; a tier of which none is declared leaves the total open."""
        sites = [site for site in self._register.sites if site.tier in wanted]
        measure = _answers((self._connected.get(site.name) for site in sites), things)
        missing = set(wanted) - {site.tier for site in sites}
        if measure is None or not missing:
            return measure
        tiers = [tier for tier in wanted if tier in missing]
        zh, en = "、".join(tier.zh for tier in tiers), ", ".join(tier.en for tier in tiers)
        basis = Text(f"{measure.basis.zh}；没有登记：{zh}", f"{measure.basis.en}; none declared of: {en}")
        return replace(measure, basis=basis, whole=False)

    def _private_networks_joined(self) -> Measure | None:
        joined = {PrivateState.CONNECTED, PrivateState.MIGRATED, PrivateState.RETIRED}
        networks = [each for each in self._register.private_networks if not each.classified]
        told = (None if each.state is None else each.state in joined for each in networks)
        return _answers(told, Text("个业务专网", "private networks"))


_TIER_CHECKS = ("bandwidth.contract-meets-tier", "bandwidth.port-meets-tier", "bandwidth.shaper-meets-tier")
_CENSUS_KINDS = frozenset({"county_dept", "institution", "town"})
_NAMED_UNITS = 2
_EVALUATED_WITHIN_DAYS = {2: 730, 3: 365, 4: 365, 5: 365}  # by graded level: PR-SEC-06 as the plan's formula has it
_UNITS_SHEET = "单位"
_SYSTEMS = Text("个系统", "systems")


def _period_start(plan: Plan) -> date:
    year = plan.period[:4]
    return date(int(year), 1, 1) if year.isdigit() and int(year) > 1900 else _PERIOD_STARTS


def _on_domestic(system: SystemView) -> bool | None:
    return None if system.hosted is None else system.hosted == "domestic-cloud"


def _any(told: list[bool | None]) -> bool | None:
    """Whether any is true; None where none is and some are not known, or there is nothing to ask."""
    return True if True in told else None if None in told or not told else False


def _is_connected(site: SiteView) -> bool | None:
    """True: a device there answered, or an interface of a link to it is up. False: all that was seen is down."""
    if any(device.record.state is not State.UNREACHABLE for device in site.devices):
        return True
    ends = [end.interface for link in site.links for end in link.ends]
    return _any([end.oper_up if isinstance(end, Interface) else None for end in ends])
