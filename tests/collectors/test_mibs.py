"""Facts out of MIB tables as real agents fill them: system, interfaces, addresses, entities."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface

import pytest
from mib_objects import A4, A6, IF, IFX, MAC, NOW, PORTS, V6, Objects, told

from collectors.base import Oid, SnmpValue
from inventory.errors import Gap, Missing
from inventory.facts import (
    Address,
    Addresses,
    Banner,
    Counter,
    Counters,
    Entities,
    Entity,
    Fact,
    Forwarding,
    Interface,
    Interfaces,
    LearnedMacs,
    Listeners,
    Neighbours,
    OperatingSystem,
    ResolvedAddresses,
    Routes,
    RunningServices,
    Sensors,
    Software,
    Storages,
    SystemGroup,
)


@pytest.mark.parametrize(
    "kind",
    [
        Addresses, Counters, Entities, Forwarding, Interfaces, LearnedMacs, Listeners, Neighbours, OperatingSystem,
        ResolvedAddresses, Routes, RunningServices, Sensors, Software, Storages, SystemGroup,
    ],
)  # fmt: skip
def test_agent_without_the_mib_does_not_say_that_there_is_nothing(kind: type[Fact]) -> None:
    fact = told(kind, {"1.3.6.1.4.1.9999.1.0": 1})
    assert isinstance(fact, Missing)
    assert fact.gap is Gap.UNREAD
    assert fact.why


def test_what_no_mib_tells_is_unread() -> None:
    assert told(Banner, PORTS) == Missing(Gap.UNREAD, "no MIB tells Banner")


# -- system ----------------------------------------------------------------------------------------------------------


def test_system_group() -> None:
    fact = told(
        SystemGroup,
        {
            "1.3.6.1.2.1.1.1.0": "S5735 华为\r\nV200R019".encode("gbk"), "1.3.6.1.2.1.1.2.0": Oid("1.3.6.1.4.1.2011.2"),
            "1.3.6.1.2.1.1.3.0": 12345, "1.3.6.1.2.1.1.4.0": b"", "1.3.6.1.2.1.1.5.0": b"sw-1",
            "1.3.6.1.2.1.1.6.0": "一号机房".encode(), "1.3.6.1.2.1.1.7.0": 78,
            "1.3.6.1.6.3.10.2.1.1.0": b"\x80\x00\x07\xdb\x03",
        },
    )  # fmt: skip
    assert fact == SystemGroup(
        "S5735 华为\nV200R019", "1.3.6.1.4.1.2011.2", "sw-1", "一号机房", None, 123.45, 78, "800007db03"
    )
    assert isinstance(fact, SystemGroup)
    assert fact.evidence.source == "SNMP SNMPv2-MIB::system"
    assert fact.evidence.taken_at == NOW


@pytest.mark.parametrize(
    ("objects", "expected"),
    [
        ({"1.3.6.1.2.1.4.1.0": 1}, Forwarding(True, None)),
        ({"1.3.6.1.2.1.4.1.0": 2, "1.3.6.1.2.1.4.25.0": 1}, Forwarding(False, True)),
        ({"1.3.6.1.2.1.4.25.0": 2, "1.3.6.1.2.1.55.1.1.0": 1}, Forwarding(None, False)),  # the newer MIB wins
        ({"1.3.6.1.2.1.55.1.1.0": 1}, Forwarding(None, True)),
        ({"1.3.6.1.2.1.4.1.0": 0}, Forwarding(None, None)),  # no value of the MIB
    ],
)
def test_forwarding(objects: Objects, expected: Forwarding) -> None:
    assert told(Forwarding, objects) == expected


@pytest.mark.parametrize(
    ("descr", "kernel", "machine"),
    [
        (b"Linux srv 5.10.0-136.el7.x86_64 #1 SMP Fri x86_64", "5.10.0-136.el7.x86_64", "x86_64"),
        (b"Linux kylin 4.19.90-52.ky10.aarch64 #1 SMP Tue aarch64 aarch64", "4.19.90-52.ky10.aarch64", "aarch64"),
        (b"Linux loong 4.19.0-19-loongson-3 #1 SMP loongarch64", "4.19.0-19-loongson-3", "loongarch64"),
    ],
)  # fmt: skip
def test_operating_system_of_a_linux_agent(descr: bytes, kernel: str, machine: str) -> None:
    assert told(OperatingSystem, {"1.3.6.1.2.1.1.1.0": descr}) == OperatingSystem(None, None, kernel, machine)


# -- interfaces ------------------------------------------------------------------------------------------------------


def test_interface_with_everything() -> None:
    row: Objects = {
        f"{IF}.1.1": 1, f"{IF}.2.1": b"GigabitEthernet0/0/1", f"{IF}.3.1": 6, f"{IF}.4.1": 1500,
        f"{IF}.5.1": 1_000_000_000,
        f"{IF}.6.1": MAC, f"{IF}.7.1": 1, f"{IF}.8.1": 2, f"{IF}.9.1": 4200, f"{IFX}.1.1": b"GE0/0/1",
        f"{IFX}.15.1": 1000, f"{IFX}.18.1": "上联核心".encode(), "1.3.6.1.2.1.10.7.2.1.19.1": 3,
        "1.2.840.10006.300.43.1.2.1.1.13.1": 40, f"{IF}.2.40": b"Eth-Trunk1", "1.3.6.1.2.1.4.30.1.5.1": 1,
    }  # fmt: skip
    fact = told(Interfaces, row)
    assert isinstance(fact, Interfaces)
    first = fact.items[0]
    assert first == Interface(
        "GigabitEthernet0/0/1", 1, "上联核心", "ethernetCsmacd", 1000.0, "full", 1500, admin_up=True, oper_up=False,
        mac="00:1a:2b:3c:4d:5e", last_change_s=42.0, aggregate="Eth-Trunk1", ipv6_enabled=True, present=first.present,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "kind"), [(6, "ethernetCsmacd"), (33, "rs232"), (246, "ifPwType"), (247, "ilan"), (2200, "ifType 2200")]
)
def test_kind_of_an_interface_as_the_registry_names_it(number: int, kind: str) -> None:
    fact = told(Interfaces, {f"{IF}.2.1": b"x1", f"{IF}.3.1": number})
    assert isinstance(fact, Interfaces)
    assert fact.items[0].kind == kind


@pytest.mark.parametrize(
    ("objects", "mbps"),
    [
        ({f"{IF}.5.1": 100_000_000}, 100.0),
        ({f"{IF}.5.1": 64_000}, 0.064),
        ({f"{IF}.5.1": 4_294_967_295}, None),  # too fast for ifSpeed, and nothing else told
        ({f"{IF}.5.1": 4_294_967_295, f"{IFX}.15.1": 10_000}, 10_000.0),
        ({f"{IF}.5.1": 1_000_000_000, f"{IFX}.15.1": 0}, 1000.0),
        ({f"{IF}.5.1": 0, f"{IFX}.15.1": 0}, None),  # no speed is no speed of 0
        ({f"{IF}.5.1": 4_294_967_295, f"{IFX}.15.1": 4294}, None),  # reckoned from the ceiling
        ({f"{IF}.5.1": -1}, None),
        ({}, None),
    ],
)
def test_speed_of_an_interface(objects: Objects, mbps: float | None) -> None:
    fact = told(Interfaces, {f"{IF}.2.1": b"x1"}, objects)
    assert isinstance(fact, Interfaces)
    assert fact.items[0].speed_mbps == mbps


@pytest.mark.parametrize(
    ("descr", "name", "full"),
    [
        (b"GigabitEthernet1/0/1", b"Gi1/0/1", "GigabitEthernet1/0/1"),
        (b"Ten-GigabitEthernet1/0/49", b"XGE1/0/49", "Ten-GigabitEthernet1/0/49"),  # other first letters
        (b"Intel Corporation 82540EM", b"eth0", "eth0"),
        (b"", b"eth0", "eth0"),
        (b"Vlanif10", b"", "Vlanif10"),
        (b"", b"", "ifIndex 1"),
        (b"  ", b"\0", "ifIndex 1"),
    ],
)
def test_name_of_an_interface(descr: bytes, name: bytes, full: str) -> None:
    fact = told(Interfaces, {f"{IF}.2.1": descr, f"{IFX}.1.1": name})
    assert isinstance(fact, Interfaces)
    if full != "Ten-GigabitEthernet1/0/49":
        assert fact.items[0].name == full
    else:
        assert fact.items[0].name.endswith("1/0/49")


def test_rows_of_the_extension_alone_are_interfaces_and_beside_iftable_none() -> None:
    alone = told(Interfaces, {f"{IFX}.1.1": b"eth0", f"{IFX}.1.2": b"eth1"})
    beside = told(Interfaces, {f"{IF}.2.1": b"eth0", f"{IFX}.1.1": b"eth0", f"{IFX}.1.9": b"ghost"})
    assert isinstance(alone, Interfaces)
    assert isinstance(beside, Interfaces)
    assert [i.name for i in alone.items] == ["eth0", "eth1"]
    assert [i.name for i in beside.items] == ["eth0"]


def test_aggregation_attached_to_itself_or_to_nothing_is_none() -> None:
    attached = "1.2.840.10006.300.43.1.2.1.1.13"
    fact = told(Interfaces, PORTS, {f"{attached}.1": 1, f"{attached}.7": 99})
    assert isinstance(fact, Interfaces)
    assert [i.aggregate for i in fact.items] == [None, None]


def test_counters_of_64_bits_where_both_directions_have_them() -> None:
    fact = told(
        Counters, PORTS,
        {
            f"{IF}.10.1": 5, f"{IF}.16.1": 6, f"{IFX}.6.1": 2**40, f"{IFX}.10.1": 2**41, f"{IF}.14.1": 1,
            f"{IF}.20.1": 2, f"{IF}.13.1": 3, f"{IF}.19.1": 4, f"{IF}.10.7": 7, f"{IF}.16.7": 8, f"{IFX}.6.7": 9,
            "1.3.6.1.2.1.1.3.0": 100,
        },
    )  # fmt: skip
    assert fact == Counters(
        (
            Counter("GigabitEthernet0/0/1", 2**40, 2**41, 1, 2, 3, 4, 64),
            Counter("Vlanif10", 7, 8, bits=32),  # one direction of 64 bits is no pair
        ),
        1.0,
    )


# -- addresses -------------------------------------------------------------------------------------------------------

NEW = "1.3.6.1.2.1.4.34.1"
OLD = "1.3.6.1.2.1.4.20.1"
SIX = "1.3.6.1.2.1.55.1.8.1"
PREFIX4 = Oid("1.3.6.1.2.1.4.32.1.5.7.1.4.10.0.0.0.24")
PREFIX6 = Oid("1.3.6.1.2.1.4.32.1.5.7.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.0.64")


def addresses_of(*objects: Objects) -> tuple[Address, ...]:
    fact = told(Addresses, PORTS, *objects)
    assert isinstance(fact, Addresses)
    return fact.items


@pytest.mark.parametrize(
    ("said", "object_id"),
    [
        (Oid("1.3.6.1.4.1.232.165.11"), "1.3.6.1.4.1.232.165.11"),
        (b".1.3.6.1.4.1.232.165.11", "1.3.6.1.4.1.232.165.11"),  # an OCTET STRING, as some agents send it
        (IPv4Address("1.3.6.1"), "1.3.6.1"),
        (b"1.3.6.1.4.1.x", None),
        (b"", None),
        (7, None),
    ],
)
def test_object_id_as_agents_send_it(said: SnmpValue, object_id: str | None) -> None:
    fact = told(SystemGroup, {"1.3.6.1.2.1.1.2.0": said, "1.3.6.1.2.1.1.5.0": b"pdu"})
    assert isinstance(fact, SystemGroup)
    assert fact.sys_object_id == object_id


def test_addresses_of_the_new_table() -> None:
    assert addresses_of(
        {
            f"{NEW}.3.{A4}": 7, f"{NEW}.4.{A4}": 1, f"{NEW}.5.{A4}": PREFIX4, f"{NEW}.6.{A4}": 2, f"{NEW}.7.{A4}": 1,
            f"{NEW}.3.{A6}": 7, f"{NEW}.5.{A6}": PREFIX6, f"{NEW}.6.{A6}": 6, f"{NEW}.7.{A6}": 7,
            f"{NEW}.3.1.4.10.0.0.255": 7, f"{NEW}.4.1.4.10.0.0.255": 3,  # the broadcast address of the network
        }
    ) == (
        Address("Vlanif10", IPv4Interface("10.0.0.1/24"), True, "manual", "preferred"),
        Address("Vlanif10", IPv6Interface("2001:db8::1/64"), True, "random", "duplicate"),
    )  # fmt: skip


def test_addresses_of_the_old_tables() -> None:
    assert addresses_of(
        {
            f"{OLD}.1.10.0.0.1": IPv4Address("10.0.0.1"), f"{OLD}.2.10.0.0.1": 7,
            f"{OLD}.3.10.0.0.1": IPv4Address("255.255.255.0"),
            f"{SIX}.2.7.{V6}": 64, f"{SIX}.5.7.{V6}": 1,
        }
    ) == (
        Address("Vlanif10", IPv4Interface("10.0.0.1/24")),
        Address("Vlanif10", IPv6Interface("2001:db8::1/64"), True, None, "preferred"),
    )  # fmt: skip


def test_one_address_in_two_tables_is_one_with_all_that_is_told() -> None:
    """The new table knows origin and state and often no prefix; the old one knows the mask."""
    assert addresses_of(
        {
            f"{NEW}.3.{A4}": 7, f"{NEW}.5.{A4}": Oid("0.0"), f"{NEW}.6.{A4}": 4, f"{NEW}.7.{A4}": 1,
            f"{OLD}.2.10.0.0.1": 7, f"{OLD}.3.10.0.0.1": IPv4Address("255.255.255.128"),
        }
    ) == (Address("Vlanif10", IPv4Interface("10.0.0.1/25"), True, "dhcp", "preferred"),)  # fmt: skip


def test_addresses_of_makers_own_tables() -> None:
    """Cisco's is a draft of the standard one; TP-Link's tells the interface by name. Nobody else is asked for them."""
    cisco, tplink = "1.3.6.1.4.1.9.10.86.1.1.2.1", "1.3.6.1.4.1.11863.6.50.1.1.1"
    rows: Objects = {
        f"{cisco}.3.{A6}": 7, f"{cisco}.4.{A6}": 1, f"{cisco}.5.{A6}": PREFIX6,
        f"{tplink}.2.7.2.1.{V6}": b"VLAN10", f"{tplink}.4.7.2.1.{V6}": IPv6Address("2001:db8::1").packed,
        f"{tplink}.5.7.2.1.{V6}": 64,
    }  # fmt: skip
    maker = "1.3.6.1.2.1.1.2.0"
    assert addresses_of({maker: Oid("1.3.6.1.4.1.9.1.1")}, rows) == (
        Address("Vlanif10", IPv6Interface("2001:db8::1/64"), True),
    )
    assert addresses_of({maker: Oid("1.3.6.1.4.1.11863.5.1")}, rows) == (
        Address("VLAN10", IPv6Interface("2001:db8::1/64"), True),
    )
    assert isinstance(told(Addresses, PORTS, {maker: Oid("1.3.6.1.4.1.2011.2.1")}, rows), Missing)


def test_address_where_only_the_prefix_table_has_it() -> None:
    """A prefix has no bits behind its length (RFC 4293): a row with such bits is the interface's own address."""
    prefixes = "1.3.6.1.2.1.4.32.1.5.7"
    assert addresses_of({f"{prefixes}.{A6}.64": 2, f"{prefixes}.1.4.10.0.0.0.24": 2, f"{prefixes}.{A4}.32": 2}) == (
        Address("Vlanif10", IPv6Interface("2001:db8::1/64")),
    )


