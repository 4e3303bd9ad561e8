"""Runs of a small county on both databases: what comes of them, what a partial one tells, what is refused."""

from __future__ import annotations

import resource
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from checks.model import Severity
from inventory.credentials import Logins
from inventory.errors import ExitCode, HechaError, InputError
from inventory.findings import FindingRow
from inventory.register import Register, Unit, UnitKind
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store
from inventory.targets import Target
from playbooks.collecting import check_platforms
from playbooks.demo.running import DemoCounty
from playbooks.demo.written import write_project
from playbooks.judging import exit_code, judge_again
from playbooks.lock import AlreadyRunning, only_run
from playbooks.progress import Quiet
from playbooks.project import Project, project_at
from playbooks.reporting import result, write_reports
from playbooks.runner import Order, RunOutcome, resumable, resumed_order, run_playbook
from playbooks.schema import Playbook, playbook

Judged = set[tuple[str, str, str, str]]


@dataclass(frozen=True, slots=True)
class Small:
    """The county as a project over some database."""

    project: Project
    store: Store
    book: Playbook
    logins: Logins

    def run(self, order: Order | None = None, progress: Any = None, **changed: Any) -> RunOutcome:
        """One run, the playbook changed in some keys; without reports unless they are named."""
        return run_playbook(
            self.project, self.store, replace(self.book, **{"reports": (), **changed}), self.logins,
            order=order or Order(), language="en", progress=progress or Quiet(),
        )  # fmt: skip

    def judged(self, run: int, **limits: Any) -> Judged:
        """What a run found."""
        return {(r.check, r.subject, r.place, r.outcome) for r in self.store.findings(run, **limits)}


def _small(county: DemoCounty, folder: Path, store: Store) -> Small:
    write_project(county, folder)
    store.save_register(county.register(), "county")
    return Small(project_at(folder), store, playbook("demo", folder), Logins(county.environment()))


@pytest.fixture
def small(county: DemoCounty, tmp_path: Path, where: str) -> Iterator[Small]:
    """On SQLite, and on PostgreSQL."""
    with Store.open(where) as store:
        yield _small(county, tmp_path, store)


@pytest.fixture
def plain(county: DemoCounty, tmp_path: Path) -> Iterator[Small]:
    """On SQLite alone, where the database makes no difference."""
    with Store.open(tmp_path / "hecha.db") as store:
        yield _small(county, tmp_path, store)


@pytest.fixture(scope="module")
def reference(county: DemoCounty, tmp_path_factory: pytest.TempPathFactory) -> tuple[Judged, ExitCode]:
    """What an undisturbed run of the county finds."""
    folder = tmp_path_factory.mktemp("reference")
    with Store.open(folder / "hecha.db") as store:
        whole = _small(county, folder, store)
        outcome = whole.run()
        return whole.judged(outcome.run), outcome.exit_code


class Stopped:
    """A watcher who presses Ctrl-C after so many steps of a stage."""

    def __init__(self, stage: str, steps: int) -> None:
        self._stage, self._steps = stage, steps
        self._now = ""

    def begin(self, stage: Any, total: int | None) -> None:
        self._now = stage.en

    def step(self, count: int = 1) -> None:
        if self._now == self._stage and count:
            self._steps -= 1
            if self._steps < 0:
                raise KeyboardInterrupt


def test_both_databases_keep_the_same(small: Small, reference: tuple[Judged, ExitCode]) -> None:
    outcome = small.run()
    assert (small.judged(outcome.run), outcome.exit_code) == reference
    assert small.store.run(outcome.run).state is RunState.FINISHED


