"""Level 3: what stands at each boundary of the network, by the register, and whether it answers and is current."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from checks.model import Family, Remedy, Severity, Today, Verdict, check, verdict
from checks.policies import BoundaryPolicy
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Fact, Inspection, Signatures
from inventory.register import SecurityKind
from inventory.snapshot import Network, State
from inventory.text import Text
from inventory.views import CensusView, DeclaredBoundary, DeclaredComponent

F = TypeVar("F", bound=Fact)
_FIREWALLS = frozenset({"firewall", "gap"})
_UNDECLARED = Text(
    "普查表没有登记任何网络边界",
    "the register declares no boundary of the network: no egress, no joined private network",
)
_UNLOOKED = Text("{why}", "{why}")


def _standing(boundaries: tuple[DeclaredBoundary, ...], functions: frozenset[str]) -> Iterator[Verdict]:
    """For each boundary whether a component of such a function stands there."""
    for boundary in boundaries:
        there = [c for c in boundary.components if c.function in functions]
        shown = [c.evidence for c in there] or [boundary.evidence]
        yield verdict(bool(there), *shown, place=boundary.name, by=", ".join(c.name for c in there) or "-")
    if not boundaries:
        yield verdict(None)


def _inspected(
    network: Network, boundaries: tuple[DeclaredBoundary, ...], function: str, kind: str
) -> Iterator[Verdict]:
    """As ``_standing``; a firewall whose policy looks for the same stands for a component of its own.

    Of components none of which answers it is not known whether they look for anything.
    """
    for boundary in boundaries:
        there = [c for c in boundary.components if c.function == function]
        by = [f for c in boundary.components if (f := told_by(network, c, Inspection)) and kind in f.kinds]
        shown = [*(c.evidence for c in there), *(f.evidence for f in by)] or [boundary.evidence]
        silent = [c.name for c in there if _answers(network, c) is False]
        ok = None if there and len(silent) == len(there) and not by else bool(there or by)
        names = ", ".join(silent)
        why = Text(
            f"边界“{boundary.name}”上的 {names} 没有应答", f"{names} at the boundary {boundary.name} does not answer"
        )
        yield verdict(ok, *shown, place=boundary.name, why=why)
    if not boundaries:
        yield verdict(None, why=_UNDECLARED)


def _answers(network: Network, component: DeclaredComponent) -> bool | None:
    """Whether it answered; None where it is no target, or was not asked so that no account is locked."""
    record = network.record(component.target) if component.target else None
    return None if record is None or record.state is State.WITHHELD else record.state is not State.UNREACHABLE


def told_by(network: Network, component: DeclaredComponent, kind: type[F]) -> F | None:
    """What a component tells itself; None where it is no target, or that was not read of it."""
    found = network.fact(component.target, kind) if component.target else None
    return None if isinstance(found, Missing) else found


@check(
    "boundary.firewall-present",
    family=Family.LEVEL3,
    title=Text("每个边界都有访问控制设备", "A firewall or gap stands at every boundary"),
    severity=Severity.CRITICAL,
    clauses=("gbt22239-2019:8.1.3.1-a#1", "gbt22239-2019:8.1.2.1-d#3~"),
    found=Text("边界“{place}”没有登记防火墙或网闸", "no firewall or gap is declared at the boundary {place}"),
    unknown=_UNDECLARED,
    remedy=Remedy(
        Text(
            "在该边界部署防火墙或网闸，并在安全设备表登记防护边界",
            "Put a firewall there and declare the boundary it protects",
        )
    ),
    high_risk=("HR-6.3.1.1", "HR-6.3.2.1"),
)
def firewall_present(census: CensusView) -> Iterator[Verdict]:
    yield from _standing(census.boundaries, _FIREWALLS)


@check(
    "boundary.attacks-detected",
    family=Family.LEVEL3,
    title=Text("每个边界都有入侵检测或防御", "Attacks are looked for at every boundary"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.3-a#1,3",),
    found=Text(
        "边界“{place}”没有登记入侵检测或防御，防火墙策略也没有引用入侵防御",
        "no intrusion detection is declared at the boundary {place}, and no firewall's rules prevent intrusion there",
    ),
    unknown=_UNLOOKED,
    remedy=Remedy(
        Text(
            "在该边界部署入侵检测或防御并登记，或在防火墙放行策略上引用入侵防御",
            "Put intrusion detection or prevention there and declare it, or bind it to the firewall's rules",
        )
    ),
    high_risk=("HR-6.3.3.1",),
)
def attacks_detected(network: Network, census: CensusView) -> Iterator[Verdict]:
    yield from _inspected(network, census.boundaries, "ids", "intrusion")


@check(
    "boundary.malware-stopped",
    family=Family.LEVEL3,
    title=Text("每个边界都查杀恶意代码", "Malware is looked for at every boundary"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.4-a#1",),
    found=Text(
        "边界“{place}”没有登记恶意代码防护，防火墙策略也没有引用防病毒",
        "no anti-malware is declared at the boundary {place}, and no firewall's rules look for it there",
    ),
    unknown=_UNLOOKED,
    remedy=Remedy(
        Text(
            "在该边界部署防病毒并登记，或在防火墙放行策略上引用防病毒",
            "Put anti-malware there and declare it, or bind it to the firewall's rules",
        )
    ),
)
def malware_stopped(network: Network, census: CensusView) -> Iterator[Verdict]:
    yield from _inspected(network, census.boundaries, "av", "malware")


@check(
    "boundary.audited",
    family=Family.LEVEL3,
    title=Text("每个边界都有安全审计", "What crosses each boundary is audited"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.5-a#1",),
    found=Text("边界“{place}”没有登记审计或行为管理设备", "no audit system is declared at the boundary {place}"),
    unknown=_UNDECLARED,
    remedy=Remedy(Text("在该边界部署审计或上网行为管理并登记", "Put an audit system there and declare it")),
)
def audited(census: CensusView) -> Iterator[Verdict]:
    yield from _standing(census.boundaries, frozenset({"audit", "behaviour"}))


@check(
    "boundary.internet-use-watched",
    family=Family.LEVEL3,
    title=Text("互联网出口有上网行为管理", "The use of the Internet is managed at its egress"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.5-d#1~", "gbt22239-2019:8.1.3.1-c#1~"),
    found=Text("出口“{place}”没有登记上网行为管理", "no behaviour management is declared at the egress {place}"),
    unknown=Text("普查表没有登记互联网出口", "the register declares no Internet egress"),
    remedy=Remedy(Text("在出口部署上网行为管理并登记", "Put behaviour management there and declare it")),
)
def internet_use_watched(census: CensusView) -> Iterator[Verdict]:
    yield from _standing(tuple(b for b in census.boundaries if b.internet), frozenset({"behaviour"}))


def anywhere(census: CensusView, functions: frozenset[str]) -> Iterator[Verdict]:
    """Whether a component of such a function is declared at all."""
    there = [c for c in census.components if c.function in functions]
    known = bool(census.components)  # a register without any component was not filled in yet
    yield verdict(bool(there) if known else None, *(c.evidence for c in there), census.evidence)


_SIGNATURES = {"intrusion": Text("入侵特征", "intrusion"), "malware": Text("病毒特征", "malware")}
NO_COMPONENTS = Text("普查表没有登记任何安全设备", "the register declares no security component")


@check(
    "boundary.new-attacks-analysed",
    family=Family.LEVEL3,
    title=Text("有识别新型攻击的手段", "Something looks for attacks nobody has described yet"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.3-c#1", "gbt22239-2019:8.1.5.4-f#1~"),
    found=Text("没有登记态势感知平台", "no situation awareness is declared"),
    unknown=NO_COMPONENTS,
    remedy=Remedy(Text("接入态势感知或流量分析平台并登记", "Join a situation-awareness platform and declare it")),
    high_risk=("HR-6.3.3.3",),
)
def new_attacks_analysed(census: CensusView) -> Iterator[Verdict]:
    yield from anywhere(census, frozenset({"sa"}))


@check(
    "boundary.bastion-present",
    family=Family.LEVEL3,
    title=Text("运维经过堡垒机", "Administration goes through a bastion host"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.1-a#2~", "gbt22239-2019:8.1.10.6-e"),
    found=Text("没有登记堡垒机", "no bastion host is declared"),
    unknown=NO_COMPONENTS,
    remedy=Remedy(
        Text(
            "部署堡垒机并登记；设备只接受其登录",
            "Put a bastion up, declare it, and let devices take logins from it alone",
        )
    ),
)
def bastion_present(census: CensusView) -> Iterator[Verdict]:
    yield from anywhere(census, frozenset({"bastion"}))


@check(
    "boundary.log-server-present",
    family=Family.LEVEL3,
    title=Text("有集中日志服务器", "One log server collects what devices send"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.5.4-d#2",),
    found=Text("没有登记日志服务器", "no log server is declared"),
    unknown=NO_COMPONENTS,
    remedy=Remedy(
        Text("部署日志服务器并登记，留存不少于六个月", "Put a log server up, declare it, and keep logs for six months")
    ),
    high_risk=("HR-6.5.1.2",),
)
def log_server_present(census: CensusView) -> Iterator[Verdict]:
    yield from anywhere(census, frozenset({"logserver", "sa"}))


@check(
    "boundary.components-answer",
    family=Family.LEVEL3,
    title=Text("登记的安全设备都在线", "Every declared security component answers"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.5.4-c#1~", "gbt22239-2019:8.1.3.1-a#1~"),
    found=Text("安全设备 {place}（{function}）没有应答", "the security component {place} ({function}) does not answer"),
    unknown=Text(
        "安全设备 {place} 不在本次采集目标中，或没有询问",
        "the security component {place} is not among the targets, or was not asked",
    ),
    remedy=Remedy(Text("恢复设备，或更正登记的管理地址", "Bring it back, or correct its management address")),
)
def components_answer(network: Network, census: CensusView) -> Iterator[Verdict]:
    for component in census.components:
        ok = _answers(network, component)
        yield verdict(ok, component.evidence, place=component.name, function=_function(component.function or "?"))
    if not census.components:
        yield verdict(None, place="-", function="-")


@check(
    "boundary.signatures-current",
    family=Family.LEVEL3,
    title=Text("特征库及时更新", "Signatures are current"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.3-a#2", "gbt22239-2019:8.1.3.4-a#2"),
    found=Text(
        "{place}（{function}）的特征库已 {days} 天未更新，应不超过 {days_max} 天",
        "{place} ({function}): signatures are {days} days old, {days_max} at most are wanted",
    ),
    unknown=Text(
        "{place} 没有登记特征库日期，或日期在将来", "{place}: no date of its signatures is declared, or one to come"
    ),
    remedy=Remedy(
        Text("更新特征库并启用自动更新", "Update the signatures and let them update by themselves"),
        {
            "huawei_vrp": "system-view\n update schedule ips-sdb daily 03:00\n update schedule ips-sdb enable\n quit",
            "huawei_vrp/malware": "system-view\n update schedule av-sdb daily 03:00\n"
            " update schedule av-sdb enable\n quit",
            "h3c_comware": "system-view\n ips signature auto-update\n"
            "  update schedule daily start-time 03:00:00 tingle 60\n  quit\n quit",
            "h3c_comware/malware": "system-view\n anti-virus signature auto-update\n"
            "  update schedule daily start-time 03:00:00 tingle 60\n  quit\n quit",
            "fortinet_fortios": "config system autoupdate schedule\n set status enable\n set frequency automatic\nend",
        },
    ),
    high_risk=("HR-6.3.3.1",),
)
def signatures_current(network: Network, census: CensusView, today: Today, policy: BoundaryPolicy) -> Iterator[Verdict]:
    limits = {"av": policy.malware_signatures_max_days, "malware": policy.malware_signatures_max_days}
    judged = [c for c in census.components if c.function in ("ids", "av") or _looks(network, c)]
    for component in judged:
        for place, kind, released, shown in _dated(network, component):
            most = limits.get(kind, policy.intrusion_signatures_max_days)
            days = (today.date - released).days if released and released <= today.date else None
            yield verdict(
                None if days is None else days <= most,
                shown,
                place=place,
                function=_function(kind),
                days="?" if days is None else days,
                days_max=most,
                variant="malware" if kind in ("av", "malware") else "",
                platform=_platform(network, component),
            )
    if not judged:
        yield verdict(None, place="-", function="-", days="?", days_max=policy.intrusion_signatures_max_days)


def _looks(network: Network, component: DeclaredComponent) -> bool:
    """Whether a firewall may look by signatures: its policy binds a profile that does, or nobody tells of it."""
    inspection = told_by(network, component, Inspection)
    told = component.signature_date or inspection is None or inspection.kinds & {"intrusion", "malware"}
    return component.function == "firewall" and bool(told)


def _dated(network: Network, component: DeclaredComponent) -> Iterator[tuple[str, str, date | None, Evidence]]:
    """Place, kind and day of each set that the component looks by: as it tells itself, else as it is declared."""
    signatures, inspection = told_by(network, component, Signatures), told_by(network, component, Inspection)
    told = signatures.items if signatures else ()
    used = [
        s for s in told if s.kind in ("intrusion", "malware") and (inspection is None or s.kind in inspection.kinds)
    ]
    shown = signatures.evidence if signatures else component.evidence
    for each in used:
        yield f"{component.name} {each.kind}", each.kind, each.released, shown
    if not used:
        yield component.name, component.function or "?", component.signature_date, component.evidence


def _function(kind: str) -> Text:
    """What a set of signatures or a declared component is for."""
    found = next((each.text for each in SecurityKind if each.value == kind), None)
    return found or _SIGNATURES.get(kind, Text(kind, kind))


def _platform(network: Network, component: DeclaredComponent) -> str | None:
    record = network.record(component.target) if component.target else None
    return record.platform if record else None


@check(
    "boundary.components-licensed",
    family=Family.LEVEL3,
    title=Text("安全设备登记了许可证或目录编号", "Security components carry a licence or catalogue number"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.9.3-a#1~",),
    found=Text(
        "安全设备 {place} 没有许可证或目录编号", "the security component {place} has no licence or catalogue number"
    ),
    unknown=NO_COMPONENTS,
    remedy=Remedy(
        Text("查明并登记销售许可证或产品目录编号", "Find its sales licence or catalogue entry and declare it")
    ),
    high_risk=("HR-6.9.1.1",),
)
def components_licensed(census: CensusView) -> Iterator[Verdict]:
    for component in census.components:
        yield verdict(bool(component.licence_no), component.evidence, place=component.name)
    if not census.components:
        yield verdict(None, place="-")
