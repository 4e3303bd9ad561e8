"""A real OpenSSH server on loopback, at every address of 127.0.0.0/8; the measure of bare configurations."""

from __future__ import annotations

import getpass
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from collectors.budget import FailureBudget
from collectors.hostkeys import KnownHosts
from inventory.credentials import Login, Secret


@dataclass(frozen=True, slots=True)
class OpenSsh:
    """A running sshd: its port, its log, and a key that opens it for the user the tests run as."""

    port: int
    log: Path
    key: Path
    host_key: Path
    pid: int

    def failures(self) -> int:
        """How many logins its own log calls failed."""
        return len(re.findall(r"^Failed (?:password|none|publickey) for", self.log.read_text(), re.MULTILINE))

    def connections(self) -> int:
        """How many connections its own log has seen."""
        return self.log.read_text().count("Connection from ")

    def login(self) -> Login:
        """By key, as the user the tests run as."""
        return Login("by-key", username=getpass.getuser(), ssh_key=self.key)

    @staticmethod
    def wrong_login(word: str = "not-the-password") -> Login:
        """By a password that nobody has."""
        return Login("wrong", username="nobody-of-that-name", password=Secret(word))


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def new_key(path: Path, kind: str = "ed25519") -> Path:
    """A fresh key pair."""
    subprocess.run(["ssh-keygen", "-q", "-N", "", "-t", kind, "-f", str(path)], check=True)
    return path


@pytest.fixture
def sshd(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OpenSsh]:
    """Indirect parameters are further lines of its configuration."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")
    if program is None:
        pytest.skip("needs OpenSSH's sshd")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    host_key, key = new_key(tmp_path / "host_key"), new_key(tmp_path / "key")
    port, log = _free_port(), tmp_path / "sshd.log"
    config = tmp_path / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 0.0.0.0\nHostKey {host_key}\nPidFile {tmp_path}/sshd.pid\n"
        f"AuthorizedKeysFile {key}.pub\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
        "PasswordAuthentication yes\nLogLevel VERBOSE\nMaxStartups 400\n"
        f"HostKey {new_key(tmp_path / 'rsa_key', 'rsa')}\n{getattr(request, 'param', '')}"
    )
    started = subprocess.Popen([program, "-D", "-f", str(config), "-E", str(log)])
    try:
        _await(port)
        yield OpenSsh(port, log, key, host_key, started.pid)
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(timeout=10)


def _await(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("sshd does not come up")


@pytest.fixture
def budget(tmp_path: Path) -> FailureBudget:
    return FailureBudget(tmp_path / "budget.json")


@pytest.fixture
def known_hosts(tmp_path: Path) -> KnownHosts:
    return KnownHosts(tmp_path / "known_hosts")


@pytest.fixture(scope="session")
def config_facts(checkout: Path) -> ModuleType:
    """benchmarks/config_facts.py, which names the facts of a configuration."""
    spec = importlib.util.spec_from_file_location("config_facts", checkout / "benchmarks" / "config_facts.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
