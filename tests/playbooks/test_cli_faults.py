"""What goes wrong around a command: Ctrl-C, disks, databases, readers that leave, terminals, faults of our own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import HECHA, Terminal, await_, environment, hecha, refused, started

from playbooks.demo.running import DemoCounty

SECRET = "Tr0ub4dor-and-3"
# A command that stumbles over something nobody expected; all around it is the real program.
_FAULT = """
import sys
import tempfile
import playbooks.commands.listing as listing
def checks():
    from playbooks.commands.here import here
    here().logins()
    raise RuntimeError(f"cannot cope with {PARTS}")
listing.checks.__code__ = checks.__code__
listing.PARTS = sys.argv.pop(1)
from playbooks.cli import main
main()
"""


def faulty(at: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", _FAULT, f"{SECRET} and kept-in-the-vault", "list", "checks", *words]
    return subprocess.run(command, cwd=at, env=environment(at, **env), capture_output=True, text=True)


def test_fault_of_ours_is_one_line_and_the_log_has_the_rest_without_secrets(tmp_path: Path) -> None:
    assert hecha("init", ".", at=tmp_path).returncode == 0
    passphrase = {"HECHA_PASSPHRASE": "open sesame"}
    typed = "operator\nkept-in-the-vault\n\n\n\n\n\n\n"
    assert hecha("login", "add", "core", at=tmp_path, env=passphrase, typed=typed).returncode == 0
    done = faulty(tmp_path, HECHA_LOGIN_X_PASSWORD=SECRET, **passphrase)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert ".hecha/hecha.log" in done.stderr
    assert "RuntimeError" in done.stderr
    log = tmp_path / ".hecha" / "hecha.log"
    kept = log.read_text()
    assert "Traceback" in kept
    assert "cannot cope with *** and ***" in kept
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    shown = faulty(tmp_path, "-v", HECHA_LOGIN_X_PASSWORD=SECRET, **passphrase)
    assert shown.returncode == 4
    assert "Traceback" in shown.stderr
    assert log.read_text() == kept
    for secret in (SECRET, "kept-in-the-vault", "open sesame"):
        assert secret not in done.stderr + shown.stderr + kept


def test_fault_without_a_place_for_the_log_is_still_one_line(tmp_path: Path) -> None:
    (tmp_path / "state" / "hecha" / "hecha.log").mkdir(parents=True)
    done = faulty(tmp_path, XDG_STATE_HOME=str(tmp_path / "state"))
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "-v" in done.stderr


def test_commands_outside_a_project_leave_no_log_behind(tmp_path: Path) -> None:
    refused(hecha("explain", "nothing.such", at=tmp_path))
    assert hecha("list", "playbooks", at=tmp_path).returncode == 0
    assert list(tmp_path.iterdir()) == []


# -- Ctrl-C --------------------------------------------------------------------------------------------------------


@pytest.fixture
def mute(tmp_path: Path) -> Iterator[Path]:
    """A target list whose one device accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        path = tmp_path / "mute.csv"
        path.write_text(f"name,address,ssh_port\nmute,127.0.0.1,{server.getsockname()[1]}\n")
        yield path


