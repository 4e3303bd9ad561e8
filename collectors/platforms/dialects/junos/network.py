"""How a Junos device is wired, filters and routes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from itertools import islice

from collectors.platforms.base import Release
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.junos import defaults
from collectors.platforms.dialects.junos.text import Path, Said, grouped, has, lines_in, words
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
    PolicyRule,
    RateLimit,
    RateLimits,
    Routes,
    RoutingProtocol,
    RoutingProtocols,
    Transition,
    Transitions,
    ZonePolicy,
)

_NO_INTERFACES = frozenset({"interface-range", "interface-set", "traceoptions", "apply-groups"})
_MOST_IN_RANGE, _MOST_IN_RANGES = 512, 8192  # ports of a card, members of all ranges
_MANAGEMENT = re.compile(r"(?:fxp|em|me|lo|vme|jmgmt)\d*(?:\.\d+)?$")
_FAMILY = {"inet": 4, "inet6": 6}
_SCALE = {"": 1e6, "k": 1e3, "m": 1.0, "g": 1e-3}  # what a rate is divided by for Mbit/s
_INSTANCE = r"(?:routing-instances (?P<vrf>\S+) )?"
_DEFAULT = re.compile(
    _INSTANCE + r"routing-options (?:rib \S+ )?static route (?P<to>0\.0\.0\.0/0|0/0|default|::/0|0::/0) "
    r"(?P<kind>next-hop|qualified-next-hop|next-table|discard|reject)(?: (?P<hop>\S+)|$)"
)
_PROTOCOL = re.compile(_INSTANCE + r"protocols (?P<name>bgp|ospf|ospf3|isis|rip|ripng)\b(?: (?P<rest>.+))?$")
_NAMES = {"ospf3": "ospfv3"}
_AUTHENTICATED = {
    "ospf": r".*\bauthentication\b",
    "ospf3": r".*\b(?:authentication|ipsec-sa)\b",
    "isis": r".*\b(?:authentication-key|hello-authentication-key|authentication-key-chain|hello-authentication-type)\b",
    "rip": r".*\bauthentication-key\b",
    "ripng": r"(?!)",
}

Units = dict[str, list[Path]]


def _units(config: Config) -> Units:
    """What each interface and each of its units says: ``ge-0/0/0`` and ``ge-0/0/0.10``."""
    found: Units = {}
    own = ((name, said) for name, said in grouped(config, "interfaces").items() if name not in _NO_INTERFACES)
    for name, told in (*own, *islice(_by_range(config), _MOST_IN_RANGES)):
        found.setdefault(name, [])
        for _, path in told:
            if path[:1] == ("unit",) and len(path) > 1:
                found.setdefault(f"{name}.{path[1]}", []).append(path[2:])
            else:
                found[name].append(path)
    return found


def _by_range(config: Config) -> Iterator[tuple[str, Said]]:
    """What ranges of interfaces hand down to their members; patterns of names are left out."""
    for said in grouped(config, "interfaces interface-range").values():
        down = [(line, path) for line, path in said if path[:1] not in {("member",), ("member-range",)}]
        for _, path in said:
            if path[:1] == ("member",) and len(path) == 2 and not re.search(r"[*?\[]", path[1]):
                yield path[1], down
            elif path[:1] == ("member-range",) and path[2:3] == ("to",) and len(path) == 4:
                yield from ((name, down) for name in _between(path[1], path[3]))


def _between(first: str, last: str) -> Iterator[str]:
    """The names of ports from one to another of the same card."""
    (card, _, low), (other, _, high) = first.rpartition("/"), last.rpartition("/")
    if card == other and low.isdecimal() and high.isdecimal() and int(high) - int(low) < _MOST_IN_RANGE:
        yield from (f"{card}/{port}" for port in range(int(low), int(high) + 1))


def interfaces(config: Config, _: Release) -> Interfaces:
    """The interfaces and their units as they are configured."""
    items = tuple(_interface(name, said) for name, said in _units(config).items())
    return Interfaces(items, config.evidence(*config.all(r"interfaces (?!interface-range|traceoptions)")))


def _interface(name: str, said: list[Path]) -> Interface:
    vlan = number(_word(said, "vlan-id"))
    aggregate = next((path[-1] for path in said if "802.3ad" in path), None)
    return Interface(
        name=name,
        alias=_word(said, "description"),
        mtu=number(_word(said, "mtu")),
        admin_up=bool(defaults.UP.value) and ("disable",) not in said,
        aggregate=aggregate,
        vlans=() if vlan is None else (vlan,),
        ipv6_enabled=any(path[:2] == ("family", "inet6") for path in said),
    )


def _word(said: list[Path], key: str) -> str | None:
    return next((path[1] for path in reversed(said) if path[:1] == (key,) and len(path) > 1), None)


def addresses(config: Config, _: Release) -> Addresses:
    """The addresses as they are configured; what DHCP or SLAAC gives is not in the text."""
    items = dict.fromkeys(
        Address(name, ip, origin="manual")
        for name, said in _units(config).items()
        for path in said
        if path[:1] == ("family",) and path[2:3] == ("address",) and len(path) > 3 and (ip := _ip(path[3])) is not None
    )
    return Addresses(tuple(items), config.evidence(*config.all(r"interfaces \S+ unit \d+ family inet6? address ")))


def _ip(word: str) -> IPv4Interface | IPv6Interface | None:
    try:
        return ip_interface(word)
    except ValueError:
        return None


def forwarding(config: Config, _: Release) -> Forwarding:
    """An interface with an address forwards; a firewall passes IPv6 on only in a mode that is set for it.

    Without a word a firewall's mode for IPv6 depends on model and release (Junos flow-based processing guide).
    """
    ports = {name: said for name, said in _units(config).items() if not _MANAGEMENT.match(name)}
    told = {path[1] for said in ports.values() for path in said if path[:1] == ("family",) and len(path) > 1}
    mode = config.word(r"security forwarding-options family inet6 mode (\S+)")
    six: bool | None = True if "inet6" in told else None
    if mode is not None:
        six = mode != "drop"
    elif has(config, "security (?:zones|policies)"):
        six = None
    lines = config.all(r"security forwarding-options |interfaces \S+ unit \d+ family inet6?\b")
    return Forwarding(True if "inet" in told else None, six, config.evidence(*lines))


def filtering(config: Config, _: Release) -> Filtering:
    """Firewall filters and the interfaces they are applied to."""
    filters: dict[tuple[str | None, str], list[ConfigLine]] = {}
    for line in config.all(r"firewall (?:family \S+ )?(?:simple-)?filter \S"):
        said = words(line)
        family = said[2] if said[1] == "family" else None
        filters.setdefault((family, said[4 if family else 2]), []).append(line)
    acls = tuple(_acl(config, family, name, lines) for (family, name), lines in filters.items())
    bindings = tuple(_bindings(config))
    return Filtering(acls, bindings, evidence=config.evidence(*(line for lines in filters.values() for line in lines)))


def _acl(config: Config, family: str | None, name: str, lines: list[ConfigLine]) -> AccessList:
    terms: dict[str, list[Path]] = {}
    for line in lines:
        said = words(line)
        if "term" in said[:-1]:
            at = said.index("term")
            terms.setdefault(said[at + 1], []).append(said[at + 2 :])
    permits_any = any(
        not any(path[:1] == ("from",) for path in said) and ("then", "accept") in said for said in terms.values()
    )
    # A filter without a family is one for IPv4.
    return AccessList(name, _FAMILY.get(family or "inet"), len(terms), permits_any, config.evidence(*lines))


def _bindings(config: Config) -> Iterator[AclBinding]:
    for line in config.all(r"interfaces \S+ unit \d+ family \S+ filter (?:input|output)(?:-list)? \S"):
        said = words(line)
        direction = "in" if said[7].startswith("input") else "out"
        yield AclBinding(f"{said[1]}.{said[3]}", said[8], _FAMILY.get(said[5]), direction, config.evidence(line))


def zone_policy(config: Config, _: Release) -> ZonePolicy | Missing:
    """A firewall's zones and policies, in order; Missing(LACKING) for a device without zones."""
    zones, policies = grouped(config, "security zones security-zone"), _policies(config)
    if not zones and not policies:
        return Missing(Gap.LACKING, "the configuration has no security zones")
    default = config.line(r"security policies default-policy ")
    lines = [*config.all(r"security zones security-zone "), *config.all(r"security policies ")]
    return ZonePolicy(
        frozenset(zones),
        tuple(_rule(config, key, said) for key, said in policies.items()),
        bool(defaults.ZONES_PASS.value) if default is None else default.text.endswith("permit-all"),
        config.evidence(*lines),
    )


