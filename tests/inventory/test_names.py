"""Interface names: short forms in full, full ones untouched, hosts' own names left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.names import canonical_interface, is_interface, reading_order


@pytest.mark.parametrize(
    ("short", "platform", "full"),
    [
        ("Gi0/1", None, "GigabitEthernet0/1"),
        ("Gi1/0/24", "cisco_ios", "GigabitEthernet1/0/24"),
        ("gi 0/1", None, "GigabitEthernet0/1"),
        ("GE0/0/1", "huawei_vrp", "GigabitEthernet0/0/1"),
        ("XGE0/0/1", "huawei_vrp", "XGigabitEthernet0/0/1"),
        ("XGE1/0/49", "h3c_comware", "Ten-GigabitEthernet1/0/49"),
        ("Te1/1/1", "cisco_ios", "TenGigabitEthernet1/1/1"),
        ("25GE1/0/1", "huawei_vrp", "25GE1/0/1"),
        ("FGE1/0/53", "h3c_comware", "FortyGigE1/0/53"),
        ("HGE1/0/1", "h3c_comware", "HundredGigE1/0/1"),
        ("BAGG1", "h3c_comware", "Bridge-Aggregation1"),
        ("Eth-Trunk12", "huawei_vrp", "Eth-Trunk12"),
        ("Po1", "cisco_ios", "Port-channel1"),
        ("Vl100", "cisco_ios", "Vlan100"),
        ("Vlan100", "h3c_comware", "Vlan-interface100"),
        ("Lo0", "cisco_ios", "Loopback0"),
        ("Loop0", "h3c_comware", "LoopBack0"),
        ("Lo0", "huawei_vrp", "LoopBack0"),
        ("Gi0/0/1.100", None, "GigabitEthernet0/0/1.100"),
        ("Se0/1/0:23", "cisco_ios", "Serial0/1/0:23"),
        ("Tu10", "cisco_ios", "Tunnel10"),
        ("Tw1/0/3", "cisco_ios", "TwoGigabitEthernet1/0/3"),
        ("Di0", "cisco_iosxe", "Dialer0"),
        ("GigabitEthernet 0/1", None, "GigabitEthernet0/1"),
        ("Port 1", None, "Port1"),
        ("  Gi0/1 ", None, "GigabitEthernet0/1"),
    ],
)
def test_short_forms_are_written_out(short: str, platform: str | None, full: str) -> None:
    assert canonical_interface(short, platform) == full


@pytest.mark.parametrize(
    "name",
    [
        "GigabitEthernet0/0/1", "XGigabitEthernet0/0/1", "Vlanif10", "Vlan-interface10", "MEth0/0/1", "NULL0",
        "ge-0/0/1", "xe-1/0/0.0", "ae0", "eth0", "lo", "ens33", "enp0s31f6", "br-lan", "bond0.100", "wlan0",
        "Port A 1", "1", "", "InLoopBack0", "Cellular0/0/0", "mgmt", "port-channel", "10GE1/0/1:2", "核心-1",
    ],
)  # fmt: skip
def test_full_and_unknown_names_stay(name: str) -> None:
    assert canonical_interface(name) == name


@pytest.mark.parametrize("platform", ["linux", "frr", "windows"])
@pytest.mark.parametrize("name", ["eth0", "lo", "tun0", "Gi0", "se0", "te1"])
def test_names_of_hosts_are_their_own(name: str, platform: str) -> None:
    assert canonical_interface(name, platform) == name


@pytest.mark.parametrize("name", ["eth0", "lo0", "tun1", "vl2", "et3"])
def test_what_may_be_a_hosts_name_stays_where_no_platform_is_known(name: str) -> None:
    assert canonical_interface(name) == name


NAMES = st.text(max_size=30) | st.from_regex(
    r"\A(gi|ge|te|xge|eth|lo|po|vl|fa|25ge|bagg|nu)[ ]?\d{1,3}(/\d{1,2}){0,3}\Z"
)
PLATFORMS = st.sampled_from([None, "huawei_vrp", "h3c_comware", "cisco_ios", "linux"])


@given(NAMES, PLATFORMS)
def test_writing_out_twice_changes_nothing(name: str, platform: str | None) -> None:
    once = canonical_interface(name, platform)
    assert canonical_interface(once, platform) == once


@given(NAMES, PLATFORMS)
def test_the_number_is_never_changed(name: str, platform: str | None) -> None:
    digits = "".join(c for c in name if c.isdigit())
    assert "".join(c for c in canonical_interface(name, platform) if c.isdigit()) == digits


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("GigabitEthernet0/0/1", True),
        ("Eth-Trunk1.2", True),
        ("NULL0", True),
        ("Async0/1/7", False),
        ("unrouted VLAN 1002", False),
        ("TenGigabitEthernet0/0/26-mpls layer", False),
        ("ATM0/0-atm layer", False),
        ("ATM0/0-aal5 layer", True),
        ("SPAN RP Interface", False),
        ("4/1-otu", False),
        ("Virtual-Template0", False),
        ("WAN Miniport (IP)-QoS Packet Scheduler-0000", False),
    ],
)
def test_rows_that_are_no_interface(name: str, is_one: bool) -> None:
    assert is_interface(name) is is_one


def test_what_is_internal_to_one_makers_hardware_is_a_port_elsewhere() -> None:
    inner = ("npi0", "loop3", "gre0", "gretap0")
    assert not any(is_interface(name, None, "ubiquiti_edgeos") for name in inner)
    assert all(is_interface(name, None, "ciena_sds") for name in inner)
    assert is_interface("eth0.10", None, "ubiquiti_edgeos")


@pytest.mark.parametrize(
    ("kind", "is_one"),
    [
        ("ethernetCsmacd", True),
        ("softwareLoopback", True),
        (None, True),
        ("isdn", True),
        ("ds1", False),
        ("otnOdu", False),
    ],
)
def test_lines_and_layers_are_no_interface(kind: str | None, is_one: bool) -> None:
    assert is_interface("1/0", kind) is is_one


def test_names_are_read_in_the_order_of_their_numbers() -> None:
    names = ["srv-10", "srv-2", "Srv-1", "core", "10.0.0.9", "10.0.0.10", "", "村-2", "村-10", "x" + "9" * 400]
    assert sorted(names, key=reading_order) == [
        "", "10.0.0.9", "10.0.0.10", "core", "Srv-1", "srv-2", "srv-10", "x" + "9" * 400, "村-2", "村-10",
    ]  # fmt: skip
