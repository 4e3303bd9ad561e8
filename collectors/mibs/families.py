"""Traffic and router advertisements by address family: IP-MIB (RFC 4293)."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.interfaces import interface_names
from collectors.mibs.rows import arcs, number, truth
from inventory.errors import Missing
from inventory.facts import FamilyCounter, FamilyCounters, LinkService, LinkServices

SYSTEM_STATS_ENTRY = "1.3.6.1.2.1.4.31.1.1"  # ipSystemStatsTable, indexed by the version
IF_STATS_ENTRY = "1.3.6.1.2.1.4.31.3.1"  # ipIfStatsTable, indexed by the version and the interface
ADVERTS = "1.3.6.1.2.1.4.39.1.2"  # ipv6RouterAdvertSendAdverts
IN_OCTETS, HC_IN_OCTETS, OUT_OCTETS, HC_OUT_OCTETS = 5, 6, 32, 33  # alike in both tables
FAMILIES = {1: 4, 2: 6}  # InetVersion


@reads(FamilyCounters)
def family_counters(agent: Agent) -> FamilyCounters | Missing:
    """Octets of each family, of the device and of each interface: 64-bit counters where the agent has them."""
    items = [*_counted(agent, SYSTEM_STATS_ENTRY), *_counted(agent, IF_STATS_ENTRY)]
    if not items:
        return lacks("IP-MIB ipSystemStatsTable and ipIfStatsTable")
    return FamilyCounters(tuple(items), agent.uptime_s(), agent.evidence("IP-MIB::ipSystemStatsTable", _shown(items)))


def _counted(agent: Agent, entry: str) -> Iterator[FamilyCounter]:
    names = interface_names(agent) if entry == IF_STATS_ENTRY else {}
    ins, outs, bits = agent.column(f"{entry}.{HC_IN_OCTETS}"), agent.column(f"{entry}.{HC_OUT_OCTETS}"), 64
    if not ins and not outs:
        ins, outs, bits = agent.column(f"{entry}.{IN_OCTETS}"), agent.column(f"{entry}.{OUT_OCTETS}"), 32
    for index in dict.fromkeys([*ins, *outs]):
        version, *rest = arcs(index)
        family, interface = FAMILIES.get(version), names.get(rest[0]) if rest else None
        if family is not None and (interface is not None or not rest):
            yield FamilyCounter(family, interface, number(ins.get(index)), number(outs.get(index)), bits)


def _shown(items: list[FamilyCounter]) -> str:
    whole = [f"IPv{i.family} in {i.in_octets} out {i.out_octets}" for i in items if i.interface is None]
    return "; ".join(whole) or f"{len(items)} rows"


@reads(LinkServices)
def link_services(agent: Agent) -> LinkServices | Missing:
    """Interfaces that send Router Advertisements.

    The table does not tell DHCPv6: where an interface is silent, the configuration has to say what stands in for it.
    """
    names = interface_names(agent)
    told = {names[int(i)]: truth(v) for i, v in agent.column(ADVERTS).items() if i.isdigit() and int(i) in names}
    if not told or not all(told.values()):
        return lacks("IP-MIB ipv6RouterAdvertTable that speaks for every interface")
    items = tuple(LinkService(name, sends) for name, sends in told.items())
    return LinkServices(items, agent.evidence("IP-MIB::ipv6RouterAdvertTable", f"{len(items)} interfaces"))
