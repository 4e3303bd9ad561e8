"""Counters over time: wraps, restarts, missing reads and clocks that jump."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.facts import Counter
from inventory.traffic import Poll, Reading, by_interface, elapsed_s, flow, latency, load, percentile

START = datetime(2026, 3, 1, tzinfo=UTC)
EVERY_S = 300


def reading(at_s: float, in_octets: int | None, uptime_s: float | None = None, **more: float) -> Reading:
    up = uptime_s if uptime_s is not None else 1e6 + at_s
    counter = replace(Counter("eth0", in_octets, in_octets), **more)
    return Reading(START + timedelta(seconds=at_s), up, counter)


@dataclass
class Day:
    """A day of 5-minute reads of a line, as a device and a collector with all their faults give them."""

    seed: int
    mbps: float
    bits: int
    faults: bool

    @property
    def missing(self) -> int:
        # Over a missed read a 32-bit counter may have gone round twice: that time is lost, not bridged.
        return 0 if not self.faults else 12 if self.bits == 64 else 4

    def truth(self) -> list[float]:
        draw = random.Random(self.seed)
        busy = [0.15 + 0.6 * max(0.0, math.sin(math.pi * (n / 288 * 24 - 7) / 12)) for n in range(288)]
        return [self.mbps * share * draw.uniform(0.95, 1.0) for share in busy]

    def reads(self) -> Iterator[Reading]:
        draw = random.Random(self.seed + 1)
        wide = 1 << self.bits
        octets = wide - draw.randrange(1, 10**9)  # wraps early on
        uptime, clock = draw.uniform(1e5, 4e7), 0.0
        ticks = 2**32 / 100
        skipped = set(draw.sample(range(40, 280), self.missing))
        restarts = {draw.randrange(5, 40)} if self.faults else set()
        jumps = {draw.randrange(40, 90): 7200.0, draw.randrange(100, 150): -10800.0} if self.faults else {}
        for n, rate in enumerate([0.0, *self.truth()]):
            if n:
                octets = (octets + round(rate * 1e6 / 8 * EVERY_S)) % wide
                uptime, clock = (uptime + EVERY_S) % ticks, clock + EVERY_S
            if n in restarts:
                octets, uptime = round(rate * 1e6 / 8 * 40), 40.0
            clock += jumps.get(n, 0.0)
            if n not in skipped:
                counter = Counter("eth0", octets, octets, bits=self.bits)
                yield Reading(START + timedelta(seconds=clock), int(uptime * 100) / 100, counter)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), wide=st.booleans(), faults=st.booleans())
def test_percentile_of_a_day_is_true_within_a_percent(seed: int, wide: bool, faults: bool) -> None:
    # A 32-bit counter is sure only where the line cannot send it round within five minutes.
    day = Day(seed, 1000.0 if wide else 100.0, 64 if wide else 32, faults)
    told = load(list(day.reads()), day.mbps)
    truth = sorted(day.truth())
    assert told is not None
    assert told.in_p95_mbps == pytest.approx(truth[math.ceil(0.95 * 288) - 1], rel=0.01)
    assert told.in_peak_mbps is not None
    assert truth[-12] * 0.99 <= told.in_peak_mbps <= truth[-1] * 1.001  # a missed read may hide the very top
    assert told.left_out <= (day.missing if day.bits == 32 else 0) + 2  # and the restart, and a clock set soon after it
    assert told.samples >= 288 - 2 * day.missing - 2


def test_rate_between_two_reads() -> None:
    told = flow(reading(0, 0), reading(300, 3_750_000_000), 1000)
    assert told is not None
    assert (told.seconds, told.in_mbps, told.out_mbps) == (300, 100, 100)


@pytest.mark.parametrize(("bits", "speed"), [(32, 100.0), (64, 1000.0), (64, None)])
def test_wrap_is_counted_through(bits: int, speed: float | None) -> None:
    told = flow(reading(0, 2**bits - 1000, bits=bits), reading(300, 2_000, bits=bits), speed)
    assert told is not None
    assert told.in_mbps == pytest.approx(3000 * 8 / 1e6 / 300)


def test_counters_cleared_without_a_restart_tell_nothing() -> None:
    assert flow(reading(0, 5_000_000_000), reading(300, 1_000), 1000) is None
    assert flow(reading(0, 3_000_000_000, bits=32), reading(300, 1_000, bits=32), 10) is None  # 10M carry 0.4 GB
    assert flow(reading(0, 1_000, discontinuity_s=0.0), reading(300, 2_000, discontinuity_s=5.0), 1000) is None


def test_narrow_counter_that_may_have_gone_round_unseen_tells_nothing() -> None:
    assert flow(reading(0, 1_000, bits=32), reading(300, 2_000, bits=32), 1000) is None
    assert flow(reading(0, 1_000, bits=32), reading(300, 2_000, bits=32), None) is None
    assert flow(reading(0, 1_000, bits=32), reading(30, 2_000, bits=32), 1000) is not None


def test_width_that_changes_tells_nothing() -> None:
    assert flow(reading(0, 1_000, bits=32), reading(30, 2_000), 1000) is None


def test_restart_is_left_out_however_far_the_counters_came() -> None:
    assert elapsed_s(reading(0, 0, 5000.0), reading(300, 0, 20.0)) is None
    assert elapsed_s(reading(0, 0, 100.0), reading(86400, 0, 5000.0)) is None  # up again for longer than before


def test_clock_that_was_set_does_not_count() -> None:
    assert elapsed_s(reading(0, 0, 90000.0), reading(7500, 0, 90300.0)) == 300
    assert elapsed_s(reading(0, 0, 90000.0), reading(-3300, 0, 90300.0)) == 300


def test_sysuptime_goes_round_after_497_days() -> None:
    assert elapsed_s(reading(0, 0, 2**32 / 100 - 100), reading(300, 0, 200.0)) == pytest.approx(300)


def test_without_uptime_the_clock_counts_forwards_only() -> None:
    bare = [Reading(START + timedelta(seconds=s), None, Counter("eth0", 0, 0)) for s in (0, 300)]
    assert elapsed_s(*bare) == 300
    assert elapsed_s(bare[1], bare[0]) is None


def test_more_than_the_line_can_carry_is_no_traffic() -> None:
    assert flow(reading(0, 0), reading(300, 10**12), 100) is None


def test_errors_and_discards_add_up() -> None:
    first = reading(0, 0, in_errors=5, out_errors=0, in_discards=1, in_packets=100, out_packets=0)
    second = reading(300, 10, in_errors=9, out_errors=2, in_discards=1, in_packets=400, out_packets=700)
    told = load([first, second], 100)
    assert told is not None
    assert (told.errors, told.discards, told.packets) == (6, 0, 1000)


def test_percentile_weighs_by_time() -> None:
    assert percentile([(1.0, 94.0), (9.0, 6.0)], 95) == 9.0
    assert percentile([(1.0, 95.0), (9.0, 5.0)], 95) == 1.0
    assert percentile([], 95) is None


def test_nothing_comes_of_a_single_read() -> None:
    assert load([reading(0, 0)], 100) is None
    assert load([], 100) is None


def test_latency_counts_what_was_not_answered() -> None:
    polls = [Poll("a", START, connects_ms=(2.0, 4.0, None)), Poll("a", START, connects_ms=(6.0,)), Poll("a", START)]
    told = latency(polls)
    assert told is not None
    assert (told.tried, told.lost, told.median_ms, told.lost_percent) == (4, 1, 4.0, 25.0)
    assert latency([Poll("a", START)]) is None


def test_polls_are_sorted_by_interface_in_their_order() -> None:
    first = Poll("a", START, 1.0, (Counter("eth0", 1, 1), Counter("eth1", 5, 5)))
    second = Poll("a", START, 2.0, (Counter("eth0", 2, 2),))
    found = by_interface([first, second])
    assert [r.counter.in_octets for r in found["eth0"]] == [1, 2]
    assert len(found["eth1"]) == 1
