"""The command line of a Comware-7-like switch or router: its answers, written from the county's model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from playbooks.demo import wording
from playbooks.demo.model import ETHERNET, LOOPBACK, Device, Port
from playbooks.demo.resolved import resolved4, resolved6
from playbooks.demo.vrp import (
    AAA_SERVER,
    AAA_SERVER6,
    LOG_HOST,
    LOG_HOST6,
    NTP_SERVER,
    NTP_SERVER6,
    STATION,
    STATION6,
    uptime_words,
)

Lines = Iterator[str]
_SHORT = (("Ten-GigabitEthernet", "XGE"), ("GigabitEthernet", "GE"), ("LoopBack", "Loop"))


def answer(device: Device, command: str, started: datetime) -> str | None:
    """What the device prints for a command, lines ended by newlines; None for a command it does not know."""
    write = _COMMANDS.get(command)
    return None if write is None else "".join(f"{line}\n" for line in write(device, started))


def _version(device: Device, started: datetime) -> Lines:
    built = wording.make(device)
    up = uptime_words(datetime.now(started.tzinfo) - started)
    yield f"H3C Comware Software, Version {built.version}, Release {built.release}"
    yield "Copyright (c) 2004-2021 New H3C Technologies Co., Ltd. All rights reserved."
    yield f"H3C {device.model} uptime is {up}"
    yield "Last reboot reason : User reboot"
    yield ""
    yield f"Boot image: flash:/{built.image}-boot-r{built.release.lower()}.bin"
    yield f"Boot image version: {built.version}, Release {built.release}"
    yield "  Compiled Mar 22 2021 11:00:00"
    yield f"System image: flash:/{built.image}-system-r{built.release.lower()}.bin"
    yield f"System image version: {built.version}, Release {built.release}"
    yield "  Compiled Mar 22 2021 11:00:00"
    yield ""


def _manufacture(device: Device, _: datetime) -> Lines:
    yield "Slot 1 CPU 0:"
    yield f" DEVICE_NAME          : {device.model}"
    yield f" DEVICE_SERIAL_NUMBER : {device.serial}"
    yield f" MAC_ADDRESS          : {device.mac_text().upper()}"
    yield " MANUFACTURING_DATE   : 2021-04-12"
    yield " VENDOR_NAME          : H3C"


def _configuration(device: Device, _: datetime) -> Lines:
    built = wording.make(device)
    yield "#"
    yield f" version {built.version}, Release {built.release}"
    yield "#"
    yield f" sysname {device.name}"
    for block in (_global, _interfaces, _lines, _routing, _management, _acls, _accounts):
        yield "#"
        yield from block(device)
    yield "#"
    yield "return"


def _global(device: Device) -> Lines:
    good = device.hardening
    yield f" {'' if good.telnet else 'undo '}telnet server enable"
    yield "#"
    yield " lldp global enable"
    yield "#"
    if good.first_hop and device.role == "access":
        yield " ipv6 dhcp snooping enable"
        yield "#"
        yield "vlan 10"
        yield " ipv6 nd raguard apply policy hosts"
        yield " ipv6 nd snooping enable global"
        yield "#"
    yield " password-control enable"
    yield " password-control aging 90"
    yield " password-control length 10"
    yield " password-control composition type-number 3 type-length 1"
    yield " password-control history 5"
    if good.lockout:
        yield " password-control login-attempt 5 exceed lock-time 10"
    else:
        yield " password-control login-attempt 10 exceed unlock"


def _interfaces(device: Device) -> Lines:
    for number, port in enumerate(device.ports):
        if number:
            yield "#"
        yield f"interface {port.name}{f' mode {port.mode}' if port.mode else ''}"
        yield from (f" {line}" for line in _interface(port))


def _interface(port: Port) -> Lines:
    if port.kind == ETHERNET:
        yield "port link-mode route"
    if port.description:
        yield f"description {port.description}"
    if port.ipv4:
        yield f"ip address {port.ipv4.ip} {port.ipv4.netmask}"
    if port.car_mbps:
        yield f"qos lr outbound cir {port.car_mbps * 1000}"
    if port.translates:
        yield "nat outbound"
    if port.acl4:
        yield f"packet-filter {port.acl4} inbound"
    if port.acl6:
        yield f"packet-filter ipv6 {port.acl6} inbound"
    if port.ipv6:
        yield f"ipv6 address {str(port.ipv6.ip).upper()}/{port.ipv6.network.prefixlen}"
    if port.advertises:
        yield "undo ipv6 nd ra halt"
    if port.vrrp4 and port.ipv4:
        yield f"vrrp vrid {port.vrrp4} virtual-ip {port.ipv4.network.network_address + 1}"
    if port.vrrp6 and port.ipv6:
        yield f"vrrp ipv6 vrid {port.vrrp6} virtual-ip FE80::{port.vrrp6} link-local"


def _lines(device: Device) -> Lines:
    good = device.hardening
    yield "line class vty"
    yield " user-role network-operator"
    yield "#"
    yield "line con 0"
    yield " authentication-mode scheme"
    yield " user-role network-admin"
    yield " idle-timeout 10 0"
    yield "#"
    yield "line vty 0 63"
    if good.vty_acl4:
        yield " acl 2999 inbound"
    if good.vty_acl6 and device.addressed6:
        yield " acl ipv6 2999 inbound"
    yield " authentication-mode scheme"
    yield " user-role network-operator"
    yield f" protocol inbound {'all' if good.telnet else 'ssh'}"
    yield f" idle-timeout {good.idle_minutes} 0"


def _routing(device: Device) -> Lines:
    if device.gateway4:
        yield f" ip route-static 0.0.0.0 0 {device.gateway4}"
    if device.gateway6 and device.ipv6:
        yield f" ipv6 route-static :: 0 {str(device.gateway6.ip).upper()}"


def _management(device: Device) -> Lines:
    good = device.hardening
    yield " monitor cpu-usage threshold 70"
    yield " info-center logfile enable"
    yield " info-center timestamp log date"
    if good.log_host:
        yield f" info-center loghost {LOG_HOST}"
        if good.servers6 and device.addressed6:
            yield f" info-center loghost ipv6 {LOG_HOST6}"
    yield "#"
    yield " snmp-agent"
    yield f" snmp-agent local-engineid 800063A2800244{device.number:06X}"
    if good.community:
        yield f" snmp-agent community read {good.community} acl 2998"
    yield f" snmp-agent sys-info version {'v2c v3' if good.community else 'v3'}"
    yield " snmp-agent group v3 hecha-group privacy acl 2998"
    if good.traps:
        yield f" snmp-agent target-host trap address udp-domain {STATION} params securityname hecha v3 privacy"
        if good.servers6 and device.addressed6:
            address = f"address udp-domain ipv6 {STATION6}"
            yield f" snmp-agent target-host trap {address} params securityname hecha v3 privacy"
    yield (
        " snmp-agent usm-user v3 hecha hecha-group cipher authentication-mode sha $c$3$dGVzdGVk"
        " privacy-mode aes128 $c$3$cHJpdg"
    )
    yield "#"
    yield " ssh server enable"
    yield " undo ssh server compatible-ssh1x enable"
    yield " ssh2 algorithm cipher aes256-ctr aes128-ctr"
    yield " ssh2 algorithm mac sha2-256 sha2-512"
    yield " ssh user audit01 service-type stelnet authentication-type password"
    if good.ntp:
        yield "#"
        yield " ntp-service enable"
        yield " ntp-service authentication enable"
        yield " ntp-service authentication-keyid 1 authentication-mode hmac-sha-256 cipher $c$3$bnRwLWtleQ"
        yield " ntp-service reliable authentication-keyid 1"
        yield f" ntp-service unicast-server {NTP_SERVER} authentication-keyid 1"
        if good.servers6 and device.addressed6:
            yield f" ntp-service ipv6 unicast-server {NTP_SERVER6} authentication-keyid 1"


def _acls(device: Device) -> Lines:
    yield "acl basic 2998"
    yield " rule 5 permit source 10.44.0.40 0"
    yield "#"
    yield "acl basic 2999"
    yield " rule 5 permit source 10.44.0.0 0.0.0.255"
    if any(port.acl4 for port in device.ports):
        yield "#"
        yield "acl advanced 3001"
        yield " rule 5 permit tcp established"
        yield " rule 1000 deny ip"
    if device.addressed6:
        yield "#"
        yield "acl ipv6 basic 2999"
        yield " rule 5 permit source FD5C:8E21:7A44:1::/64"
    if any(port.acl6 for port in device.ports):
        yield "#"
        yield "acl ipv6 advanced 3001"
        yield " rule 5 permit tcp established"
        yield " rule 1000 deny ipv6"


def _accounts(device: Device) -> Lines:
    if device.hardening.aaa:
        yield "hwtacacs scheme county"
        yield f" primary authentication {AAA_SERVER}"
        if device.addressed6:
            yield f" secondary authentication ipv6 {AAA_SERVER6}"
        yield "#"
        yield "domain system"
        yield " authentication login hwtacacs-scheme county local"
        yield "#"
    yield "local-user audit01 class manage"
    if device.hardening.stored_as == "irreversible":
        yield " password hash $h$6$q9vT3kW1mZ$Y2Jk8sLw0RfHc5uNeXa7"
    else:
        yield " password cipher $c$3$M0dYb1pQcUtnZXZlcnNlZA"
    yield " service-type ssh"
    yield " authorization-attribute user-role network-operator"


def _short(name: str) -> str:
    for long, short in _SHORT:
        if name.startswith(long):
            return short + name.removeprefix(long)
    return name


def _interface_brief(device: Device, _: datetime) -> Lines:
    yield "Brief information on interfaces in route mode:"
    yield "Link: ADM - administratively down; Stby - standby"
    yield "Protocol: (s) - spoofing"
    yield "Interface            Link Protocol Primary IP      Description"
    for port in device.ports:
        state = "UP" if port.up else "DOWN"
        protocol = "UP(s)" if port.kind == LOOPBACK else state
        ip = str(port.ipv4.ip) if port.ipv4 else "--"
        yield f"{_short(port.name):<20} {state:<4} {protocol:<8} {ip:<15} {port.description}".rstrip()


def _ip_brief(device: Device, _: datetime) -> Lines:
    yield "*down: administratively down"
    yield "(s): spoofing  (l): loopback"
    yield "Interface           Physical Protocol IP address/Mask    VPN instance Description"
    for port in device.ports:
        state = "up" if port.up else "down"
        protocol = "up(s)" if port.kind == LOOPBACK else state
        described = port.description[:11] or "--"
        yield f"{_short(port.name):<19} {state:<8} {protocol:<8} {port.ipv4 or '--'!s:<18} {'--':<12} {described}"


def _ipv6_brief(device: Device, _: datetime) -> Lines:
    yield "*down: administratively down"
    yield "(s): spoofing"
    yield "Interface                                Physical   Protocol   IPv6 Address"
    for port in device.ports:
        state = "up" if port.up else "down"
        protocol = "up(s)" if port.kind == LOOPBACK else state
        shown = str(port.ipv6.ip).upper() if port.ipv6 else "Unassigned"
        yield f"{port.name:<40} {state:<10} {protocol:<10} {shown}"


def _lldp_list(device: Device, _: datetime) -> Lines:
    yield "Chassis ID : * -- -- Nearest nontpmr bridge neighbor"
    yield "             # -- -- Nearest customer bridge neighbor"
    yield "             Default -- -- Nearest bridge neighbor"
    yield "Local Interface Chassis ID      Port ID                    System Name"
    for heard in device.heard:
        yield f"{_short(heard.port):<15} {heard.chassis:<15} {heard.remote_port:<26} {heard.name}"


def _lldp_verbose(device: Device, _: datetime) -> Lines:
    for index, heard in enumerate(device.heard, 1):
        yield f"LLDP neighbor-information of port {index}[{heard.port}]:"
        yield "LLDP agent nearest-bridge:"
        yield " LLDP neighbor index : 1"
        yield " Update time         : 12 days, 4 hours, 10 minutes, 7 seconds"
        yield " Chassis type        : MAC address"
        yield f" Chassis ID          : {heard.chassis}"
        yield " Port ID type        : Interface name"
        yield f" Port ID             : {heard.remote_port}"
        yield " Time to live        : 120"
        yield f" Port description    : {heard.remote_port}"
        yield f" System name         : {heard.name}"
        yield f" System description  : {heard.descr}"
        yield " System capabilities supported : Bridge, Router"
        yield " System capabilities enabled   : Bridge, Router"
        yield " Management address type           : IPv4"
        yield f" Management address                : {heard.address}"
        yield " Management address interface type : IfIndex"
        yield " Management address interface ID   : 1"
        yield " Management address OID            : 0"
        yield ""


def _lldp_status(device: Device, _: datetime) -> Lines:
    yield "Global status of LLDP: Enable"
    yield f"The current number of LLDP neighbors: {len(device.heard)}"
    yield "The current number of CDP neighbors: 0"


def _arp(device: Device, _: datetime) -> Lines:
    yield "  Type: S-Static   D-Dynamic   O-Openflow   R-Rule   M-Multiport  I-Invalid"
    yield "IP address      MAC address    VLAN/VSI name Interface                Aging Type"
    for each in resolved4(device):
        yield f"{each.ip!s:<15} {each.mac} {'--':<13} {_short(each.port.name):<24} {1156:<5} D"


def _nd(device: Device, _: datetime) -> Lines:
    yield "Type: S-Static    D-Dynamic    O-Openflow     R-Rule    IS-Invalid static"
    yield "IPv6 address              MAC address    VLAN/VSI   Interface            State T  Aging"
    for each in resolved6(device):
        mac, state = (each.mac, "REACH") if each.mac else ("--", "INCMP")
        yield f"{str(each.ip).upper():<25} {mac:<14} {'--':<10} {_short(each.port.name):<20} {state:<5} D  12"


def _macs(_: Device, __: datetime) -> Lines:
    yield "MAC Address      VLAN ID    State            Port/Nickname            Aging"  # every port routes


def _ntp_status(device: Device, _: datetime) -> Lines:
    on = device.hardening.ntp
    yield f" Clock status: {'synchronized' if on else 'unsynchronized'}"
    yield f" Clock stratum: {3 if on else 16}"
    if on:
        yield f" System peer: {NTP_SERVER}"
        yield " Local mode: client"
        yield f" Reference clock ID: {NTP_SERVER}"
    yield " Leap indicator: 00"
    yield " Clock jitter: 0.000031 s"
    yield " Stability: 0.000 pps"
    yield " Clock precision: 2^-18"
    yield " Root delay: 1.10000 ms"
    yield " Root dispersion: 12.40000 ms"


_COMMANDS: dict[str, Callable[[Device, datetime], Lines]] = {
    "display version": _version,
    "display device manuinfo": _manufacture,
    "display current-configuration": _configuration,
    "display saved-configuration": _configuration,
    "display interface brief": _interface_brief,
    "display ip interface brief": _ip_brief,
    "display ipv6 interface brief": _ipv6_brief,
    "display lldp neighbor-information list": _lldp_list,
    "display lldp neighbor-information verbose": _lldp_verbose,
    "display lldp status": _lldp_status,
    "display arp": _arp,
    "display ipv6 neighbors all": _nd,
    "display mac-address": _macs,
    "display ntp-service status": _ntp_status,
}
