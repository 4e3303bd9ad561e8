"""The clause matrix as a workbook in the order an assessor works in; rows stream out one at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

from checks.items import ItemResult, Result, settled
from checks.risks import Standing, cases
from checks.scoring import Template
from inventory.attestation import Attestation
from inventory.text import Language, Text
from reports import preassessment, records, rectification, wording
from reports.model import Report
from reports.model import Result as Run
from reports.preassessment import LEVELS, RESULTS, STANDINGS, possible_text
from reports.workbook_sheets import OPTIONS, Cell, Column, SheetWriter, Styles

if TYPE_CHECKING:
    import xlsxwriter

_RECORD_WIDTHS = {
    "layer": 14, "point": 18, "item": 11, "text": 34, "unit": 13, "kind": 9, "object": 20, "owner": 18, "step": 30,
    "step_result": 9, "object_result": 12, "item_result": 12, "said": 40, "source": 28, "excerpt": 44, "taken": 17,
    "sha256": 20, "problem": 36, "remedy": 36, "attested": 30,
}  # fmt: skip
_GAP_WIDTHS = {
    "items": 22,
    "object": 22,
    "place": 18,
    "owner": 22,
    "problem": 44,
    "remedy": 40,
    "commands": 44,
    "diagnosis": 36,
    "state": 26,
}


def write(run: Run, language: Language, stream: BinaryIO) -> None:
    """Conclusion, items, control points, records, rectification, whole-system notes, risks, attestations, waivers."""
    import xlsxwriter  # when it is written: other reports need not wait for it

    book = xlsxwriter.Workbook(stream, OPTIONS)
    created = (run.run.finished or run.run.started).replace(tzinfo=None)
    book.set_properties({"title": wording.shown(run.title.say(language)), "created": created})
    writing = _Writing(run, language, book)
    writing.conclusion()
    writing.items()
    writing.points()
    writing.records()
    writing.rectification()
    writing.compensations()
    writing.risks()
    writing.attestations()
    writing.waivers()
    book.close()


class _Writing:
    def __init__(self, run: Run, language: Language, book: xlsxwriter.Workbook) -> None:
        self._run = run
        self._language = language
        self._book = book
        self._styles = Styles(book)

    def _sheet(self, zh: str, en: str, columns: Iterable[tuple[Text, int]] = (), kept: int = 1) -> SheetWriter:
        sheet = SheetWriter(self._book, self._styles, Text(zh, en), self._language)
        if listed := list(columns):
            sheet.headings((Column(*column) for column in listed), kept=kept)
        return sheet

    def _say(self, text: Text) -> str:
        return text.say(self._language)

    def _by_result(self) -> dict[str, Any]:
        lacking = possible_text(frozenset({Result.PARTIAL, Result.NOT_MET}))
        styles = {
            RESULTS[Result.NOT_MET]: self._styles.bad,
            RESULTS[Result.PARTIAL]: self._styles.doubtful,
            lacking: self._styles.doubtful,
            RESULTS[Result.MET]: self._styles.good,
        }
        return {self._say(text): style for text, style in styles.items()}

    def conclusion(self) -> None:
        """What this is, and every figure of it."""
        sheet = self._sheet("预评结论", "Conclusion")
        sheet.widths([40, 60])
        sheet.line(wording.shown(self._say(self._run.title)), self._styles.title)
        sheet.line(self._say(preassessment.NOTICE), self._styles.note)
        started = wording.moment(self._run.run.started)
        sheet.line(self._say(Text(f"采集时间 {started}（北京时间）", f"Taken {started} (UTC+8)")), self._styles.note)
        sheet.gap()
        for line in preassessment.lines(self._run):
            sheet.add((self._say(line.label), self._say(line.value)))
        sheet.close()

    def items(self) -> None:
        """Every item with its result."""
        headings = (
            (Text("安全类", "Class"), 16), (Text("控制点", "Control point"), 20), (Text("条款", "Item"), 12),
            (Text("要求（摘要）", "What it asks for (in short)"), 50), (Text("重要程度", "Importance"), 10),
            (Text("测评单元", "Test unit"), 13), (Text("测评对象", "Objects of the unit"), 36),
            (Text("判定", "Rule"), 14), (Text("单项结果", "Item result"), 16),
            (Text("适用对象", "Objects"), 9),
            *((RESULTS[result], 9) for result in RESULTS), (Text("均值下限", "Mean, least"), 10),
            (Text("均值上限", "Mean, most"), 10), (Text("风险至少", "Risk, least"), 10),
            (Text("风险至多", "Risk, most"), 10), (Text("高风险与重大隐患", "High and major risks"), 28),
            (Text("人工确认", "Attested"), 36),
            (Text("修正前结果", "Before correction"), 14), (Text("检查项", "Checks"), 40),
            (Text("工具判定的步骤（~ 仅不符合时）", "Steps by checks (~ failures only)"), 16),
            (Text("须人工确认", "Needs attestation"), 60),
        )  # fmt: skip
        sheet = self._sheet("单项结果", "Items", headings, kept=3)
        sheet.coloured(8, self._by_result())
        for layer, point, item in records.laid_out(self._run):
            named = Text(f"{point.point.id} {point.point.zh}", f"{point.point.id} {point.point.en}")
            sheet.add(self._item(layer.text, named, item))
        sheet.close()

    def _item(self, layer: Text, point: Text, item: ItemResult) -> Iterable[Cell]:
        counts = dict.fromkeys(RESULTS, 0)
        for possible, count in item.objects.items():
            counts[settled(possible)] += count
        counts[Result.NOT_APPLICABLE] += item.left_out
        least, most = self._run.assessment.level_of(item)
        return (
            self._say(layer),
            self._say(point),
            item.clause.id,
            self._say(item.clause.text),
            self._say(preassessment.IMPORTANCES[item.clause.importance]),
            item.clause.unit,
            self._say(item.clause.objects_text),
            self._say(item.clause.rule),
            self._say(possible_text(item.possible)),
            sum(item.objects.values()) or None,
            *(count or None for count in counts.values()),
            *((round(item.low, 4), round(item.high, 4)) if item.possible else (None, None)),
            self._say(LEVELS[least]),
            self._say(LEVELS[most]),
            self._risks_of(item),
            wording.shown(item.attested.line) if item.attested else "",
            self._say(possible_text(item.before)) if item.before else "",
            ", ".join(self._run.assessor.checks_of(item.clause.id)),
            records.by_tool(self._run, item.clause),
            self._say(records.by_people(self._run, item.clause)),
        )

    def _risks_of(self, item: ItemResult) -> str:
        """The high-risk cases and rows of major risks that the item leads to, each with how it stands."""
        found = (*self._run.assessment.high, *self._run.assessment.major)
        return "\n".join(
            f"{risk.id} {self._say(STANDINGS[risk.standing])}" for risk in found if item.clause.id in risk.items
        )

    def points(self) -> None:
        """Every control point: its result, and its score where the template gives one."""
        scoring = self._run.assessment.basis.scoring
        scored = scoring.template is not Template.T2025
        headings = [(Text("控制点", "Control point"), 12), (Text("名称", "Name"), 24), (Text("结果", "Result"), 16)]
        headings += [(Text("得分下限（10 分制）", "Score, least (of 10)"), 14)] * scored
        headings += [(Text("得分上限", "Score, most"), 14)] * scored
        sheet = self._sheet("控制点", "Control points", headings)
        sheet.coloured(2, self._by_result())
        for _, points in self._run.assessment.points:
            for point in points:
                name = self._say(Text(point.point.zh, point.point.en))
                row: list[Cell] = [point.point.id, name, self._say(possible_text(point.possible))]
                if scored and (score := point.score(scoring.weights())):
                    row += [round(score[0], 2), round(score[1], 2)]
                sheet.add(row)
        sheet.close()

    def records(self) -> None:
        """Item, object, step, result, evidence, problem, remedy."""
        columns = ((text, _RECORD_WIDTHS[name]) for name, text in records.COLUMNS.items())
        sheet = self._sheet("测评记录", "Records", columns, kept=3)
        sheet.coloured(list(records.COLUMNS).index("step_result"), self._by_result())
        for layer, point, item in records.laid_out(self._run):
            for record in records.records(self._run, item):
                cells = records.cells(layer, point, record, self._language)
                sheet.add(cells[name] for name in records.COLUMNS)
        sheet.close()

    def rectification(self) -> None:
        """What is to be mended, by whom and by when."""
        columns = ((text, _GAP_WIDTHS.get(name, 11)) for name, text in rectification.COLUMNS.items())
        sheet = self._sheet("整改清单", "Rectification", columns)
        for number, gap in enumerate(rectification.gaps(self._run), 1):
            cells = rectification.cells(number, gap, self._language)
            sheet.add(number if name == "no" else cells[name] for name in rectification.COLUMNS)
        sheet.close()

    def compensations(self) -> None:
        """Gaps that another control point may make up for; only a person accepts it."""
        headings = (
            (Text("条款", "Item"), 12), (Text("结果", "Result"), 16),
            (Text("可能弥补的控制点", "May be made up for by"), 50), (Text("接受", "Accepted"), 14),
            (Text("理由、接受人、期限", "Why, who, until"), 50),
        )  # fmt: skip
        sheet = self._sheet("整体测评", "Whole system", headings)
        for each in self._run.assessment.compensations:
            word = each.accepted
            names = (f"{p.id} {self._say(Text(p.zh, p.en))}" for p in each.points)
            sheet.add(
                (
                    each.item.clause.id,
                    self._say(possible_text(each.item.before or each.item.possible)),
                    "\n".join(names),
                    f"{word.compensated_by} → {self._say(possible_text(each.item.possible))}" if word else "",
                    wording.shown(word.line) if word else "",
                )
            )
        sheet.close()

    def risks(self) -> None:
        """High-risk cases and rows of major risks that are not ruled out by what was found."""
        headings = (
            (Text("编号", "No."), 14), (Text("情形", "Case"), 50), (Text("条款", "Items"), 24),
            (Text("状态", "State"), 14), (Text("人工确认", "Attested"), 50),
            (Text("适用", "Scope"), 24), (Text("判定条件", "When it is one"), 50),
            (Text("可降低风险的措施", "What may lower it"), 50), (Text("提出它的检查项", "Raised by"), 40),
        )  # fmt: skip
        sheet = self._sheet("高风险与重大隐患", "Risks", headings)
        sheet.coloured(3, {self._say(STANDINGS[Standing.CONFIRMED]): self._styles.bad})
        for risk in (*self._run.assessment.major, *self._run.assessment.high):
            said = wording.shown(risk.attested.line) if risk.attested else ""
            standing = self._say(STANDINGS[risk.standing])
            case = cases().get(risk.id)
            trigger = self._say(case.trigger) if case and case.trigger else ""
            about = (self._say(case.scope), trigger, self._say(case.lowering)) if case else ("", "", "")
            raised = ", ".join(preassessment.raised_by(self._run, risk))
            sheet.add((risk.id, self._say(risk.text), ", ".join(risk.items), standing, said, *about, raised))
        sheet.close()

    def attestations(self) -> None:
        """What people confirmed, expired ones too."""
        headings = (
            (Text("条款", "Item"), 12), (Text("对象", "Object"), 20), (Text("结果", "Result"), 12),
            (Text("状态", "State"), 10), (Text("依据或理由", "Basis or reason"), 50), (Text("确认人", "By"), 14),
            (Text("确认时间", "At"), 17), (Text("有效期至", "Until"), 12), (Text("文件", "File"), 34),
            (Text("哈希", "SHA-256"), 34),
        )  # fmt: skip
        sheet = self._sheet("人工确认", "Attestations", headings)
        for word, state in preassessment.words_of(self._run.assessment.attested):
            sheet.add(self._attestation(word, state))
        sheet.close()

    def _attestation(self, word: Attestation, state: Text) -> Iterable[Cell]:
        yield wording.shown(word.item)
        yield wording.shown(word.object)
        yield self._say(preassessment.word_text(word))
        yield self._say(state)
        yield wording.shown(word.note)
        yield wording.shown(word.attested_by)
        yield wording.moment(word.attested_at)
        yield word.until.isoformat()
        yield wording.shown(word.file)
        yield word.sha256

    def waivers(self) -> None:
        """Accepted risks, and what became of them."""
        headings = (
            (Text("范围", "Scope"), 50), (Text("理由", "Reason"), 50), (Text("批准人", "Approver"), 14),
            (Text("有效期至", "Until"), 12), (Text("状态", "State"), 20), (Text("涉及的发现", "Findings"), 12),
        )  # fmt: skip
        sheet = self._sheet("豁免", "Waivers", headings)
        for each in self._run.waivers:
            state = self._say(preassessment.waiver_text(each))
            waiver = each.waiver
            told = map(wording.shown, (waiver.scope, waiver.reason, waiver.approver))
            sheet.add((*told, waiver.until.isoformat(), state, each.findings))
        sheet.close()


CLAUSE_MATRIX = Report(
    "clause-matrix",
    Text("等保条款矩阵与整改清单（Excel）", "Clause matrix and rectification list (Excel)"),
    ".xlsx",
    write,
)
