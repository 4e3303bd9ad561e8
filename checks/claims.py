"""What speaks for and against the claim that a system runs on the cloud, sign by sign; pure functions.

A sign stands for the claim, against it, or tells nothing and says why. A claim that any of ``REFUTING`` stands against
is not counted: production still runs, or is still used, where it ran before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Hardware, Listener, Listeners, PortAnswer, WebAnswer
from inventory.products.stack import program
from inventory.system_traces import CONNECTION, DATABASE_PORTS, HELD, RESOLVED, SystemHost
from inventory.text import Text
from inventory.views import SystemView
from inventory.words.reasons import reason

Prefixes = Sequence[IPv4Network | IPv6Network]
CLOUD_HOSTS = frozenset({"city-cloud", "domestic-cloud"})
_SIMILAR_BITS = 3  # of 64 in which SimHashes of the same page differ, for a date or a counter in it
_LITTLE_TEXT = 20  # characters that say too little to compare by likeness
_SHOWN = 3  # of several that a sentence names


class Kind(StrEnum):
    """What is looked at."""

    SERVICE = "service-answers"
    ADDRESSES = "addresses-in-cloud"
    HOST = "own-room-left"
    OLD_PORT = "old-host-silent"
    OLD_PAGE = "old-page-gone"
    OLD_HOST = "old-address-gone"
    OLD_PROGRAMS = "old-programs-stopped"
    OLD_USES = "old-address-unused"
    COPIES = "copies-elsewhere"
    DATABASES = "databases-elsewhere"
    IDENTITY = "certificate-names-it"


REFUTING = frozenset(Kind) - {Kind.SERVICE, Kind.COPIES, Kind.DATABASES, Kind.IDENTITY}


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign. ``stands`` True: for the claim; False: against it; None: it tells nothing, ``seen`` says why."""

    kind: Kind
    stands: bool | None
    seen: Text
    evidence: tuple[Evidence, ...] = ()


def declared_on_cloud(system: SystemView) -> bool:
    """Whether the register says that the system runs on the cloud."""
    return system.state == "on-cloud" or (system.state is None and system.hosted in CLOUD_HOSTS)


def signs(system: SystemView, prefixes: Prefixes = ()) -> tuple[Sign, ...]:
    """Every sign there is for a system that is declared on the cloud; none for another."""
    if not declared_on_cloud(system):
        return ()
    found = (addresses(system, prefixes), *(look(system) for look in _LOOKS))
    return tuple(sign for sign in found if sign is not None)


def contradictions(system: SystemView, prefixes: Prefixes = ()) -> tuple[Sign, ...]:
    """The signs for which a claim does not count."""
    return tuple(sign for sign in signs(system, prefixes) if sign.stands is False and sign.kind in REFUTING)


def _several(words: Iterable[str]) -> str:
    found = list(dict.fromkeys(words))
    more = f" … ({len(found)})" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


# -- where it serves ----------------------------------------------------------------------------------------------


def service(system: SystemView) -> Sign:
    """Whether any service port takes connections."""
    if isinstance(system.probe, Missing):
        return Sign(Kind.SERVICE, None, Text("没有探测", "it was not probed"))
    ports = [answer for answer in system.probe.ports if answer.role == "service"]
    evidence = tuple(answer.evidence for answer in ports)
    if any(answer.open for answer in ports):
        where = _several(_port(answer) for answer in ports if answer.open)
        return Sign(Kind.SERVICE, True, Text(f"{where} 应答", f"{where} answers"), evidence)
    if not ports:
        return Sign(Kind.SERVICE, None, _no_address(system))
    where = _several(_port(answer) for answer in ports)
    if any(answer.open is None for answer in ports):
        return Sign(Kind.SERVICE, None, Text(f"{where} 没有回音", f"{where} keeps silent"), evidence)
    return Sign(Kind.SERVICE, False, Text(f"{where} 拒绝连接", f"{where} refuses connections"), evidence)


