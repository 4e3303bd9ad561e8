"""A system that has moved and its old host, two web servers of this machine: while the old one serves, the claim does
not count; once it is gone, it does."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, ip_network
from pathlib import Path

import pytest

from collectors.base import Answer
from collectors.gather import gather_system
from collectors.platforms.dialects.linux.flows import ESTABLISHED, connections
from collectors.platforms.dialects.linux.network import SOCKETS, listeners
from inventory.facts import Connections, Listeners
from inventory.register import BusinessSystem, Hosting, MigrationState, Register, Unit, UnitKind
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views.register import RegisterViews
from playbooks.collecting import services
from reports.systems import Standing, SystemLine, system_lines

NEW, OLD = IPv4Address("127.44.9.1"), IPv4Address("127.44.9.2")
CLOUD = (ip_network("127.44.9.1/32"),)


@contextlib.contextmanager
def web(address: IPv4Address, folder: Path, port: int) -> Iterator[None]:
    command = [sys.executable, "-m", "http.server", "--bind", str(address), "--directory", str(folder), str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            await_answer(address, port)
            yield
        finally:
            server.terminate()


def await_answer(address: IPv4Address, port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection((str(address), port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing answers at {address}:{port}")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind((str(NEW), 0))
        return int(sock.getsockname()[1])


def register(port: int) -> Register:
    system = BusinessSystem(
        name="OA", unit="县府办", state=MigrationState.ON_CLOUD, hosted=Hosting.CITY_CLOUD,
        url=f"http://{NEW}:{port}/", old_address=OLD,
    )  # fmt: skip
    return Register(units=(Unit(name="县府办", kind=UnitKind.COUNTY_DEPT),), systems=(system,))


def shown(command: str) -> Answer:
    done = subprocess.run(command.split(), capture_output=True, text=True, check=True, env={"LC_ALL": "C"})
    return Answer(command, done.stdout, taken_at=datetime.now(UTC))


def old_host(port: int) -> Snapshot:
    """What ss tells of this very machine at that port, as the old host's."""
    record = DeviceRecord("old-1", str(OLD), State.ANSWERED, datetime.now(UTC))
    open_, used = listeners(shown(SOCKETS)), connections(shown(ESTABLISHED))
    assert isinstance(open_, Listeners)
    ours = Listeners(tuple(each for each in open_.items if each.port == port), open_.evidence)
    taken = Connections(tuple(each for each in used.items if each.local_port == port), used.evidence)
    return Snapshot(record, {Listeners: ours, Connections: taken})


def judged(port: int) -> SystemLine:
    declared = register(port)
    (service,) = services(declared)
    probe = gather_system(service, (), datetime.now(UTC))
    (line,) = system_lines(RegisterViews(declared, MemoryNetwork([probe, old_host(port)])).systems(), CLOUD)
    return line


@pytest.mark.skipif(shutil.which("ss") is None, reason="needs ss")
def test_old_host_that_serves_on_contradicts_until_it_is_gone(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "index.html").write_text("<title>OA</title><p>政务协同办公</p>", encoding="utf-8")
    with web(NEW, tmp_path, port):
        with web(OLD, tmp_path, port), socket.create_connection((str(OLD), port)):
            line = judged(port)
            assert line.standing is Standing.CONTRADICTED
            against = {sign.kind.value for sign in line.told(stands=False)}
            assert against == {"old-host-silent", "old-page-gone", "old-address-unused"}
        line = judged(port)
        assert line.standing is Standing.CONFIRMED
        assert line.told(stands=False) == ()
        assert {"addresses-in-cloud", "service-answers", "old-host-silent"} <= {
            sign.kind.value for sign in line.told(stands=True)
        }
