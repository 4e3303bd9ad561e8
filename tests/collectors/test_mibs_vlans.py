"""VLANs by port, as switches tell them."""

from __future__ import annotations

import pytest
from mib_objects import PORTS, Objects, told

from collectors.base import Oid
from collectors.mibs import vlans
from inventory.facts import Interfaces

BRIDGED: Objects = {**PORTS, f"{vlans.BASE_PORT_IF_INDEX}.3": 1, f"{vlans.BASE_PORT_IF_INDEX}.12": 7}
CISCO: Objects = {**PORTS, "1.3.6.1.2.1.1.2.0": Oid("1.3.6.1.4.1.9.1.1208")}


def carried(*objects: Objects) -> tuple[tuple[int, ...], ...]:
    """VLANs of the interfaces with ifIndex 1 and 7."""
    fact = told(Interfaces, *objects)
    assert isinstance(fact, Interfaces)
    return tuple(each.vlans for each in fact.items)


def test_port_lists_name_bridge_ports_not_interfaces() -> None:
    """The first bit is port 1; the lists in force go before those configured and before what comes untagged."""
    lists: Objects = {
        f"{vlans.CURRENT_EGRESS}.0.10": b"\x20\x10", f"{vlans.CURRENT_EGRESS}.700.4094": b"\x20",
        f"{vlans.CURRENT_EGRESS}.0.4095": b"\xff\xff", f"{vlans.CURRENT_EGRESS}.0.20": b"",
        f"{vlans.STATIC_EGRESS}.30": b"\xff\xff", f"{vlans.PVID}.3": 40,
    }  # fmt: skip
    assert carried(BRIDGED, lists) == ((10, 4094), (10,))


def test_lists_as_configured_where_none_are_in_force() -> None:
    assert carried(BRIDGED, {f"{vlans.STATIC_EGRESS}.30": b"\x20", f"{vlans.PVID}.3": 40}) == ((30,), ())


def test_vlan_of_what_comes_untagged_where_there_are_no_lists() -> None:
    untagged: Objects = {f"{vlans.PVID}.3": 40, f"{vlans.PVID}.12": 0, f"{vlans.PVID}.99": 5}
    assert carried(BRIDGED, untagged) == ((40,), ())


def test_trunk_carries_what_is_allowed_and_exists() -> None:
    every = b"\xff" * 128
    trunk: Objects = {
        f"{vlans.TRUNKING}.1": 1, f"{vlans.TRUNKING}.7": 2, f"{vlans.VM_VLAN}.1": 1, f"{vlans.VM_VLAN}.7": 20,
        **{f"{vlans.VTP_VLAN_STATE}.1.{vlan}": 1 for vlan in (1, 20, 1030, 3000)},
        **{f"{column}.1": every for column in vlans.ENABLED}, f"{next(iter(vlans.ENABLED))}.7": every,
    }  # fmt: skip
    assert carried(CISCO, trunk) == ((1, 20, 1030, 3000), (20,))


def test_cisco_that_has_the_standard_lists_alone() -> None:
    assert carried(CISCO, BRIDGED, {f"{vlans.STATIC_EGRESS}.30": b"\x20"}) == ((30,), ())


@pytest.mark.parametrize(
    "strange",
    [
        {f"{vlans.CURRENT_EGRESS}.0.10": 7},
        {f"{vlans.CURRENT_EGRESS}.0": b"\xff\xff"},
        {f"{vlans.PVID}.3.1": 40, f"{vlans.PVID}.12": b"x"},
        {f"{vlans.BASE_PORT_IF_INDEX}.1.2": 1},
    ],
)
def test_what_makes_no_sense_is_no_vlan(strange: Objects) -> None:
    assert carried(BRIDGED, strange) == ((), ())
