"""Who answers in SNMPv3: the check of incoming messages (RFC 3414, 3.2) that gufo-snmp leaves out.

gufo-snmp signs what it sends and believes what comes. Its socket is therefore one end of a pair whose other end is
held here, and only what the user's key has signed, or a Report, is passed on from the agent.
"""

from __future__ import annotations

import hmac
import os
import socket
from hashlib import new

from collectors.sessions.snmp_wire import LARGEST_DATAGRAM, Peer

HASHES = {"md5": "md5", "sha": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
# Octets of the truncated MAC (RFC 3414 clauses 6 and 7, RFC 7860).
MAC_SIZES = {"md5": 12, "sha": 12, "sha224": 16, "sha256": 24, "sha384": 32, "sha512": 48}
AUTHENTICATED = 1  # msgFlags
SEQUENCE, REPORT = 0x30, 0xA8
USM_STATS = b"\x06\x0a\x2b\x06\x01\x06\x03\x0f\x01\x01"  # the OID of usmStats up to its counter (RFC 3414 clause 5)


class Guard:
    """The way between gufo-snmp's socket and the agent."""

    def __init__(self, inner: int, peer: Peer) -> None:
        """Takes the place of the socket with that descriptor; OSError where there is no way to the agent."""
        family = socket.AF_INET6 if ":" in peer.address else socket.AF_INET
        self._agent = socket.socket(family, socket.SOCK_DGRAM)
        try:
            self._agent.connect((peer.address, peer.port))
        except OSError:
            self._agent.close()
            raise
        self._agent.setblocking(False)
        self._inner, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        with other:
            other.setblocking(False)
            os.dup2(other.fileno(), inner)
        self._hash = ""
        self._key = b""
        self._size = 0
        self.report = 0  # the number in usmStats that the last Report named

    def fileno(self) -> int:
        """The descriptor at which the agent's answers arrive."""
        return self._agent.fileno()

    def demand(self, protocol: str, master: bytes, engine: bytes) -> None:
        """From now on only Reports and what is signed with the master key localised to the engine (RFC 3414, 2.6)."""
        self._hash, self._size = HASHES[protocol], MAC_SIZES[protocol]
        self._key = new(self._hash, master + engine + master).digest()

    def forward(self) -> None:
        """Pass the request on to the agent."""
        self._agent.send(self._inner.recv(LARGEST_DATAGRAM))

    def deliver(self) -> bool:
        """Pass what has arrived on to gufo-snmp; False where it was no message to be believed."""
        message = self._agent.recv(LARGEST_DATAGRAM)
        try:
            believed = self._believed(message)
        except IndexError:  # cut short
            return False
        if believed:
            self._inner.send(message)
        return believed

    def close(self) -> None:
        """Close both sockets."""
        self._agent.close()
        self._inner.close()

    def _believed(self, message: bytes) -> bool:
        flags, mac, data = _places(message)
        if message[data] == SEQUENCE and _pdu_tag(message, data) == REPORT:
            _, found, counter = message[data:].partition(USM_STATS)
            self.report = counter[0] if found and counter else 0
            return True
        if not self._key:
            return True
        if not flags & AUTHENTICATED or mac.stop - mac.start != self._size:
            return False
        unsigned = message[: mac.start] + bytes(self._size) + message[mac.stop :]
        return hmac.compare_digest(hmac.digest(self._key, unsigned, self._hash)[: self._size], message[mac])


def engine_id(message: bytes) -> bytes:
    """msgAuthoritativeEngineID of an SNMPv3 message (RFC 3414, 2.4); empty where the message is cut or is none."""
    try:
        at, _ = _opened(message, 0)
        for _ in range(2):  # msgVersion, msgGlobalData
            _, at = _opened(message, at)
        at, _ = _opened(message, at)
        at, _ = _opened(message, at)
        start, end = _opened(message, at)
    except IndexError:
        return b""
    return message[start:end][:32]


def _places(message: bytes) -> tuple[int, slice, int]:
    """msgFlags, where msgAuthenticationParameters stand and where msgData begins (RFC 3412 clause 6)."""
    at, _ = _opened(message, 0)
    _, header = _opened(message, at)  # behind msgVersion
    at, security = _opened(message, header)
    for _ in range(2):  # msgID, msgMaxSize
        _, at = _opened(message, at)
    flags, _ = _opened(message, at)
    at, data = _opened(message, security)
    at, _ = _opened(message, at)
    for _ in range(4):  # engine, boots, time, user
        _, at = _opened(message, at)
    start, end = _opened(message, at)
    return message[flags], slice(start, end), data


def _pdu_tag(message: bytes, data: int) -> int:
    """The kind of PDU in a scoped PDU that is not encrypted."""
    at, _ = _opened(message, data)
    for _ in range(2):  # contextEngineID, contextName
        _, at = _opened(message, at)
    return message[at]


def _opened(message: bytes, at: int) -> tuple[int, int]:
    """Where the content of the element at a place begins and ends; IndexError where the message is cut."""
    size, begin = message[at + 1], at + 2
    if size & 0x80:
        begin += size & 0x7F
        size = int.from_bytes(message[at + 2 : begin], "big")
    if begin + size > len(message):
        raise IndexError(at)
    return begin, begin + size
