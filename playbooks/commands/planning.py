"""``plan``: how far the county is from its plan, on a day, and what would be if."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Language, Text
from playbooks.commands.bars import working
from playbooks.commands.here import Here, here
from playbooks.commands.options import a_day
from playbooks.commands.speaking import App, lesson
from playbooks.commands.stored_runs import RunNumber, book_of, stored, today
from playbooks.commands.tabular import show
from playbooks.language import tell

if TYPE_CHECKING:
    from inventory.store import Store
    from reports.model import Result
    from reports.plan.grounds import Ground
    from reports.plan.lines import PlanLine
    from reports.plan.measure import Measure
    from reports.plan.trend import Point

_MOST_RUNS = 12  # that the trend is drawn from
Trend = Mapping[str, Sequence["Point"]]


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "规划各项指标：现值、目标、逾期、趋势、预计达标日期",
            "The plan's figures: value, target, days late, trend, projected date",
            "hecha plan",
            "hecha plan PR-CLD-01",
            "hecha plan --as-of 2025-12-31",
            "hecha plan --assume system=OA:on-cloud",
            "hecha plan --json | jq .no",
            more=Text(
                "设备上读不到的指标和总数写在项目的 plan-figures.yaml 里，注明来源；没有依据的不测算。",
                "Figures and totals that no device tells stand in the project's plan-figures.yaml with their source; "
                "without grounds nothing is computed.",
            ),
        )
    )(plan)


Requirement = Annotated[
    str,
    typer.Argument(
        metavar="[ID]",
        show_default=False,
        help=tell(
            "只看这一项：公式、分子分母的名称、证据、还差多少。例：PR-CLD-01",
            "This one alone: formula, both sides by name, evidence, how much is lacking. Example: PR-CLD-01",
        ),
    ),
]
AsOf = Annotated[
    str,
    typer.Option(
        "--as-of",
        metavar="DATE",
        help=tell(
            "以这一天为准，取当天或之前最近的运行。例：--as-of 2025-12-31",
            "The day that counts, with the newest run up to it. Example: --as-of 2025-12-31",
        ),
    ),
]
Assume = Annotated[
    list[str] | None,
    typer.Option(
        "--assume",
        metavar="WHAT",
        help=tell(
            "假设某系统到了某状态，可重复。例：--assume system=OA:on-cloud",
            "Assumes a system in a state; may be repeated. Example: --assume system=OA:on-cloud",
        ),
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help=tell("每项一行 JSON，列出名称", "One JSON object a line, with names"))
]


def plan(
    requirement: Requirement = "",
    number: RunNumber = None,
    as_of: AsOf = "",
    assume: Assume = None,
    as_json: AsJson = False,
) -> None:
    """The plan's figures."""
    from reports.plan.grounds import grounds

    at = here()
    day = a_day("--as-of", as_of) if as_of else today()
    with at.store(create=False) as store:
        run = stored(store, number) if number is not None or not as_of else _newest(store, day)
        with working(at.err, Text("测算", "Measuring")):
            told = _result(at, store, run, day)
            lines, before = _lines(told, assume or [])
            lines = _picked(lines, requirement)
            trend = told.plan_trend(_MOST_RUNS)
            shown = [(line, grounds(line, told.findings)) for line in lines] if as_json or requirement else []
    if as_json:
        for line, evidence in shown:
            at.json(_json(at, line, trend, before, evidence))
        return
    if requirement:
        for line, evidence in shown:
            for words, value in _told_of_one(at, line, trend, before, evidence):
                at.print(tell("{words}：{value}", "{words}: {value}", words=words.say(at.language), value=value))
        return
    headings = (Text("编号", "No."), Text("指标", "Figure"), Text("现值", "Value"), Text("目标", "Target"))
    more = (Text("进展", "Progress"), Text("期限", "Deadline"), Text("逾期", "Late"), Text("趋势", "Trend"))
    last = (Text("预计", "Projected"), Text("责任", "Lead"), Text("依据或缺什么", "Basis, or what is missing"))
    rows = (tuple(_cells(at, line, trend, before)) for line in lines)
    if at.is_terminal:  # too wide for one: what a figure rests on stands below it
        rows = ((row[0], "\n".join(filter(None, (row[1], row[-1]))), *row[2:-1]) for row in rows)
    show((*headings, *more, *last), rows)


