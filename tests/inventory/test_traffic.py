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

from inventory.errors import Missing
from inventory.facts import Counter, Reachability
from inventory.intervals import COLUMNS, Reading, between, elapsed_s, intervals
from inventory.traffic import (
    BothAsked,
    Load,
    MemoryHistory,
    NoHistory,
    Poll,
    by_interface,
    latency,
    load,
    percentile,
    watched,
)

START = datetime(2026, 3, 1, tzinfo=UTC)
EVERY_S, READS = 300, 288
TICKS_S = 2**32 / 100


def reading(at_s: float, in_octets: int | None, uptime_s: float | None = None, **more: float) -> Reading:
    up = uptime_s if uptime_s is not None else 1e6 + at_s
    counter = replace(Counter("eth0", in_octets, in_octets), **more)
    return Reading(START + timedelta(seconds=at_s), up, counter)


def carried(first: Reading, second: Reading, speed_mbps: float | None) -> Load | None:
    return load(between([first, second]), speed_mbps)


@dataclass
class Day:
    """A day of 5-minute reads of a line, as a device and a collector with all their faults give them."""

    seed: int
    bits: int
    faults: frozenset[str]

    @property
    def mbps(self) -> float:
        # A 32-bit counter is sure only where the line cannot send it round within five minutes.
        return 100.0 if self.bits == 32 else random.Random(self.seed).choice((100.0, 1000.0, 10_000.0))

    def truth(self) -> list[float]:
        draw = random.Random(self.seed)
        share = draw.uniform(0.2, 0.85)
        busy = [0.15 + share * max(0.0, math.sin(math.pi * (n / READS * 24 - 7) / 12)) for n in range(READS)]
        return [self.mbps * share * draw.uniform(0.98, 1.0) for share in busy]

    def reads(self) -> Iterator[Reading]:
        """The hours of 07 to 19 are the busy ones; whole hours go missing outside of them."""
        draw = random.Random(self.seed + 1)
        wide = 1 << self.bits
        octets = draw.choice((wide - draw.randrange(1, 10**9), draw.randrange(0, 10**9)))  # wraps early on, or not
        uptime = draw.choice((draw.uniform(1e5, 4e7), TICKS_S - draw.uniform(1, 80_000)))  # goes round, or not
        clock, cleared, errors = 0.0, 0.0, draw.randrange(0, 1000)
        missing = set(draw.sample(range(84, READS), 6)) if "reads" in self.faults else set()
        first = draw.randrange(2, 40)
        missing |= set(range(first, first + draw.randrange(12, 36))) if "hours" in self.faults else set()
        restart = draw.randrange(2, READS) if "restart" in self.faults else None
        clear = {draw.randrange(2, READS): draw.random() < 0.5} if "cleared" in self.faults else {}
        twice = set(draw.sample(range(1, READS), 8)) if "twice" in self.faults else set()
        jumps = {draw.randrange(2, READS): draw.choice((7200.0, -10800.0, 86400.0)) for _ in range(2)}
        for n, rate in enumerate([0.0, *self.truth()]):
            if n:
                octets = (octets + round(rate * 1e6 / 8 * EVERY_S)) % wide
                uptime, clock = (uptime + EVERY_S) % TICKS_S, clock + EVERY_S
            if n == restart:
                octets, uptime, cleared, errors = round(rate * 1e6 / 8 * 40), 40.0, 0.0, 0
            if n in clear:  # its agent says so, or it shows by the errors that start anew
                octets, errors, cleared = round(rate * 1e6 / 8 * 10), 0, uptime - 10 if clear[n] else cleared
            clock += jumps.get(n, 0.0) if "clock" in self.faults else 0.0
            errors += n % 3
            counter = Counter("eth0", octets, octets, in_errors=errors, bits=self.bits, discontinuity_s=cleared)
            if n not in missing:
                yield Reading(START + timedelta(seconds=clock), int(uptime * 100) / 100, counter)
            if n in twice:  # its agent answers from what it kept
                yield Reading(START + timedelta(seconds=clock + 20), int(uptime * 100) / 100, counter)


def _measured(day: Day) -> tuple[Load, list[float]]:
    told = load(between(day.reads()), day.mbps)
    assert told is not None
    return told, sorted(day.truth())


def _p95(truth: list[float]) -> float:
    return truth[math.ceil(0.95 * READS) - 1]


@pytest.mark.parametrize("bits", [32, 64])
def test_percentile_of_a_day_is_true_within_a_percent(bits: int) -> None:
    """A read that is missed in the very busiest minutes hides what they carried, on one day of hundreds by more."""
    off = []
    for seed in range(200):
        told, truth = _measured(Day(seed, bits, frozenset(FAULTS)))
        assert told.in_p95_mbps is not None
        off.append(abs(told.in_p95_mbps / _p95(truth) - 1))
    assert sorted(off)[int(0.99 * len(off))] < 0.01
    assert sum(off) / len(off) < 0.002


