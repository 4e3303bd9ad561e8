"""Attestations as a worksheet (证明表) that whoever confirms items fills in and sends back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from inventory.register import Problem, Sheet
from inventory.register.column import Choice, Column, Row
from inventory.text import Text
from inventory.workbook.file import opened
from inventory.workbook.form import write_pages
from inventory.workbook.reading import Reading


class Word(Choice):
    """What a person says of an item or a risk."""

    MET = "met", "符合"
    PARTIAL = "partial", "部分符合", "met in part"
    NOT_MET = "not-met", "不符合", "not met"
    NOT_APPLICABLE = "na", "不适用", "not applicable"


_WHOLE = Text("留空即整项；风险留空", "empty: the item as a whole; empty for risks")
_RISKS = Text("风险：不符合=成立，符合=已排除或已整改", "of risks: not met, it stands; met, it is ruled out or mended")
_FILE = Text(
    "符合、部分符合必填；相对本表所在文件夹", "needed for met and met in part; from the folder of this workbook"
)
_POINT = Text("整体测评：弥补它的控制点", "another control point that makes up for the gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestable(Row):
    """One item, object or risk, and what is confirmed of it."""

    item: Annotated[str, Column("条款", "Item", census=False, width=12)]
    text: Annotated[str | None, Column("要求（摘要）", "What it asks for", census=False, width=32)] = None
    objects: Annotated[str | None, Column("测评对象", "Objects of the unit", census=False, width=28)] = None
    steps: Annotated[str | None, Column("测评步骤", "Steps", census=False, width=48)] = None
    evidence_wanted: Annotated[str | None, Column("需要的证据", "Evidence wanted", census=False, width=40)] = None
    na_when: Annotated[str | None, Column("常见不适用情形", "Usually not applicable when", census=False, width=20)] = (
        None
    )
    found: Annotated[str | None, Column("目前结果", "Result so far", census=False, width=18)] = None
    object: Annotated[str | None, Column("对象", "Object", _WHOLE, width=18)] = None
    result: Annotated[Word | None, Column("确认结果", "Confirmed result", _RISKS)] = None
    note: Annotated[str | None, Column("依据或理由", "Basis or reason", width=32)] = None
    file: Annotated[str | None, Column("证明文件", "File", _FILE, width=24)] = None
    attested_by: Annotated[str | None, Column("确认人", "Confirmed by")] = None
    until: Annotated[date | None, Column("有效期至", "Valid until")] = None
    compensated_by: Annotated[str | None, Column("由何控制点弥补", "Compensated by", _POINT)] = None


ATTESTABLE = Sheet("attestable", Attestable, Text("证明", "Attestations"))
_HOW_TO = (
    Text("证明表填写说明", "How to fill in the worksheet"),
    Text(
        "每行是一个条款或风险。填“确认结果”“依据或理由”“确认人”“有效期至”；确认结果留空的行不处理，写了依据或文件而没有结果的除外。",
        "Each row is an item or a risk. Fill in result, basis, who confirms it and until when; a row without a result "
        "is left alone, unless it has a basis or a file.",
    ),
    Text(
        "同一条款有几个对象时复制该行，在“对象”列写明各自的名称。",
        "For several objects of an item copy its row and name each of them under 对象.",
    ),
    Text(
        "与检查结果矛盾的证明不起作用：以检查为准，报告中列出。过期的按未评计。",
        "Findings outweigh what is attested here; reports list contradictions. Expired rows count as not assessed.",
    ),
    Text("其余列、表头和工作表不要改动。不要填公式。", "Leave other columns and headings as they are. No formulas."),
)
Complaining = Callable[[int, Attestable], Iterable[tuple[str, Text]]]


def write_attestable(rows: Iterable[Attestable], path: Path) -> None:
    """The worksheet; InputError when it cannot be written, and then nothing is."""
    write_pages([(ATTESTABLE, rows)], _HOW_TO, path)


def read_attested(path: Path, complaints: Complaining) -> list[tuple[int, Attestable]]:
    """The rows that have a result, by their order from 0; RegisterErrors names every bad cell, and nothing is taken.

    A row that says on what it rests and has no result is a bad one.

    ``complaints`` says what is wrong in a row: the field, and what is expected there.
    """
    reading = Reading(path, (ATTESTABLE,), Text("不是证明表", "not the worksheet of attestations"))
    with opened(path) as sheets:
        reading.take(sheets)
    rows: tuple[Attestable, ...] = reading.rows()["attestable"]
    said = [(at, row) for at, row in enumerate(rows) if row.result is not None]
    reading.refuse(
        Problem(ATTESTABLE, at, column, text)
        for at, row in enumerate(rows)
        for column, text in (_forgotten(row) if row.result is None else complaints(at, row))
    )
    return said


def _forgotten(row: Attestable) -> Iterator[tuple[str, Text]]:
    """Whoever confirms and until when may be filled in for all rows beforehand; what shows it may not."""
    if row.note or row.file or row.compensated_by:
        yield "result", Text("写了依据或文件，没有填结果", "has a basis or a file, and no result")
