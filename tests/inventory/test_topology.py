"""Links out of neighbour tables: the same whatever the order, each line once, and the reason where an end is alone."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.errors import Gap, Missing
from inventory.facts import Address, Addresses, Fact, Identity, Interface, Interfaces, Neighbour, Neighbours
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.topology import SeenLink, links

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def device(name: str, *facts: Fact, address: str = "10.9.9.9", platform: str | None = None) -> Snapshot:
    return Snapshot(
        DeviceRecord(name, address, State.ANSWERED, NOW, platform), {type(fact): fact for fact in facts}
    )  # fmt: skip


def hears(*items: tuple[str | None, str | None, str | None], protocol: str = "lldp") -> Neighbours:
    """Neighbours of (own interface, name, its port)."""
    return Neighbours(tuple(Neighbour(near, protocol, name, None, port) for near, name, port in items))


def joined(*found: Snapshot) -> list[SeenLink]:
    return list(links(MemoryNetwork(list(found))))


def ends(link: SeenLink) -> frozenset[tuple[str | None, str | None]]:
    return frozenset({(link.a.target, link.a.interface), (link.z.target, link.z.interface)})


def test_link_that_both_ends_hear_is_one() -> None:
    (link,) = joined(
        device("a", hears(("GigabitEthernet0/0/1", "B.county", "GE0/0/2"))),
        device("b", hears(("GigabitEthernet0/0/2", "a", "GigabitEthernet0/0/1"))),
    )
    assert link.mutual
    assert (link.a.target, link.a.interface) == ("a", "GigabitEthernet0/0/1")
    assert (link.z.target, link.z.interface) == ("b", "GigabitEthernet0/0/2")


def test_two_parallel_links_stay_two() -> None:
    found = joined(
        device("a", hears(("GE1", "b", "GE11"), ("GE2", "b", "GE12"))),
        device("b", hears(("GE12", "a", "GE2"), ("GE11", "a", "GE1"))),
    )
    assert {(s.a.interface, s.z.interface, s.mutual) for s in found} == {
        ("GigabitEthernet1", "GigabitEthernet11", True),
        ("GigabitEthernet2", "GigabitEthernet12", True),
    }


def test_neighbour_heard_by_two_protocols_is_one_line() -> None:
    both = Neighbours(
        hears(("GE0/0/1", "b", "GE0/0/2")).items + hears(("GE0/0/1", "B", "GE0/0/2"), protocol="cdp").items
    )
    back = Neighbours(
        hears(("GE0/0/2", "a", "GE0/0/1")).items + hears(("GE0/0/2", "a", "GE0/0/1"), protocol="cdp").items
    )
    (link,) = joined(device("a", both), device("b", back))
    assert link.mutual


def test_two_neighbours_behind_one_interface_are_two() -> None:
    """A hub, or a switch that passes LLDP on."""
    found = joined(device("a", hears(("GE1", "b", "GE1"), ("GE1", "c", "GE1"))), device("b"), device("c"))
    assert [link.z.target for link in found] == ["b", "c"]


def test_names_are_compared_without_case_and_domain() -> None:
    (link,) = joined(
        device("a", hears(("GE1", "B-Core.county.gov.cn.", "GE2")), Identity(hostname="A-Core")),
        device("b", hears(("GE2", "a-core", "GE1")), Identity(hostname="b-core")),
    )
    assert link.mutual
    assert ends(link) == {("a", "GigabitEthernet1"), ("b", "GigabitEthernet2")}


def test_short_names_mean_what_the_far_platform_means() -> None:
    """XGE is Ten-GigabitEthernet on Comware and XGigabitEthernet on VRP."""
    (link,) = joined(
        device("a", hears(("XGE0/0/1", "b", "XGE1/0/1")), platform="huawei_vrp"),
        device("b", hears(("XGE1/0/1", "a", "XGE0/0/1")), platform="h3c_comware"),
    )
    assert ends(link) == {("a", "XGigabitEthernet0/0/1"), ("b", "Ten-GigabitEthernet1/0/1")}
    assert link.mutual


def test_lines_that_port_names_tell_leave_the_last_one_to_itself() -> None:
    """Of two lines one has names that match up; the other one is then known, too."""
    found = joined(
        device("a", hears(("GE1", "b", "GE11"), ("GE2", "b", "aa:bb:cc:00:00:12"))),
        device("b", hears(("GE11", "a", "GE1"), ("GE12", "a", "aa:bb:cc:00:00:02"))),
    )
    assert {(ends(link), link.mutual) for link in found} == {
        (frozenset({("a", "GigabitEthernet1"), ("b", "GigabitEthernet11")}), True),
        (frozenset({("a", "GigabitEthernet2"), ("b", "GigabitEthernet12")}), True),
    }


def test_lines_whose_ports_do_not_match_up_are_not_called_deaf() -> None:
    found = joined(
        device("a", hears(("GE1", "b", "x1"), ("GE2", "b", "x2"))),
        device("b", hears(("GE11", "a", "y1"), ("GE12", "a", "y2"))),
    )
    assert [(link.mutual, link.why) for link in found] == [(False, "unpaired")] * 4


def test_better_match_is_not_taken_away_by_a_worse_one() -> None:
    """The first line agrees at one end with both of b's; the second agrees at both ends."""
    found = joined(
        device("a", hears(("GE1", "b", "GE12"), ("GE2", "b", "GE12"))),
        device("b", hears(("GE12", "a", "GE2"), ("GE11", "a", None))),
    )
    assert {ends(link) for link in found if link.mutual} >= {
        frozenset({("a", "GigabitEthernet2"), ("b", "GigabitEthernet12")})
    }


