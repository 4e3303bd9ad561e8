"""The rectification list (整改清单): every gap of the items with whose it is, by when, and how it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from checks.assessing import WIDE
from checks.commands import in_language
from checks.items import ItemResult
from checks.model import Severity
from checks.risks import Level
from checks.standards import LEVEL3, PLAN_PREFIX
from inventory.attestation import NOT_MET, PARTIAL, Attestation
from inventory.findings import WAIVED, FindingRow
from inventory.register import UnitKind
from inventory.text import Language, Text
from reports import wording
from reports.model import Result as Run
from reports.plan.lines import lead_text
from reports.preassessment import LEVELS

COLUMNS = {
    "no": Text("序号", "No."),
    "items": Text("条款", "Items"),
    "severity": Text("程度", "Severity"),
    "risk": Text("风险至多", "Risk at most"),
    "object": Text("对象", "Object"),
    "place": Text("位置", "Place"),
    "owner": Text("责任单位", "Unit"),
    "problem": Text("问题", "Problem"),
    "remedy": Text("整改建议", "Remedy"),
    "commands": Text("整改命令", "Commands"),
    "diagnosis": wording.DIAGNOSIS,
    "first_seen": Text("首次发现", "First seen"),
    "deadline": Text("整改期限", "Deadline"),
    "state": Text("状态", "State"),
}
_PLAN = f"{PLAN_PREFIX}:"
_AS_SEVERE = {Level.HIGH: Severity.HIGH, Level.MEDIUM: Severity.MEDIUM, Level.LOW: Severity.LOW}


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to be mended."""

    items: tuple[str, ...]
    severity: str
    risk: Level
    object: Text
    place: Text
    owner: Text  # of what is the county's as a whole: whom the plan makes responsible, else its bureau
    problem: Text
    remedy: Text
    first_seen: date
    deadline: date | None  # None: it is mended
    state: Text
    commands: str = ""  # that mend it, with comments in both languages
    diagnosis: str = ""  # … that show where the cause lies


def gaps(run: Run) -> Iterator[Gap]:
    """Gaps that checks found, the most severe first; then those that people found; then what is mended since."""
    cited = _cited(run)
    for row in run.gaps_by_severity():
        if row.check in cited:
            yield _found(run, row, cited[row.check])
    yield from _said(run)
    for row in run.resolved:
        if row.check in cited:
            yield _mended(run, row, cited[row.check])


def _said(run: Run) -> Iterator[Gap]:
    """Gaps that people found: of whole items where no check failed, and of single objects."""
    items = run.assessment.items
    for item in items.values():
        if item.is_lacking and not item.failing and item.attested:
            yield _confirmed(run, item, item.attested)
    for word in run.assessment.attested.valid.values():
        if word.object and word.item in items and word.result in (NOT_MET, PARTIAL):
            yield _confirmed(run, items[word.item], word)


def _cited(run: Run) -> dict[str, tuple[str, ...]]:
    """Items of the assessment by the checks that cite them."""
    found: dict[str, list[str]] = {}
    for check in run.assessor.checks:
        for ref in check.clauses:
            standard, _, item = ref.partition(":")
            if standard == LEVEL3 and item in run.assessment.items:
                found.setdefault(check.id, []).append(item)
    return {check: tuple(items) for check, items in found.items()}


def _found(run: Run, row: FindingRow, items: tuple[str, ...]) -> Gap:
    first = (row.first_seen or run.run.started).astimezone(wording.CHINA).date()
    deadline = first + timedelta(days=_days(run, row.severity))
    if row.outcome == WAIVED:
        waiver = wording.shown(row.waiver)
        state = Text(f"已豁免：{waiver}", f"waived: {waiver}")
    else:
        state = _state(run, deadline, is_new=bool(row.first_seen and row.first_seen >= run.run.started))
    return Gap(
        items=items,
        severity=row.severity,
        risk=_risk(run, items),
        object=wording.subject_text(row.subject_kind, row.subject),
        place=wording.place(row),
        owner=_owner(run, row),
        problem=wording.said(row),
        remedy=wording.remedy(row),
        first_seen=first,
        deadline=deadline,
        state=state,
        commands=row.commands,
        diagnosis=row.diagnosis,
    )


