"""What IOS, NX-OS and RGOS write of IPv6 beyond addresses and routing: hosts served, users guarded, ways over IPv4.

Sources: Cisco IOS IPv6 command reference and first-hop security configuration guide; Ruijie RGOS configuration guides
(IPv6, ND snooping, DHCPv6 snooping).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios import defaults
from collectors.platforms.dialects.ios.network import interface_blocks
from inventory.config import Config, ConfigLine
from inventory.facts import FirstHopSecurity, LinkService, LinkServices, Transition, Transitions

_SPEAKS = r"ipv6 (?:address|enable)\b"
_SUPPRESSES = r"(?:no )?ipv6 nd (?:suppress-ra|ra suppress|ra-suppress)"


def link_services(sends: bool | None) -> Callable[[Config, Release], LinkServices]:
    """What interfaces with IPv6 give their hosts, where an interface that says nothing advertises itself or not."""

    def read(config: Config, _: Release) -> LinkServices:
        blocks = [(name, block) for name, block in interface_blocks(config) if block.child(_SPEAKS)]
        lines = [line for _, block in blocks for line in block.below(_SUPPRESSES)]
        items = tuple(_service(name, block, sends) for name, block in blocks)
        return LinkServices(items, config.evidence(*lines))

    return read


def routed_link_services(config: Config, release: Release) -> LinkServices:
    """The same for IOS: only a router advertises itself, and it is one once ``ipv6 unicast-routing`` is written."""
    routes = config.line(r"ipv6 unicast-routing") is not None
    return link_services(routes and bool(defaults.RA.value))(config, release)


def _service(name: str, block: ConfigLine, sends: bool | None) -> LinkService:
    told = block.child(_SUPPRESSES)
    served = "relay" if block.child(r"ipv6 dhcp relay (?:destination|address)\b") else None
    if block.child(r"ipv6 dhcp server\b"):
        served = "server"
    return LinkService(name, told.text.startswith("no ") if told else sends, served)


_RA_GUARD = r"ipv6 nd raguard(?: attach-policy| role| vlan|$)|ipv6 nd-guard|nd-guard enable"
_DHCPV6_GUARD = r"ipv6 dhcp (?:guard(?: attach-policy| vlan|$)|snooping\b(?! database))|dhcpv6-guard enable"
_SOURCE_GUARD = (
    r"ipv6 (?:snooping(?: attach-policy| vlan|$)|source-guard|verify source|nd[ -]snooping|nd inspection attach)|"
    r"device-tracking attach-policy|savi\b"
)
_PLACES = r"(?:interface|vlan|vlan configuration) "


def first_hop(config: Config, _: Release) -> FirstHopSecurity:
    """Guards that stand somewhere in the configuration."""
    found = [list(_standing(config, pattern)) for pattern in (_RA_GUARD, _DHCPV6_GUARD, _SOURCE_GUARD)]
    ra, dhcpv6, source = map(bool, found)
    return FirstHopSecurity(ra, dhcpv6, source, config.evidence(*(line for lines in found for line in lines)))


def _standing(config: Config, pattern: str) -> Iterator[ConfigLine]:
    yield from (line for line in config.all(pattern) if " policy " not in line.text)  # a policy that nothing applies
    for place in config.all(_PLACES):
        yield from place.below(pattern)


# -- transition techniques ----------------------------------------------------------------------------------------

_TUNNELS = {
    r"tunnel mode ipv6ip 6to4": "6to4",
    r"tunnel mode ipv6ip isatap": "isatap",
    r"tunnel mode ipv6ip auto-tunnel": "auto-tunnel",
    r"tunnel mode ipv6ip 6rd": "6rd",
    r"tunnel mode ipv6ip$": "6in4",
    r"tunnel mode ipv6$": "4in6",
}
_GLOBAL = {
    r"nat64 prefix stateless|nat64 route": "ivi",
    r"nat64 (?:v6v4|v4v6|prefix stateful|enable)": "nat64",
    r"nat64 map-t|map-t ": "map-t",
    r"nat64 map-e|map-e ": "map-e",
    r"ipv6 nat\b": "nat-pt",
    r"segment-routing srv6": "srv6",
}


def transitions(config: Config, _: Release) -> Transitions:
    """IPv6 transition techniques that are configured."""
    items = [*_tunnels(config), *_bgp_techniques(config)]
    stateless = False  # an interface turns both kinds of NAT64 on by the same line
    for pattern, technique in _GLOBAL.items():
        lines = [*config.all(pattern), *(line for _, b in interface_blocks(config) for line in b.below(pattern))]
        if technique == "nat64" and stateless and all(line.text == "nat64 enable" for line in lines):
            continue
        if lines:
            stateless = stateless or technique == "ivi"
            items.append(Transition(technique, "global", evidence=config.evidence(*lines)))
    return Transitions(tuple(items), config.evidence())


def _tunnels(config: Config) -> Iterator[Transition]:
    for name, block in interface_blocks(config):
        if not name.lower().startswith("tunnel"):
            continue
        mode = block.child(r"tunnel mode ")
        far = block.word(r"tunnel destination (\d+\.\d+\.\d+\.\d+)")
        for pattern, technique in _TUNNELS.items():
            if mode and re.match(pattern, mode.text):
                yield Transition(technique, name, far, config.evidence(block, mode))
        is_gre = mode is None or mode.text.startswith("tunnel mode gre ip")  # GRE over IPv4 where no mode is written
        if is_gre and block.child(_SPEAKS):
            yield Transition("gre", name, far, config.evidence(block, mode))


def _bgp_techniques(config: Config) -> Iterator[Transition]:
    for block in config.all(r"router bgp "):
        for family in block.below(r"address-family "):
            if family.text.startswith("address-family vpnv6"):
                yield Transition("6vpe", block.text, evidence=config.evidence(block, family))
            labelled = family.child(r"neighbor \S+ send-label")
            if family.text.startswith("address-family ipv6") and labelled:
                yield Transition("6pe", block.text, evidence=config.evidence(block, family, labelled))
