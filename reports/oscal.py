"""The pre-assessment as OSCAL assessment results (NIST OSCAL 1.1.2, JSON), observations streamed.

A control is an item of GB/T 22239, its objective the test unit of GB/T 28448. Items that are not assessed have no
finding: OSCAL knows satisfied and not satisfied only. Evidence is referred to by its place in the evidence package.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO
from urllib.parse import quote

from checks.items import ItemResult, Result
from checks.risks import Risk, Standing
from checks.standards import LEVEL3
from inventory.attestation import Attestation
from inventory.findings import ERROR, FAIL, PASS, UNKNOWN, WAIVED, FindingRow
from inventory.text import Language, Text
from reports import preassessment, wording
from reports.model import Report
from reports.model import Result as Run
from reports.preassessment import NOTICE, STANDINGS, possible_text

OSCAL_VERSION = "1.1.2"
MOST_RELATED = 1_000  # observations that one finding names
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:hecha:oscal")
_NS = "urn:hecha:oscal"
_RISK_STATES = {Standing.CONFIRMED: "open", Standing.CANDIDATE: "investigating", Standing.RECTIFIED: "closed"}
_TOLD = (PASS, FAIL, UNKNOWN, WAIVED, ERROR)
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Alone:
    """A list of one thing that holds streams."""

    value: Plain


def write(run: Run, language: Language, stream: BinaryIO) -> None:
    """One JSON document; an observation in memory at a time."""
    for piece in _pieces({"assessment-results": _Telling(run, language).document()}):
        stream.write(piece.encode("utf-8"))
    stream.write(b"\n")


def _pieces(value: Any) -> Iterator[str]:
    """JSON text bit by bit; iterators are arrays."""
    if isinstance(value, dict):
        mark = "{"
        for key, each in value.items():
            yield f"{mark}{json.dumps(key)}: "
            yield from _pieces(each)
            mark = ", "
        yield "}" if value else "{}"
    elif isinstance(value, _Alone):
        yield "["
        yield from _pieces(value.value)
        yield "]"
    elif isinstance(value, Iterator):
        mark = "["
        for each in value:
            yield f"{mark}\n{json.dumps(each, ensure_ascii=False)}"
            mark = ","
        yield "]" if mark == "," else "[]"
    else:
        yield json.dumps(value, ensure_ascii=False)


def _present(pairs: Mapping[str, Any]) -> Plain:
    """What there is of these: OSCAL allows no empty list."""
    found: Plain = {}
    for key, value in pairs.items():
        if isinstance(value, Iterator):
            first = next(value, None)
            if first is not None:
                found[key] = chain([first], value)
        elif value not in (None, "", [], {}):
            found[key] = value
    return found


def control_id(item: str) -> str:
    """An item as a token of OSCAL, which begins with a letter."""
    return f"{LEVEL3}_{item}"


class _Telling:
    def __init__(self, run: Run, language: Language) -> None:
        self._run = run
        self._language = language
        self._checks = frozenset(
            check for item in run.assessment.items for check in run.assessor.checks_of(item)
        )  # that decide a step

    def _say(self, text: Text) -> str:
        return text.say(self._language)

    def _uuid(self, *names: object) -> str:
        """The same thing of the same run has the same number in every report."""
        run = self._run.run
        return str(uuid.uuid5(_NAMESPACE, "\0".join(map(str, (run.id, run.started.isoformat(), *names)))))

    def _prop(self, name: str, value: object, **more: str) -> Plain:
        return {"name": name, "ns": _NS, "value": wording.shown(value).strip() or "-", **more}

    def document(self) -> Plain:
        """The assessment results."""
        run = self._run.run
        return {
            "uuid": self._uuid("document"),
            "metadata": {
                "title": wording.shown(self._say(self._run.title)),
                "last-modified": _moment(run.finished or run.started),
                "version": str(run.id),
                "oscal-version": OSCAL_VERSION,
                "remarks": self._say(NOTICE),
            },
            "import-ap": {"href": f"#{self._uuid('plan')}", "remarks": "GB/T 28448-2019"},
            "results": _Alone(self._result()),
            "back-matter": {"resources": [self._plan()]},
        }

    def _plan(self) -> Plain:
        return {"uuid": self._uuid("plan"), "title": "GB/T 28448-2019", "description": "GB/T 22239-2019, level 3"}

    def _result(self) -> Plain:
        run = self._run.run
        assessment = self._run.assessment
        found: dict[str, Any] = {
            "uuid": self._uuid("result"),
            "title": wording.shown(self._say(self._run.title)),
            "description": self._say(NOTICE),
            "start": _moment(run.started),
            "end": _moment(run.finished) if run.finished else None,
            "props": list(self._figures()),
            "local-definitions": _present({"inventory-items": self._subjects()}),
            "reviewed-controls": {
                "control-selections": [
                    {"include-controls": [{"control-id": control_id(item)} for item in assessment.items]}
                ]
            },
            "observations": self._observations(),
            "risks": self._risks(),
            "findings": self._findings(),
        }
        return _present(found)

    def _figures(self) -> Iterator[Plain]:
        score = self._run.assessment.score
        yield self._prop("report-template", score.template.value)
        yield self._prop("graded", f"{self._run.assessment.basis.level}G3")
        yield self._prop("coverage", preassessment.percent(score.coverage))
        yield self._prop("bounds", preassessment.span(score))
        yield self._prop("partial-credit", f"{self._run.assessment.basis.scoring.partial_credit:g}")
        yield self._prop("conclusion", score.conclusion.value if score.conclusion else "undetermined")
        for result, count in score.counts.items():
            yield self._prop("items", count, **{"class": result.value})

    def _subjects(self) -> Iterator[Plain]:
        for kind, name in self._run.figures.by_subject:
            yield {
                "uuid": self._subject(kind, name),
                "description": self._say(wording.subject_text(kind, name)) or "-",
                "props": [self._prop("kind", kind)],
            }

    def _subject(self, kind: str, name: str) -> str:
        return self._uuid("subject", kind, name)

    def _observations(self) -> Iterator[Plain]:
        if self._checks:
            for row in self._run.findings(checks=sorted(self._checks), outcomes=_TOLD):
                yield self._observation(row)
        for word in self._run.assessment.attested.valid.values():
            yield self._word(word)

    def _observation(self, row: FindingRow) -> Plain:
        taken = next((each.taken_at for each in row.evidence if each.taken_at), None)
        return _present(
            {
                "uuid": self._uuid("observation", row.fingerprint),
                "title": self._say(wording.title(row)),
                "description": self._say(wording.said(row)) or "-",
                "props": [self._prop("check", row.check), self._prop("outcome", row.outcome)]
                + [self._prop("place", row.place)] * bool(row.place),
                "methods": ["TEST"],
                "types": ["control-objective"],
                "subjects": [{"subject-uuid": self._subject(row.subject_kind, row.subject), "type": "inventory-item"}],
                "relevant-evidence": [
                    _present(
                        {
                            "href": f"raw/{each.sha256}.txt" if each.sha256 else None,
                            "description": wording.located(each, self._language),
                            "remarks": wording.excerpt(each),
                        }
                    )
                    for each in row.evidence
                    if each
                ],
                "collected": _moment(taken or self._run.run.started),
                "remarks": wording.shown(row.waiver),
            }
        )

    def _word(self, word: Attestation) -> Plain:
        evidence = {
            "href": f"evidence/{quote(word.file)}" if word.file else None,
            "description": wording.shown(word.note) or "-",
            "props": [self._prop("sha256", word.sha256)] if word.sha256 else None,
        }
        return {
            "uuid": self._uuid("word", word.item, word.object),
            "title": " ".join(filter(None, (word.item, wording.shown(word.object)))),
            "description": wording.shown(word.line, 2 * wording.LONGEST) or "-",
            "methods": ["EXAMINE" if word.file else "INTERVIEW"],
            "types": ["control-objective"],
            "relevant-evidence": [_present(evidence)],
            "collected": _moment(word.attested_at),
            "expires": _moment(datetime.combine(word.until, time.max, wording.CHINA)),
        }

    def _risks(self) -> Iterator[Plain]:
        for risk in (*self._run.assessment.major, *self._run.assessment.high):
            if risk.standing in _RISK_STATES:
                yield self._risk(risk)

    def _risk(self, risk: Risk) -> Plain:
        return {
            "uuid": self._uuid("risk", risk.id),
            "title": f"{risk.id} {self._say(risk.text)}",
            "description": self._say(risk.text),
            "statement": self._say(STANDINGS[risk.standing]),
            "status": _RISK_STATES[risk.standing],
        }

    def _findings(self) -> Iterator[Plain]:
        for item in self._run.assessment.items.values():
            if item.result is not Result.NOT_ASSESSED or item.is_lacking:
                yield self._finding(item)

    def _finding(self, item: ItemResult) -> Plain:
        risks = [risk for risk in self._all_risks() if item.clause.id in risk.items]
        return _present(
            {
                "uuid": self._uuid("finding", item.clause.id),
                "title": f"{item.clause.id} {self._say(item.clause.text)}",
                "description": self._say(possible_text(item.possible)),
                "props": [self._prop("control-id", item.clause.id), self._prop("result", item.result.value)],
                "target": self._target(item),
                "related-observations": self._related(item),
                "related-risks": [{"risk-uuid": self._uuid("risk", risk.id)} for risk in risks],
            }
        )

    def _all_risks(self) -> Iterable[Risk]:
        every = (*self._run.assessment.major, *self._run.assessment.high)
        return (risk for risk in every if risk.standing in _RISK_STATES)

    def _target(self, item: ItemResult) -> Plain:
        holds = item.result in (Result.MET, Result.NOT_APPLICABLE)
        reason = "other" if item.result is Result.NOT_APPLICABLE else "pass" if holds else "fail"
        states = {
            Result.MET: "implemented",
            Result.PARTIAL: "partial",
            Result.NOT_APPLICABLE: "not-applicable",
        }
        state = states.get(item.result)
        status = {"state": "satisfied" if holds else "not-satisfied", "reason": reason}
        return _present(
            {
                "type": "objective-id",
                "target-id": item.clause.unit,
                "status": status,
                "implementation-status": {"state": state} if state else None,
            }
        )

    def _related(self, item: ItemResult) -> list[Plain]:
        """What the result rests on: the gaps of an item that is not met, what passed of one that is."""
        checks = self._run.assessor.checks_of(item.clause.id)
        outcomes = (FAIL, WAIVED) if item.is_lacking else (PASS,)
        rows = self._run.findings(checks=checks, outcomes=outcomes) if checks else iter(())
        found = [self._uuid("observation", row.fingerprint) for row in islice(rows, MOST_RELATED)]
        words = self._run.assessment.attested.valid
        found += [self._uuid("word", *key) for key in words if key[0] == item.clause.id]
        return [{"observation-uuid": each} for each in found]


def _moment(at: datetime) -> str:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="seconds")


OSCAL = Report("oscal", Text("OSCAL 测评结果（JSON）", "OSCAL assessment results (JSON)"), ".json", write)
