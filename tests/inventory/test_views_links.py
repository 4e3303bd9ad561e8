"""Declared links joined with interfaces, aggregations, polls and tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inventory.errors import Gap, Missing
from inventory.facts import Counter, Fact, Identity, Interface, Interfaces, RateLimits, Throughput
from inventory.register import Link, NetworkDevice, Register, Site, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.traffic import Latency, Load, MemoryHistory, Poll
from inventory.views import LinkView
from inventory.views.register import RegisterViews

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LINE = Link(
    name="l1",
    a_site="town",
    a_device="r1",
    a_interface="Eth-Trunk1",
    z_site="centre",
    z_device="c1",
    z_interface="GE0/0/9",
    contracted_mbps=100.0,
    physical_route="north",
)


def register(*links: Link) -> Register:
    return Register(
        sites=(Site(name="centre", tier=Tier.COUNTY), Site(name="town", tier=Tier.TOWN)),
        network_devices=(
            NetworkDevice(asset_no="N1", name="r1", site="town"),
            NetworkDevice(asset_no="N2", name="c1", site="centre"),
        ),
        links=links or (LINE,),
    )


def network() -> MemoryNetwork:
    trunk = Interface("Eth-Trunk1", speed_mbps=2000.0)
    members = [Interface(f"GigabitEthernet0/0/{n}", speed_mbps=1000.0, aggregate="Eth-Trunk1") for n in (1, 2)]
    test = Throughput("10.0.0.1 5201", 90.0, 91.0, 100.0, 5.0)
    near: tuple[Fact, ...] = (Interfaces((trunk, *members)), RateLimits(()), Identity(serial="S1"), test)
    far = (Interfaces((Interface("GigabitEthernet0/0/9", speed_mbps=1000.0),)),)
    return MemoryNetwork(
        [
            Snapshot(DeviceRecord(name, "", State.ANSWERED, NOW, "huawei_vrp"), {type(fact): fact for fact in facts})
            for name, facts in (("r1", near), ("c1", far))
        ]
    )


def polls() -> MemoryHistory:
    found = [
        Poll("r1", NOW + n * timedelta(minutes=5), 1e6 + 300 * n, (Counter("Eth-Trunk1", n * 3_750_000, 0),), (4.0,))
        for n in range(4)
    ]
    return MemoryHistory({"r1": found})


def view(*links: Link, history: MemoryHistory | None = None) -> LinkView:
    return next(RegisterViews(register(*links), network(), history=history).links())


def test_end_has_members_serial_and_what_it_carried() -> None:
    link = view(history=polls())
    near, far = link.ends
    assert [member.name for member in near.members] == ["GigabitEthernet0/0/1", "GigabitEthernet0/0/2"]
    assert (near.serial, far.members, link.route) == ("S1", (), "north")
    assert isinstance(near.load, Load)
    assert (near.load.samples, near.load.in_p95_mbps, near.load.out_peak_mbps) == (3, 0.1, 0.0)
    assert near.latency == Latency(4, 0, 4.0)
    assert isinstance(far.load, Missing)


def test_without_polls_nothing_is_carried_for_sure() -> None:
    near = view().ends[0]
    assert isinstance(near.load, Missing)
    assert "repeatedly" in near.load.why
    assert isinstance(near.latency, Missing)


def test_test_is_of_the_only_link_of_its_site() -> None:
    assert isinstance(view().test, Throughput)
    second = replace(LINE, name="l2", a_interface="GE0/0/3", z_interface="GE0/0/8")
    assert isinstance(view(LINE, second).test, Missing)


def test_port_given_to_two_links_and_device_that_stands_elsewhere() -> None:
    same = replace(LINE, name="l2", a_interface="eth-trunk1")
    link = view(LINE, same)
    assert link.ends[0].also_links == ("l2",)
    assert link.ends[0].stands_at is None
    moved = view(replace(LINE, a_site="centre"))
    assert moved.ends[0].stands_at == "town"


def test_interface_that_the_device_lacks() -> None:
    near = view(replace(LINE, a_interface="Eth-Trunk7")).ends[0]
    assert isinstance(near.interface, Missing)
    assert near.interface.gap is Gap.LACKING


def test_far_end_outside() -> None:
    outside = replace(LINE, z_site=None, z_device=None, z_interface=None, z_outside="city")
    far = view(outside).ends[1]
    assert (far.outside, far.site, far.device) == (True, "city", None)
