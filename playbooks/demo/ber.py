"""The part of BER (X.690) that SNMP uses, as an agent needs it: definite lengths, single-octet tags."""

from __future__ import annotations

from functools import lru_cache

Name = tuple[int, ...]

INTEGER, OCTETS, OID, SEQUENCE = 0x02, 0x04, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x46
NO_SUCH_OBJECT, END_OF_MIB = b"\x80\x00", b"\x82\x00"


class Malformed(ValueError):
    """Bytes that are no BER of the expected form; such a message is dropped."""


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length, content."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    if size < 0x100:
        return bytes((tag, 0x81, size)) + content
    return bytes((tag, 0x82, size >> 8, size & 0xFF)) + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of encoded parts."""
    return tlv(SEQUENCE, b"".join(parts))


def integer(value: int, tag: int = INTEGER) -> bytes:
    """A whole number in the fewest octets; unsigned types keep their leading zero octet."""
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes | str) -> bytes:
    """An OCTET STRING; text as UTF-8."""
    return tlv(OCTETS, value.encode() if isinstance(value, str) else value)


@lru_cache(maxsize=65536)
def oid(name: Name) -> bytes:
    """An OBJECT IDENTIFIER."""
    content = bytearray((name[0] * 40 + name[1],))
    for arc in name[2:]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(arc & 0x7F | 0x80)
        content += bytes(reversed(groups))
    return tlv(OID, bytes(content))


def opened(data: bytes, at: int = 0, tag: int | None = None) -> tuple[int, bytes, int]:
    """Tag, content and the position after the element that begins at ``at``; Malformed if it is cut or another."""
    try:
        found, size, at = data[at], data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size = int.from_bytes(data[at : at + count], "big")
            at += count
            if not 1 <= count <= 4:
                raise Malformed("length")
    except IndexError:
        raise Malformed("cut short") from None
    if at + size > len(data) or (tag is not None and found != tag):
        raise Malformed("cut short or another tag")
    return found, data[at : at + size], at + size


def elements(content: bytes) -> list[tuple[int, bytes]]:
    """All elements of a constructed content."""
    found, at = [], 0
    while at < len(content):
        tag, inner, at = opened(content, at)
        found.append((tag, inner))
    return found


def number(element: tuple[int, bytes]) -> int:
    """The value of an INTEGER element."""
    tag, content = element
    if tag != INTEGER or not 1 <= len(content) <= 8:
        raise Malformed("not an integer")
    return int.from_bytes(content, "big", signed=True)


def name_of(element: tuple[int, bytes]) -> Name:
    """The value of an OBJECT IDENTIFIER element."""
    tag, content = element
    if tag != OID or not content or content[-1] & 0x80:
        raise Malformed("not an object identifier")
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return (first, arcs[0] - 40 * first, *arcs[1:])


def dotted(text: str) -> Name:
    """``1.3.6.1`` as numbers."""
    return tuple(int(arc) for arc in text.split("."))
