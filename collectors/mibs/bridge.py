"""What a device learned: ARP and ND (IP-MIB, IPV6-MIB), the forwarding database (BRIDGE-MIB, Q-BRIDGE-MIB)."""

from __future__ import annotations

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.interfaces import interface_names
from collectors.mibs.rows import arcs, inet, ip_of, mac, named
from collectors.mibs.vlans import BASE_PORT_IF_INDEX
from inventory.addresses import IPAddress, mac_from_bytes
from inventory.errors import Missing
from inventory.facts import LearnedMac, LearnedMacs, ResolvedAddress, ResolvedAddresses

NET_TO_PHYSICAL = "1.3.6.1.2.1.4.35.1"
NET_TO_MEDIA = "1.3.6.1.2.1.4.22.1.2"
IPV6_NET_TO_MEDIA = "1.3.6.1.2.1.55.1.12.1.2"
TP_FDB_PORT = "1.3.6.1.2.1.17.4.3.1.2"
Q_FDB_PORT = "1.3.6.1.2.1.17.7.1.2.2.1.2"
VLAN_FDB_ID = "1.3.6.1.2.1.17.7.1.4.2.1.3"
STATES = {1: "reachable", 2: "stale", 3: "delay", 4: "probe", 5: "invalid", 6: "unknown", 7: "incomplete"}
STATIC = 4  # ipNetToPhysicalType
Found = dict[tuple[IPAddress, str | None], ResolvedAddress]


@reads(ResolvedAddresses)
def resolved_addresses(agent: Agent) -> ResolvedAddresses | Missing:
    """ARP and ND entries of the newest table that has them, older tables filling in."""
    names = interface_names(agent)
    table = agent.table(NET_TO_PHYSICAL).whole()
    found: Found = {}
    macs, kinds, states = table.column(4), table.column(6), table.column(7)
    for index in table.indexes():
        numbers = arcs(index)
        ip, rest = inet(numbers[1:])
        if ip is not None and not rest:
            state = "static" if kinds.get(index) == STATIC else named(STATES, states.get(index))
            _keep(found, ip, macs.get(index), names.get(numbers[0]), state)
    for column in (NET_TO_MEDIA, IPV6_NET_TO_MEDIA):
        for index, value in agent.column(column).items():
            numbers = arcs(index)
            octets = numbers[2:] if len(numbers) == 18 else numbers[1:]
            old = ip_of(octets)
            if old is not None:
                _keep(found, old, value, names.get(numbers[0]), None)
    if not found:
        return lacks("IP-MIB ipNetToPhysicalTable and ipNetToMediaTable")
    # old agents tell ARP alone: without a row of it, ND may be empty or not told
    told = frozenset({4, *(each.ip.version for each in found.values())})
    return ResolvedAddresses(tuple(found.values()), agent.evidence("IP-MIB::ipNetToPhysicalTable"), told)


def _keep(found: Found, ip: IPAddress, octets: SnmpValue, interface: str | None, state: str | None) -> None:
    if (ip, interface) not in found:
        found[ip, interface] = ResolvedAddress(ip, mac(octets), interface, state)


@reads(LearnedMacs)
def learned_macs(agent: Agent) -> LearnedMacs | Missing:
    """The forwarding database: with VLANs from Q-BRIDGE-MIB, else without from BRIDGE-MIB."""
    by_vlan = agent.column(Q_FDB_PORT)
    flat = {} if by_vlan else agent.column(TP_FDB_PORT)
    ports = agent.column(BASE_PORT_IF_INDEX)
    if not by_vlan and not flat and not ports:
        return lacks("BRIDGE-MIB and Q-BRIDGE-MIB")
    names = interface_names(agent)
    vlans = _vlans(agent.column(VLAN_FDB_ID)) if by_vlan else {}
    items = []
    for index, port in {**by_vlan, **flat}.items():
        numbers = arcs(index)
        learned = mac_from_bytes(bytes(numbers[-6:])) if len(numbers) in {6, 7} and max(numbers[-6:]) < 256 else None
        if learned is None:
            continue
        vlan = vlans.get(numbers[0], numbers[0] if not vlans else None) if len(numbers) == 7 else None
        interface = ports.get(str(port)) if isinstance(port, int) else None
        items.append(LearnedMac(learned, vlan, names.get(interface) if isinstance(interface, int) else None))
    source = "Q-BRIDGE-MIB::dot1qTpFdbTable" if by_vlan else "BRIDGE-MIB::dot1dTpFdbTable"
    return LearnedMacs(tuple(items), agent.evidence(source, f"{len(items)} rows"))


def _vlans(ids: dict[str, SnmpValue]) -> dict[int, int | None]:
    """FDB id → VLAN, of dot1qVlanFdbId indexed by (TimeMark, VLAN); None for an id that several VLANs share."""
    found: dict[int, set[int]] = {}
    for index, fdb in ids.items():
        if isinstance(fdb, int):
            found.setdefault(fdb, set()).add(arcs(index)[-1])
    return {fdb: vlans.pop() if len(vlans) == 1 else None for fdb, vlans in found.items()}
