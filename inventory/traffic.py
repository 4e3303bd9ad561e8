"""Counters over time: what an interface carried between reads, its 95th percentile and peak; how far away it is.

Pure arithmetic over reads in the order in which they came. An interval that a restart, a cleared counter, a clock set
anew or a counter that may have wrapped unseen makes doubtful tells nothing: it is left out, never guessed at.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from statistics import median
from typing import Protocol

from inventory.facts import Counter, Counters

_TICKS_S = 2**32 / 100  # sysUpTime starts anew after 497 days (RFC 3418)
_CLOCK_S, _CLOCK_SHARE = 5.0, 0.02  # how far the collector's clock and sysUpTime may part over one interval
_OVER = 1.1  # what a line may seem to carry beyond its speed: agents refresh counters every few seconds
_FASTEST_MBPS = 1e6  # where no speed is told: no port is faster, so a 64-bit counter that seems to be was cleared


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a device: counters of some interfaces, and how long it took to answer connects."""

    target: str
    at: datetime
    uptime_s: float | None = None
    counters: tuple[Counter, ...] = ()  # empty: its agent did not answer
    connects_ms: tuple[float | None, ...] = ()  # TCP connects, refused ones too; None: no answer; empty: not tried


@dataclass(frozen=True, slots=True)
class Reading:
    """The counters of one interface at one moment."""

    at: datetime
    uptime_s: float | None
    counter: Counter


@dataclass(frozen=True, slots=True)
class Flow:
    """What went through an interface between two reads. None: the reads do not tell."""

    seconds: float
    in_mbps: float | None
    out_mbps: float | None
    errors: int | None
    discards: int | None
    packets: int | None


@dataclass(frozen=True, slots=True)
class Load:
    """What an interface carried over a time, in Mbit/s. None: no interval tells that direction."""

    since: datetime
    until: datetime
    samples: int  # intervals that tell
    left_out: int  # intervals that do not
    covered_s: float  # by those that tell
    longest_s: float  # of them: what is shorter than it may hide in its mean
    in_p95_mbps: float | None
    out_p95_mbps: float | None
    in_peak_mbps: float | None
    out_peak_mbps: float | None
    errors: int | None = None
    discards: int | None = None
    packets: int | None = None

    @property
    def p95_mbps(self) -> float | None:
        """The 95th percentile of the busier direction."""
        return max((x for x in (self.in_p95_mbps, self.out_p95_mbps) if x is not None), default=None)

    @property
    def peak_mbps(self) -> float | None:
        """The busiest interval of either direction."""
        return max((x for x in (self.in_peak_mbps, self.out_peak_mbps) if x is not None), default=None)


@dataclass(frozen=True, slots=True)
class Latency:
    """How a device answered connects over a time."""

    tried: int
    lost: int
    median_ms: float | None  # None: nothing was answered

    @property
    def lost_percent(self) -> float:
        """Share of connects without any answer."""
        return 100 * self.lost / self.tried


class History(Protocol):
    """Earlier looks at devices, in the order in which they came."""

    def polls(self, target: str) -> Sequence[Poll]:
        """Looks at the counters alone; empty when nobody polled it."""

    def readings(self, target: str, interfaces: Collection[str]) -> Mapping[str, Sequence[Reading]]:
        """What whole runs read of some interfaces; for devices that nobody polled."""


@dataclass(frozen=True, slots=True)
class NoHistory:
    """Nothing was read before."""

    def polls(self, target: str) -> Sequence[Poll]:  # noqa: ARG002
        """None."""
        return ()

    def readings(self, target: str, interfaces: Collection[str]) -> Mapping[str, Sequence[Reading]]:  # noqa: ARG002
        """None."""
        return {}


@dataclass(frozen=True, slots=True)
class MemoryHistory:
    """Looks held in memory."""

    all_polls: Mapping[str, Sequence[Poll]] = field(default_factory=dict)
    all_counters: Mapping[str, Sequence[tuple[datetime, Counters]]] = field(default_factory=dict)

    def polls(self, target: str) -> Sequence[Poll]:
        """Looks at the counters alone."""
        return self.all_polls.get(target, ())

    def readings(self, target: str, interfaces: Collection[str]) -> Mapping[str, Sequence[Reading]]:
        """What whole runs read."""
        found: dict[str, list[Reading]] = {}
        for at, counters in self.all_counters.get(target, ()):
            for each in counters.items:
                if each.interface in interfaces:
                    found.setdefault(each.interface, []).append(Reading(at, counters.uptime_s, each))
        return found


def by_interface(polls: Iterable[Poll]) -> dict[str, list[Reading]]:
    """The polls' readings by interface, in their order."""
    found: dict[str, list[Reading]] = {}
    for poll in polls:
        for counter in poll.counters:
            found.setdefault(counter.interface, []).append(Reading(poll.at, poll.uptime_s, counter))
    return found


