"""What was found over several sweeps, in both databases, and what a census may make of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.sightings import Owner, Seen, Shown, Sighting, Standing, is_gone, merged, owner, targets_of
from inventory.store import Store
from inventory.targets import Target, read_targets, write_targets

START = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
HOST = Sighting(
    ip_address("10.0.0.7"),
    ways=("icmp", "snmp default", "tcp/22", "tcp/443"),
    asked=("icmp", "snmp default", "tcp/22", "tcp/443"),
    refused=(80,),
    why=("swept",),
    name="core-7",
    descr="VRP",
    vendor="Huawei",
    engine_id="80000001",
    mac="00:e0:fc:12:34:56",
    login="default",
    snmp_port=161,
    shown=(Shown(22, "greeting", "SSH-2.0-x"), Shown(443, "certificate", "CN=core-7")),
)


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    with Store.open(where) as opened:
        yield opened


def days(count: float) -> datetime:
    return START + timedelta(days=count)


def test_sighting_comes_back_as_it_was(store: Store) -> None:
    hostile = replace(HOST, address=ip_address("fd00::7"), name="a\0b\ud800", descr="x" * 200)
    sweep = store.sightings.begin({"scopes": ["10.0.0.0/24"]}, START)
    store.sightings.keep(sweep, [hostile, HOST], days(0))
    assert [each.sighting for each in store.sightings.seen()] == [HOST, hostile]
    newest = store.sightings.newest()
    assert newest is not None
    assert (newest.id, newest.started, newest.finished) == (sweep, START, None)
    store.sightings.finish(sweep, days(0.1))
    newest = store.sightings.newest()
    assert newest is not None
    assert (newest.finished, newest.options) == (days(0.1), {"scopes": ["10.0.0.0/24"]})


def test_gone_stays_visible_with_its_date_and_ends_when_it_is_back(store: Store) -> None:
    other = replace(HOST, address=ip_address("10.0.0.8"))
    for day, (found, gone) in enumerate([([HOST, other], []), ([other], [HOST]), ([other], [HOST]), ([HOST], [other])]):
        sweep = store.sightings.begin({}, days(day))
        store.sightings.keep(sweep, found, days(day + 0.1))
        store.sightings.finish(sweep, days(day + 0.2), [each.address for each in gone])
        seen = {str(each.sighting.address): each for each in store.sightings.seen()}
        assert len(seen) == 2
        if day in (1, 2):  # since the first sweep that missed it, however many do after that
            assert seen["10.0.0.7"].gone_since == days(1)
            assert seen["10.0.0.7"].last_seen == days(0.1)
            assert seen["10.0.0.7"].sighting == HOST
            assert seen["10.0.0.8"].gone_since is None
    assert (seen["10.0.0.7"].gone_since, seen["10.0.0.8"].gone_since) == (None, days(3))
    assert seen["10.0.0.7"].first_seen == days(0.1)


def test_thousands_are_kept_at_once(store: Store) -> None:
    many = [replace(HOST, address=ip_address("10.0.0.0") + n) for n in range(1, 1501)]
    sweep = store.sightings.begin({}, START)
    for _ in range(2):
        store.sightings.keep(sweep, many, days(0))
    store.sightings.finish(sweep, days(1), [each.address for each in many])
    seen = store.sightings.seen()
    assert [each.sighting.address for each in seen] == [each.address for each in many]
    assert {each.gone_since for each in seen} == {START}


# -- merging -------------------------------------------------------------------------------------------------------


def test_narrow_sweep_forgets_nothing_of_a_wider_one() -> None:
    seen = merged(HOST, Sighting(HOST.address, ways=("icmp",), asked=("icmp",)))
    assert replace(seen, asked=HOST.asked, why=HOST.why) == HOST


def test_sweep_that_asks_for_all_of_it_counts_alone() -> None:
    new = Sighting(HOST.address, ways=("icmp",), asked=(*HOST.asked, "tcp/80"), mac=HOST.mac)
    assert merged(HOST, new) == new


def test_stopped_sweep_adds_and_takes_nothing_away() -> None:
    seen = merged(HOST, Sighting(HOST.address, ways=("tcp/23",), asked=("icmp", "tcp/22", "tcp/23"), looked=False))
    assert seen.ways == ("icmp", "snmp default", "tcp/22", "tcp/23", "tcp/443")
    assert (seen.name, seen.shown, seen.looked) == (HOST.name, HOST.shown, True)


WAYS = st.sets(st.sampled_from(["icmp", "snmpv3", "snmp default", "tcp/22", "tcp/80"]))


@given(old=WAYS, asked=WAYS, answered=WAYS)
def test_ways_are_what_was_answered_last_of_each(old: set[str], asked: set[str], answered: set[str]) -> None:
    before = Sighting(HOST.address, ways=tuple(sorted(old)))
    new = Sighting(HOST.address, ways=tuple(sorted(answered & asked)), asked=tuple(sorted(asked)))
    assert set(merged(before, new).ways) == (answered & asked) | (old - asked)


@given(ways=WAYS, asked=WAYS)
def test_silence_means_gone_only_where_every_way_was_asked(ways: set[str], asked: set[str]) -> None:
    seen = Seen(Sighting(HOST.address, ways=tuple(sorted(ways)), refused=(443,)), START, START, 1)
    assert is_gone(seen, asked | {"tcp/443"}) == (ways <= asked)
    assert not is_gone(seen, asked)  # its port 443 was not asked


# -- targets -------------------------------------------------------------------------------------------------------


def test_targets_are_what_a_census_can_ask(tmp_path: Path) -> None:
    declared = Target("access-1", ip_address("10.0.0.1"), platform="huawei_vrp", site="town", login="field")
    owners = {
        ip_address("10.0.0.1"): Owner(Standing.DECLARED, "access-1"),
        ip_address("10.0.0.2"): Owner(Standing.DECLARED, "dist-2", "centre"),
        ip_address("10.0.0.3"): Owner(Standing.INTERFACE, "access-1"),
    }
    plain = Sighting(ip_address("10.0.0.1"), ways=("icmp",))

    def at(last: int, **fields: object) -> Sighting:
        return replace(plain, address=ip_address(f"10.0.0.{last}"), **fields)  # type: ignore[arg-type]

    ssh = (Shown(2222, "greeting", "SSH-2.0-OpenSSH"),)
    found = [
        plain,
        at(2, snmp_port=161, login="core", name="what it calls itself"),
        at(3, snmp_port=161),
        at(4),  # nothing to log in at
        at(5, shown=ssh, name="host-5"),
        at(6, snmp_port=1161, login="core", engine_id="80aa", name="r1"),
        at(7, snmp_port=1161, login="core", engine_id="80aa", name="r1"),  # the same engine again
        at(8, snmp_port=161, engine_id="80bb", name="r1"),  # a name that is taken
        at(9, snmp_port=161, name="=cmd|'/c calc'!A1"),
        at(10, snmp_port=161, name="system:oa"),
        at(11, snmp_port=161, name="镇政府-核心"),
    ]
    path = tmp_path / "found.csv"
    with path.open("w", encoding="utf-8") as file:
        assert write_targets(targets_of(found, owners, {declared.address: declared}), file) == 8
    read = {target.name: target for target in read_targets(path)}
    assert set(read) == {"access-1", "dist-2", "host-5", "r1", "10.0.0.8", "10.0.0.9", "10.0.0.10", "镇政府-核心"}
    assert read["access-1"] == declared
    assert (read["dist-2"].site, read["dist-2"].login, read["dist-2"].tags) == ("centre", "core", ("discovered",))
    assert (read["host-5"].ssh_port, read["host-5"].tags) == (2222, ("discovered", "undeclared"))
    assert (read["r1"].address, read["r1"].snmp_port) == (ip_address("10.0.0.6"), 1161)


def test_what_nobody_declares_is_undeclared() -> None:
    assert owner(HOST.address, {}).standing is Standing.UNDECLARED
