"""Starts and ends the simulated county."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from ipaddress import IPv4Address
from types import TracebackType
from typing import Self

from inventory.credentials import variable
from inventory.errors import InputError
from inventory.register import Register
from inventory.targets import Target
from inventory.text import Text
from playbooks.active_tests import TAG
from playbooks.demo import declared, iperf, planted, services
from playbooks.demo.agent_ssh import new_host_key
from playbooks.demo.agents import Access, Orders
from playbooks.demo.county import VILLAGES, county
from playbooks.demo.model import County
from playbooks.demo.name_server import name_servers

_SNMP_PORT, _SSH_PORT, _SERVICES_PORT, _IPERF_PORT = 20161, 20022, 20080, 20201
_UP_S = 40 * 86400 + 5 * 3600  # how long the county's devices have been running when the demo begins
_OTHERS_AT_ONCE = 4  # counties that may be starting on this machine at the same moment
_SHIFTS = 10_000  # ports that a county may move up by, which stays below the ephemeral ones (from 32768 on Linux)
_ONE_WORKER_UP_TO = 200  # villages


class DemoCounty:
    """The county as a context: its agents answer inside, and are gone outside. ``mended``: after its works.

    Its devices show the host key that is given, an OpenSSH private key; without one, a fresh one. Raises InputError on
    entering when the agents cannot begin; ValueError for a number of villages out of range.
    """

    def __init__(
        self,
        villages: int = VILLAGES,
        workers: int | None = None,
        *,
        mended: bool = False,
        host_key: str | None = None,
    ) -> None:
        self.county: County = county(villages, mended=mended)
        self._host_key = host_key or new_host_key().decode()
        self._villages = villages
        enough = 1 if villages <= _ONE_WORKER_UP_TO else min(4, os.cpu_count() or 1)
        self._workers = workers or enough
        self._children: list[subprocess.Popen[str]] = []
        self.started = time.time() - _UP_S  # when its devices booted
        self._access = _fresh_access()
        self._take_ports()

    def _take_ports(self, shift: int = 0) -> None:
        self.snmp_port = _free_port(socket.SOCK_DGRAM, _SNMP_PORT + shift)
        self.ssh_port = _free_port(socket.SOCK_STREAM, _SSH_PORT + shift)
        self.iperf_port = _free_port(socket.SOCK_STREAM, _IPERF_PORT + shift) if iperf.program() else None
        self.services_port = _free_range(_SERVICES_PORT + shift, len(self.county.systems) + 2)

    @property
    def resolvers(self) -> tuple[str, ...]:
        """The county's name servers, as a playbook names them."""
        listening = name_servers(self.places, self.services_port, mended=self.county.mended)
        return tuple(each.shown for each in listening)

    @property
    def resolver(self) -> str:
        """The first of them, which is reached over IPv4."""
        return self.resolvers[0]

    @property
    def places(self) -> list[services.Place]:
        """Where the business systems answer."""
        return [services.place(system, self.services_port) for system in self.county.systems]

    def environment(self) -> dict[str, str]:
        """The logins as environment variables; they hold secrets."""
        found: dict[str, str] = {}
        for name, access in self._access.items():
            found[variable(name, "USERNAME")] = access.username
            found[variable(name, "PASSWORD")] = access.password
            if access.community:
                found[variable(name, "COMMUNITY")] = access.community
            if access.user:
                found[variable(name, "SNMPV3_USER")] = access.user
                found[variable(name, "SNMPV3_AUTH")] = f"{access.hash}:{access.auth}"
                found[variable(name, "SNMPV3_PRIV")] = f"aes128:{access.priv}"
        return found

    def targets(self) -> list[Target]:
        """Every declared device, as a target list names it. No platform: it is to be recognised."""
        return [
            Target(
                name=device.name,
                address=device.address,
                site=device.site,
                role=device.role,
                login=device.login,
                snmp_port=self.snmp_port,
                ssh_port=self.ssh_port,
                tags=(f"{TAG}:{self.iperf_port}",) if device.address in self.tested else (),
            )
            for device in self.county.devices
        ]

    @property
    def tested(self) -> tuple[IPv4Address, ...]:
        """The devices whose lines may be loaded by throughput tests; none without iperf3."""
        return tuple(device.address for device in iperf.agreed(self.county)) if self.iperf_port else ()

    def register(self) -> Register:
        """What the county declares of itself."""
        return declared.register(self.county, self.places)

    def __enter__(self) -> Self:
        for others in range(_OTHERS_AT_ONCE, -1, -1):
            try:
                self._start()
            except InputError:
                self._end()
                if not others:
                    raise
                # Another county took one between our look and our worker's: counties that start together part ways.
                self._take_ports(shift=secrets.randbelow(_SHIFTS))
            except BaseException:
                self._end()
                raise
            else:
                break
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _start(self) -> None:
        first = Orders(
            villages=self._villages,
            mended=self.county.mended,
            snmp_port=self.snmp_port,
            ssh_port=self.ssh_port,
            services_port=self.services_port,
            iperf_port=self.iperf_port,
            with_services=True,
            started=self.started,
            host_key=self._host_key,
            access=self._access,
        )
        orders = [first, *(replace(first, with_services=False) for _ in range(self._workers - 1))]
        self._children = [_child() for _ in orders]
        for child, order in zip(self._children, orders, strict=True):
            _tell(child, order)
        for child in self._children:
            _await_ready(child)

    def _end(self) -> None:
        children, self._children = self._children, []
        for child in children:
            with contextlib.suppress(OSError):
                if child.stdin:
                    child.stdin.close()
        for child in children:
            try:
                child.wait(timeout=3)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)  # and what it started: it leads a session of its own
                child.wait()
            if child.stdout:
                child.stdout.close()


