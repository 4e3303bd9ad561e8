"""Whether what runs is what was saved: by times, by texts side by side, or because the system saves by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.base import Answer
from collectors.by_cli import facts_by_cli
from collectors.offline import snapshots_from
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platforms
from collectors.sessions.answers import Answers
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import ConfigBackup, Identity
from inventory.snapshot import Snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Told:
    """A command line that gives the answers it is given, and knows no other command."""

    def __init__(self, platform: Platform, answers: Mapping[str, str]) -> None:
        self.platform = platform
        self._answers = answers

    def ask(self, command: str) -> Answer:
        if command not in self._answers:
            raise ReadFailed(f"{command}: Unrecognized command", Gap.LACKING)
        return Answers().on_terminal(command, self._answers[command].encode(), self.platform)

    def close(self) -> None:
        """Nothing is open."""


def backup(platform: str, **answers: str) -> ConfigBackup | Missing:
    """The fact, from answers by their commands with ``_`` for blanks and ``__`` for hyphens."""
    given = {name.replace("__", "-").replace("_", " "): text for name, text in answers.items()}
    told = facts_by_cli(Told(platforms()[platform], given), platforms()[platform], [ConfigBackup], NOW)[ConfigBackup]
    assert isinstance(told, ConfigBackup | Missing)
    return told


def saved(platform: str, **answers: str) -> bool | None:
    told = backup(platform, **answers)
    return told.saved if isinstance(told, ConfigBackup) else None


# -- IOS ----------------------------------------------------------------------------------------------------------

IOS = """Building configuration...

Current configuration : 1902 bytes
!
{head}
!
version 15.2
hostname sw1
!
crypto pki trustpoint TP-self-signed-1
 revocation-check none
crypto pki certificate chain TP-self-signed-1
 certificate self-signed 01
  3082022B 30820194 A0030201 02020101
  \tquit
interface Vlan10
 ip address 10.1.1.2 255.255.255.0
line vty 0 4
 transport input ssh
!
ntp clock-period 36029056
end
"""
KEPT = (
    IOS.replace("Building configuration...\n\nCurrent configuration : 1902 bytes", "Using 1830 out of 524288 bytes")
    .replace("01\n  3082022B 30820194 A0030201 02020101\n  \tquit", "01 nvram:IOS-Self-Sig#1.cer")
    .replace("056\n", "011\n")
)
CHANGED, WRITTEN = "! Last configuration change at {}", "! NVRAM config last updated at {}"


def head(changed: str, written: str) -> str:
    return f"{CHANGED.format(changed)}\n{WRITTEN.format(written)}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (head("14:51:00 CST Wed May 8 2024 by admin", "08:02:59 CST Fri May 10 2024 by admin"), True),
        (head("22:31:52 UTC Wed Apr 17 2024 by admin", "18:29:37 UTC Tue Apr 9 2024 by admin"), False),
        ("! No configuration change since last restart\n! NVRAM config last updated at 22:45:57", True),
        # nobody is named: a restart reads the configuration too
        (head("22:31:52 UTC Wed Apr 17 2024", "18:29:37 UTC Tue Apr 9 2024 by admin"), None),
        # another zone, a clock that was never set, a day of no calendar, one line alone
        (head("01:10:00 CEST Sun Mar 31 2024 by a", "00:30:00 CET Sun Mar 31 2024 by a"), None),
        (head("00:12:11 UTC Mon Mar 1 1993 by a", "18:29:37 UTC Tue Apr 9 2024 by a"), None),
        (head("00:12:11 UTC Mon Feb 31 2022 by a", "18:29:37 UTC Tue Apr 9 2024 by a"), None),
        (CHANGED.format("22:31:52 UTC Wed Apr 17 2024 by admin"), None),
        ("", None),
    ],
)  # fmt: skip
def test_ios_by_its_head(lines: str, expected: bool | None) -> None:
    assert saved("cisco_ios", show_running__config=IOS.format(head=lines)) is expected


def test_ios_by_both_texts() -> None:
    """Certificates, sizes and the clock period differ though nobody changed them."""
    late = head("22:31:52 UTC Wed Apr 17 2024 by admin", "18:29:37 UTC Tue Apr 9 2024 by admin")
    runs = IOS.format(head="")
    assert saved("cisco_ios", show_running__config=runs, show_startup__config=KEPT.format(head="")) is True
    more = runs.replace("line vty", "access-list 9 permit any\nline vty")
    told = backup("cisco_ios", show_running__config=more, show_startup__config=KEPT.format(head=""))
    assert isinstance(told, ConfigBackup)
    assert not told.saved
    assert told.evidence.excerpt == "access-list 9 permit any"
    less = runs.replace(" transport input ssh\n", "")
    told = backup("cisco_ios", show_running__config=less, show_startup__config=KEPT.format(head=""))
    assert isinstance(told, ConfigBackup)
    assert (told.saved, told.evidence.source) == (False, "show startup-config")
    # changed by somebody, in nothing that is shown: a secret perhaps, or nothing at all
    same = {"show_running__config": IOS.format(head=late), "show_startup__config": KEPT.format(head="")}
    assert saved("cisco_ios", **same) is None
    assert (
        saved("cisco_ios", show_running__config=runs, show_startup__config="startup-config is not present\n") is False
    )


@pytest.mark.parametrize("kept", ["", "sorry\n", "version 15.2\nhostname sw1\n"])
def test_a_text_that_is_cut_or_none_tells_nothing(kept: str) -> None:
    cut = KEPT.format(head="").partition("line vty")[0]
    for text in (kept, cut):
        assert saved("cisco_ios", show_running__config=IOS.format(head=""), show_startup__config=text) is None


def test_a_device_that_says_the_same_to_everything_saved_nothing() -> None:
    for name in sorted({"cisco_ios", "cisco_nxos", "cisco_asa", "h3c_comware", "huawei_vrp", "ruijie_rgos",
                        "hillstone_stoneos"}):  # fmt: skip
        commands = platforms()[name].commands
        same = {command.replace("-", "__").replace(" ", "_"): "Wait a moment\n" for command in commands}
        assert isinstance(backup(name, **same), Missing), name


def test_what_is_saved_is_asked_for_only_where_the_head_leaves_it_open() -> None:
    asked: list[str] = []

    class Asked(Told):
        def ask(self, command: str) -> Answer:
            asked.append(command)
            return super().ask(command)

    chosen = platforms()["cisco_ios"]
    kept = head("14:51:00 CST Wed May 8 2024 by admin", "08:02:59 CST Fri May 10 2024 by admin")
    for lines, commands in ((kept, ["show running-config"]), ("", ["show running-config", "show startup-config"])):
        asked.clear()
        facts_by_cli(Asked(chosen, {"show running-config": IOS.format(head=lines)}), chosen, [ConfigBackup], NOW)
        assert asked == commands


# -- the others that are asked ---------------------------------------------------------------------------------------

NEXUS = """
!Command: show {what}
{head}
!Time: Tue Aug  4 07:53:21 2026

