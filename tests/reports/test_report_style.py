"""How reports look: colours of the page by WCAG 2.1 (1.4.3, 1.4.11) in both schemes, tables in Word, rows in Excel."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest

Write = Callable[..., bytes]
STYLE = (Path(__file__).parents[2] / "reports" / "assets" / "report.css").read_text(encoding="utf-8")
_ROOTS = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
LIGHT = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", _ROOTS[0]))
SCHEMES = {"light": LIGHT, "dark": LIGHT | dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{3,6});", _ROOTS[1]))}
TEXTS = ("ink", "soft", "faint", "accent", "high", "medium", "low", "pass", "waived")
GROUNDS = ("paper", "ground")
SHAPES = ("edge", "focus", "warn", "told", "fill-pass", "fill-fail", "fill-waived")


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_the_recommendation() -> None:
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_stand_out_from_what_they_stand_on(scheme: str) -> None:
    colours = SCHEMES[scheme]
    pairs = [(text, ground) for text in TEXTS for ground in GROUNDS]
    pairs += [("on-critical", "critical"), ("ink", "notice"), ("ink", "tinted"), ("accent", "tinted")]
    weak = {pair: contrast(*(colours[f"--{each}"] for each in pair)) for pair in pairs}
    assert not {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_controls_and_lines_stand_out(scheme: str) -> None:
    colours = SCHEMES[scheme]
    weak = {shape: contrast(colours[f"--{shape}"], colours["--paper"]) for shape in SHAPES}
    assert not {shape: round(ratio, 2) for shape, ratio in weak.items() if ratio < 3}


def test_no_colour_stands_outside_the_schemes() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLE, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)|rgba?\(|hsla?\(", rules)
    used = set(re.findall(r"var\((--[\w-]+)\)", STYLE))
    assert used <= LIGHT.keys() | {"--mono"}
    assert not LIGHT.keys() - used


def test_tables_of_the_document_say_their_headings_on_every_page(written: Write) -> None:
    document = docx.Document(io.BytesIO(written("clause-matrix-docx")))
    body = document.element
    assert document.styles.element.xpath("w:docDefaults//w:lang/@w:eastAsia") == ["zh-CN"]  # else fonts of Japan's
    tables = body.xpath("//w:tbl")
    assert len(tables) > 10
    assert all(table.xpath("w:tr[1]/w:trPr/w:tblHeader") for table in tables)
    assert len(body.xpath("//w:tr[w:trPr/w:cantSplit]")) == len(body.xpath("//w:tr"))


def test_a_row_is_as_high_as_its_longest_cell_and_ruled(written: Write) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(written("workbook")))["差距清单"]
    ruled = [area.sqref for area in sheet.conditional_formatting for rule in area.rules if rule.formula == ["TRUE"]]
    assert [str(area) for area in ruled] == [sheet.dimensions]
    heights = {row: sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)}
    assert heights[1] == 14.25
    for row in range(2, sheet.max_row + 1):
        lines = max(str(cell.value or "").count("\n") + 1 for cell in sheet[row])
        assert heights[row] >= 14.25 * min(lines, 20)
    assert max(heights.values()) <= 14.25 * 20