def elapsed_s(first: Reading, second: Reading) -> float | None:
    """Seconds between two reads; None: the device restarted, or neither clock tells.

    The device's own clock counts, for the collector's may be set. Where the two disagree, the device has restarted
    if it is up for less than the time that the collector saw go by; else the collector's clock was set.
    """
    clock = (second.at - first.at).total_seconds()
    before, after = first.uptime_s, second.uptime_s
    if before is None or after is None:
        return clock if clock > 0 else None
    slack = max(_CLOCK_S, abs(clock) * _CLOCK_SHARE)
    gone = after - before
    if gone < 0 and abs(gone + _TICKS_S - clock) <= slack:
        return gone + _TICKS_S
    if gone <= 0 or (abs(gone - clock) > slack and after < clock):
        return None
    return gone


def flow(first: Reading, second: Reading, speed_mbps: float | None) -> Flow | None:
    """What went through between two reads; None where they do not tell of one another."""
    seconds = elapsed_s(first, second)
    old, new = first.counter, second.counter
    if seconds is None or old.bits != new.bits or _started_anew(old, new):
        return None
    most = (speed_mbps or _FASTEST_MBPS) * _OVER * 1e6 / 8 * seconds
    known = new.bits == 64 or (speed_mbps is not None and most < 2**32)  # else it may have gone round unseen
    ins = _grown(old.in_octets, new.in_octets, new.bits, most) if known else None
    outs = _grown(old.out_octets, new.out_octets, new.bits, most) if known else None
    if ins is None and outs is None:
        return None
    return Flow(
        seconds,
        in_mbps=None if ins is None else ins * 8 / 1e6 / seconds,
        out_mbps=None if outs is None else outs * 8 / 1e6 / seconds,
        errors=_sum(_more(old.in_errors, new.in_errors), _more(old.out_errors, new.out_errors)),
        discards=_sum(_more(old.in_discards, new.in_discards), _more(old.out_discards, new.out_discards)),
        packets=_sum(_more(old.in_packets, new.in_packets), _more(old.out_packets, new.out_packets)),
    )


def _started_anew(old: Counter, new: Counter) -> bool:
    told = old.discontinuity_s is not None and new.discontinuity_s is not None
    if told and old.discontinuity_s != new.discontinuity_s:
        return True
    if new.bits != 64:
        return False
    pairs = ((old.in_octets, new.in_octets), (old.out_octets, new.out_octets))
    return any(b is not None and a is not None and a < b < 2**63 for b, a in pairs)  # none wraps from below half


def _grown(before: int | None, after: int | None, bits: int, most: float) -> int | None:
    """How far a counter went, wraps counted in; None for more than the line could carry: it was cleared."""
    if before is None or after is None:
        return None
    grown = (after - before) % (1 << bits)
    return grown if grown <= most else None


def _more(before: int | None, after: int | None) -> int | None:
    return after - before if before is not None and after is not None and after >= before else None


def _sum(*parts: int | None) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def flows(readings: Iterable[Reading], speed_mbps: float | None) -> Iterator[Flow | None]:
    """What went through between each two reads that follow one another."""
    return (flow(first, second, speed_mbps) for first, second in pairwise(readings))


def load(readings: Sequence[Reading], speed_mbps: float | None) -> Load | None:
    """What an interface carried over all its reads; None where no two of them tell."""
    all_flows = list(flows(readings, speed_mbps))
    told = [each for each in all_flows if each is not None]
    if not told:
        return None
    ins = [(each.in_mbps, each.seconds) for each in told if each.in_mbps is not None]
    outs = [(each.out_mbps, each.seconds) for each in told if each.out_mbps is not None]
    times = [reading.at for reading in readings]
    return Load(
        since=min(times),
        until=max(times),
        samples=len(told),
        left_out=len(all_flows) - len(told),
        covered_s=sum(each.seconds for each in told),
        longest_s=max(each.seconds for each in told),
        in_p95_mbps=percentile(ins, 95),
        out_p95_mbps=percentile(outs, 95),
        in_peak_mbps=max((rate for rate, _ in ins), default=None),
        out_peak_mbps=max((rate for rate, _ in outs), default=None),
        errors=_sum(*(each.errors for each in told)),
        discards=_sum(*(each.discards for each in told)),
        packets=_sum(*(each.packets for each in told)),
    )


def percentile(weighted: Iterable[tuple[float, float]], percent: float) -> float | None:
    """The least value that so many percent of the weight do not exceed; None of nothing.

    Rates weigh by the seconds they held: an interval over a missed read counts for those it stands for.
    """
    ordered = sorted(weighted)
    due = math.fsum(weight for _, weight in ordered) * percent / 100
    reached = 0.0
    for value, weight in ordered:
        reached += weight
        if reached >= due * (1 - 1e-9):
            return value
    return None


def latency(polls: Iterable[Poll]) -> Latency | None:
    """How a device answered connects; None where none was tried."""
    tried = [ms for poll in polls for ms in poll.connects_ms]
    if not tried:
        return None
    answered = [ms for ms in tried if ms is not None]
    return Latency(len(tried), len(tried) - len(answered), median(answered) if answered else None)
