"""``run``, ``check``, ``report``, ``census``: collecting, judging, writing down."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from playbooks.commands.bars import bars
from playbooks.commands.here import Here, here
from playbooks.commands.speaking import App
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.store import Store
    from playbooks.schema import Collect, Playbook

Names = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        "-f",
        help=tell(
            "要写的报告，可重复；例：-f html -f workbook", "Report to write; may be repeated, as in -f html -f workbook"
        ),
    ),
]
RunNumber = Annotated[
    int | None, typer.Option("--run", help=tell("运行编号，默认最近一次", "Number of the run; the newest by default"))
]
Out = Annotated[Path | None, typer.Option("--out", "-o", help=tell("写到哪个文件夹", "Folder to write into"))]


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    app.command(
        help=tell(
            "按剧本采集、判定并写报告。例：hecha run full-audit",
            "Collects, judges and reports as a playbook says. Example: hecha run full-audit",
        )
    )(run)
    app.command(
        help=tell(
            "只采集，每个目标一行 JSON。例：hecha census --targets targets.csv --out census.jsonl",
            "Collects only, one JSON object a target. Example: hecha census --targets targets.csv --out census.jsonl",
        )
    )(census)
    app.command(
        help=tell(
            "不重新采集，对已存的一次运行重新判定。例：hecha check --run 3",
            "Judges a stored run anew without asking any device. Example: hecha check --run 3",
        )
    )(check)
    app.command(
        help=tell(
            "为已存的一次运行写报告。例：hecha report --run 3 -f html",
            "Writes reports of a stored run. Example: hecha report --run 3 -f html",
        )
    )(report)


def run(
    playbook: Annotated[
        str, typer.Argument(help=tell("剧本的名字或文件，见 hecha list playbooks", "Name or file of a playbook"))
    ],
    targets: Annotated[
        Path | None,
        typer.Option("--targets", "-t", help=tell("目标文件，代替剧本里的", "Targets instead of the playbook's")),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help=tell("只问这些目标，可重复", "Ask these targets only; may be repeated")),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help=tell("接着做完没做完的那次运行", "Go on with the run that was broken off"))
    ] = False,
    number: RunNumber = None,
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay", help=tell("不连设备，改读这个文件夹里的采集文件", "Read captures in this folder, not devices")
        ),
    ] = None,
    out: Out = None,
    names: Names = None,
    fail_on: Annotated[
        str | None,
        typer.Option(
            "--fail-on", help=tell("从哪个程度起算不合格：low、medium、high…", "Severity from which gaps fail the run")
        ),
    ] = None,
    allow_unknown: Annotated[
        bool,
        typer.Option(
            "--allow-unknown", help=tell("有无法判断的也不算不完整", "What is unknown does not make the run incomplete")
        ),
    ] = False,
) -> None:
    """Runs a playbook; exits with what came of it."""
    from playbooks.runner import Order, resumable, resumed_order, run_playbook
    from playbooks.schema import playbook as named

    at = here()
    book = _changed(named(playbook, at.project.root), names, fail_on, allow_unknown)
    logins = at.logins()
    with at.store() as store, bars(at.err) as progress:
        order = Order(targets=targets, only=tuple(only or ()), out=out, replay=replay)
        if resume or number is not None:
            found = number if number is not None else getattr(resumable(store, book.name), "id", None)
            if found is None:
                raise InputError(playbook, Text("没有可以继续的运行", "there is no run to go on with"))
            order = resumed_order(store, book, found, order)
        with _resumable_when_stopped(at, playbook):
            outcome = run_playbook(
                at.project, store, book, logins, order=order, language=at.language, progress=progress
            )
    _show_console(at, book, outcome.run)
    for path in outcome.files.values():
        at.say("报告：{path}", "report: {path}", path=path)
    raise typer.Exit(outcome.exit_code)


@contextlib.contextmanager
def _resumable_when_stopped(at: Here, playbook: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        at.say(
            "已停止。接着做完：hecha run {playbook} --resume",
            "Stopped. To go on: hecha run {playbook} --resume",
            playbook=playbook,
        )
        raise typer.Exit(130) from None


def _changed(book: Playbook, names: list[str] | None, fail_on: str | None, allow_unknown: bool) -> Playbook:
    try:
        return replace(
            book,
            reports=tuple(names) if names else book.reports,
            fail_on=fail_on or book.fail_on,
            allow_unknown=allow_unknown or book.allow_unknown,
        )
    except ValueError as error:
        raise InputError("--fail-on", Text(str(error), str(error))) from None


def _show_console(at: Here, book: Playbook, run_number: int) -> None:
    from playbooks.reporting import CONSOLE, chosen, result

    if CONSOLE in book.reports:
        with at.store() as store:
            told = result(at.project, store, run_number, book, _today())
            chosen([CONSOLE])[0].write(told, at.language, sys.stdout.buffer)


def _today() -> date:
    return datetime.now().astimezone().date()


def _stored(store: Store, number: int | None) -> int:
    if number is not None:
        return store.run(number).id
    newest = next(iter(store.runs()), None)
    if newest is None:
        raise InputError("", Text("还没有任何运行", "there is no run yet"))
    return newest.id


def check(
    number: RunNumber = None,
    playbook: Annotated[
        str | None,
        typer.Option(
            "--playbook", help=tell("按哪个剧本判定，默认那次运行的", "Playbook to judge by; by default the run's")
        ),
    ] = None,
) -> None:
    """Judges a stored run anew; exits with what came of it."""
    from playbooks.runner import judge_again
    from playbooks.schema import playbook as named

    at = here()
    with at.store(create=False) as store, bars(at.err) as progress:
        found = _stored(store, number)
        book = named(playbook or store.run(found).playbook, at.project.root)
        code = judge_again(at.project, store, book, found, progress=progress)
    _show_console(at, replace(book, reports=("console",)), found)
    raise typer.Exit(code)


def report(number: RunNumber = None, names: Names = None, out: Out = None) -> None:
    """Writes reports of a stored run; the summary goes to standard output."""
    from playbooks.reporting import result, write_reports
    from playbooks.schema import playbook as named

    at = here()
    with at.store(create=False) as store:
        found = _stored(store, number)
        book = named(store.run(found).playbook, at.project.root)
        told = result(at.project, store, found, book, _today())
        files = write_reports(told, names or book.reports, at.language, out or at.project.outputs(found))
    if names is None or "console" in names:
        _show_console(at, replace(book, reports=("console",)), found)
    for path in files.values():
        at.say("报告：{path}", "report: {path}", path=path)


def census(
    targets: Annotated[
        Path | None, typer.Option("--targets", "-t", help=tell("目标文件（CSV 或 YAML）", "Targets, as CSV or YAML"))
    ] = None,
    sources: Annotated[
        str, typer.Option("--with", help=tell("用什么问：snmp,cli,napalm", "What to ask by: snmp,cli,napalm"))
    ] = "snmp,cli",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help=tell("写到哪个文件，默认标准输出", "File to write; standard output by default")
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option("--workers", help=tell("同时问几台", "How many to ask at a time"), min=1, max=1024)
    ] = 32,
    replay: Annotated[
        Path | None,
        typer.Option(
            "--replay", help=tell("不连设备，改读这个文件夹里的采集文件", "Read captures in this folder, not devices")
        ),
    ] = None,
) -> None:
    """Asks every target and writes a line for each."""
    from collectors.gather import gather_all
    from inventory.snapshot import State
    from inventory.targets import read_targets
    from playbooks.collecting import CENSUS, asking, check_logins
    from reports.census_rows import census_row

    at = here()
    collect = _collect(sources, workers)
    wanted = read_targets(targets or at.project.path("targets.csv"))
    logins = at.logins()
    if replay is None:
        check_logins(wanted, logins)
    asked = asking(at.project, collect, CENSUS, logins, replay=replay)
    silent = 0
    with bars(at.err) as progress, _whole_file(out) as file:
        progress.begin(Text("采集设备", "Collecting devices"), len(wanted))
        for snapshot in gather_all(wanted, asked, workers):
            file.write(json.dumps(census_row(snapshot), ensure_ascii=False) + "\n")
            silent += snapshot.record.state is not State.ANSWERED
            progress.step()
    at.say("{n} 个目标，{m} 个没有应答", "{n} targets, {m} did not answer", n=len(wanted), m=silent)
    raise typer.Exit(ExitCode.INCOMPLETE if silent else ExitCode.COMPLIANT)


def _collect(sources: str, workers: int) -> Collect:
    from playbooks.schema import Collect

    try:
        return Collect(sources=tuple(word.strip() for word in sources.split(",") if word.strip()), workers=workers)
    except ValueError as error:
        raise InputError("--with", Text(str(error), str(error))) from None


@contextlib.contextmanager
def _whole_file(path: Path | None) -> Iterator[TextIO]:
    """A file that is there whole or not at all; standard output where no path is given."""
    if path is None:
        yield sys.stdout
        return
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            yield file
        fresh.replace(path)
    except OSError as error:
        reason = error.strerror or "not writable"
        raise InputError(str(path), Text(f"写不进去（{reason}）", f"cannot write ({reason})")) from None
    finally:
        fresh.unlink(missing_ok=True)
