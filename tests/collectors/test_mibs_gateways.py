"""Gateways that several routers answer for, out of VRRPV3-MIB, VRRP-MIB and CISCO-HSRP-MIB."""

from __future__ import annotations

import pytest
from mib_objects import PORTS, Objects, told

from collectors.merge import merge_into
from inventory.errors import Gap, Missing
from inventory.facts import Redundancy, VirtualGateway, VirtualGateways
from inventory.snapshot import Facts

V3, V2, HSRP = "1.3.6.1.2.1.207.1.1.1.1.6", "1.3.6.1.2.1.68.1.3.1.3", "1.3.6.1.4.1.9.9.106.1.2.1.1.15"
SOURCE = "1.3.6.1.2.1.1.2.0"
CISCO: Objects = {SOURCE: "1.3.6.1.4.1.9.1.1"}


def gateways(*objects: Objects) -> VirtualGateways:
    found = told(VirtualGateways, PORTS, *objects)
    assert isinstance(found, VirtualGateways)
    return found


def groups(*objects: Objects) -> set[tuple[str, str, str, int]]:
    return {(g.interface, g.protocol, g.group, family) for g in gateways(*objects).items for family in g.families}


def test_groups_of_both_families_of_the_third_version() -> None:
    found = {f"{V3}.7.10.1": 3, f"{V3}.7.11.2": 2}
    assert groups(found) == {("Vlanif10", "vrrp", "10", 4), ("Vlanif10", "vrrp", "11", 6)}
    assert gateways(found).told == {4, 6}


def test_second_version_tells_of_ipv4_alone() -> None:
    found = {f"{V2}.7.10": 2}
    assert groups(found) == {("Vlanif10", "vrrp", "10", 4)}
    assert gateways(found).told == {4}


def test_group_that_two_tables_tell_stands_once() -> None:
    assert gateways({f"{V3}.7.10.1": 3, f"{V2}.7.10": 3}).items == (
        VirtualGateway("Vlanif10", "vrrp", "10", frozenset({4})),
    )


def test_group_that_does_not_run_backs_nothing() -> None:
    found = {f"{V3}.7.10.1": 3, f"{V3}.7.11.2": 1}
    assert groups(found) == {("Vlanif10", "vrrp", "10", 4)}
    assert gateways(found).told == {4, 6}


def test_standby_groups_of_cisco_alone() -> None:
    assert groups(CISCO, {f"{HSRP}.7.1": 5, f"{HSRP}.1.2": 1}) == {("Vlanif10", "hsrp", "1", 4)}
    other = told(VirtualGateways, PORTS, {SOURCE: "1.3.6.1.4.1.2011.2.1"}, {f"{HSRP}.7.1": 5})
    assert isinstance(other, Missing)


@pytest.mark.parametrize("index", ["9.10.1", "7", "7.10.4", "7.10.16.1"])
def test_rows_that_make_no_sense_are_no_groups(index: str) -> None:
    assert isinstance(told(VirtualGateways, PORTS, {f"{V3}.{index}": 3}), Missing)


def test_agent_without_the_tables_leaves_it_open() -> None:
    found = told(VirtualGateways, PORTS)
    assert isinstance(found, Missing)
    assert found.gap is Gap.UNREAD
    assert isinstance(told(Redundancy, PORTS), Missing)


def test_running_group_is_a_hot_stand_in() -> None:
    found = told(Redundancy, PORTS, {f"{V3}.7.10.1": 2, f"{V3}.7.11.2": 1})
    assert isinstance(found, Redundancy)
    assert [(group.kind, group.name, group.on) for group in found.items] == [
        ("vrrp", "Vlanif10 vrrp 10", True),
        ("vrrp", "Vlanif10 vrrp 11", False),
    ]


def test_configuration_goes_before_what_mibs_tell_and_what_was_not_read_does_not() -> None:
    by_snmp, by_cli = gateways({f"{V2}.7.10": 2}), VirtualGateways(())
    facts: Facts = {VirtualGateways: by_snmp}
    merge_into(facts, {VirtualGateways: Missing(Gap.REFUSED, "no")})
    assert facts[VirtualGateways] is by_snmp
    merge_into(facts, {VirtualGateways: by_cli})
    assert facts[VirtualGateways] is by_cli
