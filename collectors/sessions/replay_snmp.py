"""An SNMP agent out of a recording: snmprec (SNMP simulators) or the text of ``snmpwalk -On`` (net-snmp)."""

from __future__ import annotations

import binascii
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path

from collectors.base import Oid, SnmpValue
from inventory.errors import Gap, ReadFailed

_OID = r"\.?(?:\d{1,10}\.)+\d{1,10}"
_REC = re.compile(rf"({_OID})\|(\d{{1,3}})([xe]?)(?::[^|]*)?\|(.*)")
_WALK = re.compile(rf"({_OID}) ?= ?(?:(?P<kind>[A-Z][A-Za-z0-9 -]*): ?)?(?P<value>.*)")
_INTEGERS = ("INTEGER", "Gauge32", "Counter32", "Counter64", "Unsigned32", "UInteger32")
_SAMPLE = 20  # lines by which a recording is known
_HIGHEST_ARC = 2**32

Row = tuple[tuple[int, ...], SnmpValue]


class ReplaySnmp:
    """An SnmpSession over recorded objects."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._values = dict(rows)
        self._order = sorted(self._values)

    @classmethod
    def of_files(cls, paths: Iterable[Path]) -> ReplaySnmp:
        """All objects of some recordings; ReadFailed where one cannot be read or holds none."""
        rows: list[Row] = []
        for path in paths:
            try:
                found = list(recorded(path.read_bytes()))
            except OSError as error:
                raise ReadFailed(f"{path}: {error.strerror or 'unreadable'}", Gap.UNREACHABLE) from None
            if not found:
                raise ReadFailed(f"{path}: no SNMP objects in it")
            rows += found
        return cls(rows)

    @property
    def engine(self) -> str:
        """``replay``."""
        return "replay"

    @property
    def requests(self) -> int:
        """None: nobody is asked."""
        return 0

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Value by OID; None for what was not recorded."""
        return {oid: self._values.get(_arcs(oid)) for oid in oids}

    def walk(self, root: str) -> Iterator[tuple[str, SnmpValue]]:
        """Every recorded object below root in the order of OIDs."""
        head = _arcs(root)
        for arcs in self._order[bisect_left(self._order, head) :]:
            if arcs[: len(head)] != head:
                return
            if arcs != head:
                yield ".".join(map(str, arcs)), self._values[arcs]

    def close(self) -> None:
        """Nothing is open."""


def looks_like_walk(octets: bytes) -> bool:
    """Whether the first lines that are not blank are those of a recording."""
    lines = [line for line in octets[:8192].decode("latin-1").splitlines() if line.strip()][:_SAMPLE]
    known = sum(bool(_REC.fullmatch(line) or _WALK.fullmatch(line)) for line in lines)
    return bool(lines) and known >= max(1, len(lines) // 2) and bool(re.match(_OID, lines[0]))


def recorded(octets: bytes) -> Iterator[Row]:
    """The objects of a recording in either form; lines that are none are passed over."""
    for first, *more in _entries(octets.decode("latin-1").splitlines()):
        rec = _REC.fullmatch(first)
        if rec is not None:
            value = _of_tag(int(rec.group(2)), rec.group(3), rec.group(4))
            oid = rec.group(1)
        else:
            walk = _WALK.fullmatch(first)
            if walk is None:
                continue
            value = _of_kind((walk["kind"] or "").strip(), "\n".join((walk["value"], *more)))
            oid = walk.group(1)
        if (arcs := _arcs(oid)) and not isinstance(value, _Unusable):
            yield arcs, value


class _Unusable:
    """Stands for a value that its line does not tell."""


def _entries(lines: Iterable[str]) -> Iterator[list[str]]:
    """Lines grouped with those that go on a value of several lines."""
    entry: list[str] = []
    for line in lines:
        if _REC.fullmatch(line) or _WALK.fullmatch(line):
            if entry:
                yield entry
            entry = [line]
        elif entry:
            entry.append(line)
    if entry:
        yield entry


def _arcs(oid: str) -> tuple[int, ...]:
    try:
        arcs = tuple(map(int, oid.strip(".").split(".")))
    except ValueError:
        return ()
    return arcs if all(0 <= arc < _HIGHEST_ARC for arc in arcs) else ()


def _of_tag(tag: int, form: str, text: str) -> SnmpValue | _Unusable:
    """By ASN.1 tag: 2 INTEGER, 4 OCTET STRING, 5 NULL, 6 OBJECT IDENTIFIER, 64 and up the types of SMIv2."""
    if tag in (2, 65, 66, 67, 70):
        return _integer(text)
    if tag == 4:
        return _from_hex(text) if form == "x" else text.encode("latin-1")
    if tag == 6:
        return Oid(text.strip().lstrip("."))
    if tag == 64:
        return _address(_from_hex(text) if form == "x" else text)
    if tag == 68:
        return _from_hex(text)
    return None if tag in (5, 128, 129, 130) else _Unusable()


def _of_kind(kind: str, text: str) -> SnmpValue | _Unusable:
    text = text.rstrip("\r\n")
    if kind in _INTEGERS:
        found = re.search(r"\((-?\d+)\)", text) or re.match(r"\s*(-?\d+)", text)
        return _integer(found.group(1)) if found else _Unusable()
    if kind == "Timeticks":
        ticks = re.search(r"\((\d+)\)", text) or re.match(r"\s*(\d+)$", text)
        return _integer(ticks.group(1)) if ticks else _Unusable()
    if kind == "STRING":
        quoted = re.fullmatch(r'"(.*)"', text, re.DOTALL)
        plain = re.sub(r"\\(.)", r"\1", quoted.group(1), flags=re.DOTALL) if quoted else text
        return plain.encode("latin-1")
    if kind in ("Hex-STRING", "BITS", "Opaque"):
        return _from_hex(re.sub(r"\s+", "", re.sub(r"[^0-9A-Fa-f\s].*", "", text, flags=re.DOTALL)))
    if kind == "OID":
        return Oid(text.strip().lstrip(".")) if re.fullmatch(_OID, text.strip()) else _Unusable()
    if kind in ("IpAddress", "Network Address"):
        return _address(text.strip())
    if not kind:
        return _without_kind(text.strip())
    return _Unusable()


def _without_kind(text: str) -> SnmpValue | _Unusable:
    if text == '""':
        return b""
    return None if text == "NULL" or text.startswith("No Such") else _Unusable()


def _integer(text: str) -> SnmpValue | _Unusable:
    word = text.strip()
    return int(word) if re.fullmatch(r"-?\d{1,20}", word) else _Unusable()


def _from_hex(text: str) -> bytes | _Unusable:
    try:
        return binascii.unhexlify(text.strip())
    except (binascii.Error, ValueError):
        return _Unusable()


def _address(value: str | bytes | _Unusable) -> SnmpValue | _Unusable:
    try:
        return value if isinstance(value, _Unusable) else IPv4Address(value)
    except AddressValueError:
        return _Unusable()
