"""What VRP and Comware write of IPv6 beyond addresses and routing: hosts served, users guarded, ways over IPv4.

Sources: Huawei S-series and NE40E configuration guides (IPv6, DHCPv6, ND security, tunnels); H3C Comware 7
configuration guides (Layer 3 IP services, AFT, security).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Release
from collectors.platforms.dialects.vrp import defaults
from collectors.platforms.dialects.vrp.style import interface_blocks
from inventory.config import Config, ConfigLine
from inventory.facts import FirstHopSecurity, LinkService, LinkServices, Transition, Transitions

_SPEAKS = r"ipv6 (?:address|enable)\b"
_SERVES = {
    r"dhcpv6 relay\b|ipv6 dhcp (?:select relay|relay )": "relay",
    r"dhcpv6 server\b|ipv6 dhcp (?:select server|server )": "server",
}


def link_services(config: Config, _: Release) -> LinkServices:
    """What interfaces with IPv6 give their hosts; both systems advertise nothing unless they are told to."""
    items = tuple(_service(name, block) for name, block in interface_blocks(config) if block.child(_SPEAKS))
    lines = [line for _, block in interface_blocks(config) for line in block.below(r"(?:undo )?ipv6 nd ra halt")]
    return LinkServices(items, config.evidence(*lines))


def _service(name: str, block: ConfigLine) -> LinkService:
    halted = block.child(r"(?:undo )?ipv6 nd ra halt")
    served = next((kind for pattern, kind in _SERVES.items() if block.child(pattern)), None)
    halts = bool(defaults.RA_HALT.value) if halted is None else not halted.text.startswith("undo")
    return LinkService(name, not halts, served)


# The whole device, a VLAN, a port: on Comware policies are applied to VLANs, on VRP ports bear the role.
_RA_GUARD = r"(?:ipv6 )?nd raguard (?:role (?:host|user)|attach|apply policy|enable)"
_DHCPV6_GUARD = (
    r"ipv6 dhcp snooping (?:enable|check)|ipv6 dhcp guard apply policy|dhcp snooping enable(?: ipv6| vlan .*)?$"
)
_SOURCE_GUARD = r"(?:ipv6 )?nd snooping enable|(?:ipv6 )?savi (?:strict|enable)|ipv6 verify source|ipv6 source check"
_PLACES = r"(?:interface|vlan|port-group|bridge-domain) "


def first_hop(config: Config, _: Release) -> FirstHopSecurity:
    """Guards that stand somewhere in the configuration, turned on."""
    found = [list(_standing(config, pattern)) for pattern in (_RA_GUARD, _DHCPV6_GUARD, _SOURCE_GUARD)]
    ra, dhcpv6, source = map(bool, found)
    return FirstHopSecurity(ra, dhcpv6, source, config.evidence(*(line for lines in found for line in lines)))


def _standing(config: Config, pattern: str) -> Iterator[ConfigLine]:
    yield from config.all(pattern)
    for place in config.all(_PLACES):
        yield from place.below(pattern)


# -- transition techniques ----------------------------------------------------------------------------------------

_MODES = {"6to4": "6to4", "isatap": "isatap", "auto-tunnel": "auto-tunnel", "6rd": "6rd"}
_FEATURES = {
    r"aft prefix-ivi|aft static": "ivi",
    r"nat64 (?!.*undo)|aft (?:v6|v4|prefix-(?:nat64|dns64))|aft enable": "nat64",
    r"natpt\b": "nat-pt",
    r"ds-lite\b": "ds-lite",
    r"map-e\b": "map-e",
    r"map-t\b": "map-t",
    r"segment-routing ipv6": "srv6",
}


def transitions(config: Config, _: Release) -> Transitions:
    """IPv6 transition techniques that are configured."""
    items = [*_tunnels(config), *_bgp_techniques(config)]
    taken: set[ConfigLine] = set()  # Comware turns AFT on by the same line for IVI and for NAT64
    for pattern, technique in _FEATURES.items():
        lines = [line for line in _on_ports(config, pattern) if not line.text.startswith("undo") and line not in taken]
        if lines and not (technique == "nat64" and taken and all(line.text == "aft enable" for line in lines)):
            items.append(Transition(technique, "global", evidence=config.evidence(*lines)))
            taken.update(lines)
    return Transitions(tuple(items), config.evidence())


def _on_ports(config: Config, pattern: str) -> Iterator[ConfigLine]:
    yield from config.all(pattern)
    for _, block in interface_blocks(config):
        yield from block.below(pattern)


def _tunnels(config: Config) -> Iterator[Transition]:
    for name, block in interface_blocks(config):
        mode = block.child(r"tunnel-protocol \S") or (block if " mode " in block.text else None)
        if not name.lower().startswith("tunnel") or mode is None:
            continue
        told = mode.text.partition("tunnel-protocol " if mode is not block else " mode ")[2]
        technique = _carried(told, block)
        if technique:
            far = block.word(r"destination (?:vpn-instance \S+ )?(\d+\.\d+\.\d+\.\d+)")
            yield Transition(technique, name, far, config.evidence(block, mode))


def _carried(mode: str, block: ConfigLine) -> str | None:
    """The technique of a tunnel by its mode; None for one that carries IPv4 alone."""
    if mode.startswith("ipv6-ipv4"):
        return next((found for word, found in _MODES.items() if word in mode.split()), "6in4")
    if mode.startswith("ds-lite"):
        return "ds-lite"
    if mode.startswith("ipv4-ipv6"):
        return "4in6"
    if re.match(r"gre(?! ipv6)", mode) and block.child(_SPEAKS):
        return "gre"
    return None


def _bgp_techniques(config: Config) -> Iterator[Transition]:
    for block in config.all(r"bgp \d"):
        for family in block.below(r"ipv6-family|address-family (?:ipv6|vpnv6)"):
            if "vpnv6" in family.text:
                yield Transition("6vpe", block.text, evidence=config.evidence(block, family))
            labelled = family.child(r"peer \S+ label-route-capability")
            if labelled and "vpn" not in family.text:
                yield Transition("6pe", block.text, evidence=config.evidence(block, family, labelled))