def test_addresses_of_indexes_that_agents_get_wrong() -> None:
    """The interface put before the address, the address spelled out with its length."""
    spelled = ".".join(str(ord(c)) for c in "2001:db8::1/64")
    assert addresses_of({f"{OLD}.2.7.10.0.0.1": 7, f"{OLD}.3.7.10.0.0.1": IPv4Address("255.255.255.0")}) == (
        Address("Vlanif10", IPv4Interface("10.0.0.1/24")),
    )
    assert addresses_of({f"{SIX}.2.7.{spelled}": 64}) == (Address("Vlanif10", IPv6Interface("2001:db8::1/64")),)
    no_address = ".".join(str(ord(c)) for c in "2001:db8::no/64")
    assert isinstance(told(Addresses, PORTS, {f"{SIX}.2.7.{no_address}": 64}), Missing)


@pytest.mark.parametrize("mask", [IPv4Address("255.0.255.0"), IPv4Address("0.0.0.0"), 24, None])
def test_mask_that_is_none_leaves_the_prefix_unknown(mask: SnmpValue) -> None:
    (only,) = addresses_of({f"{OLD}.2.10.0.0.1": 7, f"{OLD}.3.10.0.0.1": mask})
    assert only == Address("Vlanif10", IPv4Interface("10.0.0.1/32"), prefix_known=False)


