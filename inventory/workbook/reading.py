"""Reading a workbook of rows sheet by sheet: everything wrong in it at once, by sheet, row and column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter

from inventory.errors import InputError
from inventory.evidence import Evidence
from inventory.register import Choice, Column, Problem, Row, Sheet, columns
from inventory.text import Text
from inventory.workbook.cells import CellError, value_of
from inventory.workbook.file import Cell, OpenSheet
from inventory.workbook.form import HELP

MOST_ROWS = 200_000  # a sheet
_MOST_PROBLEMS = 10_000
_MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One thing wrong in the workbook and where: ``普查表.xlsx 链路!F7``."""

    where: str
    text: Text


class RegisterErrors(InputError):
    """Everything wrong in a workbook at once; nothing of it was taken over."""

    def __init__(self, path: Path, found: list[CellProblem]) -> None:
        count, more = len(found), len(found) - _MOST_SHOWN
        zh = [f"有 {count} 处不符，没有导入任何内容", *(f"{p.where}：{p.text.zh}" for p in found[:_MOST_SHOWN])]
        en = [f"{count} problems; nothing was imported", *(f"{p.where}: {p.text.en}" for p in found[:_MOST_SHOWN])]
        if more > 0:
            zh.append(f"……另有 {more} 处")
            en.append(f"… and {more} more")
        super().__init__(path.name, Text("\n".join(zh), "\n".join(en)))
        self.problems = tuple(found)


@dataclass
class _SheetReading:
    """What was read of one sheet so far."""

    sheet: Sheet
    headings: Mapping[int, Column] = field(default_factory=dict)  # by column number from 1
    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)  # row number in the file of each of ``rows``

    def place(self, position: int, column: str) -> tuple[int, int]:
        """Row and column number of a field of the n-th row read."""
        found = next((number for number, c in self.headings.items() if c.name == column), 1)
        return self.numbers[position], found


class _TooMany(Exception):
    """So much is wrong that reading on tells nothing new."""