def _no_address(system: SystemView) -> Text:
    names = None if isinstance(system.probe, Missing) else system.probe.names
    if system.addresses:
        return Text("没有登记服务端口", "no service port is declared")
    if names is None:
        return Text("没有登记地址和域名", "neither an address nor a name is declared")
    if names.a is None or names.aaaa is None:
        return Text(f"域名服务器没有答复 {names.name}", f"no name server answers for {names.name}")
    return Text(f"域名 {names.name} 没有地址记录", f"{names.name} has no address record")


def addresses(system: SystemView, prefixes: Prefixes) -> Sign:
    """Whether all its addresses lie in the cloud's blocks."""
    names = None if isinstance(system.probe, Missing) else system.probe.names
    evidence = (names.evidence,) if names else ()
    if not prefixes:
        return Sign(
            Kind.ADDRESSES, None, Text("没有声明云的地址段（cloud.prefixes）", "cloud.prefixes is not declared")
        )
    if not system.addresses:
        return Sign(Kind.ADDRESSES, None, _no_address(system), evidence)
    outside = [str(ip) for ip in system.addresses if not any(ip in net for net in prefixes)]
    if outside:
        shown = _several(outside)
        seen = Text(f"地址 {shown} 不在云的地址段内", f"its address {shown} is outside the cloud's blocks")
        return Sign(Kind.ADDRESSES, False, seen, evidence)
    shown = _several(map(str, system.addresses))
    return Sign(Kind.ADDRESSES, True, Text(f"地址 {shown} 在云上", f"its address {shown} is the cloud's"), evidence)


def identity(system: SystemView) -> Sign | None:
    """Whether the certificate shown at its addresses is its own; None where it speaks no TLS."""
    pages = [] if isinstance(system.probe, Missing) else system.probe.pages
    shown = [page for page in pages if page.role == "service" and page.url.startswith("https:")]
    if not shown:
        return None
    evidence = tuple(page.evidence for page in shown)
    strange = [f"{page.ip} ({page.tls_subject or '?'})" for page in shown if page.tls_name is False]
    if strange:
        where = _several(strange)
        zh, en = f"{where} 出示的证书写的是别的名字", f"the certificate shown at {where} names another"
        return Sign(Kind.IDENTITY, False, Text(zh, en), evidence)
    if any(page.tls_name is None for page in shown):
        return Sign(Kind.IDENTITY, None, Text("证书读不出", "its certificate could not be read"), evidence)
    return Sign(Kind.IDENTITY, True, Text("证书写着它的域名", "its certificate names it"), evidence)


def host(system: SystemView) -> Sign:
    """Whether a server at its addresses is the county's own: bare metal, or declared as such, in one of its rooms."""
    hosts = [each for each in system.hosts if each.role == "service"]
    if not hosts:
        return Sign(Kind.HOST, None, Text("没有采集到它的服务器", "no server at its addresses was read"))
    told = [(each, _is_elsewhere(each)) for each in hosts]
    stands = False if any(t is False for _, t in told) else None if any(t is None for _, t in told) else True
    described = [(each.target, _standing(each)) for each, t in told if t is stands]
    zh = _several(f"{name}（{what.zh}）" for name, what in described)
    en = _several(f"{name} ({what.en})" for name, what in described)
    evidence = tuple(each.hardware.evidence for each, _ in told if isinstance(each.hardware, Hardware))
    seen = {
        False: Text(f"由自有机房的物理机提供服务：{zh}", f"a machine in an own room serves it: {en}"),
        None: Text(f"服务器是否在云上不能判断：{zh}", f"whether its server is the cloud's is not told: {en}"),
        True: Text(f"由虚拟机提供服务：{zh}", f"a virtual machine serves it: {en}"),
    }
    return Sign(Kind.HOST, stands, seen[stands], evidence)


