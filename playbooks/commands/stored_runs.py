"""``check``, ``report``: a stored run judged or written down again."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import bars, working
from playbooks.commands.completing import check_ids, families, playbook_names
from playbooks.commands.here import Here, here
from playbooks.commands.options import AllowUnknown, FailOn, Formats, changed
from playbooks.commands.speaking import App, lesson
from playbooks.commands.writing import STDOUT, Spoken
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.store import Store
    from playbooks.schema import Playbook
    from reports.model import Result

RunNumber = Annotated[
    int | None,
    typer.Option(
        "--run",
        metavar="N",
        help=tell(
            "运行的编号，默认最近一次，见 hecha list runs。例：--run 3",
            "Number of the run, the newest by default; see hecha list runs. Example: --run 3",
        ),
    ),
]


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    app.command(
        help=lesson(
            "不重新采集，对已存的一次运行重新判定",
            "Judges a stored run anew without asking any device",
            "hecha check",
            "hecha check --run 3 --family ipv6",
            more=Text(
                "原来的判定被取代；用 --family 或 --check 时只留下这些，再运行不带它们的 hecha check 可全部补回。",
                "The earlier findings are replaced; with --family or --check these alone are left, and hecha check "
                "without them brings all back.",
            ),
        )
    )(check)
    app.command(
        help=lesson(
            "为已存的一次运行写报告",
            "Writes reports of a stored run",
            "hecha report",
            "hecha report --run 3 -f html --out reports --lang en",
            "hecha report -f json-lines --out - | head",
        )
    )(report)


CheckPlaybook = Annotated[
    str | None,
    typer.Option(
        "--playbook",
        metavar="NAME",
        help=tell(
            "按哪个剧本判定，默认那次运行的。例：--playbook level3-protection",
            "Playbook to judge by; the run's by default. Example: --playbook level3-protection",
        ),
        autocompletion=playbook_names,
    ),
]
Family = Annotated[
    list[str] | None,
    typer.Option(
        "--family",
        metavar="NAME",
        help=tell(
            "只判这一类，可重复：level3、ipv6、bandwidth、cloud、census。例：--family ipv6",
            "Judges this family only; may be repeated: level3, ipv6, bandwidth, cloud, census. Example: --family ipv6",
        ),
        autocompletion=families,
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--check",
        metavar="ID",
        help=tell(
            "只判这个检查项，可重复，* 代表任意。例：--check 'access.*'",
            "Judges this check only; may be repeated; * stands for anything. Example: --check 'access.*'",
        ),
        autocompletion=check_ids,
    ),
]


def check(
    number: RunNumber = None,
    playbook: CheckPlaybook = None,
    family: Family = None,
    only: Only = None,
    fail_on: FailOn = None,
    allow_unknown: AllowUnknown = False,
) -> None:
    """Judges a stored run anew; exits with what came of it."""
    from playbooks.judging import judge_again
    from playbooks.reporting import check_figures
    from playbooks.schema import Judge
    from playbooks.schema import playbook as named

    at = here()
    with at.store(create=False) as store:
        found = stored(store, number)
        asked_for = named(playbook, at.project.root) if playbook else book_of(at, store, found)
        book = changed(asked_for, None, fail_on, allow_unknown=allow_unknown)
        if family or only:
            judge = Judge(tuple(family or ()), tuple(only or ()), stale_after_days=book.judge.stale_after_days)
            book = replace(book, judge=judge)
        check_figures(at.project, book)
        with _unfinished_when_stopped(at, found), bars(at.err) as progress:
            code = judge_again(at.project, store, book, found, progress=progress)
    with contextlib.suppress(BrokenPipeError):
        show_console(at, replace(book, reports=("console",)), found)
    if family or only:
        at.say(
            "第 {run} 次运行现在只有这些判定，报告、规划和预评也只看得到这些。全部补回：hecha check --run {run}",
            "Run {run} has these findings only now, and reports, plan and pre-assessment see no others. "
            "To bring all back: hecha check --run {run}",
            run=found,
        )
    raise typer.Exit(code)


@contextlib.contextmanager
def _unfinished_when_stopped(at: Here, number: int) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        at.say(
            "第 {run} 次运行没有判定完。重新判定：hecha check --run {run}",
            "Run {run} is not judged to the end. To judge it again: hecha check --run {run}",
            run=number,
        )
        raise


def report(
    number: RunNumber = None,
    formats: Formats = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help=tell(
                "写到哪个文件夹，默认 out/run-编号；- 把一种报告写到标准输出。例：-o reports",
                "Folder to write into, out/run-N by default; - writes a single report to standard output. "
                "Example: -o reports",
            ),
        ),
    ] = None,
) -> None:
    """Writes reports of a stored run; the summary goes to standard output."""
    from playbooks.reporting import CONSOLE, result, write_reports
    from playbooks.unwritten import written

    at = here()
    with at.store(create=False) as store:
        found = stored(store, number)
        book = changed(book_of(at, store, found), formats, None, allow_unknown=False)
        told = result(at.project, store, found, book, today())
        if out == STDOUT:
            _to_stdout(told, at, formats or [])
            return
        with working(at.err, Text("撰写报告", "Writing reports")):
            files = write_reports(told, book.reports, at.language, out or at.project.outputs(found))
        if not formats:  # the playbook's own reports, all of them
            written(at.project, found)
    show_console(at, book if formats else replace(book, reports=(CONSOLE,)), found)
    for path in files.values():
        at.say("报告：{path}", "report: {path}", path=path)


def _to_stdout(told: Result, at: Here, formats: list[str]) -> None:
    from playbooks.reporting import CONSOLE, chosen

    if len(formats) != 1:
        raise InputError("--out -", Text("需要恰好一个 -f", "needs exactly one -f"))
    if sys.stdout.isatty() and formats != [CONSOLE]:
        raise InputError("--out -", Text("标准输出是终端；请接管道或文件", "standard output is a terminal: pipe it"))
    if formats == [CONSOLE]:
        _speak(told, at)
        return
    # By way of a file: some formats are written back and forth.
    with tempfile.TemporaryFile() as file:
        with working(at.err, Text("撰写报告", "Writing reports")):
            chosen(formats)[0].write(told, at.language, file)
        file.seek(0)
        sys.stdout.flush()
        shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.flush()


def show_console(at: Here, book: Playbook, run_number: int) -> None:
    """The summary of a run on standard output, where the playbook wants it."""
    from playbooks.reporting import CONSOLE, result

    if CONSOLE not in book.reports:
        return
    with at.store() as store:
        _speak(result(at.project, store, run_number, book, today()), at)


def _speak(told: Result, at: Here) -> None:
    from playbooks.reporting import CONSOLE, chosen

    with working(at.err, Text("汇总", "Summing up")):
        _ = told.figures  # what takes long, before the first line is out and the bar gone
    chosen([CONSOLE])[0].write(told, at.language, Spoken())


def today() -> date:
    """The day that deadlines and ages are counted to, in this machine's zone."""
    return datetime.now().astimezone().date()


