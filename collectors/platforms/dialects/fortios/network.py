"""How a FortiGate is wired, filters and routes."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Interface, IPv6Interface

from collectors.platforms.base import Release
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.fortios import defaults
from collectors.platforms.dialects.fortios.text import below, enabled, entries, sections, value, values
from collectors.platforms.dialects.ios import network as ios_network
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing
from inventory.facts import (
    AccessList,
    Address,
    Addresses,
    DefaultRoute,
    Filtering,
    Forwarding,
    Interface,
    Interfaces,
    PolicyRule,
    Routes,
    RoutingProtocol,
    RoutingProtocols,
    ZonePolicy,
)

_KINDS = {
    "physical": "ethernetCsmacd",
    "aggregate": "ieee8023adLag",
    "redundant": "ieee8023adLag",
    "vlan": "l2vlan",
    "loopback": "softwareLoopback",
    "tunnel": "tunnel",
}
_UNSET = frozenset({"0.0.0.0", "::"})  # noqa: S104 - how FortiOS writes that there is no address
_ACLS = {"firewall acl": 4, "firewall acl6": 6, "router access-list": 4, "router access-list6": 6}
_OWN_GATEWAYS = ("gateway", "gateway6")  # of the address a device that only bridges is managed by
_PROTOCOLS = {"ospf": "ospf", "ospf6": "ospfv3", "rip": "rip", "ripng": "ripng", "isis": "isis"}
_IN_USE = {
    "ospf": ("area", "network", "ospf-interface"),
    "ospf6": ("area", "ospf6-interface"),
    "rip": ("network", "interface", "neighbor"),
    "ripng": ("network", "interface", "neighbor"),
    "isis": ("isis-net", "isis-interface"),
}


def _interface_blocks(config: Config) -> Iterator[tuple[str, ConfigLine]]:
    return entries(sections(config, "system interface"))


def interfaces(config: Config, _: Release) -> Interfaces:
    """The interfaces as they are configured."""
    blocks = list(_interface_blocks(config))
    members = {
        member: name
        for name, block in blocks
        if value(block, "type") == "aggregate"
        for member in values(block, "member")
    }
    items = tuple(_interface(name, block, members.get(name)) for name, block in blocks)
    return Interfaces(items, config.evidence(*(block for _, block in blocks)))


def _interface(name: str, block: ConfigLine, aggregate: str | None) -> Interface:
    status, vlan, mtu = value(block, "status"), number(value(block, "vlanid")), number(value(block, "mtu"))
    return Interface(
        name=name,
        alias=value(block, "description") or value(block, "alias"),
        kind=_KINDS.get(value(block, "type") or ""),
        mtu=mtu if value(block, "mtu-override") == "enable" else None,
        admin_up=bool(defaults.UP.value) if status is None else status != "down",
        aggregate=aggregate,
        vlans=(vlan,) if vlan else (),
        ipv6_enabled=any(_speaks_ipv6(sub) for sub in below(block, "ipv6")),
    )


def _speaks_ipv6(block: ConfigLine) -> bool:
    mode = value(block, "ip6-mode")
    address = _ip6(value(block, "ip6-address"))
    return address is not None or mode in {"dhcp", "pppoe", "delegated"} or value(block, "autoconf") == "enable"


def addresses(config: Config, _: Release) -> Addresses:
    """The addresses as they are configured; what DHCP or SLAAC gives is not in the text."""
    items = [Address(name, ip, origin="manual") for name, block in _interface_blocks(config) for ip in _ips(block)]
    lines = [line for _, block in _interface_blocks(config) for line in block.below(r"set ip ")]
    return Addresses(tuple(items), config.evidence(*lines))


def _ips(block: ConfigLine) -> Iterator[IPv4Interface | IPv6Interface]:
    more = [entry for _, entry in entries(below(block, "secondaryip"))]
    six = list(below(block, "ipv6"))
    extra = [name for name, _ in entries(sub for b in six for sub in below(b, "ip6-extra-addr"))]
    found = (
        *(_ip4(values(b, "ip")) for b in (block, *more)),
        *(_ip6(value(b, "ip6-address")) for b in six),
        *(_ip6(name) for name in extra),
    )
    return (ip for ip in found if ip is not None)


def _ip4(words: tuple[str, ...]) -> IPv4Interface | None:
    try:
        ip = IPv4Interface("/".join(words[:2]))
    except ValueError:
        return None
    return None if str(ip.ip) in _UNSET else ip


def _ip6(word: str | None) -> IPv6Interface | None:
    try:
        ip = IPv6Interface(word or "")
    except ValueError:
        return None
    return None if str(ip.ip) in _UNSET else ip


def forwarding(config: Config, _: Release) -> Forwarding:
    """A device that routes forwards both families wherever an interface has an address: there is no other switch."""
    transparent = [line for b in sections(config, "system settings") for line in b.below(r"set opmode transparent")]
    told = [ip.version for _, block in _interface_blocks(config) for ip in _ips(block)]
    evidence = config.evidence(*transparent, *sections(config, "system interface"))
    if transparent:
        return Forwarding(None, None, evidence)
    return Forwarding(True if 4 in told else None, True if 6 in told else None, evidence)


def filtering(config: Config, _: Release) -> Filtering:
    """Access lists. What no firewall policy permits is dropped: the implicit policy at their end denies."""
    found = [(name, family, block) for kind, family in _ACLS.items() for name, block in entries(sections(config, kind))]
    acls = tuple(
        AccessList(name, family, max(1, sum(1 for _ in entries(below(block, "rule")))), evidence=config.evidence(block))
        for name, family, block in found
    )
    lines = [*sections(config, "firewall policy"), *(block for _, _, block in found)]
    return Filtering(acls, default_deny_ipv4=True, default_deny_ipv6=True, evidence=config.evidence(*lines))


def zone_policy(config: Config, _: Release) -> ZonePolicy:
    """The firewall policies, between interfaces and zones, in order; what none matches is dropped."""
    kinds = ("firewall policy", "firewall policy6")  # apart until 6.4
    rules = tuple(
        _rule(config, name, block, six=kind.endswith("6"))
        for kind in kinds
        for name, block in entries(sections(config, kind))
    )
    zones = {name for name, _ in entries(sections(config, "system zone"))}
    zones |= {zone for rule in rules for zone in rule.source_zones | rule.destination_zones}
    lines = [line for kind in kinds for line in sections(config, kind)]
    return ZonePolicy(frozenset(zones), rules, bool(defaults.ZONES_PASS.value), config.evidence(*lines))


def _rule(config: Config, number: str, block: ConfigLine, *, six: bool) -> PolicyRule:
    def named(*keys: str) -> frozenset[str]:
        return frozenset(word for key in keys for word in values(block, key))

    services = named("service")
    by_database = value(block, "internet-service") == "enable" or value(block, "internet-service6") == "enable"

    def objects(side: str) -> tuple[str, ...]:
        # A negation, or a database of the Internet in place of addresses, is narrower than all and has no objects.
        negated = value(block, f"{side}-negate") == "enable" or by_database
        return () if negated else (*values(block, side), *values(block, f"{side}6"))

    def everything(side: str) -> bool:
        # Of a policy for both families each has addresses of its own.
        told = [listed for key in (side, f"{side}6") if (listed := named(key))]
        negated = value(block, f"{side}-negate") == "enable"
        return bool(told) and not negated and all("all" in listed for listed in told)

    fours, sixes = named("srcaddr", "dstaddr"), named("srcaddr6", "dstaddr6")
    return PolicyRule(
        name=value(block, "name") or number,
        source_zones=named("srcintf") - {"any"},
        destination_zones=named("dstintf") - {"any"},
        sources_any=everything("srcaddr"),
        destinations_any=everything("dstaddr"),
        services_any=not by_database and bool(services & {"ALL", "ANY"}),
        sources=objects("srcaddr"),
        destinations=objects("dstaddr"),
        services=objects("service"),
        entry=number,
        family=6 if six or (sixes and not fours) else 4 if fours and not sixes else None,
        permits=(value(block, "action") or defaults.ACTION.value) in {"accept", "ipsec", "ssl-vpn"},
        enabled=enabled(block, "status", defaults.POLICY_ON),
        logs=enabled(block, "logtraffic", defaults.POLICY_LOGS),
        evidence=config.evidence(block, *block.children),
    )


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes: entries without a destination, and the gateway of a device that only bridges.

    How many routes there are is not in the text.
    """
    found = [
        (4 if kind == "static" else 6, block)
        for kind in ("static", "static6")
        for _, block in entries(sections(config, f"router {kind}"))
        if _is_default(block)
    ]
    bridging = [b for b in sections(config, "system settings") if value(b, "opmode") == "transparent"]
    found += [(6 if key[-1] == "6" else 4, b) for key in _OWN_GATEWAYS for b in bridging if value(b, key)]
    if not found:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    items = tuple(_default(family, block) for family, block in found)
    lines = [line for _, block in found for line in (block, *block.children)]
    return Routes(None, None, None, items, config.evidence(*lines))