def _is_elsewhere(each: SystemHost) -> bool | None:
    """False: bare metal in an own room; True: a guest that stands in none."""
    guest = each.hardware.hypervisor if isinstance(each.hardware, Hardware) else None
    virtual = bool(guest) if guest is not None else {"vm": True, "physical": False}.get(each.form or "")
    if virtual is None:
        return None
    return True if virtual and each.room is None else False if not virtual and each.room else None


_FORMS = {"physical": Text("物理机", "bare metal"), "vm": Text("虚拟机", "virtual machine")}


def _standing(each: SystemHost) -> Text:
    """Maker, model, whether it is a guest, and its room, of which the form is as declared where nothing was read."""
    told = each.hardware if isinstance(each.hardware, Hardware) else None
    guest = told.hypervisor if told else None
    declared = _FORMS.get(each.form or "", Text("", ""))
    form = declared if guest is None else Text(guest, guest) if guest else _FORMS["physical"]
    made = [told.manufacturer, told.product] if told else []
    zh, en = (" ".join(w for w in (*made, word, each.room) if w) or "?" for word in (form.zh, form.en))
    return Text(zh, en)


# -- where it ran -------------------------------------------------------------------------------------------------


def old_ports(system: SystemView) -> list[PortAnswer] | None:
    """Answers of the host where the system ran before; None: it was not asked."""
    if isinstance(system.probe, Missing):
        return None
    return [answer for answer in system.probe.ports if answer.role == "old-host"]


def old_host_answers(system: SystemView) -> bool | None:
    """Whether the old host still takes connections; None: not asked, or it neither took nor refused any."""
    answers = old_ports(system)
    if not answers:
        return None
    if any(answer.open for answer in answers):
        return True
    return None if any(answer.open is None for answer in answers) else False


def _port(answer: PortAnswer) -> str:
    return f"{answer.ip} tcp/{answer.port}"


def old_port(system: SystemView) -> Sign | None:
    """Whether the old host still takes connections at the service's port."""
    if system.old_address is None or system.old_address in map(str, system.addresses):
        return None
    answers, asked = old_host_answers(system), old_ports(system) or []
    evidence = tuple(answer.evidence for answer in asked)
    shown = _several(_port(a) for a in asked if a.open is not False) or system.old_address
    if answers is None and not asked:
        seen = Text(f"没有问过旧主机 {shown}", f"the old host {shown} was not asked")
    elif answers is None and (gone := old_host(system)) and gone.stands:
        answers = False  # nothing is there to answer
        seen = Text(f"旧主机 {shown} 没有回音，{gone.seen.zh}", f"the old host {shown} keeps silent, {gone.seen.en}")
    elif answers is None:
        seen = Text(f"旧主机 {shown} 没有回音", f"the old host {shown} keeps silent")
    elif answers:
        seen = Text(f"旧主机 {shown} 仍在应答", f"the old host {shown} still answers")
    else:
        seen = Text(f"旧主机 {shown} 拒绝连接", f"the old host {shown} refuses connections")
    return Sign(Kind.OLD_PORT, None if answers is None else not answers, seen, evidence)


def old_page(system: SystemView) -> Sign | None:
    """Whether the old host still serves the same page or certificate as the cloud does."""
    if system.old_address is None or isinstance(system.probe, Missing):
        return None
    old = [page for page in system.probe.pages if page.role == "old-host"]
    if not any(answer.open for answer in old_ports(system) or []):
        return None  # what is closed or silent serves no page: that is another sign
    new = [page for page in system.probe.pages if page.role != "old-host" and page.status is not None]
    told = [page for page in old if page.status is not None]
    evidence = tuple(page.evidence for page in (*told, *new))
    same = next((why for page in told for other in new if (why := _same(page, other))), None)
    if same:
        zh, en = f"旧主机仍提供同样的{same.zh}", f"the old host still serves the same {same.en}"
        return Sign(Kind.OLD_PAGE, False, Text(zh, en), evidence)
    if told and new and all(page.status and page.status >= 300 for page in told):
        seen = Text("旧主机只有跳转或出错页", "the old host only leads elsewhere, or says that it has nothing")
        return Sign(Kind.OLD_PAGE, True, seen, evidence)
    if not told or not new:
        return Sign(Kind.OLD_PAGE, None, Text("没有可比较的页面", "there are no two pages to compare"), evidence)
    seen = Text("旧主机提供的页面不同", "the old host serves another page")
    return Sign(Kind.OLD_PAGE, None, seen, evidence)


