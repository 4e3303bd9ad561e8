"""Level 3: what every port lets in, and through which ones a device reaches outside."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.rules.access import names_of_rules
from checks.sentences import first_of
from inventory.errors import Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import (
    Forwarding,
    Interfaces,
    PortGuard,
    PortGuards,
    RateLimit,
    RateLimits,
    Routes,
    RuleSets,
)
from inventory.facts.interfaces import Interface
from inventory.names import canonical_interface
from inventory.text import Text

_NETWORK = Scope(kinds=frozenset({"router", "switch", "firewall"}))
_SHOWN = 8  # ports that a finding names
_WHY = {
    "public": Text("公网地址", "an Internet address"),
    "dialled": Text("拨号", "a dialled line"),
    "cellular": Text("移动网络", "a cellular line"),
    "translates": Text("地址转换", "address translation"),
}
_WITHOUT_RULES = Text("引用的 ACL 没有定义，或没有规则", "its ACL is not defined, or has no rule")


def _some(ports: list[PortGuard]) -> str:
    return first_of((port.interface for port in ports), _SHOWN)


@check(
    "ports.outside-guarded",
    family=Family.LEVEL3,
    title=Text(
        "通向外部的端口都有安全域或入方向过滤", "Ports that lead outside stand in a zone or filter what comes in"
    ),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.1-a#2", "gbt22239-2019:8.1.3.2-a#1"),
    found=Text(
        "{subject} 的 {place} 通向外部（{why}），没有任何过滤", "{subject}: {place} leads outside ({why}) unguarded"
    ),
    unknown=Text(
        "{subject} 的 {place} 是否过滤无法判断：{why}", "{subject}: whether {place} is guarded is not known: {why}"
    ),
    remedy=Remedy(
        Text(
            "把端口划入安全域或绑定入方向访问控制；不需要的端口关闭",
            "Put the port into a zone or filter it, or shut it",
        )
    ),
    high_risk=("HR-6.3.1.1",),
)
def outside_guarded(guards: PortGuards, rules: RuleSets | Missing) -> Iterator[Verdict]:
    for port in guards.items:
        guarded = port.zone is not None or bool(port.filters)
        if port.outside and not port.shut and not guarded:
            yield verdict(False, port.evidence, place=port.interface, why=_WHY[port.outside])
        elif guarded and _keeps_nobody_out(port, rules):
            yield verdict(None, port.evidence, place=port.interface, why=_WITHOUT_RULES)
        elif guarded:
            yield verdict(True, port.evidence, place=port.interface)


def _keeps_nobody_out(port: PortGuard, rules: RuleSets | Missing) -> bool:
    """Whether access lists are all that filters, and none of them is defined or has a rule."""
    alone = port.zone is None and len(port.filtering) == len(port.filters)
    if isinstance(rules, Missing) or not alone:
        return False
    return not names_of_rules(rules) & {word for line in port.filtering for word in line.split()}


@check(
    "ports.one-default-route",
    family=Family.LEVEL3,
    title=Text("服务器不跨接两个网络", "A server does not join two networks"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.1-a#3~",),
    found=Text(
        "{subject} 转发报文，默认路由指向 {ways}", "{subject} forwards packets and has default routes by {ways}"
    ),
    remedy=Remedy(Text("关闭转发，只留一个网关", "Turn forwarding off and keep one gateway")),
    scope=Scope(platforms=frozenset({"linux"})),
)
def one_default_route(forwarding: Forwarding, routes: Routes) -> Iterator[Verdict]:
    ways = {route.interface or str(route.via) for route in routes.defaults if route.family == 4 and not route.vrf}
    joins = None if forwarding.ipv4 is None else forwarding.ipv4 and len(ways) > 1
    ok = None if joins is None else not joins
    yield verdict(ok, forwarding.evidence, routes.evidence, ways=", ".join(sorted(ways)))


@check(
    "ports.access-controlled",
    family=Family.LEVEL3,
    title=Text("接入端口能限制私接设备", "Access ports keep strange devices out"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.1-b#1",),
    found=Text(
        "{subject} 的 {open_ports} 个接入端口没有准入控制（共 {total} 个）：{ports}",
        "{subject}: {open_ports} of {total} access ports take any device: {ports}",
    ),
    remedy=Remedy(
        Text(
            "在接入端口启用 802.1X、MAC 认证或端口安全",
            "Turn 802.1X, MAC authentication or port security on at access ports",
        )
    ),
    scope=_NETWORK,
)
def access_controlled(guards: PortGuards) -> Iterator[Verdict]:
    ports = [port for port in guards.items if port.access and not port.shut]
    if not ports:
        return
    weak = ports if guards.admission is False else [port for port in ports if not port.controls]
    yield verdict(
        not weak,
        *(port.evidence for port in (weak or ports)[:_SHOWN]),
        open_ports=len(weak),
        total=len(ports),
        ports=_some(weak or ports),
        entries=", ".join(port.interface for port in (weak or ports)[:_SHOWN]),
    )


@check(
    "ports.idle-shut",
    family=Family.LEVEL3,
    title=Text("空闲端口已关闭", "Idle ports are shut"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.3.1-b#2", "gbt22239-2019:8.1.3.1-a#3~"),
    found=Text("{subject} 有 {count} 个空闲端口没有关闭：{ports}", "{subject}: {count} idle ports are open: {ports}"),
    remedy=Remedy(Text("关闭空闲端口", "Shut them")),
    scope=_NETWORK,
)
def idle_shut(guards: PortGuards, interfaces: Interfaces | Missing) -> Iterator[Verdict]:
    seen = {} if isinstance(interfaces, Missing) else {canonical_interface(i.name): i for i in interfaces.items}
    physical = [port for port in guards.items if port.physical]
    states = {port.interface: _shut(port, seen.get(canonical_interface(port.interface))) for port in physical}
    unsure = any(
        states[port.interface] is None if port.used is False else port.used is None and not states[port.interface]
        for port in physical
    )
    idle = [port for port in physical if port.used is False and states[port.interface] is False]
    shut = [port for port in physical if states[port.interface]]
    ok = False if idle else None if unsure or not physical else True
    if physical:
        shown = [port.evidence for port in (idle or shut)[:_SHOWN]] or [guards.evidence]
        yield verdict(
            ok,
            *shown,
            count=len(idle),
            ports=_some(idle),
            entries=", ".join(port.interface for port in idle[:_SHOWN]) or "?",
        )


def _shut(port: PortGuard, seen: Interface | None) -> bool | None:
    """Whether nothing can be plugged into it: it is shut, or something is already; None where nobody tells."""
    if port.shut or (seen and (seen.oper_up or seen.admin_up is False)):
        return True
    return port.shut if port.shut is not None or seen is None or seen.admin_up is None else False


@check(
    "ports.contract-not-throttled",
    family=Family.LEVEL3,
    title=Text("上联口不低于所写的签约带宽", "A port gives what its description says is contracted"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.2.1-b#1~",),
    found=Text(
        "{subject} 的 {place} 签约 {contracted} Mbit/s，实际受限于 {least}",
        "{subject}: {place} is contracted for {contracted} Mbit/s and held down by {least}",
    ),
    remedy=Remedy(Text("按签约带宽调整限速、速率和双工", "Set shaper, speed and duplex to the contract")),
)
def contract_not_throttled(interfaces: Interfaces, limits: RateLimits | Missing) -> Iterator[Verdict]:
    shapers = () if isinstance(limits, Missing) else limits.items
    full = told = False
    for port in interfaces.items:
        contracted = _contracted(port)
        if contracted is None and port.duplex != "half":
            full = full or port.duplex == "full"
            continue
        told = True
        reasons = list(_throttles(port, contracted, shapers))
        least = [words for words, _, _ in reasons] or [Text("-", "-")]
        held = port.admin_up is not False and bool(reasons)
        limit = next((limit for _, _, limit in reasons if limit), None)
        yield verdict(
            not held,
            *(reason[1] for reason in reasons),
            interfaces.evidence,
            place=port.name,
            contracted=contracted or "?",
            least=Text("、".join(each.zh for each in least), ", ".join(each.en for each in least)),
            variant="limit" if limit else "",
            direction=limit.direction if limit else "out",
        )
    if not told:
        yield verdict(True if full else None, interfaces.evidence)


def _contracted(port: Interface) -> int | None:
    """The rate that a description names: ``contracted=1000M``."""
    _, mark, rest = (port.alias or "").lower().partition("contracted=")
    digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
    if not mark or not digits or len(digits) > 9:
        return None
    return int(digits) * (1000 if rest[len(digits) :].startswith("g") else 1)


def _throttles(
    port: Interface, contracted: int | None, limits: tuple[RateLimit, ...]
) -> Iterator[tuple[Text, Evidence, RateLimit | None]]:
    if port.duplex == "half":
        yield Text("半双工", "half duplex"), NO_EVIDENCE, None
    if contracted is None:
        return
    if port.speed_mbps is not None and port.speed_mbps < contracted:
        speed = f"{port.speed_mbps:g} Mbit/s"
        yield Text(f"速率 {speed}", speed), NO_EVIDENCE, None
    for limit in limits:
        mbps = limit.at(port.speed_mbps)
        if canonical_interface(limit.interface) == canonical_interface(port.name) and mbps and mbps < contracted:
            yield Text(f"限速 {mbps:g} Mbit/s", f"{limit.kind} {mbps:g} Mbit/s"), limit.evidence, limit
