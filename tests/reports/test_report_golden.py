"""Every report in both languages against a kept copy. HECHA_UPDATE_GOLDEN=1 writes the copies anew: read the diff."""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.text.paragraph import Paragraph

from reports.registry import reports

GOLDEN = Path(__file__).parent / "golden"
REPORTS = [
    "assets-csv",
    "clause-matrix",
    "clause-matrix-docx",
    "console",
    "findings-csv",
    "html",
    "json-lines",
    "oscal",
    "topology-graphml",
    "topology-json",
    "workbook",
]


def page_without_the_usual(text: str) -> str:
    """The page without our own style and script, and without the items that nothing assessed: 190 rows alike."""
    text = re.sub(r"<style>.*?</style>", "<style></style>", text, flags=re.DOTALL)
    text = re.sub(r"(?<=</div>\n)<script>.*?</script>", "<script></script>", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[^']+", "sha256-", text)
    return re.sub(r"<tr[^>]*><td class=\"ref\">(?:(?!</tr>).)*?is-not-assessed.*?</tr>\n", "", text, flags=re.DOTALL)


def lines_without_the_usual(text: str) -> str:
    kept = (line for line in text.splitlines(keepends=True) if json.loads(line).get("standing") != "not-assessed")
    return "".join(kept)


def cells(data: bytes) -> str:
    """The workbook's cells as text, a row a line."""

    def rows() -> Iterator[str]:
        for sheet in openpyxl.load_workbook(io.BytesIO(data)):
            yield f"# {sheet.title} {sheet.dimensions} frozen {sheet.freeze_panes} filter {sheet.auto_filter.ref}"
            for row in sheet.iter_rows(values_only=True):
                if not {"未检查", "未评", "not checked", "not assessed"} & set(row):
                    yield "\t".join("" if cell is None else str(cell).replace("\n", "⏎") for cell in row).rstrip()

    return "\n".join(rows()) + "\n"


def document_lines(data: bytes) -> str:
    """The document's paragraphs and tables in their order, a row a line; items that nothing assessed left out."""

    def lines() -> Iterator[str]:
        for block in docx.Document(io.BytesIO(data)).iter_inner_content():
            if isinstance(block, Paragraph):
                yield f"{block.style.name}: {block.text}" if block.style else block.text
                continue
            for row in block.rows:
                texts = [cell.text.replace("\n", "⏎") for cell in row.cells]
                if texts[-1] not in ("未评", "not assessed"):
                    yield "\t".join(texts).rstrip()

    return "\n".join(lines()) + "\n"


def oscal_lines(data: bytes) -> str:
    """The document indented, without the list of all controls."""
    document = json.loads(data)
    reviewed = document["assessment-results"]["results"][0]["reviewed-controls"]["control-selections"][0]
    reviewed["include-controls"] = len(reviewed["include-controls"])
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


READ: dict[str, Callable[[bytes], str]] = {
    "html": lambda data: page_without_the_usual(data.decode()),
    "json-lines": lambda data: lines_without_the_usual(data.decode()),
    "workbook": cells,
    "clause-matrix": cells,
    "clause-matrix-docx": document_lines,
    "oscal": oscal_lines,
    "findings-csv": lambda data: data.decode().replace("\r\n", "\n"),
    "assets-csv": lambda data: data.decode().replace("\r\n", "\n"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_report_is_as_it_was(written: Callable[..., bytes], name: str, language: str) -> None:
    found = READ.get(name, bytes.decode)(written(name, language))
    kept = GOLDEN / f"{name}.{language}.txt"
    if os.environ.get("HECHA_UPDATE_GOLDEN") == "1":
        kept.write_text(found, encoding="utf-8", newline="\n")
    assert found == kept.read_text(encoding="utf-8")


def test_every_report_has_golden_copies() -> None:
    names = {f"{name}.{language}.txt" for name in reports() for language in ("zh", "en")}
    assert names == {path.name for path in GOLDEN.iterdir()}


@pytest.mark.parametrize("name", ["html", "workbook", "clause-matrix", "clause-matrix-docx", "oscal"])
def test_writing_twice_gives_the_same_bytes(written: Callable[..., bytes], name: str) -> None:
    assert written(name) == written(name)
