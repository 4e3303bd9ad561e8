"""The clause matrix as a Word document in the order an assessor works in; python-docx lives here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from checks.items import ItemResult, PointResult
from checks.risks import Standing, cases
from checks.standards import Layer
from inventory.text import Language, Text
from reports import preassessment, records, rectification, wording
from reports.model import Report
from reports.model import Result as Run
from reports.preassessment import STANDINGS, possible_text

MOST_RECORDS = 25  # of one item: a document is for reading, the workbook holds them all
MOST_GAPS = 500
_FONT, _HEADING_FONT = "宋体", "黑体"
_PAGE, _MARGIN = (29.7, 21.0), 1.8  # cm: A4 on its side
_INK = RGBColor(0x17, 0x1C, 0x22)
_SHADE = "E8ECF1"  # behind headings of tables
_CELL_MARGIN = 40  # above and below the text of a cell, in twentieths of a point
_RECORD_COLUMNS = ("object", "step", "step_result", "said", "source", "taken", "problem", "remedy")
_GAP_COLUMNS = ("no", "items", "risk", "object", "owner", "problem", "remedy", "deadline", "state")
_WIDTHS = {  # shares of a page
    "object": 6, "step": 9, "step_result": 3, "said": 11, "source": 7, "taken": 5, "problem": 9, "remedy": 9,
    "attested": 7, "no": 2, "items": 5, "risk": 3, "owner": 5, "deadline": 4, "state": 4,
}  # fmt: skip
_MADE = (1980, 1, 1, 0, 0, 0)  # of every part of the file: the same run gives the same bytes
_Row = Sequence[str]


def write(run: Run, language: Language, stream: BinaryIO) -> None:
    """Conclusion, results, records of what was looked at, rectification, whole-system notes, risks, attestations."""
    document = docx.Document()
    _dress(document, run, language)
    writing = _Writing(run, language, document)
    writing.conclusion()
    writing.results()
    writing.records()
    writing.rectification()
    writing.compensations()
    writing.risks()
    writing.words()
    _set_tables(document)
    packed = io.BytesIO()
    document.save(packed)
    _repacked(packed, stream)


def _dress(document: Document, run: Run, language: Language) -> None:
    """A4 on its side, a font that has Chinese, and the day of the run for the day of the document."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = map(Cm, _PAGE)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN)
    for name, size in (("Normal", 9), ("Heading 1", 15), ("Heading 2", 12), ("Heading 3", 10), ("Title", 20)):
        style: Any = document.styles[name]
        font = _FONT if name == "Normal" else _HEADING_FONT
        style.font.name, style.font.size, style.font.color.rgb = font, Pt(size), _INK
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # they would win over the names
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), font)
    for spoken in document.styles.element.xpath("w:docDefaults//w:lang"):  # whose fonts and line ends Chinese takes
        spoken.set(qn("w:val"), "zh-CN" if language == "zh" else "en-US")
        spoken.set(qn("w:eastAsia"), "zh-CN")
    _numbered(section)
    made = (run.run.finished or run.run.started).replace(tzinfo=None, microsecond=0)
    properties = document.core_properties
    properties.title = wording.shown(run.title.say(language), 255)  # as many as the format allows
    properties.author, properties.comments = "hecha", ""
    properties.created = properties.modified = made


def _numbered(section: Any) -> None:
    """Page of pages, in the middle of the foot."""
    section.footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    (line,) = section.footer.part.element.xpath("//w:p")
    for word in ("PAGE", "NUMPAGES"):
        if word == "NUMPAGES":
            section.footer.paragraphs[0].add_run(" / ")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), word)
        line.append(field)


def _set_tables(document: Document) -> None:
    """Text keeps off the lines, rows stay whole, and headings are shaded and stand on every page a table goes on on."""
    for look in document.element.xpath("//w:tbl/w:tblPr/w:tblLook"):
        margins = OxmlElement("w:tblCellMar")
        for side in ("top", "bottom"):
            margin = OxmlElement(f"w:{side}")
            margin.set(qn("w:w"), str(_CELL_MARGIN))
            margin.set(qn("w:type"), "dxa")
            margins.append(margin)
        look.addprevious(margins)
    for row in document.element.xpath("//w:tbl/w:tr"):
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for row in document.element.xpath("//w:tbl/w:tr[1]"):
        row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell in row.xpath("w:tc"):
            shade = OxmlElement("w:shd")
            for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
                shade.set(qn(f"w:{name}"), value)
            cell.get_or_add_tcPr().append(shade)


def _repacked(packed: io.BytesIO, stream: BinaryIO) -> None:
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            fixed = zipfile.ZipInfo(part.filename, _MADE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, old.read(part))


