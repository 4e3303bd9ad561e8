"""The register held against found devices."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface

import pytest

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
    SystemGroup,
)
from inventory.names import plain_name
from inventory.reconcile import Difference, Reconciled, reconcile, totals
from inventory.register import NetworkDevice, Register, Room, Server, Site, Tier, Unit, UnitKind
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def device(
    target: str, address: str, *facts: Fact, state: State = State.ANSWERED, site: str | None = None, days: int = 0
) -> Snapshot:
    record = DeviceRecord(target, address, state, NOW - timedelta(days=days), site=site)
    return Snapshot(record, {type(fact): fact for fact in facts})


def declared(**more: object) -> Register:
    values = {"asset_no": "N1", "name": "core-1", "unit": "u", "mgmt_ip4": IPv4Address("10.0.0.1"), "serial": "SER1"}
    values |= {"room": "r"} | more
    made = NetworkDevice(**values)  # type: ignore[arg-type]
    return Register(
        units=(Unit(name="u", kind=UnitKind.TOWN),),
        sites=(Site(name="centre", tier=Tier.COUNTY),),
        rooms=(Room(name="r", unit="u", site="centre"),),
        network_devices=(made,),
    )


def only(register: Register, *found: Snapshot) -> Reconciled:
    (item,) = reconcile(register, MemoryNetwork(list(found)))
    return item


@pytest.mark.parametrize(
    ("found", "by"),
    [
        (device("x", "10.0.0.1"), "address"),
        (device("x", "10.0.9.9", Addresses((Address("Vlanif1", IPv4Interface("10.0.0.1/24")),))), "address"),
        (device("x", "10.0.0.1", Identity(serial=" ser1 ")), "serial"),
    ],
)
def test_device_is_recognised(found: Snapshot, by: str) -> None:
    item = only(declared(), found)
    assert (item.difference, item.subject, item.matched_by) == (Difference.MATCHED, "core-1", by)
    assert (item.unit, item.site, item.asset_no, item.target) == ("u", "centre", "N1", "x")


@pytest.mark.parametrize("name", ["core-1", "CORE-1.luhe.gov.cn.", "n1"])
def test_name_tells_where_the_address_does_not(name: str) -> None:
    item = only(declared(mgmt_ip4=None), device("x", "10.7.7.7", Identity(hostname=name)))
    assert item.matched_by == "name"


def test_loopback_addresses_of_hosts_identify_nobody() -> None:
    register = declared(mgmt_ip4=IPv4Address("127.0.0.1"), name="elsewhere")
    found = device("x", "10.0.9.9", Addresses((Address("lo", IPv4Interface("127.0.0.1/8")),)))
    assert [i.difference for i in reconcile(register, MemoryNetwork([found]))] == [
        Difference.UNDECLARED,
        Difference.NOT_ASKED,
    ]


def test_serial_that_two_rows_declare_identifies_neither() -> None:
    twins = tuple(Server(asset_no=n, serial="SAME") for n in "12")
    found = device("x", "10.0.0.5", Identity(serial="SAME"))
    assert next(reconcile(Register(servers=twins), MemoryNetwork([found]))).difference is Difference.UNDECLARED


def test_name_as_devices_leave_the_factory_hides_no_undeclared_one() -> None:
    found = [device(f"x{n}", f"10.0.9.{n}", Identity(hostname="HUAWEI")) for n in (1, 2)]
    register = declared(name="HUAWEI", serial=None)
    assert [i.difference for i in reconcile(register, MemoryNetwork(found))] == [
        *[Difference.UNDECLARED] * 2, Difference.NOT_ASKED,
    ]  # fmt: skip
    assert only(register, found[0]).matched_by == "name"
    named = device("HUAWEI", "10.0.9.3", Identity(hostname="HUAWEI"))  # a target's name is its own
    assert [i.matched_by for i in reconcile(register, MemoryNetwork([found[0], named]))] == ["", "name"]


def test_virtual_systems_are_told_apart_by_their_addresses() -> None:
    """Each gives the serial number of the chassis."""
    found = [device(f"x{n}", f"10.0.0.{n}", Identity(serial="SER1")) for n in (1, 2, 3)]
    tenant = NetworkDevice(asset_no="N2", name="tenant", mgmt_ip4=IPv4Address("10.0.0.2"))
    register = replace(declared(), network_devices=(*declared().network_devices, tenant))
    told = [(i.asset_no, i.matched_by) for i in reconcile(register, MemoryNetwork(found))]
    assert told == [("N1", "address"), ("N2", "address"), ("N1", "serial")]


def test_members_of_a_stack_are_found_with_it() -> None:
    rows = tuple(NetworkDevice(asset_no=f"N{n}", name=f"member-{n}", serial=f"2102AAAA0{n}") for n in (1, 2, 3))
    chassis = (Entity(n, None, "chassis", f"slot {n}", None, None, f"2102AAAA0{n}", None, None, None) for n in (1, 2))
    found = device("stack", "10.0.0.1", Identity(serial="2102AAAA01"), Entities(tuple(chassis)))
    assert [
        (i.asset_no, i.difference, i.matched_by)
        for i in reconcile(Register(network_devices=rows), MemoryNetwork([found]))
    ] == [
        ("N1", Difference.MATCHED, "serial"), ("N2", Difference.MATCHED, "stack"), ("N3", Difference.NOT_ASKED, ""),
    ]  # fmt: skip


def test_stack_that_answers_as_another_member_contradicts_nobody() -> None:
    """It is declared by its first member, and the second is its master by now."""
    members = tuple(Entity(n, None, "chassis", *[None] * 3, f"2102AAAA0{n}", *[None] * 3) for n in (1, 2))
    found = device("stack", "10.0.0.1", Identity(serial="2102AAAA02"), Entities(members))
    assert only(declared(serial="2102AAAA01"), found).difference is Difference.MATCHED
    assert only(declared(serial="2102AAAA09"), found).difference is Difference.CONFLICTING


def test_further_address_of_a_device_is_no_device() -> None:
    """The register may name either address: the device is matched, and the other one is not undeclared."""
    found = [device("core", "10.0.9.9", Identity(serial="SER2")), device("core-lo0", "10.0.0.1", Identity())]
    (item,) = reconcile(declared(serial=None), MemoryNetwork(found), same_as={"core-lo0": "core"})
    assert (item.target, item.matched_by, item.difference) == ("core", "address", Difference.MATCHED)


def test_conflict_gives_both_values() -> None:
    found = device("x", "10.0.0.2", Identity(serial="SER1", model="AR651", hostname="core-2"), site="town-1")
    item = only(declared(model="NE20E"), found)
    assert item.difference is Difference.CONFLICTING
    assert {(c.field.en, c.declared, c.found) for c in item.conflicts} == {
        ("model", "NE20E", "AR651"),
        ("name", "core-1", "core-2"),
        ("management address", "10.0.0.1", "10.0.0.2"),
        ("site", "centre", "town-1"),
    }


@pytest.mark.parametrize(
    ("mine", "its"), [("S5735", "S5735-L24T4S-A"), ("v200r019", "V200R019C00SPC500"), ("ne20e s4", "NE20E-S4")]
)
def test_less_exact_is_no_conflict(mine: str, its: str) -> None:
    found = device("x", "10.0.0.1", Identity(model=its, release=its))
    assert only(declared(model=mine, release=mine), found).difference is Difference.MATCHED


def test_what_the_device_does_not_tell_is_no_conflict() -> None:
    refused = device("x", "10.0.0.1", state=State.REFUSED)
    assert only(declared(model="NE20E"), refused).difference is Difference.MATCHED


def test_stale() -> None:
    network = MemoryNetwork([device("x", "10.0.0.1", days=40)])
    (item,) = reconcile(declared(), network, stale_before=NOW - timedelta(days=30))
    assert item.difference is Difference.STALE


def test_silent_and_never_asked_are_not_the_same() -> None:
    silent = device("x", "10.0.0.1", state=State.UNREACHABLE)
    item = only(declared(), silent)
    assert (item.difference, item.target) == (Difference.NOT_FOUND, "x")
    assert only(declared()).difference is Difference.NOT_ASKED


def test_stranger_has_one_name_whichever_device_answers_first() -> None:
    """Decisions on it are kept by that name."""
    a, b = (
        device(name, f"10.0.9.{n}", Neighbours((Neighbour("GE1", "lldp", called, None, None),)))
        for n, (name, called) in enumerate((("a", "ap-9.luhe.gov.cn"), ("b", "ap-9")))
    )
    told = [
        {i.subject for i in reconcile(Register(), MemoryNetwork(list(found))) if i.heard_by}
        for found in ((a, b), (b, a))
    ]
    assert told == [{"ap-9.luhe.gov.cn"}] * 2


def test_undeclared_neighbour_is_told_once_with_who_hears_it() -> None:
    stranger = Neighbour("GE0/0/1", "lldp", "ap-9", "aa:bb:cc:dd:ee:ff", "eth0")
    core = Neighbour("GE0/0/2", "lldp", "core-1.luhe", None, "x")
    sees = Neighbours((stranger, core))
    network = MemoryNetwork([device("x", "10.0.0.1", sees, site="centre"), device("y", "10.0.0.2", sees)])
    found = [i for i in reconcile(declared(), network) if i.heard_by]
    assert [(i.difference, i.subject, i.heard_by, i.site) for i in found] == [
        (Difference.UNDECLARED, "ap-9", "x GE0/0/1", "centre")
    ]


def test_neighbour_that_answered_itself_is_no_stranger() -> None:
    sees = Neighbours((Neighbour("GE0/0/1", "lldp", "y", None, None, addresses=(IPv4Address("10.0.0.2"),)),))
    network = MemoryNetwork([device("x", "10.0.0.1", sees), device("y", "10.0.0.2")])
    assert [i.subject for i in reconcile(declared(), network) if i.difference is Difference.UNDECLARED] == ["y"]


@pytest.mark.parametrize(
    "own",
    [
        Interfaces((Interface("GE0/0/9", mac="aa:bb:cc:dd:ee:ff"),)),
        SystemGroup(*[None] * 8, chassis_id="aa:bb:cc:dd:ee:ff"),
    ],
)
def test_neighbour_that_is_called_by_its_chassis_alone_is_no_stranger_where_that_was_found(own: Fact) -> None:
    sees = Neighbours((Neighbour("GE0/0/1", "lldp", None, "AA:BB:CC:DD:EE:FF", "GE0/0/9"),))
    network = MemoryNetwork([device("x", "10.0.0.1", sees), device("y", "10.0.0.2", own)])
    assert not [i for i in reconcile(Register(), network) if i.heard_by]
    assert [i.heard_by for i in reconcile(Register(), MemoryNetwork([device("x", "10.0.0.1", sees)])) if i.heard_by]


def test_totals_by_unit_and_site() -> None:
    network = MemoryNetwork([device("x", "10.0.0.1"), device("z", "10.0.0.3", site="town-1")])
    assert totals(reconcile(declared(), network)) == {
        ("u", "centre"): Counter({Difference.MATCHED: 1}),
        (None, "town-1"): Counter({Difference.UNDECLARED: 1}),
    }


@pytest.mark.parametrize(
    ("name", "plain"), [("Core-1.luhe.gov.cn.", "core-1"), ("10.0.0.1", "10.0.0.1"), ("2001:DB8::1", "2001:db8::1")]
)
def test_plain_name(name: str, plain: str) -> None:
    assert plain_name(name) == plain
