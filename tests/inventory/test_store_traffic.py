"""Polls in the store, on both databases, and what a run is judged by of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from inventory.facts import Counter, Counters
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store
from inventory.traffic import Poll

START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    with Store.open(where) as opened:
        yield opened


def poll(target: str, minutes: float, octets: int = 1) -> Poll:
    counters = (Counter("GigabitEthernet0/0/1", octets, octets, in_errors=2, bits=32, in_packets=7),)
    return Poll(target, START + timedelta(minutes=minutes), 90.5, counters, (1.5, None))


def test_polls_come_back_as_they_were_in_the_order_they_came(store: Store) -> None:
    kept = [poll("a", 0), poll("a", 5), poll("a", -55), poll("b", 5)]  # a clock set back
    store.traffic.keep(kept)
    assert store.traffic.of("a", START - timedelta(hours=2), START + timedelta(hours=2)) == kept[:3]
    assert store.traffic.of("a", START, START) == kept[:1]
    store.traffic.keep([])


def test_hostile_names_of_interfaces_are_kept(store: Store) -> None:
    name = "eth0'\0; DROP TABLE polls --\ud800"
    odd = Poll("a", START, None, (Counter(name, 2**64 - 1, None),), ())
    store.traffic.keep([odd])
    assert store.traffic.of("a", START, START) == [odd]


def test_old_polls_are_forgotten(store: Store) -> None:
    store.traffic.keep([poll("a", 0), poll("a", 60)])
    assert store.traffic.forget(START + timedelta(minutes=30)) == 1
    assert len(store.traffic.of("a", START, START + timedelta(days=1))) == 1


def test_run_is_judged_by_what_came_before_it_ended(store: Store) -> None:
    run = store.create_run("p", started=START)
    store.finish_run(run, RunState.FINISHED, at=START + timedelta(minutes=10))
    store.traffic.keep([poll("a", -2000), poll("a", -5), poll("a", 5), poll("a", 15)])
    history = store.traffic.history(run)
    assert [p.at for p in history.polls("a")] == [START + timedelta(minutes=m) for m in (-5, 5)]
    assert history.polls("b") == ()
    going = store.create_run("p", started=START + timedelta(minutes=7))
    assert len(store.traffic.history(going).polls("a")) == 3


def test_whole_runs_tell_where_nobody_polled(store: Store) -> None:
    runs = []
    for day in range(3):
        at = START + timedelta(days=day)
        runs.append(store.create_run("p", started=at))
        items = (Counter("GigabitEthernet0/0/1", day * 100, 0), Counter("GigabitEthernet0/0/2", 1, 1))
        record = DeviceRecord("a", "10.0.0.1", State.ANSWERED, at)
        store.save_device(runs[-1], Snapshot(record, {Counters: Counters(items, 86400.0 * (day + 1))}))
        store.finish_run(runs[-1], at=at)
    found = store.traffic.history(runs[1]).readings("a", {"GigabitEthernet0/0/1", "other"})
    assert set(found) == {"GigabitEthernet0/0/1"}
    assert [(r.counter.in_octets, r.uptime_s) for r in found["GigabitEthernet0/0/1"]] == [(0, 86400.0), (100, 172800.0)]
    assert store.traffic.history(runs[0]).readings("a", {"GigabitEthernet0/0/1"}) == {}
