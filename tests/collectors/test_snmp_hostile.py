"""Agents that misbehave: what was read stays, the rest is Missing with the reason, and nothing runs over its bounds."""

from __future__ import annotations

import itertools
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from snmp_agents import (
    ENGINES,
    TABLE,
    Handler,
    agent,
    binding,
    bindings_for,
    device,
    honest,
    login,
    opened,
    pdu_of,
    reply,
    walks,
)

from collectors.base import SnmpSession
from collectors.by_snmp import facts_by_snmp, readers
from collectors.sessions.snmp import Bounds, Engine, open_snmp
from inventory.errors import CollectError, Gap, Missing
from inventory.facts import Addresses, Fact, Interfaces, SystemGroup
from playbooks.demo import ber
from playbooks.wanted import CENSUS

SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1, 0)
IF_ENTRY = (1, 3, 6, 1, 2, 1, 2, 2, 1)


def all_facts(session: SnmpSession) -> dict[type[Fact], Fact | Missing]:
    """Every fact SNMP can tell; each is there or has a reason."""
    try:
        found = facts_by_snmp(session, (SystemGroup, *readers()), datetime.now(UTC))
    finally:
        session.close()
    assert set(found) == set(readers())
    assert all(isinstance(fact, Fact | Missing) for fact in found.values())
    assert all(fact.why for fact in found.values() if isinstance(fact, Missing))
    return found


def backwards(message: bytes) -> list[bytes]:
    """The rows of a table from behind, page by page; what follows the table stays behind it."""
    if not walks(message):
        return honest(message)
    table = pdu_of(message).names[0][:10]
    found = bindings_for(message)
    inside = [b for b in found if ber.name_of(ber.elements(ber.opened(b)[1])[0])[: len(table)] == table]
    return [reply(message, [*inside[::-1], *(b for b in found if b not in inside)])]


def repeating(message: bytes) -> list[bytes]:
    """One row five times."""
    return [reply(message, bindings_for(message)[:1] * 5)] if walks(message) else honest(message)


def looping(message: bytes) -> list[bytes]:
    """Whatever is asked next, the walk begins anew."""
    return [reply(message, [TABLE.binding(n) for n in range(10)])] if walks(message) else honest(message)


