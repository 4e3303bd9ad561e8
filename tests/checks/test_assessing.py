"""From findings and what people say to items, control points, risks and a conclusion."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from toy_assessments import LOGIN, MET, NOT_MET, PARTIAL, TODAY, assess, declared, row, said

from checks.assessing import Assessor, Basis, Part
from checks.attestations import Attested, clauses, complaints
from checks.items import OPEN, Result
from checks.risks import Level, Standing
from checks.scoring import Conclusion, Scoring, Template
from inventory.attestation import Attestation

# Findings to an assessment ------------------------------------------------------------------------------------------

ALL_STEPS = [declared("login", f"{LOGIN}#1,2,3,4")]


def test_items_without_a_word_are_not_assessed() -> None:
    found = assess(ALL_STEPS, [])
    assert {item.result for item in found.items.values()} == {Result.NOT_ASSESSED}
    assert len(found.items) == 211
    assert found.score.coverage == 0
    assert (found.score.low, found.score.high, found.score.conclusion) == (0, 100, None)


def test_an_item_is_one_item_on_thirty_switches() -> None:
    found = assess(ALL_STEPS, [row("login", f"sw-{n}", "fail") for n in range(30)])
    assert found.items[LOGIN].result is NOT_MET
    assert found.score.counts[NOT_MET] == 1
    assert found.items[LOGIN].count == 30


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["pass", "pass"], MET),
        (["pass", "fail"], PARTIAL),
        (["fail", "fail"], NOT_MET),
        (["pass", "unknown"], Result.NOT_ASSESSED),
        (["pass", "error"], Result.NOT_ASSESSED),
        (["pass", "not_applicable"], MET),
        (["not_applicable", "not_applicable"], Result.NOT_ASSESSED),
    ],
)
def test_outcomes_to_results(outcomes: list[str], expected: Result) -> None:
    found = assess(ALL_STEPS, [row("login", f"sw-{n}", outcome) for n, outcome in enumerate(outcomes)])
    assert found.items[LOGIN].result is expected


def test_one_failing_place_fails_the_object() -> None:
    places = [row("login", "sw", outcome, place=str(n)) for n, outcome in enumerate(["pass", "fail", "unknown"])]
    for order in (places, places[::-1]):
        assert assess(ALL_STEPS, order).items[LOGIN].result is NOT_MET


def test_an_accepted_risk_stays_a_gap() -> None:
    accepted = row("login", "sw", "waived", underlying="fail", waiver="planned (Wang, 2027-01-01)")
    assert assess(ALL_STEPS, [accepted]).items[LOGIN].result is NOT_MET
    unsure = row("login", "sw", "waived", underlying="unknown", waiver="planned (Wang, 2027-01-01)")
    assert assess(ALL_STEPS, [unsure]).items[LOGIN].result is Result.NOT_ASSESSED


def test_a_check_beside_the_clause_decides_nothing() -> None:
    found = assess([declared("beside", LOGIN)], [row("beside", "sw", "fail"), row("beside", "sx", "pass")])
    assert found.items[LOGIN].result is Result.NOT_ASSESSED
    assert not found.items[LOGIN].is_lacking


def test_a_failure_against_a_step_is_kept_while_others_are_open() -> None:
    found = assess([declared("one", f"{LOGIN}#1~")], [row("one", "sw", "fail")])
    item = found.items[LOGIN]
    assert item.result is Result.NOT_ASSESSED
    assert item.is_lacking
    assert item.possible == {PARTIAL, NOT_MET}
    assert found.score.high == pytest.approx(100 * 210 / 211)
    assert assess([declared("one", f"{LOGIN}#1~")], [row("one", "sw", "pass")]).items[LOGIN].possible == OPEN


def test_what_holds_of_the_network_holds_of_each_object() -> None:
    checks = [declared("mine", f"{LOGIN}#1,2,3"), declared("all", f"{LOGIN}#4", wide=True)]
    rows = [row("mine", "a", "pass"), row("mine", "b", "pass")]
    assert assess(checks, [*rows, row("all", "network", "pass", "network")]).items[LOGIN].result is MET
    assert assess(checks, [*rows, row("all", "network", "fail", "network")]).items[LOGIN].result is PARTIAL
    alone = assess(checks, [row("all", "network", "fail", "network")]).items[LOGIN]
    assert (alone.count, alone.is_lacking) == (1, True)


def test_order_of_devices_changes_nothing() -> None:
    rows = [row("login", f"sw-{n}", o) for n, o in enumerate(["pass", "fail", "unknown", "pass"])]
    first, second = assess(ALL_STEPS, rows), assess(ALL_STEPS, rows[::-1])
    assert first.items == second.items
    assert first.score == second.score


# People -------------------------------------------------------------------------------------------------------------


def test_a_person_settles_what_no_check_sees() -> None:
    found = assess([], [], [said("8.1.1.1-a", "met"), said("8.1.1.1-b", "na"), said("8.1.1.3-b", "not-met")])
    assert [found.items[i].result for i in ("8.1.1.1-a", "8.1.1.1-b", "8.1.1.3-b")] == [
        MET,
        Result.NOT_APPLICABLE,
        NOT_MET,
    ]
    assert (found.score.applicable, found.score.assessed) == (210, 2)
    assert found.score.automatic_rate is None


def test_of_several_words_the_newest_counts_and_expired_ones_do_not() -> None:
    yesterday, today = date(2026, 11, 23), TODAY
    found = assess([], [], [said("8.1.1.1-a", "met"), said("8.1.1.1-a", "partial")])
    assert found.items["8.1.1.1-a"].result is PARTIAL
    found = assess([], [], [said("8.1.1.1-a", "met"), said("8.1.1.1-a", "met", until=yesterday)])
    assert found.items["8.1.1.1-a"].result is Result.NOT_ASSESSED
    assert [each.item for each in found.attested.expired] == ["8.1.1.1-a"]
    assert assess([], [], [said("8.1.1.1-a", "met", until=today)]).items["8.1.1.1-a"].result is MET


@pytest.mark.parametrize("word", ["met", "na"])
def test_no_word_hides_a_finding(word: str) -> None:
    for name in ("", "sw"):
        found = assess(ALL_STEPS, [row("login", "sw", "fail")], [said(LOGIN, word, name)])
        assert (found.items[LOGIN].result, found.items[LOGIN].contradicted) == (NOT_MET, 1)
        assert found.score.automatic_rate == 0  # what checks alone settled, whatever was said against it


def test_a_word_on_one_object_among_several() -> None:
    rows = [row("login", "a", "pass"), row("login", "b", "unknown")]
    found = assess(ALL_STEPS, rows, [said(LOGIN, "partial", "b"), said(LOGIN, "met", "room door")])
    assert found.items[LOGIN].result is PARTIAL
    assert found.items[LOGIN].count == 3
    records = list(Assessor(Basis(), ALL_STEPS, found.attested).records(found, LOGIN, [], rows))
    assert [(r.object.name, r.object.result) for r in records] == [("a", MET), ("b", PARTIAL), ("room door", MET)]
    assert [sorted(r.found) for r in records] == [[1, 2, 3, 4], [1, 2, 3, 4], []]


def test_what_holds_of_the_network_is_told_once_beside_the_objects() -> None:
    checks = [declared("mine", f"{LOGIN}#1,2,3"), declared("all", f"{LOGIN}#4", wide=True)]
    wide, rows = [row("all", "network", "fail", "network")], [row("mine", "a", "pass"), row("mine", "b", "pass")]
    assessor = Assessor(Basis(), checks, Attested())
    records = list(assessor.records(assessor.assessed(wide, rows), LOGIN, wide, rows))
    assert [(r.object.name, r.object.result, r.part) for r in records] == [
        ("a", PARTIAL, Part.OBJECT),
        ("b", PARTIAL, Part.OBJECT),
        ("network", Result.NOT_ASSESSED, Part.SHARED),
    ]
    assert records[2].found == {4: wide}
    (alone,) = assessor.records(assessor.assessed(wide, []), LOGIN, wide, [])
    assert (alone.object.name, alone.found, alone.part) == ("network", {4: wide}, Part.OBJECT)


def test_compensation_is_proposed_and_only_a_person_accepts_it() -> None:
    words = [said(i, "met") for i in clauses() if i.startswith("8.1.4.4-")]
    rows = [row("login", "sw", "fail")]
    proposed = assess(ALL_STEPS, rows, words)
    assert proposed.items[LOGIN].result is NOT_MET
    assert [(c.item.clause.id, [p.id for p in c.points], c.accepted) for c in proposed.compensations] == [
        (LOGIN, ["8.1.4.4"], None)
    ]
    accepted = assess(ALL_STEPS, rows, [*words, said(LOGIN, "partial", compensated_by="8.1.4.4")])
    assert accepted.items[LOGIN].result is PARTIAL
    assert accepted.items[LOGIN].before == {NOT_MET}
    assert accepted.compensations[0].accepted is not None


def test_control_points_are_met_by_all_their_items() -> None:
    own = [i for i in clauses() if i.startswith("8.1.1.3-")]
    point = {p.point.id: p for _, ps in assess([], [], [said(i, "met") for i in own]).points for p in ps}["8.1.1.3"]
    assert point.result is MET
    assert point.score(Scoring().weights()) == (10.0, 10.0)
    words = [said(own[0], "met"), said(own[1], "na"), said(own[2], "not-met")]
    point = {p.point.id: p for _, ps in assess([], [], words).points for p in ps}["8.1.1.3"]
    assert point.result is PARTIAL
    assert point.score({"一般": 1, "重要": 3, "关键": 9}) == (2.5, 2.5)
    open_point = {p.point.id: p for _, ps in assess([], [], words[:1]).points for p in ps}["8.1.1.3"]
    assert open_point.result is Result.NOT_ASSESSED
    assert {p.result for _, ps in assess([], [], [said(i, "na") for i in own]).points for p in ps} == {
        Result.NOT_APPLICABLE,
        Result.NOT_ASSESSED,
    }


# Risks, grades, extensions ------------------------------------------------------------------------------------------


def test_a_failed_check_raises_its_case_and_a_person_decides_it() -> None:
    checks = [declared("login", f"{LOGIN}#1,2,3,4", high_risk=("HR-6.4.1.1",))]
    rows = [row("login", "sw", "fail")]

    def standings(*words: Attestation) -> tuple[Standing, Standing, tuple[Level, Level]]:
        found = assess(checks, rows, list(words))
        high = {risk.id: risk.standing for risk in found.high}
        major = {risk.id: risk.standing for risk in found.major}
        return high["HR-6.4.1.1"], major["A-18"], found.level_of(found.items[LOGIN])

    assert standings() == (Standing.CANDIDATE, Standing.CANDIDATE, (Level.MEDIUM, Level.HIGH))
    assert standings(said("HR-6.4.1.1", "not-met"))[::2] == (Standing.CONFIRMED, (Level.HIGH, Level.HIGH))
    assert standings(said("HR-6.4.1.1", "met")) == (Standing.RULED_OUT, Standing.CLEAR, (Level.MEDIUM, Level.MEDIUM))
    assert standings(said("A-18", "not-met"))[1] is Standing.CONFIRMED
    assert assess(checks, rows, [said("A-18", "not-met")]).risks.major == 1


def test_a_major_risk_that_was_mended_is_still_counted_as_found() -> None:
    found = assess([], [], [said("A-27", "not-met"), said("A-27", "met"), said("A-28", "met")])
    assert [risk.standing for risk in found.major if risk.id in ("A-27", "A-28")] == [
        Standing.RECTIFIED,
        Standing.RULED_OUT,
    ]
    assert found.risks.major == 1


def test_everything_confirmed_and_no_major_risk_left_is_met() -> None:
    words = [said(i, "met") for i in clauses()]
    assert assess([], [], words).score.conclusion is None  # rows are nobody's yet
    ruled_out = [said(f"A-{n}", "met") for n in range(27, 33)]
    found = assess([], [], words + ruled_out)
    assert (found.score.conclusion, found.score.low, found.score.coverage) == (Conclusion.MET, 100, 100)


def test_the_cloud_extension_is_an_option() -> None:
    assert len(assess([], [], basis=Basis(cloud=True)).items) == 257


def test_an_object_graded_lower_leaves_stricter_gaps_open() -> None:
    rows = [row("login", "sw", "fail")]
    assert assess(ALL_STEPS, rows, basis=Basis(level="S2A3")).items[LOGIN].result is Result.NOT_ASSESSED
    assert assess(ALL_STEPS, rows, basis=Basis(level="S3A2")).items[LOGIN].result is NOT_MET
    passed = [row("login", "sw", "pass")]
    assert assess(ALL_STEPS, passed, basis=Basis(level="S2A3")).items[LOGIN].result is MET
    with pytest.raises(ValueError, match="level"):
        Basis(level="S2A2")


def test_importances_of_the_official_table_weigh_in_place_of_the_estimates() -> None:
    rows, of_2021 = [row("login", "sw", "fail")], Scoring(Template.T2021)
    high = {
        word: assess(ALL_STEPS, rows, basis=Basis(of_2021, importance={LOGIN: word})).score.high
        for word in ("一般", "重要", "关键")
    }
    assert [100 - (at or 0) for at in high.values()] == pytest.approx([100 / 211, 200 / 211, 300 / 211])
    assert assess(ALL_STEPS, rows, basis=Basis(importance={LOGIN: "一般"})).items[LOGIN].clause.importance == "一般"
    for wrong in ({"8.9.9.9-z": "关键"}, {LOGIN: "key"}):
        with pytest.raises(ValueError, match="importance"):
            Basis(importance=wrong)


@pytest.mark.parametrize("template", Template)
def test_bounds_never_cross(template: Template) -> None:
    rows = [row("login", f"sw-{n}", o) for n, o in enumerate(["pass", "fail", "unknown"])]
    found = assess(ALL_STEPS, rows, [said("8.1.1.1-a", "met")], Basis(Scoring(template))).score
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.high


# What is written ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"item": "8.9.9.9-z"}, "item"),
        ({"result": "yes"}, "result"),
        ({"note": " "}, "note"),
        ({"attested_by": ""}, "by"),
        ({"until": date(2026, 11, 23)}, "until"),
        ({"file": ""}, "file"),
        ({"item": "8.1.1.3-b", "object": "room", "result": "partial"}, "result"),
        ({"item": "A-27", "result": "partial"}, "result"),
        ({"item": "HR-6.1.1.1", "object": "room", "result": "not-met"}, "object"),
        ({"compensated_by": "8.1.1.1"}, "compensated_by"),
        ({"compensated_by": "8.9.9.9"}, "compensated_by"),
        ({"item": "A-27", "compensated_by": "8.1.1.2"}, "compensated_by"),
        ({"compensated_by": "8.1.1.2", "result": "not-met"}, "compensated_by"),
    ],
)
def test_complaints(changes: dict[str, Any], field: str) -> None:
    given = {"item": "8.1.1.1-a", "object": "", "result": "met", "note": "n", "attested_by": "x", "file": "f"}
    record = Attestation(**{**given, "attested_at": datetime(2026, 11, 1, tzinfo=UTC), "until": TODAY, **changes})
    assert field in [name for name, _ in complaints(record, TODAY)]


@pytest.mark.parametrize("item", ["8.1.1.1-a", "8.2.1.1-a", "HR-6.1.1.1", "A-01", "A-27"])
def test_what_can_be_attested(item: str) -> None:
    assert list(complaints(said(item, "met"), TODAY)) == []


@pytest.mark.parametrize("point", ["8.1.1.2", "8.1.3.2"])
def test_a_gap_is_made_up_for_in_its_class_or_on_the_way_to_it(point: str) -> None:
    assert list(complaints(said("8.1.1.1-a", "partial", compensated_by=point), TODAY)) == []


def test_nothing_is_attested_at_first() -> None:
    assert Attested().of(LOGIN) is None