FAULTS = ("reads", "hours", "restart", "cleared", "twice", "clock")


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32), wide=st.booleans(), faults=st.frozensets(st.sampled_from(FAULTS)))
def test_percentile_of_any_day_is_true_within_two_percent(seed: int, wide: bool, faults: frozenset[str]) -> None:
    day = Day(seed, 64 if wide else 32, faults)
    told, truth = _measured(day)
    assert told.in_p95_mbps == pytest.approx(_p95(truth), rel=0.02)
    assert told.in_peak_mbps is not None
    assert truth[-30] * 0.97 <= told.in_peak_mbps <= truth[-1] * 1.001  # a missed read may hide the very top


def test_every_fault_costs_the_intervals_around_it_alone() -> None:
    for seed in range(40):
        told = load(between(Day(seed, 64, frozenset({"restart", "cleared", "clock"})).reads()), None)
        assert told is not None
        assert told.left_out <= 4
        assert told.samples >= READS - 4


def test_rate_between_two_reads() -> None:
    told = between([reading(0, 0), reading(300, 3_750_000_000)])
    assert (list(told.seconds), list(told.in_mbps), list(told.out_mbps)) == ([300], [100], [100])


@pytest.mark.parametrize(("bits", "speed"), [(32, 100.0), (64, 1000.0), (64, None)])
def test_wrap_is_counted_through(bits: int, speed: float | None) -> None:
    told = carried(reading(0, 2**bits - 1000, bits=bits), reading(300, 2_000, bits=bits), speed)
    assert told is not None
    assert told.in_p95_mbps == pytest.approx(3000 * 8 / 1e6 / 300)


def test_counters_cleared_without_a_restart_tell_nothing() -> None:
    assert carried(reading(0, 5_000_000_000), reading(300, 1_000), 1000) is None
    narrow = reading(0, 3_000_000_000, bits=32), reading(300, 1_000, bits=32)
    assert carried(*narrow, 10) is None  # 10M carry 0.4 GB
    assert carried(reading(0, 1_000, discontinuity_s=0.0), reading(300, 2_000, discontinuity_s=5.0), 1000) is None
    assert carried(reading(0, 1_000, in_errors=9), reading(300, 2_000, in_errors=3), 1000) is None
    assert carried(reading(0, 1_000, out_packets=900), reading(300, 2_000, out_packets=3), 1000) is None


def test_one_direction_that_was_cleared_makes_the_other_doubtful() -> None:
    first, second = reading(0, 3_000_000_000, bits=32), reading(300, 3_000_001_000, bits=32)
    cleared = replace(second, counter=replace(second.counter, in_octets=1_000))
    assert carried(first, second, 10) is not None
    assert carried(first, cleared, 10) is None


def test_narrow_counter_that_may_have_gone_round_unseen_tells_nothing() -> None:
    assert carried(reading(0, 1_000, bits=32), reading(300, 2_000, bits=32), 1000) is None
    assert carried(reading(0, 1_000, bits=32), reading(300, 2_000, bits=32), None) is None
    assert carried(reading(0, 1_000, bits=32), reading(30, 2_000, bits=32), 1000) is not None


def test_width_that_changes_tells_nothing() -> None:
    assert carried(reading(0, 1_000, bits=32), reading(30, 2_000), 1000) is None


def test_restart_is_left_out_however_far_the_counters_came() -> None:
    assert elapsed_s(reading(0, 0, 5000.0), reading(300, 0, 20.0)) is None
    assert elapsed_s(reading(0, 0, 100.0), reading(86400, 0, 5000.0)) is None  # up again for longer than before


def test_clock_that_was_set_does_not_count() -> None:
    assert elapsed_s(reading(0, 0, 90000.0), reading(7500, 0, 90300.0)) == 300
    assert elapsed_s(reading(0, 0, 90000.0), reading(-3300, 0, 90300.0)) == 300


def test_read_given_twice_tells_nothing_of_the_time_between() -> None:
    assert elapsed_s(reading(0, 5, 90000.0), reading(300, 5, 90000.0)) is None


def test_sysuptime_goes_round_after_497_days() -> None:
    assert elapsed_s(reading(0, 0, TICKS_S - 100), reading(300, 0, 200.0)) == pytest.approx(300)


def test_without_uptime_the_clock_counts_forwards_only() -> None:
    bare = [Reading(START + timedelta(seconds=s), None, Counter("eth0", 0, 0)) for s in (0, 300)]
    assert elapsed_s(*bare) == 300
    assert elapsed_s(bare[1], bare[0]) is None


def test_more_than_the_line_can_carry_is_no_traffic() -> None:
    assert carried(reading(0, 0), reading(300, 10**12), 100) is None


def test_one_direction_without_a_counter() -> None:
    first, second = (
        replace(r, counter=replace(r.counter, out_octets=None)) for r in (reading(0, 0), reading(300, 750))
    )
    told = carried(first, second, 100)
    assert told is not None
    assert (told.in_p95_mbps, told.out_p95_mbps, told.out_peak_mbps) == (20e-6, None, None)


