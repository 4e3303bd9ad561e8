"""Findings and assets as flat records: the same columns in every spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from typing import Any

from checks.model import Outcome, Severity
from inventory.facts import Identity
from inventory.findings import FindingRow
from inventory.names import place_order
from inventory.reconcile import Reconciled
from inventory.text import Language, Text
from reports import wording
from reports.model import DeviceLine, Result

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
    "diagnosis": wording.DIAGNOSIS,
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
        "place": wording.place(row).say(language),
        "check": row.check,
        "title": wording.title(row).say(language),
        "finding": wording.said(row).say(language),
        "clauses": ", ".join(wording.cited(ref, result.plan)[0] for ref in (declared.clauses if declared else ())),
        "source": "\n".join(wording.located(each, language) for each in evidence),
        "excerpt": "\n".join(wording.excerpt(each) for each in evidence if each.excerpt),
        "taken": wording.moment(next((each.taken_at for each in evidence if each.taken_at), None)),
        "remedy": wording.remedy(row).say(language) if fails else "",
        "commands": wording.commands(row, language) if fails else "",
        "diagnosis": wording.diagnosis(row, language) if fails else "",
        "first_seen": wording.day(row.first_seen) if fails else "",
        "waiver": wording.shown(row.waiver),
        "platform": wording.shown(row.platform or ""),
        "fingerprint": row.fingerprint,
    }


ASSET_COLUMNS = {
    "subject": Text("资产", "Asset"),
    "address": Text("管理地址", "Address"),
    "same_as": Text("同一设备", "Same device as"),
    "state": Text("采集状态", "State"),
    "difference": Text("与登记表对照", "Against the register"),
    "unit": Text("单位", "Unit"),
    "site": Text("站点", "Site"),
    "asset_no": Text("资产编号", "Asset no."),
    "kind": Text("类型", "Kind"),
    "vendor": Text("厂商", "Vendor"),
    "model": Text("型号", "Model"),
    "release": Text("系统版本", "Release"),
    "serial": Text("序列号", "Serial no."),
    "hostname": Text("主机名", "Host name"),
    "platform": Text("平台", "Platform"),
    "role": Text("角色", "Role"),
    "gaps": Text("差距数", "Open gaps"),
    "severe": Text("其中高危以上", "High or worse"),
    "unsure": Text("无法判断", "Unknown"),
    "taken": Text("采集时间", "Taken at"),
}


def assets(result: Result, language: Language) -> Iterator[dict[str, str]]:
    """Every device of the run, what is only declared, and what only a neighbour has heard of, by site and name."""
    heard: list[DeviceLine | Reconciled] = [each for each in result.reconciled if each.target is None]
    for each in merge(result.devices(), sorted(heard, key=_place), key=_place):
        yield _device_cells(each, language) if isinstance(each, DeviceLine) else _heard_cells(each, language)


def _place(each: DeviceLine | Reconciled) -> Any:
    return place_order(each.site, each.record.target if isinstance(each, DeviceLine) else each.subject)


def _device_cells(line: DeviceLine, language: Language) -> dict[str, str]:
    record, declared = line.record, line.declared
    identity = line.identity if isinstance(line.identity, Identity) else Identity()
    failing = line.tally.failing
    said = ("vendor", "model", "release", "serial", "hostname")
    return {
        "subject": wording.shown(record.target),
        "address": wording.shown(record.address),
        "same_as": wording.shown(line.same_as or ""),
        "state": wording.STATES[record.state].say(language),
        "difference": wording.DIFFERENCES[declared.difference].say(language) if declared else "",
        "unit": wording.shown(line.unit or ""),
        "site": wording.shown(line.site or ""),
        "asset_no": wording.shown((declared.asset_no if declared else None) or ""),
        **{name: wording.shown(getattr(identity, name) or "") for name in said},
        "kind": wording.device_kind_text(identity.kind or "").say(language),
        "platform": wording.shown(record.platform or identity.platform or ""),
        "role": wording.role_text(record.role or "").say(language),
        "gaps": str(failing.total()),
        "severe": str(failing[Severity.CRITICAL] + failing[Severity.HIGH]),
        "unsure": str(line.tally.unsure),
        "taken": wording.moment(record.taken_at),
    }


def _heard_cells(each: Reconciled, language: Language) -> dict[str, str]:
    known = {
        "subject": wording.shown(each.subject),
        "state": Text("未采集", "not asked").say(language),
        "difference": wording.DIFFERENCES[each.difference].say(language),
        "unit": wording.shown(each.unit or ""),
        "site": wording.shown(each.site or ""),
        "asset_no": wording.shown(each.asset_no or ""),
    }
    return dict.fromkeys(ASSET_COLUMNS, "") | known
