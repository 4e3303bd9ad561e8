"""The county's plan, and another county's without a line of code."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from checks.catalogue import catalogue
from checks.evaluate import Terms, evaluate_network
from checks.model import Outcome
from checks.standards import clause
from inventory.errors import InputError
from inventory.plan import TIERS, plan, plans
from inventory.snapshot import MemoryNetwork
from inventory.views import LinkView, MemoryViews

OTHER = """\
name: qingxi-2024
zh: 清溪县规划
en: Plan of Qingxi county
period: 2024-2026
tiers_mbps: {county: 10000, town: 500, village: 200}
requirements:
- id: QX-1
  key: PR-NET-04
  group: extranet
  zh: 镇五百兆
  en: Towns at 500M
  metric: {zh: 达标率, en: share that meets it, unit: "%"}
  formula: links that meet the tier / links * 100
  target: {op: ">=", value: 95}
  deadline: 2026-06-30
  responsible: {lead: data_bureau}
  assess: auto
  measure: as declared and as measured
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "other.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_built_in_plan() -> None:
    luhe = plan("luhe-2021-2025")
    assert plans() == ("luhe-2021-2025",)
    assert len(luhe.requirements) == 41
    assert luhe.tiers_mbps == {"county": 1000, "town": 100, "village": 100, "department": 100, "institution": 50}
    assert set(luhe.tiers_mbps) == set(TIERS)
    cloud = luhe.requirement("PR-CLD-01")
    assert cloud is not None
    assert (cloud.target.op, cloud.target.value, cloud.deadline) == (">=", 90, date(2025, 12, 31))
    assert all(clause(ref) is not None for r in luhe.requirements for ref in r.clauses)
    for each in luhe.requirements:
        assert each.formula.isascii(), each.id
        assert each.formula_text.zh != each.formula, f"{each.id}: no formula in Chinese"
    assert all(need in {r.id for r in luhe.requirements} for d in luhe.denominators for need in d.needed_by)


def test_days_late_count_from_the_day_after_the_deadline() -> None:
    bandwidth = plan().requirement("PR-NET-04")
    assert bandwidth is not None
    assert [bandwidth.days_late(date(2022, 12, 31)), bandwidth.days_late(date(2023, 1, 10))] == [0, 10]
    undated = plan().requirement("PR-MR-01")
    assert undated is not None
    assert undated.days_late(date(2030, 1, 1)) == 0


def test_another_county_needs_no_code(tmp_path: Path) -> None:
    other = plan(written(tmp_path, OTHER))
    cited = clause("plan:PR-NET-04", other)
    assert cited is not None
    assert cited.id == "QX-1"
    assert clause("plan:PR-CLD-01", other) is None
    link = LinkView("L1", "镇", "town", "fibre", None, 100, ())
    check = catalogue()["bandwidth.contract-meets-tier"]

    def outcome(terms: Terms) -> Outcome:
        (finding,) = evaluate_network(MemoryNetwork([]), MemoryViews(all_links=(link,)), terms)
        return finding.outcome

    assert outcome(Terms((check,), date(2026, 1, 1))) is Outcome.PASS
    assert outcome(Terms((check,), date(2026, 1, 1), plan=other)) is Outcome.FAIL


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("period: 2024-2026", "perod: 2024-2026", 4, "unknown key 'perod'"),
        ("town: 500", "hamlet: 500", 5, "hamlet"),
        ("town: 500", "town: fast", 5, "whole number"),
        ("deadline: 2026-06-30", "deadline: soon", 15, "date"),
        ('op: ">="', 'op: "~"', 14, "op:"),
        ("  assess: auto\n", "", 7, "missing assess"),
        ("value: 95", "note: none", 14, "value"),
    ],
)
def test_a_faulty_plan_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    with pytest.raises(InputError, match=rf"other\.yaml:{line}: .*{says}"):
        plan(written(tmp_path, OTHER.replace(old, new)))


def test_a_plan_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no such plan"):
        plan("atlantis")
    with pytest.raises(InputError, match="nowhere"):
        plan("nowhere.yaml")


def test_one_key_for_two_requirements_is_refused(tmp_path: Path) -> None:
    twice = OTHER + OTHER[OTHER.index("- id: QX-1") :].replace("QX-1", "QX-2")
    with pytest.raises(InputError, match="PR-NET-04"):
        plan(written(tmp_path, twice))