@pytest.mark.parametrize(
    ("stage", "steps"), [("Collecting devices", 5), ("Probing business systems", 2), ("Judging", 10)]
)
def test_stopped_anywhere_a_run_comes_to_the_same(
    plain: Small, reference: tuple[Judged, ExitCode], stage: str, steps: int
) -> None:
    out = plain.project.root / "reports"
    with pytest.raises(KeyboardInterrupt) as stop:
        plain.run(Order(out=out), Stopped(stage, steps), reports=("html",))
    # Though the traceback still holds every frame of the run, nobody more is being asked.
    assert stop.tb
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("device")]
    left = resumable(plain.store, plain.book.name)
    assert left
    assert left.state is RunState.RUNNING
    assert not out.exists()
    asked = {r.target: r.taken_at for r in plain.store.records(left.id, systems=True)}
    outcome = plain.run(resumed_order(plain.store, plain.book, left.id, Order(out=out)), reports=("html",))
    assert outcome.run == left.id
    assert (plain.judged(outcome.run), outcome.exit_code) == reference
    now = {r.target: r.taken_at for r in plain.store.records(left.id, systems=True)}
    assert asked == {target: now[target] for target in asked}  # nobody was asked twice
    assert [path.name for path in out.iterdir()] == ["report.html"]
    assert resumable(plain.store, plain.book.name) is None


def test_finished_run_or_another_playbooks_is_not_resumed(plain: Small) -> None:
    run = plain.run(Order(only=("core-1",))).run
    with pytest.raises(InputError, match="cannot be resumed"):
        resumed_order(plain.store, plain.book, run, Order())
    other = plain.store.create_run("another")
    with pytest.raises(InputError, match="another"):
        resumed_order(plain.store, plain.book, other, Order())


def test_resumed_run_keeps_what_it_was_told(plain: Small) -> None:
    with pytest.raises(KeyboardInterrupt):
        plain.run(Order(only=("core-1", "core-2")), Stopped("Judging", 0))
    left = resumable(plain.store, plain.book.name)
    assert left
    assert resumed_order(plain.store, plain.book, left.id, Order()).only == ("core-1", "core-2")


def test_partial_run_speaks_of_what_it_asked(small: Small) -> None:
    """Two cores are not one because one was asked; what was not asked is neither failing nor mended."""
    whole = small.run()
    part = small.run(Order(only=("core-1",)))
    assert {r.target for r in small.store.records(part.run, systems=True)} == {"core-1"}
    assert {(r.subject_kind, r.subject) for r in small.store.findings(part.run)} == {("device", "core-1")}
    assert small.judged(part.run) == small.judged(whole.run, subjects=["core-1"], subject_kinds=["device"])
    assert small.store.resolved(part.run) == []
    judge_again(small.project, small.store, small.book, part.run, progress=Quiet())
    assert {(r.subject_kind, r.subject) for r in small.store.findings(part.run)} == {("device", "core-1")}


def test_mended_gaps_are_told_once(plain: Small) -> None:
    """The strange switch is found to be the carrier's: that gap is closed, and no other."""
    gap = ("census.no-undeclared-devices", "network", "rogue-sw")
    milder = replace(plain.book, policy={**plain.book.policy, "census": {"ignored_names": ["rogue-*"]}})
    first, second = plain.run(), plain.run(policy=milder.policy)
    assert (*gap, "fail") in plain.judged(first.run)
    assert [(r.check, r.subject, r.place) for r in plain.store.resolved(second.run)] == [gap]
    before = plain.store.run(second.run)
    judge_again(plain.project, plain.store, milder, second.run, progress=Quiet())
    assert [(r.check, r.subject, r.place) for r in plain.store.resolved(second.run)] == [gap]
    assert plain.store.run(second.run) == before
    judge_again(plain.project, plain.store, plain.book, second.run, progress=Quiet())
    assert plain.store.resolved(second.run) == []


def test_unfinished_run_is_judged_and_stays_to_be_resumed(plain: Small) -> None:
    with pytest.raises(KeyboardInterrupt):
        plain.run(progress=Stopped("Collecting devices", 5))
    left = resumable(plain.store, plain.book.name)
    assert left
    judge_again(plain.project, plain.store, plain.book, left.id, progress=Quiet())
    assert plain.judged(left.id)
    assert resumable(plain.store, plain.book.name) == left


