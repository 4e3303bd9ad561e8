"""What a Comware device shows of its neighbours and tables."""

from __future__ import annotations

import re

from collectors.base import Answer
from collectors.platforms.base import Got, Read
from collectors.platforms.dialects import measured
from collectors.templates import rows
from inventory.errors import ReadFailed
from inventory.facts import LearnedMacs, Neighbours, ResolvedAddresses
from inventory.names import canonical_interface

NAME = "h3c_comware"
LLDP, LLDP5 = "display lldp neighbor-information verbose", "display lldp neighbor-information"
LLDP_STATUS = "display lldp status"
ARP, ND, MACS = "display arp", "display ipv6 neighbors all", "display mac-address"
_WRITTEN = re.compile(r"(?i)(?:config )?static|blackhole|multiport")  # entries that a person wrote, not learned
_TYPES = {"S": "static", "M": "static", "I": "invalid", "IS": "invalid"}


def port(name: str) -> str:
    """An interface's full name: XGE1/0/1 is Ten-GigabitEthernet1/0/1."""
    return canonical_interface(name, NAME)


def neighbours(lldp: Answer, status: Got) -> Neighbours:
    """Who is heard by LLDP; ReadFailed where nothing is shown, unless the status says that LLDP runs."""
    runs = isinstance(status, Answer) and re.search(r"(?m)^\s*Global status of LLDP\s*: ?Enable", status.text)
    if not lldp.text.strip() and not runs:
        raise ReadFailed(f"{lldp.command}: an empty answer")
    found = (measured.by_lldp(r, port(r["interface"])) for r in rows(NAME, "display_lldp_neighbor_information", lldp))
    return Neighbours(tuple(dict.fromkeys(found)), lldp.evidence())  # several agents may hear the same one


def resolved(arp: Answer, nd: Got) -> ResolvedAddresses:
    """The ARP and ND tables."""
    found = [{**row, "state": _TYPES.get(row["type"], "")} for row in rows(NAME, "display_arp", arp)]
    if isinstance(nd, Answer):
        shown = rows(NAME, "display_ipv6_neighbors_all", nd)
        found += [{**row, "state": _nd_state(row)} for row in shown]
    return measured.resolved([{**row, "interface": _routed(row)} for row in found], arp, nd)


def _nd_state(row: measured.Row) -> str:
    state = measured.nd_state(row["state"])
    return state if state == "incomplete" else _TYPES.get(row["type"], state)


def _routed(row: measured.Row) -> str | None:
    """The interface that routes: of a bridged port, which is shown with its VLAN, that of the VLAN."""
    name = port(row["interface"])
    bridged = row["vlan"] and "." not in name and not name.startswith("Vlan-interface")
    return f"Vlan-interface{row['vlan']}" if bridged else name or None


def learned(table: Answer) -> LearnedMacs:
    """The addresses learned on ports, in whatever way; those that were written are left out."""
    found = [
        {**row, "interface": port(row["interface"])}
        for row in rows(NAME, "display_mac_address", table)
        if not _WRITTEN.fullmatch(row["state"])
    ]
    return measured.learned(found, table)


READS = (
    Read(Neighbours, (LLDP, LLDP_STATUS), neighbours, optional=frozenset({LLDP_STATUS})),
    Read(Neighbours, (LLDP5, LLDP_STATUS), neighbours, optional=frozenset({LLDP_STATUS})),
    Read(ResolvedAddresses, (ARP, ND), resolved, optional=frozenset({ND})),
    Read(LearnedMacs, (MACS,), learned),
)
