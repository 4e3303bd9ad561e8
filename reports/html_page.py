"""The run as one self-contained page for management, security staff and engineers; Jinja lives here."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from checks.model import Outcome
from inventory.findings import FindingRow
from inventory.text import Language, Text
from inventory.words.facts import fact_text
from inventory.words.reasons import reason
from reports import charts, clauses, drawing, figures, preassessment, wording
from reports.graph import graph
from reports.model import Report, Result
from reports.plan.grounds import lacking
from reports.plan.lines import PROGRESS, PlanLine
from reports.plan.measure import named
from reports.plan.trend import Point, projected
from reports.rows import ASSET_COLUMNS, assets

_FOLDER = Path(__file__).parent
GAPS_END_AT = 11_000_000  # bytes of the page after which gaps are counted instead of shown
MOST_ROWS = 5_000  # of one table
MOST_PER_SUBJECT = 100
MOST_NAMES = 40  # of subjects in one cell
TREND_FINDINGS = 300_000  # of a run beyond which earlier ones are not measured anew: hecha plan does
_TREND_RUNS = 3  # that the plan's figures are compared over: each is measured anew
_OPEN_AT_FIRST = 3  # subjects whose gaps are unfolded when the page opens
T = TypeVar("T")


def write(result: Result, language: Language, stream: BinaryIO) -> None:
    """The page, piece by piece; no more than a hundred subjects' findings are in memory at a time."""
    page = _Page(result, language)
    template = _environment(language).get_template("page.html.j2")
    for piece in template.generate(page=page, result=result, figures=result.figures):
        data = piece.encode("utf-8", "replace")
        page.written += len(data)
        stream.write(data)


@dataclass(slots=True)
class Gaps:
    """The gaps of one subject as the page shows them."""

    judged: figures.Judged
    rows: list[FindingRow]
    left_out: int
    is_open: bool

    def where(self, language: Language) -> list[str]:
        """What the subject is and where it stands; network and register are named by that alone."""
        judged = self.judged
        kind = "" if judged.name == judged.kind else wording.kind_text(judged.kind).say(language)
        return [word for word in (kind, judged.platform, judged.site, judged.unit) if word]


