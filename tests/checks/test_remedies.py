"""A configuration with a gap, the commands that the finding prints entered: the check passes then."""

from __future__ import annotations

import re
from collections import Counter

import pytest
import yaml
from config_merge import merged
from fortios_merge import merged_fortios
from networked import CASES
from remedied import fails, findings, gap, kept_for, mended_at_last, remedies, spoilt
from set_merge import merged_set

from checks.catalogue import catalogue
from checks.commands import DIAGNOSIS, FOLDER, blanks, blanks_in, in_language
from checks.model import Check, Finding, Outcome, Subject, SubjectKind, placeholders
from collectors.platforms.catalogue import platforms

# Hosts are mended by their own shell, what lies between devices with both: test_remedies_linux.py, …_between.py.
BETWEEN = {(case.check, case.platform) for case in CASES}
PAIRS = [(check.id, name) for check, name in remedies() if name not in ("linux", "frr")]
PAIRS = [pair for pair in PAIRS if pair not in BETWEEN]
PAIRS += [(check.id, "frr") for check, name in remedies() if name == "frr" and "frr" in check.remedy.commands]
# Of each platform, how many remedies are entered and mend; they only become more.
LEAST = {
    "cisco_asa": 54, "cisco_ios": 68, "cisco_nxos": 55, "fortinet_fortios": 48, "h3c_comware": 71,
    "hillstone_stoneos": 40, "huawei_vrp": 71, "juniper_junos": 55, "ruijie_rgos": 66, "zte_zxros": 45,
}  # fmt: skip


@pytest.mark.parametrize(("check_id", "name"), PAIRS)
def test_the_remedy_mends_the_gap(check_id: str, name: str) -> None:
    first = gap(check_id, name)
    if first is None:
        assert not kept_for(check_id, name), "the gap is not found"
        pytest.skip("no configuration shows this gap")
    for text in kept_for(check_id, name) or [first]:
        assert fails(check_id, name, text), f"the gap is not found: {text}"
        _is_mended(check_id, name, text)


def _is_mended(check_id: str, name: str, text: str) -> None:
    after = mended_at_last(check_id, name, text)
    told = findings(check_id, name, after)
    assert [f for f in told if f.outcome is Outcome.FAIL] == [], after
    assert any(f.outcome in (Outcome.PASS, Outcome.NOT_APPLICABLE) for f in told), after
    assert spoilt(check_id, name, text, after) == [], after


def test_as_many_remedies_are_entered_as_ever_were() -> None:
    entered = Counter(name for check_id, name in PAIRS if gap(check_id, name))
    assert {name: entered[name] for name, least in LEAST.items() if entered[name] < least} == {}


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.id)
def test_what_a_person_fills_in_is_explained(check: Check) -> None:
    asked = {blank for commands in check.remedy.commands.values() for blank in blanks_in(commands)}
    assert asked - set(blanks()) == set()
    assert {"entry", "list"} <= set(blanks())  # that findings put in where a rule has no name of its own


# What asks a device and changes nothing.
_ASKS = re.compile(
    r"(?:display|show|get|diagnose|compare configuration|ethtool|top|free|nstat|cat|lldpcli show|vtysh -c 'show|"
    r"(?:ip -s -s link|ip -6 \S+|tc qdisc) show|nft list|chronyc (?:tracking|sources))\b"
)


def test_a_diagnosis_changes_nothing() -> None:
    for check in catalogue().values():
        for name, commands in check.remedy.diagnosis.items():
            for line in commands.splitlines():
                assert _ASKS.match(line) or line[0] in "#!", (check.id, name, line)


def test_a_remedy_of_a_network_system_has_no_line_that_only_shows() -> None:
    """Whoever pastes it would take what it answers for what it did."""
    for check in catalogue().values():
        for name, commands in check.remedy.commands.items():
            if name.partition("/")[0] not in ("linux", "frr"):
                assert not re.search(r"^ *(?:display|show|get|diagnose) ", commands, re.MULTILINE), (check.id, name)


