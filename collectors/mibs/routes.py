"""Routes in figures, and the default routes: IP-FORWARD-MIB (RFC 4292, RFC 2096), IPV6-MIB, RFC 1213.

A routing table may hold a million routes: only the rows of the default routes are walked, and the whole protocol
column only where the agent says that it is short.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.interfaces import interface_names
from collectors.mibs.rows import arcs, inet, ip_of, named, number
from inventory.addresses import IPAddress
from inventory.errors import Missing
from inventory.facts import DefaultRoute, Routes

CIDR_NUMBER = "1.3.6.1.2.1.4.24.6.0"  # inetCidrRouteNumber
OLD_CIDR_NUMBER = "1.3.6.1.2.1.4.24.3.0"  # ipCidrRouteNumber
IPV6_NUMBER = "1.3.6.1.2.1.55.1.9.0"  # ipv6RouteNumber
CIDR_IF_INDEX = "1.3.6.1.2.1.4.24.7.1.7"
CIDR_PROTO = "1.3.6.1.2.1.4.24.7.1.9"
OLD_CIDR_PROTO = "1.3.6.1.2.1.4.24.4.1.7"
RFC1213_NEXT_HOP = "1.3.6.1.2.1.4.21.1.7.0.0.0.0"
ZEROS = ".0.0.0.0"
SHORT = 5_000  # routes that are worth counting by family
LOCAL = 2  # IANAipRouteProtocol: a connected network or an own address
PROTOCOLS = {
    2: "local",
    3: "static",
    4: "icmp",
    8: "rip",
    9: "isis",
    13: "ospf",
    14: "bgp",
    16: "eigrp",
    19: "ra",
}


@reads(Routes)
def routes(agent: Agent) -> Routes | Missing:
    """How many routes of each family, how many IPv6 ones are not connected, and the default routes."""
    told = agent.scalars([CIDR_NUMBER, OLD_CIDR_NUMBER, IPV6_NUMBER])
    total, old, ipv6 = (number(told[oid]) for oid in (CIDR_NUMBER, OLD_CIDR_NUMBER, IPV6_NUMBER))
    learned: int | None = None
    ipv4 = old
    if total is not None and total <= SHORT:
        families = _families(agent.column(CIDR_PROTO))
        ipv4, ipv6 = len(families[4]), len(families[6])
        learned = sum(proto != LOCAL for proto in families[6])
    elif total is not None and old is not None and ipv6 is None:
        ipv6 = max(0, total - old)
    defaults = _defaults(agent)
    if ipv4 is None and ipv6 is None and not defaults:
        return lacks("IP-FORWARD-MIB and ipRouteTable")
    return Routes(ipv4, ipv6, learned, tuple(defaults), agent.evidence("IP-FORWARD-MIB::inetCidrRouteTable"))


def _families(protos: dict[str, SnmpValue]) -> dict[int, list[SnmpValue]]:
    """Protocols of all routes by family of the destination (InetAddressType, zones included)."""
    found: dict[int, list[SnmpValue]] = {4: [], 6: []}
    for index, proto in protos.items():
        family = {"1": 4, "2": 6, "3": 4, "4": 6}.get(index.partition(".")[0])
        if family is not None:
            found[family].append(proto)
    return found


def _defaults(agent: Agent) -> list[DefaultRoute]:
    names = interface_names(agent)
    found = []
    for family, head in ((4, f"1.4{ZEROS}.0"), (6, f"2.16{ZEROS * 4}.0")):
        for index, if_index in agent.column(f"{CIDR_IF_INDEX}.{head}").items():
            oid = f"{CIDR_PROTO}.{head}.{index}"
            proto = agent.scalars([oid])[oid]
            found.append(_default(family, _next_hop(arcs(index)), if_index, proto, names))
    if any(route.family == 4 for route in found):
        return found
    # ipCidrRouteTable: destination, mask, tos, next hop; the column read is ipCidrRouteProto
    for index, proto in agent.column(f"{OLD_CIDR_PROTO}{ZEROS * 2}").items():
        found.append(_default(4, ip_of(arcs(index)[-4:]), None, proto, names))
    if not any(route.family == 4 for route in found):
        hop = agent.scalars([RFC1213_NEXT_HOP])[RFC1213_NEXT_HOP]
        if isinstance(hop, IPv4Address):
            found.append(_default(4, hop, None, None, names))
    return found


def _next_hop(rest: tuple[int, ...]) -> IPAddress | None:
    """The next hop of an inetCidrRouteTable index, behind the policy (an OBJECT IDENTIFIER with its length)."""
    if not rest or rest[0] + 1 > len(rest):
        return None
    return inet(rest[1 + rest[0] :])[0]


def _default(
    family: int, via: IPAddress | None, if_index: SnmpValue, proto: SnmpValue, names: dict[int, str]
) -> DefaultRoute:
    return DefaultRoute(
        family=family,
        via=None if via is None or via.is_unspecified else via,
        interface=names.get(if_index) if isinstance(if_index, int) else None,
        protocol=named(PROTOCOLS, proto),
    )
