"""The pre-assessment as an assessor writes it down: item, object, step, result, evidence, problem, remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from checks.assessing import ObjectRecord, Part
from checks.items import OPEN, ItemResult, ObjectResult, PointResult, Result, narrowing
from checks.standards import Assess, Clause, Layer
from checks.steps import Pooled
from inventory.attestation import NOT_MET, PARTIAL, Attestation
from inventory.evidence import Evidence
from inventory.findings import ERROR, NOT_APPLICABLE, UNKNOWN, FindingRow
from inventory.text import Language, Text
from reports import wording
from reports.model import Result as Run
from reports.preassessment import RESULTS, TARGETS, possible_text

MOST_FINDINGS = 20  # of one step of one object told one by one
_WHOLE = Text("（整项）", "(the item as a whole)")
_NETWORK = Text("全网（对各对象均适用）", "network (holds for every object)")
_SHEETS = {
    "server": TARGETS["server"],
    "network": TARGETS["network_device"],
    "security": TARGETS["security_device"],
    "storage": Text("存储", "storage"),
}
_ELSEWHERE = Text(
    "本对象未发现问题；不符合来自全网或登记表的检查", "nothing found here: network or register fail the step"
)
_SPARED = Text("检查项不涉及该对象", "the checks are about no such thing")
_AS_CONFIRMED = Text("见人工确认", "see attestation")
_NO_RESULT = Text("", "")  # of what is one of several things that an item judged as one was looked at on
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
    need: Text | None = None  # what a person has to look at, where the step is open
    is_one: bool = False  # of an item judged as one, over all that it was looked at on
    judged_at: datetime | None = None  # the time of what tells none itself, as the register's rows


def laid_out(run: Run) -> Iterator[tuple[Layer, PointResult, ItemResult]]:
    """Every item with its control point and class, in the standard's order."""
    for layer, points in run.assessment.points:
        for point in points:
            for item in point.items:
                yield layer, point, item


def records(run: Run, item: ItemResult) -> Iterator[Record]:
    """An item's records: its objects step by step, what a person said of the whole, and steps nobody looked at."""
    for record in _records(run, item):
        told = record.is_one or any(row.outcome not in (UNKNOWN, ERROR) for row in record.findings)
        yield replace(record, judged_at=run.run.started) if told else record


def _records(run: Run, item: ItemResult) -> Iterator[Record]:
    spoken = run.assessor.spoken(item.clause.id)
    seen: set[int] = set()
    for record in run.records(item.clause.id):
        is_whole = record.part is Part.WHOLE
        seen.update(range(1, item.clause.substeps + 1) if is_whole or record.is_bare else record.found)
        if is_whole:
            yield from _as_one(item, record, spoken)
        else:
            yield from _of_object(run, item, record)
    if item.attested:
        text = possible_text(item.possible)
        yield Record(item, Text("", ""), _WHOLE, None, 0, text, text, attested=item.attested)
    for number in range(1, item.clause.substeps + 1):
        if number not in seen:
            yield _unseen(item, number, decided=number in spoken)


def _unseen(item: ItemResult, number: int, found: ObjectResult | None = None, *, decided: bool = False) -> Record:
    """A step that no finding tells of: what a person said of object or item holds of it, else somebody has to look."""
    own = found if found is not None and found.attested else None
    word, possible = (own.attested, own.possible) if own else (item.attested, item.possible)
    result = possible_text(found.possible if found is not None and not item.attested else possible)
    step = RESULTS[Result.NOT_ASSESSED]
    if word and narrowing(OPEN, word) == possible:
        step = _AS_CONFIRMED if possible == {Result.PARTIAL} else possible_text(possible)
    need = None if word else need_text(item.clause, decided=decided)
    name = _named(found.name) if found else item.clause.objects_text
    against = found.contradicted if found else False
    return Record(item, kinds_text(item.clause), name, None, number, step, result, (), word, against, need)