def test_each_check_with_commands_is_there() -> None:
    files = [path for folder in (FOLDER, DIAGNOSIS) for path in folder.glob("*.yaml") if path.stem != "blanks"]
    found = {key for path in files for key in yaml.safe_load(path.read_bytes())}
    assert found - set(catalogue()) == set()


def test_no_blank_is_explained_for_nothing() -> None:
    asked = {b for check in catalogue().values() for text in check.remedy.commands.values() for b in blanks_in(text)}
    assert set(blanks()) - asked - {"entry", "list"} == set()


_SENTENCE = re.compile(r"[a-z]{2,},? [a-z]+,? [a-z]+", re.IGNORECASE)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.id)
def test_comments_are_in_both_languages(check: Check) -> None:
    """Whoever reads Chinese reads no English sentence in what is to be pasted, and the other way round."""
    for key, commands in (*check.remedy.commands.items(), *check.remedy.diagnosis.items()):
        name = key.partition("/")[0]
        for line in filter(re.compile(r" *[#!]").match, commands.splitlines()):
            zh, en = in_language(line, "zh"), in_language(line, "en")
            assert "‖" not in zh + en, (key, line)
            assert _CHINESE.search(zh) if zh != en else not _SENTENCE.search(line), (key, line)
            assert not _CHINESE.search(en), (key, line)
            assert placeholders(zh) == placeholders(en), (key, line)
            assert set(blanks_in(zh)) == set(blanks_in(en)), (key, line)
            dialect = platforms()[name].dialect
            assert dialect, name
            assert line.lstrip()[0] in (dialect.comments or "#"), (key, line)


def test_commands_are_whole_lines_of_one_order() -> None:
    """A template has no tabs, no blank at a line's end, and no brace that would be taken for a value."""
    for check in catalogue().values():
        for name, commands in check.remedy.commands.items():
            for line in commands.splitlines():
                assert line == line.rstrip(), (check.id, name, line)
                assert "\t" not in line, (check.id, name, line)
            assert re.sub(r"\{\{|\}\}|\{[a-z_0-9]+\}", "", commands).count("{") == 0, (check.id, name)


def test_each_entry_has_lines_of_its_own() -> None:
    check = catalogue()["filtering.denied-logged"]
    values = {"head": "security-policy ip", "entries": "rule 0, rule 7, rule name a;b", "variant": "policy"}
    finding = Finding(check.id, Subject(SubjectKind.DEVICE, "fw"), Outcome.FAIL, values=values)
    lines = check.remedy.commands_for("h3c_comware", finding.values).splitlines()
    assert [line.strip() for line in lines if line.strip().startswith(("rule", "<"))] == ["rule 0", "rule 7", "<entry>"]
    assert lines.count("   logging enable") == 3


def test_a_merge_keeps_what_was_not_mentioned() -> None:
    before = "sysname r1\nuser-interface vty 0 4\n idle-timeout 0 0\n authentication-mode aaa\n"
    after = merged(before, "system-view\n user-interface vty 0 4\n  idle-timeout 10 0\n  quit")
    assert [line.strip() for line in after.splitlines() if line != "#"] == [
        "sysname r1", "user-interface vty 0 4", "authentication-mode aaa", "idle-timeout 10 0",
    ]  # fmt: skip


def test_a_merge_refuses_what_a_device_would() -> None:
    with pytest.raises(AssertionError, match="nothing to delete"):
        merged_fortios("config firewall policy\nend\n", "config firewall policy\n delete 7\nend")
    with pytest.raises(ValueError, match="no order of Junos"):
        merged_set("set system host-name j1\n", "no system host-name")


def test_settings_of_one_value_are_replaced_and_lists_grow() -> None:
    after = merged_set(
        "set system login password minimum-length 6\nset system ntp server 10.0.0.1\n",
        "configure\n set system login password minimum-length 8\n set system ntp server 10.0.0.2\n commit and-quit",
    )
    assert after.splitlines() == [
        "set system ntp server 10.0.0.1",
        "set system login password minimum-length 8",
        "set system ntp server 10.0.0.2",
    ]  # fmt: skip
