"""Cells that no spreadsheet takes for a formula, and rows of CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import BinaryIO

MARK = "\N{ZERO WIDTH NO-BREAK SPACE}".encode()  # tells Excel that a file is UTF-8 and not the local code page
# What starts a formula or a DDE call, in the full width of Chinese keyboards too.
_STARTS = tuple("=+-@\t\r\n|%＝＋－＠｜％")
_MOST = 32_000  # characters of a cell; Excel's limit is 32,767


def cut(text: str) -> str:
    """The text as far as a cell holds it."""
    return text if len(text) <= _MOST else text[: _MOST - 1] + "…"


def inert(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would compute; cut to what a cell holds."""
    first = text.lstrip(" \N{IDEOGRAPHIC SPACE}\N{NO-BREAK SPACE}")[:1]
    return cut(f"'{text}" if first in _STARTS else text)


class CsvRows:
    """Rows written to a binary stream as RFC 4180 has them, every cell quoted and inert."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        stream.write(MARK)
        self._writer = csv.writer(_Encoded(stream), quoting=csv.QUOTE_ALL, lineterminator="\r\n")

    def add(self, cells: Iterable[str]) -> None:
        """Writes one row."""
        self._writer.writerow([inert(cell) for cell in cells])


class _Encoded:
    """What csv writes to: text in, UTF-8 out."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Encodes; a lone surrogate becomes a question mark."""
        return self._stream.write(text.encode("utf-8", "replace"))
