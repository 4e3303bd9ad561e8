"""Gaps on links, in pairs of devices and in what neighbours send: the commands entered, the check passes then."""

from __future__ import annotations

import pytest
from networked import CASES, Case, findings, mended_at_last

from checks.catalogue import catalogue
from checks.model import Outcome, SubjectKind


@pytest.mark.parametrize("case", CASES, ids=[f"{case.check} on {case.key}" for case in CASES])
def test_the_remedy_mends_the_gap(case: Case) -> None:
    """The first finding prints what stands under the key; once it is entered nothing is left, and something passes."""
    first = [f for f in findings(case, case.texts) if f.outcome is Outcome.FAIL]
    assert first, "the gap is not found"
    variant = case.key.partition("/")[2]
    assert {f.values.get("variant", "") for f in first} == {variant}
    after, _ = mended_at_last(case)
    left = findings(case, after)
    assert [f for f in left if f.outcome is Outcome.FAIL] == [], after
    alone = case.check == "ipv6.advertised-gateways-doubled"  # the device answers for itself, which is another check
    assert alone or any(f.outcome is Outcome.PASS for f in left), after


def test_every_remedy_of_these_checks_is_entered() -> None:
    """Those of network systems; hosts mend themselves in tests of their own."""
    here = {case.check for case in CASES}
    checks = [c for c in catalogue().values() if c.subject is not SubjectKind.DEVICE or c.id in here]
    wanted = {(check.id, key) for check in checks for key in check.remedy.commands}
    wanted = {(check, key) for check, key in wanted if key.partition("/")[0] not in ("linux", "frr")}
    assert wanted - {(case.check, case.key) for case in CASES} == set()
