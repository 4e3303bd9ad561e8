"""What a FortiGate shows of its ports and neighbourhood."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.base import Answer
from collectors.platforms.base import Got, Read, Release
from collectors.platforms.dialects import measured
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.fortios import network as fortios_network
from collectors.templates import rows
from inventory.config import Config
from inventory.facts import Interface, Interfaces, ResolvedAddresses

NAME = "fortinet_fortios"
PHYSICAL, ARP = "get system interface physical", "get system arp"


def interfaces(config: Config, release: Release, shown: Got) -> Interfaces:
    """The configured interfaces, and the state of the physical ones where it is told."""
    return measured.with_state(fortios_network.interfaces(config, release), shown, _shown)


def _shown(answer: Answer) -> Iterator[Interface]:
    for row in rows(NAME, "get_system_interface_physical", answer):
        yield Interface(
            name=row["interface"],
            speed_mbps=number(row["speed"]),
            duplex=row["duplex"] or None,
            oper_up=row["status"] == "up" if row["status"] else None,
        )


def resolved(arp: Answer) -> ResolvedAddresses:
    """The ARP table."""
    return measured.resolved(rows(NAME, "get_system_arp", arp), arp)


READS = (Read(ResolvedAddresses, (ARP,), resolved),)
