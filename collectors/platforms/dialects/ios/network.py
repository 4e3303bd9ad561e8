"""How a device that is configured the IOS way filters and forwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Interface, IPv6Address, IPv6Interface, NetmaskValueError

from collectors.platforms.base import Release
from collectors.platforms.dialects.figures import fixed_speed_mbps, number
from collectors.platforms.dialects.ios import defaults
from collectors.platforms.dialects.port_vlans import declared_vlans, vlans_like_ios
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing
from inventory.facts import (
    AccessList,
    AclBinding,
    Address,
    Addresses,
    DefaultRoute,
    Filtering,
    Forwarding,
    Interface,
    Interfaces,
    Routes,
    RoutingProtocol,
    RoutingProtocols,
)
from inventory.names import canonical_interface

_NAMED_ACL = (
    r"(?P<family>ip|ipv6|mac|expert) access-list (?:(?:standard|extended|advanced|role-based|fqdn) )?"
    r"(?!persistent$|helper$)(?P<name>\S+)$"
)
_NUMBERED_ACL = r"access-list (?P<name>\d+) (?!remark)"
DEFAULT_ROUTE = (
    r"ip route (?:(?:vrf \S+|mng|oob) )?0\.0\.0\.0(?:/0| 0\.0\.0\.0) |ip default-gateway "
    r"|ipv6 route (?:(?:vrf \S+|mng|oob) )?::/0 "
)
# What a port starts without a block of its own (Cisco IOS IPv6 command reference: ipv6 ospf area, ipv6 rip enable).
_STARTED = {
    "ospfv3": r"ipv6 ospf \d+ area |ospfv3 \d+ (?:ipv6 )?area ",
    "ripng": r"ipv6 rip \S+ enable",
}
_FAMILIES = {"ip": 4, "ipv6": 6, "mac": None, "expert": None}  # the last of RGOS: frames and packets at once
_EVERYTHING = r"(?:(?:sequence )?\d+ )?permit (?:any|(?:ip|ipv6) any any)\b(?! eq)"


def interface_blocks(config: Config) -> Iterator[tuple[str, ConfigLine]]:
    """Each interface's full name and block."""
    blocks = config.all(r"interface (?!range|breakout)\S")
    return ((canonical_interface(block.text.partition(" ")[2]), block) for block in blocks)


def interfaces(config: Config, _: Release) -> Interfaces:
    """The interfaces as they are configured: name, description, shut down or not, VLANs, IPv6 on or not."""
    vlans = declared_vlans(config)
    items = tuple(_interface(name, block, vlans) for name, block in interface_blocks(config))
    return Interfaces(items, config.evidence(*(block for _, block in interface_blocks(config))))


def _interface(name: str, block: ConfigLine, vlans: frozenset[int]) -> Interface:
    return Interface(
        name=name,
        alias=block.word(r"description (.+)"),
        admin_up=False if block.child(r"shutdown$") else True if block.child(r"no shutdown$") else None,
        speed_mbps=fixed_speed_mbps(block),
        duplex=block.word(r"duplex (full|half)"),
        mtu=number(block.word(r"mtu (\d+)")),
        ipv6_mtu=number(block.word(r"ipv6 mtu (\d+)")),
        aggregate=_aggregate(block),
        vlans=vlans_like_ios(block, vlans),
        ipv6_enabled=block.child(r"ipv6 (?:enable|address|link-local|unnumbered)\b") is not None,
    )


def _aggregate(block: ConfigLine) -> str | None:
    number = block.word(r"channel-group (\d+)")
    ported = block.word(r"port-group (\d+)")  # of RGOS
    return f"Port-channel{number}" if number else f"AggregatePort{ported}" if ported else None


def addresses(config: Config, _: Release) -> Addresses:
    """The addresses as they are configured; what DHCP or SLAAC gives is not in the text."""
    items = tuple(
        Address(name, ip, origin="manual")
        for name, block in interface_blocks(config)
        for line in block.below(r"ip(?:v6)? address \S")
        if (ip := _configured(line.text)) is not None
    )
    lines = [line for _, block in interface_blocks(config) for line in block.below(r"ip(?:v6)? address \S")]
    return Addresses(items, config.evidence(*lines))


def _configured(text: str) -> IPv4Interface | IPv6Interface | None:
    words = text.split()[2:]
    try:
        if text.startswith("ipv6"):
            return IPv6Interface(words[0] if "/" in words[0] else f"{words[0]}/64")
        return IPv4Interface(words[0] if "/" in words[0] else f"{words[0]}/{words[1]}")
    except (ValueError, IndexError, AddressValueError, NetmaskValueError):
        return None


