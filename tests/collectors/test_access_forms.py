"""Who gets in, as configurations of every generation write it: methods that come to none, levels, management ports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collectors.offline import snapshots_from
from collectors.platforms.catalogue import platform
from inventory.facts import Accounts, Identity, ManagementPlane, Privileges, RemoteAccess
from inventory.snapshot import Snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Told = Callable[[str, str, type[Any]], Any]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    """Reads a fact out of a text of a platform."""

    def read(name: str, text: str, kind: type[Any]) -> Any:
        path = tmp_path / "device.cfg"
        path.write_text(text, encoding="utf-8")
        ((_, found),) = snapshots_from([path], NOW, platform=platform(name))
        assert isinstance(found, Snapshot)
        fact = found.fact(kind)
        assert isinstance(fact, kind), fact
        return fact

    return read


VRP_AAA = """sysname r1
#
aaa
 authentication-scheme default
  authentication-mode {default}
 authentication-scheme people
  authentication-mode {people}
 domain default
  authentication-scheme people
 domain default_admin
  {domain}
#
interface GigabitEthernet0/0/1
#
user-interface con 0
 authentication-mode password
user-interface vty 0 4
 authentication-mode aaa
#
return
"""


@pytest.mark.parametrize(
    ("default", "people", "domain", "expected"),
    [
        ("hwtacacs local", "none", "accounting-scheme default", ("aaa", None)),
        ("hwtacacs none", "local", "accounting-scheme default", ("aaa", True)),
        ("none", "local", "accounting-scheme default", ("none", None)),
        ("local", "hwtacacs none", "authentication-scheme people", ("aaa", True)),
        ("none", "hwtacacs local", "authentication-scheme people", ("aaa", None)),
    ],
)
def test_vrp_methods_of_administrators(told: Told, default: str, people: str, domain: str, expected: object) -> None:
    text = VRP_AAA.format(default=default, people=people, domain=domain)
    console, remote = told("huawei_vrp", text, RemoteAccess).lines
    assert (console.authentication, console.open_when_down) == ("password", None)
    assert (remote.authentication, remote.open_when_down) == expected


@pytest.mark.parametrize(
    ("release", "console_s", "remote_s"),
    [("V200R019C10", 600, 600), ("V600R022C00", 300, 600), ("V800R021C10", 600, 600)],
)
def test_vrp_sessions_of_the_console_end_by_the_release(
    told: Told, release: str, console_s: int, remote_s: int
) -> None:
    text = f"!Software Version {release}SPC500\n#\n" + VRP_AAA.format(default="local", people="local", domain="")
    console, remote = told("huawei_vrp", text, RemoteAccess).lines
    assert (console.idle_timeout_s, remote.idle_timeout_s) == (console_s, remote_s)


@pytest.mark.parametrize(
    ("methods", "expected"),
    [
        ("hwtacacs-scheme gov local", ("aaa", None)),
        ("hwtacacs-scheme gov local none", ("aaa", True)),
        ("none", ("none", None)),
    ],
)
def test_comware_methods_of_administrators(told: Told, methods: str, expected: object) -> None:
    text = f"""#
 version 7.1.070, Release 6635
#
line vty 0 63
 authentication-mode scheme
#
domain gov
 authentication login {methods}
#
domain system
#
 domain default enable gov
