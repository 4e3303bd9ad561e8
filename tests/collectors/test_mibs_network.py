"""Facts out of MIB tables as real agents fill them: neighbours, learned addresses, routes, hosts."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from mib_objects import A4, A6, IF, MAC, PORTS, V6, Objects, told

from collectors.base import Oid, SnmpValue
from inventory.facts import (
    DefaultRoute,
    LearnedMac,
    LearnedMacs,
    Listener,
    Listeners,
    Neighbour,
    Neighbours,
    ResolvedAddress,
    ResolvedAddresses,
    Routes,
    Software,
    Storage,
    Storages,
)

# -- neighbours ------------------------------------------------------------------------------------------------------

REM, REM_IP = "1.0.8802.1.1.2.1.4.1.1", "1.0.8802.1.1.2.1.4.2.1"
LOC, CHASSIS = "1.0.8802.1.1.2.1.3.7.1", "1.0.8802.1.1.2.1.3.2.0"


def neighbours_of(*objects: Objects) -> tuple[Neighbour, ...]:
    fact = told(Neighbours, PORTS, *objects)
    assert isinstance(fact, Neighbours)
    return fact.items


def remote(index: str, root: str = REM, shift: int = 0) -> Objects:
    values: tuple[SnmpValue, ...] = (4, MAC, 5, b"GE0/0/24", b"to access", b"core-1", b"S12700")
    return {f"{root}.{n + shift}.{index}": value for n, value in enumerate(values, 4)}


def test_lldp_neighbour_with_its_addresses() -> None:
    assert neighbours_of(
        remote("0.1.5"),
        {f"{REM_IP}.3.0.1.5.1.4.10.0.0.2": 2, f"{REM_IP}.3.0.1.5.2.16.{V6}": 2, f"{REM_IP}.3.0.7.9.1.4.10.9.9.9": 2},
    ) == (
        Neighbour(
            "GigabitEthernet0/0/1", "lldp", "core-1", "00:1a:2b:3c:4d:5e", "GE0/0/24", "to access", "S12700",
            (IPv4Address("10.0.0.2"), IPv6Address("2001:db8::1")),
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    "local",
    [
        {f"{LOC}.2.33": 5, f"{LOC}.3.33": b"GE0/0/1"},  # by interface name
        {f"{LOC}.2.33": 7, f"{LOC}.3.33": b"1"},  # by a number that is an ifIndex
        {f"{LOC}.2.33": 3, f"{LOC}.3.33": MAC, f"{LOC}.4.33": b"GigabitEthernet0/0/1"},  # by its description
        {f"{LOC}.2.33": 3, f"{LOC}.3.33": MAC, f"{IF}.6.1": MAC},  # by a MAC only this port has
    ],
)
def test_local_port_number_is_no_ifindex(local: Objects) -> None:
    (only,) = neighbours_of(remote("0.33.5"), local)
    assert only.interface == "GigabitEthernet0/0/1"


def test_neighbours_of_the_second_lldp_mib() -> None:
    (only,) = neighbours_of(
        remote("0.7.1.5", "1.3.111.2.802.1.1.13.1.4.1.1", shift=1), {"1.3.111.2.802.1.1.13.1.3.2.0": MAC}
    )
    assert (only.interface, only.name, only.port) == ("Vlanif10", "core-1", "GE0/0/24")


@pytest.mark.parametrize(
    ("kind", "octets", "shown"),
    [
        (4, MAC, "00:1a:2b:3c:4d:5e"),
        (5, b"\x01\x0a\x00\x00\x02", "10.0.0.2"),
        (7, "机柜三".encode("gbk"), "机柜三"),
        (4, b"not a mac", "not a mac"),
    ],
)
def test_chassis_id_as_its_subtype_says(kind: int, octets: bytes, shown: str) -> None:
    (only,) = neighbours_of(remote("0.1.5") | {f"{REM}.4.0.1.5": kind, f"{REM}.5.0.1.5": octets})
    assert only.chassis_id == shown


def test_cdp_neighbour() -> None:
    cache = "1.3.6.1.4.1.9.9.23.1.2.1.1"
    assert neighbours_of(
        {
            "1.3.6.1.4.1.9.9.23.1.3.1.0": 1, f"{cache}.3.1.1": 1, f"{cache}.4.1.1": b"\x0a\x00\x00\x02",
            f"{cache}.5.1.1": b"IOS 15.2", f"{cache}.6.1.1": b"sw-2", f"{cache}.7.1.1": b"Gi0/2",
            f"{cache}.8.1.1": b"WS-C2960",
        }
    ) == (
        Neighbour(
            "GigabitEthernet0/0/1", "cdp", "sw-2", None, "Gi0/2", None, "WS-C2960 IOS 15.2", (IPv4Address("10.0.0.2"),)
        ),
    )  # fmt: skip


LLDP, CDP = "LLDP-MIB::lldpRemTable", "CISCO-CDP-MIB::cdpCacheTable"
HEARD_BY_CDP: Objects = {"1.3.6.1.4.1.9.9.23.1.3.1.0": 1, "1.3.6.1.4.1.9.9.23.1.2.1.1.6.1.1": b"sw-2"}


@pytest.mark.parametrize(
    ("objects", "tables"),
    [
        (remote("0.1.5"), LLDP),
        (HEARD_BY_CDP, CDP),
        (remote("0.1.5") | HEARD_BY_CDP, f"{LLDP}, {CDP}"),
        ({CHASSIS: MAC}, LLDP),
    ],
)
def test_evidence_names_the_tables_that_tell(objects: Objects, tables: str) -> None:
    fact = told(Neighbours, PORTS, objects)
    assert isinstance(fact, Neighbours)
    assert fact.evidence.source == f"SNMP {tables}"


def test_device_that_speaks_and_hears_nobody_has_no_neighbours() -> None:
    assert neighbours_of({CHASSIS: MAC}) == ()


# -- learned addresses -----------------------------------------------------------------------------------------------


def test_arp_and_nd_of_the_new_and_the_old_tables() -> None:
    new, media = "1.3.6.1.2.1.4.35.1", "1.3.6.1.2.1.4.22.1.2"
    fact = told(
        ResolvedAddresses, PORTS,
        {
            f"{new}.4.7.{A4}": MAC, f"{new}.6.7.{A4}": 3, f"{new}.7.7.{A4}": 2, f"{new}.4.7.{A6}": MAC,
            f"{new}.6.7.{A6}": 4,
            f"{media}.7.10.0.0.1": b"\xff" * 6, f"{media}.7.10.0.0.9": MAC,
        },
    )  # fmt: skip
    assert fact == ResolvedAddresses(
        (
            ResolvedAddress(IPv4Address("10.0.0.1"), "00:1a:2b:3c:4d:5e", "Vlanif10", "stale"),
            ResolvedAddress(IPv6Address("2001:db8::1"), "00:1a:2b:3c:4d:5e", "Vlanif10", "static"),
            ResolvedAddress(IPv4Address("10.0.0.9"), "00:1a:2b:3c:4d:5e", "Vlanif10", None),
        )
    )


BRIDGE: Objects = {"1.3.6.1.2.1.17.1.4.1.2.3": 1}
LEARNED = "00:1a:2b:3c:4d:5e"


@pytest.mark.parametrize(
    ("vlans", "vlan"),
    [
        ({}, 10),  # the FDB id is taken for the VLAN where nothing else is told
        ({"1.3.6.1.2.1.17.7.1.4.2.1.3.0.200": 10}, 200),
        ({"1.3.6.1.2.1.17.7.1.4.2.1.3.0.200": 10, "1.3.6.1.2.1.17.7.1.4.2.1.3.0.201": 10}, None),  # shared learning
    ],
)
def test_macs_learned_in_a_vlan(vlans: Objects, vlan: int | None) -> None:
    fact = told(LearnedMacs, PORTS, BRIDGE, {"1.3.6.1.2.1.17.7.1.2.2.1.2.10.0.26.43.60.77.94": 3}, vlans)
    assert fact == LearnedMacs((LearnedMac(LEARNED, vlan, "GigabitEthernet0/0/1"),))


def test_macs_learned_without_vlans_and_none_at_all() -> None:
    flat = told(LearnedMacs, PORTS, BRIDGE, {"1.3.6.1.2.1.17.4.3.1.2.0.26.43.60.77.94": 3})
    assert flat == LearnedMacs((LearnedMac(LEARNED, None, "GigabitEthernet0/0/1"),))
    assert isinstance(flat, LearnedMacs)
    assert flat.evidence.source == "SNMP BRIDGE-MIB::dot1dTpFdbTable"
    assert told(LearnedMacs, PORTS, BRIDGE) == LearnedMacs(())


# -- routes ----------------------------------------------------------------------------------------------------------

CIDR = "1.3.6.1.2.1.4.24.7.1"
VIA4 = "1.4.0.0.0.0.0.2.0.0.1.4.10.0.0.254"
VIA6 = f"2.16{'.0' * 16}.0.2.0.0.2.16.254.128{'.0' * 13}.1"


def test_routes_of_both_families_with_their_defaults() -> None:
    local6 = f"2.16.{V6}.64.2.0.0.2.16{'.0' * 16}"
    fact = told(
        Routes, PORTS,
        {
            "1.3.6.1.2.1.4.24.6.0": 3, f"{CIDR}.7.{VIA4}": 7, f"{CIDR}.9.{VIA4}": 3, f"{CIDR}.7.{VIA6}": 7,
            f"{CIDR}.9.{VIA6}": 13, f"{CIDR}.9.{local6}": 2,
        },
    )  # fmt: skip
    assert fact == Routes(
        1, 2, 1,
        (
            DefaultRoute(4, IPv4Address("10.0.0.254"), "Vlanif10", "static"),
            DefaultRoute(6, IPv6Address("fe80::1"), "Vlanif10", "ospf"),
        ),
    )  # fmt: skip


def test_routes_that_are_many_are_counted_by_the_agent() -> None:
    fact = told(Routes, {"1.3.6.1.2.1.4.24.6.0": 900_000, "1.3.6.1.2.1.4.24.3.0": 700_000})
    assert fact == Routes(700_000, 200_000, None)


def test_default_route_of_the_oldest_table() -> None:
    assert told(Routes, {"1.3.6.1.2.1.4.21.1.7.0.0.0.0": IPv4Address("10.0.0.254")}) == Routes(
        None, None, None, (DefaultRoute(4, IPv4Address("10.0.0.254")),)
    )


# -- hosts -----------------------------------------------------------------------------------------------------------


def test_storage_in_octets_with_sizes_that_wrapped() -> None:
    entry = "1.3.6.1.2.1.25.2.3.1"
    fact = told(
        Storages,
        {
            f"{entry}.2.1": Oid("1.3.6.1.2.1.25.2.1.4"), f"{entry}.3.1": b"/", f"{entry}.4.1": 4096, f"{entry}.5.1": -1,
            f"{entry}.6.1": 10, f"{entry}.2.2": Oid("1.3.6.1.2.1.25.2.1.2"), f"{entry}.3.2": b"", f"{entry}.4.2": 0,
            f"{entry}.5.2": 5,
        },
    )  # fmt: skip
    assert fact == Storages(
        (Storage("/", "fixedDisk", 4096 * (2**32 - 1), 40960), Storage("hrStorage 2", "ram", None, None))
    )


def test_software_of_package_managers_and_of_none() -> None:
    names = [b"bash_5.2.15-2_amd64", b"kernel-5.10.0-136.oe2203.x86_64", "杀毒软件 3.0".encode("gbk"), b""]
    fact = told(Software, {f"1.3.6.1.2.1.25.6.3.1.2.{n}": name for n, name in enumerate(names, 1)})
    assert fact == Software((("bash", "5.2.15-2"), ("kernel", "5.10.0-136.oe2203"), ("杀毒软件 3.0", None)))


def test_listeners_of_the_new_tables_with_their_programs() -> None:
    tcp, udp, run = "1.3.6.1.2.1.6.20.1.4", "1.3.6.1.2.1.7.7.1.8", "1.3.6.1.2.1.25.4.2.1.2"
    fact = told(
        Listeners,
        {
            f"{tcp}.1.4.0.0.0.0.22": 700, f"{tcp}.2.16{'.0' * 16}.22": 700, f"{tcp}.1.4.127.0.0.1.25": 0,
            f"{tcp}.0.0.80": 1, f"{udp}.1.4.0.0.0.0.161.0.0.0.0.1": 900, f"{run}.700": b"sshd",
        },
    )  # fmt: skip
    assert fact == Listeners(
        (
            Listener("tcp", 80, None, None),
            Listener("tcp", 22, None, 4, "sshd"),
            Listener("tcp", 25, IPv4Address("127.0.0.1"), 4),
            Listener("tcp", 22, None, 6, "sshd"),
            Listener("udp", 161, None, 4),
        )
    )


def test_listeners_of_the_old_tables() -> None:
    state = "1.3.6.1.2.1.6.13.1.1"
    fact = told(
        Listeners,
        {
            f"{state}.0.0.0.0.22.0.0.0.0.0": 2, f"{state}.10.0.0.1.22.10.0.0.9.50000": 5,
            "1.3.6.1.2.1.7.5.1.1.0.0.0.0.161": IPv4Address("0.0.0.0"),
        },
    )  # fmt: skip
    assert fact == Listeners((Listener("tcp", 22, None, 4), Listener("udp", 161, None, 4)))
