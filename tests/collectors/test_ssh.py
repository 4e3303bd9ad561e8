"""Terminals over real SSH: the simulated county's, and some that misbehave."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

import asyncssh
import pytest

from collectors.budget import FailureBudget
from collectors.by_cli import facts_by_cli
from collectors.hostkeys import KnownHosts
from collectors.platforms.base import Dialect, Platform, Read, Shell
from collectors.sessions import ssh
from collectors.sessions.ssh import open_cli
from collectors.sessions.ssh_client import Timeouts
from inventory.credentials import Login, Logins, Secret
from inventory.errors import Gap, Missing, ReadFailed, Unreachable
from inventory.facts import Identity, SshServer
from inventory.targets import Target
from playbooks.demo.running import DemoCounty

NOW = datetime(2026, 1, 1, tzinfo=UTC)
COMMANDS = (
    "display version",
    "display current-configuration",
    "display interface brief",
    "display lldp neighbor",
    "display esn",
)


def a_switch(paging_off: str = "screen-length 0 temporary", *more: str) -> Platform:
    """A VRP-like platform of this test's own, so that no other file decides what is sent."""
    read = Read(Identity, (*COMMANDS, "display nonsense", *more), lambda *_: Missing(Gap.UNREAD))
    shell = Shell("huawei_vrp", r"<[^<>\s]+>", paging_off, refusals=(r"Error: ?Unrecognized",))
    dialect = Dialect((), ("#",), "return$", (r"(?:irreversible-)?cipher (?P<secret>\S+)",))
    return Platform("a_switch", shell, (read,), dialect)


# -- the simulated county: terminals ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoCounty]:
    with DemoCounty(villages=2) as running:
        yield running


def target(demo: DemoCounty, name: str) -> Target:
    return next(t for t in demo.targets() if t.name == name)


def opened(demo: DemoCounty, name: str, on: Platform | None, budget: FailureBudget, known_hosts: KnownHosts, **more):
    asked = target(demo, name)
    login = Logins(demo.environment()).login(asked.login)
    return open_cli(str(asked.address), asked.ssh_port, login, on, budget=budget, known_hosts=known_hosts, **more)


