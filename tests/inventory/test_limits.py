"""Limits in effect on a declared end: of aggregations and their members, of ports and their sub-interfaces."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_interface

import pytest

from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Address, Addresses, Fact, Interface, Interfaces, RateLimit, RateLimits
from inventory.register import Link, NetworkDevice, Register, Site, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views import LinkEnd
from inventory.views.register import RegisterViews

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Held = set[tuple[str, float | None]]


def limit(interface: str, mbps: float | None, way: str = "out", percent: float | None = None, at: int = 1) -> RateLimit:
    evidence = Evidence("display", (at,), f"line {at}", NOW)
    return RateLimit(interface, way, mbps, "shape", evidence, percent)


def end(declared: str, interfaces: list[Interface], limits: list[RateLimit], addressed: str | None = None) -> LinkEnd:
    """The end of a link as it is declared, of a device with these interfaces and limits."""
    facts: list[Fact] = [Interfaces(tuple(interfaces)), RateLimits(tuple(limits))]
    if addressed is not None:
        facts.append(Addresses((Address(addressed, ip_interface("10.0.0.1/30")),)))
    register = Register(
        sites=(Site(name="town", tier=Tier.TOWN), Site(name="centre", tier=Tier.COUNTY)),
        network_devices=(NetworkDevice(asset_no="N1", name="r1", site="town"),),
        links=(Link(name="l1", a_site="town", a_device="r1", a_interface=declared, z_site="centre"),),
    )
    record = DeviceRecord("r1", "", State.ANSWERED, NOW, "huawei_vrp")
    network = MemoryNetwork([Snapshot(record, {type(fact): fact for fact in facts})])
    return next(RegisterViews(register, network).links()).ends[0]


def certain(found: LinkEnd, way: str = "out") -> Held:
    assert not isinstance(found.limits, Missing)
    return {(each.interface, each.mbps) for each in found.limits if each.direction == way}


def doubtful(found: LinkEnd) -> Held:
    return {(each.interface, each.mbps) for each in found.perhaps}


def trunk(*states: bool | None, mbps: float | None = 1000.0) -> list[Interface]:
    members = [
        Interface(f"GigabitEthernet0/0/{n}", speed_mbps=mbps, oper_up=up, aggregate="Eth-Trunk1")
        for n, up in enumerate(states, 1)
    ]
    return [Interface("Eth-Trunk1", speed_mbps=2000.0), *members]


G1, G2 = "GigabitEthernet0/0/1", "GigabitEthernet0/0/2"


def test_members_that_are_all_limited_add_up() -> None:
    found = end("Eth-Trunk1", trunk(True, True), [limit(G1, 20.0), limit(G2, 30.0, at=2)])
    assert certain(found) == {(f"{G1}, {G2}", 50.0)}
    assert certain(found, "in") == set()
    assert not isinstance(found.limits, Missing)
    assert (found.limits[0].evidence.lines, found.limits[0].evidence.excerpt) == ((1, 2), "line 1\nline 2")


def test_statement_that_limits_several_members_may_be_shared_by_them() -> None:
    found = end("Eth-Trunk1", trunk(True, True, True), [limit(G1, 20.0), limit(G2, 20.0)])
    assert (certain(found), doubtful(found)) == ({(f"{G1}, {G2}", 1040.0)}, {(f"{G1}, {G2}", 1020.0)})


def test_member_without_a_limit_carries_what_its_speed_is() -> None:
    assert certain(end("Eth-Trunk1", trunk(True, True), [limit(G1, 20.0)])) == {(G1, 1020.0)}


def test_member_that_is_down_adds_nothing() -> None:
    assert certain(end("Eth-Trunk1", trunk(True, False), [limit(G1, 20.0)])) == {(G1, 20.0)}
    assert certain(end("Eth-Trunk1", trunk(True, False), [limit(G2, 20.0)])) == set()


def test_tightest_of_several_limits_of_a_member_counts() -> None:
    both = [limit(G1, 20.0), limit(G1, 80.0), limit(G2, 30.0, at=2)]
    assert certain(end("Eth-Trunk1", trunk(True, True), both)) == {(f"{G1}, {G2}", 50.0)}


def test_member_of_unknown_speed_leaves_it_open() -> None:
    found = end("Eth-Trunk1", trunk(True, True, mbps=None), [limit(G1, 20.0)])
    assert (certain(found), doubtful(found)) == (set(), {(G1, 20.0)})
    shares = [limit(G1, None, percent=10), limit(G2, 20.0)]
    assert doubtful(end("Eth-Trunk1", trunk(True, True, mbps=None), shares)) == {(f"{G1}, {G2}", None)}
    assert certain(end("Eth-Trunk1", trunk(True, True), shares)) == {(f"{G1}, {G2}", 120.0)}


def test_aggregation_limits_its_members_and_its_own_limit_stands_beside_theirs() -> None:
    whole = [limit("Eth-Trunk1", 60.0), limit(G1, 20.0), limit(G2, 20.0)]
    assert certain(end("Eth-Trunk1", trunk(True, True), whole)) == {("Eth-Trunk1", 60.0), (f"{G1}, {G2}", 40.0)}
    assert certain(end("GE0/0/1", trunk(True, True), whole)) == {("Eth-Trunk1", 60.0), (G1, 20.0)}
    share = [limit("Eth-Trunk1", None, percent=10)]
    assert certain(end("GE0/0/1", trunk(True, True), share)) == {("Eth-Trunk1", 200.0)}


def subs(*numbers: int, up: bool = True) -> list[Interface]:
    return [Interface(G1, speed_mbps=1000.0), *(Interface(f"{G1}.{n}", oper_up=up) for n in numbers)]


def test_subinterface_is_limited_by_its_port_and_by_the_members_of_it() -> None:
    ports = [*trunk(True, True), Interface("Eth-Trunk1.100")]
    all_of_them = [limit("Eth-Trunk1.100", 500.0), limit("Eth-Trunk1", 60.0), limit(G1, 20.0), limit(G2, 20.0)]
    found = end("Eth-Trunk1.100", ports, all_of_them)
    assert certain(found) == {("Eth-Trunk1.100", 500.0), ("Eth-Trunk1", 60.0), (f"{G1}, {G2}", 40.0)}
    assert [member.name for member in found.members] == [G1, G2]


def test_subinterface_runs_as_fast_as_its_port() -> None:
    found = end(f"{G1}.100", subs(100), [])
    assert isinstance(found.interface, Interface)
    assert found.interface.speed_mbps == 1000.0


def test_only_subinterface_of_a_bare_port_limits_it() -> None:
    found = end(G1, subs(100), [limit(f"{G1}.100", 20.0)], addressed=f"{G1}.100")
    assert (certain(found), doubtful(found)) == ({(f"{G1}.100", 20.0)}, set())


def test_subinterfaces_that_are_all_limited_add_up() -> None:
    both = [limit(f"{G1}.100", 20.0), limit(f"{G1}.200", 80.0)]
    assert certain(end(G1, subs(100, 200), both, addressed=f"{G1}.100")) == {(f"{G1}.100, {G1}.200", 100.0)}
    share = [limit(f"{G1}.100", 20.0), limit(f"{G1}.200", None, percent=5)]
    assert certain(end(G1, subs(100, 200), share, addressed=f"{G1}.100")) == {(f"{G1}.100, {G1}.200", 70.0)}


@pytest.mark.parametrize(
    ("interfaces", "limits", "addressed", "least"),
    [
        (subs(100, 200), [limit(f"{G1}.100", 20.0)], f"{G1}.100", 20.0),
        (subs(100), [limit(f"{G1}.100", 20.0)], G1, 20.0),
        (subs(100), [limit(f"{G1}.100", 20.0)], None, 20.0),
        ([Interface(G1)], [limit(f"{G1}.100", None, percent=5)], f"{G1}.100", None),
    ],
    ids=["another without a limit", "traffic of the port's own", "addresses not read", "no speed at all"],
)
def test_subinterfaces_of_which_one_may_carry_the_link(
    interfaces: list[Interface], limits: list[RateLimit], addressed: str | None, least: float | None
) -> None:
    found = end(G1, interfaces, limits, addressed=addressed)
    assert certain(found) == set()
    assert [mbps for _, mbps in doubtful(found)] == [least]


def test_subinterface_that_is_down_is_none() -> None:
    limited = [limit(f"{G1}.100", 20.0)]
    assert end(G1, subs(100, up=False), limited, addressed="x").limits == ()
    ports = [*subs(100), Interface(f"{G1}.200", admin_up=False)]
    assert certain(end(G1, ports, limited, addressed=f"{G1}.100")) == {(f"{G1}.100", 20.0)}


def test_limits_of_other_ports_are_none_of_its() -> None:
    found = end(G1, subs(100), [limit("GigabitEthernet0/0/11", 20.0), limit("GigabitEthernet0/0/11.1", 20.0)])
    assert (found.limits, found.perhaps) == ((), ())
