"""What an item's object is: the network or the organisation as one, or each room and system by itself."""

from __future__ import annotations

import pytest
from toy_assessments import MET, NOT_MET, PARTIAL, TODAY, USUAL, assess, declared, row, said

from checks.assessing import Assessor, Part
from checks.attestations import Attested, attested
from checks.items import ItemResult, Result
from inventory.attestation import Attestation

STRANGERS = "8.1.3.1-b"  # two steps, judged as one: means against strangers, idle ports
ELSEWHERE = "8.1.4.9-b"  # one step, system by system
NO_STRANGERS = [declared("ports", f"{STRANGERS}#1,2"), declared("strangers", f"{STRANGERS}#1~", wide=True)]


def test_an_undeclared_switch_fails_the_network_and_no_device() -> None:
    rows = [row("ports", f"sw-{n}", "pass") for n in range(9)]
    wide = [row("strangers", "network", "fail", "network", place="10.1.1.9")]
    found = assess(NO_STRANGERS, [*rows, *wide])
    assert (found.items[STRANGERS].result, found.items[STRANGERS].count) == (PARTIAL, 1)
    records = list(Assessor(USUAL, NO_STRANGERS, Attested()).records(found, STRANGERS, wide, rows))
    assert [r.part for r in records] == [Part.WHOLE, *[Part.SAMPLE] * 9]
    assert records[0].object.steps == (False, True)
    assert {r.object.steps for r in records[1:]} == {(True, True)}
    assert (records[0].pooled[1].told, records[0].pooled[1].names) == (10, ["10.1.1.9"])


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        (["pass", "pass"], MET),
        (["pass", "fail"], PARTIAL),
        (["fail", "fail"], NOT_MET),
        (["pass", "unknown"], Result.NOT_ASSESSED),
        (["not_applicable", "pass"], MET),
        (["not_applicable", "not_applicable"], Result.NOT_ASSESSED),
    ],
)
def test_an_item_judged_as_one_is_met_in_part_while_a_step_holds_somewhere(
    outcomes: list[str], expected: Result
) -> None:
    rows = [row("ports", f"sw-{n}", outcome) for n, outcome in enumerate(outcomes)]
    item = assess(NO_STRANGERS, rows).items[STRANGERS]
    assert (item.result, item.left_out) == (expected, 0)


def test_an_item_of_one_step_judged_as_one_has_no_part() -> None:
    checks = [declared("doubled", "8.1.2.1-e#1", wide=True)]
    rows = [row("doubled", "network", o, "network", place=p) for p, o in (("core-1", "pass"), ("fw-1", "fail"))]
    assert assess(checks, rows).items["8.1.2.1-e"].result is NOT_MET


def test_a_system_that_the_register_tells_of_is_an_object_of_its_own() -> None:
    checks = [declared("copied", f"{ELSEWHERE}#1", wide=True)]
    wide = [row("copied", "register", o, "register", place=p) for p, o in (("OA", "pass"), ("payroll", "fail"))]
    found = assess(checks, wide)
    assert (found.items[ELSEWHERE].result, found.items[ELSEWHERE].count) == (PARTIAL, 2)
    records = list(Assessor(USUAL, checks, Attested()).records(found, ELSEWHERE, wide, []))
    assert [(r.object.name, r.object.result, r.found) for r in records] == [
        ("OA", MET, {1: wide[:1]}),
        ("payroll", NOT_MET, {1: wide[1:]}),
    ]
    word = said(ELSEWHERE, "met", "payroll")
    assert assess(checks, wide, [word]).items[ELSEWHERE].contradicted == 1


def test_rooms_without_fire_system_leave_the_others_open() -> None:
    checks = [declared("fed", "8.1.1.9-c#1~", wide=True)]
    wide = [row("fed", "register", o, "register", place=p) for p, o in (("main", "pass"), ("spare", "fail"))]
    assert assess(checks, wide).items["8.1.1.9-c"].possible == {PARTIAL, NOT_MET}
    none_declared = [row("fed", "register", "unknown", "register", place="-")]
    assert assess(checks, none_declared).items["8.1.1.9-c"].possible == {MET, NOT_MET, PARTIAL}


def test_a_named_object_of_an_item_judged_as_one_does_not_outweigh_findings() -> None:
    rows = [row("ports", "sw-1", "fail")]
    item = assess(NO_STRANGERS, rows, [said(STRANGERS, "met", "access control system")]).items[STRANGERS]
    assert (item.result, item.contradicted, item.count) == (NOT_MET, 1, 1)


def test_a_word_on_one_room_leaves_the_others_open() -> None:
    rooms = {"machine_room": ["main", "spare"], "business_system": ["OA"]}

    def found(*words: Attestation) -> ItemResult:
        assessor = Assessor(USUAL, [], attested(words, TODAY), rooms)
        return assessor.assessed([], []).items["8.1.1.1-a"]

    assert (found().result, found().count) == (Result.NOT_ASSESSED, 2)
    assert found(said("8.1.1.1-a", "met", "main")).result is Result.NOT_ASSESSED
    assert found(said("8.1.1.1-a", "met", "main"), said("8.1.1.1-a", "met", "spare")).result is MET
    assert found(said("8.1.1.1-a", "met", "main"), said("8.1.1.1-a", "not-met", "spare")).result is PARTIAL
    assert found(said("8.1.1.1-a", "met")).result is MET
    assert found(said("8.1.1.1-a", "met"), said("8.1.1.1-a", "not-met", "spare")).contradicted == 1
    excused = [said("8.1.1.1-a", "na", "main"), said("8.1.1.1-a", "na", "spare")]
    assert (found(*excused[:1]).result, found(*excused).result) == (Result.NOT_ASSESSED, Result.NOT_APPLICABLE)
    assert (found(*excused, said("8.1.1.1-a", "met")).result, found(*excused).contradicted) == (MET, 0)
    assert found(said("8.1.1.1-a", "na", "a room nobody declared")).result is Result.NOT_ASSESSED
    other = Assessor(USUAL, [], attested([], TODAY), rooms).assessed([], []).items
    assert (other["8.1.4.4-d"].count, other["8.1.4.1-a"].count) == (1, 1)
