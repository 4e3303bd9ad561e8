"""Opening a workbook that anybody may have made: bounded, and refused in words."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.exceptions import InvalidFileException

from inventory.errors import InputError, unreadable
from inventory.text import Text

LARGEST_FILE_BYTES = 50_000_000
LARGEST_UNPACKED_BYTES = 200_000_000
MOST_PARTS = 2_000
LAST_ROW = 1_048_576  # of any .xlsx
_MOST_COLUMNS = 64
_OLD_FORMAT = bytes.fromhex("d0cf11e0a1b11ae1")  # .xls, and .xlsx with a password
# What a broken or hostile file makes openpyxl raise, which has no base class of its own for it.
_BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    KeyError,
    IndexError,
    ValueError,
    TypeError,
    AttributeError,
    EOFError,
    OverflowError,
    NotImplementedError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell. ``kind`` is openpyxl's: s, n, d, b, f (formula), e (error)."""

    column: int  # from 1
    value: object
    kind: str


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet of an open workbook."""

    title: str
    merged: tuple[str, ...]  # ranges, at most a hundred
    _sheet: Any  # a ReadOnlyWorksheet, whose stubs do not know its iterators

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Row number and filled cells of every row that has any, one row in memory at a time."""
        # Gaps up to the last possible row cost a loop each; a row number beyond it ends the reading.
        self._sheet.reset_dimensions()
        for number, row in enumerate(self._sheet.iter_rows(max_row=LAST_ROW, max_col=_MOST_COLUMNS), 1):
            cells = [
                Cell(column, cell.value, cell.data_type)
                for column, cell in enumerate(row, 1)
                if cell.value is not None and cell.value != ""
            ]
            if cells:
                yield number, cells


@contextmanager
def opened(path: Path) -> Iterator[list[OpenSheet]]:
    """The sheets of a workbook; InputError for what is none, is too large, or breaks while it is read."""
    with _stream(path) as stream, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's remarks on parts that we do not read
        try:
            _weigh(path, stream)
            reader = ExcelReader(stream, read_only=True, keep_links=False)
            reader.read()
            yield list(_sheets(reader))
        except _BROKEN as error:
            if isinstance(error, InputError):
                raise
            raise InputError(str(path), _broken(stream)) from None


def _broken(stream: IO[bytes]) -> Text:
    stream.seek(0)
    if stream.read(8) == _OLD_FORMAT:
        return Text("是旧的 .xls 格式或加了口令，请另存为 .xlsx", "an old .xls or under a password; save it as .xlsx")
    return Text("不是 .xlsx 工作簿，或文件已损坏", "not an .xlsx workbook, or damaged")


@contextmanager
def _stream(path: Path) -> Iterator[IO[bytes]]:
    try:
        stream = path.open("rb")
    except OSError as error:
        raise unreadable(path, error) from None
    with stream:
        yield stream


def _weigh(path: Path, stream: IO[bytes]) -> None:
    # Python's zip reader never gives more than the size a member declares, so declared sizes can be trusted as bounds.
    stream.seek(0, 2)
    size = stream.tell()
    stream.seek(0)
    if size <= LARGEST_FILE_BYTES:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
        stream.seek(0)
        if len(parts) <= MOST_PARTS and sum(part.file_size for part in parts) <= LARGEST_UNPACKED_BYTES:
            return
    raise InputError(str(path), Text("工作簿过大，拒绝打开", "the workbook is too large to be opened"))


def _sheets(reader: Any) -> Iterator[OpenSheet]:
    parts = {sheet.name: rel.target for sheet, rel in reader.parser.find_sheets()}
    for sheet in reader.wb.worksheets:  # chart sheets are none
        with reader.archive.open(parts[sheet.title]) as part:
            yield OpenSheet(sheet.title, tuple(_merged(part)), sheet)


_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]{0,200}?ref=[\"']([A-Z0-9:]{2,30})[\"']")


def _merged(part: IO[bytes]) -> Iterator[str]:
    # The streaming reader does not tell merged cells, in which all values but one are lost.
    tail, count = b"", 0
    while chunk := part.read(1 << 16):
        text = tail + chunk
        end = 0
        for match in _MERGED.finditer(text):
            yield match.group(1).decode("ascii")
            end, count = match.end(), count + 1
            if count == 100:
                return
        tail = text[max(end, len(text) - 300) :]
