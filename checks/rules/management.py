"""Level 3: the network devices are managed over, what of it is seen outside, and how monitoring hears of them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import AccessPolicy, ManagementPolicy
from inventory.errors import Missing
from inventory.facts import Addresses, ManagementPlane, Monitoring, RemoteAccess, SshAlgorithms
from inventory.snapshot import DeviceRecord
from inventory.text import Text

_NETWORK = Scope(kinds=frozenset({"router", "switch", "firewall"}))


@check(
    "management.own-zone",
    family=Family.LEVEL3,
    title=Text("管理流量走单独的管理网", "Management has a network of its own"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.4-a#1,2",),
    found=Text("{subject} 从业务网管理（{where}）", "{subject} is managed over the network of users ({where})"),
    unknown=Text(
        "{subject} 从哪个网络管理无法判断：没有声明管理网段，接口和 VRF 的名称也看不出",
        "{subject}: over which network it is managed is not known: no management network is declared",
    ),
    remedy=Remedy(
        Text(
            "把管理地址移到单独的管理 VLAN 或 VRF，限制进入",
            "Move management to a VLAN or VRF of its own and filter what enters it",
        )
    ),
)
def own_zone(
    plane: ManagementPlane, addresses: Addresses | Missing, record: DeviceRecord, policy: ManagementPolicy
) -> Iterator[Verdict]:
    inside = _inside(record.address, addresses, policy)
    reached = _interface_of(record.address, addresses)
    if plane.own or inside:
        ok: bool | None = True
    elif reached and reached not in plane.shared:
        ok = inside  # users have a network here, and it is not the one the device is managed over
    else:
        ok = False if plane.shared else inside
    yield verdict(ok, plane.evidence, where=", ".join(plane.shared) or record.address)


def _interface_of(address: str, addresses: Addresses | Missing) -> str | None:
    """The interface that carries the address the device was reached at; None where that is not told."""
    if isinstance(addresses, Missing):
        return None
    return next((a.interface for a in addresses.items if str(a.ip.ip) == address), None)


def _inside(address: str, addresses: Addresses | Missing, policy: ManagementPolicy) -> bool | None:
    """Whether the address it was reached at, or one of its own, lies in a declared management network."""
    if not policy.networks:
        return None
    networks = [ip_network(text, strict=False) for text in policy.networks]
    own: list[IPv4Address | IPv6Address] = [] if isinstance(addresses, Missing) else [a.ip.ip for a in addresses.items]
    texts = {address, *(str(ip) for ip in own)}
    return any(ip in network for text in texts if (ip := _ip(text)) for network in networks)


def _ip(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return IPv6Address(text) if ":" in text else IPv4Address(text)
    except ValueError:
        return None


@check(
    "management.not-published",
    family=Family.LEVEL3,
    title=Text("管理端口没有发布到外部", "No management port is shown to the outside"),
    severity=Severity.CRITICAL,
    clauses=("gbt22239-2019:8.1.5.4-b#1~", "gbt22239-2019:8.1.10.6-i#3~"),
    found=Text("{subject} 把管理端口发布到外部：{place}", "{subject} shows management to the outside: {place}"),
    remedy=Remedy(
        Text(
            "取消映射或公网接口上的管理权限，远程管理改走 VPN 和堡垒机",
            "Take the translation or the access on public interfaces out; manage over a VPN and a bastion",
        ),
        {
            "fortinet_fortios/read": "config system interface\n {entry}\n"
            "  unselect allowaccess http https ssh telnet snmp\n  config ipv6\n"
            "   unselect ip6-allowaccess http https ssh telnet snmp\n  end\n next\nend",
            "juniper_junos/read": "configure\n delete {entry}\n commit and-quit",
        },
    ),
    high_risk=("HR-6.5.1.1",),
)
def not_published(plane: ManagementPlane) -> Iterator[Verdict]:
    for number, place in enumerate(plane.published):
        block, _, entry = "".join(plane.publishing[number : number + 1]).rpartition(" | ")
        variant = "inside" if block else "read" if entry else ""
        yield verdict(False, plane.evidence, place=place, block=block, entry=entry, variant=variant)
    if not plane.published:
        yield verdict(True if plane.own or plane.secured or plane.evidence else None, plane.evidence)


@check(
    "management.path-secured",
    family=Family.LEVEL3,
    title=Text("到管理系统的通道是加密的", "The ways to management systems are encrypted"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.4-b#1", "gbt22239-2019:8.1.4.7-a#1~", "gbt22239-2019:8.1.4.8-a#1~"),
    found=Text("{subject} 没有任何加密的管理通道", "{subject} has no encrypted way to be managed"),
    remedy=Remedy(Text("启用 SSH、SNMPv3 等加密协议", "Turn SSH and SNMPv3 on")),
)
def path_secured(plane: ManagementPlane, access: RemoteAccess | Missing) -> Iterator[Verdict]:
    # What no line turns on may run by default.
    ssh, https = (None, None) if isinstance(access, Missing) else (access.ssh, access.https)
    lacking = None if plane.own or ssh is None else False
    yield verdict(True if plane.secured or ssh or https else lacking, plane.evidence)


@check(
    "management.ssh-algorithms-strong",
    family=Family.LEVEL3,
    title=Text("SSH 不用弱算法", "SSH offers no weak algorithm"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.1-c#1",),
    found=Text("{subject} 的 SSH 提供弱算法：{weak}", "{subject}: SSH offers weak algorithms: {weak}"),
    unknown=Text(
        "{subject} 的 SSH 算法没有写明，默认值随版本而异",
        "{subject}: SSH algorithms are not written, and the default depends on the release",
    ),
    remedy=Remedy(Text("只保留强算法", "Leave strong algorithms only")),
)
def ssh_algorithms_strong(ssh: SshAlgorithms, policy: AccessPolicy) -> Iterator[Verdict]:
    offered = [each for each in (ssh.ciphers, ssh.macs, ssh.key_exchanges) if each is not None]
    weak = sorted(name for each in offered for name in each if any(mark in name for mark in policy.weak_ssh))
    told = ssh.ciphers is not None and not any("all" in each for each in offered)  # all there are, whichever these are
    ok = False if weak else True if told else None
    yield verdict(ok, ssh.evidence, weak=", ".join(weak))


@check(
    "management.monitored",
    family=Family.LEVEL3,
    title=Text("设备接受集中监测并主动告警", "The device reports to a monitoring system"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.4-c#1", "plan:PR-SEC-08", "plan:PR-NET-13"),
    found=Text("{subject} 没有接入集中监测：{lacks}", "{subject} does not report to monitoring: {lacks}"),
    remedy=Remedy(Text("启用 SNMPv3，告警发往网管", "Turn SNMPv3 on and send notifications to the management station")),
)
def monitored(monitoring: Monitoring) -> Iterator[Verdict]:
    lacks = []
    if monitoring.agent is False:
        lacks.append(Text("SNMP 未启用", "no SNMP agent"))
    else:
        if monitoring.secured is False:
            lacks.append(Text("没有 SNMPv3 加密用户", "no encrypted SNMPv3 user"))
        if monitoring.traps is not None and not (monitoring.trap_hosts and monitoring.traps):
            lacks.append(Text("告警没有去处", "notifications go nowhere"))
    said = Text("、".join(each.zh for each in lacks) or "-", ", ".join(each.en for each in lacks) or "-")
    open_ = monitoring.agent is None or (bool(monitoring.trap_hosts) and monitoring.traps is None)
    ok = False if lacks else None if open_ else True
    yield verdict(ok, monitoring.evidence, lacks=said)


@check(
    "management.load-alarms",
    family=Family.LEVEL3,
    title=Text("CPU、内存过高会告警", "High load of processor or memory raises an alarm"),
    severity=Severity.INFO,
    clauses=("gbt22239-2019:8.1.2.1-a", "gbt22239-2019:8.1.5.4-c"),
    found=Text("{subject} 没有负载告警阈值", "{subject} sets no alarm for high load"),
    unknown=Text(
        "{subject} 没有写明负载告警阈值，默认值未知",
        "{subject} writes no alarm threshold of load; the default is not known",
    ),
    remedy=Remedy(Text("设置负载告警阈值", "Set alarm thresholds of load")),
    scope=_NETWORK,
)
def load_alarms(monitoring: Monitoring) -> Iterator[Verdict]:
    alarms = monitoring.thresholds
    yield verdict(None if alarms is None else "cpu" in alarms, monitoring.evidence)
