"""What stands in the store's cells: plain data as compressed JSON, and text that every database takes."""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterable
from typing import Any

_LEVEL = 1  # facts shrink to a tenth already; higher levels cost more than they save
_LARGEST_BYTES = 256_000_000
# ASCII only: a lone surrogate or a NUL in what a device said becomes an escape and comes back as it was.
_written = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Damaged(ValueError):
    """A stored cell is not what was written."""


def json_text(plain: Any) -> str:
    """Plain data as compact ASCII JSON."""
    return _written(plain)


def packed(plain: Any) -> bytes:
    """Plain data as compressed JSON."""
    return zlib.compress(_written(plain).encode("ascii"), _LEVEL)


def unpacked(body: bytes) -> Any:
    """What ``packed`` was given; Damaged when the bytes are not its."""
    try:
        return json.loads(_inflated(body))
    except ValueError as error:
        raise Damaged(str(error)) from None


def packed_columns(head: Any, columns: Iterable[array[float]]) -> bytes:
    """Plain data as JSON with columns of doubles behind it, the least octet first, compressed together."""
    figures = array("d")
    for column in columns:
        figures.extend(column)
    if sys.byteorder == "big":
        figures.byteswap()
    return zlib.compress(_written(head).encode("ascii") + b"\n" + figures.tobytes(), _LEVEL)


def unpacked_columns(body: bytes) -> tuple[Any, array[float]]:
    """What ``packed_columns`` was given, the columns one behind the other; Damaged when the bytes are not its."""
    head, _, figures = _inflated(body).partition(b"\n")
    found = array("d")
    try:
        plain = json.loads(head)
        found.frombytes(figures)
    except ValueError as error:
        raise Damaged(str(error)) from None
    if sys.byteorder == "big":
        found.byteswap()
    return plain, found


def packed_text(text: str) -> bytes:
    """Text compressed; bytes that were no UTF-8 (surrogates) are kept."""
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpacked_text(body: bytes) -> str:
    """What ``packed_text`` was given; Damaged when the bytes are not its."""
    try:
        return _inflated(body).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise Damaged(str(error)) from None


def _inflated(body: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        plain = stream.decompress(body, _LARGEST_BYTES)
    except zlib.error as error:
        raise Damaged(str(error)) from None
    if not stream.eof:
        raise Damaged("cut off, or too large")
    return plain


def storable(text: str) -> str:
    """Text as every database takes it: PostgreSQL refuses NUL, all refuse lone surrogates."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "�").encode("utf-8", "replace").decode("utf-8")
