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


@pytest.mark.parametrize(
    ("platform", "text", "translating", "plain"),
    [
        ("huawei_vrp", VRP, {"Dialer1", "GigabitEthernet0/0/1"}, {"GigabitEthernet0/0/0"}),
        ("h3c_comware", COMWARE, {"GigabitEthernet0/2"}, {"GigabitEthernet0/1"}),
        ("cisco_ios", IOS, {"GigabitEthernet0/1"}, {"GigabitEthernet0/0"}),
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
