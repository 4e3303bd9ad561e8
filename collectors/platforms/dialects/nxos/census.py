"""What an NX-OS device shows of its ports, neighbours and tables."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.base import Answer
from collectors.platforms.base import Got, Read, Release
from collectors.platforms.dialects import measured
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.nxos import network as nxos_network
from collectors.templates import rows
from inventory.addresses import mac_address
from inventory.config import Config
from inventory.evidence import Evidence
from inventory.facts import (
    Interface,
    Interfaces,
    LearnedMacs,
    Neighbour,
    Neighbours,
    ResolvedAddresses,
)
from inventory.names import canonical_interface

NAME = "cisco_nxos"
INTERFACE = "show interface"
LLDP, CDP = "show lldp neighbors detail", "show cdp neighbors detail"
ARP, ND = "show ip arp vrf all", "show ipv6 neighbor vrf all"
MACS = "show mac address-table"


def port(name: str) -> str:
    """An interface's full name: Eth1/1 is Ethernet1/1, Po5 is port-channel5."""
    return canonical_interface(name, NAME).replace("Port-channel", "port-channel")


def interfaces(config: Config, release: Release, shown: Got) -> Interfaces:
    """The configured interfaces, and their state where ``show interface`` tells it."""
    return measured.with_state(nxos_network.interfaces(config, release), shown, _shown)


def _shown(answer: Answer) -> Iterator[Interface]:
    for row in rows(NAME, "show_interface", answer):
        off = row["admin"] == "down" or "dministratively" in row["reason"]
        speed = number(row["speed"])
        yield Interface(
            name=port(row["interface"]),
            alias=row["description"] or None,
            speed_mbps=speed * measured.MBPS[row["unit"]] if speed else None,
            duplex=row["duplex"] or None,
            mtu=number(row["mtu"]),
            admin_up=not off,
            oper_up=row["state"] == "up" and row["protocol"] != "down",
            mac=mac_address(row["mac"]) if row["mac"] else None,
        )


def neighbours(lldp: Got, cdp: Got) -> Neighbours:
    """Who is heard by LLDP and by CDP."""
    items: list[Neighbour] = []
    told = [answer for answer in (lldp, cdp) if isinstance(answer, Answer)]
    if isinstance(lldp, Answer):
        items += [measured.by_lldp(r, port(r["interface"])) for r in rows(NAME, "show_lldp_neighbors_detail", lldp)]
    if isinstance(cdp, Answer):
        items += [measured.by_cdp(row, port) for row in rows(NAME, "show_cdp_neighbors_detail", cdp)]
    return Neighbours(tuple(items), told[0].evidence() if told else Evidence(LLDP))


def resolved(arp: Answer, nd: Got) -> ResolvedAddresses:
    """The ARP and ND tables of every VRF."""
    found = rows(NAME, "show_ip_arp_vrf_all", arp)
    if isinstance(nd, Answer):
        found += rows(NAME, "show_ipv6_neighbor_vrf_all", nd)
    return measured.resolved(found, arp, nd)


def learned(table: Answer) -> LearnedMacs:
    """The addresses learned on ports."""
    found = [{**row, "interface": port(row["interface"])} for row in rows(NAME, "show_mac_address_table", table)]
    return measured.learned(found, table)


READS = (
    Read(Neighbours, (LLDP, CDP), neighbours, optional=frozenset({CDP})),
    Read(ResolvedAddresses, (ARP, ND), resolved, optional=frozenset({ND})),
    Read(LearnedMacs, (MACS,), learned),
)