def kinds_text(clause: Clause) -> Text:
    """The kinds of objects that a unit is about."""
    kinds = [TARGETS[target] for target in clause.targets]
    return Text("、".join(kind.zh for kind in kinds), ", ".join(kind.en for kind in kinds))


def need_text(clause: Clause, *, decided: bool = False, passed: bool = False) -> Text:
    """Why a person has to look, and at what. ``decided``: a check speaks to the step; ``passed``: it found no gap."""
    wanted = clause.evidence_wanted
    if passed:  # of many objects: what is wanted stands with the item
        return Text(
            "未发现问题，尚不足以认定本步符合，须人工确认",
            "no gap found, which does not prove the step: needs attestation",
        )
    if clause.unaided:
        why = clause.unaided
    elif decided:
        why = Text("检查结果不足以判定本步", "the checks of this run could not tell")
    elif clause.assess is Assess.MANUAL:
        why = Text("须访谈、查阅文档或现场核查", "interviews, papers or a look on the spot tell")
    else:
        why = Text("本步须人工核查或测试", "this step takes a person's look or test")
    return Text(f"须人工确认：{why.zh}；需要：{wanted.zh}", f"needs attestation: {why.en}; wanted: {wanted.en}")


def by_tool(run: Run, clause: Clause) -> str:
    """``1, 2~``: the steps that checks decide; with a tilde those where only a failure settles the step."""
    spoken = run.assessor.spoken(clause.id)
    return ", ".join(f"{number}{'' if proving else '~'}" for number, proving in sorted(spoken.items()))


def by_people(run: Run, clause: Clause) -> Text:
    """Of an item the steps that a person has to look at, and why and at what; empty where checks decide them all."""
    return left_text(clause, run.assessor.spoken(clause.id))


def left_text(clause: Clause, spoken: Mapping[int, set[str]]) -> Text:
    """The same, told by the steps that checks speak to and those of them that prove each."""
    if not spoken:
        return need_text(clause)
    left = [str(number) for number in range(1, clause.substeps + 1) if not spoken.get(number)]
    if not left:
        return Text("", "")
    wanted = clause.evidence_wanted
    return Text(f"第 {'、'.join(left)} 步；需要：{wanted.zh}", f"step {', '.join(left)}; wanted: {wanted.en}")


def _of_object(run: Run, item: ItemResult, record: ObjectRecord) -> Iterator[Record]:
    found = record.object
    kind = wording.kind_text(found.kind) if found.kind else kinds_text(item.clause)
    name = wording.subject_text(found.kind, found.name) if found.kind else _named(found.name)
    name = _NETWORK if record.part is Part.SHARED else name
    result = possible_text(found.possible) if record.part is Part.OBJECT else _NO_RESULT
    told = next((rows[0] for rows in record.found.values() if rows), None)
    kind = _SHEETS.get(run.kind_of(told) or "", kind) if told else kind
    for number, rows in sorted(record.found.items()):
        step = _settled(found.steps[number - 1], rows)
        if record.part is Part.SAMPLE and step is Result.NOT_APPLICABLE:  # of thousands of devices those that matter
            continue
        yield _record(item, kind, name, run.place_of(rows[0])[0], number, step, result, rows, found)
    if record.is_bare:
        owner = run.unit_of_named(found.name)
        for number in range(1, item.clause.substeps + 1):
            yield replace(_unseen(item, number, found), owner=owner)
    elif not record.found:
        yield Record(item, kind, name, None, 0, result, result, (), found.attested, found.contradicted)


