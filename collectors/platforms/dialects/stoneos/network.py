"""How a StoneOS firewall is wired, routes and filters. A block may stand twice: where it is made, and where it is set.

Sources: StoneOS CLI manual, all series, V5.5R12, chapters "Network", "Routing", "Policy" and "IPv6".
"""

from __future__ import annotations

import re
from ipaddress import IPv4Interface, IPv6Interface

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios.network import ip_in
from collectors.platforms.dialects.stoneos import defaults
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing
from inventory.facts import (
    Address,
    Addresses,
    DefaultRoute,
    Filtering,
    Interface,
    Interfaces,
    PolicyRule,
    Routes,
    RoutingProtocol,
    RoutingProtocols,
    ZonePolicy,
)

MAIN_ROUTER = "trust-vr"  # the virtual router that is there by default
_ANY = frozenset({"Any", "any", "IPv6-any"})


def merged(config: Config, pattern: str) -> list[tuple[str, ConfigLine]]:
    """The last word of each head that the pattern matches, with the lines of all its blocks under the last one."""
    found: dict[str, ConfigLine] = {}
    for block in config.all(pattern):
        name = block.text.split()[-1].strip('"')
        before = found[name].children if name in found else ()
        found[name] = ConfigLine(block.number, block.text, (*before, *block.children))
    return list(found.items())


def interface_blocks(config: Config) -> list[tuple[str, ConfigLine]]:
    """Each interface's name and block."""
    return merged(config, r"interface \S+$")


def interfaces(config: Config, _: Release) -> Interfaces:
    """The interfaces as they are configured."""
    blocks = interface_blocks(config)
    items = tuple(
        Interface(
            name=name,
            alias=_unquoted(block.word(r"description (.+)")),
            admin_up=False if block.child(r"shutdown$") else None,
            aggregate=block.word(r"(?:aggregate|redundant) ((?:aggregate|redundant)\d+)"),
            ipv6_enabled=block.child(r"ipv6 (?:enable|address)\b") is not None,
        )
        for name, block in blocks
    )
    return Interfaces(items, config.evidence(*(block for _, block in blocks)))


def _unquoted(text: str | None) -> str | None:
    return text.strip('"') if text else None


def addresses(config: Config, _: Release) -> Addresses:
    """The addresses as they are configured; what DHCP, PPPoE or SLAAC gives is not in the text."""
    lines = [(name, line) for name, block in interface_blocks(config) for line in block.below(r"ip(?:v6)? address \S")]
    items = tuple(Address(name, ip, origin="manual") for name, line in lines if (ip := _configured(line.text)))
    return Addresses(items, config.evidence(*(line for _, line in lines)))


def _configured(text: str) -> IPv4Interface | IPv6Interface | None:
    words = text.split()[2:]
    try:
        if text.startswith("ipv6"):
            return IPv6Interface(words[0] if "/" in words[0] else f"{words[0]}/64")
        return IPv4Interface(words[0] if "/" in words[0] else f"{words[0]}/{words[1]}")
    except (ValueError, IndexError):
        return None


