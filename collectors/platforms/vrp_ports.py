"""Ports of VRP and Comware switches: which slot they are of, which VLANs they carry, what policy they have themselves.

Huawei S-series and H3C S-series Ethernet switching guides: an access port is of one VLAN; a trunk carries those that
are permitted, VLAN 1 among them until it is taken away.
"""

from __future__ import annotations

import re

from collectors.platforms.vrp_style import interface_blocks
from inventory.config import Config, ConfigLine

_NO_PORT = re.compile(
    r"loopback|inloopback|null|tunnel|meth|m-gigabitethernet|vlan|nve|vbdif|vsi-interface|virtual-|stack-port|aux|console|"
    r"cellular|wlan|dialer",
    re.IGNORECASE,
)
_ACCESS = re.compile(r"port (?:default|access) vlan (?P<vlan>\d+)$")
_PERMITTED = re.compile(r"(?P<undo>undo )?port trunk (?:allow-pass|permit) vlan (?P<vlans>[\d to]+|all)$")
_NUMBERS = re.compile(r"(?P<first>\d+)(?: to (?P<last>\d+))?")
_ROUTED = re.compile(r"(?i:vlan(?:if|-interface))(\d{1,4})")
_LAST_VLAN = 4094


def is_port_of(name: str, slot: str | None = None) -> bool:
    """Whether packets enter or leave the system by an interface itself, and by that slot where one is named."""
    if _NO_PORT.match(name) or "." in name:
        return False
    numbered = re.search(r"(\d+)/", name)
    return slot is None or (numbered is not None and numbered[1] == slot.partition("/")[0])


def vlan_numbers(text: str) -> frozenset[int]:
    """The VLANs of a list as it is written: 10 20 to 22."""
    found: set[int] = set()
    for each in _NUMBERS.finditer(text):
        first = int(each["first"][:5])
        found.update(range(first, min(int((each["last"] or each["first"])[:5]), _LAST_VLAN) + 1))
    return frozenset(found)


def carried_vlans(block: ConfigLine) -> frozenset[int]:
    """The VLANs that a port carries as far as its lines tell; empty for one that is routed or carries all."""
    access = [found["vlan"] for line in block.children if (found := _ACCESS.match(line.text))]
    if access:
        return frozenset({int(access[-1][:5])})
    trunk = {1}
    is_trunk = block.child(r"port link-type trunk$") is not None
    for line in block.children if is_trunk else ():
        found = _PERMITTED.match(line.text)
        if found and found["vlans"] == "all":
            return frozenset()
        if found:
            listed = vlan_numbers(found["vlans"])
            trunk = trunk - listed if found["undo"] else trunk | listed
    return frozenset(trunk) if is_trunk else frozenset()


def ports_of_one_vlan(config: Config) -> dict[int, list[tuple[str, ConfigLine]]]:
    """The interfaces that carry one VLAN and no other, and what routes it, by VLAN."""
    found: dict[int, list[tuple[str, ConfigLine]]] = {}
    for name, block in interface_blocks(config):
        routed = _ROUTED.fullmatch(name)
        vlans = {int(routed[1])} if routed else carried_vlans(block)
        if len(vlans) == 1:
            found.setdefault(next(iter(vlans)), []).append((name, block))
    return found


def own_policy(block: ConfigLine, way: str) -> bool:
    """Whether a port or VLAN has a traffic policy for all its packets of one direction; none is of no direction."""
    return bool(way) and block.child(rf"(?:traffic-policy|qos apply policy) \S+ {way}bound$") is not None