Between = tuple[str, str, str]


def _policies(config: Config) -> dict[Between, Said]:
    """What each policy says, by the zones it stands between and its name; zones of a global one are empty."""
    found: dict[Between, Said] = {}
    for line in config.all(r"security policies (?:from-zone \S+ to-zone \S+|global) policy \S+ \S"):
        said = words(line)
        key, rest = (("", "", said[4]), said[5:]) if said[2] == "global" else ((said[3], said[5], said[7]), said[8:])
        found.setdefault(key, []).append((line, rest))
    return found


def _rule(config: Config, key: Between, told: Said) -> PolicyRule:
    source, destination, name = key
    said = [path for _, path in told]

    def matched(what: str) -> frozenset[str]:
        return frozenset(path[2] for path in said if path[:2] == ("match", what) and len(path) > 2)

    return PolicyRule(
        name=name,
        source_zones=(frozenset({source}) if source else matched("from-zone")) - {"any"},
        destination_zones=(frozenset({destination}) if destination else matched("to-zone")) - {"any"},
        sources_any="any" in matched("source-address"),
        destinations_any="any" in matched("destination-address"),
        services_any="any" in matched("application"),
        sources=tuple(sorted(matched("source-address"))),
        destinations=tuple(sorted(matched("destination-address"))),
        services=tuple(sorted(matched("application"))),
        entry=f"from-zone {source} to-zone {destination} policy {name}" if source else f"global policy {name}",
        permits=any(path[:2] == ("then", "permit") for path in said),
        logs=any(path[:2] == ("then", "log") for path in said),
        evidence=config.evidence(*lines_in(told)),
    )


