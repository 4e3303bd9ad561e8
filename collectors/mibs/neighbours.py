"""Neighbours: LLDP-MIB (IEEE 802.1AB-2005), LLDP-V2-MIB (802.1AB-2009) and CISCO-CDP-MIB."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.interfaces import ALIAS, DESCR, IF_ENTRY, IFX_ENTRY, NAME, PHYS, interface_names
from collectors.mibs.rows import Table, arcs, ip_of, mac, text
from collectors.mibs.system import LLDP2_CHASSIS, LLDP_CHASSIS
from inventory.addresses import IPAddress
from inventory.errors import Missing
from inventory.facts import Neighbour, Neighbours

LLDP_REM = "1.0.8802.1.1.2.1.4.1.1"
LLDP_ADDRESSES = "1.0.8802.1.1.2.1.4.2.1"
LLDP_LOC_PORT = "1.0.8802.1.1.2.1.3.7.1"
LLDP2_REM = "1.3.111.2.802.1.1.13.1.4.1.1"
LLDP2_ADDRESSES = "1.3.111.2.802.1.1.13.1.4.2.1"
CDP_CACHE = "1.3.6.1.4.1.9.9.23.1.2.1.1"
CDP_RUN = "1.3.6.1.4.1.9.9.23.1.3.1.0"
MAC_SUBTYPES = {"chassis": 4, "port": 3}
ADDRESS_SUBTYPES = {"chassis": 5, "port": 4}
PORT_MAC, PORT_NAME, PORT_LOCAL = 3, 5, 7  # LldpPortIdSubtype
_CDP_SOURCE = "CISCO-CDP-MIB::cdpCacheTable"
RowKey = tuple[int, ...]


@reads(Neighbours)
def neighbours(agent: Agent) -> Neighbours | Missing:
    """What LLDP and CDP hear; an empty tuple only where the agent shows that it speaks one of them."""
    first, source = agent.table(LLDP_REM).whole(), "LLDP-MIB::lldpRemTable"
    speaks = agent.scalars([LLDP_CHASSIS, LLDP2_CHASSIS, CDP_RUN])
    items = _lldp(first, agent.table(LLDP_ADDRESSES) if first else Table(), _local_ports(agent) if first else {}, 2)
    if not items and speaks[LLDP2_CHASSIS] is not None:
        second, source = agent.table(LLDP2_REM).whole(), "LLDP-V2-MIB::lldpV2RemTable"
        items = _lldp(second, agent.table(LLDP2_ADDRESSES) if second else Table(), interface_names(agent), 3)
    cdp = agent.table(CDP_CACHE).whole() if speaks[CDP_RUN] is not None or not items else Table()
    heard = _cdp(cdp, interface_names(agent)) if cdp else []
    if heard:
        source = f"{source}, {_CDP_SOURCE}" if items else _CDP_SOURCE
    items += heard
    if not items and all(value is None for value in speaks.values()):
        return lacks("LLDP-MIB and CISCO-CDP-MIB")
    return Neighbours(tuple(items), agent.evidence(source, f"{len(items)} rows"))


def _lldp(table: Table, addresses: Table, ports: dict[int, str], keys: int) -> list[Neighbour]:
    """Rows of the remote table; ``keys`` 2: (TimeMark, port, number), 3: (TimeMark, ifIndex, destination, number).

    In the second MIB every column after the index stands one place later.
    """
    shift = keys - 2
    columns = [table.column(n + shift) for n in range(4, 11)]
    managed = _managed(addresses, keys)
    found = []
    for index in table.indexes():
        key = arcs(index)
        if len(key) < keys + 1:
            continue
        chassis_kind, chassis, port_kind, port, port_descr, name, descr = (c.get(index) for c in columns)
        found.append(
            Neighbour(
                interface=ports.get(key[1]),
                protocol="lldp",
                name=text(name),
                chassis_id=_id(chassis_kind, chassis, "chassis"),
                port=_id(port_kind, port, "port"),
                port_descr=text(port_descr),
                descr=text(descr),
                addresses=managed.get(key[: keys + 1], ()),
            )
        )
    return found


def _managed(table: Table, keys: int) -> dict[RowKey, tuple[IPAddress, ...]]:
    """Management addresses by the index of their neighbour: subtype, length and address follow that index."""
    found: dict[RowKey, dict[IPAddress, None]] = defaultdict(dict)
    for index in table.indexes():
        numbers = arcs(index)
        key, rest = numbers[: keys + 1], numbers[keys + 1 :]
        expected = {1: 4, 2: 16}.get(rest[0], -1) if rest else -1  # IANA address family numbers
        octets = rest[2:] if len(rest) == 2 + expected else rest[1:] if len(rest) == 1 + expected else ()
        ip = ip_of(octets)
        if ip is not None:
            found[key][ip] = None
    return {key: tuple(ips) for key, ips in found.items()}


def _id(kind: SnmpValue, value: SnmpValue, of: str) -> str | None:
    """A chassis or port id as its subtype says: a MAC, a network address, or text."""
    if not isinstance(value, bytes):
        return None
    if kind == MAC_SUBTYPES[of] or (kind is None and len(value) == 6):
        return mac(value) or text(value)
    if kind == ADDRESS_SUBTYPES[of] and value:
        ip = ip_of(value[1:])
        return str(ip) if ip else text(value)
    return text(value)


def _local_ports(agent: Agent) -> dict[int, str]:
    """lldpLocPortNum → interface name, by what lldpLocPortTable says of the port, else by ifIndex.

    A port number need not be an ifIndex (IEEE 802.1AB 10.3.1), so ids are matched with names before numbers are.
    """
    names = interface_names(agent)
    local = agent.table(LLDP_LOC_PORT)
    kinds, ids, descrs = local.column(2), local.column(3), local.column(4)
    match = _matcher(agent, names)
    found = dict(names)
    for index in local.indexes():
        if index.isdigit():
            name = match(kinds.get(index), ids.get(index), descrs.get(index))
            if name is not None:
                found[int(index)] = name
            elif int(index) not in names:
                said = text(ids.get(index)) if kinds.get(index) == PORT_NAME else text(descrs.get(index))
                found[int(index)] = said or f"port {index}"
    return found


def _matcher(agent: Agent, names: dict[int, str]) -> Callable[[SnmpValue, SnmpValue, SnmpValue], str | None]:
    """A function from (subtype, id, description) of a local port to the interface it is, None when none fits."""
    by_number: dict[str | None, str] = {str(index): name for index, name in names.items()}
    by_text: dict[str, str] = {}
    sources = [(IFX_ENTRY, ALIAS), (IF_ENTRY, DESCR), (IFX_ENTRY, NAME)]  # the last wins
    for entry, column in sources:
        for index, value in agent.table(entry, [column]).column(column).items():
            said = text(value)
            if said and index.isdigit() and int(index) in names:
                by_text[said] = names[int(index)]
    macs = agent.table(IF_ENTRY, [PHYS]).column(PHYS)
    by_mac = {mac(value): names[int(i)] for i, value in reversed(macs.items()) if i.isdigit() and int(i) in names}

    def match(kind: SnmpValue, identity: SnmpValue, descr: SnmpValue) -> str | None:
        said = text(identity)
        if kind == PORT_LOCAL and said in by_number:
            return by_number[said]
        # a MAC may be that of the whole box: the description is asked first
        fit = by_text.get(said or "") if kind != PORT_MAC else None
        return fit or by_text.get(text(descr) or "") or (by_mac.get(mac(identity)) if kind == PORT_MAC else None)

    return match


def _cdp(table: Table, names: dict[int, str]) -> list[Neighbour]:
    """cdpCacheTable, indexed by ifIndex and device number."""
    kinds, addresses, versions, ids, ports, platforms = (table.column(n) for n in (3, 4, 5, 6, 7, 8))
    found = []
    for index in table.indexes():
        key = arcs(index)
        if len(key) != 2:
            continue
        octets = addresses.get(index)
        ip = ip_of(octets) if kinds.get(index) in {1, 20} and isinstance(octets, bytes) else None  # ip, ipv6
        descr = " ".join(filter(None, (text(platforms.get(index)), text(versions.get(index)))))
        found.append(
            Neighbour(
                interface=names.get(key[0]),
                protocol="cdp",
                name=text(ids.get(index)),
                chassis_id=None,
                port=text(ports.get(index)),
                descr=descr or None,
                addresses=(ip,) if ip is not None else (),
            )
        )
    return found