def _confirmed(run: Run, item: ItemResult, word: Attestation) -> Gap:
    first = word.attested_at.astimezone(wording.CHINA).date()
    least, most = run.assessment.level_of(item)
    severity = _AS_SEVERE.get(least, Severity.LOW)
    deadline = first + timedelta(days=_days(run, severity))
    note, name = wording.shown(word.note), wording.shown(word.object)
    return Gap(
        items=(item.clause.id,),
        severity=severity,
        risk=most,
        object=Text(name, name) if name else Text("（整项）", "(the item as a whole)"),
        place=Text("", ""),
        owner=_named(run.unit_of_named(word.object)) if word.object else _bureau(run),
        problem=Text(note, note),
        remedy=item.clause.text,
        first_seen=first,
        deadline=deadline,
        state=_state(run, deadline, is_new=False),
    )


def _mended(run: Run, row: FindingRow, items: tuple[str, ...]) -> Gap:
    gone = wording.day(row.resolved_at)
    return Gap(
        items=items,
        severity=row.severity,
        risk=Level.NONE,
        object=wording.subject_text(row.subject_kind, row.subject),
        place=wording.place(row),
        owner=_owner(run, row),
        problem=wording.title(row),
        remedy=Text("", ""),
        first_seen=(row.first_seen or run.run.started).astimezone(wording.CHINA).date(),
        deadline=None,
        state=Text(f"已整改（{gone}）", f"mended ({gone})"),
    )


def _owner(run: Run, row: FindingRow) -> Text:
    unit = run.place_of(row)[0]
    if unit or row.subject_kind not in WIDE:
        return _named(unit)
    check = wording.declared(row.check)
    cited = (ref.removeprefix(_PLAN) for ref in (check.clauses if check else ()) if ref.startswith(_PLAN))
    led = (run.plan.requirement(key) for key in cited)
    required = next((each for each in led if each is not None), None)
    return lead_text(required.responsible.lead, run.register) if required else _bureau(run)


def _named(unit: str | None) -> Text:
    name = wording.shown(unit or "")
    return Text(name, name)


def _bureau(run: Run) -> Text:
    """The register's unit that answers for the county's network; empty where the register names none."""
    units = [unit.name for unit in run.register.units if unit.kind is UnitKind.DATA_BUREAU]
    return lead_text(UnitKind.DATA_BUREAU, run.register) if units else _named(None)


def _days(run: Run, severity: str) -> int:
    known = severity if severity in set(Severity) else Severity.LOW
    return int(getattr(run.assessment.basis.rectify, str(known)))


def _state(run: Run, deadline: date, *, is_new: bool) -> Text:
    late = (run.today - deadline).days
    if late > 0:
        return Text(f"逾期 {late} 天", f"{late} days late")
    return Text("新发现", "new") if is_new else Text("未整改", "open")


def _risk(run: Run, items: tuple[str, ...]) -> Level:
    found = (run.assessment.level_of(run.assessment.items[item])[1] for item in items)
    return max(found, key=lambda level: level.rank)


def cells(number: int, gap: Gap, language: Language) -> dict[str, str]:
    """A gap as text by column."""
    return {
        "no": str(number),
        "items": ", ".join(gap.items),
        "severity": wording.severity_text(gap.severity).say(language),
        "risk": LEVELS[gap.risk].say(language),
        "object": gap.object.say(language),
        "place": gap.place.say(language),
        "owner": gap.owner.say(language),
        "problem": gap.problem.say(language),
        "remedy": gap.remedy.say(language),
        "commands": wording.shown_lines(in_language(gap.commands, language)),
        "diagnosis": wording.shown_lines(in_language(gap.diagnosis, language)),
        "first_seen": gap.first_seen.isoformat(),
        "deadline": gap.deadline.isoformat() if gap.deadline else "",
        "state": gap.state.say(language),
    }
