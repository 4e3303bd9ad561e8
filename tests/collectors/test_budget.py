"""The login failure budget against a real server's own log."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collectors.budget import FailureBudget
from collectors.hostkeys import KnownHosts
from collectors.platforms.catalogue import platform
from collectors.sessions.ssh import open_cli
from inventory.errors import InputError, LoginRefused, LoginWithheld, Unreachable

AGAIN = """
import sys
from pathlib import Path
from collectors.budget import FailureBudget
from collectors.hostkeys import KnownHosts
from collectors.sessions.ssh import open_cli
from inventory.credentials import Login, Secret
from inventory.errors import LoginWithheld
folder, port = Path(sys.argv[1]), int(sys.argv[2])
login = Login("wrong", username="nobody-of-that-name", password=Secret("not-the-password"))
for n in range(1, 20):
    try:
        open_cli(f"127.8.1.{n}", port, login, None, budget=FailureBudget(folder / "budget.json"),
                 known_hosts=KnownHosts(folder / "known_hosts"))
    except LoginWithheld:
        print("withheld")
"""


def outcome(address: str, port: int, login, budget: FailureBudget, known_hosts: KnownHosts) -> str:
    try:
        open_cli(address, port, login, None, budget=budget, known_hosts=known_hosts).close()
    except (LoginRefused, LoginWithheld, Unreachable) as error:
        return type(error).__name__
    return "in"


def test_one_wrong_password_on_300_devices_fails_three_times(
    sshd, budget: FailureBudget, known_hosts: KnownHosts, tmp_path: Path
) -> None:
    devices = [f"127.8.{n // 250}.{n % 250 + 1}" for n in range(300)]
    with ThreadPoolExecutor(32) as pool:
        outcomes = list(pool.map(lambda a: outcome(a, sshd.port, sshd.wrong_login(), budget, known_hosts), devices))
    assert sorted(set(outcomes)) == ["LoginRefused", "LoginWithheld"]
    assert outcomes.count("LoginRefused") == 3
    assert sshd.failures() == 3
    assert sshd.connections() <= 3 + 32  # the rest were not even called up
    # A process that starts later with the same file goes on where this one stopped.
    done = subprocess.run(
        [sys.executable, "-c", AGAIN, str(tmp_path), str(sshd.port)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["withheld"] * 19
    assert sshd.failures() == 3


def test_wrong_password_is_counted_once(sshd, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    assert outcome("127.0.0.1", sshd.port, sshd.wrong_login(), budget, known_hosts) == "LoginRefused"
    assert [(s.failures, s.refused_by, s.withheld) for s in budget.standings()] == [(1, ("127.0.0.1",), False)]
    assert sshd.failures() == 1
    # The same secret is not tried on that device again; another one is.
    assert outcome("127.0.0.1", sshd.port, sshd.wrong_login(), budget, known_hosts) == "LoginWithheld"
    assert outcome("127.0.0.1", sshd.port, sshd.wrong_login("another"), budget, known_hosts) == "LoginRefused"
    assert sshd.failures() == 2


def test_no_secret_stands_in_the_file(sshd, budget: FailureBudget, known_hosts: KnownHosts, tmp_path: Path) -> None:
    outcome("127.0.0.1", sshd.port, sshd.wrong_login(), budget, known_hosts)
    held = b"".join(p.read_bytes() for p in tmp_path.glob("budget.*"))
    assert b"not-the-password" not in held
    assert (tmp_path / "budget.json").stat().st_mode & 0o777 == 0o600


def test_proven_account_logs_in_side_by_side(sshd, budget: FailureBudget, known_hosts: KnownHosts) -> None:
    host = platform("linux")
    meet = threading.Barrier(3, timeout=30)

    def both_in(address: str) -> bool:
        session = open_cli(address, sshd.port, sshd.login(), host, budget=budget, known_hosts=known_hosts)
        meet.wait()  # passes only while all three are in
        session.close()
        return True

    open_cli("127.8.0.1", sshd.port, sshd.login(), host, budget=budget, known_hosts=known_hosts).close()
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(both_in, ("127.8.0.2", "127.8.0.3", "127.8.0.4"))) == [True] * 3
    assert [(s.failures, s.proven) for s in budget.standings()] == [(0, True)]


def test_nobody_there_costs_nothing(budget: FailureBudget, known_hosts: KnownHosts, sshd) -> None:
    closed = sshd.port - 1 if sshd.port > 1025 else sshd.port + 1
    assert outcome("127.0.0.1", closed, sshd.wrong_login(), budget, known_hosts) == "Unreachable"
    assert all(s.failures == 0 for s in budget.standings())


def test_permit_of_a_killed_process_is_a_failure(tmp_path: Path) -> None:
    script = (
        "import os, sys\nfrom pathlib import Path\nfrom collectors.budget import FailureBudget\n"
        "b = FailureBudget(Path(sys.argv[1]))\na = b.account('ssh:x', 'word')\n"
        "with b.attempt(a, '192.0.2.1') as t:\n    t.sent = True\n    os._exit(9)\n"
    )
    path = tmp_path / "budget.json"
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    budget = FailureBudget(path)
    account = budget.account("ssh:x", "word")
    with budget.attempt(account, "192.0.2.2"):
        pass
    assert [s.failures for s in budget.standings()] == [1]


def test_person_resets(tmp_path: Path) -> None:
    budget = FailureBudget(tmp_path / "budget.json", limit=1)
    account = budget.account("ssh:x", "word")
    with pytest.raises(LoginRefused), budget.attempt(account, "192.0.2.1"):
        raise LoginRefused("no")
    with pytest.raises(LoginWithheld):
        budget.check(account, "192.0.2.2")
    assert budget.reset("ssh:x") == 1
    budget.check(account, "192.0.2.1")


def test_damaged_file_is_not_a_full_budget(tmp_path: Path) -> None:
    (tmp_path / "budget.json").write_text("{")
    budget = FailureBudget(tmp_path / "budget.json")
    with pytest.raises(InputError, match="cannot be used"):
        budget.standings()
