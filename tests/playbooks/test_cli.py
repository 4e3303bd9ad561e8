"""The command line as a user meets it: the real console script in a folder of its own."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from console import HECHA, Terminal, environment, hecha, refused

from playbooks.demo.running import DemoCounty

# -- setting up ----------------------------------------------------------------------------------------------------


def test_init_makes_a_project_and_never_overwrites(tmp_path: Path) -> None:
    done = hecha("init", "mynet", at=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {p.name for p in (tmp_path / "mynet").iterdir()} == {
        "targets.csv", "hecha.yaml", "plan-figures.yaml", ".gitignore", "register.xlsx", "playbooks",
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
    from inventory.workbook.census import read_register

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


def test_wrong_playbook_hides_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "odd.yaml").write_text("name: odd\ntitle: {zh: a, en: b}\ncolour: red\n")
    done = hecha("list", "playbooks", at=tmp_path)
    assert done.returncode == 2
    assert "full-audit\t" in done.stdout
    assert "odd.yaml:3" in done.stderr


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
    refused(hecha("run", "wrong", at=project, env=environment), "wrong.yaml:", "policy.access.nothing")
    refused(hecha("run", "nothing-such", at=project, env=environment), "full-audit")
    refused(hecha("run", "demo", "-f", "telegram", at=project, env=environment), "telegram", "workbook")
    refused(hecha("run", "demo", "--fail-on", "rather", at=project, env=environment), "--fail-on")
    refused(hecha("run", "demo", "--only", "nobody", at=project, env=environment), "nobody")
    refused(hecha("run", "demo", at=project), "HECHA_LOGIN_CENTRE_USERNAME")
    assert hecha("list", "runs", at=project).stdout == ""


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        ("run", "缺少 PLAYBOOK（剧本的名字", "missing PLAYBOOK (Name or file"),
        ("run --nope x", "没有选项 --nope；见 hecha run --help", "no such option: --nope; see hecha run --help"),
        ("run x --onl y", "没有选项 --onl，相近的有 --only", "no such option: --onl, did you mean --only"),
        ("nope", "没有命令 nope", "no such command: nope; see hecha --help"),
        ("lst", "没有命令 lst，相近的有 list", "no such command: lst, did you mean list"),
        ("register impot", "没有命令 impot，相近的有 import", "did you mean import"),
        ("census --workers many", "--workers 的值不对。同时问几台，1 到 1024", "--workers: not a value that it takes."),
        ("census --workers 0", "--workers 的值不对", "--workers: not a value that it takes."),
        ("census --workers", "选项 --workers 缺少值；见 hecha census --help", "needs a value; see hecha census --help"),
        ("run x --allow-unknown=yes", "选项 --allow-unknown 不带值", "option --allow-unknown takes no value"),
        ("explain", "缺少 ID（检查项", "missing ID (Id of a check"),
        ("diff one two", "OLD 的值不对", "OLD: not a value"),
        ("diff 1 2 3", "多出来的参数：3", "more arguments than it takes: 3"),
        ("run x --resume=last", "应是运行的编号", "expected the number of a run"),
        ("list checks --lang fr", "应是 zh 或 en", "expected zh or en"),
        ("list checks --lang", "--lang：缺少值", "--lang: needs a value"),
        ("--project nowhere list checks", "没有这个文件夹", "--project nowhere: no such folder"),
    ],
)
def test_usage_errors_are_in_the_readers_language(tmp_path: Path, words: str, zh: str, en: str) -> None:
    if "--lang" in words:  # what stands there names no language
        refused(hecha(*words.split(), at=tmp_path, lang="en"), en)
        return
    if words.startswith("run x"):
        words = words.replace("run x", "run full-audit")
    for lang, said in (("zh", zh), ("en", en)):
        done = hecha(*words.split(), at=tmp_path, lang=lang)
        refused(done, said)
        assert done.stderr.count("\n") == 1


def test_options_of_every_command_stand_before_or_after_it(tmp_path: Path) -> None:
    (tmp_path / "net" / "playbooks").mkdir(parents=True)
    (tmp_path / "net" / "playbooks" / "mine.yaml").write_text("name: mine\ntitle: {zh: 我的, en: My own}\n")
    for words in (
        "--project net --lang en list playbooks",
        "list --lang=en playbooks --project=net",
        "list playbooks --lang en --project net",
        "--lang zh list playbooks --project nowhere --project net --lang en",
    ):
        done = hecha(*words.split(), at=tmp_path, lang="zh")
        assert done.returncode == 0, done.stderr
        assert "mine\tMy own\t" in done.stdout


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


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("judge: {families: [nope]}", "odd.yaml:3: nope: no such family"),
        ("judge:\n  include: ['zz.*']", "odd.yaml:4: zz.*"),
        ("policy:\n  access:\n    idle_timeout_max_s: soon", "odd.yaml:5: policy.access.idle_timeout_max_s"),
        ("plan: nope", "odd.yaml:3: nope: no such plan"),
        ("waivers: nope.yaml", "odd.yaml:3: nope.yaml: cannot be read"),
        ("reports: [html, nope]", "odd.yaml:3: nope: no such report"),
        ("schedule: '61 * * * *'", "odd.yaml:3: schedule: expected a cron expression"),
        ("collect: {resolvers: [dns]}", "odd.yaml:3: resolvers: dns"),
        ("file: odd.yaml", "odd.yaml:3: unknown key 'file'"),
        ("waivers: [{check: snmp.v3-only}]", "odd.yaml:3: waivers: expected the name of a file such as waivers.yaml"),
        # the same words stand further up
        ("description: {zh: html nope, en: nope}\nreports:\n- html\n- nope", "odd.yaml:6: nope: no such report"),
        ("# schedule\nplan: luhe-2021-2025\nschedule: odd", "odd.yaml:5: schedule: expected a cron expression"),
        ("assessment: {}\njudge:\n  families: [level3]\n  exclude: [ipv6.*, odd]", "odd.yaml:6: odd: no check has"),
        (
            "policy:\n  access: {idle_timeout_max_s: 60}\n  bandwidth:\n    tiers_of: idle_timeout_max_s",
            "odd.yaml:6: policy.bandwidth.tiers_of",
        ),
        (
            "policy:\n  accounts: {attempts_max: 3}\n  access:\n    attempts_max: 3",
            "odd.yaml:6: policy.access.attempts_max: no such setting",
        ),
    ],
)
def test_what_a_playbook_names_is_refused_with_its_line(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "targets.csv").write_text("address\n10.0.0.1\n")
    (tmp_path / "odd.yaml").write_text(f"name: odd\ntitle: {{zh: 怪, en: odd}}\n{written}\n", encoding="utf-8")
    done = hecha("run", "odd.yaml", at=tmp_path, env={"HECHA_LOGIN_DEFAULT_COMMUNITY": "public"})
    refused(done, said)
    assert len(done.stderr.splitlines()) == 1
