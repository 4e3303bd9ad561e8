"""Whom a router or switch of the county has resolved: the far ends of what it hears on its ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from playbooks.demo.model import Device, Heard, Port


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of an ARP or ND table."""

    ip: IPv4Address | IPv6Address
    port: Port
    mac: str | None  # as the vendors write it; None: nobody answered


def resolved4(device: Device) -> Iterator[Entry]:
    """The ARP table: of a line between two the other address."""
    for heard, port in _heard(device):
        if port.ipv4 and port.ipv4.network.prefixlen == 30:
            yield from (Entry(ip, port, heard.chassis) for ip in port.ipv4.network.hosts() if ip != port.ipv4.ip)


def resolved6(device: Device) -> Iterator[Entry]:
    """The ND table: whoever is heard on a port with IPv6, by the link-local address of its MAC."""
    for heard, port in _heard(device):
        if port.ipv6 and device.ipv6:
            mac = bytes.fromhex(heard.chassis.replace("-", ""))
            ip = IPv6Address(b"\xfe\x80" + bytes(6) + mac[:3] + b"\xff\xfe" + mac[3:])
            yield Entry(ip, port, heard.chassis if device.resolves6 else None)


def _heard(device: Device) -> Iterator[tuple[Heard, Port]]:
    named = {port.name: port for port in device.ports}
    for heard in device.heard:
        port = named[heard.port]
        yield heard, named[port.aggregate] if port.aggregate else port
