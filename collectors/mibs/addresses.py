"""IP addresses: IP-MIB of RFC 4293 and of RFC 2011, IPV6-MIB of RFC 2465, and makers' own tables, merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv6Address, IPv6Interface

from collectors.base import SnmpValue
from collectors.mibs.agent import Agent, lacks, reads
from collectors.mibs.interfaces import interface_names
from collectors.mibs.rows import Table, arcs, inet, ip_of, named, number, text
from collectors.mibs.system import enterprise
from inventory.addresses import IPAddress
from inventory.errors import Missing
from inventory.facts import Address, Addresses

IP_ADDRESS_ENTRY = "1.3.6.1.2.1.4.34.1"
IP_ADDR_ENTRY = "1.3.6.1.2.1.4.20.1"
IPV6_ADDR_ENTRY = "1.3.6.1.2.1.55.1.8.1"
IP_PREFIX_ORIGIN = "1.3.6.1.2.1.4.32.1.5"  # IP-MIB ipAddressPrefixOrigin: one column, since the index tells all
CISCO_IP_ADDRESS_ENTRY = "1.3.6.1.4.1.9.10.86.1.1.2.1"  # CISCO-IETF-IP-MIB cIpAddressTable: a draft of RFC 4293
TPLINK_IPV6_ENTRY = "1.3.6.1.4.1.11863.6.50.1.1.1"  # TPLINK-IPV6ADDR-MIB: 2 interface, 4 address, 5 prefix length
BROADCAST = 3  # ipAddressType
ORIGINS = {1: "other", 2: "manual", 4: "dhcp", 5: "linklayer", 6: "random"}
STATUSES = {
    1: "preferred",
    2: "deprecated",
    3: "invalid",
    4: "inaccessible",
    5: "unknown",
    6: "tentative",
    7: "duplicate",
    8: "optimistic",
}
OLD_STATUSES = {1: "preferred", 2: "deprecated", 3: "invalid", 4: "inaccessible", 5: "unknown"}


@reads(Addresses)
def addresses(agent: Agent) -> Addresses | Missing:
    """All addresses of all tables, the one that knows the prefix length first."""
    wanted = [*_STANDARD, *_OF_MAKERS.get(enterprise(agent) or 0, ())]
    tables = [agent.table(each.entry) for each in wanted]
    names = interface_names(agent)
    found: dict[IPAddress, list[Address]] = {}
    for table, each in zip(tables, wanted, strict=True):
        for row in each.rows(table, names):
            _merge(found.setdefault(row.ip.ip, []), row)
    failure = next((t.failure for t in tables if t.failure), None)
    if failure is not None:
        raise failure
    if not found:
        return lacks("IP-MIB ipAddressTable and ipAddrTable")
    items = tuple(row for rows in found.values() for row in rows)
    told = [each.source for each, table in zip(wanted, tables, strict=True) if table]
    return Addresses(items, agent.evidence(" ".join(told), f"{len(items)} addresses"))


def _merge(rows: list[Address], row: Address) -> None:
    """The same address on the same interface is one; a known prefix and interface win over unknown ones."""
    for place, known in enumerate(rows):
        if known.interface == row.interface or known.interface is None or row.interface is None:
            better = known if known.prefix_known or not row.prefix_known else row
            other = row if better is known else known
            rows[place] = Address(
                better.interface or other.interface,
                better.ip,
                better.prefix_known,
                better.origin or other.origin,
                better.status or other.status,
            )
            return
    rows.append(row)


def _new_rows(table: Table, names: dict[int, str]) -> list[Address]:
    """ipAddressTable (RFC 4293), indexed by InetAddressType and InetAddress."""
    ifs, kinds, prefixes = table.column(3), table.column(4), table.column(5)
    origins, statuses = table.column(6), table.column(7)
    found = []
    for index in table.indexes():
        ip = _indexed(arcs(index))
        if ip is None or kinds.get(index) == BROADCAST:
            continue
        length = _pointed(prefixes.get(index), ip.max_prefixlen)
        found.append(
            _address(
                _interface(ifs.get(index), names),
                ip,
                length,
                named(ORIGINS, origins.get(index)),
                named(STATUSES, statuses.get(index)),
            )
        )
    return found


def _old_rows(table: Table, names: dict[int, str]) -> list[Address]:
    """ipAddrTable (RFC 2011): IPv4 only, with a mask. The address is the index, which some agents get wrong."""
    told, ifs, masks = table.column(1), table.column(2), table.column(3)
    found = []
    for index in table.indexes():
        said, numbers = told.get(index), arcs(index)
        if len(numbers) == 5 and numbers[0] == ifs.get(index):  # some put the interface before it
            numbers = numbers[1:]
        ip = said if isinstance(said, IPv4Address) else ip_of(numbers) if len(numbers) == 4 else None
        if ip is not None:
            found.append(_address(_interface(ifs.get(index), names), ip, _mask_length(masks.get(index)), None, None))
    return found


def _ipv6_rows(table: Table, names: dict[int, str]) -> list[Address]:
    """ipv6AddrTable (RFC 2465), indexed by interface and address."""
    lengths, statuses = table.column(2), table.column(5)
    found = []
    for index in table.indexes():
        numbers = arcs(index)
        # some agents put the length of the address before it, some spell the address out
        ip = ip_of(numbers[1:]) if len(numbers) == 17 else ip_of(numbers[2:]) if len(numbers) == 18 else None
        ip = ip or _spelled(numbers[1:])
        if ip is not None:
            length = number(lengths.get(index))
            known = length if length is not None and 0 < length <= 128 else None
            found.append(_address(names.get(numbers[0]), ip, known, None, named(OLD_STATUSES, statuses.get(index))))
    return found


def _prefix_rows(table: Table, names: dict[int, str]) -> list[Address]:
    """ipAddressPrefixTable, indexed by interface, InetAddress and length: a prefix has no bits behind its length, so
    that a row with such bits is an address, by agents that list none in ipAddressTable."""
    found = []
    # of a walk below a column, the "columns" are the first part of the index: the interfaces
    for interface, index in ((i, index) for i, rows in table.columns.items() for index in rows):
        ip, rest = inet(arcs(index))
        behind = ip.max_prefixlen - rest[0] if ip is not None and len(rest) == 1 else 0
        if ip is not None and 0 < behind < ip.max_prefixlen and int(ip) % (1 << behind):
            found.append(_address(names.get(int(interface)), ip, rest[0], None, None))
    return found


def _tplink_rows(table: Table, _: dict[int, str]) -> list[Address]:
    """The interface stands in the row by name; of its two indexes only the address is of use."""
    names, lengths = table.column(2), table.column(5)
    found = []
    for index, octets in table.column(4).items():
        ip = ip_of(octets) if isinstance(octets, bytes) else None
        if ip is not None:
            length = number(lengths.get(index))
            known = length if length is not None and 0 < length <= ip.max_prefixlen else None
            found.append(_address(text(names.get(index)), ip, known, None, None))
    return found


@dataclass(frozen=True, slots=True)
class _Source:
    entry: str
    rows: Callable[[Table, dict[int, str]], list[Address]]
    source: str


_STANDARD = (
    _Source(IP_ADDRESS_ENTRY, _new_rows, "IP-MIB::ipAddressTable"),
    _Source(IP_ADDR_ENTRY, _old_rows, "IP-MIB::ipAddrTable"),
    _Source(IPV6_ADDR_ENTRY, _ipv6_rows, "IPV6-MIB::ipv6AddrTable"),
    _Source(IP_PREFIX_ORIGIN, _prefix_rows, "IP-MIB::ipAddressPrefixTable"),
)
_OF_MAKERS = {
    9: (_Source(CISCO_IP_ADDRESS_ENTRY, _new_rows, "CISCO-IETF-IP-MIB::cIpAddressTable"),),
    11863: (_Source(TPLINK_IPV6_ENTRY, _tplink_rows, "TPLINK-IPV6ADDR-MIB::ipv6ParaConfigAddrTable"),),
}


def _indexed(numbers: tuple[int, ...]) -> IPAddress | None:
    """The address of an ipAddressTable index; agents that leave the length out are read by what remains."""
    ip, rest = inet(numbers)
    if ip is not None and not rest:
        return ip
    expected = {1: 4, 2: 16}.get(numbers[0], -1) if numbers else -1
    return ip_of(numbers[1:]) if len(numbers) == 1 + expected else None


def _spelled(numbers: tuple[int, ...]) -> IPv6Address | None:
    """The address of an index that is its text, with or without a length behind: 2a00::1/64."""
    said = "".join(chr(n) for n in numbers if 32 < n < 127).partition("/")[0]
    if len(numbers) > len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128") or ":" not in said:
        return None
    try:
        return IPv6Address(said)
    except ValueError:
        return None


def _pointed(pointer: SnmpValue, longest: int) -> int | None:
    """The prefix length at the end of a pointer to an ipAddressPrefixTable row; None for zeroDotZero and nonsense."""
    if not isinstance(pointer, str):
        return None
    numbers = arcs(pointer)
    return numbers[-1] if len(numbers) > 10 and 0 < numbers[-1] <= longest else None


def _mask_length(mask: SnmpValue) -> int | None:
    if not isinstance(mask, IPv4Address):
        return None
    bits = int(mask)
    length = bits.bit_count()
    return length if length and bits == ((1 << length) - 1) << (32 - length) else None


def _interface(value: SnmpValue, names: dict[int, str]) -> str | None:
    return names.get(value) if isinstance(value, int) else None


def _address(
    interface: str | None, ip: IPAddress, length: int | None, origin: str | None, status: str | None
) -> Address:
    size = ip.max_prefixlen if length is None else length
    full = IPv6Interface((ip, size)) if isinstance(ip, IPv6Address) else IPv4Interface((ip, size))
    return Address(interface, full, length is not None, origin, status)
