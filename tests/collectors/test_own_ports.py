"""Ports of makers' own tables, where IF-MIB has none of them, and layers that lie under a port of the same name."""

from __future__ import annotations

import pytest
from mib_objects import IF, IFX, MAC, NOW, Objects, told
from test_inventory import modules, rows, system

from collectors.mibs.agent import Agent
from collectors.mibs.identifying import identifying
from collectors.mibs.system import system_group
from collectors.sessions.replay_snmp import ReplaySnmp
from collectors.vendors.files import Ports, vendors
from inventory.facts import Interface, Interfaces, SystemGroup
from inventory.names import is_interface

GROOVE = system("42229.1.2", b"GSS-G3003000-BZ Groove G30 3.0.3")
CLIENTS = rows(
    "1.3.6.1.4.1.42229.1.2.4.1.9.1.1", (6, 7, 9, 18),
    i1_1_0_3_0=(1, 1, b"", b"to the county"),
    i1_1_0_4_0=(2, 2, b"spare", b""),
)  # fmt: skip
VIFS = rows("1.3.6.1.4.1.2238.240.1.3.1", (1, 2, 5), i2=(2, b"vl4055", 4055), i3=(3, b"vl4054", 4054))
ROUTER = system("8072.3.2.10", b"Linux edge 5.15.0-134-generic #145-Ubuntu SMP x86_64")
HOST = {f"{IF}.2.1": b"eno1", f"{IF}.3.1": 6, f"{IF}.6.1": MAC}


def ports(*objects: Objects) -> tuple[Interface, ...]:
    fact = told(Interfaces, *objects)
    assert isinstance(fact, Interfaces)
    return fact.items


def test_makers_ports_stand_in_for_an_absent_iftable() -> None:
    first, second = ports(GROOVE, CLIENTS)
    assert (first.name, first.alias, first.kind, first.speed_mbps) == (
        *("100gbe-1/1/3", "to the county", "ethernetCsmacd", 100_000.0),
    )
    assert (first.admin_up, first.oper_up, first.index) == (True, True, None)
    assert (second.name, second.admin_up, second.oper_up) == ("spare", False, False)
    assert [p.name for p in ports(GROOVE, CLIENTS, HOST)] == ["eno1"]


def test_makers_ports_stand_beside_those_of_the_host() -> None:
    found = ports(ROUTER, HOST, VIFS, {"1.3.6.1.4.1.2238.240.1.4.1.0": 0})
    assert [(p.name, p.index) for p in found] == [("eno1", 1), ("vl4055", None), ("vl4054", None)]
    assert [p.name for p in ports(ROUTER, HOST, VIFS)] == ["eno1"]


@pytest.mark.parametrize("index", ["1", "1.1", "4294967295.0.0.0.0.0.0.0.0.0.0.0.0"])
def test_index_that_is_shorter_or_longer_than_the_mib_says_is_a_port_all_the_same(index: str) -> None:
    (only,) = ports(GROOVE, {f"1.3.6.1.4.1.42229.1.2.4.1.9.1.1.7.{index}": 1})
    assert only.name.startswith("100gbe-")


def test_optical_transport_under_a_port_of_its_name_is_no_interface_of_its_own() -> None:
    """A row of G.709 beneath the port it carries; one that stands alone keeps its name and counts."""
    port = {f"{IF}.2.9": b"Ciena 8700 10GigEthernet 4/1", f"{IFX}.1.9": b"4/1", f"{IF}.3.9": 6}
    layer = {f"{IF}.2.5": b"4/1", f"{IFX}.1.5": b"", f"{IF}.3.5": 261}
    alone = {f"{IF}.2.7": b"CoherentDSP0/0/0/20", f"{IFX}.1.7": b"CoherentDSP0/0/0/20", f"{IF}.3.7": 261}
    found = {p.index: p for p in ports(port, layer, alone)}
    assert {i: p.name for i, p in found.items()} == {9: "4/1", 5: "4/1-otu", 7: "CoherentDSP0/0/0/20"}
    assert {i for i, p in found.items() if is_interface(p.name, p.kind)} == {9, 7}
    assert [p.name for p in ports(layer)] == ["4/1"]


def test_what_an_agent_is_is_worked_out_once() -> None:
    """Identity, ports and hardware ask the same question; each agent has its own answer."""
    agent, other = (Agent(ReplaySnmp([((1, 3, 6, 1, 2, 1, 1, 1, 0), b"Groove")]), NOW) for _ in range(2))
    group = system_group(agent)
    assert isinstance(group, SystemGroup)
    assert identifying(agent, group) is identifying(agent, group)
    assert identifying(agent, group) is not identifying(other, group)


def test_tables_of_ports_are_their_makers() -> None:
    """Each stands below a number of its file, or is asked for by a system of an agent that others ship."""
    for vendor in vendors():
        for fit, each in ((s, p) for s in vendor.systems for p in s.ports):
            own = [f"1.3.6.1.4.1.{number}." for number in vendor.enterprises]
            own += [".".join(fit.asks.split(".")[:7]) + "."] if fit.asks else []
            assert any(each.entry.startswith(o) for o in own), each.source


@pytest.mark.parametrize(
    ("columns", "name"),
    [({"colour": 1}, "{0}"), ({"name": 1}, "port"), ({"name": 1}, "{0.__class__}"), ({"name": 1}, "{}")],
)
def test_rules_of_ports_that_say_nothing_are_refused(columns: dict[str, int], name: str) -> None:
    with pytest.raises(ValueError, match=r"port|index"):
        Ports("X-MIB::xTable", "1.3.6.1.4.1.1.1", columns, name)


def test_scalars_of_a_radio_link_are_its_hardware() -> None:
    """SAF-MPMUX-MIB has a group of scalars for each part; a slot without a module says none(0)."""
    mux = "1.3.6.1.4.1.7571.100.1.1.2.22"
    terminal = {f"{mux}.1.1.0": b"SAF CFM-M4P-MUX", f"{mux}.1.4.0": b"V4.26", f"{mux}.1.13.0": b"312850100001"}
    parts = {f"{mux}.2.1.0": b"MUXM", f"{mux}.3.1.0": 2, f"{mux}.3.3.0": b"SAF CFM-7-L4", f"{mux}.4.1.0": 0}
    slots = {f"{mux}.6.1.2.0": b"Module 1 4xE1", f"{mux}.6.1.5.0": 2}
    slots |= {f"{mux}.6.2.2.0": b"Module 2 N/A", f"{mux}.6.2.5.0": 0, f"{mux}.4.3.0": b"SAF CFM-7-L4"}
    found = modules(system("7571.100.1.1.2.22", b"SAF microwave radio"), terminal, parts, slots)
    assert [(m.kind, m.descr) for m in found] == [
        *(("chassis", None), ("module", "MUXM"), ("module", "SAF CFM-7-L4"), ("module", "Module 1 4xE1")),
    ]
    assert (found[0].model, found[0].serial, found[0].software) == ("SAF CFM-M4P-MUX", "312850100001", "V4.26")


def test_units_of_a_data_bus_are_each_a_chassis() -> None:
    bus = rows(
        "1.3.6.1.4.1.31034.12.1.1.2.1.1.1", (5, 6, 10),
        i1=(b"DPM27", b"SVNL00000001", b"left"), i2=(b"DPM27", b"SVNL00000002", b"right"),
    )  # fmt: skip
    found = modules(system("31034.11.3", b"Schleifenbauer"), bus)
    assert [(m.kind, m.name, m.serial) for m in found] == [
        ("chassis", "left", "SVNL00000001"),
        ("chassis", "right", "SVNL00000002"),
    ]
