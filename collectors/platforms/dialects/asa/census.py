"""What an ASA shows of its ports and neighbourhood, interfaces going by the names they are configured with."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.base import Answer
from collectors.platforms.base import Got, Read, Release
from collectors.platforms.dialects import measured
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.ios import network as ios_network
from collectors.templates import rows
from inventory.addresses import mac_address
from inventory.config import Config
from inventory.facts import Interface, Interfaces, ResolvedAddresses

NAME = "cisco_asa"
INTERFACE, ARP, ND = "show interface", "show arp", "show ipv6 neighbor"


def interfaces(config: Config, release: Release, shown: Got) -> Interfaces:
    """The configured interfaces, and their state where ``show interface`` tells it."""
    return measured.with_state(ios_network.interfaces(config, release), shown, _shown)


def _shown(answer: Answer) -> Iterator[Interface]:
    for row in rows(NAME, "show_interface", answer):
        yield Interface(
            name=row["interface"],
            alias=row["description"] or None,
            speed_mbps=number(row["speed"]),
            duplex=row["duplex"].lower() or None,
            mtu=number(row["mtu"]),
            admin_up="admin" not in row["state"],
            oper_up=row["protocol"] == "up",
            mac=mac_address(row["mac"]) if row["mac"] else None,
        )


def resolved(arp: Answer, nd: Got) -> ResolvedAddresses:
    """The ARP and ND tables."""
    found = rows(NAME, "show_arp", arp)
    if isinstance(nd, Answer):
        found += rows(NAME, "show_ipv6_neighbor", nd)
    return measured.resolved(found, arp, nd)


READS = (Read(ResolvedAddresses, (ARP, ND), resolved, optional=frozenset({ND})),)
