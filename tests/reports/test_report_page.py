"""The page: bounded, complete without script, and alive with it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from reports import html_page
from reports.model import Result

Write = Callable[..., bytes]


def test_a_part_for_each_reader(written: Write) -> None:
    page = written("html").decode()
    sections = re.findall(r'<section id="(\w+)">', page)
    assert sections == [
        "summary", "plan", "places", "clauses", "waived", "gaps", "unknown", "census", "register", "links",
    ]  # fmt: skip
    assert re.findall(r'<a href="#(\w+)">', page.partition("<main")[0]) == sections


def test_summary_tells_a_manager_what_is_late_and_whose_it_is(written: Write) -> None:
    page = written("html", "en").decode()
    summary = page.partition('<section id="summary">')[2].partition("</section>")[0]
    late = summary.partition("overdue the longest")[2].partition("</table>")[0]
    days = [int(n) for n in re.findall(r'<span class="late">(\d+) days', late)]
    assert days == sorted(days, reverse=True)
    assert days
    assert "陆河县政务服务数据管理局" in late
    units = summary.partition("Units with the most severe gaps")[2].partition("</table>")[0]
    assert "河田镇" in units


def test_figures_of_the_plan_show_formula_names_and_earlier_values(written: Write) -> None:
    page = written("html", "zh").decode()
    row = page.partition('<td class="ref">PR-NET-04</td>')[2].partition("</tr>")[0]
    assert "<dt>公式</dt><dd>签约带宽" in row
    assert "<dt>未达标 1</dt><dd>hetian-100m</dd>" in row
    row = page.partition('<td class="ref">PR-CLD-01</td>')[2].partition("</tr>")[0]
    assert "<dt>趋势</dt><dd>2026-10-12 33.3 → 33.3</dd>" in row
    assert "<small>上次 33.3</small>" in row


def test_large_runs_are_written_without_measuring_earlier_ones(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_page, "TREND_FINDINGS", 0)
    page = written("html", "zh").decode()
    assert "<dt>公式</dt>" in page
    assert "上次 33.3" not in page


def test_every_clause_of_the_standard_has_its_row(written: Write) -> None:
    page = written("html").decode()
    clauses = page.partition('<section id="clauses">')[2].partition("</section>")[0]
    assert len(re.findall(r'<td class="ref">8\.1\.\d+\.\d+-[a-z]', clauses)) == 211
    assert clauses.count("is-not-assessed") == 199


def test_gap_shows_its_evidence_and_remedy(written: Write) -> None:
    page = written("html", "en").decode()
    gap = page.partition('<article class="gap"')[2].partition("</article>")[0]
    for expected in (
        "display current-configuration · lines 212–214 · 2026-11-24 17:00",
        "protocol inbound telnet",
        "undo telnet server enable",
        "8.1.4.1-c",
        "first seen 2026-10-12",
    ):
        assert expected in gap


def test_page_says_where_it_was_cut(written: Write, result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_page, "GAPS_END_AT", 0)
    page = written("html", "en").decode()
    assert "<article" not in page
    assert "for the 5 subjects below gaps are only counted" in page
    rest = page.partition("only counted")[2].partition("</section>")[0]
    assert all(
        judged.name in rest for judged in result.figures.worst_subjects() if judged.tally["fail"] and judged.site
    )


def test_tables_say_where_they_were_cut(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_page, "MOST_ROWS", 2)
    page = written("html", "en").decode()
    assert "This table is cut: 4 more rows" in page  # of six assets
    assert "Only the worst are listed" in page


def test_subject_says_how_many_gaps_were_left_out(written: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_page, "MOST_PER_SUBJECT", 0)
    assert "1 more gaps of this subject" in written("html", "en").decode()


def test_script_runs_under_the_policy_of_the_page(written: Write, browser: str, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(written("html", "en"))
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    dom = subprocess.run([browser, *options, file.as_uri()], capture_output=True, timeout=120, check=True).stdout
    assert b">5 gaps of 5 subjects shown</output>" in dom
    assert b'<form class="filter" id="filter">' in dom
    assert b'<form class="filter" id="filter" hidden' in file.read_bytes()
