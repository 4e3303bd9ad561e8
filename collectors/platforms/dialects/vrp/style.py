"""What VRP and Comware, sprung from one root, write alike: switches, blocks of interfaces and lines, access lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface

from collectors.platforms.base import Release
from collectors.platforms.dialects.figures import fixed_speed_mbps, idle_s, number
from collectors.platforms.dialects.port_vlans import declared_vlans, vlans_like_vrp
from collectors.platforms.dialects.vrp import defaults
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing
from inventory.facts import (
    AccessList,
    AclBinding,
    Address,
    Addresses,
    Banner,
    DefaultRoute,
    Filtering,
    Interface,
    Interfaces,
    Logging,
    PolicyRule,
    Routes,
    TimeSync,
    ZonePolicy,
)

UNDO = r"(?:undo )?"
_ACL = re.compile(
    r"(?:undo )?acl (?P<ipv6>ipv6 )?(?:(?:number|basic|advanced|link|mac|user-defined|wlan) )*(?:name )?(?P<name>\S+)"
)
_EVERYTHING = re.compile(
    r"rule (?:\d+ )?(?:name \S+ )?permit(?: (?:ip|ipv6))?(?: source any)?(?: destination any)?(?: counting| logging)*$"
)
_DEFAULT_ROUTE = (
    r"ip(?:v6)? route-static (?:topology \S+ )?(?:vpn-instance \S+ )?(?:0\.0\.0\.0[ /]0(?:\.0\.0\.0)?|::[ /]0) "
)
_AN_ACL = r"acl (?!logging|l2-proto|config|threshold|ipv6-enable|statistic|trap|hardware|copy|ip-pool|port-pool)\S"
_FAMILY_2 = range(4000, 5000)  # numbers of layer-2 access lists


def switch(config: Config, pattern: str) -> bool | None:
    """Whether a switch is on: the last of ``X`` and ``undo X``; None where neither is written."""
    found = config.line(rf"{UNDO}(?:{pattern})(?:\s|$)")
    return None if found is None else not found.text.startswith("undo ")


def interface_blocks(config: Config) -> Iterator[tuple[str, ConfigLine]]:
    """Each interface's name and block; what stands behind the name (``mode gre``, ``l2transport``) is no part of it."""
    return ((_port(block), block) for block in config.all(r"interface (?!range)\S"))


def idle_timeout_s(block: ConfigLine) -> int | None:
    """The idle time that a line's block says; None where nothing is written, or undone: then the default holds."""
    written = block.child(rf"{UNDO}idle-timeout\b")
    return None if written is None or written.text.startswith("undo ") else idle_s(written)


def _port(block: ConfigLine) -> str:
    """The name as the device writes it: people put a blank before its number."""
    kind, *more = block.text.split()[1:]
    return kind + more[0] if more and more[0][0].isdigit() else kind


def interfaces(config: Config, _: Release) -> Interfaces:
    """The interfaces as they are configured: name, description, shut down or not, VLANs, IPv6 on or not."""
    blocks, vlans = dict(interface_blocks(config)), declared_vlans(config)
    items = tuple(_interface(name, block, blocks.keys(), vlans) for name, block in interface_blocks(config))
    return Interfaces(items, config.evidence(*(block for _, block in interface_blocks(config))))


def _aggregate(block: ConfigLine, names: Collection[str]) -> str | None:
    """The aggregation that an interface is a member of: Comware numbers bridged and routed ones alike."""
    if (trunk := block.word(r"eth-trunk (\d+)")) is not None:
        return f"Eth-Trunk{trunk}"
    group = block.word(r"port link-aggregation group (\d+)")
    routed = f"Route-Aggregation{group}"
    return None if group is None else routed if routed in names else f"Bridge-Aggregation{group}"


def _interface(name: str, block: ConfigLine, names: Collection[str], vlans: frozenset[int]) -> Interface:
    return Interface(
        name=name,
        alias=block.word(r"description (.+)"),
        admin_up=False if block.child(r"shutdown$") else True if block.child(r"undo shutdown$") else None,
        speed_mbps=fixed_speed_mbps(block),
        duplex=block.word(r"(?:undo negotiation auto )?duplex (full|half)"),
        mtu=number(block.word(r"mtu (\d+)")),
        ipv6_mtu=number(block.word(r"ipv6 mtu (\d+)")),
        aggregate=_aggregate(block, names),
        vlans=vlans_like_vrp(block, vlans),
        ipv6_enabled=block.child(r"ipv6 (?:enable|address)\b") is not None,
    )


def addresses(config: Config, _: Release) -> Addresses:
    """The addresses as they are configured; what DHCP or SLAAC gives is not in the text."""
    lines = [(name, line) for name, block in interface_blocks(config) for line in block.below(r"ip(?:v6)? address \S")]
    items = tuple(
        Address(name, ip, origin="manual") for name, line in lines if (ip := _configured(line.text)) is not None
    )
    return Addresses(items, config.evidence(*(line for _, line in lines)))


def _configured(text: str) -> IPv4Interface | IPv6Interface | None:
    words = text.split()[2:]
    try:
        if text.startswith("ipv6"):
            length = words[1] if len(words) > 1 and words[1].isdigit() else "64"
            return IPv6Interface(words[0] if "/" in words[0] else f"{words[0]}/{length}")
        return IPv4Interface(f"{words[0]}/{words[1]}")
    except (ValueError, IndexError):
        return None


def filtering(config: Config, bindings: Iterator[AclBinding]) -> Filtering:
    """Access lists with the places where the platform says they are applied."""
    found: dict[tuple[int | None, str], AccessList] = {}
    for block in config.all(rf"{UNDO}{_AN_ACL}"):
        acl = _access_list(config, block)
        if acl and block.text.startswith("undo "):
            found.pop((acl.family, acl.name), None)
        elif acl:
            found[acl.family, acl.name] = acl
    return Filtering(tuple(found.values()), tuple(bindings), evidence=config.evidence(*config.all(r"acl ")))


