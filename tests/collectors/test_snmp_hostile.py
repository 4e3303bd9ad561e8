"""Agents that misbehave: what was read stays, the rest is Missing with the reason, and nothing runs over its bounds."""

from __future__ import annotations

import itertools
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Interface

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collectors.base import SnmpSession
from collectors.by_snmp import facts_by_snmp, readers
from collectors.sessions import snmp_gufo
from collectors.sessions.snmp import open_snmp
from inventory.credentials import Login, Secret, SnmpV3
from inventory.errors import CollectError, Gap, LoginRefused, Missing
from inventory.facts import Fact, Interfaces, SystemGroup
from playbooks.demo import agent_snmp, ber, usm
from playbooks.demo.agent_snmp import GET_BULK, GET_NEXT, RESPONSE, Agent
from playbooks.demo.mib import Table
from playbooks.demo.model import LOOPBACK, Device, Port

COMMUNITY = "reading"
ENGINES = [
    pytest.param("gufo", marks=pytest.mark.skipif(not snmp_gufo.available, reason="no gufo-snmp here")),
    "pysnmp",
]
Handler = Callable[[bytes], list[bytes]]
SYS_DESCR = (1, 3, 6, 1, 2, 1, 1, 1, 0)


def device() -> Device:
    ports = (
        Port("LoopBack0", 0, LOOPBACK, ipv4=IPv4Interface("127.0.0.1/32")),
        *(Port(f"GigabitEthernet0/0/{n}", 1000, ipv4=IPv4Interface(f"10.0.{n}.1/24")) for n in range(1, 9)),
    )
    return Device(
        "sw", IPv4Address("127.0.0.1"), "huawei_vrp", "access", "site", "S5735-L24T4S-A", 1, "x", ports,
        gateway4=IPv4Address("10.0.1.2"),
    )  # fmt: skip


ENGINE_ID = b"\x80\x00\x07\xdb\x03" + b"\x02" * 6
USER = usm.User("auditor", "sha256", "auth-word-1", "priv-word-1")
TABLE = Table(device(), ENGINE_ID, time.time() - 3600)
HONEST = Agent(ENGINE_ID, TABLE, COMMUNITY.encode(), None, time.time() - 3600)
SECURE = replace(HONEST, community=None, user=USER)


@contextmanager
def agent(handle: Handler) -> Iterator[int]:
    """A UDP agent on a port of its own that answers each datagram with what ``handle`` makes of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    message, peer = sock.recvfrom(65535)
                except TimeoutError:
                    continue
                for out in handle(message):
                    sock.sendto(out, peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def login(user: SnmpV3 | None = None) -> Login:
    return Login("default", community=None if user else Secret(COMMUNITY), snmpv3=user)


def opened(port: int, engine: str, **bounds: float) -> SnmpSession:
    limits = {"timeout_s": 0.15, "tries": 2, "deadline_s": 8.0, **bounds}
    return open_snmp("127.0.0.1", port, login(), engine=engine, **limits)  # type: ignore[arg-type]


def all_facts(session: SnmpSession) -> dict[type[Fact], Fact | Missing]:
    """Every fact SNMP can tell; each is there or has a reason."""
    try:
        found = facts_by_snmp(session, (SystemGroup, *readers()), datetime.now(UTC))
    finally:
        session.close()
    assert set(found) == set(readers())
    assert all(isinstance(fact, Fact | Missing) for fact in found.values())
    return found


def pdu_of(message: bytes) -> agent_snmp._Pdu:
    return agent_snmp._pdu(ber.elements(ber.opened(message)[1])[2])


def reply(
    message: bytes, bindings: list[bytes], *, status: int = 0, index: int = 0, request: int | None = None
) -> bytes:
    """A v2c answer to the request in a message with these bindings."""
    number = pdu_of(message).request if request is None else request
    response = agent_snmp._encoded(RESPONSE, number, status, index, bindings)
    return ber.sequence(ber.integer(1), ber.octets(COMMUNITY), response)


def bindings_for(message: bytes) -> list[bytes]:
    pdu = pdu_of(message)
    if pdu.kind == GET_BULK:
        return agent_snmp._bulk(TABLE, pdu)
    if pdu.kind == GET_NEXT:
        return [agent_snmp._next(TABLE, name)[1] for name in pdu.names]
    return [agent_snmp._binding(name, TABLE.value(name) or ber.NO_SUCH_OBJECT) for name in pdu.names]


def walks(message: bytes) -> bool:
    return pdu_of(message).kind in (GET_NEXT, GET_BULK)


def honest(message: bytes) -> list[bytes]:
    said = agent_snmp.answer(HONEST, message)
    return [said] if said else []


def backwards(message: bytes) -> list[bytes]:
    """The rows of a table from behind, page by page; what follows the table stays behind it."""
    if not walks(message):
        return honest(message)
    table = pdu_of(message).names[0][:10]
    found = bindings_for(message)
    inside = [b for b in found if ber.name_of(ber.elements(ber.opened(b)[1])[0])[: len(table)] == table]
    return [reply(message, [*inside[::-1], *(b for b in found if b not in inside)])]


def repeating(message: bytes) -> list[bytes]:
    first = bindings_for(message)[:1]
    return [reply(message, first * 5)] if walks(message) else honest(message)


def looping(message: bytes) -> list[bytes]:
    """Whatever is asked next, the walk begins anew."""
    start = [TABLE.binding(n) for n in range(10)]
    return [reply(message, start)] if walks(message) else honest(message)


def truncating(message: bytes) -> list[bytes]:
    return [out[: len(out) // 2] for out in honest(message)] if walks(message) else honest(message)


def failing(status: int) -> Handler:
    def handle(message: bytes) -> list[bytes]:
        if not walks(message):
            return honest(message)
        names = [agent_snmp._binding(name, b"\x05\x00") for name in pdu_of(message).names]
        return [reply(message, names, status=status, index=1)]

    return handle


def mistyping(message: bytes) -> list[bytes]:
    """Text where numbers belong and numbers where text belongs."""
    wrong = []
    for binding in bindings_for(message):
        (_, name), (tag, _) = ber.elements(ber.opened(binding)[1])
        value = ber.integer(-7) if tag == ber.OCTETS else ber.octets("words") if tag < 0x80 else ber.NO_SUCH_OBJECT
        wrong.append(ber.sequence(ber.tlv(ber.OID, name), value))
    return [reply(message, wrong)]


def foreign(message: bytes) -> list[bytes]:
    """Another request's answer before the true one."""
    if not walks(message):
        return honest(message)
    number = pdu_of(message).request
    return [reply(message, bindings_for(message), request=number ^ 1), *honest(message)]


