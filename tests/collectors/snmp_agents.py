"""SNMP agents for tests: net-snmp's own, and UDP servers that answer well or as badly as a test wants."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest

from collectors.base import SnmpSession
from collectors.sessions import snmp_gufo
from collectors.sessions.snmp import Bounds, Engine, open_snmp
from inventory.credentials import Login, Secret, SnmpV3
from inventory.errors import CollectError
from playbooks.demo import agent_snmp, ber, usm
from playbooks.demo.agent_snmp import GET_BULK, GET_NEXT, RESPONSE, Agent
from playbooks.demo.mib import Table
from playbooks.demo.model import LOOPBACK, Device, Port

COMMUNITY = "reading"
ENGINES = [
    pytest.param("gufo", marks=pytest.mark.skipif(not snmp_gufo.available, reason="no gufo-snmp here")),
    "pysnmp",
]
Handler = Callable[[bytes], Iterable[bytes]]


def device() -> Device:
    """A switch of nine ports."""
    ports = (
        Port("LoopBack0", 0, LOOPBACK, ipv4=IPv4Interface("127.0.0.1/32")),
        *(Port(f"GigabitEthernet0/0/{n}", 1000, ipv4=IPv4Interface(f"10.0.{n}.1/24")) for n in range(1, 9)),
    )
    return Device(
        "sw", IPv4Address("127.0.0.1"), "huawei_vrp", "access", "site", "S5735-L24T4S-A", 1, "x", ports,
        gateway4=IPv4Address("10.0.1.2"),
    )  # fmt: skip


ENGINE_ID = b"\x80\x00\x07\xdb\x03" + b"\x02" * 6
TABLE = Table(device(), ENGINE_ID, time.time() - 3600)
HONEST = Agent(ENGINE_ID, TABLE, COMMUNITY.encode(), None, time.time() - 3600)
USER = usm.User("auditor", "sha256", "auth-word-1", "priv-word-1")


@contextmanager
def agent(handle: Handler, heard: Callable[[bytes, tuple[str, int]], None] | None = None) -> Iterator[int]:
    """A UDP agent on a port of its own that answers each datagram with what ``handle`` makes of it.

    ``heard`` is told of each datagram and where it came from.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    message, peer = sock.recvfrom(65535)
                except TimeoutError:
                    continue
                if heard:
                    heard(message, peer)
                for out in handle(message):
                    sock.sendto(out, peer)
                    if ended.is_set():
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def login(user: SnmpV3 | None = None) -> Login:
    """The user's, else by community."""
    return Login("default", community=None if user else Secret(COMMUNITY), snmpv3=user)


def opened(
    port: int,
    engine: Engine,
    user: SnmpV3 | None = None,
    *,
    timeout_s: float = 0.5,
    deadline_s: float = 5.0,
    max_rows: int = 250_000,
    max_octets: int = 32_000_000,
) -> SnmpSession:
    """A session in two tries a request; what the tests wait for is short."""
    bounds = Bounds(timeout_s, tries=2, deadline_s=deadline_s, rows=max_rows, octets=max_octets)
    return open_snmp("127.0.0.1", port, login(user), engine=engine, bounds=bounds)


def pdu_of(message: bytes) -> agent_snmp._Pdu:
    """The PDU of a v1 or v2c message."""
    return agent_snmp._pdu(ber.elements(ber.opened(message)[1])[2])


def walks(message: bytes) -> bool:
    """Whether a v1 or v2c message asks for what follows an object."""
    return pdu_of(message).kind in (GET_NEXT, GET_BULK)


def reply(
    message: bytes, bindings: list[bytes], *, status: int = 0, index: int = 0, request: int | None = None
) -> bytes:
    """A v2c answer to the request in a message with these bindings."""
    number = pdu_of(message).request if request is None else request
    response = agent_snmp._encoded(RESPONSE, number, status, index, bindings)
    return ber.sequence(ber.integer(1), ber.octets(COMMUNITY), response)