def _same(page: WebAnswer, other: WebAnswer) -> Text | None:
    """In what two answers are the same; redirections and errors are no pages."""
    if page.tls_sha256 and page.tls_sha256 == other.tls_sha256:
        return Text("证书", "certificate")
    if page.status != 200 or other.status != 200:
        return None
    if page.body_sha256 and page.body_sha256 == other.body_sha256:
        return Text("页面", "page")
    long = min(page.text_length or 0, other.text_length or 0) >= _LITTLE_TEXT
    if long and page.text_digest and other.text_digest:
        differing = int(page.text_digest, 16) ^ int(other.text_digest, 16)
        if differing.bit_count() <= _SIMILAR_BITS:
            return Text("页面内容", "page text")
    return Text("页面标题", "page title") if page.title and page.title == other.title else None


_STILL_THERE = {  # by kind of trace, and whether it is certain
    (HELD, True): Text("旧地址仍配置在接口上", "an interface still has the old address"),
    (HELD, False): Text("旧地址配置在已关闭的接口上", "an interface that is down has the old address"),
    (RESOLVED, True): Text("旧地址仍在 ARP/ND 表中", "the old address is still resolved"),
    (RESOLVED, False): Text("旧地址的 ARP/ND 表项可能是遗留的", "its entry may be left over"),
}


def old_host(system: SystemView) -> Sign | None:
    """Whether an interface still has the old address, or it still stands in ARP or ND tables."""
    if system.old_address is None or system.old_address in map(str, system.addresses):
        return None
    traces = [trace for trace in system.traces if trace.kind in (HELD, RESOLVED)]
    if found := [trace for trace in traces if trace.certain] or traces:
        kind, is_certain = found[0].kind, found[0].certain
        words = _STILL_THERE[kind, is_certain]
        shown = _several(f"{trace.target} {trace.detail}" for trace in found if trace.kind == kind)
        seen = Text(f"{words.zh}：{shown}", f"{words.en}: {shown}")
        return Sign(Kind.OLD_HOST, False if is_certain else None, seen, tuple(trace.evidence for trace in found))
    if RESOLVED not in system.watched:
        seen = Text("没有采集到旧地址所在网段的 ARP/ND 表", "no ARP or ND table of the old address's network was read")
        return Sign(Kind.OLD_HOST, None, seen)
    return Sign(Kind.OLD_HOST, True, Text("旧地址不在 ARP/ND 表中", "the old address is in no ARP or ND table"))


def _is_gone(system: SystemView) -> bool:
    """Whether nothing stands at the old address any more, so that there is no old host to ask."""
    gone = old_host(system)
    return gone is not None and gone.stands is True


def old_programs(system: SystemView) -> Sign | None:
    """Whether the old host's databases and middleware still listen there."""
    if system.old_address is None:
        return None
    hosts = [each for each in system.hosts if each.role == "old-host"]
    read = [each.listeners for each in hosts if isinstance(each.listeners, Listeners)]
    if not read:
        if _is_gone(system):
            return None
        seen = Text("没有采集到旧主机的监听端口", "no listening ports of the old host were read")
        return Sign(Kind.OLD_PROGRAMS, None, seen)
    evidence = tuple(each.evidence for each in read)
    tcp = [each for listeners in read for each in listeners.items if each.protocol == "tcp"]
    running = [f"{found[1].en} tcp/{each.port}" for each in tcp if (found := program(each.process))]
    # A middleware listens as the Java that runs it; what the host calls it tells which it is.
    if any(each.process == "java" for each in tcp):
        running += [p.product.en for h in hosts for p in h.stack.of("middleware") if p.by == "runs"]
    if running:
        shown = _several(running)
        zh, en = f"旧主机上仍在运行 {shown}", f"the old host still runs {shown}"
        return Sign(Kind.OLD_PROGRAMS, False, Text(zh, en), evidence)
    unnamed = [each for each in tcp if _may_be_one(each)]
    if unnamed:
        shown = _several(f"tcp/{each.port} {each.process or ''}".strip() for each in unnamed)
        zh, en = f"旧主机 {shown} 是什么程序不清楚", f"what listens at the old host's {shown} is not told"
        return Sign(Kind.OLD_PROGRAMS, None, Text(zh, en), evidence)
    seen = Text("旧主机上没有数据库和中间件在监听", "no database or middleware listens on the old host")
    return Sign(Kind.OLD_PROGRAMS, True, seen, evidence)


