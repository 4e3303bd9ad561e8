"""What a Junos device shows of its ports and neighbours."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.base import Answer
from collectors.platforms.base import Got, Read, Release
from collectors.platforms.dialects import measured
from collectors.platforms.dialects.junos import network as junos_network
from collectors.templates import rows
from inventory.config import Config
from inventory.facts import Interface, Interfaces, Neighbours, ResolvedAddresses

NAME = "juniper_junos"
TERSE, LLDP = "show interfaces terse", "show lldp neighbors"
ARP, ND = "show arp no-resolve", "show ipv6 neighbors"


def interfaces(config: Config, release: Release, shown: Got) -> Interfaces:
    """The configured interfaces, and their state where ``show interfaces terse`` tells it."""
    return measured.with_state(junos_network.interfaces(config, release), shown, _shown)


def _shown(answer: Answer) -> Iterator[Interface]:
    for row in rows(NAME, "show_interfaces_terse", answer):
        yield Interface(name=row["interface"], admin_up=row["admin"] == "up", oper_up=row["link"] == "up")


def neighbours(lldp: Answer) -> Neighbours:
    """Who is heard by LLDP."""
    found = rows(NAME, "show_lldp_neighbors", lldp)
    return Neighbours(tuple(measured.by_lldp(row, row["interface"]) for row in found), lldp.evidence())


def resolved(arp: Answer, nd: Got) -> ResolvedAddresses:
    """The ARP and ND tables."""
    found = rows(NAME, "show_arp_no_resolve", arp)
    if isinstance(nd, Answer):
        found += rows(NAME, "show_ipv6_neighbors", nd)
    return measured.resolved(found, arp, nd)


READS = (
    Read(Neighbours, (LLDP,), neighbours),
    Read(ResolvedAddresses, (ARP, ND), resolved, optional=frozenset({ND})),
)
