"""The default SNMP engine: gufo-snmp, whose core is native code; gufo-snmp lives here.

What was found about it and is answered here: an error-status and the end of the MIB look the same to its caller;
a response over 4,096 octets is "incomplete"; IpAddress and OBJECT IDENTIFIER both come as text; malformed BER can
panic, which is a BaseException. All of those become Puzzled, and the session asks the other engine. It reads on for as
long as answers to other requests come, which may be forever, so its sockets do not block and the waiting is ours.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from ipaddress import IPv4Address
from typing import Any, TypeVar

from collectors.base import Oid, SnmpValue
from collectors.sessions.snmp_guard import Guard
from collectors.sessions.snmp_wire import REFUSALS, Peer, Puzzled, Row, Silent, Unsettled, UserRefused
from inventory.credentials import Secret, SnmpV3

try:
    from gufo.snmp import (
        Aes128Key,
        Aes192Key,
        Aes256Key,
        BaseAuthKey,
        BasePrivKey,
        DesKey,
        KeyExpansion,
        Md5Key,
        Sha1Key,
        Sha224Key,
        Sha256Key,
        Sha384Key,
        Sha512Key,
        SnmpAuthError,
        SnmpError,
        User,
    )
    from gufo.snmp._fast import GetIter, SnmpV1ClientSocket, SnmpV2cClientSocket, SnmpV3ClientSocket
    from gufo.snmp.user import KeyType
except ImportError:  # no wheel for this processor
    available = False
else:
    available = True

REPETITIONS = 40  # rows that fit a 1,472-octet answer of ifTable; agents send what fits and no more
REPETITIONS_V3 = 20  # gufo-snmp announces a small msgMaxSize, and net-snmp answers tooBig instead of less
NOT_IN_WINDOW = 2
SINGLES = 8  # rows asked for one by one before GETBULK is tried again
T = TypeVar("T")


class GufoWire:
    """One agent over gufo-snmp."""

    engine = "gufo"

    def __init__(self, peer: Peer, version: int, community: Secret | None, user: SnmpV3 | None, *, cisco: bool) -> None:
        host = f"[{peer.address}]" if ":" in peer.address else peer.address
        self._to = f"{host}:{peer.port}"
        self._timeout_s = peer.timeout_s
        self.bulk = version != 0
        self.is_v3 = user is not None
        self._keyed = True  # engine known, keys localised to it, clock learnt
        self._user: User | None = None
        self._master: tuple[str, bytes] | None = None  # of a user with authentication: protocol and master key
        self._guard: Guard | None = None
        word = community.reveal() if community else ""
        self._socket: SnmpV1ClientSocket | SnmpV2cClientSocket | SnmpV3ClientSocket
        self._secure: SnmpV3ClientSocket | None = None  # the same, of SNMPv3
        if user is not None:
            self._user = _user(user, cisco=cisco)
            if user.auth and user.auth_protocol:
                self._master = (user.auth_protocol, _master(user.auth_protocol, user.auth))
            self._keyed = False
            self._socket = self._secure = SnmpV3ClientSocket(self._to, b"", "", 0, b"", 0, b"", 0, 0, 0, 0)
            self._guard = Guard(self._socket.get_fd(), peer)
        elif version == 0:
            self._socket = SnmpV1ClientSocket(self._to, word, 0, 0, 0, 0)
        else:
            self._socket = SnmpV2cClientSocket(self._to, word, 0, 0, 0, 0)
        self._heard = select.poll()
        self._heard.register(self._guard or self._socket.get_fd(), select.POLLIN)

    def ask(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Values of one GET. An error-status of a v1 agent (one object lacks) is resolved one object at a time."""
        found = self._values(oids)
        if not found and len(oids) > 1:
            found = {o: v for oid in oids for o, v in self._values([oid]).items()}
        return {oid: _value(found[oid]) for oid in oids if oid in found}

    def pages(self, root: str, after: str) -> GufoPages:
        """The rows below root; this engine can only begin at the root itself."""
        if after != root:
            raise Puzzled("gufo-snmp cannot begin in the middle of a walk")
        return GufoPages(self, root)

    def close(self) -> None:
        """The engine's socket closes with the last reference."""
        if self._guard:
            self._guard.close()
        del self._socket, self._secure

    def next_rows(self, context: GetIter) -> list[tuple[str, Any] | None]:
        """One GETNEXT as a list."""
        at = self._socket
        return [self._told(partial(at.send_get_next, context), partial(at.recv_get_next, context))]

    def bulk_rows(self, context: GetIter) -> list[tuple[str, Any] | None]:
        """One GETBULK; None in the list stands for the first row after the subtree."""
        at = self._socket
        return self._told(partial(at.send_get_bulk, context), partial(at.recv_get_bulk, context))

    def _values(self, oids: Sequence[str]) -> dict[str, Any]:
        return self._told(partial(self._socket.send_get_many, list(oids)), self._socket.recv_get_many)

    def _told(self, send: Callable[[], None], receive: Callable[[], T]) -> T:
        """The request's answer, with this engine's exceptions turned into ours; StopAsyncIteration passes."""
        try:
            self._prepare()
            try:
                return self._exchange(send, receive)
            except SnmpAuthError:
                if self._user is None:
                    raise Puzzled("the agent reports an error") from None
                return self._once_more(send, receive)
        except OSError as failure:
            raise Silent(failure.strerror or str(failure) or "no route") from None
        except (SnmpError, RuntimeError, ValueError) as failure:
            raise Puzzled(str(failure)) from None
        except BaseException as failure:
            if type(failure).__name__ != "PanicException":
                raise
            raise Puzzled("malformed answer") from None

    def _exchange(self, send: Callable[[], None], receive: Callable[[], T]) -> T:
        """The answer to one request within the time of a try; TimeoutError without one."""
        send()
        if self._guard:
            self._guard.forward()
        until = time.monotonic() + self._timeout_s
        while (left := until - time.monotonic()) > 0 and self._heard.poll(left * 1000):
            if self._guard and not self._guard.deliver():
                continue
            try:
                return receive()
            except BlockingIOError:  # what came was the answer to another request
                continue
        raise TimeoutError("no answer")

    def _prepare(self) -> None:
        """Discover the engine, then set the keys localised to it and learn its clock (RFC 3414 clause 4)."""
        u, wire = self._user, self._secure
        if self._keyed or u is None or wire is None:
            return
        if not wire.get_engine_id():
            self._exchange(wire.send_refresh, wire.recv_refresh)
        wire.set_keys(u.name, u.get_auth_alg(), u.get_auth_key(), u.get_priv_alg(), u.get_priv_key())
        if self._guard and self._master:
            self._guard.demand(*self._master, wire.get_engine_id())
        if u.require_auth():
            try:
                self._synchronise()
            except TimeoutError:
                raise Silent("it tells its engine, but the user gets no answer: is the privacy key right?") from None
        self._keyed = True

    def _once_more(self, send: Callable[[], None], receive: Callable[[], T]) -> T:
        """The request after the clock was learnt anew: the agent may have restarted (notInTimeWindow)."""
        report = self._synchronise()
        try:
            return self._exchange(send, receive)
        except SnmpAuthError:
            if report == NOT_IN_WINDOW:
                raise Puzzled("the agent's clock is never in its own time window") from None
            raise UserRefused from None

    def _synchronise(self) -> int:
        """Learn the agent's boots and time by one request of the user; the number in usmStats it is reported under.

        0: no report. The engine takes any answer to that request for a good one, so that a wrong key would be sent
        again and again: what is reported is therefore read here. Raises UserRefused for a refusal.
        """
        if self._secure is None or self._guard is None:
            return 0
        self._guard.report = 0
        self._exchange(self._secure.send_refresh, self._secure.recv_refresh)
        if self._guard.report in REFUSALS:
            raise UserRefused(self._guard.report)
        return self._guard.report


