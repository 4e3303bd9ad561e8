"""Limits of lines: those of a playbook, else of the county's plan, else the usual ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from checks.capacity import LineLimit, line_limit
from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_network
from checks.model import Finding
from checks.policies import BandwidthPolicy
from inventory.errors import InputError
from inventory.facts import Interface
from inventory.plan import Plan, plan
from inventory.snapshot import MemoryNetwork
from inventory.traffic import Latency
from inventory.views import LinkEnd, LinkView, MemoryViews

FAR = Latency(288, 0, 20.0)
END = LinkEnd("town", "r1", "G1", Interface("G1", speed_mbps=1000.0), (), latency=FAR)
LINK = LinkView("l1", "town", "town", "fibre", None, 100.0, (END,))


def of_county(folder: Path, limits: str) -> Plan:
    """An invented county's plan with these limits of lines."""
    path = folder / "county.yaml"
    path.write_text(
        "name: county\nzh: 某县\nen: A county\nperiod: 2026-2030\ntiers_mbps: {town: 100}\nrequirements:\n"
        "- id: LINE\n  key: PR-NET-05\n  group: network\n  zh: 线路质量\n  en: Quality of lines\n"
        "  metric: {zh: 时延, en: delay, unit: ms}\n  formula: see measure\n"
        f"  target: {{op: limits, value: {limits}}}\n  responsible: {{lead: data_bureau}}\n  assess: auto\n"
        "  measure: polls\n",
        encoding="utf-8",
    )
    return plan(path)


def judged(terms: Terms) -> Finding:
    check = catalogue()["bandwidth.latency-in-limits"]
    (found,) = evaluate_network(MemoryNetwork([]), MemoryViews(all_links=(LINK,)), replace(terms, checks=(check,)))
    return found


def test_plan_sets_the_limit_and_the_playbook_goes_before_it(tmp_path: Path) -> None:
    strict = of_county(tmp_path, "{rtt_ms_max_in_county: 10}")
    assert line_limit(LineLimit.RTT_MS, strict, BandwidthPolicy()) == 10.0
    assert line_limit(LineLimit.RTT_MS, strict, BandwidthPolicy(rtt_max_ms=25.0)) == 25.0
    assert line_limit(LineLimit.AVAILABLE_PERCENT, strict, BandwidthPolicy()) == 99.5
    terms = Terms((), date(2026, 1, 1))
    assert judged(terms).outcome == "pass"
    assert judged(replace(terms, plan=strict)).outcome == "fail"


def test_built_in_plan_has_each_limit() -> None:
    limits = {each: plan().limit("PR-NET-05", each) for each in LineLimit}
    assert limits == {
        LineLimit.LOAD_PERCENT: 70.0,
        LineLimit.RTT_MS: 30.0,
        LineLimit.LOST_PERCENT: 0.5,
        LineLimit.AVAILABLE_PERCENT: 99.5,
    }


@pytest.mark.parametrize("limits", ["{rtt_ms_max_in_county: soon}", "{loss_max: yes}", "{}", "5"])
def test_limit_that_is_no_number_is_told_with_its_line(tmp_path: Path, limits: str) -> None:
    with pytest.raises(InputError) as told:
        of_county(tmp_path, limits)
    assert "county.yaml:" in told.value.where
    assert "name: number" in told.value.text.en
