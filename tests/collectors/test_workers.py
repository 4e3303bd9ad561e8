"""Work side by side: every item once, few at a time, and an end when the reader has had enough."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from collectors.workers import in_parallel


def test_every_item_is_worked_on_once() -> None:
    assert sorted(in_parallel(lambda n: n * n, range(200), workers=7)) == [n * n for n in range(200)]


def test_nothing_to_do_gives_nothing() -> None:
    assert list(in_parallel(str, [], workers=3)) == []


def test_results_come_as_they_are_done() -> None:
    gate = threading.Event()

    def work(n: int) -> int:
        if n == 0:
            assert gate.wait(30)
        return n

    results = in_parallel(work, range(5), workers=2)
    first = [next(results) for _ in range(4)]
    gate.set()
    assert sorted(first) == [1, 2, 3, 4]
    assert list(results) == [0]


def test_no_more_work_side_by_side_than_workers() -> None:
    lock, busy, most = threading.Lock(), 0, 0

    def work(_: int) -> None:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        time.sleep(0.002)
        with lock:
            busy -= 1

    list(in_parallel(work, range(60), workers=4))
    assert 1 < most <= 4


def test_long_lists_are_not_taken_ahead() -> None:
    """A slow reader of a list of thousands: twice the workers' number of items are in memory, not the list."""
    taken = 0

    def feed() -> Iterator[int]:
        nonlocal taken
        for n in range(10_000):
            taken += 1
            yield n

    results = in_parallel(lambda n: n, feed(), workers=3)
    ahead = []
    for read in range(50):
        next(results)
        ahead.append(taken - read)
    results.close()  # type: ignore[attr-defined]
    assert max(ahead) <= 2 * 3 + 1
    assert taken < 100


def test_reader_that_stops_drops_what_has_not_begun() -> None:
    done: list[int] = []

    def work(n: int) -> int:
        time.sleep(0.005)
        done.append(n)
        return n

    results = in_parallel(work, range(1000), workers=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert len(done) <= 6
    assert not [t for t in threading.enumerate() if t.name.startswith("device")]


def test_fault_of_the_work_reaches_the_reader() -> None:
    def work(n: int) -> int:
        if n == 3:
            raise ZeroDivisionError
        return n

    with pytest.raises(ZeroDivisionError):
        list(in_parallel(work, range(10), workers=2))


@pytest.mark.parametrize("workers", [0, -1])
def test_no_workers_is_a_mistake(workers: int) -> None:
    with pytest.raises(ValueError, match="max_workers"):
        list(in_parallel(str, [1], workers=workers))
