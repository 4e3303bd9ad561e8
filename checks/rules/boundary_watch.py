"""Level 3: what watches beyond the outer boundaries, what records there, what is managed from one centre."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.model import Check, Family, Remedy, Severity, Verdict, check, verdict
from checks.rules.boundary import NO_COMPONENTS, anywhere, told_by
from checks.sentences import first_of
from inventory.errors import Gap, Missing
from inventory.facts import AuditTrail, Identity, Listeners, Logging, Monitoring, Neighbours, RemoteAccess
from inventory.names import plain_name
from inventory.snapshot import Network, State
from inventory.text import Text
from inventory.views import CensusView, DeclaredComponent, DeclaredDevice

_UNSEEN = Text("{place} 不在采集目标中或没有读到", "{place} is no target, or it was not read")
_SHOWN = 5
_MAIL_PORTS = frozenset({25, 465, 587})


# -- inside -----------------------------------------------------------------------------------------------------------


@check(
    "boundary.inside-attacks-detected",
    family=Family.LEVEL3,
    title=Text("内部关键节点有攻击检测", "Attacks from inside are looked for as well"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.3-b#1", "gbt22239-2019:8.1.3.3-b#3~"),
    found=Text(
        "没有登记防护内部（核心、服务器区）的入侵检测、态势感知探针",
        "nothing is declared that looks for attacks inside: at the core or the servers' zone",
    ),
    unknown=NO_COMPONENTS,
    remedy=Remedy(
        Text(
            "在核心或服务器区旁路部署入侵检测或流量探针，并登记防护边界",
            "Put intrusion detection or a probe at the core or the servers' zone and declare what it protects",
        )
    ),
    high_risk=("HR-6.3.3.2",),
)
def inside_attacks_detected(census: CensusView) -> Iterator[Verdict]:
    outer = {component.name for boundary in census.boundaries if boundary.internet for component in boundary.components}
    inner = [c for c in census.components if c.function == "sa" or (c.function == "ids" and c.name not in outer)]
    yield verdict(bool(inner) if census.components else None, *(c.evidence for c in inner), census.evidence)


@check(
    "boundary.spam-filtered",
    family=Family.LEVEL3,
    title=Text("邮件服务前有垃圾邮件过滤", "Spam is filtered before the mail server"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.4-b#1",),
    found=Text("{place} 提供邮件服务，没有登记邮件安全网关", "{place} serves mail, and no mail gateway is declared"),
    unknown=Text(
        "服务器 {where} 的端口没有读到，是否有邮件服务未知",
        "ports of {where} were not read: whether it serves mail is not known",
    ),
    remedy=Remedy(Text("部署邮件安全网关并登记", "Put a mail gateway before it and declare it")),
)
def spam_filtered(network: Network, census: CensusView) -> Iterator[Verdict]:
    filters = [c for c in census.components if c.function == "mailgw"]
    dark, serving = [], []
    for target, listeners in network.each(Listeners):
        if isinstance(listeners, Missing):
            dark.append(target)
        elif any(each.port in _MAIL_PORTS and not each.local_only for each in listeners.items):
            serving.append((target, listeners.evidence))
    for target, shown in serving:
        yield verdict(bool(filters), shown, *(c.evidence for c in filters), place=target)
    servers = {device.name for device in census.devices if device.kind == "server"}
    if unread := [target for target in dark if target in servers]:
        yield verdict(None, where=first_of(sorted(unread), _SHOWN))


# -- records ----------------------------------------------------------------------------------------------------------


def _at_boundaries(census: CensusView) -> list[DeclaredComponent]:
    """Components that stand at some boundary, each once."""
    there = {c.name: c for boundary in census.boundaries for c in boundary.components}
    return list(there.values())


@check(
    "boundary.attack-alarms-sent",
    family=Family.LEVEL3,
    title=Text("边界设备的攻击告警有去处", "Alarms of attacks leave the boundary's devices"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.3-d#2~",),
    found=Text("{place} 的日志和告警都没有去处", "{place} sends neither logs nor notifications anywhere"),
    unknown=_UNSEEN,
    remedy=Remedy(Text("把日志和告警发往日志服务器或网管", "Send logs and notifications to the centre")),
)
def attack_alarms_sent(network: Network, census: CensusView) -> Iterator[Verdict]:
    for component in _at_boundaries(census):
        logging, monitoring = told_by(network, component, Logging), told_by(network, component, Monitoring)
        told = [fact for fact in (logging, monitoring) if fact is not None]
        hosts = logging is not None and bool(logging.hosts)
        traps = monitoring is not None and bool(monitoring.trap_hosts)
        ok = True if hosts or traps else False if len(told) == 2 else None
        yield verdict(ok, *(fact.evidence for fact in told), component.evidence, place=component.name)
    if not census.components:
        yield verdict(None, place="-")


@check(
    "boundary.records-complete",
    family=Family.LEVEL3,
    title=Text("边界设备的审计记录要素完整", "Records of the boundary's devices are complete"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.5-b#1~",),
    found=Text("{place} 的审计记录缺少：{lacks}", "records of {place} lack: {lacks}"),
    unknown=_UNSEEN,
    remedy=Remedy(Text("启用日志时间戳，记录登录和命令", "Turn timestamps on, and record logins and commands")),
)
def records_complete(network: Network, census: CensusView) -> Iterator[Verdict]:
    for component in _at_boundaries(census):
        logging, trail = told_by(network, component, Logging), told_by(network, component, AuditTrail)
        parts: list[tuple[bool | None, Text]] = []
        if logging is not None:
            parts.append((logging.timestamps, Text("时间", "the time")))
        if trail is not None:
            parts.append((trail.logins, Text("用户登录", "who logged in")))
        shown = [fact.evidence for fact in (logging, trail) if fact is not None]
        lacks = [what for held, what in parts if held is False]
        whole = len(parts) == 2 and all(held for held, _ in parts)
        said = Text("、".join(t.zh for t in lacks) or "-", ", ".join(t.en for t in lacks) or "-")
        yield verdict(False if lacks else True if whole else None, *shown, place=component.name, lacks=said)
    if not census.components:
        yield verdict(None, place="-", lacks="-")


@check(
    "boundary.records-kept",
    family=Family.LEVEL3,
    title=Text("边界设备的审计记录另存一份", "Records of the boundary's devices are kept elsewhere as well"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.5-c#1",),
    found=Text("{place} 的日志只在本机", "{place} keeps its logs to itself"),
    unknown=_UNSEEN,
    remedy=Remedy(Text("把日志发往日志服务器", "Send its logs to the log server")),
)
def records_kept(network: Network, census: CensusView) -> Iterator[Verdict]:
    for component in _at_boundaries(census):
        logging = told_by(network, component, Logging)
        ok = None if logging is None else bool(logging.hosts)
        shown = [] if logging is None else [logging.evidence]
        yield verdict(ok, *shown, component.evidence, place=component.name)
    if not census.components:
        yield verdict(None, place="-")


# -- the centre -------------------------------------------------------------------------------------------------------


def _centre(name: str, step: str, function: str, title: Text, lacks: Text, mend: Text) -> Check:
    """A check that a component of one function is declared anywhere."""

    def judge(census: CensusView) -> Iterator[Verdict]:
        yield from anywhere(census, frozenset({function}))

    return check(
        f"boundary.{name}",
        family=Family.LEVEL3,
        title=title,
        severity=Severity.MEDIUM,
        clauses=(f"gbt22239-2019:8.1.5.4-e#{step}~",),
        found=lacks,
        unknown=NO_COMPONENTS,
        remedy=Remedy(mend),
    )(judge)


antivirus_centre = _centre(
    "antivirus-centre-present",
    "2",
    "av",
    Text("防病毒集中管理", "Anti-malware is managed from one place"),
    Text("没有登记防病毒管理中心", "no centre for anti-malware is declared"),
    Text("部署防病毒管理中心并登记", "Put a centre for anti-malware up and declare it"),
)
patch_centre = _centre(
    "patch-centre-present",
    "3",
    "endpoint",
    Text("补丁集中管理", "Patches are managed from one place"),
    Text("没有登记终端与补丁管理系统", "no endpoint and patch management is declared"),
    Text("部署补丁管理系统并登记", "Put patch management up and declare it"),
)


def _administered(name: str, clause: str, functions: frozenset[str], title: Text, what: Text) -> Check:
    """A check that whoever administers some components logs in, and that what they do there is recorded."""

    def judge(network: Network, census: CensusView) -> Iterator[Verdict]:
        judged = [c for c in census.components if c.function in functions]
        for component in judged:
            access, trail = told_by(network, component, RemoteAccess), told_by(network, component, AuditTrail)
            told = [fact for fact in (access, trail) if fact is not None]
            open_lines = access is not None and any(line.authentication == "none" for line in access.lines)
            unrecorded = trail is not None and False in (trail.logins, trail.commands)
            whole = access is not None and trail is not None and trail.logins is not None
            ok = False if open_lines or unrecorded else True if whole else None
            why = Text("登录不需要鉴别", "it takes logins without authentication")
            if not open_lines:
                why = Text("登录或命令没有记录", "logins or commands are not recorded")
            yield verdict(ok, *(fact.evidence for fact in told), component.evidence, place=component.name, why=why)
        if not judged:
            yield verdict(None, place="-", why="-")

    return check(
        f"boundary.{name}",
        family=Family.LEVEL3,
        title=title,
        severity=Severity.MEDIUM,
        clauses=(f"gbt22239-2019:{clause}#1~", f"gbt22239-2019:{clause}#3~"),
        found=Text(f"{what.zh} {{place}}：{{why}}", f"{what.en} {{place}}: {{why}}"),
        unknown=Text(
            f"{what.zh}没有登记，或不是采集目标：{{place}}", f"no {what.en} is declared, or it is no target: {{place}}"
        ),
        remedy=Remedy(Text("登录启用账号鉴别，记录登录和操作", "Ask for accounts, and record logins and commands")),
    )(judge)


audit_administered = _administered(
    "audit-systems-guarded",
    "8.1.5.2-a",
    frozenset({"audit", "logserver", "sa", "behaviour"}),
    Text("审计系统的管理受控且有记录", "Who administers audit systems is authenticated and recorded"),
    Text("审计系统", "audit system"),
)
security_administered = _administered(
    "security-systems-guarded",
    "8.1.5.3-a",
    frozenset({"firewall", "ids", "av", "gap", "vpn"}),
    Text("安全设备的管理受控且有记录", "Who administers security components is authenticated and recorded"),
    Text("安全设备", "security component"),
)


# -- wireless ---------------------------------------------------------------------------------------------------------


@check(
    "boundary.wireless-controlled",
    family=Family.LEVEL3,
    title=Text("无线经受控的边界设备接入", "Wireless enters through a guarded boundary"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.1-d#2~",),
    found=Text("无线设备 {place} {why}", "the wireless device {place} {why}"),
    unknown=Text("无线接在哪里未知：{place}{where}", "where wireless is joined is not known: {place}{where}"),
    remedy=Remedy(
        Text(
            "登记无线设备；无线单独组网，经防火墙接入内网",
            "Declare it; give wireless a network of its own that enters through a firewall",
        )
    ),
    high_risk=("HR-6.3.1.2",),
)
def wireless_controlled(network: Network, census: CensusView) -> Iterator[Verdict]:
    yield from _declared_wireless(network, census)
    yield from _found_wireless(network, census)
    yield from _heard_wireless(network, census)


def _declared_wireless(network: Network, census: CensusView) -> Iterator[Verdict]:
    """Whether each declared device hangs on a firewall, or a boundary of wireless is guarded."""
    guards = {plain_name(c.name) for c in census.components if c.function in ("firewall", "gap")}
    guarded = any(b.components and _wireless_word(b.name) for b in census.boundaries)
    for device in (d for d in census.devices if d.role == "wireless"):
        heard = network.fact(device.target, Neighbours) if device.target else None
        near = {plain_name(n.name) for n in heard.items if n.name} if isinstance(heard, Neighbours) else set()
        shown = heard.evidence if isinstance(heard, Neighbours) else device.evidence
        yield verdict(
            True if guarded or near & guards else None, shown, device.evidence, place=device.name, why="-", where=""
        )


def _found_wireless(network: Network, census: CensusView) -> Iterator[Verdict]:
    """Targets that turn out to be wireless devices and are not declared as such."""
    declared = {name for d in census.devices if d.role == "wireless" for name in _names(d)}
    for record in network.records():
        identity = network.fact(record.target, Identity)
        if not isinstance(identity, Identity) or record.state is not State.ANSWERED:
            continue
        if identity.kind == "wireless" and plain_name(record.target) not in declared:
            why = Text("没有登记为无线设备", "is not declared as one")
            yield verdict(False, identity.evidence, place=record.target, why=why)


def _heard_wireless(network: Network, census: CensusView) -> Iterator[Verdict]:
    """Undeclared neighbours that call themselves wireless; None where a device did not tell whom it hears."""
    known = {name for device in census.devices for name in _names(device)}
    silent = []
    for target, neighbours in network.each(Neighbours):
        if isinstance(neighbours, Missing):
            silent += [target] if neighbours.gap not in (Gap.LACKING, Gap.UNREAD) else []
            continue
        for each in neighbours.items:
            words = f"{each.name or ''} {each.descr or ''}"
            if each.name and _wireless_word(words) and plain_name(each.name) not in known:
                why = Text(f"没有登记，接在 {target}", f"is not declared and hangs on {target}")
                yield verdict(False, neighbours.evidence, place=each.name, why=why)
    hosts = {device.target for device in census.devices if device.kind in ("server", "storage")}
    if dark := [target for target in silent if target not in hosts]:  # what hangs on it was not heard
        yield verdict(None, why="-", where=first_of(sorted(dark), _SHOWN))


def _names(device: DeclaredDevice) -> Iterable[str]:
    return (plain_name(text) for text in (device.name, *device.also))


def _wireless_word(text: str) -> bool:
    said = text.lower()
    marks = ("无线", "wireless", "wlan", "wifi", "wi-fi", "access point", "airengine", "aironet", "rg-ap")
    return any(mark in said for mark in marks)