def test_five_commands_take_a_fraction_of_a_second(demo, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    opened(demo, "core-1", a_switch(), budget, known_hosts).close()  # scrypt and imports are paid once a process
    began = time.monotonic()
    session = opened(demo, "core-1", a_switch(), budget, known_hosts)
    texts = [session.ask(command).text for command in COMMANDS]
    session.close()
    assert time.monotonic() - began < 1.0
    assert all(texts)
    assert texts[1].startswith("!Software Version")
    assert texts[1].endswith("#\nreturn\n")


def test_pages_are_turned_where_paging_stays_on(demo, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    plain = opened(demo, "core-1", a_switch(), budget, known_hosts)
    paged = opened(demo, "core-1", a_switch(""), budget, known_hosts)
    for command in COMMANDS[1:4]:
        assert paged.ask(command).text == plain.ask(command).text
    assert "more" not in paged.ask(COMMANDS[1]).text.lower()
    plain.close()
    paged.close()


def test_refusal_is_no_answer(demo, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    session = opened(demo, "core-1", a_switch(), budget, known_hosts)
    with pytest.raises(ReadFailed, match="Unrecognized") as refused:
        session.ask("display nonsense")
    assert refused.value.gap is Gap.REFUSED
    assert session.ask("display esn").text.startswith("ESN of device: ")
    session.close()


@pytest.mark.parametrize("command", ["system-view", "reboot", "display clock", "save"])
def test_only_listed_commands_are_sent(demo, budget: FailureBudget, known_hosts: KnownHosts, command: str) -> None:
    session = opened(demo, "core-1", a_switch(), budget, known_hosts)
    with pytest.raises(ValueError, match="no command of"):
        session.ask(command)
    session.close()


def test_raw_answers_are_kept_masked(demo, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"sha-{len(kept)}"

    session = opened(demo, "core-1", a_switch(), budget, known_hosts, keep=keep)
    answer = session.ask("display current-configuration")
    session.close()
    assert (answer.sha256, kept) == ("sha-1", [answer.text])
    assert "irreversible-cipher ***" in answer.text
    assert "$1c$" not in answer.text


def test_linux_server_is_recognised_and_read(demo, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    session = opened(demo, "srv-04", None, budget, known_hosts)
    assert session.platform is not None
    assert session.platform.name == "linux"
    kinds = list(dict.fromkeys(read.fact for read in session.platform.reads))
    facts = facts_by_cli(session, session.platform, kinds, NOW)
    session.close()
    # A machine may run neither systemd nor keepalived, nor have tc.
    missing = {kind.__name__: fact for kind, fact in facts.items() if isinstance(fact, Missing)}
    assert set(missing) <= {"RunningServices", "RateLimits", "VirtualGateways"}, missing
    server = facts[SshServer]
    assert isinstance(server, SshServer)
    assert server.permit_root_login == "yes"
    assert server.evidence.taken_at == NOW
    assert "permitrootlogin yes" in server.evidence.excerpt


def test_device_of_no_known_platform_stays_without(demo, budget: FailureBudget, known_hosts, monkeypatch) -> None:
    monkeypatch.setattr(ssh, "recognised", lambda _text: None)
    session = opened(demo, "core-1", None, budget, known_hosts)
    assert session.platform is None
    with pytest.raises(ValueError, match="no platform"):
        session.ask("display version")
    session.close()


# -- terminals that misbehave: a real SSH server with a script for each ---------------------------------------------

Script = list[tuple[str, bytes]]  # what must have been typed since, and what is shown then


class Terminals(asyncssh.SSHServer):
    """Lets anybody in."""

    connections: list[asyncssh.SSHServerConnection] = []  # noqa: RUF012 - of all servers of a test

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.connections.append(conn)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return True


@pytest.fixture
def terminal() -> Iterator[type]:
    """Starts servers that play a script on every terminal; what was typed is in ``typed``."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers: list[asyncssh.SSHAcceptor] = []

    class Player:
        typed: list[str] = []  # noqa: RUF012 - one server a test

        @classmethod
        def play(
            cls, script: Script, *, hang_up: bool = False, pauses_s: Mapping[int, float] = MappingProxyType({})
        ) -> int:
            async def run(process: asyncssh.SSHServerProcess[bytes]) -> None:
                for number, (awaited, shown) in enumerate(script):
                    await asyncio.sleep(pauses_s.get(number, 0))
                    seen = b""
                    while awaited.encode() not in seen:
                        piece = await process.stdin.read(1)
                        if not piece:
                            return
                        seen += piece
                    cls.typed.append(seen.decode())
                    process.stdout.write(shown)
                    await process.stdout.drain()
                if hang_up:
                    process.exit(0)
                await process.stdin.read()

            async def start() -> asyncssh.SSHAcceptor:
                return await asyncssh.listen(
                    "127.0.0.1", 0, server_factory=Terminals, process_factory=run, encoding=None, line_editor=False,
                    server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
                )  # fmt: skip

            servers.append(asyncio.run_coroutine_threadsafe(start(), loop).result(10))
            return servers[-1].get_port()

    yield Player

    async def stop() -> None:
        for server in servers:
            server.close()
            await server.wait_closed()
        while Terminals.connections:
            connection = Terminals.connections.pop()
            connection.abort()
            await connection.wait_closed()
        while len(asyncio.all_tasks()) > 1:
            await asyncio.sleep(0.01)

    asyncio.run_coroutine_threadsafe(stop(), loop).result(20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


LOGIN = Login("field", username="audit", password=Secret("Terminal-Secret-1"))
QUICK = Timeouts(login_s=6.0, command_s=1.5, total_s=4.0)


def on_terminal(port: int, budget: FailureBudget, known_hosts: KnownHosts, timeouts: Timeouts = QUICK):
    return open_cli("127.0.0.1", port, LOGIN, a_switch(""), budget=budget, known_hosts=known_hosts, timeouts=timeouts)


def test_question_after_the_login_is_declined(terminal, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    """Some systems offer to change the password or to write the configuration: neither is done."""
    port = terminal.play(
        [
            ("", b"\r\nWarning: The initial password poses security risks.\r\nThe password needs to be changed."),
            ("", b" Change now? [Y/N]:"),
            ("N", b"\r\nPress ENTER to continue"),
            ("\n", b"\r\n<sw-1>"),
            ("display esn", b"display esn\r\nESN: 1\r\n<sw-1>"),
        ]
    )
    session = on_terminal(port, budget, known_hosts)
    assert session.ask("display esn").text == "ESN: 1\n"
    session.close()
    assert not any("Y" in keys for keys in terminal.typed)


def test_gbk_and_erasing_and_wrapped_marks(terminal, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    erase = b"\x1b[16D" + b" " * 16 + b"\x1b[16D"
    answer = b"display version\r\n" + "位置 机房".encode("gb18030") + b"\r\n  ---- More ----"
    rest = erase + b" second\r\n--More--"
    last = b"\r        \r third\r\n<sw-1>"
    port = terminal.play([("", b"<sw-1>"), ("display version\n", answer), (" ", rest), (" ", last)])
    session = on_terminal(port, budget, known_hosts)
    assert session.ask("display version").text == "位置 机房\n second\n third\n"
    session.close()


def test_text_that_looks_like_a_prompt_is_not_the_end(terminal, budget, known_hosts: KnownHosts) -> None:
    port = terminal.play([("", b"<sw-1>"), ("display version\n", b"\r\n<other>"), ("", b"\r\nlast line\r\n<sw-1>")])
    session = on_terminal(port, budget, known_hosts)
    assert session.ask("display version").text == "<other>\nlast line\n"
    session.close()


def test_prompt_that_changes_is_found_after_a_silence(terminal, budget, known_hosts: KnownHosts) -> None:
    """A pair of firewalls changes its prompt when the other one takes over."""
    port = terminal.play([("", b"<sw-1>"), ("display esn\n", b"ESN: 1\r\n<sw-2>")])
    session = on_terminal(port, budget, known_hosts)
    assert session.ask("display esn").text == "ESN: 1\n"
    session.close()


@pytest.mark.parametrize(
    ("script", "hang_up", "error"),
    [
        ([("", b"<sw-1>"), ("display esn\n", b"half an ans")], False, Unreachable),
        ([("", b"<sw-1>"), ("display esn\n", b"half an ans")], True, Unreachable),
    ],
    ids=["falls silent", "hangs up"],
)
def test_half_an_answer_is_none(
    terminal, budget, known_hosts, script: Script, hang_up: bool, error: type[Exception]
) -> None:
    session = on_terminal(terminal.play(script, hang_up=hang_up), budget, known_hosts)
    with pytest.raises(error):
        session.ask("display esn")
    session.close()


def test_late_answer_is_not_taken_for_the_next_one(terminal, budget, known_hosts: KnownHosts) -> None:
    """What came too late is read past; the command after it waits until it has come."""
    script: Script = [("", b"<sw-1>"), ("display version\n", b"half an ans"), ("", b"wer\r\n<sw-1>")]
    port = terminal.play([*script, ("display esn\n", b"display esn\r\nESN: 1\r\n<sw-1>")], pauses_s={2: 2.5})
    session = on_terminal(port, budget, known_hosts)
    with pytest.raises(Unreachable):
        session.ask("display version")
    assert session.ask("display esn").text == "ESN: 1\n"
    session.close()


def test_nothing_is_typed_after_a_silence_that_does_not_end(terminal, budget, known_hosts: KnownHosts) -> None:
    port = terminal.play([("", b"<sw-1>"), ("display version\n", b"half an ans"), ("display esn\n", b"1\r\n<sw-1>")])
    session = on_terminal(port, budget, known_hosts)
    for command in ("display version", "display esn"):
        with pytest.raises(Unreachable, match="silent"):
            session.ask(command)
    session.close()
    assert terminal.typed == ["", "display version\n"]


def test_nothing_is_typed_when_the_session_is_over(terminal, budget, known_hosts: KnownHosts) -> None:
    port = terminal.play([("", b"<sw-1>"), ("display esn\n", b"ESN: 1\r\n<sw-1>")])
    session = on_terminal(port, budget, known_hosts, timeouts=replace(QUICK, session_s=1.0))
    time.sleep(1.0)
    with pytest.raises(Unreachable, match="not asked: the session's 1 s were over"):
        session.ask("display esn")
    session.close()
    assert terminal.typed == [""]


def test_device_without_a_prompt_of_the_platform(terminal, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    port = terminal.play([("", b"login menu: choose 1-9"), ("\n", b"\r\nchoose 1-9: ")])
    with pytest.raises(ReadFailed, match="no prompt: the last line is 'choose 1-9:'"):
        on_terminal(port, budget, known_hosts)


def test_answer_without_end_is_cut(terminal, budget, known_hosts, monkeypatch) -> None:
    monkeypatch.setattr(ssh, "LARGEST", 100_000)
    port = terminal.play([("", b"<sw-1>"), ("display version\n", b"x" * 300_000)])
    session = on_terminal(port, budget, known_hosts)
    with pytest.raises(ReadFailed, match="more than 100000 octets"):
        session.ask("display version")
    session.close()


def test_login_word_that_a_device_repeats_is_masked(terminal, budget, known_hosts, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    port = terminal.play([("", b"<sw-1>"), ("display esn\n", b"Terminal-Secret-1 is your word\r\n<sw-1>")])
    session = on_terminal(port, budget, known_hosts)
    assert session.ask("display esn").text == "*** is your word\n"
    session.close()
    assert "Terminal-Secret-1" not in caplog.text


def test_unknown_device_is_asked_harmless_things_only(terminal, budget, known_hosts: KnownHosts) -> None:
    port = terminal.play([("", b"\r\nWelcome\r\nbox#"), *[("\n", b"% what?\r\nbox#")] * 3])
    session = open_cli("127.0.0.1", port, LOGIN, None, budget=budget, known_hosts=known_hosts, timeouts=QUICK)
    session.close()
    assert session.platform is None
    assert {keys.strip() for keys in terminal.typed if keys.strip()} <= ssh.RECOGNITION


@pytest.mark.parametrize(
    ("prompt", "said", "name"),
    [
        (
            b"gate # ",
            [b"command parse error before 'version'\r\nCommand fail. Return code -61\r\n"] * 2
            + [b"Version: FortiGate-60F v7.2.5,build1517,230606 (GA.F)\r\nSerial-Number: FGT60F0000000000\r\n"],
            "fortinet_fortios",
        ),
        (b"watch@edge> ", [b"Hostname: edge\r\nModel: srx345\r\nJunos: 20.4R3.8\r\n", b"% ok\r\n"], "juniper_junos"),
        (b"fw/act> ", [b"Cisco Adaptive Security Appliance Software Version 9.12(4)\r\n", b"ok\r\n"], "cisco_asa"),
        (b"leaf# ", [b"Cisco Nexus Operating System (NX-OS) Software\r\n", b"ok\r\n"], "cisco_nxos"),
    ],
    ids=["fortios", "junos", "asa", "nxos"],
)
def test_systems_are_recognised_at_their_prompt(
    terminal, budget, known_hosts: KnownHosts, prompt: bytes, said: list[bytes], name: str
) -> None:
    port = terminal.play([("", b"\r\n" + prompt), *(("\n", text + prompt) for text in said)])
    session = open_cli("127.0.0.1", port, LOGIN, None, budget=budget, known_hosts=known_hosts, timeouts=QUICK)
    session.close()
    assert session.platform is not None
    assert session.platform.name == name
