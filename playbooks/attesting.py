"""What people confirm, taken into a project: checked, with the files that show it copied beside the database."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from checks.assessing import Assessment
from checks.attestations import complaints
from checks.catalogue import catalogue
from checks.risks import Standing, cases
from checks.standards import Clause, HighRiskCase
from checks.steps import StepsOf
from inventory.attestation import Attestation
from inventory.errors import InputError, unreadable, unwritable
from inventory.text import Language, Text
from inventory.workbook.attestations import Attestable, read_attested, write_attestable
from playbooks.project import Project
from reports.preassessment import STANDINGS, result_text
from reports.records import left_text

FOLDER = "evidence"
MOST_BYTES = 500_000_000
_CHUNK = 1 << 20


class FileState(StrEnum):
    """How the file of an attestation stands."""

    NONE = "none"  # it never had one
    WHOLE = "whole"
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that shows what somebody confirms: where it lies, and under what name the project keeps it."""

    path: Path
    name: str
    sha256: str


def evidence_at(path: Path) -> Evidence:
    """A file as the project would keep it; InputError where it cannot be read, is no file, empty or too large."""
    try:
        if not path.is_file():
            raise InputError(str(path), Text("没有这个文件", "no such file"))
        if not path.stat().st_size:
            raise InputError(str(path), Text("是空文件", "the file is empty"))
        if path.stat().st_size > MOST_BYTES:
            raise InputError(str(path), Text("文件过大", "the file is too large"))
        digest = _sha256(path)
    except OSError as error:
        raise unreadable(path, error) from None
    kept = "".join(c if c.isalnum() or c in "-_." else "_" for c in path.name).lstrip(".")[-80:]
    return Evidence(path, f"{digest[:16]}-{kept or 'file'}", digest)


def keep(project: Project, files: Iterable[Evidence]) -> None:
    """Copies files into the project's evidence folder; InputError where that fails, or one has changed meanwhile."""
    folder = project.path(FOLDER)
    for each in files:
        place = folder / each.name
        fresh = place.with_name(f".{each.name}.{os.getpid()}")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(each.path, fresh)
            fresh.chmod(0o600)
            if _sha256(fresh) != each.sha256:
                raise InputError(str(each.path), Text("复制时文件变了", "changed while it was copied"))
            fresh.replace(place)
        except OSError as error:
            raise unwritable(place, error) from None
        finally:
            fresh.unlink(missing_ok=True)


def file_state(project: Project, record: Attestation) -> FileState:
    """Whether the file of an attestation still is the one that was confirmed by."""
    if not record.file:
        return FileState.NONE
    path = project.path(FOLDER) / record.file
    try:
        return FileState.WHOLE if _sha256(path) == record.sha256 else FileState.CHANGED
    except OSError:
        return FileState.MISSING


def lost_files(project: Project, records: Iterable[Attestation]) -> frozenset[str]:
    """Files of attestations that are gone or are not what they were: what rests on them is not assessed."""
    named = {record.file: record for record in records if record.file}
    return frozenset(name for name, record in named.items() if file_state(project, record) is not FileState.WHOLE)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def record_of(row: Attestable, file: Evidence | None, now: datetime) -> Attestation:
    """A row of the worksheet as it is kept; what it leaves empty is empty, and complained of elsewhere."""
    return Attestation(
        item=row.item.strip(),
        object=(row.object or "").strip(),
        result=row.result.value if row.result else "",
        note=(row.note or "").strip(),
        attested_by=(row.attested_by or "").strip(),
        attested_at=now,
        until=row.until or date.min,
        file=file.name if file else "",
        sha256=file.sha256 if file else "",
        compensated_by=(row.compensated_by or "").strip(),
    )


def refuse(record: Attestation, today: date) -> None:
    """InputError for an attestation with something wrong in it, all of it at once."""
    found = [(_option(name), text) for name, text in complaints(record, today)]
    if found:
        zh = "；".join(f"{name}：{text.zh}" for name, text in found)
        en = "; ".join(f"{name}: {text.en}" for name, text in found)
        raise InputError(record.item, Text(zh, en))


