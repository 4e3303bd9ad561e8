"""An agent being read for one snapshot: every table is walked once, and a failing one costs itself alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from collectors.base import SYS_UPTIME, SnmpSession, SnmpValue
from collectors.mibs.rows import Table, read_table, seconds
from inventory.errors import CollectError, Gap, Missing, ReadFailed, Unreachable
from inventory.evidence import Evidence
from inventory.facts import Fact

MOST_CELLS = 250_000  # of the columns wanted of a long table: a half of what all tables of a session may bring
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

    def table(self, entry: str, wanted: Collection[int] = ()) -> Table:
        """The table with this entry OID; see Table.failure for how much of it was read.

        Where columns are named, a long table is read by these alone; all that was read before is in it.
        """
        if entry not in self._tables:
            self._tables[entry] = self._walked(entry, whole=not wanted)
        table = self._tables[entry]
        lacking = [] if table.read is None or table.failure else [n for n in map(str, wanted) if n not in table.read]
        return self._with(table, entry, lacking) if lacking else table

    def _with(self, table: Table, entry: str, lacking: list[str]) -> Table:
        """A long table with these columns beside those read before; one of too many rows fails for who wants them."""
        read = table.read or set()
        rows = max(map(len, table.columns.values()))
        if rows * (len(read) + len(lacking)) > MOST_CELLS:
            why = f"{len(lacking)} columns of a table of {rows} rows are more than is read of one"
            return Table(table.columns, ReadFailed(why), table.read)
        for number in lacking:
            column = self._walked(f"{entry}.{number}")
            table.failure = table.failure or column.failure
            table.columns[number] = _flat(column)
            read.add(number)
        return table

    def column(self, oid: str) -> dict[str, SnmpValue]:
        """One column (or the rows of it below a part of its index), index → value; raises where rows may be missing."""
        table, _, last = oid.rpartition(".")
        if table in self._tables:
            return self.table(table, [int(last)]).whole().columns.get(last, {})
        if oid not in self._tables:
            self._tables[oid] = self._walked(oid)
        return _flat(self._tables[oid].whole())

    def scalars(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Values by OID in one request, None for those the agent lacks; raises CollectError."""
        wanted = [oid for oid in oids if oid not in self._scalars]
        if wanted:
            if self._gone:
                raise self._gone
            self._scalars.update(self._session.get(wanted))
        return {oid: self._scalars[oid] for oid in oids}

    def uptime_s(self) -> float | None:
        """Seconds since the agent began (sysUpTime), which go round after 497 days; None where it does not tell."""
        return seconds(self.scalars([SYS_UPTIME])[SYS_UPTIME])

    def once(self, kind: type[T], make: Callable[[], T]) -> T:
        """What was worked out of this agent before, one of a kind, else what ``make`` makes of it now."""
        made = self._made.get(kind)
        if not isinstance(made, kind):
            made = self._made[kind] = make()
        return made

    def evidence(self, source: str, excerpt: str = "") -> Evidence:
        """Evidence of this moment; ``source`` names the MIB and the object."""
        return Evidence(f"SNMP {source}", excerpt=excerpt, taken_at=self._now)

    def _walked(self, entry: str, *, whole: bool = True) -> Table:
        if self._gone:
            return Table(failure=self._gone)
        table = read_table(self._session, entry, whole=whole)
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


def _flat(column: Table) -> dict[str, SnmpValue]:
    """Index → value of what was read of one column, below which a "column number" is the first part of the index."""
    return {
        f"{head}.{rest}" if rest else head: value
        for head, values in column.columns.items()
        for rest, value in values.items()
    }


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