def rate_limits(config: Config, _: Release) -> RateLimits:
    """Policers of an interface's family and shaping rates of interfaces; those for chosen traffic are left out."""
    items = [*_policers(config), *_shapers(config)]
    lines = config.all(r"firewall policer |class-of-service interfaces .*shaping-rate|interfaces .* policer ")
    return RateLimits(tuple(items), config.evidence(*lines))


def _policers(config: Config) -> Iterator[RateLimit]:
    rates = {
        words(line)[2]: line for line in config.all(r"firewall policer \S+ if-exceeding bandwidth-limit \d+[kmg]?$")
    }
    for line in config.all(r"interfaces \S+ unit \d+ family \S+ policer (?:input|output) \S"):
        said = words(line)
        limit = rates.get(said[8])
        if limit:
            direction = said[7].removesuffix("put")
            yield RateLimit(f"{said[1]}.{said[3]}", direction, _mbps(limit), "police", config.evidence(limit, line))


def _shapers(config: Config) -> Iterator[RateLimit]:
    for line in config.all(r"class-of-service interfaces \S+ (?:unit \d+ )?shaping-rate \d+[kmg]?$"):
        said = words(line)
        name = f"{said[2]}.{said[4]}" if said[3] == "unit" else said[2]
        yield RateLimit(name, "out", _mbps(line), "shape", config.evidence(line))


