"""The catalogue as a whole: words, citations, purity, and declarations that must not import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import checks
from checks.catalogue import catalogue, selected
from checks.model import Check, Family, IncompleteCheck, Remedy, Severity, SubjectKind, Verdict, check, complaints
from checks.standards import LEVEL3, Assess, Clause, clause, coverage, standard, standards
from collectors.platforms.catalogue import platforms
from inventory.errors import InputError
from inventory.facts import Forwarding
from inventory.plan import Requirement
from inventory.text import Text

EVERY = list(catalogue().values())


@pytest.mark.parametrize("declared", EVERY, ids=lambda c: c.id)
def test_declaration(declared: Check) -> None:
    assert list(complaints(declared)) == []
    assert len(declared.title.en) <= 90
    assert len(declared.title.zh) <= 40
    assert declared.title.zh != declared.title.en
    for ref in declared.clauses:
        assert clause(ref) is not None, f"cites nothing: {ref}"
    assert {name.partition("/")[0] for name in declared.remedy.commands} <= set(platforms())
    for step in declared.steps:
        cited = clause(step.clause)
        assert isinstance(cited, Clause)
        assert 1 <= step.number <= max(len(cited.steps), cited.substeps), f"{step.clause} has no step {step.number}"
    assert set(declared.high_risk) <= {case.id for case in standard(LEVEL3).high_risk_cases}


def test_every_family_and_every_kind_of_subject_is_judged() -> None:
    per_family = {family: sum(c.family is family for c in EVERY) for family in Family}
    assert all(per_family[f] >= 5 for f in (Family.LEVEL3, Family.IPV6, Family.BANDWIDTH, Family.CLOUD))
    assert {c.subject for c in EVERY} == set(SubjectKind)


def test_level3_checks_cite_the_standard_and_plan_checks_the_plan() -> None:
    for declared in EVERY:
        cited = [clause(ref) for ref in declared.clauses]
        wanted = Clause if declared.family is Family.LEVEL3 else Requirement
        assert any(isinstance(found, wanted) for found in cited), declared.id


def test_checks_import_nothing_that_reaches_out() -> None:
    """A rule sees facts, policies and dates: no clock, file, socket, database, log or language setting."""
    forbidden = {"collectors", "reports", "playbooks", "socket", "subprocess", "os", "time", "logging", "random", "sys"}
    for path in sorted((Path(checks.__file__).parent / "rules").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        tops = {name.partition(".")[0] for name in names}
        assert not tops & forbidden, path.name
        assert tops <= {"checks", "inventory"} | set(sys.stdlib_module_names), path.name
        assert not {n for n in names if n.startswith(("inventory.store", "inventory.credentials"))}, path.name


def test_selection_by_family_id_and_pattern() -> None:
    assert selected() == tuple(EVERY)
    assert {c.family for c in selected(["cloud"])} == {Family.CLOUD}
    assert [c.id for c in selected(include=["access.telnet-*"])] == ["access.telnet-off"]
    assert "cloud.rate-reached" not in {c.id for c in selected(["cloud"], exclude=["cloud.rate-*"])}
    with pytest.raises(InputError, match="no such family"):
        selected(["weather"])
    with pytest.raises(InputError, match="no check"):
        selected(exclude=["nothing.*"])


def telling(forwarding: Forwarding) -> Iterator[Verdict]:
    yield Verdict(bool(forwarding.ipv4))


WORDS = Text("好", "good")


def declare(function: Any = telling, **changes: Any) -> Check:
    said: dict[str, Any] = {
        "family": Family.LEVEL3,
        "title": WORDS,
        "severity": Severity.LOW,
        "clauses": ("gbt22239-2019:8.1.4.1-a",),
        "found": WORDS,
        "remedy": Remedy(WORDS),
    }
    return check(str(changes.pop("id", "topic.good")), **(said | changes))(function)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"id": "Topic Good"}, "the id is not"),
        ({"title": Text("", "good")}, "lacks a language"),
        ({"found": Text("{a}", "{b}")}, "other placeholders"),
        ({"title": Text("{a}", "{a}")}, "no placeholders"),
        ({"clauses": ()}, "cited"),
        ({"clauses": ("8.1.4.1-a",)}, "cited"),
        ({"clauses": ("gbt22239-2019:8.1.4.1-a#first",)}, "steps are written"),
        ({"high_risk": ("6.4.1.2",)}, "high-risk cases"),
    ],
)
def test_an_incomplete_check_does_not_import(changes: dict[str, object], complaint: str) -> None:
    assert declare().subject is SubjectKind.DEVICE
    with pytest.raises(IncompleteCheck, match=complaint):
        declare(**changes)


def test_steps_are_told_apart_from_the_clause() -> None:
    declared = declare(clauses=("gbt22239-2019:8.1.4.1-b#1,2~", "gbt22239-2019:8.1.4.1-b#3", "plan:PR-SEC-08"))
    assert declared.clauses == ("gbt22239-2019:8.1.4.1-b", "plan:PR-SEC-08")
    assert [(step.number, step.proves) for step in declared.steps] == [(1, True), (2, False), (3, True)]


def test_a_check_asks_only_for_what_is_supplied() -> None:
    def untyped(x) -> Iterator[Verdict]:
        yield Verdict(True)

    def of_text(x: str) -> Iterator[Verdict]:
        yield Verdict(True)

    def of_nothing() -> Iterator[Verdict]:
        yield Verdict(True)

    for function, complaint in ((untyped, "no type"), (of_text, "nothing supplies"), (of_nothing, "one subject")):
        with pytest.raises(IncompleteCheck, match=complaint):
            declare(function)


def test_level3_items_are_all_there() -> None:
    items = list(standard(LEVEL3).clauses())
    assert len(items) == 211
    assert len(list(standard(LEVEL3).clauses(("cloud",)))) == 211 + 46
    assert sum(item.assess is Assess.AUTO for item in items) == 26
    assert len({item.id for item in items}) == 211
    cases = {case.id for case in standard(LEVEL3).high_risk_cases}
    assert len(cases) == 55
    assert {ref for item in items for ref in item.high_risk} <= cases
    every = {item.id for item in standard(LEVEL3).clauses(("cloud",))}
    assert {case.item for case in standard(LEVEL3).high_risk_cases} <= every
    for item in items:
        assert all(1 <= step <= len(item.steps) for step in item.auto_steps), item.id


def test_a_citation_of_nothing_is_none() -> None:
    assert clause("gbt22239-2019:8.1.4.1-z") is None
    assert clause("iso27001:5.1") is None
    assert clause("plan:PR-NET-99") is None
    assert standards() == (LEVEL3,)
    with pytest.raises(InputError, match="no such standard"):
        standard("iso27001")


def test_coverage_names_the_checks_of_each_clause_in_order() -> None:
    covered = coverage({c.id: c.clauses for c in EVERY})
    assert [row.clause.id for row in covered] == [item.id for item in standard(LEVEL3).clauses()]
    by_id = {row.clause.id: row.checks for row in covered}
    assert {"access.telnet-off", "access.vty-encrypted"} <= set(by_id["8.1.4.1-c"])
    assert by_id["8.1.1.1-a"] == ()
