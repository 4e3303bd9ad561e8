"""A device over all runs: when it was there, what changed from one time to the next; and the census as of a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from inventory.diff import Change, device_changes
from inventory.snapshot import DeviceRecord, Network, State


@dataclass(frozen=True, slots=True)
class Chapter:
    """One run in a device's life. ``changes`` are those since the last run in which it answered."""

    run: int
    record: DeviceRecord
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A device as it was last known at a moment."""

    run: int  # the run that knows most: the last in which it answered, else the last that asked
    record: DeviceRecord
    first_seen: datetime | None  # None: it never answered
    last_seen: datetime | None
    gone_since: datetime | None  # the first time it did not answer after it last did; None: it is there, or never was


def life(target: str, runs: Iterable[tuple[int, Network]]) -> Iterator[Chapter]:
    """A device's chapters, from runs in the order they were; those that did not ask for it are passed over."""
    before: tuple[DeviceRecord, Network] | None = None
    for number, network in runs:
        record = network.record(target)
        if record is None:
            continue
        answered = record.state is State.ANSWERED
        changes = tuple(device_changes(before[0], record, before[1], network)) if before and answered else ()
        yield Chapter(number, record, changes)
        if answered:
            before = (record, network)


def known(appearances: Iterable[tuple[int, DeviceRecord]]) -> Iterator[Known]:
    """Each device as it was last known, from its appearances in the order of time, device by device."""
    for _, each in groupby(appearances, key=lambda appearance: appearance[1].target):
        yield _known(list(each))


def _known(appearances: list[tuple[int, DeviceRecord]]) -> Known:
    seen = [(run, record) for run, record in appearances if record.state is State.ANSWERED]
    if not seen:
        return Known(*appearances[-1], None, None, None)
    run, last = seen[-1]
    gone = next((record.taken_at for _, record in appearances if record.taken_at > last.taken_at), None)
    return Known(run, last, seen[0][1].taken_at, last.taken_at, gone)
