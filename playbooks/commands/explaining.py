"""``explain``: everything about one check, or about one item of level 3 or requirement of the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from inventory.errors import InputError
from inventory.text import Text
from playbooks.commands.completing import check_ids, platform_names
from playbooks.commands.here import here
from playbooks.commands.options import a_platform
from playbooks.commands.speaking import App, lesson
from playbooks.commands.variants import VARIANTS
from playbooks.language import tell

if TYPE_CHECKING:
    from checks.model import Check
    from collectors.platforms.base import Platform
    from inventory.facts import Fact
    from inventory.plan import Plan


def add_to(app: App) -> None:
    """Puts the command of this module into the application."""
    app.command(
        help=lesson(
            "一个检查项判什么、依据哪条、怎样整改；一个条款或规划要求要什么、哪些检查项涉及它",
            "What a check judges, by which clause, and how it is mended; what a clause or the plan asks for, and what "
            "checks it",
            "hecha explain access.telnet-off",
            "hecha explain access.telnet-off --platform huawei_vrp",
            "hecha explain 8.1.4.1-a",
            "hecha explain PR-CLD-01",
        )
    )(explain)


def explain(
    check: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help=tell(
                "检查项、条款或规划要求的编号，见 hecha list checks、hecha list items。例：access.telnet-off",
                "Id of a check, an item or a requirement of the plan; see hecha list checks, hecha list items. "
                "Example: access.telnet-off",
            ),
            autocompletion=check_ids,
        ),
    ],
    platform: Annotated[
        str | None,
        typer.Option(
            metavar="PLATFORM",
            help=tell(
                "只看一个平台的命令，见 hecha list platforms。例：--platform huawei_vrp",
                "Commands of one platform only; see hecha list platforms. Example: --platform huawei_vrp",
            ),
            autocompletion=platform_names,
        ),
    ] = None,
) -> None:
    """Everything about one check, item, risk or requirement."""
    if platform is not None:
        a_platform(platform)  # refuses a name that is none
    lines = _explained(check, platform)
    if not lines:
        raise InputError(check, _unknown(check))
    for line in lines:
        here().print(line)


def _explained(name: str, platform: str | None) -> list[str]:
    """What there is to say of the check, risk, item or requirement of that name; nothing where there is none."""
    from checks.catalogue import catalogue
    from checks.standards import LEVEL3, PLAN_PREFIX

    if found := catalogue().get(name):
        return [*_judged(found), *_settings(found), *_mended(found, platform), *_supplied(found, platform)]
    requirement = name.removeprefix(f"{PLAN_PREFIX}:")
    return [*_risk(name)] or _item(f"{LEVEL3}:{name}") or _item(name) or [*_required(requirement)]


def _item(ref: str) -> list[str]:
    """What a clause asks for and what checks it; nothing where there is no such clause."""
    asked = [*_asked(ref)]
    return [*asked, *_checked(ref)] if asked else []


def _unknown(name: str) -> Text:
    """That there is no such check, and the few that may be meant."""
    from checks.catalogue import catalogue

    alike = [known for known in catalogue() if known.partition(".")[0] == name.partition(".")[0] or name in known]
    near = ", ".join(alike or get_close_matches(name, catalogue(), cutoff=0.5))
    zh = f"相近的有：{near}" if near else "见 hecha list checks 和 hecha list items"
    en = f"there are: {near}" if near else "see hecha list checks and hecha list items"
    return Text(f"没有这个检查项、条款或规划要求；{zh}", f"no such check, item or requirement; {en}")


def _asked(ref: str) -> Iterator[str]:
    """What a clause asks for and how it is assessed; nothing where there is no such clause."""
    from checks.catalogue import catalogue
    from checks.standards import Clause, clause
    from checks.steps import StepsOf
    from reports.wording import ASSESS

    cited, language = clause(ref), here().language
    if not isinstance(cited, Clause):
        return
    yield f"{ref}  {cited.text.say(language)}"
    yield tell("评估方式：{how}", "assessed: {how}", how=ASSESS[cited.assess].say(language))
    yield tell("测评单元：{unit}", "test unit: {unit}", unit=cited.unit)
    yield tell("测评对象：{objects}", "objects: {objects}", objects=cited.objects_text.say(language))
    spoken = StepsOf(catalogue().values()).spoken(cited.id)
    for number in range(1, cited.substeps + 1):
        by_checks = _PROVING if spoken.get(number) else _REFUTING if number in spoken else None
        yield f"  {number}. {cited.step(number).say(language)}{by_checks.say(language) if by_checks else ''}"
    as_one = (
        tell("整体判定一次", "judged once, as a whole") if cited.whole else tell("逐个对象判定", "object by object")
    )
    yield tell("判定：{rule}；{how}", "rule: {rule}; {how}", rule=cited.rule.say(language), how=as_one)
    if cited.unaided:
        yield tell("为何不由检查判定：{why}", "why no check decides: {why}", why=cited.unaided.say(language))
    yield tell("需要的证据：{wanted}", "evidence wanted: {wanted}", wanted=cited.evidence_wanted.say(language))
    if cited.high_risk:
        yield tell("高风险情形：{cases}", "high-risk cases: {cases}", cases=", ".join(cited.high_risk))


def _required(name: str) -> Iterator[str]:
    """What each plan of the project's playbooks asks for under that number; nothing where none has it."""
    from checks.standards import PLAN_PREFIX
    from reports.plan.lines import target_text
    from reports.wording import unit_kind_text

    language = here().language
    for plan in _plans():
        for asked in (each for each in plan.requirements if each.id.upper() == name.upper()):
            yield f"{asked.id}  {asked.text.say(language)}"
            yield tell("规划：{plan}", "plan: {plan}", plan=plan.text.say(language))
            yield tell("指标：{figure}", "figure: {figure}", figure=asked.metric.text.say(language))
            yield tell("公式：{formula}", "formula: {formula}", formula=asked.formula_text.say(language))
            if target := target_text(asked).say(language):
                yield tell("目标：{target}", "target: {target}", target=target)
            if asked.deadline:
                yield tell("期限：{day}", "deadline: {day}", day=asked.deadline.isoformat())
            yield tell("责任：{lead}", "lead: {lead}", lead=unit_kind_text(asked.responsible.lead).say(language))
            yield from _citing(f"{PLAN_PREFIX}:{asked.key or asked.id}")
            yield tell("现值、缺什么：hecha plan {id}", "its value, and what is missing: hecha plan {id}", id=asked.id)


