"""Devices out of captured files."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.base import Oid
from collectors.by_cli import facts_by_cli
from collectors.offline import snapshots_from
from collectors.platforms.catalogue import platform
from collectors.sessions.replay import answers_in_log, full_command, open_replay
from collectors.sessions.replay_snmp import ReplaySnmp, looks_like_walk, recorded
from inventory.errors import Gap, Missing, ReadFailed, Unreachable
from inventory.facts import Identity, OperatingSystem, RoutingProtocol, RoutingProtocols, SystemGroup
from inventory.snapshot import Snapshot
from inventory.targets import Target

NOW = datetime(2026, 1, 1, tzinfo=UTC)
R1 = Target("r1", ip_address("192.0.2.1"))
FRR = "frr version 9.1\nfrr defaults traditional\nhostname r1\n!\nrouter ospf6\nexit\n!\nend\n"
OS_RELEASE = 'ID="openEuler"\nVERSION_ID="22.03"\nPRETTY_NAME="openEuler 22.03"\n'
WALK = (
    ".1.3.6.1.2.1.1.1.0 = STRING: \"Linux r1\nsecond \\\"line\\\"\"\n"
    ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.8072.3.2.10\n"
    ".1.3.6.1.2.1.1.3.0 = Timeticks: (8000) 0:01:20.00\n"
    ".1.3.6.1.2.1.1.5.0 = STRING: r1\n"
    ".1.3.6.1.2.1.2.2.1.6.2 = Hex-STRING: AA BB CC 00 11 22 \n"
    ".1.3.6.1.2.1.2.2.1.8.2 = INTEGER: up(1)\n"
    ".1.3.6.1.2.1.4.20.1.1.192.0.2.1 = IpAddress: 192.0.2.1\n"
    ".1.3.6.1.2.1.1.4.0 = \"\"\n"
    ".1.3.6.1.2.1.1.9.0 = No Such Object available on this agent at this OID\n"
)  # fmt: skip
REC = (
    "1.3.6.1.2.1.1.1.0|4|Linux r1\n1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.8072.3.2.10\n1.3.6.1.2.1.1.3.0|67|8000\n"
    "1.3.6.1.2.1.2.2.1.6.2|4x|aabbcc001122\n1.3.6.1.2.1.4.20.1.1.192.0.2.1|64|192.0.2.1\nnot a line\n"
    "1.3.6.1.2.1.1.99999999999.0|2|1\n1.3.6.1.2.1.1.8.0|2|one\n" + f"1.3.6.1.2.1.1.9.0|{'2' * 5000}|1\n"
)


def system(folder: Path, target: Target = R1) -> OperatingSystem | Missing:
    session = open_replay(folder, target).cli
    assert session is not None
    assert session.platform is not None
    found = facts_by_cli(session, session.platform, [OperatingSystem], NOW)[OperatingSystem]
    assert isinstance(found, OperatingSystem | Missing)
    return found


@pytest.mark.parametrize(
    "files",
    [
        {"r1/cat_etc_os-release.txt": OS_RELEASE},
        {"192.0.2.1/CAT _etc_os-release.log": OS_RELEASE},
        {"r1.log": f"[ops@r1 ~]$ cat /etc/os-release\n{OS_RELEASE}[ops@r1 ~]$ exit\n"},
        {"r1/any name.txt": f"ops@r1:~$ cat   /etc/os-release\r\n{OS_RELEASE}ops@r1:~$ w\n 9:00 up 1 day\nops@r1:~$ "},
        {"192.0.2.1.txt": f"\x1b[32mops@r1:~$\x1b[0m sudo cat /etc/os-release\n{OS_RELEASE}ops@r1:~$ \n"},
    ],
    ids=["file a command", "by address", "log", "log of any name", "coloured log"],
)
def test_layouts(tmp_path: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert system(tmp_path) == OperatingSystem("openEuler", "22.03", None, None)


def test_configuration_file_answers_the_command_that_shows_it(tmp_path: Path) -> None:
    (tmp_path / "r1.conf").write_text(FRR)
    session = open_replay(tmp_path, R1).cli
    assert session is not None
    assert session.platform is platform("frr")
    facts = facts_by_cli(session, session.platform, [RoutingProtocols, Identity], NOW)
    assert facts[RoutingProtocols] == RoutingProtocols((RoutingProtocol("ospfv3", frozenset({6}), False, None),))
    identity = facts[Identity]
    assert isinstance(identity, Identity)
    assert (identity.hostname, identity.release) == ("r1", "FRR 9.1")


def test_a_refusal_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "r1.txt").write_text("% Authorization failed.\n")
    refused = open_replay(tmp_path, R1).refused
    assert refused is not None
    assert refused.gap is Gap.REFUSED
    assert "Authorization failed" in refused.why
    (tmp_path / "r1.txt").write_text(FRR)
    assert open_replay(tmp_path, R1).refused is None


def test_declared_platform_wins(tmp_path: Path) -> None:
    (tmp_path / "r1.log").write_text(f"ops@r1:~$ cat /etc/os-release\n{OS_RELEASE}")
    session = open_replay(tmp_path, Target("r1", R1.address, platform="frr")).cli
    assert session is not None
    assert session.platform is platform("frr")


def test_target_without_captures_is_unreachable(tmp_path: Path) -> None:
    for target in (R1, Target("../r1", R1.address), Target(".", R1.address)):
        with pytest.raises(Unreachable, match="no captures"):
            open_replay(tmp_path, target)


def test_only_listed_commands_are_answered(tmp_path: Path) -> None:
    (tmp_path / "r1.log").write_text(f"ops@r1:~$ cat /etc/os-release\n{OS_RELEASE}ops@r1:~$ reboot\nno\n")
    session = open_replay(tmp_path, R1).cli
    assert session is not None
    with pytest.raises(ValueError, match="no command"):
        session.ask("reboot")
    with pytest.raises(ReadFailed) as absent:
        session.ask("hostname")
    assert absent.value.gap is Gap.UNREAD


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("ip -j -6 route show", "ip -j -6 route show"),
        ("ip -j -6 ro sh", "ip -j -6 route show"),
        ("show ip ospf neighbor json", 'vtysh -c "show ip ospf neighbor json"'),
        ("sh run", 'vtysh -c "show running-config"'),
        ("sudo /usr/sbin/sshd -T", "/usr/sbin/sshd -T"),
        ("show", None),
        ("", None),
    ],
)
def test_shortened_commands(typed: str, command: str | None) -> None:
    chosen = platform("frr")
    assert chosen is not None
    assert full_command(typed, chosen) == command


def test_log_is_split_at_its_own_prompts_only() -> None:
    chosen = platform("linux")
    assert chosen is not None
    log = "r1# hostname\nr1\n<other>\nx# hostname\n[section]\nr1# w\nnoise\nr1# uname -srm\nLinux 1 x\n"
    # the text between them speaks of prompts as well; a second machine's prompt that takes commands is one
    assert answers_in_log(log, chosen) == {"hostname": "[section]\n", "uname -srm": "Linux 1 x\n"}


# -- SNMP recordings ----------------------------------------------------------------------------------------------


def test_walk_of_net_snmp_is_read() -> None:
    rows = {".".join(map(str, oid)): value for oid, value in recorded(WALK.encode())}
    assert rows["1.3.6.1.2.1.1.1.0"] == b'Linux r1\nsecond "line"'
    assert rows["1.3.6.1.2.1.1.2.0"] == Oid("1.3.6.1.4.1.8072.3.2.10")
    assert rows["1.3.6.1.2.1.1.3.0"] == 8000
    assert rows["1.3.6.1.2.1.2.2.1.6.2"] == bytes.fromhex("aabbcc001122")
    assert rows["1.3.6.1.2.1.2.2.1.8.2"] == 1
    assert rows["1.3.6.1.2.1.4.20.1.1.192.0.2.1"] == IPv4Address("192.0.2.1")
    assert rows["1.3.6.1.2.1.1.4.0"] == b""
    assert rows["1.3.6.1.2.1.1.9.0"] is None


def test_snmprec_is_read_and_bad_lines_passed_over() -> None:
    agent = ReplaySnmp(recorded(REC.encode()))
    assert agent.get(["1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.8.0"]) == {
        "1.3.6.1.2.1.1.3.0": 8000,
        "1.3.6.1.2.1.1.8.0": None,
    }
    assert [oid for oid, _ in agent.walk("1.3.6.1.2.1.1")] == [f"1.3.6.1.2.1.1.{n}.0" for n in (1, 2, 3)]
    assert list(agent.walk("1.3.6.1.2.1.1.3.0")) == []


@pytest.mark.parametrize(("name", "text"), [("r1.snmprec", REC), ("r1.snmpwalk", WALK), ("r1.txt", WALK)])
def test_recording_plays_an_agent(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    sessions = open_replay(tmp_path, R1)
    assert sessions.cli is None
    assert sessions.snmp is not None
    assert sessions.snmp.engine == "replay"
    assert sessions.snmp.get(["1.3.6.1.2.1.1.3.0"]) == {"1.3.6.1.2.1.1.3.0": 8000}


@settings(suppress_health_check=list(HealthCheck))
@given(octets=st.binary(max_size=300))
def test_any_bytes_are_a_recording_or_none(octets: bytes) -> None:
    looks_like_walk(octets)
    list(ReplaySnmp(recorded(b"1.3.6.1|" + octets + WALK.encode() + octets)).walk("1.3"))


# -- without targets ----------------------------------------------------------------------------------------------


def test_snapshots_from_files(tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "r1.conf").write_text(FRR)
    (tmp_path / "configs" / "cut.conf").write_text("Current configuration:\n!\n" + FRR[:60])
    (tmp_path / "configs" / "empty.cfg").write_text("")
    (tmp_path / "configs" / "noise.txt").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "cat_etc_os-release.txt").write_bytes(OS_RELEASE.encode("gb18030"))
    (tmp_path / "host" / "hostname.txt").write_text("host-7\n")
    (tmp_path / "agent.snmpwalk").write_text(WALK)
    found = dict(snapshots_from([tmp_path, tmp_path / "nowhere"], NOW))
    names = {Path(path).name: found[path] for path in found}
    host, agent, router = names["host"], names["agent.snmpwalk"], names["r1.conf"]
    assert isinstance(host, Snapshot)
    assert (host.record.target, host.record.platform) == ("host-7", "linux")
    assert isinstance(agent, Snapshot)
    assert isinstance(agent.fact(SystemGroup), SystemGroup)
    assert isinstance(router, Snapshot)
    assert isinstance(router.fact(RoutingProtocols), RoutingProtocols)
    cut = names["cut.conf"]
    assert isinstance(cut, Snapshot)
    assert cut.fact(RoutingProtocols) == Missing(
        Gap.UNPARSED, 'vtysh -c "show running-config": the configuration is cut: its last block is not closed'
    )
    for name in ("empty.cfg", "noise.txt", "nowhere"):
        assert isinstance(names[name], Missing), name
