"""How VRP and Comware route."""

from __future__ import annotations

import re

from collectors.platforms.base import Release
from collectors.platforms.dialects.vrp.style import interface_blocks
from inventory.config import Config, ConfigLine
from inventory.facts import RoutingProtocol, RoutingProtocols

# By a key, or by IPsec, which guards OSPFv3 and RIPng (RFC 4552): ipsec sa on VRP, a profile on Comware.
_PROVEN = r"(?:authentication-mode (?!none)|ipsec sa \S|(?:enable )?ipsec-profile \S)"


def routing_protocols(config: Config, _: Release) -> RoutingProtocols:
    """Configured routing protocols with the families they carry and whether their neighbours prove who they are."""
    lines = list(config.all(r"(?:ospf|ospfv3|bgp|isis|rip|ripng)(?: \d| instance|$)"))
    return RoutingProtocols(tuple(_protocol(config, line) for line in lines), config.evidence(*lines))


def _protocol(config: Config, block: ConfigLine) -> RoutingProtocol:
    name = block.text.split()[0]
    if name == "bgp":
        return RoutingProtocol(name, _bgp_families(block), _bgp_authenticated(block))
    if name == "isis":
        six = block.child(r"ipv6 enable|address-family ipv6") or any(
            b.child(r"isis ipv6") for _, b in interface_blocks(config)
        )
        keyed = block.child(r"(?:area|domain)-authentication-mode") is not None
        return RoutingProtocol(name, frozenset({4, 6} if six else {4}), keyed or _keyed(config, "isis"))
    proven = any(each.child(_PROVEN) for each in (block, *block.below(r"area ")))
    families = frozenset({6} if name in ("ospfv3", "ripng") else {4})
    return RoutingProtocol(name, families, proven or _keyed(config, name))


def _keyed(config: Config, name: str) -> bool:
    return any(block.child(rf"{name} (?:\d+ )?{_PROVEN}") for _, block in interface_blocks(config))


def _bgp_families(block: ConfigLine) -> frozenset[int]:
    # Comware has the VPN instances in blocks of their own, each with its families.
    views = [block, *block.below(r"ip vpn-instance \S")]
    peers = [line.text.split()[1] for view in views for line in view.below(r"peer \S+ as-number")]
    six = _any_child(views, r"ipv6-family|address-family (?:ipv6|vpnv6)") or any(":" in peer for peer in peers)
    four = _any_child(views, r"ipv4-family|address-family (?:ipv4|vpnv4)") or any("." in p for p in peers) or not six
    return frozenset(({4} if four else set()) | ({6} if six else set()))


def _any_child(views: list[ConfigLine], pattern: str) -> bool:
    return any(view.child(pattern) for view in views)


def _bgp_authenticated(block: ConfigLine) -> bool | None:
    """Whether every peer has a password or keychain, its own or its group's; None without peers."""
    groups = {line.text.split()[1]: line.text.split()[3] for line in block.below(r"peer \S+ group \S+")}
    keyed = {line.text.split()[1] for line in block.below(r"peer \S+ (?:password|keychain)\b")}
    peers = [
        p for line in block.below(r"peer \S+ (?:as-number|group)\b") if re.search(r"[.:]", p := line.text.split()[1])
    ]
    return all(peer in keyed or groups.get(peer) in keyed for peer in peers) if peers else None
