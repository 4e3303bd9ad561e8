"""One JSON object a line, for programs: the run, its devices, differences to the register, findings, the plan, clauses.

Schema 1. Every object has ``type``; objects of a type have the same keys; what is not known is null, never left out;
times are ISO 8601 in UTC. Keys may be added within a schema number, never renamed or removed. Words for a reader stand
in the report's language under ``*_text``; everything else is the same in both. Control characters, bidirectional
overrides and lone surrogates in what devices say are written as U+FFFD.

========== ============================================================================================================
run        schema, run, playbook, title, state, started, finished, language, plan, today, targets {state: n},
           outcomes {outcome: n}, open_gaps {severity: n}, new_gaps, resolved_gaps, complete; always the first line
device     target, address, state, taken_at, platform, site, unit, role, tags, asset_no, vendor, kind, model, release,
           serial, hostname, outcomes {outcome: n}
difference difference, subject, unit, site, asset_no, target, matched_by, heard_by,
           conflicts [{field_text, declared, found}]
finding    fingerprint, check, family, severity, outcome, underlying, subject_kind, subject, place, unit, site,
           platform, clauses [citation], title_text, finding_text, remedy_text, commands, diagnosis,
           values {name: value}, evidence [{source, lines, excerpt, taken_at, sha256}], missing [{fact, gap, why}],
           waiver, traceback, first_seen
stranger   address, name, vendor, ways, shown [{port, kind, words}], first_seen, last_seen, gone_since: it answered a
           discovery, and nobody declared it
resolved   fingerprint, check, subject_kind, subject, place, first_seen: a gap of an earlier run that is gone
plan       id, title_text, value {lowest, highest, unit} or null, formula_text, basis_text, yes [name], no [name],
           unknown [name], missing_text, target_text, progress, deadline, days_late, lead, lead_text, checks,
           outcomes {outcome: n}
clause     id, text, layer, control_point, standing, assess, checks, outcomes {outcome: n}, result, possible [result],
           low, high, objects, left_out, risk_low, risk_high, attested_by, contradicted, compensated
assessment template, level, cloud, partial_credit, low, high, coverage, counts {result: n}, major_risks,
           major_risks_possible, conclusion, self_check
========== ============================================================================================================
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from checks.commands import in_language
from checks.model import Severity, say_values
from inventory.evidence import Evidence
from inventory.facts import Identity
from inventory.findings import FindingRow
from inventory.reconcile import Reconciled
from inventory.sightings import Seen
from inventory.text import Language, Text
from reports import wording
from reports.clauses import ClauseLine, LayerLine, PointLine
from reports.model import DeviceLine, Report, Result
from reports.plan.lines import PlanLine
from reports.plan.measure import named
from reports.preassessment import plain_item, plain_score

SCHEMA = 1
Plain = dict[str, Any]
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def write(result: Result, language: Language, stream: BinaryIO) -> None:
    """The run first, then one object a line in the order of the table above."""
    for plain in _objects(result, language):
        stream.write(_encoded(_clean(plain)).encode("utf-8", "replace") + b"\n")


def _objects(result: Result, language: Language) -> Iterator[Plain]:
    yield _run(result, language)
    for device in result.devices():
        yield _device(device)
    for each in result.reconciled:
        yield _difference(each, language)
    yield from map(_stranger, result.strangers)
    for row in result.findings():
        yield _finding(result, row, language)
    for row in result.resolved:
        yield _resolved(row)
    for line in result.plan_lines:
        yield _plan(line, language)
    assessment = result.assessment
    for layer in result.layers:
        for point in layer.points:
            for item in point.items:
                yield _clause(layer, point, item, language) | plain_item(assessment, assessment.items[item.clause.id])
    yield {"type": "assessment", **plain_score(assessment)}


def _run(result: Result, language: Language) -> Plain:
    run, figures = result.run, result.figures
    return {
        "type": "run",
        "schema": SCHEMA,
        "run": run.id,
        "playbook": run.playbook,
        "title": result.title.say(language),
        "state": run.state.value,
        "started": run.started,
        "finished": run.finished,
        "language": language,
        "plan": result.plan.name,
        "today": result.today,
        "targets": {state.value: count for state, count in result.states.items()},
        "outcomes": _counts(figures.total.outcomes),
        "open_gaps": {severity.value: figures.total.failing[severity] for severity in Severity},
        "new_gaps": figures.new,
        "resolved_gaps": len(result.resolved),
        "complete": result.is_complete,
    }


def _device(line: DeviceLine) -> Plain:
    record, declared = line.record, line.declared
    identity = line.identity if isinstance(line.identity, Identity) else Identity()
    return {
        "type": "device",
        "target": record.target,
        "address": record.address,
        "state": record.state.value,
        "taken_at": record.taken_at,
        "platform": record.platform or identity.platform,
        "site": line.site,
        "unit": line.unit,
        "role": record.role,
        "tags": list(record.tags),
        "asset_no": declared.asset_no if declared else None,
        **{name: getattr(identity, name) for name in ("vendor", "kind", "model", "release", "serial", "hostname")},
        "outcomes": _counts(line.tally.outcomes),
    }


def _difference(each: Reconciled, language: Language) -> Plain:
    return {
        "type": "difference",
        "difference": each.difference.value,
        "subject": each.subject,
        "unit": each.unit,
        "site": each.site,
        "asset_no": each.asset_no,
        "target": each.target,
        "matched_by": each.matched_by or None,
        "heard_by": each.heard_by or None,
        "conflicts": [
            {"field_text": c.field.say(language), "declared": c.declared, "found": c.found} for c in each.conflicts
        ],
    }


def _finding(result: Result, row: FindingRow, language: Language) -> Plain:
    unit, site = result.place_of(row)
    declared = wording.check_of(row)
    return {
        "type": "finding",
        "fingerprint": row.fingerprint,
        "check": row.check,
        "family": result.figures.family_of(row.check),
        "severity": row.severity or None,
        "outcome": row.outcome,
        "underlying": row.underlying,
        "subject_kind": row.subject_kind,
        "subject": row.subject,
        "place": row.place or None,
        "unit": unit,
        "site": site,
        "platform": row.platform,
        "clauses": list(declared.clauses) if declared else [],
        "title_text": wording.title(row).say(language),
        "finding_text": wording.said(row).say(language),
        "remedy_text": wording.remedy(row).say(language) or None,
        "commands": in_language(row.commands, language) or None,
        "diagnosis": in_language(row.diagnosis, language) or None,
        "values": say_values(row.values, language),
        "evidence": [_evidence(each) for each in row.evidence],
        "missing": [{"fact": kind, "gap": reason.gap.value, "why": reason.why or None} for kind, reason in row.missing],
        "waiver": row.waiver or None,
        "traceback": row.traceback or None,
        "first_seen": row.first_seen,
    }


def _resolved(row: FindingRow) -> Plain:
    return {
        "type": "resolved",
        "fingerprint": row.fingerprint,
        "check": row.check,
        "subject_kind": row.subject_kind,
        "subject": row.subject,
        "place": row.place or None,
        "first_seen": row.first_seen,
    }


def _evidence(each: Evidence) -> Plain:
    return {
        "source": each.source,
        "lines": list(each.lines),
        "excerpt": each.excerpt or None,
        "taken_at": each.taken_at,
        "sha256": each.sha256 or None,
    }


def _stranger(each: Seen) -> Plain:
    sighting = each.sighting
    return {
        "type": "stranger",
        "address": str(sighting.address),
        "name": sighting.label,
        "vendor": sighting.vendor,
        "ways": list(sighting.ways),
        "shown": [{"port": shown.port, "kind": shown.kind, "words": shown.words} for shown in sighting.shown],
        "first_seen": each.first_seen,
        "last_seen": each.last_seen,
        "gone_since": each.gone_since,
    }


def _plan(line: PlanLine, language: Language) -> Plain:
    requirement, measure = line.requirement, line.measure
    value = {"lowest": measure.lowest, "highest": measure.highest, "unit": measure.unit} if measure else None
    return {
        "type": "plan",
        "id": requirement.id,
        "title_text": requirement.text.say(language),
        "value": value,
        "formula_text": requirement.formula_text.say(language),
        "basis_text": measure.basis.say(language) if measure else None,
        "yes": named(measure.yes, language) if measure else [],
        "no": named(measure.no, language) if measure else [],
        "unknown": named(measure.unsure, language) if measure else [],
        "missing_text": line.missing.say(language) if line.missing else None,
        "target_text": line.target.say(language) or None,
        "progress": line.progress.value,
        "deadline": requirement.deadline,
        "days_late": line.days_late,
        "lead": requirement.responsible.lead,
        "lead_text": line.lead.say(language),
        "checks": list(line.checks),
        "outcomes": _counts(line.tally.outcomes),
    }


def _clause(layer: LayerLine, point: PointLine, line: ClauseLine, language: Language) -> Plain:
    return {
        "type": "clause",
        "id": line.clause.id,
        "text": line.clause.text.say(language),
        "layer": layer.text.say(language),
        "control_point": point.text.say(language),
        "standing": line.standing.value,
        "assess": line.clause.assess.value,
        "checks": list(line.checks),
        "outcomes": _counts(line.tally.outcomes),
    }


def _counts(outcomes: Counter[str]) -> dict[str, int]:
    return {outcome.value: outcomes[outcome] for outcome in wording.OUTCOMES}


def _clean(value: Any) -> Any:
    """Plain data in which every text is harmless and every time is ISO 8601."""
    if isinstance(value, str):
        return value if value.isprintable() else _printable(value)
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(_clean(str(key))): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c in "\n\t" else wording.REPLACED for c in text)


JSON_LINES = Report(
    "json-lines", Text("全部数据（JSON Lines）", "Everything, for programs (JSON Lines)"), ".jsonl", write
)