def _is_default(block: ConfigLine) -> bool:
    elsewhere = any(value(block, key) for key in ("dstaddr", "internet-service", "internet-service-custom"))
    off = value(block, "status") == "disable" or value(block, "blackhole") == "enable"
    return not elsewhere and not off and (value(block, "dst") or "0.0.0.0/0") in {
        "0.0.0.0 0.0.0.0", "0.0.0.0/0", "::/0"
    }  # fmt: skip


def _default(family: int, block: ConfigLine) -> DefaultRoute:
    hop = ios_network.ip_in(value(block, "gateway6" if family == 6 else "gateway") or value(block, "gateway") or "")
    return DefaultRoute(family, None if hop is None or str(hop) in _UNSET else hop, value(block, "device"), "static")


def routing_protocols(config: Config, _: Release) -> RoutingProtocols:
    """Routing protocols that have areas, networks or neighbours: a FortiGate writes empty blocks of the others."""
    items = [
        RoutingProtocol(name, _families(kind, block), _authenticated(kind, block))
        for kind, name in _PROTOCOLS.items()
        for block in sections(config, f"router {kind}")
        if any(_inside(block, part) for part in _IN_USE[kind])
    ]
    items += [_bgp(block) for block in sections(config, "router bgp") if value(block, "as") not in {None, "0"}]
    lines = [line for kind in (*_PROTOCOLS, "bgp") for line in sections(config, f"router {kind}")]
    return RoutingProtocols(tuple(items), config.evidence(*lines))


