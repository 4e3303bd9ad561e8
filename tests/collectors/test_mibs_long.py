"""Tables of very many rows: read by the columns that are wanted, or not, and then with the reason."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from collectors.base import SnmpSession, SnmpValue
from collectors.by_snmp import facts_by_snmp
from collectors.mibs.agent import MOST_CELLS, Agent
from collectors.mibs.counters import WANTED
from collectors.mibs.interfaces import ALIAS, BASICS, IF_ENTRY, IFX_ENTRY, both, interface_names
from collectors.mibs.rows import LONG
from inventory.errors import Gap, Missing, ReadFailed
from inventory.facts import Counters, Interfaces, SystemGroup

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TEXTS = {(IF_ENTRY, 2): b"gpon-onu_1/2/3:", (IFX_ENTRY, 1): b"gpon-onu_1/2/3:", (IFX_ENTRY, ALIAS): b"user "}


class Rows:
    """An agent of so many interfaces with all columns of both tables, which notes what is read of it."""

    engine = "replay"

    def __init__(self, interfaces: int, silent: str = "") -> None:
        self._interfaces = interfaces
        self._silent = silent
        self.read: Count[str] = Count()

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        return {oid: 100 if oid == "1.3.6.1.2.1.1.3.0" else None for oid in oids}

    def walk(self, root: str) -> Iterator[tuple[str, SnmpValue]]:
        for entry, columns in ((IF_ENTRY, 22), (IFX_ENTRY, 19)):
            for column in range(1, columns + 1):
                below = f"{entry}.{column}"
                if f"{below}.".startswith(f"{root}."):
                    yield from self._column(below, TEXTS.get((entry, column)))

    def _column(self, below: str, words: bytes | None) -> Iterator[tuple[str, SnmpValue]]:
        for index in range(1, self._interfaces + 1):
            if below == self._silent and index > 1000:
                raise ReadFailed("rows stop without an end")
            self.read[below] += 1
            yield f"{below}.{index}", index if words is None else words + str(index).encode()

    def close(self) -> None:
        return


def told(session: SnmpSession) -> tuple[Interfaces | Missing, Counters | Missing]:
    facts = facts_by_snmp(session, (Interfaces, Counters), NOW)
    listed, counted = facts[Interfaces], facts[Counters]
    assert isinstance(listed, Interfaces | Missing)
    assert isinstance(counted, Counters | Missing)
    return listed, counted


def test_a_long_table_is_read_by_the_columns_wanted() -> None:
    """16,000 interfaces: what neither facts nor counters are made of is not asked for, the first column excepted."""
    agent = Rows(16_000)
    listed, counted = told(agent)
    assert isinstance(listed, Interfaces)
    assert isinstance(counted, Counters)
    assert (len(listed.items), len(counted.items)) == (16_000, 16_000)
    assert (listed.items[-1].name, listed.items[-1].alias) == ("gpon-onu_1/2/3:16000", "user 16000")
    assert counted.items[-1].in_octets == 16_000
    wanted = {f"{IF_ENTRY}.{n}" for n in (1, *BASICS[0], *WANTED[0])}
    wanted |= {f"{IFX_ENTRY}.{n}" for n in (1, *BASICS[1], *WANTED[1])}
    # one row of the column that follows the first shows that this one is over
    assert {oid for oid, rows in agent.read.items() if rows > 1} == wanted
    assert sum(agent.read.values()) < 500_000


def test_a_short_table_is_read_whole_and_once() -> None:
    agent = Rows(48)
    told(agent)
    assert (len(agent.read), set(agent.read.values())) == (41, {48})


def test_where_facts_fit_and_counters_do_not_the_counters_say_why() -> None:
    listed, counted = told(Rows(20_000))
    assert isinstance(listed, Interfaces)
    assert len(listed.items) == 20_000
    reason = "6 columns of a table of 20000 rows are more than is read of one"
    assert counted == Missing(Gap.UNPARSED, reason)


def test_too_many_interfaces_cost_their_own_facts_alone() -> None:
    """200,000 interfaces: the first column of each table tells it, and nothing more is read of them."""
    agent = Rows(200_000)
    facts = facts_by_snmp(agent, (SystemGroup, Interfaces, Counters), NOW)
    listed, counted = facts[Interfaces], facts[Counters]
    assert isinstance(listed, Missing)
    assert isinstance(counted, Missing)
    assert "200000 rows" in listed.why
    assert sum(agent.read.values()) <= 2 * 200_000 + 2
    assert not isinstance(facts[SystemGroup], Missing)


def test_a_column_that_breaks_off_breaks_the_table_off() -> None:
    """No interface is listed without what the agent kept to itself, and the names read before are still known."""
    session = Rows(LONG + 1, silent=f"{IF_ENTRY}.7")
    agent = Agent(session, NOW)
    basics, _ = both(agent, BASICS)
    with pytest.raises(ReadFailed, match="rows stop"):
        basics.whole()
    assert len(interface_names(agent)) == LONG + 1
    assert isinstance(told(session)[0], Missing)


def test_a_column_of_a_long_table_is_read_when_it_is_asked_for() -> None:
    agent = Agent(Rows(LONG + 1), NOW)
    agent.table(IF_ENTRY, [2])
    assert len(agent.column(f"{IF_ENTRY}.6")) == LONG + 1
    assert MOST_CELLS > 3 * LONG