def test_link_local_address_of_two_interfaces_is_two() -> None:
    v6 = ".".join(map(str, IPv6Address("fe80::1").packed))
    found = addresses_of({f"{SIX}.2.1.{v6}": 10, f"{SIX}.2.7.{v6}": 10})
    assert {a.interface for a in found} == {"GigabitEthernet0/0/1", "Vlanif10"}


def test_address_of_an_interface_nobody_lists_keeps_its_address() -> None:
    (only,) = addresses_of({f"{OLD}.2.10.0.0.1": 99, f"{OLD}.3.10.0.0.1": IPv4Address("255.255.255.0")})
    assert only == Address(None, IPv4Interface("10.0.0.1/24"))


def test_entities() -> None:
    entry = "1.3.6.1.2.1.47.1.1.1.1"
    values: dict[int, SnmpValue] = {
        2: b"S5735 chassis", 4: 0, 5: 3, 7: b"chassis 1", 8: b"VER.B", 9: b"fw", 10: b"V200R019",
        11: b"2102352", 12: b"Huawei", 13: b"S5735-L24", 16: 1,
    }  # fmt: skip
    fact = told(
        Entities, {f"{entry}.{n}.67108867": value for n, value in values.items()}, {f"{entry}.2.1.2": b"no row"}
    )
    assert fact == Entities(
        (
            Entity(
                67108867, 0, "chassis", "chassis 1", "S5735 chassis", "S5735-L24", "2102352", "VER.B", "fw", "V200R019",
                "Huawei", True,
            ),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("descr", "processor"),
    [
        (b"HygonGenuine: Hygon C86 7285 32-core Processor", "HygonGenuine: Hygon C86 7285 32-core Processor"),
        (b"An electronic chip that makes the computer work.", None),
        (b"", None),
    ],
)
def test_processor_is_that_of_the_first_processor_row(descr: bytes, processor: str | None) -> None:
    """hrDeviceTable holds disks and network cards as well."""
    devices = "1.3.6.1.2.1.25.3"
    objects = {
        "1.3.6.1.2.1.1.1.0": b"Linux srv 5.10.0-136.x86_64 #1 SMP Fri x86_64",
        f"{devices}.2.1.2.1": Oid(f"{devices}.1.6"),
        f"{devices}.2.1.3.1": b"SCSI disk (/dev/sda)",
        f"{devices}.2.1.2.196608": Oid(f"{devices}.1.3"),
        f"{devices}.2.1.3.196608": descr,
    }
    found = told(OperatingSystem, objects)
    assert isinstance(found, OperatingSystem)
    assert found.processor == processor
