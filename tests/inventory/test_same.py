"""Targets that are one device: joined where words agree, left to a person where something contradicts."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Interface

import pytest

from inventory.errors import Gap, Missing
from inventory.facts import (
    Address,
    Addresses,
    Entities,
    Entity,
    Fact,
    HostKeys,
    Identity,
    Interface,
    Interfaces,
    Neighbour,
    Neighbours,
    SystemGroup,
)
from inventory.hints import Kind, engine, serial
from inventory.same import APART, DECISION, ONE, WITHDRAWN, OneEach, Pair, Sameness, Standing, sameness, subject
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.store.records import Decision
from inventory.topology import links

NOW = datetime(2026, 11, 24, tzinfo=UTC)
FROM_MAC = "800007db03" + "08194a6b7c8d"


def device(name: str, address: str, *facts: Fact | Missing) -> Snapshot:
    return Snapshot(DeviceRecord(name, address, State.ANSWERED, NOW), {type(fact): fact for fact in facts})  # type: ignore[misc]


def named(serial_number: str | None, hostname: str | None = None, model: str = "S5735-L24T4S") -> Identity:
    return Identity(vendor="Huawei", model=model, serial=serial_number, hostname=hostname)


def agent(engine_id: str | None = None, chassis: str | None = None) -> SystemGroup:
    return SystemGroup(None, None, None, None, None, None, None, engine_id, chassis)


def own(*addresses: str) -> Addresses:
    return Addresses(tuple(Address("Vlanif1", IPv4Interface(each)) for each in addresses))


def ports(*macs: str) -> Interfaces:
    return Interfaces(tuple(Interface(f"GE0/0/{n}", mac=mac) for n, mac in enumerate(macs)))


def chassis(index: int, serial_number: str, parent: int | None = None, kind: str = "chassis") -> Entity:
    return Entity(index, parent, kind, f"slot {index}", None, None, serial_number, None, None, None)


def compared(*devices: Snapshot, **decided: str) -> Sameness:
    decisions = {
        (DECISION, subject(*pair.split("_"))): Decision(DECISION, subject(*pair.split("_")), said, "seen", "wang", NOW)
        for pair, said in decided.items()
    }
    return sameness(MemoryNetwork(list(devices)), decisions)


def only(found: Sameness) -> Pair:
    (pair,) = found.pairs
    return pair


def test_one_serial_number_is_one_device_however_it_is_written() -> None:
    found = compared(
        device("a", "10.0.0.1", named("2102-35BSMR10", "core")), device("b", "10.0.0.2", named("210235bsmr10", "core"))
    )
    assert found.groups == (("a", "b"),)
    assert found.principals() == {"b": "a"}
    assert only(found).standing is Standing.MERGED


@pytest.mark.parametrize(
    "text", ["0000000000", "To be filled by O.E.M.", "Not Specified", "0123456789", "---", "N/A", "VMware", "xxxxxxx"]
)
def test_placeholder_identifies_nobody(text: str) -> None:
    found = compared(device("a", "10.0.0.1", named(text)), device("b", "10.0.0.2", named(text)))
    assert not found.groups
    assert not found.pairs
    assert {each.kind for each in found.weak} == {Kind.SERIAL}


def test_one_serial_number_and_two_names_is_for_a_person() -> None:
    """A virtual system reports the chassis' serial number under its own name."""
    devices = device("a", "10.0.0.1", named("2102BSMR10", "fw-a")), device("b", "10.0.0.2", named("2102BSMR10", "fw-b"))
    found = compared(*devices)
    assert not found.groups
    assert only(found).standing is Standing.DOUBTFUL
    assert [(each.kind, each.a, each.b) for each in only(found).against] == [(Kind.HOSTNAME, "fw-a", "fw-b")]
    assert compared(*devices, a_b=ONE).groups == (("a", "b"),)
    assert compared(*devices, b_a=ONE).groups == (("a", "b"),)


def test_decision_outlives_what_agrees() -> None:
    devices = device("a", "10.0.0.1", named("2102BSMR10")), device("b", "10.0.0.2", named("2102BSMR10"))
    found = compared(*devices, a_b=APART)
    assert not found.groups
    assert only(found).decision is not None
    assert only(found).decision.decided_by == "wang"
    found = compared(*devices, a_b=WITHDRAWN)
    assert only(found).standing is Standing.MERGED
    assert only(found).decision is None


def test_decision_alone_joins_targets_that_share_nothing() -> None:
    assert compared(device("a", "10.0.0.1"), device("b", "10.0.0.2"), a_b=ONE).groups == (("a", "b"),)


