"""IF-MIB (RFC 2863), duplex of EtherLike-MIB, aggregation of IEEE8023-LAG-MIB, VLANs, and makers' own ports."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.identifying import identifying
from collectors.mibs.interface_types import ENCAPSULATIONS, TYPES
from collectors.mibs.rows import Table, mac, named, number, seconds, text
from collectors.mibs.system import system_group
from collectors.mibs.vlans import carried_vlans
from collectors.vendors.files import Ports
from inventory.errors import CollectError, Missing
from inventory.facts import Interface, Interfaces
from inventory.names import canonical_interface, is_interface

IF_ENTRY = "1.3.6.1.2.1.2.2.1"
IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1"
DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"  # dot3StatsDuplexStatus
AGGREGATE = "1.2.840.10006.300.43.1.2.1.1.13"  # dot3adAggPortAttachedAggID
IPV6_ENABLED = "1.3.6.1.2.1.4.30.1.5"  # ipv6InterfaceEnableStatus
ENCAPSULATION = "1.3.6.1.2.1.10.131.1.1.1.1.3"  # tunnelIfEncapsMethod (TUNNEL-MIB, RFC 4087)
DESCR, TYPE, MTU, SPEED, PHYS, ADMIN, OPER, CHANGE = range(2, 10)
NAME, HIGH_SPEED, ALIAS = 1, 15, 18
# What names and facts are made of: columns of ifTable and of ifXTable.
NAMES = (DESCR, TYPE), (NAME,)
BASICS = (DESCR, TYPE, MTU, SPEED, PHYS, ADMIN, OPER, CHANGE), (NAME, HIGH_SPEED, ALIAS)
CEILING = 2**32 - 1  # ifSpeed of an interface too fast for it
CEILINGS_MBPS = (4294, 4295, CEILING)  # ifHighSpeed of agents that reckon it from that
DUPLEXES = {2: "half", 3: "full"}
STATES = {1: True, 2: False}
OTN_OTU = 261  # of ifType
NOT_PRESENT = 6  # of ifOperStatus: some component, typically hardware, is missing


def interface_names(agent: Agent) -> dict[int, str]:
    """ifIndex → name in full. ifDescr where it spells the ifName out, else ifName, else ifDescr.

    Optical transport (ITU-T G.709) has a row beneath the port that it carries (RFC 2863, 3.1.1); where it bears the
    same name, -otu stands behind it.
    """
    basics, extras = both(agent, NAMES)
    descrs, names, kinds = basics.column(DESCR), extras.column(NAME), basics.column(TYPE)
    found = {i: _name(names.get(i), descrs.get(i), i) for i in rows(basics, extras)}
    layers = {i for i in found if kinds.get(i) == OTN_OTU}
    ports = {found[i] for i in found.keys() - layers} if layers else ()
    return {int(i): f"{name}-otu" if i in layers and name in ports else name for i, name in found.items()}


def both(agent: Agent, wanted: tuple[Collection[int], Collection[int]]) -> tuple[Table, Table]:
    """ifTable and ifXTable; of an agent with very many interfaces at least these columns."""
    return agent.table(IF_ENTRY, wanted[0]), agent.table(IFX_ENTRY, wanted[1])


@reads(Interfaces)
def interfaces(agent: Agent) -> Interfaces | Missing:
    """All interfaces: the rows of ifTable, of ifXTable where the agent has only that one, and its maker's own ports."""
    listed = _listed(agent)
    wanted = [ports for ports in _maker(agent) if ports.beside or not listed]
    own = [port for ports in wanted for port in _own(agent.table(ports.entry).whole(), ports)]
    if not (listed or own):
        return lacks("IF-MIB ifTable")
    sources = [*(["IF-MIB::ifTable"] if listed else []), *(ports.source for ports in wanted)]
    return Interfaces((*listed, *own), agent.evidence(" ".join(sources), f"{len(listed) + len(own)} rows"))