#
return
"""
    (line,) = told("h3c_comware", text, RemoteAccess).lines
    assert (line.authentication, line.open_when_down) == expected


@pytest.mark.parametrize(
    ("platform_name", "methods", "expected"),
    [
        ("cisco_ios", "group tacacs+ local", ("aaa", None)),
        ("cisco_ios", "group tacacs+ none", ("aaa", True)),
        ("cisco_ios", "none", ("none", None)),
        ("cisco_ios", "enable", ("password", None)),
        ("ruijie_rgos", "group tacacs+ none", ("aaa", True)),
    ],
)
def test_methods_of_ios(told: Told, platform_name: str, methods: str, expected: object) -> None:
    text = f"version 15.2\nhostname r1\naaa new-model\naaa authentication login default {methods}\nline vty 0 4\nend\n"
    (line,) = told(platform_name, text, RemoteAccess).lines
    assert (line.authentication, line.open_when_down) == expected


def test_nxos_methods(told: Told) -> None:
    text = "version 9.3(8) Bios:version 05.42\nhostname n1\naaa authentication login default group gov none\n"
    console, remote = told(
        "cisco_nxos", text + "interface mgmt0\nline console\nline vty\nrouter bgp 1\n", RemoteAccess
    ).lines
    assert (console.open_when_down, remote.open_when_down) == (None, True)
    assert remote.authentication == "aaa"


@pytest.mark.parametrize("name", ["huawei_vrp", "h3c_comware"])
@pytest.mark.parametrize("sysname", ["Core 1", '"Core 1"'])
def test_names_of_several_words(told: Told, name: str, sysname: str) -> None:
    text = f"#\nsysname {sysname}\n#\ninterface GigabitEthernet1/0/1\n#\nreturn\n"
    assert told(name, text, Identity).hostname == "Core 1"


def test_levels_of_vrp_8(told: Told) -> None:
    """A level stands behind the name, the policy of passwords is no user, and a block after failures is none yet."""
    text = """!Software Version V200R019C10SPC800
#
aaa
 undo local-user policy security-enhance
 local-user policy password change
 local-user ops password irreversible-cipher $1c$xyz$
 local-user ops service-type ssh
 local-user ops level 3
 local-user ops state block fail-times 3 interval 5
 local-user old password irreversible-cipher $1c$xyz$
 local-user old state block
#
interface 10GE1/0/1
#
user-interface vty 0 4
 authentication-mode aaa
#
return
"""
    accounts = told("huawei_vrp", text, Accounts).items
    assert [(a.name, a.level, a.locked) for a in accounts] == [("ops", "3", False), ("old", None, True)]
    assert "top" in [a.rank for a in told("huawei_vrp", text, Privileges).administrators]


def test_levels_of_comware_5(told: Told) -> None:
    users = "".join(f"local-user u{n}\n password simple x\n authorization-attribute level {n}\n#\n" for n in range(4))
    text = (
        f"#\n version 5.20, Release 2108P02\n#\n{users}user-interface vty 0 4\n authentication-mode scheme\n#\nreturn\n"
    )
    ranks = [a.rank for a in told("h3c_comware", text, Privileges).administrators]
    assert ranks == ["auditor", "auditor", "operator", "top"]


FIREWALLS = {
    "huawei_vrp": """sysname fw
#
interface GigabitEthernet0/0/0
 ip binding vpn-instance default
 ip address 192.168.0.1 255.255.255.0
#
interface GigabitEthernet1/0/0
 ip address 203.0.113.2 255.255.255.0
#
snmp-agent group v3 ops {level}
#
 nat server web protocol tcp global 203.0.113.9 {port} inside 10.1.1.9 {port} no-reverse
#
return
""",
    "h3c_comware": """#
 version 7.1.064, Release 9360
#
interface GigabitEthernet1/0/0
 ip address 192.168.0.1 24
#
interface GigabitEthernet1/0/1
 nat server protocol tcp global 203.0.113.9 {port} inside 10.1.1.9 {port}
#
security-zone name Management
 import interface GigabitEthernet1/0/0
#
 snmp-agent group v3 ops {level}
#
return
""",
}


@pytest.mark.parametrize("name", sorted(FIREWALLS))
def test_how_a_firewall_is_managed(told: Told, name: str) -> None:
    plane = told(name, FIREWALLS[name].format(level="privacy", port="443"), ManagementPlane)
    assert (len(plane.own), plane.published, "snmp-v3" in plane.secured) == (1, (), True)
    plane = told(name, FIREWALLS[name].format(level="authentication", port="22"), ManagementPlane)
    assert (plane.published, "snmp-v3" in plane.secured) == (("203.0.113.9 22",), False)
