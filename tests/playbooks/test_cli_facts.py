"""``hecha facts``: what files tell a person at a terminal and a program behind a pipe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from console import Terminal, hecha, refused

DEVICES = Path(__file__).parents[1] / "devices"
SWITCH = DEVICES / "huawei_vrp" / "access-switch" / "acc-sw1.cfg"
ROUTER = DEVICES / "cisco_ios" / "distribution" / "dist-1.cfg"


def test_each_file_is_a_line_of_json_behind_a_pipe(tmp_path: Path) -> None:
    done = hecha("facts", SWITCH, ROUTER, at=tmp_path)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(t["target"], t["platform"]) for t in told] == [("ACC-SW1", "huawei_vrp"), ("dist-1", "cisco_ios")]
    assert hecha("facts", "--json", SWITCH, ROUTER, at=tmp_path).stdout.count("\n") == 2
    assert told[0]["facts"]["RemoteAccess"]["telnet"] is True


def test_a_person_reads_a_table_with_line_numbers(tmp_path: Path) -> None:
    with Terminal("facts", SWITCH, at=tmp_path) as terminal:
        assert terminal.end() == 0
    assert "ACC-SW1, huawei_vrp" in terminal.seen
    assert "{" not in terminal.seen.replace("V200R", "")
    for words in ("RemoteAccess", "telnet", "acl_ipv4 2001", "yes"):
        assert words in " ".join(terminal.seen.split())  # where a column is narrow its words go on below
    with Terminal("facts", "--json", SWITCH, at=tmp_path) as terminal:
        assert terminal.end() == 0
    assert '"platform": "huawei_vrp"' in terminal.seen
    with Terminal("facts", SWITCH, at=tmp_path, lang="zh") as terminal:
        assert terminal.end() == 0
    assert "是" in terminal.seen
    assert "远程管理" in terminal.seen
    assert "RemoteAccess" in terminal.seen


@pytest.mark.parametrize(
    ("content", "platform", "why"),
    [
        (b"", None, "empty"),
        (b"", "huawei_vrp", "the configuration is empty"),
        (b"nothing of the kind\n", None, "no platform"),
        (b"Error: You do not have permission to run the command.\r\n", None, "a login without the right to see"),
        (
            b"R1>show running-config\n     ^\n% Invalid input detected at '^' marker.\n\nR1>\n",
            None,
            "without the right",
        ),
        (SWITCH.read_bytes()[900:1700], "huawei_vrp", "the configuration is cut"),
        (ROUTER.read_bytes(), "huawei_vrp", "a text of cisco_ios, not of huawei_vrp"),
        (b"\x00" * 1000, "h3c_comware", "the configuration is"),
    ],
    ids=["empty", "empty, declared", "prose", "refused", "not understood", "cut", "another vendor's", "zeros"],
)
def test_what_cannot_be_read_is_told_in_its_place(
    content: bytes, platform: str | None, why: str, tmp_path: Path
) -> None:
    (tmp_path / "odd.cfg").write_bytes(content)
    options = ["--platform", platform] if platform else []
    done = hecha("facts", "odd.cfg", *options, at=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    told = json.loads(done.stdout)
    reasons = [told["why"]] if "why" in told else [f["why"] for f in told["facts"].values()]
    assert any(why in reason for reason in reasons), reasons
    assert all(fact.get("missing") for fact in told.get("facts", {}).values())


def test_one_bad_file_costs_the_others_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty.cfg").write_text("")
    done = hecha("facts", "empty.cfg", SWITCH, at=tmp_path)
    assert done.returncode == 3
    assert json.loads(done.stdout.splitlines()[1])["target"] == "ACC-SW1"


def test_a_declared_platform_reads_what_its_signs_do_not_tell(tmp_path: Path) -> None:
    (tmp_path / "short.cfg").write_text("stelnet server enable\nreturn\n")
    told = json.loads(hecha("facts", "--platform", "huawei_vrp", "short.cfg", at=tmp_path).stdout)
    assert told["facts"]["RemoteAccess"]["ssh"] is True
    refused(hecha("facts", "--platform", "vms", "short.cfg", at=tmp_path), "--platform vms", "huawei_vrp")
    refused(hecha("facts", "nowhere.cfg", at=tmp_path), "nowhere.cfg")


def test_a_person_may_vouch_that_a_configuration_is_whole(tmp_path: Path) -> None:
    """Without an end, what no line says is not known; so far is shown what stands."""
    (tmp_path / "gate.cfg").write_text(
        "hostname gate\n!\nsnmp-server community public RO\n!\nline vty 0 4\n login local\n"
    )
    asked = ("facts", "--platform", "cisco_ios", "gate.cfg")
    done = hecha(*asked, at=tmp_path)
    assert done.returncode == 3
    told = json.loads(done.stdout)["facts"]
    assert told["Logging"]["missing"] == "unparsed"
    assert told["SnmpAgent"]["seen"]["communities"][0]["default"] is True
    vouched = hecha(*asked, "--whole", at=tmp_path)
    told = json.loads(vouched.stdout)["facts"]
    assert told["Logging"]["hosts"] == []
    assert told["SnmpAgent"]["communities"][0]["default"] is True
    with Terminal("facts", "--platform", "cisco_ios", "gate.cfg", at=tmp_path) as terminal:
        assert terminal.end() == 3
    assert "so far: communities" in terminal.seen


def test_folder_without_captures_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / ".hidden.cfg").write_text("sysname x\n")
    refused(hecha("facts", "empty", at=tmp_path), "empty: holds no captured file")
    refused(hecha("facts", "empty", at=tmp_path, lang="zh"), "没有采集文件")


def test_folder_larger_than_captures_are_is_refused_before_it_is_read(tmp_path: Path) -> None:
    deep = tmp_path.joinpath("a", *"bcdefghijk")
    deep.mkdir(parents=True)
    refused(hecha("facts", "a", at=tmp_path), "a: holds more than 8 levels of folders")
    refused(hecha("facts", "a", at=tmp_path, lang="zh"), "请指明采集文件所在的文件夹")
