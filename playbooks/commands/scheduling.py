"""``schedule``: playbooks at their times."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from inventory.errors import ExitCode, InputError
from inventory.text import Text
from playbooks.commands.here import here
from playbooks.commands.speaking import App
from playbooks.language import tell


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=tell(
            "按剧本里的 cron 表达式定时运行；重启后补跑一次错过的。例：hecha schedule weekly-census",
            "Runs playbooks at their times; what a restart missed runs once. Example: hecha schedule weekly-census",
        )
    )(schedule)


def schedule(
    playbooks: Annotated[
        list[str] | None,
        typer.Argument(help=tell("剧本，默认全部有时间表的", "Playbooks; by default all that have a schedule")),
    ] = None,
    show: Annotated[bool, typer.Option("--list", help=tell("只列出下次运行时间", "Lists the next times only"))] = False,
    once: Annotated[
        bool, typer.Option("--once", help=tell("只补跑到期的，然后结束", "Runs what is due, then ends"))
    ] = False,
) -> None:
    """Runs playbooks at their times until stopped."""
    from playbooks.schedule import planned, run_due, run_forever

    at = here()
    with at.store() as store:
        plans = list(planned(at.project, store, playbooks or (), datetime.now(UTC)))
    if not plans:
        raise InputError("schedule", Text("没有带时间表的剧本", "no playbook has a schedule"))
    for plan in plans:
        at.out.print(
            tell(
                "{name}：下次 {next}{due}",
                "{name}: next {next}{due}",
                name=plan.playbook.name,
                next=plan.next_time.astimezone().strftime("%Y-%m-%d %H:%M"),
                due=tell("，已到期", ", due now") if plan.due else "",
            )
        )
    if show:
        return
    if once:
        raise typer.Exit(max(run_due(at.project, plans).values(), default=int(ExitCode.COMPLIANT)))
    run_forever(at.project, plans)
