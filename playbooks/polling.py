"""Polling: the declared links' interfaces read at an interval and kept, so that a run can tell what they carry."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from collectors.discovery.pace import Pace
from collectors.gather import Asking
from collectors.polling import Watched, look
from collectors.workers import in_parallel
from inventory.register import Register
from inventory.store import Store
from inventory.targets import Target
from inventory.traffic import Poll

_BATCH = 256
_TIDY_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often and how fast."""

    every_s: float
    rounds: int | None  # None: until it is stopped
    per_second: float  # devices begun
    workers: int
    keep: timedelta  # older polls are forgotten


@dataclass(frozen=True, slots=True)
class Round:
    """What came of looking at every device once."""

    number: int
    devices: int
    answered: int
    interfaces: int


def watched(register: Register, targets: Iterable[Target], platforms: Mapping[str, str | None]) -> list[Watched]:
    """The devices that declared links end on, with those interfaces; a device that is no target is left out."""
    by_word = {target.name: target for target in targets}
    by_address = {str(target.address): target for target in by_word.values()}
    wanted: dict[str, set[str]] = {}
    for link in register.links:
        for word, interface in ((link.a_device, link.a_interface), (link.z_device, link.z_interface)):
            device = register.device(word or "")
            if device is None or not interface:
                continue
            named = (by_word.get(name) for name in (device.asset_no, device.name or "") if name)
            placed = (by_address.get(str(ip)) for ip in device.addresses)
            target = next((found for found in (*named, *placed) if found), None)
            if target is not None:
                wanted.setdefault(target.name, set()).add(interface)
    return [
        Watched(by_word[name], frozenset(interfaces), platforms.get(name) or by_word[name].platform)
        for name, interfaces in wanted.items()
    ]


def platforms_of(store: Store) -> dict[str, str | None]:
    """The platform of each target as the newest run found it; empty before the first."""
    newest = next(iter(store.runs()), None)
    return {} if newest is None else {record.target: record.platform for record in store.records(newest.id)}


def watch(store: Store, devices: list[Watched], asking: Asking, rhythm: Rhythm) -> Iterator[Round]:
    """Looks at every device once an interval and keeps what they tell; yields after each round.

    A round that takes longer than the interval is followed by the next at once, never by two side by side.
    """
    pace = Pace(rhythm.per_second)
    tidied, due = -_TIDY_EVERY_S, time.monotonic()
    number = 0
    while rhythm.rounds is None or number < rhythm.rounds:
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due, time.monotonic() - rhythm.every_s) + rhythm.every_s
        number += 1
        polls = in_parallel(partial(look, asking=asking), _paced(devices, pace), rhythm.workers)
        yield _kept(store, polls, number, len(devices))
        if time.monotonic() - tidied > _TIDY_EVERY_S:
            store.traffic.forget(datetime.now(UTC) - rhythm.keep)
            store.traffic.fold()
            tidied = time.monotonic()


def _paced(devices: Iterable[Watched], pace: Pace) -> Iterator[Watched]:
    for device in devices:
        pace.take(1)
        yield device


def _kept(store: Store, polls: Iterable[Poll], number: int, devices: int) -> Round:
    answered = interfaces = 0
    waiting = iter(polls)
    while batch := list(islice(waiting, _BATCH)):
        answered += sum(bool(poll.counters) for poll in batch)
        interfaces += sum(len(poll.counters) for poll in batch)
        store.traffic.keep(batch)
    return Round(number, devices, answered, interfaces)
