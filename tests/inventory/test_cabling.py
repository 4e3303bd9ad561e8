"""Declared links held against the neighbour tables of both ends."""

from __future__ import annotations

from datetime import UTC, datetime

from checks.capacity import port_rates
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Fact, Interface, Interfaces, Neighbour, Neighbours
from inventory.register import Link, NetworkDevice, Register, Site, Tier
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views import Heard, LinkView
from inventory.views.register import RegisterViews

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Hears = tuple[str, str, str]  # own port, neighbour, its port


def device(name: str, *hears: Hears, trunk: str | None = None, ports: int = 9) -> Snapshot:
    """A device of gigabit ports, the ninth at 10 Mbit/s; with ``trunk`` its first two are members of one."""
    items = [
        Interface(
            f"GigabitEthernet0/0/{n}",
            speed_mbps=10.0 if n == 9 else 1000.0,
            aggregate=trunk if n < 3 else None,
        )
        for n in range(1, ports + 1)
    ]
    items += [Interface(trunk, speed_mbps=2000.0)] if trunk else []
    heard = tuple(Neighbour(own, "lldp", far, None, port) for own, far, port in hears)
    facts: tuple[Fact, ...] = (Interfaces(tuple(items)), Neighbours(heard, Evidence(f"LLDP of {name}")))
    record = DeviceRecord(name, "", State.ANSWERED, NOW, "huawei_vrp")
    return Snapshot(record, {type(fact): fact for fact in facts})


def link(a: str | None, a_port: str | None, z: str | None, z_port: str | None, name: str = "l1") -> Link:
    return Link(
        name=name, a_site="town", a_device=a, a_interface=a_port, z_site="centre", z_device=z, z_interface=z_port
    )


def views(devices: list[Snapshot], *links: Link) -> list[LinkView]:
    register = Register(
        sites=(Site(name="centre", tier=Tier.COUNTY), Site(name="town", tier=Tier.TOWN)),
        network_devices=tuple(
            NetworkDevice(asset_no=f"N-{each.record.target}", name=each.record.target, site="town") for each in devices
        ),
        links=links,
    )
    return list(RegisterViews(register, MemoryNetwork(devices)).links())


def one(devices: list[Snapshot], declared: Link) -> LinkView:
    (found,) = views(devices, declared)
    return found


def port(n: int) -> str:
    return f"GigabitEthernet0/0/{n}"


def test_both_ends_hear_each_other_at_the_declared_ports() -> None:
    found = one(
        [device("r", (port(1), "c", port(9))), device("c", (port(9), "r", port(1)))],
        link("r", "GE0/0/1", "c", "GE0/0/9"),
    )
    near, far = found.ends
    assert near.heard == (Heard(f"c {port(9)}", True, True),)
    assert far.heard == (Heard(f"r {port(1)}", True, True),)
    assert (near.instead_of, far.instead_of) == (None, None)


def test_far_end_is_the_one_that_both_tables_prove() -> None:
    devices = [device("r", (port(1), "c", port(9))), device("c", (port(9), "r", port(1)))]
    near, far = one(devices, link("r", port(1), "c", port(5))).ends
    assert near.heard == (Heard(f"c {port(9)}", False, True, evidence=near.heard[0].evidence),)
    assert near.heard[0].evidence.source == "LLDP of r"
    assert (far.interface_name, far.instead_of, far.heard) == (port(9), f"c {port(5)}", ())


def test_speed_at_both_ends_is_that_of_the_found_end() -> None:
    devices = [device("r", (port(1), "c", port(9))), device("c", (port(9), "r", port(1)))]
    for declared in (link("r", port(1), "c", port(5)), link("r", port(1), "c", None), link("r", port(1), None, None)):
        found = one(devices, declared)
        assert [rate.mbps for rate in port_rates(found)] == [1000.0, 10.0], declared
        assert found.ends[1].device == "c"
        assert found.ends[1].site == "centre"


def test_one_end_alone_proves_nothing() -> None:
    devices = [device("r", (port(1), "c", port(9))), device("c")]
    undeclared = one(devices, link("r", port(1), "c", None)).ends[1]
    assert (undeclared.interface_name, undeclared.instead_of) == (None, None)
    assert isinstance(undeclared.interface, Missing)
    near, far = one(devices, link("r", port(1), "c", port(5))).ends
    assert [heard.agrees for heard in near.heard] == [None]  # what it calls the far port may be a description
    assert far.interface_name == port(5)


def test_another_device_is_heard() -> None:
    devices = [device("r", (port(1), "c2", port(9))), device("c2", (port(9), "r", port(1))), device("c")]
    near, far = one(devices, link("r", port(1), "c", port(5))).ends
    assert [heard.agrees for heard in near.heard] == [False]
    assert (far.device, far.instead_of) == ("c2", f"c {port(5)}")


def test_where_both_declared_ports_lead_elsewhere_nobody_is_believed_more() -> None:
    """Two links whose far ends are swapped."""
    devices = [
        device("r", (port(1), "c", port(8)), (port(2), "c", port(7))),
        device("c", (port(7), "r", port(2)), (port(8), "r", port(1))),
    ]
    for found in views(devices, link("r", port(1), "c", port(7)), link("r", port(2), "c", port(8), "l2")):
        assert [heard.agrees for end in found.ends for heard in end.heard] == [False, False]
        assert not any(end.instead_of for end in found.ends)


def test_heard_at_another_port_of_its_own() -> None:
    devices = [device("r", (port(2), "c", port(9))), device("c", (port(9), "r", port(2)))]
    near, far = one(devices, link("r", port(1), "c", port(9))).ends
    assert far.heard[0].agrees is False
    assert (near.interface_name, near.instead_of) == (port(2), f"r {port(1)}")
    silent = [device("r", (port(2), "c", "9")), device("c")]
    (beside,) = one(silent, link("r", port(1), "c", port(9))).ends[0].heard
    assert (beside.port, beside.agrees) == (port(2).lower(), False)
    second = link("r", port(2), "c", port(8), "l2")
    assert views(silent, link("r", port(1), "c", port(9)), second)[0].ends[0].heard == ()  # l2's, not l1's


def test_strangers_and_silence_contradict_nothing() -> None:
    stranger = one([device("r", (port(1), "PTN-950", "eth1")), device("c")], link("r", port(1), "c", port(9)))
    assert [heard.agrees for heard in stranger.ends[0].heard] == [None]
    silence = one([device("r"), device("c")], link("r", port(1), "c", port(9)))
    assert [end.heard for end in silence.ends] == [(), ()]


def test_members_of_an_aggregation_and_ports_under_a_sub_interface() -> None:
    devices = [
        device("r", (port(1), "c", port(1)), (port(2), "c", port(2)), trunk="Eth-Trunk1"),
        device("c", (port(1), "r", port(1)), (port(2), "r", port(2)), trunk="Eth-Trunk7"),
    ]
    trunks = one(devices, link("r", "Eth-Trunk1", "c", "Eth-Trunk7"))
    assert [heard.agrees for end in trunks.ends for heard in end.heard] == [True] * 4
    plain = [device("r", (port(1), "c", port(2))), device("c", (port(2), "r", port(1)))]
    tagged = one(plain, link("r", f"{port(1)}.100", "c", f"{port(2)}.100"))
    assert [heard.agrees for end in tagged.ends for heard in end.heard] == [True, True]
