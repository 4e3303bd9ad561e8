"""One packet to an address, and who answers it: ICMP echo and SNMP, each over a socket for each family."""

from __future__ import annotations

import contextlib
import secrets
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Protocol

from collectors.sessions.snmp_login import engine_discovery
from collectors.sessions.snmp_wire import LARGEST_DATAGRAM
from inventory.addresses import IPAddress
from inventory.credentials import Login

_BUFFER_BYTES = 1 << 21
_REPLY = {4: 0, 6: 129}  # ICMP types of echo replies (RFC 792, RFC 4443)
_REQUEST = {4: 8, 6: 128}


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer: from whom, to which way of asking, and its bytes where somebody reads on in them."""

    ip: IPAddress
    way: str
    message: bytes = b""


class Knock(Protocol):
    """A way of asking that is one datagram an address."""

    way: str
    sockets: dict[int, socket.socket]  # by IP version

    def send(self, ip: IPAddress) -> None:
        """Sends the datagram; OSError where the system refuses, or no socket is of that family."""

    def hear(self, sock: socket.socket) -> Heard | None:
        """What arrived at a socket; None for what is no answer to this way. BlockingIOError: nothing more."""


class Echo:
    """ICMP echo over ping sockets where the system allows them to everybody, else over raw ones (root).

    It has no sockets where neither is allowed.
    """

    way = "icmp"

    def __init__(self) -> None:
        self.sockets: dict[int, socket.socket] = {}
        self._raw: set[int] = set()
        self._token = secrets.token_bytes(16)
        self._id = secrets.randbelow(0x10000)
        for version in (4, 6):
            self._open(version)

    def _open(self, version: int) -> None:
        family, protocol = _FAMILIES[version], _PROTOCOLS[version]
        for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
            try:
                sock = socket.socket(family, kind, protocol)
            except OSError:
                continue
            self.sockets[version] = _ready(sock)
            if kind == socket.SOCK_RAW:
                self._raw.add(version)
            return

    def send(self, ip: IPAddress) -> None:
        """One echo request of 24 octets."""
        _socket(self.sockets, ip).sendto(self._request(ip.version), (str(ip), 0))

    def _request(self, version: int) -> bytes:
        head = struct.pack("!BBHHH", _REQUEST[version], 0, 0, self._id, 1)
        # In ICMPv6 the kernel fills the checksum in; so it does for ping sockets, with the identifier.
        check = _checksum(head + self._token) if version == 4 else 0
        return struct.pack("!BBHHH", _REQUEST[version], 0, check, self._id, 1) + self._token

    def hear(self, sock: socket.socket) -> Heard | None:
        """An echo reply that bears this sweep's token."""
        message, peer = sock.recvfrom(2048)
        version = 4 if sock.family == socket.AF_INET else 6
        if version == 4 and version in self._raw:
            message = message[(message[0] & 0x0F) * 4 :] if message else b""
        if message[:1] != bytes([_REPLY[version]]) or message[8:24] != self._token:
            return None
        return Heard(_from(peer), self.way)


def icmp_is_allowed() -> bool:
    """Whether this process may send ICMP echo at all."""
    echo = Echo()
    close_all([echo])
    return bool(echo.sockets)


class Greeting:
    """SNMP: one message, its number in it by which the answer is known."""

    def __init__(self, way: str, port: int, message: bytes, mark: bytes) -> None:
        self.way = way
        self.sockets: dict[int, socket.socket] = {}
        for version, family in _FAMILIES.items():
            with contextlib.suppress(OSError):  # a machine without that family
                self.sockets[version] = _ready(socket.socket(family, socket.SOCK_DGRAM))
        self._port = port
        self._message = message
        self._mark = mark

    def send(self, ip: IPAddress) -> None:
        """The message, to the agent's port."""
        _socket(self.sockets, ip).sendto(self._message, (str(ip), self._port))

    def hear(self, sock: socket.socket) -> Heard | None:
        """A message from the agent's port that bears the number."""
        message, peer = sock.recvfrom(LARGEST_DATAGRAM)
        if peer[1] != self._port or message[:1] != b"\x30" or self._mark not in message:
            return None
        return Heard(_from(peer), self.way, message)


SNMP_V3 = "snmpv3"


def v3_greeting(port: int) -> Greeting:
    """The discovery of an engine (RFC 3414 clause 4): it names no user, so that no account can fail."""
    message, mark = engine_discovery()
    return Greeting(SNMP_V3, port, message, mark)


def community_greeting(login: Login, port: int, *, v1: bool = False) -> Greeting:
    """A Get of sysUpTime with the community of a login, in v2c or v1; its way is ``snmp`` and the login's name."""
    word = login.community.reveal().encode("utf-8") if login.community else b""
    mark = b"\x02\x04" + secrets.randbelow(2**31 - 2**24).to_bytes(4, "big")
    uptime = _ber(0x30, _ber(0x06, b"\x2b\x06\x01\x02\x01\x01\x03\x00") + b"\x05\x00")
    version = b"\x02\x01\x00" if v1 else b"\x02\x01\x01"
    get = _ber(0xA0, mark + b"\x02\x01\x00\x02\x01\x00" + _ber(0x30, uptime))
    return Greeting(f"snmp {login.name}", port, _ber(0x30, version + _ber(0x04, word) + get), mark)


def _ber(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content


_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_PROTOCOLS = {4: socket.IPPROTO_ICMP, 6: socket.IPPROTO_ICMPV6}


def _ready(sock: socket.socket) -> socket.socket:
    sock.setblocking(False)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    return sock


def _socket(sockets: dict[int, socket.socket], ip: IPAddress) -> socket.socket:
    found = sockets.get(ip.version)
    if found is None:
        raise OSError(f"no socket for IPv{ip.version}")
    return found


def _from(peer: tuple[str, int]) -> IPAddress:
    return ip_address(peer[0].partition("%")[0])


def _checksum(octets: bytes) -> int:
    """The Internet checksum (RFC 1071) of an even number of octets."""
    total: int = sum(struct.unpack(f"!{len(octets) // 2}H", octets))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def close_all(knocks: Iterable[Knock]) -> None:
    """Frees all sockets."""
    for knock in knocks:
        for sock in knock.sockets.values():
            sock.close()
