"""The rate holds in every span of time, whatever is sent in which order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.discovery.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@given(
    st.floats(0.5, 5000),
    st.lists(st.one_of(st.integers(1, 30), st.floats(0, 5)), min_size=1, max_size=120),
)
def test_no_span_holds_more_packets_than_the_rate_allows(rate: float, steps: list[float | int]) -> None:
    """Whole numbers are conversations of so many packets or single ones; fractions are pauses without credit."""
    clock = Clock()
    pace = Pace(rate, clock, clock.sleep)
    sent: list[float] = []
    for step in steps:
        if isinstance(step, float):
            clock.now += step
        elif step > 20:
            pace.take(step)
            sent += [clock.now] * step  # at the worst all at once, when it begins
        else:
            for _ in range(step):
                if left := pace.wait_s():
                    clock.sleep(left)
                pace.owe(1)
                sent.append(clock.now)
    largest = max((step for step in steps if isinstance(step, int) and step > 20), default=0)
    for begin in range(0, len(sent), 7):
        for end in range(begin, len(sent), 5):
            span = sent[end] - sent[begin]
            assert end - begin + 1 <= rate * (span + 0.011) + 1 + largest
    assert pace.packets == len(sent)


def test_owed_packets_are_waited_for() -> None:
    clock = Clock()
    pace = Pace(10, clock, clock.sleep)
    pace.owe(1)
    pace.owe(3)  # what a connection that opened sent besides
    assert pace.wait_s() == pytest.approx(0.39)
    clock.now += 100
    assert pace.wait_s() == 0
    pace.owe(1)
    assert pace.wait_s() == pytest.approx(0.09)  # the pause gave no credit


def test_rate_of_nothing_is_none() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Pace(0)
