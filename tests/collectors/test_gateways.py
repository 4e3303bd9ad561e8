"""Virtual gateways as each system configures them, by interface, protocol, group and family."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collectors.base import Answer
from collectors.platforms.base import Dialect, Release
from collectors.platforms.catalogue import platform
from collectors.platforms.dialects.gateways import keepalived_gateways
from inventory.config import Config, indented
from inventory.facts import VirtualGateways

NOW = datetime(2026, 1, 1, tzinfo=UTC)
VRP = """#
interface Vlanif10
 ipv6 enable
 ip address 10.1.10.2 255.255.255.0
 ipv6 address 240E:1:10::2/64
 vrrp vrid 10 virtual-ip 10.1.10.1
 vrrp vrid 10 priority 120
 vrrp6 vrid 10 virtual-ip FE80::10 link-local
 vrrp6 vrid 10 virtual-ip 240E:1:10::1
 undo ipv6 nd ra halt
 ipv6 nd ra preference high
#
interface Vlanif20
 ip address 10.1.20.2 255.255.255.0
 vrrp vrid 20 virtual-ip 10.1.20.1
#
interface Vbdif30
 ip address 10.1.30.1 255.255.255.0
 vxlan anycast-gateway enable
#
return
"""
COMWARE = """#
interface Vlan-interface10
 ip address 10.1.10.2 255.255.255.0
 vrrp vrid 1 virtual-ip 10.1.10.1
 vrrp ipv6 vrid 2 virtual-ip FE80::1 link-local
 vrrp ipv6 vrid 2 virtual-ip 240E:1:10::1
 ipv6 nd router-preference low
 ipv6 address 240E:1:10::2/64
 undo ipv6 nd ra halt
#
interface Vsi-interface100
 distributed-gateway local
#
return
"""
RGOS = """!
interface VLAN 10
 ip address 10.1.10.2 255.255.255.0
 ipv6 address 240E:1:10::2/64
 ipv6 enable
 vrrp 1 ip 10.1.10.1
 vrrp 2 ipv6 FE80::1
 vrrp 2 ipv6 240E:1:10::1
!
interface VLAN 20
 vrrp 3 ip 10.1.20.1
 vrrp 3 priority 120
!
end
"""
IOS = """ipv6 unicast-routing
!
interface Vlan10
 ip address 10.1.10.2 255.255.255.0
 standby version 2
 standby 10 ip 10.1.10.1
 standby 10 priority 110
 standby 11 ipv6 autoconfig
 ipv6 address 240E:1:10::2/64
 ipv6 nd router-preference High
!
interface Vlan20
 standby ip 10.1.20.1
!
interface Vlan30
 vrrp 30 address-family ipv4
  address 10.1.30.1 primary
  exit-vrrp
 vrrp 30 address-family ipv6
  address FE80::30 primary
  exit-vrrp
!
interface Vlan40
 glbp 4 ip 10.1.40.1
 glbp 5 ipv6 autoconfig
!
end
"""
NXOS = """feature hsrp
interface Vlan10
  hsrp version 2
  hsrp 10
    ip 10.1.10.1
  hsrp 10 ipv6
    ip autoconfig
interface Vlan20
  hsrp 20 ipv4
    ip 10.1.20.1
interface Vlan30
  vrrpv3 3 address-family ipv6
    address fe80::3 primary
interface Vlan40
  fabric forwarding mode anycast-gateway
line vty
"""
ZXROS = """!<if-intf>
interface vlan10
  ip address 10.1.10.2 255.255.255.0
$
!</if-intf>
!<vrrp>
vrrp
  interface vlan10
    vrrp 1 ipv4 10.1.10.1
    vrrp 2 ipv6 fe80::1 link-local
  $
$
!</vrrp>
"""
JUNOS = """interfaces {
    irb {
        unit 10 {
            family inet {
                address 10.1.10.2/24 {
                    vrrp-group 1 {
                        virtual-address 10.1.10.1;
                        priority 200;
                    }
                }
            }
            family inet6 {
                address 240e:1:10::2/64 {
                    vrrp-inet6-group 2 {
                        virtual-inet6-address 240e:1:10::1;
                        virtual-link-local-address fe80::1;
                    }
                }
            }
        }
        unit 20 {
            family inet {
                address 10.1.20.2/24 {
                    virtual-gateway-address 10.1.20.1;
                }
            }
        }
    }
}
"""
FRR = """frr version 8.4
!
interface eth1
 vrrp 5 version 3
 vrrp 5 ip 10.1.5.1
 vrrp 5 ipv6 fe80::5
exit
!
end
"""
FORTIOS = """#config-version=FGT60F-7.2.5-FW-build1517-230606:opmode=0:vdom=0:user=admin
config system interface
    edit "internal"
        set ip 10.1.10.2 255.255.255.0
        config vrrp
            edit 5
                set vrip 10.1.10.1
            next
        end
        config ipv6
            set ip6-address 240e:1:10::2/64
            config vrrp6
                edit 6
                    set vrip6 240e:1:10::1
                next
            end
        end
    next
