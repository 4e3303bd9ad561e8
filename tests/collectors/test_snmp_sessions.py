"""Sessions with SNMP agents that are slow, old, small or far away: what is asked again, how, and how often."""

from __future__ import annotations

import itertools
import random
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from snmp_agents import (
    COMMUNITY,
    ENGINES,
    HONEST,
    NetSnmp,
    agent,
    answered,
    binding,
    bindings_for,
    honest,
    login,
    net_snmp,
    opened,
    pdu_of,
    reply,
    walks,
)

from collectors.base import Oid
from collectors.sessions import snmp_gufo
from collectors.sessions.snmp import Bounds, Engine, open_snmp
from inventory.credentials import Login
from inventory.errors import CollectError, Gap, LoginRefused, ReadFailed, Unreachable
from playbooks.demo import ber
from playbooks.demo.agent_snmp import GET_BULK

SYS_NAME, NOWHERE, IF_ENTRY = "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.99.0", "1.3.6.1.2.1.2.2.1"
IF_COLUMNS = (1, 3, 6, 1, 2, 1, 2, 2, 1)
# What a walk of ifTable has to bring.
WHOLE = {".".join(map(str, name)) for name in HONEST.table.names if name[:9] == IF_COLUMNS}


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetSnmp]:
    with net_snmp(tmp_path_factory.mktemp("snmpd"), ()) as running:
        yield running


def if_table(port: int, engine: Engine = "auto", timeout_s: float = 0.5) -> dict[str, object]:
    session = opened(port, engine, timeout_s=timeout_s, deadline_s=30.0)
    try:
        return dict(session.walk(IF_ENTRY))
    finally:
        session.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_get_tells_what_is_there_and_what_is_not(snmpd: NetSnmp, engine: Engine) -> None:
    session = opened(snmpd.port, engine, timeout_s=2.0)
    many = [f"1.3.6.1.2.1.1.{n}.0" for n in range(1, 60)]  # more than one request holds
    found = session.get([SYS_NAME, NOWHERE, *many])
    session.close()
    assert found[SYS_NAME] == b"lab-host"
    assert found[NOWHERE] is None
    assert set(found) == {SYS_NAME, NOWHERE, *many}
    assert found["1.3.6.1.2.1.1.6.0"] == "机房一".encode()
    assert type(found["1.3.6.1.2.1.1.2.0"]) is Oid


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_of_snmpv1_alone_is_read(engine: Engine) -> None:
    """It has no GETBULK and no noSuchObject: an error-status stands for the lack, and for the end."""
    with agent(lambda message: answered(HONEST, message) if message[4] == 0 else []) as port:
        session = opened(port, engine)
        assert session.get([SYS_NAME, NOWHERE]) == {SYS_NAME: b"sw", NOWHERE: None}
        assert {oid for oid, _ in session.walk(IF_ENTRY)} == WHOLE
        assert list(session.walk("1.3.6.1.9")) == []
        session.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_ipv6_agent_is_read(engine: Engine) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 on loopback")
        thread = threading.Thread(target=_serve, args=(sock,), daemon=True)
        thread.start()
        session = open_snmp("::1", sock.getsockname()[1], login(), engine=engine, bounds=Bounds(timeout_s=1.0, tries=2))
        assert session.get([SYS_NAME]) == {SYS_NAME: b"sw"}
        session.close()
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as last:
            last.sendto(b"", sock.getsockname())
        thread.join()


def _serve(sock: socket.socket) -> None:
    while True:
        message, peer = sock.recvfrom(65535)
        if not message:
            return
        for out in honest(message):
            sock.sendto(out, peer)


@pytest.mark.parametrize("engine", ENGINES)
def test_walk_over_a_bad_line_goes_on_where_it_was(engine: Engine) -> None:
    """A quarter of the answers is lost: what comes is each row once, in order."""
    dice = random.Random(3)
    with agent(lambda message: honest(message) if dice.random() < 0.75 else []) as port:
        session = open_snmp("127.0.0.1", port, login(), engine=engine, bounds=Bounds(timeout_s=0.15, tries=8))
        found = [oid for oid, _ in session.walk(IF_ENTRY)]
        session.close()
    assert len(found) == len(set(found))
    assert set(found) == WHOLE


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_without_getbulk_is_asked_row_by_row(engine: Engine) -> None:
    """Some agents of v2c never answer a GETBULK."""
    with agent(lambda message: honest(message) if pdu_of(message).kind != GET_BULK else []) as port:
        assert set(if_table(port, engine, timeout_s=0.3)) == WHOLE


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_that_answers_too_big_is_asked_for_less(engine: Engine) -> None:
    def handle(message: bytes) -> list[bytes]:
        pdu = pdu_of(message)
        if pdu.kind == GET_BULK and pdu.second > 3:
            names = [binding(name, b"\x05\x00") for name in pdu.names]
            return [reply(message, names, status=1)]
        return honest(message)

    with agent(handle) as port:
        assert set(if_table(port, engine)) == WHOLE


