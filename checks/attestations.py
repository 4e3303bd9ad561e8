"""Which attestations count today, and what is wrong with one that somebody writes."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from checks.risks import UNCITED, cases, major_rows
from checks.standards import LEVEL3, Clause, standard
from inventory.attestation import MET, NOT_APPLICABLE, NOT_MET, PARTIAL, RESULTS, Attestation
from inventory.text import Text


@dataclass(frozen=True)
class Attested:
    """The attestations of a project as of a day: of each item and object the newest counts, until its last day."""

    valid: Mapping[tuple[str, str], Attestation] = field(default_factory=dict)
    expired: tuple[Attestation, ...] = ()  # the newest of their item and object, over: not assessed any more
    unproven: tuple[Attestation, ...] = ()  # likewise, with a file that is gone or is not the one that was hashed
    rectified: frozenset[str] = frozenset()  # risks that a person first said to stand, and then no more

    def of(self, item: str, name: str = "") -> Attestation | None:
        """What counts of an object, or of the item as a whole."""
        return self.valid.get((item, name))

    def objects(self, item: str) -> dict[str, Attestation]:
        """What counts of single objects of an item, by their names."""
        return {name: each for (cited, name), each in self.valid.items() if cited == item and name}


def attested(records: Iterable[Attestation], today: date, lost: Container[str] = ()) -> Attested:
    """The records in the order they were kept, as of a day; ``lost`` are files that prove nothing any more."""
    known = tuple(records)
    newest = {(each.item, each.object): each for each in known}
    current = {key: each for key, each in newest.items() if each.until >= today}
    valid = {key: each for key, each in current.items() if not each.file or each.file not in lost}
    stood = {each.item for each in known if each.result == NOT_MET and not each.object}
    rectified = frozenset(item for (item, name), each in valid.items() if not name and each.result == MET) & stood
    expired = tuple(each for key, each in newest.items() if key not in current)
    unproven = tuple(each for key, each in current.items() if key not in valid)
    return Attested(valid, expired, unproven, rectified)


def clauses() -> Mapping[str, Clause]:
    """Every item that can be attested, those of the cloud extension too."""
    return {each.id: each for each in standard(LEVEL3).clauses(("cloud",))}


def complaints(record: Attestation, today: date) -> Iterator[tuple[str, Text]]:
    """Everything wrong with an attestation that is to be kept: the field, and what is expected there."""
    clause = clauses().get(record.item)
    risk = record.item in cases() or record.item in major_rows() or record.item in UNCITED
    if clause is None and not risk:
        yield "item", Text("没有这个条款、高风险情形或重大风险项", "no such item, high-risk case or row of major risks")
    if record.result not in RESULTS:
        named = ", ".join(RESULTS)
        yield "result", Text(f"应是 {named} 之一", f"expected one of {named}")
    if risk and record.object:
        yield "object", Text("风险是整个定级对象的，不填对象", "a risk is of all that is graded: name no object")
    if risk and record.result == PARTIAL:
        yield (
            "result",
            Text("风险只有成立（not-met）或排除（met、na）", "a risk stands (not-met) or is ruled out (met, na)"),
        )
    elif clause and record.result == PARTIAL and clause.decision == "single" and record.object and not _graded(clause):
        yield (
            "result",
            Text("该测评单元只有一步，单个对象没有部分符合", "a unit of one step: no object meets it in part"),
        )
    if not record.note.strip():
        yield "note", Text("必须填写依据或理由", "say on what it rests, or why")
    if not record.attested_by.strip():
        yield "by", Text("必须填写确认人", "say who confirms it")
    if record.until < today:
        yield "until", Text("截止日期已过", "the end date has passed")
    if record.result in (MET, PARTIAL) and not record.file and not record.compensated_by:
        yield "file", Text("符合、部分符合须附证明文件", "met and partial need a file as evidence")
    yield from _of_compensation(record, clause)


def _graded(clause: Clause) -> bool:
    return clause.unit == "L3-HRS1-08"


def _of_compensation(record: Attestation, clause: Clause | None) -> Iterator[tuple[str, Text]]:
    if not record.compensated_by:
        return
    own = clause.id.rpartition("-")[0] if clause else ""
    layers = (*standard(LEVEL3).general, *standard(LEVEL3).cloud)
    points = {point.id for layer in layers for point in layer.control_points}
    if clause is None or record.compensated_by not in points - {own}:
        yield "compensated_by", Text("应是另一个控制点", "expected another control point")
    if record.object or record.result in (NOT_MET, NOT_APPLICABLE):
        yield (
            "compensated_by",
            Text("整体测评只对整项、结果为 met 或 partial", "speaks of a whole item, with the result met or partial"),
        )
