"""What people type: transcripts, scripts without indentation, blanks lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.flat_text import nested, typed, unborne
from collectors.offline import snapshots_from
from collectors.platforms.dialects.views import COMWARE, IOS, VRP
from inventory.facts import Accounts, Interfaces
from inventory.snapshot import Snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SCRIPT = """system-view
sysname GATE
interface GigabitEthernet0/0/1
description to the county office
ip address 10.1.1.1 24
ipv6 enable

aaa
local-user ops password irreversible-cipher Some$Thing1
local-user ops service-type ssh
quit
ospf 1
area 0
network 10.1.1.0 0.0.0.255
quit
quit
ip route-static 0.0.0.0 0 10.1.1.254
user-interface vty 0 4
acl 2000 inbound
idle-timeout 7
protocol inbound ssh
telnet server enable
save
y
"""


def test_views_nest_what_stands_flat() -> None:
    told = nested(SCRIPT, VRP, ("#",)).split("\n")
    assert len(told) == len(SCRIPT.split("\n"))
    assert told[2:6] == [
        "interface GigabitEthernet0/0/1",
        " description to the county office",
        " ip address 10.1.1.1 24",
        " ipv6 enable",
    ]
    assert told[11:16] == ["ospf 1", " area 0", "  network 10.1.1.0 0.0.0.255", "", ""]
    assert told[17:22] == [
        "user-interface vty 0 4",
        " acl 2000 inbound",
        " idle-timeout 7",
        " protocol inbound ssh",
        "telnet server enable",
    ]


def test_a_script_tells_what_it_sets(tmp_path: Path, config_facts: ModuleType) -> None:
    path = tmp_path / "gate.txt"
    path.write_text(SCRIPT)
    found = config_facts.facts_of(path)
    wanted = {
        "telnet_enabled": True,
        "vty_telnet_permitted": False,
        "vty_acl_present": True,
        "idle_timeout_minutes": 7,
        "password_storage": "strong",
        "ipv6_interfaces": 1,
        "default_route": True,
        "snmp_community_present": False,
    }
    assert {name: found[name] for name in wanted} == wanted
    path.write_text(SCRIPT[: SCRIPT.index("save")])  # a person's order says nothing of what may follow
    still = {name for name, value in config_facts.facts_of(path).items() if value is not None}
    assert still == {"telnet_enabled", "vty_acl_present", "default_route"}  # which stand


def test_a_transcript_tells_what_was_typed(tmp_path: Path) -> None:
    path = tmp_path / "ar.log"
    path.write_text(
        "<AR>system-view\nEnter system view, return user view with Ctrl+Z.\n[AR]interface GigabitEthernet 0/0/1\n"
        "[AR-GigabitEthernet0/0/1]ip address 192.0.2.1 24\n[AR-GigabitEthernet0/0/1]quit\n[AR]aaa\n"
        "[AR-aaa]local-user n1 password simple Ten10Ten\nInfo: Add a new user.\n[AR-aaa]return\n<AR>save\ny\n"
    )
    told = next(found for _, found in snapshots_from([path], NOW))
    assert isinstance(told, Snapshot)
    accounts, ports = told.fact(Accounts), told.fact(Interfaces)
    assert isinstance(accounts, Accounts)
    assert isinstance(ports, Interfaces)
    assert [(account.name, account.storage) for account in accounts.items] == [("n1", "plaintext")]
    assert (len(ports.items), ports.evidence.lines) == (1, (3,))
    assert "Ten10Ten" not in repr(told)


def test_what_is_shown_comes_before_what_was_typed(tmp_path: Path, config_facts: ModuleType) -> None:
    """A log that shows the configuration is read by that; one that only shows other things by what was typed in it."""
    typed_lines = "[GW]telnet server enable\n[GW]snmp-agent community read Kept-0ut\n"
    path = tmp_path / "gw.log"
    path.write_text(
        f"{typed_lines}[GW]display current-configuration\n#\n sysname GW\n#\n version 7.1.064, Release 0501\n#\n"
        "line vty 0 63\n authentication-mode scheme\n#\nreturn\n[GW]quit\n<GW>\n"
    )
    found = config_facts.facts_of(path)
    assert (found["telnet_enabled"], found["snmp_community_present"]) == (False, False)
    path.write_text(
        f"<GW>display version\nH3C Comware Software, Version 7.1.064, Release 0501\n{typed_lines}<GW>save\n"
    )
    found = config_facts.facts_of(path)
    assert (found["telnet_enabled"], found["snmp_community_present"]) == (True, True)
    kept: list[str] = []
    list(snapshots_from([path], NOW, lambda text: kept.append(text) or "0" * 64))  # type: ignore[func-returns-value]
    assert kept
    assert "Kept-0ut" not in "".join(kept)


@pytest.mark.parametrize(
    "text",
    [
        "interface Vlanif1\n ip address 192.0.2.1 24\nquit\n",  # indented
        "sysname r1\nip route-static 0.0.0.0 0 192.0.2.1\n",  # no block
        "aaa\nsnmp-agent\n",  # blocks of nothing
        "[V200R003C00]\n#\n sysname r1\n#\nreturn\n",
    ],
)
def test_what_is_indented_or_nests_nothing_stays(text: str) -> None:
    assert nested(text, VRP, ("#",)) == text
    assert typed(text) == text


def test_comware_and_ios_have_blocks_of_their_own() -> None:
    text = "local-user a class manage\npassword simple b\nline vty 0 4\nprotocol inbound ssh\nip http enable\n"
    assert nested(text, COMWARE, ("#",)).split("\n") == [
        "local-user a class manage",
        " password simple b",
        "line vty 0 4",
        " protocol inbound ssh",
        "ip http enable",
        "",
    ]
    text = (
        "interface vlan 2\nip address 192.0.2.1 255.255.255.0\nexit\nline vty 0 4\ntransport input ssh\nntp server x\n"
    )
    assert nested(text, IOS, ("!",)).split("\n") == [
        "interface vlan 2",
        " ip address 192.0.2.1 255.255.255.0",
        "",
        "line vty 0 4",
        " transport input ssh",
        "ntp server x",
        "",
    ]


@given(st.text(alphabet="[]<>#!() \nabinterfaceq", max_size=200))
def test_any_text_keeps_its_lines(text: str) -> None:
    assert typed(text).count("\n") == text.count("\n")
    for views in (VRP, COMWARE, IOS):
        assert nested(text, views, ("#",)).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "borne",
    [
        "[2026-05-06 10:11:12] {line}",
        "[10:11:12.345] {line}",
        "2026-05-06 10:11:12: {line}",
        "{number:6d}: {line}",
        "{number}\t{line}",
        "{number:6d}|{number:6d}|{line}",
        "> {line}",
    ],
)
def test_what_every_line_bears_is_none_of_the_text(borne: str) -> None:
    lines = ["#", "sysname AGG", "#", "", "interface Vlanif10", " ip address 192.0.2.1 24", "return"]
    text = "\n".join(borne.format(number=n, line=line).rstrip() if line else "" for n, line in enumerate(lines, 1))
    assert unborne(text) == "\n".join(lines)
    assert unborne(f"{text}\nend of it") == f"{text}\nend of it"


def test_a_text_of_nothing_but_marks_ends() -> None:
    assert unborne("\n".join(["1|" * 5000] * 3)) == "\n".join(["1|" * 4996] * 3)
