"""Neighbours of routing protocols that carry IPv6: OSPFV3-MIB (RFC 5643), ISIS-MIB (RFC 4444), makers' BGP MIBs.

BGP4-MIB knows of IPv4 peers alone; HUAWEI-BGP-VPN-MIB and CISCO-BGP4-MIB name the families of each peer,
HH3C-BGP4V2-MIB has the peers with IPv6 addresses. How a protocol proves who its neighbours are stands in no MIB that
may be read, so that a configuration, where one is read, goes before and takes the neighbours from here.
"""

from __future__ import annotations

from collections.abc import Callable

from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.rows import arcs, inet
from collectors.mibs.system import enterprise
from inventory.errors import Missing
from inventory.facts import RoutingProtocol, RoutingProtocols

OSPFV3_ON = "1.3.6.1.2.1.191.1.1.2.0"  # ospfv3AdminStatus: 1 enabled
OSPFV3_STATE = "1.3.6.1.2.1.191.1.9.1.8"  # ospfv3NbrState
ISIS_STATE = "1.3.6.1.2.1.138.1.6.1.1.2"  # isisISAdjState
HUAWEI_STATE = "1.3.6.1.4.1.2011.5.25.177.1.1.2.1.5"  # hwBgpPeerState: by instance, AFI, SAFI, address
CISCO_STATE = "1.3.6.1.4.1.9.9.187.1.2.5.1.3"  # cbgpPeer2State: by address
CISCO_FAMILY = "1.3.6.1.4.1.9.9.187.1.2.7.1.3"  # cbgpPeer2AddrFamilyName: by address, AFI, SAFI
H3C_STATE = "1.3.6.1.4.1.25506.2.183.1.1.1.3"  # hh3cBgp4v2PeerState: by IPv6 address
FULL, UP, ESTABLISHED = 8, 3, 6
IPV6 = 2  # AFI, InetAddressType
_ENABLED = 1


@reads(RoutingProtocols)
def routing_protocols(agent: Agent) -> RoutingProtocols | Missing:
    """The protocols that are seen, with the neighbours they carry IPv6 over; IS-IS does not say what it carries."""
    found = {source: protocol for source, read in _READ.items() if (protocol := read(agent)) is not None}
    if not found:
        return lacks("OSPFV3-MIB, ISIS-MIB, BGP")
    items = tuple(found.values())
    shown = "; ".join(f"{each.name} {each.neighbours_up}" for each in items)
    return RoutingProtocols(items, agent.evidence(" ".join(found), shown))


def _ospfv3(agent: Agent) -> RoutingProtocol | None:
    states = agent.column(OSPFV3_STATE)
    if not states and agent.scalars([OSPFV3_ON])[OSPFV3_ON] != _ENABLED:
        return None
    return RoutingProtocol("ospfv3", frozenset({6}), None, sum(state == FULL for state in states.values()))


def _isis(agent: Agent) -> RoutingProtocol | None:
    states = agent.column(ISIS_STATE)
    return RoutingProtocol("isis", frozenset(), None, sum(s == UP for s in states.values())) if states else None


def _bgp(agent: Agent) -> RoutingProtocol | None:
    told = _BGP.get(enterprise(agent) or 0)
    peers = told(agent) if told else []
    families = frozenset(family for family, _ in peers)
    return RoutingProtocol("bgp", families, None, sum(up and family == 6 for family, up in peers)) if peers else None


def _huawei(agent: Agent) -> list[tuple[int, bool]]:
    """Family of each peering and whether it is up."""
    found = ((arcs(index), state) for index, state in agent.column(HUAWEI_STATE).items())
    return [(6 if numbers[1] == IPV6 else 4, state == ESTABLISHED) for numbers, state in found if len(numbers) > 1]


def _cisco(agent: Agent) -> list[tuple[int, bool]]:
    states = agent.column(CISCO_STATE)
    found = []
    for index in agent.column(CISCO_FAMILY):
        peer, rest = inet(arcs(index))
        if peer is not None and rest:
            state = states.get(".".join(index.split(".")[: -len(rest)]))
            found.append((6 if rest[0] == IPV6 else 4, state == ESTABLISHED))
    return found


def _h3c(agent: Agent) -> list[tuple[int, bool]]:
    return [(6, state == ESTABLISHED) for state in agent.column(H3C_STATE).values()]


_BGP: dict[int, Callable[[Agent], list[tuple[int, bool]]]] = {2011: _huawei, 9: _cisco, 25506: _h3c}
_READ: dict[str, Callable[[Agent], RoutingProtocol | None]] = {
    "OSPFV3-MIB::ospfv3NbrTable": _ospfv3,
    "ISIS-MIB::isisISAdjTable": _isis,
    "BGP peers": _bgp,
}