def binding(name: ber.Name, value: bytes) -> bytes:
    """A variable binding of an encoded value."""
    return ber.sequence(ber.oid(name), value)


def bindings_for(message: bytes) -> list[bytes]:
    """What an honest agent binds."""
    pdu = pdu_of(message)
    if pdu.kind == GET_BULK:
        return agent_snmp._bulk(TABLE, pdu)
    if pdu.kind == GET_NEXT:
        return [agent_snmp._next(TABLE, name)[1] for name in pdu.names]
    return [binding(name, TABLE.value(name) or ber.NO_SUCH_OBJECT) for name in pdu.names]


def answered(by: Agent, message: bytes) -> list[bytes]:
    """The answer of an agent, none where it keeps silent."""
    said = agent_snmp.answer(by, message)
    return [said] if said else []


def honest(message: bytes) -> list[bytes]:
    """The answer of an agent of SNMP v1 and v2c that does all it should."""
    return answered(HONEST, message)


def free_port() -> int:
    """A UDP port of loopback that nobody has at the moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class NetSnmp:
    """A running snmpd of net-snmp."""

    port: int
    users: tuple[SnmpV3, ...]

    def refusals(self) -> dict[str, int]:
        """Its own count of refused SNMPv3 messages (usmStats)."""
        names = ("level", "window", "user", "engine", "digest", "decryption")
        session = opened(self.port, "auto")
        try:
            return dict(zip(names, (int(str(n)) for _, n in session.walk("1.3.6.1.6.3.15.1.1")), strict=True))
        finally:
            session.close()


# net-snmp's words for the protocols; Blumenthal's way of extending short keys is what it builds in.
AUTH_WORDS = {"md5": "MD5", "sha": "SHA", **{f"sha{n}": f"SHA-{n}" for n in (224, 256, 384, 512)}}
PRIV_WORDS = {"des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256"}


@contextmanager
def net_snmp(
    folder: Path, users: tuple[SnmpV3, ...], *, everywhere: bool = False, v1_only: bool = False
) -> Iterator[NetSnmp]:
    """An snmpd with state and settings in the folder, on 127.0.0.1 or every address; skips without net-snmp."""
    program = shutil.which("snmpd", path="/usr/sbin:/usr/local/sbin:/sbin")
    if program is None:
        pytest.skip("needs net-snmp's snmpd")
    port, at = free_port(), "0.0.0.0" if everywhere else "127.0.0.1"
    lines = [f"rocommunity {COMMUNITY} 127.0.0.1", "sysName lab-host", "sysLocation 机房一", "sysServices 72"]
    if v1_only:  # its community belongs to no group of v2c, whose messages go unanswered
        lines[0] = f"com2sec old 127.0.0.1 {COMMUNITY}"
        lines += ["group old v1 old", "view all included .1", 'access old "" v1 noauth exact all none none']
    for user in users:
        lines += [_created(user), f"rouser {user.user} {_level(user)}"]
    settings = folder / "snmpd.conf"
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment = {**os.environ, "SNMP_PERSISTENT_DIR": str(folder / "state"), "MIBS": ""}
    command = [program, "-f", "-C", "-c", str(settings), "-Lf", str(folder / "log"), f"udp:{at}:{port}"]
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield NetSnmp(port, users)
    finally:
        child.send_signal(signal.SIGTERM)
        child.wait(timeout=10)


def _created(user: SnmpV3) -> str:
    words = ["createUser", user.user]
    if user.auth and user.auth_protocol:
        words += [AUTH_WORDS[user.auth_protocol], user.auth.reveal()]
    if user.priv and user.priv_protocol:
        words += [PRIV_WORDS[user.priv_protocol], user.priv.reveal()]
    return " ".join(words)


def _level(user: SnmpV3) -> str:
    return "authPriv" if user.priv else "authNoPriv" if user.auth else "noAuthNoPriv"


def _await(port: int) -> None:
    for _ in range(60):
        try:
            opened(port, "auto").close()
        except CollectError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("snmpd does not come up")
