"""IPv6 on devices beyond addresses and routes: able hardware, management, hosts served and guarded, traffic, MTU."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from ipaddress import IPv6Address, ip_address

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import Ipv6Policy
from checks.rules.ipv6 import NETWORK_DEVICES, usable
from inventory.errors import Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import (
    Accounts,
    Addresses,
    FamilyCounters,
    FirstHopSecurity,
    Forwarding,
    Identity,
    Interface,
    Interfaces,
    LinkServices,
    Listeners,
    Logging,
    Monitoring,
    TimeSync,
)
from inventory.snapshot import DeviceRecord
from inventory.text import Text

ACCESS_SWITCHES = Scope(kinds=frozenset({"switch"}))
# Releases from before their maker's first with IPv6: IOS 12.2(2)T (Cisco IOS IPv6 feature roadmap), Comware 5.
_TOO_OLD = {"cisco_ios": r"(?:9|10|11|12\.[01])\b", "h3c_comware": r"(?:Version )?3\."}
_TELLS_BY_SILENCE = frozenset({"linux", "frr"})  # their "not forwarding" may mean that the kernel has no IPv6
_LEAST_MTU = 1280  # RFC 8200, section 5
_BACKBONE = frozenset({"core", "aggregation", "border"})
_LEAST_BYTES_A_DAY = 1_000_000
_LEAST_UPTIME_S = 3600.0
_DAY_S = 86400.0


@check(
    "ipv6.capable",
    family=Family.IPV6,
    title=Text("硬件和软件版本支持 IPv6", "Hardware and release are able to speak IPv6"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-01",),
    found=Text("{subject}（{model} {release}）不支持 IPv6", "{subject} ({model} {release}) cannot speak IPv6"),
    unknown=Text(
        "{subject}（{model} {release}）是否支持 IPv6 没有证据",
        "nothing tells whether {subject} ({model} {release}) can speak IPv6",
    ),
    remedy=Remedy(
        Text(
            "升级到支持 IPv6 的版本，硬件不支持的列入更换计划",
            "Upgrade to a release with IPv6; plan to replace what has none",
        )
    ),
    scope=NETWORK_DEVICES,
)
def capable(
    identity: Identity,
    forwarding: Forwarding | Missing,
    addresses: Addresses | Missing,
    counters: FamilyCounters | Missing,
    policy: Ipv6Policy,
) -> Iterator[Verdict]:
    told = {"model": identity.model or "?", "release": identity.release or "?"}
    live = list(_living(forwarding, addresses, counters))
    answers = not isinstance(forwarding, Missing) and forwarding.ipv6 is False and _tells(identity)
    # That IPv6 is off says less than a data sheet: an agent has the object for the stack its device lacks, too.
    ok = True if live else False if _unable(identity, policy) else True if answers else None
    evidence = live or ([forwarding.evidence] if answers and not isinstance(forwarding, Missing) else [])
    yield verdict(ok, *(evidence or [identity.evidence]), **told)


def _living(
    forwarding: Forwarding | Missing, addresses: Addresses | Missing, counters: FamilyCounters | Missing
) -> Iterator[Evidence]:
    """Where the device itself shows a stack at work."""
    if not isinstance(addresses, Missing) and any(isinstance(a.ip.ip, IPv6Address) for a in addresses.items):
        yield addresses.evidence
    if not isinstance(counters, Missing) and any(item.family == 6 and item.in_octets for item in counters.items):
        yield counters.evidence
    if not isinstance(forwarding, Missing) and forwarding.ipv6:
        yield forwarding.evidence


def _tells(identity: Identity) -> bool:
    """Whether "not forwarding" means that there is something to turn on."""
    return identity.platform is not None and identity.platform not in _TELLS_BY_SILENCE


def _unable(identity: Identity, policy: Ipv6Policy) -> bool:
    old = _TOO_OLD.get(identity.platform or "")
    if old and re.match(old, identity.release or ""):
        return True
    return any(fnmatch((identity.model or "").lower(), model.lower()) for model in policy.incapable_models)


@check(
    "ipv6.managed-over-ipv6",
    family=Family.IPV6,
    title=Text(
        "日志、时间、认证、网管和登录可以走 IPv6", "Logs, time, authentication, monitoring and logins go over IPv6"
    ),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-01",),
    found=Text("{subject} 的 {place} 只用 IPv4：{hosts}", "{subject}: {place} goes over IPv4 alone: {hosts}"),
    unknown=Text(
        "{subject} 的 {place} 用域名，地址族未知：{hosts}", "{subject}: {place} has names of unknown family: {hosts}"
    ),
    remedy=Remedy(
        Text(
            "增加 IPv6 服务器；有意保留 IPv4 管理网时在策略中写明 ipv4_management",
            "Add servers with IPv6 addresses; where management stays on IPv4 on purpose: policy ipv4_management",
        )
    ),
)
def managed_over_ipv6(
    addresses: Addresses,
    logging: Logging | Missing,
    time_sync: TimeSync | Missing,
    accounts: Accounts | Missing,
    monitoring: Monitoring | Missing,
    listeners: Listeners | Missing,
    policy: Ipv6Policy,
) -> Iterator[Verdict]:
    if not any(isinstance(a.ip.ip, IPv6Address) and usable(a.ip.ip, policy) for a in addresses.items):
        return  # that it has no address is another check's finding
    told: list[tuple[str, Iterable[str], Evidence]] = []
    if not isinstance(logging, Missing):
        told.append(("syslog", logging.hosts, logging.evidence))
    if not isinstance(time_sync, Missing):
        told.append(("ntp", time_sync.servers, time_sync.evidence))
    if not isinstance(accounts, Missing):
        told.append(("aaa", accounts.aaa_servers, accounts.evidence))
    if not isinstance(monitoring, Missing):
        told.append(("snmp-trap", monitoring.trap_hosts, monitoring.evidence))
    for place, hosts, evidence in told:
        if hosts := tuple(hosts):
            ok = policy.ipv4_management or _any_ipv6(hosts)
            yield verdict(ok, evidence, place=place, hosts=", ".join(hosts), variant=place)
    if not isinstance(listeners, Missing):
        yield from _doors(listeners, policy)


def _any_ipv6(hosts: Iterable[str]) -> bool | None:
    """Whether one of the hosts is an IPv6 address; None: some are names, whose records nobody asked for here."""
    versions = {_version(host) for host in hosts}
    return True if 6 in versions else None if None in versions else False


def _version(host: str) -> int | None:
    try:
        return ip_address(host.strip("[]").partition("%")[0]).version
    except ValueError:
        return None


_DOORS = {"ssh": ("tcp", 22), "snmp": ("udp", 161)}


def _doors(listeners: Listeners, policy: Ipv6Policy) -> Iterator[Verdict]:
    for name, (protocol, port) in _DOORS.items():
        doors = [each for each in listeners.items if (each.protocol, each.port) == (protocol, port)]
        outside = [each for each in doors if not each.local_only]
        if outside:
            ok = policy.ipv4_management or any(each.family in (6, None) for each in outside)
            yield verdict(ok, listeners.evidence, place=name, hosts=f"{protocol}/{port}", variant=name)


@check(
    "ipv6.hosts-addressed",
    family=Family.IPV6,
    title=Text("用户 VLAN 的主机能得到 IPv6 地址", "Hosts of a user VLAN are given IPv6 addresses"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的 {place} 不发路由通告，也没有 DHCPv6",
        "{subject}: {place} neither advertises itself nor has DHCPv6",
    ),
    unknown=Text(
        "{subject} 的 {place} 是否发路由通告未知", "{subject}: whether {place} advertises itself is not known"
    ),
    remedy=Remedy(
        Text(
            "在网关接口上打开路由通告，或配置 DHCPv6 服务器或中继",
            "Let the gateway advertise itself, or serve or relay DHCPv6",
        ),
        {
            "huawei_vrp": "system-view\n interface {place}\n  undo ipv6 nd ra halt\n  quit",
            "h3c_comware": "system-view\n interface {place}\n  undo ipv6 nd ra halt\n  quit",
            "ruijie_rgos": "configure terminal\n interface {place}\n  no ipv6 nd suppress-ra\n end",
            "cisco_ios": "configure terminal\n interface {place}\n  no ipv6 nd ra suppress\n end",
            "cisco_nxos": "configure terminal\n interface {place}\n  no ipv6 nd suppress-ra\n end",
            "juniper_junos": "configure\n set protocols router-advertisement interface {place} prefix <prefix>\n"
            " commit and-quit",
            "frr": "vtysh -c 'configure terminal' -c 'interface {place}' -c 'no ipv6 nd suppress-ra' -c 'end' "
            "-c 'write memory'",
        },
    ),
    scope=NETWORK_DEVICES,
)
def hosts_addressed(services: LinkServices, addresses: Addresses, policy: Ipv6Policy) -> Iterator[Verdict]:
    served = {
        a.interface for a in addresses.items if isinstance(a.ip.ip, IPv6Address) and usable(a.ip.ip, policy)
    }  # fmt: skip
    for link in services.items:
        if link.interface in served and link.interface.lower().startswith(("vlan", "irb")):
            ok = True if link.dhcpv6 else link.advertises
            yield verdict(ok, services.evidence, place=link.interface)


_GUARDS = {
    "ra_guard": Text("RA Guard", "RA guard"),
    "dhcpv6_guard": Text("DHCPv6 防护", "a DHCPv6 guard"),
    "source_guard": Text("源地址验证（SAVI）", "source address validation (SAVI)"),
}


@check(
    "ipv6.first-hop-guarded",
    family=Family.IPV6,
    title=Text("接入交换机防范伪造的路由通告、DHCPv6 和源地址", "Access switches stop forged RAs, DHCPv6 and sources"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-03",),
    found=Text("{subject} 没有配置{guard}", "{subject} has no {guard}"),
    remedy=Remedy(
        Text("在用户侧端口上打开 IPv6 首跳安全功能", "Turn IPv6 first-hop security on at the ports of users"),
        {
            "huawei_vrp": "system-view\n dhcp enable\n dhcp snooping enable ipv6\n interface <user-port>\n"
            "  nd raguard role host\n  nd snooping enable\n  dhcp snooping enable\n  quit",
            "h3c_comware": "system-view\n ipv6 dhcp snooping enable\n interface <user-port>\n"
            "  ipv6 nd raguard role host\n  quit\n vlan <user-vlan>\n  ipv6 nd snooping enable global\n"
            "  ipv6 nd snooping enable link-local\n  quit\n interface <uplink>\n  ipv6 dhcp snooping trust\n"
            "  ipv6 nd raguard role router\n  quit",
            "ruijie_rgos": "configure terminal\n ipv6 dhcp snooping\n interface <user-port>\n  ipv6 nd-snooping\n"
            "  ipv6 nd raguard\n end",
            "cisco_ios": "configure terminal\n ipv6 nd raguard policy HOSTS\n  device-role host\n"
            " ipv6 dhcp guard policy CLIENTS\n  device-role client\n ipv6 snooping policy USERS\n"
            " vlan configuration <user-vlan>\n  ipv6 nd raguard attach-policy HOSTS\n"
            "  ipv6 dhcp guard attach-policy CLIENTS\n  ipv6 snooping attach-policy USERS\n end",
        },
    ),
    scope=ACCESS_SWITCHES,
)
def first_hop_guarded(guards: FirstHopSecurity, record: DeviceRecord) -> Iterator[Verdict]:
    if record.role != "access":
        return
    for name, text in _GUARDS.items():
        yield verdict(getattr(guards, name), guards.evidence, place=text.en, guard=text)


@check(
    "ipv6.traffic-flows",
    family=Family.IPV6,
    title=Text("IPv6 上确有业务流量", "IPv6 is not only turned on but used"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 平均每天只有 {kilobytes} kB IPv6 流量", "{subject} has but {kilobytes} kB of IPv6 a day"),
    unknown=Text("{subject} 的 IPv6 流量还说明不了问题", "the IPv6 traffic of {subject} does not tell yet"),
    remedy=Remedy(
        Text(
            "查看终端是否得到 IPv6 地址、业务系统是否有 AAAA 记录",
            "Look whether hosts get addresses and systems have AAAA records",
        )
    ),
    scope=NETWORK_DEVICES,
)
def traffic_flows(forwarding: Forwarding, counters: FamilyCounters) -> Iterator[Verdict]:
    if not forwarding.ipv6:
        return
    whole = [item for item in counters.items if item.family == 6 and item.interface is None]
    counted = whole or [item for item in counters.items if item.family == 6]
    known = [n for item in counted for n in (item.in_octets, item.out_octets) if n is not None]
    if not known or counters.uptime_s is None or counters.uptime_s < _LEAST_UPTIME_S:
        yield verdict(None, counters.evidence, kilobytes="?")
        return
    daily = sum(known) * _DAY_S / counters.uptime_s
    wrapped = any(item.bits < 64 for item in counted)  # may have begun anew: only enough is then certain
    ok = True if daily >= _LEAST_BYTES_A_DAY else None if wrapped else False
    yield verdict(ok, counters.evidence, kilobytes=round(daily / 1000))


@check(
    "ipv6.mtu-fits",
    family=Family.IPV6,
    title=Text(
        "IPv6 接口的 MTU 不小于 1280，骨干上不小于 1500",
        "Interfaces with IPv6 have an MTU of 1280 or more, those of the backbone of 1500",
    ),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的 {place} MTU 只有 {mtu}，不到 {least}", "{subject}: {place} has an MTU of {mtu}, not {least}"
    ),
    remedy=Remedy(
        Text("把 MTU 调到 1280 以上，一般为 1500", "Raise the MTU to 1280 or more, as a rule to 1500"),
        {
            "huawei_vrp": "system-view\n interface {place}\n  mtu 1500\n  ipv6 mtu 1500\n  quit",
            "h3c_comware": "system-view\n interface {place}\n  mtu 1500\n  ipv6 mtu 1500\n  quit",
            "ruijie_rgos": "configure terminal\n interface {place}\n  mtu 1500\n  ipv6 mtu 1500\n end",
            "cisco_ios": "configure terminal\n interface {place}\n  mtu 1500\n  ipv6 mtu 1500\n end",
            "linux": "ip link set dev {place} mtu 1500",
        },
    ),
)
def mtu_fits(
    interfaces: Interfaces, addresses: Addresses, record: DeviceRecord, policy: Ipv6Policy
) -> Iterator[Verdict]:
    speaking = {a.interface for a in addresses.items if isinstance(a.ip.ip, IPv6Address) and not a.ip.is_loopback}
    backbone = max(_LEAST_MTU, policy.backbone_mtu_min) if record.role in _BACKBONE else _LEAST_MTU
    judged = {
        i.name: (_ipv6_mtu(i), _LEAST_MTU if _is_carrier(i) else backbone)
        for i in interfaces.items
        if i.name in speaking
    }
    low = {name: (mtu, least) for name, (mtu, least) in judged.items() if mtu is not None and 0 < mtu < least}
    for name, (mtu, least) in low.items():
        yield verdict(False, interfaces.evidence or NO_EVIDENCE, place=name, mtu=mtu, least=least)
    if judged and not low:
        told = [mtu for mtu, _ in judged.values()]
        yield verdict(True if any(told) and None not in told else None, interfaces.evidence)


def _ipv6_mtu(interface: Interface) -> int | None:
    """Of two that are told the lower holds; 0: the agent has none to tell."""
    return min((each for each in (interface.mtu, interface.ipv6_mtu) if each), default=interface.mtu)


def _is_carrier(interface: Interface) -> bool:
    """Whether what it sends is wrapped into something else, which takes its share."""
    named = interface.name.lower().startswith(("tun", "gre", "sit", "wg", "vxlan", "ipsec", "dialer", "ppp"))
    return named or interface.kind == "tunnel" or interface.encapsulation is not None
