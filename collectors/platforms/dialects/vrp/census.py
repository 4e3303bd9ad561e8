"""What a VRP device shows of its neighbours and tables."""

from __future__ import annotations

from collectors.base import Answer
from collectors.platforms.base import Got, Read
from collectors.platforms.dialects import measured
from collectors.templates import rows
from inventory.errors import ReadFailed
from inventory.facts import LearnedMacs, Neighbours, ResolvedAddresses
from inventory.names import canonical_interface

NAME = "huawei_vrp"
LLDP, MACS = "display lldp neighbor", "display mac-address"
ARP, PLAIN_ARP, ND = "display arp all", "display arp", "display ipv6 neighbors"  # some releases want the word all
_WRITTEN = frozenset({"static", "blackhole"})  # types of entries that a person wrote, not learned


def port(name: str) -> str:
    """An interface's full name: GE0/0/1 is GigabitEthernet0/0/1."""
    return canonical_interface(name, NAME)


def neighbours(lldp: Answer) -> Neighbours:
    """Who is heard by LLDP; ReadFailed where it shows no port at all, which does not tell whether LLDP runs."""
    if not lldp.text.strip():
        raise ReadFailed(f"{LLDP}: an empty answer")
    found = rows(NAME, "display_lldp_neighbor", lldp)
    return Neighbours(tuple(measured.by_lldp(row, port(row["interface"])) for row in found), lldp.evidence())


def resolved(arp: Answer, nd: Got) -> ResolvedAddresses:
    """The ARP and ND tables, without the addresses of the device's own interfaces."""
    found = [
        {**row, "state": "static" if row["type"].startswith("S") else ""} for row in rows(NAME, "display_arp_all", arp)
    ]
    if isinstance(nd, Answer):
        shown = rows(NAME, "display_ipv6_neighbors", nd)
        found += [{**row, "state": measured.nd_state(row["state"])} for row in shown]
    return measured.resolved([{**row, "interface": _routed(row)} for row in found], arp, nd)


def _routed(row: measured.Row) -> str | None:
    """The interface that routes: of a bridged port, which is shown with its VLAN, that of the VLAN."""
    name = port(row["interface"])
    bridged = row["vlan"] and "." not in name and not name.startswith("Vlanif")
    return f"Vlanif{row['vlan']}" if bridged else name or None


def learned(table: Answer) -> LearnedMacs:
    """The addresses learned on ports, in whatever way; those that were written are left out."""
    found = [
        {**row, "interface": port(row["interface"])}
        for row in rows(NAME, "display_mac_address", table)
        if row["type"] not in _WRITTEN
    ]
    return measured.learned(found, table)


READS = (
    Read(Neighbours, (LLDP,), neighbours),
    Read(ResolvedAddresses, (ARP, ND), resolved, optional=frozenset({ND})),
    Read(ResolvedAddresses, (PLAIN_ARP, ND), resolved, optional=frozenset({ND})),
    Read(LearnedMacs, (MACS,), learned),
)