version 9.3(8) Bios:version 05.42
hostname leaf1
feature lacp
interface Ethernet1/1
  description {port}
line console
line vty
"""


@pytest.mark.parametrize(
    ("done", "port", "expected"),
    [
        ("!Running configuration last done at: Fri Jul 24 08:34:58 2026", "uplink", True),
        ("!Running configuration last done at: Fri Jul 24 09:00:00 2026", "moved", False),
        ("!Running configuration last done at: Fri Jul 24 09:00:00 2026", "uplink", True),
        ("", "moved", False),
    ],
)
def test_nxos(done: str, port: str, expected: bool) -> None:
    kept = NEXUS.format(what="startup-config", head="!Startup config saved at: Fri Jul 24 08:44:03 2026", port="uplink")
    runs = NEXUS.format(what="running-config", head=done, port=port)
    assert saved("cisco_nxos", show_running__config=runs, show_startup__config=kept) is expected


ASA = """{head}
ASA Version 9.12(4)
!
hostname fw1
enable password ***** pbkdf2
interface GigabitEthernet0/0
 nameif outside
ssh timeout 5
Cryptochecksum:{sum}
: end
"""
ASA_VERSION = """Cisco Adaptive Security Appliance Software Version 9.12(4)
Serial Number: JMX0000X0X0
{last}
"""


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("Configuration last modified by enable_15 at 10:40:00.489 CST Mon Mar 2 2020", True),
        ("Configuration has not been modified since last system restart.", True),
        ("Configuration last modified by admin at 16:49:41.489 CST Mon Mar 9 2020", None),  # and yet both are alike
        ("", True),
    ],
)
def test_asa(last: str, expected: bool | None) -> None:
    runs = ASA.format(head=": Saved\n:\n: Serial Number: JMX0000X0X0", sum="1a2b")
    kept = ASA.format(head=": Saved\n: Written by enable_15 at 10:45:04.045 CST Mon Mar 2 2020\n!", sum="3c4d")
    told = {"show_running__config": runs, "show_version": ASA_VERSION.format(last=last)}
    assert saved("cisco_asa", **told, show_startup__config=kept) is expected
    other = kept.replace("nameif outside", "nameif wan")
    assert saved("cisco_asa", **told, show_startup__config=other) is (expected is True and bool(last))


COMWARE = "#\n version 7.1.070, Release 6635P07\n#\n sysname sw1\n#\ninterface Vlan-interface1\n{line}#\nreturn\n"
RGOS = (
    "{head}\nversion S5750_RGOS 11.4(1)B74\nhostname sw1\n!\ninterface VLAN 1\n{line}!\nline vty 0 4\n login\n!\nend\n"
)
STONE = 'Building configuration..\nVersion 5.5R8\nzone "trust"\n{line}exit\nrule id 1\n  action permit\nexit\nEnd\n'
PAIRS = {
    "h3c_comware": ("display_current__configuration", "display_saved__configuration", COMWARE),
    "ruijie_rgos": ("show_running__config", "show_startup__config", RGOS),
    "hillstone_stoneos": ("show_configuration", "show_configuration_startup", STONE),
    "huawei_vrp": ("display_current__configuration", "display_saved__configuration", "[V200R010C00SPC600]\n" + COMWARE),
}


@pytest.mark.parametrize("platform", sorted(PAIRS))
def test_texts_side_by_side(platform: str) -> None:
    current, startup, text = PAIRS[platform]
    runs, kept = text.format(line=" ip address 10.1.1.1 24\n", head="Current configuration : 90 bytes\n"), text
    same = kept.format(line=" ip address 10.1.1.1 24\n", head="")
    assert saved(platform, **{current: runs, startup: same}) is True
    assert saved(platform, **{current: runs, startup: kept.format(line="", head="")}) is False
    told = backup(platform, **{current: runs})
    assert isinstance(told, Missing)
    assert told.gap is Gap.REFUSED, "a device that knows no such command is not one that has nothing to save"


@pytest.mark.parametrize(
    ("updated", "expected"),
    [
        ("2024-07-14 04:19:42+00:00 by cyberweb", True),
        ("2024-07-14 04:57:04+00:00 by cyberweb", False),
        ("2024-07-14 04:57:04", None),  # of another zone for all we know
        ("2024-07-14 04:57:04+00:00", False),
        ("2024-07-14 04:57:04+00:00 by SYSTEM automatically", None),
    ],
)
def test_vrp_by_its_head(updated: str, expected: bool | None) -> None:
    text = f"!Software Version V200R005C10SPC800\n!Last configuration was updated at {updated}\n"
    text += "!Last configuration was saved at 2024-07-14 04:24:36+00:00 by cyberweb\n#\nsysname sw1\n#\nreturn\n"
    assert saved("huawei_vrp", display_current__configuration=text) is expected


@pytest.mark.parametrize(
    ("typed", "prompt", "text"),
    [
        ("display saved-configuration", "<sw1>", COMWARE.format(line=" ip address 10.1.1.1 24\n")),
        ("dis saved", "<sw1>", "!Software Version V200R019C00SPC500\n#\nsysname sw1\n#\naaa\n#\nreturn\n"),
        ("show startup-config", "sw1#", KEPT.format(head="")),
    ],
)
def test_what_was_saved_is_read_where_nothing_else_is_shown(typed: str, prompt: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "session.log"
    path.write_text(f"{prompt}{typed}\n{text}{prompt}\n", encoding="utf-8")
    ((_, found),) = snapshots_from([path], NOW)
    assert isinstance(found, Snapshot)
    identity = found.fact(Identity)
    assert isinstance(identity, Identity)
    assert identity.hostname == "sw1"
    assert isinstance(found.fact(ConfigBackup), Missing)


# -- those that save by themselves -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", True),
        ("    set cfg-save automatic\n", True),
        ("    set cfg-save manual\n", None),
        ("    set cfg-save revert\n", None),
    ],
)
def test_fortios_saves_what_is_changed(line: str, expected: bool | None) -> None:
    text = f'config system global\n    set hostname "fw"\n{line}end\nconfig router static\n    edit 1\n    next\nend\n'
    assert saved("fortinet_fortios", show=text) is expected


@pytest.mark.parametrize(
    ("first", "expected"),
    [("## Last commit: 2024-03-04 11:12:13 CST by admin\n", True), ("## Last changed: 2024-03-04\n", None), ("", True)],
)
def test_junos_commits(first: str, expected: bool | None) -> None:
    text = f"{first}version 18.4R2.7;\nsystem {{\n    host-name sw1;\n}}\ninterfaces {{\n    lo0;\n}}\n"
    assert saved("juniper_junos", show_configuration=text) is expected