def _routers(config: Config) -> list[tuple[str, ConfigLine]]:
    return merged(config, r"ip vrouter \S")


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes of all virtual routers; how many routes there are is not in the text."""
    pattern = r"ip route (?:0\.0\.0\.0/0|0\.0\.0\.0 0\.0\.0\.0|0/0) |ipv6 route ::/0 "
    lines = [(name, line) for name, block in _routers(config) for line in block.below(pattern)]
    if not lines:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    defaults = tuple(_default(name, line.text) for name, line in lines)
    return Routes(None, None, None, defaults, config.evidence(*(line for _, line in lines)))


def _default(router: str, text: str) -> DefaultRoute:
    words = re.sub(r"^(\S+ \S+ 0\.0\.0\.0) 0\.0\.0\.0", r"\1/0", text).split()[3:]
    hop = next((ip for word in words if (ip := ip_in(word)) is not None), None)
    interface = words[0].strip('"') if words and ip_in(words[0]) is None else None
    family = 6 if text.startswith("ipv6") else 4
    return DefaultRoute(family, hop, interface, "static", None if router == MAIN_ROUTER else router)


def routing_protocols(config: Config, _: Release) -> RoutingProtocols:
    """Protocols of all virtual routers with the families they carry and whether their neighbours prove who they are."""
    lines = [line for _, block in _routers(config) for line in block.below(r"(?:ipv6 )?router \S")]
    items = tuple(p for line in lines if (p := _protocol(config, line)) is not None)
    return RoutingProtocols(items, config.evidence(*lines))


def _protocol(config: Config, block: ConfigLine) -> RoutingProtocol | None:
    six = block.text.startswith("ipv6 ")
    name = block.text.split()[2 if six else 1]
    if name == "bgp":
        peers = {line.text.split()[1] for line in block.below(r"neighbor \S+ remote-as")}
        keyed = {line.text.split()[1] for line in block.below(r"neighbor \S+ password")}
        both = block.child(r"address-family ipv6") is not None or any(":" in peer for peer in peers)
        return RoutingProtocol("bgp", frozenset({4, 6} if both else {4}), peers <= keyed if peers else None)
    if name == "isis":
        both = any(port.child(r"ipv6 router isis|isis ipv6") for _, port in interface_blocks(config))
        return RoutingProtocol("isis", frozenset({4, 6} if both else {4}), block.child(r"auth") is not None)
    named = {
        "ospf": "ospfv3" if six else "ospf",
        "ospfv3": "ospfv3",
        "rip": "ripng" if six else "rip",
        "ripng": "ripng",
    }
    if name not in named:
        return None
    family = 6 if named[name] in {"ospfv3", "ripng"} else 4
    proven = block.child(r"area \S+ authentication") is not None or any(
        port.child(rf"ip {name} (?:authentication|message-digest-key)") for _, port in interface_blocks(config)
    )
    return RoutingProtocol(named[name], frozenset({family}), proven if family == 4 else None)


def filtering(config: Config, _: Release) -> Filtering:
    """No access lists: StoneOS filters by policy rules."""
    return Filtering((), evidence=config.evidence(*config.all(r"rule id \d")))


def zone_policy(config: Config, _: Release) -> ZonePolicy:
    """Zones and policy rules in their order."""
    zones = frozenset(line.text.split('"')[1] for line in config.all(r'zone "[^"]+"'))
    default = config.line(r"policy-global")
    permits = default.child(r"default-action permit") is not None if default else bool(defaults.ZONES_PASS.value)
    rules = tuple(_rule(config, block) for block in config.all(r"rule id \d+"))
    return ZonePolicy(zones, rules, permits, config.evidence(*config.all(r"rule id \d|zone ")))


def _family(addresses: frozenset[str]) -> int | None:
    """``Any`` is every IPv4 address, ``IPv6-any`` every IPv6 one (StoneOS CLI guide, address book)."""
    return 6 if "IPv6-any" in addresses else 4 if addresses & _ANY else None


def _rule(config: Config, block: ConfigLine) -> PolicyRule:
    def named(pattern: str) -> frozenset[str]:
        return frozenset(line.text.split(maxsplit=1)[1].strip('"') for line in block.below(pattern))

    def objects(end: str) -> tuple[str, ...]:
        return tuple(sorted(named(rf"{end}-(?:addr|ip|range|host) ") - _ANY))

    return PolicyRule(
        name=_unquoted(block.word(r"name (.+)")) or block.text.split()[2],
        source_zones=named(r"src-zone ") - _ANY,
        destination_zones=named(r"dst-zone ") - _ANY,
        sources_any=not named(r"src-(?:addr|ip|range|host) ") - _ANY,
        destinations_any=not named(r"dst-(?:addr|ip|range|host) ") - _ANY,
        services_any=not (named(r"service ") | named(r"application ")) - _ANY,
        sources=objects("src"),
        destinations=objects("dst"),
        services=tuple(sorted(named(r"service ") - _ANY)),
        entry=" ".join(block.text.split()[:3]),
        family=_family(named(r"(?:src|dst)-(?:addr|ip|range|host) ")),
        permits=block.child(r"action permit\b") is not None,
        enabled=block.child(r"disable$") is None,
        logs=block.child(r"log \S") is not None,
        evidence=config.evidence(block, *block.children),
    )
