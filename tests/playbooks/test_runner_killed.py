"""A run whose process is killed: nothing half-written stays, and another process goes on where it stopped."""

from __future__ import annotations

import json
import signal
import sqlite3
from pathlib import Path

import pytest
from console import await_, hecha, started

from inventory.errors import StoreError
from inventory.store import RunState, Store
from playbooks.demo.running import DemoCounty
from playbooks.demo.written import write_project

# One device at a time, so that there is a middle of the run to be killed in.
_SLOW = """\
name: slow
title: {{zh: 慢, en: slow}}
collect: {{sources: [snmp, cli], workers: {workers}, tries: 2}}
reports: [json-lines]
"""


def _devices(where: str) -> int:
    try:
        with Store.open(where, create=False) as store:
            runs = store.runs()
            return sum(1 for _ in store.records(runs[0].id)) if runs else 0
    except StoreError:
        return 0  # not there yet


def _prepare(county: DemoCounty, folder: Path, where: str) -> dict[str, str]:
    """A project with a slow playbook; the environment of its commands."""
    write_project(county, folder)
    _write_playbook(folder, workers=1)
    with Store.open(where) as store:
        store.save_register(county.register(), "county")
    return {**county.environment(), "HECHA_DATABASE": where}


def _write_playbook(folder: Path, workers: int) -> None:
    (folder / "playbooks" / "slow.yaml").write_text(_SLOW.format(workers=workers), encoding="utf-8")


def test_killed_run_is_resumed(county: DemoCounty, tmp_path: Path, where: str) -> None:
    slow = _prepare(county, tmp_path, where)
    process = started("run", "slow", "--out", "reports", at=tmp_path, env=slow)
    await_(lambda: _devices(where) >= 5)
    refused = hecha("run", "slow", at=tmp_path, env=slow)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "running already" in refused.stderr
    process.kill()
    _, err = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL, err
    with Store.open(where, create=False) as store:
        (left,) = store.runs()
        kept = {record.target: record.taken_at for record in store.records(left.id)}
    assert left.state is RunState.RUNNING
    assert 5 <= len(kept) < len(county.county.devices)
    assert not (tmp_path / "reports").exists()
    _write_playbook(tmp_path, workers=16)
    done = hecha("run", "slow", "--resume", "--out", "reports", at=tmp_path, env=slow)
    assert done.returncode == 1, done.stderr
    with Store.open(where, create=False) as store:
        (whole,) = store.runs()
        now = {record.target: record.taken_at for record in store.records(whole.id)}
    assert whole.state is RunState.FINISHED
    assert set(now) == {device.name for device in county.county.devices}
    assert kept == {target: now[target] for target in kept}
    lines = [json.loads(line) for line in (tmp_path / "reports" / "json-lines.jsonl").read_text().splitlines()]
    assert sum(line["type"] == "device" for line in lines) == len(now)


def test_run_killed_while_judging_leaves_no_half_judgement(county: DemoCounty, tmp_path: Path) -> None:
    """Killed between two pages of findings: what the next process finds is whole and there once."""
    where = str(tmp_path / "hecha.db")
    slow = _prepare(county, tmp_path, where)
    _write_playbook(tmp_path, workers=16)
    process = started("run", "slow", at=tmp_path, env=slow)
    await_(lambda: _findings(where) > 0)
    process.kill()
    process.communicate(timeout=30)
    with Store.open(where, create=False) as store:
        (left,) = store.runs()
    if left.state is RunState.FINISHED:
        pytest.skip("this machine judged faster than it could be killed")
    done = hecha("run", "slow", "--resume", at=tmp_path, env=slow)
    assert done.returncode == 1, done.stderr
    with Store.open(where, create=False) as store:
        once = [(r.check, r.subject, r.place, r.outcome) for r in store.findings(left.id)]
        hecha("check", at=tmp_path, env=slow)
        again = [(r.check, r.subject, r.place, r.outcome) for r in store.findings(left.id)]
    assert sorted(once) == sorted(again)


def _findings(where: str) -> int:
    with sqlite3.connect(f"file:{where}?mode=ro", uri=True, timeout=5) as connection:
        try:
            return int(connection.execute("select count(*) from findings").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_run_says_how_to_go_on(county: DemoCounty, tmp_path: Path, number: signal.Signals) -> None:
    where = str(tmp_path / "hecha.db")
    slow = _prepare(county, tmp_path, where)
    process = started("run", "slow", "--out", "reports", at=tmp_path, env=slow)
    await_(lambda: _devices(where) >= 5)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert err.strip().splitlines()[-1] == "Stopped. To go on: hecha run slow --resume 1"
    assert "Traceback" not in err
    assert not (tmp_path / "reports").exists()
    assert 5 <= _devices(where) < len(county.county.devices)


def test_run_stopped_while_its_reports_are_written_says_how_to_have_them(county: DemoCounty, tmp_path: Path) -> None:
    slow = _prepare(county, tmp_path, str(tmp_path / "hecha.db"))
    text = _SLOW.format(workers=16).replace("json-lines", "html, workbook, clause-matrix, oscal")
    (tmp_path / "playbooks" / "slow.yaml").write_text(text, encoding="utf-8")
    process = started("run", "slow", at=tmp_path, env=slow)
    await_(lambda: _is_finished(tmp_path / "hecha.db"))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    told = "Stopped. All is judged; the reports are not written: hecha report --run 1"
    assert err.strip().splitlines()[-1] == told
    done = hecha("report", "--run", "1", at=tmp_path, env=slow)
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "out" / "run-1").iterdir())) == 4


def _is_finished(path: Path) -> bool:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as connection:
        return bool(connection.execute("select count(*) from runs where state = 'finished'").fetchone()[0])


def test_run_killed_while_its_reports_are_written_is_told_by_the_next_one(county: DemoCounty, tmp_path: Path) -> None:
    """… until it has them; the halves of files go with it."""
    slow = _prepare(county, tmp_path, str(tmp_path / "hecha.db"))
    text = _SLOW.format(workers=16).replace("json-lines", "html, workbook, clause-matrix, oscal")
    (tmp_path / "playbooks" / "slow.yaml").write_text(text, encoding="utf-8")
    process = started("run", "slow", at=tmp_path, env=slow)
    await_(lambda: _is_finished(tmp_path / "hecha.db"))
    process.kill()
    process.communicate(timeout=60)
    folder = tmp_path / "out" / "run-1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f".report.html.{process.pid}").touch()  # as if it had been killed in the midst of it
    told = "The reports of run 1 are not written: hecha report --run 1"
    later = hecha("run", "slow", "--only", "core-1", "-f", "json-lines", at=tmp_path, env=slow)
    assert told in later.stderr
    done = hecha("report", "--run", "1", at=tmp_path, env=slow)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name.partition(".")[0] for path in folder.iterdir()) == [
        "clause-matrix",
        "oscal",
        "report",
        "workbook",
    ]
    assert told not in hecha("run", "slow", "--only", "core-1", "-f", "json-lines", at=tmp_path, env=slow).stderr
