"""The level-3 pre-assessment in words: coverage, bounds, risks and conclusion, the same in every report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.assessing import Assessment
from checks.attestations import Attested
from checks.items import ItemResult, ObjectResult, PointResult, Possible, Result, settled
from checks.risks import Level, Risk, Standing, cases
from checks.scoring import Conclusion, Score, Template
from checks.waivers import Reviewed
from inventory.attestation import NOT_APPLICABLE, NOT_MET, Attestation
from inventory.reconcile import Difference
from inventory.register import SHEETS
from inventory.text import Language, Text
from reports import wording
from reports.model import Result as Run

RESULTS = {
    Result.MET: Text("符合", "met"),
    Result.PARTIAL: Text("部分符合", "met in part"),
    Result.NOT_MET: Text("不符合", "not met"),
    Result.NOT_APPLICABLE: Text("不适用", "not applicable"),
    Result.NOT_ASSESSED: Text("未评", "not assessed"),
}
CONCLUSIONS = {
    Conclusion.MET: Text("符合", "met"),
    Conclusion.BASICALLY_MET: Text("基本符合", "basically met"),
    Conclusion.NOT_MET: Text("不符合", "not met"),
    Conclusion.EXCELLENT: Text("优", "excellent"),
    Conclusion.GOOD: Text("良", "good"),
    Conclusion.FAIR: Text("中", "fair"),
    Conclusion.POOR: Text("差", "poor"),
}
UNDETERMINED = Text("结论待定", "undetermined")
TEMPLATES = {
    Template.T2025: Text("2025 版报告模板（符合率与重大风险隐患）", "2025 (compliance rate and major risks)"),
    Template.T2021: Text("2021 版报告模板（缺陷扣分）", "2021 (deductions)"),
    Template.T2019: Text("2019 版报告模板（加权平均）", "2019 (weighed mean)"),
}
STANDINGS = {
    Standing.CONFIRMED: Text("已确认", "confirmed"),
    Standing.CANDIDATE: Text("待确认", "to be confirmed"),
    Standing.OPEN: Text("未评", "not assessed"),
    Standing.RECTIFIED: Text("已整改", "rectified"),
    Standing.RULED_OUT: Text("已排除", "ruled out"),
    Standing.CLEAR: Text("未发现", "none found"),
}
LEVELS = {
    Level.NONE: Text("无", "none"),
    Level.LOW: Text("低", "low"),
    Level.MEDIUM: Text("中", "medium"),
    Level.HIGH: Text("高", "high"),
}
IMPORTANCES = {
    "一般": Text("一般", "ordinary"),
    "重要": Text("重要", "important"),
    "关键": Text("关键", "key"),
}
TARGETS = {
    "machine_room": Text("机房", "machine room"),
    "network_device": Text("网络设备", "network device"),
    "security_device": Text("安全设备", "security device"),
    "server": Text("服务器", "server"),
    "terminal": Text("终端", "terminal"),
    "database": Text("数据库", "database"),
    "business_system": Text("业务系统", "business system"),
    "organisation": Text("管理制度与人员", "rules and people"),
}
NOTICE = Text(
    "自查结果：等级测评结论只能由有资质的测评机构作出，以下为按其报告模板的预评。",
    "A self-check: only a qualified institution concludes an evaluation; this follows its report template.",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the pre-assessment."""

    label: Text
    value: Text

    def say(self, language: Language) -> str:
        """The figure under its name, on a line."""
        return Text("{label}：{value}", "{label}: {value}").say(
            language, label=self.label.say(language), value=self.value.say(language)
        )


def result_text(of: ItemResult | ObjectResult | PointResult) -> Text:
    """A result, and what is certain of one that is open."""
    return possible_text(of.possible)


def possible_text(possible: Possible) -> Text:
    """The only result left, or what is certain while there are several; an empty set: not applicable."""
    if not possible:
        return RESULTS[Result.NOT_APPLICABLE]
    found = settled(possible)
    if found is Result.NOT_ASSESSED and Result.MET not in possible:
        return Text("未评完（至多部分符合）", "not assessed in full (met in part at best)")
    return RESULTS[found]


def word_text(word: Attestation) -> Text:
    """The result that a person confirmed; of a risk, whether it stands."""
    if word.item[:1].isalpha():
        return STANDINGS[Standing.CONFIRMED if word.result == NOT_MET else Standing.RULED_OUT]
    return RESULTS[Result.NOT_APPLICABLE if word.result == NOT_APPLICABLE else Result(word.result)]