@dataclass
class _Page:
    """What the templates ask for beside the result: bounded streams, and what was left out of them."""

    result: Result
    language: Language
    written: int = 0
    cut: list[figures.Judged] = field(default_factory=list)  # subjects whose gaps are only counted
    left_out: dict[str, int] = field(default_factory=dict)  # rows by table

    def gaps(self) -> Iterator[Gaps]:
        """Subjects with gaps, the worst first, until the page is as large as it may be."""
        worst = [j for j in self.result.figures.worst_subjects() if j.tally.failing.total()]
        found = self.result.by_subject(worst, (Outcome.FAIL,))
        for at, (judged, rows) in enumerate(found):
            if self.written > GAPS_END_AT:
                self.cut = worst[at:]
                return
            rows.sort(key=lambda row: (_RANK.get(row.severity, len(_RANK)), row.check, row.place))
            more = len(rows) - MOST_PER_SUBJECT
            yield Gaps(judged, rows[:MOST_PER_SUBJECT], max(0, more), at < _OPEN_AT_FIRST)

    def rows(self, table: str, stream: Iterable[T]) -> Iterator[T]:
        """A table's rows up to what a page can bear; how many there were beyond is kept."""
        stream = iter(stream)
        yield from islice(stream, MOST_ROWS)
        self.left_out[table] = sum(1 for _ in stream)

    def assets(self) -> Iterator[dict[str, str]]:
        """Rows of the census table."""
        return self.rows("assets", assets(self.result, self.language))

    def waived(self) -> Iterator[FindingRow]:
        """Accepted gaps."""
        return self.rows("waived", self.result.findings(outcomes=(Outcome.WAIVED,)))

    @cached_property
    def latest(self) -> list[PlanLine]:
        """Requirements that are overdue, the longest first."""
        return sorted((line for line in self.result.plan_lines if line.days_late), key=lambda line: -line.days_late)

    def earlier(self, line: PlanLine) -> list[Point]:
        """What was certain of a figure in earlier runs, the oldest first."""
        return list(self._trend.get(line.requirement.id, ()))[:-1]

    def projected(self, line: PlanLine) -> date | None:
        """When the figure would reach its target if it went on so."""
        return projected(line.requirement, self._trend.get(line.requirement.id, ()))

    @cached_property
    def _trend(self) -> Mapping[str, Sequence[Point]]:
        if self.result.figures.total.outcomes.total() > TREND_FINDINGS:
            return {}
        return self.result.plan_trend(_TREND_RUNS)

    def resolved(self) -> Iterator[FindingRow]:
        """Gaps of earlier runs that are gone."""
        return self.rows("resolved", self.result.resolved)

    def errors(self) -> Iterator[FindingRow]:
        """Checks that broke."""
        return self.rows("errors", self.result.findings(outcomes=(Outcome.ERROR,)))

    def differences(self) -> Iterator[Any]:
        """Where register and network disagree; what matches is only counted."""
        return self.rows("differences", (d for d in self.result.reconciled if d.difference.value != "matched"))

    def worst_first(self, tallies: dict[str | None, figures.Tally]) -> Iterator[tuple[str | None, figures.Tally]]:
        """Units or sites, the one with the most severe gaps first."""
        ordered = sorted(tallies.items(), key=lambda item: ([-n for n in item[1].weight], item[0] or ""))
        return self.rows("places", ordered)

    def unread(self) -> Iterator[figures.UnreadGroup]:
        """What could not be read, by reason."""
        return self.rows("unread", figures.grouped(self.result.figures.unread.values()))

    @cached_property
    def picture(self) -> drawing.Picture | None:
        """The topology drawn; None where there is no link, or more devices than a page can show."""
        return drawing.picture(graph(self.result)) if self.result.links else None

    def site_titles(self) -> dict[str, str]:
        """What the register calls its sites beside their numbers."""
        return {site.name: site.title for site in self.result.register.sites if site.title}

    def choices(self, attribute: str) -> list[str]:
        """Values that the gaps' subjects have of site, unit or platform, sorted."""
        judged = (j for j in self.result.figures.by_subject.values() if j.tally.failing.total())
        return sorted({value for j in judged if (value := getattr(j, attribute))})

    def reconciled_counts(self) -> Counter[str]:
        """How many devices stand how against the register."""
        return Counter(each.difference.value for each in self.result.reconciled)


_RANK = {severity.value: at for at, severity in enumerate(figures.SEVERITIES)}


@cache
def _environment(language: Language) -> Environment:
    """The templates with the words of one language. Everything is escaped but our own style and script."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script = (_FOLDER / "assets" / "report.js").read_text(encoding="utf-8")
    style = (_FOLDER / "assets" / "report.css").read_text(encoding="utf-8")
    environment.filters.update(
        say=lambda text: text.say(language),
        names=lambda names: named(names, language),
        shown=wording.shown,
        reason=reason,
        fact_text=fact_text,
        moment=wording.moment,
        day=wording.day,
    )
    environment.globals.update(
        language=language,
        t=partial(_said, language),
        style=style,
        script=script,
        script_hash=_hash(script),
        style_hash=_hash(style),
        wording=wording,
        charts=charts,
        clauses=clauses,
        preassessment=preassessment,
        progress_words=PROGRESS,
        lacking=lacking,
        levels=figures.SEVERITIES,
        excerpt=wording.excerpt,
        located=lambda evidence: wording.located(evidence, language),
        asset_columns=ASSET_COLUMNS,
        outcome=Outcome,
        most_names=MOST_NAMES,
        most_drawn=drawing.MOST_DRAWN,
    )
    return environment


def _hash(ours: str) -> str:
    """What a content security policy calls an element by what is in it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(ours.encode()).digest()).decode()


def _said(language: Language, zh: str, en: str, **values: object) -> str:
    return Text(zh, en).say(language, **values)


HTML = Report("html", Text("网页报告", "Page"), ".html", write)
