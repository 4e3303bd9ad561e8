"""Scopes, exclusions and the plan of a discovery: pure, and true for whatever a person may write."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.discovery.plan import Plan, names_of, planned, reached
from collectors.discovery.scopes import MOST_IPV6, Reach, networks, reach
from inventory.addresses import IPNetwork
from inventory.errors import ExitCode, InputError

MOST = 65_536


def asked(*scopes: str, exclude: tuple[str, ...] = (), within: tuple[str, ...] = ()) -> list[str]:
    return [str(ip) for ip in reach(scopes, within, exclude, MOST).addresses()]


def test_scopes_are_prefixes_addresses_and_ranges() -> None:
    assert asked("10.0.0.0/30", "10.0.1.5") == ["10.0.0.1", "10.0.0.2", "10.0.1.5"]
    assert asked("10.0.0.8-10.0.0.15") == [f"10.0.0.{n}" for n in range(8, 16)]
    assert asked(" 10.0.0.250 - 255 ") == [f"10.0.0.{n}" for n in range(250, 256)]
    assert asked("fd00::8-fd00::b") == ["fd00::8", "fd00::9", "fd00::a", "fd00::b"]


@given(st.integers(0x0A000000, 0x0A000FFF), st.integers(0, 600))
def test_range_is_every_address_from_its_first_to_its_last(first: int, count: int) -> None:
    found = asked(f"{IPv4Address(first)}-{IPv4Address(first + count)}")
    assert found == [str(IPv4Address(first + n)) for n in range(count + 1)]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("10.0.0.5/24", "10.0.0.0/24 meant"),
        ("10.0.0.9-10.0.0.3", "expected a prefix"),
        ("10.0.0.1-fd00::1", "expected a prefix"),
        ("10.0.0.0/33", "expected a prefix"),
        ("core-1", "expected a prefix"),
        ("", "expected a prefix"),
        ("10.0.0.1-", "expected a prefix"),
        ("10.0.0.1-999", "expected a prefix"),
        ("fd00::1-5", "expected a prefix"),
    ],
)
def test_what_is_no_scope_is_refused_by_name(written: str, said: str) -> None:
    for place in ({"scopes": [written]}, {"within": [written]}, {"exclude": [written]}):
        given_ = {"scopes": ["10.0.0.0/24"], "within": [], "exclude": [], **place}
        with pytest.raises(InputError) as refused:
            reach(given_["scopes"], given_["within"], given_["exclude"], MOST)
        assert refused.value.exit_code is ExitCode.BAD_INPUT
        assert said in refused.value.text.en
        assert next(iter(place)) in refused.value.text.en
        assert refused.value.text.zh != refused.value.text.en


def test_nothing_to_ask_and_too_much_of_it() -> None:
    for scopes, most, said in (
        ([], MOST, "no scope"),
        (["10.0.0.0/15"], MOST, "131072 addresses, more than 65536"),
        (["10.0.0.0/17", "10.1.0.0/17", "10.2.0.0/30"], MOST, "more than 65536"),
        (["fd00::/64"], MOST, "fd00::/64: IPv6 too wide"),
        (["fd00::/117", "fd01::/117", "fd02::/128"], MOST, "IPv6 too wide"),
    ):
        with pytest.raises(InputError, match=said):
            reach(scopes, [], [], most)
    assert sum(1 for _ in reach(["10.0.0.0/15"], [], [], 131_072).addresses()) == 131_070
    assert len(asked("fd00::/116")) == MOST_IPV6
    assert IPv6Address("fd00:1::5") in reach([], ["fd00::/16"], [], MOST)
    assert asked("10.0.0.0/15", exclude=("10.0.0.0/16",))[0] == "10.1.0.0"  # what is excluded does not count


def test_groups_broadcast_and_addresses_of_one_link_are_never_asked() -> None:
    everything = Reach([ip_network("0.0.0.0/0"), ip_network("::/0")])
    for each in (
        "224.0.0.5",
        "255.255.255.255",
        "0.0.0.0",
        "240.0.0.1",
        "ff02::1",
        "fe80::1",
        "::",
        "::ffff:224.0.0.5",
    ):
        assert ip_address(each) not in everything
    for each in ("127.0.0.1", "::1", "10.0.0.1", "2001:db8::1"):
        assert ip_address(each) in everything


EMBEDDED = "10.0.0.{} ::ffff:10.0.0.{} 64:ff9b::10.0.0.{} 64:ff9b:1::10.0.0.{} 2002:a00:{}::1 ::10.0.0.{}"


@pytest.mark.parametrize("form", [*EMBEDDED.split(), "fd00::5efe:10.0.0.{}", "2001:0:c000:201::f5ff:fff{}"])
@pytest.mark.parametrize("exclusion", ["10.0.0.7", "::ffff:10.0.0.7", "10.0.0.6-10.0.0.7", "::ffff:10.0.0.6/127"])
def test_excluded_address_is_so_in_every_way_it_can_be_written(form: str, exclusion: str) -> None:
    bounds = reach(["10.0.0.0/8"], ["::/0"], [exclusion], most=1 << 24)
    excluded, free = (ip_address(form.format(n)) for n in ((8, 0) if "f5ff" in form else (7, 8)))
    assert excluded not in bounds
    assert free in bounds
    assert excluded not in reached(bounds, [(excluded, "dns")])


NETWORKS = st.builds(
    lambda n, size: IPv4Network((0x0A000000 | n, size), strict=False), st.integers(0, 1023), st.integers(22, 32)
)


@given(
    swept=st.lists(NETWORKS, max_size=3),
    within=st.lists(NETWORKS, max_size=3),
    excluded=st.lists(NETWORKS, max_size=3),
    told=st.lists(st.integers(0x0A000000, 0x0A0007FF), max_size=20),
)
def test_no_way_to_come_upon_an_address_overrides_its_exclusion(
    swept: list[IPNetwork], within: list[IPNetwork], excluded: list[IPNetwork], told: list[int]
) -> None:
    bounds = Reach(swept, within, excluded)
    why = planned(bounds, [(IPv4Address(n), "arp") for n in told])
    assert not any(ip in network for ip in why for network in excluded)
    assert all(any(ip in network for network in (*swept, *within)) for ip in why)
    assert set(bounds.addresses()) <= set(why)
    for n in told:
        ip = IPv4Address(n)
        assert (ip in why) == (ip in bounds)
        assert ("arp" in why.get(ip, ())) == (ip in bounds)


def test_what_tells_of_an_address_is_told_once_each() -> None:
    ip, other = ip_address("10.0.0.1"), ip_address("10.9.0.1")
    why = planned(Reach([ip_network("10.0.0.0/30")]), [(ip, "arp"), (ip, "arp"), (other, "arp"), (ip, "lldp")])
    assert why == {ip: ("swept", "arp", "lldp"), ip_address("10.0.0.2"): ("swept",)}


def test_plan_counts_packets_and_time() -> None:
    why = dict.fromkeys(Reach([ip_network("10.0.0.0/24")]).addresses(), ("swept",))
    plan = Plan(why, ("icmp", "snmpv3", "tcp/22"), tries=2, names=5, per_second=50, spared=0)
    assert plan.packets == 254 * 3 * 2 + 10
    assert plan.seconds == 31
    assert replace(plan, lasts=2).packets == 254 * (3 * 2 + 2) + 10
    assert plan.origins == {"swept": 254}


def test_names_that_a_name_server_may_know() -> None:
    assert names_of(["oa.luhe.gov.cn", "OA.luhe.gov.cn.", None, "core-1", "10.0.0.1", ""]) == ("oa.luhe.gov.cn",)


def test_networks_of_nothing_are_none() -> None:
    assert networks("x", []) == ()
