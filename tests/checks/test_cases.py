"""Every check against its table of facts and outcomes: tests/checks/cases/<check id>.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_device, evaluate_network
from checks.model import Check, Finding, Outcome, SubjectKind
from checks.policies import policies_from
from checks.sentences import sentence
from inventory.codec import decode, decode_facts, encode
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State
from inventory.views import CensusView, LinkView, MemoryViews, SiteView, SystemView
from inventory.yaml_text import values_of

FOLDER = Path(__file__).parent / "cases"
TAKEN = datetime(2026, 1, 1, tzinfo=UTC)
KEYS = {"name", "expect", "says", "commands", "diagnosis", "platform", "role", "policy", "today", "facts"} | {
    "link", "site", "system", "census", "network",
}  # fmt: skip
EMPTY_CENSUS: dict[str, list[Any]] = {"units": [], "devices": [], "systems": [], "rows": []}


def cases() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in values_of(path.read_bytes()):
            yield pytest.param(path.stem, plain(case), id=f"{path.stem}: {case['name']}")


def plain(value: Any) -> Any:
    """YAML turns dates into objects; facts are decoded from text."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value.isoformat() if isinstance(value, date) else value


def snapshot(row: dict[str, Any]) -> Snapshot:
    record = DeviceRecord(
        target=row.get("target", "r1"),
        address=row.get("address", "127.0.0.1"),
        state=State(row.get("state", "answered")),
        taken_at=TAKEN,
        platform=row.get("platform"),
        role=row.get("role"),
    )
    return Snapshot(record, decode_facts(row["facts"]))


def views(case: dict[str, Any]) -> MemoryViews:
    def each(key: str, kind: type[Any]) -> tuple[Any, ...]:
        return (decode(kind, case[key]),) if key in case else ()

    return MemoryViews(
        each("site", SiteView),
        each("link", LinkView),
        each("system", SystemView),
        decode(CensusView, EMPTY_CENSUS | case.get("census", {})),
    )


def findings(check: Check, case: dict[str, Any]) -> list[Finding]:
    today = date.fromisoformat(case.get("today", "2026-01-01"))
    terms = Terms((check,), today, policies=policies_from(case.get("policy", {})))
    if check.subject is SubjectKind.DEVICE:
        return list(evaluate_device(snapshot(case), terms))
    network = MemoryNetwork([snapshot(row) for row in case.get("network", [])])
    return list(evaluate_network(network, views(case), terms))


@pytest.mark.parametrize(("check_id", "case"), list(cases()))
def test_outcomes(check_id: str, case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    check = catalogue()[check_id]
    found = findings(check, case)
    assert not [f.traceback for f in found if f.traceback]
    expected = case["expect"]
    if isinstance(expected, dict):
        assert {f.place: f.outcome.value for f in found} == expected
    else:
        assert [f.outcome.value for f in found] == [expected]
    for finding in found:
        judge_words(check, finding)
    failed = [f for f in found if f.outcome is Outcome.FAIL]
    if "says" in case:
        assert any(case["says"] in sentence(check, f).en for f in failed)
    for key in ("commands", "diagnosis"):
        assert key not in case or any(case[key] in getattr(f, key) for f in failed)
    assert findings(check, case) == found  # judging twice is the same


HOSTS = ("linux", "frr")


def judge_words(check: Check, finding: Finding) -> None:
    """Sentences fill in, and on a failure the commands of every platform do; a finding survives being stored.

    What a network system tells need not fill in what is said to a host.
    """
    said = sentence(check, finding)
    assert said.zh
    assert said.en
    remedy, own = check.remedy, finding.subject.platform
    for told, filled in ((remedy.commands, remedy.commands_for), (remedy.diagnosis, remedy.diagnosis_for)):
        for name in told if finding.outcome is Outcome.FAIL else ():
            platform, _, variant = name.partition("/")
            if own is None or platform not in HOSTS or own in HOSTS:
                assert filled(platform, {**finding.values, "variant": variant})
    assert decode(Finding, encode(finding)) == finding


@pytest.mark.parametrize("check_id", list(catalogue()))
def test_each_check_has_a_pass_a_fail_and_an_unknown(check_id: str) -> None:
    path = FOLDER / f"{check_id}.yaml"
    assert path.is_file(), "no cases"
    outcomes: set[str] = set()
    for case in values_of(path.read_bytes()):
        expected = case["expect"]
        outcomes.update(expected.values() if isinstance(expected, dict) else [expected])
    assert {"pass", "fail", "unknown"} <= outcomes


def test_no_case_for_a_check_that_is_gone() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} <= set(catalogue())
