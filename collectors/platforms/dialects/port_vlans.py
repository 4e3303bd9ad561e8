"""VLANs of a port as its lines tell them, on systems that are configured like VRP, like IOS, and on ZXROS.

Huawei S-series and H3C S-series Ethernet switching guides: an access port is of VLAN 1 unless another is named; a trunk
carries those that are permitted, VLAN 1 among them until it is taken away; a hybrid port those it is told, tagged or
not. Cisco IOS Layer 2 command reference: a trunk carries all VLANs unless a list is written.
"""

from __future__ import annotations

import re

from inventory.config import Config, ConfigLine

_ACCESS = re.compile(r"port (?:default|access) vlan (?P<vlan>\d+)$")
_PERMITTED = re.compile(r"(?P<undo>undo )?port trunk (?:allow-pass|permit) vlan (?P<vlans>[\d to]+|all)$")
_HYBRID = re.compile(r"port hybrid (?:(?:un)?tagged )?vlan (?P<vlans>[\d to]+?)(?: (?:un)?tagged)?$")
_TERMINATED = re.compile(
    r"(?:vlan-type dot1q|dot1q termination|(?:control-vid \d+ )?dot1q-termination) (?:vid )?(\d+)$"
)
_NUMBERS = re.compile(r"(?P<first>\d+)(?:(?: to |-)(?P<last>\d+))?")
_ALLOWED = re.compile(r"switchport trunk allowed vlan (?:(?P<how>add|remove|except) )?(?P<vlans>[\d, -]+|all|none)$")
_NAMED = re.compile(r"switchport (?:access|trunk|hybrid) vlan (\d[\d,-]*)(?: (?:un)?tag)?$")
_DECLARED = re.compile(r"vlan (?:(?:batch|range) )?(?P<vlans>\d[\d to,-]*)$")
_LAST_VLAN = 4094
_EVERY = frozenset(range(1, _LAST_VLAN + 1))


def vlan_numbers(text: str) -> frozenset[int]:
    """The VLANs of a list as it is written: 10 20 to 22, or 10,20-22."""
    found: set[int] = set()
    for each in _NUMBERS.finditer(text):
        first = int(each["first"][:5])
        found.update(range(first, min(int((each["last"] or each["first"])[:5]), _LAST_VLAN) + 1))
    return frozenset(found)


def declared_vlans(config: Config) -> frozenset[int]:
    """The VLANs that a configuration makes, VLAN 1 among them; empty where it makes none, which others then may."""
    found = [
        match["vlans"] for line in config.all(r"vlan (?:(?:batch|range) )?\d") if (match := _DECLARED.match(line.text))
    ]
    return frozenset({1}).union(*map(vlan_numbers, found)) if found else frozenset()


def carried_vlans(block: ConfigLine) -> frozenset[int]:
    """The VLANs that a port of VRP or Comware carries as far as its lines tell; empty for one that is routed or
    carries all."""
    access = [found["vlan"] for line in block.children if (found := _ACCESS.match(line.text))]
    if access:
        return frozenset({int(access[-1][:5])})
    return _permitted(block) if block.child(r"port link-type trunk$") else frozenset()


def _permitted(block: ConfigLine) -> frozenset[int]:
    trunk = {1}
    for line in block.children:
        found = _PERMITTED.match(line.text)
        if found and found["vlans"] == "all":
            return frozenset()
        if found:
            listed = vlan_numbers(found["vlans"])
            trunk = trunk - listed if found["undo"] else trunk | listed
    return frozenset(trunk)


def vlans_like_vrp(block: ConfigLine, declared: frozenset[int]) -> tuple[int, ...]:
    """The VLANs of an interface of VRP or Comware; none where its lines do not tell, or all of an unknown many."""
    if block.child(r"port link-type access$") and not block.child(r"port (?:default|access) vlan "):
        return (1,)
    if block.child(r"port link-type trunk$") and not carried_vlans(block) and block.child(r"port trunk .*vlan all$"):
        return tuple(sorted(declared))
    found = set(carried_vlans(block))
    for line in block.children:
        if match := _HYBRID.match(line.text):
            found |= vlan_numbers(match["vlans"])
        elif match := _TERMINATED.match(line.text):
            return (int(match[1][:5]),)
    return _existing(frozenset(found), declared)


def vlans_like_ios(block: ConfigLine, declared: frozenset[int]) -> tuple[int, ...]:
    """The VLANs of an interface of a system like IOS; none where its lines do not tell, or all of an unknown many."""
    if tag := block.word(r"encapsulation dot1[qQ] (\d+)"):
        return (int(tag[:5]),)
    if block.child(r"switchport mode trunk$"):
        return _existing(_allowed(block), declared)
    access = block.word(r"switchport access vlan (\d+)$")
    if access:
        return (int(access[:5]),)
    return (1,) if block.child(r"switchport mode access$") else ()


def vlans_like_zxros(block: ConfigLine) -> tuple[int, ...]:
    """The VLANs that the lines of an interface of ZXROS name."""
    named = (match[1] for line in block.children if (match := _NAMED.match(line.text)))
    return tuple(sorted(frozenset[int]().union(*map(vlan_numbers, named))))


def _allowed(block: ConfigLine) -> frozenset[int]:
    allowed = _EVERY
    for line in block.children:
        if match := _ALLOWED.match(line.text):
            words = match["vlans"]
            listed = _EVERY if words == "all" else vlan_numbers(words) if words != "none" else frozenset()
            changed = {"add": allowed | listed, "remove": allowed - listed, "except": _EVERY - listed}
            allowed = changed.get(match["how"], listed)
    return allowed


def _existing(carried: frozenset[int], declared: frozenset[int]) -> tuple[int, ...]:
    """Those of them that there are; none of nearly all numbers, where it is not known which there are."""
    if declared:
        return tuple(sorted(carried & declared))
    return tuple(sorted(carried)) if len(carried) < len(_EVERY) // 2 else ()
