"""Rows of results: a table or paragraphs at a terminal, cells between tabs for programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain, islice

from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text as Words

from inventory.text import Text
from playbooks.commands.here import harmless, here

_NARROW = 19  # columns of a terminal
_LEAST = 12  # that a column with more in it needs to be read
_TALLEST = 3  # lines of the whole terminal that a cell of a table may hold


def show(headings: Iterable[Text], rows: Iterable[Iterable[object]], none: Text | None = None) -> None:
    """A table at a terminal, without columns that hold nothing; elsewhere cells between tabs, a line a row.

    Where the terminal is too narrow for the table's columns or for what one of them holds, each row is a paragraph.
    Where there is no row at all ``none`` is said instead.
    """
    at = here()
    begun = list(islice(rows := iter(rows), 1))
    if none is not None and not begun:
        at.say(none.zh, none.en)
        return
    rows = chain(begun, rows)
    if not at.is_terminal:
        for row in rows:
            at.print("\t".join(" ".join(str(cell).split()) for cell in row))
        return
    cells = [[harmless(str(cell)) for cell in row] for row in rows]
    titles = [heading.say(at.language) for heading in headings]
    columns = list(zip(titles, zip(*cells, strict=True), strict=False)) if cells else [(title, ()) for title in titles]
    held = [(title, column) for title, column in columns if any(column) or not cells]
    needed = sum(min(_LEAST, max(map(cell_len, (title, *column)))) + 2 for title, column in held)
    width = at.out.width
    longest = max((cell_len(cell) for _, column in held for cell in column), default=0)
    fits = needed <= width and longest <= _TALLEST * width
    at.out.print(_drawn(held, width) if fits else _paragraphs(held), soft_wrap=False)


def _drawn(held: list[tuple[str, tuple[str, ...]]], width: int) -> Table:
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0))
    narrow = _narrow(held, width)
    for title, _ in held:
        table.add_column(title, overflow="fold", no_wrap=title in narrow)
    for row in zip(*(column for _, column in held), strict=True):
        table.add_row(*row)
    return table


def _paragraphs(held: list[tuple[str, tuple[str, ...]]]) -> Group:
    """What a row is about on a line of its own, its other cells below with their headings, empty ones left out."""
    titles = [title for title, _ in held]
    shown: list[Words | Table] = []
    for first, *rest in zip(*(column for _, column in held), strict=True):
        shown.append(Words(first, style="bold"))
        cells = Table.grid(padding=(0, 2, 0, 0))
        cells.add_column(min_width=2)
        cells.add_column(min_width=max(map(cell_len, titles)), no_wrap=True)
        cells.add_column(overflow="fold")
        for title, cell in zip(titles[1:], rest, strict=True):
            if cell:
                cells.add_row("", title, cell)
        shown.append(cells)
    return Group(*shown)


def _narrow(columns: list[tuple[str, tuple[str, ...]]], width: int) -> set[str]:
    """Columns of numbers, dates and ids that stay on one line, as long as they leave half the width to the others."""
    found: set[str] = set()
    left = width // 2
    for size, title in sorted((max(map(cell_len, (title, *column))), title) for title, column in columns):
        left -= size + 2
        if size > _NARROW or left < 0:
            break
        found.add(title)
    return found


def moment(at: datetime | None) -> str:
    """A time in the zone of the reports, to the second; empty for none."""
    from reports.wording import CHINA

    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S") if at else ""
