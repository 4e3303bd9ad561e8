"""Schedules: times as cron reads them, what a restart makes up for, and a schedule stopped in mid-run."""

from __future__ import annotations

import signal
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console import Terminal, await_, hecha, refused, started

from inventory.errors import InputError
from inventory.store import RunState, Store
from playbooks.demo.running import DemoCounty
from playbooks.demo.written import write_targets
from playbooks.lock import only_run
from playbooks.project import Project, project_at
from playbooks.schedule import Owed, Planned, Runs, planned, times_of
from playbooks.schema import Playbook, Words

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


def book(schedule: str) -> Playbook:
    return Playbook("p", Words("甲", "a"), schedule=schedule)


def days(schedule: str, count: int = 4) -> list[str]:
    """The next days of a schedule after a Monday noon, by weekday and day of month."""
    times, at, found = times_of(book(schedule)), MONDAY, []
    for _ in range(count):
        following = times.get_next_fire_time(None, at)
        found.append(following.strftime("%a %d"))
        at = following + timedelta(minutes=1)
    return found


# -- times ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 2 * * 6", ["Sat 28", "Sat 05"]),
        ("0 2 * * 0", ["Sun 29", "Sun 06"]),
        ("0 2 * * 7", ["Sun 29", "Sun 06"]),
        ("0 3 * * 1", ["Mon 30", "Mon 07"]),
        ("0 3 * * MON", ["Mon 30", "Mon 07"]),
        ("0 3 * * 1-3", ["Tue 24", "Wed 25", "Mon 30"]),
        ("0 3 * * 5-7", ["Fri 27", "Sat 28", "Sun 29", "Fri 04"]),
        ("0 3 * * fri-mon", ["Fri 27", "Sat 28", "Sun 29", "Mon 30"]),
        ("0 3 * * */3", ["Wed 25", "Sat 28", "Sun 29", "Wed 02"]),
        ("0 3 * * 2,4", ["Tue 24", "Thu 26", "Tue 01"]),
        ("0 3 1 * *", ["Tue 01", "Fri 01"]),
        ("0 3 26 * 2", ["Tue 24", "Thu 26", "Tue 01"]),  # day and weekday: either will do
        ("0 3 */2 * 2", ["Tue 01", "Tue 15"]),  # unless one begins with a star
    ],
)
def test_times_are_those_of_cron(schedule: str, expected: list[str]) -> None:
    assert days(schedule, len(expected)) == expected


@pytest.mark.parametrize(
    "schedule",
    ["", "0 2 * *", "0 2 * * * *", "61 * * * *", "0 25 * * *", "0 0 * * 8", "0 0 * * x", "0 0 * * 1-", "0 0 * * */0",
     "0 0 32 * *", "0 0 * 13 *", "@weekly", "0 0 * * -1", "0 0 * * 1,"],
)  # fmt: skip
def test_what_is_no_cron_expression_is_refused(schedule: str) -> None:
    with pytest.raises(InputError, match="five fields"):
        times_of(book(schedule))


# -- what is owed --------------------------------------------------------------------------------------------------


@pytest.fixture
def weekly(tmp_path: Path) -> Project:
    """A project with one playbook for Monday mornings, whose file is not named as it is."""
    assert hecha("init", ".", at=tmp_path).returncode == 0
    text = 'name: census of mondays\ntitle: {zh: 甲, en: a}\nschedule: "0 3 * * 1"\n'
    (tmp_path / "playbooks" / "mondays.yaml").write_text(text, encoding="utf-8")
    return project_at(tmp_path)


def the_plan(project: Project, now: datetime = MONDAY) -> Planned:
    with Store.open(project.database) as store:
        return next(planned(project, store, ["mondays"], now))


def ran(project: Project, at: datetime, *, finished: bool = True) -> None:
    with Store.open(project.database) as store:
        run = store.create_run("census of mondays", started=at)
        if finished:
            store.finish_run(run, RunState.FINISHED, at=at)


def test_what_never_ran_waits(weekly: Project) -> None:
    plan = the_plan(weekly)
    assert (plan.called, plan.last_run, plan.owed) == ("mondays", None, None)
    assert plan.next_time == datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