def words_of(known: Attested) -> Iterator[tuple[Attestation, Text]]:
    """What people confirmed and that stands for something still or did once, with how each word stands."""
    for words, state in (
        (known.valid.values(), Text("有效", "valid")),
        (known.expired, Text("已过期", "expired")),
        (known.unproven, Text("文件缺失或改动", "file gone or changed")),
    ):
        yield from ((word, state) for word in words)


def raised_by(run: Run, risk: Risk) -> tuple[str, ...]:
    """The failed checks that make a high-risk case a candidate, or those of the cases of a row of major risks."""
    named = {risk.id, *(case.id for case in cases().values() if case.major_risk == risk.id)}
    failing = set().union(*(run.assessment.items[item].failing for item in risk.items if item in run.assessment.items))
    return tuple(
        sorted(check.id for check in run.assessor.checks if named & set(check.high_risk) and check.id in failing)
    )


def waiver_text(waiver: Reviewed) -> Text:
    """How a waiver stands."""
    if waiver.is_expired:
        return Text("已过期，差距重新计入", "expired: its gaps count") if waiver.findings else Text("已过期", "expired")
    return Text("没有用到", "fits nothing") if waiver.is_unmatched else Text("有效", "valid")


def percent(value: float | None) -> str:
    """A percentage to two digits, as the standards' own examples have them; a dash where nothing can be computed."""
    return "—" if value is None else f"{value:.2f}%"


def span(score: Score) -> str:
    """The rate or score, or the span in which it lies."""
    unit = "%" if score.template is Template.T2025 else ""
    if score.low is None or score.high is None:
        return "—"
    low, high = f"{score.low:.2f}{unit}", f"{score.high:.2f}{unit}"
    return low if low == high else f"{low} – {high}"


def conclusion_text(score: Score) -> Text:
    """The conclusion; undetermined while the bounds conclude differently."""
    return CONCLUSIONS[score.conclusion] if score.conclusion else UNDETERMINED


def heads(assessment: Assessment) -> tuple[Line, Line, Line]:
    """What no report leaves out: coverage, the rate or score, the conclusion."""
    score = assessment.score
    covered = f"{score.assessed} / {score.applicable} ({percent(score.coverage)})"
    rated = Text("符合率", "Compliance rate") if score.template is Template.T2025 else Text("得分", "Score")
    concluded = conclusion_text(score)
    return (
        Line(Text("覆盖率（已评 / 适用项）", "Coverage (assessed / applicable items)"), Text(covered, covered)),
        Line(rated, Text(span(score), span(score))),
        Line(Text("预评结论（自查）", "Pre-assessed conclusion (self-check)"), concluded),
    )


def lines(run: Run) -> Iterator[Line]:
    """Every figure of the pre-assessment, in the order in which a report gives them."""
    assessment = run.assessment
    basis, score = assessment.basis, assessment.score
    cloud = Text("，含云计算扩展", ", with the cloud extension") if basis.cloud else Text("", "")
    yield Line(Text("依据", "By"), TEMPLATES[score.template])
    yield Line(
        Text("对象定级", "Graded"),
        Text(f"第三级 {basis.level}G3{cloud.zh}", f"level 3, {basis.level}G3{cloud.en}"),
    )
    covered, rated, concluded = heads(assessment)
    yield covered
    yield Line(Text("单项结果", "Items"), _counts(score.counts))
    yield rated
    if score.template is Template.T2025:
        credit = f"{basis.scoring.partial_credit:g}"
        yield Line(
            Text("部分符合计入符合率", "Credit of an item met in part"), Text(f"{credit} 项", f"{credit} of an item")
        )
    if score.halves:
        yield Line(Text("技术 / 管理", "Technical / management"), _halves(score.halves))
    alone = percent(score.automatic_rate)
    yield Line(Text("自动项符合率（仅自动项）", "Met of the items checks alone settled"), Text(alone, alone))
    yield Line(Text("重大风险隐患", "Major risks"), _risks(assessment.major))
    yield Line(Text("高风险情形", "High-risk cases"), _risks(assessment.high))
    yield concluded
    yield from remarks(run)


def _counts(counts: Mapping[Result, int]) -> Text:
    told = [(RESULTS[result], counts.get(result, 0)) for result in RESULTS]
    return Text("，".join(f"{t.zh} {n}" for t, n in told), ", ".join(f"{t.en} {n}" for t, n in told))


def _halves(halves: Iterable[tuple[float, float]]) -> Text:
    said = " / ".join(f"{low:.2f} – {high:.2f}" for low, high in halves)
    return Text(said, said)


