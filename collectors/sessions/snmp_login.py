"""SNMP sessions within the login failure budget: the keys of an SNMPv3 user are secrets like a password."""

from __future__ import annotations

import secrets
import socket

from collectors.base import SnmpSession
from collectors.budget import FailureBudget
from collectors.sessions.snmp import Bounds, open_snmp
from collectors.sessions.snmp_wire import LARGEST_DATAGRAM, UNDECRYPTED, WRONG_DIGEST, UserRefused
from inventory.credentials import Login, SnmpV3
from inventory.errors import LoginRefused, Unreachable

# What speaks against the keys; 0: the agent does not say what it refuses.
_KEYS_WRONG = frozenset({0, WRONG_DIGEST, UNDECRYPTED})
_ELSEWHERE_S = 0.3  # what is waited for a word from another address: a fleet has many dead ones


def open_within_budget(address: str, port: int, login: Login, *, budget: FailureBudget, bounds: Bounds) -> SnmpSession:
    """``open_snmp``, an SNMPv3 user with keys only while the failure budget of its account lasts.

    Raises LoginWithheld when it does not, and what ``open_snmp`` raises. An address that is silent costs no permit:
    whether an agent is there is asked first, without any user.
    """
    user = login.snmpv3
    if user is None or user.auth is None:
        try:
            return open_snmp(address, port, login, bounds=bounds)
        except Unreachable as silence:
            raise _explained(silence, address, port, bounds) from None
    account = budget.account(f"snmpv3:{user.user}", _keys(user))
    budget.check(account, address)
    if not _answers(address, port, bounds):
        why = f"no SNMP answer in {bounds.tries} tries of {bounds.timeout_s:g} s (engine discovery)"
        raise _explained(Unreachable(why), address, port, bounds)
    with budget.attempt(account, address) as attempt:
        try:
            return open_snmp(address, port, login, bounds=bounds)
        except LoginRefused as refusal:
            attempt.counts = isinstance(refusal, UserRefused) and refusal.report in _KEYS_WRONG
            raise


def _keys(user: SnmpV3) -> str:
    return "\0".join(secret.reveal() for secret in (user.auth, user.priv) if secret)


def _answers(address: str, port: int, bounds: Bounds) -> bool:
    """Whether anything comes back for the discovery of an engine (RFC 3414 clause 4), which names no user."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.settimeout(bounds.timeout_s)
            sock.connect((address, port))
            return any(_heard(sock) for _ in range(bounds.tries))
    except OSError:  # no way there
        return False


def _heard(sock: socket.socket) -> bool:
    try:
        sock.send(engine_discovery()[0])
        return bool(sock.recv(LARGEST_DATAGRAM))
    except (TimeoutError, ConnectionRefusedError):
        return False


def _explained(silence: Unreachable, address: str, port: int, bounds: Bounds) -> Unreachable:
    """The silence of an agent, with the other address that answers in its place: nothing proves who that is.

    Agents of hosts with several addresses do that; a session hears the address alone that it asks.
    """
    message, number = engine_discovery()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.settimeout(min(bounds.timeout_s, _ELSEWHERE_S))
            sock.sendto(message, (address, port))
            said, peer = sock.recvfrom(LARGEST_DATAGRAM)
    except OSError:
        return silence
    if number not in said or peer[0] == address:
        return silence
    return Unreachable(f"the agent answers from another address, {peer[0]}: {silence.why}")


def engine_discovery() -> tuple[bytes, bytes]:
    """A Get of nothing by nobody from an engine that is not known, and its number: the agent reports its own engine."""
    number = b"\x02\x04" + secrets.randbelow(2**31 - 2**24).to_bytes(4, "big")
    header = b"\x30\x11" + number + b"\x02\x03\x00\xff\xe3\x04\x01\x04\x02\x01\x03"  # reportable, no security, USM
    nobody = b"\x04\x10\x30\x0e\x04\x00\x02\x01\x00\x02\x01\x00\x04\x00\x04\x00\x04\x00"
    nothing = b"\x30\x14\x04\x00\x04\x00\xa0\x0e" + number + b"\x02\x01\x00\x02\x01\x00\x30\x00"
    return b"\x30\x3e\x02\x01\x03" + header + nobody + nothing, number
