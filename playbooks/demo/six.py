"""What is planted of IPv6 on devices beyond single ports: gateways, neighbours of OSPFv3, filters, routes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Interface, IPv6Interface
from typing import Any

from playbooks.demo.model import VLAN, Device, Port
from playbooks.demo.planted import PREFIX

# OSPFv3 neighbours that are up; the last waits for one that never came until the works.
_NEIGHBOURS = {"core-1": 1, "core-2": 1, "town-4": 0}
_NEIGHBOURS_LATER = _NEIGHBOURS | {"town-4": 1}
# Numbers of the lists at uplinks, for IPv4 and for IPv6: over IPv6 another service is let in, over IPv4 another.
_FILTERS = {"village-03": (3001, 3002), "village-01": (3004, 3001)}
_FILTERS_LATER = dict.fromkeys(_FILTERS, (3002, 3002))
_FIELD_PORT = "GigabitEthernet0/0/0"


def _gateways(device: Device, n: int, *, mended: bool) -> Device:
    """One of two gateways of networks for guests, meetings and visitors, and of one for telephones."""
    has6 = n == 1 or mended
    shared = (
        _gateway("Vlan-interface100", 100, n, vrrp6=100, advertises=True),  # a group for each family
        _gateway("Vlan-interface101", 101, n, advertises=True),  # hosts choose between two that advertise
        _gateway("Vlan-interface102", 102, n, six=has6, advertises=has6),  # only the first has IPv6
    )
    group6 = 103 if mended else None
    # the second alone, and by a group for IPv4
    alone = (_gateway("GigabitEthernet1/0/40", 103, n, vrrp6=group6),) if n == 2 else ()
    return replace(device, ports=(*device.ports, *shared, *alone))


def _gateway(name: str, network: int, n: int, *, six: bool = True, **more: Any) -> Port:
    more |= {"kind": VLAN} if name.startswith("Vlan") else {}
    return Port(
        name, 1000, description=f"network {network}", vrrp4=network,
        ipv4=IPv4Interface(f"10.129.{network}.{n + 1}/24"),
        ipv6=IPv6Interface(f"{PREFIX}:{0x2000 + network:x}::{n + 1}/64") if six else None, **more,
    )  # fmt: skip


def _filtered(device: Device, lists: dict[str, tuple[int, int]]) -> Device:
    four, six = lists[device.name]
    ports = (replace(p, acl4=four, acl6=six) if p.name == _FIELD_PORT else p for p in device.ports)
    return replace(device, ports=tuple(ports))


def _tunnels_let_in(device: Device) -> Device:
    """The list at the line of its own lets protocol 41 in."""
    ports = (replace(p, acl4=3003) if p.description == "broadband" else p for p in device.ports)
    return replace(device, ports=tuple(ports))


_CHANGES: dict[str, Callable[[Device], Device]] = {
    "agg-1": lambda d: _gateways(d, 1, mended=False),
    "agg-2": lambda d: _gateways(d, 2, mended=False),
    **dict.fromkeys(_FILTERS, lambda d: _filtered(d, _FILTERS)),
    "village-19": _tunnels_let_in,
    # addressed and turned on, and nobody wrote its default route
    "village-08": lambda d: replace(d, gateway6=None),
    "srv-09": lambda d: replace(d, gateway6=None),
}
_WORKS: dict[str, Callable[[Device], Device]] = {
    "agg-1": lambda d: _gateways(d, 1, mended=True),
    "agg-2": lambda d: _gateways(d, 2, mended=True),
    **dict.fromkeys(_FILTERS, lambda d: _filtered(d, _FILTERS_LATER)),
}


def with_ipv6(device: Device, *, mended: bool = False) -> Device:
    """The device with what is planted in it here, or after the works with what they made of that."""
    change = (_WORKS if mended else _CHANGES).get(device.name)
    neighbours = _NEIGHBOURS_LATER if mended else _NEIGHBOURS
    return replace(change(device) if change else device, ospf6_up=neighbours.get(device.name))
