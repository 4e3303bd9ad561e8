"""Level 3: security zones, by the register, held against the addresses that devices carry."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from inventory.addresses import on_internet
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Address, Addresses, Filtering, ZonePolicy
from inventory.snapshot import Network, State
from inventory.text import Text
from inventory.views import CensusView, DeclaredZone

_UNDECLARED = Text("普查表没有登记安全区域", "the register declares no security zone")
_HOSTS = frozenset({"server", "storage"})
_GRAVE = frozenset({"key", "important"})
_SHOWN = 5


@check(
    "zones.told-apart",
    family=Family.LEVEL3,
    title=Text("按重要程度和部门划分了区域", "Zones are told apart by importance"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.2.1-c#1~",),
    found=Text("只登记了一个安全区域：{place}", "a single security zone is declared: {place}"),
    unknown=_UNDECLARED,
    remedy=Remedy(
        Text(
            "划分服务器、管理、办公等区域并登记网段", "Divide servers, management, offices … and declare their networks"
        )
    ),
)
def told_apart(census: CensusView) -> Iterator[Verdict]:
    zones = census.zones
    ok = None if not zones else len(zones) > 1
    yield verdict(ok, *(zone.evidence for zone in zones), place=zones[0].name if len(zones) == 1 else "")


@check(
    "zones.networks-disjoint",
    family=Family.LEVEL3,
    title=Text("各区域的网段互不重叠", "No network lies in two zones"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.2.1-c#2~",),
    found=Text("区域 {place} 的网段 {network} 与 {other} 的重叠", "zone {place}: {network} overlaps that of {other}"),
    unknown=Text("安全区域没有登记网段", "no zone declares its networks"),
    remedy=Remedy(Text("调整地址规划，各区域使用独立网段", "Give each zone networks of its own")),
)
def networks_disjoint(census: CensusView) -> Iterator[Verdict]:
    listed = [(zone, network) for zone in census.zones for network in zone.networks]
    clashes = 0
    for number, (zone, network) in enumerate(listed):
        for other, beside in listed[:number]:
            if other.name != zone.name and network.version == beside.version and network.overlaps(beside):
                clashes += 1
                yield verdict(
                    False, zone.evidence, other.evidence, place=zone.name, network=str(network), other=other.name
                )
    if not clashes:
        yield verdict(True if listed else None, *(zone.evidence for zone in census.zones), place="")


@check(
    "zones.servers-inside",
    family=Family.LEVEL3,
    title=Text("服务器的地址都在登记的区域内", "Every server's address lies in a declared zone"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.2.1-c#2~",),
    found=Text(
        "服务器 {place} 的地址 {address} 不在任何登记的区域内", "server {place}: {address} lies in no declared zone"
    ),
    unknown=Text(
        "没有登记区域网段，或没有读到服务器地址：{where}", "no zone declares networks, or no address was read: {where}"
    ),
    remedy=Remedy(Text("补登记网段，或把服务器移入所属区域", "Declare the network, or move the server into its zone")),
)
def servers_inside(network: Network, census: CensusView) -> Iterator[Verdict]:
    networks = [each for zone in census.zones for each in zone.networks if each.version == 4]
    if not networks:
        yield verdict(None, where="-")
        return
    seen = 0
    for target, addresses in _servers(network, census):
        for each in addresses.items:
            ip = each.ip.ip
            if isinstance(ip, IPv4Address) and _is_service(each):
                seen += 1
                inside = any(ip in zone for zone in networks)
                if not inside:
                    yield verdict(False, addresses.evidence, place=target, address=str(ip))
    if dark := _dark(network, census):
        yield verdict(None, where=", ".join(dark[:_SHOWN]))
    elif not seen:
        yield verdict(None, where="-")
    else:
        yield verdict(True, *(zone.evidence for zone in census.zones), place="")


def _servers(network: Network, census: CensusView) -> Iterator[tuple[str, Addresses]]:
    hosts = _hosts(census)
    for target, addresses in network.each(Addresses):
        if target in hosts and not isinstance(addresses, Missing):
            yield target, addresses


def _hosts(census: CensusView) -> set[str]:
    return {device.target for device in census.devices if device.kind in _HOSTS and device.target}


def _dark(network: Network, census: CensusView) -> list[str]:
    """Servers whose addresses were not read: one may be anywhere."""
    hosts = _hosts(census)
    return sorted(t for t, addresses in network.each(Addresses) if t in hosts and isinstance(addresses, Missing))


def _is_service(each: Address) -> bool:
    ip = each.ip.ip
    return not (ip.is_loopback or ip.is_link_local or ip.is_unspecified) and "docker" not in (each.interface or "")


@check(
    "zones.servers-not-at-edge",
    family=Family.LEVEL3,
    title=Text("服务器不直接处在外部边界", "No server stands at the outer edge"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.2.1-d#2~",),
    found=Text(
        "服务器 {place} 自带公网地址 {address}，处在外部边界",
        "server {place} carries the Internet address {address} itself: it stands at the outer edge",
    ),
    unknown=Text("没有读到服务器的地址：{where}", "no address of a server was read: {where}"),
    remedy=Remedy(
        Text(
            "移到防火墙之后的服务器区，对外用地址转换发布", "Move it behind the firewall and publish it by translation"
        )
    ),
    high_risk=("HR-6.2.1.2",),
)
def servers_not_at_edge(network: Network, census: CensusView) -> Iterator[Verdict]:
    read = 0
    outside: list[tuple[str, IPv4Address | IPv6Address, Evidence]] = []
    for target, addresses in _servers(network, census):
        read += 1
        # Every IPv6 address may be global and filtered all the same; an IPv4 one is public where nothing translates.
        public = (each.ip.ip for each in addresses.items if each.ip.version == 4 and on_internet(each.ip.ip))
        outside += [(target, ip, addresses.evidence) for ip in public]
    for target, ip, shown in outside:
        yield verdict(False, shown, place=target, address=str(ip))
    if dark := _dark(network, census):
        yield verdict(None, where=", ".join(dark[:_SHOWN]))
    elif not outside:
        yield verdict(True if read else None, where="-")


@check(
    "zones.guarded",
    family=Family.LEVEL3,
    title=Text("重要区域有可靠的隔离设备", "Something keeps every important zone apart"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.2.1-d#3~",),
    found=Text("区域 {place}：{why}", "zone {place}: {why}"),
    unknown=Text("区域 {place} 的隔离情况未知：{why}", "whether zone {place} is kept apart is not known: {why}"),
    remedy=Remedy(
        Text("在该区域边界部署防火墙或访问控制，并登记隔离设备", "Put a firewall or filters before it and declare them")
    ),
    high_risk=("HR-6.2.1.2", "HR-6.3.2.1"),
)
def guarded(network: Network, census: CensusView) -> Iterator[Verdict]:
    grave = [zone for zone in census.zones if zone.importance in _GRAVE]
    for zone in grave:
        ok, why, shown = _guard(network, zone)
        yield verdict(ok, *shown, zone.evidence, place=zone.name, why=why)
    if not grave:
        yield verdict(None, place="-", why=Text("没有登记重要区域", "no important zone is declared"))


def _guard(network: Network, zone: DeclaredZone) -> tuple[bool | None, Text, tuple[Evidence, ...]]:
    if zone.guard is None:
        return False, Text("没有登记隔离设备", "nothing is declared that keeps it apart"), ()
    record = network.record(zone.target) if zone.target else None
    if record is None:
        return None, Text(f"{zone.guard} 不在采集目标中", f"{zone.guard} is no target"), ()
    if record.state is State.UNREACHABLE:  # one that refuses every login, or is spared it, stands there all the same
        return False, Text(f"{zone.guard} 没有应答", f"{zone.guard} does not answer"), ()
    policy = network.fact(record.target, ZonePolicy)
    if isinstance(policy, Missing):
        return _filtered(network, zone, record.target)
    if policy.default_permits or (policy.default_permits is None and not policy.rules):
        return False, Text(f"{zone.guard} 默认放行", f"{zone.guard} lets pass what no rule names"), (policy.evidence,)
    return True, Text("-", "-"), (policy.evidence,)


def _filtered(network: Network, zone: DeclaredZone, target: str) -> tuple[bool | None, Text, tuple[Evidence, ...]]:
    """What keeps zones apart by lists at its interfaces, as a router does, or by its packet filter."""
    filtering = network.fact(target, Filtering)
    if isinstance(filtering, Missing):
        return None, Text(f"没有读到 {zone.guard} 的策略", f"the policy of {zone.guard} was not read"), ()
    held = bool(filtering.bindings) or filtering.default_deny_ipv4 is True
    why = Text(f"{zone.guard} 没有任何访问控制策略", f"{zone.guard} has no policy and filters at no interface")
    return held, why, (filtering.evidence,)
