"""What a person wants to see when a run ends; Rich lives here."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from typing import BinaryIO

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Words

from checks.model import Family, Outcome, Severity
from checks.sentences import GAPS
from inventory.errors import Gap
from inventory.snapshot import State
from inventory.store import RunState
from inventory.text import Language, Text
from reports import preassessment, wording
from reports.clauses import STANDINGS, Standing
from reports.figures import SEVERITIES, GapGroup
from reports.maturity import county_line, maturity
from reports.model import Report, Result
from reports.plan.lines import PROGRESS, PlanLine, Progress

_WIDTH = 110  # where the output is no terminal
_MOST_GAPS, _MOST_NAMES, _MOST_PLAN, _MOST_REASONS, _MOST_UNITS = 12, 3, 12, 10, 4
_WIDEST_TARGET = 16  # limits in words stand in full in the page and the workbook
_STYLES = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
    Severity.INFO: "dim",
}
_RUN_STATES = {
    RunState.RUNNING: Text("未结束", "not finished"),
    RunState.FINISHED: Text("已完成", "finished"),
    RunState.FAILED: Text("失败", "failed"),
}


def write(result: Result, language: Language, stream: BinaryIO) -> None:
    """The run on one or two screens; colour and width of the terminal where the stream is one, else plain text."""
    is_terminal = stream.isatty()
    text = io.StringIO()
    width = None if is_terminal else _WIDTH
    console = Console(file=text, force_terminal=is_terminal, width=width, markup=False, highlight=False, emoji=False)
    for part in _Page(result, language).parts():
        console.print(part)
    lines = text.getvalue().splitlines()
    plain = "\n".join(line.rstrip() for line in lines) + "\n"
    stream.write(plain.encode("utf-8", "replace"))
    stream.flush()


class _Page:
    def __init__(self, result: Result, language: Language) -> None:
        self._result = result
        self._language = language

    def _say(self, zh: str, en: str, **values: object) -> str:
        return Text(zh, en).say(self._language, **values)

    def _list(self, names: Iterable[str]) -> str:
        return self._say("、", ", ").join(names)

    def parts(self) -> Iterable[RenderableType]:
        """Everything from the heading to the last remark."""
        yield self._heading()
        yield self._targets()
        yield self._section(self._say("检查结果", "Findings"), self._findings())
        if self._result.open_gaps:
            yield self._section(self._say("最严重的差距", "Worst gaps"), self._gaps())
        yield self._section(self._say("规划目标", "Plan"), self._plan())
        if self._result.figures.by_family[Family.IPV6].outcomes:
            line = county_line(maturity(self._result), self._language)
            more = self._say("逐项见 hecha ipv6", "hecha ipv6 tells all")
            yield self._section(self._say("IPv6 成熟度", "IPv6 maturity"), Words(f"{line} · {more}"))
        yield self._section(self._say("等保三级条款", "Level-3 clauses"), self._clauses())
        if not self._result.is_complete:
            yield self._section(self._say("哪里不完整", "Where this is incomplete"), self._incomplete())
        yield Padding(Words(wording.SELF_CHECK.say(self._language), style="italic"), (1, 0, 0, 0))

    def _section(self, heading: str, body: RenderableType) -> RenderableType:
        return Group(Padding(Words(heading, style="bold"), (1, 0, 0, 0)), body)

    def _heading(self) -> RenderableType:
        run = self._result.run
        title = wording.shown(self._result.title.say(self._language))
        line = self._say(
            "第 {run} 次运行 · {playbook} · {started}（北京时间）· {state}",
            "run {run} · {playbook} · {started} (UTC+8) · {state}",
            run=run.id,
            playbook=wording.shown(run.playbook),
            started=wording.moment(run.started),
            state=_RUN_STATES[run.state].say(self._language),
        )
        return Group(Words(title, style="bold"), Words(line, style="dim"))

    def _targets(self) -> RenderableType:
        states = self._result.states
        total = sum(states.values())
        line = Words(self._say("目标 {n} 个：", "{n} targets: ", n=total))
        told = [
            (f"{wording.STATES[state].say(self._language)} {count}", "green" if state is State.ANSWERED else "red")
            for state, count in states.items()
            if count or state is State.ANSWERED
        ]
        for at, (words, style) in enumerate(told):
            line.append(self._say("，", ", ") if at else "")
            line.append(words, style=style)
        return Padding(line, (1, 0, 0, 0))

    def _findings(self) -> RenderableType:
        figures = self._result.figures
        table = _table(self._say("类别", "Family"))
        for severity in SEVERITIES:
            table.add_column(wording.SEVERITIES[severity].say(self._language), justify="right", style=_STYLES[severity])
        outcomes = (Outcome.WAIVED, Outcome.UNKNOWN, Outcome.ERROR, Outcome.PASS, Outcome.NOT_APPLICABLE)
        for outcome in outcomes:
            table.add_column(wording.OUTCOMES[outcome].say(self._language), justify="right")
        tallies = [(wording.family_text(family), tally) for family, tally in figures.by_family.items()]
        for text, tally in [*tallies, (Text("合计", "Total"), figures.total)]:
            counts = [*(tally.failing[s] for s in SEVERITIES), *(tally[o] for o in outcomes)]
            table.add_row(text.say(self._language), *(str(n) if n else "·" for n in counts))
        return Group(table, Words(self._open()), *map(Words, self._units()))

    def _open(self) -> str:
        figures = self._result.figures
        if not self._result.has_history:
            return self._say("差距 {n} 个", "open gaps: {n}", n=self._result.open_gaps)
        return self._say(
            "差距 {n} 个，其中新出现 {new} 个；比上次消除 {gone} 个",
            "open gaps: {n}, new: {new}, gone since the run before: {gone}",
            n=self._result.open_gaps,
            new=figures.new,
            gone=len(self._result.resolved),
        )

    def _units(self) -> Iterable[str]:
        """Whose the gaps are, the units with the most severe ones first; nothing where no register tells."""
        told = [(unit, tally) for unit, tally in self._result.figures.worst_units() if unit is not None]
        if told:
            shown = [f"{wording.shown(unit, 40)} {tally.failing.total()}" for unit, tally in told[:_MOST_UNITS]]
            listed = self._list(shown)
            more = self._say(" 等 {n} 个单位", " and {m} more", n=len(told), m=len(told) - len(shown))
            more = more if len(told) > len(shown) else ""
            yield self._say(
                "差距最重的单位：{listed}{more}", "units with the worst: {listed}{more}", listed=listed, more=more
            )

    def _gaps(self) -> RenderableType:
        groups = self._result.figures.worst_gaps()
        table = _table(self._say("程度", "Severity"))
        table.add_column(self._say("未满足的要求", "Not met"), ratio=4, overflow="fold")
        table.add_column(self._say("对象", "Subjects"), ratio=3, overflow="fold")
        table.add_column(self._say("整改", "Remedy"), ratio=4, overflow="fold")
        for group in groups[:_MOST_GAPS]:
            declared = wording.declared(group.check)
            title = declared.title.say(self._language) if declared else group.check
            remedy = declared.remedy.text.say(self._language) if declared else ""
            style = _STYLES.get(Severity(group.severity), "") if group.severity in set(Severity) else ""
            severity = Words(wording.severity_text(group.severity).say(self._language), style=style)
            table.add_row(severity, Words(f"{title}\n{group.check}"), Words(self._subjects(group)), Words(remedy))
        more = len(groups) - _MOST_GAPS
        if more <= 0:
            return table
        rest = self._say("另有 {n} 类差距，见 html 或 workbook 报告", "{n} more kinds: see html or workbook", n=more)
        return Group(table, Words(rest))

    def _subjects(self, group: GapGroup) -> str:
        names = [wording.subject_text(*subject).say(self._language) for subject in group.examples[:_MOST_NAMES]]
        more = group.subjects - len(names)
        listed = self._list(wording.shown(name, 40) for name in names)
        return listed + (self._say(" 等 {n} 个", " and {m} more", n=group.subjects, m=more) if more else "")

    def _plan(self) -> RenderableType:
        lines = self._result.plan_lines
        counts = Counter(line.progress for line in lines)
        summary = self._say("，", ", ").join(
            f"{PROGRESS[progress].say(self._language)} {counts[progress]}" for progress in Progress if counts[progress]
        )
        told = [line for line in lines if line.progress in (Progress.LATE, Progress.UNKNOWN, Progress.BEHIND)]
        told.sort(key=lambda line: (list(_PLAN_ORDER).index(line.progress), -line.days_over))
        if not told:
            return Words(summary)
        table = _table(self._say("编号", "No."))
        table.add_column(self._say("指标", "Figure"), ratio=4, overflow="fold")
        for heading in (Text("现值", "Value"), Text("目标", "Target"), Text("期限", "Deadline")):
            table.add_column(heading.say(self._language), justify="right", no_wrap=True)
        table.add_column(self._say("逾期", "Late"), justify="right", no_wrap=True)
        table.add_column(self._say("责任", "Lead"), ratio=2, overflow="fold")
        for line in told[:_MOST_PLAN]:
            table.add_row(*self._plan_cells(line))
        return Group(Words(summary), table)

    def _plan_cells(self, line: PlanLine) -> Iterable[RenderableType]:
        requirement = line.requirement
        late = self._say("{n} 天", "{n} days", n=line.days_late) if line.days_late else "?" if line.days_over else ""
        yield Words(wording.shown(requirement.id))
        yield Words(wording.shown(requirement.metric.text.say(self._language)))
        yield Words(line.measure.shown if line.measure else "—")
        yield Words(wording.shown(line.target.say(self._language), _WIDEST_TARGET) or "—")
        yield Words(requirement.deadline.isoformat() if requirement.deadline else "—")
        yield Words(late or "—", style="bold red" if line.days_late else "")
        yield Words(line.lead.say(self._language))

    def _clauses(self) -> RenderableType:
        counts: Counter[Standing] = Counter()
        for layer in self._result.layers:
            counts.update(layer.standings)
        told = self._say("，", ", ").join(
            f"{STANDINGS[standing].say(self._language)} {counts[standing]}" for standing in Standing if counts[standing]
        )
        checked = Words(
            self._say("检查所见 {n} 项：{told}", "{n} items as checks see them: {told}", n=counts.total(), told=told)
        )
        lines = [*preassessment.heads(self._result.assessment), *preassessment.remarks(self._result)]
        assessed = (Words(line.say(self._language)) for line in lines)
        return Group(checked, *assessed)

    def _incomplete(self) -> RenderableType:
        parts: list[RenderableType] = []
        if not self._result.figures.total.outcomes:
            parts.append(Words(self._say("没有任何检查结果", "nothing was judged")))
        for state in (State.UNREACHABLE, State.REFUSED, State.WITHHELD):
            silent = [r.target for r in self._result.silent if r.state is state]
            if silent:
                parts.append(
                    Words(
                        self._say(
                            "{state}：{names}",
                            "{state}: {names}",
                            state=wording.STATES[state].say(self._language),
                            names=self._named(silent),
                        )
                    )
                )
        parts += [Words(line) for line in self._reasons()]
        return Group(*parts)

    def _named(self, names: list[str]) -> str:
        listed = self._list(wording.shown(name, 40) for name in names[: 3 * _MOST_NAMES])
        more = len(names) - 3 * _MOST_NAMES
        return listed + (self._say(" 等 {n} 个", " and {m} more", n=len(names), m=more) if more > 0 else "")

    def _reasons(self) -> Iterable[str]:
        figures = self._result.figures
        subjects: Counter[Gap] = Counter()
        findings: Counter[Gap] = Counter()
        for unread in figures.unread.values():
            subjects[unread.gap] += 1
            findings[unread.gap] += unread.findings
        for gap, count in findings.most_common():
            yield self._say(
                "无法判断 {n} 项：{why}（{m} 个对象）",
                "unknown: {n} – {why} (subjects: {m})",
                n=count,
                why=GAPS[gap].say(self._language),
                m=subjects[gap],
            )
        if count := sum(group.count for group in figures.undecided.values()):
            yield self._say("无法判断 {n} 项：证据不足", "unknown: {n} – the facts do not tell", n=count)
        if count := figures.total[Outcome.ERROR]:
            yield self._say("检查本身出错 {n} 项", "checks that broke: {n}", n=count)


_PLAN_ORDER = (Progress.LATE, Progress.BEHIND, Progress.UNKNOWN)


def _table(first: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", padding=(0, 1))
    table.add_column(first, no_wrap=True)
    return table


CONSOLE = Report("console", Text("终端摘要", "Summary on the terminal"), ".txt", write)
