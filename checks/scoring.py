"""Item results to rate, score and conclusion, by report template. Pure sums; what is not assessed gives bounds.

2025  compliance rate and major risks → met, basically met, not met (符合, 基本符合, 不符合); in force since 2025-03-20
2021  100 less a deduction an item, in a technical and a management half → grades 优 良 中 差; in force until then
2019  100 less the mean deficiency of the security classes → the same grades
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from checks.items import CREDIT, Result
from checks.risks import Level

IMPORTANCES = ("一般", "重要", "关键")
_DIGITS = 9  # beyond these a sum of floats says nothing


class Template(StrEnum):
    """A version of the assessment report that an institution writes."""

    T2025 = "2025"
    T2021 = "2021"
    T2019 = "2019"


class Conclusion(StrEnum):
    """What a template concludes; the last four are grades of 2021 and 2019."""

    MET = "met"
    BASICALLY_MET = "basically-met"
    NOT_MET = "not-met"
    EXCELLENT = "excellent"
    GOOD = "good"
    FAIR = "fair"
    POOR = "poor"


@dataclass(frozen=True, slots=True)
class Scoring:
    """How scores are computed. The weights of importance are in the order of IMPORTANCES.

    ``partial_credit``  what an item met in part brings into the rate of 2025: 0 or 0.5
    ``attention``       share of the technical half in the score of 2021 (关注系数), 0 to 1
    """

    template: Template = Template.T2025
    partial_credit: float = 0.0
    attention: float = 0.5
    weights_2021: tuple[float, ...] = (1.0, 2.0, 3.0)
    weights_2019: tuple[float, ...] = (0.4, 0.7, 1.0)

    def __post_init__(self) -> None:
        if self.partial_credit not in (0, 0.5):
            raise ValueError("partial_credit: 0, 0.5")
        if not 0 <= self.attention <= 1:
            raise ValueError("attention: 0-1")
        for weights in (self.weights_2021, self.weights_2019):
            if len(weights) != 3 or min(weights) <= 0:
                raise ValueError("weights: three, > 0")

    def weights(self, template: Template | None = None) -> Mapping[str, float]:
        """The weight of each importance in a template; 2025 has none of its own and takes those of 2021."""
        chosen = self.weights_2019 if (template or self.template) is Template.T2019 else self.weights_2021
        return dict(zip(IMPORTANCES, chosen, strict=True))


@dataclass(frozen=True, slots=True)
class Mark:
    """What one applicable item brings into the sums: its class, weight, results and means at worst and at best."""

    layer: str
    technical: bool
    weight: float
    worst: Result
    best: Result
    low: float  # of the mean over its objects, 0 to 1
    high: float
    objects: int = 1
    automatic: bool = True  # no person's word is in it

    @property
    def is_settled(self) -> bool:
        """Whether it is assessed."""
        return self.worst is self.best


@dataclass(frozen=True, slots=True)
class Risks:
    """Risks at the least and at the most: major ones counted before rectification, the highest level of any gap."""

    major: int = 0
    major_possible: int = 0
    level: Level = Level.NONE
    level_possible: Level = Level.NONE


@dataclass(frozen=True, slots=True)
class Score:
    """A rate (2025, percent) or score (0 to 100) between its bounds, and what follows from it.

    ``low`` and ``high`` are None where no item applies; ``conclusion`` is None while the bounds conclude differently.
    """

    template: Template
    low: float | None
    high: float | None
    conclusion: Conclusion | None
    counts: Mapping[Result, int] = field(default_factory=dict)
    halves: tuple[tuple[float, float], tuple[float, float]] | None = (
        None  # 2021: technical and management, low and high
    )
    automatic_rate: float | None = None  # percent met of the items that checks alone settled; no compliance rate

    @property
    def assessed(self) -> int:
        """Applicable items with a result."""
        return sum(self.counts.get(result, 0) for result in CREDIT)

    @property
    def applicable(self) -> int:
        """All items but those that do not apply."""
        return self.assessed + self.counts.get(Result.NOT_ASSESSED, 0)

    @property
    def coverage(self) -> float | None:
        """Percent of the applicable items that are assessed."""
        return 100 * self.assessed / self.applicable if self.applicable else None


def score(marks: Iterable[Mark], risks: Risks, scoring: Scoring, not_applicable: int = 0) -> Score:
    """The score of the applicable items' marks by the template of ``scoring``."""
    found = list(marks)
    counts = Counter(mark.best if mark.is_settled else Result.NOT_ASSESSED for mark in found)
    counts[Result.NOT_APPLICABLE] = not_applicable
    if not found:
        return Score(scoring.template, None, None, None, counts)
    automatic = [mark for mark in found if mark.is_settled and mark.automatic]
    alone = 100 * sum(m.best is Result.MET for m in automatic) / len(automatic) if automatic else None
    halves = None
    if scoring.template is Template.T2025:
        low, high = rates_2025(found, scoring.partial_credit)
        concluded = {conclusion_2025(low, risks.major + risks.major_possible), conclusion_2025(high, risks.major)}
    else:
        if scoring.template is Template.T2021:
            halves = halves_2021(found, scoring.attention)
            low, high = (halves[0][end] + halves[1][end] for end in (0, 1))
        else:
            low, high = scores_2019(found)
        concluded = {grade(low, risks.level_possible), grade(high, risks.level)}
    conclusion = concluded.pop() if len(concluded) == 1 else None
    return Score(scoring.template, low, high, conclusion, counts, halves, alone)


