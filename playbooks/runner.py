"""A playbook run from end to end: checked, collected, judged, reported; and runs that are judged or reported again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from checks.evaluate import Terms
from checks.model import Severity
from collectors.gather import Asking
from collectors.probes.names import Resolver
from inventory.credentials import Logins
from inventory.errors import ExitCode, InputError
from inventory.register import Register
from inventory.store import RunRecord, RunState, Store
from inventory.targets import Target, read_targets
from inventory.text import Language, Text
from playbooks import judging, reporting
from playbooks.active_tests import run_tests
from playbooks.collecting import Collecting, asking, check_logins, check_platforms, resolvers
from playbooks.excluding import Exclusions
from playbooks.lock import only_run
from playbooks.progress import Progress
from playbooks.project import Project
from playbooks.reaching import Reaching
from playbooks.schedule import times_of
from playbooks.schema import Playbook
from playbooks.unwritten import writing
from playbooks.wanted import wanted_facts


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asks of a run beside its playbook. None: as the playbook says."""

    targets: Path | None = None
    only: tuple[str, ...] = ()  # names of targets; empty: all
    out: Path | None = None  # folder of the reports
    resume: int | None = None  # number of a run to go on with
    replay: Path | None = None  # folder of captures to read instead of asking devices


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What came of a run. ``files`` holds a path for each report that is a file."""

    run: int
    exit_code: ExitCode
    files: dict[str, Path]


@dataclass(frozen=True, slots=True)
class _Plan:
    """Everything a run needs, found good before anything is asked."""

    targets: tuple[Target, ...]
    terms: Terms
    today: date
    asking: Asking
    resolvers: tuple[Resolver, ...]
    exclusions: Exclusions


def run_playbook(
    project: Project,
    store: Store,
    playbook: Playbook,
    logins: Logins,
    *,
    order: Order,
    language: Language,
    progress: Progress,
    now: datetime | None = None,
) -> RunOutcome:
    """Runs a playbook and keeps everything in the store.

    Raises InputError or StoreError, before anything is asked, for targets, logins, checks, policies, waivers, plan,
    register, reports or a folder for them that are wrong, and while the same playbook runs. Interrupted, it leaves a
    run that can be resumed.
    """
    started = now or datetime.now(UTC)
    planned = _planned(project, store, playbook, logins, order, started)
    with only_run(project, playbook.name):
        run, register = _opened(store, playbook, order, started)
        collecting = Collecting(
            store=store,
            run=run,
            asking=planned.asking,
            workers=playbook.collect.workers,
            resolvers=planned.resolvers,
            progress=progress,
            permits=planned.exclusions.permits,
        )
        collecting.devices(planned.targets)
        if "probe" in playbook.collect.sources and order.replay is None and not order.only:
            collecting.systems(register)
        if playbook.collect.echo is not None and order.replay is None:
            permits, workers = planned.exclusions.permits, playbook.collect.workers
            Reaching(store, run, playbook.collect.echo, workers, permits, progress).devices(planned.targets)
        if playbook.collect.active_test is not None and order.replay is None:
            run_tests(store, run, planned.targets, playbook.collect.active_test, progress, started)
        judging.judge(store, run, planned.terms, progress)
        folder = order.out or project.outputs(run)
        with writing(project, run, playbook.name):
            store.finish_run(run, RunState.FINISHED, at=now)
            told = reporting.result(project, store, run, playbook, planned.today)
            progress.begin(Text("撰写报告", "Writing reports"), None)
            files = reporting.write_reports(told, playbook.reports, language, folder)
    return RunOutcome(run, _exit_code(store, run, playbook), files)


def _planned(
    project: Project, store: Store, playbook: Playbook, logins: Logins, order: Order, started: datetime
) -> _Plan:
    with playbook.telling("reports"):
        reporting.chosen(playbook.reports)
    with playbook.telling("schedule"):
        if playbook.schedule:
            times_of(playbook)
    today = started.astimezone().date()
    terms = judging.terms(project, playbook, today)
    path = order.targets or project.targets(playbook.targets)
    exclusions = Exclusions(project)
    refusal = exclusions.refusal if order.replay is None else None
    targets = _picked(path, read_targets(path, refusal), order.only)
    check_platforms(path, targets)
    if order.replay is None:
        check_logins(targets, logins)
    elif not order.replay.is_dir():
        raise InputError(str(order.replay), Text("没有这个采集文件夹", "no such folder of captures"))
    if order.out is not None:
        reporting.check_folder(order.out)
    reporting.check_figures(project, playbook)
    asked = asking(project, playbook.collect, wanted_facts(terms.checks), logins, store, order.replay)
    with playbook.telling("collect.resolvers"):
        servers = resolvers(project, playbook.collect)
    return _Plan(targets, terms, today, asked, servers, exclusions)


def _picked(path: Path, targets: Collection[Target], only: tuple[str, ...]) -> tuple[Target, ...]:
    if unknown := sorted(set(only) - {target.name for target in targets}):
        named = ", ".join(unknown)
        raise InputError(str(path), Text(f"没有这些目标：{named}", f"has no such targets: {named}"))
    found = tuple(target for target in targets if not only or target.name in only)
    if not found:
        raise InputError(str(path), Text("没有任何目标", "lists no target"))
    return found


def _opened(store: Store, playbook: Playbook, order: Order, started: datetime) -> tuple[int, Register]:
    """The run's number, and the register it is judged against."""
    if order.resume is not None:
        register = judging.register_of(store, store.run(order.resume))
        store.resume_run(order.resume)
        return order.resume, register
    register = store.register() or Register()  # a damaged one is told before there is a run
    options: dict[str, Any] = {"only": list(order.only)}
    options |= {name: str(path.resolve()) for name in ("targets", "replay") if (path := getattr(order, name))}
    return store.create_run(playbook.name, options, started=started), register


def resumable(store: Store, playbook: str) -> RunRecord | None:
    """The newest run of a playbook that did not finish; None when there is none after the newest finished one."""
    newest = next(iter(store.runs(playbook)), None)
    return newest if newest and newest.state is not RunState.FINISHED else None


def resumed_order(store: Store, playbook: Playbook, run: int, order: Order) -> Order:
    """The order with what the run to be resumed was started with; InputError when that run is not to be resumed."""
    record = store.run(run)
    if record.playbook != playbook.name or record.state is RunState.FINISHED:
        raise InputError(
            f"--resume {run}",
            Text(
                f"第 {run} 次运行属于剧本“{record.playbook}”，状态是 {record.state}，不能继续",
                f"run {run} is of playbook '{record.playbook}' and {record.state}: it cannot be resumed",
            ),
        )
    kept = {name: Path(record.options[name]) for name in ("targets", "replay") if name in record.options}
    return replace(
        order,
        resume=run,
        targets=order.targets or kept.get("targets"),
        replay=order.replay or kept.get("replay"),
        only=order.only or tuple(record.options.get("only", ())),
    )


def _exit_code(store: Store, run: int, playbook: Playbook) -> ExitCode:
    return judging.exit_code(store, run, Severity(playbook.fail_on), allow_unknown=playbook.allow_unknown)