class Reading:
    """The rows of some sheets of one file, taken over with all that is wrong in them."""

    def __init__(self, path: Path, sheets: tuple[Sheet, ...], none_of_them: Text) -> None:
        self._path = path
        self._wanted = sheets
        self._none_of_them = none_of_them
        self._problems: dict[tuple[int, int, int], CellProblem] = {}  # by sheet, row, column: one a cell
        self._sheets = {sheet.attribute: _SheetReading(sheet) for sheet in sheets}
        self._is_whole = True  # False: a sheet is missing, and what refers to its rows is not to blame

    def take(self, found: list[OpenSheet]) -> None:
        """Reads the sheets; InputError for a file that has none of them, RegisterErrors for one with too much wrong."""
        by_title: dict[str, OpenSheet] = {}
        for each in found:
            by_title.setdefault(each.title.strip().lower(), each)
        known = [_among(by_title, sheet.text) for sheet in self._wanted]
        if not any(known):
            raise InputError(str(self._path), self._none_of_them)
        try:
            self._refuse_strangers(
                [each for each in found if each not in known and each.title not in (HELP.zh, HELP.en)]
            )
            for order, (sheet, opened_sheet) in enumerate(zip(self._wanted, known, strict=True)):
                self._take_sheet(order, sheet, opened_sheet)
        except _TooMany:
            self._raise()

    def _refuse_strangers(self, strangers: list[OpenSheet]) -> None:
        for n, sheet in enumerate(strangers):
            if next(sheet.rows(), None) is not None:
                named = "、".join(s.text.zh for s in self._wanted)
                text = Text(f"不认识的工作表；应有的是 {named}", f"unknown sheet; expected are {named}")
                self._problem((len(self._wanted), n, 0), sheet.title, "", text)

    def _take_sheet(self, order: int, sheet: Sheet, found: OpenSheet | None) -> None:
        if found is None and sheet.may_lack:
            return
        if found is None:
            text = Text("缺少这张工作表；没有内容也请保留", "the sheet is missing; keep it even when it is empty")
            self._problem((order, 0, 0), sheet.text.zh, "", text)
            self._is_whole = False
            return
        for merged in found.merged:
            text = Text("不能有合并单元格", "cells must not be merged")
            self._problem((order, 0, len(self._problems)), sheet.text.zh, merged, text)
        reading, rows = self._sheets[sheet.attribute], found.rows()
        number, cells = next(rows, (0, []))
        if number != 1:
            self._problem(
                (order, 1, 1), sheet.text.zh, "A1", Text("第一行应是表头", "the first row has to be the headings")
            )
            return
        reading.headings = self._headings(order, sheet, cells)
        for number, cells in rows:
            if len(reading.rows) >= MOST_ROWS:
                text = Text(f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows")
                self._problem((order, number, 1), sheet.text.zh, f"A{number}", text)
                return
            self._take_row(order, reading, number, cells)

    def _headings(self, order: int, sheet: Sheet, cells: list[Cell]) -> dict[int, Column]:
        by_words = {word.lower(): c for c in columns(sheet.rows) for word in (c.zh, c.en, c.name)}
        found: dict[int, Column] = {}
        for cell in cells:
            column = by_words.get(str(cell.value).strip().rstrip("*＊").strip().lower())
            if column is None or column in found.values():
                text = Text("不认识的表头", "unknown heading")
                text = text if column is None else Text("这一列出现了两次", "this column stands here twice")
                self._problem((order, 1, cell.column), sheet.text.zh, f"{get_column_letter(cell.column)}1", text)
            else:
                found[cell.column] = column
        for column in columns(sheet.rows):
            if column.required and column not in found.values():
                text = Text(f"缺少列“{column.zh}”", f"the column {column.en} ({column.zh}) is missing")
                self._problem((order, 1, 1000 + len(self._problems)), sheet.text.zh, "1:1", text)
        return found

    def _take_row(self, order: int, reading: _SheetReading, number: int, cells: list[Cell]) -> None:
        values: dict[str, Any] = {}
        title = reading.sheet.text.zh
        for cell in cells:
            where = f"{get_column_letter(cell.column)}{number}"
            column = reading.headings.get(cell.column)
            try:
                value = _value(column, cell)
            except CellError as error:
                self._problem((order, number, cell.column), title, where, error.text)
                continue
            if column and value is not None:
                values[column.name] = value
        if not values and not any(key[:2] == (order, number) for key in self._problems):
            return  # nothing but blanks
        for at, column in reading.headings.items():
            if column.required and column.name not in values:
                where = f"{get_column_letter(at)}{number}"
                text = Text(f"“{column.zh}”必须填写", f"{column.en} ({column.zh}) must be filled in")
                self._problem((order, number, at), title, where, text)
        evidence = Evidence(f"register {title}", (number,))
        reading.rows.append(_row(reading.sheet, values, evidence, number))
        reading.numbers.append(number)

    def _problem(self, key: tuple[int, int, int], sheet: str, cell: str, text: Text) -> None:
        where = f"{self._path.name} {sheet}" + (f"!{cell}" if cell else "")
        self._problems.setdefault(key, CellProblem(where, text))
        if len(self._problems) >= _MOST_PROBLEMS:
            raise _TooMany

    def rows(self) -> dict[str, tuple[Any, ...]]:
        """What was read, by the sheets' attributes; only to be given out after ``refuse``."""
        return {name: tuple(reading.rows) for name, reading in self._sheets.items()}

    def refuse(self, problems: Iterable[Problem]) -> None:
        """RegisterErrors when anything was wrong in a cell, or is by these."""
        try:
            for problem in problems if self._is_whole else ():
                self._place(problem)
        except _TooMany:
            pass
        if self._problems:
            self._raise()

    def _place(self, problem: Problem) -> None:
        row, column = self._sheets[problem.sheet.attribute].place(problem.position, problem.column)
        where = f"{get_column_letter(column)}{row}"
        self._problem((self._wanted.index(problem.sheet), row, column), problem.sheet.text.zh, where, problem.text)

    def _raise(self) -> None:
        raise RegisterErrors(self._path, [problem for _, problem in sorted(self._problems.items())])


def _among(by_title: Mapping[str, OpenSheet], names: Text) -> OpenSheet | None:
    return by_title.get(names.zh.lower()) or by_title.get(names.en.lower())


def _value(column: Column | None, cell: Cell) -> Any:
    if cell.kind == "f":
        raise CellError(Text("是公式，请粘贴为数值", "is a formula; paste its value instead"))
    if cell.kind == "e":
        raise CellError(Text(f"是错误值 {cell.value}", f"is the error {cell.value}"))
    if column is None:
        if isinstance(cell.value, str) and not cell.value.strip():
            return None
        raise CellError(Text("这一列没有可识别的表头", "the column has no heading that is known"))
    return value_of(column, cell.value)


def _row(sheet: Sheet, values: dict[str, Any], evidence: Evidence, number: int) -> Row:
    # A row with something wrong is kept with a stand-in there, so that what refers to the row is not blamed as well;
    # the register it ends in is never given out.
    for column in columns(sheet.rows):
        if column.required and column.name not in values:
            is_choice = isinstance(column.hint, type) and issubclass(column.hint, Choice)
            values[column.name] = next(iter(column.hint)) if is_choice else f"\0{number}"
    return sheet.rows(**values, evidence=evidence)