def test_what_was_missed_is_owed_once(weekly: Project) -> None:
    ran(weekly, MONDAY - timedelta(days=40))
    assert the_plan(weekly).owed is Owed.MISSED
    ran(weekly, MONDAY - timedelta(hours=1))
    assert the_plan(weekly).owed is None


def test_what_was_broken_off_goes_on_unless_its_time_came_again(weekly: Project) -> None:
    ran(weekly, MONDAY - timedelta(hours=1), finished=False)
    assert the_plan(weekly).owed is Owed.BROKEN_OFF
    assert the_plan(weekly, MONDAY + timedelta(days=7)).owed is Owed.MISSED


def test_what_still_runs_owes_nothing(weekly: Project) -> None:
    ran(weekly, MONDAY - timedelta(days=40))
    with only_run(weekly, "census of mondays"):
        assert the_plan(weekly).owed is None


def test_run_whose_time_comes_while_it_runs_is_passed_over(weekly: Project) -> None:
    told: list[str] = []
    runs = Runs(weekly, lambda text: told.append(text.en))
    with only_run(weekly, "census of mondays"):
        assert runs.run(the_plan(weekly)) == 0
    assert told == ["mondays: still running, passed over"]
    runs.stop()
    assert runs.run(the_plan(weekly)) == 0  # nothing begins once it is stopped
    assert len(told) == 1


# -- the command ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "CST-8", "UTC"])
def test_next_times_are_listed(weekly: Project, zone: str) -> None:
    done = hecha("schedule", "--list", at=weekly.root, env={"TZ": zone})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.startswith("mondays: next 20") and line.endswith(" 03:00") for line in lines)
    assert any(line.startswith("weekly-census: next") for line in lines)
    assert not (weekly.root / "out").exists()


def test_wrong_names_and_times_are_refused(weekly: Project) -> None:
    def written(name: str, schedule: str) -> None:
        text = f"name: {name}\ntitle: {{zh: 甲, en: a}}\n{schedule}"
        (weekly.root / "playbooks" / f"{name}.yaml").write_text(text, encoding="utf-8")

    written("never", 'schedule: "0 0 31 2 *"\n')
    written("none", "")
    written("odd", "schedule: weekly\n")
    refused(hecha("schedule", "nothing", at=weekly.root), "nothing", "mondays")
    refused(hecha("schedule", "none", at=weekly.root), "none: this playbook has no schedule")
    refused(hecha("schedule", "never", at=weekly.root), "never: schedule: that time never comes")
    refused(hecha("schedule", "odd", "--list", at=weekly.root), "odd.yaml:3: schedule", "five fields")
    refused(hecha("schedule", "odd", at=weekly.root, lang="zh"), "五段 cron")


def states(project: Path) -> list[tuple[int, str]]:
    """Number and state of every run."""
    with sqlite3.connect(f"file:{project / 'hecha.db'}?mode=ro", uri=True, timeout=5) as connection:
        try:
            return list(connection.execute("select id, state from runs order by id"))
        except sqlite3.OperationalError:
            return []


def devices(project: Path) -> int:
    with sqlite3.connect(f"file:{project / 'hecha.db'}?mode=ro", uri=True, timeout=5) as connection:
        return int(connection.execute("select count(*) from devices").fetchone()[0])


@pytest.fixture
def nightly(project: Path, few: Path, county: DemoCounty) -> Callable[[bool], str]:
    """Writes a playbook that is due every midnight and ran last the day before, over few devices or all of them."""
    write_targets(county.targets(), project / "all.csv")

    def write(all_devices: bool) -> str:
        targets = "all.csv" if all_devices else few.name
        text = (
            f'name: nightly\ntitle: {{zh: 甲, en: a}}\ntargets: {targets}\nschedule: "0 0 * * *"\n'
            "collect: {sources: [snmp, cli], workers: 1, tries: 2}\nreports: [json-lines]\n"
        )
        (project / "playbooks" / "nightly.yaml").write_text(text, encoding="utf-8")
        with Store.open(str(project / "hecha.db")) as store:
            run = store.create_run("nightly", started=datetime.now(UTC) - timedelta(days=3))
            store.finish_run(run, RunState.FINISHED)
        return "nightly"

    return write


