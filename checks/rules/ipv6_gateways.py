"""IPv6 readiness of gateways: what stands in for one that fails, in IPv6 as in IPv4."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import Ipv6Policy
from checks.rules.ipv6 import NETWORK_DEVICES, addressed
from inventory.errors import Missing
from inventory.facts import Addresses, LinkService, LinkServices, VirtualGateway, VirtualGateways
from inventory.text import Text


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
        "{subject} 的 {place} 只靠路由通告，未写明优先级，是否有另一台网关顶替未知",
        "{subject}: {place} advertises itself without a stated preference; whether another gateway stands in is not "
        "known",
    ),
    remedy=Remedy(
        Text(
            "为 IPv6 配置 VRRPv3/VRRP6、HSRPv2 组，或让两台网关以不同优先级发路由通告",
            "Configure a VRRPv3, VRRP6 or HSRPv2 group for IPv6, or let two gateways advertise themselves with "
            "different preferences",
        ),
        {
            "huawei_vrp": "system-view\n interface {place}\n  vrrp6 vrid {group} virtual-ip <link-local> link-local\n"
            "  vrrp6 vrid {group} virtual-ip <address>\n  quit",
            "h3c_comware": "system-view\n interface {place}\n"
            "  vrrp ipv6 vrid {group} virtual-ip <link-local> link-local\n"
            "  vrrp ipv6 vrid {group} virtual-ip <address>\n  undo ipv6 nd ra halt\n  quit",
            "ruijie_rgos": "configure terminal\n interface {place}\n  vrrp {group} ipv6 <link-local>\n"
            "  vrrp {group} ipv6 <address>\n end",
            "cisco_ios": "configure terminal\n interface {place}\n  standby version 2\n"
            "  standby {group} ipv6 autoconfig\n end",
            "cisco_nxos": "configure terminal\n interface {place}\n  hsrp version 2\n  hsrp {group} ipv6\n"
            "   ip autoconfig\n end",
            "juniper_junos": "configure\n edit interfaces <interface> unit <unit> family inet6 address <prefix>\n"
            "  set vrrp-inet6-group {group} virtual-inet6-address <address>\n"
            "  set vrrp-inet6-group {group} virtual-link-local-address <link-local>\n top\n commit and-quit",
            "frr": "vtysh -c 'configure terminal' -c 'interface {place}' -c 'vrrp {group} version 3' "
            "-c 'vrrp {group} ipv6 <link-local>' -c 'vrrp {group} ipv6 <address>' -c 'end' -c 'write memory'",
            "linux": "# /etc/keepalived/keepalived.conf: a vrrp_instance on {place} with the IPv6 addresses\n"
            "systemctl reload keepalived",
        },
    ),
    scope=NETWORK_DEVICES,
)
def gateway_redundant(
    gateways: VirtualGateways, addresses: Addresses, services: LinkServices | Missing, policy: Ipv6Policy
) -> Iterator[Verdict]:
    serving = addressed(addresses, policy)
    links = {} if isinstance(services, Missing) else {link.interface: link for link in services.items}
    six = [gateway for gateway in gateways.items if 6 in gateway.families]
    doubled = {gateway.interface for gateway in six if gateway.protocol != "ra"}
    preferred = {gateway.interface for gateway in six if gateway.protocol == "ra"}
    for interface, group in {g.interface: g for g in gateways.items if 4 in g.families}.items():
        if interface in serving:
            chosen = _is_chosen(links.get(interface), preferred=interface in preferred)
            shown = [g.evidence for g in gateways.items if g.interface == interface]
            yield verdict(True if interface in doubled else chosen, *shown, **_said(group))


def _is_chosen(link: LinkService | None, *, preferred: bool) -> bool | None:
    """Whether hosts choose between gateways by what is advertised (RFC 4191).

    None: it is advertised and no preference written. The other gateway may have one.
    """
    if link is None or link.advertises is None:
        return None
    return (preferred or None) if link.advertises else False


def _said(gateway: VirtualGateway) -> dict[str, str]:
    return {"place": gateway.interface, "protocol": gateway.protocol.upper(), "group": gateway.group or "-"}
