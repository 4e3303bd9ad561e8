"""Counters over time in the store: looks at single counters, and what whole runs read of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from inventory.codec import CodecError, decode
from inventory.facts import Counter, Counters
from inventory.store.packing import Damaged, json_text, storable, unpacked
from inventory.store.tables import devices, facts, polls, runs
from inventory.traffic import Poll, Reading

Connecting = Callable[[], AbstractContextManager[Connection]]
WINDOW = timedelta(days=1)  # of polls that a run is judged by: the busy hour comes once a day
_RUNS = 8  # whole runs that are looked at where nobody polled
_RUNS_WINDOW = timedelta(days=35)


class StoredTraffic:
    """The polls of a project."""

    def __init__(self, writing: Connecting, reading: Connecting) -> None:
        self._writing = writing
        self._reading = reading

    def keep(self, found: Iterable[Poll]) -> None:
        """Keeps polls in the order in which they came."""
        rows = [{"target": storable(each.target), "at": each.at, "body": _body(each)} for each in found]
        if rows:
            with self._writing() as connection:
                connection.execute(insert(polls), rows)

    def forget(self, before: datetime) -> int:
        """Takes out what is older; how many there were."""
        with self._writing() as connection:
            return connection.execute(delete(polls).where(polls.c.at < before)).rowcount

    def of(self, target: str, since: datetime, until: datetime) -> list[Poll]:
        """The polls of one target in that time, in the order in which they came."""
        wanted = (polls.c.target == storable(target)) & (polls.c.at >= since) & (polls.c.at <= until)
        with self._reading() as connection:
            rows = connection.execute(select(polls.c.at, polls.c.body).where(wanted).order_by(polls.c.id)).all()
        return [poll for at, body in rows if (poll := _poll(target, at, body)) is not None]

    def history(self, run: int) -> StoredHistory:
        """What one run may be judged by: what was read until it ended."""
        return StoredHistory(self, self._reading, run)


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
            late = (polls.c.at >= self._since) & (polls.c.at <= self._until)
            self._polled = frozenset(connection.execute(select(polls.c.target).where(late).distinct()).scalars())

    def polls(self, target: str) -> Sequence[Poll]:
        """Looks at the counters alone, of the last day."""
        if storable(target) not in self._polled:
            return ()
        return self._traffic.of(target, self._since, self._until)

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


def _body(poll: Poll) -> str:
    return json_text([poll.uptime_s, list(poll.connects_ms), [astuple(counter) for counter in poll.counters]])


def _poll(target: str, at: datetime, body: str) -> Poll | None:
    """The poll of a row; None for one that another version of hecha wrote."""
    try:
        uptime_s, connects, counters = json.loads(body)
        return Poll(target, at, uptime_s, tuple(Counter(*row) for row in counters), tuple(connects))
    except (TypeError, ValueError):
        return None
