"""Polls of one target folded into what went through its interfaces: a cell of columns instead of rows of counters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from itertools import groupby
from typing import Any

from inventory.facts import Counter
from inventory.intervals import COLUMNS, Intervals
from inventory.intervals import intervals as as_intervals
from inventory.store.packing import Damaged, json_text, packed, packed_columns, unpacked, unpacked_columns
from inventory.traffic import BothAsked, Poll, watched

Times = tuple[float, float]  # the first and the last second since 1970 that count
Asked = tuple[float, BothAsked]  # the second since 1970


def body_of(poll: Poll) -> str:
    """A poll as one row keeps it."""
    return json_text([poll.uptime_s, list(poll.connects_ms), [astuple(counter) for counter in poll.counters]])


def families_of(poll: Poll) -> str | None:
    """Its connects over both families as one row keeps them; None: it has none."""
    return None if poll.both is None else json_text(astuple(poll.both))


def poll_of(target: str, at: datetime, body: str, families: str | None = None) -> Poll | None:
    """The poll of a row; None for one that another version of hecha wrote."""
    try:
        uptime_s, connects, counters = json.loads(body)
        both = None if families is None else both_of(families)
        return Poll(target, at, uptime_s, tuple(Counter(*row) for row in counters), tuple(connects), both)
    except (TypeError, ValueError):
        return None


def both_of(families: str) -> BothAsked:
    """What ``families_of`` was given; Damaged where it is not its."""
    try:
        ip4, ms4, ip6, ms6 = json.loads(families)
        return BothAsked(str(IPv4Address(ip4)), _ms(ms4), str(IPv6Address(ip6)), _ms(ms6))
    except (TypeError, ValueError) as error:
        raise Damaged(str(error)) from None


def _ms(told: Any) -> float | None:
    return None if told is None else float(told)


def folded_families(polls: Sequence[Poll]) -> bytes | None:
    """Of polls that follow one another, their connects over both families as one cell; None: there are none.

    As with ``folded``, those of the last are left to the next.
    """
    asked = [(poll.at.timestamp(), poll.both) for poll in polls[:-1] if poll.both]
    runs = groupby(asked, key=lambda each: (each[1].ip4, each[1].ip6))
    told = [[*ips, [[at, both.ms4, both.ms6] for at, both in run]] for ips, run in runs]
    return packed(told) if told else None


def unfolded_families(families: bytes) -> Iterator[Asked]:
    """What ``folded_families`` was given, in its order; Damaged where it is no cell."""
    told = unpacked(families)
    try:
        for ip4, ip6, run in told:
            four, six = str(IPv4Address(ip4)), str(IPv6Address(ip6))
            for at, ms4, ms6 in run:
                yield float(at), BothAsked(four, _ms(ms4), six, _ms(ms6))
    except (TypeError, ValueError) as error:
        raise Damaged(str(error)) from None


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
