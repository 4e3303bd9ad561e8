"""Whatever stands in an agent's tables, every reader gives a fact that can be kept, or the reason why it has none."""

from __future__ import annotations

import dataclasses
import json
import re
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.base import Oid, SnmpValue
from collectors.by_snmp import facts_by_snmp, readers
from collectors.mibs import addresses, bridge, entities, host, interfaces, neighbours, routes, system, vlans
from collectors.mibs.rows import LONGEST_TEXT
from collectors.sessions.replay_snmp import ReplaySnmp
from collectors.vendors.files import vendors
from inventory.codec import decode_fact, encode_fact
from inventory.errors import Gap, Missing
from inventory.facts import Fact, Interfaces, Neighbour, Neighbours
from inventory.snapshot import fact_kinds

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MODULES = (addresses, bridge, entities, host, interfaces, neighbours, routes, system, vlans)
# Every OID that a reader names: entries of tables, columns and scalars.
NAMED = sorted(
    {
        value.rstrip(".")
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, str) and value.startswith("1.") and value.replace(".", "").isdigit()
    }
    | set(system.SCALARS)
)
ARC = st.integers(0, 20) | st.sampled_from([1, 2, 4, 16, 22, 80, 128, 255, 256, 65535, 2**31, 2**32 - 1])
INDEX = st.lists(ARC, max_size=24) | st.builds(
    lambda head, kind, rest: [head, *kind, *rest],
    st.integers(1, 30),
    st.sampled_from([[1, 4, 10, 0, 0, 1], [2, 16, *[0] * 15, 1], [4, 10, 0, 0, 1], [1, 4, 0, 0, 0, 0], []]),
    st.lists(ARC, max_size=4),
)
TEXT = st.sampled_from(["Gi0/1", "华为", "Linux x 5.10 x86_64", "1.0", "", "\x1b[2J", "bash_5.2-1_amd64"])
VALUE = st.one_of(
    st.none(),
    st.integers(-(2**31), 2**32),
    st.integers(0, 6),
    st.binary(max_size=24),
    TEXT.map(str.encode),
    st.ip_addresses(v=4),
    st.sampled_from([Oid("1.3.6.1.4.1.2011.2.23.1"), Oid("1.3.6.1.2.1.25.2.1.4"), Oid("0.0"), Oid("1")]),
)
ROW = st.tuples(st.sampled_from(NAMED), INDEX, VALUE)


def session_of(rows: Iterable[tuple[str, list[int], SnmpValue]]) -> ReplaySnmp:
    return ReplaySnmp((tuple(map(int, root.split("."))) + tuple(index), value) for root, index, value in rows)


def test_readers_name_what_they_read() -> None:
    """The fuzzing below reaches every reader: each of them has OIDs of its own here."""
    assert len(NAMED) > 40
    assert len(readers()) >= 15


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.lists(ROW, max_size=40))
def test_any_tables_are_facts_that_can_be_kept_or_missing(rows: list[tuple[str, list[int], SnmpValue]]) -> None:
    found = facts_by_snmp(session_of(rows), tuple(readers()), NOW)
    names = {kind: name for name, kind in fact_kinds().items()}
    for kind, fact in found.items():
        assert not isinstance(fact, Fact) or isinstance(fact, kind)
        assert decode_fact(names[kind], json.loads(json.dumps(encode_fact(fact)))) == fact


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.lists(ROW, max_size=30))
def test_the_same_tables_are_the_same_facts(rows: list[tuple[str, list[int], SnmpValue]]) -> None:
    kinds = tuple(readers())
    forth = facts_by_snmp(session_of(rows), kinds, NOW)
    back = facts_by_snmp(session_of(rows), kinds[::-1], NOW)
    assert forth == back


def patterns(rule: object) -> Iterator[str]:
    """Every text in the rules of a vendor that may be a pattern."""
    if dataclasses.is_dataclass(rule):
        for each in dataclasses.fields(rule):
            yield from patterns(getattr(rule, each.name))
    elif isinstance(rule, tuple):
        for part in rule:
            yield from patterns(part)
    elif isinstance(rule, str) and re.search(r"[\\*+?\[(]", rule):
        yield rule


FILLERS = ("A", "0", " ", "-", ".", "a1 ", "1.", "A-", "V1", "_", "/1", "\n", "a\n", "(", ". ", "Version ")


@pytest.mark.parametrize("vendor", vendors(), ids=lambda vendor: str(vendor.vendor))
def test_no_sysdescr_keeps_a_pattern_busy(vendor: object) -> None:
    """A device chooses the text that vendor patterns search: none of them may take it for ever."""
    for pattern in dict.fromkeys(patterns(vendor)):
        words = ("", *re.findall(r"[A-Za-z][A-Za-z ]{1,}", pattern)[:4])
        for word in words:
            for filler in FILLERS:
                for said in (f"{word} {filler * LONGEST_TEXT}", (word + filler) * LONGEST_TEXT):
                    # Thrice at most: it is the garbage of other tests that is collected once in a while.
                    assert any(quick(pattern, said[:LONGEST_TEXT]) for _ in range(3)), (pattern, word, filler)


def quick(pattern: str, said: str) -> bool:
    began = time.process_time()
    re.search(pattern, said)
    return time.process_time() - began < 0.2


@pytest.mark.parametrize("said", ["²", "3" * 5000, "٣"])
def test_local_port_number_that_is_none_costs_no_neighbour(said: str) -> None:
    rows: list[tuple[str, list[int], SnmpValue]] = [
        (interfaces.IF_ENTRY, [2, 3], b"Gi0/3"),
        (neighbours.LLDP_LOC_PORT, [2, 3], neighbours.PORT_LOCAL),
        (neighbours.LLDP_LOC_PORT, [3, 3], said.encode()),
        (neighbours.LLDP_REM, [9, 0, 3, 1], b"core"),
    ]
    found = facts_by_snmp(session_of(rows), [Neighbours], NOW)[Neighbours]
    assert isinstance(found, Neighbours)
    assert [(each.interface, each.name) for each in found.items] == [("GigabitEthernet0/3", "core")]


def test_value_that_no_reader_foresaw_costs_its_fact_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(_: object) -> Fact:
        return Neighbours((Neighbour(str(int("²")), "lldp", None, None, None),))

    monkeypatch.setitem(readers(), Neighbours, stumbles)
    found = facts_by_snmp(session_of([(interfaces.IF_ENTRY, [2, 3], b"Gi0/3")]), [Neighbours, Interfaces], NOW)
    assert found[Neighbours] == Missing(Gap.UNPARSED, "Neighbours: the text holds a ValueError")
    assert isinstance(found[Interfaces], Interfaces)
