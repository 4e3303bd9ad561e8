"""Names, descriptions and answers of devices are hostile text in every report."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from ipaddress import IPv4Interface
from pathlib import Path

import docx
import openpyxl
import pytest

from checks.model import harmless
from checks.waivers import Waiver
from inventory.attestation import Attestation
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Address, Addresses, Identity, Interface, Interfaces, Neighbour, Neighbours
from inventory.findings import FindingRow
from inventory.plan import plan
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import Store
from inventory.text import Text
from reports.cells import inert
from reports.model import Result
from reports.registry import reports

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOSTILE = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "attribute": '" onmouseover="alert(3)" x=\'',
    "close": "</style></script></pre></details></table><svg onload=alert(4)>",
    "formula": "=cmd|' /C calc'!A0",
    "formulas": "+SUM(1)",
    "minus": "-2+3+cmd|' /C calc'!A0",
    "at": "@SUM(1+1)",
    "wide": "＝cmd|' /C calc'!A0",
    "spaced": "  =1+1",
    "control": "core\x00\x07\x1b[31m\x1b]0;title\x07\r\n=1+1",
    "bidi": "core\u202e1-gpj\u202c\u2066x\u2069",
    "surrogate": "core\ud800\udfff",
    "long": "L" * 10_000,
    "template": "{{ 7*7 }}{% for x in y %}{subject}{0}",
    "markup": "[bold red]x[/bold red][link=http://evil]y[/link]",
    "url": "http://evil.example/x",
    "number": "1e308",
    "braces": "]]><!--",
}


def hostile_result(store: Store, text: str) -> Result:
    """One device that calls everything of its own by one hostile text."""
    run = store.create_run(text, started=AT)
    evidence = Evidence(text, (1,), text, AT)
    record = DeviceRecord(text or "x", "10.0.0.1", State.ANSWERED, AT, "huawei_vrp", text, text, (text,))
    facts = {
        Identity: Identity(text, text, text, text, text, text, text, evidence=evidence),
        Interfaces: Interfaces((Interface(text, 1, text),), evidence),
        Addresses: Addresses((Address(text, IPv4Interface("10.0.0.1/24")),), evidence),
        Neighbours: Neighbours((Neighbour(text, "lldp", text, text, text),), evidence),
    }
    store.save_device(run, Snapshot(record, facts))
    values = {"subject": harmless(text), "place": harmless(text), "seen_by": text, "interface": text}
    common = {"site": text, "platform": "huawei_vrp", "values": values, "evidence": (evidence,), "commands": text}
    common["diagnosis"] = text
    store.save_findings(
        run,
        [
            FindingRow("access.telnet-off", "device", text, "fail", "high", text, **common),  # type: ignore[arg-type]
            FindingRow("census.no-undeclared-devices", "network", "network", "fail", "medium", text, **common),  # type: ignore[arg-type]
            FindingRow("access.vty-acl", "device", text, "waived", "low", text, waiver=text, values=values),
            FindingRow("audit_log.on", "device", text, "error", "low", traceback=text),
            FindingRow("snmp.v3-only", "device", text, "unknown", missing=((text, Missing(Gap.REFUSED, text)),)),
        ],
    )
    store.finish_run(run, at=AT)
    until = date(2027, 1, 1)
    store.attest([Attestation(item, "", "not-met", text, text, AT, until, text) for item in ("8.1.1.1-a", "A-29")])
    store.attest([Attestation("8.1.4.1-a", text or "x", "na", text, text, AT, until)])
    waiver = Waiver("access.*", text or "x", text or "x", text or "x", until)
    title = Text(text, text)
    return Result(store, run, plan=plan(), today=date(2026, 11, 24), title=title, waivers=[waiver])


@pytest.fixture(params=list(HOSTILE))
def text(request: pytest.FixtureRequest) -> str:
    return HOSTILE[request.param]


@pytest.fixture
def hostile(store: Store, text: str) -> Result:
    return hostile_result(store, text)


def bytes_of(result: Result, name: str, language: str = "zh") -> bytes:
    stream = io.BytesIO()
    reports()[name].write(result, language, stream)  # type: ignore[arg-type]
    return stream.getvalue()


class Tags(HTMLParser):
    """Elements and attributes of a page, and whether every element is closed in order."""

    VOID = frozenset({"meta", "input", "br", "img", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.stray: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.stray.append(tag)


def tags(data: bytes) -> Tags:
    found = Tags()
    found.feed(data.decode())
    found.close()
    return found


def test_page_stays_a_page(hostile: Result) -> None:
    found = tags(bytes_of(hostile, "html"))
    assert found.open == []
    assert found.stray == []
    assert "img" not in found.seen
    assert [name for name, _ in found.attributes if name.startswith("on")] == []
    assert bytes_of(hostile, "html").count(b"<script>") == 1


def test_page_loads_nothing(hostile: Result) -> None:
    page = bytes_of(hostile, "html").decode()
    assert {"link", "iframe", "object", "embed", "base"} & tags(page.encode()).seen == set()
    assert [
        v for n, v in tags(page.encode()).attributes if n in ("src", "srcset", "action", "data", "xlink:href")
    ] == []
    references = [v or "" for n, v in tags(page.encode()).attributes if n == "href"]
    assert [v for v in references if not v.startswith("#")] == []
    assert not re.search(r"@import|url\((?!#hatch\))", page.partition("<style>")[2].partition("</style>")[0])


@pytest.mark.parametrize("name", ["console", "html", "json-lines", "oscal", "findings-csv", "assets-csv"])
def test_text_reports_are_clean_utf8(hostile: Result, name: str) -> None:
    text = bytes_of(hostile, name).decode("utf-8-sig")
    allowed = "\n\r" if name.endswith("csv") else "\n"
    assert {c for c in text if not c.isprintable() and c not in allowed} == set()


@pytest.mark.parametrize("name", ["findings-csv", "assets-csv"])
def test_no_csv_cell_starts_a_formula(hostile: Result, name: str) -> None:
    rows = list(csv.reader(io.StringIO(bytes_of(hostile, name).decode("utf-8-sig"), newline="")))
    assert len({len(row) for row in rows}) == 1
    cells = [cell for row in rows for cell in row]
    assert [cell for cell in cells if re.match(r"\s*[=+\-@\t\r|%＝＋－＠]", cell)] == []
    assert max(map(len, cells)) < 32_768


@pytest.mark.parametrize("name", ["findings-csv", "assets-csv"])
def test_csv_opens_in_a_chinese_excel(hostile: Result, name: str) -> None:
    assert bytes_of(hostile, name).startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("name", ["workbook", "clause-matrix"])
def test_workbook_holds_text_only(hostile: Result, name: str) -> None:
    data = bytes_of(hostile, name)
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert [cell.coordinate for cell in cells if cell.data_type != "n" and not cell.quotePrefix] == []
    assert [cell.coordinate for cell in cells if cell.hyperlink] == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert [sheet for sheet in sheets if b"<f>" in sheet or b"<hyperlink" in sheet] == []


def test_document_opens_and_links_nothing(hostile: Result) -> None:
    data = bytes_of(hostile, "clause-matrix-docx")
    assert len(docx.Document(io.BytesIO(data)).tables) > 5
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml")
        related = archive.read("word/_rels/document.xml.rels")
    assert b"hyperlink" not in body
    assert b"fldSimple" not in body
    assert b"instrText" not in body
    assert b'TargetMode="External"' not in related


def test_every_line_is_one_object(hostile: Result) -> None:
    lines = bytes_of(hostile, "json-lines").decode().split("\n")
    assert lines.pop() == ""
    assert {type(json.loads(line)) for line in lines} == {dict}


def test_console_shows_markup_as_it_stands(store: Store) -> None:
    shown = bytes_of(hostile_result(store, HOSTILE["markup"]), "console").decode()
    assert "[bold red]x" in shown
    assert "\x1b" not in shown


def test_script_of_the_page_is_the_one_its_policy_names(hostile: Result) -> None:
    page = bytes_of(hostile, "html").decode()
    script = page.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "|x"])
def test_inert(text: str) -> None:
    assert inert(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "core-1", "a=b", "10.0.0.1", "— none", "陆河"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert inert(text) == text


def test_only_style_and_script_go_unescaped(checkout: Path) -> None:
    templates = sorted((checkout / "reports" / "templates").glob("*.j2"))
    assert templates
    found = [hit for path in templates for hit in re.findall(r"\{\{ (\w+) \| safe \}\}", path.read_text("utf-8"))]
    assert sorted(found) == ["script", "style"]
    assert [path.name for path in templates if "autoescape" in path.read_text("utf-8")] == []