def _newest(store: Store, day: date) -> int:
    end = datetime.combine(day, time.max).astimezone()
    found = next((run.id for run in store.runs() if run.started <= end), None)
    if found is None:
        raise InputError(f"--as-of {day}", Text("那天之前没有运行", "there is no run up to that day"))
    return found


def _result(at: Here, store: Store, run: int, day: date) -> Result:
    from playbooks.reporting import result

    return result(at.project, store, run, book_of(at, store, run), day)


def _picked(lines: tuple[PlanLine, ...], requirement: str) -> tuple[PlanLine, ...]:
    found = tuple(line for line in lines if requirement.upper() in ("", line.requirement.id.upper()))
    if not found:
        known = ", ".join(line.requirement.id for line in lines)
        raise InputError(
            requirement,
            Text(f"规划没有这一项要求；现有：{known}", f"the plan has no such requirement; there are: {known}"),
        )
    return found


def _lines(told: Result, assumptions: list[str]) -> tuple[tuple[PlanLine, ...], dict[str, PlanLine]]:
    """The lines; and where something is assumed, those without it by requirement."""
    from inventory.assume import assumed
    from inventory.views.register import RegisterViews
    from reports.plan.lines import plan_lines

    if not assumptions:
        return told.plan_lines, {}
    register = told.register
    for assumption in assumptions:
        register = assumed(register, assumption)
    facts = told.plan_facts(register, RegisterViews(register, told.network, same_as=told.same_as))
    return plan_lines(facts), {line.requirement.id: line for line in told.plan_lines}


def _cells(at: Here, line: PlanLine, trend: Trend, before: dict[str, PlanLine]) -> Iterator[str]:
    from reports.plan.lines import PROGRESS
    from reports.plan.trend import projected

    requirement = line.requirement
    points = trend.get(requirement.id, [])
    yield requirement.id
    yield requirement.metric.text.say(at.language)
    was = before.get(requirement.id)
    value, old = (each.measure.shown if each and each.measure else "" for each in (line, was))
    yield f"{old} → {value}" if was and old != value else value
    yield line.target.say(at.language)
    yield PROGRESS[line.progress].say(at.language) if at.is_terminal else line.progress.value
    yield requirement.deadline.isoformat() if requirement.deadline else ""
    yield str(line.days_late or "")
    yield " → ".join(f"{round(point.value, 1):g}" for point in points) if len(points) > 1 else ""
    day = projected(requirement, points)
    yield day.isoformat() if day else ""
    yield line.lead.say(at.language)
    yield (line.missing or (line.measure.basis if line.measure else Text("", ""))).say(at.language)


def _told_of_one(
    at: Here, line: PlanLine, trend: Trend, before: dict[str, PlanLine], evidence: list[Ground]
) -> Iterator[tuple[Text, str]]:
    """Everything that is known of one requirement, a line each; what there is not is left out."""
    from reports.plan.grounds import lacking
    from reports.plan.lines import PROGRESS
    from reports.plan.trend import projected
    from reports.wording import unit_kind_text

    asked, measure, language = line.requirement, line.measure, at.language
    points = trend.get(asked.id, [])
    day, late = projected(asked, points), line.days_late
    was = before.get(asked.id)
    pairs: list[tuple[Text, str | None]] = [
        (Text("要求", "Requirement"), f"{asked.id} {asked.text.say(language)}"),
        (Text("指标", "Figure"), asked.metric.text.say(language)),
        (Text("公式", "Formula"), asked.formula_text.say(language)),
        (Text("现值", "Value"), f"{measure.shown} ({measure.basis.say(language)})" if measure else None),
        (Text("无假设时", "Without the assumption"), was.measure.shown if was and was.measure else None),
        (Text("缺什么", "Missing"), line.missing.say(language) if line.missing else None),
        (Text("目标", "Target"), line.target.say(language)),
        (Text("进展", "Progress"), PROGRESS[line.progress].say(language)),
        (Text("还差", "Lacking"), str(lacking(line) or "")),
        (Text("期限", "Deadline"), asked.deadline.isoformat() if asked.deadline else None),
        (Text("逾期天数", "Days late"), str(late or "")),
        *((Text("阶段目标", "Milestone"), f"{step.date.isoformat()} {step.text}") for step in asked.interim),
        (Text("责任", "Lead"), line.lead.say(language)),
        (Text("配合", "Support"), ", ".join(unit_kind_text(kind).say(language) for kind in asked.responsible.support)),
        (Text("趋势", "Trend"), ", ".join(f"{p.at.date().isoformat()} {round(p.value, 1):g}" for p in points)),
        (Text("预计达标", "Projected"), day.isoformat() if day else None),
        (Text("填报", "Declared"), line.declared.source if line.declared else None),
        (Text("检查项", "Checks"), ", ".join(line.checks)),
    ]
    pairs += _told_by_name(measure, language) if measure else []
    # What passes is told by name above, and by --json with where it was read.
    pairs += [(Text("证据", "Evidence"), _ground_words(at, each)) for each in evidence if each.outcome != "pass"]
    yield from ((words, value) for words, value in pairs if value)


