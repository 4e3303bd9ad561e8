"""``run``: collecting, judging, writing down."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import bars
from playbooks.commands.completing import playbook_names, target_names
from playbooks.commands.here import Here, here
from playbooks.commands.options import AllowUnknown, FailOn, Formats, Replay, changed
from playbooks.commands.speaking import NEWEST, App, lesson
from playbooks.commands.stored_runs import show_console
from playbooks.entry import INTERRUPTED
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.store import Store
    from playbooks.runner import Order
    from playbooks.schema import Playbook

log = logging.getLogger(__name__)


def add_to(app: App) -> None:
    """Puts the commands of this module into the application."""
    codes = Text(
        "退出码：0 符合，1 有差距，2 输入有误，3 不完整，4 hecha 自身出错，130 被 Ctrl-C 停止。",
        "Exit codes: 0 compliant, 1 gaps, 2 bad input, 3 incomplete, 4 a fault of hecha, 130 stopped by Ctrl-C.",
    )
    app.command(
        help=lesson(
            "按剧本采集、判定并写报告",
            "Collects, judges and reports as a playbook says",
            "hecha run full-audit",
            "hecha run full-audit --only core-1 --only core-2",
            "hecha run full-audit --resume",
            "hecha run full-audit --replay captures",
            more=codes,
        )
    )(run)


RunPlaybook = Annotated[
    str,
    typer.Argument(
        metavar="PLAYBOOK",
        help=tell(
            "剧本的名字或文件，见 hecha list playbooks。例：full-audit",
            "Name or file of a playbook; see hecha list playbooks. Example: full-audit",
        ),
        autocompletion=playbook_names,
    ),
]
Targets = Annotated[
    Path | None,
    typer.Option(
        "--targets",
        "-t",
        metavar="FILE",
        help=tell("目标表，代替剧本里的。例：-t few.csv", "Targets instead of the playbook's. Example: -t few.csv"),
    ),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="TARGET",
        help=tell(
            "只问、只判这些目标，不判站点、链路、系统与全网，可重复。例：--only core-1",
            "Asks and judges these targets only, no site, link, system or network; may be repeated. "
            "Example: --only core-1",
        ),
        autocompletion=target_names,
    ),
]
Resume = Annotated[
    str | None,
    typer.Option(
        "--resume",
        metavar="[RUN]",
        help=tell(
            "接着做中断的运行，默认最近一次；已采集的不再问。例：--resume 3",
            "Goes on with a run that was broken off, the newest by default; what it has is not asked again. "
            "Example: --resume 3",
        ),
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        help=tell(
            "报告写到哪个文件夹，默认 out/run-编号。例：-o reports",
            "Folder of the reports, out/run-N by default. Example: -o reports",
        ),
    ),
]


def run(
    playbook: RunPlaybook,
    targets: Targets = None,
    only: Only = None,
    resume: Resume = None,
    replay: Replay = None,
    out: Out = None,
    formats: Formats = None,
    fail_on: FailOn = None,
    allow_unknown: AllowUnknown = False,
) -> None:
    """Runs a playbook; exits with what came of it."""
    from inventory.credentials import Logins
    from playbooks.runner import Order, run_playbook
    from playbooks.schema import playbook as named

    at = here()
    book = changed(named(playbook, at.project.root), formats, fail_on, allow_unknown=allow_unknown)
    order = Order(targets=targets, only=tuple(only or ()), out=out, replay=replay)
    if resume is None:
        _look_for(targets or at.project.targets(book.targets))  # or a mistyped command leaves a database behind
    with at.store() as store:
        if resume is not None:
            order = _resumed(store, book, resume, order)
        logins = at.logins() if order.replay is None else Logins()
        _tell_unwritten(at, store)
        log.info("run of %s begins", book.name)
        with _telling_what_is_left(at, store, book, playbook), bars(at.err) as progress:
            outcome = run_playbook(
                at.project, store, book, logins, order=order, language=at.language, progress=progress
            )
    log.info("run %s of %s ended with exit code %d", outcome.run, book.name, outcome.exit_code)
    # Whoever reads the summary may have seen enough of it; what the run came to stands all the same.
    with contextlib.suppress(BrokenPipeError):
        show_console(at, book, outcome.run)
    for path in outcome.files.values():
        at.say("报告：{path}", "report: {path}", path=path)
    raise typer.Exit(outcome.exit_code)


def _look_for(path: Path) -> None:
    if not path.exists():
        raise InputError(str(path), Text("没有这个文件", "no such file"))


def _tell_unwritten(at: Here, store: Store) -> None:
    """Says which earlier runs were killed before their reports were written."""
    from inventory.store import RunState
    from playbooks.unwritten import left_unwritten

    finished = {run.id for run in store.runs(states=[RunState.FINISHED])}
    for number in finished.intersection(left_unwritten(at.project)):
        at.say(
            "第 {run} 次运行的报告没有写完：hecha{project} report --run {run}",
            "The reports of run {run} are not written: hecha{project} report --run {run}",
            project=_project(at),
            run=number,
        )


def _project(at: Here) -> str:
    return "" if at.root == Path() else f" --project {at.root}"


def _resumed(store: Store, book: Playbook, resume: str, order: Order) -> Order:
    from playbooks.runner import resumable, resumed_order

    if resume == NEWEST:
        found = resumable(store, book.name)
        if found is None:
            raise InputError(book.name, Text("没有可以继续的运行", "there is no run to go on with"))
        return resumed_order(store, book, found.id, order)
    if not resume.isdecimal():
        raise InputError(f"--resume {resume}", Text("应是运行的编号", "expected the number of a run"))
    return resumed_order(store, book, int(resume), order)


@contextlib.contextmanager
def _telling_what_is_left(at: Here, store: Store, book: Playbook, called: str) -> Iterator[None]:
    from inventory.store import RunState

    began = datetime.now(UTC)
    try:
        yield
    except KeyboardInterrupt:
        left = next(iter(store.runs(book.name)), None)
        project = _project(at)
        if left is None or (left.finished and left.finished < began):
            raise
        if left.state is RunState.FINISHED:
            at.say(
                "已停止。已全部判定，报告没有写完：hecha{project} report --run {run}",
                "Stopped. All is judged; the reports are not written: hecha{project} report --run {run}",
                project=project,
                run=left.id,
            )
        else:
            at.say(
                "已停止。接着做完：hecha{project} run {playbook} --resume {run}",
                "Stopped. To go on: hecha{project} run {playbook} --resume {run}",
                project=project,
                playbook=called,
                run=left.id,
            )
        raise typer.Exit(INTERRUPTED) from None