def filtering(config: Config, _: Release) -> Filtering:
    """Access lists and the interfaces they are applied to."""
    acls = {(acl.family, acl.name): acl for acl in (*_numbered_acls(config), *_named_acls(config))}
    bindings = tuple(_bindings(config))
    lines = [*config.all(_NAMED_ACL), *config.all(_NUMBERED_ACL)]
    return Filtering(tuple(acls.values()), bindings, evidence=config.evidence(*lines))


def _named_acls(config: Config) -> Iterator[AccessList]:
    for block in config.all(_NAMED_ACL):
        found = re.match(_NAMED_ACL, block.text)
        if found:
            rules = list(block.below(r"(?:(?:sequence )?\d+ )?(?:permit|deny)\b"))
            yield _acl(config, found.group("name"), _FAMILIES[found.group("family")], rules, [block, *rules])


def _numbered_acls(config: Config) -> Iterator[AccessList]:
    numbered: dict[str, list[ConfigLine]] = {}
    for line in config.all(_NUMBERED_ACL):
        numbered.setdefault(line.text.split()[1], []).append(line)
    for name, lines in numbered.items():
        yield _acl(config, name, 4, lines, lines)


def _acl(config: Config, name: str, family: int | None, rules: list[ConfigLine], lines: list[ConfigLine]) -> AccessList:
    permits_any = any(re.search(_EVERYTHING, re.sub(r"^access-list \d+ ", "", rule.text)) for rule in rules)
    return AccessList(name, family, len(rules), permits_any, config.evidence(*lines))


def _bindings(config: Config) -> Iterator[AclBinding]:
    for name, block in interface_blocks(config):
        for line in block.below(r"ip access-group \S+ (?:in|out)\b|ipv6 traffic-filter \S+ (?:in|out)\b"):
            words = line.text.split()
            yield AclBinding(name, words[2], 6 if words[0] == "ipv6" else 4, words[3], config.evidence(block, line))


def forwarding(config: Config, _: Release) -> Forwarding:
    """IPv6 is forwarded only where it is turned on; what IPv4 does without a word depends on the kind of device."""
    ipv4 = config.line(r"(?:no )?ip routing$")
    ipv6 = config.line(r"(?:no )?ipv6 unicast-routing$")
    return Forwarding(
        ipv4=None if ipv4 is None else not ipv4.text.startswith("no "),
        ipv6=bool(defaults.IPV6.value) if ipv6 is None else not ipv6.text.startswith("no "),
        evidence=config.evidence(ipv4, ipv6),
    )