def _inside(block: ConfigLine, part: str) -> list[ConfigLine]:
    return [entry for _, entry in entries(below(block, part))]


def _families(kind: str, block: ConfigLine) -> frozenset[int]:
    if kind in {"ospf6", "ripng"}:
        return frozenset({6})
    six = kind == "isis" and any(value(i, "status6") == "enable" for i in _inside(block, "isis-interface"))
    return frozenset({4, 6}) if six else frozenset({4})


def _authenticated(kind: str, block: ConfigLine) -> bool | None:
    parts = [entry for part in _IN_USE[kind] for entry in _inside(block, part)]
    if kind == "isis":
        return any(value(block, f"auth-password-l{n}") for n in (1, 2))
    keys = ("authentication", "auth-mode")
    return any(value(entry, key) not in {None, "none"} for entry in parts for key in keys)


def _bgp(block: ConfigLine) -> RoutingProtocol:
    peers = [*entries(below(block, "neighbor")), *entries(below(block, "neighbor-group"))]
    six = bool(_inside(block, "network6")) or any(
        ":" in name or value(peer, "activate6") == "enable" for name, peer in peers
    )
    four = not six or bool(_inside(block, "network")) or any(":" not in name for name, _ in peers)
    grouped = {name for name, group in entries(below(block, "neighbor-group")) if value(group, "password")}
    neighbours = _inside(block, "neighbor")
    keyed = all(value(peer, "password") or value(peer, "neighbor-group") in grouped for peer in neighbours)
    families = frozenset(({4} if four else set()) | ({6} if six else set()))
    return RoutingProtocol("bgp", families, keyed if neighbours else None)
