"""The figures: counted once, and never kinder than what is known."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from string import printable

import openpyxl
import pytest

from checks.model import Family, Severity
from checks.standards import clause
from inventory.facts import Identity
from inventory.findings import OUTCOMES, FindingRow
from inventory.plan import plan
from inventory.snapshot import State, fact_kinds
from inventory.store import Store
from inventory.text import Language, Text
from inventory.words.facts import FACTS
from reports import wording
from reports.clauses import STANDINGS, Standing, standing
from reports.figures import Tally
from reports.model import Result
from reports.plan.lines import PROGRESS, Progress, target_text
from reports.plan.measure import Measure
from reports.registry import reports

TODAY = date(2026, 11, 24)


def tally(**outcomes: int) -> Tally:
    made = Tally()
    for outcome, count in outcomes.items():
        made.add(outcome, "high", count)
    return made


def test_counts_of_all_six_outcomes(result: Result) -> None:
    assert {o: result.figures.total[o] for o in OUTCOMES} == {
        "fail": 5,
        "pass": 4,
        "unknown": 3,
        "not_applicable": 1,
        "error": 1,
        "waived": 1,
    }
    assert result.figures.total.unsure == 4
    assert result.open_gaps == 5
    assert result.figures.total.failing == {"high": 3, "medium": 1, "low": 1}


def test_gaps_that_registers_name_belong_to_a_unit(result: Result) -> None:
    for name, unit in (("core-1", "陆河县政务服务数据管理局"), ("河田镇网站", "河田镇"), ("nobody", None)):
        row = FindingRow("systems.crypto-assessed", "register", "register", "fail", "high", name)
        assert result.place_of(row)[0] == unit


def test_share_counts_unknown_as_not_passed() -> None:
    assert tally(**{"pass": 1, "unknown": 3}).pass_percent == 25
    assert tally(not_applicable=9).pass_percent is None


def test_new_and_gone_gaps(result: Result) -> None:
    assert result.figures.new == 4
    assert [(row.check, row.subject) for row in result.resolved] == [("snmp.no-default-community", "core-1")]


def test_worst_gaps_come_first(result: Result) -> None:
    groups = result.figures.worst_gaps()
    assert [(g.check, g.severity, g.subjects) for g in groups[:2]] == [
        ("access.telnet-off", "high", 2),
        ("bandwidth.contract-meets-tier", "high", 1),
    ]
    assert [g.severity for g in groups] == ["high", "high", "medium", "low"]
    assert groups[0].first_seen is not None
    assert wording.day(groups[0].first_seen) == "2026-10-12"
    assert [row.severity for row in result.gaps_by_severity()] == ["high", "high", "high", "medium", "medium", "low"]


def test_findings_belong_to_units_and_sites(result: Result) -> None:
    by_unit, by_site = result.figures.by_unit(), result.figures.by_site()
    assert by_unit["河田镇"].failing == {"high": 2, "low": 1}
    assert by_unit["陆河县政务服务数据管理局"].failing == {"high": 1}
    assert by_unit[None].failing == {"medium": 1}
    assert by_site["county"]["pass"] == 3
    assert sum(t.outcomes.total() for t in by_unit.values()) == result.figures.total.outcomes.total()
    assert sum(t.outcomes.total() for t in by_site.values()) == result.figures.total.outcomes.total()


def test_trend_runs_from_old_to_new(result: Result) -> None:
    assert [(run, counts.failing.total()) for run, _, counts in result.trend] == [(1, 2), (2, 5)]


def test_what_was_not_read(result: Result) -> None:
    (unread,) = result.figures.unread.values()
    assert (unread.name, unread.gap.value, unread.whys) == (
        "health-ce",
        "unreachable",
        ["no SNMP answer in 2 tries of 2.5 s (no answer)"],
    )
    assert set(result.figures.undecided) == {"access.idle-timeout", "ipv6.site-carries"}
    assert not result.is_complete


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ({}, Standing.NOT_ASSESSED),
        ({"pass": 5}, Standing.PASSED),
        ({"pass": 5, "not_applicable": 1}, Standing.PASSED),
        ({"pass": 5, "unknown": 1}, Standing.UNKNOWN),
        ({"pass": 5, "error": 1}, Standing.UNKNOWN),
        ({"pass": 5, "waived": 1}, Standing.WAIVED),
        ({"waived": 1, "unknown": 1}, Standing.UNKNOWN),
        ({"pass": 500, "fail": 1, "unknown": 3, "waived": 1}, Standing.FAILED),
        ({"not_applicable": 3}, Standing.NOT_APPLICABLE),
    ],
)
def test_standing_of_an_item(outcomes: dict[str, int], expected: Standing) -> None:
    assert standing(tally(**outcomes)) is expected


def test_matrix_holds_every_item_and_passes_none_unchecked(result: Result) -> None:
    lines = [line for layer in result.layers for point in layer.points for line in point.items]
    assert len(lines) == 211
    assert sum(layer.standings.total() for layer in result.layers) == 211
    by_id = {line.clause.id: line for line in lines}
    assert by_id["8.1.4.1-c"].standing is Standing.FAILED
    assert by_id["8.1.4.1-c"].examples == (("device", "core-1"), ("device", "town-sw"))
    assert by_id["8.1.4.1-b"].standing is Standing.UNKNOWN
    assert by_id["8.1.4.4-c"].standing is Standing.WAIVED
    assert all(line.standing is Standing.NOT_ASSESSED for line in lines if not line.tally.outcomes)
    assert all(line.tally["pass"] and not line.tally.unsure for line in lines if line.standing is Standing.PASSED)


def test_plan_values(result: Result) -> None:
    lines = {line.requirement.id: line for line in result.plan_lines}
    assert [line.requirement for line in result.plan_lines] == list(plan().requirements)
    cloud = lines["PR-CLD-01"]
    assert cloud.measure is not None
    assert (round(cloud.measure.lowest, 1), round(cloud.measure.highest, 1)) == (33.3, 66.7)
    assert (cloud.progress, cloud.days_late) == (Progress.LATE, (TODAY - date(2025, 12, 31)).days)
    tiers = lines["PR-NET-04"]
    assert tiers.measure is not None
    assert (tiers.measure.shown, tiers.progress) == ("50 %", Progress.LATE)
    # The department's site gave nothing and no interface of its link is known: it may be connected or not.
    access = lines["PR-NET-01"]
    assert access.measure is not None
    assert (access.measure.shown, access.progress, access.days_late) == ("66.7–100 %", Progress.UNKNOWN, 0)
    assert access.days_over > 0
    assert lines["PR-SEC-05"].progress is Progress.NOT_MEASURED
    assert lines["PR-CLD-05"].progress is Progress.NO_VERDICT


def test_nothing_is_late_before_its_deadline(store: Store, run: int, fixed_catalogue: None) -> None:
    early = Result(store, run, plan=plan(), today=date(2021, 6, 1), title=Text("", ""))
    assert {line.progress for line in early.plan_lines} >= {Progress.BEHIND, Progress.UNKNOWN}
    assert {line.days_late for line in early.plan_lines} == {0}


def test_measure_is_shown_as_a_span_where_something_is_unknown() -> None:
    things = Text("个", "things")
    assert Measure(("a",), ("b",), (), things).shown == "50 %"
    assert Measure(("a",) * 5, ("b",) * 2, ("c",), things).shown == "62.5–75 %"
    assert Measure(("a",), (), (), things, unlisted=3).shown == "25–100 %"
    assert Measure((), (), ("a",) * 3, things, unit="").shown == "0–3"


def test_targets_are_written_as_the_plan_means_them() -> None:
    targets = {requirement.id: target_text(requirement) for requirement in plan().requirements}
    by_id = {name: text.zh for name, text in targets.items()}
    assert by_id["PR-CLD-01"] == "≥ 90 %"
    assert by_id["PR-NET-04"] == "= 100 %"
    assert by_id["PR-VID-01"] == "≥ 3500"
    assert by_id["PR-CLD-05"] == ""
    assert targets["PR-SEC-05"] == Text("是", "yes")
    assert targets["PR-NET-05"].en.startswith("p95 utilisation ≤ 70 %, round trip in the county ≤ 30 ms, loss ≤ 0.5 %")
    assert targets["PR-NET-05"].zh.endswith("可用率 ≥ 99.5 %")
    assert [text.en for text in targets.values() if "_" in text.en or not set(text.en) <= {*printable, *"≥≤"}] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["console", "html", "workbook", "json-lines", "findings-csv", "assets-csv"])
def test_run_without_register_findings_or_devices(
    store: Store, fixed_catalogue: None, name: str, language: Language
) -> None:
    empty = Result(store, store.create_run("other"), plan=plan(), today=TODAY, title=Text("空", "empty"))
    assert not empty.is_complete
    assert empty.layers[0].standings == {Standing.NOT_ASSESSED: 22}
    assert {line.progress for line in empty.plan_lines} == {Progress.NOT_MEASURED, Progress.NO_VERDICT}
    stream = io.BytesIO()
    reports()[name].write(empty, language, stream)
    assert stream.getvalue()


def test_stale_devices_are_told(store: Store, run: int, fixed_catalogue: None) -> None:
    later = date(2027, 3, 1)
    old = Result(store, run, plan=plan(), today=later, title=Text("", ""), stale_after_days=30)
    assert {each.difference.value for each in old.reconciled if each.target == "town-sw"} == {"stale"}


def test_findings_of_a_check_that_is_no_more(store: Store, run: int, written: Callable[..., bytes]) -> None:
    store.save_findings(run, [FindingRow("gone.long-ago", "device", "core-1", "fail", "high")])
    result = Result(store, run, plan=plan(), today=TODAY, title=Text("", ""))
    for name in ("html", "json-lines"):
        assert "gone.long-ago" in written(name, "en", result).decode()


def test_all_reports_show_the_same_figures(result: Result, written: Callable[..., bytes]) -> None:
    lines = [json.loads(line) for line in written("json-lines", "en").decode().splitlines()]
    head = lines[0]
    assert head["type"] == "run"
    assert sum(head["open_gaps"].values()) == result.open_gaps
    assert sum(line["type"] == "finding" and line["outcome"] == "fail" for line in lines) == result.open_gaps
    assert f"open gaps: {result.open_gaps}, new: {result.figures.new}" in written("console", "en").decode()
    assert written("html", "en").decode().count('<article class="gap"') == result.open_gaps
    sheet = openpyxl.load_workbook(io.BytesIO(written("workbook", "en")))["Gaps"]
    assert sheet.max_row - 1 == result.open_gaps + result.figures.total["waived"]


def test_lines_of_a_type_have_the_same_keys(written: Callable[..., bytes]) -> None:
    keys: dict[str, set[tuple[str, ...]]] = {}
    for line in written("json-lines").decode().splitlines():
        plain = json.loads(line)
        keys.setdefault(plain["type"], set()).add(tuple(plain))
    assert set(keys) == {"run", "device", "difference", "finding", "resolved", "plan", "clause", "assessment"}
    assert {kind: len(found) for kind, found in keys.items()} == dict.fromkeys(keys, 1)


def test_every_key_of_a_line_is_documented(written: Callable[..., bytes]) -> None:
    from reports import json_lines

    described = json_lines.__doc__ or ""
    for line in written("json-lines").decode().splitlines():
        plain = json.loads(line)
        if plain["type"] != "finding" or plain["evidence"]:
            assert [key for key in plain if key not in described] == []


def test_devices_carry_what_the_register_says(result: Result) -> None:
    lines = {line.record.target: line for line in result.devices()}
    assert lines["core-1"].unit == "陆河县政务服务数据管理局"
    assert lines["10.0.3.7"].unit is None
    assert isinstance(lines["core-1"].identity, Identity)
    assert result.states == {State.ANSWERED: 3, State.UNREACHABLE: 1, State.REFUSED: 0, State.WITHHELD: 0}


def test_everything_has_words() -> None:
    assert set(FACTS) == set(fact_kinds())
    assert set(wording.FAMILIES) == set(Family)
    assert set(wording.SEVERITIES) == set(Severity)
    assert set(wording.STATES) == set(State)
    assert set(STANDINGS) == set(Standing)
    assert set(PROGRESS) == set(Progress)


def test_citations_are_named_after_the_plan_of_the_run() -> None:
    other = replace(plan(), requirements=())
    assert wording.cited("plan:PR-NET-04", other) == ("PR-NET-04", Text("", ""))
    short, text = wording.cited("gbt22239-2019:8.1.4.1-c", other)
    assert short == "8.1.4.1-c"
    assert clause("gbt22239-2019:8.1.4.1-c") is not None
    assert text.zh


def test_lines_of_evidence_are_told_in_spans() -> None:
    from inventory.evidence import Evidence

    assert wording.located(Evidence("display clock", (7,)), "en") == "display clock · line 7"
    assert wording.located(Evidence("display clock", (9, 7, 8, 12)), "en") == "display clock · lines 7–9, 12"
    assert wording.located(Evidence("register 链路", (3,)), "zh") == "登记表 链路 · 第 3 行"
    assert wording.located(Evidence("register 链路", (3,)), "en") == "register Links · line 3"
    assert wording.located(Evidence("register"), "zh") == "登记表"
    assert wording.located(Evidence("polls"), "zh") == "计数器轮询"
    assert (
        wording.located(Evidence("HTTP https://oa.example/ at 10.1.1.1"), "zh")
        == "HTTP https://oa.example/（10.1.1.1）"
    )


def test_times_are_those_of_the_county(result: Result) -> None:
    midnight = result.run.started.replace(hour=17)
    assert wording.moment(midnight) == "2026-11-25 01:00"
    assert wording.day(midnight + timedelta(hours=0)) == "2026-11-25"
