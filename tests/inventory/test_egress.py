"""Ways out that nobody declared, and what looks like one and is none."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from inventory.egress import strange_egresses
from inventory.facts import (
    Address,
    Addresses,
    DefaultRoute,
    Fact,
    Forwarding,
    PortGuard,
    PortGuards,
    ResolvedAddress,
    ResolvedAddresses,
    Routes,
)
from inventory.register import InternetEgress, Link, NetworkDevice, Register, Server
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


def test_silent_server_is_nobodys_next_hop() -> None:
    village = device("village", "10.1.0.1", ROUTER, out("192.168.1.1"), holds("10.1.0.1/30"))
    by_role = Snapshot(DeviceRecord("srv", "10.2.0.5", State.UNREACHABLE, NOW, role="server"))
    declared = Snapshot(DeviceRecord("srv", "10.2.0.5", State.UNREACHABLE, NOW))
    register = Register(servers=(Server(asset_no="S1", mgmt_ip4=IPv4Address("10.2.0.5")),))
    for silent, known in ((by_role, Register()), (declared, register)):
        assert [e.certain for e in strange_egresses(known, MemoryNetwork([silent, village]))] == [True]


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


def translating(interface: str, *, outside: str | None = "translates", shut: bool = False) -> PortGuards:
    return PortGuards((PortGuard(interface, shut, False, False, outside=outside, translates=True),))


def test_translation_towards_nobody_known_leads_out() -> None:
    """… as a line with an address of its own or a dialled one; between two parts of the county it does not."""
    here = holds("10.1.0.1/30", "192.168.1.2/24")
    out_of_town = device("town", "10.1.0.1", here, translating("GigabitEthernet0/0/1"))
    assert told(Register(), out_of_town) == [("town", "GigabitEthernet0/0/1", "translation")]
    inner = device("core", "10.0.0.1", holds("10.0.0.1/32", "192.168.1.1/24"))
    assert told(Register(), out_of_town, inner) == []
    assert told(Register(), device("town", "10.1.0.1", here, translating("GigabitEthernet0/0/1", shut=True))) == []
    dialled = device("town", "10.1.0.1", here, translating("Dialer1", outside="dialled"))
    (found,) = strange_egresses(Register(), MemoryNetwork([dialled]))
    assert (found.by, found.certain) == ("translation", True)


def test_translation_is_in_doubt_where_a_device_was_not_read() -> None:
    silent = Snapshot(DeviceRecord("core", "10.0.0.1", State.UNREACHABLE, NOW))
    here = holds("10.1.0.1/30", "192.168.1.2/24")
    town = device("town", "10.1.0.1", here, translating("GigabitEthernet0/0/1"))
    assert [e.certain for e in strange_egresses(Register(), MemoryNetwork([silent, town]))] == [False]


def resolved(*entries: tuple[str, str | None, str]) -> ResolvedAddresses:
    return ResolvedAddresses(tuple(ResolvedAddress(IPv4Address(ip), mac, "eth1", state) for ip, mac, state in entries))


def test_carriers_gateway_in_an_arp_table_leads_out() -> None:
    """… whoever holds the table; not one of a declared block, and not an entry that nobody answered for."""
    mac = "00:1e:10:00:00:01"
    server = device("srv", "10.2.0.5", resolved(("1.2.3.1", mac, "reachable"), ("10.2.0.1", mac, "reachable")))
    assert told(Register(), server) == [("srv", "eth1", "gateway")]
    block = InternetEgress(name="e", unit="u", public_ip4=(IPv4Network("1.2.3.0/29"),), approved=True)
    assert told(Register(egresses=(block,)), server) == []
    assert told(Register(), device("srv", "10.2.0.5", resolved(("1.2.3.1", None, "incomplete")))) == []
    assert told(Register(), device("srv", "10.2.0.5", resolved(("1.2.3.1", mac, "failed")))) == []


def test_address_between_carrier_and_customer_is_a_doubt_only() -> None:
    shared = device("srv", "10.2.0.5", resolved(("100.64.9.1", "00:1e:10:00:00:01", "reachable")))
    assert [(e.by, e.certain) for e in strange_egresses(Register(), MemoryNetwork([shared]))] == [("gateway", False)]
    held = device("core", "10.0.0.1", holds("100.64.9.1/30"))
    assert told(Register(), shared, held) == []


def test_block_of_the_government_extranet_is_not_the_internet() -> None:
    core = device("core", "59.200.1.1", holds("59.200.1.1/30"), resolved(("59.200.1.2", "00:1e:10:00:00:01", "")))
    assert told(Register(), core) == []