def rates_2025(marks: Iterable[Mark], partial_credit: float) -> tuple[float, float]:
    """The compliance rate in percent at worst and at best."""
    credit = {Result.MET: 1.0, Result.PARTIAL: partial_credit, Result.NOT_MET: 0.0}
    found = list(marks)
    return (
        100 * sum(credit[mark.worst] for mark in found) / len(found),
        100 * sum(credit[mark.best] for mark in found) / len(found),
    )


def conclusion_2025(rate: float, major: int) -> Conclusion:
    """Above 90 without major risks: met; from 60: basically met, whatever the risks; else not met."""
    rounded = round(rate, _DIGITS)
    if rounded > 90 and not major:
        return Conclusion.MET
    return Conclusion.BASICALLY_MET if rounded >= 60 else Conclusion.NOT_MET


def halves_2021(marks: Iterable[Mark], attention: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The technical and the management half, each at worst and at best; a half falls to 0 and no further."""
    found = list(marks)
    each = 100 / len(found)

    def half(share: float, own: list[Mark]) -> tuple[float, float]:
        lost = (sum(m.weight * (1 - m.low) for m in own), sum(m.weight * (1 - m.high) for m in own))
        return max(0.0, 100 * share - lost[0] * each), max(0.0, 100 * share - lost[1] * each)

    technical = [mark for mark in found if mark.technical]
    management = [mark for mark in found if not mark.technical]
    return half(attention, technical), half(1 - attention, management)


def scores_2019(marks: Iterable[Mark]) -> tuple[float, float]:
    """100 less the mean over the security classes of their weighed share of deficient objects, at worst and at best."""
    by_class: dict[str, list[Mark]] = {}
    for mark in marks:
        by_class.setdefault(mark.layer, []).append(mark)

    def shares(end: str) -> Iterable[float]:
        for own in by_class.values():
            lacking = sum(m.weight * m.objects * (1 - getattr(m, end)) for m in own)
            yield lacking / sum(m.weight * m.objects for m in own)

    return (
        100 * (1 - sum(shares("low")) / len(by_class)),
        100 * (1 - sum(shares("high")) / len(by_class)),
    )


def grade(points: float, risk: Level) -> Conclusion:
    """The grade of 2021 and 2019: a high risk, or fewer than 70 points, is poor whatever else."""
    rounded = round(points, _DIGITS)
    if risk is Level.HIGH or rounded < 70:
        return Conclusion.POOR
    if rounded >= 90 and risk is not Level.MEDIUM:
        return Conclusion.EXCELLENT
    return Conclusion.GOOD if rounded >= 80 else Conclusion.FAIR