@pytest.mark.parametrize("engine", ENGINES)
def test_answer_of_many_kilobytes_is_read(engine: Engine) -> None:
    """An agent that puts more into one datagram than the default engine takes is read all the same."""

    def handle(message: bytes) -> list[bytes]:
        if not walks(message):
            return honest(message)
        bindings = bindings_for(message)
        name = ber.name_of(ber.elements(ber.opened(bindings[0])[1])[0])
        if name[:9] != IF_COLUMNS or pdu_of(message).kind != GET_BULK:
            return honest(message)
        return [reply(message, [binding(name, ber.octets(b"x" * 9000))])]

    with agent(handle) as port:
        found = if_table(port, engine)
    assert set(found) == WHOLE


@pytest.mark.parametrize("engine", ENGINES)
def test_error_in_the_middle_of_a_table_keeps_the_rows_before(engine: Engine) -> None:
    """GenErr at one object: the rows before it came, and the walk ends with the reason."""

    def handle(message: bytes) -> list[bytes]:
        asked = pdu_of(message).names[0]
        # from the fifth column on, wherever the page before ended
        if walks(message) and (*IF_COLUMNS, 5) <= asked[:10] < (*IF_COLUMNS, 99):
            return [reply(message, [binding(asked, b"\x05\x00")], status=5, index=1)]
        return honest(message)

    rows: list[tuple[str, object]] = []
    with agent(handle) as port:
        session = opened(port, engine, timeout_s=0.5)
        if engine == "gufo":  # alone it cannot tell the error from the end; with the other one it does
            session.close()
            session = opened(port, "auto")
        with pytest.raises(ReadFailed, match="genErr") as failure:
            rows.extend(session.walk(IF_ENTRY))
        session.close()
    assert failure.value.gap is Gap.REFUSED
    assert {oid.split(".")[9] for oid, _ in rows} >= {"1", "2", "3", "4"}


def test_silent_address_is_unreachable_within_its_tries() -> None:
    heard: list[bytes] = []
    with agent(lambda _: [], lambda message, _: heard.append(message)) as port, pytest.raises(Unreachable) as silence:
        open_snmp("127.0.0.1", port, login(), bounds=Bounds(timeout_s=0.05, tries=3))
    assert [message[4] for message in heard] == [1, 1, 1, 0, 0]  # SNMPv1 is tried last and briefly
    assert COMMUNITY not in silence.value.why


def test_closed_port_is_unreachable_at_once() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began = time.monotonic()
    with pytest.raises(Unreachable):
        open_snmp("127.0.0.1", port, login(), bounds=Bounds(timeout_s=5.0, tries=2))
    assert time.monotonic() - began < 4


def test_requests_keep_their_distance() -> None:
    heard: list[float] = []
    with agent(honest, heard=lambda *_: heard.append(time.monotonic())) as port:
        session = open_snmp("127.0.0.1", port, login(), bounds=Bounds(pace_s=0.03, timeout_s=1.0))
        list(session.walk(IF_ENTRY))
        session.close()
    assert len(heard) > 3
    assert heard[-1] - heard[0] >= 0.03 * (len(heard) - 1) - 0.03


def test_deadline_ends_a_session_of_a_slow_agent() -> None:
    """Each answer comes in time, and there is no end of them."""
    rows = itertools.count(1)

    def handle(message: bytes) -> list[bytes]:
        if not walks(message):
            return honest(message)
        time.sleep(0.02)
        return [reply(message, [binding((*IF_COLUMNS, 2, next(rows)), ber.integer(1))])]

    with agent(handle) as port:
        session = opened(port, "auto", timeout_s=0.5, deadline_s=0.5)
        with pytest.raises(ReadFailed, match="not read within") as late:
            list(session.walk(IF_ENTRY))
        session.close()
    assert late.value.gap is Gap.UNREACHABLE


def test_login_without_anything_for_snmp_is_refused_here() -> None:
    with pytest.raises(LoginRefused, match="neither"):
        open_snmp("127.0.0.1", 9, Login("ssh-only", username="x"))


def test_address_without_a_way_to_it_is_unreachable() -> None:
    with pytest.raises(CollectError) as failure:
        open_snmp("2001:db8::1", 161, login(), bounds=Bounds(timeout_s=0.1, tries=1))
    assert failure.value.gap is Gap.UNREACHABLE


@pytest.mark.skipif(not snmp_gufo.available, reason="no gufo-snmp here")
def test_default_engine_is_native_and_loads_no_other(snmpd: NetSnmp) -> None:
    session = opened(snmpd.port, "auto", timeout_s=2.0)
    assert session.engine == "gufo"
    session.close()


def test_processor_without_the_native_engine_is_served_in_python(
    snmpd: NetSnmp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snmp_gufo, "available", False)
    session = opened(snmpd.port, "auto", timeout_s=2.0)
    assert session.engine == "pysnmp"
    session.close()
    with pytest.raises(ReadFailed, match="not installed"):
        opened(snmpd.port, "gufo")


@pytest.mark.parametrize("engine", ENGINES)
def test_wrong_community_is_silence_and_is_not_shown(engine: Engine) -> None:
    other = replace(HONEST, community=b"another")
    with agent(lambda message: answered(other, message)) as port, pytest.raises(Unreachable) as silence:
        opened(port, engine, timeout_s=0.05)
    assert COMMUNITY not in str(silence.value)
