"""What makes two devices or two links one, and what keeps strangers off a port, in every system's words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from shown import told as told_by

from collectors.offline import snapshots_from
from collectors.platforms.catalogue import platform
from collectors.platforms.dialects.linux.hardening import BONDS
from inventory.facts import PortGuards, Redundancy, TunnelCrypto
from inventory.snapshot import Snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADS = {
    "cisco_ios": ("version 15.2\nhostname r1\n", "line vty 0 4\nend\n"),
    "ruijie_rgos": ("version S5750_RGOS 11.4(1)B74\nhostname r1\n", "line vty 0 4\nend\n"),
    "zte_zxros": ("version V2.8.23\nhostname ZXR10-1\n", "line telnet idle-timeout 5\nend\n"),
    "cisco_nxos": ("version 9.3(8) Bios:version 05.42\nhostname n1\n", "line console\nline vty\nrouter bgp 1\n"),
    "cisco_asa": ("ASA Version 9.14(2)\nhostname fw\n", ": end\n"),
    "huawei_vrp": ("!Software Version V200R019C00SPC500\n#\n", "#\nreturn\n"),
    "h3c_comware": ("#\n version 7.1.070, Release 6635\n#\n", "#\nreturn\n"),
    "hillstone_stoneos": ('Version 5.5R8\nhostname "fw"\n', "rule id 1\n  action permit\nexit\nEnd\n"),
    "juniper_junos": ("set version 20.4R3\nset system host-name r1\n", "set protocols lldp interface all\n"),
    "fortinet_fortios": ("config system global\nend\n", "config router static\nend\n"),
}  # fmt: skip
LINKS = {
    "cisco_ios": "interface GigabitEthernet0/{n}\n channel-group 1 mode active\n",
    "ruijie_rgos": "interface GigabitEthernet 0/{n}\n port-group 1 mode active\n",
    "zte_zxros": "interface gei_1/{n}\n  smartgroup 1 mode active\n!\n",
    "cisco_nxos": "interface Ethernet1/{n}\n  channel-group 1 mode active\n",
    "cisco_asa": "interface GigabitEthernet0/{n}\n channel-group 1 mode active\n",
    "huawei_vrp": "interface GigabitEthernet0/0/{n}\n eth-trunk 1\n#\n",
    "h3c_comware": "interface GigabitEthernet1/0/{n}\n port link-aggregation group 1\n#\n",
    "hillstone_stoneos": "interface ethernet0/{n}\n  aggregate aggregate1\nexit\n",
    "juniper_junos": "set interfaces ge-0/0/{n} gigether-options 802.3ad ae0\n",
}
GATEWAYS = {
    "ruijie_rgos": "interface VLAN 10\n vrrp 10 ip 10.1.1.1\n",
    "zte_zxros": "interface vlan 10\n  vrrp 1 ip 10.1.1.1\n!\n",
    "fortinet_fortios": 'config system interface\n    edit "lan"\n        config vrrp\n            edit 5\n'
    "                set vrip 10.1.1.1\n            next\n        end\n    next\nend\n",
}


def told(name: str, body: str, folder: Path) -> Snapshot:
    path = folder / "device.cfg"
    head, tail = HEADS[name]
    path.write_text(head + body + tail, encoding="utf-8")
    ((_, found),) = snapshots_from([path], NOW, platform=platform(name), whole=True)
    assert isinstance(found, Snapshot)
    return found


def groups(name: str, body: str, folder: Path) -> dict[str, bool | None]:
    fact = told(name, body, folder).fact(Redundancy)
    assert isinstance(fact, Redundancy), fact
    return {group.kind: group.on for group in fact.items}


@pytest.mark.parametrize("name", sorted(LINKS))
def test_two_links_make_an_aggregation(name: str, tmp_path: Path) -> None:
    one = LINKS[name].format(n=1)
    assert groups(name, one + LINKS[name].format(n=2), tmp_path) == {"aggregation": True}
    assert groups(name, one, tmp_path) == {"aggregation": False}
    assert groups(name, "", tmp_path) == {}


@pytest.mark.parametrize("name", sorted(LINKS))
def test_each_aggregation_counts_its_own_links(name: str, tmp_path: Path) -> None:
    apart = LINKS[name].replace(" 1", " 2").replace("e1", "e2").replace("ae0", "ae1").format(n=2)
    assert apart != LINKS[name].format(n=2)
    fact = told(name, LINKS[name].format(n=1) + apart, tmp_path).fact(Redundancy)
    assert isinstance(fact, Redundancy)
    assert [(group.kind, group.on) for group in fact.items] == [("aggregation", False)] * 2


@pytest.mark.parametrize(
    ("name", "body", "names"),
    [
        (
            "huawei_vrp",
            (
                "interface Vlanif10\n vrrp vrid 1 virtual-ip 10.1.1.1\n vrrp vrid 1 virtual-ip 10.1.1.2\n"
                " vrrp6 vrid 1 virtual-ip FE80::1 link-local\n#\ninterface Vlanif20\n"
                " vrrp vrid 1 virtual-ip 10.1.2.1\n#\n"
            ),
            [
                "interface Vlanif10 | vrrp vrid 1",
                "interface Vlanif10 | vrrp6 vrid 1",
                "interface Vlanif20 | vrrp vrid 1",
            ],
        ),
        (
            "cisco_nxos",
            "interface Vlan10\n  hsrp 1\n    ip 10.1.1.1\n  hsrp 1 ipv6\n    ip autoconfig\n",
            ["interface Vlan10 | hsrp 1", "interface Vlan10 | hsrp 1 ipv6"],
        ),
        (
            "cisco_ios",
            "interface Vlan10\n standby version 2\n standby ip 10.1.1.1\n standby 2 ipv6 autoconfig\n",
            ["interface Vlan10 | standby", "interface Vlan10 | standby 2"],
        ),
    ],
)
def test_each_gateway_is_a_group(name: str, body: str, names: list[str], tmp_path: Path) -> None:
    fact = told(name, body, tmp_path).fact(Redundancy)
    assert isinstance(fact, Redundancy)
    assert [group.name for group in fact.items] == names


@pytest.mark.parametrize("name", sorted(GATEWAYS))
def test_gateways_on_interfaces_of_any_name(name: str, tmp_path: Path) -> None:
    assert groups(name, GATEWAYS[name], tmp_path) == {"vrrp": True}


def test_members_of_a_fortios_aggregation(tmp_path: Path) -> None:
    text = 'config system interface\n    edit "agg"\n        set type aggregate\n        set member {}\n    next\nend\n'
    assert groups("fortinet_fortios", text.format('"port1" "port2"'), tmp_path) == {"aggregation": True}
    assert groups("fortinet_fortios", text.format('"port1"'), tmp_path) == {}


def test_tunnels_of_interfaces_with_a_blank_in_their_name(tmp_path: Path) -> None:
    body = "crypto ipsec transform-set T esp-3des esp-md5-hmac\ninterface GigabitEthernet 0/1\n crypto map M\n"
    fact = told("ruijie_rgos", body, tmp_path).fact(TunnelCrypto)
    assert isinstance(fact, TunnelCrypto)
    assert fact.applied == ("GigabitEthernet 0/1",)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("huawei_vrp", "interface GigabitEthernet0/0/1\n mac-limit maximum 1\n"),
        ("h3c_comware", "interface GigabitEthernet1/0/1\n mac-address max-mac-count 1\n"),
    ],
)
def test_a_limit_of_addresses_guards_a_port(name: str, body: str, tmp_path: Path) -> None:
    fact = told(name, body, tmp_path).fact(PortGuards)
    assert isinstance(fact, PortGuards)
    assert [port.controls for port in fact.items] == [frozenset({"port-security"})]


@pytest.mark.parametrize(
    ("name", "body", "taken"),
    [
        (
            "h3c_comware",
            (
                "irf-port 1/2\n port group interface Ten-GigabitEthernet1/0/9 mode enhanced\n#\n"
                "interface Ten-GigabitEthernet1/0/9\n port link-mode bridge\n#\n"
                "interface Ten-GigabitEthernet1/0/10\n port link-mode bridge\n#\n"
            ),
            "Ten-GigabitEthernet1/0/9",
        ),
        (
            "huawei_vrp",
            (
                "interface stack-port0/1\n port interface XGigabitEthernet0/0/9 enable\n#\n"
                "interface XGigabitEthernet0/0/9\n#\ninterface XGigabitEthernet0/0/10\n#\n"
            ),
            "XGigabitEthernet0/0/9",
        ),
        (
            "cisco_asa",
            (
                "interface GigabitEthernet0/3\n description LAN Failover Interface\n!\ninterface GigabitEthernet0/4\n"
                " no nameif\n!\nfailover\nfailover lan interface FO GigabitEthernet0/3\n"
            ),
            "GigabitEthernet0/3",
        ),
        (
            "ruijie_rgos",
            (
                "vsl-port\n port-member interface TenGigabitEthernet 1/1\n!\ninterface TenGigabitEthernet 1/1\n!\n"
                "interface TenGigabitEthernet 1/2\n!\n"
            ),
            "TenGigabitEthernet 1/1",
        ),
        (
            "hillstone_stoneos",
            "interface ethernet0/7\nexit\ninterface ethernet0/8\nexit\nha link interface ethernet0/7\n",
            "ethernet0/7",
        ),
        (
            "fortinet_fortios",
            (
                'config system interface\n    edit "port1"\n    next\n    edit "port2"\n    next\nend\n'
                'config system ha\n    set mode a-p\n    set hbdev "port1" 50\nend\n'
            ),
            "port1",
        ),
    ],
)
def test_a_port_that_makes_two_devices_one_is_not_idle(name: str, body: str, taken: str, tmp_path: Path) -> None:
    fact = told(name, body, tmp_path).fact(PortGuards)
    assert isinstance(fact, PortGuards)
    used = {port.interface: port.used for port in fact.items if "stack" not in port.interface}
    assert [port for port, is_used in used.items() if is_used] == [taken]
    assert False in used.values()


@pytest.mark.parametrize(
    ("shown", "groups"),
    [
        ("Bonding Mode: fault-tolerance\nSlave Interface: eth0\nSlave Interface: eth1\n", {"bond": True}),
        (
            (
                "/proc/net/bonding/bond0:Slave Interface: eth0\n/proc/net/bonding/bond1:Slave Interface: eth1\n"
                "/proc/net/bonding/bond1:Slave Interface: eth2\n"
            ),
            {"bond0": False, "bond1": True},
        ),
    ],
)
def test_each_bond_of_a_host_counts_its_own_links(shown: str, groups: dict[str, bool]) -> None:
    fact = told_by("linux", answers={BONDS: shown})[Redundancy]
    assert isinstance(fact, Redundancy)
    assert {group.name: group.on for group in fact.items} == groups


MARKING = "traffic classifier c\n if-match acl 3000\n#\ntraffic behavior b\n remark dscp af11\n#\n"
DENYING = MARKING.replace("remark dscp af11", "filter deny")
RULES = "acl number 3000\n rule 5 deny ip\n#\n"


@pytest.mark.parametrize(
    ("name", "body", "filters"),
    [
        ("huawei_vrp", MARKING, set()),
        ("huawei_vrp", f"{RULES}{MARKING}", {4}),
        ("huawei_vrp", DENYING.replace("filter deny", "deny").replace("acl", "ipv6 acl"), {6}),
        ("huawei_vrp", DENYING.replace("filter deny", "deny").replace("acl 3000", "any"), {4, 6}),
        ("h3c_comware", f"{RULES}{MARKING}", set()),
        ("h3c_comware", DENYING, {4}),
        ("h3c_comware", DENYING.replace("acl", "acl ipv6"), {6}),
    ],
)
def test_a_traffic_policy_filters_only_what_it_drops(name: str, body: str, filters: set[int], tmp_path: Path) -> None:
    policy, applied = {
        "huawei_vrp": ("traffic policy", "traffic-policy p inbound"),
        "h3c_comware": ("qos policy", "qos apply policy p inbound"),
    }[name]
    port = f"interface GigabitEthernet1/0/1\n {applied}\n#\n"
    fact = told(name, f"{body}{policy} p\n classifier c behavior b\n#\n{port}", tmp_path).fact(PortGuards)
    assert isinstance(fact, PortGuards)
    assert [port.filters for port in fact.items] == [frozenset(filters)]
