"""IPv6 from sites to the core and the egress, and the address plan behind them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Address, IPv6Network

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import Ipv6Policy
from checks.rules.ipv6 import usable
from inventory.addresses import Ipv6Class, ipv6_class
from inventory.errors import Gap, Missing
from inventory.facts import Addresses
from inventory.paths import Stop
from inventory.snapshot import Network
from inventory.text import Text
from inventory.views import CensusView, DeclaredPrefix, SiteView

_GOALS = {"core": Text("核心", "core"), "egress": Text("出口", "egress")}
_STOPS = {
    Stop.FORWARDING: Text("没有开启 IPv6 转发", "it forwards IPv4 alone"),
    Stop.INTERFACE: Text("接口只有 IPv4 地址", "the interface has IPv4 alone"),
    Stop.SESSION: Text("6PE/6vPE 没有建立 BGP 邻居", "6PE/6vPE without a BGP neighbour"),
}
_UNTOLD = Text("原因未知", "for reasons not told")
_LAN_LENGTH = 64  # RFC 7421: what SLAAC works with


@check(
    "ipv6.path-carries",
    family=Family.IPV6,
    title=Text("从站点到核心和出口的每一跳都通 IPv6", "Every hop from a site to the core and the egress carries IPv6"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 到{goal}的 IPv6 在 {where} 中断：{why}（{way}）",
        "{subject}: on the way to the {goal} IPv6 stops at {where}: {why} ({way})",
    ),
    unknown=Text(
        "{subject} 到{goal}的路径上 {where} 没有读到（{way}）",
        "{subject}: on the way to the {goal} {where} was not read ({way})",
    ),
    remedy=Remedy(
        Text(
            "在中断处开启 IPv6 转发、配置接口地址并接入路由；沿途不能升级的设备可用 6PE/6vPE 或受管隧道越过",
            "Where it stops, forward IPv6, address the interface and join the routing; what cannot be upgraded is "
            "passed by 6PE/6vPE or a managed tunnel",
        )
    ),
)
def path_carries(site: SiteView) -> Iterator[Verdict]:
    for path in site.paths:
        yield verdict(
            path.carries,
            site.evidence,
            place=path.goal,
            goal=_GOALS[path.goal],
            where=" ".join(part for part in (path.device, path.interface) if part) or "?",
            why=_STOPS[path.why] if path.why else _UNTOLD,
            way=" → ".join(path.devices) or "?",
        )


@check(
    "ipv6.site-prefix",
    family=Family.IPV6,
    title=Text("地址规划给每个站点分配了 IPv6 前缀", "The address plan gives every site an IPv6 prefix"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 没有登记 IPv6 前缀", "no IPv6 prefix is declared for {subject}"),
    unknown=Text(
        "{subject} 的 IPv6 前缀没有登记，设备也没有读到", "{subject}: neither prefix declared nor devices read"
    ),
    remedy=Remedy(Text("在登记表的站点页填写 IPv6 前缀", "Fill in the site's IPv6 prefixes in the register")),
)
def site_prefix(site: SiteView) -> Iterator[Verdict]:
    if site.prefixes:
        yield verdict(True, site.evidence)
        return
    read = [device for device in site.devices if not isinstance(device.addresses, Missing)]
    yield verdict(False if read else None, site.evidence)


@check(
    "ipv6.site-prefix-active",
    family=Family.IPV6,
    title=Text("站点的 IPv6 前缀已在设备上启用", "A site's IPv6 prefix is in use on its devices"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 的前缀 {prefixes} 没有任何设备使用", "{subject}: no device has an address of {prefixes}"),
    unknown=Text("{subject} 的设备地址没有读到", "{subject}: addresses of its devices were not read"),
    remedy=Remedy(Text("按规划在站点的网关接口上配置地址", "Give the site's gateway an address of its prefix")),
)
def site_prefix_active(site: SiteView) -> Iterator[Verdict]:
    if not site.prefixes:
        return
    read = [device.addresses for device in site.devices if not isinstance(device.addresses, Missing)]
    own = [a.ip.ip for addresses in read for a in addresses.items if isinstance(a.ip.ip, IPv6Address)]
    active = any(_inside(ip, prefix) for ip in own for prefix in site.prefixes)
    unread = len(read) < len(site.devices) or not site.devices
    evidence = [addresses.evidence for addresses in read]
    shown = ", ".join(map(str, site.prefixes[:3]))
    yield verdict(True if active else None if unread else False, site.evidence, *evidence, prefixes=shown)


def _inside(ip: IPv6Address, prefix: IPv6Network) -> bool:
    return IPv6Address(int(ip)) in prefix  # membership refuses zones


@check(
    "ipv6.plan-consistent",
    family=Family.IPV6,
    title=Text(
        "地址规划的前缀不重叠、长度和类别合适", "Prefixes of the address plan do not overlap and are fit for use"
    ),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-01",),
    found=Text("站点 {site} 的前缀 {prefix} {fault}", "prefix {prefix} of site {site} {fault}"),
    unknown=Text("登记表没有任何 IPv6 前缀", "the register declares no IPv6 prefix at all"),
    remedy=Remedy(
        Text(
            "重新分配重叠的前缀；每个局域网用 /64，站点用 /56 或 /60",
            "Assign overlapping prefixes anew; /64 for each LAN, /56 or /60 for a site",
        )
    ),
)
def plan_consistent(census: CensusView) -> Iterator[Verdict]:
    if not census.prefixes:
        yield verdict(None, census.evidence)
        return
    faults = list(_faults(census))
    for declared, fault in faults:
        place = f"{declared.site} {declared.prefix}"
        shown = str(declared.prefix)
        yield verdict(False, declared.evidence, place=place, site=declared.site, prefix=shown, fault=fault)
    if not faults:
        yield verdict(True, census.evidence)


def _faults(census: CensusView) -> Iterator[tuple[DeclaredPrefix, Text]]:
    for declared in census.prefixes:
        kind = ipv6_class(declared.prefix.network_address)
        if kind not in (Ipv6Class.GLOBAL, Ipv6Class.ULA):
            yield declared, Text("不是可用的地址类别", "is of a class that is not for use")
        elif declared.prefix.prefixlen > _LAN_LENGTH:
            yield (
                declared,
                Text("比 /64 还长，主机无法自动配置", "is longer than /64, with which hosts cannot configure"),
            )
    yield from _overlapping(census.prefixes)


def _overlapping(prefixes: tuple[DeclaredPrefix, ...]) -> Iterator[tuple[DeclaredPrefix, Text]]:
    """Each prefix that lies within one before it in the address space, be it wider or alike.

    What an upper site holds as a whole it may hand on in parts.
    """
    around: list[DeclaredPrefix] = []
    for declared in sorted(prefixes, key=lambda p: (int(p.prefix.network_address), p.prefix.prefixlen)):
        around = [wider for wider in around if declared.prefix.subnet_of(wider.prefix)]
        for wider in around:
            if wider.site not in (declared.upper, declared.site) or wider.prefix == declared.prefix:
                said = f"{wider.site} {wider.prefix}"
                yield declared, Text(f"与 {said} 重叠", f"overlaps with {said}")
        around.append(declared)


@check(
    "ipv6.addresses-allocated",
    family=Family.IPV6,
    title=Text(
        "使用的 IPv6 地址都在已分配的前缀内", "IPv6 addresses in use are of prefixes that the plan has assigned"
    ),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-01",),
    found=Text("{place} 的 {address} 不在任何站点的前缀内", "{address} of {place} is in no site's prefix"),
    unknown=Text(
        "没有登记前缀，或有设备没有读到地址", "no prefixes are declared, or some device's addresses were not read"
    ),
    remedy=Remedy(
        Text(
            "在登记表补上前缀，或改用已分配的地址",
            "Declare the prefix, or give the interface an address of one that is",
        )
    ),
)
def addresses_allocated(network: Network, census: CensusView, policy: Ipv6Policy) -> Iterator[Verdict]:
    if not census.prefixes:
        yield verdict(None, census.evidence)
        return
    taken = _Taken(census)
    read, strays, is_silent = 0, 0, False
    for target, addresses in network.each(Addresses):
        if isinstance(addresses, Missing):
            is_silent |= addresses.gap not in (Gap.LACKING, Gap.UNREAD)
            continue
        found = [a.ip.ip for a in addresses.items if isinstance(a.ip.ip, IPv6Address) and usable(a.ip.ip, policy)]
        read += len(found)
        outside = [str(ip) for ip in found if ip not in taken]
        strays += len(outside)
        if outside:
            yield verdict(False, addresses.evidence, place=target, address=", ".join(outside[:3]))
    if is_silent or not (read or strays):
        yield verdict(None, census.evidence)
    elif not strays:
        yield verdict(True, census.evidence)


class _Taken:
    """The prefixes of the plan, by length: a county has thousands of them and of addresses."""

    def __init__(self, census: CensusView) -> None:
        self._by_length: dict[int, set[int]] = {}
        for declared in census.prefixes:
            shift = 128 - declared.prefix.prefixlen
            self._by_length.setdefault(shift, set()).add(int(declared.prefix.network_address) >> shift)

    def __contains__(self, ip: IPv6Address) -> bool:
        return any(int(ip) >> shift in heads for shift, heads in self._by_length.items())
