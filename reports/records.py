"""The pre-assessment as an assessor writes it down: item, object, step, result, evidence, problem, remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from checks.assessing import ObjectRecord
from checks.items import ItemResult, PointResult, Result
from checks.standards import Clause, Layer
from inventory.attestation import Attestation
from inventory.evidence import Evidence
from inventory.findings import ERROR, NOT_APPLICABLE, UNKNOWN, FindingRow
from inventory.text import Language, Text
from reports import wording
from reports.model import Result as Run
from reports.preassessment import RESULTS, possible_text

MOST_FINDINGS = 20  # of one step of one object told one by one
_EVERY = Text("（各对象）", "(every object)")
_WHOLE = Text("（整项）", "(the item as a whole)")
_NETWORK = Text("全网（对各对象均适用）", "network (holds for every object)")
COLUMNS = {
    "layer": Text("安全类", "Class"),
    "point": Text("控制点", "Control point"),
    "item": Text("条款", "Item"),
    "text": Text("要求（摘要）", "What it asks for (in short)"),
    "unit": Text("测评单元", "Test unit"),
    "kind": Text("对象类型", "Kind"),
    "object": Text("测评对象", "Object"),
    "owner": Text("所属单位", "Unit"),
    "step": Text("测评步骤", "Step"),
    "step_result": Text("步骤结果", "Step result"),
    "object_result": Text("对象结果", "Object result"),
    "item_result": Text("单项结果", "Item result"),
    "said": Text("结果记录", "What was found"),
    "source": Text("证据来源", "Evidence"),
    "excerpt": Text("证据原文", "Excerpt"),
    "taken": Text("采集时间", "Taken at"),
    "sha256": Text("证据哈希", "SHA-256"),
    "problem": Text("问题", "Problem"),
    "remedy": Text("整改建议", "Remedy"),
    "attested": Text("人工确认", "Attested"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One step of one object of an item, or what a person said of it; ``step`` 0: the unit as a whole."""

    item: ItemResult
    kind: Text
    object: Text
    owner: str | None
    step: int
    step_result: Text
    object_result: Text
    findings: tuple[FindingRow, ...] = ()
    attested: Attestation | None = None
    contradicted: bool = False


def laid_out(run: Run) -> Iterator[tuple[Layer, PointResult, ItemResult]]:
    """Every item with its control point and class, in the standard's order."""
    for layer, points in run.assessment.points:
        for point in points:
            for item in point.items:
                yield layer, point, item


def records(run: Run, item: ItemResult) -> Iterator[Record]:
    """An item's records: its objects step by step, what a person said of the whole, and steps nobody looked at."""
    seen: set[int] = set()
    for record in run.records(item.clause.id):
        seen.update(record.found)
        yield from _of_object(run, item, record)
    if item.attested:
        text = possible_text(item.possible)
        yield Record(item, Text("", ""), _WHOLE, None, 0, text, text, attested=item.attested)
    if item.result is Result.NOT_ASSESSED:
        for number in range(1, item.clause.substeps + 1):
            if number not in seen:
                yield Record(item, Text("", ""), _EVERY, None, number, *_open())


def _open() -> tuple[Text, Text]:
    return RESULTS[Result.NOT_ASSESSED], RESULTS[Result.NOT_ASSESSED]


def _of_object(run: Run, item: ItemResult, record: ObjectRecord) -> Iterator[Record]:
    found = record.object
    kind = wording.kind_text(found.kind) if found.kind else Text("", "")
    name = wording.subject_text(found.kind, found.name) if found.kind else Text(*[wording.shown(found.name)] * 2)
    result = Text("", "") if record.is_shared else possible_text(found.possible)
    for number, rows in sorted(record.found.items()):
        yield Record(
            item=item,
            kind=kind,
            object=_NETWORK if record.is_shared else name,
            owner=run.place_of(rows[0])[0],
            step=number,
            step_result=_step_text(found.steps[number - 1], rows),
            object_result=result,
            findings=tuple(rows),
            attested=found.attested,
            contradicted=found.contradicted,
        )
    if not record.found:
        yield Record(item, kind, name, None, 0, result, result, (), found.attested, found.contradicted)


def _step_text(holds: bool | None, rows: list[FindingRow]) -> Text:
    if holds is None:
        spared = all(row.outcome == NOT_APPLICABLE for row in rows)
        return RESULTS[Result.NOT_APPLICABLE if spared else Result.NOT_ASSESSED]
    return RESULTS[Result.MET if holds else Result.NOT_MET]


def step_text(clause: Clause, number: int, language: Language) -> str:
    """A step as a reader names it: its number, and its words where the catalogue has them."""
    if not number:
        return "—"
    words = clause.step(number)
    return f"{number}. {words.say(language)}" if words else Text(f"步骤 {number}", f"step {number}").say(language)


def cells(layer: Layer, point: PointResult, record: Record, language: Language) -> dict[str, str]:
    """A record as text by column, harmless but for what a spreadsheet takes for a formula."""
    clause, rows = record.item.clause, record.findings[:MOST_FINDINGS]
    failing = [row for row in rows if row.fails]
    evidence = _evidence(rows)
    more = len(record.findings) - len(rows)
    told = [wording.said(row).say(language) for row in rows if row.outcome != NOT_APPLICABLE]
    if more > 0:
        told.append(Text(f"……另有 {more} 处", f"… and {more} more").say(language))
    return {
        "layer": layer.text.say(language),
        "point": f"{point.point.id} {Text(point.point.zh, point.point.en).say(language)}",
        "item": clause.id,
        "text": clause.text.say(language),
        "unit": clause.unit,
        "kind": record.kind.say(language),
        "object": record.object.say(language),
        "owner": wording.shown(record.owner or ""),
        "step": step_text(clause, record.step, language),
        "step_result": record.step_result.say(language),
        "object_result": record.object_result.say(language),
        "item_result": possible_text(record.item.possible).say(language),
        "said": "\n".join(told),
        "source": "\n".join(wording.located(each, language) for each in evidence),
        "excerpt": "\n".join(wording.excerpt(each) for each in evidence if each.excerpt),
        "taken": wording.moment(next((each.taken_at for each in evidence if each.taken_at), None)),
        "sha256": "\n".join(dict.fromkeys(each.sha256 for each in evidence if each.sha256)),
        "problem": _problem(record, failing, rows, language),
        "remedy": _remedy(failing, language),
        "attested": _attested(record, language),
    }


def _evidence(rows: Iterable[FindingRow]) -> list[Evidence]:
    return list(dict.fromkeys(each for row in rows for each in row.evidence if each))


def _problem(record: Record, failing: list[FindingRow], rows: Iterable[FindingRow], language: Language) -> str:
    if failing:
        waived = [wording.shown(row.waiver) for row in failing if row.waiver]
        return "\n".join([*(wording.said(row).say(language) for row in failing), *waived])
    if any(row.outcome in (UNKNOWN, ERROR) for row in rows):
        return ""
    word = record.attested
    return wording.shown(word.note) if word and record.step == 0 and word.result in ("not-met", "partial") else ""


def _remedy(failing: list[FindingRow], language: Language) -> str:
    words = dict.fromkeys(wording.remedy(row).say(language) for row in failing)
    commands = dict.fromkeys(wording.shown_lines(row.commands) for row in failing if row.commands)
    return "\n".join([*words, *commands])


def _attested(record: Record, language: Language) -> str:
    if record.attested is None:
        return ""
    said = wording.shown(record.attested.line, 2 * wording.LONGEST)
    against = Text("（与检查结果矛盾，以检查为准）", " (findings contradict it and stand)").say(language)
    return said + (against if record.contradicted else "")