def test_errors_and_discards_add_up() -> None:
    first = reading(0, 0, in_errors=5, out_errors=0, in_discards=1, in_packets=100, out_packets=0)
    second = reading(300, 10, in_errors=9, out_errors=2, in_discards=1, in_packets=400, out_packets=700)
    told = carried(first, second, 100)
    assert told is not None
    assert (told.errors, told.discards, told.packets) == (6, 0, 1000)
    third = replace(second, at=START + timedelta(seconds=600), uptime_s=1e6 + 600)
    doubtful = load(between([first, second, replace(third, counter=Counter("eth0", 20, 20))]), 100)
    assert doubtful is not None
    assert (doubtful.errors, doubtful.packets, doubtful.samples) == (6, 1000, 2)


def test_intervals_are_judged_by_whichever_speed_they_are_asked_for() -> None:
    found = between([reading(0, 0), reading(300, 3_750_000_000), reading(600, 3_750_000_000)])
    assert load(found, 1000) == load(found, None)
    slow = load(found, 10)
    assert slow is not None
    assert (slow.samples, slow.left_out, slow.in_peak_mbps) == (1, 1, 0.0)


def test_columns_and_rows_are_the_same() -> None:
    found = between([reading(0, 0), reading(300, 3_750), reading(600, 7_500)])
    again = intervals(found.rows(), narrow=False)
    again.extend(intervals([], narrow=True))
    assert again.narrow
    assert len(again.columns) == len(COLUMNS)
    assert [list(column) for column in again.columns[:5]] == [list(column) for column in found.columns[:5]]


def test_percentile_weighs_by_time() -> None:
    assert percentile([1.0, 9.0], [94.0, 6.0], 95) == 9.0
    assert percentile([9.0, 1.0], [5.0, 95.0], 95) == 1.0
    assert percentile([9.0, math.nan, 1.0], [5.0, math.nan, 95.0], 95) == 1.0
    assert percentile([], [], 95) is None


@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 9)), min_size=1, max_size=60))
def test_percentile_is_the_least_value_that_the_weight_does_not_exceed(weighted: list[tuple[float, int]]) -> None:
    values, weights = [v for v, _ in weighted], [float(w) for _, w in weighted]
    total = sum(weights)

    def share(limit: float) -> float:
        return sum(w for v, w in weighted if v <= limit)

    wanted = min(v for v in values if share(v) * 100 >= 95 * total)
    assert percentile(values, weights, 95) == wanted


def test_nothing_comes_of_a_single_read() -> None:
    assert load(between([reading(0, 0)]), 100) is None
    assert load(between([]), 100) is None


def test_latency_counts_what_was_not_answered() -> None:
    told = latency((2.0, 4.0, None, 6.0))
    assert told is not None
    assert (told.tried, told.lost, told.median_ms, told.lost_percent) == (4, 1, 4.0, 25.0)
    assert latency(()) is None


def test_outage_is_told_apart_from_what_was_lost_on_the_way() -> None:
    told = latency((2.0, None, 2.0, None, None, None, 2.0, 2.0, 2.0, 2.0))
    assert told is not None
    assert (told.tried, told.lost, told.down) == (10, 4, 3)
    assert told.available_percent == 70.0
    assert told.lost_percent == pytest.approx(100 / 7)
    silent = latency((None, None))
    assert silent is not None
    assert (silent.available_percent, silent.lost_percent, silent.median_ms) == (0.0, 0.0, None)


def test_polls_are_sorted_by_interface_in_their_order() -> None:
    first = Poll("a", START, 1.0, (Counter("eth0", 1, 1), Counter("eth1", 5, 5)), (1.0,))
    second = Poll("a", START + timedelta(seconds=1), 2.0, (Counter("eth0", 2, 2),), (None, 2.0))
    found = by_interface([first, second])
    assert [r.counter.in_octets for r in found["eth0"]] == [1, 2]
    assert len(found["eth1"]) == 1
    together = watched([first, second])
    assert (len(together.intervals["eth0"]), len(together.intervals["eth1"])) == (1, 0)
    assert together.connects_ms == (1.0, None, 2.0)


def test_history_in_memory_tells_both_families() -> None:
    both = BothAsked("10.0.0.1", 1.0, "fd00::1", None)
    back = Poll("a", START - timedelta(hours=1), both=replace(both, ms6=4.0))  # a clock set back
    history = MemoryHistory({"a": [Poll("a", START, both=both), Poll("a", START), back]})
    found = history.reached("a")
    assert isinstance(found, Reachability)
    assert [(x.tried, x.answered, x.median_ms) for x in found.items] == [(2, 2, 1.0), (2, 1, 4.0)]
    assert found.evidence.taken_at == START
    assert isinstance(NoHistory().reached("a"), Missing)
