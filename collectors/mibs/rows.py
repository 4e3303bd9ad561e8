"""SNMP tables as columns of rows, and the values in them as Python values."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import TypeVar

from collectors.base import SnmpSession, SnmpValue
from inventory.addresses import IPAddress, mac_from_bytes
from inventory.errors import CollectError

LONGEST_TEXT = 1024  # characters kept of what an agent says; DisplayString ends at 255 (RFC 2579)
LONG = 5_000  # rows from which on a column that nobody needs is worth a request to leave out
T = TypeVar("T")
# Words that agents write where they have nothing to say.
_NOTHING = re.compile(
    r"(?:n/?a|none|null|nil|unknown|unspecified|undefined|unassigned|invalid|empty|default(?: string)?|"
    r"not (?:available|specified|set|applicable|supported|defined|present|programmed)|"
    r"to be filled.*|built-?in|serial ?(?:no|number|num)|system (?:serial|product|version).*|<.*>|"
    r"no[- ]?(?:serial|model)\w*|(?:00[ :.-]?)+|0+|f+|x+|-+|\.+|\*+)",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Table:
    """What was read of one conceptual table: index → value for each column number.

    ``failure`` is why the reading broke off; the rows before it are good, and rows may be missing. ``read`` names the
    columns of a long table that were asked for so far.
    """

    columns: dict[str, dict[str, SnmpValue]] = field(default_factory=lambda: defaultdict(dict))
    failure: CollectError | None = None
    read: set[str] | None = None  # None: all of them

    def __bool__(self) -> bool:
        return bool(self.columns)

    def column(self, number: int) -> dict[str, SnmpValue]:
        """Index → value; empty when the agent has no such column."""
        return self.columns.get(str(number), {})

    def indexes(self) -> list[str]:
        """Every row's index in the agent's order: a row that only one column has is a row."""
        seen: dict[str, None] = {}
        for values in self.columns.values():
            seen.update(dict.fromkeys(values))
        return list(seen)

    def whole(self) -> Table:
        """Itself; raises its failure where rows may be missing."""
        if self.failure is not None:
            raise self.failure
        return self


def read_table(session: SnmpSession, entry: str, *, whole: bool = True) -> Table:
    """The table whose entry (…Table.1) has this OID. Raises nothing of its own: see Table.failure.

    Of one of more than LONG rows only the first column is read unless it is wanted ``whole``.
    """
    table = Table()
    columns = table.columns
    skip = len(entry) + 1
    first = None
    try:
        for oid, value in session.walk(entry):
            if value is None:  # a NULL tells nothing; one of the engines leaves it out
                continue
            number, _, index = oid[skip:].partition(".")
            if number != first:
                if first is not None and not whole and len(columns[first]) > LONG:
                    table.read = {first}
                    break
                first = number
            columns[number][index] = value
    except CollectError as failure:
        table.failure = failure
    return table


def text(value: SnmpValue, *, lines: bool = False) -> str | None:
    """An OCTET STRING as text; None when it is empty or no string.

    UTF-8 as the standards want, else GB18030 as Chinese systems write, else Latin-1. Control and invisible
    formatting characters go, line ends become spaces unless ``lines``; at most LONGEST_TEXT characters stay.
    """
    if not isinstance(value, bytes) or not value:
        return None
    said = _decoded(value[: 4 * LONGEST_TEXT].rstrip(b"\0"))
    if not said.isprintable():
        said = _printable(said, lines=lines)
    return said.strip()[:LONGEST_TEXT] or None


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as failure:
        # agents cut long text at an octet count, through the middle of a character
        if failure.reason == "unexpected end of data" and failure.start >= len(octets) - 3 and failure.start:
            return octets[: failure.start].decode("utf-8")
    for part in (octets, octets[:-1]):
        try:
            return part.decode("gb18030")
        except UnicodeDecodeError:
            continue
    return octets.decode("latin-1")


def _printable(said: str, *, lines: bool) -> str:
    said = said.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    if not lines:
        return "".join(c if c.isprintable() else " " if c == "\n" else "" for c in said)
    return "".join(c for c in said if c == "\n" or c.isprintable())


def telling(said: str | None) -> str | None:
    """A model, serial or name itself; None where it is one of the words for having none, or a mask over it."""
    return None if said is None or _NOTHING.fullmatch(said) else said


def number(value: SnmpValue) -> int | None:
    """An integer value; None for anything else."""
    return value if isinstance(value, int) else None


def unsigned(value: SnmpValue) -> int | None:
    """A number of 32 bits that agents let wrap below zero (sizes of hrStorageTable), as it was meant."""
    return None if not isinstance(value, int) else value if value >= 0 else value + 2**32


def seconds(ticks: SnmpValue) -> float | None:
    """TimeTicks, which are hundredths of a second, as seconds."""
    value = unsigned(ticks)
    return None if value is None else value / 100


def truth(value: SnmpValue) -> bool | None:
    """A TruthValue (RFC 2579): 1 true, 2 false; None for anything else."""
    return {1: True, 2: False}.get(value) if isinstance(value, int) else None


def named(names: dict[int, T], value: SnmpValue) -> T | None:
    """The name of an enumerated value; None for values the MIB does not list."""
    return names.get(value) if isinstance(value, int) else None


def mac(value: SnmpValue) -> str | None:
    """A PhysAddress of six octets as aa:bb:cc:dd:ee:ff; None otherwise."""
    return mac_from_bytes(value) if isinstance(value, bytes) else None


def arcs(index: str) -> tuple[int, ...]:
    """The numbers of an index."""
    return tuple(map(int, index.split("."))) if index else ()


def ip_of(octets: tuple[int, ...] | bytes) -> IPAddress | None:
    """The address in 4 or 16 octets, and in 8 or 20 with a zone behind (RFC 4001); None for other lengths."""
    try:
        if len(octets) in {4, 8}:
            return IPv4Address(bytes(octets[:4]))
        if len(octets) in {16, 20}:
            return IPv6Address(bytes(octets[:16]))
    except ValueError:  # a number over 255
        return None
    return None


def inet(numbers: tuple[int, ...]) -> tuple[IPAddress | None, tuple[int, ...]]:
    """The InetAddressType, length and InetAddress at the head of an index (RFC 4001), and what follows.

    The address is None when the length is nonsense; types the address does not agree with are not trusted.
    """
    if len(numbers) < 2 or numbers[1] > len(numbers) - 2:
        return None, ()
    end = 2 + numbers[1]
    return ip_of(numbers[2:end]), numbers[end:]