end
"""
EXPECTED = {
    "huawei_vrp": (
        VRP,
        {("Vlanif10", "vrrp", "10", 4), ("Vlanif10", "vrrp", "10", 6), ("Vlanif20", "vrrp", "20", 4)}
        | {("Vlanif10", "ra", "high", 6)}
        | {("Vbdif30", "anycast", "", 4), ("Vbdif30", "anycast", "", 6)},
    ),
    "h3c_comware": (
        COMWARE,
        {
            ("Vlan-interface10", "vrrp", "1", 4),
            ("Vlan-interface10", "vrrp", "2", 6),
            ("Vlan-interface10", "ra", "low", 6),
        }
        | {("Vsi-interface100", "anycast", "", 4), ("Vsi-interface100", "anycast", "", 6)},
    ),
    "ruijie_rgos": (RGOS, {("VLAN10", "vrrp", "1", 4), ("VLAN10", "vrrp", "2", 6), ("VLAN20", "vrrp", "3", 4)}),
    "cisco_ios": (
        IOS,
        {
            ("Vlan10", "hsrp", "10", 4),
            ("Vlan10", "hsrp", "11", 6),
            ("Vlan20", "hsrp", "0", 4),
            ("Vlan10", "ra", "high", 6),
        }
        | {("Vlan30", "vrrp", "30", 4), ("Vlan30", "vrrp", "30", 6)}
        | {("Vlan40", "glbp", "4", 4), ("Vlan40", "glbp", "5", 6)},
    ),
    "cisco_nxos": (
        NXOS,
        {("Vlan10", "hsrp", "10", 4), ("Vlan10", "hsrp", "10", 6), ("Vlan20", "hsrp", "20", 4)}
        | {("Vlan30", "vrrp", "3", 6), ("Vlan40", "anycast", "", 4), ("Vlan40", "anycast", "", 6)},
    ),
    "zte_zxros": (ZXROS, {("vlan10", "vrrp", "1", 4), ("vlan10", "vrrp", "2", 6)}),
    "juniper_junos": (
        JUNOS,
        {("irb.10", "vrrp", "1", 4), ("irb.10", "vrrp", "2", 6), ("irb.20", "anycast", "", 4)},
    ),
    "fortinet_fortios": (FORTIOS, {("internal", "vrrp", "5", 4), ("internal", "vrrp", "6", 6)}),
    "frr": (FRR, {("eth1", "vrrp", "5", 4), ("eth1", "vrrp", "5", 6)}),
}


def configured(name: str, text: str) -> Config:
    chosen = platform(name)
    assert chosen is not None
    assert isinstance(chosen.dialect, Dialect)
    dialect = chosen.dialect
    lines = dialect.tree(text) if dialect.tree else indented(text, dialect.comments, dialect.quoted)
    return Config(lines, "the configuration", taken_at=NOW)


def gateways(name: str, text: str) -> VirtualGateways:
    chosen = platform(name)
    assert chosen is not None
    (read,) = [each for each in chosen.config_reads if each.fact is VirtualGateways]
    found = read.build(configured(name, text), Release())
    assert isinstance(found, VirtualGateways)
    return found


@pytest.mark.parametrize("name", list(EXPECTED))
def test_groups_are_read_by_interface_and_family(name: str) -> None:
    text, expected = EXPECTED[name]
    found = gateways(name, text)
    assert {(g.interface, g.protocol, g.group, family) for g in found.items for family in g.families} == expected
    assert all(g.evidence.lines for g in found.items)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("huawei_vrp", "#\ninterface Vlanif10\n vrrp vrid 1 priority 120\n vrrp6 vrid 1 priority 120\n#\nreturn\n"),
        ("cisco_ios", "interface Vlan10\n standby 1 priority 110\n standby version 2\n!\nend\n"),
    ],
)
def test_settings_of_a_group_without_an_address_make_no_gateway(name: str, text: str) -> None:
    assert gateways(name, text).items == ()


KEEPALIVED = """global_defs { router_id LVS }
vrrp_instance VI_1 {
    state MASTER
    interface eth0
    virtual_router_id 51
    virtual_ipaddress {
        10.1.1.1/24 dev eth1 label eth1:1
        10.1.2.1
        # 10.9.9.9 is the old one
    }
    virtual_ipaddress_excluded {
        240e:1::1/64 dev eth1
    }
}
vrrp_instance VI_6 {
    interface eth2
    virtual_ipaddress {
        240e:2::1/64
    }
}
"""


def test_keepalived_has_addresses_of_both_families_in_one_instance() -> None:
    found = keepalived_gateways(Answer("cat /etc/keepalived/keepalived.conf", KEEPALIVED, NOW))
    assert [(g.interface, g.group, set(g.families)) for g in found.items] == [
        ("eth1", "VI_1", {4, 6}),
        ("eth0", "VI_1", {4}),
        ("eth2", "VI_6", {6}),
    ]
    assert all(g.evidence.lines for g in found.items)
