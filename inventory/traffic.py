"""Counters over time: what an interface carried, its 95th percentile and peak; how far away a device is, over IPv4
and over IPv6."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from itertools import groupby
from statistics import median
from typing import Protocol

from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Counter, Counters, EchoAnswer, Reachability
from inventory.intervals import Intervals, Reading, all_told, between

_OUTAGE = 2  # connects in a row without an answer: a single one may have been lost on the way
_ONE_FAMILY = Missing(Gap.UNREAD, "nobody polled it over both families")


@dataclass(frozen=True, slots=True)
class BothAsked:
    """A TCP connect to an address of each family of one device, one right after the other. None: no answer."""

    ip4: str  # as text: a day of polls repeats it
    ms4: float | None
    ip6: str
    ms6: float | None


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a device: counters of some interfaces, and how long it took to answer connects."""

    target: str
    at: datetime
    uptime_s: float | None = None
    counters: tuple[Counter, ...] = ()  # empty: its agent did not answer
    connects_ms: tuple[float | None, ...] = ()  # TCP connects, refused ones too; None: no answer; empty: not tried
    both: BothAsked | None = None  # that connect beside one over the other family; None: only the one was asked


@dataclass(frozen=True, slots=True)
class Watch:
    """What looks at a device tell together: what went through its interfaces, and how it answered connects."""

    intervals: Mapping[str, Intervals] = field(default_factory=dict)  # by interface
    connects_ms: Sequence[float | None] = ()


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
    lost: int  # of those tried
    median_ms: float | None  # None: nothing was answered
    down: int = 0  # of those lost, two or more in a row: nothing was there meanwhile

    @property
    def lost_percent(self) -> float:
        """Share of connects without any answer while something was there."""
        there = self.tried - self.down
        return 100 * (self.lost - self.down) / there if there else 0.0

    @property
    def available_percent(self) -> float:
        """Share of the connects at which something was there."""
        return 100 * (self.tried - self.down) / self.tried


class History(Protocol):
    """Earlier looks at devices, in the order in which they came."""

    def watch(self, target: str) -> Watch:
        """Looks at the counters alone; empty when nobody polled it."""

    def reached(self, target: str) -> Reachability | Missing:
        """How it answered polls over both families."""

    def readings(self, target: str, interfaces: Collection[str]) -> Mapping[str, Sequence[Reading]]:
        """What whole runs read of some interfaces; for devices that nobody polled."""


@dataclass(frozen=True, slots=True)
class NoHistory:
    """Nothing was read before."""

    def watch(self, target: str) -> Watch:  # noqa: ARG002
        """None."""
        return Watch()

    def reached(self, target: str) -> Reachability | Missing:  # noqa: ARG002
        """None."""
        return _ONE_FAMILY

    def readings(self, target: str, interfaces: Collection[str]) -> Mapping[str, Sequence[Reading]]:  # noqa: ARG002
        """None."""
        return {}


@dataclass(frozen=True, slots=True)
class MemoryHistory:
    """Looks held in memory."""

    all_polls: Mapping[str, Sequence[Poll]] = field(default_factory=dict)
    all_counters: Mapping[str, Sequence[tuple[datetime, Counters]]] = field(default_factory=dict)

    def watch(self, target: str) -> Watch:
        """Looks at the counters alone."""
        return watched(self.all_polls.get(target, ()))

    def reached(self, target: str) -> Reachability | Missing:
        """How it answered polls over both families."""
        return reached([(poll.at.timestamp(), poll.both) for poll in self.all_polls.get(target, ()) if poll.both])

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


def watched(polls: Sequence[Poll]) -> Watch:
    """What the polls of one device tell together."""
    intervals = {name: between(readings) for name, readings in by_interface(polls).items()}
    return Watch(intervals, tuple(ms for poll in polls for ms in poll.connects_ms))


def load(intervals: Intervals, speed_mbps: float | None) -> Load | None:
    """What an interface of that speed carried over all intervals; None where none of them tells."""
    sure = intervals.certain(speed_mbps)
    told = [seconds for seconds in sure.seconds if seconds == seconds]
    if not told:
        return None
    return Load(
        since=datetime.fromtimestamp(min(min(intervals.start), min(intervals.end)), UTC),
        until=datetime.fromtimestamp(max(max(intervals.start), max(intervals.end)), UTC),
        samples=len(told),
        left_out=len(intervals) - len(told),
        covered_s=math.fsum(told),
        longest_s=max(told),
        in_p95_mbps=percentile(sure.in_mbps, sure.seconds, 95),
        out_p95_mbps=percentile(sure.out_mbps, sure.seconds, 95),
        in_peak_mbps=_peak(sure.in_mbps),
        out_peak_mbps=_peak(sure.out_mbps),
        errors=_total(sure.errors),
        discards=_total(sure.discards),
        packets=_total(sure.packets),
    )


def _peak(rates: Sequence[float]) -> float | None:
    return max(rates if all_told(rates) else (rate for rate in rates if rate == rate), default=None)


def _total(counts: Sequence[float]) -> int | None:
    known = counts if all_told(counts) else [count for count in counts if count == count]
    return int(sum(known)) if known else None


def percentile(values: Sequence[float], weights: Sequence[float], percent: float) -> float | None:
    """The least value that so many percent of the weight do not exceed; None of nothing. NaN is no value.

    Rates weigh by the seconds they held: an interval over a missed read counts for those it stands for.
    """
    known = range(len(values)) if all_told(values) else [n for n, value in enumerate(values) if value == value]
    falling = sorted(known, key=values.__getitem__, reverse=True)
    beyond = math.fsum(weights if len(falling) == len(weights) else (weights[n] for n in falling))
    beyond *= (100 - percent) / 100
    above = 0.0
    for n in falling:
        above += weights[n]
        if above > beyond * (1 + 1e-9):
            return values[n]
    return None


def latency(connects_ms: Sequence[float | None]) -> Latency | None:
    """How a device answered connects; None where none was tried."""
    if not connects_ms:
        return None
    answered = [ms for ms in connects_ms if ms is not None]
    silent = [len(list(run)) for is_silent, run in groupby(connects_ms, key=lambda ms: ms is None) if is_silent]
    down = sum(length for length in silent if length >= _OUTAGE)
    return Latency(len(connects_ms), sum(silent), median(answered) if answered else None, down)


def reached(asked: Sequence[tuple[float, BothAsked]]) -> Reachability | Missing:
    """How a device answered over both families, of polls in their order with their seconds since 1970.

    Only those to its newest addresses count: what answered at earlier ones may have been another device.
    """
    if not asked:
        return _ONE_FAMILY
    newest = asked[-1][1]
    same = [(at, both) for at, both in asked if (both.ip4, both.ip6) == (newest.ip4, newest.ip6)]
    answers = (
        _answer(newest.ip4, [both.ms4 for _, both in same]),
        _answer(newest.ip6, [both.ms6 for _, both in same]),
    )
    since, until = (datetime.fromtimestamp(of(at for at, _ in same), UTC) for of in (min, max))
    span = f"{since:%Y-%m-%d %H:%M} – {until:%Y-%m-%d %H:%M} UTC"
    shown = "\n".join([span, *(answer.line for answer in answers)])
    return Reachability(answers, Evidence("polls", excerpt=shown, taken_at=until))


def _answer(ip: str, connects_ms: Sequence[float | None]) -> EchoAnswer:
    took = [ms for ms in connects_ms if ms is not None]
    middle = round(median(took), 2) if took else None
    return EchoAnswer(ip_address(ip), "tcp", len(connects_ms), len(took), middle)
