"""One sheet at a time, row by row: headings that stay, filters, widths, and text that is only ever text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from inventory.text import Language, Text
from reports.cells import cut

LAST_ROW = 1_048_575  # of a sheet, from 0
MOST_LINES = 20  # of a row: longer cells are read by opening them
_LINE = 14.25  # points of one line of text: 19 pixels
_A3, _A4 = 8, 9  # as Excel numbers paper
_WIDE = 190  # characters of a sheet beyond which A4 shrinks it too much to be read
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters, and whether numbers stand in it."""

    heading: Text
    width: int = 14
    is_number: bool = False


class Styles:
    """The formats of one workbook. Text carries Excel's own mark for text, so that editing it starts no formula."""

    def __init__(self, book: Any) -> None:
        body = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self.text = book.add_format({**body, "quote_prefix": True, "text_wrap": True})
        self.number = book.add_format({**body, "align": "right"})
        self.count = book.add_format({**body, "align": "right", "num_format": "#,##0"})
        heading = {**body, "bold": True, "bg_color": "#E8ECF1", "bottom": 1, "text_wrap": True, "quote_prefix": True}
        self.heading = book.add_format(heading)
        self.heading_right = book.add_format({**heading, "align": "right"})
        self.title = book.add_format({**body, "bold": True, "font_size": 15, "quote_prefix": True})
        self.section = book.add_format({**body, "bold": True, "font_size": 12, "quote_prefix": True})
        self.note = book.add_format({**body, "italic": True, "font_color": "#555555", "quote_prefix": True})
        self.ruled = book.add_format({"border": 1, "border_color": "#D5DBE2"})
        self.alarm = book.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": "#7D1128"})
        self.bad = book.add_format({"bold": True, "font_color": "#B3331F"})
        self.doubtful = book.add_format({"font_color": "#7C5106"})
        self.good = book.add_format({"font_color": "#2C6E5B"})


class SheetWriter:
    """A sheet written from the top down; rows beyond what a sheet holds are counted and told."""

    def __init__(self, book: Any, styles: Styles, name: Text, language: Language) -> None:
        self._sheet = book.add_worksheet(name.say(language))
        self._styles = styles
        self._language = language
        self._row = 0
        self._headings: tuple[int, int] | None = None
        self._left_out = 0
        self._widths: list[int] = []
        self._sheet.hide_gridlines(2)

    def line(self, text: str, style: Any = None) -> None:
        """One line of text in the first column."""
        if style is not None:
            self._sheet.set_row(self._row, 1.6 * style.font_size)
        self._sheet.write_string(self._row, 0, cut(text), style or self._styles.text)
        self._row += 1

    def gap(self) -> None:
        """An empty row."""
        self._row += 1

    def widths(self, widths: Iterable[int]) -> None:
        """Sets the columns' widths in characters."""
        self._widths = list(widths)
        for at, width in enumerate(self._widths):
            self._sheet.set_column(at, at, width)

    def headings(self, columns: Iterable[Column], *, frozen: bool = True, kept: int = 1) -> None:
        """A row of headings. A frozen one stays in sight with so many first columns, and filters what follows."""
        listed = list(columns)
        said = [column.heading.say(self._language) for column in listed]
        if frozen:
            self.widths(column.width for column in listed)
            self._sheet.freeze_panes(self._row + 1, kept)
        self._sheet.set_row(self._row, self._height(said))
        for at, (column, heading) in enumerate(zip(listed, said, strict=True)):
            style = self._styles.heading_right if column.is_number else self._styles.heading
            self._sheet.write_string(self._row, at, heading, style)
        if frozen:
            self._headings = (self._row, len(listed) - 1)
        self._row += 1

    def coloured(self, column: int, styles: Mapping[str, Any]) -> None:
        """Colours a column's cells by the word that stands in them."""
        for word, style in styles.items():
            rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": style}
            self._sheet.conditional_format(1, column, LAST_ROW, column, rule)

    def add(self, cells: Iterable[Cell], style: Any = None) -> None:
        """One row. Text is written as text, whatever it looks like."""
        if self._row >= LAST_ROW:
            self._left_out += 1
            return
        listed = list(cells)
        self._sheet.set_row(self._row, self._height(listed))
        for at, cell in enumerate(listed):
            if isinstance(cell, str) and cell:
                self._sheet.write_string(self._row, at, cut(cell), style or self._styles.text)
            elif isinstance(cell, int | float):
                number = self._styles.count if isinstance(cell, int) else self._styles.number
                self._sheet.write_number(self._row, at, cell, number)
        self._row += 1

    def _height(self, cells: Sequence[Cell]) -> float:
        """Points that the row's wrapped text needs: not every program measures rows when it opens a file."""
        texts = [(cell, width) for cell, width in zip(cells, self._widths, strict=False) if isinstance(cell, str)]
        return _LINE * min(MOST_LINES, max((_lines(text, width) for text, width in texts), default=1))

    def close(self) -> None:
        """Puts the filter and lines between cells on, the page landscape, and a last row where some did not fit."""
        if self._left_out:
            more = Text("另有 {n} 行，见 json-lines 报告", "{n} more rows: see the json-lines report")
            self._sheet.write_string(self._row, 0, more.say(self._language, n=self._left_out), self._styles.note)
        if self._headings:
            top, last = self._headings
            self._sheet.autofilter(top, 0, max(top, self._row - 1), last)
            self._sheet.repeat_rows(top)
            # By one rule for all cells, the empty ones too: a format of each would have them written.
            ruled = {"type": "formula", "criteria": "=TRUE", "format": self._styles.ruled}
            self._sheet.conditional_format(top, 0, max(top, self._row - 1), last, ruled)
        self._sheet.set_landscape()
        self._sheet.set_paper(_A3 if sum(self._widths) > _WIDE else _A4)
        self._sheet.fit_to_pages(1, 0)
        self._sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self._sheet.set_footer("&L&8&A&R&8&P / &N")


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column so wide; East Asian characters take two places."""
    return sum(max(1, ceil(_places(line) / max(1, width - 1))) for line in text[: MOST_LINES * width].split("\n"))


def _places(line: str) -> int:
    return len(line) if line.isascii() else sum(1 + (unicodedata.east_asian_width(each) in "WF") for each in line)
