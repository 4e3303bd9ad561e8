"""Command lines over SSH: which platform answers, its shell read prompt by prompt; Netmiko lives here.

Netmiko's drivers open the terminal. Its fixed waits, its guesses at prompts and what its drivers answer to questions
by themselves (one of them saves the configuration) are replaced: nothing is sent that the platform does not list.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any

from netmiko.base_connection import BaseConnection
from netmiko.ssh_dispatcher import CLASS_MAPPER

from collectors.base import Answer, CliSession
from collectors.budget import FailureBudget
from collectors.config_text import MORE, cleaned, decoded, on_screen
from collectors.hostkeys import KnownHosts
from collectors.platforms.base import Platform
from collectors.platforms.catalogue import platform as platform_named
from collectors.platforms.catalogue import recognised
from collectors.sessions.answers import LARGEST, Answers, Keep
from collectors.sessions.ssh_client import BROKEN, OneTryClient, Timeouts, why
from collectors.sessions.ssh_exec import ExecSession, run
from inventory.credentials import Login
from inventory.errors import CollectError, ReadFailed, Unreachable

if TYPE_CHECKING:
    import paramiko

_DISPLAY, _SHOW, _STATUS = "display version", "show version", "get system status"
_HOST = ('vtysh -c "show version"', "cat /etc/os-release", "uname -a")
RECOGNITION = frozenset({_DISPLAY, _SHOW, _STATUS, *_HOST})  # sent before the platform is known

_ANY_PROMPT = r"\S[^\n]{0,120}[>\]#$%]|[>\]#$%]"
_QUESTION = re.compile(r"[\[(]y/n[\])]:?$", re.IGNORECASE)
_CONTINUE = re.compile(r"(?:press|hit)\b.*\b(?:continue|any key|enter|return)\b.*$", re.IGNORECASE)
_QUIET_S = 1.0  # silence after which a line that only looks like a prompt is taken for one
_FIRST_QUIET_S = 0.1  # … the first one, where the platform tells what prompts look like
_UNKNOWN_QUIET_S = 0.5  # … where it is not known yet
_NUDGE_S = 4.0  # silence after the login before a newline is sent
_PIECE = 65536
_TAIL = 1024  # octets in which a prompt or page mark is sought


def open_cli(
    address: str,
    port: int,
    login: Login,
    platform: Platform | None,
    *,
    budget: FailureBudget,
    known_hosts: KnownHosts,
    timeouts: Timeouts = Timeouts(),  # noqa: B008 - frozen
    keep: Keep | None = None,
) -> CliSession:
    """A command line, logged in with one try. Without a platform it is recognised, see CliSession.platform.

    ``keep`` stores masked text and returns its SHA-256. Raises Unreachable, HostKeyChanged, LoginRefused,
    LoginWithheld, and ReadFailed(UNPARSED) where no prompt of the platform shows.
    """
    client = OneTryClient(login, budget, known_hosts, timeouts)
    answers = Answers(keep, login.secrets())
    is_root = login.username == "root"
    try:
        if platform is not None and platform.shell.by_exec:
            client.connect(address, port)
            return ExecSession(client, platform, answers, timeouts, is_root=is_root)
        shell = _Shell(_terminal(client, address, port, platform), timeouts)
        session = ShellSession(client, shell, platform, answers)
        return session.ready() if platform else _recognised(client, session, answers, timeouts, is_root=is_root)
    except BaseException:
        client.close()
        raise


def _recognised(
    client: OneTryClient, session: ShellSession, answers: Answers, timeouts: Timeouts, *, is_root: bool
) -> CliSession:
    is_hosts = session.shell.prompt_is_hosts()
    if not is_hosts and session.recognise().platform is not None:
        return session
    host = _host_platform(client, timeouts)
    if host is None:  # some firewalls show whoever may only read the prompt of a Unix shell
        return session.recognise() if is_hosts else session
    session.shell.close()
    return ExecSession(client, host, answers, timeouts, is_root=is_root)


def _host_platform(client: OneTryClient, timeouts: Timeouts) -> Platform | None:
    """What runs on top of the host, else the host; None where no program of the list says anything known."""
    for command in _HOST:
        try:
            out, _, _ = run(client, f"LC_ALL=C {command}", timeouts, time.monotonic() + timeouts.total_s)
        except ReadFailed:
            continue
        found = platform_named(recognised(cleaned(decoded(out))) or "")
        if found is not None and found.shell.by_exec:
            return found
    return None


class _NoWaits(BaseConnection):
    """What a Netmiko driver is left to do: open the terminal through our client."""

    client: OneTryClient

    def _get_ssh_client_instance(self) -> OneTryClient:
        return self.client

    def special_login_handler(self, delay_factor: float = 1.0) -> None:
        """Questions after the login are the shell's to answer."""

    def cleanup(self, command: str = "") -> None:
        """Closing the connection ends the login."""


