"""The command line as a user meets it: the real console script in a folder of its own."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
from pathlib import Path

import pytest
from console import HECHA, Terminal, await_, environment, hecha, refused, started

from playbooks.demo.running import DemoCounty

# -- setting up ----------------------------------------------------------------------------------------------------


def test_init_makes_a_project_and_never_overwrites(tmp_path: Path) -> None:
    done = hecha("init", "mynet", at=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {p.name for p in (tmp_path / "mynet").iterdir()} == {
        "targets.csv", "hecha.yaml", ".gitignore", "register.xlsx", "playbooks",
    }  # fmt: skip
    refused(hecha("init", "mynet", at=tmp_path), "targets.csv")


def test_template_is_read_back_and_bad_rows_are_refused_all_at_once(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    assert hecha("register", "template", "form.xlsx", at=tmp_path).returncode == 0
    refused(hecha("register", "template", "form.xlsx", at=tmp_path), "form.xlsx")
    book = load_workbook(tmp_path / "form.xlsx")
    units = book["单位"]
    units.append(["", "no such kind"])
    units.append(["某局", "也不是"])
    book.save(tmp_path / "bad.xlsx")
    done = hecha("register", "import", "bad.xlsx", at=tmp_path)
    refused(done, "单位!")
    assert done.stderr.count("单位!") >= 2
    refused(hecha("register", "export", "out.xlsx", at=tmp_path))
    assert not (tmp_path / "out.xlsx").exists()


def test_register_round_trip(project: Path) -> None:
    from inventory.workbook import read_register

    assert hecha("register", "export", "again.xlsx", at=project).returncode == 0
    assert read_register(project / "again.xlsx") == read_register(project / "filled.xlsx")
    assert "no new version" in hecha("register", "import", "again.xlsx", at=project).stderr


def test_import_tells_what_changed(project: Path) -> None:
    """Rows that came, went and changed are named, sheet by sheet."""
    from openpyxl import load_workbook

    book = load_workbook(project / "filled.xlsx")
    units = book["单位"]
    units.append(["新设的局", *(cell.value for cell in units[2][1:])])
    units["D2"] = "张三"  # the contact of the first unit
    changed = units["A2"].value
    book.save(project / "more.xlsx")
    done = hecha("register", "import", "more.xlsx", at=project)
    assert done.returncode == 0, done.stderr
    assert "  + 新设的局" in done.stdout.splitlines()
    assert f"  ~ {changed}: Contact" in done.stdout.splitlines()
    assert re.search(r"^Units: (\d+) → (\d+)$", done.stdout, re.MULTILINE)
    back = hecha("register", "import", "filled.xlsx", at=project, lang="zh")
    assert "  - 新设的局" in back.stdout.splitlines()
    assert "第 3 版" in back.stderr
    refused(hecha("register", "export", "x.xlsx", "--version", "9", at=project), "3, 2, 1")


def test_login_is_kept_encrypted_and_asked_for(tmp_path: Path) -> None:
    assert hecha("init", ".", at=tmp_path).returncode == 0
    secret = {"HECHA_PASSPHRASE": "open sesame"}
    added = hecha("login", "add", "core", at=tmp_path, env=secret, typed="operator\nS3cret-word!\n\n\n\n\n\n\n")
    assert added.returncode == 0, added.stderr
    assert "S3cret" not in added.stderr + added.stdout
    kept = (tmp_path / ".hecha" / "logins.json").read_bytes()
    assert b"S3cret" not in kept
    assert b"operator" not in kept
    assert hecha("login", "list", at=tmp_path, env=secret).stdout.split() == ["core"]
    refused(hecha("login", "list", at=tmp_path, env={"HECHA_PASSPHRASE": "wrong"}), "passphrase")
    refused(hecha("login", "list", at=tmp_path), "HECHA_PASSPHRASE")
    refused(hecha("login", "remove", "edge", at=tmp_path, env=secret), "edge")
    assert hecha("login", "remove", "core", at=tmp_path, env=secret).returncode == 0
    assert hecha("login", "list", at=tmp_path, env=secret).stdout == ""


def test_malformed_login_is_not_kept_and_not_repeated(tmp_path: Path) -> None:
    assert hecha("init", ".", at=tmp_path).returncode == 0
    secret = {"HECHA_PASSPHRASE": "open sesame"}
    done = hecha("login", "add", "core", at=tmp_path, env=secret, typed="\n\n\n\n\nuser\nrot13:hidden-word\n\n")
    refused(done, "SNMPV3_AUTH", "sha256")
    assert "hidden-word" not in done.stderr
    assert not (tmp_path / ".hecha" / "logins.json").exists()
    refused(hecha("login", "add", "core", at=tmp_path, env=secret, typed=""), "core")


def test_secrets_are_asked_for_unseen(tmp_path: Path) -> None:
    """At a terminal secrets are asked for, and nobody reads them over a shoulder."""
    assert hecha("init", ".", at=tmp_path).returncode == 0
    with Terminal("login", "add", "core", at=tmp_path) as terminal:
        for word in ("open sesame", "open sesame", "operator", "S3cret-word!", "", "", "", "", "", ""):
            terminal.until(": ")
            terminal.type(word)
        terminal.until("is kept")
        assert terminal.end() == 0
    assert "operator" in terminal.seen
    assert "S3cret-word!" not in terminal.seen
    assert "sesame" not in terminal.seen
    with Terminal("login", "list", at=tmp_path) as terminal:
        terminal.until("Passphrase")
        terminal.type("open sesame")
        assert terminal.end() == 0
    assert "core" in terminal.seen.splitlines()


def test_new_passphrase_is_asked_for_twice(tmp_path: Path) -> None:
    assert hecha("init", ".", at=tmp_path).returncode == 0
    with Terminal("login", "add", at=tmp_path) as terminal:
        for word in ("open sesame", "open seasme"):
            terminal.until(": ")
            terminal.type(word)
        assert terminal.end() == 2
    assert "differ" in terminal.seen


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_leaving_a_prompt_is_one_line(tmp_path: Path, key: str) -> None:
    """Ctrl-C and Ctrl-D at a prompt."""
    assert hecha("init", ".", at=tmp_path).returncode == 0
    with Terminal("login", "add", at=tmp_path, env={"HECHA_PASSPHRASE": "open sesame"}) as terminal:
        terminal.until("User name")
        terminal.type(key)
        assert terminal.end() == 130
    assert "stopped" in terminal.seen
    assert "Traceback" not in terminal.seen
    assert not (tmp_path / ".hecha" / "logins.json").exists()


# -- looking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["checks", "platforms", "reports", "standards", "playbooks"])
def test_lists_name_what_there_is(tmp_path: Path, what: str) -> None:
    done = hecha("list", what, at=tmp_path)
    assert done.returncode == 0, done.stderr
    expected = {"checks": "access.telnet-off", "platforms": "huawei_vrp", "reports": "workbook"}
    assert expected.get(what, {"standards": "gbt22239-2019", "playbooks": "full-audit"}.get(what, "")) in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_explain_tells_clause_and_remedy(tmp_path: Path) -> None:
    done = hecha("explain", "access.telnet-off", at=tmp_path)
    assert done.returncode == 0
    for words in ("8.1.4.1-c", "undo telnet server enable", "RemoteAccess", "display current-configuration"):
        assert words in done.stdout
    refused(hecha("explain", "access.nothing", at=tmp_path), "access.telnet-off")


def test_help_teaches_in_both_languages(tmp_path: Path) -> None:
    for lang, word in (("zh", "用法"), ("en", "Usage")):
        for command in ([], ["run"], ["census"], ["register"], ["list"], ["login"], ["schedule"]):
            done = hecha(*command, "--help", at=tmp_path, lang=lang)
            assert done.returncode == 0
            assert word in done.stdout
            assert ("Show this message" in done.stdout) == (lang == "en")


def test_facts_are_read_offline(tmp_path: Path) -> None:
    (tmp_path / "sw.cfg").write_text(
        "#\nsysname SW1\n#\nstelnet server enable\n#\naaa\n local-user a password simple x\n#\nreturn\n"
    )
    done = hecha("facts", "sw.cfg", at=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["target"], told["platform"]) == ("SW1", "huawei_vrp")
    assert told["facts"]["RemoteAccess"]["ssh"] is True
    (tmp_path / "cut.cfg").write_text(
        "#\nsysname SW1\n#\nstelnet server enable\n#\naaa\n local-user a password simple x\n"
    )
    cut = json.loads(hecha("facts", "cut.cfg", at=tmp_path).stdout)
    assert "ssh" not in str(cut.get("facts", {}).get("RemoteAccess", {}).get("ssh", ""))
    refused(hecha("facts", "none.cfg", at=tmp_path), "none.cfg")


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
        "html.html", "workbook.xlsx", "json-lines.jsonl", "findings-csv.csv",
    }  # fmt: skip
    with (project / "reports" / "findings-csv.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file))
    listed = hecha("list", "runs", at=project)
    assert "finished" in listed.stdout
    again = hecha("check", at=project)
    assert again.returncode == 1, again.stderr
    written = hecha("report", "-f", "assets-csv", "-o", "more", at=project)
    assert written.returncode == 0, written.stderr
    assert (project / "more" / "assets-csv.csv").is_file()
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
    assert {json.loads(line)["event"] for line in changed.stdout.splitlines()} <= {"appeared", "went", "changed"}


def test_interrupted_run_is_resumed(project: Path, county: DemoCounty) -> None:
    """Ctrl-C in mid-run: one message, nothing half-written, and what was collected is not asked again."""
    slow = "name: slow\ntitle: {zh: 慢, en: slow}\ncollect: {sources: [snmp, cli], workers: 1}\n"
    (project / "playbooks" / "slow.yaml").write_text(slow, encoding="utf-8")
    process = started("run", "slow", "--out", "reports", at=project, env=county.environment())
    database = project / "hecha.db"
    await_(lambda: _devices(database) >= 2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
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

    with only_run(project_at(project).state, "demo"):
        refused(hecha("run", "demo", at=project, env=county.environment()), "running already")


def test_doctor_tries_each_login_once(project: Path, few: Path, county: DemoCounty) -> None:
    done = hecha("doctor", "--targets", few, at=project, env=county.environment())
    assert done.returncode == 0, done.stdout
    assert re.search(r"√ core-1 centre ssh: huawei_vrp", done.stdout)
    assert re.search(r"√ core-1 centre snmp", done.stdout)
    wrong = {**county.environment(), "HECHA_LOGIN_SERVER_PASSWORD": "not-the-password"}
    done = hecha("doctor", "--targets", few, at=project, env=wrong)
    assert done.returncode == 3
    assert re.search(r"× srv-01 server ssh: .*refused", done.stdout)
    standing = hecha("login", "list", at=project)
    assert re.search(r"ssh:audit01: 1 failures", standing.stdout)
    assert hecha("login", "reset", at=project).returncode == 0


# -- bad input -----------------------------------------------------------------------------------------------------


def test_bad_input_is_one_message_and_nothing_is_asked(project: Path, county: DemoCounty) -> None:
    environment = county.environment()
    (project / "bad.csv").write_text("address,colour\n10.0.0.1,red\n")
    (project / "worse.csv").write_text("address\n10.0.0.300\n")
    (project / "empty.csv").write_text("address\n")
    (project / "playbooks" / "odd.yaml").write_text("name: odd\ntitle: {zh: a, en: b}\ncolour: red\n")
    (project / "playbooks" / "wrong.yaml").write_text(
        "name: wrong\ntitle: {zh: a, en: b}\npolicy: {access: {nothing: 1}}\n"
    )
    refused(hecha("run", "demo", "-t", "none.csv", at=project, env=environment), "none.csv")
    refused(hecha("run", "demo", "-t", "bad.csv", at=project, env=environment), "bad.csv:1", "colour")
    refused(hecha("run", "demo", "-t", "worse.csv", at=project, env=environment), "worse.csv", "line 2", "10.0.0.300")
    refused(hecha("run", "demo", "-t", "empty.csv", at=project, env=environment), "empty.csv")
    refused(hecha("run", "odd", at=project, env=environment), "odd.yaml:3", "colour")
    refused(hecha("run", "wrong", at=project, env=environment), "policy.access.nothing")
    refused(hecha("run", "nothing-such", at=project, env=environment), "full-audit")
    refused(hecha("run", "demo", "-f", "telegram", at=project, env=environment), "telegram", "workbook")
    refused(hecha("run", "demo", "--fail-on", "rather", at=project, env=environment), "--fail-on")
    refused(hecha("run", "demo", "--only", "nobody", at=project, env=environment), "nobody")
    refused(hecha("run", "demo", at=project), "HECHA_LOGIN_CENTRE_USERNAME")
    assert hecha("list", "runs", at=project).stdout == ""


def test_usage_errors_are_in_the_readers_language(tmp_path: Path) -> None:
    refused(hecha("run", at=tmp_path, lang="zh"), "缺少", "hecha run --help")
    refused(hecha("run", "--nope", "x", at=tmp_path, lang="zh"), "没有选项 --nope")
    refused(hecha("nope", at=tmp_path, lang="en"), "no such command: nope")
    refused(hecha("census", "--workers", "many", at=tmp_path, lang="en"), "--workers")
    refused(hecha("list", "checks", "--lang", "fr", at=tmp_path), "zh or en")
    refused(hecha("--project", "nowhere", "list", "checks", at=tmp_path), "nowhere")


def test_unreadable_database_is_one_message(project: Path, county: DemoCounty) -> None:
    (project / "hecha.db").write_bytes(b"this is no database" * 100)
    refused(hecha("run", "demo", at=project, env=county.environment()), "hecha.db")
    refused(hecha("list", "runs", at=project), "hecha.db")


def test_full_disk_is_one_message(tmp_path: Path, few: Path, county: DemoCounty) -> None:
    done = hecha("census", "-t", few, "-o", "/dev/full", at=tmp_path, env=county.environment())
    refused(done, "/dev/full")
    with Path("/dev/full").open("w") as full:
        piped = subprocess.run(
            [HECHA, "census", "-t", few], cwd=tmp_path, env=environment(tmp_path, **county.environment()), stdout=full,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    assert piped.returncode == 2
    assert "No space left" in piped.stderr
    assert "Traceback" not in piped.stderr


def test_a_reader_that_leaves_is_no_trouble(tmp_path: Path) -> None:
    command = f"{HECHA} list checks | head -1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=tmp_path, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


def test_bars_are_for_terminals_only(tmp_path: Path, few: Path, county: DemoCounty) -> None:
    done = hecha("census", "-t", few, at=tmp_path, env=county.environment())
    assert "\x1b" not in done.stderr + done.stdout
    assert "━" not in done.stderr