class _Writing:
    def __init__(self, run: Run, language: Language, document: Document) -> None:
        self._run = run
        self._language = language
        self._document = document
        self._chapter = 0

    def _say(self, zh: str, en: str, **values: object) -> str:
        return Text(zh, en).say(self._language, **values)

    def _head(self, zh: str, en: str) -> None:
        self._chapter += 1
        self._document.add_heading(f"{self._chapter}  {self._say(zh, en)}", 1)

    def _table(self, headings: Iterable[Text], rows: Iterable[_Row], widths: Sequence[int] = ()) -> None:
        """A table whose headings stand on every page; widths are shares of the page, alike unless told."""
        listed = [heading.say(self._language) for heading in headings]
        table = self._document.add_table(rows=1, cols=len(listed))
        table.style = "Table Grid"
        table.autofit = False
        shares = widths or [1] * len(listed)
        for share, column in zip(shares, table.columns, strict=True):
            column.width = Emu(Cm(_PAGE[0] - 2 * _MARGIN) * share // sum(shares))
            column.cells[0].width = column.width
        _fill(table.rows[0], listed, bold=True)
        _add_rows(table, len(listed), rows)

    def conclusion(self) -> None:
        """What this is, and every figure of it."""
        self._document.add_paragraph(wording.shown(self._run.title.say(self._language)), style="Title")
        self._document.add_paragraph(preassessment.NOTICE.say(self._language))
        started = wording.moment(self._run.run.started)
        self._document.add_paragraph(self._say("采集时间 {at}（北京时间）", "Taken {at} (UTC+8)", at=started))
        self._head("预评结论", "Conclusion")
        lines = preassessment.lines(self._run)
        told = ((line.label.say(self._language), line.value.say(self._language)) for line in lines)
        self._table((Text("项目", "Figure"), Text("值", "Value")), told, (1, 3))

    def results(self) -> None:
        """Every item with its result, a table a class."""
        self._head("单项结果", "Items")
        headings = (Text("条款", "Item"), Text("要求（摘要）", "What it asks for (in short)"), Text("结果", "Result"))
        for layer, points in self._run.assessment.points:
            self._document.add_heading(f"{layer.id} {layer.text.say(self._language)}", 2)
            items = (item for point in points for item in point.items)
            self._table(headings, (self._item(item) for item in items), (2, 13, 4))

    def _item(self, item: ItemResult) -> _Row:
        result = possible_text(item.possible).say(self._language)
        return item.clause.id, item.clause.text.say(self._language), result

    def records(self) -> None:
        """Every item: object, step, result, evidence, problem, remedy; gaps before what is met."""
        self._head("测评记录", "Records")
        for layer, point, item in records.laid_out(self._run):
            self._records_of(layer, point, item)

    def _records_of(self, layer: Layer, point: PointResult, item: ItemResult) -> None:
        clause = item.clause
        result = possible_text(item.possible).say(self._language)
        named = f"{clause.id} {clause.text.say(self._language)}"
        self._document.add_heading(self._say("{item}：{result}", "{item}: {result}", item=named, result=result), 3)
        objects = clause.objects_text.say(self._language)
        said = self._say(
            "测评单元 {unit}；测评对象：{objects}", "Unit {unit}; objects: {objects}", unit=clause.unit, objects=objects
        )
        self._document.add_paragraph(said)
        if not item.attestations and not self._run.assessor.checks_of(clause.id):
            self._to_be_filled_in(item)
            return
        found = records.records(self._run, item)
        lacking, others, more = _picked(found, MOST_RECORDS)
        cells = (records.cells(layer, point, record, self._language) for record in (*lacking, *others))
        columns = [*_RECORD_COLUMNS, *(("attested",) if item.attestations else ())]
        headings = (records.COLUMNS[name] for name in columns)
        self._table(headings, ([row[name] for name in columns] for row in cells), [_WIDTHS[name] for name in columns])
        if more:
            said = self._say("另有 {n} 条记录，见 clause-matrix 报告", "{n} more records: see clause-matrix", n=more)
            self._document.add_paragraph(said)

    def _to_be_filled_in(self, item: ItemResult) -> None:
        """What a person has to look at, step by step, with room for what is found."""
        clause, language = item.clause, self._language
        self._document.add_paragraph(records.by_people(self._run, clause).say(language))
        headings = [records.COLUMNS[name] for name in ("object", "step", "step_result", "said", "attested")]
        rows = (
            (each.object.say(language), records.step_text(clause, each.step, language), each.step_result.say(language))
            for each in records.records(self._run, item)
        )
        self._table(headings, ((*row, "", "") for row in rows), (4, 7, 2, 6, 4))

    def rectification(self) -> None:
        """What is to be mended, by whom and by when."""
        self._head("整改清单", "Rectification")
        gaps = rectification.gaps(self._run)
        rows = (
            rectification.cells(number, gap, self._language) for number, gap in enumerate(islice(gaps, MOST_GAPS), 1)
        )
        headings = (rectification.COLUMNS[name] for name in _GAP_COLUMNS)
        self._table(
            headings, ([row[name] for name in _GAP_COLUMNS] for row in rows), [_WIDTHS[n] for n in _GAP_COLUMNS]
        )
        if more := sum(1 for _ in gaps):
            said = self._say("另有 {n} 项，见 clause-matrix 报告", "{n} more: see clause-matrix", n=more)
            self._document.add_paragraph(said)

    def compensations(self) -> None:
        """Gaps that another control point may make up for; only a person accepts it."""
        self._head("整体测评", "Whole system")
        headings = (Text("条款", "Item"), Text("可能弥补的控制点", "May be made up for by"), Text("接受", "Accepted"))
        self._table(headings, self._compensations(), (2, 7, 9))

    def _compensations(self) -> Iterator[_Row]:
        for each in self._run.assessment.compensations:
            names = "\n".join(f"{p.id} {Text(p.zh, p.en).say(self._language)}" for p in each.points)
            word = each.accepted
            yield each.item.clause.id, names, f"{word.compensated_by} {wording.shown(word.line)}" if word else ""

    def risks(self) -> None:
        """Risks that a person confirmed or has to decide on."""
        self._head("高风险与重大风险隐患", "High and major risks")
        shown = (Standing.CONFIRMED, Standing.CANDIDATE, Standing.RECTIFIED)
        found = (r for r in (*self._run.assessment.major, *self._run.assessment.high) if r.standing in shown)
        rows = (
            (
                risk.id,
                risk.text.say(self._language),
                ", ".join(risk.items),
                STANDINGS[risk.standing].say(self._language),
                case.lowering.say(self._language) if (case := cases().get(risk.id)) else "",
                wording.shown(risk.attested.line) if risk.attested else "",
            )
            for risk in found
        )
        headings = (Text("编号", "No."), Text("情形", "Case"), Text("条款", "Items"), Text("状态", "State"))
        more = (Text("可降低风险的措施", "What may lower it"), Text("人工确认", "Attested"))
        self._table((*headings, *more), rows, (2, 6, 3, 2, 5, 5))

    def words(self) -> None:
        """What people confirmed or accepted, and until when."""
        self._head("人工确认与豁免", "Attestations and waivers")
        rows = (
            (
                " ".join(filter(None, (word.item, wording.shown(word.object)))),
                preassessment.word_text(word).say(self._language),
                wording.shown(word.line),
                wording.shown(word.file),
                state.say(self._language),
            )
            for word, state in preassessment.words_of(self._run.assessment.attested)
        )
        headings = (Text("条款与对象", "Item and object"), Text("结果", "Result"), Text("依据、确认人、期限", "Basis"))
        self._table((*headings, Text("文件", "File"), Text("状态", "State")), rows, (4, 3, 8, 5, 2))
        waived = (
            (
                wording.shown(each.waiver.scope),
                wording.shown(each.waiver.line),
                preassessment.waiver_text(each).say(self._language),
            )
            for each in self._run.waivers
        )
        if self._run.waivers:
            self._document.add_paragraph()
            headings = (Text("豁免范围", "Waiver"), Text("理由、批准人、期限", "Reason"), Text("状态", "State"))
            self._table(headings, waived, (5, 8, 3))


def _add_rows(table: Any, columns: int, rows: Iterable[_Row]) -> None:
    """Copies of one row that is made once: making each costs most of the time of a document."""
    row = table.add_row()
    _fill(row, [""] * columns)
    (blank,) = row.cells[0].paragraphs[0].runs[0].element.xpath("ancestor::w:tr")
    lines = blank.getparent()
    lines.remove(blank)
    for texts in rows:
        line = deepcopy(blank)
        lines.append(line)
        for written, text in zip(line.iter(qn("w:r")), texts, strict=True):
            written.text = text


def _fill(row: Any, texts: Iterable[str], *, bold: bool = False) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        written = cell.paragraphs[0].add_run(text)
        written.font.size = Pt(8)
        written.bold = bold or None


def _picked(found: Iterable[records.Record], most: int) -> tuple[list[records.Record], list[records.Record], int]:
    """The records with problems and some of the others, as many as a reader bears, and how many there are beyond."""
    lacking: list[records.Record] = []
    others: list[records.Record] = []
    total = 0
    for record in found:
        total += 1
        fails = any(row.fails for row in record.findings)
        into = lacking if fails or record.is_one or not record.findings else others
        if len(into) < most:
            into.append(record)
    others = others[: max(0, most - len(lacking))]
    return lacking, others, total - len(lacking) - len(others)


CLAUSE_MATRIX_DOCX = Report(
    "clause-matrix-docx",
    Text("等保条款矩阵与整改清单（Word）", "Clause matrix and rectification list (Word)"),
    ".docx",
    write,
)