def _may_be_one(each: Listener) -> bool:
    """Java programs, which are named after the machine that runs them, and nameless ones beyond the host's own."""
    if each.process in ("java", "python3", "dotnet", "node"):
        return True
    return each.process is None and (each.port in DATABASE_PORTS or each.port >= 1024 or each.port in (80, 443))


def old_uses(system: SystemView) -> Sign | None:
    """Whether anybody is connected with the old address, administrators and monitoring left out."""
    if system.old_address is None or system.old_address in map(str, system.addresses):
        return None
    traces = [trace for trace in system.traces if trace.kind == CONNECTION]
    if traces:
        shown = _several(f"{trace.target} {trace.detail}" for trace in traces)
        zh, en = f"仍有到旧地址的连接：{shown}", f"there are connections with the old address: {shown}"
        return Sign(Kind.OLD_USES, False, Text(zh, en), tuple(trace.evidence for trace in traces))
    if CONNECTION not in system.watched:
        if _is_gone(system):
            return None
        seen = Text("没有采集到旧主机的连接", "no connections of the old host were read")
        return Sign(Kind.OLD_USES, None, seen)
    return Sign(Kind.OLD_USES, True, Text("没有到旧地址的连接", "nobody is connected with the old address"))


def copies(system: SystemView) -> Sign | None:
    """Whether its servers store backups or data in the county's rooms."""
    if isinstance(system.copies, Missing):
        why = reason(system.copies.why)
        zh, en = f"备份去向不清楚：{why.zh}", f"where it is backed up to is not told: {why.en}"
        return Sign(Kind.COPIES, None, Text(zh, en))
    if system.copies:
        shown = _several(f"{copy.target} {copy.detail}" for copy in system.copies)
        zh, en = f"备份或数据仍存放在自有机房：{shown}", f"it still stores in an own room: {shown}"
        return Sign(Kind.COPIES, False, Text(zh, en), tuple(copy.evidence for copy in system.copies))
    return Sign(Kind.COPIES, True, Text("备份不在自有机房", "it stores in no own room"))


def databases(system: SystemView) -> Sign | None:
    """Whether its servers work on databases in the county's rooms."""
    if isinstance(system.databases, Missing):
        why = reason(system.databases.why)
        zh, en = f"数据库在哪里不清楚：{why.zh}", f"where its databases are is not told: {why.en}"
        return Sign(Kind.DATABASES, None, Text(zh, en))
    if system.databases:
        shown = _several(f"{each.target} {each.detail}" for each in system.databases)
        zh, en = f"它仍连接自有机房的数据库：{shown}", f"it works on a database in an own room: {shown}"
        return Sign(Kind.DATABASES, False, Text(zh, en), tuple(each.evidence for each in system.databases))
    zh, en = "没有连接自有机房的数据库", "it is connected with no database in an own room"
    return Sign(Kind.DATABASES, True, Text(zh, en))


_LOOKS: tuple[Callable[[SystemView], Sign | None], ...] = (
    service, identity, host, old_port, old_page, old_host, old_programs, old_uses, copies, databases,
)  # fmt: skip