def _risks(risks: tuple[Risk, ...]) -> Text:
    counts = Counter(risk.standing for risk in risks)
    found = counts[Standing.CONFIRMED] + counts[Standing.RECTIFIED]
    mended = counts[Standing.RECTIFIED]
    zh = f"{found}" + (f"（{mended}个已整改）" if mended else "")
    en = f"{found}" + (f" ({mended} rectified)" if mended else "")
    waiting, unseen = counts[Standing.CANDIDATE], counts[Standing.OPEN]
    return Text(f"{zh}，另有待确认 {waiting}，未评 {unseen}", f"{en}; to be confirmed {waiting}, not assessed {unseen}")


def remarks(run: Run) -> Iterator[Line]:
    """What else a reader has to know: what was not looked at, and words of people that count for nothing any more."""
    assessment = run.assessment
    if only := run.run.options.get("only"):
        yield Line(Text("本次只采集了这些目标", "This run asked these targets alone"), _named(list(only)))
    unseen = [each.subject for each in run.reconciled if each.difference in _UNSEEN]
    contradicted = [item.clause.id for item in assessment.items.values() if item.contradicted]
    expired = [" ".join(filter(None, (each.item, each.object))) for each in assessment.attested.expired]
    unproven = [" ".join(filter(None, (each.item, each.object))) for each in assessment.attested.unproven]
    over = [each.waiver.scope for each in run.waivers if each.is_expired]
    idle = [each.waiver.scope for each in run.waivers if each.is_unmatched and not each.is_expired]
    for label, names in (
        (Text("登记而未测的设备", "Declared devices that were not looked at"), unseen),
        (Text("已过期的证明（按未评计）", "Expired attestations (not assessed)"), expired),
        (
            Text("证明文件缺失或已被改动（按未评计）", "Attestations whose file is gone or changed (not assessed)"),
            unproven,
        ),
        (Text("证明中的对象，登记和发现里都没有", "Attested objects neither declared nor found"), _strangers(run)),
        (Text("与检查结果矛盾的证明（以检查为准）", "Attestations that findings contradict"), contradicted),
        (
            Text(
                "已排除或整改、而问题仍在的高风险情形",
                "High-risk cases ruled out or rectified whose gaps are still there",
            ),
            _doubtful(run),
        ),
        (Text("已过期的豁免", "Expired waivers"), over),
        (Text("没有用到的豁免", "Waivers that fit nothing"), idle),
    ):
        if names:
            yield Line(label, _named(names))


def _doubtful(run: Run) -> list[str]:
    """High-risk cases that a person says are mended, or that nothing can lower, while checks that raise them fail."""
    return [
        risk.id
        for risk in run.assessment.high
        if risk.standing in (Standing.RECTIFIED, Standing.RULED_OUT)
        and (risk.standing is Standing.RECTIFIED or not cases()[risk.id].can_be_lowered)
        and raised_by(run, risk)
    ]


def _strangers(run: Run) -> list[str]:
    """Items and objects of attestations whose object nobody knows: a name that may be misspelt."""
    words = [word for word in run.assessment.attested.valid.values() if word.object]
    if not words:
        return []
    known = {name for _, name in run.figures.by_subject}
    known.update(row.label for sheet in SHEETS for row in run.register.rows(sheet))
    return [f"{word.item} {word.object}" for word in words if word.object not in known]


_UNSEEN = (Difference.NOT_ASKED, Difference.NOT_FOUND)


def _named(names: list[str], most: int = 10) -> Text:
    told = ", ".join(wording.shown(name, 80) for name in names[:most])
    more = len(names) - most
    return Text(f"{told} 等 {len(names)} 个", f"{told} and {more} more") if more > 0 else Text(told, told)


def plain_item(assessment: Assessment, item: ItemResult) -> dict[str, Any]:
    """An item's result for programs."""
    least, most = assessment.level_of(item)
    return {
        "result": item.result.value,
        "possible": sorted(item.possible),
        "low": item.low,
        "high": item.high,
        "objects": sum(item.objects.values()),
        "left_out": item.left_out,
        "risk_low": least.value,
        "risk_high": most.value,
        "attested_by": item.attested.attested_by if item.attested else None,
        "contradicted": item.contradicted,
        "compensated": item.before is not None,
    }


def plain_score(assessment: Assessment) -> dict[str, Any]:
    """The figures of the whole for programs."""
    score, risks = assessment.score, assessment.risks
    return {
        "template": score.template.value,
        "level": f"{assessment.basis.level}G3",
        "cloud": assessment.basis.cloud,
        "partial_credit": assessment.basis.scoring.partial_credit,
        "low": score.low,
        "high": score.high,
        "coverage": score.coverage,
        "counts": {result.value: score.counts.get(result, 0) for result in RESULTS},
        "major_risks": risks.major,
        "major_risks_possible": risks.major_possible,
        "conclusion": score.conclusion.value if score.conclusion else "undetermined",
        "self_check": True,
    }
