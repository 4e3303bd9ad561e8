"""Hosts over real SSH: OpenSSH on loopback, each program over a channel of its own."""

from __future__ import annotations

import itertools
import shutil
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.budget import FailureBudget
from collectors.by_cli import facts_by_cli
from collectors.hostkeys import KnownHosts
from collectors.platforms.base import Platform, Read, Shell
from collectors.platforms.catalogue import platform
from collectors.sessions import ssh_exec
from collectors.sessions.answers import Answers
from collectors.sessions.ssh import open_cli
from collectors.sessions.ssh_client import OneTryClient, Timeouts
from collectors.sessions.ssh_exec import ExecSession
from inventory.credentials import Login, Secret
from inventory.errors import Gap, LoginRefused, Missing, ReadFailed, Unreachable
from inventory.facts import Hardware, Identity, Interfaces

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_real_host_is_read(sshd, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    session = open_cli("127.0.0.1", sshd.port, sshd.login(), None, budget=budget, known_hosts=known_hosts)
    assert session.platform is not None
    facts = facts_by_cli(session, session.platform, [Identity, Interfaces, Hardware], NOW)
    session.close()
    identity, ports = facts[Identity], facts[Interfaces]
    assert isinstance(identity, Identity)
    assert identity.hostname == Path("/proc/sys/kernel/hostname").read_text().strip()
    assert isinstance(ports, Interfaces)
    assert {port.name for port in ports.items} == {
        path.name for path in Path("/sys/class/net").iterdir() if path.is_dir()
    }


def host_of(*commands: str, as_root: frozenset[str] = frozenset()) -> Platform:
    linux = platform("linux")
    assert linux is not None
    shell = Shell("linux", r"\$", refusals=linux.shell.refusals, absences=linux.shell.absences, by_exec=True,
                  as_root=as_root)  # fmt: skip
    return Platform("a_host", shell, (Read(Identity, commands, lambda *_: Missing(Gap.UNREAD)),))


def test_absence_and_refusal_and_emptiness_differ(sshd, budget, known_hosts: KnownHosts, tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("")
    (tmp_path / "one").write_text("1\n")
    empty, one = f"cat {tmp_path}/empty", f"cat {tmp_path}/one {tmp_path}/two"
    absent, unknown, failing = f"cat {tmp_path}/two", "no-such-program-here --now", "cat /proc/self/mem"
    host = host_of(empty, one, absent, unknown, failing)
    session = open_cli("127.0.0.1", sshd.port, sshd.login(), host, budget=budget, known_hosts=known_hosts)
    assert session.ask(empty).text == ""
    assert session.ask(one).text == "1\n"
    gaps = {}
    for command in (absent, unknown, failing):
        with pytest.raises(ReadFailed) as failed:
            session.ask(command)
        gaps[command] = failed.value.gap
    session.close()
    assert gaps == {absent: Gap.LACKING, unknown: Gap.LACKING, failing: Gap.REFUSED}


def test_program_that_never_ends_is_left(sshd, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    host = host_of("sleep 30", "hostname")
    quick = Timeouts(command_s=0.5)
    session = open_cli(
        "127.0.0.1", sshd.port, sshd.login(), host, budget=budget, known_hosts=known_hosts, timeouts=quick
    )
    with pytest.raises(ReadFailed, match="no end"):
        session.ask("sleep 30")
    assert session.ask("hostname").text.strip()
    session.close()


def test_no_program_is_started_when_the_session_is_over(sshd, budget, known_hosts: KnownHosts, tmp_path: Path) -> None:
    """Nobody would wait for its end, and a server holds only so many that run."""
    mark = f"touch {tmp_path}/started"
    session = open_cli(
        "127.0.0.1", sshd.port, sshd.login(), host_of("hostname", mark), budget=budget, known_hosts=known_hosts,
        timeouts=Timeouts(session_s=1.0),
    )  # fmt: skip
    time.sleep(1.0)
    with pytest.raises(Unreachable, match="not asked: the session's 1 s were over"):
        session.ask(mark)
    session.close()
    assert not (tmp_path / "started").exists()


@pytest.mark.skipif(shutil.which("sudo") is None, reason="needs sudo")
def test_sudo_that_is_slow_to_refuse_is_asked_once(sshd, budget, known_hosts, tmp_path: Path, monkeypatch) -> None:
    """Where no name server answers, sudo looks long for the host's own name before it says no."""
    monkeypatch.setattr(ssh_exec, "_SLOW_S", 0.0)
    asked = [f"sh -c 'echo {n} ${{SUDO_USER:+raised}} >> {tmp_path}/log; cat {tmp_path}'" for n in (1, 2)]
    client = OneTryClient(sshd.login(), budget, known_hosts, Timeouts())
    client.connect("127.0.0.1", sshd.port)
    session = ExecSession(client, host_of(*asked, as_root=frozenset(asked)), Answers(), Timeouts(), is_root=False)
    for command in asked:
        with pytest.raises(ReadFailed, match="Is a directory"):
            session.ask(command)
    session.close()
    assert (tmp_path / "log").read_text().split() == ["1", "1", "raised", "2"]


def test_output_without_end_is_cut(sshd, budget, known_hosts: KnownHosts, monkeypatch) -> None:
    monkeypatch.setattr(ssh_exec, "LARGEST", 100_000)
    session = open_cli("127.0.0.1", sshd.port, sshd.login(), host_of("yes"), budget=budget, known_hosts=known_hosts)
    with pytest.raises(ReadFailed, match="more than 100000"):
        session.ask("yes")
    session.close()


def _offer() -> bytes:
    """A packet whose names of algorithms are no text."""
    offer = b"\x14" + bytes(16) + b"\0\0\0\x02\xff\x1b" * 10 + bytes(5)
    padding = 8 - (len(offer) + 5) % 8 + 8
    return struct.pack(">IB", len(offer) + padding + 1, padding) + offer + bytes(padding)


@pytest.mark.parametrize(
    ("packet", "why"),
    [
        (_offer(), "UnicodeDecodeError"),
        (struct.pack(">IB", 2**32 - 4, 8) + bytes(64), "a packet of 4294967288 octets"),
    ],
)
def test_server_that_answers_nonsense_is_no_ssh_server(
    budget, known_hosts: KnownHosts, packet: bytes, why: str
) -> None:
    """What it makes the library raise, in whose thread ever, is the server's fault."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as beside:

        def answer() -> None:
            with server.accept()[0] as line:
                line.sendall(b"SSH-2.0-x\r\n" + packet)
                line.recv(65536)

        beside.submit(answer)
        login = Login("x", username="x", password=Secret("not-a-secret"))
        client = OneTryClient(login, budget, known_hosts, Timeouts())
        with pytest.raises(Unreachable, match=f"no SSH session: {why}"):
            client.connect("127.0.0.1", server.getsockname()[1])


def test_wrong_password_names_the_login_and_not_the_word(sshd, budget, known_hosts: KnownHosts) -> None:
    with pytest.raises(LoginRefused) as refused:
        open_cli("127.0.0.1", sshd.port, sshd.wrong_login(), None, budget=budget, known_hosts=known_hosts)
    assert "wrong" in refused.value.why
    chain = itertools.chain([refused.value], [refused.value.__cause__] if refused.value.__cause__ else [])
    assert all("not-the-password" not in repr(error) for error in chain)
    assert sshd.failures() == 1


def test_no_agent_or_key_of_this_machine_is_used(sshd, budget, known_hosts, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519").write_bytes(sshd.key.read_bytes())
    monkeypatch.setenv("HOME", str(tmp_path))
    login = Login("wrong", username=sshd.login().username, password=Secret("not-the-password"))
    with pytest.raises(LoginRefused):
        open_cli("127.0.0.1", sshd.port, login, None, budget=budget, known_hosts=known_hosts)
    assert "Accepted" not in sshd.log.read_text()
    assert "publickey" not in sshd.log.read_text()


@pytest.mark.parametrize(
    "sshd",
    [
        "KexAlgorithms curve25519-sha256\n",
        "KexAlgorithms diffie-hellman-group14-sha1\nHostKeyAlgorithms ssh-rsa\n",
        "KexAlgorithms diffie-hellman-group1-sha1\nHostKeyAlgorithms ssh-rsa\nCiphers aes128-cbc\nMACs hmac-sha1\n",
    ],
    ids=["RFC 8731", "group 14 with SHA-1", "group 1 with SHA-1"],
    indirect=True,
)
def test_modern_and_old_servers_are_spoken_with(sshd, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    for _ in range(2):  # the recorded key is found again
        host = host_of("hostname")
        session = open_cli("127.0.0.1", sshd.port, sshd.login(), host, budget=budget, known_hosts=known_hosts)
        assert session.ask("hostname").text.strip()
        session.close()


def test_rights_are_raised_only_for_listed_commands(sshd, budget, known_hosts: KnownHosts, tmp_path: Path) -> None:
    """Without sudo, or where it may not, the command stays refused, for the reason it was refused at first."""
    may = shutil.which("sudo") is not None
    listed, other = "cat /proc/self/mem", f"cat {tmp_path}"
    host = host_of(listed, other, as_root=frozenset({listed}))
    assert "sudo -n cat /proc/self/mem" in host.commands
    assert f"sudo -n {other}" not in host.commands
    client = OneTryClient(sshd.login(), budget, known_hosts, Timeouts())
    client.connect("127.0.0.1", sshd.port)
    session = ExecSession(client, host, Answers(), Timeouts(), is_root=False)
    for command in (listed, other):
        with pytest.raises(ReadFailed) as refused:
            session.ask(command)
        assert refused.value.gap is Gap.REFUSED
        assert may or "sudo" not in refused.value.why
    session.close()
