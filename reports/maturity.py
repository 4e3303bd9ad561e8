"""IPv6 maturity of a run: devices, sites, units, systems and the county on their ladders; the address plan in use."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network

from checks.ipv6_levels import (
    ALONE,
    ALONE_TEXT,
    CARRYING,
    CHECKS,
    NAMES,
    County,
    Findings,
    Kind,
    Standing,
    county,
    device_kind,
    device_standing,
    filtered_alike,
    share,
    site_standing,
    system_standing,
    unit_standing,
)
from checks.rules.ipv6 import DISCOURAGED
from inventory.addresses import Ipv6Class, ipv6_class
from inventory.errors import Missing
from inventory.facts import Addresses, FamilyCounters, ServiceProbe, Transitions
from inventory.register import Register
from inventory.snapshot import Network, system_target
from inventory.text import Language, Text
from reports.model import Result
from reports.wording import declared, shown

_BACKBONE = frozenset({"core", "aggregation", "border"})
_LAN = 64
KINDS = {
    Kind.NETWORK: Text("网络设备", "network devices"),
    Kind.SECURITY: Text("安全设备", "security devices"),
    Kind.HOST: Text("主机", "hosts"),
    Kind.SITE: Text("站点", "sites"),
    Kind.UNIT: Text("单位", "units"),
    Kind.SYSTEM: Text("业务系统", "business systems"),
}
LAYERS = {
    "backbone": Text("骨干", "backbone"),
    "boundary": Text("边界安全设备", "boundary"),
    "departments": Text("单位", "units"),
}
_ALIKE = Text("边界 IPv6 过滤与 IPv4 对等率", "boundary devices that filter IPv6 as IPv4")
# The plan's indicators and the national ones: what, of whom, from which level on.
_RATES = (
    ("PR-V6-01", Text("网络及安全设备支持率", "devices able to speak IPv6"), (Kind.NETWORK, Kind.SECURITY), 1),
    ("PR-V6-02", Text("单位 IPv6 服务率", "units with IPv6 service"), (Kind.UNIT,), CARRYING),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many have come to a level."""

    key: str
    text: Text
    done: int
    total: int

    @property
    def percent(self) -> float | None:
        """None where there is nothing to count."""
        return 100 * self.done / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class PrefixUse:
    """A prefix of the address plan and how many of its /64 networks are in use."""

    site: str
    unit: str | None
    prefix: IPv6Network
    used: int

    @property
    def networks(self) -> int:
        """How many /64 it holds; one for anything longer."""
        return 1 << max(0, _LAN - self.prefix.prefixlen)


@dataclass(frozen=True, slots=True)
class Maturity:
    """Everything on its ladder. ``traffic_percent`` None: no device counts traffic by family."""

    standings: tuple[Standing, ...]
    county: County
    rates: tuple[Rate, ...]
    traffic_percent: float | None


def maturity(result: Result) -> Maturity:
    """The ladders of a run, from its findings; holds a line a device, site and system in memory."""
    found = Findings(result.findings(checks=sorted(CHECKS)))
    techniques = _techniques(result.network)
    devices: list[Standing] = []
    at_site: dict[str | None, list[str]] = {}
    backbone, boundary = [], []
    edge: list[str] = []
    for line in result.devices():
        at_site.setdefault(line.site, []).append(line.record.target)
        kind = None if isinstance(line.identity, Missing) else device_kind(line.identity.kind)
        if line.record.role == "firewall":
            kind = Kind.SECURITY
        if kind is None:
            continue
        standing = device_standing(line.record.target, kind, found, techniques.get(line.record.target, ()))
        devices.append(standing)
        if kind is Kind.SECURITY or line.record.role == "border":
            edge.append(line.record.target)
        if kind is Kind.SECURITY:
            boundary.append(standing)
        elif line.record.role in _BACKBONE and kind is Kind.NETWORK:
            backbone.append(standing)
    sites = {site.name: site_standing(site.name, at_site.get(site.name, ()), found) for site in result.register.sites}
    units = list(_units(result.register, sites))
    systems = [system_standing(each.name, found, _translated(result, each.name)) for each in result.register.systems]
    everything = (*devices, *sites.values(), *units, *systems)
    whole = county(everything, {"backbone": backbone, "boundary": boundary, "departments": units})
    rates = (*_rates(everything, backbone), Rate("PR-V6-03", _ALIKE, *filtered_alike(edge, found)))
    return Maturity(everything, whole, rates, _traffic_percent(result.network))


def _units(register: Register, sites: dict[str, Standing]) -> Iterator[Standing]:
    """Units that have a site; one without is on no network and judged by no probe."""
    of_unit: dict[str, list[Standing]] = {}
    for site in register.sites:
        if site.unit:
            of_unit.setdefault(site.unit, []).append(sites[site.name])
    return (unit_standing(unit.name, of_unit[unit.name]) for unit in register.units if unit.name in of_unit)


