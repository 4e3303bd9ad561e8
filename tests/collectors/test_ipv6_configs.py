"""Transition techniques, router advertisements and first-hop guards as each system writes them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from collectors.base import Answer
from collectors.platforms.base import Dialect, Release
from collectors.platforms.catalogue import platform
from collectors.platforms.dialects.frr import ipv6 as frr_ipv6
from collectors.platforms.dialects.ios import ipv6 as ios_ipv6
from collectors.platforms.dialects.linux import ipv6 as linux_ipv6
from collectors.platforms.dialects.linux.network import ADDRESSES, PLAIN_ADDRESSES, ROUTES6
from inventory.config import Config, indented
from inventory.errors import Gap, Missing
from inventory.facts import Fact, FirstHopSecurity, LinkServices, Transitions

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def read(name: str, kind: type[Fact], text: str) -> Fact:
    chosen = platform(name)
    assert chosen is not None
    assert isinstance(chosen.dialect, Dialect)
    marks = chosen.dialect.comments
    config = Config(indented(text, marks, chosen.dialect.quoted), "the configuration", taken_at=NOW)
    reads = [each for each in chosen.config_reads if each.fact is kind]
    found = reads[0].build(config, Release(), *(Missing(Gap.UNREAD) for _ in reads[0].commands))
    assert isinstance(found, kind)
    return found


def techniques(name: str, text: str) -> list[tuple[str, str, str | None]]:
    found = read(name, Transitions, text)
    assert isinstance(found, Transitions)
    assert all(item.evidence.lines for item in found.items)
    return [(item.technique, item.where, item.far) for item in found.items]


VRP = """#
interface Tunnel0/0/1
 ipv6 enable
 ipv6 address 2002:A00:1::1/64
 tunnel-protocol ipv6-ipv4 6to4
#
interface Tunnel0/0/2
 ipv6 address FD00:2::1/64
 tunnel-protocol ipv6-ipv4
 destination 203.0.113.9
#
interface Tunnel0/0/3
 ipv6 enable
 tunnel-protocol gre
 destination vpn-instance gov 10.1.1.1
#
interface Tunnel0/0/4
 ip address 10.2.2.1 255.255.255.252
 tunnel-protocol gre
 destination 10.1.1.2
#
nat64 prefix 64:ff9b:: 96
#
segment-routing ipv6
 locator gov ipv6-prefix FD00:5:: 64
#
bgp 65000
 peer 10.9.9.9 as-number 65000
 #
 ipv6-family unicast
  peer 10.9.9.9 enable
  peer 10.9.9.9 label-route-capability
 #
 ipv6-family vpnv6
  peer 10.9.9.9 enable
#
undo ds-lite enable
return
"""
COMWARE = """#
 aft enable
 aft prefix-ivi 3000:DB8E::
#
interface Tunnel1 mode ipv6-ipv4 isatap
 ipv6 address FD00:1::/64 eui-64
#
interface Tunnel2 mode ds-lite-aftr
#
interface Tunnel3 mode gre
 destination 10.0.0.9
 ipv6 address FD00:3::1/64
#
bgp 65001
 address-family vpnv6
  peer 1.1.1.1 enable
#
return
"""
IOS = """ipv6 unicast-routing
!
interface Tunnel0
 ipv6 address 2001:DA8::1/64
 tunnel destination 192.0.2.1
 tunnel mode ipv6ip
!
interface Tunnel1
 ipv6 enable
 tunnel destination 10.3.3.3
!
interface GigabitEthernet0/1
 nat64 enable
!
nat64 prefix stateful 64:FF9B::/96
nat64 v6v4 list V6 pool P overload
!
router bgp 65002
 address-family ipv6
  neighbor 10.1.1.1 send-label
 !
 address-family vpnv6
