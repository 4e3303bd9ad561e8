"""How an NX-OS device filters, forwards and routes: as IOS, but prefixes stand in routes and neighbours are blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios import network as ios_network
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing
from inventory.facts import (
    AclBinding,
    DefaultRoute,
    Filtering,
    Interfaces,
    Routes,
    RoutingProtocol,
    RoutingProtocols,
)

_DEFAULT = r"ip(?:v6)? route (?:0\.0\.0\.0/0|0\.0\.0\.0 0\.0\.0\.0|0::/0|::/0) "
_BINDING = r"(?:ip (?:port )?access-group|ipv6 (?:port )?traffic-filter) \S+ (?:in|out)\b"
_NAMES = {"ospf": "ospf", "ospfv3": "ospfv3", "isis": "isis", "eigrp": "eigrp", "rip": "rip"}


def interfaces(config: Config, release: Release) -> Interfaces:
    """As on IOS; the aggregations are called port-channel here."""
    told = ios_network.interfaces(config, release)
    items = (replace(i, aggregate=i.aggregate and i.aggregate.replace("Port-", "port-")) for i in told.items)
    return replace(told, items=tuple(items))


def filtering(config: Config, release: Release) -> Filtering:
    """Access lists and the interfaces they are applied to, as routers or as ports."""
    told = ios_network.filtering(config, release)
    return replace(told, bindings=tuple(_bindings(config)))


def _bindings(config: Config) -> Iterator[AclBinding]:
    for name, block in ios_network.interface_blocks(config):
        for line in block.below(_BINDING):
            *_, acl, direction = line.text.split()[: 5 if " port " in line.text else 4]
            family = 6 if line.text.startswith("ipv6") else 4
            yield AclBinding(name, acl, family, direction, config.evidence(block, line))


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes, of VRFs too; how many routes there are is not in the text."""
    found = [(None, line) for line in config.all(_DEFAULT)]
    blocks = list(config.all(r"vrf context \S"))
    inside = [(block.text.split()[2], line) for block in blocks for line in block.below(_DEFAULT)]
    if not found and not inside:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    everywhere = [*found, *inside]
    items = tuple(_default(line.text, vrf) for vrf, line in everywhere)
    return Routes(None, None, None, items, config.evidence(*(line for _, line in everywhere)))


def _default(text: str, vrf: str | None) -> DefaultRoute:
    words = text.replace("0.0.0.0 0.0.0.0", "0.0.0.0/0").split()
    rest = [word for word in words[3:] if not word.isdigit()]
    hop = next((ip for word in rest if (ip := ios_network.ip_in(word)) is not None), None)
    interface = rest[0] if rest and ios_network.ip_in(rest[0]) is None else None
    return DefaultRoute(6 if words[0] == "ipv6" else 4, hop, interface, "static", vrf)


def routing_protocols(config: Config, _: Release) -> RoutingProtocols:
    """Configured routing protocols with the families they carry and whether their neighbours prove who they are."""
    lines = list(config.all(r"router (?:bgp|ospf|ospfv3|isis|eigrp|rip)\b"))
    return RoutingProtocols(tuple(_protocol(config, line) for line in lines), config.evidence(*lines))


def _protocol(config: Config, block: ConfigLine) -> RoutingProtocol:
    name = block.text.split()[1]
    if name == "bgp":
        return RoutingProtocol("bgp", _bgp_families(block), _bgp_authenticated(block))
    six = name == "ospfv3" or _on_interfaces(config, rf"ipv6 router {name}\b") or _below(block, r"address-family ipv6")
    four = name != "ospfv3"
    families = frozenset(({4} if four else set()) | ({6} if six else set()))
    keyed = _below(block, r"(?:area \S+ )?authentication|authentication-(?:type|check)") or _on_interfaces(
        config, rf"(?:ip {name} (?:message-digest|authentication)|{name} authentication|ospfv3 (?:auth|encr))"
    )
    return RoutingProtocol(_NAMES[name], families, keyed)


def _on_interfaces(config: Config, pattern: str) -> bool:
    return any(block.child(pattern) for _, block in ios_network.interface_blocks(config))


def _every(block: ConfigLine) -> Iterator[ConfigLine]:
    for line in block.children:
        yield line
        yield from _every(line)


def _below(block: ConfigLine, pattern: str) -> bool:
    """Whether a line at any depth matches."""
    return any(re.match(pattern, line.text) for line in _every(block))


def _bgp_families(block: ConfigLine) -> frozenset[int]:
    six = _below(block, r"address-family (?:ipv6|vpnv6)")
    four = _below(block, r"address-family (?:ipv4|vpnv4|l2vpn)")
    return frozenset(({4} if four or not six else set()) | ({6} if six else set()))


def _bgp_authenticated(block: ConfigLine) -> bool | None:
    """Whether every neighbour has a password, its own or its template's; None without neighbours."""
    lines = list(_every(block))
    keyed = {b.text.split()[-1] for b in lines if b.text.startswith("template ") and b.child(r"password\b")}
    peers = [line for line in lines if re.match(r"neighbor \S", line.text)]
    return all(_has_password(peer, keyed) for peer in peers) if peers else None


def _has_password(peer: ConfigLine, keyed: set[str]) -> bool:
    inherited = (line.text.split()[-1] for line in peer.below(r"inherit peer(?:-session)? \S"))
    return peer.child(r"password\b") is not None or any(name in keyed for name in inherited)
