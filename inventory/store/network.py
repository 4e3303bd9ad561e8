"""One run of the store as a Network: what checks and reports read facts from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from inventory.errors import Missing
from inventory.facts import Fact
from inventory.snapshot import DeviceRecord, Snapshot
from inventory.store.repository import Store

F = TypeVar("F", bound=Fact)


class StoredNetwork:
    """All that one run knows; reads come from the database, a page in memory at a time."""

    def __init__(self, store: Store, run: int) -> None:
        self._store = store
        self._run = run

    def records(self) -> Iterator[DeviceRecord]:
        """Every device target of the run."""
        return self._store.records(self._run)

    def record(self, target: str) -> DeviceRecord | None:
        """One target, None when the run has none of that name."""
        return self._store.record(self._run, target)

    def fact(self, target: str, kind: type[F]) -> F | Missing:
        """A fact of one target."""
        return self._store.fact(self._run, target, kind)

    def each(self, kind: type[F]) -> Iterator[tuple[str, F | Missing]]:
        """That fact of every device target that was asked for it."""
        return self._store.each(self._run, kind)

    def snapshot(self, target: str) -> Snapshot | None:
        """One target with all its facts, None when the run has none of that name."""
        return self._store.snapshot(self._run, target)

    def snapshots(self) -> Iterator[Snapshot]:
        """Every device target with all its facts."""
        return self._store.snapshots(self._run)

    def raw(self, sha256: str) -> str | None:
        """A raw answer by the address that evidence carries; None when it was not kept."""
        return self._store.raw(sha256)