def test_run_under_way_is_not_judged_by_another_playbook(plain: Small) -> None:
    run = plain.run(Order(only=("core-1",))).run
    found = plain.judged(run)
    other = playbook("level3-protection", plain.project.root)
    with only_run(plain.project, plain.book.name), pytest.raises(AlreadyRunning):
        judge_again(plain.project, plain.store, other, run, progress=Quiet())
    assert plain.judged(run) == found


def test_same_playbook_runs_in_two_folders_at_once(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Folders that are no projects remember host keys and failures in one place, and are two networks all the same."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
    here, there = (project_at(tmp_path_factory.mktemp(name)) for name in ("here", "there"))
    assert here.state == there.state
    with (
        only_run(here, "full-audit"),
        only_run(there, "full-audit"),
        pytest.raises(AlreadyRunning),
        only_run(project_at(here.root), "full-audit"),
    ):
        pytest.fail("it was started twice")


# -- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"targets": "none.csv"}, "none.csv"),
        ({"waivers": "none.yaml"}, "none.yaml"),
        ({"plan": "none.yaml"}, "none.yaml"),
        ({"plan": "no-such-plan"}, "no-such-plan"),
        ({"policy": {"access": {"nothing": 1}}}, "policy.access.nothing"),
        ({"reports": ("telegram",)}, "telegram"),
    ],
)
def test_bad_input_is_found_before_a_run_begins(plain: Small, changed: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError, match=named):
        plain.run(**changed)
    assert plain.store.runs() == []


def test_bad_checks_logins_and_folders_are_found_before_a_run_begins(plain: Small) -> None:
    (plain.project.root / "file").write_text("x")
    collect, judge = plain.book.collect, plain.book.judge
    for refused in (
        lambda: plain.run(judge=replace(judge, include=("no.such-check",))),
        lambda: plain.run(judge=replace(judge, families=("no-such-family",))),
        lambda: plain.run(collect=replace(collect, resolvers=("not an address",))),
        lambda: plain.run(Order(out=plain.project.root / "file" / "reports")),
        lambda: plain.run(Order(replay=plain.project.root / "no-captures")),
        lambda: plain.run(Order(only=("nobody",))),
        lambda: replace(plain, logins=Logins({})).run(),
    ):
        with pytest.raises(InputError):
            refused()
    assert plain.store.runs() == []


@pytest.mark.parametrize("platform", ["huawei_vrp", "juniper_junos", "hillstone_stoneos"])
def test_platforms_that_a_target_may_name(tmp_path: Path, platform: str) -> None:
    """Those with a file, those NAPALM has a driver for, and those the census recognises."""
    check_platforms(tmp_path, [Target("fw", ip_address("10.0.0.1"), platform=platform)])


def test_mistyped_platform_is_found_before_a_run_begins(plain: Small) -> None:
    few = plain.project.root / "few.csv"
    few.write_text("name,address,platform,login\ncore,10.0.0.1,huawei_vpr,centre\n")
    with pytest.raises(InputError, match=r"few\.csv core: no platform huawei_vpr; there are: .*huawei_vrp"):
        plain.run(Order(targets=few))
    assert plain.store.runs() == []


def test_damaged_register_is_found_before_a_run_begins(plain: Small) -> None:
    import sqlite3

    plain.store.save_register(Register(units=(Unit(name="县府办", kind=UnitKind.COUNTY_DEPT),)))
    with sqlite3.connect(plain.project.root / "hecha.db") as connection:
        connection.execute("update registers set body = x'00' where id = 2")
    with pytest.raises(HechaError) as error:
        plain.run()
    assert error.value.exit_code is ExitCode.BAD_INPUT
    assert plain.store.runs() == []


@pytest.mark.parametrize("file", ["login-failures.json", "known_hosts"])
def test_what_is_remembered_of_logins_has_to_be_readable(plain: Small, file: str) -> None:
    """Else each device would be asked with no budget, or its key taken for new."""
    (plain.project.state / file).mkdir()
    with pytest.raises(InputError, match=file):
        plain.run()
    assert plain.store.runs() == []


