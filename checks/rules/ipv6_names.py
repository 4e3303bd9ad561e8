"""IPv6 readiness of name service: resolvers and zones that are reached over IPv6, DNS64 where NAT64 translates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from inventory.addresses import IPAddress
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import NameAnswer, ServerAnswer, Transitions, ZoneAnswer, ZoneServer
from inventory.snapshot import Network
from inventory.text import Text
from inventory.views import CensusView, SystemView

_SHOWN = 5
_CLAUSES = ("plan:PR-V6-02",)


@dataclass(frozen=True, slots=True)
class _Told:
    """What one name server said of all names."""

    ip: IPAddress
    port: int
    answers: tuple[tuple[NameAnswer, ServerAnswer], ...]

    @property
    def shown(self) -> str:
        """How a reader finds it."""
        where = f"[{self.ip}]" if self.ip.version == 6 else str(self.ip)
        return str(self.ip) if self.port == 53 else f"{where}:{self.port}"

    def heard(self, way: str) -> bool | None:
        """Whether it answered any question by ``udp`` or ``tcp``; False: it refused them; None: nothing came."""
        told = {getattr(answer, way) for _, answer in self.answers}
        return True if True in told else False if told == {False} else None

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What some of the names got."""
        return tuple(name.evidence for name, _ in self.answers[:_SHOWN])


def _servers(census: CensusView) -> list[_Told]:
    """Every name server that was asked for the systems' names.

    A stub on the machine that audits is nobody's resolver, save one at a port of its own, which somebody named.
    """
    found: dict[tuple[IPAddress, int], list[tuple[NameAnswer, ServerAnswer]]] = {}
    for names in filter(None, map(_names, census.systems)):
        for answer in names.servers:
            found.setdefault((answer.ip, answer.port), []).append((names, answer))
    told = [_Told(ip, port, tuple(answers)) for (ip, port), answers in found.items()]
    return [server for server in told if not server.ip.is_loopback or server.port != 53]


def _names(system: SystemView) -> NameAnswer | None:
    return None if isinstance(system.probe, Missing) else system.probe.names


@check(
    "ipv6.resolvers-over-ipv6",
    family=Family.IPV6,
    title=Text("解析器经 IPv6 以 UDP 和 TCP 应答", "Resolvers answer over IPv6, by UDP and by TCP"),
    severity=Severity.MEDIUM,
    clauses=_CLAUSES,
    found=Text("解析器 {place}：{fault}", "resolver {place}: {fault}"),
    unknown=Text("解析器 {place} 经 IPv6 是否应答未知", "whether resolver {place} answers over IPv6 is not known"),
    remedy=Remedy(
        Text(
            "让解析器监听 IPv6 的 UDP 和 TCP 53 端口并支持 EDNS，沿途放行，把它的 IPv6 地址下发给终端",
            "Let the resolver listen on UDP and TCP port 53 over IPv6 and speak EDNS, let filters pass it, and give "
            "hosts its IPv6 address",
        )
    ),
)
def resolvers_over_ipv6(census: CensusView) -> Iterator[Verdict]:
    servers = _servers(census)
    six = [server for server in servers if server.ip.version == 6]
    for server in six:
        fault = _fault(server)
        # Silence by both may be the way's: who answers by one of them is reached.
        ok = True if fault is None else None if fault is _SILENT else False
        yield verdict(ok, *server.evidence, place=server.shown, fault=fault or "")
    if not six and any(server.heard("udp") for server in servers):
        shown = ", ".join(server.shown for server in servers[:_SHOWN])
        yield verdict(False, *servers[0].evidence, place=shown, fault=_FOUR_ALONE)
    elif not six and any(system.state != "retired" for system in census.systems):
        yield verdict(None, census.evidence, place="-")


_FOUR_ALONE = Text("只有 IPv4 地址", "has an IPv4 address alone")
_SILENT = Text("没有应答", "does not answer")
_NO_UDP, _NO_TCP = Text("不应答 UDP", "does not answer by UDP"), Text("不应答 TCP", "does not answer by TCP")
_NO_EDNS = Text("不支持 EDNS", "does not speak EDNS")


def _fault(server: _Told) -> Text | None:
    udp, tcp = server.heard("udp"), server.heard("tcp")
    if not udp and not tcp:
        return Text("拒绝连接", "refuses") if False in (udp, tcp) else _SILENT
    if not udp:
        return _NO_UDP
    if not tcp:
        return _NO_TCP
    failed = [name.name for name, answer in server.answers if answer.aaaa is None and name.aaaa is not None]
    if failed:
        listed = ", ".join(failed[:_SHOWN])
        return Text(f"解析不了 {listed}", f"does not resolve {listed}")
    return _NO_EDNS if all(answer.edns is False for _, answer in server.answers) else None


