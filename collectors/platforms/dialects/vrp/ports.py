"""Ports of VRP and Comware switches: which slot they are of, which carry one VLAN, what policy they have themselves."""

from __future__ import annotations

import re

from collectors.platforms.dialects.port_vlans import carried_vlans
from collectors.platforms.dialects.vrp.style import interface_blocks
from inventory.config import Config, ConfigLine

_NO_PORT = re.compile(
    r"loopback|inloopback|null|tunnel|meth|m-gigabitethernet|vlan|nve|vbdif|vsi-interface|virtual-|stack-port|aux|console|"
    r"cellular|wlan|dialer",
    re.IGNORECASE,
)
_ROUTED = re.compile(r"(?i:vlan(?:if|-interface))(\d{1,4})")


def is_port_of(name: str, slot: str | None = None) -> bool:
    """Whether packets enter or leave the system by an interface itself, and by that slot where one is named."""
    if _NO_PORT.match(name) or "." in name:
        return False
    numbered = re.search(r"(\d+)/", name)
    return slot is None or (numbered is not None and numbered[1] == slot.partition("/")[0])


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
