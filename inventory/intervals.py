"""What went through an interface between two reads of its counters that follow one another, a column a figure.

An interval that a restart, a cleared counter, a clock set anew or a read given twice makes doubtful tells nothing: it
is left out, never guessed at. A day of five-minute reads of tens of thousands of interfaces is kept and judged by the
column, so nothing here depends on the speed of the port: it may be told later, or otherwise.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from inventory.facts import Counter

_TICKS_S = 2**32 / 100  # sysUpTime starts anew after 497 days (RFC 3418)
_CLOCK_S, _CLOCK_SHARE = 5.0, 0.02  # how far the collector's clock and sysUpTime may part over one interval
_OVER = 1.1  # what a line may seem to carry beyond its speed: agents refresh counters every few seconds
_FASTEST_MBPS = 1e6  # where no speed is told: no port is faster, so a 64-bit counter that seems to be was cleared
_NARROW = 2**32
COLUMNS = ("start", "end", "seconds", "in_mbps", "out_mbps", "errors", "discards", "packets")
NOTHING = (math.nan,) * (len(COLUMNS) - 2)  # a row of two reads that do not tell of one another, behind its times


@dataclass(frozen=True, slots=True)
class Reading:
    """The counters of one interface at one moment."""

    at: datetime
    uptime_s: float | None
    counter: Counter


@dataclass(slots=True)
class Intervals:
    """What went through one interface, in the order of its reads. NaN: the two reads do not tell."""

    columns: tuple[array[float], ...] = field(default_factory=lambda: tuple(array("d") for _ in COLUMNS))
    narrow: bool = False  # a counter of 32 bits is among them, which may go round unseen

    @property
    def start(self) -> array[float]:
        """Seconds since 1970, by the collector's clock."""
        return self.columns[0]

    @property
    def end(self) -> array[float]:
        """Seconds since 1970, by the collector's clock."""
        return self.columns[1]

    @property
    def seconds(self) -> array[float]:
        """How long each took by the device's clock; NaN: the interval tells nothing."""
        return self.columns[2]

    @property
    def in_mbps(self) -> array[float]:
        """Received."""
        return self.columns[3]

    @property
    def out_mbps(self) -> array[float]:
        """Sent."""
        return self.columns[4]

    @property
    def errors(self) -> array[float]:
        """Both ways."""
        return self.columns[5]

    @property
    def discards(self) -> array[float]:
        """Both ways."""
        return self.columns[6]

    @property
    def packets(self) -> array[float]:
        """Both ways."""
        return self.columns[7]

    def __len__(self) -> int:
        return len(self.seconds)

    def extend(self, more: Intervals) -> None:
        """Takes others in behind its own."""
        for column, further in zip(self.columns, more.columns, strict=True):
            column.extend(further)
        self.narrow = self.narrow or more.narrow

    def rows(self) -> Iterable[tuple[float, ...]]:
        """The intervals one by one."""
        return zip(*self.columns, strict=True)

    def certain(self, speed_mbps: float | None) -> Intervals:
        """Those that a port of that speed can have carried; with ``seconds`` NaN where it cannot.

        More than the line could carry is a counter that was cleared; a 32-bit counter that the line can send round
        within the interval may have gone round unseen.
        """
        most = (speed_mbps or _FASTEST_MBPS) * _OVER
        if not self.narrow and _at_most(self.in_mbps, most) and _at_most(self.out_mbps, most):
            return self
        longest_s = math.inf if not self.narrow else _NARROW / (most * 1e6 / 8) if speed_mbps else 0.0
        return intervals(
            (
                (*row[:2], *NOTHING) if row[3] > most or row[4] > most or not row[2] < longest_s else row
                for row in self.rows()
            ),
            narrow=self.narrow,
        )


def intervals(rows: Iterable[Sequence[float]], *, narrow: bool) -> Intervals:
    """Intervals of rows, each with a figure for every column."""
    columns = [array("d", column) for column in zip(*rows, strict=True)]
    return Intervals(tuple(columns), narrow) if columns else Intervals(narrow=narrow)


def all_told(column: Sequence[float]) -> bool:
    """Whether no figure of a column is NaN."""
    total = sum(column)
    return total == total  # a sum with NaN in it is none


def _at_most(column: array[float], most: float) -> bool:
    return all_told(column) and max(column, default=0.0) <= most


def between(readings: Iterable[Reading]) -> Intervals:
    """What went through between each two reads that follow one another."""
    known = list(readings)
    rows = [(a.at.timestamp(), z.at.timestamp(), *_went(a, z)) for a, z in pairwise(known)]
    return intervals(rows, narrow=any(each.counter.bits != 64 for each in known))


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


def _went(first: Reading, second: Reading) -> Sequence[float]:
    """Seconds, rates in and out, errors, discards and packets."""
    seconds = elapsed_s(first, second)
    old, new = first.counter, second.counter
    if seconds is None or old.bits != new.bits or _started_anew(old, new):
        return NOTHING
    ins = _grown(old.in_octets, new.in_octets, new.bits) * 8 / 1e6 / seconds
    outs = _grown(old.out_octets, new.out_octets, new.bits) * 8 / 1e6 / seconds
    if ins != ins and outs != outs:
        return NOTHING
    return (
        seconds,
        ins,
        outs,
        _sum(_more(old.in_errors, new.in_errors), _more(old.out_errors, new.out_errors)),
        _sum(_more(old.in_discards, new.in_discards), _more(old.out_discards, new.out_discards)),
        _sum(_more(old.in_packets, new.in_packets), _more(old.out_packets, new.out_packets)),
    )


def _started_anew(old: Counter, new: Counter) -> bool:
    """Whether the counters were cleared: their agent says so, or one went back that cannot have gone round."""
    told = old.discontinuity_s is not None and new.discontinuity_s is not None
    if told and old.discontinuity_s != new.discontinuity_s:
        return True
    return (
        _back(old.in_errors, new.in_errors, 2**31)
        or _back(old.out_errors, new.out_errors, 2**31)
        or _back(old.in_discards, new.in_discards, 2**31)
        or _back(old.out_discards, new.out_discards, 2**31)
        or _back(old.in_packets, new.in_packets, 2**63)
        or _back(old.out_packets, new.out_packets, 2**63)
        or (new.bits == 64 and _back(old.in_octets, new.in_octets, 2**63))
        or (new.bits == 64 and _back(old.out_octets, new.out_octets, 2**63))
    )


def _back(before: int | None, after: int | None, half: int) -> bool:
    """Whether a counter is lower than it was while it stood in its lower half: none wraps from there."""
    return before is not None and after is not None and after < before < half


def _grown(before: int | None, after: int | None, bits: int) -> float:
    """How far a counter went, a wrap counted in."""
    return math.nan if before is None or after is None else float((after - before) % (1 << bits))


def _more(before: int | None, after: int | None) -> float:
    return float(after - before) if before is not None and after is not None and after >= before else math.nan


def _sum(first: float, second: float) -> float:
    """Both together; what is told where only one is."""
    return second if first != first else first if second != second else first + second
