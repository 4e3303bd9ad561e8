"""The worked examples of CONTRIBUTING.md do what it says, against the real engine and readers."""

from __future__ import annotations

import importlib.util
import io
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

import reports as report_package
from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device
from checks.model import Check
from checks.standards import clause
from collectors import platforms as platform_package
from collectors import templates
from collectors.by_cli import facts_by_cli
from collectors.platforms.catalogue import platforms
from collectors.sessions.replay import files_of, sessions_from
from inventory.codec import decode_facts
from inventory.plan import plan
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import Store
from inventory.text import Text
from reports.model import Result
from reports.registry import reports

TAKEN = datetime(2026, 1, 1, tzinfo=UTC)
BLOCK = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def examples(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where each block that names a file was written, by that name."""
    folder = tmp_path_factory.mktemp("examples")
    written = {}
    for name, body in BLOCK.findall((checkout / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
        written[name] = path
    return written


def declared(path: Path) -> Check:
    spec = importlib.util.spec_from_file_location("contributing_example", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return next(value for value in vars(module).values() if isinstance(value, Check))


def test_check_judges_its_cases(examples: dict[str, Path]) -> None:
    check = declared(examples["checks/rules/session_example.py"])
    assert check.id not in catalogue()
    assert all(clause(cited) is not None for cited in check.clauses)
    cases = yaml.safe_load(examples[f"tests/checks/cases/{check.id}.yaml"].read_text(encoding="utf-8"))
    assert {case["expect"] for case in cases} >= {"pass", "fail", "unknown"}
    for case in cases:
        record = DeviceRecord("r1", "127.0.0.1", State("answered"), taken_at=TAKEN, platform=case["platform"])
        found = evaluate_device(Snapshot(record, decode_facts(case["facts"])), Terms((check,), date(2026, 1, 1)))
        assert [finding.outcome.value for finding in found] == [case["expect"]], case["name"]


def test_plan_is_read_like_the_built_in_one(examples: dict[str, Path]) -> None:
    example = plan(examples["inventory/plans/example-county.yaml"])
    assert example.tier_mbps("town") == 500
    cited = example.requirement("PR-NET-02")
    assert cited is not None
    assert cited.days_late(date(2029, 1, 1)) == 1
    assert plan().requirement("PR-NET-02") is not None


def test_report_is_found_where_it_lies(
    examples: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(examples["reports/silent_example.py"].parent)
    monkeypatch.setattr(report_package, "__path__", [*report_package.__path__, folder])
    reports.cache_clear()
    try:
        report = reports()["silent-targets"]
    finally:
        monkeypatch.undo()
        reports.cache_clear()
    assert "silent-targets" not in reports()
    with Store.open(tmp_path / "hecha.db") as store:
        run = store.create_run("example", started=TAKEN)
        for target, state in (("r1", State.ANSWERED), ("r2\x1b", State.UNREACHABLE)):
            store.save_device(run, Snapshot(DeviceRecord(target, "127.0.0.1", state, TAKEN)))
        result = Result(store, run, plan=plan(), today=TAKEN.date(), title=Text("", ""))
        stream = io.BytesIO()
        report.write(result, "en", stream)
    assert stream.getvalue().decode() == "r2\N{REPLACEMENT CHARACTER}: unreachable\n"


def test_platform_is_found_where_it_lies_and_reads_its_device(
    examples: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = examples["collectors/platforms/example_nos.py"].parent
    monkeypatch.setattr(platform_package, "__path__", [*platform_package.__path__, str(folder)])
    monkeypatch.setattr(templates, "FOLDER", folder / "templates")
    platforms.cache_clear()
    device = examples["tests/devices/example_nos/r1/facts.yaml"].parent
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return "0" * 64

    try:
        session = sessions_from(files_of(device), None, keep).cli
    finally:
        monkeypatch.setattr(platform_package, "__path__", list(platform_package.__path__[:-1]))
        platforms.cache_clear()
    assert "example_nos" not in platforms()
    assert session is not None
    assert session.platform is not None
    written = yaml.safe_load(examples["tests/devices/example_nos/r1/facts.yaml"].read_text(encoding="utf-8"))
    assert session.platform.name == written["platform"]
    expected = decode_facts(written["facts"])
    found = facts_by_cli(session, session.platform, list(expected), TAKEN)
    assert found == expected
    assert all(getattr(fact, "evidence", None) for fact in found.values())
    assert "password ***" in "".join(kept)
    assert "kept-out-of-sight" not in "".join(kept)
