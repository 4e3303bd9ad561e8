"""Polls in the store, on both databases, and what a run is judged by of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from inventory.errors import Missing
from inventory.facts import Counter, Counters, Reachability
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store
from inventory.store.traffic import FOLD
from inventory.traffic import BothAsked, Poll, Watch

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
    assert times(history.watch("a")) == [(-5, 5)]
    assert history.watch("b") == Watch()
    going = store.create_run("p", started=START + timedelta(minutes=7))
    assert times(store.traffic.history(going).watch("a")) == [(-5, 5), (5, 15)]


def times(watch: Watch) -> list[tuple[float, float]]:
    """The minutes between which intervals of the only interface lie."""
    (found,) = watch.intervals.values()
    return [
        ((a - START.timestamp()) / 60, (z - START.timestamp()) / 60)
        for a, z in zip(found.start, found.end, strict=True)
    ]


def day(target: str, reads: int, jump: float = 0.0) -> list[Poll]:
    """A rising line; with ``jump`` minutes by which the collector's clock is set after every fifth read."""
    return [
        Poll(
            target,
            START + timedelta(minutes=5 * n + (jump if n % 10 > 4 else 0)),
            1e6 + 300 * n,
            (Counter(f"é{target}", n * n * 1000, n, in_errors=n % 3), *((Counter("b", n, None),) if n % 7 else ())),
            (None,) if n % 11 == 0 else (float(n),),
        )
        for n in range(reads)
    ]


def plain(watch: Watch) -> dict[str, list[tuple[float, ...]]]:
    return {name: [tuple(map(str, row)) for row in each.rows()] for name, each in watch.intervals.items()}


@pytest.mark.parametrize("reads", [1, 13, 14, 25, 50])
@pytest.mark.parametrize("jump", [0.0, -60.0])
def test_folded_polls_tell_what_they_told(store: Store, reads: int, jump: float) -> None:
    polls = [*day("a", reads, jump), *day("b", 3)]
    store.traffic.keep(polls)
    run = store.create_run("p", started=START + timedelta(hours=5))
    before = store.traffic.history(run).watch("a")
    taken = store.traffic.fold()
    assert taken == (reads - 1) // FOLD * FOLD
    assert len(store.traffic.of("a", START - timedelta(days=1), START + timedelta(days=1))) == reads - taken
    history = store.traffic.history(run)
    after = history.watch("a")
    assert plain(after) == plain(before)
    assert after.connects_ms == before.connects_ms
    assert len(history.watch("b").intervals["b"]) == 1
    assert store.traffic.fold() == 0


def test_folds_at_the_edge_of_a_run_count_by_the_interval(store: Store) -> None:
    store.traffic.keep(day("a", 60))
    run = store.create_run("p", started=START + timedelta(days=1, minutes=32))
    store.finish_run(run, at=START + timedelta(days=1, minutes=93))
    before = store.traffic.history(run).watch("a")
    store.traffic.fold()
    early = store.create_run("p", started=START)
    store.finish_run(early, at=START + timedelta(minutes=93))
    after = store.traffic.history(run).watch("a")
    assert plain(after) == plain(before)
    assert after.connects_ms == before.connects_ms
    found = store.traffic.history(early).watch("a").intervals["éa"]
    assert ((min(found.start), max(found.end))) == (START.timestamp(), (START + timedelta(minutes=90)).timestamp())


def test_agent_that_is_silent_and_interface_that_comes_and_goes_lose_nothing_by_folding(store: Store) -> None:
    polls = day("a", 40)
    for silent in (11, 12, 13, 24, 25):
        polls[silent] = replace(polls[silent], counters=())
    for strange in (3, 30, 31):
        polls[strange] = replace(polls[strange], counters=(*polls[strange].counters, Counter("now and then", 1, 1)))
    polls += [replace(each, target="dead", counters=()) for each in day("dead", 30)]
    store.traffic.keep(polls)
    run = store.create_run("p", started=START + timedelta(hours=5))
    before, dead = (store.traffic.history(run).watch(name) for name in ("a", "dead"))
    assert store.traffic.fold() > FOLD
    after = store.traffic.history(run).watch("a")
    assert plain(after)["éa"] == plain(before)["éa"]
    assert after.connects_ms == before.connects_ms
    assert len(after.intervals["now and then"]) == 1  # of the two reads that follow one another in one fold
    assert store.traffic.history(run).watch("dead") == dead


