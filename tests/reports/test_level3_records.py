"""The records of the clause matrix: every item, who decides it, what a person has to look at."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from pathlib import Path

import docx
import openpyxl
import pytest

from checks.items import Result as Outcome
from checks.standards import LEVEL3, standard
from inventory.attestation import Attestation
from inventory.evidence import Evidence
from inventory.findings import FindingRow
from inventory.plan import plan
from inventory.register import Register, Room
from inventory.store import RunState, Store
from inventory.text import Text
from reports import records, rectification
from reports.model import Result
from reports.preassessment import RESULTS, raised_by, remarks
from reports.registry import reports

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROW = Evidence("register 机房", (2,))


def wide(check: str, place: str, outcome: str, kind: str = "register", *evidence: Evidence) -> FindingRow:
    return FindingRow(check, kind, kind, outcome, "medium", place, evidence=evidence or (ROW,), values={"place": place})


@pytest.fixture
def told(tmp_path: Path) -> Result:
    """A run in which register and network alone were judged."""
    store = Store.open(tmp_path / "hecha.db")
    run = store.create_run("level3-protection", started=NOW)
    store.save_findings(
        run,
        [
            wide("rooms.access-controlled", "中心机房", "pass"),
            wide("rooms.access-controlled", "备用机房", "fail"),
            wide("rooms.watched", "中心机房", "pass"),
            wide("boundary.attacks-detected", "出口", "fail", "network"),
            wide("boundary.attacks-detected", "专网", "pass", "network"),
        ],
    )
    store.finish_run(run, RunState.FINISHED, at=NOW)
    return Result(store, run, plan=plan(), today=NOW.date(), title=Text("自查", "Self-check"))


def of(told: Result, item: str) -> list[records.Record]:
    return list(records.records(told, told.assessment.items[item]))


def test_every_item_has_a_record(told: Result) -> None:
    for item in told.assessment.items.values():
        found = list(records.records(told, item))
        assert found, item.clause.id
        steps = {record.step for record in found}
        assert steps == set(range(1, item.clause.substeps + 1)), item.clause.id


def test_what_nobody_looked_at_says_who_has_to_and_at_what(told: Result) -> None:
    for item in told.assessment.items.values():
        for record in records.records(told, item):
            if not record.findings and not record.is_one:
                assert record.need
                assert item.clause.evidence_zh in record.need.zh
                assert record.kind.zh
    (first, *_) = of(told, "8.1.2.3-a")
    assert first.need
    assert "只读且无害" in first.need.zh  # the reason of the item, not one that fits every item


def test_a_room_is_an_object_of_its_own(told: Result) -> None:
    first = {record.object.zh: record for record in of(told, "8.1.1.2-a") if record.step == 1}
    assert set(first) == {"中心机房", "备用机房"}
    assert first["备用机房"].step_result == RESULTS[Outcome.NOT_MET]
    # The register's word that there is a lock proves no lock.
    assert first["中心机房"].step_result == RESULTS[Outcome.NOT_ASSESSED]
    assert first["中心机房"].need
    assert first["中心机房"].kind.zh == "机房"
    assert first["中心机房"].judged_at == NOW


def test_a_place_that_proves_its_step_is_met_beside_one_that_is_not(told: Result) -> None:
    one, *places = [record for record in of(told, "8.1.3.3-a") if record.step == 1]
    assert {record.object.zh: record.step_result for record in places} == {
        "出口": RESULTS[Outcome.NOT_MET],
        "专网": RESULTS[Outcome.MET],
    }
    assert {record.object_result.zh for record in places} == {""}
    assert one.need == Text("查看 2 处：符合 1，不符合 1（出口）", "looked at 2: 1 hold, 1 fail (出口)")
    assert (one.step_result, one.object_result) == (RESULTS[Outcome.NOT_MET], RESULTS[Outcome.PARTIAL])
    assert one.object == one.item.clause.objects_text


def test_what_passes_without_proving_is_shown(told: Result) -> None:
    (watched,) = [record for record in of(told, "8.1.1.3-c") if record.step == 1]
    assert watched.findings
    assert watched.step_result == RESULTS[Outcome.NOT_ASSESSED]
    assert told.assessment.items["8.1.1.3-c"].result is Outcome.NOT_ASSESSED


def test_who_decides_each_step(told: Result) -> None:
    clauses = {clause.id: clause for clause in standard(LEVEL3).clauses()}
    assert records.by_tool(told, clauses["8.1.1.2-a"]) == "1~"
    assert records.by_tool(told, clauses["8.1.2.1-e"]) == "1"
    assert records.by_people(told, clauses["8.1.2.1-e"]) == Text("", "")
    assert "第 1、2 步" in records.by_people(told, clauses["8.1.1.2-a"]).zh
    assert "访谈" in records.by_people(told, clauses["8.1.6.1-a"]).zh


def test_risks_name_the_checks_that_raise_them(told: Result) -> None:
    by_id = {risk.id: risk for risk in told.assessment.high}
    assert raised_by(told, by_id["HR-6.3.3.1"]) == ("boundary.attacks-detected",)
    assert raised_by(told, by_id["HR-6.4.4.1"]) == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_workbook_and_document_hold_every_item(told: Result, language: str) -> None:
    sheets, text = io.BytesIO(), io.BytesIO()
    reports()["clause-matrix"].write(told, language, sheets)  # type: ignore[arg-type]
    reports()["clause-matrix-docx"].write(told, language, text)  # type: ignore[arg-type]
    ids = {clause.id for clause in standard(LEVEL3).clauses()}
    book = openpyxl.load_workbook(sheets, read_only=True)
    for name in (book.sheetnames[1], book.sheetnames[3]):
        rows = list(book[name].iter_rows(values_only=True))
        assert ids == {str(row[2]) for row in rows[1:]}
        assert not [row for row in rows if "None" in map(str, filter(None, row))]
    headings = [p.text for p in docx.Document(text).paragraphs if p.style and p.style.name == "Heading 3"]
    assert ids == {heading.split(" ")[0] for heading in headings}


def test_what_people_found_is_to_be_mended_too(told: Result) -> None:
    late = date(2027, 1, 1)
    words = [
        Attestation(item, name, "not-met", note, "Li Lei", NOW, late)
        for item, name, note in (("8.1.4.1-d", "core-1", "one factor"), ("8.1.1.3-b", "", "cables lie open"))
    ]
    told.store.attest(words)
    said = [(gap.items, gap.object.zh, gap.problem.zh) for gap in rectification.gaps(told)]
    assert (("8.1.4.1-d",), "core-1", "one factor") in said
    assert (("8.1.1.3-b",), "（整项）", "cables lie open") in said


def test_steps_of_a_word_on_the_whole_item_are_as_confirmed(told: Result) -> None:
    late = date(2027, 1, 1)
    told.store.attest(
        [
            Attestation(item, "", said, "seen", "Li Lei", NOW, late)
            for item, said in (("8.1.1.1-a", "met"), ("8.1.7.1-a", "partial"))
        ]
    )
    assert {r.step_result.en for r in of(told, "8.1.1.1-a")} == {"met"}
    assert len(of(told, "8.1.1.1-a")) == 5
    assert {r.step_result.en for r in of(told, "8.1.7.1-a") if r.step} == {"see attestation"}


def test_the_document_keeps_steps_that_people_have_to_look_at(told: Result) -> None:
    told.store.save_findings(
        told.run.id, [FindingRow("audit_log.on", "device", f"sw-{n:02}", "pass", "high") for n in range(40)]
    )
    text = io.BytesIO()
    reports()["clause-matrix-docx"].write(told, "en", text)
    document = docx.Document(text)
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells[1:2]}
    clause = {clause.id: clause for clause in standard(LEVEL3).clauses()}["8.1.4.3-a"]
    assert f"2. {clause.steps[1]}" in cells


def test_devices_that_a_step_is_not_about_are_left_out_where_the_network_is_judged(told: Result) -> None:
    rows = [FindingRow("ports.access-controlled", "device", f"sw-{n}", "not_applicable", "medium") for n in range(9)]
    told.store.save_findings(told.run.id, [*rows, FindingRow("ports.idle-shut", "device", "sw-1", "pass", "medium")])
    found = of(told, "8.1.3.1-b")
    assert [(r.step, r.object.zh, r.step_result.zh) for r in found] == [
        (1, "终端准入系统；全部接入设备", "未评"),
        (2, "终端准入系统；全部接入设备", "符合"),
        (2, "sw-1", "符合"),
    ]


def test_a_case_said_to_be_mended_while_its_gap_stays_is_told(told: Result) -> None:
    late = date(2027, 1, 1)
    said = [("HR-6.3.3.1", "met"), ("HR-6.2.1.1", "met")]  # one that measures may lower, one that nothing raises
    told.store.attest([Attestation(case, "", word, "seen", "Li Lei", NOW, late) for case, word in said])
    assert "HR-" not in "".join(line.value.en for line in remarks(told))
    words = [Attestation("HR-6.3.3.1", "", word, "seen", "Li Lei", NOW, late) for word in ("not-met", "met")]
    told.store.attest(words)
    again = Result(told.store, told.run.id, plan=plan(), today=NOW.date(), title=told.title)
    assert "HR-6.3.3.1" in [line.value.en for line in remarks(again)]


def test_declared_rooms_are_told_step_by_step(told: Result) -> None:
    rooms = tuple(Room(name=name, unit="u", site="s", address="a") for name in ("中心机房", "备用机房"))
    told.register = Register(rooms=rooms)
    told.store.attest(
        [Attestation("8.1.1.1-b", "备用机房", "not-met", "in the cellar", "Li Lei", NOW, date(2027, 1, 1))]
    )
    assert [(r.step, r.object.zh) for r in of(told, "8.1.1.3-a")] == [
        (step, room.name) for room in rooms for step in (1, 2)
    ]
    assert [(r.object.zh, r.step_result.zh) for r in of(told, "8.1.1.1-b")] == [
        ("中心机房", "未评"),
        ("备用机房", "不符合"),
    ]
    assert told.assessment.items["8.1.1.1-b"].possible == {Outcome.PARTIAL, Outcome.NOT_MET}
    layer, point, item = next(each for each in records.laid_out(told) if each[2].clause.id == "8.1.1.1-b")
    cells = records.cells(layer, point, list(records.records(told, item))[1], "zh")
    assert (cells["taken"], cells["problem"], cells["remedy"]) == (
        "2026-11-24 17:00",
        "in the cellar",
        item.clause.zh,
    )
