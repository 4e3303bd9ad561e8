"""Counters over time in the store: looks at single counters, and what whole runs read of them.

What is looked at is kept poll by poll at first, and folded after a while into the intervals between the polls, of which
a day of a large county can be judged in seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from inventory.codec import CodecError, decode
from inventory.errors import Missing
from inventory.facts import Counter, Counters, Reachability
from inventory.intervals import Intervals, Reading
from inventory.store.engine import Connecting
from inventory.store.folding import (
    Asked,
    Times,
    body_of,
    both_of,
    families_of,
    folded,
    folded_families,
    poll_of,
    unfolded,
    unfolded_families,
)
from inventory.store.packing import Damaged, storable, unpacked
from inventory.store.tables import devices, facts, folds, polls, runs
from inventory.traffic import Poll, Watch, reached, watched

WINDOW = timedelta(days=1)  # of polls that a run is judged by: the busy hour comes once a day
FOLD = 12  # polls
_TARGETS = 64  # that are folded at once: nobody else can write meanwhile
_RUNS = 8  # whole runs that are looked at where nobody polled
_RUNS_WINDOW = timedelta(days=35)
_POLLS = (
    select(polls.c.id, polls.c.at, polls.c.body, polls.c.families)
    .where(polls.c.target == bindparam("target"), polls.c.at >= bindparam("since"), polls.c.at <= bindparam("until"))
    .order_by(polls.c.id)
)
_FOLDS = (
    select(folds.c.since, folds.c.until, folds.c.last_poll, folds.c.body)
    .where(
        folds.c.target == bindparam("target"), folds.c.until >= bindparam("since"), folds.c.since <= bindparam("until")
    )
    .order_by(folds.c.id)
)
_FAMILIES = _POLLS.with_only_columns(polls.c.id, polls.c.at, polls.c.families).where(polls.c.families.is_not(None))
_FOLDED_FAMILIES = _FOLDS.with_only_columns(folds.c.last_poll, folds.c.families).where(folds.c.families.is_not(None))


class StoredTraffic:
    """The polls of a project."""

    def __init__(self, writing: Connecting, reading: Connecting) -> None:
        self._writing = writing
        self._reading = reading

    def keep(self, found: Iterable[Poll]) -> None:
        """Keeps polls in the order in which they came."""
        rows = [
            {"target": storable(each.target), "at": each.at, "body": body_of(each), "families": families_of(each)}
            for each in found
        ]
        if rows:
            with self._writing() as connection:
                connection.execute(insert(polls), rows)

    def fold(self) -> int:
        """Folds the polls of every target that has enough of them; how many were taken in."""
        due = select(polls.c.target).group_by(polls.c.target).having(func.count() > FOLD).limit(_TARGETS)
        count = 0
        while True:
            with self._writing() as connection:
                targets = connection.execute(due).scalars().all()
                count += sum(_fold(connection, target) for target in targets)
            if not targets:
                return count

    def forget(self, before: datetime) -> int:
        """Takes out what is older; how many polls and folds there were."""
        with self._writing() as connection:
            old = (delete(polls).where(polls.c.at < before), delete(folds).where(folds.c.until < before))
            return sum(connection.execute(each).rowcount for each in old)

    def of(self, target: str, since: datetime, until: datetime) -> list[Poll]:
        """The polls of one target in that time that are not folded, in the order in which they came."""
        with self._reading() as connection:
            rows = connection.execute(_POLLS, {"target": storable(target), "since": since, "until": until}).all()
        return [poll for _, *row in rows if (poll := poll_of(target, *row)) is not None]

    def watch(self, target: str, since: datetime, until: datetime) -> Watch:
        """What the polls of one target in that time tell together, folded or not."""
        asked = {"target": storable(target), "since": since, "until": until}
        with self._reading() as connection:
            late = connection.execute(_POLLS, asked).all()  # before the folds: what is folded meanwhile is in both
            early = connection.execute(_FOLDS, asked).all()
        intervals: dict[str, Intervals] = {}
        connects: list[float | None] = []
        for first, last, _, body in early:
            with suppress(Damaged):
                unfolded(body, intervals, connects, _times(since, until, first, last))
        after = max((row.last_poll for row in early), default=0)
        loose = [p for i, at, body, _ in late if i >= after and (p := poll_of(target, at, body)) is not None]
        told = watched(loose)
        for name, each in told.intervals.items():
            if name in intervals:
                intervals[name].extend(each)
            else:
                intervals[name] = each
        return Watch(intervals, (*connects, *told.connects_ms))

    def asked(self, target: str, since: datetime, until: datetime) -> list[Asked]:
        """The connects over both families of one target in that time, folded or not, in the order they were made."""
        wanted = {"target": storable(target), "since": since, "until": until}
        with self._reading() as connection:
            late = connection.execute(_FAMILIES, wanted).all()  # before the folds, as above
            early = connection.execute(_FOLDED_FAMILIES, wanted).all()
        found: list[Asked] = []
        for _, families in early:
            with suppress(Damaged):
                found += unfolded_families(families)
        after = max((last for last, _ in early), default=0)
        for i, at, families in late:
            with suppress(Damaged):
                found += [(at.timestamp(), both_of(families))] if i >= after else []
        first, last = since.timestamp(), until.timestamp()
        return [(at, both) for at, both in found if first <= at <= last]

    def history(self, run: int) -> StoredHistory:
        """What one run may be judged by: what was read until it ended."""
        return StoredHistory(self, self._reading, run)


def _fold(connection: Connection, target: str) -> int:
    rows = connection.execute(
        select(polls.c.id, polls.c.at, polls.c.body, polls.c.families)
        .where(polls.c.target == target)
        .order_by(polls.c.id)
    ).all()
    kept = [(i, poll_of(target, *row)) for i, *row in rows]
    start = 0
    while len(kept) - start > FOLD:
        end = _end(kept, start)
        found = [poll for _, poll in kept[start : end + 1] if poll is not None]
        if found:
            times = [poll.at for poll in found]
            row: dict[str, Any] = {"target": target, "since": min(times), "until": max(times)}
            row |= {"last_poll": kept[end][0], "body": folded(found), "families": folded_families(found)}
            connection.execute(insert(folds), row)
        start = end
    connection.execute(delete(polls).where(polls.c.target == target, polls.c.id < kept[start][0]))
    return start


def _end(kept: Sequence[tuple[int, Poll | None]], start: int) -> int:
    """Where a fold ends: at a poll that the agent answered, so that the next begins where something was read."""
    ends = range(start + FOLD, start, -1)
    return next((n for n in ends if (poll := kept[n][1]) is not None and poll.counters), start + FOLD)


def _times(since: datetime, until: datetime, first: datetime, last: datetime) -> Times | None:
    return None if since <= first and last <= until else (since.timestamp(), until.timestamp())


class StoredHistory:
    """Counters read until a run ended; nothing that came after changes how it is judged again."""

    def __init__(self, traffic: StoredTraffic, reading: Connecting, run: int) -> None:
        self._traffic = traffic
        self._reading = reading
        with reading() as connection:
            row = connection.execute(select(runs.c.started, runs.c.finished).where(runs.c.id == run)).one()
            self._since: datetime = row.started - WINDOW
            self._until: datetime = row.finished or row.started + WINDOW  # while it runs nothing is later than now
            oldest = row.started - _RUNS_WINDOW
            within = (runs.c.id <= run) & (runs.c.started >= oldest)
            newest = select(runs.c.id).where(within).order_by(runs.c.id.desc()).limit(_RUNS)
            self._runs = sorted(connection.execute(newest).scalars())
            late = select(polls.c.target, polls.c.families.is_not(None)).where(
                polls.c.at >= self._since, polls.c.at <= self._until
            )
            early = select(folds.c.target, folds.c.families.is_not(None)).where(
                folds.c.until >= self._since, folds.c.since <= self._until
            )
            found = connection.execute(late.union(early)).all()
        self._polled = frozenset(target for target, _ in found)
        self._over_both = frozenset(target for target, both in found if both)

    def watch(self, target: str) -> Watch:
        """Looks at the counters alone, of the last day."""
        if storable(target) not in self._polled:
            return Watch()
        return self._traffic.watch(target, self._since, self._until)

    def reached(self, target: str) -> Reachability | Missing:
        """How it answered polls over both families of the last day."""
        asked = storable(target) in self._over_both
        return reached(self._traffic.asked(target, self._since, self._until) if asked else ())

    def readings(self, target: str, interfaces: Collection[str]) -> Mapping[str, Sequence[Reading]]:
        """What whole runs read of some interfaces; nothing where there was one run alone."""
        found: dict[str, list[Reading]] = {}
        if len(self._runs) > 1:
            for at, counters in self._counters(target, interfaces):
                for each in counters.items:
                    found.setdefault(each.interface, []).append(Reading(at, counters.uptime_s, each))
        return found

    def _counters(self, target: str, interfaces: Collection[str]) -> Iterator[tuple[datetime, Counters]]:
        statement = (
            select(devices.c.taken_at, facts.c.body)
            .join_from(devices, facts, facts.c.device_id == devices.c.id)
            .where(devices.c.run_id.in_(self._runs), devices.c.target == storable(target))
            .where(facts.c.kind == Counters.__name__)
            .order_by(devices.c.run_id)
        )
        with self._reading() as connection:
            rows = connection.execute(statement).all()
        for at, body in rows:
            counters = _those(body, interfaces)
            if counters is not None:
                yield at, counters


def _those(body: bytes, interfaces: Collection[str]) -> Counters | None:
    """A stored fact with the counters of some interfaces only: reading them all would take most of the time."""
    try:
        plain = unpacked(body)
        items = [item for item in plain.get("items", ()) if item.get("interface") in interfaces]
        return Counters(tuple(decode(Counter, item) for item in items), plain.get("uptime_s"))
    except (AttributeError, CodecError, Damaged):
        return None
