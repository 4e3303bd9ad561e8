"""What the county's lines carry, its second lines and aggregations, and what is planted in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from playbooks.demo.model import AGGREGATION, County, Device, Heard, Link, Port

USUAL_SHARE = 0.2  # of what a line can carry
# One is too full; one that its carrier polices is little used.
_SHARES = {"town-3-uplink": 0.85, "village-09-uplink": 0.05}
_ONE_WAY = "village-13-uplink"  # nothing comes in at the village
# Until the works, at single ports: a hundredth of the packets broken, half duplex.
_AT_PORTS: dict[tuple[str, str], dict[str, Any]] = {
    ("dept-10", "GigabitEthernet1/0/24"): {"error_percent": 1.0},
    ("village-17", "GigabitEthernet0/0/0"): {"half": True},
}
# … and on the way to a device: one is far away, one is reached over IPv6 through a tunnel of the carrier's, and of one
# every tenth connect over IPv6 is lost.
_ON_THE_WAY: dict[str, dict[str, Any]] = {
    "village-15": {"answers_in_ms": 80.0},
    "village-04": {"answers6_in_ms": 48.0},
    "village-02": {"loses6": 10},
}
_Lines = dict[str, tuple[str, str, str, str]]  # device at the centre and its port, carrier, route by town
# Two lines to a town: to another device by another carrier, and to the next port of the same card by the same one.
_SECOND_LINES: _Lines = {
    "town-1": ("agg-2", "GigabitEthernet1/0/41", "中国移动", "备用管道"),
    "town-8": ("core-2", "GigabitEthernet0/3/16", "广电网络", "主用管道"),
}
_SECOND_LINES_LATER = _SECOND_LINES | {"town-8": ("core-1", "GigabitEthernet0/4/1", "中国移动", "备用管道")}
_NEAR_SECOND = "GigabitEthernet0/0/23"
# Uplinks of two ports in one; of the second, one port is down until the works.
_AGGREGATED = {"dept-8": True, "dept-4": False}
_TRUNK, _MEMBERS = "Route-Aggregation1", ("GigabitEthernet1/0/24", "GigabitEthernet1/0/23")
# The register gives the port of the sixth village to the fourteenth as well, and names no far end of the hospital's.
_WRONG_ENDS: dict[str, str] = {"village-14-uplink": "village-06-uplink"}
_NO_FAR_END = "hospital-uplink"


def carrying(county: County) -> County:
    """The county with traffic on its lines, and with all that this module plants."""
    lines = _SECOND_LINES_LATER if county.mended else _SECOND_LINES
    devices = {
        device.name: _with_trunk(_with_second_line(device, lines), mended=county.mended) for device in county.devices
    }
    second = list(_second_lines(county, lines))
    for link in second:
        _hear_each_other(link, devices)
    links = [_of_trunk(link) for link in (*county.links, *second)]
    for link in links:
        _load(link, devices, mended=county.mended)
    changed = tuple(devices.values()) if county.mended else tuple(map(_with_gaps, devices.values()))
    by_address = {str(device.address): device for device in changed}
    return replace(county, devices=changed, links=tuple(links), by_address=by_address)


def _with_second_line(device: Device, lines: _Lines) -> Device:
    if device.name in lines:
        return replace(device, ports=(*device.ports, Port(_NEAR_SECOND, 1000, description="second line")))
    far = [port for other, port, *_ in lines.values() if other == device.name]
    return replace(device, ports=(*device.ports, *(Port(name, 1000, description="second line") for name in far)))


def _second_lines(county: County, lines: _Lines) -> Iterator[Link]:
    first = {link.a_device: link for link in county.links}
    for town, (core, port, carrier, route) in lines.items():
        yield replace(
            first[town],
            name=f"{town}-backup",
            a_port=_NEAR_SECOND,
            z_device=core,
            z_port=port,
            carrier=carrier,
            route=route,
        )


def _hear_each_other(link: Link, devices: dict[str, Device]) -> None:
    ends = [(devices[link.a_device], link.a_port), (devices[link.z_device or ""], link.z_port or "")]
    for (near, port), (far, far_port) in (ends, ends[::-1]):
        heard = Heard(port, far.name, far_port, far.mac_text(), f"{far.model} of {far.site}", far.address)
        devices[near.name] = replace(near, heard=(*near.heard, heard))


def _with_trunk(device: Device, *, mended: bool) -> Device:
    """The addresses move from the uplink's port to an aggregation of it and another one."""
    if device.name not in _AGGREGATED:
        return device
    whole, (first, second) = mended or _AGGREGATED[device.name], _MEMBERS
    ports: list[Port] = []
    for port in device.ports:
        if port.name == first:
            ports.append(replace(port, ipv4=None, ipv6=None, aggregate=_TRUNK))
            ports.append(Port(second, 1000, up=whole, description=port.description, aggregate=_TRUNK))
            ports.append(replace(port, name=_TRUNK, kind=AGGREGATION, mbps=2000 if whole else 1000))
        else:
            ports.append(port)
    return replace(device, ports=tuple(ports))


def _of_trunk(link: Link) -> Link:
    return replace(link, a_port=_TRUNK) if link.a_device in _AGGREGATED else link


def _load(link: Link, devices: dict[str, Device], *, mended: bool) -> None:
    """Gives both ports of a line the same traffic: what comes in at one end went out at the other."""
    ends = [(link.a_device, link.a_port), (link.z_device or "", link.z_port or "")]
    ports = [port for name, wanted in ends if name in devices for port in devices[name].ports if port.name == wanted]
    limits = [float(limit) for port in ports for limit in (port.mbps, port.car_mbps) if limit]
    down = min([float(link.contracted_mbps), *limits]) * ({} if mended else _SHARES).get(link.name, USUAL_SHARE)
    down, up = (0.0 if link.name == _ONE_WAY and not mended else down), down / 3
    for (name, wanted), (came, went) in zip(ends, ((down, up), (up, down)), strict=True):
        if name in devices:
            devices[name] = _port_changed(devices[name], wanted, in_mbps=came, out_mbps=went)


def _with_gaps(device: Device) -> Device:
    for (name, port), change in _AT_PORTS.items():
        device = _port_changed(device, port, **change) if device.name == name else device
    return replace(device, **_ON_THE_WAY.get(device.name, {}))


def as_declared(county: County) -> Iterator[Link]:
    """The lines as the register has them: right but for what is planted in it until the works."""
    named = {link.name: link for link in county.links}
    for link in county.links:
        if other := None if county.mended else named.get(_WRONG_ENDS.get(link.name, "")):
            link = replace(link, z_device=other.z_device, z_port=other.z_port)
        unknown = link.name == _NO_FAR_END and not county.mended
        yield replace(link, z_device=None, z_port=None) if unknown else link


def _port_changed(device: Device, name: str, **change: Any) -> Device:
    return replace(device, ports=tuple(replace(p, **change) if p.name == name else p for p in device.ports))
