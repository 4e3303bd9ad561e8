"""SNMPv3 users: every protocol with real net-snmp, refusals that cost one message, clocks and engines that change."""

from __future__ import annotations

import gc
import itertools
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from snmp_agents import (
    COMMUNITY,
    ENGINE_ID,
    ENGINES,
    HONEST,
    USER,
    NetSnmp,
    agent,
    answered,
    free_port,
    login,
    net_snmp,
    opened,
)

from collectors.by_snmp import facts_by_snmp
from collectors.sessions.snmp import Bounds, Engine, open_snmp
from inventory.credentials import AUTH_PROTOCOLS, PRIV_PROTOCOLS, Login, Secret, SnmpV3
from inventory.errors import CollectError, LoginRefused, ReadFailed, Unreachable
from inventory.facts import SystemGroup
from playbooks.demo import agent_snmp, ber, usm

SYS_NAME = "1.3.6.1.2.1.1.5.0"
SECURE = replace(HONEST, community=None, user=USER)


def v3(name: str, auth_protocol: str | None, priv_protocol: str | None, *words: str) -> SnmpV3:
    auth, priv = words or ("auth-word-1", "priv-word-1")
    return SnmpV3(
        name,
        auth_protocol,
        Secret(auth) if auth_protocol else None,
        priv_protocol,
        Secret(priv) if priv_protocol else None,
    )


USERS = (
    v3("open", None, None),
    *(v3(f"{auth}-only", auth, None) for auth in AUTH_PROTOCOLS),
    *(v3(f"{auth}-{priv}", auth, priv) for auth in AUTH_PROTOCOLS for priv in PRIV_PROTOCOLS),
)
AUDITOR = next(user for user in USERS if user.user == "sha256-aes256")


@pytest.fixture(scope="module")
def snmpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NetSnmp]:
    with net_snmp(tmp_path_factory.mktemp("snmpd"), USERS) as running:
        yield running


@pytest.mark.parametrize("user", USERS, ids=lambda user: str(user.user))
def test_every_protocol_is_spoken_by_the_default_engine(snmpd: NetSnmp, user: SnmpV3) -> None:
    session = opened(snmpd.port, "auto", user, timeout_s=1.0)
    assert session.get([SYS_NAME]) == {SYS_NAME: b"lab-host"}
    session.close()


PAIRS = ("open", "md5-des", "sha-aes128", "sha224-aes192", "sha256-aes256", "sha384-aes192", "sha512-aes256")


@pytest.mark.parametrize("name", PAIRS)
def test_protocols_are_spoken_by_the_engine_in_python(snmpd: NetSnmp, name: str) -> None:
    user = next(user for user in USERS if user.user == name)
    session = opened(snmpd.port, "pysnmp", user, timeout_s=2.0)
    assert session.get([SYS_NAME]) == {SYS_NAME: b"lab-host"}
    session.close()


REFUSED = {
    "wrong authentication key": (v3("sha256-aes256", "sha256", "aes256", "another-word", "priv-word-1"), "digest"),
    "wrong authentication protocol": (v3("sha256-aes256", "sha512", "aes256"), "digest"),
    # two ways to extend the key of SHA-1 to AES-256, and only one try: the digest is wrong in both
    "wrong key, short hash": (v3("sha-aes256", "sha", "aes256", "another-word", "priv-word-1"), "digest"),
    "unknown user": (v3("nobody", "sha256", "aes256"), "user"),
    "unknown user without keys": (v3("nobody", None, None), "user"),
    "privacy the user has none for": (v3("sha256-only", "sha256", "aes128"), "level"),
}


@pytest.mark.parametrize("engine", ["auto", *ENGINES])
@pytest.mark.parametrize("case", REFUSED)
def test_refused_user_is_sent_once(snmpd: NetSnmp, case: str, engine: Engine) -> None:
    """net-snmp's own counters: one message of the user and no more, for agents count towards locking it out."""
    user, counter = REFUSED[case]
    before = snmpd.refusals()
    with pytest.raises(LoginRefused) as refusal:
        opened(snmpd.port, engine, user, timeout_s=1.0)
    after = snmpd.refusals()
    raised = {name: after[name] - before[name] for name in after if name != "engine"}
    most = 1 if user.auth else 2  # a user without keys has no secret that a second message could give away
    assert 1 <= raised.pop(counter) <= most
    assert not any(raised.values())
    assert "usmStats" in refusal.value.why
    assert not any(word in refusal.value.why for word in ("another-word", "auth-word-1", "priv-word-1"))