def endless(value: bytes) -> Handler:
    """Tables without an end below whatever is walked."""
    numbers = itertools.count(1)
    columns: dict[ber.Name, ber.Name] = {}  # of rows that were made up so far

    def handle(message: bytes) -> list[bytes]:
        if not walks(message):
            return honest(message)
        asked = pdu_of(message).names[0]
        column = columns.get(asked, (*asked, 2))
        names = [(*column, next(numbers)) for _ in range(10)]
        columns.update(dict.fromkeys(names, column))
        return [reply(message, [ber.sequence(ber.oid(name), value) for name in names])]

    return handle


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
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_what_was_read_stays_and_the_rest_has_a_reason(name: str, engine: str) -> None:
    """The system group comes by GET, which these agents answer well; their walks are what goes wrong."""
    began = time.monotonic()
    with agent(MISBEHAVIOURS[name]) as port:
        found = all_facts(opened(port, engine))
    assert time.monotonic() - began < 40
    system = found[SystemGroup]
    assert isinstance(system, SystemGroup)
    assert system.sys_name == "sw"
    interfaces = found[Interfaces]
    if isinstance(interfaces, Interfaces):  # told although the agent misbehaves: then all of them, and right
        assert {i.name for i in interfaces.items} == {p.name for p in device().ports}
    else:
        assert interfaces.gap in (Gap.UNPARSED, Gap.REFUSED, Gap.UNREACHABLE, Gap.UNREAD)


@pytest.mark.parametrize("engine", ENGINES)
def test_honest_agent_is_read_in_full(engine: str) -> None:
    with agent(honest) as port:
        found = all_facts(opened(port, engine))
    interfaces = found[Interfaces]
    assert isinstance(interfaces, Interfaces)
    assert len(interfaces.items) == len(device().ports)


@pytest.mark.parametrize("engine", ENGINES)
def test_wrong_types_are_no_facts(engine: str) -> None:
    with agent(mistyping) as port:
        found = all_facts(opened(port, engine))
    system = found[SystemGroup]
    assert isinstance(system, Missing) or (system.sys_name is None and system.uptime_s is None)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", [ber.octets(b"x" * 100), ber.integer(6)])
def test_tables_without_end_are_bounded(engine: str, value: bytes) -> None:
    """A table longer than the session's bounds is read no further, and what depends on it says so."""
    with agent(endless(value)) as port:
        session = opened(port, engine, max_rows=3000, max_octets=200_000, timeout_s=0.5, deadline_s=20.0)
        found = all_facts(session)
    interfaces = found[Interfaces]
    assert isinstance(interfaces, Missing)
    assert "longer than" in interfaces.why or "not read within" in interfaces.why


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_that_goes_silent_costs_what_comes_after(engine: str) -> None:
    answers = itertools.count()

    def handle(message: bytes) -> list[bytes]:
        return honest(message) if next(answers) < 4 else []

    with agent(handle) as port:
        found = all_facts(opened(port, engine))
    assert isinstance(found[SystemGroup], SystemGroup)
    gone = [fact for fact in found.values() if isinstance(fact, Missing)]
    assert gone
    assert {fact.gap for fact in gone} <= {Gap.UNREACHABLE, Gap.UNREAD}


