"""Writing the census workbook: sheets with headings, drop-downs and formats, and the help sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from inventory.errors import InputError, unwritable
from inventory.register import SHEETS, Choice, Column, Register, Row, Sheet, columns
from inventory.text import Text
from inventory.workbook.cells import LONGEST_TEXT, NO, YES, cell_of, expected

HELP = Text("说明", "Help")
Pages = Sequence[tuple[Sheet, Iterable[Row]]]
_A4, _A3 = 9, 8  # as Excel numbers paper
_WIDE = 190  # characters of a sheet beyond which A4 shrinks it too much to be read
_LAST_ROW = 20_000  # of drop-downs; rows below still can be filled in
_REQUIRED = PatternFill("solid", fgColor="C6E0B4")
_ASKED = PatternFill("solid", fgColor="DDEBF7")
_OPTIONAL = PatternFill("solid", fgColor="EDEDED")
_BOLD = Font(bold=True)
_WRAP = Alignment(wrap_text=True, vertical="center")
_LINE, _MOST_LINES = 17.0, 24  # points of a line; a row is 409 points high at most
_LONG = Alignment(wrap_text=True, vertical="top")
_INERT = ("=", "+", "-", "@", "\t", "\r", "\n")
_HOW_TO = (
    Text("普查表填写说明", "How to fill in the census workbook"),
    Text(
        "一行填一项。每张表第一行是表头，不要改动、合并或删除表头和工作表。",
        "One thing a row. Leave headings and sheets as they are, merge nothing.",
    ),
    Text(
        "绿色表头（带 *）必须填写；蓝色为普查要求的字段，暂时没有可留空；灰色可选。",
        "Green headings (with *) must be filled in; blue ones the census asks for; grey ones may stay empty.",
    ),
    Text(
        "不要填公式，不要填任何口令或团体字。涉密系统不列入本表，涉密专网只填名称和单位。",
        "No formulas, no passwords or communities. Classified systems stay out, classified networks are named only.",
    ),
    Text(
        "先填“单位”“站点”“机房”，其他表里的单位、站点、机房从下拉列表选择。",
        "Start with units, sites and rooms: the other sheets choose from them.",
    ),
)


def write_form(register: Register, path: Path) -> None:
    """The workbook of a register, empty or not; InputError when it cannot be written, and then nothing is."""
    write_pages([(sheet, register.rows(sheet)) for sheet in SHEETS], _HOW_TO, path)


def write_pages(pages: Pages, how_to: Sequence[Text], path: Path) -> None:
    """A workbook of some sheets with their rows; InputError when it cannot be written, and then nothing is."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch()  # a place that cannot be written is told before the work
        packed = BytesIO()  # zipfile complains to stderr when a disk fills up under it
        _workbook(pages, how_to).save(packed)
        part.write_bytes(packed.getbuffer())
        part.replace(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        part.unlink(missing_ok=True)


def _workbook(pages: Pages, how_to: Sequence[Text]) -> Workbook:
    book = Workbook(write_only=True)
    sheets = [sheet for sheet, _ in pages]
    _write_help(book, sheets, how_to)
    for sheet, rows in pages:
        _write_sheet(book, sheet, rows, sheets)
    return book


def _write_sheet(book: Workbook, sheet: Sheet, rows: Iterable[Row], sheets: Sequence[Sheet]) -> None:
    page: Any = book.create_sheet(sheet.text.zh)
    own = columns(sheet.rows)
    page.freeze_panes = "B2"
    _set_for_print(page, sum(map(_width, own)))
    page.print_title_rows = "1:1"
    for number, column in enumerate(own, 1):
        dimension = page.column_dimensions[get_column_letter(number)]
        dimension.width = _width(column)
        dimension.number_format = _number_format(column)
        page.data_validations.append(_validation(column, get_column_letter(number), sheets))
    page.append([_heading(page, column) for column in own])
    # One cell object a column, filled anew for every row: the page writes each row at once.
    cells = [_body_cell(page, column) for column in own]
    try:
        for number, row in enumerate(rows, 2):
            if height := _height(row, own):
                page.row_dimensions[number].height = height
            page.append([_filled(cell, getattr(row, column.name)) for cell, column in zip(cells, own, strict=True)])
    finally:
        page.close()  # each page is a file of its own until the book is saved


def _height(row: Row, own: Sequence[Column]) -> float | None:
    """Points that long text takes wrapped: not every program measures rows when it opens a file. None: no such text."""
    texts = [(getattr(row, column.name), column.width) for column in own if column.width]
    lines = [_lines(text, width) for text, width in texts if isinstance(text, str)]
    return _LINE * min(max(lines), _MOST_LINES) if lines else None


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column so wide; East Asian characters take two places."""
    places = (sum(1 + (east_asian_width(each) in "WF") for each in line) for line in text.split("\n"))
    return sum(max(1, ceil(count / max(1, width - 2))) for count in places)


def _width(column: Column) -> int:
    """Characters, as many as heading and what is usually filled in take."""
    if column.width:
        return column.width
    options = [2 * len(option) for option in _options(column) or ()]
    usual = max(options, default=18 if column.hint not in (int, float, date) else 10)
    return max(2 * len(column.zh), usual, 8) + 4


def _set_for_print(page: Any, width: int) -> None:
    """On its side and as wide as the paper, A3 where A4 would make it too small; sheet and page at the foot."""
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A3 if width > _WIDE else _A4
    page.page_setup.fitToHeight = 0
    page.page_margins = PageMargins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.oddFooter.left.text, page.oddFooter.right.text = "&A", "&P / &N"


def _heading(page: Any, column: Column) -> Cell:
    cell = WriteOnlyCell(page, f"{column.zh}*" if column.required else column.zh)
    cell.font, cell.alignment = _BOLD, _WRAP
    cell.fill = _REQUIRED if column.required else _ASKED if column.census else _OPTIONAL
    return cell


def _body_cell(page: Any, column: Column) -> tuple[Cell, Cell]:
    plain, inert = WriteOnlyCell(page), WriteOnlyCell(page)
    plain.number_format = inert.number_format = _number_format(column)
    inert.quotePrefix = True  # stays text even when somebody edits the cell
    if column.width:
        plain.alignment = inert.alignment = _LONG
    return plain, inert


def _filled(cells: tuple[Cell, Cell], value: Any) -> Cell | None:
    shown = cell_of(value)
    if shown is None:
        return None
    if not isinstance(shown, str):
        cells[0].value = shown
        return cells[0]
    if len(shown) > LONGEST_TEXT:
        raise InputError("", Text(f"文本超过 {LONGEST_TEXT} 个字符", f"text of over {LONGEST_TEXT} characters"))
    cell = cells[1] if shown.startswith(_INERT) else cells[0]
    cell.value = shown
    cell.data_type = "s"  # whatever it looks like: no formula, no error value
    return cell


def _number_format(column: Column) -> str:
    if column.hint is date:
        return "yyyy-mm-dd"
    return "General" if column.hint in (int, float) else "@"


def _validation(column: Column, letter: str, sheets: Sequence[Sheet]) -> DataValidation:
    wanted = expected(column)
    validation = _rule(column, sheets)
    validation.showErrorMessage = validation.type is not None
    validation.allowBlank = True
    validation.errorTitle = column.zh[:30]
    validation.error = f"应为{wanted.zh}"[:220]
    note = f"\n{column.note.zh}" if column.note else ""
    validation.showInputMessage = True
    validation.promptTitle = column.zh[:30]
    validation.prompt = f"{wanted.zh}{note}\n{column.en}"[:250]
    validation.add(f"{letter}2:{letter}{_LAST_ROW}")
    return validation


def _rule(column: Column, sheets: Sequence[Sheet]) -> DataValidation:
    options = _options(column)
    if options is not None:
        return DataValidation(type="list", formula1=f'"{",".join(options)}"')
    if column.refers_to in ("units", "sites", "rooms"):
        title = next(s.text.zh for s in sheets if s.attribute == column.refers_to)
        return DataValidation(type="list", formula1=f"'{title}'!$A$2:$A${_LAST_ROW}")
    if column.hint in (int, float):
        least, most = f"{column.least:.0f}", f"{column.most:.0f}"
        if column.hint is int:
            return DataValidation(type="whole", operator="between", formula1=least, formula2=most)
        return DataValidation(type="decimal", operator="between", formula1=least, formula2=most)
    if column.hint is date:
        return DataValidation(type="date", operator="greaterThan", formula1="1")
    return DataValidation()


def _options(column: Column) -> list[str] | None:
    if column.hint is bool:
        return [YES, NO]
    if isinstance(column.hint, type) and issubclass(column.hint, Choice):
        return [member.zh for member in column.hint]
    return None


def _write_help(book: Workbook, sheets: Sequence[Sheet], how_to: Sequence[Text]) -> None:
    page: Any = book.create_sheet(HELP.zh)
    for letter, width in zip("ABCDEF", (16, 24, 30, 12, 44, 40), strict=True):
        page.column_dimensions[letter].width = width
    _set_for_print(page, 0)
    for number, line in enumerate(how_to):
        page.append([line.zh if number else _bold(page, line.zh)])
        page.append([line.en])
    page.append([])
    page.append([_bold(page, t) for t in ("工作表", "列", "Column", "要求", "填什么", "备注")])
    for row in _help_rows(sheets):
        page.append([_text_cell(page, text) for text in row])
    page.close()


def _help_rows(sheets: Sequence[Sheet]) -> Iterator[tuple[str, ...]]:
    for sheet in sheets:
        for column in columns(sheet.rows):
            asked = "必填" if column.required else "普查字段" if column.census else "可选"
            note = f"{column.note.zh} / {column.note.en}" if column.note else ""
            wanted = expected(column)
            yield sheet.text.zh, column.zh, column.en, asked, f"{wanted.zh} / {wanted.en}", note


def _bold(page: Any, text: str) -> Cell:
    cell = WriteOnlyCell(page, text)
    cell.font = _BOLD
    return cell


def _text_cell(page: Any, text: str) -> Cell:
    cell = WriteOnlyCell(page, text)
    cell.data_type, cell.alignment = "s", _LONG
    return cell
