"""How a device answers over each family: ICMP echo where it agreed to that, else TCP connects; icmplib lives here.

A few requests one after another, paced with those to all other devices. Nothing is resolved, nothing is sent beside.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from statistics import median

import icmplib

from collectors.discovery.pace import Pace
from collectors.probes.connects import connect_ms, is_routed
from inventory.addresses import IPAddress
from inventory.evidence import Evidence
from inventory.facts import EchoAnswer, Reachability

_LIMIT_S = 1.0  # of one request
_HERE = {4: "127.0.0.1", 6: "::1"}


@dataclass(frozen=True, slots=True)
class Echoing:
    """How often each address is asked, at the pace of all together."""

    count: int
    pace: Pace


def reach(ips: Iterable[IPAddress], port: int, echoing: Echoing, now: datetime, *, by_icmp: bool) -> Reachability:
    """How each of a device's addresses answers; by TCP connects to the port where ICMP is not agreed or not possible.

    An address that no route from here leads to is tried 0 times.
    """
    items = tuple(_answer(ip, port, echoing, by_icmp=by_icmp) for ip in ips)
    shown = "\n".join(each.line for each in items)
    return Reachability(items, Evidence("echo", excerpt=shown, taken_at=now))


def _answer(ip: IPAddress, port: int, echoing: Echoing, *, by_icmp: bool) -> EchoAnswer:
    privileged = privilege(ip.version) if by_icmp else None
    way = "tcp" if privileged is None else "icmp"
    if not is_routed(ip):
        return EchoAnswer(ip, way, 0, 0, None)
    took: list[float] = []
    for _ in range(echoing.count):
        echoing.pace.take(1)
        ms = connect_ms(ip, port, _LIMIT_S) if privileged is None else _echo_ms(ip, privileged=privileged)
        took += [] if ms is None else [ms]
    return EchoAnswer(ip, way, echoing.count, len(took), round(median(took), 2) if took else None)


def _echo_ms(ip: IPAddress, *, privileged: bool) -> float | None:
    """Milliseconds until one echo request is answered; None: it is not, or the way says that it will not."""
    try:
        host = icmplib.ping(str(ip), count=1, timeout=_LIMIT_S, privileged=privileged)
    except icmplib.ICMPLibError:
        return None
    return float(host.avg_rtt) if host.is_alive else None


@cache
def privilege(version: int) -> bool | None:
    """Whether echo requests of a family need a raw socket here; None: there is neither that nor a ping socket.

    Linux opens ping sockets to the groups of net.ipv4.ping_group_range, raw ones to CAP_NET_RAW.
    """
    kind = icmplib.ICMPv6Socket if version == 6 else icmplib.ICMPv4Socket
    for privileged in (False, True):
        try:
            kind(_HERE[version], privileged=privileged).close()
        except icmplib.ICMPLibError:
            continue
        return privileged
    return None