class GufoPages:
    """A walk in progress over gufo-snmp."""

    def __init__(self, wire: GufoWire, root: str) -> None:
        self._wire = wire
        self._context = GetIter(root, REPETITIONS_V3 if wire.is_v3 else REPETITIONS)
        self._singles = 0  # rows still to ask for one by one
        self._begun = False
        self._ended = False

    def ask(self) -> list[Row]:
        """The next rows; Puzzled where the end cannot be told from an error-status."""
        if self._ended:
            return []
        try:
            page = self._page()
        except StopAsyncIteration:
            if self._begun:
                raise Unsettled("rows stop without an end") from None
            if not self._wire.bulk or self._singles:
                return []
            self._singles = SINGLES  # GETBULK may have been too big for the agent; GETNEXT is not
            return self.ask()
        self._begun = True
        self._ended = page[-1] is None
        return [(row[0], v if type(v := row[1]) is not str else _value(v)) for row in page if row is not None]

    def narrow(self) -> bool:
        """GETNEXT for the next rows; for good where GETBULK was never answered."""
        if not self._wire.bulk or self._singles:
            return False
        self._singles = SINGLES
        if not self._begun:
            self._wire.bulk = False
        return True

    def _page(self) -> list[tuple[str, Any] | None]:
        if self._wire.bulk and not self._singles:
            return self._wire.bulk_rows(self._context)
        page = self._wire.next_rows(self._context)
        self._singles = max(0, self._singles - 1)
        return page


def _value(value: object) -> SnmpValue:
    """A gufo-snmp value as ours. Text of four numbers is an IpAddress, unless it is the root all OIDs share."""
    if value is None or isinstance(value, (int, bytes)):
        return value
    text = str(value)
    parts = text.split(".")
    if len(parts) == 4 and text != "1.3.6.1" and all(p.isdigit() and int(p) < 256 for p in parts):
        return IPv4Address(text)
    return Oid(text)


def _user(user: SnmpV3, *, cisco: bool) -> User:
    """The user with keys derived from the passwords once for all agents (master keys, RFC 3414 A.2)."""
    protocol = user.auth_protocol
    if user.auth is None or protocol is None:
        return User(user.user)
    auth = _auth_kinds()[protocol](_master(protocol, user.auth), KeyType.Master)
    expansion = KeyExpansion.Cisco if cisco else KeyExpansion.Blumenthal
    priv_kind = _priv_kinds().get(user.priv_protocol or "")
    if user.priv is None or priv_kind is None:
        return User(user.user, auth_key=auth)
    priv = priv_kind(_master(protocol, user.priv), KeyType.Master)
    return User(user.user, auth_key=auth, priv_key=priv, key_expansion=expansion)


@lru_cache(maxsize=64)
def _master(protocol: str, word: Secret) -> bytes:
    return _auth_kinds()[protocol].get_master_key(word.reveal().encode("utf-8"))


def _auth_kinds() -> dict[str, type[BaseAuthKey]]:
    return {
        "md5": Md5Key,
        "sha": Sha1Key,
        "sha224": Sha224Key,
        "sha256": Sha256Key,
        "sha384": Sha384Key,
        "sha512": Sha512Key,
    }


def _priv_kinds() -> dict[str, type[BasePrivKey]]:
    return {"des": DesKey, "aes128": Aes128Key, "aes192": Aes192Key, "aes256": Aes256Key}