@cache
def _driver(device_type: str) -> Any:
    base = CLASS_MAPPER[device_type]
    return type(f"NoWaits{base.__name__}", (_NoWaits, base), {})


def _terminal(client: OneTryClient, address: str, port: int, platform: Platform | None) -> Any:
    device_type = platform.shell.device_type if platform else "generic"
    # The client logs in by itself: Netmiko is told neither name nor secret.
    connection = _driver(device_type)(host=address, port=port, device_type=device_type, auto_connect=False)
    connection.client = client
    try:
        connection.establish_connection()
    except BROKEN as error:
        connection.disconnect()
        raise Unreachable(f"{address} port {port}: no terminal: {why(error)}") from None
    except BaseException:
        connection.disconnect()
        raise
    return connection


class _Shell:
    """A terminal: sends lines, reads to the next prompt, turns pages."""

    def __init__(self, connection: Any, timeouts: Timeouts) -> None:
        self._connection = connection
        self._channel: paramiko.Channel = connection.remote_conn
        self._timeouts = timeouts
        self._until = time.monotonic() + timeouts.session_s
        self._owed = False  # an answer that was given up may come yet
        self.prompt = ""  # as the device writes it

    def greet(self, pattern: str | None) -> str:
        """What came before the first prompt, of this pattern where it is known; ReadFailed(UNPARSED) without one."""
        quiet_s = _FIRST_QUIET_S if pattern else _UNKNOWN_QUIET_S
        said = self._read(pattern or _ANY_PROMPT, self._timeouts.login_s, quiet_s, greeting=True)
        lines = cleaned(decoded(said)).rstrip().split("\n")
        self.prompt = lines.pop().strip()
        return "\n".join(lines)

    def asked(self, command: str, pattern: str) -> bytes:
        """What came between the command's echo and the next prompt.

        Nothing is sent before an earlier answer has come to its prompt: late, it would be taken for this one's.
        """
        self._timeouts.hold(self._until)
        if self._owed:
            self._read(pattern, self._timeouts.total_s, _QUIET_S)
        self._owed = True
        self._send(command + self._connection.RETURN)
        said = self._read(pattern, self._timeouts.total_s, _QUIET_S)
        self._owed = False
        body = said[: said.rfind(b"\n") + 1]
        first, _, rest = body.partition(b"\n")
        echoed = " ".join(cleaned(decoded(first)).split())
        return rest if echoed.endswith(command) else body

    def prompt_is_hosts(self) -> bool:
        """Whether the prompt is one of a Unix shell rather than of a network system."""
        if self.prompt.endswith(">") and "~" not in self.prompt:
            return False  # of VRP and Comware, of IOS, of Junos (user@name>)
        return self.prompt.endswith(("$", "%")) or "@" in self.prompt or "~" in self.prompt

    def close(self) -> None:
        """Give the terminal back; the connection under it stays."""
        with suppress(*BROKEN):
            self._channel.close()

    def end(self) -> None:
        """Close the connection too."""
        self._connection.disconnect()

    def _send(self, keys: str) -> None:
        try:
            self._connection.write_channel(keys)
        except BROKEN as error:
            raise Unreachable(f"the line broke: {why(error)}") from None

    def _read(self, pattern: str, total_s: float, quiet_s: float, *, greeting: bool = False) -> bytes:
        said = bytearray()
        until = min(self._until, time.monotonic() + total_s)
        nudged = not greeting
        turned = 0  # octets when the last page was turned
        while True:
            tail = _last_line(said)
            if self.prompt and tail == self.prompt:
                return bytes(said)
            looks = re.fullmatch(pattern, tail) is not None
            if len(said) > turned and self._answered(tail, greeting=greeting):
                turned = len(said)
                continue
            limit = until - time.monotonic()
            wait_s = min(limit, quiet_s if looks else self._timeouts.command_s if nudged else _NUDGE_S)
            piece = self._piece(wait_s) if wait_s > 0 else None
            if piece:
                said += piece
            elif piece == b"":
                raise Unreachable("the device closed the line")
            elif looks:
                return bytes(said)
            elif not nudged and limit > 0:
                nudged = True
                self._send(self._connection.RETURN)
            else:
                raise _silent(tail, greeting=greeting)
            if len(said) > LARGEST:
                raise ReadFailed(f"more than {LARGEST} octets")

    def _answered(self, tail: str, *, greeting: bool) -> bool:
        """Whether the line waits for a key, which is then sent: a page to turn, a question after the login."""
        if MORE.search(tail):
            self._send(" ")
        elif greeting and _QUESTION.search(tail):
            self._send("N" + self._connection.RETURN)
        elif greeting and _CONTINUE.search(tail):
            self._send(self._connection.RETURN)
        else:
            return False
        return True

    def _piece(self, wait_s: float) -> bytes | None:
        """What comes next; empty at the end of the line, None when nothing comes in time."""
        self._channel.settimeout(wait_s)
        try:
            return self._channel.recv(_PIECE)
        except TimeoutError:
            return None
        except BROKEN as error:
            raise Unreachable(f"the line broke: {why(error)}") from None


