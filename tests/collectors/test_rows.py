"""Values of SNMP as Python values: text of any encoding, numbers, MACs and addresses out of indexes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.base import Oid, SnmpValue
from collectors.mibs.rows import (
    LONGEST_TEXT,
    Table,
    arcs,
    inet,
    ip_of,
    mac,
    named,
    number,
    read_table,
    text,
    truth,
    unsigned,
)
from inventory.errors import ReadFailed

VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**64), st.binary(max_size=40), st.ip_addresses(v=4), st.just(Oid("1.3.6.1"))
)


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (b"Huawei Versatile Routing Platform", "Huawei Versatile Routing Platform"),
        ("华为".encode(), "华为"),
        ("华为".encode("gb18030"), "华为"),
        ("机房一".encode("gbk"), "机房一"),
        # agents cut at an octet count, through the middle of a character
        ("核心交换机".encode()[:-1], "核心交换"),
        ("核心交换机".encode()[:-2], "核心交换"),
        ("核心交换机".encode("gbk")[:-1], "核心交换"),
        (b"caf\xe9 5", "café 5"),
        (b"\xff\xfe\xfd", "ÿþý"),
        (b"name\0", "name"),
        (b"a\0\0\0", "a"),
        (b"  padded  ", "padded"),
        (b"two\r\nlines", "two lines"),
        (b"tab\tbed", "tab bed"),
        (b"\x1b[31mred\x1b[0m", "[31mred[0m"),  # no escape reaches a terminal
        ("a\u202eb\u200bc\ufeff".encode(), "abc"),  # nothing turns text round or hides in it
        (b"", None),
        (b"\0\0", None),
        (b" \r\n ", None),
        (5, None),
        (None, None),
        (Oid("1.3"), None),
        (IPv4Address("10.0.0.1"), None),
    ],
)
def test_text(said: SnmpValue, read: str | None) -> None:
    assert text(said) == read


def test_text_keeps_lines_only_where_they_are_wanted() -> None:
    said = b"Software\r\nVersion\rCopyright\n"
    assert text(said, lines=True) == "Software\nVersion\nCopyright"
    assert text(said) == "Software Version Copyright"


@given(st.binary(max_size=6000), st.booleans())
def test_text_is_short_printable_and_never_empty(octets: bytes, lines: bool) -> None:
    read = text(octets, lines=lines)
    if read is not None:
        assert 0 < len(read) <= LONGEST_TEXT
        assert read == read.strip()
        assert (read.replace("\n", "") if lines else read).isprintable()


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=100))
def test_printable_unicode_comes_through(said: str) -> None:
    assert text(said.encode()) == said


@pytest.mark.parametrize(
    ("value", "read"), [(b"\0\x1a+<M^", "00:1a:2b:3c:4d:5e"), (b"\0" * 6, None), (b"12345", None), (6, None)]
)
def test_mac(value: SnmpValue, read: str | None) -> None:
    assert mac(value) == read


def test_numbers() -> None:
    assert [number(v) for v in (5, -5, b"5", None, Oid("5"))] == [5, -5, None, None, None]
    assert [unsigned(v) for v in (5, -1, -(2**31), None)] == [5, 2**32 - 1, 2**31, None]
    assert [truth(v) for v in (1, 2, 0, 3, b"\1")] == [True, False, None, None, None]
    assert [named({1: "up"}, v) for v in (1, 2, b"1")] == ["up", None, None]


@pytest.mark.parametrize(
    ("octets", "ip"),
    [
        ((10, 0, 0, 1), IPv4Address("10.0.0.1")),
        ((10, 0, 0, 1, 0, 0, 0, 7), IPv4Address("10.0.0.1")),  # ipv4z
        ((0xFE, 0x80, *[0] * 13, 1), IPv6Address("fe80::1")),
        ((0xFE, 0x80, *[0] * 13, 1, 0, 0, 0, 2), IPv6Address("fe80::1")),  # ipv6z
        (b"\x0a\0\0\1", IPv4Address("10.0.0.1")),
        ((10, 0, 0), None),
        ((10, 0, 0, 256), None),
        ((), None),
        ((10, 0, 0, 2**31), None),
    ],
)
def test_addresses_of_octets(octets: tuple[int, ...] | bytes, ip: object) -> None:
    assert ip_of(octets) == ip


@pytest.mark.parametrize(
    ("numbers", "ip", "rest"),
    [
        ((1, 4, 10, 0, 0, 1), "10.0.0.1", ()),
        ((1, 4, 10, 0, 0, 1, 161), "10.0.0.1", (161,)),
        ((2, 16, *[0] * 15, 1, 5, 6), "::1", (5, 6)),
        ((1, 200, 10, 0, 0, 1), "None", ()),  # a length past the end
        ((1,), "None", ()),
        ((), "None", ()),
        ((0, 0, 22), "None", (22,)),
    ],
)
def test_addresses_of_indexes(numbers: tuple[int, ...], ip: str, rest: tuple[int, ...]) -> None:
    found, left = inet(numbers)
    assert (str(found), left) == (ip, rest)


@given(st.lists(st.integers(0, 2**32), max_size=30))
def test_any_index_is_an_address_or_none(numbers: list[int]) -> None:
    inet(tuple(numbers))
    ip_of(tuple(numbers))
    assert arcs(".".join(map(str, numbers))) == tuple(numbers)


@given(VALUES)
def test_no_value_makes_a_reader_stumble(value: SnmpValue) -> None:
    for read in (text, number, unsigned, truth, mac):
        read(value)
    named({1: "one"}, value)


class Told:
    """A session that yields rows and may break off."""

    engine = "replay"

    def __init__(self, rows: list[tuple[str, SnmpValue]], failure: ReadFailed | None = None) -> None:
        self._rows = rows
        self._failure = failure

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        return dict.fromkeys(oids)

    def walk(self, root: str) -> Iterator[tuple[str, SnmpValue]]:
        yield from ((f"{root}.{oid}", value) for oid, value in self._rows)
        if self._failure:
            raise self._failure

    def close(self) -> None:
        """Nothing is open."""


def test_table_by_column_and_index() -> None:
    table = read_table(Told([("1.1", 1), ("1.2", 2), ("2.1", b"a"), ("2.3.0.1", b"b"), ("3.1", None)]), "1.3.6.1")
    assert table.column(1) == {"1": 1, "2": 2}
    assert table.column(2) == {"1": b"a", "3.0.1": b"b"}
    assert table.column(3) == {}  # a NULL tells nothing
    assert table.column(9) == {}
    assert table.indexes() == ["1", "2", "3.0.1"]
    assert table
    assert table.whole() is table


def test_table_that_breaks_off_keeps_its_rows_and_says_so() -> None:
    failure = ReadFailed("half way")
    table = read_table(Told([("1.1", 1)], failure), "1.3.6.1")
    assert table.column(1) == {"1": 1}
    assert table.failure is failure
    with pytest.raises(ReadFailed, match="half way"):
        table.whole()


def test_table_of_nothing() -> None:
    assert not Table()
    assert Table().indexes() == []
