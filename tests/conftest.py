"""What all tests share: the recordings beside the checkout, and a lab that CI may not skip."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAB = "tests/lab/"


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all lab tests, so that one lab is built."""
    for item in items:
        if item.nodeid.startswith(LAB):
            item.add_marker("lab")
            item.add_marker(pytest.mark.xdist_group("lab"))
