"""What all tests share: the recordings beside the checkout, both databases, and a lab that CI may not skip."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAB = "tests/lab/"
AUDITED = tuple(
    f"tests/playbooks/test_{name}.py"
    for name in ("demo_audit", "demo_mended", "demo_remedies", "cli_ipv6", "cli_plan", "runner")
)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout, for tests about its files; the packages come from the installed wheel."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of recordings: HECHA_CORPUS, else ``../shared/corpus`` beside the checkout; skips where neither is."""
    named = os.environ.get("HECHA_CORPUS")
    folder = Path(named) if named else ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip(f"no corpus of recordings at {folder.name}: set HECHA_CORPUS to the folder that holds them")
    return folder


def _programs() -> Path | None:
    found = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    return Path(found).resolve().parent if found else None


def _as_postgres(command: list[str]) -> list[str]:
    # The server refuses to run as root.
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """A PostgreSQL server of this test run's own on a free loopback port; its URL without a database."""
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql): its half of the store's tests is left out")
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'hecha[postgresql]'")
    if os.geteuid() == 0 and subprocess.run(["id", "postgres"], capture_output=True).returncode:
        pytest.skip("run as root without a postgres user: PostgreSQL cannot be started")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="hecha-postgres-"))
    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    if os.geteuid() == 0:
        shutil.chown(data, "postgres", "postgres")
    start = [f"-D{data}", "-U", "hecha", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-locale"]
    subprocess.run(_as_postgres([str(programs / "initdb"), *start]), check=True, capture_output=True, cwd="/")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    control = [str(programs / "pg_ctl"), "-D", str(data), "-w"]
    up = _as_postgres([*control, "-o", options, "-l", str(data / "log"), "start"])
    subprocess.run(up, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        yield f"postgresql+psycopg://hecha@127.0.0.1:{port}"
    finally:
        stop = _as_postgres([*control, "-m", "immediate", "stop"])
        subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, cwd="/")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database that nobody has used yet."""
    if request.param == "sqlite":
        return str(tmp_path / "hecha.db")
    import psycopg

    server = request.getfixturevalue("cluster")
    name = f"t{abs(hash(str(tmp_path)))}"
    with psycopg.connect(server.replace("+psycopg", "") + "/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


class LabGuard:
    """With CI=true a lab test that was skipped fails the run, so that green always means the lab was judged."""

    def __init__(self) -> None:
        self.skipped: list[str] = []
        self.is_ci = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped and report.nodeid.startswith(LAB) and not hasattr(report, "wasxfail"):
            self.skipped.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._note(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.is_ci and self.skipped and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.is_ci and self.skipped:
            terminalreporter.section("skipped lab tests fail a run with CI=true", red=True)
            for nodeid in sorted(set(self.skipped)):
                terminalreporter.line(nodeid)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # under xdist only the controller sees the reports of all workers
        config.pluginmanager.register(LabGuard(), "lab-guard")


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all lab tests, so that one lab is built, and one each file that audits a county once for all."""
    for item in items:
        if item.nodeid.startswith(LAB):
            item.add_marker("lab")
            item.add_marker(pytest.mark.xdist_group("lab"))
        elif item.nodeid.startswith(AUDITED):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