def _rates(standings: tuple[Standing, ...], backbone: list[Standing]) -> Iterator[Rate]:
    for key, text, kinds, level in _RATES:
        yield Rate(key, text, *share((s for s in standings if s.kind in kinds), level))
    yield Rate("PR-V6-02", Text("骨干承载率", "backbone carrying IPv6"), *share(backbone, CARRYING))


def _traffic_percent(network: Network) -> float | None:
    """The share of IPv6 in all octets that devices count by family."""
    octets = {4: 0, 6: 0}
    for _, counters in network.each(FamilyCounters):
        for item in () if isinstance(counters, Missing) else counters.items:
            if item.interface is None:
                octets[item.family] += (item.in_octets or 0) + (item.out_octets or 0)
    return 100 * octets[6] / sum(octets.values()) if sum(octets.values()) else None


def _techniques(network: Network) -> dict[str, tuple[str, ...]]:
    """What carries IPv6 on each device: both families on an interface, and what its configuration names."""
    found: dict[str, dict[str, None]] = {}
    for target, addresses in network.each(Addresses):
        if not isinstance(addresses, Missing):
            found[target] = dict.fromkeys(_native(addresses))
    for target, transitions in network.each(Transitions):
        if not isinstance(transitions, Missing):
            found.setdefault(target, {}).update(dict.fromkeys(t.technique for t in transitions.items))
    return {target: tuple(names) for target, names in found.items() if names}


def _translated(result: Result, system: str) -> tuple[str, ...]:
    """``nat64`` where a system's only IPv6 addresses are those that a resolver makes of its IPv4 ones."""
    probe = result.network.fact(system_target(system), ServiceProbe)
    servers = probe.names.servers if not isinstance(probe, Missing) and probe.names else ()
    telling = [each for each in servers if each.aaaa]
    return ("nat64",) if telling and not any(each.own_aaaa for each in telling) else ()


def _native(addresses: Addresses) -> Iterator[str]:
    families: dict[str | None, set[int]] = {}
    for each in addresses.items:
        if not each.ip.is_loopback and not each.ip.is_link_local:
            families.setdefault(each.interface, set()).add(each.ip.version)
    if {4, 6} in families.values():
        yield "dual-stack"
    elif {6} in families.values():
        yield "ipv6-only" if not any(4 in told for told in families.values()) else "ipv6"


def prefix_uses(result: Result) -> list[PrefixUse]:
    """The address plan in the register's order, each prefix with its use."""
    used = sorted(
        {
            int(each.ip.ip) >> _LAN
            for _, addresses in result.network.each(Addresses)
            if not isinstance(addresses, Missing)
            for each in addresses.items
            if isinstance(each.ip.ip, IPv6Address) and ipv6_class(each.ip.ip) in (Ipv6Class.GLOBAL, Ipv6Class.ULA)
        }
    )
    return [
        PrefixUse(site.name, site.unit, prefix, _within(prefix, used))
        for site in result.register.sites
        for prefix in site.ipv6_prefixes
    ]


def _within(prefix: IPv6Network, heads: list[int]) -> int:
    """How many of the sorted /64 lie in a prefix; one that is longer than that holds the one it is of."""
    first = int(prefix.network_address) >> _LAN
    return bisect_left(heads, first + (1 << max(0, _LAN - prefix.prefixlen))) - bisect_left(heads, first)


def level_text(level: int) -> Text:
    """``L3 可承载``."""
    return Text(f"L{level} {NAMES[level].zh}", f"L{level} {NAMES[level].en}")


def county_line(ripe: Maturity, language: Language) -> str:
    """Level of the county, of its layers, and the plan's rates, in one line."""
    whole, is_zh = ripe.county, language == "zh"
    layers = ("、" if is_zh else ", ").join(f"{LAYERS[n].say(language)} L{level}" for n, level in whole.layers.items())
    level = level_text(whole.level).say(language)
    of_layers = (f"（{layers}）" if is_zh else f" ({layers})") if layers else ""
    rates = [f"{rate.text.say(language)} {rate.done}/{rate.total}" for rate in ripe.rates if rate.total]
    return ("；" if is_zh else "; ").join([f"{level}{of_layers}", *rates])


def wanted_text(requirement: str) -> Text:
    """What a requirement of the ladder asks for: the good condition of its check, or of either of two."""
    told = [ALONE_TEXT if check == ALONE else _title(check) for check in requirement.split("|")]
    return Text(" / ".join(t.zh for t in told), " / ".join(t.en for t in told))


def _title(check: str) -> Text:
    known = declared(check)
    return known.title if known else Text(shown(check), shown(check))


def technique_text(name: str) -> Text:
    """A technique's name, the discouraged ones named as such."""
    words = {"dual-stack": "双栈", "ipv6-only": "纯 IPv6", "tun": "TUN 隧道"}
    zh = words.get(name, name)
    return Text(f"{zh}（应淘汰）", f"{name} (discouraged)") if name in DISCOURAGED else Text(zh, name)