@pytest.mark.parametrize(
    ("far", "why"),
    [
        (device("b", hears()), "deaf"),
        (device("b", hears(("GE7", "c", "GE1"))), "deaf"),
        (device("b"), "silent"),
        (Snapshot(device("b").record, {Neighbours: Missing(Gap.UNREACHABLE)}), "silent"),
        (device("other"), "unknown-device"),
    ],
)
def test_end_that_is_alone_has_its_reason(far: Snapshot, why: str) -> None:
    found = joined(device("a", hears(("GE1", "b", "GE1"))), far)
    assert [link.why for link in found if link.a.target == "a"] == [why]
    assert not any(link.mutual for link in found)


def test_device_that_hears_itself_is_a_line_of_its_own() -> None:
    """A cable from one port to another of the same switch."""
    (link,) = joined(device("a", hears(("GE1", "a", "GE2"), ("GE2", "a", "GE1"))))
    assert link.mutual
    assert ends(link) == {("a", "GigabitEthernet1"), ("a", "GigabitEthernet2")}


def test_loopback_addresses_and_shared_ones_name_nobody() -> None:
    by_ip = Neighbours((Neighbour("GE1", "lldp", None, None, "GE1", addresses=(IPv4Address("127.0.0.1"),)),))
    shared = Addresses((Address("Vlan1", IPv4Interface("192.168.1.1/24")),))
    by_shared = Neighbours((Neighbour("GE2", "lldp", None, None, "GE1", addresses=(IPv4Address("192.168.1.1"),)),))
    local = Addresses((Address("lo", IPv4Interface("127.0.0.1/8")),))
    found = joined(device("a", by_ip), device("b", local), device("c", shared, by_shared), device("d", shared))
    assert [link.z.target for link in found] == [None, None]


def test_address_names_its_device() -> None:
    heard = Neighbours((Neighbour("GE1", "lldp", None, None, None, addresses=(IPv4Address("10.0.0.2"),)),))
    (link,) = joined(device("a", heard), device("b", address="10.0.0.2"))
    assert link.z.target == "b"


def test_name_that_two_devices_bear_names_neither() -> None:
    same = Identity(hostname="Quidway")
    found = joined(device("a", hears(("GE1", "Quidway", "GE1"))), device("b", same), device("c", same))
    assert [s.z.target for s in found] == [None]


def test_device_that_hears_another_at_thousands_of_ports_takes_no_time() -> None:
    thousands = hears(*((f"GE{n}", "b", "GE1") for n in range(20_000)))
    began = time.process_time()
    found = joined(device("a", thousands), device("b", hears(("GE1", "a", "GE19999"))))
    assert time.process_time() - began < 5
    assert [s.a.interface for s in found if s.mutual] == ["GigabitEthernet19999"]


def test_mac_of_any_interface_names_its_device() -> None:
    heard = Neighbours((Neighbour("GE1", "lldp", None, "02:00:00:00:00:0B", "GE1"),))
    (link,) = joined(device("a", heard), device("b", Interfaces((Interface("GE1", mac="02:00:00:00:00:0b"),))))
    assert link.z.target == "b"


def test_neighbour_without_any_name_is_still_a_line() -> None:
    nobody = Neighbours((Neighbour(None, "lldp", None, None, None), Neighbour(None, "lldp", None, None, None)))
    found = joined(device("a", nobody))
    assert [(link.z.name, link.z.target, link.z.interface) for link in found] == [("?", None, None)] * 2


NAMES = ["a", "b", "c", "nobody"]
PORTS = ["GE1", "GE2", "GE3"]
TABLES = st.fixed_dictionaries(
    {
        name: st.lists(st.tuples(st.sampled_from(PORTS), st.sampled_from(NAMES), st.sampled_from(PORTS)), max_size=5)
        for name in NAMES[:3]
    }
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TABLES, st.integers())
def test_each_entry_stands_in_one_link_and_order_changes_no_mutual_one(
    tables: dict[str, list[tuple[str, str, str]]], seed: int
) -> None:
    devices = [device(name, hears(*rows)) for name, rows in tables.items()]
    found = joined(*devices)
    entries = {(name, near, far) for name, rows in tables.items() for near, far, _ in rows}
    sides = [
        (link.a.target, link.a.interface, link.z.name if link.z.target is None else link.z.target) for link in found
    ]
    sides += [(link.z.target, link.z.interface, link.a.target or "") for link in found if link.mutual]
    assert len(sides) == len(set(sides)) == len(entries)
    shuffled = list(devices)
    random.Random(seed).shuffle(shuffled)
    assert sum(link.mutual for link in joined(*shuffled)) == sum(link.mutual for link in found)