@pytest.mark.parametrize("engine", ENGINES)
def test_level_that_may_read_nothing_is_a_refusal(snmpd: NetSnmp, engine: Engine) -> None:
    """A user of authPriv who comes without privacy is known, and may read nothing (authorizationError)."""
    with pytest.raises(LoginRefused):
        opened(snmpd.port, engine, v3("sha256-aes256", "sha256", None), timeout_s=1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_wrong_privacy_key_is_no_wrong_login(snmpd: NetSnmp, engine: Engine) -> None:
    """net-snmp keeps silent about what it cannot decrypt, and counts nothing against the user."""
    before = snmpd.refusals()
    with pytest.raises(CollectError):
        opened(snmpd.port, engine, v3("sha256-aes256", "sha256", "aes256", "auth-word-1", "wrong-word"), timeout_s=0.2)
    assert {**snmpd.refusals(), "engine": 0} == {**before, "engine": 0}


def test_silence_after_the_engine_was_told_names_the_privacy_key(snmpd: NetSnmp) -> None:
    with pytest.raises(Unreachable, match="privacy key"):
        opened(snmpd.port, "auto", v3("sha256-aes256", "sha256", "aes256", "auth-word-1", "wrong-word"))


def test_login_with_a_user_and_a_community_never_shows_the_community(snmpd: NetSnmp) -> None:
    """The user is what is configured; a community in the clear is not tried after it."""
    both = Login("both", community=Secret(COMMUNITY), snmpv3=REFUSED["unknown user"][0])
    with pytest.raises(LoginRefused):
        open_snmp("127.0.0.1", snmpd.port, both, bounds=Bounds(timeout_s=1.0))


@pytest.mark.parametrize("engine", ENGINES)
def test_sessions_leave_no_descriptor_behind(snmpd: NetSnmp, engine: Engine) -> None:
    """Good ones, refused ones and silent ones, as a county of thousands of devices has them."""
    refused = REFUSED["wrong authentication key"][0]

    def round_of_sessions() -> int:
        opened(snmpd.port, engine, AUDITOR, timeout_s=2.0).close()
        opened(snmpd.port, engine, timeout_s=2.0).close()
        with pytest.raises(LoginRefused):
            opened(snmpd.port, engine, refused, timeout_s=2.0)
        with pytest.raises(Unreachable):
            open_snmp("127.0.0.1", free_port(), login(), engine=engine, bounds=Bounds(timeout_s=0.05, tries=1))
        gc.collect()
        return len(list(Path("/proc/self/fd").iterdir()))

    before = round_of_sessions()
    assert [round_of_sessions() for _ in range(4)] == [before] * 4


# -- clocks and engines ----------------------------------------------------------------------------------------------


def auditor(engine: Engine, port: int) -> None:
    """A session that is refused, or one whose facts are there or have a reason."""
    user = SnmpV3(USER.name, "sha256", Secret(USER.auth), "aes128", Secret(USER.priv))
    try:
        session = opened(port, engine, user, timeout_s=0.2, deadline_s=3.0)
    except CollectError:
        return
    facts_by_snmp(session, (SystemGroup,), datetime.now(UTC))
    session.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_agent_that_restarts_is_read_on(engine: Engine) -> None:
    """Its clock falls back by an hour in the middle of a session: learnt anew, not refused (RFC 3414, 3.2)."""
    late = 10.0

    def handle(message: bytes) -> list[bytes]:
        return answered(replace(SECURE, started=SECURE.started + late), message)

    user = SnmpV3(USER.name, "sha256", Secret(USER.auth), "aes128", Secret(USER.priv))
    with agent(handle) as port:
        session = opened(port, engine, user, timeout_s=1.0)
        assert session.get([SYS_NAME]) == {SYS_NAME: b"sw"}
        late = -20_000.0
        assert session.get([SYS_NAME]) == {SYS_NAME: b"sw"}
        session.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_clock_that_jumps_is_no_wrong_login(engine: Engine) -> None:
    """An agent whose engine time is never in its own window is given up, and its user is not called wrong."""
    dice = random.Random(7)

    def handle(message: bytes) -> list[bytes]:
        return answered(replace(SECURE, started=time.time() - dice.randrange(10**6)), message)

    user = SnmpV3(USER.name, "sha256", Secret(USER.auth), "aes128", Secret(USER.priv))
    with agent(handle) as port, pytest.raises(ReadFailed):
        opened(port, engine, user, timeout_s=1.0)


@pytest.mark.parametrize("engine", ENGINES)
def test_two_engines_behind_one_address_are_given_up(engine: Engine) -> None:
    """A user of one name with other keys at another engine that answers now and then: never a crash, nor a loop."""
    other = replace(SECURE, engine=ENGINE_ID[:-1] + b"\x09", user=replace(USER, auth="auth-word-2", priv="priv-word-2"))
    turns = itertools.cycle([SECURE, SECURE, SECURE, other])
    asked = 0

    def handle(message: bytes) -> list[bytes]:
        nonlocal asked
        asked += 1
        return answered(next(turns), message)

    with agent(handle) as port:
        auditor(engine, port)
    assert asked < 100


@pytest.mark.parametrize("engine", ENGINES)
def test_users_of_one_name_with_keys_of_their_own_are_not_mixed_up(tmp_path: Path, engine: Engine) -> None:
    """Two agents know the same name by other keys and protocols, and are asked in turn: each by its own."""
    here, there = v3("auditor", "sha256", "aes128"), v3("auditor", "sha", "des", "auth-word-2", "priv-word-2")
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    with net_snmp(tmp_path / "here", (here,)) as one, net_snmp(tmp_path / "there", (there,)) as other:
        pairs = ((one, here), (other, there))
        sessions = [opened(agent.port, engine, user, timeout_s=1.0) for agent, user in pairs]
        with pytest.raises(LoginRefused):
            opened(one.port, engine, there, timeout_s=1.0)
        for session in (*sessions, *sessions):
            assert session.get([SYS_NAME]) == {SYS_NAME: b"lab-host"}
        for session in sessions:
            session.close()


@pytest.mark.parametrize("engine", ENGINES)
def test_engine_that_never_is_the_one_it_said(engine: Engine) -> None:
    """Every message is reported as of an unknown engine."""
    numbers = itertools.count()
    asked = 0

    def handle(message: bytes) -> list[bytes]:
        nonlocal asked
        asked += 1
        return answered(replace(SECURE, engine=ENGINE_ID + bytes((next(numbers) % 200,))), message)

    with agent(handle) as port:
        auditor(engine, port)
    assert asked < 60


@pytest.mark.parametrize("engine", ENGINES)
def test_damaged_answers_of_a_user_are_facts_or_missing(engine: Engine) -> None:
    dice = random.Random(5)

    def handle(message: bytes) -> list[bytes]:
        out = answered(SECURE, message)
        if out and dice.random() < 0.4:
            damaged = bytearray(out[0])
            damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
            return [bytes(damaged)]
        return out

    for _ in range(3):
        with agent(handle) as port:
            auditor(engine, port)


SOUP = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.parametrize("engine", ENGINES)
def test_byte_soup_is_never_a_session_nor_a_crash(engine: Engine) -> None:
    """Bytes, and honest answers with bytes in the place of some of theirs, before and after the engine is known."""
    soup, keep = b"", 0

    def handle(message: bytes) -> list[bytes]:
        out = answered(SECURE, message)
        return [out[0][: keep % len(out[0])] + soup] if out else [soup]

    user = SnmpV3(USER.name, "sha256", Secret(USER.auth), "aes128", Secret(USER.priv))
    with agent(handle) as port:

        @SOUP
        @given(st.binary(max_size=60), st.integers(0, 200))
        def pour(octets: bytes, honest: int) -> None:
            nonlocal soup, keep
            soup, keep = octets, honest
            with pytest.raises(CollectError):
                open_snmp(
                    "127.0.0.1",
                    port,
                    login(user),
                    engine=engine,
                    bounds=Bounds(timeout_s=0.01, tries=1, deadline_s=1.0),
                )

        pour()


@pytest.mark.parametrize("engine", ENGINES)
def test_user_is_asked_for_over_ipv6(engine: Engine) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 on loopback")
        thread = threading.Thread(target=_serve, args=(sock,), daemon=True)
        thread.start()
        user = SnmpV3(USER.name, "sha256", Secret(USER.auth), "aes128", Secret(USER.priv))
        session = open_snmp(
            "::1", sock.getsockname()[1], login(user), engine=engine, bounds=Bounds(timeout_s=1.0, tries=2)
        )
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
        for out in answered(SECURE, message):
            sock.sendto(out, peer)


@pytest.mark.parametrize("engine", ENGINES)
def test_answer_with_a_wrong_digest_is_not_believed(engine: Engine) -> None:
    """Somebody between who answers in the agent's name without its keys."""
    forger = replace(SECURE, user=replace(USER, auth="guessed-word"))

    def handle(message: bytes) -> list[bytes]:
        with suppress(ber.Malformed, IndexError, ValueError):
            honest = answered(SECURE, message)
            if USER.name.encode() in message and honest:
                return [_said_by(forger, message)]
            return honest
        return []

    user = SnmpV3(USER.name, "sha256", Secret(USER.auth), "aes128", Secret(USER.priv))
    with agent(handle) as port, pytest.raises(CollectError):
        opened(port, engine, user, timeout_s=0.2)


def _said_by(forger: agent_snmp.Agent, message: bytes) -> bytes:
    """An authentic looking answer to the message, made with other keys: its values are the forger's."""
    parts = ber.elements(ber.opened(message)[1])
    header = ber.elements(parts[1][1])
    user = forger.user or usm.User("", "sha256", "", "")
    scoped = ber.elements(ber.opened(usm.decrypted(USER, usm.read_parameters(parts[2][1]), parts[3][1]))[1])
    response = agent_snmp._response(forger.table, agent_snmp._pdu(scoped[2]), 1)
    return agent_snmp._message(forger, user, ber.number(header[0]), 3, ber.octets(b""), response)
