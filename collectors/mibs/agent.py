"""An agent being read for one snapshot: every table is walked once, and a failing one costs itself alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from collectors.base import SnmpSession, SnmpValue
from collectors.rows import Table, read_table
from inventory.errors import CollectError, Gap, Missing, Unreachable
from inventory.evidence import Evidence
from inventory.facts import Fact

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
T = TypeVar("T")


class Agent:
    """Tables and scalars of one agent, read when they are first asked for."""

    def __init__(self, session: SnmpSession, now: datetime) -> None:
        self._session = session
        self._now = now
        self._tables: dict[str, Table] = {}
        self._scalars: dict[str, SnmpValue] = {}
        self._made: dict[type, object] = {}
        self._gone: Unreachable | None = None

    def table(self, entry: str) -> Table:
        """The table with this entry OID; see Table.failure for how much of it was read."""
        if entry not in self._tables:
            self._tables[entry] = self._walked(entry)
        return self._tables[entry]

    def column(self, oid: str) -> dict[str, SnmpValue]:
        """One column (or the rows of it below a part of its index), index → value; raises where rows may be missing."""
        table, _, last = oid.rpartition(".")
        if table in self._tables:
            return self._tables[table].whole().columns.get(last, {})
        if oid not in self._tables:
            self._tables[oid] = self._walked(oid)
        # below a column the "column number" of read_table is the first part of the index
        return {
            f"{head}.{rest}" if rest else head: value
            for head, values in self._tables[oid].whole().columns.items()
            for rest, value in values.items()
        }

    def scalars(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Values by OID in one request, None for those the agent lacks; raises CollectError."""
        wanted = [oid for oid in oids if oid not in self._scalars]
        if wanted:
            if self._gone:
                raise self._gone
            self._scalars.update(self._session.get(wanted))
        return {oid: self._scalars[oid] for oid in oids}

    def once(self, kind: type[T], make: Callable[[], T]) -> T:
        """What was worked out of this agent before, one of a kind, else what ``make`` makes of it now."""
        made = self._made.get(kind)
        if not isinstance(made, kind):
            made = self._made[kind] = make()
        return made

    def evidence(self, source: str, excerpt: str = "") -> Evidence:
        """Evidence of this moment; ``source`` names the MIB and the object."""
        return Evidence(f"SNMP {source}", excerpt=excerpt, taken_at=self._now)

    def _walked(self, entry: str) -> Table:
        if self._gone:
            return Table(failure=self._gone)
        table = read_table(self._session, entry)
        if isinstance(table.failure, Unreachable):
            self._still_there(table.failure)
        return table

    def _still_there(self, failure: Unreachable) -> None:
        """A slow table is one thing, a device that went away another: the second is not waited for again."""
        try:
            self._session.get([SYS_UPTIME])
        except Unreachable:
            self._gone = failure
        except CollectError:
            return


Reader = Callable[[Agent], Fact | Missing]
READERS: dict[type[Fact], Reader] = {}
R = TypeVar("R", bound=Reader)


def reads(kind: type[Fact]) -> Callable[[R], R]:
    """Marks the function that reads a kind of fact; it may raise CollectError."""

    def keep(reader: R) -> R:
        READERS[kind] = reader
        return reader

    return keep


def lacks(what: str) -> Missing:
    """An agent without a MIB does not say that the device has nothing of the kind: another source may tell."""
    return Missing(Gap.UNREAD, f"the agent answers nothing of {what}")