def _plans() -> list[Plan]:
    """The plans of the project's playbooks, and those that come with hecha; one that is wrong is left out."""
    from inventory.plan import plan, plans
    from playbooks.judging import plan_of
    from playbooks.schema import available, playbook

    root, found = here().root, {name: plan(name) for name in plans()}
    for name in available(root):
        with suppress(InputError):  # doctor tells it
            told = plan_of(here().project, playbook(name, root))
            found[told.name] = told
    return [*found.values()]


def _risk(name: str) -> Iterator[str]:
    """What makes a high-risk case or a row of major risks one, and what raises it; nothing where there is no such."""
    from checks.catalogue import catalogue
    from checks.risks import UNCITED, cases, major_rows, row_text

    language, case = here().language, cases().get(name)
    if case is not None:
        yield f"{name}  {Text(case.zh, case.en).say(language)}"
        yield tell("条款：{items}", "item: {items}", items=case.item)
        yield tell("适用：{scope}", "scope: {scope}", scope=case.scope.say(language))
        if case.trigger:
            yield tell("成立条件：{when}", "it stands when: {when}", when=case.trigger.say(language))
        yield tell("可降低风险的措施：{what}", "what may lower it: {what}", what=case.lowering.say(language))
        for each in (each for each in catalogue().values() if name in each.high_risk):
            yield f"{each.id}  {each.title.say(language)}"
    elif name in major_rows():
        told = row_text(name).say(language)
        yield tell("{name}  重大风险隐患：{told}", "{name}  major risk: {told}", name=name, told=told)
        yield tell("条款：{items}", "items: {items}", items=", ".join(major_rows()[name]))
        named = [each.id for each in cases().values() if each.major_risk == name]
        yield tell("高风险情形：{cases}", "high-risk cases: {cases}", cases=", ".join(named) or "-")
    elif name in UNCITED:
        yield f"{name}  {row_text(name).say(language)}"
        yield tell("没有条款引到它，由人判定：hecha attest", "no item leads to it, a person decides: hecha attest")


_PROVING = Text("（检查可定）", " (checks decide it)")
_REFUTING = Text("（检查只能判不符合）", " (checks find failures only)")


def _citing(ref: str) -> Iterator[str]:
    """The checks that speak to a clause or a requirement."""
    from checks.catalogue import catalogue

    for each in catalogue().values():
        if ref in each.clauses:
            yield f"{each.id}  {each.title.say(here().language)}"


def _checked(ref: str) -> Iterator[str]:
    """The checks that speak to a clause, or who does where there is none."""
    yield from (citing := [*_citing(ref)])
    if not citing:
        yield tell("没有自动检查，须人工评估：hecha attest", "no check: assessed by people, with hecha attest")


def _judged(check: Check) -> Iterator[str]:
    """What it is and by which clauses it judges."""
    from checks.standards import Clause, clause
    from reports.wording import FAMILIES, SEVERITIES, SUBJECTS

    language = here().language
    yield f"{check.id}  [{FAMILIES[check.family].say(language)} · {SEVERITIES[check.severity].say(language)}]"
    yield check.title.say(language)
    subject = SUBJECTS[check.subject].say(language)
    yield tell("判定对象：{subject}{scope}", "judges: {subject}{scope}", subject=subject, scope=_scope(check))
    for ref in check.clauses:
        cited = clause(ref)
        yield f"{ref}  {cited.text.say(language) if cited else ''}"
        if not isinstance(cited, Clause):
            continue
        for step in (step for step in check.steps if step.clause == ref):
            one_way = "" if step.proves else tell("（只有不满足才说明问题）", " (only a failure tells of it)")
            yield f"  {step.number}. {cited.step(step.number).say(language)}{one_way}"


