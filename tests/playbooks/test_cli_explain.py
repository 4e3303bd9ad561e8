"""``hecha explain``: checks, clauses, risks and requirements of plans, in words."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from console import environment, hecha, refused

from inventory.text import Language


def test_explain_tells_what_a_clause_asks_for_and_what_checks_it(tmp_path: Path) -> None:
    done = hecha("explain", "8.1.4.1-c", at=tmp_path, lang="zh")
    assert done.returncode == 0
    assert "access.telnet-off  Telnet 服务已关闭" in done.stdout.splitlines()
    assert "没有自动检查" in hecha("explain", "8.1.1.1-a", at=tmp_path, lang="zh").stdout
    asked = hecha("explain", "pr-net-05", at=tmp_path).stdout
    assert "bandwidth.headroom" in asked
    assert "formula: per link over 30 days" in asked


def test_explain_knows_the_plans_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "mine.yaml").write_text("name: mine\ntitle: {zh: 我, en: mine}\nplan: three.yaml\n")
    (tmp_path / "playbooks" / "wrong.yaml").write_text("name: wrong\n")
    (tmp_path / "three.yaml").write_text(
        "name: three\nzh: 三年计划\nen: three years\nperiod: 2024-2026\ntiers_mbps: {town: 500}\nrequirements:\n"
        "- {id: QX-1, key: PR-NET-04, group: extranet, zh: 镇五百兆, en: Towns at 500M, assess: auto, measure: as is,\n"
        "   metric: {zh: 达标率, en: share, unit: '%'}, formula: links / links, target: {op: '>=', value: 95},\n"
        "   responsible: {lead: data_bureau}}\n",
        encoding="utf-8",
    )
    told = hecha("explain", "QX-1", at=tmp_path).stdout
    assert all(words in told for words in ("Towns at 500M", "three years", "≥ 95 %", "bandwidth.contract-meets-tier"))
    refused(hecha("explain", "QX-2", at=tmp_path), "no such check, item or requirement")
    listed = [line.split("\t") for line in hecha("list", "items", at=tmp_path).stdout.splitlines()]
    assert len(listed) == 211
    assert {how for _, how, _, _ in listed} == {"technical-auto", "technical-assisted", "manual"}
    assert "access.telnet-off" in next(checks for item, _, _, checks in listed if item == "8.1.4.1-c")


def test_explain_tells_clause_and_remedy(tmp_path: Path) -> None:
    done = hecha("explain", "access.telnet-off", at=tmp_path)
    assert done.returncode == 0
    for words in ("8.1.4.1-c", "undo telnet server enable", "RemoteAccess", "display current-configuration"):
        assert words in done.stdout
    refused(hecha("explain", "access.nothing", at=tmp_path), "access.telnet-off")
    refused(hecha("explain", "telnet", at=tmp_path), "access.telnet-off")
    lost = hecha("explain", "quantum", at=tmp_path)
    refused(lost, "hecha list checks")
    assert len(lost.stderr) < 100
    assert (
        "idle_timeout_max_s: 600, encrypted_transports: [https, netconf-ssh, ssh]"
        in hecha("explain", "access.idle-timeout", at=tmp_path).stdout
    )


def test_explain_of_one_platform_tells_no_other(tmp_path: Path) -> None:
    done = hecha("explain", "filtering.no-any-any", "--platform", "huawei_vrp", at=tmp_path)
    assert done.returncode == 0
    assert "undo {entries}" in done.stdout
    assert "cisco_ios" not in done.stdout
    host = hecha("explain", "access.idle-timeout", "--platform", "frr", at=tmp_path)
    assert "/etc/profile.d/tmout.sh" in host.stdout  # the host that FRR runs on
    bare = hecha("explain", "host.no-root-login", "--platform", "cisco_asa", "--lang", "en", at=tmp_path)
    assert "no commands that mend it are known for cisco_asa" in bare.stdout
    assert "not read on cisco_asa" in bare.stdout
    refused(hecha("explain", "access.telnet-off", "--platform", "vrp", at=tmp_path), "huawei_vrp")


# All checks in one process: a language is chosen once.
_EXPLAIN = """
import typer
from checks.catalogue import catalogue
from playbooks.cli import application
explain = typer.main.get_command(application()).commands["explain"]
for name in catalogue():
    explain.invoke(explain.make_context("hecha", [name]))
    print("\\f", end="")
"""


def indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def test_every_case_of_a_remedy_has_a_name() -> None:
    from checks.catalogue import catalogue
    from playbooks.commands.variants import VARIANTS

    remedies = [check.remedy for check in catalogue().values()]
    named = {name.partition("/")[2] for remedy in remedies for name in (*remedy.commands, *remedy.diagnosis)}
    assert named - {""} == set(VARIANTS)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_check_is_explained_with_what_supplies_its_facts(tmp_path: Path, lang: Language) -> None:
    from checks.catalogue import catalogue
    from checks.commands import blanks_in

    words = {"zh": ("判定对象：", "不满足时：", "整改："), "en": ("judges: ", "when it fails: ", "remedy: ")}[lang]
    needs = {"zh": "\n需要的事实：", "en": "\nfact needed: "}[lang]
    command = [sys.executable, "-P", "-c", _EXPLAIN]
    done = subprocess.run(command, env=environment(tmp_path, lang), capture_output=True, text=True, check=True)
    for check, told in zip(catalogue().values(), done.stdout.removesuffix("\f").split("\f"), strict=True):
        assert told.startswith(f"{check.id}  [")
        assert check.title.say(lang) in told
        assert all(f"\n{word}" in told for word in words)
        for fact in told.split(needs)[1:]:
            assert "\n  " in fact, f"{check.id}: nothing supplies {fact}"
        shows = {"zh": "\n排查命令", "en": "\ndiagnostic commands"}[lang]
        assert (shows in told) is bool(check.remedy.diagnosis)
        assert "{{" not in told, f"{check.id}: a brace is doubled"
        assert "‖" not in told, f"{check.id}: a comment stands in both languages"
        asked = {blank for commands in check.remedy.commands.values() for blank in blanks_in(commands)}
        assert all(f"\n    <{blank}>  " in told for blank in asked), f"{check.id}: a blank is not explained"
        for line, after in pairwise(told.splitlines()):
            if line.endswith((":", "：")) and not line.lstrip().startswith("#"):
                assert indent(after) > indent(line), f"{check.id}: nothing stands under {line}"
