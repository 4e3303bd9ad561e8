"""What is known of each device at one moment, and of the whole network in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Protocol, TypeVar

from inventory import facts as _facts
from inventory.errors import Gap, Missing
from inventory.facts import Fact

F = TypeVar("F", bound=Fact)
Facts = dict[type[Fact], Fact | Missing]


class State(StrEnum):
    """What became of a target in a run."""

    ANSWERED = "answered"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"  # something answered, and refused every login
    WITHHELD = "withheld"  # the login failure budget kept us from asking


@cache
def fact_kinds() -> dict[str, type[Fact]]:
    """Every fact type by name, as inventory.facts exports them."""
    found = {name: getattr(_facts, name) for name in _facts.__all__}
    return {n: c for n, c in found.items() if isinstance(c, type) and issubclass(c, Fact) and c is not Fact}


@dataclass(frozen=True, slots=True)
class SoFar(Missing):
    """Missing, for what tells it may be cut; ``seen`` is what the rest tells: nothing of it may be taken for all."""

    seen: Fact | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DeviceRecord:
    """A target of a run and what became of it, without its facts."""

    target: str
    address: str
    state: State
    taken_at: datetime
    platform: str | None = None  # None: not recognised
    site: str | None = None  # None: neither targets nor register place it
    role: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One device at one moment: each fact present or Missing. A kind not in ``facts`` was not asked for."""

    record: DeviceRecord
    facts: Mapping[type[Fact], Fact | Missing] = field(default_factory=dict)

    def fact(self, kind: type[F]) -> F | Missing:
        """The fact of this type, or why it is not known."""
        return fact_in(self.facts, kind)


def fact_in(facts: Mapping[type[Fact], Fact | Missing], kind: type[F]) -> F | Missing:
    """The fact of one type out of a mapping by type; Missing(UNREAD) where nobody asked for it."""
    found = facts.get(kind)
    if isinstance(found, kind | Missing):
        return found
    return Missing(Gap.UNREAD, f"{kind.__name__} was not asked for")


SYSTEM_PREFIX = "system:"


def system_target(name: str) -> str:
    """The name under which a business system's ServiceProbe is kept beside the devices' facts."""
    return SYSTEM_PREFIX + name


class Network(Protocol):
    """All that one run knows; reads come from the store one by one, never the whole into memory."""

    def records(self) -> Iterator[DeviceRecord]:
        """Every device target of the run."""

    def record(self, target: str) -> DeviceRecord | None:
        """One target, None when the run has none of that name."""

    def fact(self, target: str, kind: type[F]) -> F | Missing:
        """A fact of one target."""

    def each(self, kind: type[F]) -> Iterator[tuple[str, F | Missing]]:
        """That fact of every device target that was asked for it."""

    def raw(self, sha256: str) -> str | None:
        """A raw answer by the address that evidence carries, masked; None when it was not kept."""


class MemoryNetwork:
    """A Network over snapshots held in memory: for captures, small what-ifs and tests."""

    def __init__(self, snapshots: Iterator[Snapshot] | list[Snapshot], raws: Mapping[str, str] | None = None) -> None:
        self._snapshots = {s.record.target: s for s in snapshots}
        self._raws = raws or {}

    def records(self) -> Iterator[DeviceRecord]:
        """Every device target."""
        return (s.record for t, s in self._snapshots.items() if not t.startswith(SYSTEM_PREFIX))

    def record(self, target: str) -> DeviceRecord | None:
        """One target, None when there is none of that name."""
        found = self._snapshots.get(target)
        return found.record if found else None

    def fact(self, target: str, kind: type[F]) -> F | Missing:
        """A fact of one target."""
        found = self._snapshots.get(target)
        return found.fact(kind) if found else Missing(Gap.UNREAD, f"no target named {target}")

    def each(self, kind: type[F]) -> Iterator[tuple[str, F | Missing]]:
        """That fact of every device target that was asked for it."""
        for target, snapshot in self._snapshots.items():
            if kind in snapshot.facts and not target.startswith(SYSTEM_PREFIX):
                yield target, snapshot.fact(kind)

    def raw(self, sha256: str) -> str | None:
        """A raw answer; None when it was not kept."""
        return self._raws.get(sha256)
