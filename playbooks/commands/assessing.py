"""``assess``: the level-3 pre-assessment of a stored run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.bars import working
from playbooks.commands.here import here
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, book_of, stored, today
from playbooks.commands.tabular import show
from playbooks.language import tell

if TYPE_CHECKING:
    from checks.assessing import Assessment, Basis
    from reports.model import Result


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "等保三级预评：逐项结果、覆盖率、得分区间与结论",
            "Level-3 pre-assessment: results of the items, coverage, bounds and conclusion",
            "hecha assess",
            "hecha assess 8.1.4.1-c",
            "hecha assess --run 3 --template 2021 --cloud",
            "hecha assess --json | jq 'select(.result == \"not-met\")'",
            more=Text(
                "这是自查，不是等级测评结论。检查和人都没有定的项为“未评”，按 0 与按 1 各算一次，两端一致才给结论。"
                "人工确认用 hecha attest。",
                "A self-check, no official conclusion. What neither checks nor people settled is not assessed: it "
                "counts once as 0 and once as 1, and there is a conclusion where both ends agree. People confirm with "
                "hecha attest.",
            ),
        )
    )(assess)


Item = Annotated[
    str,
    typer.Argument(
        metavar="[ITEM]",
        show_default=False,
        help=tell(
            "只看这一条：逐个对象、逐步的结果和证据；符合的用 --all 列出。例：8.1.4.1-c",
            "This item alone: object by object and step by step, with evidence; what is met with --all. "
            "Example: 8.1.4.1-c",
        ),
    ),
]
AssessTemplate = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="YEAR",
        help=tell(
            "报告模板：2025、2021、2019，默认按剧本。例：--template 2021",
            "Report template: 2025, 2021, 2019; the playbook's by default. Example: --template 2021",
        ),
    ),
]
Cloud = Annotated[bool, typer.Option("--cloud", help=tell("含云计算扩展要求", "With the items of the cloud extension"))]
Every = Annotated[
    bool,
    typer.Option(
        "--all",
        help=tell(
            "也列出未评的项，以及谁来判定；只看一条时也列出符合的",
            "Lists items that are not assessed, too, and who decides them; of one item what is met, too",
        ),
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help=tell("每项或每步一行 JSON", "One JSON object an item, or a step of one"))
]


def assess(
    item: Item = "",
    number: RunNumber = None,
    template: AssessTemplate = None,
    cloud: Cloud = False,
    every: Every = False,
    as_json: AsJson = False,
) -> None:
    """The pre-assessment of a stored run."""
    from playbooks.reporting import result

    at = here()
    with at.store(create=False) as store:
        found = stored(store, number)
        book = book_of(at, store, found)
        book = replace(book, assessment=_changed(book.assessment, template, cloud=cloud))
        told = result(at.project, store, found, book, today())
        with working(at.err, Text("预评", "Assessing")):
            assessment = told.assessment
        if item:
            _show_records(told, item, every=every, as_json=as_json)
            return
        if as_json:
            for line in _json(assessment):
                at.json(line)
            return
        _show_items(told, every=every)
        _show_lines(told)


def _show_records(told: Result, name: str, *, every: bool, as_json: bool) -> None:
    """One item as an assessor writes it down; without ``every`` only what is not met, or not known to be."""
    from checks.items import Result as Outcome
    from reports.preassessment import RESULTS, possible_text
    from reports.records import COLUMNS, cells, laid_out, records

    at = here()
    found = next((each for each in laid_out(told) if each[2].clause.id == name), None)
    if found is None:
        raise InputError(
            name,
            Text("预评没有这一条；见 hecha list items", "no such item in the assessment; see hecha list items"),
        )
    layer, point, item = found
    settled = {RESULTS[Outcome.MET], RESULTS[Outcome.NOT_APPLICABLE]}
    lines = [
        cells(layer, point, record, at.language)
        for record in records(told, item)
        if every or as_json or record.step_result not in settled
    ]
    if as_json:
        for line in lines:
            at.json(line)
        return
    at.say(
        "{id} {text}：{result}，{n} 条记录",
        "{id} {text}: {result}, {n} records",
        id=name,
        text=item.clause.text.say(at.language),
        result=possible_text(item.possible).say(at.language),
        n=len(lines),
    )
    columns = ("object", "step", "step_result", "owner", "said", "source", "remedy", "attested")
    show((COLUMNS[column] for column in columns), ([line[column] for column in columns] for line in lines))


def _changed(basis: Basis, template: str | None, *, cloud: bool) -> Basis:
    from checks.scoring import Template

    if template is not None and template not in set(Template):
        known = ", ".join(Template)
        raise InputError(f"--template {template}", Text(f"应是 {known} 之一", f"expected one of {known}"))
    scoring = replace(basis.scoring, template=Template(template)) if template else basis.scoring
    return replace(basis, scoring=scoring, cloud=cloud or basis.cloud)


def _show_items(told: Result, *, every: bool) -> None:
    from checks.items import Result as Outcome
    from reports.preassessment import LEVELS, possible_text
    from reports.records import by_people, by_tool

    language = here().language
    assessment = told.assessment

    def rows() -> Iterator[tuple[object, ...]]:
        for item in assessment.items.values():
            if every or item.is_lacking or item.result is not Outcome.NOT_ASSESSED:
                counts: Counter[str] = Counter()
                for possible, count in item.objects.items():
                    counts[possible_text(possible).say(language)] += count
                objects = ", ".join(f"{word} {count}" for word, count in counts.most_common())
                risk = assessment.level_of(item)[1] if item.is_lacking else None
                said = item.attested.attested_by if item.attested else ""
                level = LEVELS[risk].say(language) if risk else ""
                result = possible_text(item.possible).say(language)
                row = (item.clause.id, result, item.clause.text.say(language), objects, level, said)
                # Of every item also who decides it: with the gaps alone nobody would look for that.
                people = by_people(told, item.clause).say(language)
                yield (*row, by_tool(told, item.clause), people) if every else row

    headings = (
        Text("条款", "Item"),
        Text("结果", "Result"),
        Text("要求（摘要）", "What it asks for (in short)"),
        Text("对象", "Objects"),
        Text("风险至多", "Risk at most"),
        Text("确认人", "Attested by"),
        *((Text("工具判定的步骤", "Steps by checks"), Text("须人工确认", "Needs attestation")) if every else ()),
    )
    show(headings, rows())


def _show_lines(told: Result) -> None:
    from reports.preassessment import NOTICE, lines

    at = here()
    if at.is_terminal:
        at.print("")
    for line in lines(told):
        at.print(line.say(at.language))
    at.print(NOTICE.say(at.language))


def _json(assessment: Assessment) -> Iterator[dict[str, Any]]:
    from reports.preassessment import plain_item, plain_score

    for name, item in assessment.items.items():
        yield {"type": "item", "id": name, **plain_item(assessment, item)}
    yield {"type": "score", **plain_score(assessment)}