def _access_list(config: Config, block: ConfigLine) -> AccessList | None:
    named = _ACL.match(block.text)
    if named is None:
        return None
    name = named.group("name")
    is_number = name.isdecimal() and len(name) == 4
    layer2 = (is_number and int(name) in _FAMILY_2) or re.match(r"acl (?:mac|link)\b", block.text)
    rules = list(block.below(r"rule (?:\d+ )?(?:name \S+ )?(?:permit|deny)\b"))
    permits_any = any(_EVERYTHING.match(rule.text) for rule in rules)
    family = None if layer2 else 6 if named.group("ipv6") else 4
    return AccessList(name, family, len(rules), permits_any, config.evidence(block, *rules))


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes; how many routes there are is not in the text."""
    lines = list(config.all(_DEFAULT_ROUTE))
    if not lines:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    return Routes(None, None, None, tuple(_default(line.text) for line in lines), config.evidence(*lines))


def _default(text: str) -> DefaultRoute:
    vrf = re.match(r"\S+ route-static (?:topology \S+ )?vpn-instance (\S+)", text)
    rest = re.sub(r"^.*? (?:0\.0\.0\.0|::)[ /]\S+ ", "", re.sub(r" vpn-instance \S+", "", text)).split()
    hop = next((ip for word in rest if (ip := ip_of(word)) is not None), None)
    interface = rest[0] if rest and ip_of(rest[0]) is None else None
    return DefaultRoute(6 if text.startswith("ipv6") else 4, hop, interface, "static", vrf.group(1) if vrf else None)


def ip_of(word: str) -> IPv4Address | IPv6Address | None:
    """The address a word is; None when it is none."""
    try:
        return IPv6Address(word) if ":" in word else IPv4Address(word)
    except ValueError:
        return None


def time_sync(config: Config, synchronised: bool | None) -> TimeSync:
    """Time servers and peers; authentication counts where it is turned on and a server has a key."""
    lines = list(config.all(r"(?:ntp(?:-service)?|sntp) (?:ipv6 )?unicast-(?:server|peer) "))
    keyed = any(re.search(r" authentication-key(?:id)? \d+", line.text) for line in lines)
    on = switch(config, r"(?:ntp(?:-service)?|sntp) authentication enable") is True
    return TimeSync(
        servers=_clocks(lines, "server"),
        peers=_clocks(lines, "peer"),
        authenticated=keyed and on,
        synchronised=synchronised,
        evidence=config.evidence(*lines, *config.all(r"(?:ntp(?:-service)?|sntp) authentication enable")),
    )


def _clocks(lines: list[ConfigLine], kind: str) -> tuple[str, ...]:
    pattern = rf"\S+ (?:ipv6 )?unicast-{kind} (?:ipv6 )?(?:vpn-instance \S+ )?(?:domain )?(\S+)"
    return tuple(dict.fromkeys(found.group(1) for line in lines if (found := re.match(pattern, line.text))))


def logging(config: Config, stamped: bool | None) -> Logging:
    """Where logs go; the information centre is on unless it is turned off."""
    lines = list(config.all(r"info-center loghost (?!source\b|level\b|state\b)\S"))
    hosts = dict.fromkeys(_log_host(line.text) for line in lines)
    on = switch(config, r"info-center enable")
    return Logging(
        enabled=bool(defaults.INFO_CENTER.value) if on is None else on,
        hosts=tuple(hosts),
        timestamps=stamped,
        evidence=config.evidence(*lines, *config.all(r"(?:undo )?info-center (?:enable|timestamp)")),
    )


def _log_host(text: str) -> str:
    words = [w for w in re.sub(r" vpn-instance \S+", "", text).split()[2:] if w not in ("ipv6", "domain")]
    return words[0] if words else ""


def banner(config: Config, _: Release) -> Banner:
    """Whether a banner greets who logs in."""
    lines = list(config.all(r"header (?:login|shell|legal|motd|incoming)\b"))
    return Banner(bool(lines), config.evidence(*lines))


def zone_policy(
    config: Config, zones: frozenset[str], rules: Iterator[PolicyRule], default: bool | None
) -> ZonePolicy | Missing:
    """A firewall's policy; Missing(LACKING) for a device without zones."""
    found = tuple(rules)
    if not zones and not found:
        return Missing(Gap.LACKING, "the configuration has no security zones")
    return ZonePolicy(
        zones, found, default, config.evidence(*config.all(r"security-policy|firewall zone|security-zone"))
    )


def policy_rule(config: Config, block: ConfigLine, name: str, permits: str) -> PolicyRule:
    """One rule of a security policy; what it does not limit is any."""

    def named(pattern: str) -> frozenset[str]:
        return frozenset(line.text.split(maxsplit=1)[1] for line in block.below(pattern))

    return PolicyRule(
        name=name,
        source_zones=named(r"source-zone ") - {"any"},
        destination_zones=named(r"destination-zone ") - {"any"},
        sources_any=not named(r"source-(?:address|ip\S*|mac\S*|location) ") - {"any"},
        destinations_any=not named(r"destination-(?:address|ip\S*|location) ") - {"any"},
        services_any=not (named(r"service(?:-port)? ") | named(r"application ")) - {"any"},
        permits=block.child(rf"action {permits}\b") is not None,
        enabled=block.child(r"disable$") is None,
        logs=block.child(r"(?:traffic|session|policy) logging|logging enable") is not None,
        evidence=config.evidence(block, *block.children),
    )
