"""Cells of the census workbook to typed values and back; knows columns, not files."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any, Union, get_args, get_origin

from inventory.register.column import Choice, Column
from inventory.text import Text

LONGEST_TEXT = 32_767  # characters a cell of Excel holds
YES, NO = "是", "否"
_YES = frozenset({YES, "有", "yes", "y", "true"})
_NO = frozenset({NO, "无", "no", "n", "false"})
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,15})?(e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s,，;；、]+")


class CellError(ValueError):
    """What stands in a cell is not what its column takes; ``text`` says so without naming the place."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def value_of(column: Column, cell: object) -> Any:
    """The typed value of a cell; None (for a list, an empty tuple) where it is empty. CellError when it is wrong."""
    if isinstance(cell, str):
        cell = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    several = get_origin(column.hint) is tuple
    if cell is None or cell == "":
        return () if several else None
    hint = get_args(column.hint)[0] if several else column.hint
    if several:
        parts = _SEPARATORS.split(cell) if isinstance(cell, str) else [cell]
        return tuple(_reader(hint)(column, part) for part in parts if part)
    return _reader(hint)(column, cell)


def cell_of(value: Any) -> str | int | float | date | None:
    """What to write for a typed value."""
    if value is None or value == ():
        return None
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, Choice):
        return value.zh
    if isinstance(value, tuple):
        return " ".join(str(each) for each in value)
    if isinstance(value, str):
        return harmless(value)
    return value if isinstance(value, int | float | date) else str(value)


def harmless(text: str) -> str:
    """Text as a sheet can hold it: what XML has no character for becomes U+FFFD."""
    return "".join(c if c in "\n\t" or _in_xml(ord(c)) else "�" for c in text)


def _in_xml(code: int) -> bool:
    return 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or code >= 0x10000


def expected(column: Column) -> Text:
    """What a column takes, for the help sheet and for errors."""
    several = get_origin(column.hint) is tuple
    hint = get_args(column.hint)[0] if several else column.hint
    one = _expected_one(column, hint)
    return Text(f"{one.zh}，可填多个，空格分隔", f"{one.en}; several with spaces between") if several else one


def _expected_one(column: Column, hint: Any) -> Text:
    if isinstance(hint, type) and issubclass(hint, Choice):
        return Text("、".join(m.zh for m in hint), ", ".join(m.en for m in hint))
    if hint in (int, float):
        bounds = f"{column.least:g}–{column.most:g}" if column.most < 1e12 else f"≥ {column.least:g}"
        return (
            Text(f"整数，{bounds}", f"a whole number, {bounds}")
            if hint is int
            else Text(f"数字，{bounds}", f"a number, {bounds}")
        )
    return _EXPECTED.get(hint, Text("文本", "text"))


_EXPECTED: dict[Any, Text] = {
    bool: Text("是或否", "是 (yes) or 否 (no)"),
    date: Text("日期，如 2025-12-31", "a date such as 2025-12-31"),
    IPv4Address: Text("IPv4 地址", "an IPv4 address"),
    IPv6Address: Text("IPv6 地址", "an IPv6 address"),
    Union[IPv4Address, IPv6Address]: Text("IP 地址", "an IP address"),  # noqa: UP007 - equal to what columns() builds
    IPv4Network: Text("IPv4 地址或网段", "an IPv4 address or block"),
    IPv6Network: Text("IPv6 地址或前缀", "an IPv6 address or prefix"),
}


def _refusal(column: Column, cell: object) -> CellError:
    shown, wanted = _shown(cell), expected(column)
    return CellError(Text(f"“{shown}”应为{wanted.zh}", f"'{shown}': expected {wanted.en}"))


def _shown(cell: object) -> str:
    text = "".join(c if c.isprintable() else "�" for c in str(cell)[:61])
    return text if len(text) <= 60 else text[:60] + "…"


def _reader(hint: Any) -> Callable[[Column, object], Any]:
    if isinstance(hint, type) and issubclass(hint, Choice):
        return lambda column, cell: _choice(column, hint, cell)
    return _READERS.get(hint, _address)


def _text(_: Column, cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        # A date here was most likely "3-5" that the spreadsheet took for one: what was meant is lost.
        raise CellError(Text("应为文本，这里是日期或逻辑值", "expected text; this is a date or a logical value"))
    return str(cell)


def _number(column: Column, cell: object) -> float:
    if isinstance(cell, str) and _NUMBER.fullmatch(cell):
        cell = float(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | float) or not column.least <= cell <= column.most:
        raise _refusal(column, cell)
    return float(cell)


def _whole(column: Column, cell: object) -> int:
    number = _number(column, cell)
    if not number.is_integer():
        raise _refusal(column, cell)
    return int(number)


def _truth(column: Column, cell: object) -> bool:
    word = str(cell).lower()
    if word not in _YES | _NO:
        raise _refusal(column, cell)
    return word in _YES


def _day(column: Column, cell: object) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    written = _DATE.fullmatch(cell) if isinstance(cell, str) else None
    try:
        if written:
            year, month, day = map(int, written.groups())
            return date(year, month, day)
    except ValueError:
        pass
    raise _refusal(column, cell)


def _choice(column: Column, hint: type[Choice], cell: object) -> Choice:
    word = str(cell).lower()
    for member in hint:
        if word in (member.value.lower(), member.zh.lower(), member.en.lower()):
            return member
    raise _refusal(column, cell)


def _address(column: Column, cell: object) -> Any:
    hint = get_args(column.hint)[0] if get_origin(column.hint) is tuple else column.hint
    text = str(cell).strip("[]")
    try:
        if "%" not in text:
            return (ip_address if get_args(hint) else hint)(text)
    except ValueError:
        pass
    raise _refusal(column, cell)


_READERS: dict[Any, Callable[[Column, object], Any]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _truth,
    date: _day,
}
