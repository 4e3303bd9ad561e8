"""IPv6 readiness of devices. Dual stack is nowhere required; working IPv6 is."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address, IPv6Network, ip_address

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import Ipv6Policy
from inventory.addresses import Ipv6Class, ipv6_class
from inventory.errors import Gap, Missing
from inventory.evidence import NO_EVIDENCE
from inventory.facts import (
    Addresses,
    Filtering,
    Forwarding,
    Interfaces,
    ResolvedAddresses,
    Routes,
    RoutingProtocols,
    Transition,
    Transitions,
)
from inventory.text import Text

NETWORK_DEVICES = Scope(kinds=frozenset({"router", "switch", "firewall"}))
_NOT_FOR_USE = {
    Ipv6Class.DOCUMENTATION: Text("文档示例地址", "a documentation address"),
    Ipv6Class.SIX_TO_FOUR: Text("已废弃的 6to4 地址", "a deprecated 6to4 address"),
    Ipv6Class.TEREDO: Text("Teredo 地址", "a Teredo address"),
    Ipv6Class.SITE_LOCAL: Text("已废弃的站点本地地址", "a deprecated site-local address"),
    Ipv6Class.MAPPED: Text("IPv4 映射地址", "an IPv4-mapped address"),
}
_DEFAULT = Text("默认策略", "default")
DISCOURAGED = frozenset({"6to4", "isatap", "teredo", "nat-pt", "auto-tunnel"})
_ENCAPSULATIONS = {"sixToFour": "6to4", "isatap": "isatap", "teredo": "teredo"}  # of IANAtunnelType


def planned(ip: IPv6Address, policy: Ipv6Policy) -> bool:
    """Whether the address plan of the playbook names a prefix that holds it."""
    return any(IPv6Address(int(ip)) in IPv6Network(prefix) for prefix in policy.planned_prefixes)


def usable(ip: IPv6Address, policy: Ipv6Policy) -> bool:
    """Global unicast, or of a planned prefix: link-local and unplanned local addresses carry no service."""
    return ipv6_class(ip) is Ipv6Class.GLOBAL or planned(ip, policy)


def addressed(addresses: Addresses, policy: Ipv6Policy) -> frozenset[str]:
    """The interfaces with an IPv6 address that carries service."""
    return frozenset(where for ip, where in _ipv6(addresses) if where and usable(ip, policy))


def speaking(addresses: Addresses) -> frozenset[str]:
    """The interfaces with any IPv6 address, be it good for this link alone."""
    return frozenset(where for ip, where in _ipv6(addresses) if not ip.is_loopback)


def _ipv6(addresses: Addresses) -> list[tuple[IPv6Address, str]]:
    return [(a.ip.ip, a.interface or "") for a in addresses.items if isinstance(a.ip.ip, IPv6Address)]


@check(
    "ipv6.forwarding-on",
    family=Family.IPV6,
    title=Text("路由设备开启 IPv6 转发", "A device that routes forwards IPv6"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-01", "plan:PR-V6-02"),
    found=Text("{subject} 转发 IPv4，却没有开启 IPv6 转发", "{subject} forwards IPv4 but not IPv6"),
    remedy=Remedy(
        Text("全局开启 IPv6", "Turn IPv6 on"),
        {
            "huawei_vrp": "system-view\n ipv6\n quit",
            "h3c_comware": "# Comware 7 的接口配有 IPv6 地址即转发；Comware 5："
            " ‖ Comware 7 forwards IPv6 as soon as an interface has an address; Comware 5:\n"
            "system-view\n ipv6\n quit",
            "linux": "sysctl -w net.ipv6.conf.all.forwarding=1\n"
            "echo 'net.ipv6.conf.all.forwarding = 1' > /etc/sysctl.d/60-ipv6-forwarding.conf",
            "cisco_ios": "configure terminal\n ipv6 unicast-routing\n end",
            "juniper_junos": "configure\n set security forwarding-options family inet6 mode flow-based\n"
            " commit and-quit",
        },
    ),
    scope=NETWORK_DEVICES,
)
def forwarding_on(forwarding: Forwarding) -> Iterator[Verdict]:
    if forwarding.ipv4 is not False:  # neither family: a layer-2 switch or a host
        yield verdict(forwarding.ipv6, forwarding.evidence)


@check(
    "ipv6.usable-address",
    family=Family.IPV6,
    title=Text("设备有可用的 IPv6 地址", "The device has an IPv6 address that carries service"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-01", "plan:PR-V6-02"),
    found=Text(
        "{subject} 没有全球单播或规划内的 IPv6 地址", "{subject} has neither a global nor a planned IPv6 address"
    ),
    remedy=Remedy(
        Text("按地址规划为管理或业务接口配置 IPv6 地址", "Give an interface an IPv6 address of the plan"),
        {
            "huawei_vrp": "system-view\n ipv6\n interface <interface>\n  ipv6 enable\n"
            "  ipv6 address <address>/<length>\n  quit",
            "h3c_comware": "system-view\n interface <interface>\n  ipv6 address <address>/<length>\n  quit",
            "linux": "ip -6 address add <address>/<length> dev <interface>\n"
            "# 并写入网络配置 ‖ and write it into the configuration",
            "frr": "vtysh -c 'configure terminal' -c 'interface <interface>' -c 'ipv6 address <address>/<length>' "
            "-c 'end' -c 'write memory'",
            "cisco_ios": "configure terminal\n ipv6 unicast-routing\n interface <interface>\n"
            "  ipv6 address <address>/<length>\n end",
            "cisco_nxos": "configure terminal\n interface <interface>\n  ipv6 address <address>/<length>\n end",
            "cisco_asa": "configure terminal\n interface <interface>\n  ipv6 address <address>/<length>\n end",
            "fortinet_fortios": "config system interface\n edit <interface>\n  config ipv6\n"
            "   set ip6-address <address>/<length>\n  end\n next\nend",
            "juniper_junos": "configure\n"
            " set interfaces <interface> unit 0 family inet6 address <address>/<length>\n"
            " commit and-quit",
        },
    ),
)
def usable_address(addresses: Addresses, policy: Ipv6Policy) -> Iterator[Verdict]:
    found = [str(ip) for ip, _ in _ipv6(addresses) if usable(ip, policy)]
    yield verdict(bool(found), addresses.evidence, address=", ".join(found[:3]))


@check(
    "ipv6.addresses-clean",
    family=Family.IPV6,
    title=Text("没有示例、废弃或映射类 IPv6 地址", "No documentation, deprecated or mapped IPv6 address is in use"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-01",),
    found=Text("{subject} 的 {place} 上的 {address} 是{kind}", "{subject}: {address} on {place} is {kind}"),
    remedy=Remedy(
        Text("删除该地址，改用规划内的地址", "Remove the address and use one of the plan"),
        {
            "huawei_vrp": "system-view\n interface {interface}\n  undo ipv6 address {address}/{length}\n  quit",
            "h3c_comware": "system-view\n interface {interface}\n  undo ipv6 address {address}/{length}\n  quit",
            "linux": "ip -6 address show dev {interface} to {address}\n"
            "ip -6 address del {address}/{length} dev {interface}",
            "cisco_ios": "configure terminal\n interface {interface}\n  no ipv6 address {address}/{length}\n end",
            "cisco_nxos": "configure terminal\n interface {interface}\n  no ipv6 address {address}/{length}\n end",
            "cisco_asa": "configure terminal\n interface {interface}\n  no ipv6 address {address}/{length}\n end",
        },
    ),
)
def addresses_clean(addresses: Addresses, policy: Ipv6Policy) -> Iterator[Verdict]:
    present = [(ip, where) for ip, where in _ipv6(addresses) if not ip.is_loopback]
    bad = [(ip, where) for ip, where in present if ipv6_class(ip) in _NOT_FOR_USE and not planned(ip, policy)]
    lengths = {str(each.ip.ip): each.ip.network.prefixlen for each in addresses.items}
    for ip, where in bad:
        yield verdict(
            False,
            addresses.evidence,
            place=f"{where} {ip}".strip(),
            address=str(ip),
            length=lengths.get(str(ip), 128),
            kind=_NOT_FOR_USE[ipv6_class(ip)],
            interface=where or "?",
            port=where.partition(".")[0] or "?",
            unit=where.partition(".")[2] or "0",
        )
    if present and not bad:
        yield verdict(True, addresses.evidence)


@check(
    "ipv6.acl-parity",
    family=Family.IPV6,
    title=Text("过滤 IPv4 的地方同样过滤 IPv6", "What filters IPv4 filters IPv6 too"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-03", "gbt22239-2019:8.1.3.2-a#2~"),
    found=Text(
        "{subject} 的 {place} 过滤 IPv4（{acl}），IPv6 却没有过滤",
        "{subject}: {place} filters IPv4 ({acl}) but lets IPv6 through",
    ),
    unknown=Text("{subject} 的 {place} 是否过滤 IPv6 无法判断", "{subject}: whether {place} filters IPv6 is not known"),
    remedy=Remedy(
        Text("应用与 IPv4 等效的 IPv6 过滤", "Apply an IPv6 filter equal to the IPv4 one"),
        {
            "huawei_vrp": "system-view\n interface {place}\n"
            "  # 路由器写作 ipv6 acl ‖ on routers: ipv6 acl\n"
            "  traffic-filter {direction}bound acl ipv6 <ipv6-acl>\n  quit",
            "h3c_comware": "system-view\n interface {place}\n  packet-filter ipv6 <ipv6-acl> {direction}bound\n  quit",
            "cisco_ios": "configure terminal\n interface {place}\n  ipv6 traffic-filter <ipv6-acl> {direction}\n end",
            "cisco_nxos": "configure terminal\n interface {place}\n  ipv6 traffic-filter <ipv6-acl> {direction}\n end",
        },
    ),
)
def acl_parity(filtering: Filtering, addresses: Addresses) -> Iterator[Verdict]:
    spoken = speaking(addresses)
    guarded = {(b.interface, b.direction) for b in filtering.bindings if b.family == 6}
    for binding in filtering.bindings:
        if binding.family == 4 and binding.interface in spoken:
            ok = (binding.interface, binding.direction) in guarded
            yield verdict(ok, binding.evidence, place=binding.interface, acl=binding.acl, direction=binding.direction)
    if filtering.default_deny_ipv4 and spoken:
        yield verdict(
            filtering.default_deny_ipv6,
            filtering.evidence,
            place=_DEFAULT.en,
            where=_DEFAULT,
            acl=Text("默认拒绝", "default deny"),
            direction="in",
        )


@check(
    "ipv6.routes-learned",
    family=Family.IPV6,
    title=Text("路由设备有通往别处的 IPv6 路由", "A device that routes IPv6 knows a way beyond itself"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 开启了 IPv6，却只有直连路由", "{subject} forwards IPv6 but knows connected prefixes only"),
    remedy=Remedy(
        Text("用 OSPFv3、IS-IS、BGP 或静态路由接入骨干", "Join the backbone by OSPFv3, IS-IS, BGP or a static route"),
        {
            "huawei_vrp": "system-view\n ospfv3 1\n  router-id <router-id>\n  quit\n interface <uplink>\n"
            "  ospfv3 1 area 0\n  quit",
            "h3c_comware": "system-view\n ospfv3 1\n  router-id <router-id>\n  quit\n interface <uplink>\n"
            "  ospfv3 1 area 0\n  quit",
            "frr": "vtysh -c 'configure terminal' -c 'interface <uplink>' -c 'ipv6 ospf6 area 0.0.0.0' "
            "-c 'end' -c 'write memory'",
            "linux": "ip -6 route add default via <next-hop> dev <uplink>",
            "cisco_ios": "configure terminal\n ipv6 unicast-routing\n ipv6 router ospf 1\n"
            "  router-id <router-id>\n interface <uplink>\n  ipv6 ospf 1 area 0\n end",
            "cisco_nxos": "configure terminal\n feature ospfv3\n router ospfv3 1\n"
            "  router-id <router-id>\n interface <uplink>\n"
            "  ipv6 router ospfv3 1 area 0\n end",
            "juniper_junos": "configure\n set protocols ospf3 area 0 interface <uplink>\n commit and-quit",
        },
    ),
    scope=NETWORK_DEVICES,
)
def routes_learned(forwarding: Forwarding, routes: Routes) -> Iterator[Verdict]:
    if forwarding.ipv6:
        yield verdict(
            beyond(routes), routes.evidence, learned="?" if routes.ipv6_learned is None else routes.ipv6_learned
        )


def beyond(routes: Routes) -> bool | None:
    """Whether an IPv6 route leads beyond connected prefixes; None: not told."""
    if any(route.family == 6 for route in routes.defaults):
        return True
    return None if routes.ipv6_learned is None else routes.ipv6_learned > 0


@check(
    "ipv6.neighbours-live",
    family=Family.IPV6,
    title=Text("设备能解析到 IPv6 邻居", "A device that forwards IPv6 has resolved neighbours"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 的邻居发现（ND）表里没有任何 IPv6 邻居", "{subject} has resolved no IPv6 neighbour at all"),
    unknown=Text(
        "{subject} 的邻居表没有读到，或代理只给出 ARP，是否有 IPv6 邻居未知",
        "neighbours of {subject} were not read, or its agent tells ARP alone: whether it has any of IPv6 is not known",
    ),
    remedy=Remedy(
        Text(
            "检查对端是否启用 IPv6、VLAN 与过滤是否拦截 ICMPv6 133–136",
            "Look whether the far ends speak IPv6, and whether VLANs or filters stop ICMPv6 133-136",
        )
    ),
    scope=NETWORK_DEVICES,
)
def neighbours_live(
    forwarding: Forwarding, addresses: Addresses, resolved: ResolvedAddresses | Missing, policy: Ipv6Policy
) -> Iterator[Verdict]:
    if not forwarding.ipv6 or not addressed(addresses, policy):
        return
    if isinstance(resolved, Missing):
        yield verdict(None, forwarding.evidence)
        return
    own = {each.ip.ip for each in addresses.items}
    others = [each for each in resolved.items if isinstance(each.ip, IPv6Address) and each.ip not in own]
    live = [each for each in others if each.is_answered and (each.state or "").lower() != "unknown"]
    yield verdict(True if live else False if 6 in resolved.told else None, resolved.evidence, forwarding.evidence)


@check(
    "ipv6.adjacency-up",
    family=Family.IPV6,
    title=Text("IPv6 路由协议邻居已建立", "IPv6 routing protocols have neighbours up"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 的 {place} 没有建立任何邻居", "{subject}: {place} has no neighbour up"),
    unknown=Text("{subject} 的 {place} 邻居状态未读到", "{subject}: neighbours of {place} were not read"),
    remedy=Remedy(
        Text(
            "检查对端配置、区域号、链路本地可达性和过滤",
            "Look at the peer, the area, link-local reachability and filters",
        )
    ),
)
def adjacency_up(protocols: RoutingProtocols) -> Iterator[Verdict]:
    for protocol in protocols.items:
        if 6 in protocol.families:
            up = protocol.neighbours_up
            yield verdict(
                None if up is None else up > 0, protocols.evidence, place=protocol.name, variant=protocol.name
            )


@check(
    "ipv6.no-discouraged-transition",
    family=Family.IPV6,
    title=Text("不使用应淘汰的过渡技术", "No discouraged transition technique is in use"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02", "plan:PR-V6-03"),
    found=Text("{subject} 在 {place} 上使用 {technique}", "{subject} uses {technique} on {place}"),
    unknown=Text("{subject} 的过渡技术没有读到", "the transition techniques of {subject} were not read"),
    remedy=Remedy(
        Text(
            "改用原生 IPv6 或受管的过渡技术后删除该隧道",
            "Move to native IPv6 or a managed technique, then remove the tunnel",
        ),
        {
            "huawei_vrp": "system-view\n undo interface {place}\n quit",
            "h3c_comware": "system-view\n undo interface {place}\n quit",
            "cisco_ios": "configure terminal\n no interface {place}\n end",
            "cisco_nxos": "configure terminal\n no interface {place}\n end",
        },
    ),
)
def no_discouraged_transition(
    transitions: Transitions | Missing, interfaces: Interfaces | Missing, addresses: Addresses | Missing
) -> Iterator[Verdict]:
    found = [] if isinstance(transitions, Missing) else list(filter(discouraged, transitions.items))
    tunnels = [] if isinstance(interfaces, Missing) else interfaces.items
    for transition in found:
        yield verdict(False, transition.evidence, place=transition.where, technique=transition.technique)
    named = {transition.where for transition in found}
    by_kind = [(i.name, _ENCAPSULATIONS.get(i.encapsulation or "")) for i in tunnels if i.oper_up is not False]
    seen = [(name, technique) for name, technique in by_kind if technique and name not in named]
    for name, technique in seen:
        evidence = interfaces.evidence if not isinstance(interfaces, Missing) else NO_EVIDENCE
        yield verdict(False, evidence, place=name, technique=technique or "")
    if found or seen:
        return
    if isinstance(transitions, Missing):
        if transitions.gap is not Gap.LACKING:
            yield verdict(None)
    elif not isinstance(addresses, Missing) and _ipv6(addresses):
        yield verdict(True, transitions.evidence)


def discouraged(transition: Transition) -> bool:
    """Whether a technique is to go: of a kind that is, or a tunnel to a broker outside that nobody here manages."""
    if transition.technique == "6in4" and transition.far:
        return ip_address(transition.far).is_global
    return transition.technique in DISCOURAGED
