"""Runs over what is no proper device: captures instead of devices, and servers that talk nonsense."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inventory.credentials import Logins
from inventory.errors import ExitCode, Missing
from inventory.facts import Identity, RemoteAccess
from inventory.snapshot import State
from inventory.store import RunState, Store
from playbooks.demo.running import DemoCounty
from playbooks.demo.written import write_project
from playbooks.progress import Quiet
from playbooks.project import project_at
from playbooks.runner import Order, run_playbook
from playbooks.schema import playbook

LINUX = ("centos7", "fw1", "kylin-v10", "srv2")


def test_captures_are_audited_without_any_login(tmp_path: Path, checkout: Path) -> None:
    """An office that may not be logged into hands over what its hosts say; one of them is not among the captures."""
    rows = "".join(f"{name},192.0.2.{n},nobody\n" for n, name in enumerate((*LINUX, "absent"), 1))
    (tmp_path / "targets.csv").write_text(f"name,address,login\n{rows}")
    project = project_at(tmp_path)
    book = playbook("level3-protection", tmp_path)
    with Store.open(project.database) as store:
        outcome = run_playbook(
            project, store, book, Logins({}), order=Order(replay=checkout / "tests" / "devices" / "linux"),
            language="zh", progress=Quiet(),
        )  # fmt: skip
        states = {record.target: record.state for record in store.records(outcome.run)}
        access = {name: store.fact(outcome.run, name, RemoteAccess) for name in LINUX}
        failing = {row.subject for row in store.findings(outcome.run, outcomes=["fail"])}
        of_absent = {row.outcome for row in store.findings(outcome.run, subjects=["absent"])}
    assert states == {**dict.fromkeys(LINUX, State.ANSWERED), "absent": State.UNREACHABLE}
    assert not any(isinstance(fact, Missing) for fact in access.values())
    assert failing
    assert failing <= {*LINUX, "network"}  # default routes lead out by egresses that no register declares
    assert of_absent == {"unknown"}
    assert outcome.exit_code is ExitCode.FINDINGS
    assert set(outcome.files) == {"html", "workbook", "json-lines", "findings-csv"}


class Nonsense:
    """Servers on one address that answer whatever they hear with what a seed gives them, or not at all."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self.ssh_port, self.snmp_port = self._tcp.getsockname()[1], self._udp.getsockname()[1]
        for work in (self._connections, self._messages):
            threading.Thread(target=work, daemon=True).start()

    def _said(self, heard: bytes) -> bytes:
        start = self._random.choice([b"", b"SSH-2.0-x\r\n", b"SSH-1.5-x\r\n", heard[:20], heard])
        return start + self._random.randbytes(self._random.randrange(200))

    def _connections(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._tcp.accept()
                with near, contextlib.suppress(OSError):
                    near.settimeout(0.5)
                    near.sendall(self._said(b""))
                    near.sendall(self._said(near.recv(4096)))

    def _messages(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                heard, peer = self._udp.recvfrom(65_535)
                self._udp.sendto(self._said(heard), peer)

    def close(self) -> None:
        self._tcp.close()
        self._udp.close()


@pytest.fixture
def odd() -> Iterator[list[Nonsense]]:
    servers = [Nonsense(seed) for seed in range(6)]
    yield servers
    for server in servers:
        server.close()


def test_nonsense_ends_no_run(county: DemoCounty, tmp_path: Path, odd: list[Nonsense]) -> None:
    write_project(county, tmp_path)
    for n, server in enumerate(odd):
        row = f"odd-{n},127.0.0.1,{server.ssh_port},{server.snmp_port},{('centre', 'storage')[n % 2]}\n"
        with (tmp_path / "odd.csv").open("a") as file:
            file.write(row if n else f"name,address,ssh_port,snmp_port,login\n{row}")
    device = next(t for t in county.targets() if t.name == "core-1")
    with (tmp_path / "odd.csv").open("a") as file:
        file.write(f"core-1,{device.address},{device.ssh_port},{device.snmp_port},{device.login}\n")
    project = project_at(tmp_path)
    with Store.open(project.database) as store:
        outcome = run_playbook(
            project, store, playbook("demo", tmp_path), Logins(county.environment()),
            order=Order(targets=tmp_path / "odd.csv"), language="en", progress=Quiet(),
        )  # fmt: skip
        records = {record.target: record for record in store.records(outcome.run)}
        assert store.run(outcome.run).state is RunState.FINISHED
        assert records["core-1"].state is State.ANSWERED
        for n in range(len(odd)):
            assert records[f"odd-{n}"].state in (State.REFUSED, State.UNREACHABLE, State.WITHHELD)
            assert isinstance(store.fact(outcome.run, f"odd-{n}", Identity), Missing)
            found = {row.outcome for row in store.findings(outcome.run, subjects=[f"odd-{n}"])}
            assert found <= {"unknown", "not_applicable"}
        assert not any(row.traceback for row in store.findings(outcome.run))
    assert "Traceback" not in (tmp_path / "out" / f"run-{outcome.run}" / "report.html").read_text(encoding="utf-8")
