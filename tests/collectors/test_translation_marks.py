"""Interfaces that translate addresses, on each system whose configuration tells."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fortios_texts import BORDER
from shown import Shown

from collectors.by_cli import facts_by_cli
from collectors.platforms.catalogue import platforms
from inventory.facts import PortGuards

VRP = """\
sysname town-1
#
interface GigabitEthernet0/0/0
 ip address 10.1.0.1 255.255.255.252
#
interface Dialer1
 ip address ppp-negotiate
 nat outbound 2000
#
interface GigabitEthernet0/0/1
 ip address 192.168.1.2 255.255.255.0
 nat outbound 2000
#
return
"""
COMWARE = """\
#
 sysname dept-1
#
interface GigabitEthernet0/1
 ip address 10.1.0.1 255.255.255.252
#
interface GigabitEthernet0/2
 ip address 192.168.1.2 255.255.255.0
 nat outbound
#
return
"""
IOS = """\
hostname edge
!
interface GigabitEthernet0/0
 ip address 10.1.0.1 255.255.255.252
 ip nat inside
!
interface GigabitEthernet0/1
 ip address 192.168.1.2 255.255.255.0
 ip nat outside
!
end
"""
# Policies of their own translate, at zones and ports that they name.
USG = """\
!Software Version V500R005C20SPC500
#
sysname fw
#
firewall zone untrust
 add interface GigabitEthernet1/0/1
#
interface GigabitEthernet1/0/1
 ip address 10.1.0.1 255.255.255.252
#
interface GigabitEthernet1/0/2
 ip address 10.2.0.1 255.255.255.252
#
interface GigabitEthernet1/0/3
 ip address 192.168.1.2 255.255.255.0
#
nat-policy
 rule name out
  source-zone trust
  destination-zone untrust
  action source-nat easy-ip
 rule name more
  egress-interface GigabitEthernet1/0/2
  action source-nat easy-ip
 rule name none
  destination-zone trust
  action no-nat
#
return
"""
OLD_USG = """\
#
sysname fw
#
firewall zone trust
 add interface GigabitEthernet0/0/1
#
firewall zone untrust
 add interface GigabitEthernet0/0/2
#
interface GigabitEthernet0/0/1
 ip address 192.168.1.2 255.255.255.0
#
interface GigabitEthernet0/0/2
 ip address 10.1.0.1 255.255.255.252
#
nat-policy interzone trust untrust outbound
 policy 1
  action source-nat
  easy-ip GigabitEthernet0/0/2
#
return
"""
ASA = """\
ASA Version 9.14(2)
hostname fw
interface GigabitEthernet0/0
 nameif outside
interface GigabitEthernet0/1
 nameif inside
object network LAN
 nat (inside,outside) dynamic interface
Cryptochecksum:0
: end
"""
STONEOS = """\
Version 5.5R8
hostname "fw"
interface ethernet0/1
  zone "untrust"
exit
interface ethernet0/2
  zone "trust"
exit
ip vrouter "trust-vr"
  snatrule id 1 from "any" to "any" service "Any" eif ethernet0/1 trans-to eif-ip mode dynamicport
exit
End
"""


@pytest.mark.parametrize(
    ("platform", "text", "translating", "plain"),
    [
        ("huawei_vrp", VRP, {"Dialer1", "GigabitEthernet0/0/1"}, {"GigabitEthernet0/0/0"}),
        ("h3c_comware", COMWARE, {"GigabitEthernet0/2"}, {"GigabitEthernet0/1"}),
        ("cisco_ios", IOS, {"GigabitEthernet0/1"}, {"GigabitEthernet0/0"}),
        ("huawei_vrp", USG, {"GigabitEthernet1/0/1", "GigabitEthernet1/0/2"}, {"GigabitEthernet1/0/3"}),
        ("huawei_vrp", OLD_USG, {"GigabitEthernet0/0/2"}, {"GigabitEthernet0/0/1"}),
        ("cisco_asa", ASA, {"GigabitEthernet0/0"}, set()),
        ("hillstone_stoneos", STONEOS, {"ethernet0/1"}, set()),
        ("fortinet_fortios", BORDER.replace('set name "out"', 'set nat enable'), {"wan1"}, {"internal"}),
        ("fortinet_fortios", BORDER, set(), {"wan1", "internal"}),
    ],
)  # fmt: skip
def test_what_translates_is_told_port_by_port(platform: str, text: str, translating: set[str], plain: set[str]) -> None:
    system = platforms()[platform]
    assert system.dialect
    shown = Shown(system, {system.dialect.commands[0]: text})
    guards = facts_by_cli(shown, system, [PortGuards], datetime(2026, 1, 1, tzinfo=UTC))[PortGuards]
    assert isinstance(guards, PortGuards)
    assert {port.interface for port in guards.items if port.translates} == translating
    assert plain <= {port.interface for port in guards.items if port.translates is False}
