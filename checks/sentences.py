"""A finding as a sentence in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from checks.model import Check, Finding, Outcome, Value, say_values
from inventory.errors import Gap, Missing
from inventory.text import Language, Text
from inventory.words.facts import fact_text
from inventory.words.reasons import reason

GAPS: dict[Gap, Text] = {
    Gap.UNREACHABLE: Text("设备不可达", "nothing answered"),
    Gap.REFUSED: Text("设备拒绝", "the device refused"),
    Gap.UNPARSED: Text("回答无法解析", "the answer could not be understood"),
    Gap.UNREAD: Text("没有采集", "it was not read"),
    Gap.LACKING: Text("设备没有此功能", "the device has no such thing"),
    Gap.STALE: Text("数据过旧", "it was read too long ago"),
    Gap.WITHHELD: Text("为防账号锁定未尝试登录", "logins were withheld to keep the account from being locked"),
    Gap.EXCLUDED: Text("地址在排除之列，不采集", "the address is excluded from being asked"),
}


def first_of(names: Iterable[str], most: int) -> str:
    """So many of the names, and where there are more how many there are in all."""
    listed = list(names)
    more = f", … ({len(listed)})" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more


def sentence(declared: Check, finding: Finding) -> Text:
    """What the finding says, placeholders filled in; for a pass the good condition that the title states."""
    outcome = finding.underlying or finding.outcome
    if outcome is Outcome.FAIL:
        return _filled(declared.found, finding)
    if outcome is Outcome.UNKNOWN:
        return _unknown(declared, finding)
    if outcome is Outcome.NOT_APPLICABLE:
        return Text(f"不适用：{declared.title.zh}", f"does not apply: {declared.title.en}")
    if outcome is Outcome.ERROR:
        return Text(f"判定出错：{declared.title.zh}", f"the check itself failed: {declared.title.en}")
    return declared.title


def _unknown(declared: Check, finding: Finding) -> Text:
    if finding.missing:
        reasons = [missing_reason(kind, missing) for kind, missing in finding.missing]
        why = Text("；".join(r.zh for r in reasons), "; ".join(r.en for r in reasons))
        return Text(f"无法判断“{declared.title.zh}”：{why.zh}", f"not known whether: {declared.title.en} ({why.en})")
    if declared.unknown:
        return _filled(declared.unknown, finding)
    return Text(f"证据不足以判断“{declared.title.zh}”", f"the facts do not tell whether: {declared.title.en}")


def missing_reason(kind: str, missing: Missing) -> Text:
    """Why one fact is not known."""
    fact, gap, why = fact_text(kind), GAPS[missing.gap], reason(missing.why)
    if not missing.why:
        return Text(f"{fact.zh}：{gap.zh}", f"{fact.en}: {gap.en}")
    return Text(f"{fact.zh}：{gap.zh}（{why.zh}）", f"{fact.en}: {gap.en} ({why.en})")


def _filled(template: Text, finding: Finding) -> Text:
    return Text(_say(template, "zh", finding), _say(template, "en", finding))


def _say(template: Text, language: Language, finding: Finding) -> str:
    where = place_text(finding.place, finding.values).say(language)
    return template.say(language, **{**say_values(finding.values, language), "place": where})


def place_text(place: str, values: Mapping[str, Value]) -> Text:
    """A finding's place in both languages: as devices call it, else as the value says that has its words."""
    said = (value for value in values.values() if isinstance(value, Text) and place in (value.en, value.zh))
    return next(said, Text(place, place))
