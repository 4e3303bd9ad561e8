"""Cloud migration: what is declared of a business system, and what answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.claims import CLOUD_HOSTS, Prefixes, contradictions, declared_on_cloud
from checks.model import Family, Remedy, Severity, Today, Verdict, check, harmless, verdict
from checks.policies import CloudPolicy
from inventory.errors import Missing
from inventory.facts import EndpointAnswer
from inventory.plan import Plan
from inventory.text import Text
from inventory.views import CensusView, SystemView
from inventory.words.reasons import reason

_OUTSIDE = frozenset({"province", "state"})  # run by a higher level on its own platform: in neither side of the rate
_BROKEN = 500  # HTTP statuses from here on say that the server cannot (RFC 9110, 15.6)
_SETTLED = frozenset({"on-cloud", "retired", "excepted"})


@dataclass(frozen=True, slots=True)
class MigrationRate:
    """How many systems of those that count run on the cloud."""

    done: int  # declared on the cloud, and nothing says otherwise
    undeclared: int  # neither state nor place is declared: on the cloud or not
    total: int
    contradicted: tuple[str, ...]  # declared on the cloud while something says otherwise


def outside(system: SystemView) -> bool:
    """Whether a higher level runs the system on its own platform: it counts on neither side of the rate."""
    return system.hosted in _OUTSIDE


def migration_rate(systems: Iterable[SystemView], prefixes: Prefixes = ()) -> MigrationRate:
    """The rate over all systems but retired ones and those a higher level runs on its own platform."""
    counted = [s for s in systems if s.state != "retired" and not outside(s)]
    claimed = [s for s in counted if declared_on_cloud(s)]
    contradicted = tuple(s.name for s in claimed if contradictions(s, prefixes))
    undeclared = sum(s.state is None and s.hosted is None for s in counted)
    return MigrationRate(len(claimed) - len(contradicted), undeclared, len(counted), contradicted)


@check(
    "cloud.wave-on-time",
    family=Family.CLOUD,
    title=Text("按批次计划上云", "Migration keeps to its wave"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-CLD-02",),
    found=Text(
        "{subject} 应于 {due}（{wave}）前上云，已逾期 {days} 天",
        "{subject} was due on the cloud by {due} ({wave}) and is {days} days late",
    ),
    unknown=Text("{subject} 没有登记上云批次日期", "{subject}: no date of its migration wave is declared"),
    remedy=Remedy(Text("督办迁移，或按程序申请例外", "Push the migration, or apply for an exception")),
)
def wave_on_time(system: SystemView, today: Today) -> Iterator[Verdict]:
    if declared_on_cloud(system) or system.state in _SETTLED or system.hosted in _OUTSIDE:
        return
    due = system.wave_date
    late = max(0, (today.date - due).days) if due else 0
    yield verdict(
        None if due is None else late == 0,
        system.evidence,
        due=due.isoformat() if due else "?",
        wave=system.wave or "?",
        days=late,
    )


@check(
    "cloud.exception-in-order",
    family=Family.CLOUD,
    title=Text("不上云的例外有理由并做了数据对接", "An exception has a reason and a data interface"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-CLD-03",),
    found=Text("{subject} 申报为例外，但{lacking}", "{subject} is declared an exception, but {lacking}"),
    unknown=Text(
        "{subject} 申报为例外，没有登记{lacking}", "{subject} is declared an exception, not declared: {lacking}"
    ),
    remedy=Remedy(Text("补办例外审批并完成数据对接", "Have the exception approved and build the data interface")),
)
def exception_in_order(system: SystemView) -> Iterator[Verdict]:
    if system.state != "excepted":
        return
    if not (system.exception_reason or "").strip():
        yield verdict(False, system.evidence, lacking=Text("没有理由", "no reason is given"))
    elif system.data_interface is False:
        yield verdict(False, system.evidence, lacking=Text("没有数据对接", "it has no data interface"))
    elif system.data_interface is None:
        yield verdict(None, system.evidence, lacking=Text("是否做了数据对接", "whether it has a data interface"))
    elif not (system.exception_approver or "").strip():
        yield verdict(None, system.evidence, lacking=Text("批准人", "who approved it"))
    else:
        yield verdict(True, system.evidence)


@check(
    "cloud.interface-answers",
    family=Family.CLOUD,
    title=Text("例外系统登记的数据对接接口应答", "The declared data interface of an exception answers"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-CLD-03",),
    found=Text(
        "{subject} 申报为例外，其数据对接接口 {endpoint} {seen}",
        "{subject} is declared an exception; its data interface {endpoint} {seen}",
    ),
    unknown=Text(
        "{subject} 申报为例外，其数据对接接口 {endpoint} 是否可用未知：{seen}",
        "{subject} is declared an exception; whether its data interface {endpoint} works is not known: {seen}",
    ),
    remedy=Remedy(
        Text("恢复数据对接接口，或改正登记的对接地址", "Restore the data interface, or correct its declared address")
    ),
)
def interface_answers(system: SystemView) -> Iterator[Verdict]:
    if system.state != "excepted" or system.data_interface is False:
        return
    found = None if isinstance(system.probe, Missing) else system.probe.interface
    endpoint = str(harmless((found.endpoint if found else "") or "?"))
    ok, seen = _interface(system, found)
    ports, pages = (found.ports, found.pages) if found else ((), ())
    evidence = (*(port.evidence for port in ports), *(page.evidence for page in pages))
    yield verdict(ok, system.evidence, *evidence, endpoint=endpoint, seen=seen)


def _interface(system: SystemView, found: EndpointAnswer | None) -> tuple[bool | None, Text]:
    """Whether an interface takes connections, and answers HTTP where that is what it speaks."""
    if system.interface_endpoint is None:
        return None, Text("没有登记对接地址", "its address is not declared")
    if found is None:
        return None, Text("没有探测", "it was not probed")
    if not found.ports:
        why = reason(found.why)
        return None, Text(f"没有探测（{why.zh}）", f"it was not asked ({why.en})")
    where = ", ".join(f"{each.ip} tcp/{each.port}" for each in found.ports[:3])
    if not any(each.open for each in found.ports):
        if any(each.open is None for each in found.ports):
            return None, Text(f"{where} 没有回音", f"{where} keeps silent")
        return False, Text(f"在 {where} 拒绝连接", f"refuses connections at {where}")
    statuses = [page.status for page in found.pages if page.status is not None]
    if found.pages and not statuses:
        return None, Text(f"{where} 接受连接但不答 HTTP", f"{where} takes connections and answers no HTTP")
    if statuses and min(statuses) >= _BROKEN:
        return False, Text(f"应答 HTTP {min(statuses)}", f"answers HTTP {min(statuses)}")
    return True, Text(f"{where} 应答", f"{where} answers")


@check(
    "cloud.state-declared",
    family=Family.CLOUD,
    title=Text("系统的上云状态已登记", "The register says how far the system's migration is"),
    severity=Severity.LOW,
    clauses=("plan:PR-CLD-01", "plan:PR-CEN-01"),
    found=Text("{subject} 没有登记上云状态和部署位置", "{subject}: neither migration state nor place is declared"),
    unknown=Text(
        "{subject} 登记了部署位置 {hosted}，没有登记上云状态",
        "{subject}: declared at {hosted}, its migration state is not",
    ),
    remedy=Remedy(Text("在普查表中补填", "Fill it in in the census workbook")),
)
def state_declared(system: SystemView) -> Iterator[Verdict]:
    known = True if system.state or system.hosted in CLOUD_HOSTS | _OUTSIDE else None if system.hosted else False
    yield verdict(known, system.evidence, hosted=system.hosted or "?")


@check(
    "cloud.rate-reached",
    family=Family.CLOUD,
    title=Text("上云率达到规划目标", "The migration rate reaches the plan's target"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=Text(
        "上云率 {rate}%（{done}/{total}），目标 {target}%；申报与实测矛盾、未计入：{contradicted}",
        "{rate} % of systems are on the cloud ({done}/{total}), {target} % are wanted;"
        " declared but contradicted, not counted: {contradicted}",
    ),
    unknown=Text(
        "部分系统没有登记，上云率在 {rate}% 至 {highest}% 之间",
        "some systems are not declared: the rate lies between {rate} % and {highest} %",
    ),
    remedy=Remedy(Text("按批次推进未上云系统的迁移", "Push the systems that are not on the cloud, wave by wave")),
)
def rate_reached(census: CensusView, plan: Plan, policy: CloudPolicy) -> Iterator[Verdict]:
    target = wanted_percent(plan, policy)
    rate = migration_rate(census.systems, policy.prefixes)
    if target is None or not rate.total:
        return
    lowest, highest = (100 * n / rate.total for n in (rate.done, rate.done + rate.undeclared))
    yield verdict(
        True if lowest >= target else None if highest >= target else False,
        census.evidence,
        rate=f"{lowest:.1f}",
        highest=f"{highest:.1f}",
        done=rate.done,
        total=rate.total,
        target=f"{target:g}",
        contradicted=", ".join(rate.contradicted) or "-",
    )


def wanted_percent(plan: Plan, policy: CloudPolicy) -> float | None:
    """The rate that the playbook, else the plan, wants; None where neither does."""
    if policy.rate_min_percent is not None:
        return policy.rate_min_percent
    requirement = plan.requirement("PR-CLD-01")
    value = requirement.target.value if requirement else None
    return float(value) if isinstance(value, int | float) else None
