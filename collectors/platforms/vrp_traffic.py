"""How VRP and Comware limit rates and route."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.base import Release
from collectors.platforms.vrp_style import interface_blocks
from inventory.config import Config, ConfigLine
from inventory.facts import RateLimit, RateLimits, RoutingProtocol, RoutingProtocols

_MBPS = {"": 1e-3, "kbps": 1e-3, "mbps": 1.0, "gbps": 1e3}  # a bare figure is in kbit/s
_CIR = r"cir (?P<rate>\d{1,12})(?!\d)(?: ?(?P<unit>[kmg]bps))?"
_ON_PORT = re.compile(rf"qos (?P<how>car|lr|gts)\b(?P<head>.*?)\b{_CIR}(?P<tail>.*)")
_NAMED = re.compile(r"qos car (?P<way>in|out)bound (?P<name>\S+)$")  # a CAR defined for all, as CE switches write it
_LINE_RATE = re.compile(r"line-rate (?P<way>in|out)bound (?P<kbps>\d{1,12})\b")  # of Comware 3
_IN_BEHAVIOUR = re.compile(rf"(?P<how>car|gts)\b.*?\b{_CIR}")
_POLICY = r"(?:traffic-policy|qos apply policy) (?P<name>\S+) (?P<way>in|out)bound"


def rate_limits(config: Config, _: Release) -> RateLimits:
    """Policers and shapers that hold for all traffic of an interface: its own, or those of a policy for any packet."""
    items: list[RateLimit] = []
    for name, block in interface_blocks(config):
        items += _on_port(config, name, block)
        items += _named(config, name, block)
        for line in block.below(_POLICY):
            found = re.match(_POLICY, line.text)
            if found:
                items += _by_policy(config, name, found.group("way"), found.group("name"), line)
    lines = [line for _, block in interface_blocks(config) for line in block.below(rf"qos (?:car|lr|gts)|{_POLICY}")]
    return RateLimits(tuple(items), config.evidence(*lines))


def _on_port(config: Config, name: str, block: ConfigLine) -> Iterator[RateLimit]:
    for line in block.below(r"qos (?:car|lr|gts)\b"):
        found = _ON_PORT.match(line.text)
        if found is None or re.search(r"\bacl\b|\bqueue\b|\bcarl\b|\buser-", found.group("head")):
            continue  # a part of the traffic only
        words = f"{found.group('head')} {found.group('tail')}"
        kind = "police" if found.group("how") == "car" else "shape"
        way = "in" if re.search(r"\binbound\b", words) else "out"
        yield RateLimit(name, way, _mbps(found), kind, config.evidence(block, line))


def _named(config: Config, name: str, block: ConfigLine) -> Iterator[RateLimit]:
    for line in block.below(r"qos car |line-rate "):
        if used := _NAMED.match(line.text):
            defined = config.line(rf"qos car {re.escape(used['name'])} cir \d")
            rate = re.search(_CIR, defined.text) if defined else None
            if rate:
                yield RateLimit(name, used["way"], _mbps(rate), "police", config.evidence(block, line, defined))
        elif limit := _LINE_RATE.match(line.text):
            yield RateLimit(name, limit["way"], int(limit["kbps"]) / 1000, "shape", config.evidence(block, line))


def _mbps(found: re.Match[str]) -> float:
    return int(found.group("rate")) * _MBPS[found.group("unit") or ""]


def _by_policy(config: Config, name: str, way: str, policy: str, applied: ConfigLine) -> Iterator[RateLimit]:
    block = config.line(rf"(?:traffic|qos) policy {re.escape(policy)}(?:\s|$)")
    classes = list(block.below(r"classifier \S+ behavior \S+")) if block else []
    for line in classes:
        words = line.text.split()
        classifier = config.line(rf"traffic classifier {re.escape(words[1])}(?:\s|$)")
        behaviour = config.line(rf"traffic behavior {re.escape(words[3])}(?:\s|$)")
        whole = classifier is not None and classifier.child(r"if-match any$") is not None
        if behaviour is None or not (whole or (words[1] == "default-class" and len(classes) == 1)):
            continue
        for limit in behaviour.children:
            found = _IN_BEHAVIOUR.match(limit.text)
            if found:
                kind = "police" if found.group("how") == "car" else "shape"
                yield RateLimit(name, way, _mbps(found), kind, config.evidence(applied, line, behaviour, limit))


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
    in_area = any(area.child(r"authentication-mode (?!none)") for area in block.below(r"area "))
    families = frozenset({6} if name in ("ospfv3", "ripng") else {4})
    return RoutingProtocol(name, families, in_area or _keyed(config, name))


def _keyed(config: Config, name: str) -> bool:
    return any(block.child(rf"{name} (?:\d+ )?authentication-mode (?!none)") for _, block in interface_blocks(config))


def _bgp_families(block: ConfigLine) -> frozenset[int]:
    peers = [line.text.split()[1] for line in block.below(r"peer \S+ as-number")]
    six = block.child(r"ipv6-family|address-family (?:ipv6|vpnv6)") or any(":" in peer for peer in peers)
    four = block.child(r"ipv4-family|address-family (?:ipv4|vpnv4)") or any("." in peer for peer in peers) or not six
    return frozenset(({4} if four else set()) | ({6} if six else set()))


def _bgp_authenticated(block: ConfigLine) -> bool | None:
    """Whether every peer has a password or keychain, its own or its group's; None without peers."""
    groups = {line.text.split()[1]: line.text.split()[3] for line in block.below(r"peer \S+ group \S+")}
    keyed = {line.text.split()[1] for line in block.below(r"peer \S+ (?:password|keychain)\b")}
    peers = [
        p for line in block.below(r"peer \S+ (?:as-number|group)\b") if re.search(r"[.:]", p := line.text.split()[1])
    ]
    return all(peer in keyed or groups.get(peer) in keyed for peer in peers) if peers else None