def _listed(agent: Agent) -> tuple[Interface, ...]:
    basics, extras = both(agent, BASICS)
    indexes = rows(basics.whole(), extras)
    names = interface_names(agent)
    descrs, shorts = basics.column(DESCR), extras.column(NAME)
    duplexes, masters, ipv6, methods = (
        _optional(agent, oid) for oid in (DUPLEX, AGGREGATE, IPV6_ENABLED, ENCAPSULATION)
    )
    kinds, mtus, macs = basics.column(TYPE), basics.column(MTU), basics.column(PHYS)
    admins, opers, changes = basics.column(ADMIN), basics.column(OPER), basics.column(CHANGE)
    vlans = carried_vlans(agent)
    speeds, high_speeds, aliases = basics.column(SPEED), extras.column(HIGH_SPEED), extras.column(ALIAS)
    return tuple(
        Interface(
            name=names[(index := int(i))],
            index=index,
            alias=text(aliases.get(i)),
            kind=_kind(kinds.get(i)),
            speed_mbps=_mbps(speeds.get(i), high_speeds.get(i)),
            duplex=named(DUPLEXES, duplexes.get(i)),
            mtu=number(mtus.get(i)),
            admin_up=named(STATES, admins.get(i)),
            oper_up=named(STATES, opers.get(i)),
            mac=mac(macs.get(i)),
            last_change_s=seconds(changes.get(i)),
            aggregate=_aggregate(index, masters.get(i), names),
            vlans=vlans.get(index, ()),
            ipv6_enabled=named(STATES, ipv6.get(i)),
            encapsulation=named(ENCAPSULATIONS, methods.get(i)),
            present=opers.get(i) != NOT_PRESENT and bool(text(descrs.get(i)) or text(shorts.get(i))),
        )
        for i in indexes
    )


def _maker(agent: Agent) -> tuple[Ports, ...]:
    system = system_group(agent)
    return () if isinstance(system, Missing) else identifying(agent, system).ports()


def _own(table: Table, rules: Ports) -> Iterator[Interface]:
    """Rows of a maker's table: they have no ifIndex, and a name by their place where they bear none."""
    names, aliases, admins, opers = (
        table.column(rules.columns[field]) if field in rules.columns else {}
        for field in ("name", "alias", "admin_up", "oper_up")
    )
    for index in table.indexes():
        yield Interface(
            name=text(names.get(index)) or rules.name.format(*index.split("."), *[""] * 10),
            alias=text(aliases.get(index)),
            kind=rules.kind,
            speed_mbps=rules.speed_mbps,
            admin_up=named(STATES, admins.get(index)),
            oper_up=named(STATES, opers.get(index)),
        )


def rows(basics: Table, extras: Table) -> list[str]:
    """Indexes that are an ifIndex. ifXTable only speaks where ifTable is silent: it augments it (RFC 2863)."""
    return [i for i in (basics.indexes() or extras.indexes()) if i.isdigit()]


def _name(short: SnmpValue, long: SnmpValue, index: str) -> str:
    name, descr = text(short), text(long)
    if name is None or descr is None:
        only = name or descr
        return canonical_interface(only) if only else f"ifIndex {index}"
    if not is_interface(descr):  # a layer bears the short name of the interface it lies on
        return descr
    full = canonical_interface(name)
    if (
        len(descr) > len(name)
        and " " not in descr
        and _tail(descr) == _tail(name)
        and descr[0].lower() == name[0].lower()
    ):
        return descr
    return full


def _tail(name: str) -> str:
    """What follows the letters of a name: 1/0/3 of GigabitEthernet1/0/3."""
    return name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_")


def _kind(value: SnmpValue) -> str | None:
    if not isinstance(value, int):
        return None
    return TYPES.get(value) or f"ifType {value}"


def _mbps(speed: SnmpValue, high: SnmpValue) -> float | None:
    """ifHighSpeed in Mbit/s; ifSpeed in bit/s where that is 0 or lacks (RFC 2863 3.1.6)."""
    if isinstance(high, int) and high > 0 and not (high in CEILINGS_MBPS and speed in (CEILING, None)):
        return float(high)
    if isinstance(speed, int) and 0 < speed < CEILING:
        return speed / 1e6
    return None


def _aggregate(index: int, master: SnmpValue, names: dict[int, str]) -> str | None:
    """The aggregation a port is attached to; an aggregation attached to itself is none."""
    if not isinstance(master, int) or master in {0, index}:
        return None
    return names.get(master)


def _optional(agent: Agent, column: str) -> dict[str, SnmpValue]:
    """A column that adds to the fact; where it cannot be read its field stays None."""
    try:
        return agent.column(column)
    except CollectError:
        return {}
