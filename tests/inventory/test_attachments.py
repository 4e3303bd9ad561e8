"""Devices without neighbours: where MAC and ARP tables put them, and where they put them nowhere."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address

from inventory.attachments import with_attachments
from inventory.facts import (
    Fact,
    Interface,
    Interfaces,
    LearnedMac,
    LearnedMacs,
    Neighbour,
    Neighbours,
    ResolvedAddress,
    ResolvedAddresses,
)
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.topology import SeenLink, Witness, links

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CAMERA, PRINTER, ACCESS = "44:19:b6:00:00:01", "44:19:b6:00:00:02", "08:19:a6:00:00:01"


def device(
    name: str, address: str, *facts: Fact, platform: str | None = None, state: State = State.ANSWERED
) -> Snapshot:
    return Snapshot(DeviceRecord(name, address, state, NOW, platform), {type(fact): fact for fact in facts})


def learns(*rows: tuple[str, str]) -> LearnedMacs:
    return LearnedMacs(tuple(LearnedMac(mac, 10, port) for port, mac in rows))


def port(mac: str) -> Interfaces:
    return Interfaces((Interface("eth0", mac=mac),))


def resolves(interface: str, *rows: tuple[str, str]) -> ResolvedAddresses:
    return ResolvedAddresses(tuple(ResolvedAddress(ip_address(ip), mac, interface) for ip, mac in rows))


def told(*devices: Snapshot) -> list[SeenLink]:
    network = MemoryNetwork(list(devices))
    return list(with_attachments(network, links(network)))


def hung(found: list[SeenLink]) -> list[tuple[str | None, str | None, str | None, tuple[Witness, ...]]]:
    return [(link.a.target, link.a.interface, link.z.target, link.seen) for link in found]


def test_device_hangs_where_fewest_macs_are_learned() -> None:
    found = told(
        device("core", "10.0.0.1", learns(("GE0/0/1", CAMERA), ("GE0/0/1", PRINTER), ("GE0/0/2", ACCESS))),
        device("access", "10.0.0.2", learns(("GE0/0/9", CAMERA))),
        device("camera", "10.0.0.3", port(CAMERA)),
    )
    assert hung(found) == [("access", "GigabitEthernet0/0/9", "camera", (Witness.MAC,))]
    assert not found[0].mutual


def test_port_that_leads_to_a_neighbour_is_on_the_way() -> None:
    hears = Neighbours((Neighbour("GE0/0/1", "lldp", "core", None, "GE0/0/1"),))
    back = Neighbours((Neighbour("GE0/0/1", "lldp", "access", None, "GE0/0/1"),))
    found = told(
        device("core", "10.0.0.1", learns(("GE0/0/1", CAMERA)), back),
        device("access", "10.0.0.2", learns(("GE0/0/9", CAMERA), ("GE0/0/9", PRINTER)), hears),
        device("camera", "10.0.0.3", port(CAMERA)),
    )
    assert hung(found)[1:] == [("access", "GigabitEthernet0/0/9", "camera", (Witness.MAC,))]


def test_two_ports_alike_say_nothing() -> None:
    assert not told(
        device("a", "10.0.0.1", learns(("GE0/0/1", CAMERA))),
        device("b", "10.0.0.2", learns(("GE0/0/1", CAMERA))),
        device("camera", "10.0.0.3", port(CAMERA)),
    )


def test_mac_that_two_devices_have_says_nothing() -> None:
    assert not told(
        device("a", "10.0.0.1", learns(("GE0/0/1", CAMERA))),
        device("x", "10.0.0.3", port(CAMERA)),
        device("y", "10.0.0.4", port(CAMERA)),
    )


def test_silent_device_is_found_by_the_mac_that_arp_knows() -> None:
    found = told(
        device("core", "10.0.0.1", resolves("Vlanif10", ("10.0.0.3", CAMERA))),
        device("access", "10.0.0.2", learns(("GE0/0/9", CAMERA))),
        device("camera", "10.0.0.3", state=State.UNREACHABLE),
    )
    assert hung(found) == [("access", "GigabitEthernet0/0/9", "camera", (Witness.MAC,))]


def test_arp_alone_puts_a_device_into_a_network() -> None:
    found = told(
        device("core", "10.0.0.1", resolves("Vlanif10", ("10.0.0.3", CAMERA), ("10.0.0.1", ACCESS))),
        device("camera", "10.0.0.3", port(CAMERA)),
    )
    assert hung(found) == [("core", "Vlanif10", "camera", (Witness.ARP,))]


def test_mac_table_confirms_a_link_that_one_end_hears() -> None:
    hears = Neighbours((Neighbour("GE0/0/9", "lldp", "server", None, "eth0"),))
    (link,) = told(
        device("access", "10.0.0.2", hears, learns(("GE0/0/9", CAMERA))), device("server", "10.0.0.3", port(CAMERA))
    )
    assert (link.mutual, link.seen) == (False, (Witness.NEIGHBOUR, Witness.MAC))


def test_same_links_whatever_the_order() -> None:
    devices = [
        device("core", "10.0.0.1", learns(("GE0/0/1", CAMERA), ("GE0/0/1", PRINTER))),
        device("access", "10.0.0.2", learns(("GE0/0/9", CAMERA), ("GE0/0/8", PRINTER))),
        device("camera", "10.0.0.3", port(CAMERA)),
        device("printer", "10.0.0.4", port(PRINTER)),
    ]
    assert set(hung(told(*devices))) == set(hung(told(*reversed(devices))))
