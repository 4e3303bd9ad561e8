"""Playbooks run by the cron expressions in them; APScheduler lives here.

A schedule holds nothing of its own: what ran last, and how far it came, stands in the store. The rule after a restart:

* a playbook whose time passed while nothing ran it runs once, however often it was missed;
* one whose last run was broken off since its last time goes on with that run;
* one that still runs, whoever started it, is passed over until its next time;
* one that never ran waits for its first time.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from zoneinfo import ZoneInfoNotFoundError

from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

from inventory.errors import ExitCode, InputError
from inventory.store import RunRecord, RunState, Store
from inventory.text import Text
from playbooks.language import language
from playbooks.lock import is_running
from playbooks.project import Project
from playbooks.schema import Playbook, available, playbook

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_BY_SIGNAL = 128  # what shells add to the number of the signal that ended a process


class Owed(StrEnum):
    """What a playbook is behind with."""

    MISSED = "missed"  # its time passed: one new run
    BROKEN_OFF = "broken-off"  # its last run did not finish: that run goes on


@dataclass(frozen=True, slots=True)
class Planned:
    """A playbook with its times. ``called`` is the name or file it is started by."""

    called: str
    playbook: Playbook
    times: BaseTrigger
    next_time: datetime
    last_run: datetime | None  # None: it never ran
    owed: Owed | None


def scheduled(project: Project, names: Iterable[str]) -> dict[str, Playbook]:
    """Every playbook of these names, or of the project and the library, that has a schedule, by what it is called.

    InputError for a name that is none, or whose playbook has no schedule.
    """
    wanted = list(dict.fromkeys(names))
    found = {name: playbook(name, project.root) for name in wanted or available(project.root)}
    for name, book in found.items():
        if wanted and book.schedule is None:
            raise InputError(name, Text("这个剧本没有时间表", "this playbook has no schedule"))
    return {name: book for name, book in found.items() if book.schedule is not None}


def planned(project: Project, store: Store, names: Iterable[str], now: datetime) -> Iterator[Planned]:
    """The times of each scheduled playbook; InputError, besides, for what is no cron expression."""
    for name, book in scheduled(project, names).items():
        yield _planned(project, store, name, book, now)


def _planned(project: Project, store: Store, called: str, book: Playbook, now: datetime) -> Planned:
    with book.telling("schedule"):
        times = times_of(book)
    following = times.get_next_fire_time(None, now)
    if following is None:
        raise InputError(f"{called}: schedule", Text("这个时间永远不会到", "that time never comes"))
    last = next(iter(store.runs(book.name)), None)
    owed = None if last is None or is_running(project, book.name) else _owed(times, last, now)
    return Planned(called, book, times, following, last.started if last else None, owed)


def _owed(times: BaseTrigger, last: RunRecord, now: datetime) -> Owed | None:
    due = times.get_next_fire_time(None, last.started)
    if due is not None and due <= now:
        return Owed.MISSED
    return None if last.state is RunState.FINISHED else Owed.BROKEN_OFF


def times_of(book: Playbook) -> BaseTrigger:
    """The times of a playbook in this machine's zone; InputError for what is no cron expression.

    As cron reads it: weekdays count from Sunday, 0 or 7, and where day and weekday are both given either will do.
    """
    try:
        minute, hour, day, month, weekday = _fields(book.schedule or "")
        days = [(day, "*"), ("*", weekday)] if "*" not in (day[:1], weekday[:1]) else [(day, weekday)]
        triggers = [
            CronTrigger(minute=minute, hour=hour, day=d, month=month, day_of_week=_weekdays(w), timezone=_zone())
            for d, w in days
        ]
    except ValueError:
        zh = f"应是五段 cron 表达式，如 0 2 * * 6，不是“{book.schedule}”"
        en = f"expected a cron expression of five fields such as 0 2 * * 6, not '{book.schedule}'"
        raise InputError("schedule", Text(zh, en)) from None
    return triggers[0] if len(triggers) == 1 else OrTrigger(triggers)


def _fields(expression: str) -> list[str]:
    found = expression.lower().split()
    if len(found) != len(("minute", "hour", "day", "month", "weekday")):
        raise ValueError(expression)
    return found


def _weekdays(expression: str) -> str:
    """The days by name: APScheduler counts them from Monday, cron from Sunday."""
    days = {day % 7 for part in expression.split(",") for day in _days(part)}
    return ",".join(_DAYS[day] for day in sorted(days))


def _days(part: str) -> range:
    span, slash, step = part.partition("/")
    first, dash, last = span.partition("-")
    low = 0 if first == "*" else _day(first)
    high = _day(last) if dash else 6 if slash or first == "*" else low
    return range(low, (high + 7 if high < low else high) + 1, int(step) if slash else 1)


def _day(word: str) -> int:
    if word in _DAYS:
        return _DAYS.index(word)
    if word not in ("0", "1", "2", "3", "4", "5", "6", "7"):
        raise ValueError(word)
    return int(word)


def _zone() -> tzinfo:
    """This machine's; today's offset where its name is none that the time zone database has (``TZ=CST-8``)."""
    try:
        zone: tzinfo = CronTrigger().timezone
    except ZoneInfoNotFoundError:
        return datetime.now().astimezone().tzinfo or UTC
    return zone


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of playbooks, each a process of its own that speaks on this one's streams.

    ``told`` hears what begins, ends and is passed over.
    """

    project: Project
    told: Callable[[Text], None]
    _under_way: set[subprocess.Popen[bytes]] = field(default_factory=set)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _turn: threading.Lock = field(default_factory=threading.Lock)  # nothing begins while everything is ended

    def run(self, plan: Planned, *, resume: bool = False) -> int:
        """One run; its exit code, 128 and more where a signal ended it."""
        name = plan.called
        if is_running(self.project, plan.playbook.name):
            self.told(Text(f"{name}：还在运行，这次跳过", f"{name}: still running, passed over"))
            return ExitCode.COMPLIANT
        with self._turn:
            if self._stopped.is_set():
                return ExitCode.COMPLIANT
            self.told(Text(f"{name}：开始", f"{name}: begins"))
            process = self._started([name, "--resume"] if resume else [name])
        code = self._ended(process)
        self.told(Text(f"{name}：结束，退出码 {code}", f"{name}: ended with exit code {code}"))
        return code

    def owed(self, plan: Planned) -> int:
        """The run that a playbook is behind with."""
        return self.run(plan, resume=plan.owed is Owed.BROKEN_OFF)

    def _started(self, words: list[str]) -> subprocess.Popen[bytes]:
        # -P: a folder named playbooks where the schedule was started must not stand in for this package.
        # A session of its own: Ctrl-C reaches the schedule alone, which passes it on once.
        command = [sys.executable, "-P", "-c", "from playbooks.entry import main; main()"]
        process = subprocess.Popen(
            [*command, "--lang", language(), "--project", str(self.project.root), "run", *words],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._under_way.add(process)
        return process

    def _ended(self, process: subprocess.Popen[bytes]) -> int:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            self.stop()
            raise
        finally:
            self._under_way.discard(process)
        return code if code >= 0 else _BY_SIGNAL - code

    def stop(self) -> None:
        """Has every run end as by Ctrl-C, such that it can be resumed, and waits for it. None begins any more."""
        with self._turn:
            self._stopped.set()
            under_way = list(self._under_way)
        for process in under_way:
            process.send_signal(signal.SIGINT)
        for process in under_way:
            process.wait()


def run_owed(runs: Runs, plans: Iterable[Planned]) -> int:
    """Runs what is owed, one after another; the worst exit code."""
    return max((runs.owed(plan) for plan in plans if plan.owed), default=int(ExitCode.COMPLIANT))


def run_forever(runs: Runs, plans: Iterable[Planned]) -> None:
    """Runs what is owed, then everything at its times, until KeyboardInterrupt, which ends what is under way."""
    scheduler = BlockingScheduler(timezone=_zone())
    for plan in plans:
        late = {"coalesce": True, "misfire_grace_time": None}  # a machine that slept through it runs it once
        scheduler.add_job(runs.run, plan.times, args=[plan], max_instances=1, **late)
        if plan.owed:
            scheduler.add_job(runs.owed, args=[plan], **late)
    try:
        scheduler.start()
    finally:
        runs.stop()
        scheduler.shutdown()
