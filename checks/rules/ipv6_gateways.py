"""IPv6 readiness of gateways: what stands in for one that fails, in IPv6 as in IPv4."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network

from checks.model import Family, Remedy, Severity, Subject, SubjectKind, Verdict, check, verdict
from checks.policies import Ipv6Policy
from checks.rules.ipv6 import NETWORK_DEVICES, addressed
from inventory.errors import Missing
from inventory.facts import Addresses, LinkService, LinkServices, VirtualGateway, VirtualGateways
from inventory.snapshot import Network
from inventory.text import Text

Link = IPv4Network | IPv6Network
_CHOICE = "ra"  # of VirtualGateway.protocol: hosts choose between gateways
# Junos writes a group below the address of the interface.
_JUNOS = " set interfaces {port} unit {unit} family inet6 address <interface-address> vrrp-inet6-group {group}"
_A_GROUP = {
    "huawei_vrp": "system-view\n interface {place}\n  vrrp6 vrid {group} virtual-ip <link-local> link-local\n"
    "  vrrp6 vrid {group} virtual-ip <address>\n  quit",
    "h3c_comware": "system-view\n interface {place}\n"
    "  vrrp ipv6 vrid {group} virtual-ip <link-local> link-local\n"
    "  vrrp ipv6 vrid {group} virtual-ip <address>\n  undo ipv6 nd ra halt\n  quit",
    "ruijie_rgos": "configure terminal\n interface {place}\n  vrrp {group} ipv6 <link-local>\n"
    "  vrrp {group} ipv6 <address>\n end",
    "cisco_ios": "configure terminal\n interface {place}\n  standby version 2\n  standby {group} ipv6 autoconfig\n end",
    "cisco_nxos": "configure terminal\n interface {place}\n  hsrp version 2\n  hsrp {group} ipv6\n"
    "   ip autoconfig\n end",
    "juniper_junos": f"configure\n{_JUNOS} virtual-inet6-address <address>\n"
    f"{_JUNOS} virtual-link-local-address <link-local>\n"
    " set protocols router-advertisement interface {place} virtual-router-only\n commit and-quit",
    "frr": "vtysh -c 'configure terminal' -c 'interface {place}' -c 'vrrp {group} version 3' "
    "-c 'vrrp {group} ipv6 <link-local>' -c 'vrrp {group} ipv6 <address>' -c 'end' -c 'write memory'",
    "linux": "# 在 /etc/keepalived/keepalived.conf 中为 {place} 的 IPv6 地址配置 vrrp_instance ‖ "
    "/etc/keepalived/keepalived.conf: a vrrp_instance on {place} with the IPv6 addresses\n"
    "systemctl reload keepalived",
}


@check(
    "ipv6.gateway-redundant",
    family=Family.IPV6,
    title=Text("IPv4 有网关冗余的接口，IPv6 也有", "Where IPv4 has a redundant gateway, IPv6 has one too"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02", "plan:PR-V6-03"),
    found=Text(
        "{subject} 的 {place} 上 IPv4 网关有 {protocol} 组 {group}，IPv6 网关没有任何冗余",
        "{subject}: on {place} the IPv4 gateway is backed by {protocol} group {group}, the IPv6 gateway by nothing",
    ),
    unknown=Text(
        "{subject} 的 {place} 没有读到 IPv6 网关组，或只靠未写明优先级的路由通告；由本机看不出是否有另一台网关顶替",
        "{subject}: on {place} no IPv6 group is told of, or it advertises itself without a stated preference; whether "
        "another gateway stands in it does not tell",
    ),
    remedy=Remedy(
        Text(
            "为 IPv6 配置 VRRPv3/VRRP6、HSRPv2 组，或让两台网关以不同优先级发路由通告",
            "Configure a VRRPv3, VRRP6 or HSRPv2 group for IPv6, or let two gateways advertise themselves with "
            "different preferences",
        ),
        _A_GROUP,
    ),
    scope=NETWORK_DEVICES,
)
def gateway_redundant(
    gateways: VirtualGateways, addresses: Addresses, services: LinkServices | Missing, policy: Ipv6Policy
) -> Iterator[Verdict]:
    serving = addressed(addresses, policy)
    links = {} if isinstance(services, Missing) else {link.interface: link for link in services.items}
    six = [gateway for gateway in gateways.items if 6 in gateway.families]
    doubled = {gateway.interface for gateway in six if gateway.protocol != _CHOICE}
    preferred = {gateway.interface for gateway in six if gateway.protocol == _CHOICE}
    for interface, group in {g.interface: g for g in gateways.items if 4 in g.families}.items():
        if interface in serving:
            chosen = _is_chosen(links.get(interface), preferred=interface in preferred)
            alone = chosen if 6 in gateways.told else chosen or None
            shown = [g.evidence for g in gateways.items if g.interface == interface]
            yield verdict(True if interface in doubled else alone, *shown, **_said(group))


def _is_chosen(link: LinkService | None, *, preferred: bool) -> bool | None:
    """Whether hosts choose between gateways by what is advertised (RFC 4191).

    None: it is advertised and no preference written. The other gateway may have one.
    """
    if link is None or link.advertises is None:
        return None
    return (preferred or None) if link.advertises else False


def _said(gateway: VirtualGateway) -> dict[str, str]:
    port, _, unit = gateway.interface.partition(".")
    said = {"place": gateway.interface, "protocol": gateway.protocol.upper(), "group": gateway.group or "-"}
    return {**said, "port": port, "unit": unit or "0"}


# -- gateways that advertise themselves side by side ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Side:
    """An interface of a router on a link, and whether it advertises itself there; None: not told."""

    target: str
    interface: str
    advertises: bool | None


@check(
    "ipv6.advertised-gateways-doubled",
    family=Family.IPV6,
    title=Text(
        "只靠路由通告的网段上，另一台网关也在通告", "Where hosts rely on advertisements, another gateway advertises too"
    ),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02", "plan:PR-V6-03"),
    found=Text(
        "{subject} 的 {place} 上 IPv4 网关可由 {other} 顶替，而发 IPv6 路由通告的只有本机",
        "{subject}: on {place} {other} stands in for the IPv4 gateway, but {subject} alone advertises itself",
    ),
    unknown=Text(
        "{subject} 的 {place} 所在网段上是否有另一台网关通告未知：{why}",
        "{subject}: whether another gateway advertises itself on the link of {place} is not known: {why}",
    ),
    remedy=Remedy(
        Text(
            "让另一台网关在该网段也发路由通告并写明优先级，或在两台上为 IPv6 配置 VRRPv3/VRRP6 组",
            "Let the other gateway advertise itself there too, with a preference, or configure a VRRPv3 or VRRP6 group "
            "on both",
        ),
        _A_GROUP,
    ),
)
def advertised_gateways_doubled(network: Network, policy: Ipv6Policy) -> Iterator[Verdict]:
    """Hosts keep every router that advertises itself and leave one that is silent (RFC 4861, 6.3.6 and 7.3.3).

    One without a stated preference is of medium preference (RFC 4191, 2.2): two such stand in for one another as well.
    """
    waiting = {target: groups for target, found in network.each(VirtualGateways) if (groups := _groups(found))}
    if not waiting:
        return
    links = _Links(_sides(network))
    for target, groups in waiting.items():
        told = list(_answers(network, target, groups, policy))
        open_ = {each.place for each in told if each.ok is None and _advertises(network, target, each.place)}
        if any(each.ok is False for each in told):
            continue  # a gap of its own, which another interface does not make good
        record = network.record(target)
        about = Subject(
            SubjectKind.DEVICE, target, record.site if record else None, record.platform if record else None
        )
        for each in told:
            if each.place in open_:
                yield replace(_beside(target, each, groups[each.place], links, waiting), about=about)


def _groups(found: VirtualGateways | Missing) -> dict[str, VirtualGateway]:
    """The IPv4 groups of a router by interface."""
    return {} if isinstance(found, Missing) else {g.interface: g for g in found.items if 4 in g.families}


def _answers(
    network: Network, target: str, groups: Mapping[str, VirtualGateway], policy: Ipv6Policy
) -> Iterator[Verdict]:
    """What the device itself tells of its interfaces with an IPv4 group."""
    gateways, addresses = network.fact(target, VirtualGateways), network.fact(target, Addresses)
    if groups and not isinstance(gateways, Missing) and not isinstance(addresses, Missing):
        services = network.fact(target, LinkServices)
        yield from gateway_redundant.function(gateways=gateways, addresses=addresses, services=services, policy=policy)


def _advertises(network: Network, target: str, interface: str) -> bool | None:
    services = network.fact(target, LinkServices)
    items = () if isinstance(services, Missing) else services.items
    return next((link.advertises for link in items if link.interface == interface), None)


class _Links:
    """Who else is on the links that an interface is on."""

    def __init__(self, sides: Iterable[tuple[Link, _Side]]) -> None:
        self._on: dict[Link, set[_Side]] = {}
        self._of: dict[tuple[str, str], set[Link]] = {}
        for link, side in sides:
            self._on.setdefault(link, set()).add(side)
            self._of.setdefault((side.target, side.interface), set()).add(link)

    def beside(self, target: str, interface: str, family: int | None = None) -> set[_Side]:
        links = [link for link in self._of.get((target, interface), ()) if family in (None, link.version)]
        return {side for link in links for side in self._on[link] if side.target != target}


def _sides(network: Network) -> Iterator[tuple[Link, _Side]]:
    """The routers on each link, as their addresses tell."""
    for target, services in network.each(LinkServices):
        addresses = network.fact(target, Addresses)
        links = {} if isinstance(services, Missing) else {link.interface: link.advertises for link in services.items}
        for address in () if isinstance(addresses, Missing) else addresses.items:
            ip = address.ip
            shared = address.prefix_known and ip.network.prefixlen < ip.max_prefixlen and not ip.ip.is_link_local
            if shared and address.interface:
                side = _Side(target, address.interface, links.get(address.interface, _silent(services)))
                yield ip.network, side


def _silent(services: LinkServices | Missing) -> bool | None:
    """What it means that an interface is not among the services: it has no IPv6; None: they were not read."""
    return None if isinstance(services, Missing) else False


def _beside(
    target: str,
    told: Verdict,
    group: VirtualGateway,
    links: _Links,
    waiting: Mapping[str, Mapping[str, VirtualGateway]],
) -> Verdict:
    six = {side.target for side in links.beside(target, told.place, family=6) if side.advertises}
    others = links.beside(target, told.place)
    partners = {s for s in others if _is_partner(waiting.get(s.target, {}).get(s.interface), group)}
    names = ", ".join(sorted(six or {s.target for s in partners})) or "?"
    why = Text("没有找到同组的另一台网关", "no other gateway of its group was found")
    if partners:
        why = Text(f"{names} 是否通告没有读到", f"whether {names} advertises itself was not read")
    alone = partners and all(s.advertises is False for s in partners)
    ok = True if six else False if alone else None
    return verdict(ok, *told.evidence, other=names, why=why, **_said(group))


def _is_partner(other: VirtualGateway | None, group: VirtualGateway) -> bool:
    return other is not None and (other.protocol, other.group) == (group.protocol, group.group)