def test_engine_made_from_a_mac_identifies_and_one_made_from_an_address_does_not() -> None:
    assert engine(FROM_MAC) == (True, None)
    assert engine("80001f8801" + "7f000001")[1] is not None
    assert engine("800007db03" + "000000000000")[1] is not None
    assert engine("80001f8804" + "61646d696e") == (False, None)
    a, b = (device(name, address, agent(FROM_MAC)) for name, address in (("a", "10.0.0.1"), ("b", "10.0.0.2")))
    assert compared(a, b).groups == (("a", "b"),)
    text = "80001f8804" + "61646d696e"
    a, b = (device(name, address, agent(text)) for name, address in (("a", "10.0.0.1"), ("b", "10.0.0.2")))
    assert only(compared(a, b)).standing is Standing.DOUBTFUL


def test_host_key_of_a_cloned_image_joins_nobody_alone() -> None:
    keys = HostKeys(("ssh-ed25519 SHA256:abc",))
    a, b = device("a", "10.0.0.1", keys), device("b", "10.0.0.2", keys)
    assert only(compared(a, b)).standing is Standing.DOUBTFUL
    a = device("a", "10.0.0.1", keys, own("10.0.0.1/24", "10.8.0.2/32"))
    assert compared(a, device("b", "10.8.0.2", keys)).groups == (("a", "b"),)


def test_word_that_many_bear_identifies_nobody() -> None:
    many = [device(f"d{n}", f"10.0.1.{n}", HostKeys(("ssh-rsa SHA256:image",))) for n in range(40)]
    found = compared(*many)
    assert not found.pairs
    assert [each.why.en for each in found.weak] == ["40 targets bear it"]


def test_chassis_id_of_lldp_joins_and_a_virtual_routers_mac_does_not() -> None:
    a, b = (device(n, f"10.0.0.{n}", agent(chassis="08:19:a6:6b:7c:8d")) for n in ("1", "2"))
    assert compared(a, b).groups == (("1", "2"),)
    a, b = (device(n, f"10.0.0.{n}", agent(chassis="00:00:5e:00:01:0a")) for n in ("1", "2"))
    assert not compared(a, b).groups


def test_stack_is_one_target_with_several_chassis() -> None:
    entities = Entities((chassis(1, "2102AAAA01"), chassis(2, "2102AAAA02"), chassis(3, "2102AAAA03", parent=2)))
    found = compared(
        device("stack", "10.0.0.1", named("2102AAAA01", "sw"), entities),
        device("member", "10.0.0.2", named("2102AAAA02", "sw")),
    )
    assert [[each.serial for each in stack.members] for stack in found.stacks] == [["2102AAAA01", "2102AAAA02"]]
    assert found.groups == (("member", "stack"),)


@pytest.mark.parametrize(
    ("ports", "members"),
    [(("GigabitEthernet0/0/1", "10GE1/0/1"), ["2102AAAA01", "2102AAAA02"]), (("MEth0/0/1", "Ethernet0/0/0"), [])],
)
def test_stack_that_shows_as_one_frame_has_its_main_boards_as_members(
    ports: tuple[str, str], members: list[str]
) -> None:
    """iStack: each main board carries ports of its number. Those of a frame with slots carry none of theirs."""
    boards = [Entity(n, 9, "module", f"MPU Board {n - 1}", None, None, f"2102AAAA0{n}", *[None] * 3) for n in (1, 2)]
    carried = [Entity(10 + n, n, "port", name, *[None] * 6) for n, name in enumerate(ports, 1)]
    frame = Entity(9, None, "chassis", "HUAWEI S5720 Routing Switch", *[None] * 6)
    stacks = compared(device("stack", "10.0.0.1", Entities((frame, *boards, *carried)))).stacks
    assert [each.serial for stack in stacks for each in stack.members] == members


def test_firewall_pair_is_two_devices() -> None:
    found = compared(
        device("fw1", "10.0.0.2", named("2102FW0001", "fw"), own("10.0.0.2/24", "10.0.0.1/24")),
        device("fw2", "10.0.0.3", named("2102FW0002", "fw"), own("10.0.0.3/24", "10.0.0.1/24")),
    )
    assert only(found).standing is Standing.REDUNDANT
    assert not found.groups


@pytest.mark.parametrize(("second", "standing"), [("b2", Standing.REDUNDANT), ("8d", Standing.MERGED)])
def test_pair_that_tells_no_serial_number_is_told_apart_by_its_engines(second: str, standing: Standing) -> None:
    """keepalived on two servers; one server that is asked at two addresses has one engine."""
    engines = FROM_MAC, FROM_MAC[:-2] + second
    held = own("10.0.0.2/24", "10.0.0.1/24"), own("10.0.0.3/24", "10.0.0.1/24")
    found = compared(
        *(device(f"lb{n}", f"10.0.0.{n + 2}", named(None, "lb"), agent(engines[n]), held[n]) for n in (0, 1))
    )
    assert only(found).standing is standing


