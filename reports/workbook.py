"""The run as an Excel workbook, a sheet a question; XlsxWriter lives here, a row in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from checks.model import Outcome, Severity
from inventory.facts import Addresses, Interfaces
from inventory.text import Language, Text
from reports import preassessment, wording
from reports.clauses import STANDINGS, Standing
from reports.figures import SEVERITIES, Tally
from reports.model import Report, Result
from reports.plan.lines import PROGRESS, Progress
from reports.plan.measure import named
from reports.rows import ASSET_COLUMNS, FINDING_COLUMNS, assets, finding_cells, finding_line
from reports.workbook_sheets import OPTIONS, Cell, Column, SheetWriter, Styles

if TYPE_CHECKING:
    import xlsxwriter

_WIDTHS = {
    "unit": 20, "subject": 20, "title": 30, "finding": 44, "source": 26, "excerpt": 44, "remedy": 34, "commands": 34,
    "diagnosis": 34,
    "taken": 17, "waiver": 26, "clauses": 22, "check": 26, "fingerprint": 34, "model": 18, "release": 20, "serial": 18,
    "severity": 9, "outcome": 10, "kind": 10, "gaps": 8, "severe": 8, "unsure": 8,
}  # fmt: skip
_NUMBERS = frozenset({"gaps", "severe", "unsure"})
_GAP_COLUMNS = (
    "severity", "family", "unit", "site", "subject", "place", "title", "finding", "clauses", "source", "excerpt",
    "taken", "remedy", "commands", "diagnosis", "outcome", "waiver", "first_seen", "kind", "platform", "check",
)  # fmt: skip
_UNKNOWN_COLUMNS = (
    "family", "severity", "unit", "site", "kind", "subject", "place", "title", "finding", "outcome", "platform",
)  # fmt: skip


def write(result: Result, language: Language, stream: BinaryIO) -> None:
    """Summary, gaps, clause matrix, plan, assets, interfaces and addresses, reconciliation, what is not known."""
    import xlsxwriter  # when it is written: other reports need not wait for it

    book = xlsxwriter.Workbook(stream, OPTIONS)
    # The day of the run, not of the writing: the same run gives the same file.
    created = (result.run.finished or result.run.started).replace(tzinfo=None)
    book.set_properties({"title": wording.shown(result.title.say(language)), "created": created})
    writing = _Writing(result, language, book)
    writing.summary()
    writing.gaps()
    writing.clauses()
    writing.plan()
    writing.assets()
    writing.interfaces()
    writing.differences()
    writing.unknown()
    book.close()


class _Writing:
    def __init__(self, result: Result, language: Language, book: xlsxwriter.Workbook) -> None:
        self._result = result
        self._language = language
        self._book = book
        self._styles = Styles(book)

    def _sheet(self, zh: str, en: str) -> SheetWriter:
        return SheetWriter(self._book, self._styles, Text(zh, en), self._language)

    def _say(self, text: Text) -> str:
        return text.say(self._language)

    def summary(self) -> None:
        """What a manager reads: targets, findings by family and by unit."""
        result, sheet = self._result, self._sheet("汇总", "Summary")
        sheet.widths([30, *[12] * 11])
        sheet.line(wording.shown(self._say(result.title)), self._styles.title)
        started = wording.moment(result.run.started)
        sheet.line(self._say(Text(f"采集时间 {started}（北京时间）", f"Taken {started} (UTC+8)")), self._styles.note)
        sheet.line(self._say(wording.SELF_CHECK), self._styles.note)
        sheet.gap()
        sheet.line(self._say(Text("采集目标", "Targets")), self._styles.section)
        for state, count in result.states.items():
            sheet.add((self._say(wording.STATES[state]), count))
        sheet.gap()
        families = ((wording.family_text(f), t) for f, t in result.figures.by_family.items())
        self._tallies(sheet, Text("按类别", "By family"), families)
        none = Text("（不属于单个单位）", "(no single unit)")
        units = sorted(result.figures.by_unit().items(), key=lambda item: [-n for n in item[1].weight])
        self._tallies(sheet, Text("按单位", "By unit"), ((_name(unit, none), tally) for unit, tally in units))
        sheet.close()

    def _tallies(self, sheet: SheetWriter, heading: Text, tallies: Iterator[tuple[Text, Tally]]) -> None:
        outcomes = (Outcome.WAIVED, Outcome.UNKNOWN, Outcome.ERROR, Outcome.PASS, Outcome.NOT_APPLICABLE)
        columns = [heading, *(wording.SEVERITIES[s] for s in SEVERITIES), *(wording.OUTCOMES[o] for o in outcomes)]
        sheet.headings((Column(column, is_number=column is not heading) for column in columns), frozen=False)
        for name, tally in tallies:
            sheet.add((self._say(name), *(tally.failing[s] for s in SEVERITIES), *(tally[o] for o in outcomes)))
        sheet.gap()

    def _findings(
        self, sheet: SheetWriter, names: tuple[str, ...], outcomes: tuple[str, ...] | None, kept: int
    ) -> None:
        result = self._result
        sheet.headings((Column(FINDING_COLUMNS[name], _WIDTHS.get(name, 12)) for name in names), kept=kept)
        rows = result.gaps_by_severity() if outcomes is None else result.findings(outcomes=outcomes)
        sheet.coloured(names.index("severity"), self._by_severity())
        for row in rows:
            cells = finding_cells(result, finding_line(result, row), self._language)
            sheet.add(cells[name] for name in names)
        sheet.close()

    def _by_severity(self) -> dict[str, Any]:
        styles = {Severity.CRITICAL: self._styles.alarm, Severity.HIGH: self._styles.bad}
        return {self._say(wording.SEVERITIES[severity]): style for severity, style in styles.items()}

    def gaps(self) -> None:
        """Every gap, accepted ones too, the most severe first."""
        self._findings(self._sheet("差距清单", "Gaps"), _GAP_COLUMNS, None, kept=5)

    def unknown(self) -> None:
        """What could not be judged, and why."""
        unsure = (Outcome.UNKNOWN.value, Outcome.ERROR.value)
        self._findings(self._sheet("无法判断", "Unknown"), _UNKNOWN_COLUMNS, unsure, kept=0)

    def clauses(self) -> None:
        """The standard's items in order."""
        sheet = self._sheet("等保条款矩阵", "Clause matrix")
        sheet.headings(
            (
                Column(Text("安全类", "Class"), 18),
                Column(Text("控制点", "Control point"), 20),
                Column(Text("条款", "Item"), 14),
                Column(Text("要求（摘要）", "What it asks for (in short)"), 60),
                Column(Text("预评", "Pre-assessed"), 16),
                Column(Text("检查结果", "What the checks say"), 14),
                *(Column(wording.OUTCOMES[outcome], 10, is_number=True) for outcome in wording.OUTCOMES),
                Column(Text("检查项", "Checks"), 50),
            ),
            kept=3,
        )
        styles = {
            Standing.FAILED: self._styles.bad,
            Standing.UNKNOWN: self._styles.doubtful,
            Standing.PASSED: self._styles.good,
        }
        sheet.coloured(5, {self._say(STANDINGS[each]): style for each, style in styles.items()})
        items = self._result.assessment.items
        for layer in self._result.layers:
            for point in layer.points:
                for line in point.items:
                    sheet.add(
                        (
                            self._say(layer.text),
                            self._say(point.text),
                            line.clause.id,
                            self._say(line.clause.text),
                            self._say(preassessment.result_text(items[line.clause.id])),
                            self._say(STANDINGS[line.standing]),
                            *(line.tally[outcome] or None for outcome in wording.OUTCOMES),
                            ", ".join(line.checks),
                        )
                    )
        sheet.close()

    def plan(self) -> None:
        """The plan's requirements in order."""
        sheet = self._sheet("规划目标", "Plan")
        headings = (
            (Text("编号", "No."), 12), (Text("要求", "Requirement"), 44), (Text("指标", "Figure"), 28),
            (Text("现值", "Value"), 14), (Text("目标", "Target"), 14), (Text("进展", "Progress"), 14),
            (Text("期限", "Deadline"), 12), (Text("逾期天数", "Days late"), 10), (Text("责任单位", "Lead"), 22),
            (Text("统计口径，或缺什么", "What was counted, or is missing"), 40), (Text("公式", "Formula"), 44),
            (Text("未达标", "Not met"), 44), (Text("未知", "Not known"), 30), (Text("检查项", "Checks"), 44),
        )  # fmt: skip
        sheet.headings(Column(*heading) for heading in headings)
        styles = {
            Progress.LATE: self._styles.bad,
            Progress.UNKNOWN: self._styles.doubtful,
            Progress.REACHED: self._styles.good,
        }
        sheet.coloured(5, {self._say(PROGRESS[each]): style for each, style in styles.items()})
        for line in self._result.plan_lines:
            requirement, measure = line.requirement, line.measure
            sheet.add(
                (
                    requirement.id,
                    self._say(requirement.text),
                    self._say(requirement.metric.text),
                    measure.shown if measure else "—",
                    self._say(line.target) or "—",
                    self._say(PROGRESS[line.progress]),
                    requirement.deadline.isoformat() if requirement.deadline else "—",
                    line.days_late or None,
                    self._say(line.lead),
                    self._say(measure.basis) if measure else self._say(line.missing) if line.missing else "",
                    self._say(requirement.formula_text),
                    ", ".join(named(measure.no, self._language)) if measure else "",
                    ", ".join(named(measure.unsure, self._language)) if measure else "",
                    ", ".join(line.checks),
                )
            )
        sheet.close()

    def assets(self) -> None:
        """What answered, what is only declared, what only a neighbour has heard of."""
        sheet = self._sheet("资产普查", "Assets")
        sheet.headings(
            Column(text, _WIDTHS.get(name, 14), is_number=name in _NUMBERS) for name, text in ASSET_COLUMNS.items()
        )
        for cells in assets(self._result, self._language):
            sheet.add(_typed(name, cells[name]) for name in ASSET_COLUMNS)
        sheet.close()

    def interfaces(self) -> None:
        """Every interface of every device with its addresses."""
        sheet = self._sheet("接口与地址", "Interfaces")
        headings = (
            (Text("设备", "Device"), 22), (Text("接口", "Interface"), 28), (Text("描述", "Description"), 30),
            (Text("地址", "Addresses"), 34), (Text("速率 Mbit/s", "Mbit/s"), 11), (Text("双工", "Duplex"), 9),
            (Text("管理状态", "Admin"), 10), (Text("运行状态", "Oper"), 10), (Text("MAC", "MAC"), 19),
        )  # fmt: skip
        sheet.headings((Column(*heading) for heading in headings), kept=2)
        network = self._result.network
        for target in self._result.targets:
            if isinstance(found := network.fact(target, Interfaces), Interfaces):
                addresses = network.fact(target, Addresses)
                for row in _interface_rows(target, found, addresses if isinstance(addresses, Addresses) else None):
                    sheet.add(row)
        sheet.close()

    def differences(self) -> None:
        """The register held against the network."""
        sheet = self._sheet("对账", "Reconciliation")
        headings = (
            (Text("对照结果", "Result"), 14), (Text("设备", "Device"), 24), (Text("单位", "Unit"), 24),
            (Text("站点", "Site"), 14), (Text("资产编号", "Asset no."), 14), (Text("采集目标", "Target"), 22),
            (Text("不符的字段", "Field"), 14), (Text("登记为", "Declared"), 26), (Text("实际为", "Found"), 26),
            (Text("由谁发现", "Heard by"), 34),
        )  # fmt: skip
        sheet.headings(Column(*heading) for heading in headings)
        for each in self._result.reconciled:
            said = (
                self._say(wording.DIFFERENCES[each.difference]),
                *(wording.shown(text or "") for text in (each.subject, each.unit, each.site, each.asset_no)),
                wording.shown(each.target or ""),
            )
            for conflict in each.conflicts or (None,):
                fields = (conflict.field, conflict.declared, conflict.found) if conflict else None
                told = (self._say(fields[0]), *map(wording.shown, fields[1:])) if fields else ("", "", "")
                sheet.add((*said, *told, wording.shown(each.heard_by)))
        sheet.close()


def _name(name: str | None, none: Text) -> Text:
    return none if name is None else Text(wording.shown(name), wording.shown(name))


def _typed(name: str, cell: str) -> Cell:
    return int(cell) if name in _NUMBERS and cell.isdecimal() else cell


def _interface_rows(target: str, found: Interfaces, addresses: Addresses | None) -> Iterator[tuple[Cell, ...]]:
    at: dict[str | None, list[str]] = {}
    for address in addresses.items if addresses else ():
        at.setdefault(address.interface, []).append(str(address.ip if address.prefix_known else address.ip.ip))
    for each in found.items:
        yield (
            wording.shown(target),
            wording.shown(each.name),
            wording.shown(each.alias or ""),
            "\n".join(at.pop(each.name, [])),
            each.speed_mbps,
            wording.shown(each.duplex or ""),
            *(("" if up is None else "up" if up else "down") for up in (each.admin_up, each.oper_up)),
            wording.shown(each.mac or ""),
        )
    for name, rest in at.items():  # addresses whose interface is not among those read
        yield (wording.shown(target), wording.shown(name or "?"), "", "\n".join(rest))


WORKBOOK = Report("workbook", Text("工作簿", "Workbook"), ".xlsx", write)
