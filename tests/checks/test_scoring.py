"""Scores and conclusions by report template: worked examples, ties, and bounds while something is not assessed."""

from __future__ import annotations

from itertools import product

import pytest

from checks.items import CREDIT, Result
from checks.risks import Level
from checks.scoring import Conclusion, Mark, Risks, Score, Scoring, Template, conclusion_2025, grade, score

NO_RISKS = Risks()
OF_X = {1: Result.MET, 0.5: Result.PARTIAL, 0: Result.NOT_MET}


def mark(x: float | None, weight: float = 1, layer: str = "8.1.4", technical: bool = True, objects: int = 1) -> Mark:
    """A settled mark of that mean, or one that nobody assessed."""
    if x is None:
        return Mark(layer, technical, weight, Result.NOT_MET, Result.MET, 0.0, 1.0)
    result = OF_X.get(x, Result.PARTIAL)
    return Mark(layer, technical, weight, result, result, x, x, objects)


def managed(x: float, weight: float = 1) -> Mark:
    return mark(x, weight, "8.1.8", technical=False)


def of_2021(marks: list[Mark], risks: Risks = NO_RISKS) -> Score:
    return score(marks, risks, Scoring(Template.T2021))


def rated(
    met: int, partial: int, failed: int, unassessed: int = 0, risks: Risks = NO_RISKS, credit: float = 0
) -> Score:
    marks = [mark(1)] * met + [mark(0.5)] * partial + [mark(0)] * failed + [mark(None)] * unassessed
    return score(marks, risks, Scoring(partial_credit=credit))


def test_example_of_2021_by_hand() -> None:
    marks = [mark(0, 3), mark(0.5, 2), mark(0.5)] + [mark(1)] * 9 + [managed(0), managed(0.5, 2)] + [managed(1)] * 6
    found = of_2021(marks)
    assert found.halves == ((27.5, 27.5), (40.0, 40.0))
    assert (found.low, found.high, found.conclusion) == (67.5, 67.5, Conclusion.POOR)


def test_example_of_a_whole_object_in_2021() -> None:
    technical = [mark(0, 3)] * 2 + [mark(0.5, 2)] * 5 + [mark(0)] * 3 + [mark(0.625, 3, objects=4)]
    management = [managed(0.5, 3)] + [managed(0)] * 8 + [managed(0.5)] * 6
    marks = technical + [mark(1)] * (94 - len(technical)) + management + [managed(1)] * (111 - len(management))
    assert len(marks) == 205
    found = of_2021(marks)
    assert found.halves is not None
    assert found.halves[0][0] == pytest.approx(42.621951, abs=1e-6)
    assert found.halves[1][0] == pytest.approx(43.902439, abs=1e-6)
    assert found.low == pytest.approx(86.524390, abs=1e-6)
    assert found.conclusion is Conclusion.GOOD
    assert of_2021(marks, Risks(level=Level.HIGH, level_possible=Level.HIGH)).conclusion is Conclusion.POOR
    assert of_2021(marks, Risks(level_possible=Level.HIGH)).conclusion is None


def test_example_of_2025_and_its_setting() -> None:
    found = rated(178, 19, 8)
    assert found.low == found.high == pytest.approx(86.829268, abs=1e-6)
    for major in (0, 3):
        assert rated(178, 19, 8, risks=Risks(major=major)).conclusion is Conclusion.BASICALLY_MET
    halved = rated(178, 19, 8, credit=0.5)
    assert halved.low == pytest.approx(91.463415, abs=1e-6)
    assert halved.conclusion is Conclusion.MET
    assert rated(178, 19, 8, risks=Risks(major=1), credit=0.5).conclusion is Conclusion.BASICALLY_MET


def test_example_of_2019() -> None:
    first = [mark(0.5, 1.0, "8.1.1", objects=2), mark(0.5, 0.7, "8.1.1"), mark(1, 0.4, "8.1.1")]
    found = score([*first, mark(0.5, 0.7), mark(1, 1.0)], Risks(), Scoring(Template.T2019))
    assert found.low == found.high == pytest.approx(67.931689, abs=1e-6)
    assert found.conclusion is Conclusion.POOR


def test_example_of_what_is_not_assessed() -> None:
    found = rated(20, 4, 2, unassessed=179)
    assert found.low == pytest.approx(9.756098, abs=1e-6)
    assert found.high == pytest.approx(97.073171, abs=1e-6)
    assert found.conclusion is None
    assert found.coverage == pytest.approx(12.68, abs=0.005)
    assert found.automatic_rate == pytest.approx(76.92, abs=0.005)
    assert (found.assessed, found.applicable) == (26, 205)


