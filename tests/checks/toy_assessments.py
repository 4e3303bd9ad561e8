"""Toy checks, findings and words of people, and what an assessment makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from checks.assessing import Assessment, Assessor, Basis
from checks.attestations import attested
from checks.items import Result
from checks.model import Check, Family, Remedy, Severity, Verdict, check
from inventory.attestation import Attestation
from inventory.facts import SnmpAgent
from inventory.findings import FindingRow
from inventory.snapshot import Network
from inventory.text import Text

TODAY = date(2026, 11, 24)
USUAL = Basis()
MET, PARTIAL, NOT_MET = Result.MET, Result.PARTIAL, Result.NOT_MET
LOGIN = "8.1.4.1-a"  # four steps, all of them


def said(item: str, result: str, name: str = "", until: date = date(2027, 1, 1), **more: Any) -> Attestation:
    given = {"note": "checked on site", "attested_by": "Li Lei", "file": "photo.jpg", **more}
    return Attestation(item, name, result, attested_at=datetime(2026, 11, 1, tzinfo=UTC), until=until, **given)


def declared(name: str, *citations: str, wide: bool = False, high_risk: tuple[str, ...] = ()) -> Check:
    def on_device(agent: SnmpAgent) -> Iterator[Verdict]:
        yield Verdict(bool(agent))

    def on_network(network: Network) -> Iterator[Verdict]:
        yield Verdict(bool(network))

    return check(
        f"toy.{name}",
        family=Family.LEVEL3,
        title=Text("好", "good"),
        severity=Severity.HIGH,
        clauses=tuple(f"gbt22239-2019:{each}" for each in citations),
        found=Text("坏", "bad"),
        remedy=Remedy(Text("改", "mend")),
        high_risk=high_risk,
    )(on_network if wide else on_device)


def row(name: str, subject: str, outcome: str, kind: str = "device", **more: Any) -> FindingRow:
    return FindingRow(f"toy.{name}", kind, subject, outcome, "high", **more)


def assess(
    checks: list[Check], rows: list[FindingRow], words: list[Attestation] | None = None, basis: Basis = USUAL
) -> Assessment:
    known = attested(words or [], TODAY)
    wide = [each for each in rows if each.subject_kind in ("network", "register")]
    return Assessor(basis, checks, known).assessed(wide, [each for each in rows if each not in wide])
