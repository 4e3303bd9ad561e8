"""Gateways that several routers answer for: VRRPV3-MIB (RFC 6527), VRRP-MIB (RFC 2787), CISCO-HSRP-MIB.

What runs is told, not what is configured: a group that is initialising backs nothing. Anycast gateways and preferences
of router advertisements stand in no MIB, so that a configuration, where one is read, goes before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.interfaces import interface_names
from collectors.mibs.rows import arcs
from collectors.mibs.system import enterprise
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Redundancy, RedundancyGroup, VirtualGateway, VirtualGateways

VRRP3_STATUS = "1.3.6.1.2.1.207.1.1.1.1.6"  # vrrpv3OperationsStatus, indexed by interface, group and address type
VRRP_STATE = "1.3.6.1.2.1.68.1.3.1.3"  # vrrpOperState, indexed by interface and group: IPv4 alone
HSRP_STATE = "1.3.6.1.4.1.9.9.106.1.2.1.1.15"  # cHsrpGrpStandbyState, indexed alike: IPv4 alone
CISCO = 9
_FAMILIES = {1: 4, 2: 6}  # InetAddressType
_VRRP_RUNS = frozenset({2, 3})  # backup, master
_HSRP_RUNS = frozenset({3, 4, 5, 6})  # listen, speak, standby, active


@dataclass(frozen=True, slots=True)
class _Group:
    interface: str
    protocol: str
    number: int
    family: int
    runs: bool
    source: str


def _groups(agent: Agent) -> list[_Group]:
    """Every group of every table; one that two tables tell stands once."""
    names = interface_names(agent)
    tables = [
        (VRRP3_STATUS, "vrrp", _VRRP_RUNS, "VRRPV3-MIB::vrrpv3OperationsTable"),
        (VRRP_STATE, "vrrp", _VRRP_RUNS, "VRRP-MIB::vrrpOperTable"),
    ]
    if enterprise(agent) == CISCO:
        tables.append((HSRP_STATE, "hsrp", _HSRP_RUNS, "CISCO-HSRP-MIB::cHsrpGrpTable"))
    found: dict[tuple[str, str, int, int], _Group] = {}
    for column, protocol, runs, source in tables:
        for index, state in agent.column(column).items():
            for interface, number, family in _index(index, names):
                group = _Group(interface, protocol, number, family, state in runs, source)
                found.setdefault((interface, protocol, number, family), group)
    return list(found.values())


def _index(index: str, names: dict[int, str]) -> Iterator[tuple[str, int, int]]:
    interface, *rest = arcs(index)
    family = _FAMILIES.get(rest[1]) if len(rest) > 1 else 4
    if interface in names and rest and family is not None:
        yield names[interface], rest[0], family


@reads(VirtualGateways)
def virtual_gateways(agent: Agent) -> VirtualGateways | Missing:
    """The groups that run. Those of IPv6 are told where VRRPV3-MIB has rows and no protocol is told of IPv4 alone."""
    groups = _groups(agent)
    if not groups:
        return lacks("VRRPV3-MIB, VRRP-MIB")
    whole = all(group.source.startswith("VRRPV3-MIB") for group in groups)
    items = tuple(
        VirtualGateway(g.interface, g.protocol, str(g.number), frozenset({g.family}), _shown(agent, g))
        for g in groups
        if g.runs
    )
    told = frozenset({4, 6} if whole else {4})
    return VirtualGateways(items, agent.evidence(groups[0].source, f"{len(groups)} groups"), told)


@reads(Redundancy)
def redundancy(agent: Agent) -> Redundancy | Missing:
    """The same groups as what makes one device another's stand-in; stacks and the like stand in no common MIB."""
    groups = _groups(agent)
    if not groups:
        return lacks("VRRPV3-MIB, VRRP-MIB")
    items = tuple(
        RedundancyGroup("vrrp", f"{g.interface} {g.protocol} {g.number}", g.runs, evidence=_shown(agent, g))
        for g in groups
    )
    return Redundancy(items, agent.evidence(groups[0].source, f"{len(groups)} groups"))


def _shown(agent: Agent, group: _Group) -> Evidence:
    return agent.evidence(group.source, f"{group.interface} {group.number} IPv{group.family}")