!
end
"""


def test_vrp_names_its_techniques() -> None:
    assert techniques("huawei_vrp", VRP) == [
        ("6to4", "Tunnel0/0/1", None),
        ("6in4", "Tunnel0/0/2", "203.0.113.9"),
        ("gre", "Tunnel0/0/3", "10.1.1.1"),
        ("6pe", "bgp 65000", None),
        ("6vpe", "bgp 65000", None),
        ("nat64", "global", None),
        ("srv6", "global", None),
    ]


def test_comware_names_its_techniques() -> None:
    assert techniques("h3c_comware", COMWARE) == [
        ("isatap", "Tunnel1", None),
        ("ds-lite", "Tunnel2", None),
        ("gre", "Tunnel3", "10.0.0.9"),
        ("6vpe", "bgp 65001", None),
        ("ivi", "global", None),
    ]
    assert techniques("h3c_comware", "#\n aft enable\n aft prefix-dns64 64:FF9B:: 96\n#\nreturn") == [
        ("nat64", "global", None)
    ]


@pytest.mark.parametrize("name", ["cisco_ios", "ruijie_rgos"])
def test_ios_and_its_like_name_their_techniques(name: str) -> None:
    assert techniques(name, IOS) == [
        ("6in4", "Tunnel0", "192.0.2.1"),
        ("gre", "Tunnel1", "10.3.3.3"),
        ("6pe", "router bgp 65002", None),
        ("6vpe", "router bgp 65002", None),
        ("nat64", "global", None),
    ]
    stateless = "interface Gi0/1\n nat64 enable\n!\nnat64 prefix stateless FD00:64::/96\nend"
    assert techniques(name, stateless) == [("ivi", "global", None)]
    assert techniques(name, "interface Gi0/1\n ipv6 nat\n!\nend") == [("nat-pt", "global", None)]


def test_nothing_configured_is_an_answer() -> None:
    for name in ("huawei_vrp", "h3c_comware", "cisco_ios", "ruijie_rgos"):
        assert techniques(name, "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\nend") == []


# -- Linux and FRR ----------------------------------------------------------------------------------------------------


def link(name: str, kind: str | None, *ips: str, up: bool = True, **data: object) -> dict[str, object]:
    parts = [(ip.partition("/")[0], int(ip.partition("/")[2])) for ip in ips]
    infos = [{"family": "inet6" if ":" in ip else "inet", "local": ip, "prefixlen": length} for ip, length in parts]
    found: dict[str, object] = {"ifname": name, "flags": ["UP", "LOWER_UP"] if up else [], "addr_info": infos}
    return found | ({"linkinfo": {"info_kind": kind, "info_data": data}} if kind else {"link_type": "ether"})


def seen(links: list[dict[str, object]], routes: list[dict[str, object]]) -> list[tuple[str, str, str | None]]:
    found = linux_ipv6.transitions(Answer(ADDRESSES, json.dumps(links)), Answer(ROUTES6, json.dumps(routes)))
    return [(item.technique, item.where, item.far) for item in found.items]


def test_translator_is_a_tun_device_that_the_prefix_is_routed_to() -> None:
    tun = link("xlat", "tun", "192.0.2.200/32", type="tun")
    assert seen([tun], [{"dst": "64:ff9b::/96", "dev": "xlat"}]) == [("nat64", "xlat", None)]
    assert seen([tun], [{"dst": "fd00:1:0:64::/96", "dev": "xlat"}]) == [("nat64", "xlat", None)]
    assert seen([tun], [{"dst": "fd00:1::/64", "dev": "xlat"}, {"dst": "default", "dev": "eth0"}]) == []


def test_tunnels_by_what_they_are_and_carry() -> None:
    links = [
        link("eth0", None, "240e::1/64"),
        link("vpn0", "tun", "fd00:77::1/64", type="tun"),
        link("bare", "tun", "fe80::1/64", type="tun"),
        link("sit1", "sit", "fd00:2::1/64", remote="203.0.113.9"),
        link("t6", "sit", "2002:cb00:7101::1/16", remote="any"),
        link("is0", "sit", "fe80::5efe:a00:1/64"),
        link("g0", "gre", "10.0.0.1/30", remote="10.9.9.9"),
        link("wg0", "wireguard", "10.7.0.1/24"),
        link("off", "sit", "fd00:3::1/64", up=False),
    ]
    assert seen(links, []) == [
        ("tun", "vpn0", None),
        ("6in4", "sit1", "203.0.113.9"),
        ("6to4", "t6", None),
        ("isatap", "is0", None),
        ("gre", "g0", "10.9.9.9"),
    ]


def test_segments_in_the_routing_table() -> None:
    routes = [{"dst": "fd00:9::/64", "dev": "eth0", "encap": "seg6", "mode": "encap", "segs": ["fd00:5::1"]}]
    assert seen([], routes) == [("srv6", "routes", None)]


def test_plain_form_tells_the_same() -> None:
    text = (
        "4: nat64: <POINTOPOINT,MULTICAST,NOARP,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UNKNOWN group default\n"
        "    link/none \n    inet6 fd00::64/128 scope global \n       valid_lft forever preferred_lft forever\n"
    )
    found = linux_ipv6.transitions(Answer(PLAIN_ADDRESSES, text), Missing(Gap.REFUSED))
    assert [(item.technique, item.where) for item in found.items] == [("nat64", "nat64")]


def test_frr_adds_what_the_suite_carries() -> None:
    text = "segment-routing\n srv6\n  locators\n!\nrouter bgp 65000\n address-family ipv6 vpn\n exit-address-family\n"
    config = Config(indented(text, ("!",)), "the configuration")
    tun = Answer(ADDRESSES, json.dumps([link("vpn0", "tun", "fd00:77::1/64", type="tun")]))
    found = frr_ipv6.transitions(config, Release(), tun, Missing(Gap.REFUSED))
    assert isinstance(found, Transitions)
    assert [item.technique for item in found.items] == ["srv6", "6vpe", "tun"]
    alone = frr_ipv6.transitions(Config((), "x"), Release(), Missing(Gap.UNREAD), Missing(Gap.UNREAD))
    assert isinstance(alone, Missing)


# -- hosts and their guards -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "huawei_vrp",
            (
                "interface Vlanif10\n ipv6 enable\n ipv6 address FD00:1::1/64\n undo ipv6 nd ra halt\n#\n"
                "interface Vlanif20\n ipv6 enable\n dhcpv6 relay destination FD00::5\n#\n"
                "interface Vlanif30\n ipv6 enable\n#\n"
                "interface Vlanif40\n ip address 10.0.0.1 24\nreturn"
            ),
            [("Vlanif10", True, None), ("Vlanif20", False, "relay"), ("Vlanif30", False, None)],
        ),
        (
            "h3c_comware",
            (
                "interface Vlan-interface10\n ipv6 address FD00:1::1/64\n ipv6 dhcp select server\n"
                " undo ipv6 nd ra halt\n#\n"
                "interface Vlan-interface20\n ipv6 address FD00:2::1/64\nreturn"
            ),
            [("Vlan-interface10", True, "server"), ("Vlan-interface20", False, None)],
        ),
        (
            "cisco_ios",
            (
                "ipv6 unicast-routing\n!\ninterface Vlan10\n ipv6 address FD00:1::1/64\n!\n"
                "interface Vlan20\n ipv6 enable\n"
                " ipv6 nd ra suppress all\n ipv6 dhcp relay destination FD00::5\nend"
            ),
            [("Vlan10", True, None), ("Vlan20", False, "relay")],
        ),
        ("cisco_ios", "interface Vlan10\n ipv6 address FD00:1::1/64\nend", [("Vlan10", False, None)]),
        (
            "ruijie_rgos",
            (
                "interface VLAN 10\n ipv6 address FD00:1::1/64\n no ipv6 nd suppress-ra\n!\n"
                "interface VLAN 20\n ipv6 enable\nend"
            ),
            [("VLAN 10", True, None), ("VLAN 20", None, None)],
        ),
    ],
)
def test_what_hosts_of_a_link_are_told(name: str, text: str, told: list[tuple[str, bool, str | None]]) -> None:
    found = read(name, LinkServices, text)
    assert isinstance(found, LinkServices)
    short = [(item.interface.replace(" ", ""), item.advertises, item.dhcpv6) for item in found.items]
    assert short == [(port.replace(" ", ""), sends, dhcp) for port, sends, dhcp in told]


@pytest.mark.parametrize(
    ("name", "text", "guards"),
    [
        (
            "huawei_vrp",
            "dhcp snooping enable ipv6\nnd snooping enable\n#\ninterface GE0/0/1\n nd raguard role host\nreturn",
            (True, True, True),
        ),
        ("huawei_vrp", "interface GE0/0/1\n nd raguard role router\nreturn", (False, False, False)),
        ("huawei_vrp", "dhcp snooping enable ipv4\nundo nd snooping enable\nreturn", (False, False, False)),
        (
            "h3c_comware",
            (
                "ipv6 dhcp snooping enable\n#\nvlan 10\n ipv6 nd raguard apply policy\n#\ninterface GE1/0/1\n"
                " ipv6 verify source ip-address mac-address\nreturn"
            ),
            (True, True, True),
        ),
        ("h3c_comware", "ipv6 nd raguard policy p1\n#\nipv6 dhcp guard policy p1\nreturn", (False, False, False)),
        (
            "cisco_ios",
            (
                "ipv6 nd raguard policy HOSTS\n device-role host\n!\nvlan configuration 10\n"
                " ipv6 nd raguard attach-policy HOSTS\n ipv6 snooping attach-policy USERS\nend"
            ),
            (True, False, True),
        ),
        ("cisco_ios", "ipv6 nd raguard policy HOSTS\n device-role host\n!\nend", (False, False, False)),
        ("cisco_ios", "interface Gi0/1\n ipv6 nd raguard\n ipv6 dhcp guard\n ipv6 snooping\nend", (True, True, True)),
        ("cisco_ios", "ipv6 dhcp guard policy SERVERS\n device-role client\n!\nend", (False, False, False)),
        ("ruijie_rgos", "ipv6 dhcp snooping\n!\ninterface Gi0/1\n ipv6 nd raguard\nend", (True, True, False)),
    ],
)
def test_guards_that_stand_somewhere(name: str, text: str, guards: tuple[bool, bool, bool]) -> None:
    found = read(name, FirstHopSecurity, text)
    assert isinstance(found, FirstHopSecurity)
    assert (found.ra_guard, found.dhcpv6_guard, found.source_guard) == guards


def test_nxos_advertises_itself_unless_told_otherwise() -> None:
    text = "interface Vlan10\n ipv6 address fd00:1::1/64\ninterface Vlan20\n ipv6 enable\n ipv6 nd suppress-ra\n"
    config = Config(indented(text), "x")
    found = ios_ipv6.link_services(sends=True)(config, Release())
    assert [(item.interface, item.advertises) for item in found.items] == [("Vlan10", True), ("Vlan20", False)]
