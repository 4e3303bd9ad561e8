"""The command line of a VRP-like router, switch or firewall: its answers, written from the county's model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from playbooks.demo import vrp_tables, wording
from playbooks.demo.model import ETHERNET, LOOPBACK, Device, Port

NTP_SERVER, LOG_HOST = "10.44.0.123", "10.44.0.50"
AAA_SERVER, AAA_SERVER6, STATION = "10.44.0.20", "FD5C:8E21:7A44:1::20", "10.44.0.40"
STATION6 = "FD5C:8E21:7A44:1::40"
NTP_SERVER6, LOG_HOST6 = "FD5C:8E21:7A44:1::123", "FD5C:8E21:7A44:1::50"
# What lists let in beside what answers, by family: the county's web, IPv6 packed into IPv4, the web for everybody.
_WEB4 = "source 10.44.0.0 0.0.255.255 destination 10.44.0.0 0.0.255.255 destination-port eq 443"
_WEB6 = "source FD5C:8E21:7A44::/48 destination FD5C:8E21:7A44::/48 destination-port eq 443"
MORE_RULES = {
    (4, 3002): (f" rule 6 permit tcp {_WEB4}",),
    (6, 3002): (f" rule 6 permit tcp {_WEB6}",),
    (4, 3003): (" rule 6 permit 41",),
    (4, 3004): (" rule 6 permit tcp destination-port eq 443",),
}
Lines = Iterator[str]


def answer(device: Device, command: str, started: datetime) -> str | None:
    """What the device prints for a command, lines ended by newlines; None for a command it does not know."""
    write = _COMMANDS.get(command)
    return None if write is None else "".join(f"{line}\n" for line in write(device, started))


def _version(device: Device, started: datetime) -> Lines:
    built = wording.make(device)
    yield "Huawei Versatile Routing Platform Software"
    yield f"VRP (R) software, Version {built.version} ({built.series} {built.release})"
    yield "Copyright (C) 2000-2021 HUAWEI TECH CO., LTD"
    yield f"HUAWEI {device.model} {_kind(device)} uptime is {uptime_words(datetime.now(started.tzinfo) - started)}"
    yield ""


def _kind(device: Device) -> str:
    return "Routing Switch" if device.model.startswith("S") else "Router"


def uptime_words(up: timedelta) -> str:
    """``4 weeks, 2 days, 3 hours, 5 minutes``."""
    hours, rest = divmod(up.seconds, 3600)
    weeks, days = divmod(up.days, 7)
    words = [f"{count} {unit}{'s' * (count != 1)}" for count, unit in ((weeks, "week"), (days, "day"))]
    return ", ".join([*words, f"{hours} hour{'s' * (hours != 1)}", f"{rest // 60} minutes"])


def _configuration(device: Device, _: datetime) -> Lines:
    yield f"!Software Version {wording.make(device).release}"
    yield "!Last configuration was updated at 2026-02-03 09:30:11+08:00 by audit01"
    saved = "09:31:40" if device.hardening.saved else "08:02:15"
    yield f"!Last configuration was saved at 2026-02-03 {saved}+08:00 by audit01"
    yield "#"
    yield f"sysname {device.name}"
    for block in (_global, _acls, _aaa, _interfaces, _routing, _management, _lines):
        yield "#"
        yield from block(device)
    yield "#"
    yield "return"


def _global(device: Device) -> Lines:
    if device.ipv6:
        yield "ipv6"
        yield "#"
    yield "lldp enable"
    yield "#"
    yield "undo http server enable"
    yield "undo http secure-server enable"
    yield "#"
    if device.hardening.telnet:
        yield "telnet server enable"
    else:
        yield "undo telnet server enable"
        yield "undo telnet ipv6 server enable"
    yield "#"
    yield "undo ftp server enable"
    yield "undo ftp ipv6 server enable"


def _acls(device: Device) -> Lines:
    yield "acl number 2998"
    yield " rule 5 permit source 10.44.0.40 0"
    yield "acl number 2999"
    yield " rule 5 permit source 10.44.0.0 0.0.0.255"
    for number in sorted({port.acl4 for port in device.ports if port.acl4}):
        yield f"acl number {number}"
        yield " rule 5 permit tcp established"
        yield from MORE_RULES.get((4, number), ())
        yield " rule 1000 deny ip"
    if device.addressed6:
        yield "#"
        yield "acl ipv6 number 2999"
        yield " rule 5 permit source FD5C:8E21:7A44:1::/64"
    for number in sorted({port.acl6 for port in device.ports if port.acl6}):
        yield f"acl ipv6 number {number}"
        yield " rule 5 permit tcp established"
        yield from MORE_RULES.get((6, number), ())
        yield " rule 10 permit icmpv6 source FE80::/10"
        yield " rule 11 permit icmpv6 destination FD5C:8E21:7A44::/48"
        yield " rule 1000 deny ipv6"


def _aaa(device: Device) -> Lines:
    good = device.hardening
    yield "set password min-length 10"
    yield "#"
    if good.aaa:
        yield "hwtacacs-server template county"
        yield f" hwtacacs-server authentication {AAA_SERVER}"
        if device.addressed6:
            yield f" hwtacacs-server authentication {AAA_SERVER6} secondary"
        yield "#"
    yield "aaa"
    yield " authentication-scheme default"
    if good.aaa:
        yield "  authentication-mode hwtacacs local"
    yield " local-aaa-user password policy administrator"
    yield "  password expire 90"
    yield "  password history record number 5"
    if good.lockout:
        yield " local-aaa-user wrong-password retry-interval 10 retry-time 5 block-time 10"
    else:
        yield " undo local-aaa-user wrong-password"
    yield " user-password complexity-check three-of-kinds"
    if good.stored_as == "irreversible":
        yield " local-user audit01 password irreversible-cipher $1c$W8oQ>eH!t'$m3Yq0Kf2LrX7cZ5v$"
    else:
        yield " local-user audit01 password cipher %^%#j4Wz}0yQ2mR8s!tB6u%^%#"
    yield " local-user audit01 privilege level 3"
    yield " local-user audit01 service-type ssh"


def _interfaces(device: Device) -> Lines:
    for number, port in enumerate(device.ports):
        if number:
            yield "#"
        yield f"interface {port.name}"
        yield from (f" {line}" for line in _interface(device, port))


def _interface(device: Device, port: Port) -> Lines:
    if port.description:
        yield f"description {port.description}"
    if port.kind == ETHERNET and device.model.startswith("S"):
        yield "undo portswitch"
    if port.ipv6:
        yield "ipv6 enable"
    if port.ipv4:
        yield f"ip address {port.ipv4.ip} {port.ipv4.netmask}"
    if port.ipv6:
        yield f"ipv6 address {str(port.ipv6.ip).upper()}/{port.ipv6.network.prefixlen}"
    if port.advertises:
        yield "undo ipv6 nd ra halt"
    if port.mode:
        yield f"tunnel-protocol {port.mode}"
    if port.car_mbps:
        for direction in ("inbound", "outbound"):
            yield f"qos car {direction} cir {port.car_mbps * 1000}"
    yield from _crossing(port)


def _crossing(port: Port) -> Lines:
    """What becomes of packets at a port."""
    if port.translates:
        yield "nat outbound 2000"
    if port.acl4:
        yield f"traffic-filter inbound acl {port.acl4}"
    if port.acl6:
        yield f"traffic-filter inbound ipv6 acl {port.acl6}"


def _routing(device: Device) -> Lines:
    if device.ospf6_up is not None:
        yield "ospfv3 1"
        yield f" router-id 10.255.0.{device.number % 250}"
        yield "#"
    if device.nat64:
        yield "nat64 prefix 64:FF9B:: 96"
    if device.gateway4:
        yield f"ip route-static 0.0.0.0 0.0.0.0 {device.gateway4}"
    if device.gateway6 and device.ipv6:
        yield f"ipv6 route-static :: 0 {str(device.gateway6.ip).upper()}"


def _management(device: Device) -> Lines:
    good = device.hardening
    yield "set cpu-usage threshold 70 restore 60"
    yield "command-privilege level 15 view system undo info-center"
    yield "info-center logbuffer size 1024"
    yield "info-center timestamp log date"
    if not good.recorded:
        yield "info-center source SHELL channel loghost log level emergencies"
    if good.log_host:
        yield f"info-center loghost {LOG_HOST}"
        if good.servers6 and device.addressed6:
            yield f"info-center loghost ipv6 {LOG_HOST6}"
    yield "#"
    yield "snmp-agent"
    yield "snmp-agent local-engineid 800007DB030244" + f"{device.number:06X}"
    if good.community:
        yield f"snmp-agent community read {good.community} acl 2998"
    yield f"snmp-agent sys-info version {'v2c v3' if good.community else 'v3'}"
    if not good.community:
        yield "undo snmp-agent sys-info version v1 v2c"
    yield "snmp-agent group v3 hecha-group privacy acl 2998"
    yield "snmp-agent usm-user v3 hecha hecha-group"
    if good.traps:
        yield f"snmp-agent target-host trap address udp-domain {STATION} params securityname hecha v3 privacy"
        if good.servers6 and device.addressed6:
            yield f"snmp-agent target-host trap ipv6 address udp-domain {STATION6} params securityname hecha v3 privacy"
        yield "snmp-agent trap enable"
    yield "#"
    yield "stelnet server enable"
    yield "undo ssh server compatible-ssh1x enable"
    yield "ssh server authentication-retries 3"
    yield "ssh server cipher aes256_ctr aes128_ctr"
    yield "ssh server hmac sha2_256"
    yield "ssh server key-exchange dh_group16_sha512"
    yield "ssh user audit01 authentication-type password"
    yield "ssh user audit01 service-type stelnet"
    if good.ntp:
        yield "#"
        yield "ntp-service authentication enable"
        yield "ntp-service authentication-keyid 1 authentication-mode hmac-sha256 cipher %^%#p2Kx7Nw4Tq%^%#"
        yield "ntp-service reliable authentication-keyid 1"
        yield f"ntp-service unicast-server {NTP_SERVER} authentication-keyid 1"
        if good.servers6 and device.addressed6:
            yield f"ntp-service unicast-server ipv6 {NTP_SERVER6} authentication-keyid 1"


def _lines(device: Device) -> Lines:
    good = device.hardening
    yield "user-interface con 0"
    yield " authentication-mode aaa"
    yield " idle-timeout 10 0"
    yield "user-interface vty 0 4"
    if good.vty_acl4:
        yield " acl 2999 inbound"
    if good.vty_acl6 and device.addressed6:
        yield " acl ipv6 2999 inbound"
    yield " authentication-mode aaa"
    yield f" idle-timeout {good.idle_minutes} 0"
    yield f" protocol inbound {'all' if good.telnet else 'ssh'}"


def _interface_brief(device: Device, _: datetime) -> Lines:
    yield "PHY: Physical"
    yield "*down: administratively down"
    yield "(l): loopback"
    yield "(s): spoofing"
    yield "InUti/OutUti: input utility/output utility"
    yield "Interface                   PHY   Protocol  InUti OutUti   inErrors  outErrors"
    for port in sorted(device.ports, key=lambda p: p.name):
        load = f"{port.load_percent:.2f}%"
        state, protocol = ("up", "up(s)" if port.kind == LOOPBACK else "up") if port.up else ("down", "down")
        yield f"{port.name:<27} {state:<5} {protocol:<8} {load:>6} {load:>6} {0:>10} {0:>10}"


def _ip_brief(device: Device, _: datetime) -> Lines:
    count = sum(1 for port in device.ports if port.up)
    down = len(device.ports) - count
    yield "*down: administratively down"
    yield "^down: standby"
    yield "(l): loopback"
    yield "(s): spoofing"
    yield f"The number of interface that is UP in Physical is {count}"
    yield f"The number of interface that is DOWN in Physical is {down}"
    yield f"The number of interface that is UP in Protocol is {count}"
    yield f"The number of interface that is DOWN in Protocol is {down}"
    yield ""
    yield "Interface                         IP Address/Mask      Physical   Protocol  "
    for port in sorted(device.ports, key=lambda p: p.name):
        state = "up" if port.up else "down"
        protocol = "up(s)" if port.kind == LOOPBACK else state
        yield f"{port.name:<33} {port.ipv4 or 'unassigned'!s:<20} {state:<10} {protocol:<10}"


def _ipv6_brief(device: Device, _: datetime) -> Lines:
    addressed = [port for port in device.ports if port.ipv6]
    yield "*down: administratively down"
    yield "(l): loopback"
    yield "(s): spoofing"
    yield "Interface                    Physical              Protocol              "
    for port in addressed:
        yield f"{port.name:<28} {'up':<21} {'up(s)' if port.kind == LOOPBACK else 'up':<21}"
        yield f"[IPv6 Address] {str(port.ipv6.ip).upper() if port.ipv6 else ''}"


def _telnet_status(device: Device, _: datetime) -> Lines:
    state = "Enable" if device.hardening.telnet else "Disable"
    yield f"TELNET IPv4 server                           :{state}"
    yield f"TELNET IPv6 server                           :{state}"
    yield "TELNET server port                           :23"


def _ntp_status(device: Device, _: datetime) -> Lines:
    synchronised = device.hardening.ntp
    yield f" clock status: {'synchronized' if synchronised else 'unsynchronized'}"
    yield f" clock stratum: {3 if synchronised else 16}"
    yield f" reference clock ID: {NTP_SERVER if synchronised else 'none'}"
    yield " nominal frequency: 100.0000 Hz"
    yield " actual frequency: 100.0000 Hz"
    yield " clock precision: 2^17"
    yield " clock offset: 0.1200 ms"
    yield " root delay: 1.10 ms"
    yield " root dispersion: 12.40 ms"
    yield " peer dispersion: 10.80 ms"


def _esn(device: Device, _: datetime) -> Lines:
    yield f"ESN of device: {device.serial}"


def _intrusion_set(device: Device, _: datetime) -> Lines:
    if device.role != "firewall":
        yield "Error: Unrecognized command found at '^' position."
        return
    yield "IPS SDB Update Information List:"
    yield "-" * 64
    yield "  Current Version:"
    yield "    Signature Database Version    : 2025100800"
    yield "    Update Time                   : 02:10:31 2025/10/08"


_COMMANDS: dict[str, Callable[[Device, datetime], Lines]] = {
    "display version ips-sdb": _intrusion_set,
    "display version": _version,
    "display current-configuration": _configuration,
    "display interface brief": _interface_brief,
    "display ip interface brief": _ip_brief,
    "display ipv6 interface brief": _ipv6_brief,
    "display telnet server status": _telnet_status,
    "display ntp-service status": _ntp_status,
    "display ntp status": _ntp_status,
    "display esn": _esn,
    "display device esn": _esn,
    **vrp_tables.COMMANDS,
}
