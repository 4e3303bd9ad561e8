"""The register as an Excel census form (普查表), out and in; openpyxl lives here."""

from __future__ import annotations

from pathlib import Path

from inventory.register import SHEETS, Register, problems
from inventory.text import Text
from inventory.workbook.file import opened
from inventory.workbook.form import write_form
from inventory.workbook.reading import CellProblem, Reading, RegisterErrors

__all__ = ["CellProblem", "RegisterErrors", "read_register", "write_register", "write_template"]

_NONE_OF_THEM = Text("不是普查表：没有任何普查工作表", "not the census workbook: it has none of its sheets")


def write_template(path: Path) -> None:
    """An empty census workbook: headings, drop-downs, formats, a help sheet. InputError when it cannot be written."""
    write_form(Register(), path)


def write_register(register: Register, path: Path) -> None:
    """The same workbook filled in, such that ``read_register`` gives an equal register."""
    write_form(register, path)


def read_register(path: Path) -> Register:
    """The register of a filled-in workbook; RegisterErrors names every bad cell, InputError a file that is none."""
    reading = Reading(path, SHEETS, _NONE_OF_THEM)
    with opened(path) as sheets:
        reading.take(sheets)
    register = Register(**reading.rows())
    reading.refuse(problems(register))
    return register
