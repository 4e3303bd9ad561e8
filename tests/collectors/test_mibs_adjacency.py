"""Neighbours of routing protocols out of OSPFV3-MIB, ISIS-MIB and the makers' MIBs of BGP."""

from __future__ import annotations

import pytest
from mib_objects import A4, A6, PORTS, V6, Objects, told

from collectors.merge import merge_into
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import RoutingProtocol, RoutingProtocols
from inventory.snapshot import Facts

OSPF, OSPF_ON = "1.3.6.1.2.1.191.1.9.1.8", "1.3.6.1.2.1.191.1.1.2.0"
ISIS = "1.3.6.1.2.1.138.1.6.1.1.2"
HUAWEI, H3C = "1.3.6.1.4.1.2011.5.25.177.1.1.2.1.5", "1.3.6.1.4.1.25506.2.183.1.1.1.3"
CISCO_STATE, CISCO_FAMILY = "1.3.6.1.4.1.9.9.187.1.2.5.1.3", "1.3.6.1.4.1.9.9.187.1.2.7.1.3"
SOURCE = "1.3.6.1.2.1.1.2.0"


def made_by(number: int) -> Objects:
    return {SOURCE: f"1.3.6.1.4.1.{number}.1.1"}


def protocols(*objects: Objects) -> tuple[RoutingProtocol, ...]:
    found = told(RoutingProtocols, PORTS, *objects)
    assert isinstance(found, RoutingProtocols)
    return found.items


@pytest.mark.parametrize(
    ("objects", "up"),
    [
        ({f"{OSPF}.7.0.1": 8, f"{OSPF}.7.0.2": 4, f"{OSPF}.1.0.3": 8}, 2),
        ({OSPF_ON: 1, f"{OSPF}.7.0.1": 5}, 0),
        ({OSPF_ON: 1}, 0),
    ],
)
def test_neighbours_of_ospfv3(objects: Objects, up: int) -> None:
    assert protocols(objects) == (RoutingProtocol("ospfv3", frozenset({6}), None, up),)


def test_protocol_that_is_off_is_none() -> None:
    assert isinstance(told(RoutingProtocols, PORTS, {OSPF_ON: 2}), Missing)
    assert isinstance(told(RoutingProtocols, PORTS), Missing)


def test_adjacencies_of_isis_do_not_tell_what_they_carry() -> None:
    assert protocols({f"{ISIS}.1.7.1": 3, f"{ISIS}.1.7.2": 1}) == (RoutingProtocol("isis", frozenset(), None, 1),)


@pytest.mark.parametrize(
    ("objects", "families", "up"),
    [
        (
            made_by(2011) | {f"{HUAWEI}.0.2.1.{A6}": 6, f"{HUAWEI}.0.2.128.{A4}": 6, f"{HUAWEI}.0.1.1.{A4}": 6},
            {4, 6},
            2,
        ),
        (made_by(2011) | {f"{HUAWEI}.0.1.1.{A4}": 6}, {4}, 0),
        (made_by(9) | {f"{CISCO_STATE}.{A6}": 6, f"{CISCO_FAMILY}.{A6}.2.1": b"IPv6 Unicast"}, {6}, 1),
        (
            made_by(9)
            | {
                f"{CISCO_STATE}.{A4}": 6,
                f"{CISCO_FAMILY}.{A4}.1.1": b"IPv4 Unicast",
                f"{CISCO_FAMILY}.{A4}.2.128": b"V6",
            },
            {4, 6},
            1,
        ),
        (made_by(9) | {f"{CISCO_STATE}.{A6}": 1, f"{CISCO_FAMILY}.{A6}.2.1": b"IPv6 Unicast"}, {6}, 0),
        (made_by(25506) | {f"{H3C}.{V6}": 6}, {6}, 1),
    ],
)
def test_peers_of_bgp_by_maker(objects: Objects, families: set[int], up: int) -> None:
    assert protocols(objects) == (RoutingProtocol("bgp", frozenset(families), None, up),)


def test_configuration_says_what_is_carried_and_the_agent_with_whom() -> None:
    seen = RoutingProtocols(
        (RoutingProtocol("isis", frozenset(), None, 2), RoutingProtocol("bgp", frozenset({4}), None, 0)),
        Evidence("SNMP ISIS-MIB"),
    )
    configured = RoutingProtocols(
        (RoutingProtocol("isis", frozenset({4, 6}), True), RoutingProtocol("ospfv3", frozenset({6}), False)),
        Evidence("display current-configuration", (7,), "isis 1"),
    )
    facts: Facts = {RoutingProtocols: seen}
    merge_into(facts, {RoutingProtocols: configured})
    found = facts[RoutingProtocols]
    assert isinstance(found, RoutingProtocols)
    assert found.items == (
        RoutingProtocol("isis", frozenset({4, 6}), True, 2),
        RoutingProtocol("ospfv3", frozenset({6}), False, None),
    )
    assert (found.evidence.source, found.evidence.lines) == ("display current-configuration, SNMP ISIS-MIB", (7,))