def test_pair_asked_at_its_shared_address_too() -> None:
    """The shared address answers as the active one does: with that it is one device, with the other it is a pair."""
    active = own("10.0.0.2/24", "10.0.0.1/24")
    found = compared(
        device("shared", "10.0.0.1", named(None, "fw1"), active),
        device("fw1", "10.0.0.2", named("2102FW0001", "fw1"), active),
        device("fw2", "10.0.0.3", named("2102FW0002", "fw2"), own("10.0.0.3/24", "10.0.0.1/24")),
    )
    assert found.groups == (("fw1", "shared"),)
    assert {(p.a, p.b): [hint.kind for hint in p.shared] for p in found.pairs} == {
        ("fw1", "fw2"): [Kind.FLOATING],
        ("fw1", "shared"): [Kind.ADDRESS, Kind.ADDRESS],
        ("fw2", "shared"): [Kind.FLOATING],
    }


def test_the_same_target_stands_for_a_device_whichever_answers_first() -> None:
    """What answered goes before what did not, whatever a person joined."""
    a, b = (device(name, f"10.0.0.{name}", named("2102BSMR10")) for name in ("1", "2"))
    silent = Snapshot(DeviceRecord("0", "10.0.0.9", State.UNREACHABLE, NOW), {})
    principals = [compared(*devices, **{"0_1": ONE}).groups for devices in ((a, b, silent), (silent, b, a))]
    assert principals == [(("1", "2", "0"),)] * 2


def test_same_private_network_in_two_villages_is_no_pair() -> None:
    found = compared(
        device("v1", "10.0.1.1", named("2102V00001", "v1"), own("10.0.1.1/30", "192.168.1.1/24")),
        device("v2", "10.0.2.1", named("2102V00002", "v2"), own("10.0.2.1/30", "192.168.1.1/24")),
    )
    assert not found.pairs


def test_contradiction_inside_a_group_keeps_it_apart() -> None:
    """The middle one was asked for nothing but its key and address: it must not bridge two serial numbers."""
    found = compared(
        device("a", "10.0.0.1", named("2102AAAA01"), agent(FROM_MAC)),
        device("b", "10.0.0.2", agent(FROM_MAC, "08:19:a6:6b:7c:8d")),
        device("c", "10.0.0.3", named("2102AAAA09"), agent(None, "08:19:a6:6b:7c:8d")),
        device("d", "10.0.0.4", named("2102AAAA09"), agent(FROM_MAC)),
    )
    assert not any({"a", "c"} <= set(group) or {"a", "d"} <= set(group) for group in found.groups)


def test_interfaces_of_one_device_with_the_same_name() -> None:
    macs = ("08:19:a6:6b:7c:01", "08:19:a6:6b:7c:02")
    a, b = (device(n, f"10.0.0.{n}", named(None, "core"), ports(*macs)) for n in ("1", "2"))
    assert compared(a, b).groups == (("1", "2"),)


def test_missing_facts_say_nothing() -> None:
    assert serial("2102AAAA01") == ("2102AAAA01", None)
    a = Snapshot(DeviceRecord("a", "10.0.0.1", State.UNREACHABLE, NOW), {Identity: Missing(Gap.UNREACHABLE)})
    assert compared(a, device("b", "10.0.0.2", named("2102AAAA01"))) == Sameness((), (), (), ())


# -- one target a device ---------------------------------------------------------------------------------------------


def hears(interface: str, name: str, port: str) -> Neighbours:
    return Neighbours((Neighbour(interface, "lldp", name, None, port),))


def test_link_of_a_device_asked_at_two_addresses_is_one_and_mutual() -> None:
    """Two targets bear its name: taken as two devices, a neighbour's word for it would mean neither."""
    core = named("2102BSMR10", "core")
    network = MemoryNetwork(
        [
            device("core-4", "10.0.0.1", core, hears("GE1", "access", "GE9")),
            device("core-6", "2001:db8::1", core, hears("GE1", "access", "GE9")),
            device("access", "10.0.0.2", named("2102BSMR11", "access"), hears("GE9", "core", "GE1")),
        ]
    )
    assert not all(link.mutual for link in links(network))
    same_as = sameness(network, {}).principals()
    assert same_as == {"core-6": "core-4"}
    (link,) = links(OneEach(network, same_as))
    assert (link.a.target, link.z.target, link.mutual) == ("core-4", "access", True)


def test_what_one_address_did_not_tell_is_taken_from_another() -> None:
    gap = Missing(Gap.UNREACHABLE, "no SNMP answer")
    told = own("10.0.0.1/24")
    network = MemoryNetwork(
        [
            Snapshot(DeviceRecord("a", "10.0.0.1", State.ANSWERED, NOW), {Addresses: gap, Entities: gap}),
            Snapshot(DeviceRecord("b", "10.0.0.2", State.ANSWERED, NOW), {Addresses: told, Entities: gap}),
        ]
    )
    one = OneEach(network, {"b": "a"})
    assert [record.target for record in one.records()] == ["a"]
    assert list(one.each(Addresses)) == [("a", told)]
    assert one.fact("b", Addresses) == told
    assert one.fact("a", Entities) == gap
    assert one.record("b") == network.record("a")
