"""What tells of addresses: tables of devices, next hops, EUI-64 on the link where a MAC was seen."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from collectors.discovery.known import in_prefixes, kernel_arp, owned, resolved, resolved_macs, told
from inventory.errors import Gap, Missing
from inventory.facts import (
    Address,
    Addresses,
    DefaultRoute,
    Fact,
    Interface,
    Interfaces,
    Neighbour,
    Neighbours,
    ResolvedAddress,
    ResolvedAddresses,
    Routes,
)
from inventory.sightings import Owner, Standing
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State

NOW = datetime(2026, 11, 25, tzinfo=UTC)
MAC = "00:e0:fc:12:34:56"
ARP = """\
IP address       HW type     Flags       HW address            Mask     Device
10.0.0.1         0x1         0x2         00:e0:fc:12:34:56     *        eth0
10.0.0.2         0x1         0x0         00:00:00:00:00:00     *        eth0
nonsense
"""


def network(**facts: Fact | Missing) -> MemoryNetwork:
    record = DeviceRecord("core", "10.0.0.254", State.ANSWERED, NOW, site="centre")
    return MemoryNetwork([Snapshot(record, {type(f) if isinstance(f, Fact) else Routes: f for f in facts.values()})])


def test_every_table_tells_of_its_addresses() -> None:
    core = network(
        own=Addresses((Address("Vlanif1", IPv4Interface("10.0.0.254/24")),)),
        heard=Neighbours((Neighbour("GE0/0/1", "lldp", "a", None, None, addresses=(ip_address("10.0.0.3"),)),)),
        table=ResolvedAddresses(
            (
                ResolvedAddress(ip_address("10.0.0.4"), MAC, "Vlanif1"),
                ResolvedAddress(ip_address("fd00::4"), None, "Vlanif1"),
            )
        ),
        routes=Routes(1, 1, 0, (DefaultRoute(4, ip_address("10.0.0.5")), DefaultRoute(6, None))),
    )
    assert {(str(ip), word) for ip, word in told(core)} == {
        ("10.0.0.254", "interface"), ("10.0.0.3", "lldp"), ("10.0.0.4", "arp"), ("fd00::4", "nd"),
        ("10.0.0.5", "next-hop"),
    }  # fmt: skip
    assert resolved(core) == {ip_address("10.0.0.4"): MAC}
    assert owned(core) == {ip_address("10.0.0.254"): Owner(Standing.INTERFACE, "core", "centre")}


def test_missing_tables_tell_nothing() -> None:
    assert list(told(network(routes=Missing(Gap.UNREACHABLE)))) == []


def test_eui64_is_tried_on_the_link_where_the_mac_was_seen_and_on_no_other() -> None:
    """RFC 4291 appendix A; link-local prefixes and such as are no /64 give none, virtual routers' MACs neither."""
    core = network(
        own=Addresses(
            (
                Address("Vlanif1", IPv6Interface("fd00:0:0:1::1/64")),
                Address("Vlanif1", IPv6Interface("fe80::1/64")),
                Address("Vlanif2", IPv6Interface("fd00:0:0:2::1/64")),
                Address("Vlanif3", IPv6Interface("fd00:0:0:3::1/112")),
            )
        ),
        table=ResolvedAddresses(
            (
                ResolvedAddress(ip_address("10.0.0.4"), MAC, "Vlanif1"),
                ResolvedAddress(ip_address("10.0.3.4"), MAC, "Vlanif3"),
                ResolvedAddress(ip_address("10.0.0.9"), "00:00:5e:00:01:05", "Vlanif1"),
            )
        ),
        ports=Interfaces((Interface("Vlanif2", mac="00:e0:fc:00:00:01"),)),
    )
    derived = {str(ip) for ip, word in told(core) if word == "eui-64"}
    assert derived == {"fd00::1:2e0:fcff:fe12:3456", "fd00::2:2e0:fcff:fe00:1"}


def test_named_prefixes_are_tried_with_every_mac() -> None:
    prefixes = [ip_network("fd00:0:0:7::/64"), ip_network("fd00::/48")]
    found = [(str(ip), word) for ip, word in in_prefixes([MAC, MAC, "02:00:00:00:00:01"], prefixes)]
    assert found == [("fd00::7:2e0:fcff:fe12:3456", "eui-64")]


def test_macs_of_hosts_with_one_address_are_all_known() -> None:
    """As sites have that number their insides alike."""
    seen = [(f"r{n}", f"00:e0:fc:12:34:5{n}") for n in (1, 2)]
    tables = [
        Snapshot(
            DeviceRecord(name, f"10.0.{name[1:]}.254", State.ANSWERED, NOW),
            {ResolvedAddresses: ResolvedAddresses((ResolvedAddress(ip_address("192.168.1.2"), mac, "Vlanif1"),))},
        )
        for name, mac in seen
    ]
    assert resolved_macs(MemoryNetwork(tables)) == {mac for _, mac in seen}


def test_arp_of_this_machine_is_read() -> None:
    assert kernel_arp(ARP) == {ip_address("10.0.0.1"): MAC}
    assert isinstance(kernel_arp(), dict)


@given(st.text(max_size=300))
def test_any_text_is_an_arp_table_of_something_or_nothing(text: str) -> None:
    kernel_arp(ARP + text)
