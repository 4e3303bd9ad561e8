"""A throughput test against a real iperf3 server, one that is not there, and one that lies."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from collectors.by_iperf import throughput
from inventory.errors import Missing
from inventory.facts import Throughput

NOW = datetime(2026, 1, 1, tzinfo=UTC)
pytestmark = pytest.mark.skipif(shutil.which("iperf3") is None, reason="iperf3 is not installed")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@pytest.fixture
def server() -> Iterator[int]:
    port = free_port()
    command = ["iperf3", "-s", "-B", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        time.sleep(0.1)
        listening = subprocess.run(["ss", "-Hltn", f"sport = :{port}"], capture_output=True, text=True).stdout
        if listening:
            break
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def test_both_directions_are_carried_up_to_the_cap(server: int) -> None:
    found = throughput("127.0.0.1", server, 20.0, 1, NOW)
    assert isinstance(found, Throughput), found
    assert found.up_mbps == pytest.approx(20.0, rel=0.2)
    assert found.down_mbps == pytest.approx(20.0, rel=0.2)
    assert (found.cap_mbps, found.seconds, found.server) == (20.0, 1.0, f"127.0.0.1 {server}")
    assert "Mbit/s" in found.evidence.excerpt


def test_no_server_is_no_result() -> None:
    found = throughput("127.0.0.1", free_port(), 20.0, 1, NOW)
    assert isinstance(found, Missing)
    assert "iperf3" in found.why


def test_nonsense_is_no_result() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def answer() -> None:
            for _ in range(2):
                try:
                    peer, _ = listening.accept()
                except OSError:
                    return
                peer.sendall(b"\xff{" * 1000)
                peer.close()

        threading.Thread(target=answer, daemon=True).start()
        found = throughput("127.0.0.1", listening.getsockname()[1], 20.0, 1, NOW)
    assert isinstance(found, Missing)
