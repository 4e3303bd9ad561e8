"""VLANs by port: Q-BRIDGE-MIB (RFC 4363), CISCO-VTP-MIB and CISCO-VLAN-MEMBERSHIP-MIB."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent
from collectors.mibs.rows import arcs
from collectors.mibs.system import enterprise
from inventory.errors import CollectError

BASE_PORT_IF_INDEX = "1.3.6.1.2.1.17.1.4.1.2"  # dot1dBasePortIfIndex
CURRENT_EGRESS = "1.3.6.1.2.1.17.7.1.4.2.1.4"  # dot1qVlanCurrentEgressPorts, indexed by (TimeMark, VLAN)
STATIC_EGRESS = "1.3.6.1.2.1.17.7.1.4.3.1.2"  # dot1qVlanStaticEgressPorts, indexed by VLAN
PVID = "1.3.6.1.2.1.17.7.1.4.5.1.1"  # dot1qPvid, indexed by bridge port
VM_VLAN = "1.3.6.1.4.1.9.9.68.1.2.2.1.2"  # vmVlan of access ports, indexed by ifIndex
VTP_VLAN_STATE = "1.3.6.1.4.1.9.9.46.1.3.1.1.2"  # vtpVlanState, indexed by (domain, VLAN)
TRUNKING = "1.3.6.1.4.1.9.9.46.1.6.1.1.14"  # vlanTrunkPortDynamicStatus, indexed by ifIndex: 1 trunking
# vlanTrunkPortVlansEnabled and its 2k, 3k and 4k: a bit a VLAN, the first of each that of this VLAN
ENABLED = {f"1.3.6.1.4.1.9.9.46.1.6.1.1.{n}": first for n, first in ((4, 0), (17, 1024), (18, 2048), (19, 3072))}
CISCO = 9
LAST = 4094  # VLAN that a port may carry (IEEE 802.1Q)
Carried = dict[int, set[int]]


def carried_vlans(agent: Agent) -> dict[int, tuple[int, ...]]:
    """ifIndex → the VLANs that the port sends frames of, in order; a port of which nothing is told is left out.

    What is in force, else what is configured, else the one VLAN of what comes untagged. What cannot be read in full
    is not told.
    """
    try:
        found = (_cisco(agent) if enterprise(agent) == CISCO else {}) or _bridged(agent)
    except CollectError:
        return {}
    return {index: tuple(sorted(vlans)) for index, vlans in found.items() if vlans}


def _bridged(agent: Agent) -> Carried:
    indexes = dict(_numbers(agent, BASE_PORT_IF_INDEX))
    if not indexes:
        return {}
    for column in (CURRENT_EGRESS, STATIC_EGRESS):
        if listed := _listed(agent.column(column), indexes):
            return listed
    found: Carried = {}
    for port, vlan in _numbers(agent, PVID):
        if port in indexes and 0 < vlan <= LAST:
            found.setdefault(indexes[port], set()).add(vlan)
    return found


def _listed(lists: dict[str, SnmpValue], indexes: dict[int, int]) -> Carried:
    """What port lists tell: of each VLAN, a bit for each bridge port, the first of them port 1 (PortList)."""
    found: Carried = {}
    for index, members in lists.items():
        vlan = arcs(index)[-1]
        if isinstance(members, bytes) and 0 < vlan <= LAST:
            for bit in _bits(members):
                if bit + 1 in indexes:
                    found.setdefault(indexes[bit + 1], set()).add(vlan)
    return found


def _cisco(agent: Agent) -> Carried:
    """Trunks carry those VLANs allowed on them that exist; the others are access ports."""
    found = {index: {vlan} for index, vlan in _numbers(agent, VM_VLAN) if 0 < vlan <= LAST}
    trunks = {index for index, status in _numbers(agent, TRUNKING) if status == 1}
    if trunks:
        exist = {arcs(index)[-1] for index in agent.column(VTP_VLAN_STATE)}
        found.update({index: set() for index in trunks})
        for column, first in ENABLED.items():
            for index, bits in agent.column(column).items():
                if index.isdigit() and int(index) in trunks and isinstance(bits, bytes):
                    found[int(index)].update(exist.intersection(first + bit for bit in _bits(bits[:128])))
    return found


def _numbers(agent: Agent, column: str) -> Iterator[tuple[int, int]]:
    """The rows of a column whose index is one number, and whose value is."""
    for index, value in agent.column(column).items():
        if index.isdigit() and isinstance(value, int):
            yield int(index), value


def _bits(octets: bytes) -> Iterator[int]:
    """Numbers of the bits that are set, the highest of the first octet being 0."""
    for at, octet in enumerate(octets):
        if octet:
            yield from (at * 8 + bit for bit in range(8) if octet & 0x80 >> bit)