def _mbps(line: ConfigLine) -> float:
    rate, unit = re.findall(r"(\d{1,18})([kmg]?)$", line.text)[0]
    return int(rate) / _SCALE[unit]


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes, of routing instances too; how many routes there are is not in the text."""
    found = [(line, route) for line in config.lines if (route := _DEFAULT.match(line.text))]
    if not found:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    items = dict.fromkeys(_default(route) for _, route in found)
    return Routes(None, None, None, tuple(items), config.evidence(*(line for line, _ in found)))


def _default(route: re.Match[str]) -> DefaultRoute:
    hop = ios_network.ip_in(route["hop"] or "")
    interface = route["hop"] if hop is None and route["kind"] != "next-table" else None
    return DefaultRoute(6 if ":" in route["to"] else 4, hop, interface, "static", route["vrf"])


def routing_protocols(config: Config, _: Release) -> RoutingProtocols:
    """Configured routing protocols, by routing instance, with the families they carry."""
    found: dict[tuple[str | None, str], list[str]] = {}
    lines: list[ConfigLine] = []
    for line in config.lines:
        matched = _PROTOCOL.match(line.text)
        if matched:
            found.setdefault((matched["vrf"], matched["name"]), []).append(matched["rest"] or "")
            lines.append(line)
    items = [_protocol(config, name, said) for (_, name), said in found.items() if "disable" not in said]
    return RoutingProtocols(tuple(items), config.evidence(*lines))


def _protocol(config: Config, name: str, said: list[str]) -> RoutingProtocol:
    if name == "bgp":
        return RoutingProtocol("bgp", _bgp_families(said), _bgp_authenticated(said))
    families = frozenset({6} if name in {"ospf3", "ripng"} else {4})
    if name == "ospf3" and any(rest.startswith("realm ipv4") for rest in said):
        families |= {4}
    if name == "isis" and "no-ipv6-routing" not in said and has(config, r"interfaces \S+ unit \d+ family inet6"):
        families |= {6}  # it carries both wherever an interface has both
    keyed = any(re.match(_AUTHENTICATED[name], rest) for rest in said)
    return RoutingProtocol(_NAMES.get(name, name), families, keyed)


def _bgp_families(said: list[str]) -> frozenset[int]:
    text = "\n".join(said)
    peers = re.findall(r"\bneighbor ([0-9A-Fa-f.:]+)", text)
    six = re.search(r"\bfamily inet6", text) is not None or any(":" in peer for peer in peers)
    four = not six or any(":" not in peer for peer in peers) or re.search(r"\bfamily inet(?:-vpn)?\b(?!6)", text)
    return frozenset(({4} if four else set()) | ({6} if six else set()))


def _bgp_authenticated(said: list[str]) -> bool | None:
    """Whether every neighbour has a key, its own, its group's or the protocol's; None without neighbours."""
    key = r"authentication-(?:key|key-chain|algorithm)\b"
    peers = {found.groups() for rest in said if (found := re.match(r"group (\S+) (?:neighbor|allow) (\S+)", rest))}
    if not peers:
        return None
    if any(re.match(key, rest) for rest in said):
        return True
    groups = {found.group(1) for rest in said if (found := re.match(rf"group (\S+) {key}", rest))}
    own = {found.groups() for rest in said if (found := re.match(rf"group (\S+) neighbor (\S+) {key}", rest))}
    return all(group in groups or (group, peer) in own for group, peer in peers)


_TECHNIQUES = {
    "6vpe": r"(?:routing-instances \S+ )?protocols bgp .*family inet6-vpn\b",
    "6pe": r"protocols bgp .*family inet6 labeled-unicast\b",
    "srv6": r"(?:routing-options source-packet-routing srv6|protocols isis source-packet-routing srv6)\b",
    "ds-lite": r"services softwire softwire-concentrator ds-lite\b|security softwires .*softwire-type IPv4",
    "nat64": r"services nat rule .*translation-type stateful-nat64|security nat static .*then static-nat inet\b",
}


def transitions(config: Config, _: Release) -> Transitions:
    """IPv6 transition techniques that are configured."""
    items = [
        Transition(technique, "global", evidence=config.evidence(*lines))
        for technique, pattern in _TECHNIQUES.items()
        if (lines := list(config.all(pattern)))
    ]
    for name, said in _units(config).items():
        if name.startswith(("gr-", "ip-")) and any(path[:2] == ("family", "inet6") for path in said):
            items.append(Transition("gre" if name.startswith("gr-") else "6in4", name, evidence=config.evidence()))
    return Transitions(tuple(items), config.evidence())
