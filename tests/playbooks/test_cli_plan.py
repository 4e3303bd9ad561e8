"""``hecha plan``: the table, a day that counts, and what if."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console import Terminal, hecha, refused

from inventory.register import BusinessSystem, Hosting, MigrationState, Register, Unit, UnitKind
from inventory.store import Store

START = datetime(2025, 10, 1, 4, tzinfo=UTC)
FIGURES = """\
denominators: {DEN-SYS: 4}
figures:
- {requirement: PR-VID-01, value: 3600, as_of: 2025-11-30, by: 王工, source: 月报}
"""
SYSTEMS = ("OA", "信访系统", "财政系统", "档案系统")


def county(on_cloud: int) -> Register:
    """Four systems, so many of them on the cloud."""
    places = (MigrationState.ON_CLOUD, Hosting.CITY_CLOUD), (MigrationState.NOT_STARTED, Hosting.ROOM)
    systems = tuple(
        BusinessSystem(name=name, unit="u", state=places[n >= on_cloud][0], hosted=places[n >= on_cloud][1])
        for n, name in enumerate(SYSTEMS)
    )
    return Register(units=(Unit(name="u", kind=UnitKind.COUNTY_DEPT),), systems=systems)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three monthly runs, in each of which one more system is on the cloud."""
    at = tmp_path_factory.mktemp("plan")
    assert hecha("init", "net", at=at).returncode == 0
    with Store.open(at / "net" / "hecha.db") as store:
        for month in range(3):
            taken = START + timedelta(days=30 * month)
            store.save_register(county(month), at=taken)
            run = store.create_run("weekly-census", started=taken)
            store.finish_run(run, at=taken)
    (at / "net" / "plan-figures.yaml").write_text(FIGURES, encoding="utf-8")
    return at / "net"


def line(project: Path, requirement: str, *words: str) -> dict[str, object]:
    told = hecha("plan", "--json", *words, at=project)
    assert told.returncode == 0, told.stderr
    rows = {row["id"]: row for row in map(json.loads, told.stdout.splitlines())}
    assert len(rows) == 41
    return rows[requirement]


def test_value_names_trend_and_projection(project: Path) -> None:
    cloud = line(project, "PR-CLD-01")
    assert (cloud["lowest"], cloud["highest"], cloud["yes"], cloud["no"]) == (
        50.0,
        50.0,
        [*SYSTEMS[:2]],
        [*SYSTEMS[2:]],
    )
    assert [point["value"] for point in cloud["trend"]] == [0.0, 25.0, 50.0]  # type: ignore[attr-defined]
    assert cloud["projected"] == "2026-01-17"  # 25 points in 30 days: 90 % after 108
    assert cloud["progress"] == "late"


def test_day_that_counts_picks_run_and_deadline(project: Path) -> None:
    cloud = line(project, "PR-CLD-01", "--as-of", "2025-11-15")
    assert (cloud["lowest"], cloud["progress"], cloud["days_late"]) == (25.0, "behind", 0)
    refused(hecha("plan", "--as-of", "2025-01-01", at=project), "2025-01-01")
    refused(hecha("plan", "--as-of", "soon", at=project), "soon")


def test_what_if_shows_both_values(project: Path) -> None:
    cloud = line(project, "PR-CLD-01", "--assume", "system=财政:on-cloud", "--assume", "system=档案系统:on-cloud")
    assert (cloud["lowest"], cloud["without_assumption"], cloud["progress"]) == (100.0, 50.0, "reached")
    shown = hecha("plan", "--assume", "system=财政:on-cloud", at=project).stdout
    assert "50 % → 75 %" in shown
    refused(hecha("plan", "--assume", "system=系统:on-cloud", at=project), "系统")


def test_declared_figures_of_the_project_count(project: Path) -> None:
    video = line(project, "PR-VID-01", "--as-of", "2025-12-15")
    assert (video["lowest"], video["declared"], video["progress"]) == (3600.0, True, "reached")
    rules = line(project, "PR-SEC-05")
    assert rules["missing"] is not None
    assert rules["progress"] == "not-measured"


