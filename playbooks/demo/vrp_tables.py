"""What the command line of a VRP-like device shows of its neighbours and tables, written from the county's model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from playbooks.demo.model import LOOPBACK, Device
from playbooks.demo.resolved import resolved4, resolved6

Lines = Iterator[str]


def _lldp_brief(device: Device, _: datetime) -> Lines:
    yield "Local Intf            Neighbor Dev             Neighbor Intf             Exptime(s)"
    for heard in device.heard:
        yield f"{heard.port:<22}{heard.name:<25}{heard.remote_port:<26}{101:<10}"


def _lldp(device: Device, _: datetime) -> Lines:
    for index, heard in enumerate(device.heard, 1):
        yield f"{heard.port} has 1 neighbor(s):"
        yield ""
        yield f"Neighbor index                     :{index}"
        yield "Chassis type                       :MAC Address"
        yield f"Chassis ID                         :{heard.chassis}"
        yield "Port ID subtype                    :Interface Name"
        yield f"Port ID                            :{heard.remote_port}"
        yield f"Port description                   :{heard.remote_port}"
        yield f"System name                        :{heard.name}"
        yield f"System description                 :{heard.descr}"
        yield "System capabilities supported      :Bridge Router"
        yield "System capabilities enabled        :Bridge Router"
        yield "Management address type            :IPv4"
        yield f"Management address value           :{heard.address}"
        yield "OID                                :1.3.6.1.4.1"
        yield ""


def _arp(device: Device, _: datetime) -> Lines:
    own = [(port.ipv4.ip, port) for port in device.ports if port.ipv4 and port.kind != LOOPBACK]
    yield "IP ADDRESS      MAC ADDRESS     EXPIRE(M) TYPE        INTERFACE   VPN-INSTANCE"
    yield "-" * 78
    yield from (f"{ip!s:<15} {device.mac_text():<24}  I -         {port.name}" for ip, port in own)
    found = list(resolved4(device))
    yield from (f"{each.ip!s:<15} {each.mac:<15} {17:<9} D-0         {each.port.name}" for each in found)
    yield "-" * 78
    yield f"Total:{len(own) + len(found):<9} Dynamic:{len(found):<7} Static:0     Interface:{len(own)}"


def _nd(device: Device, _: datetime) -> Lines:
    found = list(resolved6(device))
    yield "-" * 77
    for each in found:
        yield f"IPv6 Address : {str(each.ip).upper()}"
        yield f"Link-layer   : {each.mac or '0000-0000-0000':<34} State : {'REACH' if each.mac else 'INCMP'}"
        yield f"Interface    : {each.port.name:<34} Age   : 2"
        yield f"VLAN         : {'-':<34} CEVLAN: -"
        yield ""
    yield "-" * 77
    yield f"Total: {len(found):<8} Dynamic: {len(found):<6} Static: 0"


def _macs(_: Device, __: datetime) -> Lines:
    yield "-" * 79
    yield "MAC Address    VLAN/VSI/BD                       Learned-From        Type"
    yield "-" * 79
    yield "Total items displayed = 0"  # every port routes


COMMANDS: dict[str, Callable[[Device, datetime], Lines]] = {
    "display lldp neighbor brief": _lldp_brief,
    "display lldp neighbor": _lldp,
    "display arp all": _arp,
    "display ipv6 neighbors": _nd,
    "display mac-address": _macs,
}
