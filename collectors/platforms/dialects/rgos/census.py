"""What an RGOS device shows of its neighbours and tables."""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.platforms.base import Got, Read
from collectors.platforms.dialects import measured
from collectors.platforms.dialects.ios.census import entry
from collectors.templates import rows
from inventory.errors import ReadFailed
from inventory.facts import LearnedMacs, Neighbours, ResolvedAddresses
from inventory.names import canonical_interface

NAME = "ruijie_rgos"
LLDP, ARP, ND = "show lldp neighbors detail", "show arp", "show ipv6 neighbors"
MACS = "show mac-address-table"


def port(name: str) -> str:
    """An interface as the configuration names it, without the blank: ``vlan 1`` is VLAN1, Gi0/1 GigabitEthernet0/1."""
    return re.sub(r"^vlan(?=\d)", "VLAN", canonical_interface(name, NAME), flags=re.IGNORECASE)


def neighbours(lldp: Answer) -> Neighbours:
    """Who is heard by LLDP; ReadFailed for an empty answer, which does not tell whether LLDP runs."""
    if not lldp.text.strip():
        raise ReadFailed(f"{lldp.command}: an empty answer")
    found = rows(NAME, "show_lldp_neighbors_detail", lldp)
    return Neighbours(tuple(measured.by_lldp(row, port(row["interface"])) for row in found), lldp.evidence())


def resolved(arp: Answer, nd: Got) -> ResolvedAddresses:
    """The ARP and ND tables of the global routing table; entries that nobody answered for are left out."""
    found = rows(NAME, "show_arp", arp)
    if isinstance(nd, Answer):
        found += rows(NAME, "show_ipv6_neighbors", nd)
    return measured.resolved((entry(row, port(row["interface"])) for row in found), arp, nd)


def learned(table: Answer) -> LearnedMacs:
    """The addresses learned on ports."""
    found = [{**row, "interface": port(row["interface"])} for row in rows(NAME, "show_mac_address_table", table)]
    return measured.learned(found, table)


READS = (
    Read(Neighbours, (LLDP,), neighbours),
    Read(ResolvedAddresses, (ARP, ND), resolved, optional=frozenset({ND})),
    Read(LearnedMacs, (MACS,), learned),
)
