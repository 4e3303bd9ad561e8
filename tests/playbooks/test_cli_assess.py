"""``assess`` and ``attest``: from a stored run to a pre-assessment, and what people confirm of it."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from console import Completed, hecha, refused
from judged import AT, judged_project

from checks.risks import row_text
from inventory.attestation import Attestation
from inventory.store import Store

LATER = (date.today() + timedelta(days=300)).isoformat()  # noqa: DTZ011 - the command's own day
SAID = ("--note", "seen on site", "--by", "Li Lei", "--until", LATER)


@pytest.fixture
def judged(tmp_path: Path) -> Path:
    return judged_project(tmp_path)


def assessed(at: Path, *words: str) -> dict[str, dict[str, Any]]:
    done = hecha("assess", "--json", *words, at=at)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line.get("id", line["type"]): line for line in lines}


def attest(at: Path, *words: object) -> Completed:
    done = hecha("attest", *words, at=at)
    assert done.returncode == 0, done.stderr
    return done


def words_of(at: Path) -> list[Attestation]:
    with Store.open(at / "hecha.db", create=False) as store:
        return store.attestations()


def test_found_gaps_and_what_nobody_looked_at(judged: Path) -> None:
    found = assessed(judged)
    assert found["8.1.4.1-c"]["result"] == "partial"
    assert found["8.1.4.1-c"]["objects"] == 2
    assert found["8.1.1.1-a"]["result"] == "not-assessed"
    score = found["score"]
    assert score["self_check"] is True
    assert (score["template"], score["conclusion"], score["low"]) == ("2025", "undetermined", 0)
    assert score["high"] < 100
    assert sum(line["type"] == "item" for line in found.values()) == 211


def test_one_item_is_told_object_by_object(judged: Path) -> None:
    every = [json.loads(line) for line in hecha("assess", "8.1.4.1-c", "--json", at=judged).stdout.splitlines()]
    failing = {line["object"] for line in every if line["step_result"] == "not met"}
    assert failing
    assert {line["item"] for line in every} == {"8.1.4.1-c"}
    open_ones = hecha("assess", "8.1.4.1-c", at=judged)
    told = {line.split("\t")[0] for line in open_ones.stdout.splitlines()}
    met = {line["object"] for line in every} - {line["object"] for line in every if line["step_result"] != "met"}
    assert failing <= told
    assert not told & met
    assert "met in part" in open_ones.stderr
    refused(hecha("assess", "8.1.9", at=judged), "8.1.9: no such item")


def test_templates_extension_and_settings(judged: Path) -> None:
    assert assessed(judged, "--template", "2021")["score"]["template"] == "2021"
    assert sum(line["type"] == "item" for line in assessed(judged, "--cloud").values()) == 257
    refused(hecha("assess", "--template", "1999", at=judged), "--template 1999", "2025")
    (judged / "playbooks").mkdir()
    book = "name: full-audit\ntitle: {zh: 全面, en: Full}\nassessment: {level: S2A3, scoring: {partial_credit: 0.5}}\n"
    (judged / "playbooks" / "full-audit.yaml").write_text(book, encoding="utf-8")
    score = assessed(judged)["score"]
    assert (score["level"], score["partial_credit"]) == ("S2A3G3", 0.5)
    (judged / "playbooks" / "full-audit.yaml").write_text(book.replace("S2A3", "S9A9"), encoding="utf-8")
    refused(hecha("assess", at=judged), "full-audit.yaml:3", "S3A3")


@pytest.mark.parametrize(("lang", "words"), [("zh", ("结论待定", "自查结果", "覆盖率")), ("en", ("undetermined",))])
def test_every_pre_assessment_says_what_it_is(judged: Path, lang: str, words: tuple[str, ...]) -> None:
    said = hecha("assess", at=judged, lang=lang).stdout
    for word in words:
        assert word in said


def test_a_person_confirms_with_a_file(judged: Path) -> None:
    attest(judged, "8.1.1.1-a", "--result", "met", "--file", "proof.pdf", *SAID)
    found = assessed(judged)
    assert (found["8.1.1.1-a"]["result"], found["8.1.1.1-a"]["attested_by"]) == ("met", "Li Lei")
    assert found["score"]["low"] == pytest.approx(100 / 211)
    (record,) = words_of(judged)
    kept = judged / "evidence" / record.file
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == record.sha256
    assert kept.stat().st_mode & 0o077 == 0
    (judged / "proof.pdf").unlink()
    assert "whole" in attest(judged, "list").stdout
    kept.write_bytes(b"forged")
    assert "changed" in attest(judged, "list").stdout
    kept.unlink()
    assert "missing" in attest(judged, "list").stdout


def test_the_newest_word_counts(judged: Path) -> None:
    attest(judged, "8.1.1.1-b", "--result", "not-met", *SAID)
    attest(judged, "8.1.1.1-b", "--result", "na", *SAID)
    states = [json.loads(line)["state"] for line in attest(judged, "list", "--json").stdout.splitlines()]
    assert states == ["superseded", "valid"]
    assert assessed(judged)["score"]["counts"]["not-applicable"] == 1


def test_an_expired_word_counts_as_not_assessed_and_is_told(judged: Path) -> None:
    with Store.open(judged / "hecha.db", create=False) as store:
        store.attest([Attestation("8.1.1.3-b", "", "met", "n", "Li", AT, date(2026, 1, 1), "f", "0" * 64)])
    assert assessed(judged)["8.1.1.3-b"]["result"] == "not-assessed"
    assert "Expired attestations (not assessed): 8.1.1.3-b" in hecha("assess", at=judged).stdout
    assert "expired" in attest(judged, "list").stdout
    assert "8.1.1.3-b" in hecha("report", "-f", "console", at=judged).stdout


def test_a_word_against_a_finding_changes_nothing(judged: Path) -> None:
    attest(judged, "8.1.4.1-c", "--object", "town-sw", "--result", "met", "--file", "proof.pdf", *SAID)
    found = assessed(judged)["8.1.4.1-c"]
    assert (found["result"], found["contradicted"]) == ("partial", 1)
    assert "Attestations that findings contradict: 8.1.4.1-c" in hecha("assess", at=judged).stdout


def test_a_risk_is_confirmed(judged: Path) -> None:
    assert "kept: A-29, confirmed" in attest(judged, "A-29", "--result", "not-met", *SAID).stderr
    assert "confirmed" in hecha("attest", "list", at=judged).stdout
    assert assessed(judged)["score"]["major_risks"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("8.1.1.1-z", "--result", "na", *SAID), "no such item"),
        (("8.1.1.1-a", "--result", "fine", *SAID), "expected one of met"),
        (("8.1.1.1-a", "--result", "met", *SAID), "--file: met and partial need a file"),
        (("HR-6.1.1.1", "--result", "not-met", "--object", "core-1", *SAID), "--object: a risk is of all"),
        (("8.1.1.1-a", "--result", "met", "--file", "gone.pdf", *SAID), "gone.pdf: no such file"),
        (("8.1.1.1-a", "--result", "na", *SAID[:4], "--until", "soon"), "expected a date"),
        (("8.1.1.1-a", "--result", "na", *SAID[:4], "--until", "2020-01-01"), "passed"),
        (("8.1.1.1-a", "--result", "na", "--note", " ", *SAID[2:]), "say on what it rests"),
        (("8.1.1.1-a",), "missing --result"),
    ],
)
def test_words_that_are_refused(judged: Path, words: tuple[str, ...], said: str) -> None:
    refused(hecha("attest", *words, at=judged), said)
    assert words_of(judged) == []
    assert not (judged / "evidence").exists()


# -- the worksheet -------------------------------------------------------------------------------------------------


def filled(path: Path, rows: dict[str, dict[str, object]]) -> Path:
    """The worksheet as it comes back: cells by item and heading."""
    book = openpyxl.load_workbook(path)
    page = book["证明"]
    at = {str(cell.value).rstrip("*"): number for number, cell in enumerate(page[1])}
    for row in page.iter_rows(min_row=2):
        for heading, value in rows.get(str(row[0].value), {}).items():
            row[at[heading]].value = value
    book.save(path)
    return path


GOOD: dict[str, object] = {
    "确认结果": "符合",
    "依据或理由": "验收报告",
    "确认人": "李雷",
    "有效期至": LATER,
    "证明文件": "proof.pdf",
}


def test_the_worksheet_goes_out_and_comes_in(judged: Path) -> None:
    attest(judged, "worksheet", "-o", "sheet.xlsx")
    rows = {str(r[0]): r for r in openpyxl.load_workbook(judged / "sheet.xlsx")["证明"].values}
    assert {"8.1.1.1-a", "8.1.4.1-c", "A-27"} <= set(rows)
    assert "met in part" in rows["8.1.4.1-c"]
    refused(hecha("attest", "worksheet", "-o", "sheet.xlsx", at=judged), "is not overwritten")
    refused(hecha("attest", "import", "sheet.xlsx", at=judged), "no row has a result")
    na: dict[str, object] = {**GOOD, "确认结果": "不适用", "证明文件": None}
    filled(judged / "sheet.xlsx", {"8.1.1.1-a": GOOD, "8.1.1.1-b": na, "A-27": {**GOOD, "确认结果": "不符合"}})
    attest(judged, "import", "sheet.xlsx")
    assert [(w.item, w.result, bool(w.file)) for w in words_of(judged)] == [
        ("8.1.1.1-a", "met", True),
        ("8.1.1.1-b", "na", False),
        ("A-27", "not-met", True),
    ]
    assert len(list((judged / "evidence").iterdir())) == 1


def test_everything_wrong_in_the_worksheet_at_once_and_nothing_taken(judged: Path) -> None:
    attest(judged, "worksheet", "-o", "sheet.xlsx")
    rows: dict[str, dict[str, object]] = {
        "8.1.1.1-a": GOOD,
        "8.1.1.1-b": {**GOOD, "确认结果": "大概"},
        "8.1.1.2-a": {**GOOD, "证明文件": "gone.pdf"},
        "8.1.1.3-a": {**GOOD, "确认人": None},
        "8.1.1.3-b": {**GOOD, "有效期至": "2020-01-01"},
        "8.1.1.4-a": {**GOOD, "有效期至": None},
        "8.1.1.4-b": {**GOOD, "证明文件": None},
        "8.1.1.5-a": {"依据或理由": "看过"},
        "8.1.1.5-b": {"确认人": "李雷", "有效期至": LATER},  # filled in for all rows beforehand
        "8.1.1.5-c": {**GOOD, "证明文件": "empty.pdf"},
        "A-27": {**GOOD, "确认结果": "部分符合"},
    }
    filled(judged / "sheet.xlsx", rows)
    (judged / "empty.pdf").touch()
    done = hecha("attest", "import", "sheet.xlsx", at=judged)
    refused(done, "9 problems; nothing was imported")
    for place, said in (
        ("证明!I3", "expected"),
        ("证明!K4", "no such file"),
        ("证明!L5", "who confirms"),
        ("证明!M6", "passed"),
        ("证明!M8", "must be filled in"),
        ("证明!K9", "need a file"),
        ("证明!I10", "no result"),
        ("证明!K12", "empty"),
    ):
        assert any(place in line and said in line for line in done.stderr.splitlines()), place
    assert words_of(judged) == []
    assert not (judged / "evidence").exists()


def test_the_worksheet_tells_an_assessor_what_to_do(judged: Path) -> None:
    attest(judged, "worksheet", "-o", "sheet.xlsx")
    page = openpyxl.load_workbook(judged / "sheet.xlsx")["证明"]
    rows = {str(cells[0].value): {str(h.value): c for h, c in zip(page[1], cells, strict=True)} for cells in page}
    for item, cells in rows.items():
        if item.startswith("8."):
            assert cells["测评对象"].value, item
            assert str(cells["测评步骤"].value).startswith("1. "), item
            assert cells["测评步骤"].alignment.wrap_text
            lines = str(cells["测评步骤"].value).count("\n") + 1
            assert page.row_dimensions[cells["测评步骤"].row].height >= 15 * lines
    assert "what may lower it" in str(rows["HR-6.4.1.2"]["测评步骤"].value)


def test_files_of_a_worksheet_lie_beside_it_and_nothing_is_said_twice(judged: Path) -> None:
    attest(judged, "worksheet", "-o", "sheet.xlsx")
    rows: dict[str, dict[str, object]] = {
        "8.1.1.1-a": {**GOOD, "证明文件": "../../../etc/hostname"},
        "8.1.1.1-b": {**GOOD, "证明文件": "/etc/hostname", "确认人": None},
        "8.1.1.2-a": GOOD,
        "8.1.1.3-a": {"条款": "8.1.1.2-a", **GOOD},
        "8.1.1.3-b": {"条款": "8.1.1.2-a", "对象": "spare room", **GOOD},
    }
    filled(judged / "sheet.xlsx", rows)
    done = hecha("attest", "import", "sheet.xlsx", at=judged)
    refused(done, "4 problems; nothing was imported")
    for place, said in (
        ("证明!K2", "worksheet's folder"),
        ("证明!K3", "worksheet's folder"),
        ("证明!L3", "who confirms"),
        ("证明!H5", "the same item and object as row 4"),
    ):
        assert any(place in line and said in line for line in done.stderr.splitlines()), (place, done.stderr)
    (judged / "link.pdf").symlink_to("/etc/hostname")
    filled(judged / "sheet.xlsx", {"8.1.1.1-a": {**GOOD, "证明文件": "link.pdf"}})
    assert "证明!K2" in hecha("attest", "import", "sheet.xlsx", at=judged).stderr


def test_a_word_whose_file_was_changed_or_lost_counts_no_more(judged: Path) -> None:
    attest(judged, "8.1.1.1-a", "--result", "met", "--file", "proof.pdf", *SAID)
    assert assessed(judged)["8.1.1.1-a"]["result"] == "met"
    (kept,) = (judged / "evidence").iterdir()
    whole = kept.read_bytes()
    for spoil in (lambda: kept.write_bytes(whole + b"!"), kept.unlink):
        spoil()
        assert assessed(judged)["8.1.1.1-a"]["result"] == "not-assessed"
        assert "whose file is gone or changed (not assessed): 8.1.1.1-a" in hecha("assess", at=judged).stdout
        assert "file gone or changed" in attest(judged, "list").stdout
        kept.write_bytes(whole)
    assert assessed(judged)["8.1.1.1-a"]["result"] == "met"


def test_an_object_that_nobody_knows_is_told(judged: Path) -> None:
    attest(judged, "8.1.4.1-d", "--object", "core-l", "--result", "not-met", *SAID)
    attest(judged, "8.1.4.1-d", "--object", "core-1", "--result", "not-met", *SAID)
    said = hecha("assess", at=judged).stdout
    assert "Attested objects neither declared nor found: 8.1.4.1-d core-l\n" in said


def test_any_workbook_is_no_worksheet(judged: Path) -> None:
    openpyxl.Workbook().save(judged / "other.xlsx")
    refused(hecha("attest", "import", "other.xlsx", at=judged), "not the worksheet of attestations")
    (judged / "text.xlsx").write_text("x")
    refused(hecha("attest", "import", "text.xlsx", at=judged), "not an .xlsx")


def test_a_partial_run_says_so(judged: Path) -> None:
    with Store.open(judged / "hecha.db") as store:
        run = store.create_run("full-audit", {"only": ["core-1"]}, started=AT)
        store.finish_run(run, at=AT)
    assert "This run asked these targets alone: core-1" in hecha("assess", at=judged).stdout
    assert "This run asked" not in hecha("assess", "--run", "1", at=judged).stdout


def test_waivers_are_listed_as_they_stand(judged: Path) -> None:
    assert "has no waivers" in hecha("waivers", at=judged).stderr
    one = {"subject": "*", "reason": "old", "approver": "Li"}
    listed = [
        one | {"check": "access.telnet-off", "until": LATER},
        one | {"check": "access.telnet-*", "until": "2026-01-01"},
        one | {"check": "access.tellnet-off", "until": LATER},
    ]
    (judged / "waivers.yaml").write_text(json.dumps({"waivers": listed}), encoding="utf-8")
    (judged / "playbooks").mkdir()
    settings = "name: full-audit\ntitle: {zh: 核查, en: Audit}\nwaivers: waivers.yaml\n"
    (judged / "playbooks" / "full-audit.yaml").write_text(settings, encoding="utf-8")
    done = hecha("waivers", "--json", at=judged)
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(each["expired"], each["findings"]) for each in told] == [(False, 1), (True, 1), (False, 0)]
    shown = hecha("waivers", at=judged, lang="zh").stdout.splitlines()
    assert [line.split("\t")[4] for line in shown] == ["有效", "已过期，差距重新计入", "没有用到"]
    (judged / "waivers.yaml").write_text("waivers: [{check: access.telnet-off}]\n")
    refused(hecha("waivers", at=judged), "waivers.yaml:1: missing subject")


def test_explain_tells_what_an_assessor_does_and_when_a_risk_stands(tmp_path: Path) -> None:
    said = hecha("explain", "8.1.3.1-b", at=tmp_path).stdout
    for word in ("L3-ABS1-02", "network access control; all access devices", "judged once, as a whole", "1. look at"):
        assert word in said
    assert "object by object" in hecha("explain", "8.1.4.1-c", at=tmp_path).stdout
    assert "why no check decides" in hecha("explain", "8.2.1.1-a", at=tmp_path).stdout
    case = hecha("explain", "HR-6.4.1.2", at=tmp_path).stdout
    for word in ("item: 8.1.4.1-c", "it stands when", "two factors that cannot be bypassed", "access.telnet-off"):
        assert word in case
    assert "cannot be lowered" in hecha("explain", "HR-6.2.1.1", at=tmp_path).stdout
    row = hecha("explain", "A-18", at=tmp_path).stdout
    assert "HR-6.4.1.1" in row
    assert f"A-18  major risk: {row_text('A-18').en}" in row
    assert "a person decides" in hecha("explain", "A-29", at=tmp_path).stdout
