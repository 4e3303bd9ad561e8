"""What appeared, went and changed between two runs."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Interface

import pytest

from inventory.diff import Change, Event, Facet, diff
from inventory.errors import Gap, Missing
from inventory.facts import (
    Address,
    Addresses,
    Entities,
    Entity,
    Fact,
    Identity,
    Interface,
    Interfaces,
    Neighbour,
    Neighbours,
)
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def run(*facts: Fact, state: State = State.ANSWERED, target: str = "a", address: str = "10.0.0.1") -> MemoryNetwork:
    return MemoryNetwork([Snapshot(DeviceRecord(target, address, state, NOW), {type(f): f for f in facts})])


def module(name: str, serial: str | None) -> Entity:
    return Entity(1, None, "module", name, None, None, serial, None, None, None)


def neighbour(name: str) -> Neighbour:
    return Neighbour("GE1", "lldp", name, None, "GE2")


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        (
            Identity(release="V1"),
            Identity(release="V2"),
            Change(Event.CHANGED, Facet.RELEASE, "a", "", "release", "V1", "V2"),
        ),
        (
            Identity(serial="1"),
            Identity(serial="2"),
            Change(Event.CHANGED, Facet.IDENTITY, "a", "", "serial", "1", "2"),
        ),
        (Entities(()), Entities((module("slot 1", "S"),)), Change(Event.APPEARED, Facet.MODULE, "a", "slot 1 S")),
        (Entities((module("slot 1", "S"),)), Entities(()), Change(Event.WENT, Facet.MODULE, "a", "slot 1 S")),
        (
            Interfaces((Interface("GE1", speed_mbps=1000.0),)),
            Interfaces((Interface("GE1", speed_mbps=100.0),)),
            Change(Event.CHANGED, Facet.INTERFACE, "a", "GE1", "speed_mbps", "1000", "100"),
        ),
        (
            Interfaces((Interface("GE1", oper_up=True),)),
            Interfaces((Interface("GE1", oper_up=False),)),
            Change(Event.CHANGED, Facet.INTERFACE, "a", "GE1", "oper_up", "up", "down"),
        ),
        (
            Interfaces((Interface("GE1", aggregate="Eth-Trunk1", vlans=(10, 11, 12)),)),
            Interfaces((Interface("GE1", vlans=(10, 12)),)),  # of the aggregation nothing is told
            Change(Event.CHANGED, Facet.INTERFACE, "a", "GE1", "vlans", "10-12", "10, 12"),
        ),
        (
            Interfaces((Interface("GE1", duplex="full", mtu=1500),)),
            Interfaces((Interface("GE1", duplex="half", mtu=1500),)),
            Change(Event.CHANGED, Facet.INTERFACE, "a", "GE1", "duplex", "full", "half"),
        ),
        (
            Interfaces((Interface("GE1", alias="to town-1"), Interface("GE2", alias="spare"))),
            Interfaces((Interface("GE1"), Interface("GE2", alias="spare"))),
            Change(Event.CHANGED, Facet.INTERFACE, "a", "GE1", "alias", "to town-1", ""),
        ),
        (
            Interfaces((Interface("GE1", aggregate="Eth-Trunk1"), Interface("GE2"))),
            Interfaces((Interface("GE1", aggregate="Eth-Trunk1"), Interface("GE2", aggregate="Eth-Trunk1"))),
            Change(Event.CHANGED, Facet.INTERFACE, "a", "GE2", "aggregate", "", "Eth-Trunk1"),
        ),
        (
            Interfaces((Interface("GE1", mtu=1500), Interface("GE1", mtu=1500))),
            Interfaces((Interface("GE1", mtu=9216), Interface("GE1", mtu=1500))),  # some agents repeat a name
            Change(Event.CHANGED, Facet.INTERFACE, "a", "GE1", "mtu", "1500", "9216"),
        ),
        (Interfaces(()), Interfaces((Interface("GE2"),)), Change(Event.APPEARED, Facet.INTERFACE, "a", "GE2")),
        (
            Addresses((Address("GE1", IPv4Interface("10.0.0.1/24")),)),
            Addresses(()),
            Change(Event.WENT, Facet.ADDRESS, "a", "GE1 10.0.0.1/24"),
        ),
        (Neighbours(()), Neighbours((neighbour("b"),)), Change(Event.APPEARED, Facet.NEIGHBOUR, "a", "GE1 b GE2")),
    ],
)
def test_change(old: Fact, new: Fact, wanted: Change) -> None:
    assert list(diff(run(old), run(new))) == [wanted]


def test_nothing_changed() -> None:
    facts = (Identity(release="V1"), Interfaces((Interface("GE1"),)), Neighbours((neighbour("b"),)))
    assert list(diff(run(*facts), run(*facts))) == []


def test_devices_that_came_and_went() -> None:
    assert list(diff(run(), run(target="b", address="10.0.0.2"))) == [
        Change(Event.APPEARED, Facet.DEVICE, "b", new="10.0.0.2"),
        Change(Event.WENT, Facet.DEVICE, "a", old="10.0.0.1"),
    ]


def test_device_that_fell_silent_lost_nothing_else() -> None:
    old = run(Interfaces((Interface("GE1"),)))
    new = run(Interfaces(()), state=State.UNREACHABLE)
    assert list(diff(old, new)) == [
        Change(Event.CHANGED, Facet.DEVICE, "a", field="state", old="answered", new="unreachable")
    ]


def test_what_either_run_does_not_know_did_not_go() -> None:
    known = run(Interfaces((Interface("GE1", speed_mbps=None),)))
    record = DeviceRecord("a", "10.0.0.1", State.ANSWERED, NOW)
    refused = MemoryNetwork([Snapshot(record, {Interfaces: Missing(Gap.REFUSED)})])
    assert list(diff(known, refused)) == []
    assert list(diff(refused, known)) == []
    assert list(diff(known, run())) == []
    assert list(diff(known, run(Interfaces((Interface("GE1", speed_mbps=100.0),))))) == []
    named = run(Interfaces((Interface("GE1", alias="to town-1"), Interface("GE2", alias="spare"))))
    cut = run(Interfaces((Interface("GE1", alias="to town-1"), Interface("GE2"))))
    assert list(diff(named, cut)) == []
