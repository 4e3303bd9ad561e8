"""What an IOS device shows of its neighbours and tables."""

from __future__ import annotations

from dataclasses import replace

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects import measured
from collectors.templates import rows
from inventory.errors import Gap, Missing
from inventory.facts import LearnedMacs, Neighbour, Neighbours, ResolvedAddresses
from inventory.names import canonical_interface

NAME = "cisco_ios"
LLDP, CDP = "show lldp neighbors detail", "show cdp neighbors detail"
ARP, PLAIN_ARP, ND = "show ip arp", "show arp", "show ipv6 neighbors"
MACS, OLD_MACS = "show mac address-table", "show mac-address-table"
SILENT = r"% (?:LLDP|CDP) is not enabled"  # such a device hears nobody, and may have any neighbour
STATES = {"reach": "reachable", "incmp": "incomplete", "????": "unknown"}  # of ND entries, as MIBs name them


def port(name: str) -> str:
    """An interface's full name: Gi1/0/1 is GigabitEthernet1/0/1, Tw1/0/1 is TwoGigabitEthernet1/0/1."""
    return canonical_interface(name, NAME)


def neighbours(lldp: Got, cdp: Got) -> Built:
    """Who is heard by LLDP and by CDP; why the first tells nothing where neither does."""
    if isinstance(lldp, Missing) and isinstance(cdp, Missing):
        return replace(lldp, gap=Gap.REFUSED) if lldp.gap is Gap.LACKING else lldp
    items: list[Neighbour] = []
    told = [answer for answer in (lldp, cdp) if isinstance(answer, Answer)]
    if isinstance(lldp, Answer):
        items += [measured.by_lldp(row, _at(row)) for row in rows(NAME, "show_lldp_neighbors_detail", lldp)]
    if isinstance(cdp, Answer):
        items += [measured.by_cdp(row, port) for row in rows(NAME, "show_cdp_neighbors_detail", cdp)]
    return Neighbours(tuple(items), told[0].evidence())


def _at(row: measured.Row) -> str | None:
    return port(row["interface"]) if row["interface"] else None


def resolved(arp: Answer, nd: Got) -> ResolvedAddresses:
    """The ARP and ND tables of the global routing table; entries that nobody answered for are left out."""
    found = rows(NAME, "show_ip_arp", arp)
    if isinstance(nd, Answer):
        found += rows(NAME, "show_ipv6_neighbors", nd)
    return measured.resolved((entry(row, _at(row)) for row in found), arp, nd)


def entry(row: measured.Row, interface: str | None) -> measured.Row:
    """A row of an ARP or ND table with the full name of its interface, its state as MIBs name it."""
    state = row.get("state", "").lower()
    return {**row, "interface": interface, "state": STATES.get(state, state)}


def learned(table: Answer) -> LearnedMacs:
    """The addresses learned on ports."""
    found = [{**row, "interface": port(row["interface"])} for row in rows(NAME, "show_mac_address_table", table)]
    return measured.learned(found, table)


READS = (
    Read(Neighbours, (LLDP, CDP), neighbours, optional=frozenset({LLDP, CDP})),
    Read(ResolvedAddresses, (ARP, ND), resolved, optional=frozenset({ND})),
    Read(ResolvedAddresses, (PLAIN_ARP, ND), resolved, optional=frozenset({ND})),
    Read(LearnedMacs, (MACS,), learned),
    Read(LearnedMacs, (OLD_MACS,), learned),
)
