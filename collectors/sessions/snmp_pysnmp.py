"""The SNMP engine in pure Python: PySNMP lives here.

It serves processors without a gufo-snmp wheel, and settles what gufo-snmp cannot tell. It costs some 60 times the
processor time, so it is loaded only when it is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from ipaddress import IPv4Address
from typing import Any

from pyasn1.error import PyAsn1Error
from pyasn1.type import univ
from pysnmp.carrier.asyncio.dgram.udp import UdpAsyncioTransport
from pysnmp.carrier.asyncio.dgram.udp6 import Udp6AsyncioTransport
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    USM_AUTH_HMAC96_MD5,
    USM_AUTH_HMAC96_SHA,
    USM_AUTH_HMAC128_SHA224,
    USM_AUTH_HMAC192_SHA256,
    USM_AUTH_HMAC256_SHA384,
    USM_AUTH_HMAC384_SHA512,
    USM_AUTH_NONE,
    USM_PRIV_CBC56_DES,
    USM_PRIV_CFB128_AES,
    USM_PRIV_CFB192_AES,
    USM_PRIV_CFB192_AES_BLUMENTHAL,
    USM_PRIV_CFB256_AES,
    USM_PRIV_CFB256_AES_BLUMENTHAL,
    USM_PRIV_NONE,
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
    next_cmd,
)
from pysnmp.proto import errind
from pysnmp.proto.rfc1902 import IpAddress, OctetString, Opaque
from pysnmp.proto.rfc1905 import EndOfMibView, NoSuchInstance, NoSuchObject

from collectors.base import Oid, SnmpValue
from collectors.sessions.snmp_wire import (
    AUTHORIZATION_ERROR,
    NO_SUCH_NAME,
    TOO_BIG,
    Declined,
    Peer,
    Puzzled,
    Row,
    Silent,
    UserRefused,
)
from inventory.credentials import Secret, SnmpV3

REPETITIONS = 25
AUTH = {
    None: USM_AUTH_NONE,
    "md5": USM_AUTH_HMAC96_MD5,
    "sha": USM_AUTH_HMAC96_SHA,
    "sha224": USM_AUTH_HMAC128_SHA224,
    "sha256": USM_AUTH_HMAC192_SHA256,
    "sha384": USM_AUTH_HMAC256_SHA384,
    "sha512": USM_AUTH_HMAC384_SHA512,
}
PRIV = {
    None: USM_PRIV_NONE,
    "des": USM_PRIV_CBC56_DES,
    "aes128": USM_PRIV_CFB128_AES,
    "aes192": USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256": USM_PRIV_CFB256_AES_BLUMENTHAL,
}
PRIV_CISCO = {**PRIV, "aes192": USM_PRIV_CFB192_AES, "aes256": USM_PRIV_CFB256_AES}
REFUSED_AS = {  # what the library calls a refusal, and its number in usmStats; 0: its own word for several
    errind.UnsupportedSecurityLevel: 1,
    errind.UnknownSecurityName: 3,
    errind.UnknownUserName: 3,
    errind.AuthenticationFailure: 5,
    errind.WrongDigest: 5,
    errind.DecryptionError: 6,
    errind.AuthenticationError: 0,
    errind.UnsupportedAuthProtocol: 0,
    errind.UnsupportedPrivProtocol: 0,
}


class _Asking:
    """Takes datagrams from the address that was asked and from no other; the library takes them from any."""

    _asked: tuple[str, int] | None = None

    def send_message(self, message: bytes, address: Any) -> None:
        self._asked = tuple(address)[:2]
        super().send_message(message, address)  # type: ignore[misc]  # of the transport this is mixed into

    def datagram_received(self, datagram: bytes, address: Any) -> None:
        if tuple(address)[:2] == self._asked:
            super().datagram_received(datagram, address)  # type: ignore[misc]


class _Udp(_Asking, UdpAsyncioTransport):  # type: ignore[misc]  # untyped library
    """Over IPv4."""


class _Udp6(_Asking, Udp6AsyncioTransport):  # type: ignore[misc]
    """Over IPv6."""


class _Target(UdpTransportTarget):  # type: ignore[misc]
    PROTO_TRANSPORT = _Udp


class _Target6(Udp6TransportTarget):  # type: ignore[misc]
    PROTO_TRANSPORT = _Udp6


class PysnmpWire:
    """One agent over PySNMP, on an event loop of its own."""

    engine = "pysnmp"

    def __init__(self, peer: Peer, version: int, community: Secret | None, user: SnmpV3 | None, *, cisco: bool) -> None:
        self.bulk = version != 0
        self._is_v3 = user is not None
        self._loop = asyncio.new_event_loop()
        self._engine = SnmpEngine()
        self._context = ContextData()
        if user is not None:
            self._who = _usm(user, cisco=cisco)
        else:
            self._who = CommunityData(community.reveal() if community else "", mpModel=version)
        kind = _Target6 if ":" in peer.address else _Target
        try:
            self._target = self._loop.run_until_complete(
                kind.create((peer.address, peer.port), timeout=peer.timeout_s, retries=0)
            )
        except (OSError, ValueError, PySnmpError) as failure:
            self._loop.close()
            raise OSError(str(failure) or type(failure).__name__) from None

    def ask(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Values of one GET; a v1 agent that lacks one object is asked one at a time."""
        try:
            return dict(self._rows(get_cmd, oids))
        except Declined as refusal:
            if refusal.status != NO_SUCH_NAME:
                raise
        return {} if len(oids) == 1 else {o: v for oid in oids for o, v in self.ask([oid]).items()}

    def pages(self, root: str, after: str) -> PysnmpPages:
        """The rows below root that follow ``after``."""
        return PysnmpPages(self, root, after)

    def after(self, oid: str, repetitions: int) -> list[Row]:
        """The rows that follow an OID in the agent's whole tree; a value of EndOfMibView ends the list."""
        try:
            if repetitions > 1:
                return self._rows(bulk_cmd, [oid], 0, repetitions)
            return self._rows(next_cmd, [oid])
        except Declined as refusal:
            if refusal.status == NO_SUCH_NAME:  # how SNMPv1 says that the MIB ends (RFC 1157 4.1.3)
                return []
            raise

    def close(self) -> None:
        """Close the socket and the event loop."""
        self._engine.close_dispatcher()
        self._loop.run_until_complete(asyncio.sleep(0))
        pending = asyncio.all_tasks(self._loop)
        for task in pending:
            task.cancel()
        if pending:
            self._loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        self._loop.close()

    def _rows(self, command: Any, oids: Sequence[str], *numbers: int) -> list[Row]:
        objects = [ObjectType(ObjectIdentity(oid)) for oid in oids]
        request = command(self._engine, self._who, self._target, self._context, *numbers, *objects, lookupMib=False)
        indication, status, _, bindings = self._run(request)
        if indication:
            _raise(indication)
        if int(status) == AUTHORIZATION_ERROR and self._is_v3:
            raise UserRefused
        if int(status):
            raise Declined(int(status))
        rows: list[Row] = []
        for name, value in bindings:
            if isinstance(value, EndOfMibView):
                break
            rows.append((str(name), _value(value)))
        return rows

    def _run(self, request: Coroutine[Any, Any, Any]) -> Any:
        try:
            return self._loop.run_until_complete(request)
        except OSError as failure:
            raise Silent(failure.strerror or "no route") from None
        except (PySnmpError, PyAsn1Error, ValueError, TypeError, IndexError, AttributeError, KeyError) as failure:
            raise Puzzled(f"malformed answer ({type(failure).__name__})") from None