def truncating(message: bytes) -> list[bytes]:
    """Half of each answer."""
    return [out[: len(out) // 2] for out in honest(message)] if walks(message) else honest(message)


def failing(status: int) -> Handler:
    """An error-status for every walk."""

    def handle(message: bytes) -> list[bytes]:
        if not walks(message):
            return honest(message)
        names = [binding(name, b"\x05\x00") for name in pdu_of(message).names]
        return [reply(message, names, status=status, index=1)]

    return handle


def foreign(message: bytes) -> list[bytes]:
    """Another request's answer before the true one."""
    if not walks(message):
        return honest(message)
    return [reply(message, bindings_for(message), request=pdu_of(message).request ^ 1), *honest(message)]


def twice(message: bytes) -> list[bytes]:
    """Every answer comes two times."""
    return honest(message) * 2


MISBEHAVIOURS: dict[str, Handler] = {
    "backwards": backwards,
    "repeating": repeating,
    "looping": looping,
    "truncating": truncating,
    "genErr": failing(5),
    "tooBig": failing(1),
    "noSuchName": failing(2),
    "unheard-of error": failing(99),
    "foreign": foreign,
    "twice": twice,
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_what_was_read_stays_and_the_rest_has_a_reason(name: str, engine: Engine) -> None:
    """The system group comes by GET, which these agents answer well; their walks are what goes wrong."""
    with agent(MISBEHAVIOURS[name]) as port:
        found = all_facts(opened(port, engine, deadline_s=3.0 if name == "truncating" else 30.0))
    system = found[SystemGroup]
    assert isinstance(system, SystemGroup)
    assert system.sys_name == "sw"
    interfaces = found[Interfaces]
    if isinstance(interfaces, Interfaces):  # told although the agent misbehaves: then all of them, and right
        assert {i.name for i in interfaces.items} == {p.name for p in device().ports}
    else:
        assert interfaces.gap in (Gap.UNPARSED, Gap.REFUSED, Gap.UNREACHABLE, Gap.UNREAD)
    if name in {"foreign", "twice"}:
        assert isinstance(interfaces, Interfaces)


@pytest.mark.parametrize("engine", ENGINES)
def test_honest_agent_is_read_in_full(engine: Engine) -> None:
    with agent(honest) as port:
        found = all_facts(opened(port, engine))
    interfaces = found[Interfaces]
    assert isinstance(interfaces, Interfaces)
    assert len(interfaces.items) == len(device().ports)


def mistyping(message: bytes) -> list[bytes]:
    """Text where numbers belong and numbers where text belongs."""
    wrong = []
    for each in bindings_for(message):
        (_, name), (tag, _) = ber.elements(ber.opened(each)[1])
        value = ber.integer(-7) if tag == ber.OCTETS else ber.octets("words") if tag < 0x80 else ber.NO_SUCH_OBJECT
        wrong.append(ber.sequence(ber.tlv(ber.OID, name), value))
    return [reply(message, wrong)]


@pytest.mark.parametrize("engine", ENGINES)
def test_wrong_types_are_no_facts(engine: Engine) -> None:
    with agent(mistyping) as port:
        found = all_facts(opened(port, engine))
    system = found[SystemGroup]
    assert isinstance(system, Missing) or (system.sys_name is None and system.uptime_s is None)
    addresses = found[Addresses]
    assert isinstance(addresses, Missing) or not any(a.prefix_known for a in addresses.items)


def endless(*values: bytes, below: ber.Name = ()) -> Handler:
    """Tables without an end, page by page of these values, wherever a walk begins below an object."""
    numbers = itertools.count(1)
    columns: dict[ber.Name, ber.Name] = {}  # of rows that were made up so far

    def handle(message: bytes) -> list[bytes]:
        asked = pdu_of(message).names[0]
        if not walks(message) or asked[: len(below)] != below:
            return honest(message)
        column = columns.pop(asked, (*asked, 2))
        names = [(*column, next(numbers)) for _ in values]
        columns[names[-1]] = column
        return [reply(message, [binding(name, value) for name, value in zip(names, values, strict=True)])]

    return handle


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("value", "what"), [(ber.octets(b"x" * 100), "octets"), (ber.integer(6), "rows")])
def test_tables_without_end_are_bounded(engine: Engine, value: bytes, what: str) -> None:
    """A table longer than the session's bounds is read no further, and what depends on it says so."""
    with agent(endless(*[value] * 10)) as port:
        limits = {"max_rows": 300} if what == "rows" else {"max_octets": 30_000}
        found = all_facts(opened(port, engine, deadline_s=20.0, timeout_s=1.0, **limits))
    interfaces = found[Interfaces]
    assert isinstance(interfaces, Missing)
    assert interfaces.gap is Gap.UNPARSED
    assert "longer than" in interfaces.why


def test_session_is_bounded_over_all_its_tables() -> None:
    """An agent may not bring the bound of one table with each of a dozen."""
    with agent(endless(*[ber.integer(6)] * 10)) as port:
        session = opened(port, "auto", max_rows=300)
        walked = [_walked(session, f"1.3.6.1.2.1.{n}") for n in range(1, 9)]
        session.close()
    assert [rows for rows, _ in walked] == [300, 300, 0, 0, 0, 0, 0, 0]
    assert all("all tables together" in why for _, why in walked[2:])


def _walked(session: SnmpSession, root: str) -> tuple[int, str]:
    rows: list[object] = []
    with pytest.raises(CollectError) as refusal:
        rows.extend(session.walk(root))
    return len(rows), refusal.value.why


@pytest.mark.parametrize(
    ("page", "below", "why"),
    [
        # ifTable of an agent with 200,000 interfaces: two columns of it are more than a walk may bring
        ([ber.integer(1)] * 60, IF_ENTRY, "longer than 250020 rows"),
        ([ber.octets(b"x" * 1000)] * 3, IF_ENTRY, "octets"),
        ([ber.integer(1)] * 60, (), "all tables together"),
    ],
    ids=["200,000 interfaces", "32 MB of descriptions", "all tables"],
)
def test_default_bounds_hold_time_and_memory(page: list[bytes], below: ber.Name, why: str) -> None:
    """The census of such an agent in a process of its own, at the bounds a run has."""
    with agent(endless(*page, below=below)) as port:
        began = time.monotonic()
        command = [sys.executable, __file__, str(port)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    mib, said = done.stdout.strip().split(" ", 1)
    assert why in said
    assert int(mib) < 250
    assert took < 100  # the deadline of a source is 120 s


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_that_goes_silent_costs_what_comes_after(engine: Engine) -> None:
    answers = itertools.count()

    def handle(message: bytes) -> list[bytes]:
        return honest(message) if next(answers) < 4 else []

    with agent(handle) as port:
        found = all_facts(opened(port, engine))
    assert isinstance(found[SystemGroup], SystemGroup)
    gone = [fact for fact in found.values() if isinstance(fact, Missing)]
    assert gone
    assert {fact.gap for fact in gone} <= {Gap.UNREACHABLE, Gap.UNREAD}


@pytest.mark.parametrize("engine", ENGINES)
def test_flood_of_other_answers_does_not_hold_a_session(engine: Engine) -> None:
    """Answers to other requests, one after the other and for ever: none of them buys the agent more time."""

    def handle(message: bytes) -> Iterable[bytes]:
        if not walks(message):
            return honest(message)
        return flood(reply(message, [], request=pdu_of(message).request ^ 1))

    def flood(answer: bytes) -> Iterator[bytes]:
        for _ in range(100_000):  # a minute and more
            time.sleep(0.0005)
            yield answer

    with agent(handle) as port:
        session = opened(port, engine, deadline_s=2.0)
        began = time.monotonic()
        with pytest.raises(CollectError) as silence:
            list(session.walk("1.3.6.1.2.1.2.2.1"))
        session.close()
        assert time.monotonic() - began < 20
    assert silence.value.gap is Gap.UNREACHABLE


@pytest.mark.parametrize("engine", ENGINES)
def test_answer_from_another_address_is_not_taken(engine: Engine) -> None:
    """Nothing of SNMP v2c proves who answers but the address that was asked."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.2", 0))
        answered = 0

        def elsewhere(message: bytes, peer: tuple[str, int]) -> None:
            nonlocal answered
            for out in honest(message):
                answered += other.sendto(out, peer)

        with agent(lambda _: [], heard=elsewhere) as port, pytest.raises(CollectError) as refusal:
            opened(port, engine)
    assert answered
    assert refusal.value.gap is Gap.UNREACHABLE


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("said", "read"),
    [("华为 S5735".encode(), "华为 S5735"), ("华为 S5735".encode("gbk"), "华为 S5735"), (b"caf\xe9 \x00\x01", "café")],
)
def test_text_of_any_encoding_is_read(engine: Engine, said: bytes, read: str) -> None:
    def handle(message: bytes) -> list[bytes]:
        if SYS_DESCR not in pdu_of(message).names:
            return honest(message)
        told = [
            binding(SYS_DESCR, ber.octets(said)) if name == SYS_DESCR else each
            for name, each in zip(pdu_of(message).names, bindings_for(message), strict=True)
        ]
        return [reply(message, told)]

    with agent(handle) as port:
        system = all_facts(opened(port, engine))[SystemGroup]
    assert isinstance(system, SystemGroup)
    assert system.sys_descr == read


SOUP = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("engine", ENGINES)
def test_byte_soup_is_never_a_session_nor_a_crash(engine: Engine) -> None:
    soup = b""
    with agent(lambda _: [soup]) as port:

        @SOUP
        @given(st.binary(max_size=200))
        def pour(octets: bytes) -> None:
            nonlocal soup
            soup = octets
            with pytest.raises(CollectError):
                open_snmp(
                    "127.0.0.1", port, login(), engine=engine, bounds=Bounds(timeout_s=0.02, tries=1, deadline_s=2.0)
                )

        pour()


@pytest.mark.parametrize("engine", ENGINES)
def test_any_value_is_a_fact_or_missing(engine: Engine) -> None:
    """Well-formed answers whose values are bytes of any tag: no reader stumbles."""
    values: list[bytes] = []

    def handle(message: bytes) -> list[bytes]:
        found = bindings_for(message)
        if walks(message) and pdu_of(message).names[0][:9] != IF_ENTRY:
            return honest(message)
        names = [ber.elements(ber.opened(each)[1])[0][1] for each in found]
        told = [ber.sequence(ber.tlv(ber.OID, name), values[n % len(values)]) for n, name in enumerate(names)]
        return [reply(message, told)]

    tags = st.sampled_from([ber.INTEGER, ber.OCTETS, 0x05, ber.OID, 0x40, 0x41, 0x42, 0x43, 0x44, 0x46, 0x80, 0x77])
    strange = st.builds(ber.tlv, tags, st.binary(max_size=20))
    with agent(handle) as port:

        @SOUP
        @given(st.lists(strange, min_size=1, max_size=4))
        def told(some: list[bytes]) -> None:
            values[:] = some
            try:
                session = opened(port, engine, timeout_s=0.05, deadline_s=1.0)
            except CollectError:
                return
            all_facts(session)

        told()


@pytest.mark.parametrize("engine", ENGINES)
def test_damaged_answers_are_facts_or_missing(engine: Engine) -> None:
    """One bit of every third answer is another: what comes out is a fact or a reason."""
    dice = random.Random(11)

    def handle(message: bytes) -> list[bytes]:
        out = honest(message)
        if out and walks(message) and dice.random() < 0.3:
            damaged = bytearray(out[0])
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
            return [bytes(damaged)]
        return out

    for _ in range(3):
        with agent(handle) as port:
            all_facts(opened(port, engine, deadline_s=2.0))


def _census(port: int) -> None:
    """Prints the peak of memory in MiB and why facts are missing; run in a process of its own."""
    session = open_snmp("127.0.0.1", port, login(), bounds=Bounds(timeout_s=2.0))
    told = facts_by_snmp(session, CENSUS, datetime.now(UTC))
    assert isinstance(told[Interfaces], Missing)
    # ru_maxrss also counts what the process that started this one held (getrusage(2), across execve).
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    reasons = dict.fromkeys(fact.why for fact in told.values() if isinstance(fact, Missing))
    sys.stdout.write(f"{peak} {'; '.join(reasons)}\n")


if __name__ == "__main__":
    _census(int(sys.argv[1]))