def test_missed_run_is_made_up_once(project: Path, county: DemoCounty, nightly: Callable[[bool], str]) -> None:
    name = nightly(False)
    done = hecha("schedule", "--once", name, at=project, env=county.environment())
    assert done.returncode == 1, done.stderr  # its devices have gaps
    assert "missed: runs once" in done.stderr
    assert "nightly: ended with exit code 1" in done.stderr
    assert states(project) == [(1, "finished"), (2, "finished")]
    assert (project / "out" / "run-2" / "json-lines.jsonl").is_file()
    again = hecha("schedule", "--once", name, at=project, env=county.environment())
    assert again.returncode == 0, again.stderr
    assert states(project) == [(1, "finished"), (2, "finished")]


def test_stopped_schedule_stops_its_run_and_the_next_one_goes_on(
    project: Path, county: DemoCounty, nightly: Callable[[bool], str]
) -> None:
    """SIGTERM, as a service manager sends it to the schedule alone."""
    name = nightly(True)
    process = started("schedule", name, at=project, env=county.environment())
    await_(lambda: devices(project) >= 2)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "--resume 2" in err
    assert states(project)[-1] == (2, "running")
    kept = devices(project)
    assert 0 < kept < len(county.county.devices)
    with only_run(project_at(project), name):
        pass  # nobody holds it: the run's process has gone
    done = hecha("schedule", "--once", name, at=project, env=county.environment())
    assert done.returncode in (1, 3), done.stderr
    assert "broken off: goes on" in done.stderr
    assert states(project) == [(1, "finished"), (2, "finished")]
    assert devices(project) == len(county.county.devices)


def test_runs_come_at_their_times(project: Path, county: DemoCounty, few: Path) -> None:
    """Every minute: the schedule waits for the next one, then stops by Ctrl-C with nothing under way."""
    text = (
        f'name: often\ntitle: {{zh: 甲, en: a}}\ntargets: {few.name}\nschedule: "* * * * *"\n'
        "collect: {sources: [snmp]}\nreports: [json-lines]\n"
    )
    (project / "playbooks" / "often.yaml").write_text(text, encoding="utf-8")
    process = started("--lang", "en", "schedule", "often", at=project, env=county.environment(), lang="zh")
    began = datetime.now(UTC)
    await_((project / "out" / "run-1" / "json-lines.jsonl").exists, timeout=90)
    time.sleep(1)  # until it has been told
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "often: begins" in err
    assert "report: " in err  # the run speaks as the schedule does
    with Store.open(str(project / "hecha.db")) as store:
        run = store.run(1)
    assert run.started.replace(second=0, microsecond=0) > began.replace(second=0, microsecond=0)


def test_passphrase_is_asked_for_before_anything_is_due(project: Path, county: DemoCounty, few: Path) -> None:
    """At night nobody is there to type it: what runs later has it from the schedule."""
    secret = {"HECHA_PASSPHRASE": "open sesame"}
    parts = ("USERNAME", "PASSWORD", "ENABLE", "SSH_KEY", "COMMUNITY", "SNMPV3_USER", "SNMPV3_AUTH", "SNMPV3_PRIV")
    for name in ("centre", "server"):
        words = [county.environment().get(f"HECHA_LOGIN_{name.upper()}_{part}", "") for part in parts]
        assert hecha("login", "add", name, at=project, env=secret, typed="\n".join([*words, ""])).returncode == 0
    text = f'name: nightly\ntitle: {{zh: 甲, en: a}}\ntargets: {few.name}\nschedule: "0 0 * * *"\n'
    (project / "playbooks" / "nightly.yaml").write_text(f"{text}reports: [json-lines]\n", encoding="utf-8")
    with Store.open(str(project / "hecha.db")) as store:
        store.finish_run(store.create_run("nightly", started=datetime.now(UTC) - timedelta(days=3)))
    refused(hecha("schedule", "nightly", at=project), "HECHA_PASSPHRASE")
    assert hecha("schedule", "nightly", "--list", at=project).returncode == 0
    with Terminal("schedule", "nightly", "--once", at=project) as terminal:
        terminal.until("Passphrase")
        terminal.type("open sesame")
        assert terminal.end() == 1, terminal.seen
    assert states(project)[-1] == (2, "finished")
