"""Ways out that nobody declared, and what looks like one and is none."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from inventory.egress import strange_egresses
from inventory.facts import Address, Addresses, DefaultRoute, Fact, Forwarding, Routes
from inventory.register import InternetEgress, Link, NetworkDevice, Register
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ROUTER = Forwarding(True, None)


def device(name: str, address: str, *facts: Fact) -> Snapshot:
    return Snapshot(DeviceRecord(name, address, State.ANSWERED, NOW), {type(fact): fact for fact in facts})


def out(via: str, interface: str | None = None) -> Routes:
    return Routes(9, 0, 0, (DefaultRoute(4, IPv4Address(via), interface),))


def holds(*addresses: str) -> Addresses:
    return Addresses(tuple(Address(f"GigabitEthernet0/0/{n}", IPv4Interface(a)) for n, a in enumerate(addresses)))


def told(register: Register, *devices: Snapshot) -> list[tuple[str, str | None, str]]:
    return [(e.target, e.interface, e.by) for e in strange_egresses(register, MemoryNetwork(list(devices)))]


def test_router_whose_default_route_leads_to_nobody() -> None:
    village = device("village", "10.1.0.1", ROUTER, out("192.168.1.1"), holds("10.1.0.1/30", "192.168.1.2/24"))
    assert told(Register(), village) == [("village", "GigabitEthernet0/0/1", "default-route")]


def test_default_route_to_another_device_of_the_network_is_inside() -> None:
    core = device("core", "10.0.0.1", holds("10.0.0.1/32", "10.1.0.2/30"))
    assert not told(Register(), core, device("village", "10.1.0.1", ROUTER, out("10.1.0.2"), holds("10.1.0.1/30")))


def test_next_hop_that_may_be_a_device_that_was_not_read_is_in_doubt() -> None:
    silent = Snapshot(DeviceRecord("core", "10.0.0.1", State.UNREACHABLE, NOW))
    hops = {"10.1.0.2": False, "8.8.8.1": True}
    for hop, certain in hops.items():
        village = device("village", "10.1.0.1", ROUTER, out(hop), holds("10.1.0.1/30"))
        (found,) = strange_egresses(Register(), MemoryNetwork([silent, village]))
        assert found.certain is certain


def test_default_route_over_an_interface_alone_is_in_doubt_and_one_to_nowhere_is_none() -> None:
    def dials(interface: str) -> Routes:
        return Routes(9, 0, 0, (DefaultRoute(4, None, interface),))

    for interface, count in (("Dialer1", 1), ("NULL0", 0), ("ppp0", 1)):
        found = list(
            strange_egresses(Register(), MemoryNetwork([device("v", "10.1.0.1", ROUTER, dials(interface), holds())]))
        )
        assert [each.certain for each in found] == [False] * count


def test_default_route_of_a_host_is_its_gateways_matter() -> None:
    assert not told(Register(), device("srv", "10.2.0.5", Forwarding(False, None), out("10.2.0.1")))


def test_end_of_a_declared_link_leads_to_what_is_declared() -> None:
    register = Register(
        network_devices=(NetworkDevice(asset_no="N1", name="town"),),
        links=(Link(name="up", a_site="county", z_site="town", z_device="N1", z_interface="GE0/0/1"),),
    )
    by_declared = device("town", "10.1.0.1", ROUTER, out("10.9.0.1", "GigabitEthernet0/0/1"))
    assert not told(register, by_declared)
    beside = device("town", "10.1.0.1", ROUTER, out("10.9.0.1", "GigabitEthernet0/0/2"))
    assert told(register, beside) == [("town", "GigabitEthernet0/0/2", "default-route")]


def test_approved_boundary_device_may_lead_out_and_an_unapproved_one_may_not() -> None:
    def register(*, approved: bool) -> Register:
        prefix = (IPv4Network("8.8.8.0/29"),)
        egress = InternetEgress(name="e", unit="u", public_ip4=prefix, boundary_device="fw", approved=approved)
        return Register(network_devices=(NetworkDevice(asset_no="fw", name="fw-1"),), egresses=(egress,))

    firewall = device("fw-1", "10.0.0.3", ROUTER, out("8.8.8.1"), holds("10.0.0.3/32", "8.8.8.2/29"))
    assert not told(register(approved=True), firewall)
    assert told(register(approved=False), firewall) == [("fw-1", "GigabitEthernet0/0/1", "default-route")]


def test_public_address_that_is_in_no_declared_prefix() -> None:
    found = device("town", "10.1.0.1", holds("10.1.0.1/30", "1.2.3.4/24"))
    assert told(Register(), found) == [("town", "GigabitEthernet0/0/1", "public-address")]