# -- what came of it -----------------------------------------------------------------------------------------------


def row(outcome: str, severity: str = "high") -> FindingRow:
    return FindingRow("access.telnet-off", "device", f"{outcome}-{severity}", outcome, severity)


@pytest.mark.parametrize(
    ("rows", "state", "expected", "relaxed"),
    [
        ([row("pass")], State.ANSWERED, ExitCode.COMPLIANT, ExitCode.COMPLIANT),
        ([row("pass"), row("fail")], State.ANSWERED, ExitCode.FINDINGS, ExitCode.FINDINGS),
        ([row("fail", "critical")], State.ANSWERED, ExitCode.FINDINGS, ExitCode.FINDINGS),
        ([row("fail", "medium")], State.ANSWERED, ExitCode.COMPLIANT, ExitCode.COMPLIANT),
        ([row("waived")], State.ANSWERED, ExitCode.COMPLIANT, ExitCode.COMPLIANT),
        ([row("pass"), row("unknown")], State.ANSWERED, ExitCode.INCOMPLETE, ExitCode.COMPLIANT),
        ([row("fail"), row("unknown")], State.UNREACHABLE, ExitCode.FINDINGS, ExitCode.FINDINGS),
        ([row("pass")], State.UNREACHABLE, ExitCode.INCOMPLETE, ExitCode.COMPLIANT),
        ([row("pass")], State.REFUSED, ExitCode.INCOMPLETE, ExitCode.COMPLIANT),
        ([row("pass")], State.WITHHELD, ExitCode.INCOMPLETE, ExitCode.COMPLIANT),
        ([row("error"), row("fail"), row("unknown")], State.ANSWERED, ExitCode.FAULT, ExitCode.FAULT),
        ([], State.ANSWERED, ExitCode.INCOMPLETE, ExitCode.INCOMPLETE),
        ([row("not_applicable")], State.ANSWERED, ExitCode.INCOMPLETE, ExitCode.INCOMPLETE),
    ],
)
def test_exit_codes(
    tmp_path: Path, rows: list[FindingRow], state: State, expected: ExitCode, relaxed: ExitCode
) -> None:
    with Store.open(tmp_path / "codes.db") as store:
        run = store.create_run("p")
        store.save_device(run, Snapshot(DeviceRecord("a", "10.0.0.1", state, store.run(run).started)))
        store.save_findings(run, rows)
        assert exit_code(store, run, Severity.HIGH, allow_unknown=False) is expected
        assert exit_code(store, run, Severity.HIGH, allow_unknown=True) is relaxed


def test_report_that_does_not_fit_leaves_the_one_before(plain: Small) -> None:
    """A full disk in the middle of a report: the file of the last time stands, and nothing half-written beside it."""
    outcome = plain.run(Order(only=("core-1",)), reports=("html",))
    before = outcome.files["html"].read_bytes()
    told = result(plain.project, plain.store, outcome.run, plain.book, plain.store.run(outcome.run).started.date())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) // 2, hard))
    try:
        with pytest.raises(InputError, match="too large"):
            write_reports(told, ["html"], "en", outcome.files["html"].parent)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert outcome.files["html"].read_bytes() == before
    assert [path.name for path in outcome.files["html"].parent.iterdir()] == ["report.html"]


def test_evidence_too_old_is_not_judged(plain: Small) -> None:
    run = plain.run(Order(only=("core-1",))).run
    later = plain.store.run(run).started + timedelta(days=40)
    stale = replace(plain.book, judge=replace(plain.book.judge, stale_after_days=30))
    code = judge_again(plain.project, plain.store, stale, run, progress=Quiet(), now=later)
    assert code is ExitCode.INCOMPLETE
    outcomes = {outcome for _, _, _, outcome in plain.judged(run)}
    assert "pass" not in outcomes
    assert "fail" not in outcomes