def test_what_does_not_apply_leaves_every_sum() -> None:
    found = score([mark(1), mark(0)], Risks(), Scoring(), not_applicable=7)
    assert (found.low, found.applicable, found.counts[Result.NOT_APPLICABLE]) == (50.0, 2, 7)


@pytest.mark.parametrize("template", Template)
def test_without_applicable_items_there_is_no_score(template: Template) -> None:
    found = score([], Risks(), Scoring(template), not_applicable=211)
    assert (found.low, found.high, found.conclusion, found.coverage) == (None, None, None, None)


@pytest.mark.parametrize("template", Template)
def test_ends_of_the_scale(template: Template) -> None:
    scoring = Scoring(template)
    worst = score([mark(0, 3)] * 150 + [managed(0, 3)] * 50, Risks(), scoring)
    assert (worst.low, worst.high) == (0.0, 0.0)
    assert worst.conclusion in (Conclusion.NOT_MET, Conclusion.POOR)
    full = score([mark(1, 3)] * 150 + [managed(1)] * 50, Risks(), scoring)
    assert (full.low, full.high) == (100.0, 100.0)
    assert full.conclusion in (Conclusion.MET, Conclusion.EXCELLENT)


@pytest.mark.parametrize(
    ("rate", "major", "conclusion"),
    [
        (90, 0, Conclusion.BASICALLY_MET),
        (90.0001, 0, Conclusion.MET),
        (90.0001, 1, Conclusion.BASICALLY_MET),
        (60, 0, Conclusion.BASICALLY_MET),
        (60, 9, Conclusion.BASICALLY_MET),
        (59.9999, 0, Conclusion.NOT_MET),
    ],
)
def test_ties_of_2025(rate: float, major: int, conclusion: Conclusion) -> None:
    assert conclusion_2025(rate, major) is conclusion


def test_sums_of_floats_do_not_miss_a_tie() -> None:
    assert rated(189, 0, 21).conclusion is Conclusion.BASICALLY_MET
    assert rated(126, 0, 84).conclusion is Conclusion.BASICALLY_MET
    assert grade(70 - 1e-12, Level.NONE) is Conclusion.FAIR


@pytest.mark.parametrize(
    ("points", "risk", "expected"),
    [
        (95, Level.NONE, Conclusion.EXCELLENT),
        (95, Level.LOW, Conclusion.EXCELLENT),
        (95, Level.MEDIUM, Conclusion.GOOD),
        (95, Level.HIGH, Conclusion.POOR),
        (80, Level.MEDIUM, Conclusion.GOOD),
        (79.9, Level.NONE, Conclusion.FAIR),
        (70, Level.LOW, Conclusion.FAIR),
        (69.9, Level.NONE, Conclusion.POOR),
    ],
)
def test_grades(points: float, risk: Level, expected: Conclusion) -> None:
    assert grade(points, risk) is expected


def test_an_open_major_risk_keeps_the_conclusion_open() -> None:
    assert rated(200, 0, 5, risks=Risks(major_possible=1)).conclusion is None
    assert rated(200, 0, 5).conclusion is Conclusion.MET
    assert rated(150, 0, 55, risks=Risks(major_possible=6)).conclusion is Conclusion.BASICALLY_MET


@pytest.mark.parametrize("template", Template)
def test_bounds_hold_whatever_comes_out(template: Template) -> None:
    """Every way in which three open items may end lies between the bounds."""
    scoring = Scoring(template, partial_credit=0.5)
    known = [mark(1, 2), mark(0.5, 3), managed(0, 1), managed(1, 2)]
    bounds = score([*known, mark(None, 3), mark(None, 1, "8.1.2"), mark(None, 2)], Risks(), scoring)
    assert bounds.low is not None
    assert bounds.high is not None
    for ends in product(CREDIT.values(), repeat=3):
        whole = [*known, mark(ends[0], 3), mark(ends[1], 1, "8.1.2"), mark(ends[2], 2)]
        exact = score(whole, Risks(), scoring)
        assert exact.low is not None
        assert bounds.low - 1e-9 <= exact.low <= bounds.high + 1e-9


@pytest.mark.parametrize(
    "wrong", [{"partial_credit": 0.3}, {"attention": 1.5}, {"weights_2021": (0, 1, 2)}, {"weights_2019": (-1, 1, 1)}]
)
def test_settings_that_are_none(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).partition("_2")[0]):
        Scoring(**wrong)  # type: ignore[arg-type]