def _option(field: str) -> str:
    """A field of a record as the command line calls it."""
    return "ITEM" if field == "item" else "--" + field.replace("_", "-")


_FIELDS = {"by": "attested_by"}  # fields of a record that the worksheet calls otherwise


def read_worksheet(path: Path, now: datetime) -> tuple[list[Attestation], list[Evidence]]:
    """The attestations of a filled-in worksheet and their files; RegisterErrors for anything wrong in it."""
    today = now.astimezone().date()
    files: dict[int, Evidence] = {}
    seen: dict[tuple[str, str], int] = {}  # the row that each of them first stands in

    def wrong(at: int, row: Attestable) -> Iterator[tuple[str, Text]]:
        is_lost = False
        if row.file:
            try:
                files[at] = evidence_at(_beside(path, row.file))
            except InputError as error:
                is_lost = True
                yield "file", error.text
        if row.until is None:
            yield "until", Text("必须填写", "must be filled in")
        record = record_of(row, files.get(at), now)
        (number,) = row.evidence.lines
        first = seen.setdefault((record.item, record.object), number)
        if first != number:
            yield "object", Text(f"与第 {first} 行是同一条款、同一对象", f"the same item and object as row {first}")
        dated = replace(record, until=today) if row.until is None else record
        for name, text in complaints(dated, today):
            if name != "file" or not is_lost:
                yield _FIELDS.get(name, name), text

    rows = read_attested(path, wrong)
    return [record_of(row, files.get(at), now) for at, row in rows], list(files.values())


def _beside(worksheet: Path, name: str) -> Path:
    """A file that a worksheet names; InputError for one outside its folder: whoever filled it in is not trusted."""
    folder = worksheet.parent.resolve()
    path = (folder / name).resolve()
    if not path.is_relative_to(folder):
        raise InputError(name, Text("应在证明表所在的文件夹里", "expected a file in the worksheet's folder"))
    return worksheet.parent / name


def write_worksheet(assessment: Assessment, path: Path, language: Language) -> int:
    """A row for every item that checks alone do not settle and every risk that waits for a person; how many."""
    rows = [*_items(assessment, language), *_risks(assessment, language)]
    write_attestable(rows, path)
    return len(rows)


def _items(assessment: Assessment, language: Language) -> Iterator[Attestable]:
    steps = StepsOf(catalogue().values())
    for item in assessment.items.values():
        if item.attestations or len(item.possible) != 1 or item.is_lacking:
            yield Attestable(
                item=item.clause.id,
                text=item.clause.text.say(language),
                objects=item.clause.objects_text.say(language),
                steps=item.clause.procedure.say(language),
                evidence_wanted=_wanted(item.clause, steps).say(language),
                na_when=usual.say(language) if (usual := item.clause.usually_not_applicable) else None,
                found=_found(result_text(item).say(language), item.attested),
            )


def _wanted(clause: Clause, steps: StepsOf) -> Text:
    """What a person has to look at, of which steps and why; where checks decide them all, what would show it."""
    left = left_text(clause, steps.spoken(clause.id))
    return left if left.zh else clause.evidence_wanted


def _risks(assessment: Assessment, language: Language) -> Iterator[Attestable]:
    for risk in (*assessment.high, *assessment.major):
        if risk.attested or risk.standing is Standing.CANDIDATE or not risk.items:
            case = cases().get(risk.id)
            yield Attestable(
                item=risk.id,
                text=risk.text.say(language),
                objects=", ".join(risk.items) or None,
                steps=_trigger(case).say(language) if case else None,
                found=_found(STANDINGS[risk.standing].say(language), risk.attested),
            )


def _trigger(case: HighRiskCase) -> Text:
    """When a case of the guide is a high risk, and with what a person may lower it."""
    when = case.trigger or Text(case.zh, case.en)
    return Text(
        f"适用：{case.scope.zh}\n成立条件：{when.zh}\n可降低风险的措施：{case.lowering.zh}",
        f"scope: {case.scope.en}\nit stands when: {when.en}\nwhat may lower it: {case.lowering.en}",
    )


def _found(result: str, word: Attestation | None) -> str:
    return f"{result}; {word.line}" if word else result
