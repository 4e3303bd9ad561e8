"""Steps to objects, objects to items, items to control points; what people say beside what checks found."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest

from checks.attestations import clauses
from checks.items import OPEN, Result, Tally, combined, item_result, object_result, possible_results
from checks.standards import LEVEL3, standard
from checks.steps import step_states
from inventory.attestation import Attestation

MET, PARTIAL, NOT_MET = Result.MET, Result.PARTIAL, Result.NOT_MET
LOGIN = "8.1.4.1-a"  # four steps, all of them


def said(item: str, result: str, name: str = "", until: date = date(2027, 1, 1), **more: Any) -> Attestation:
    given = {"note": "checked on site", "attested_by": "Li Lei", "file": "photo.jpg", **more}
    return Attestation(item, name, result, attested_at=datetime(2026, 11, 1, tzinfo=UTC), until=until, **given)


# Steps to an object -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "steps", "expected"),
    [
        (LOGIN, (True, True, True, True), {MET}),
        (LOGIN, (False, False, False, False), {NOT_MET}),
        (LOGIN, (True, False, None, None), {PARTIAL}),
        (LOGIN, (False, None, None, None), {PARTIAL, NOT_MET}),
        (LOGIN, (True, None, None, None), {MET, PARTIAL}),
        (LOGIN, (None, None, None, None), {MET, PARTIAL, NOT_MET}),
        ("8.1.1.3-b", (False,), {NOT_MET}),
        ("8.1.1.3-b", (True,), {MET}),
        ("8.1.1.3-b", (None,), {MET, NOT_MET}),
    ],
)
def test_what_an_object_may_come_to(item: str, steps: tuple[bool | None, ...], expected: set[Result]) -> None:
    assert possible_results(clauses()[item], steps) == expected


@pytest.mark.parametrize("item", ["8.1.4.2-b", "8.1.5.4-b"])
def test_one_step_of_an_any_unit_is_enough(item: str) -> None:
    clause = clauses()[item]
    assert clause.decision == "any"
    assert possible_results(clause, (True, *[False] * (clause.substeps - 1))) == {MET}
    assert possible_results(clause, (False,) * clause.substeps) == {NOT_MET}


def test_units_that_are_decided_by_a_formula() -> None:
    virus, patches = clauses()["8.1.4.5-a"], clauses()["8.1.10.7-b"]
    expected = {True: {MET}, False: {PARTIAL}}
    for a, b, c in product((True, False), repeat=3):
        if (a, b, c) != (False, False, False):
            assert possible_results(virus, (a, b, c)) == expected[(a and c) or (b and c)]
            assert possible_results(patches, (a, b, c)) == expected[a or (b and c)]


def test_every_clause_comes_to_all_three_or_two() -> None:
    for clause in clauses().values():
        found = possible_results(clause, (None,) * clause.substeps)
        graded = clause.unit == "L3-HRS1-08" or (clause.substeps > 1 and clause.decision != "any")
        assert found == (OPEN if graded else {MET, NOT_MET}), clause.id


def test_every_item_has_its_objects_and_all_its_steps_in_both_languages() -> None:
    known = tuple(standard(LEVEL3).clauses(("cloud",)))
    assert len(known) == 211 + 46
    for clause in known:
        assert len(clause.steps_zh) == len(clause.steps) == clause.substeps, clause.id
        for zh, en in (
            (clause.objects_zh, clause.objects),
            *zip(clause.steps_zh, clause.steps, strict=True),
        ):
            assert any("\u4e00" <= c <= "\u9fff" for c in zh), (clause.id, zh)
            assert en.isascii(), (clause.id, en)
            assert en.strip(), clause.id


def test_every_step_says_what_the_assessor_does_and_what_must_hold() -> None:
    told = tuple("访查测抽抓嗅尝验刷对现模采用在从")  # what is done, or with what, where or from where
    for clause in standard(LEVEL3).clauses(("cloud",)):
        for zh, en in zip(clause.steps_zh, clause.steps, strict=True):
            assert zh.startswith(told), (clause.id, zh)
            for step, mark in ((zh, "："), (en, ": ")):
                doing_it, _, holds = step.partition(mark)
                assert len(doing_it) >= 2, step
                assert holds.strip(), step


def test_items_are_judged_as_one_or_object_by_object() -> None:
    whole = {clause.id for clause in clauses().values() if clause.whole}
    assert {"8.1.3.1-b", "8.1.5.4-d", "8.1.2.1-e"} <= whole
    for clause in standard(LEVEL3).clauses():
        is_management = clause.id.startswith(("8.1.6.", "8.1.7.", "8.1.8.", "8.1.9.", "8.1.10."))
        assert clause.whole or not is_management, clause.id
        assert not (clause.whole and clause.id.startswith(("8.1.1.", "8.1.4."))), clause.id


def test_one_failure_settles_a_step_and_all_passes_prove_it() -> None:
    clause = clauses()[LOGIN]
    said_of = {
        1: [(True, True), (True, False)],
        2: [(True, True), (False, True)],
        3: [(True, False)],
        4: [(True, True), (None, False)],
    }
    assert step_states(clause, said_of) == (True, False, None, None)


# Objects to items ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 3])
def test_combined_is_what_every_completion_comes_to(size: int) -> None:
    """Held against enumeration: each object ends somewhere, all met is met, none is not met, else partial."""
    kinds = [frozenset(k) for k in ({MET}, {PARTIAL}, {NOT_MET}, {MET, NOT_MET}, {PARTIAL, NOT_MET}, OPEN)]
    for objects in product(kinds, repeat=size):
        ends = set()
        for whole in product(*objects):
            same = set(whole)
            ends.add(whole[0] if len(same) == 1 else PARTIAL)
        assert combined(Counter(objects)) == ends, objects


def test_objects_that_an_item_does_not_apply_to_are_left_out() -> None:
    clause, tally = clauses()[LOGIN], Tally()
    tally.add(object_result(clause, "device", "a", (True,) * 4))
    tally.add(object_result(clause, "device", "b", (None,) * 4, said(LOGIN, "na", "b")))
    found = item_result(clause, tally)
    assert (found.result, found.left_out, found.count) == (MET, 1, 1)


def test_the_mean_runs_over_objects() -> None:
    clause, tally = clauses()[LOGIN], Tally()
    for steps in ((True,) * 4, (True, True, True, False), (False,) * 4):
        tally.add(object_result(clause, "device", "x", steps))
    found = item_result(clause, tally)
    assert (found.result, found.low, found.high) == (PARTIAL, 0.5, 0.5)
    tally.add(object_result(clause, "device", "y", (None,) * 4))
    found = item_result(clause, tally)
    assert (found.result, found.low, found.high) == (PARTIAL, 0.375, 0.625)