def book_of(at: Here, store: Store, run: int) -> Playbook:
    """The playbook of a stored run as it stands now."""
    from playbooks.schema import playbook as named

    return named(store.run(run).playbook, at.project.root)


def result_of(at: Here, store: Store, number: int | None) -> Result:
    """A stored run, the newest without a number, as its own playbook has it read today."""
    from playbooks.reporting import result

    run = stored(store, number)
    return result(at.project, store, run, book_of(at, store, run), today())


def stored(store: Store, number: int | None) -> int:
    """The number of a run that is kept, of the newest without one; InputError where there is none."""
    if number is not None:
        return store.run(number).id
    newest = next(iter(store.runs()), None)
    if newest is None:
        raise InputError("", Text("还没有任何运行；请先运行 hecha run", "there is no run yet: run hecha run first"))
    return newest.id


def asked(store: Store, typed: str) -> str:
    """The target that a person means, by name or address; InputError, with names alike, where no run asked it."""
    from inventory.store import StoredNetwork

    runs = store.runs()
    if any(store.record(run.id, typed) for run in runs):
        return typed
    records = [*StoredNetwork(store, runs[0].id).records()] if runs else []
    found = next((each.target for each in records if typed.lower() in (each.address, each.target.lower())), None)
    if found is None:
        near = ", ".join(get_close_matches(typed, [each.target for each in records]))
        zh, en = (f"；相近的有 {near}", f"; alike: {near}") if near else ("", "")
        raise InputError(typed, Text(f"没有哪次运行问过这个目标{zh}", f"no run has asked such a target{en}"))
    return found