class PysnmpPages:
    """A walk in progress over PySNMP."""

    def __init__(self, wire: PysnmpWire, root: str, after: str) -> None:
        self._wire = wire
        self._prefix = root + "."
        self._cursor = after
        self._repetitions = REPETITIONS if wire.bulk else 1
        self._begun = False
        self._ended = False

    def ask(self) -> list[Row]:
        """The next rows below the root; empty at its end."""
        if self._ended:
            return []
        try:
            page = self._wire.after(self._cursor, self._repetitions)
        except Declined as refusal:
            if refusal.status != TOO_BIG or not self.narrow():
                raise
            return self.ask()
        below = [row for row in page if row[0].startswith(self._prefix)]
        self._begun = True
        self._ended = len(below) < len(page) or not page
        if below:
            self._cursor = below[-1][0]
        return below

    def narrow(self) -> bool:
        """Ask for a quarter of the rows, in the end for one by GETNEXT."""
        if self._repetitions == 1:
            return False
        if not self._begun:
            self._wire.bulk = False
        self._repetitions = max(1, self._repetitions // 4) if self._begun else 1
        return True


def _raise(indication: object) -> None:
    if isinstance(indication, errind.RequestTimedOut):
        raise Silent("no answer")
    if type(indication) in REFUSED_AS:
        raise UserRefused(REFUSED_AS[type(indication)])
    raise Puzzled(type(indication).__name__)


def _value(value: object) -> SnmpValue:
    """A PySNMP value as ours; values the library does not know are None."""
    if isinstance(value, IpAddress):
        octets = bytes(value)
        return IPv4Address(octets) if len(octets) == 4 else octets
    if isinstance(value, (OctetString, Opaque)):
        return bytes(value)
    if isinstance(value, univ.ObjectIdentifier):
        return Oid(str(value))
    if isinstance(value, (NoSuchObject, NoSuchInstance)):
        return None
    return int(value) if isinstance(value, univ.Integer) else None


def _usm(user: SnmpV3, *, cisco: bool) -> UsmUserData:
    priv = (PRIV_CISCO if cisco else PRIV)[user.priv_protocol if user.priv else None]
    return UsmUserData(
        user.user,
        authKey=user.auth.reveal() if user.auth else None,
        privKey=user.priv.reveal() if user.priv else None,
        authProtocol=AUTH[user.auth_protocol if user.auth else None],
        privProtocol=priv,
    )