def test_plan_at_a_terminal_keeps_numbers_and_dates_whole(project: Path) -> None:
    with Terminal("plan", at=project) as shown:
        shown.end()
    for word in ("PR-CLD-01", "2025-12-31", "= 100 %"):
        assert word in shown.seen
    assert "Basis" not in shown.seen  # it stands below the figure


def test_one_requirement_is_told_whole(project: Path) -> None:
    """Formula, both sides by name, how much is lacking, where it goes; its number may be written in small letters."""
    done = hecha("plan", "pr-cld-01", at=project)
    assert done.returncode == 0, done.stderr
    told = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert told["Requirement"].startswith("PR-CLD-01 ")
    assert told["Formula"].startswith("non-classified systems hosted")
    assert told["Value"] == "50 % (2 of 4 systems)"
    assert (told["Met"], told["Not met"]) == (", ".join(SYSTEMS[:2]), ", ".join(SYSTEMS[2:]))
    assert (told["Lacking"], told["Projected"]) == ("2", "2026-01-17")
    assert told["Trend"] == "2025-10-01 0, 2025-10-31 25, 2025-11-30 50"
    refused(hecha("plan", "PR-CLD-99", at=project), "PR-CLD-99")
    what_if = hecha("plan", "PR-CLD-01", "--assume", "system=财政:on-cloud", at=project).stdout
    assert "Value: 75 % (3 of 4 systems)\nWithout the assumption: 50 %\n" in what_if


def test_one_requirement_that_nothing_tells_says_what_is_missing(project: Path) -> None:
    told = hecha("plan", "PR-SEC-05", at=project).stdout
    assert "Missing: no device tells it: declare it in plan-figures.yaml" in told
    assert "Value" not in told


def test_both_sides_are_counted_in_json(project: Path) -> None:
    cloud, video = line(project, "PR-CLD-01"), line(project, "PR-VID-01", "--as-of", "2025-12-15")
    assert (cloud["numerator"], cloud["denominator"], cloud["lacking"]) == (2, 4, 2)
    assert (video["numerator"], video["denominator"], video["lacking"]) == (None, None, None)


def second_plan(checkout: Path) -> str:
    """The plan of another county as the documents show it."""
    blocks = re.findall(r"```yaml\n(.*?)```", (checkout / "docs" / "plan.md").read_text(encoding="utf-8"), re.DOTALL)
    return next(block for block in blocks if block.startswith("name: "))


def test_plan_of_another_county_is_a_file(project: Path, checkout: Path) -> None:
    """Its own numbers, targets and totals, measured as the built-in plan's; what has no key is declared."""
    (project / "qingxi.yaml").write_text(second_plan(checkout), encoding="utf-8")
    book = project / "playbooks" / "weekly-census.yaml"
    book.write_text(OTHER_BOOK, encoding="utf-8")
    figures = project / "plan-figures.yaml"
    kept = figures.read_text(encoding="utf-8")
    figures.write_text(
        "figures: [{requirement: QX-3, value: 93, as_of: 2025-11-30, by: 王工, source: 月报}]", encoding="utf-8"
    )
    try:
        done = hecha("plan", "--json", "--as-of", "2025-12-15", at=project)
        assert done.returncode == 0, done.stderr
        told = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}
        assert list(told) == ["QX-1", "QX-2", "QX-3"]
        cloud, services = told["QX-2"], told["QX-3"]
        assert (cloud["lowest"], cloud["target"], cloud["progress"]) == (50.0, "≥ 60 %", "behind")
        assert "DEN-SYS" in cloud["basis"]
        assert (services["lowest"], services["declared"], services["progress"]) == (93.0, True, "reached")
        assert told["QX-1"]["progress"] == "not-measured"
        figures.write_text(kept, encoding="utf-8")
        refused(hecha("check", at=project), "PR-VID-01")
    finally:
        book.unlink()
        figures.write_text(kept, encoding="utf-8")


OTHER_BOOK = """\
name: weekly-census
title: {zh: 每周普查, en: Weekly census}
collect: {sources: [snmp]}
plan: qingxi.yaml
"""