def _scope(check: Check) -> str:
    """To which platforms and kinds of device it is limited; empty: to none."""
    limits = [", ".join(sorted(each)) for each in (check.scope.platforms, check.scope.kinds) if each]
    return tell("（{limits}）", " ({limits})", limits="; ".join(limits)) if limits else ""


def _settings(check: Check) -> Iterator[str]:
    """What a playbook may set for it, with the values that hold otherwise."""
    from checks.policies import KINDS

    for name, kind in KINDS.items():
        if any(parameter.kind is kind for parameter in check.parameters):
            values = ", ".join(f"{f.name}: {_written(getattr(kind(), f.name))}" for f in fields(kind))
            yield tell("剧本可设 policy.{name}：{values}", "set by policy.{name}: {values}", name=name, values=values)


def _written(value: object) -> str:
    """A setting as YAML has it on one line."""
    if isinstance(value, frozenset | tuple):
        return f"[{', '.join(map(str, sorted(value)))}]"
    return str(value).lower() if isinstance(value, bool) or value is None else str(value)


def _mended(check: Check, only: str | None) -> Iterator[str]:
    """What is said where it fails or is not known, the commands that mend it and those that show its cause.

    They are printed and never sent.
    """
    language = here().language
    yield tell("不满足时：{found}", "when it fails: {found}", found=check.found.say(language))
    if check.unknown:
        yield tell("无法判断时：{unknown}", "when it is not known: {unknown}", unknown=check.unknown.say(language))
    yield tell("整改：{remedy}", "remedy: {remedy}", remedy=check.remedy.text.say(language))
    mending, showing = (_of_platform(each, only) for each in (check.remedy.commands, check.remedy.diagnosis))
    yield from _listed(mending)
    if only and not mending:
        yield tell("  {only} 没有可给出的整改命令", "  no commands that mend it are known for {only}", only=only)
    if showing:
        yield tell("排查命令（只查看原因）：", "diagnostic commands, which only show the cause:")
        yield from _listed(showing)
    sentences = [text.en for text in (check.found, check.unknown) if text]
    yield from _filled_in(sentences, [*mending.values(), *showing.values()])


def _listed(shown: Mapping[str, str]) -> Iterator[str]:
    """Commands under their platform and case."""
    from checks.commands import in_language

    language = here().language
    for name, commands in shown.items():
        platform, _, variant = name.partition("/")
        yield f"  {platform}: {VARIANTS[variant].say(language)}" if variant else f"  {platform}:"
        told = in_language(commands, language).replace("{{", "{").replace("}}", "}")
        yield from (f"    {line}" for line in told.splitlines())


def _of_platform(every: Mapping[str, str], only: str | None) -> dict[str, str]:
    """The commands of one platform, or of the host it rides on; None: of all."""
    from checks.model import FALLBACKS

    for name in (only, FALLBACKS.get(only or "")) if only else ():
        if found := {key: told for key, told in every.items() if key.partition("/")[0] == name}:
            return found
    return {} if only else dict(every)


def _filled_in(sentences: Collection[str], commands: Collection[str]) -> Iterator[str]:
    """What stands in them in place of values: those of the finding, and those that only a person knows."""
    from checks.commands import blanks, blanks_in
    from checks.model import placeholders

    language = here().language
    if any(map(placeholders, (*sentences, *commands))):
        yield tell("  {} 里的由检查结果填入", "  what stands in {} is filled in with the finding's own values")
    names = dict.fromkeys(name for told in commands for name in blanks_in(told))
    if names:
        yield tell("  <> 里的由您填写：", "  what stands in <> is for you to fill in:")
        yield from (f"    <{name}>  {blanks()[name].say(language)}" for name in names)


def _supplied(check: Check, only: str | None) -> Iterator[str]:
    """The facts it needs, each with what supplies it: SNMP, a probe, or commands by platform."""
    from collectors.by_snmp import readers
    from collectors.platforms.catalogue import platforms as known
    from inventory.facts import ServiceProbe
    from inventory.words.facts import FACTS
    from playbooks.wanted import facts_of

    for fact in facts_of(check):
        words = FACTS[fact.__name__].say(here().language)
        yield tell("需要的事实：{fact}（{words}）", "fact needed: {fact} ({words})", fact=fact.__name__, words=words)
        if fact in readers():
            yield "  SNMP"
        if fact is ServiceProbe:
            yield tell("  探测 DNS、端口、网页", "  probes of DNS, ports and pages")
        for name, platform in known().items():
            commands = _commands(platform, fact)
            if commands and only in (None, name):
                yield f"  {name}: {', '.join(commands)}"
            elif only == name and fact not in readers():
                yield tell("  {name} 不提供", "  not read on {name}", name=name)


def _commands(platform: Platform, fact: type[Fact]) -> tuple[str, ...]:
    """The commands whose answers tell a fact on a platform."""
    from collectors.platforms.base import ConfigRead

    shown = platform.dialect.commands if platform.dialect else ()
    reads = [read for read in platform.all_reads if read.fact is fact]
    return tuple(dict.fromkeys(c for r in reads for c in (*r.commands, *(shown if isinstance(r, ConfigRead) else ()))))