@check(
    "ipv6.resolvers-agree",
    family=Family.IPV6,
    title=Text("经 IPv6 与经 IPv4 问到的解析结果一致", "Resolvers say over IPv6 what they say over IPv4"),
    severity=Severity.MEDIUM,
    clauses=_CLAUSES,
    found=Text(
        "解析器 {place} 与 IPv4 上的解析器对 {names} 的回答不同",
        "resolver {place} says otherwise of {names} than those over IPv4",
    ),
    unknown=Text("解析器 {place} 没有可比较的回答", "resolver {place} gave no answer to compare"),
    remedy=Remedy(
        Text(
            "核对两边的区数据、视图和转发设置，使两种地址族得到相同的记录",
            "Compare zone data, views and forwarders, so that both families are told the same records",
        )
    ),
)
def resolvers_agree(census: CensusView) -> Iterator[Verdict]:
    for server in (each for each in _servers(census) if each.ip.version == 6):
        compared = [(name, _agrees(answer, name.servers)) for name, answer in server.answers]
        odd = [name.name for name, same in compared if same is False]
        ok = False if odd else True if any(same for _, same in compared) else None
        evidence = [name.evidence for name, same in compared if same is not None][:_SHOWN]
        yield verdict(ok, *evidence, place=server.shown, names=", ".join(odd[:_SHOWN]))


def _agrees(answer: ServerAnswer, servers: Iterable[ServerAnswer]) -> bool | None:
    """Whether a server over IPv6 has records where one over IPv4 has; which they are may differ by place.

    None: one of both tells nothing. What DNS64 makes of an IPv4 address is no record of the name.
    """
    told = (bool(answer.a), bool(answer.own_aaaa))
    others = [s for s in servers if s.ip.version == 4 and s.a is not None and s.aaaa is not None]
    if answer.a is None or answer.aaaa is None or not others:
        return None
    return told in {(bool(other.a), bool(other.own_aaaa)) for other in others}


@check(
    "ipv6.system-delegated",
    family=Family.IPV6,
    title=Text("域名的授权体系完整支持 IPv6", "A system's name is delegated to servers that answer over IPv6"),
    severity=Severity.LOW,
    clauses=_CLAUSES,
    found=Text("{subject} 的区 {place}：{fault}", "{subject}: zone {place} {fault}"),
    unknown=Text(
        "{subject} 的授权服务器经 IPv6 是否应答未知",
        "{subject}: whether the name servers of its zone answer over IPv6 is not known",
    ),
    remedy=Remedy(
        Text(
            "给每一级区至少一台授权服务器配 AAAA 记录和胶水记录，并让它经 IPv6 的 UDP、TCP 53 端口应答",
            "Give at least one name server of each zone an AAAA record and glue, and let it answer over IPv6 on port "
            "53 of UDP and TCP",
        )
    ),
)
def system_delegated(system: SystemView) -> Iterator[Verdict]:
    if system.state == "retired":
        return
    if isinstance(system.probe, Missing):
        yield verdict(None, system.evidence, place="-")
        return
    names = system.probe.names
    if names is None:  # it declares no name
        return
    if not names.zones:
        yield verdict(None, names.evidence, place="-")
    for number, zone in enumerate(names.zones):
        ok, fault = _delegation(zone, own=number == 0)
        yield verdict(ok, names.evidence, place=zone.name, fault=fault)


_NO_SERVER = Text("没有授权服务器有 AAAA 记录", "has no name server with an AAAA record")
_UNANSWERED = Text("的授权服务器经 IPv6 不应答", "has no name server that answers for it over IPv6 by UDP and TCP")


def _delegation(zone: ZoneAnswer, *, own: bool) -> tuple[bool | None, Text]:
    """Whether a zone is served over IPv6. Servers of the zones above are not asked: that they are named is enough."""
    named = [server for server in zone.servers if server.aaaa]
    if not named:
        return (None if any(server.aaaa is None for server in zone.servers) else False), _NO_SERVER
    if not own or any(server.udp and server.tcp for server in named):
        return True, _NO_SERVER
    return (False if all(map(_refuses, named)) else None), _UNANSWERED


def _refuses(server: ZoneServer) -> bool:
    return False in (server.udp, server.tcp)


@check(
    "ipv6.dns64-served",
    family=Family.IPV6,
    title=Text("使用 NAT64 时解析器提供 DNS64", "Where NAT64 translates, resolvers serve DNS64"),
    severity=Severity.MEDIUM,
    clauses=_CLAUSES,
    found=Text(
        "{place} 做 NAT64，但没有解析器为 {names} 合成 AAAA 记录",
        "{place} does NAT64, yet no resolver makes an AAAA record of {names}",
    ),
    unknown=Text(
        "{place} 做 NAT64；没有问过只有 IPv4 地址的域名，解析器是否合成 AAAA 记录未知",
        "{place} does NAT64; no name with an IPv4 address alone was asked for, so whether AAAA records are made is not "
        "known",
    ),
    remedy=Remedy(
        Text(
            "在给 IPv6 单栈终端的解析器上开启 DNS64，前缀与 NAT64 一致",
            "Turn DNS64 on at the resolvers of hosts with IPv6 alone, with the prefix of NAT64",
        )
    ),
)
def dns64_served(network: Network, census: CensusView) -> Iterator[Verdict]:
    told = [(target, fact) for target, fact in network.each(Transitions) if not isinstance(fact, Missing)]
    translators = {target: t.evidence for target, fact in told for t in fact.items if t.technique == "nat64"}
    if not translators:
        return
    answers = [each for server in _servers(census) for each in server.answers if each[1].aaaa is not None]
    makes = any(answer.dns64 for _, answer in answers)
    bare = list(dict.fromkeys(name.name for name, answer in answers if answer.a and not answer.aaaa))
    ok = True if makes else False if bare else None
    yield verdict(
        ok, *list(translators.values())[:_SHOWN], place=", ".join(translators), names=", ".join(bare[:_SHOWN])
    )
