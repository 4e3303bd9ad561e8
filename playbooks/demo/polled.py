"""The last day of polls of a county's lines, as ``hecha traffic`` would have kept them: a demo has no time to wait.

The figures are the county's own: what its agents count from their boot on, reckoned for the moments before; and how its
devices answer over both families, as far as IPv6 comes from the centre to them and back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, IPv6Network

from inventory.facts import Counter
from inventory.traffic import BothAsked, Poll
from playbooks.demo.mib import counted
from playbooks.demo.model import LOOPBACK, County, Device, Port
from playbooks.demo.planted import PREFIX

_EVERY = timedelta(minutes=5)
_READS = 287  # a day, the demo's own run left out
_OUTAGES = {"village-16": range(9, 12)}  # a quarter of an hour without power, before the works; by reads before now
MOST_VILLAGES = 200  # of larger counties no past is made up: they are there to try how much hecha can take


def polls(county: County, started: float, now: datetime) -> Iterator[Poll]:
    """Reads of every declared port at the centre of five minutes, the newest just before ``now``."""
    wanted: dict[str, list[str]] = {}
    for link in county.links:
        for name, port in ((link.a_device, link.a_port), (link.z_device, link.z_port)):
            if name and port:
                wanted.setdefault(name, []).append(port)
    devices = [device for device in county.devices if device.name in wanted and device.answers]
    carried6 = frozenset(_carried6(county))
    outages = {} if county.mended else _OUTAGES
    booted = datetime.fromtimestamp(started, UTC)
    for n in range(_READS, 0, -1):
        at = now - n * _EVERY
        for device in devices:
            is_up = n not in outages.get(device.name, ())
            lost6 = device.name not in carried6 or bool(device.loses6 and n % device.loses6 == 0)
            both = _both(device, is_up=is_up, lost6=lost6)
            if is_up:
                yield _poll(device, wanted[device.name], at, (at - booted).total_seconds(), both)
            else:
                yield Poll(device.name, at, connects_ms=(None,), both=both)


def _poll(device: Device, wanted: list[str], at: datetime, uptime_s: float, both: BothAsked | None) -> Poll:
    ports = [port for port in device.ports if port.name in wanted]
    counters = tuple(_counter(device, port, uptime_s) for port in ports)
    return Poll(device.name, at, uptime_s, counters, (device.answers_in_ms,), both)


def _counter(device: Device, port: Port, uptime_s: float) -> Counter:
    counts = {name: int(base + rate * uptime_s) for name, (base, rate) in counted(device, port).items()}
    return Counter(interface=port.name, out_errors=0, in_discards=0, out_discards=0, **counts)


def _both(device: Device, *, is_up: bool, lost6: bool) -> BothAsked | None:
    """A connect over each family; None for a device that has no IPv6 address."""
    six = _loopback6(device)
    if six is None:
        return None
    ms6 = device.answers6_in_ms if is_up and not lost6 else None
    return BothAsked(str(device.address), device.answers_in_ms if is_up else None, str(six), ms6)


def _loopback6(device: Device) -> IPv6Address | None:
    return next((port.ipv6.ip for port in device.ports if port.kind == LOOPBACK and port.ipv6), None)


def _carried6(county: County) -> Iterator[str]:
    """Devices to which IPv6 comes from the centre, and back: at an address of the county's, and all that they hang on
    forwards it, resolves its neighbours and has a default route."""
    above = {link.a_device: link.z_device for link in county.links if link.z_device}
    carrying = {each.name for each in county.devices if each.ipv6 and each.resolves6 and each.gateway6}
    for device in county.devices:
        six, step = _loopback6(device), device.name
        while step in carrying and step in above:
            step = above[step]
        if step in carrying and six and six in IPv6Network(f"{PREFIX}::/48"):
            yield device.name