def _silent(tail: str, *, greeting: bool) -> CollectError:
    if greeting and tail:
        return ReadFailed(f"no prompt: the last line is {tail[:80]!r}")
    return Unreachable("the device fell silent before its prompt")


def _last_line(said: bytearray) -> str:
    tail = bytes(said[-_TAIL:])
    return on_screen(decoded(tail[tail.rfind(b"\n") + 1 :])).strip()


class ShellSession:
    """A CliSession over a terminal."""

    def __init__(self, client: OneTryClient, shell: _Shell, platform: Platform | None, answers: Answers) -> None:
        self._client = client
        self.shell = shell
        self._platform = platform
        self._answers = answers
        self._greeting = shell.greet(platform.shell.prompt if platform else None)

    @property
    def platform(self) -> Platform | None:
        """The platform named or recognised; None: none was."""
        return self._platform

    def ready(self) -> ShellSession:
        """Itself, paging turned off."""
        if self._platform is not None and self._platform.shell.paging_off:
            # A device that refuses it pages, and its pages are turned.
            self.shell.asked(self._platform.shell.paging_off, self._platform.shell.prompt)
        return self

    def recognise(self) -> ShellSession:
        """Itself, the platform found by what the device says of its version, where it says anything known."""
        first, second = (_DISPLAY, _SHOW) if self.shell.prompt.startswith(("<", "HRP_")) else (_SHOW, _DISPLAY)
        said = self._greeting
        for command in (first, second, _STATUS):
            said += "\n" + cleaned(decoded(self.shell.asked(command, re.escape(self.shell.prompt))))
            self._platform = platform_named(recognised(said) or "")
            if self._platform is not None:
                break
        return self.ready()

    def ask(self, command: str) -> Answer:
        """The answer to one command; see CliSession.ask."""
        if self._platform is None or command not in self._platform.commands:
            raise ValueError(f"{command!r} is no command of {self._platform.name if self._platform else 'no platform'}")
        try:
            said = self.shell.asked(command, self._platform.shell.prompt)
        except ReadFailed as failure:
            raise ReadFailed(f"{command}: {failure.why}", failure.gap) from None
        return self._answers.on_terminal(command, said, self._platform)

    def close(self) -> None:
        """End the connection; the device ends the login."""
        for end in (self.shell.end, self._client.close):
            with suppress(*BROKEN):
                end()
