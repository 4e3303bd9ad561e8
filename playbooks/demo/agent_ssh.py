"""Answers SSH for every device of the county at one port; asyncssh lives here."""

from __future__ import annotations

import hmac
import socket
from collections.abc import Callable
from datetime import datetime

import asyncssh

from playbooks.demo.agent_snmp import loopback_socket
from playbooks.demo.model import Device
from playbooks.demo.shell import Terminal, printable

_PAST = 100_000  # characters a session may send in one piece


class _Server(asyncssh.SSHServer):
    """One connection: which device was asked, and whether the password is right."""

    def __init__(
        self,
        device_at: Callable[[str], Device | None],
        password: Callable[[Device], tuple[str, str]],
        booted: datetime,
    ) -> None:
        self._device_at = device_at
        self._booted = booted
        self._password = password
        self.device: Device | None = None
        self._username = ""

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.device = self._device_at(conn.get_extra_info("sockname")[0])
        if self.device is None:
            conn.abort()

    def begin_auth(self, username: str) -> bool:
        self._username = username
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        if self.device is None:
            return False
        wanted = "\0".join(self._password(self.device))
        return hmac.compare_digest(f"{username}\0{password}".encode(), wanted.encode())

    def session_requested(self) -> _Session | bool:
        return _Session(self.device, self._username, self._booted) if self.device else False


class _Session(asyncssh.SSHServerSession[str]):
    """One shell, or one command on a host."""

    def __init__(self, device: Device, username: str, booted: datetime) -> None:
        self._terminal = Terminal(device, booted, username)
        self._channel: asyncssh.SSHServerChannel[str] | None = None
        self._command: str | None = None

    def connection_made(self, chan: asyncssh.SSHServerChannel[str]) -> None:
        self._channel = chan

    def pty_requested(self, *_: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def exec_requested(self, command: str) -> bool:
        self._command = command
        return self._terminal.device.platform == "linux"

    def session_started(self) -> None:
        if self._channel is None:
            return
        if self._command is None:
            self._channel.write(self._terminal.greeting())
            return
        output = self._terminal.output(self._command.strip())
        complaints = "".join(
            line for line in output.splitlines(True) if line.startswith(("cat: ", "grep: ", "-bash: "))
        )
        self._channel.write("".join(line for line in output.splitlines(True) if line not in complaints))
        self._channel.write_stderr(complaints)
        self._channel.exit(127 if output.endswith("command not found\n") else bool(complaints))

    def data_received(self, data: str, datatype: int | None) -> None:
        del datatype
        if self._channel is None:
            return
        self._channel.write(self._terminal.typed(printable(data[:_PAST])))
        if self._terminal.ended:
            self._channel.exit(0)

    def eof_received(self) -> bool:
        return False


async def serve_ssh(
    port: int,
    host_key: bytes,
    device_at: Callable[[str], Device | None],
    password: Callable[[Device], tuple[str, str]],
    booted: datetime,
) -> asyncssh.SSHAcceptor:
    """Begins to answer at that port for every address the function knows; close the result to end.

    ``password`` gives the user name and password of a device; ``host_key`` is an OpenSSH private key.
    """
    sock = loopback_socket(socket.SOCK_STREAM, port)
    sock.setblocking(False)
    return await asyncssh.listen(
        sock=sock,
        server_factory=lambda: _Server(device_at, password, booted),
        server_host_keys=[asyncssh.import_private_key(host_key)],
        kex_algs=["curve25519-sha256"],
        server_version="Demo",
        encoding="utf-8",
        errors="replace",
        line_editor=False,
        allow_scp=False,
        agent_forwarding=False,
        x11_forwarding=False,
        backlog=1024,
        login_timeout=60,
    )


def new_host_key() -> bytes:
    """A fresh Ed25519 host key, as OpenSSH writes it."""
    return asyncssh.generate_private_key("ssh-ed25519").export_private_key()