def _as_one(item: ItemResult, record: ObjectRecord, spoken: Mapping[int, set[str]]) -> Iterator[Record]:
    """An item judged as one: each step over all it was looked at on, then the boundaries, systems and posts of it."""
    found, clause = record.object, item.clause
    kind = kinds_text(clause) if "organisation" in clause.targets else wording.kind_text(found.kind)
    result = possible_text(found.possible)
    for number in range(1, clause.substeps + 1):
        pooled = record.pooled.get(number)
        if pooled is None:
            yield _unseen(item, number, decided=number in spoken)
            continue
        places = _by_place(record.found.get(number, ()))
        named = {place: wording.place(own[0]) for place, own in places.items()}
        rows = next(iter(places.values())) if len(places) == pooled.told == 1 else places.pop("", [])
        step = found.steps[number - 1]
        state = RESULTS[Result.NOT_ASSESSED if step is None else Result.MET if step else Result.NOT_MET]
        need = _tally(pooled, named, clause, is_open=step is None) if pooled.told > 1 else _need(clause, step, rows)
        yield Record(item, kind, clause.objects_text, None, number, state, result, tuple(rows), need=need, is_one=True)
        if pooled.told > 1:
            for place, own in places.items():
                told = _at_place(own, spoken[number])
                yield _record(item, kinds_text(clause), named[place], None, number, told, _NO_RESULT, own, found)


def _by_place(rows: Iterable[FindingRow]) -> dict[str, list[FindingRow]]:
    places: dict[str, list[FindingRow]] = {}
    for row in rows:
        places.setdefault(row.place.strip("-"), []).append(row)
    return places


def _named(name: str) -> Text:
    return Text(*[wording.shown(name)] * 2)


def _need(clause: Clause, step: bool | None, rows: Iterable[FindingRow]) -> Text | None:
    """That a person has to look, where nothing speaks against an open step and no check was unsure."""
    is_unsure = any(row.outcome in (UNKNOWN, ERROR) for row in rows)
    return None if step is not None or is_unsure else need_text(clause, passed=True)


def _tally(pooled: Pooled, places: Mapping[str, Text], clause: Clause, *, is_open: bool) -> Text:
    """On how many a step was looked at, on which it fails, and what a person has to look at where it stays open."""
    names = [places.get(name) or _named(name) for name in pooled.names if name]
    more = pooled.failing - len(names) if names else 0
    failing = Text(
        "、".join(name.zh for name in names) + "等" * (more > 0),
        ", ".join(name.en for name in names) + f" and {more} more" * (more > 0),
    )
    listed = Text(f"（{failing.zh}）", f" ({failing.en})") if names else Text("", "")
    counts = (
        (pooled.holding, Text("符合", "hold"), Text("", "")),
        (pooled.failing, Text("不符合", "fail"), listed),
        (pooled.told - pooled.holding - pooled.failing, Text("未能判定", "cannot be told"), Text("", "")),
    )
    told = [(count, word, named) for count, word, named in counts if count]
    zh = f"查看 {pooled.told} 处：" + "，".join(f"{word.zh} {count}{named.zh}" for count, word, named in told)
    en = f"looked at {pooled.told}: " + ", ".join(f"{count} {word.en}{named.en}" for count, word, named in told)
    need = need_text(clause, decided=True) if is_open else None
    return Text(f"{zh}；{need.zh}", f"{en}; {need.en}") if need else Text(zh, en)


def _record(
    item: ItemResult,
    kind: Text,
    name: Text,
    owner: str | None,
    number: int,
    step: Result,
    result: Text,
    rows: list[FindingRow],
    found: ObjectResult,
) -> Record:
    need = _need(item.clause, None, rows) if step is Result.NOT_ASSESSED else None
    if step is Result.NOT_MET and not any(row.fails for row in rows):
        need = _ELSEWHERE
    elif step is Result.NOT_APPLICABLE:
        need = _SPARED
    return Record(
        item, kind, name, owner, number, RESULTS[step], result, tuple(rows), found.attested, found.contradicted, need
    )


def _settled(holds: bool | None, rows: list[FindingRow]) -> Result:
    """The step of an object."""
    if holds is not None:
        return Result.MET if holds else Result.NOT_MET
    spared = all(row.outcome == NOT_APPLICABLE for row in rows)
    return Result.NOT_APPLICABLE if spared else Result.NOT_ASSESSED


