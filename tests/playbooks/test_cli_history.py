"""``hecha devices``, ``hecha life`` and ``hecha diff`` over three runs of a project."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console import Terminal, hecha, refused

from inventory.evidence import Evidence
from inventory.facts import Configuration, Identity
from inventory.findings import FindingRow
from inventory.gap_changes import gap_changes
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import Store

START = datetime(2026, 6, 1, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three monthly runs: core gets a new release and loses Telnet, edge falls silent in the third."""
    at = tmp_path_factory.mktemp("history")
    assert hecha("init", "net", at=at).returncode == 0
    with Store.open(at / "net" / "hecha.db") as store:
        for month, release, transport in ((0, "V200R019", "telnet"), (1, "V200R021", "telnet"), (2, "V200R021", "ssh")):
            taken = START + timedelta(days=30 * month)
            run = store.create_run("weekly-census", started=taken)
            sha256 = store.keep_raw(f"user-interface vty 0 4\n protocol inbound {transport}\n")
            whole = Configuration(2, Evidence("display current-configuration", taken_at=taken, sha256=sha256))
            facts = {Identity: Identity(vendor="Huawei", model="S7706", release=release), Configuration: whole}
            store.save_device(run, Snapshot(DeviceRecord("core", "10.0.0.1", State.ANSWERED, taken), facts))
            state = State.UNREACHABLE if month == 2 else State.ANSWERED
            store.save_device(run, Snapshot(DeviceRecord("edge", "10.0.0.2", state, taken), {}))
            outcome = "fail" if transport == "telnet" else "pass"
            store.save_findings(run, [FindingRow("access.telnet-off", "device", "core", outcome, "high")])
            store.finish_run(run, at=taken + timedelta(hours=1))
    return at / "net"


def lines(project: Path, *words: str) -> list[dict[str, object]]:
    told = hecha(*words, "--json", at=project)
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_devices_as_they_were_last_known(project: Path) -> None:
    core, edge = lines(project, "devices")
    assert (core["target"], core["release"], core["gone_since"]) == ("core", "V200R021", None)
    assert (edge["target"], edge["last_seen"]) == ("edge", "2026-07-01T04:00:00+00:00")
    assert edge["gone_since"] == "2026-07-31T04:00:00+00:00"


def test_devices_as_of_a_day(project: Path) -> None:
    core, edge = lines(project, "devices", "--as-of", "2026-06-15")
    assert (core["release"], edge["gone_since"]) == ("V200R019", None)
    assert lines(project, "devices", "--as-of", "2026-05-01") == []
    refused(hecha("devices", "--as-of", "yesterday", at=project), "--as-of yesterday")


def test_life_of_a_device_on_one_page(project: Path) -> None:
    told = hecha("life", "core", at=project, lang="zh")
    assert told.returncode == 0, told.stderr
    page = told.stdout
    assert page.index("V200R019\tV200R021") < page.index("protocol inbound telnet\tprotocol inbound ssh")
    assert "\tgap\taccess.telnet-off" in page
    assert "\tgap-closed\taccess.telnet-off" in page
    rows = [line.split("\t") for line in page.splitlines()]
    assert rows[0][2] == "answered"  # not the gaps that the same run found
    assert all(row[1].isdigit() for row in rows)
    with Terminal("life", "core", at=project, lang="zh") as shown:
        shown.end()
    assert any(" · " in line and "V200R021" in line for line in shown.seen.splitlines())
    assert "出现差距" in shown.seen
    gap = lines(project, "life", "core")[-1]
    assert (gap["gap"], gap["resolved_at"]) == ("access.telnet-off", "2026-07-31T05:00:00+00:00")


def test_life_of_a_device_that_nobody_asked_is_refused(project: Path) -> None:
    refused(hecha("life", "nobody", at=project), "nobody")


def test_diff_shows_lines_of_the_configuration(project: Path) -> None:
    (change,) = lines(project, "diff", "2", "3")[:1]
    assert change["facet"] in ("configuration", "device")
    shown = hecha("diff", "2", "3", at=project).stdout
    assert "configuration\tcore\tuser-interface vty 0 4\tline\tprotocol inbound telnet\tprotocol inbound ssh" in shown


def test_diff_tells_gaps_that_came_and_went_and_finds_its_runs_by_itself(project: Path) -> None:
    (went,) = [line for line in lines(project, "diff") if line["facet"] == "access.telnet-off"]
    assert (went["event"], went["target"], went["severity"]) == ("gap-closed", "core", "high")
    (came,) = [line for line in lines(project, "diff", "3", "2") if line["facet"] == "access.telnet-off"]
    assert came["event"] == "gap"
    told = hecha("diff", at=project, lang="zh")
    assert "第 2 次到第 3 次运行" in told.stderr
    assert "出现差距 0 个，消除 1 个" in told.stderr
    assert all(line["facet"] != "access.telnet-off" for line in lines(project, "diff", "1", "2"))


def test_gap_that_was_not_judged_again_is_not_closed(tmp_path: Path) -> None:
    gap = FindingRow("access.telnet-off", "device", "core", "fail", "high", place="vty 0 4")
    with Store.open(tmp_path / "hecha.db") as store:
        for outcomes in (["fail"], ["pass"], ["unknown"], []):
            run = store.create_run("weekly-census", started=START)
            store.save_findings(run, [replace(gap, outcome=outcome) for outcome in outcomes])
        turns = [[each.turn.value for each in gap_changes(store.findings, 1, run)] for run in (2, 3, 4)]
    assert turns == [["gap-closed"], ["gap-unknown"], []]


def test_first_run_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    with Store.open(tmp_path / "hecha.db") as store:
        store.create_run("weekly-census", started=START)
    refused(hecha("diff", at=tmp_path), "playbook weekly-census has no run before run 1")


def test_device_is_found_by_its_address_and_a_slip_is_told_what_is_alike(project: Path) -> None:
    assert lines(project, "life", "10.0.0.1") == lines(project, "life", "core") == lines(project, "life", "Core")
    refused(hecha("life", "corr", at=project), "no run has asked such a target; alike: core")
