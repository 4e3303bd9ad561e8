"""Commands that ask the simulated county, and what is done with their runs afterwards."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
from console import HECHA, Terminal, await_, environment, hecha, refused, started
from rich.cells import cell_len

from inventory.register.choices import MigrationState
from playbooks.demo.running import DemoCounty

# -- asking devices ------------------------------------------------------------------------------------------------


def test_census_works_in_any_folder(tmp_path: Path, few: Path, county: DemoCounty) -> None:
    folder = tmp_path / "anywhere"
    folder.mkdir()
    done = hecha("census", "--targets", few, "--out", "census.jsonl", at=folder, env=county.environment())
    assert done.returncode == 0, done.stderr
    rows = {row["target"]: row for row in map(json.loads, (folder / "census.jsonl").read_text().splitlines())}
    assert set(rows) == {"core-1", "access-1", "srv-01"}
    core = rows["core-1"]
    assert core["state"] == "answered"
    assert (core["vendor"], core["platform"], core["model"]) == ("Huawei", "huawei_vrp", "NE20E-S4")
    assert core["interfaces"] == len(county.county.by_address[core["address"]].ports)
    assert core["ipv4"]
    assert core["sources"]["model"]
    assert rows["srv-01"]["platform"] == "linux"
    assert {p.name for p in folder.iterdir()} == {"census.jsonl", ".local"}  # HOME is this folder here


def test_census_tells_what_did_not_answer(tmp_path: Path, county: DemoCounty) -> None:
    (tmp_path / "t.csv").write_text("name,address,snmp_port,ssh_port,login\ngone,127.44.250.1,9,9,field\n")
    done = hecha("census", "-t", "t.csv", at=tmp_path, env=county.environment())
    assert done.returncode == 3
    assert json.loads(done.stdout)["state"] == "unreachable"


def test_run_reports_and_exits_with_what_came_of_it(project: Path, county: DemoCounty) -> None:
    done = hecha("run", "demo", "--out", "reports", at=project, env=county.environment())
    assert done.returncode == 1, done.stderr
    assert "Worst gaps" in done.stdout
    assert {p.name for p in (project / "reports").iterdir()} == {
        "report.html", "workbook.xlsx", "json-lines.jsonl", "findings.csv",
    }  # fmt: skip
    with (project / "reports" / "findings.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))
    listed = hecha("list", "runs", at=project)
    assert "finished" in listed.stdout
    again = hecha("check", at=project)
    assert again.returncode == 1, again.stderr
    written = hecha("report", "-f", "assets-csv", "-o", "more", at=project)
    assert written.returncode == 0, written.stderr
    assert (project / "more" / "assets.csv").is_file()
    second = hecha(
        "run",
        "demo",
        "--only",
        "core-1",
        "--fail-on",
        "critical",
        "--allow-unknown",
        at=project,
        env=county.environment(),
    )
    assert second.returncode in (0, 1), second.stderr
    changed = hecha("diff", "1", "2", "--json", at=project)
    assert changed.returncode == 0
    told = [json.loads(line) for line in changed.stdout.splitlines()]
    assert {line["event"] for line in told if "severity" not in line} <= {"appeared", "went", "changed"}
    assert {line["target"] for line in told if "severity" in line} <= {"core-1"}, "nothing else was judged again"


def test_whole_chain_over_either_database(tmp_path: Path, few: Path, county: DemoCounty, where: str) -> None:
    from inventory.workbook.census import write_register

    assert hecha("init", "net", at=tmp_path).returncode == 0
    write_register(county.register(), tmp_path / "filled.xlsx")
    env = {**county.environment(), "HECHA_DATABASE": where}

    def done(*words: object) -> str:
        told = hecha("--project", "net", *words, at=tmp_path, env=env)
        assert told.returncode in (0, 1), (words, told.stderr)
        return told.stdout

    assert "Units: 0 → " in done("register", "import", "filled.xlsx")
    for number in ("1", "2"):
        assert "3 targets: answered 3" in done("run", "level3-protection", "-t", few, "--allow-unknown")
        assert (tmp_path / "net" / "out" / f"run-{number}" / "report.html").is_file()
    assert [line.split("\t")[:3] for line in done("list", "runs").splitlines()] == [
        ["2", "level3-protection", "finished"], ["1", "level3-protection", "finished"],
    ]  # fmt: skip
    assert "device" not in done("diff", "1", "2")
    done("check", "--run", "2", "--allow-unknown")
    assert findings(done("report", "--run", "1", "-f", "json-lines", "-o", "-"))
    assert "level3-protection: next" in done("schedule", "--list")
    done("register", "export", "again.xlsx")
    assert "2 runs" in done("doctor", "--offline")
    kept = (tmp_path / "net" / ".hecha" / "hecha.log").read_text().splitlines()
    assert [line.partition(": ")[2] for line in kept] == [
        "run of level3-protection begins", "run 1 of level3-protection ended with exit code 1",
        "run of level3-protection begins", "run 2 of level3-protection ended with exit code 1",
    ]  # fmt: skip


def test_interrupted_run_is_resumed(project: Path, county: DemoCounty) -> None:
    """Ctrl-C in mid-run: one message, nothing half-written, and what was collected is not asked again."""
    slow = "name: slow\ntitle: {zh: 慢, en: slow}\ncollect: {sources: [snmp, cli], workers: 1}\n"
    (project / "playbooks" / "slow.yaml").write_text(slow, encoding="utf-8")
    process = started("run", "slow", "--out", "reports", at=project, env=county.environment())
    database = project / "hecha.db"
    await_(lambda: _devices(database) >= 2)
    assert _run_states(project) == ["running"]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert _run_states(project) == ["stopped"]
    assert err == "Stopped. To go on: hecha run slow --resume 1\n"
    assert out == ""
    assert not (project / "reports").exists()
    kept = _devices(database)
    assert 0 < kept < len(county.county.devices)
    refused(hecha("run", "slow", "--resume", "7", at=project, env=county.environment()), "no run 7")
    refused(hecha("run", "demo", "--resume", "1", at=project, env=county.environment()), "slow")
    done = hecha("run", "slow", "--resume", "--out", "reports", at=project, env=county.environment())
    assert done.returncode in (1, 3), done.stderr
    assert _devices(database) == len(county.county.devices)
    refused(hecha("run", "--resume", "slow", at=project, env=county.environment()), "no run to go on with")


def _run_states(project: Path) -> list[str]:
    return [line.split("\t")[2] for line in hecha("list", "runs", at=project).stdout.splitlines()]


def _devices(database: Path) -> int:
    import sqlite3

    if not database.exists():
        return 0
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=5) as connection:
        try:
            return int(connection.execute("select count(*) from devices").fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def test_same_playbook_is_not_started_twice(project: Path, county: DemoCounty) -> None:
    from playbooks.lock import only_run
    from playbooks.project import project_at

    with only_run(project_at(project), "demo"):
        refused(hecha("run", "demo", at=project, env=county.environment()), "running already")


def test_bars_are_for_terminals_only(tmp_path: Path, few: Path, county: DemoCounty) -> None:
    done = hecha("census", "-t", few, at=tmp_path, env=county.environment())
    assert "\x1b" not in done.stderr + done.stdout
    assert "━" not in done.stderr


# -- a run's results, again and elsewhere --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, county: DemoCounty) -> Path:
    """A project with one finished run over the whole small county."""
    from inventory.workbook.census import write_register
    from playbooks.demo.written import write_project

    at = tmp_path_factory.mktemp("judged")
    write_project(county, at)
    write_register(county.register(), at / "filled.xlsx")
    assert hecha("register", "import", "filled.xlsx", at=at).returncode == 0
    assert hecha("run", "demo", "-f", "json-lines", at=at, env=county.environment()).returncode == 1
    return at


def findings(text: str) -> list[dict[str, object]]:
    return [row for row in map(json.loads, text.splitlines()) if "check" in row]


def test_check_may_judge_a_part_and_brings_all_back(judged: Path) -> None:
    def families() -> set[str]:
        from checks.catalogue import catalogue

        told = hecha("report", "-f", "json-lines", "-o", "-", at=judged)
        assert told.returncode == 0, told.stderr
        return {catalogue()[str(row["check"])].family.value for row in findings(told.stdout)}

    assert len(families()) == 5
    part = hecha("check", "--family", "ipv6", "--family", "cloud", at=judged)
    assert part.returncode in (1, 3), part.stderr
    assert families() == {"ipv6", "cloud"}
    one = hecha("check", "--check", "access.*", "--run", "1", at=judged, lang="zh")
    assert one.returncode in (1, 3), one.stderr
    assert "只有这些判定" in one.stderr
    assert families() == {"level3"}
    lenient = hecha("check", "--check", "census.*", "--fail-on", "critical", "--allow-unknown", at=judged)
    assert lenient.returncode == 0, lenient.stderr
    whole = hecha("check", at=judged)
    assert whole.returncode == 1
    assert "findings only" not in whole.stderr
    assert len(families()) == 5
    for words in (("--family", "ipv5"), ("--check", "nothing.such"), ("--run", "9"), ("--playbook", "none")):
        refused(hecha("check", *words, at=judged), words[1])
    refused(hecha("check", "--fail-on", "rather", at=judged), "critical")


def test_reports_in_either_language_to_folder_or_pipe(judged: Path) -> None:
    done = hecha("report", "--run", "1", "-f", "html", "-f", "findings-csv", "-o", "de", "--lang", "en", at=judged)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert done.stderr.splitlines() == ["report: de/report.html", "report: de/findings.csv"]
    assert "Level-3" in (judged / "de" / "report.html").read_text(encoding="utf-8")
    hecha("report", "-f", "html", "-o", "zh", at=judged, lang="zh")
    assert "等保三级" in (judged / "zh" / "report.html").read_text(encoding="utf-8")
    workbook = subprocess.run(
        [HECHA, "report", "-f", "workbook", "--out", "-"], cwd=judged, env=environment(judged), capture_output=True
    )
    assert workbook.stdout[:2] == b"PK"
    refused(hecha("report", "-f", "html", "-f", "workbook", "-o", "-", at=judged), "exactly one")
    refused(hecha("report", "-o", "-", at=judged), "exactly one")
    refused(hecha("report", "-f", "telegram", at=judged), "telegram", "workbook")
    refused(hecha("report", "-f", "html", "-o", "/proc/nowhere", at=judged), "/proc/nowhere")


def test_diff_shows_words_at_a_terminal_and_codes_in_a_pipe(judged: Path, county: DemoCounty, few: Path) -> None:
    assert hecha("run", "demo", "-t", few, "-f", "json-lines", at=judged, env=county.environment()).returncode == 1
    piped = hecha("diff", "1", "2", at=judged, lang="zh")
    assert piped.returncode == 0, piped.stderr
    lines = [line.split("\t") for line in piped.stdout.splitlines()]
    assert len([line for line in lines if line[:2] == ["went", "device"]]) == len(county.county.devices) - 3
    with Terminal("diff", "1", "2", at=judged, lang="zh") as terminal:
        assert terminal.end() == 0
    assert "消失" in terminal.seen
    as_json = [json.loads(line) for line in hecha("diff", "2", "1", "--json", at=judged).stdout.splitlines()]
    assert {line["event"] for line in as_json if line["facet"] == "device"} == {"appeared"}
    refused(hecha("diff", "1", "9", at=judged), "no run 9")


def test_summary_speaks_the_encoding_and_keeps_the_width_of_the_terminal(judged: Path) -> None:
    words = ("report", "-f", "console", "--out", "-")
    gbk = environment(judged, "zh", PYTHONIOENCODING="gbk")
    told = subprocess.run([HECHA, *words], cwd=judged, env=gbk, capture_output=True, check=True).stdout.decode("gbk")
    assert "最严重的差距" in told
    with Terminal(*words, at=judged, env={"COLUMNS": "60"}, lang="en") as terminal:
        assert terminal.end() == 0
    screen = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.seen).replace("\r", "\n")
    assert max(map(cell_len, screen.splitlines())) <= 60


def test_whole_run_at_a_terminal_shows_its_stages(project: Path, few: Path, county: DemoCounty) -> None:
    with Terminal("run", "demo", "-t", few, at=project, env=county.environment()) as terminal:
        assert terminal.end() == 1
    for stage in ("Collecting devices", "Probing business systems", "Judging", "Writing reports", "3/3"):
        assert stage in terminal.seen
    assert "Worst gaps" in terminal.seen


def test_census_probes_what_is_declared(project: Path, few: Path, county: DemoCounty, tmp_path: Path) -> None:
    (project / "hecha.yaml").write_text(f'resolvers: ["{county.resolver}"]\n')
    done = hecha("census", "-t", few, "--with", "snmp,probe", at=project, env=county.environment())
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    systems = {row["system"]: row["facts"]["ServiceProbe"] for row in rows if "system" in row}
    assert {row["target"] for row in rows if "target" in row} == {"core-1", "access-1", "srv-01"}
    assert len(systems) == sum(s.state is not MigrationState.RETIRED for s in county.register().systems)
    # One system is declared without a name or an address: it has no ports to tell of.
    assert any(port["open"] for probe in systems.values() for port in probe.get("ports", ()))
    only = hecha("census", "--with", "probe", at=project)
    assert {row["system"] for row in map(json.loads, only.stdout.splitlines())} == set(systems)
    bare = tmp_path / "bare"
    bare.mkdir()
    nothing = hecha("census", "--with", "probe", at=bare)
    assert nothing.returncode == 3
    assert "no business system is declared" in nothing.stderr
    assert list(bare.iterdir()) == []
    refused(hecha("census", "-t", few, "--with", "snmp,telnet", at=bare), "telnet", "napalm")
    refused(hecha("census", "-t", few, "--replay", "nowhere", at=bare), "nowhere")


# -- the simulated county ------------------------------------------------------------------------------------------


def test_demo_finds_what_was_planted_and_ends_well(tmp_path: Path) -> None:
    done = hecha("demo", "--villages", "1", "--out", "county", at=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Worst gaps" in done.stdout
    assert (tmp_path / "county" / "report.html").is_file()
    assert not (tmp_path / "county" / "logins.env").exists()
    assert "hecha demo --mended --villages 1 --out county, then hecha --project county diff" in done.stderr
    refused(hecha("demo", "--villages", "0", at=tmp_path), "--villages")
    refused(hecha("demo", "--out", "/proc/county", at=tmp_path), "/proc/county")


def test_demo_overwrites_no_other_project(tmp_path: Path) -> None:
    assert hecha("init", "mine", at=tmp_path).returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*") if path.is_file()}
    refused(hecha("demo", "--out", "mine", at=tmp_path), "mine", "another project")
    assert {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*") if path.is_file()} == before


def test_demo_that_is_kept_can_be_asked_from_elsewhere(tmp_path: Path) -> None:
    process = started("demo", "--villages", "1", "--out", "county", "--keep", at=tmp_path)
    try:
        logins = tmp_path / "county" / "logins.env"
        await_(lambda: logins.exists() and "PASSWORD" in logins.read_text(), timeout=120)
        assert logins.stat().st_mode & 0o077 == 0
        command = f"set -a; . county/logins.env; {HECHA} --project county doctor"
        done = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True
        )
        assert done.returncode == 3  # one server is planted as silent
        assert {line.split()[1] for line in done.stdout.splitlines() if line.startswith("×")} == {"srv-24"}
        assert "√ core-1 centre ssh: works, platform huawei_vrp" in done.stdout
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert not logins.exists()


def lives(pid: str) -> bool:
    """Whether a process runs: one that ended and that nobody waited for has no more than an entry in the table."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_demo_that_is_stopped_ends_its_agents(tmp_path: Path) -> None:
    process = started("demo", "--villages", "60", "--out", "county", at=tmp_path)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    await_(lambda: bool(children.read_text().split()))
    agents = children.read_text().split()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "stopped"
    await_(lambda: not any(lives(agent) for agent in agents), timeout=10)  # the tracker of semaphores ends after us
