"""Polls of one target folded into what went through its interfaces: a cell of columns instead of rows of counters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from inventory.facts import Counter
from inventory.intervals import COLUMNS, Intervals
from inventory.intervals import intervals as as_intervals
from inventory.store.packing import Damaged, json_text, packed_columns, unpacked_columns
from inventory.traffic import Poll, watched

Times = tuple[float, float]  # the first and the last second since 1970 that count


def body_of(poll: Poll) -> str:
    """A poll as one row keeps it."""
    return json_text([poll.uptime_s, list(poll.connects_ms), [astuple(counter) for counter in poll.counters]])


def poll_of(target: str, at: datetime, body: str) -> Poll | None:
    """The poll of a row; None for one that another version of hecha wrote."""
    try:
        uptime_s, connects, counters = json.loads(body)
        return Poll(target, at, uptime_s, tuple(Counter(*row) for row in counters), tuple(connects))
    except (TypeError, ValueError):
        return None


def folded(polls: Sequence[Poll]) -> bytes:
    """Polls that follow one another as one cell; the last ends it, what connects it tried is left to the next."""
    intervals = watched(polls).intervals
    head = {
        "at": [poll.at.timestamp() for poll in polls[:-1]],
        "connects_ms": [list(poll.connects_ms) for poll in polls[:-1]],
        "interfaces": [[name, len(each), each.narrow] for name, each in intervals.items()],
    }
    return packed_columns(head, (column for each in intervals.values() for column in each.columns))


def unfolded(body: bytes, intervals: dict[str, Intervals], connects: list[float | None], times: Times | None) -> None:
    """Adds what a cell holds to what is known, of those times only; None: all of it. Damaged where it is no cell."""
    head, figures = unpacked_columns(body)
    try:
        tried = zip(head["at"], head["connects_ms"], strict=True)
        found = [ms for at, each in tried if times is None or times[0] <= at <= times[1] for ms in each]
        parts = [(str(name), int(count), bool(narrow)) for name, count, narrow in head["interfaces"]]
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise Damaged(str(error)) from None
    if any(count < 0 for _, count, _ in parts) or sum(count for _, count, _ in parts) * len(COLUMNS) != len(figures):
        raise Damaged("columns of another length than was written")
    connects += found
    first = 0
    for name, count, narrow in parts:
        known = intervals.get(name)
        if known is None:
            known = intervals[name] = Intervals()
        for column in known.columns:
            column.extend(figures[first : first + count])
            first += count
        known.narrow = known.narrow or narrow
        if times is not None:
            intervals[name] = _within(known, times)


def _within(all_of_it: Intervals, times: Times) -> Intervals:
    """The intervals that begin and end within the times."""
    first, last = times
    rows = [row for row in all_of_it.rows() if first <= row[0] <= last and first <= row[1] <= last]
    return as_intervals(rows, narrow=all_of_it.narrow)