_LOGIN = {"HECHA_LOGIN_DEFAULT_USERNAME": "a", "HECHA_LOGIN_DEFAULT_PASSWORD": "long-enough"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_census_that_is_stopped_leaves_no_half_file(tmp_path: Path, mute: Path, number: signal.Signals) -> None:
    """The first signal waits for the device under way and says so; the second does not wait."""
    process = started("census", "-t", mute, "--with", "cli", "-o", "census.jsonl", at=tmp_path, env=_LOGIN)
    await_(lambda: any(tmp_path.glob(".census.jsonl*")))
    time.sleep(1)
    process.send_signal(number)
    time.sleep(3)
    assert process.poll() is None
    process.send_signal(number)
    began = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - began < 2
    assert (process.returncode, out) == (130, "")
    assert err == "stopping once what is under way has ended; Ctrl-C again ends at once\n"
    assert not (tmp_path / "census.jsonl").exists()


def test_first_ctrl_c_alone_ends_in_order(tmp_path: Path, mute: Path) -> None:
    process = started("census", "-t", mute, "--with", "cli", "-o", "census.jsonl", at=tmp_path, env=_LOGIN)
    await_(lambda: any(tmp_path.glob(".census.jsonl*")))
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "stopped"
    assert [*tmp_path.glob("*census*"), *tmp_path.glob(".census*")] == []


def test_ctrl_c_at_the_terminal_gives_the_cursor_back(project: Path, county: DemoCounty) -> None:
    slow = "name: slow\ntitle: {zh: 慢, en: slow}\ncollect: {sources: [snmp, cli], workers: 1}\n"
    (project / "playbooks" / "slow.yaml").write_text(slow, encoding="utf-8")
    with Terminal("run", "slow", at=project, env=county.environment()) as terminal:
        terminal.until("Collecting devices")
        terminal.until("2/")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "hecha run slow --resume 1" in terminal.seen
    assert terminal.seen.rindex("\x1b[?25h") > terminal.seen.rindex("\x1b[?25l")


def test_judgement_that_is_stopped_can_be_made_again(project: Path, county: DemoCounty) -> None:
    assert hecha("run", "demo", "-f", "json-lines", at=project, env=county.environment()).returncode == 1
    with Terminal("check", at=project) as terminal:
        terminal.until("Judging")
        terminal.type("\x03")
        assert terminal.end() == 130
    assert "hecha check --run 1" in terminal.seen
    assert "Traceback" not in terminal.seen
    assert hecha("check", "--run", "1", at=project).returncode == 1


# -- readers and terminals -----------------------------------------------------------------------------------------


def test_a_reader_that_leaves_changes_no_verdict(project: Path, few: Path, county: DemoCounty) -> None:
    """What a run came to stands in its exit code, whether or not its summary was read to the end."""
    env = environment(project, **county.environment())
    command = f"{HECHA} run demo -t {few} -o reports | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=project, env=env, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    assert "report: reports/report.html" in done.stderr
    assert "Broken" not in done.stderr
    lists = subprocess.run(
        ["bash", "-c", f"{HECHA} list checks | true; exit ${{PIPESTATUS[0]}}"], env=env, capture_output=True, text=True
    )
    assert lists.returncode in (0, 141)  # 0 where all of it went into the pipe before the reader left
    assert lists.stderr == ""


@pytest.mark.parametrize("encoding", ["gbk", "ascii"])
def test_terminals_that_lack_signs_get_others(tmp_path: Path, encoding: str) -> None:
    done = subprocess.run(
        [HECHA, "doctor", "--offline"], cwd=tmp_path, capture_output=True,
        env=environment(tmp_path, "zh", PYTHONIOENCODING=encoding),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert ("√" in done.stdout.decode(encoding)) == (encoding == "gbk")


def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Escapes and bidirectional overrides in what a file says stay without effect."""
    steering = "\x1b]0;owned\x07core\u202e1"
    (tmp_path / "named.csv").write_text(f"name,address\n{steering},127.44.250.1\n", encoding="utf-8")
    refused(hecha("census", "-t", "named.csv", at=tmp_path, env=_LOGIN), "line 2: name")
    (tmp_path / "t.csv").write_text(f"address,login\n127.44.250.1,{steering}\n", encoding="utf-8")
    done = hecha("doctor", "-t", "t.csv", at=tmp_path, env=_LOGIN)
    assert "owned" in done.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout + done.stderr)
    (tmp_path / "sw.cfg").write_text("#\nsysname SW\x9b31m\u202e1\n#\nstelnet server enable\n#\naaa\n#\nreturn\n")
    facts = hecha("facts", "sw.cfg", at=tmp_path)
    assert not {"\x1b", "\x9b", "\u202e"} & set(facts.stdout)
    json.loads(facts.stdout)


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_lead_nowhere(tmp_path: Path, closed: str) -> None:
    """The next file to be opened, the database perhaps, must not take the place of standard output."""
    assert hecha("init", ".", at=tmp_path).returncode == 0
    command = f"{HECHA} register import register.xlsx {closed}; echo $?"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1] == "0"
    assert "Traceback" not in done.stderr
    assert (tmp_path / "hecha.db").read_bytes().startswith(b"SQLite format 3")


def test_words_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert hecha("init", ".", at=tmp_path).returncode == 0
    env: dict[str, str] = environment(tmp_path, HECHA_PASSPHRASE="open sesame")
    done = subprocess.run(
        [HECHA, "login", "add"], cwd=tmp_path, env=env, input=b"u\npassw\xffrd1\n\n\n\n\n\n\n", capture_output=True
    )
    assert done.returncode == 2
    assert b"PASSWORD: not text" in done.stderr
    broken = {**{k.encode(): v.encode() for k, v in env.items()}, b"HECHA_PASSPHRASE": b"\xff\xfe"}
    done = subprocess.run(
        [HECHA, "login", "add"], cwd=tmp_path, env=broken, input=b"u\npassword1\n", capture_output=True
    )
    assert done.returncode == 2
    assert not (tmp_path / ".hecha" / "logins.json").exists()
    odd = subprocess.run([HECHA, b"run", b"\xff"], cwd=tmp_path, env=env, capture_output=True)
    assert odd.returncode == 2
    assert b"Traceback" not in odd.stderr


def test_user_without_a_home(tmp_path: Path) -> None:
    done = subprocess.run(
        [HECHA, "list", "playbooks"], cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "HOME": ""}, capture_output=True
    )
    assert done.returncode == 0, done.stderr


def test_folder_that_is_gone(tmp_path: Path) -> None:
    command = f"mkdir gone; cd gone; rmdir ../gone; {HECHA} list checks >/dev/null && {HECHA} init mynet"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "mynet: cannot write" in done.stderr


# -- disks and databases -------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be made here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_full_disk_ends_a_run_with_one_message(small_disk: Path, county: DemoCounty) -> None:
    from playbooks.demo.written import write_project

    write_project(county, small_disk)
    done = hecha("run", "demo", at=small_disk, env=county.environment())
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert "disk is full" in done.stderr or "No space left" in done.stderr or "disk full" in done.stderr
    for command in (("login", "add"), ("register", "template", "form.xlsx"), ("init", "new")):
        with contextlib.suppress(OSError), (small_disk / "filler").open("ab", buffering=0) as file:
            while True:  # whatever space is left
                file.write(b"x" * 4096)
        env = {"HECHA_PASSPHRASE": "open sesame"}
        done = hecha(*command, at=small_disk, env=env, typed="operator\nlong-enough\n\n\n\n\n\n\n")
        assert done.returncode == 2, (command, done.stderr)
        assert "Traceback" not in done.stderr


def test_init_on_a_full_disk_leaves_nothing_and_works_when_there_is_space(small_disk: Path) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * 570_000)  # the workbook does not fit, the rest does
    refused(hecha("init", "net", at=small_disk), "No space left")
    assert [path.name for path in (small_disk / "net").rglob("*")] == ["playbooks"]
    filler.unlink()
    assert hecha("init", "net", at=small_disk).returncode == 0


def test_read_only_project_is_one_message(small_disk: Path, few: Path, county: DemoCounty) -> None:
    assert hecha("init", "net", at=small_disk).returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    env = county.environment()
    refused(hecha("run", "full-audit", "-t", few, at=small_disk / "net", env=env), "hecha.db")
    refused(hecha("init", "other", at=small_disk), "other")
    refused(hecha("census", "-t", few, "-o", "c.jsonl", at=small_disk / "net", env=env))
    chinese = hecha("census", "-t", few, at=small_disk / "net", env=env, lang="zh")
    refused(chinese, "文件系统只读")
    assert "Errno" not in chinese.stderr
    assert hecha("list", "checks", at=small_disk / "net").returncode == 0
    assert hecha("doctor", "--offline", at=small_disk / "net").returncode == 3


def test_locked_database_is_one_message(project: Path) -> None:
    with sqlite3.connect(project / "hecha.db", isolation_level=None) as holder:
        holder.execute("pragma locking_mode = exclusive")
        holder.execute("begin exclusive")
        refused(hecha("register", "import", "filled.xlsx", at=project), "locked")


def test_damaged_database_is_one_message(project: Path) -> None:
    content = (project / "hecha.db").read_bytes()
    (project / "hecha.db").write_bytes(content[:100] + b"\xff" * 4000 + content[4100:])
    refused(hecha("list", "runs", at=project), "hecha.db")


def test_database_server_that_is_not_there_is_one_message_without_its_password(tmp_path: Path) -> None:
    url = f"postgresql://hecha:{SECRET}@127.0.0.1:9/hecha"
    done = hecha("list", "runs", at=tmp_path, env={"HECHA_DATABASE": url})
    refused(done, "127.0.0.1")
    assert SECRET not in done.stderr
    refused(hecha("list", "runs", at=tmp_path, env={"HECHA_DATABASE": "mysql://x/y"}), "postgresql")


def test_settings_are_held_to_their_keys(project: Path) -> None:
    (project / "hecha.yaml").write_text("database: other.db\n")
    inside = project / "playbooks"
    refused(hecha("--project", "..", "list", "runs", at=inside), "other.db: there is no database yet")
    assert hecha("--project", "..", "register", "import", "../filled.xlsx", at=inside).returncode == 0
    assert (project / "other.db").is_file()  # beside hecha.yaml, not where the command was typed
    (project / "hecha.yaml").write_text("resolvers: []\ncolour: red\n")
    refused(hecha("list", "runs", at=project), "hecha.yaml:2", "colour")


def test_devices_are_written_to_as_they_are(tmp_path: Path, few: Path, county: DemoCounty) -> None:
    done = hecha("census", "-t", few, "-o", "/dev/null", at=tmp_path, env=county.environment())
    assert done.returncode == 0, done.stderr
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_reasons_of_the_system_are_in_the_readers_language(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for words, zh, en in (
        (("census", "-t", "none.csv"), "none.csv：读不了（没有这个文件或文件夹）", "cannot be read (No such file"),
        (("census", "-t", "."), ".：读不了（是文件夹）", "cannot be read (Is a directory)"),
        (("init", "file/net"), "写不进去（路径中有一段不是文件夹）", "cannot write (Not a directory)"),
        (("register", "import", "none.xlsx"), "读不了（没有这个文件或文件夹）", "cannot be read (No such file"),
        (("register", "template", "x" * 300), "名字太长", "File name too long"),
    ):
        refused(hecha(*words, at=tmp_path, lang="zh"), zh)
        refused(hecha(*words, at=tmp_path, lang="en"), en)


def test_project_of_somebody_else_is_one_message() -> None:
    """What root made for itself alone, looked at by nobody."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become somebody else")
    at = Path(tempfile.mkdtemp(prefix="hecha-"))
    try:
        at.chmod(0o755)
        assert hecha("init", "net", at=at).returncode == 0
        assert hecha("--project", "net", "register", "import", "net/register.xlsx", at=at).returncode == 0
        env = environment(at, "zh")

        def as_nobody(*words: str) -> subprocess.CompletedProcess[str]:
            command = ["setpriv", "--reuid=65534", "--clear-groups", "--", HECHA, "--project", "net", *words]
            return subprocess.run(command, cwd=at, env=env, capture_output=True, text=True)

        if as_nobody("version").returncode:
            pytest.skip("nobody may not run the program where it lies")
        refused(as_nobody("list", "runs"), "hecha.db")
        refused(as_nobody("login", "list"), "写不进去（没有权限）")
        doctor = as_nobody("doctor", "--offline")
        assert doctor.returncode == 3
        assert doctor.stdout.count("×") == 3  # the folder, its state, the database
        (at / "net").chmod(0o700)
        for words in (("list", "runs"), ("explain", "access.telnet-off"), ("run", "full-audit")):
            done = as_nobody(*words)
            refused(done, "没有权限")
            assert done.stderr.count("\n") == 1
    finally:
        shutil.rmtree(at)
