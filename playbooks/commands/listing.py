"""``list``: what there is, without asking any device."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from inventory.words.facts import fact_text
from playbooks.commands.here import Here, here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.tabular import moment, show
from playbooks.language import tell

if TYPE_CHECKING:
    from checks.model import Check
    from collectors.platforms.base import ConfigRead, Read
    from inventory.store import RunRecord


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
    show(headings, ((name, _listed(p.all_reads)) for name, p in known().items()))


def _listed(reads: Iterable[Read | ConfigRead]) -> str:
    """The facts that are read: words at a terminal, names for programs."""
    at, names = here(), sorted({read.fact.__name__ for read in reads})
    if not at.is_terminal:
        return ", ".join(names)
    return tell("、", ", ").join(fact_text(name).say(at.language) for name in names)


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
