"""Playbooks run by the cron expressions in them; APScheduler lives here.

A schedule holds nothing of its own: what ran last stands in the store. After a restart, whatever was due meanwhile
runs once, however often it was missed; a playbook that still runs is passed over.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from inventory.errors import InputError
from inventory.store import Store
from inventory.text import Text
from playbooks.project import Project
from playbooks.schema import Playbook, available, playbook

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Planned:
    """A playbook with its times. ``due`` tells whether it was missed since it last ran."""

    playbook: Playbook
    next_time: datetime
    last_run: datetime | None
    due: bool


def planned(project: Project, store: Store, names: Iterable[str], now: datetime) -> Iterator[Planned]:
    """Every playbook of these names, or of the project and the library, that has a schedule.

    InputError for a name that is none, or whose playbook has no schedule, and for what is no cron expression.
    """
    wanted = list(names)
    for name in wanted or available(project.root):
        book = playbook(name, project.root)
        if book.schedule is None:
            if wanted:
                raise InputError(name, Text("这个剧本没有时间表", "this playbook has no schedule"))
            continue
        yield _planned(store, book, now)


def _planned(store: Store, book: Playbook, now: datetime) -> Planned:
    trigger = trigger_of(book)
    last = next((run.started for run in store.runs(book.name)), None)
    missed = trigger.get_next_fire_time(None, last) if last else None
    following = trigger.get_next_fire_time(None, now)
    return Planned(book, following, last, due=missed is not None and missed <= now)


def trigger_of(book: Playbook) -> CronTrigger:
    """The times of a playbook in this machine's zone; InputError for what is no cron expression."""
    try:
        return CronTrigger.from_crontab(book.schedule or "")
    except ValueError as error:
        raise InputError(
            f"{book.name}: schedule",
            Text(f"应是五段 cron 表达式（{error}）", f"expected a cron expression of five fields ({error})"),
        ) from None


def run_once(project: Project, name: str) -> int:
    """One run of a playbook in a process of its own; its exit code. Its output goes to the schedule's."""
    command = [sys.executable, "-P", "-c", "from playbooks.cli import main; main()"]
    log.warning("run %s", name)
    return subprocess.run([*command, "--project", str(project.root), "run", name], check=False).returncode


def run_due(project: Project, plans: Iterable[Planned]) -> dict[str, int]:
    """Runs what was missed, one after another; exit code by playbook."""
    return {plan.playbook.name: run_once(project, _name(project, plan)) for plan in plans if plan.due}


def run_forever(project: Project, plans: list[Planned]) -> None:
    """Runs what was missed, then everything at its times, until the process is stopped."""
    scheduler = BlockingScheduler()
    for plan in plans:
        arguments = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
        times = trigger_of(plan.playbook)
        scheduler.add_job(run_once, times, args=[project, _name(project, plan)], id=plan.playbook.name, **arguments)
        if plan.due:
            now = datetime.now(UTC)
            scheduler.modify_job(plan.playbook.name, next_run_time=now)
    scheduler.start()


def _name(project: Project, plan: Planned) -> str:
    """How the playbook is called again: by its file where its own name is not the file's."""
    known: dict[str, Path] = available(project.root)
    return plan.playbook.name if plan.playbook.name in known else str(known.get(plan.playbook.name, plan.playbook.name))