def test_what_is_damaged_costs_itself_alone(store: Store) -> None:
    store.traffic.keep(day("a", 30))
    store.traffic.fold()
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE folds SET body = :junk WHERE id = 1"), {"junk": b"no cell"})
    run = store.create_run("p", started=START + timedelta(hours=3))
    assert len(store.traffic.history(run).watch("a").intervals["éa"]) == 30 - 1 - FOLD


def test_old_folds_are_forgotten(store: Store) -> None:
    store.traffic.keep(day("a", 30))
    store.traffic.fold()
    assert store.traffic.forget(START + timedelta(minutes=61)) == 1
    assert store.traffic.forget(START + timedelta(days=1)) == 1 + 6


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


def over_both(reads: int, jump: float = 0.0) -> list[Poll]:
    """A day in which IPv6 loses every tenth connect and is slower; every seventh poll went over one family alone."""
    return [
        replace(each, both=None if n % 7 == 6 else BothAsked("10.0.0.1", 2.0, "fd00::1", None if n % 10 == 0 else 5.5))
        for n, each in enumerate(day("a", reads, jump))
    ]


def test_connects_over_both_families_come_back_as_they_were(store: Store) -> None:
    kept = over_both(8)
    store.traffic.keep(kept)
    assert store.traffic.of("a", START, START + timedelta(days=1)) == kept


@pytest.mark.parametrize("reads", [1, 13, 14, 50])
@pytest.mark.parametrize("jump", [0.0, -60.0])
def test_families_are_told_apart_before_and_after_folding(store: Store, reads: int, jump: float) -> None:
    polls = over_both(reads, jump)
    store.traffic.keep([*polls, *day("b", reads)])
    run = store.create_run("p", started=START + timedelta(hours=5))
    before = store.traffic.history(run).reached("a")
    store.traffic.fold()
    history = store.traffic.history(run)
    found = history.reached("a")
    asked = [poll for poll in polls if poll.both]
    answered = [poll for poll in asked if poll.both and poll.both.ms6 is not None]
    assert isinstance(found, Reachability)
    assert found == before
    assert [(str(x.ip), x.way, x.tried, x.answered) for x in found.items] == [
        ("10.0.0.1", "tcp", len(asked), len(asked)),
        ("fd00::1", "tcp", len(asked), len(answered)),
    ]
    assert [x.median_ms for x in found.items] == [2.0, 5.5 if answered else None]
    times = [poll.at for poll in asked]
    span = f"{min(times):%Y-%m-%d %H:%M} – {max(times):%Y-%m-%d %H:%M} UTC"
    assert found.evidence.excerpt.splitlines()[0] == span
    assert f"tcp fd00::1 {len(answered)} of {len(asked)}" in found.evidence.excerpt
    assert isinstance(history.reached("b"), Missing)
    assert isinstance(history.reached("nobody"), Missing)


def test_families_count_within_the_day_before_a_run_and_at_the_newest_addresses(store: Store) -> None:
    def asked(minutes: float, ip6: str) -> Poll:
        return Poll("a", START + timedelta(minutes=minutes), both=BothAsked("10.0.0.1", 2.0, ip6, 3.0))

    old, early, now = (asked(n, "fd00::1") for n in range(-2000, -1900, 5)), asked(-20, "fd00::9"), "fd00::1"
    store.traffic.keep([*old, early, asked(-15, now), asked(-10, now), asked(90, now)])
    run = store.create_run("p", started=START)
    store.finish_run(run, at=START + timedelta(minutes=1))
    for _ in range(2):
        found = store.traffic.history(run).reached("a")
        assert isinstance(found, Reachability)
        assert [(str(x.ip), x.tried) for x in found.items] == [("10.0.0.1", 2), ("fd00::1", 2)]
        store.traffic.fold()


@pytest.mark.parametrize("junk", ["[1]", '["10.0.0.1",1,"10.0.0.2",1]', '["10.0.0.1","x","fd00::1",1]', "7", "{"])
def test_damaged_families_cost_themselves_alone(store: Store, junk: str) -> None:
    store.traffic.keep(over_both(30))
    store.traffic.fold()
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE folds SET families = :junk WHERE id = 1"), {"junk": junk.encode()})
        connection.execute(text("UPDATE polls SET families = :junk WHERE id = 28"), {"junk": junk})
    run = store.create_run("p", started=START + timedelta(hours=3))
    found = store.traffic.history(run).reached("a")
    assert isinstance(found, Reachability)
    asked = [n for n in range(12, 30) if n % 7 != 6]
    assert found.items[1].tried == len(asked) - (27 in asked)
