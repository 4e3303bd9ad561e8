"""The doctor: what is looked at, each login tried once, nobody locked out."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from console import Terminal, hecha, refused

from collectors.budget import FailureBudget
from collectors.by_echo import privilege
from playbooks.demo.running import DemoCounty
from playbooks.demo.written import write_targets
from playbooks.doctor import Diagnosis, installed, project_parts
from playbooks.project import project_at


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    assert hecha("init", ".", at=tmp_path).returncode == 0
    return tmp_path


def parts(at: Path) -> dict[str, Diagnosis]:
    return {found.thing: found for found in project_parts(project_at(at))}


def test_new_project_is_well_and_stays_without_database(plain: Path) -> None:
    found = parts(plain)
    assert not [each for each in found.values() if each.ok is False]
    assert found[str(plain / "hecha.db")].ok is None
    assert found["playbook full-audit"].ok is True
    assert not (plain / "hecha.db").exists()
    done = hecha("doctor", "--offline", at=plain, lang="zh")
    assert done.returncode == 0
    assert "可写" in done.stdout


def test_each_thing_that_is_wrong_is_named_with_the_reason(plain: Path) -> None:
    (plain / "hecha.db").write_bytes(b"no database" * 400)
    (plain / "playbooks" / "odd.yaml").write_text("name: odd\ntitle: {zh: a, en: b}\ncolour: red\n")
    (plain / "targets.csv").write_text("address\n10.0.0.300\n")
    (plain / ".hecha" / "logins.json").parent.mkdir(exist_ok=True)
    (plain / ".hecha" / "logins.json").write_text("{}")
    (plain / ".hecha" / "logins.json").chmod(0o644)
    (plain / "hecha.yaml").write_text('resolvers: ["nowhere", "127.44.250.9:9"]\n')
    found = parts(plain)
    wrong = {thing: each.told.en for thing, each in found.items() if each.ok is False}
    assert set(wrong) == {
        str(plain / "hecha.db"), "playbook odd", str(plain / "targets.csv"), str(plain / ".hecha" / "logins.json"),
        "resolver nowhere", "resolver 127.44.250.9:9",
    }  # fmt: skip
    assert "colour" in wrong["playbook odd"]
    assert "10.0.0.300" in wrong[str(plain / "targets.csv")]
    assert "chmod 600" in wrong[str(plain / ".hecha" / "logins.json")]
    done = hecha("doctor", "--offline", at=plain)
    assert done.returncode == 3
    assert done.stdout.count("×") == len(wrong)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("targets: none.csv", "none.csv: cannot be read"),
        ("judge: {families: [ipv5]}", "ipv5"),
        ("judge: {include: [nothing.such]}", "nothing.such"),
        ("policy: {access: {idle: 5}}", "policy.access.idle"),
        ("plan: none.yaml", "none.yaml: cannot be read"),
        ("waivers: none.yaml", "none.yaml: cannot be read"),
        ("reports: [telegram]", "telegram"),
        ("collect: {resolvers: [nowhere]}", "nowhere: expected an address"),
        ("fail_on: rather", "fail_on"),
    ],
)
def test_playbook_that_would_fail_at_night_is_found_by_day(plain: Path, more: str, said: str) -> None:
    (plain / "playbooks" / "night.yaml").write_text(f"name: night\ntitle: {{zh: a, en: b}}\n{more}\n")
    found = parts(plain)["playbook night"]
    assert found.ok is False
    assert said in found.told.en


def test_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = hecha("doctor", "--offline", "--project", "/proc", at=tmp_path)
    assert done.returncode == 3
    assert "× /proc: " in done.stdout


def test_name_server_of_the_county_answers(plain: Path, county: DemoCounty) -> None:
    (plain / "hecha.yaml").write_text(f'resolvers: ["{county.resolver}"]\n')
    assert parts(plain)[f"resolver {county.resolver}"].ok is True


def test_logins_are_tried_over_both_protocols(project: Path, few: Path, county: DemoCounty) -> None:
    done = hecha("doctor", "-t", few, at=project, env=county.environment())
    assert done.returncode == 0, done.stdout
    for line in (
        "√ core-1 centre ssh: works, platform huawei_vrp",
        "√ core-1 centre snmp: ",
        "√ srv-01 server ssh: works, platform linux",
    ):
        assert line in done.stdout
    assert "logins: 6 work, 0 do not" in done.stderr


def test_wrong_password_is_tried_as_often_as_the_budget_allows_and_no_more(project: Path, county: DemoCounty) -> None:
    """Many targets share the login: three of them may refuse it, the others are spared and say so."""
    field = [target for target in county.targets() if target.login == "field"]
    assert len(field) > 4
    write_targets(field, project / "field.csv")
    wrong = {**county.environment(), "HECHA_LOGIN_FIELD_PASSWORD": "not-the-password"}
    done = hecha("doctor", "-t", "field.csv", at=project, env=wrong)
    assert done.returncode == 3
    ssh = [line for line in done.stdout.splitlines() if line.startswith("×") and " ssh: " in line]
    assert len(ssh) == len(field)
    assert sum("not tried" in line or "budget" in line for line in ssh) == len(field) - 3
    assert "not-the-password" not in done.stdout + done.stderr
    standings = FailureBudget(project_at(project).login_failures).standings()
    assert {s.name: (s.failures, s.withheld) for s in standings if s.failures} == {"ssh:audit01": (3, True)}
    # The right secret is another account: nothing has to be reset for it.
    assert hecha("doctor", "-t", "field.csv", at=project, env=county.environment()).returncode == 0
    refused(hecha("login", "reset", "ssh:nobody", at=project), "ssh:audit01")
    reset = hecha("login", "reset", "ssh:audit01", at=project)
    assert reset.returncode == 0
    assert "ssh:audit01" not in hecha("login", "list", at=project).stdout


def test_wrong_keys_of_snmpv3_are_spared_like_passwords(project: Path, county: DemoCounty) -> None:
    field = [target for target in county.targets() if target.login == "field"]
    write_targets(field, project / "field.csv")
    wrong = {**county.environment(), "HECHA_LOGIN_FIELD_SNMPV3_AUTH": "sha:not-these-keys"}
    done = hecha("doctor", "-t", "field.csv", at=project, env=wrong)
    assert done.returncode == 3
    snmp = [line for line in done.stdout.splitlines() if line.startswith("×") and " snmp: " in line]
    assert len(snmp) == len(field)
    assert "not-these-keys" not in done.stdout + done.stderr
    standings = FailureBudget(project_at(project).login_failures).standings()
    assert {s.name: (s.failures, s.withheld) for s in standings if s.failures} == {"snmpv3:hecha": (3, True)}


def test_login_that_nothing_supplies_is_told_once(project: Path, few: Path) -> None:
    done = hecha("doctor", "-t", few, at=project, lang="zh")
    assert done.returncode == 3
    assert done.stdout.count("× centre：没有这个登录") == 1
    assert "hecha login add centre（2 个目标）" in done.stdout


@pytest.fixture
def mute() -> Iterator[int]:
    """A port that accepts and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_target_that_does_not_answer_is_told(plain: Path, mute: int) -> None:
    (plain / "targets.csv").write_text(f"name,address,ssh_port,snmp_port\nmute,127.0.0.1,{mute},9\n")
    env = {"HECHA_LOGIN_DEFAULT_USERNAME": "a", "HECHA_LOGIN_DEFAULT_PASSWORD": "long-enough"}
    done = hecha("doctor", at=plain, env=env)
    assert done.returncode == 3
    assert "– mute default snmp: the login has nothing for it" in done.stdout
    assert "× mute default ssh: " in done.stdout
    standings = FailureBudget(project_at(plain).login_failures).standings()
    assert not any(standing.failures for standing in standings)  # no secret was ever sent


def test_trials_are_counted_at_a_terminal(project: Path, few: Path, county: DemoCounty) -> None:
    with Terminal("doctor", "-t", few, at=project, env=county.environment()) as terminal:
        assert terminal.end() == 0
    assert "Trying logins" in terminal.seen
    assert "3/3" in terminal.seen
    assert "√ core-1 centre ssh" in terminal.seen


def test_whether_echo_requests_can_be_sent_is_told() -> None:
    """Root may; where nobody may it is no fault, for connects stand in."""
    (told,) = [each for each in installed() if each.thing == "ICMP"]
    assert told.ok is (None if None in (privilege(4), privilege(6)) else True)
    assert ("cannot be sent" in told.told.en) is (told.ok is None)
