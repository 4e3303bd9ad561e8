"""A host's programs, each over an exec channel of one SSH connection."""

from __future__ import annotations

import select
import time
from contextlib import suppress

import paramiko
from paramiko.ssh_exception import SSHException

from collectors.base import Answer
from collectors.platforms.base import Platform
from collectors.sessions.answers import LARGEST, Answers
from collectors.sessions.ssh_client import BROKEN, OneTryClient, Timeouts, why
from inventory.errors import Gap, ReadFailed, Unreachable

_PIECE = 65536
_NO_SUDO = ("command not found", "not found", "not in the sudoers", "may not run sudo", "not allowed to run sudo")
_SLOW_S = 3.0  # that sudo took to refuse: it looks for the host's own name where no name server answers


class ExecSession:
    """A CliSession of a host. ``sudo -n`` never asks for a password; where it may not, the command stays refused."""

    def __init__(
        self, client: OneTryClient, platform: Platform, answers: Answers, timeouts: Timeouts, *, is_root: bool
    ) -> None:
        self._client = client
        self._platform = platform
        self._answers = answers
        self._timeouts = timeouts
        self._may_raise = not is_root
        self._until = time.monotonic() + timeouts.session_s

    @property
    def platform(self) -> Platform:
        """The platform it was opened for."""
        return self._platform

    def ask(self, command: str) -> Answer:
        """The output of one program; see CliSession.ask."""
        if command not in self._platform.commands:
            raise ValueError(f"{command!r} is no command of {self._platform.name}")
        self._timeouts.hold(self._until)
        try:
            return self._asked(command, command)
        except ReadFailed as plain:
            if command not in self._platform.shell.as_root or not self._may_raise:
                raise
            if plain.gap is Gap.LACKING and "No such file" in plain.why:
                raise
            return self._raised(command, plain)

    def close(self) -> None:
        """End the connection."""
        with suppress(*BROKEN):
            self._client.close()

    def _raised(self, command: str, plain: ReadFailed) -> Answer:
        began = time.monotonic()
        try:
            return self._asked(command, f"sudo -n {command}")
        except ReadFailed as refused:
            if any(words in refused.why for words in _NO_SUDO) or time.monotonic() - began > _SLOW_S:
                self._may_raise = False  # each further refusal would cost as much of the session's time
            raise (plain if "sudo" in refused.why or plain.gap is Gap.LACKING else refused) from None

    def _asked(self, command: str, line: str) -> Answer:
        out, err, status = run(self._client, f"LC_ALL=C {line}", self._timeouts, self._until)
        return self._answers.of_process(command, out, err, status, self._platform)


def run(client: OneTryClient, line: str, timeouts: Timeouts, until: float) -> tuple[bytes, bytes, int]:
    """Output, error output and exit status of one program.

    Raises Unreachable when the connection breaks, ReadFailed when the host opens no such channel, the program falls
    silent or says too much.
    """
    try:
        channel = _opened(client, timeouts)
    except BROKEN as error:
        raise _broken(client, line, error) from None
    try:
        channel.exec_command(line)
        return _received(channel, line, timeouts, min(until, time.monotonic() + timeouts.total_s))
    except BROKEN as error:
        raise _broken(client, line, error) from None
    finally:
        channel.close()


def _opened(client: OneTryClient, timeouts: Timeouts) -> paramiko.Channel:
    transport = client.get_transport()
    if transport is None or not transport.is_active():
        raise SSHException("the connection has ended")
    return transport.open_session(timeout=timeouts.command_s)


def _broken(client: OneTryClient, line: str, error: Exception) -> Unreachable | ReadFailed:
    transport = client.get_transport()
    said = f"{line}: {why(error)}"
    if transport is not None and transport.is_active():
        return ReadFailed(f"no channel for a program: {said}", Gap.REFUSED)
    return Unreachable(said)


def _received(channel: paramiko.Channel, line: str, timeouts: Timeouts, until: float) -> tuple[bytes, bytes, int]:
    out, err = bytearray(), bytearray()
    poller = select.poll()
    poller.register(channel.fileno(), select.POLLIN)
    while True:
        ended = channel.eof_received or channel.closed  # asked before the rest is taken, so that none is left
        while channel.recv_ready() and len(out) <= LARGEST:  # who sends faster than is read is cut here, too
            out += channel.recv(_PIECE)
        while channel.recv_stderr_ready() and len(err) <= LARGEST:
            err += channel.recv_stderr(_PIECE)
        if len(out) + len(err) > LARGEST:
            raise ReadFailed(f"{line}: more than {LARGEST} octets")
        if ended:
            break
        wait_s = min(timeouts.command_s, until - time.monotonic())
        if wait_s <= 0 or not poller.poll(wait_s * 1000):
            raise ReadFailed(f"{line}: no end of the answer in time", Gap.UNREACHABLE)
    if not channel.status_event.wait(min(timeouts.command_s, 5.0)) or channel.exit_status < 0:
        raise Unreachable(f"{line}: the line broke before the program's end")
    return bytes(out), bytes(err), channel.exit_status
