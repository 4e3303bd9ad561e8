"""The plan's figures: counted by name, unknown where nobody tells them, declared with a source, and where they go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from inventory.assume import assumed
from inventory.attestation import Attestation
from inventory.errors import InputError
from inventory.findings import FindingRow
from inventory.plan import plan
from inventory.plan_figures import DeclaredFigure, PlanFigures, read_plan_figures
from inventory.register import Hosting, MigrationState
from inventory.store import Store
from inventory.text import Text
from inventory.views.register import RegisterViews
from reports.model import Result
from reports.plan.facts import measured
from reports.plan.lines import PlanLine, Progress, plan_lines
from reports.plan.measure import Measure, Unmeasured, answers, passed
from reports.plan.trend import Point, projected

TODAY = date(2026, 11, 24)
START = datetime(2026, 1, 1, tzinfo=UTC)
THINGS = Text("个", "things")


def figure(
    requirement: str, value: float | None = None, *, met: bool | None = None, days_old: int = 30
) -> DeclaredFigure:
    return DeclaredFigure(requirement, TODAY - timedelta(days=days_old), "王工", "月报", value, met)


def attested(item: str, result: str, days: int = 0) -> Attestation:
    said = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=days)
    return Attestation(item, "", result, "陆府办〔2026〕3号", "李主任", said, date(2027, 10, 31))


def lines(store: Store, run: int, *figures: DeclaredFigure, **denominators: int) -> dict[str, PlanLine]:
    named = {f"DEN-{name}": count for name, count in denominators.items()}
    told = Result(
        store, run, plan=plan(), today=TODAY, title=Text("", ""), declared=PlanFigures(named, figures)
    ).plan_lines
    return {line.requirement.id: line for line in told}


def test_every_requirement_has_a_value_or_says_what_is_missing(store: Store, run: int, fixed_catalogue: None) -> None:
    found = lines(store, run)
    assert len(found) == 41
    for line in found.values():
        assert (line.measure is None) == bool(line.missing)
        if line.progress is Progress.REACHED:
            assert line.measure is not None
            assert line.measure.total or line.measure.unit == ""
    assert set(measured()) <= set(found), "measured, and no requirement of the plan"


def test_names_of_what_was_counted(store: Store, run: int, fixed_catalogue: None) -> None:
    cloud = lines(store, run)["PR-CLD-01"].measure
    assert cloud is not None
    assert cloud.total == len(cloud.yes) + len(cloud.no) + len(cloud.unsure) == 3
    assert not {"", *cloud.yes} & {*cloud.no, *cloud.unsure}


def test_total_that_nobody_declared_keeps_a_figure_open(store: Store, run: int, fixed_catalogue: None) -> None:
    before, after = (lines(store, run, **more)["PR-NET-08"] for more in ({}, {"PRIV": 4}))
    for line in (before, after):
        if line.measure is not None:
            assert line.progress is not Progress.REACHED
    listed = before.measure.total if before.measure else 0
    assert after.measure is None or after.measure.total == max(4, listed)


def test_declared_figure_stands_in_for_what_no_device_tells(store: Store, run: int, fixed_catalogue: None) -> None:
    found = lines(store, run, figure("PR-VID-01", 3120), figure("PR-SEC-05", met=True), figure("PR-CLD-01", 99))
    video, rules, cloud = (found[name] for name in ("PR-VID-01", "PR-SEC-05", "PR-CLD-01"))
    assert video.measure is not None
    assert (video.measure.shown, video.progress) == ("3120", Progress.LATE)
    assert "not verified" in video.measure.basis.en
    assert rules.progress is Progress.REACHED
    assert cloud.measure is not None
    assert cloud.measure.declared is None, "what is measured is not replaced by what is said"
    assert cloud.declared is not None


def test_figure_out_of_date_counts_no_more(store: Store, run: int, fixed_catalogue: None) -> None:
    assert lines(store, run, figure("PR-VID-01", 3500, days_old=400))["PR-VID-01"].progress is Progress.NOT_MEASURED
    assert lines(store, run, figure("PR-VID-01", 3500, days_old=-1))["PR-VID-01"].progress is Progress.NOT_MEASURED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("denominators: {DEN-MOON: 3}", "DEN-MOON"),
        ("denominators: {DEN-BUDGET: -3}", "DEN-BUDGET"),
        ("figures: [{requirement: PR-X-1, value: 1, as_of: 2026-01-01, by: a, source: b}]", "PR-X-1"),
        ("figures: [{requirement: PR-VID-01, as_of: 2026-01-01, by: a, source: b}]", "value / met"),
        ("figures: [{requirement: PR-VID-01, value: 1, as_of: 2026-01-01, by: a, source: ' '}]", "source"),
        ("figure: []", "figure"),
    ],
)
def test_file_of_figures_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "plan-figures.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_plan_figures(file, plan())


def test_what_the_plan_does_not_know_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "plan-figures.yaml"
    file.write_text("# DEN-MOON\ndenominators:\n  DEN-BUDGET: 3\n  DEN-MOON: 3\n", encoding="utf-8")
    with pytest.raises(InputError) as raised:
        read_plan_figures(file, plan())
    assert raised.value.where == f"{file}:4: DEN-MOON"
    told = "value: 1, as_of: 2026-01-01, by: PR-X-1, source: b"
    file.write_text(
        f"figures:\n- {{requirement: PR-VID-01, {told}}}\n- {{{told},\n   requirement: PR-X-1}}\n", encoding="utf-8"
    )
    with pytest.raises(InputError) as raised:
        read_plan_figures(file, plan())
    assert raised.value.where == f"{file}:4: PR-X-1"


def test_file_of_figures_may_be_missing_or_hold_comments_only(tmp_path: Path) -> None:
    file = tmp_path / "plan-figures.yaml"
    assert read_plan_figures(file, plan()) == PlanFigures()
    file.write_text("# nothing yet\n", encoding="utf-8")
    assert read_plan_figures(file, plan()) == PlanFigures()


def test_nothing_to_count_is_not_a_share() -> None:
    missing = Text("没有", "none")
    assert answers([], THINGS, missing) == Unmeasured(missing)
    assert passed({("device", "a"): "not_applicable"}, THINGS, missing) == Unmeasured(missing)
    told = passed({("device", "a"): "pass", ("device", "b"): "waived", ("device", "c"): "unknown"}, THINGS, missing)
    assert told == Measure(("a",), ("b",), ("c",), THINGS)


def test_assumption_moves_one_system(result: Result) -> None:
    system = next(s for s in result.register.systems if s.state is not MigrationState.ON_CLOUD)
    register = assumed(result.register, f"system={system.name}:on-cloud")
    moved = register.system(system.name)
    assert moved is not None
    assert (moved.state, moved.hosted) == (MigrationState.ON_CLOUD, Hosting.CITY_CLOUD)
    assert [s.name for s in register.systems] == [s.name for s in result.register.systems]
    facts = result.plan_facts(register, RegisterViews(register, result.network))
    before, after = (
        next(line.measure for line in told if line.requirement.id == "PR-CLD-01")
        for told in (result.plan_lines, plan_lines(facts))
    )
    assert before is not None
    assert after is not None
    assert after.lowest > before.lowest
    assert system.name in after.yes


@pytest.mark.parametrize("text", ["system=nobody:on-cloud", "system=河田镇网站:flying", "link=x:100", "system=", ""])
def test_assumption_that_means_nothing_is_refused(result: Result, text: str) -> None:
    with pytest.raises(InputError):
        assumed(result.register, text)


@pytest.mark.parametrize(
    ("values", "reached"),
    [
        ([30, 40, 50], date(2026, 1, 1) + timedelta(days=180)),  # 10 a month: 90 is four further on
        ([30, 30, 30], None),
        ([50, 40, 30], None),
        ([90, 95], None),  # there already
        ([30], None),
        ([30.0, 30.001], None),  # in some ten thousand months
    ],
)
def test_projection_goes_straight_on(values: list[float], reached: date | None) -> None:
    requirement = plan().requirement("PR-CLD-01")
    assert requirement is not None
    points = [Point(START + timedelta(days=30 * n), value) for n, value in enumerate(values)]
    assert projected(requirement, points) == reached


def test_two_runs_of_one_day_project_nothing() -> None:
    requirement = plan().requirement("PR-CLD-01")
    assert requirement is not None
    assert projected(requirement, [Point(START, 30), Point(START + timedelta(hours=2), 40)]) is None


def test_a_test_that_carried_the_tier_both_ways_proves_it_whatever_a_port_says(tmp_path: Path) -> None:
    def row(check: str, link: str, outcome: str) -> FindingRow:
        return FindingRow(f"bandwidth.{check}", "link", link, outcome, "high")

    with Store.open(tmp_path / "hecha.sqlite") as store:
        run = store.create_run("p", started=START)
        store.save_findings(
            run,
            [
                *(row("contract-meets-tier", link, "pass") for link in ("slow", "tested", "capped")),
                *(row("port-meets-tier", link, "fail") for link in ("slow", "tested", "capped")),
                row("test-reaches-tier", "tested", "pass"),
                row("test-reaches-tier", "capped", "unknown"),
            ],
        )
        store.finish_run(run, at=START)
        measure = lines(store, run)["PR-NET-04"].measure
    assert measure is not None
    assert (measure.yes, sorted(measure.no)) == (("tested",), ["capped", "slow"])


def test_level_3_is_the_rate_of_the_self_check(store: Store, run: int, fixed_catalogue: None) -> None:
    told = Result(store, run, plan=plan(), today=TODAY, title=Text("", ""))
    line = next(line for line in told.plan_lines if line.requirement.id == "PR-SEC-01")
    score = told.assessment.score
    assert line.measure is not None
    assert (line.measure.lowest, line.measure.highest) == (score.low, score.high)
    assert line.measure.total == score.applicable
    assert line.progress is Progress.UNKNOWN, "most items are open: both are possible"


def test_official_evaluation_stands_in_for_the_self_check(store: Store, run: int, fixed_catalogue: None) -> None:
    line = lines(store, run, figure("PR-SEC-01", met=True))["PR-SEC-01"]
    assert line.measure is not None
    assert (line.measure.declared, line.progress) == (100.0, Progress.REACHED)


def test_documents_that_people_confirmed_are_counted(store: Store, run: int, fixed_catalogue: None) -> None:
    """PR-SEC-05 rests on three items of the standard that no device tells."""
    items = ("8.1.6.1-a", "8.1.6.2-a", "8.1.7.1-a")
    before = lines(store, run)["PR-SEC-05"]
    assert before.progress is Progress.NOT_MEASURED
    for item in items[:2]:
        store.attest([attested(item, "met")])
    half = lines(store, run)["PR-SEC-05"]
    assert half.measure is not None
    assert (half.measure.yes, half.measure.unsure, half.progress) == (items[:2], items[2:], Progress.UNKNOWN)
    store.attest([attested(items[2], "met")])
    assert lines(store, run)["PR-SEC-05"].progress is Progress.REACHED
    store.attest([attested(items[2], "not-met", days=1)])
    assert lines(store, run)["PR-SEC-05"].progress is Progress.LATE