def test_answer_from_another_address_is_not_taken() -> None:
    """Only the address that was asked may answer (RFC 3411's principal is the agent asked)."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        asked.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.2", 0))
        asked.settimeout(0.1)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    message, peer = asked.recvfrom(65535)
                except TimeoutError:
                    continue
                for out in honest(message):
                    other.sendto(out, peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with pytest.raises(CollectError) as refusal:
            opened(asked.getsockname()[1], "auto")
        ended.set()
        thread.join()
    assert refusal.value.gap is Gap.UNREACHABLE


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("said", "read"),
    [("华为 S5735".encode(), "华为 S5735"), ("华为 S5735".encode("gbk"), "华为 S5735"), (b"caf\xe9 \x00\x01", "café")],
)
def test_text_of_any_encoding_is_read(engine: str, said: bytes, read: str) -> None:
    def handle(message: bytes) -> list[bytes]:
        if SYS_DESCR not in pdu_of(message).names:
            return honest(message)
        told = [
            agent_snmp._binding(SYS_DESCR, ber.octets(said)) if name == SYS_DESCR else binding
            for name, binding in zip(pdu_of(message).names, bindings_for(message), strict=True)
        ]
        return [reply(message, told)]

    with agent(handle) as port:
        system = all_facts(opened(port, engine))[SystemGroup]
    assert isinstance(system, SystemGroup)
    assert system.sys_descr == read


# -- SNMPv3 --------------------------------------------------------------------------------------------------------


def v3(auth: str = USER.auth, priv: str = USER.priv, name: str = USER.name) -> SnmpV3:
    return SnmpV3(name, "sha256", Secret(auth), "aes128", Secret(priv))


def secure(message: bytes) -> list[bytes]:
    said = agent_snmp.answer(SECURE, message)
    return [said] if said else []


def asked_as(port: int, user: SnmpV3, engine: str) -> SnmpSession:
    return open_snmp("127.0.0.1", port, login(user), engine=engine, timeout_s=0.3, tries=2, deadline_s=8.0)  # type: ignore[arg-type]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("user", [v3(auth="another-word"), v3(name="nobody")], ids=["wrong key", "unknown user"])
def test_refused_user_is_told_apart_from_silence_and_not_tried_again(user: SnmpV3, engine: str) -> None:
    authenticated = 0

    def handle(message: bytes) -> list[bytes]:
        nonlocal authenticated
        authenticated += user.user.encode() in message
        return secure(message)

    with agent(handle) as port, pytest.raises(LoginRefused):
        asked_as(port, user, engine)
    # One to learn the clock and one to be refused; twice, as an engine is not told which of the two was wrong.
    assert authenticated <= 4


@pytest.mark.parametrize("engine", ENGINES)
def test_clock_that_jumps_is_no_endless_loop(engine: str) -> None:
    """An agent whose engine time is never in the window (RFC 3414, 3.2) is given up."""
    dice = random.Random(7)

    def handle(message: bytes) -> list[bytes]:
        said = agent_snmp.answer(replace(SECURE, started=time.time() - dice.randrange(10**6)), message)
        return [said] if said else []

    began = time.monotonic()
    with agent(handle) as port:
        read_or_refused(port, engine)
    assert time.monotonic() - began < 30


def read_or_refused(port: int, engine: str) -> None:
    """A session that is refused, or one whose facts are there or have a reason."""
    try:
        session = asked_as(port, v3(), engine)
    except CollectError:
        return
    all_facts(session)


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_that_changes_is_given_up_or_learnt_anew(engine: str) -> None:
    """Two agents with a user of one name behind one address: never a crash."""
    other = replace(
        SECURE, engine=ENGINE_ID[:-1] + b"\x09", user=usm.User(USER.name, "sha256", "auth-word-2", "priv-word-2")
    )
    turns = itertools.cycle([SECURE, SECURE, SECURE, other])

    def handle(message: bytes) -> list[bytes]:
        said = agent_snmp.answer(next(turns), message)
        return [said] if said else []

    with agent(handle) as port:
        read_or_refused(port, engine)


# -- anything at all -----------------------------------------------------------------------------------------------

SOUP = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("engine", ENGINES)
def test_byte_soup_is_never_a_fact_nor_a_crash(engine: str) -> None:
    soup = b""

    def handle(message: bytes) -> list[bytes]:
        return [soup]

    with agent(handle) as port:

        @SOUP
        @given(st.binary(max_size=200))
        def pour(octets: bytes) -> None:
            nonlocal soup
            soup = octets
            with pytest.raises(CollectError):
                open_snmp("127.0.0.1", port, login(), engine=engine, timeout_s=0.02, tries=1, deadline_s=2.0)  # type: ignore[arg-type]

        pour()


@pytest.mark.parametrize("engine", ENGINES)
def test_damaged_answers_are_facts_or_missing(engine: str) -> None:
    """One octet of every third answer is another: what comes out is a fact or a reason."""
    dice = random.Random(11)

    def handle(message: bytes) -> list[bytes]:
        out = honest(message)
        if out and walks(message) and dice.random() < 0.3:
            damaged = bytearray(out[0])
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
            return [bytes(damaged)]
        return out

    for _ in range(4):
        with agent(handle) as port:
            all_facts(opened(port, engine))
