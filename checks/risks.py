"""High-risk cases and major risks: candidates that findings and attestations raise; a person says what they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from checks.items import ItemResult, Result
from checks.standards import LEVEL3, HighRiskCase, standard
from inventory.attestation import NOT_MET, Attestation
from inventory.text import Text

# Rows of annex G of the 2025 report that no item of the standard leads to.
UNCITED = {
    "A-27": Text("关联系统被控制", "control of an associated system gained"),
    "A-28": Text("系统被控制", "control of the system gained"),
    "A-29": Text("互联网暴露面过大", "too much exposed to the internet"),
    "A-30": Text("数据管理存在缺陷", "faults of data management"),
    "A-31": Text("“神经中枢”系统未加固", "systems of central control not hardened"),
    "A-32": Text("安全运营薄弱", "weak security operation"),
}


class Level(StrEnum):
    """The risk that a gap brings, rising."""

    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for none to 3 for high."""
        return list(Level).index(self)


class Standing(StrEnum):
    """How a risk stands."""

    CONFIRMED = "confirmed"  # a person says that it is one
    CANDIDATE = "candidate"  # a gap points to it; nobody has decided
    OPEN = "open"  # what would tell is not assessed
    RECTIFIED = "rectified"  # a person said that it is one, and later that it is mended; still counted as found
    RULED_OUT = "ruled-out"  # by a person
    CLEAR = "clear"  # its items are met


@dataclass(frozen=True, slots=True)
class Risk:
    """A high-risk case or a row of major risks, and how it stands."""

    id: str
    text: Text
    standing: Standing
    items: tuple[str, ...]
    attested: Attestation | None = None


@cache
def cases() -> Mapping[str, HighRiskCase]:
    """The cases of the 2025 guide by id."""
    return {case.id: case for case in standard(LEVEL3).high_risk_cases}


@cache
def major_rows() -> Mapping[str, tuple[str, ...]]:
    """Rows of major risks that items lead to, with these items."""
    found: dict[str, list[str]] = {}
    for clause in standard(LEVEL3).clauses(("cloud",)):
        for row in clause.major_risk:
            found.setdefault(row, []).append(clause.id)
    return {row: tuple(items) for row, items in sorted(found.items())}


def row_text(row: str) -> Text:
    """What a row of major risks is about: in the words of its high-risk case, else of the first item it comes from."""
    named = next((Text(case.zh, case.en) for case in cases().values() if case.major_risk == row), None)
    cited = (c.text for c in standard(LEVEL3).clauses(("cloud",)) if row in c.major_risk)
    return named or UNCITED.get(row) or next(cited)


@dataclass(frozen=True, slots=True)
class Words:
    """What people said of risks: the words that count, and the risks that they once said to stand and no longer do."""

    valid: Mapping[str, Attestation]
    rectified: frozenset[str] = frozenset()

    def standing(self, risk: str, otherwise: Standing) -> Standing:
        """How a risk stands by what people say of it, else by what was found."""
        word = self.valid.get(risk)
        if word is None:
            return otherwise
        if word.result == NOT_MET:
            return Standing.CONFIRMED
        return Standing.RECTIFIED if risk in self.rectified else Standing.RULED_OUT


def high_risks(items: Iterable[ItemResult], words: Words, raised: Mapping[str, frozenset[str]]) -> tuple[Risk, ...]:
    """Every case of the 2025 guide whose item is among these; ``raised``: cases by the checks that raise them."""
    by_item = {item.clause.id: item for item in items}
    found = []
    for case in cases().values():
        item = by_item.get(case.item)
        if item is not None:
            standing = words.standing(case.id, _of_case(case, item, raised))
            found.append(Risk(case.id, Text(case.zh, case.en), standing, (case.item,), words.valid.get(case.id)))
    return tuple(found)


def _of_case(case: HighRiskCase, item: ItemResult, raised: Mapping[str, frozenset[str]]) -> Standing:
    if any(case.id in raised.get(check, ()) for check in item.failing):
        return Standing.CANDIDATE
    if item.is_lacking and not item.failing:  # a person found the gap, who alone knows whether the case fits
        return Standing.CANDIDATE
    return Standing.CLEAR if item.result in (Result.MET, Result.NOT_APPLICABLE) else Standing.OPEN


def major_risks(items: Iterable[ItemResult], words: Words, high: Iterable[Risk]) -> tuple[Risk, ...]:
    """Every row of annex G that is known, with how it stands. Rows without an item are open until a person decides."""
    by_item = {item.clause.id: item for item in items}
    by_case = {risk.id: risk for risk in high}
    found = []
    for row, cited in major_rows().items():
        own = [by_item[item] for item in cited if item in by_item]
        if own:
            standing = words.standing(row, _of_row(row, own, by_case))
            found.append(Risk(row, row_text(row), standing, cited, words.valid.get(row)))
    for row in UNCITED:
        found.append(Risk(row, row_text(row), words.standing(row, Standing.OPEN), (), words.valid.get(row)))
    return tuple(found)


def _of_row(row: str, items: list[ItemResult], high: Mapping[str, Risk]) -> Standing:
    leading = [high[case.id].standing for case in cases().values() if case.major_risk == row and case.id in high]
    if Standing.CONFIRMED in leading or Standing.CANDIDATE in leading:
        return Standing.CANDIDATE
    if all(item.result in (Result.MET, Result.NOT_APPLICABLE) for item in items):
        return Standing.CLEAR
    if leading and all(each in (Standing.RULED_OUT, Standing.RECTIFIED, Standing.CLEAR) for each in leading):
        return Standing.CLEAR
    return Standing.OPEN


def levels(item: ItemResult, high: Mapping[str, Risk]) -> tuple[Level, Level]:
    """The least and the most risk of an item: certain gaps, and what may still be found.

    A case that a person confirmed is high; one that is a candidate may be. Without a case a gap of an item of some
    importance is medium, any other low.
    """
    if item.result in (Result.MET, Result.NOT_APPLICABLE):
        return Level.NONE, Level.NONE
    standings = [high[case].standing for case in item.clause.high_risk if case in high]
    usual = Level.LOW if item.clause.importance == "一般" else Level.MEDIUM
    least = usual if item.is_lacking else Level.NONE
    if Standing.CONFIRMED in standings:
        return Level.HIGH, Level.HIGH
    if Standing.CANDIDATE in standings or Standing.OPEN in standings:
        return least, Level.HIGH
    return least, usual
