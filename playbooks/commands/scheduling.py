"""``schedule``: playbooks at their times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.completing import playbook_names
from playbooks.commands.here import Here, here
from playbooks.commands.speaking import App, lesson
from playbooks.language import tell

if TYPE_CHECKING:
    from playbooks.schedule import Planned


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "按剧本里的 cron 表达式定时运行",
            "Runs playbooks at the times their cron expressions name",
            "hecha schedule weekly-census full-audit",
            more=Text(
                "重启之后：错过的补跑一次，不论错过几次；中断的接着做完；还在运行的不重复启动；从未运行过的等到第一次。",
                "After a restart: what was missed runs once, however often; what was broken off goes on; what still "
                "runs is not started twice; what never ran waits for its first time.",
            ),
        )
    )(schedule)


def schedule(
    playbooks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PLAYBOOK...",
            help=tell(
                "剧本，默认全部有时间表的。例：weekly-census",
                "Playbooks; by default all that have a schedule. Example: weekly-census",
            ),
            autocompletion=playbook_names,
            show_default=False,
        ),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help=tell("只列出下次运行时间", "Lists the next times only"))] = False,
    once: Annotated[
        bool, typer.Option("--once", help=tell("只做欠下的运行，然后结束", "Does the runs that are owed, then ends"))
    ] = False,
) -> None:
    """Runs playbooks at their times until stopped."""
    from playbooks.schedule import Runs, planned, run_forever, run_owed, scheduled

    at = here()
    for book in scheduled(at.project, playbooks or ()).values():
        at.project.targets(book.targets)  # or every run would end at once, night after night
    with at.store() as store:
        plans = list(planned(at.project, store, playbooks or (), datetime.now(UTC)))
    if not plans:
        raise InputError("schedule", Text("没有带时间表的剧本", "no playbook has a schedule"))
    for plan in plans:
        _show(at, plan, to_out=show)
    if show:
        return
    at.unlock()
    runs = Runs(at.project, lambda text: at.say(text.zh, text.en))
    if once:
        raise typer.Exit(run_owed(runs, plans))
    run_forever(runs, plans)


def _show(at: Here, plan: Planned, *, to_out: bool) -> None:
    owed = {
        None: Text("", ""),
        "missed": Text("，错过了，补跑一次", ", missed: runs once"),
        "broken-off": Text("，上次中断，接着做完", ", broken off: goes on"),
    }[plan.owed]
    line = tell(
        "{name}：下次 {next}{owed}",
        "{name}: next {next}{owed}",
        name=plan.called,
        next=plan.next_time.astimezone().strftime("%Y-%m-%d %H:%M"),
        owed=owed.say(at.language),
    )
    (at.out if to_out else at.err).print(line)
