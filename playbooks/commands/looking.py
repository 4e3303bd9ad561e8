"""``list``: looking at what there is, without asking any device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, islice
from typing import TYPE_CHECKING

import typer
from rich.cells import cell_len
from rich.console import Group
from rich.table import Table
from rich.text import Text as Words

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from playbooks.commands.here import Here, harmless, here
from playbooks.commands.speaking import App, lesson

if TYPE_CHECKING:
    from checks.model import Check
    from inventory.store import RunRecord

_NARROW = 19  # columns of a terminal
_LEAST = 12  # that a column with more in it needs to be read
_TALLEST = 3  # lines of the whole terminal that a cell of a table may hold


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    listed = App(help=lesson("列出检查项、平台、报告、标准、剧本、运行", "Lists what there is", "hecha list runs"))
    for name, zh, en, command in (
        ("checks", "列出所有检查项", "All checks", checks),
        ("items", "列出等保三级条款、怎样评估、哪些检查项", "Items of level 3: how assessed, by which checks", items),
        ("platforms", "列出能经 SSH 读取的平台", "Platforms that are read over SSH", platforms),
        ("reports", "列出能写的报告", "Reports that can be written", reports),
        ("standards", "列出标准与规划", "Standards and plans", standards),
        ("playbooks", "列出能运行的剧本", "Playbooks that can be run", playbooks),
        ("runs", "列出以往的运行", "Runs so far", runs),
    ):
        listed.command(name, help=lesson(zh, en, f"hecha list {name}"))(command)
    app.add_typer(listed, name="list")


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


def checks() -> None:
    """All checks."""
    from checks.catalogue import catalogue

    language = here().language
    headings = (Text("编号", "Id"), Text("类别", "Family"), Text("程度", "Severity"), Text("要求", "Good condition"))
    show(headings, ((c.id, *_judged(c), c.title.say(language)) for c in catalogue().values()))


def _judged(check: Check) -> tuple[str, str]:
    """Family and severity: words at a terminal, codes for programs."""
    from reports.wording import FAMILIES, SEVERITIES

    at = here()
    if not at.is_terminal:
        return check.family, check.severity
    return FAMILIES[check.family].say(at.language), SEVERITIES[check.severity].say(at.language)


def items() -> None:
    """The general items of level 3."""
    from checks.catalogue import catalogue
    from checks.standards import coverage
    from reports.wording import ASSESS

    at = here()
    headings = (Text("编号", "Id"), Text("评估方式", "Assessed"), Text("要求", "Requirement"), Text("检查项", "Checks"))
    show(
        headings,
        (
            (
                each.clause.id,
                ASSESS[each.clause.assess].say(at.language) if at.is_terminal else each.clause.assess,
                each.clause.text.say(at.language),
                ", ".join(each.checks),
            )
            for each in coverage({check.id: check.clauses for check in catalogue().values()})
        ),
    )


def platforms() -> None:
    """Platforms read over SSH."""
    from collectors.platforms.catalogue import platforms as known

    headings = (Text("平台", "Platform"), Text("读取的事实", "Facts read"))
    show(headings, ((name, ", ".join(sorted({r.fact.__name__ for r in p.all_reads}))) for name, p in known().items()))


def reports() -> None:
    """Reports that can be written."""
    from reports.registry import reports as known

    language = here().language
    headings = (Text("报告", "Report"), Text("内容", "Content"), Text("文件", "File"))
    show(headings, ((name, r.title.say(language), r.file_name) for name, r in known().items()))


def standards() -> None:
    """Standards and plans."""
    from checks.standards import standard
    from checks.standards import standards as known
    from inventory.plan import plan, plans

    language = here().language
    rows = [(name, Text(standard(name).zh, standard(name).en).say(language)) for name in known()]
    rows += [(name, plan(name).text.say(language)) for name in plans()]
    show((Text("名称", "Name"), Text("标题", "Title")), rows)


def playbooks() -> None:
    """Playbooks that can be run."""
    from playbooks.schema import available, playbook

    at = here()
    rows, wrong = [], []
    for name, path in available(at.project.root).items():
        try:
            book = playbook(str(path), at.project.root)
        except InputError as error:
            wrong.append(error)
        else:
            rows.append((name, book.title.text().say(at.language), book.schedule or ""))
    show((Text("剧本", "Playbook"), Text("标题", "Title"), Text("时间表", "Schedule")), rows)
    for each in wrong:
        at.say(each.text.zh, each.text.en)
    if wrong:
        raise typer.Exit(ExitCode.BAD_INPUT)


def runs() -> None:
    """Runs so far."""
    headings = (
        Text("编号", "Run"),
        Text("剧本", "Playbook"),
        Text("状态", "State"),
        Text("开始（北京时间）", "Started (UTC+8)"),
        Text("结束", "Finished"),
    )
    at = here()
    with at.store(create=False) as store:
        found = store.runs()
        if not found:
            at.say("还没有运行过", "nothing was run yet")
        states = dict(_states(at, found))
        show(headings, ((r.id, r.playbook, states[r.id], moment(r.started), moment(r.finished)) for r in found))


_RUN_STATES = {
    "running": Text("正在运行", "running"),
    "stopped": Text("中断，可用 --resume 接着做", "stopped; --resume goes on"),
    "finished": Text("已完成", "finished"),
    "failed": Text("失败", "failed"),
}


def _states(at: Here, found: Iterable[RunRecord]) -> Iterator[tuple[int, str]]:
    """How each run stands, the newest first: one that did not finish runs while a process holds its playbook's lock."""
    from inventory.store import RunState
    from playbooks.lock import is_running

    unfinished: set[str] = set()
    for run in found:
        state = str(run.state)
        if run.state is RunState.RUNNING and (run.playbook in unfinished or not is_running(at.project, run.playbook)):
            state = "stopped"
        if run.state is RunState.RUNNING:
            unfinished.add(run.playbook)
        yield run.id, _RUN_STATES[state].say(at.language) if at.is_terminal else state


def moment(at: datetime | None) -> str:
    """A time in the zone of the reports, to the second; empty for none."""
    from reports.wording import CHINA

    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S") if at else ""