def _at_place(rows: list[FindingRow], proving: set[str]) -> Result:
    """The step at one of several places, whatever the others come to."""
    if any(row.fails for row in rows):
        return Result.NOT_MET
    told = [row for row in rows if row.outcome != NOT_APPLICABLE]
    unsure = any(row.outcome in (UNKNOWN, ERROR) or row.underlying for row in told)
    if told and not unsure and any(row.check in proving for row in told):
        return Result.MET
    return Result.NOT_ASSESSED if told else Result.NOT_APPLICABLE


def step_text(clause: Clause, number: int, language: Language) -> str:
    """A step as a reader names it: its number and its words."""
    return f"{number}. {clause.step(number).say(language)}" if number else "—"


def cells(layer: Layer, point: PointResult, record: Record, language: Language) -> dict[str, str]:
    """A record as text by column, harmless but for what a spreadsheet takes for a formula."""
    clause, rows = record.item.clause, record.findings[:MOST_FINDINGS]
    failing = [row for row in rows if row.fails]
    evidence = _evidence(rows)
    more = len(record.findings) - len(rows)
    word = None if rows or record.contradicted else record.attested  # that the record rests on alone
    told = [wording.said(row).say(language) for row in rows if row.outcome != NOT_APPLICABLE]
    if record.need:
        told.append(record.need.say(language))
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
        "source": "\n".join(wording.located(each, language) for each in evidence) or _file(word),
        "excerpt": "\n".join(wording.excerpt(each) for each in evidence if each.excerpt),
        "taken": wording.moment(_taken(record, evidence, word)),
        "sha256": "\n".join(dict.fromkeys(each.sha256 for each in evidence if each.sha256))
        or (word.sha256 if word else ""),
        "problem": (problem := _problem(record, failing, rows, language)),
        "remedy": _remedy(failing, language) or (clause.text.say(language) if problem and not failing else ""),
        "attested": _attested(record, language),
    }


def _evidence(rows: Iterable[FindingRow]) -> list[Evidence]:
    return list(dict.fromkeys(each for row in rows for each in row.evidence if each))


def _file(word: Attestation | None) -> str:
    """The file that somebody confirms by, where it lies in the evidence package."""
    return wording.shown(f"evidence/{word.file}") if word and word.file else ""


def _taken(record: Record, evidence: Iterable[Evidence], word: Attestation | None) -> datetime | None:
    told = next((each.taken_at for each in evidence if each.taken_at), record.judged_at)
    return told or (word.attested_at if word else None)


def _problem(record: Record, failing: list[FindingRow], rows: Iterable[FindingRow], language: Language) -> str:
    if failing:
        waived = [wording.shown(row.waiver) for row in failing if row.waiver]
        return "\n".join([*(wording.said(row).say(language) for row in failing), *waived])
    if any(row.outcome in (UNKNOWN, ERROR) for row in rows):
        return ""
    word = record.attested
    found = word if word and word.result in (NOT_MET, PARTIAL) else None
    return wording.shown(found.note) if found and (found.object or record.step == 0) else ""  # of an item told once


def _remedy(failing: list[FindingRow], language: Language) -> str:
    words = dict.fromkeys(wording.remedy(row).say(language) for row in failing)
    commands = dict.fromkeys(wording.commands(row, language) for row in failing if row.commands)
    shows = dict.fromkeys(wording.diagnosis(row, language) for row in failing if row.diagnosis)
    heading = [wording.DIAGNOSED_BY.say(language)] if shows else []
    return "\n".join([*words, *commands, *heading, *shows])


def _attested(record: Record, language: Language) -> str:
    if record.attested is None:
        return ""
    said = wording.shown(record.attested.line, 2 * wording.LONGEST)
    against = Text("（与检查结果矛盾，以检查为准）", " (findings contradict it and stand)").say(language)
    return said + (against if record.contradicted else "")