def forwarding_by_address(config: Config, _: Release) -> Forwarding:
    """Of systems without a global switch: an interface with an address forwards, unless it is for management alone.

    NX-OS Unicast Routing Configuration Guide; ASA General Operations Configuration Guide, routed mode.
    """
    if config.line(r"firewall transparent$"):
        return Forwarding(None, None, config.evidence(config.line(r"firewall transparent$")))
    blocks = [
        block
        for name, block in interface_blocks(config)
        if name != "mgmt0" and not block.child(r"management-(?:only|access)")
    ]
    ipv4 = [line for block in blocks if (line := block.child(r"ip address \S"))]
    ipv6 = [line for block in blocks if (line := block.child(r"ipv6 (?:address|link-local|enable)\b"))]
    return Forwarding(True if ipv4 else None, True if ipv6 else None, config.evidence(*ipv4[:1], *ipv6[:1]))


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes; how many routes there are is not in the text."""
    lines = list(config.all(DEFAULT_ROUTE))
    if not lines:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    return Routes(None, None, None, tuple(_default(line.text) for line in lines), config.evidence(*lines))


def _default(text: str) -> DefaultRoute:
    vrf = re.search(r" vrf (\S+)", text)
    words = re.sub(r" (?:vrf \S+|mng|oob)(?= )", "", text).replace("0.0.0.0 0.0.0.0", "0.0.0.0/0").split()
    rest = words[2:] if words[1] == "default-gateway" else words[3:]
    hop = next((ip for word in rest if (ip := ip_in(word)) is not None), None)
    interface = rest[0] if rest and ip_in(rest[0]) is None else None
    family = 6 if words[0] == "ipv6" else 4
    return DefaultRoute(family, hop, interface, "static", vrf.group(1) if vrf else None)


def ip_in(word: str) -> IPv4Address | IPv6Address | None:
    """The address that a word is; None for any other word."""
    try:
        return IPv6Address(word) if ":" in word else IPv4Address(word)
    except ValueError:
        return None


def routing_protocols(config: Config, _: Release) -> RoutingProtocols:
    """Configured routing protocols with the families they carry and whether their neighbours prove who they are."""
    lines = list(config.all(r"(?:ipv6 )?router \S"))
    items = [protocol for line in lines for protocol in _protocols(config, line)]
    for name, started in _STARTED.items():
        ports = [line for _, block in interface_blocks(config) for line in block.below(started)]
        if ports and not any(item.name == name for item in items):
            lines += ports
            items.append(RoutingProtocol(name, frozenset({6}), _on_interfaces(config, r"(?:ospfv3|ipv6 ospf) .*auth")))
    return RoutingProtocols(tuple(items), config.evidence(*lines))


def _protocols(config: Config, block: ConfigLine) -> Iterator[RoutingProtocol]:
    words = block.text.split()
    name = words[2] if words[0] == "ipv6" else words[1]
    if words[0] == "ipv6":
        names = {"ospf": "ospfv3", "rip": "ripng"}
        yield RoutingProtocol(names.get(name, name), frozenset({6}), _ospfv3_authenticated(config, block))
    elif name == "bgp":
        yield RoutingProtocol("bgp", _bgp_families(block), _bgp_authenticated(block))
    elif name in {"ospf", "rip", "eigrp"}:
        yield RoutingProtocol(name, frozenset({4}), _authenticated(config, block, name))
    elif name == "ospfv3":
        families = {4 if "ipv4" in line.text else 6 for line in block.below("address-family ")}
        yield RoutingProtocol("ospfv3", frozenset(families or {6}), _ospfv3_authenticated(config, block))
    elif name == "isis":
        by_port = any(b.child(r"ipv6 router isis") for _, b in interface_blocks(config))
        six = by_port or block.child(r"address-family ipv6") is not None
        both = frozenset({4, 6}) if six else frozenset({4})
        proven = block.child(r"authentication mode|(?:area|domain)-password") is not None
        yield RoutingProtocol("isis", both, proven or _on_interfaces(config, r"isis (?:authentication|password)"))


def _authenticated(config: Config, block: ConfigLine, name: str) -> bool:
    families = block.below(r"address-family ")  # as EIGRP is named
    ports = (port for family in families for port in family.below(r"af-interface "))
    if block.child(r"area \S+ authentication") or any(port.child(r"authentication mode") for port in ports):
        return True
    return _on_interfaces(
        config, rf"(?:ip )?(?:{name} (?:authentication|message-digest-key)|authentication mode {name}|rip auth)"
    )


def _ospfv3_authenticated(config: Config, block: ConfigLine) -> bool:
    """By IPsec or a trailer, of an area or on interfaces; what is encrypted is authenticated too (RFC 4552)."""
    areas = (block, *block.below(r"address-family "))
    if any(each.child(r"area \S+ (?:authentication|encryption) ") for each in areas):
        return True
    return _on_interfaces(config, r"(?:ospfv3 |ipv6 ospf )(?:.* )?(?:authentication|encryption)\b")


def _on_interfaces(config: Config, pattern: str) -> bool:
    return any(block.child(pattern) for _, block in interface_blocks(config))


def _bgp_families(block: ConfigLine) -> frozenset[int]:
    families = {4} if block.child(r"address-family (?:ipv4|vpnv4)") or block.child(r"network \d") else set()
    peers = [line.text.split()[1] for line in block.below(r"neighbor \S+ remote-as")]
    # Neighbours of IPv4 exchange its routes without a word, unless that is turned off.
    if block.child(r"no bgp default ipv4-unicast") is None and any("." in peer for peer in peers):
        families.add(4)
    if block.child(r"address-family (?:ipv6|vpnv6)") or any(":" in peer for peer in peers):
        families.add(6)
    return frozenset(families or {4})


def _bgp_authenticated(block: ConfigLine) -> bool | None:
    """Whether every neighbour has a password, its own or its group's; None without neighbours."""
    lines = [*block.children, *(line for family in block.below(r"address-family ") for line in family.children)]
    told = [line.text for line in lines if line.text.startswith("neighbor ")]  # on ASA they stand below their family
    grouped = {
        t.split()[1]: t.split()[-1] for t in told if re.match(r"neighbor \S+ (?:peer-group|inherit peer-session) \S", t)
    }
    keyed = {t.split()[1] for t in told if re.match(r"neighbor \S+ password\b", t)}
    keyed |= {each.text.split()[2] for each in block.below(r"template peer-session \S") if each.child(r"password ")}
    peers = [t.split()[1] for t in told if re.match(r"neighbor [0-9A-Fa-f.:]+ (?:remote-as|peer-group)", t)]
    return all(peer in keyed or grouped.get(peer) in keyed for peer in peers) if peers else None
