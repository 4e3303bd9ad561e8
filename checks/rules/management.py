"""Level 3: the network devices are managed over, what of it is seen outside, and how monitoring hears of them."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import AccessPolicy, ManagementPolicy
from inventory.errors import Missing
from inventory.facts import Addresses, ManagementPlane, Monitoring, SshAlgorithms
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
        ),
        {
            "huawei_vrp": "system-view\n ip vpn-instance MGMT\n  ipv4-family\n  quit\n quit\n"
            " interface MEth0/0/1\n  ip binding vpn-instance MGMT\n  ip address <address> <mask>\n  quit",
            "h3c_comware": "system-view\n ip vpn-instance mgmt\n  quit\n interface M-GigabitEthernet0/0/0\n"
            "  ip binding vpn-instance mgmt\n  ip address <address> <mask>\n  quit",
            "ruijie_rgos": "configure terminal\n interface Mgmt 0\n  ip address <address> <mask>\n end",
            "cisco_ios": "configure terminal\n vrf definition MGMT\n  address-family ipv4\n"
            " interface GigabitEthernet0\n"
            "  vrf forwarding MGMT\n  ip address <address> <mask>\n end",
            "cisco_nxos": "configure terminal\n interface mgmt0\n  vrf member management\n  ip address <address>\n end",
            "cisco_asa": "configure terminal\n interface Management0/0\n  management-only\n  nameif management\n"
            "  ip address <address> <mask>\n end",
            "juniper_junos": "configure\n set system management-instance\n"
            " set interfaces fxp0 unit 0 family inet address <address>\n commit and-quit",
            "linux": "sed -i '1i ListenAddress <management-address>' /etc/ssh/sshd_config\n"
            "sshd -t && systemctl reload sshd",
        },
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
    clauses=("gbt22239-2019:8.1.5.4-b#1~", "gbt22239-2019:8.1.10.6-i"),
    found=Text("{subject} 把管理端口发布到外部：{place}", "{subject} shows management to the outside: {place}"),
    remedy=Remedy(
        Text("取消映射，远程管理改走 VPN 和堡垒机", "Take the translation out; manage over a VPN and a bastion"),
        {
            "huawei_vrp": "display nat server\nsystem-view\n undo nat server name <name>\n quit",
            "h3c_comware": "display nat server\nsystem-view\n interface <interface>\n  undo nat server id <id>\n  quit",
            "ruijie_rgos": "show ip nat translations\nconfigure terminal\n"
            " no ip nat inside source static tcp <inside> <port> {place}\n end",
            "cisco_ios": "configure terminal\n no ip nat inside source static tcp <inside> <port> {place}\n end",
            "linux": "sed -i -E 's/^ListenAddress {place}$/ListenAddress <management-address>/' /etc/ssh/sshd_config\n"
            "sshd -t && systemctl reload sshd",
        },
    ),
    high_risk=("HR-6.5.1.1",),
)
def not_published(plane: ManagementPlane) -> Iterator[Verdict]:
    for place in plane.published:
        yield verdict(False, plane.evidence, place=place)
    if not plane.published:
        yield verdict(True if plane.own or plane.secured or plane.evidence else None, plane.evidence)


@check(
    "management.path-secured",
    family=Family.LEVEL3,
    title=Text("到管理系统的通道是加密的", "The ways to management systems are encrypted"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.4-b#1", "gbt22239-2019:8.1.4.7-a", "gbt22239-2019:8.1.4.8-a"),
    found=Text("{subject} 没有任何加密的管理通道", "{subject} has no encrypted way to be managed"),
    remedy=Remedy(
        Text("启用 SSH、SNMPv3 等加密协议", "Turn SSH and SNMPv3 on"),
        {
            "huawei_vrp": "system-view\n rsa local-key-pair create\n stelnet server enable\n quit",
            "h3c_comware": "system-view\n public-key local create rsa\n ssh server enable\n quit",
            "ruijie_rgos": "configure terminal\n crypto key generate rsa\n enable service ssh-server\n end",
            "cisco_ios": "configure terminal\n crypto key generate rsa modulus 2048\n ip ssh version 2\n end",
        },
    ),
)
def path_secured(plane: ManagementPlane) -> Iterator[Verdict]:
    yield verdict(True if plane.secured else None if plane.own else False, plane.evidence)


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
    remedy=Remedy(
        Text("只保留强算法", "Leave strong algorithms only"),
        {
            "huawei_vrp": "system-view\n ssh server cipher aes256_ctr aes128_ctr\n ssh server hmac sha2_256\n"
            " ssh server key-exchange dh_group16_sha512\n quit",
            "h3c_comware": "system-view\n ssh2 algorithm cipher aes256-ctr aes128-ctr\n"
            " ssh2 algorithm mac sha2-256 sha2-512\n ssh2 algorithm key-exchange ecdh-sha2-nistp256\n quit",
            "ruijie_rgos": "configure terminal\n ip ssh cipher-mode ctr gcm\n"
            " ip ssh hmac-algorithm sha2-256 sha2-512\n end",
            "cisco_ios": "configure terminal\n ip ssh server algorithm encryption aes256-ctr aes128-ctr\n"
            " ip ssh server algorithm mac hmac-sha2-256\n ip ssh server algorithm kex ecdh-sha2-nistp256\n end",
            "juniper_junos": "configure\n set system services ssh ciphers aes256-ctr\n"
            " set system services ssh macs hmac-sha2-256\n set system services ssh key-exchange curve25519-sha256\n"
            " commit and-quit",
            "fortinet_fortios": "config system global\n set strong-crypto enable\nend",
            "cisco_asa": "configure terminal\n ssh cipher encryption high\n ssh cipher integrity high\n"
            " ssh key-exchange group dh-group14-sha256\n end",
            "linux": "sed -i -e '1i Ciphers aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes128-ctr' "
            "-e '1i KexAlgorithms curve25519-sha256,diffie-hellman-group16-sha512' "
            "-e '1i MACs hmac-sha2-512-etm@openssh.com,hmac-sha2-256-etm@openssh.com' /etc/ssh/sshd_config\n"
            "sshd -t && systemctl reload sshd",
        },
    ),
)
def ssh_algorithms_strong(ssh: SshAlgorithms, policy: AccessPolicy) -> Iterator[Verdict]:
    offered = [each for each in (ssh.ciphers, ssh.macs, ssh.key_exchanges) if each is not None]
    weak = sorted(name for each in offered for name in each if any(mark in name for mark in policy.weak_ssh))
    ok = False if weak else True if ssh.ciphers is not None else None
    yield verdict(ok, ssh.evidence, weak=", ".join(weak))


@check(
    "management.monitored",
    family=Family.LEVEL3,
    title=Text("设备接受集中监测并主动告警", "The device reports to a monitoring system"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.4-c#1",),
    found=Text("{subject} 没有接入集中监测：{lacks}", "{subject} does not report to monitoring: {lacks}"),
    remedy=Remedy(
        Text("启用 SNMPv3，告警发往网管", "Turn SNMPv3 on and send notifications to the management station"),
        {
            "huawei_vrp": "system-view\n snmp-agent\n snmp-agent sys-info version v3\n"
            " snmp-agent group v3 <group> privacy\n snmp-agent target-host trap address udp-domain <station>"
            " params securityname <user> v3 privacy\n snmp-agent trap enable\n quit",
            "h3c_comware": "system-view\n snmp-agent\n snmp-agent sys-info version v3\n"
            " snmp-agent group v3 <group> privacy\n snmp-agent target-host trap address udp-domain <station>"
            " params securityname <user> v3 privacy\n snmp-agent trap enable\n quit",
            "ruijie_rgos": "configure terminal\n enable service snmp-agent\n snmp-server group <group> v3 priv\n"
            " snmp-server host <station> traps version 3 priv <user>\n snmp-server enable traps\n end",
            "cisco_ios": "configure terminal\n snmp-server group <group> v3 priv\n"
            " snmp-server host <station> version 3 priv <user>\n snmp-server enable traps\n end",
            "cisco_nxos": "configure terminal\n"
            " snmp-server user <user> network-operator auth sha <key> priv aes-128 <key>\n"
            " snmp-server host <station> traps version 3 priv <user>\n snmp-server enable traps\n end",
            "cisco_asa": "configure terminal\n snmp-server group <group> v3 priv\n"
            " snmp-server host <interface> <station> version 3 <user>\n snmp-server enable traps\n end",
            "juniper_junos": "configure\n"
            " set snmp v3 usm local-engine user <user> authentication-sha authentication-password <key>\n"
            " set snmp v3 target-address nms address <station>\n commit and-quit",
            "fortinet_fortios": "config system snmp sysinfo\n set status enable\nend\nconfig system snmp user\n"
            " edit <user>\n"
            "  set security-level auth-priv\n  set notify-hosts <station>\n next\nend",
            "linux": "net-snmp-create-v3-user -ro -a SHA-256 -x AES <user>\nsystemctl enable --now snmpd",
        },
    ),
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
    ok = False if lacks else None if monitoring.agent is None else True
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
    remedy=Remedy(
        Text("设置负载告警阈值", "Set alarm thresholds of load"),
        {
            "huawei_vrp": "system-view\n set cpu-usage threshold 70 restore 60\n set memory-usage threshold 70\n quit",
            "h3c_comware": "system-view\n monitor cpu-usage threshold 70\n quit",
            "ruijie_rgos": "configure terminal\n cpu-log log-limit 60 70\n end",
            "cisco_ios": "configure terminal\n process cpu threshold type total rising 70 interval 60\n end",
        },
    ),
    scope=_NETWORK,
)
def load_alarms(monitoring: Monitoring) -> Iterator[Verdict]:
    alarms = monitoring.thresholds
    yield verdict(None if alarms is None else "cpu" in alarms, monitoring.evidence)
