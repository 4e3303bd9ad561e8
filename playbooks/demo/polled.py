"""The last hours of polls of a county's lines, as ``hecha traffic`` would have kept them: a demo has no time to wait.

The figures are the county's own: what its agents count from their boot on, reckoned for the moments before.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from inventory.facts import Counter
from inventory.traffic import Poll
from playbooks.demo.mib import counted
from playbooks.demo.model import County, Device, Port

_EVERY = timedelta(minutes=5)
_READS = 25
_OUTAGES = {"village-16": range(9, 12)}  # a quarter of an hour without power; by reads before now
MOST_VILLAGES = 200  # of larger counties no past is made up: they are there to try how much hecha can take


def polls(county: County, started: float, now: datetime) -> Iterator[Poll]:
    """Reads of every declared port at the centre of five minutes, the newest just before ``now``."""
    wanted: dict[str, list[str]] = {}
    for link in county.links:
        for name, port in ((link.a_device, link.a_port), (link.z_device, link.z_port)):
            if name and port:
                wanted.setdefault(name, []).append(port)
    devices = [device for device in county.devices if device.name in wanted and device.answers]
    booted = datetime.fromtimestamp(started, UTC)
    for n in range(_READS, 0, -1):
        at = now - n * _EVERY
        for device in devices:
            if n in _OUTAGES.get(device.name, ()):
                yield Poll(device.name, at, connects_ms=(None,))
            else:
                yield _poll(device, wanted[device.name], at, (at - booted).total_seconds())


def _poll(device: Device, wanted: list[str], at: datetime, uptime_s: float) -> Poll:
    ports = [port for port in device.ports if port.name in wanted]
    counters = tuple(_counter(device, port, uptime_s) for port in ports)
    return Poll(device.name, at, uptime_s, counters, (device.answers_in_ms,))


def _counter(device: Device, port: Port, uptime_s: float) -> Counter:
    counts = {name: int(base + rate * uptime_s) for name, (base, rate) in counted(device, port).items()}
    return Counter(interface=port.name, out_errors=0, in_discards=0, out_discards=0, **counts)