def _told_by_name(measure: Measure, language: Language) -> list[tuple[Text, str]]:
    from reports.plan.measure import named

    return [
        (measure.counted, ", ".join(named(measure.yes, language))),
        (Text("未达标", "Not met"), ", ".join(named(measure.no, language))),
        (Text("未知", "Not known"), ", ".join(named(measure.unsure, language))),
        (Text("未列名", "Not listed by name"), str(measure.unlisted or "")),
    ]


def _ground_words(at: Here, ground: Ground) -> str:
    from reports.wording import located, outcome_text

    read = located(ground.evidence, at.language)
    words = (outcome_text(ground.outcome).say(at.language), ground.check, ground.subject)
    where = ground.place_text.say(at.language)
    return " ".join(word for word in (*words, where, f"({read})" if read else "") if word)


def _json(
    at: Here, line: PlanLine, trend: Trend, before: dict[str, PlanLine], evidence: list[Ground]
) -> dict[str, object]:
    from reports.plan.grounds import lacking
    from reports.plan.trend import projected

    requirement = line.requirement
    points = trend.get(requirement.id, [])
    day = projected(requirement, points)
    was = before.get(requirement.id)
    return {
        "id": requirement.id,
        "requirement": requirement.text.say(at.language),
        "figure": requirement.metric.text.say(at.language),
        "formula": requirement.formula_text.say(at.language),
        **_measure_json(line.measure, at.language),
        "missing": line.missing.say(at.language) if line.missing else None,
        "target": line.target.say(at.language) or None,
        "progress": line.progress.value,
        "deadline": requirement.deadline.isoformat() if requirement.deadline else None,
        "days_late": line.days_late,
        "lead": line.lead.say(at.language),
        "support": list(requirement.responsible.support),
        "lacking": lacking(line),
        "checks": list(line.checks),
        "evidence": [
            {"check": e.check, "subject": e.subject, "place": e.place, "outcome": e.outcome}
            | {"source": e.evidence.source, "lines": list(e.evidence.lines), "sha256": e.evidence.sha256}
            for e in evidence
        ],
        "trend": [{"at": point.at.isoformat(), "value": point.value} for point in points],
        "projected": day.isoformat() if day else None,
        "without_assumption": was.measure.lowest if was and was.measure else None,
    }


def _measure_json(measure: Measure | None, language: Language) -> dict[str, object]:
    from reports.plan.measure import named

    counts = measure is not None and measure.declared is None
    return {
        "lowest": measure.lowest if measure else None,
        "highest": measure.highest if measure else None,
        "unit": measure.unit if measure else None,
        "numerator": len(measure.yes) if measure and counts else None,
        "denominator": measure.total if measure and counts and measure.unit == "%" else None,
        "yes": named(measure.yes, language) if measure else [],
        "no": named(measure.no, language) if measure else [],
        "unknown": named(measure.unsure, language) if measure else [],
        "unlisted": measure.unlisted if measure else 0,
        "declared": measure is not None and not counts,
        "basis": measure.basis.say(language) if measure else None,
    }
