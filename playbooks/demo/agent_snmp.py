"""Answers SNMP v1, v2c and v3 for every device of the county out of one UDP socket.

The socket is bound to loopback interfaces only; IP_PKTINFO tells which 127.x.y.z was asked, and answers leave from it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Address

from playbooks.demo import ber, usm
from playbooks.demo.mib import Table

GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
_USM_STATS = (1, 3, 6, 1, 6, 3, 15, 1, 1)
_NOT_IN_WINDOW, _UNKNOWN_USER, _UNKNOWN_ENGINE, _WRONG_DIGEST = 2, 3, 4, 5
_WINDOW_S = 150  # RFC 3414, 3.2
_LARGEST = 1400  # octets of variable bindings in one answer, as an Ethernet frame holds
_PKTINFO = 8  # IP_PKTINFO of Linux, which Python's socket module does not name everywhere
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Agent:
    """What answers at one address."""

    engine: bytes
    table: Table
    community: bytes | None  # None: v3 only
    user: usm.User | None  # None: no v3
    started: float  # wall clock of the boot; every worker process shares it


@dataclass(frozen=True, slots=True)
class _Pdu:
    kind: int
    request: int
    first: int  # error-status, or non-repeaters
    second: int  # error-index, or max-repetitions
    names: tuple[ber.Name, ...]


def answer(agent: Agent, message: bytes) -> bytes | None:
    """The answer to one datagram; None where a true agent keeps silent."""
    try:
        _, content, _ = ber.opened(message, tag=ber.SEQUENCE)
        parts = ber.elements(content)
        version = ber.number(parts[0])
        if version in (0, 1) and len(parts) == 3:
            return _by_community(agent, version, parts)
        if version == 3 and len(parts) == 4 and agent.user:
            return _by_user(agent, agent.user, message, parts)
    except (ber.Malformed, IndexError):
        return None
    return None


def _by_community(agent: Agent, version: int, parts: list[tuple[int, bytes]]) -> bytes | None:
    if agent.community is None or parts[1][1] != agent.community:
        return None
    response = _response(agent.table, _pdu(parts[2]), version)
    return ber.sequence(ber.integer(version), ber.octets(parts[1][1]), response)


def _pdu(element: tuple[int, bytes]) -> _Pdu:
    kind, content = element
    request, first, second, bindings = ber.elements(content)[:4]
    names = tuple(ber.name_of(ber.elements(binding)[0]) for _, binding in ber.elements(bindings[1]))
    return _Pdu(kind, ber.number(request), ber.number(first), ber.number(second), names)


def _response(table: Table, pdu: _Pdu, version: int) -> bytes:
    bindings: list[bytes] = []
    status = index = 0
    if pdu.kind == GET:
        bindings = [_binding(name, table.value(name) or ber.NO_SUCH_OBJECT) for name in pdu.names]
    elif pdu.kind == GET_NEXT:
        bindings = [_next(table, name)[1] for name in pdu.names]
    elif pdu.kind == GET_BULK and version:
        bindings = _bulk(table, pdu)
    else:
        status, index = (5, 0) if version == 0 else (6, 0)  # genErr, noAccess: nothing can be written here
    lacking = [n for n, b in enumerate(bindings, 1) if b.endswith((ber.NO_SUCH_OBJECT, ber.END_OF_MIB))]
    if version == 0 and lacking:  # v1 has no exceptions, it has noSuchName
        status, index = 2, lacking[0]
    if status:
        bindings = [_binding(name, b"\x05\x00") for name in pdu.names]
    return _encoded(RESPONSE, pdu.request, status, index, bindings)


def _encoded(kind: int, request: int, status: int, index: int, bindings: list[bytes]) -> bytes:
    head = ber.integer(request) + ber.integer(status) + ber.integer(index)
    return ber.tlv(kind, head + ber.sequence(*bindings))


def _binding(name: ber.Name, value: bytes) -> bytes:
    return ber.sequence(ber.oid(name), value)


def _next(table: Table, name: ber.Name) -> tuple[ber.Name, bytes]:
    at = bisect_right(table.names, name)
    if at == len(table.names):
        return name, _binding(name, ber.END_OF_MIB)
    return table.names[at], table.binding(at)


def _bulk(table: Table, pdu: _Pdu) -> list[bytes]:
    fixed = min(max(pdu.first, 0), len(pdu.names))
    bindings = [_next(table, name)[1] for name in pdu.names[:fixed]]
    names = list(pdu.names[fixed:])
    size = sum(map(len, bindings))
    for _ in range(max(pdu.second, 0) if names else 0):
        row = [_next(table, name) for name in names]
        size += sum(len(binding) for _, binding in row)
        if size > _LARGEST and bindings:
            break
        bindings += [binding for _, binding in row]
        names = [name for name, _ in row]
        if all(binding.endswith(ber.END_OF_MIB) for _, binding in row):
            break
    return bindings


def _by_user(agent: Agent, user: usm.User, message: bytes, parts: list[tuple[int, bytes]]) -> bytes | None:
    header = ber.elements(parts[1][1])
    identifier, flags = ber.number(header[0]), header[2][1][0]
    if ber.number(header[3]) != 3:
        return None
    given = usm.read_parameters(parts[2][1])
    problem = _problem(agent, user, given, message, flags)
    if problem:
        return _reported(agent, replace(user, name=given.user), identifier, problem, _request_of(parts[3], flags))
    data = parts[3][1]
    if flags & 2:
        data = ber.opened(usm.decrypted(user, given, data), tag=ber.SEQUENCE)[1]
    scoped = ber.elements(data)
    response = _response(agent.table, _pdu(scoped[2]), 1)
    return _message(agent, user, identifier, flags & 3, ber.octets(scoped[1][1]), response)


def _problem(agent: Agent, user: usm.User, given: usm.Parameters, message: bytes, flags: int) -> int:
    """Which counter of usmStats the message raises (RFC 3414, 3.2); 0 when it is in order."""
    if given.engine != agent.engine:
        return _UNKNOWN_ENGINE
    if given.user != user.name:
        return _UNKNOWN_USER
    if flags & 3 != 3:
        return 1  # unsupported security level: this user is authPriv
    if not usm.authentic(user, given, message):
        return _WRONG_DIGEST
    if given.boots != 1 or abs(given.time - _engine_time(agent)) > _WINDOW_S:
        return _NOT_IN_WINDOW
    return 0


def _engine_time(agent: Agent) -> int:
    return int(time.time() - agent.started)


def _request_of(data: tuple[int, bytes], flags: int) -> int:
    """The request-id of an unencrypted scoped PDU, which a Report repeats; 0 where it cannot be read."""
    if flags & 2:
        return 0
    return _pdu(ber.elements(data[1])[2]).request


def _reported(agent: Agent, user: usm.User, identifier: int, problem: int, request: int) -> bytes:
    binding = _binding((*_USM_STATS, problem, 0), ber.integer(1, ber.COUNTER32))
    # Only a message outside the time window proved who sent it, so only then is the Report authenticated.
    flags = 1 if problem == _NOT_IN_WINDOW else 0
    return _message(agent, user, identifier, flags, ber.octets(b""), _encoded(REPORT, request, 0, 0, [binding]))


def _message(agent: Agent, user: usm.User, identifier: int, flags: int, context: bytes, pdu: bytes) -> bytes:
    scoped = ber.sequence(ber.octets(agent.engine), context, pdu)
    now = _engine_time(agent)
    salt = b""
    if flags & 2:
        scrambled, salt = usm.encrypted(user, agent.engine, 1, now, scoped)
        scoped = ber.octets(scrambled)
    header = ber.sequence(ber.integer(identifier), ber.integer(65507), ber.octets(bytes((flags,))), ber.integer(3))

    def whole(code: bytes) -> bytes:
        security = ber.sequence(
            ber.octets(agent.engine), ber.integer(1), ber.integer(now), ber.octets(user.name), ber.octets(code),
            ber.octets(salt),
        )  # fmt: skip
        return ber.sequence(ber.integer(3), header, ber.octets(security), scoped)

    if not flags & 1:
        return whole(b"")
    return whole(usm.mac(user, agent.engine, whole(bytes(usm.mac_size(user)))))


def loopback_socket(kind: socket.SocketKind, port: int) -> socket.socket:
    """An IPv4 socket on every loopback address at one port, shared by workers; OSError when the port is taken."""
    made = socket.socket(socket.AF_INET, kind)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # Bound to the device lo nothing from outside gets in; a kernel before 5.7 wants a capability for that,
        # there the county's addresses, all of 127/8, keep strangers out: no other address is ever answered.
        with contextlib.suppress(PermissionError):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
        made.bind(("0.0.0.0", port))  # noqa: S104 - lo only, see above
    except OSError:
        made.close()
        raise
    return made


def serve_snmp(loop: asyncio.AbstractEventLoop, port: int, agent_at: Callable[[str], Agent | None]) -> socket.socket:
    """Begins to answer at that port for every address the function knows; returns the socket, to be closed."""
    sock = loopback_socket(socket.SOCK_DGRAM, port)
    sock.setsockopt(socket.IPPROTO_IP, _PKTINFO, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    sock.setblocking(False)
    loop.add_reader(sock.fileno(), _drain, sock, agent_at)
    return sock


def _drain(sock: socket.socket, agent_at: Callable[[str], Agent | None]) -> None:
    for _ in range(_BATCH):
        try:
            message, ancillary, _, peer = sock.recvmsg(65535, 64)
        except OSError:  # nothing more, or an ICMP error of an earlier answer
            return
        asked = _asked(ancillary)
        agent = agent_at(str(IPv4Address(asked))) if asked else None
        if agent and asked and (reply := answer(agent, message)):
            source = struct.pack("=i4s4s", 0, asked, bytes(4))
            with contextlib.suppress(OSError):
                sock.sendmsg([reply], [(socket.IPPROTO_IP, _PKTINFO, source)], 0, peer)


def _asked(ancillary: list[tuple[int, int, bytes]]) -> bytes | None:
    for level, kind, data in ancillary:
        if level == socket.IPPROTO_IP and kind == _PKTINFO:
            return data[8:12]
    return None
