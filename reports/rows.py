"""A finding as a flat record: the same columns in every spreadsheet."""

from __future__ import annotations

from dataclasses import dataclass

from checks.model import Outcome
from inventory.findings import FindingRow
from inventory.text import Language, Text
from reports import wording
from reports.model import Result

FINDING_COLUMNS = {
    "family": Text("类别", "Family"),
    "severity": Text("严重程度", "Severity"),
    "outcome": Text("结果", "Outcome"),
    "unit": Text("单位", "Unit"),
    "site": Text("站点", "Site"),
    "kind": Text("对象类型", "Kind"),
    "subject": Text("对象", "Subject"),
    "place": Text("位置", "Place"),
    "check": Text("检查项", "Check"),
    "title": Text("要求", "Good condition"),
    "finding": Text("发现", "Finding"),
    "clauses": Text("条款", "Clauses"),
    "source": Text("证据来源", "Evidence"),
    "excerpt": Text("证据原文", "Excerpt"),
    "taken": Text("采集时间", "Taken at"),
    "remedy": Text("整改建议", "Remedy"),
    "commands": Text("整改命令", "Commands"),
    "first_seen": Text("首次发现", "First seen"),
    "waiver": Text("豁免", "Waiver"),
    "platform": Text("平台", "Platform"),
    "fingerprint": Text("指纹", "Fingerprint"),
}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding and where it belongs."""

    row: FindingRow
    unit: str | None
    site: str | None
    family: str


def finding_line(result: Result, row: FindingRow) -> FindingLine:
    """The finding with unit, site and family."""
    unit, site = result.place_of(row)
    return FindingLine(row, unit, site, result.figures.family_of(row.check))


def finding_cells(result: Result, line: FindingLine, language: Language) -> dict[str, str]:
    """The finding as text by column, harmless but for what a spreadsheet takes for a formula."""
    row = line.row
    declared = wording.check_of(row)
    evidence = [each for each in row.evidence if each]
    fails = row.outcome in (Outcome.FAIL, Outcome.WAIVED)
    return {
        "family": wording.family_text(line.family).say(language),
        "severity": wording.severity_text(row.severity).say(language),
        "outcome": wording.outcome_text(row.outcome).say(language),
        "unit": wording.shown(line.unit or ""),
        "site": wording.shown(line.site or ""),
        "kind": wording.kind_text(row.subject_kind).say(language),
        "subject": wording.subject_text(row.subject_kind, row.subject).say(language),
        "place": wording.shown(row.place),
        "check": row.check,
        "title": wording.title(row).say(language),
        "finding": wording.said(row).say(language),
        "clauses": ", ".join(wording.cited(ref, result.plan)[0] for ref in (declared.clauses if declared else ())),
        "source": "\n".join(wording.located(each, language) for each in evidence),
        "excerpt": "\n".join(wording.shown_lines(each.excerpt) for each in evidence if each.excerpt),
        "taken": wording.moment(next((each.taken_at for each in evidence if each.taken_at), None)),
        "remedy": wording.remedy(row).say(language) if fails else "",
        "commands": wording.shown_lines(row.commands) if fails else "",
        "first_seen": wording.day(row.first_seen) if fails else "",
        "waiver": wording.shown(row.waiver),
        "platform": wording.shown(row.platform or ""),
        "fingerprint": row.fingerprint,
    }
