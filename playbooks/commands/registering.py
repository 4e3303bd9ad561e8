"""``register``: the census workbook (普查表), out and in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands import comparing
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.writing import refuse_existing
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.register import Register, Sheet

_MOST_SHOWN = 20  # rows of a sheet that are named one by one


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    group = App(
        help=lesson(
            "登记表：普查表的空表、导入、导出、与发现对照",
            "The register: census workbook, import, export, comparison with what was found",
            "hecha register import 普查表.xlsx",
        )
    )
    group.command(
        help=lesson("写一份空的普查表", "Writes an empty census workbook", "hecha register template 普查表.xlsx")
    )(template)
    group.command(
        "import",
        help=lesson(
            "导入填好的普查表或交回的核对表，并说明有哪些变化",
            "Imports a filled-in workbook, or a worksheet that came back, and tells what changed",
            "hecha register import 普查表.xlsx",
            more=Text(
                "有一处不符就全部不导入；所有问题按工作表、行、列一次列出。核对表中只处理已决定的行。",
                "With one bad cell nothing is taken over; everything wrong is listed at once by sheet, row and column. "
                "Of a worksheet only the decided rows count.",
            ),
        ),
    )(import_)
    group.command(
        help=lesson(
            "把登记表写成普查表", "Writes the register as a workbook", "hecha register export now.xlsx --version 3"
        )
    )(export)
    comparing.add_to(group)
    app.add_typer(group, name="register")


def template(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help=tell("写到哪个 xlsx 文件，不覆盖。例：普查表.xlsx", "The xlsx file to write. Example: census.xlsx"),
        ),
    ] = Path("普查表.xlsx"),
) -> None:
    """Writes an empty census workbook."""
    from inventory.workbook.census import write_template

    refuse_existing(path)
    write_template(path)
    here().say("已写 {path}", "wrote {path}", path=path)


def import_(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help=tell("填好的普查表。例：普查表.xlsx", "The filled-in workbook. Example: census.xlsx")
        ),
    ],
) -> None:
    """Imports a filled-in census workbook, or a worksheet that a unit sent back."""
    from inventory.workbook.census import read_register
    from inventory.workbook.worksheet import is_worksheet

    at = here()
    if is_worksheet(path):
        tell_import(*comparing.take_decisions(path))
        return
    with working(at.err, Text("读取普查表", "Reading the workbook")):
        register = read_register(path)
    with at.store() as store:
        before = store.register()
        version = store.save_register(register, path.name)
    tell_import(before, register, version.id)


def tell_import(before: Register | None, register: Register, version: int) -> None:
    """Tells what an import changed, and as which version it is kept."""
    at = here()
    if before == register:
        at.say("与现有登记表相同，没有新版本", "the same as the register at hand: no new version")
        return
    for line in changes(before, register):
        at.print(line)
    at.say("已导入为第 {n} 版", "imported as version {n}", n=version)
    if not len(register):
        at.say("其中没有任何内容：填好后再导入", "there is nothing in it: import it again when it is filled in")


def changes(old: Register | None, new: Register) -> Iterator[str]:
    """How a register differs from the one before, a line a sheet and a line a row; of a first one the counts alone."""
    from inventory.register import SHEETS, Register

    for sheet in SHEETS:
        was, count = len((old or Register()).rows(sheet)), len(new.rows(sheet))
        lines = list(_changed_rows(sheet, old, new)) if old else []
        if count or lines:
            counts = f"{was} → {count}" if was != count else str(count)
            yield f"{sheet.text.say(here().language)}: {counts}"
        yield from lines[:_MOST_SHOWN]
        if len(lines) > _MOST_SHOWN:
            yield tell("  ……另有 {n} 行", "  … and {n} rows more", n=len(lines) - _MOST_SHOWN)


def _changed_rows(sheet: Sheet, old: Register, new: Register) -> Iterator[str]:
    from inventory.register import columns

    language = here().language
    before = {row.label: row for row in old.rows(sheet)}
    after = {row.label: row for row in new.rows(sheet)}
    yield from (f"  + {label}" for label in after if label not in before)
    yield from (f"  - {label}" for label in before if label not in after)
    for label in after:
        if label in before and before[label] != after[label]:
            named = ", ".join(
                column.text.say(language)
                for column in columns(sheet.rows)
                if getattr(before[label], column.name) != getattr(after[label], column.name)
            )
            yield f"  ~ {label}: {named}"


def export(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help=tell("写到哪个 xlsx 文件，不覆盖。例：now.xlsx", "The xlsx to write. Example: now.xlsx"),
        ),
    ],
    version: Annotated[
        int | None,
        typer.Option(
            "--version",
            metavar="N",
            help=tell(
                "哪一版，默认最新。例：--version 3", "Which version; the newest by default. Example: --version 3"
            ),
        ),
    ] = None,
) -> None:
    """Writes the register as a workbook."""
    from inventory.workbook.census import write_register

    at = here()
    with at.store(create=False) as store:
        register = store.register(version)
        known = ", ".join(str(each.id) for each in store.register_versions())
    if register is None and known:
        raise InputError(
            f"--version {version}", Text(f"没有这一版；现有：{known}", f"no such version; there are: {known}")
        )
    if register is None:
        raise InputError(at.project.database, Text("还没有导入过登记表", "no register was imported yet"))
    refuse_existing(path)
    with working(at.err, Text("写普查表", "Writing the workbook")):
        write_register(register, path)
    at.say("已写 {path}", "wrote {path}", path=path)