def _fresh_access() -> dict[str, Access]:
    def made(user: str | None, hash_name: str, community: str | None = None) -> Access:
        word = secrets.token_urlsafe
        return Access("audit01", word(12), community, user, hash_name, word(12), word(12))

    return {
        "centre": made("hecha", "sha256"),
        "field": made("hecha", "sha"),
        "server": made("hecha", "sha256"),
        "storage": made(None, "sha256", planted.STORAGE_COMMUNITY),
    }


def _child() -> subprocess.Popen[str]:
    # -P: a folder named playbooks where the command was started must not stand in for this package.
    # A session of its own: Ctrl-C reaches the parent alone, which then ends its children in order.
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "playbooks.demo.agents"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _tell(child: subprocess.Popen[str], orders: Orders) -> None:
    if child.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError):  # it ended at once; _await_ready tells why
        child.stdin.write(orders.line())
        child.stdin.flush()


def _await_ready(child: subprocess.Popen[str]) -> None:
    said = child.stdout.readline().strip() if child.stdout else ""
    if said != "ready":
        raise InputError(
            "demo",
            Text(
                f"模拟县没有启动：{said or '进程已退出'}", f"the simulated county did not start: {said or 'it ended'}"
            ),
        )


def _free_port(kind: socket.SocketKind, wanted: int) -> int:
    """That port, or another when it is taken on any address."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, kind) as sock, contextlib.suppress(OSError):
            if kind is socket.SOCK_STREAM:  # what the county before left waiting on it is in nobody's way
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("0.0.0.0", port))  # noqa: S104 - closed at once, nothing listens
            return int(sock.getsockname()[1])
    raise InputError("demo", Text("没有空闲端口", "no port is free"))


def _free_range(wanted: int, count: int) -> int:
    """The first of so many ports in a row that are free."""
    for first in range(wanted, wanted + 20 * count, count):
        if all(_free_port(socket.SOCK_STREAM, first + n) == first + n for n in range(count)):
            return first
    raise InputError("demo", Text("没有空闲端口", "no ports are free"))
