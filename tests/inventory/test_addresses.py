"""Addresses, MACs and scopes: every way they are written, and what they are by the standards."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.addresses import (
    IPNetwork,
    Ipv6Class,
    Scope,
    address,
    eui64_address,
    ipv6_class,
    mac_address,
    mac_from_bytes,
    mac_vendor,
)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (" 10.0.0.1 ", IPv4Address("10.0.0.1")),
        ("[2001:db8::1]", IPv6Address("2001:db8::1")),
        ("fe80::1%GigabitEthernet0/0/1", IPv6Address("fe80::1")),
        ("::ffff:10.0.0.1", IPv6Address("::ffff:10.0.0.1")),
    ],
)
def test_addresses_are_read_as_people_write_them(written: str, meant: object) -> None:
    assert address(written) == meant


@pytest.mark.parametrize(
    "written", ["", "10.0.0", "10.0.0.256", "010.0.0.1", "10.0.0.1/24", "host", "１０.0.0.1", "::g"]
)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"does not appear|address"):
        address(written)


@pytest.mark.parametrize(
    "written",
    [
        "00:1A:2b:3c:4d:5e",
        "00-1a-2b-3c-4d-5e",
        "001a-2b3c-4d5e",
        "001a.2b3c.4d5e",
        "001A2B3C4D5E",
        "0x001a2b3c4d5e"[2:],
    ],
)
def test_macs_of_every_vendor_are_one(written: str) -> None:
    assert mac_address(written) == "00:1a:2b:3c:4d:5e"


@pytest.mark.parametrize("written", ["", "001a2b3c4d", "001a2b3c4d5e6f", "00:1a:2b:3c:4d:5g", "incomplete", "--"])
def test_what_is_no_mac_is_none(written: str) -> None:
    assert mac_address(written) is None


@given(st.binary(max_size=8))
def test_macs_of_bytes(octets: bytes) -> None:
    found = mac_from_bytes(octets)
    assert (found is not None) == (len(octets) == 6 and any(octets))
    assert found is None or mac_address(found) == found


def test_vendors_of_macs() -> None:
    assert "HUAWEI" in (mac_vendor("00:e0:fc:12:34:56") or "").upper()
    assert mac_vendor("02:00:00:00:00:01") is None  # locally administered
    assert mac_vendor("nonsense") is None


def test_eui64_is_the_modified_one() -> None:
    """RFC 4291 appendix A: the universal bit is turned over and fffe stands in the middle."""
    prefix = IPv6Network("2001:db8:0:1::/64")
    assert eui64_address(prefix, "34:56:78:9a:bc:de") == IPv6Address("2001:db8:0:1:3656:78ff:fe9a:bcde")


@pytest.mark.parametrize(
    ("ip", "kind"),
    [
        ("2400:3200::1", Ipv6Class.GLOBAL),
        ("fd12:3456::1", Ipv6Class.ULA),
        ("fc00::1", Ipv6Class.ULA),
        ("fe80::1", Ipv6Class.LINK_LOCAL),
        ("fe80::1%2", Ipv6Class.LINK_LOCAL),
        ("febf::1", Ipv6Class.LINK_LOCAL),
        ("fec0::1", Ipv6Class.SITE_LOCAL),
        ("::1", Ipv6Class.LOOPBACK),
        ("ff02::1", Ipv6Class.MULTICAST),
        ("2001:db8::1", Ipv6Class.DOCUMENTATION),
        ("3fff::1", Ipv6Class.DOCUMENTATION),
        ("2002:c000:204::1", Ipv6Class.SIX_TO_FOUR),
        ("2001::1", Ipv6Class.TEREDO),
        ("2001:1::1", Ipv6Class.GLOBAL),
        ("::ffff:192.0.2.1", Ipv6Class.MAPPED),
        ("64:ff9b::192.0.2.1", Ipv6Class.NAT64),
        ("64:ff9b:1::1", Ipv6Class.NAT64),
        ("::", Ipv6Class.OTHER),
        ("4000::1", Ipv6Class.OTHER),
    ],
)
def test_classes_of_ipv6_addresses(ip: str, kind: Ipv6Class) -> None:
    assert ipv6_class(IPv6Address(ip)) is kind


@given(st.ip_addresses(v=6))
def test_every_ipv6_address_has_a_class(ip: IPv6Address) -> None:
    assert isinstance(ipv6_class(ip), Ipv6Class)


def scope(*included: str, excluded: tuple[str, ...] = ()) -> Scope:
    return Scope([ip_network(n) for n in included], [ip_network(n) for n in excluded])


def test_scope_gives_hosts_in_order_without_network_and_broadcast() -> None:
    found = [str(ip) for ip in scope("10.0.0.0/29", "192.0.2.4/31", "192.0.2.9/32").addresses()]
    assert found == [*(f"10.0.0.{n}" for n in range(1, 7)), "192.0.2.4", "192.0.2.5", "192.0.2.9"]


def test_exclusion_takes_away_what_it_names_and_nothing_beside_it() -> None:
    """Without one address a network lies in pieces, and the pieces have no broadcast addresses."""
    found = [str(ip) for ip in scope("10.0.0.0/24", excluded=("10.0.0.7/32",)).addresses()]
    assert found == [f"10.0.0.{n}" for n in range(1, 255) if n != 7]


def test_networks_beside_and_within_each_other() -> None:
    beside = {str(ip) for ip in scope("10.0.0.0/30", "10.0.0.4/30").addresses()}
    assert beside == {"10.0.0.1", "10.0.0.2", "10.0.0.5", "10.0.0.6"}
    within = {str(ip) for ip in scope("10.0.0.0/29", "10.0.0.4/30", "10.0.0.0/32").addresses()}
    assert within == {f"10.0.0.{n}" for n in range(7)}  # a host in the wider network, or named alone


def test_exclusion_holds_whatever_wider_scope_names_it() -> None:
    found = scope("10.0.0.0/24", "10.0.0.128/25", excluded=("10.0.0.7/32", "10.0.0.192/26"))
    asked = set(found.addresses())
    assert IPv4Address("10.0.0.7") not in asked
    assert IPv4Address("10.0.0.7") not in found
    assert not asked & set(IPv4Network("10.0.0.192/26"))
    assert IPv4Address("10.0.0.100") in found


def test_scope_of_ipv6_costs_nothing_before_it_is_walked() -> None:
    wide = scope("2001:db8::/32")
    assert wide.size == 2**96
    assert [str(ip) for ip in islice(wide.addresses(), 2)] == ["2001:db8::", "2001:db8::1"]
    assert IPv6Address("2001:db8:1::1") in wide
    assert IPv4Address("10.0.0.1") not in wide


NETWORKS = st.builds(
    lambda n, size: IPv4Network((0x0A000000 | n, size), strict=False), st.integers(0, 1023), st.integers(24, 32)
)


@given(st.lists(NETWORKS, max_size=4), st.lists(NETWORKS, max_size=3))
def test_scope_never_names_what_is_excluded(included: list[IPNetwork], excluded: list[IPNetwork]) -> None:
    chosen = Scope(included, excluded)
    found = list(chosen.addresses())
    assert len(found) == len(set(found))
    assert len(found) <= chosen.size
    assert all(ip in chosen for ip in found)
    assert not any(ip in network for ip in found for network in excluded)
    assert all(any(ip in network for network in included) for ip in found)
