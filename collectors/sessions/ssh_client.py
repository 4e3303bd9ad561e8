"""The SSH transport under a command line: old key exchange last, host key before secret, one authentication request.

Paramiko is the library under Netmiko; this is the one module that adjusts it. As shipped it no longer speaks the
key exchange of switches from before 2016, answers a refused password by trying again another way (a second failure
in the device's log), and decides on host keys by itself.
"""

from __future__ import annotations

import logging
import socket
import struct
import time
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import Any

import paramiko
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1
from paramiko.kex_curve25519 import KexCurve25519
from paramiko.kex_group14 import KexGroup14SHA256
from paramiko.packet import Packetizer
from paramiko.ssh_exception import (
    AuthenticationException,
    BadAuthenticationType,
    PasswordRequiredException,
    SSHException,
)

from collectors.budget import Account, Attempt, FailureBudget
from collectors.hostkeys import HostKey, KnownHosts
from inventory.credentials import Login
from inventory.errors import LoginRefused, Unreachable

# What ends a connection: the library's thread passes on whatever a server's nonsense made its parsing raise.
BROKEN = (SSHException, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, struct.error)
_LONGEST_WHY = 200  # characters
_LONGEST_PACKET = 2**18  # octets, as OpenSSH bounds them; the library asks for no more than 32 KiB in one
# Why a connection failed is told by the exception; the library's own account of it would go to standard error.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


def why(error: Exception) -> str:
    """What to say of one of BROKEN: its words, which may quote the server, else its class."""
    said = str(error) if isinstance(error, SSHException | OSError) else ""
    return "".join(c for c in said if c.isprintable())[:_LONGEST_WHY] or type(error).__name__


class _Curve25519(KexCurve25519):
    """curve25519-sha256 under its standard name (RFC 8731); the library offers it under the older one alone."""

    name = "curve25519-sha256"


class _Group14Sha1(KexGroup14SHA256):
    """diffie-hellman-group14-sha1 (RFC 4253, 8.2)."""

    name = "diffie-hellman-group14-sha1"
    hash_algo = sha1


class _Group1Sha1(_Group14Sha1):
    """diffie-hellman-group1-sha1 (RFC 4253, 8.1) over Oakley group 2 (RFC 2409, 6.2)."""

    name = "diffie-hellman-group1-sha1"
    P = int(
        "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
        "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
        "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF",
        16,
    )


class _Sha1RsaKey(paramiko.RSAKey):
    """An RSA host key that signs with SHA-1 (``ssh-rsa``, RFC 4253, 6.6)."""

    def verify_ssh_sig(self, data: bytes, msg: paramiko.Message) -> bool:
        if msg.get_text() != "ssh-rsa" or not isinstance(self.key, RSAPublicKey):
            return False
        signature = msg.get_binary().rjust((self.key.key_size + 7) // 8, b"\0")
        try:
            self.key.verify(signature, data, padding.PKCS1v15(), SHA1())  # noqa: S303 - all that such a switch can sign with
        except InvalidSignature:
            return False
        return True


_MODERN_KEX = {"curve25519-sha256": _Curve25519} if KexCurve25519.is_available() else {}
_OLD_KEX = {"diffie-hellman-group14-sha1": _Group14Sha1, "diffie-hellman-group1-sha1": _Group1Sha1}
_OLD_HOST_KEY = {"ssh-rsa": _Sha1RsaKey}


class _BoundedPackets(Packetizer):
    """Packets of a length that a server may mean: the library makes room for the 4 GB that any header can claim."""

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        if n > _LONGEST_PACKET:
            raise SSHException(f"a packet of {n} octets")
        return super().read_all(n, check_rekey)


class PatientTransport(paramiko.Transport):
    """A transport that asks for modern algorithms first and still takes the old ones a switch may be left with."""

    _kex_info: dict[str, Any]
    _key_info: dict[str, Any]
    _preferred_kex: tuple[str, ...]
    _preferred_keys: tuple[str, ...]

    def __init__(self, sock: socket.socket, known_kinds: tuple[str, ...] = ()) -> None:
        super().__init__(sock, packetizer_class=_BoundedPackets)
        self._kex_info = {**_OLD_KEX, **_MODERN_KEX, **self._kex_info}
        self._key_info = {**_OLD_HOST_KEY, **self._key_info}
        self._preferred_kex = tuple(dict.fromkeys((*_MODERN_KEX, *self._preferred_kex, *_OLD_KEX)))
        offered = (*self._preferred_keys, *(k for k in _OLD_HOST_KEY if k not in self._preferred_keys))
        # A server with several keys must show the one that was recorded.
        self._preferred_keys = tuple(sorted(offered, key=lambda kind: _recorded_as(kind) not in known_kinds))


def _recorded_as(kind: str) -> str:
    return "ssh-rsa" if kind.startswith("rsa-sha2-") else kind


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds allowed for the TCP connection, the server's greeting, the login; for silence within the answer to a
    command, for a whole answer, and for all commands together."""

    connect_s: float = 10.0
    banner_s: float = 15.0
    login_s: float = 30.0
    command_s: float = 60.0
    total_s: float = 600.0
    session_s: float = 1800.0

    def hold(self, until: float) -> None:
        """Raises Unreachable past the end of the session, on the clock of ``time.monotonic``: what is sent then, nobody
        would wait for."""
        if time.monotonic() >= until:
            raise Unreachable(f"not asked: the session's {self.session_s:.0f} s were over")


class OneTryClient(paramiko.SSHClient):
    """A client whose ``connect`` checks the host key, takes a permit and sends the login given, once."""

    def __init__(self, login: Login, budget: FailureBudget, known_hosts: KnownHosts, timeouts: Timeouts) -> None:
        super().__init__()
        self._login = login
        self._budget = budget
        self._known_hosts = known_hosts
        self._timeouts = timeouts
        self._transport: PatientTransport | None = None

    def connect(self, hostname: str, port: int = 22, **_: object) -> None:  # type: ignore[override]
        """Connect and log in; every other argument Netmiko passes is decided by the login and the timeouts.

        Raises Unreachable, HostKeyChanged, LoginWithheld and LoginRefused.
        """
        account, key = account_of(self._login, self._budget)
        self._budget.check(account, hostname)
        transport = self._greeted(hostname, port)
        self._transport = transport
        server_key = transport.get_remote_server_key()
        self._known_hosts.admit(hostname, port, HostKey(server_key.get_name(), server_key.asbytes()))
        transport.auth_timeout = self._timeouts.login_s
        with self._budget.attempt(account, hostname) as attempt:
            self._authenticate(transport, attempt, key)

    def _greeted(self, host: str, port: int) -> PatientTransport:
        try:
            sock = socket.create_connection((host, port), timeout=self._timeouts.connect_s)
        except OSError as error:
            raise Unreachable(f"{host} port {port}: {error.strerror or error}") from None
        # Small packets that wait for an acknowledgement cost 40 ms a command.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = PatientTransport(sock, self._known_hosts.kinds(host, port))
        transport.daemon = True
        transport.banner_timeout = self._timeouts.banner_s
        try:
            transport.start_client(timeout=self._timeouts.login_s)
        except BROKEN as error:
            transport.close()
            raise Unreachable(f"{host} port {port}: no SSH session: {why(error)}") from None
        return transport

    def _authenticate(self, transport: PatientTransport, attempt: Attempt, key: paramiko.PKey | None) -> None:
        try:
            rest = self._by_key(transport, attempt, key) if key else ["password"]
            if rest:
                self._by_password(transport, attempt)
        except BROKEN as error:
            raise self._failure(error, transport.is_active(), attempt.target) from None

    def _by_key(self, transport: PatientTransport, attempt: Attempt, key: paramiko.PKey) -> list[str]:
        attempt.sent = True
        return transport.auth_publickey(self._login.username or "", key)

    def _by_password(self, transport: PatientTransport, attempt: Attempt) -> None:
        if self._login.password is None:
            raise AuthenticationException("a password is asked for as well, and the login has none")
        username, password = self._login.username or "", self._login.password.reveal()
        attempt.sent = True
        try:
            transport.auth_password(username, password, fallback=False)
        except BadAuthenticationType as refused:
            if "keyboard-interactive" not in refused.allowed_types:
                raise
            # The refused request stands in the server's log as a failure: the second one needs its own permit.
            attempt.again()
            transport.auth_interactive(username, _Answers(transport, password))

    def _failure(self, error: Exception, alive: bool, target: str) -> LoginRefused | Unreachable:
        if alive and "timeout" in str(error).lower():
            return Unreachable(f"{target}: no answer to the login within {self._timeouts.login_s:.0f} s")
        name, user = self._login.name, self._login.username
        if alive:
            return LoginRefused(f"{target} refused the login {name} (user {user})")
        # Servers at their limit of tries hang up instead of answering.
        return LoginRefused(f"{target} closed the connection on the login {name} (user {user})")


class _Answers:
    """Answers keyboard-interactive prompts (RFC 4256): the password to the first, and never twice."""

    def __init__(self, transport: paramiko.Transport, password: str) -> None:
        self._transport = transport
        self._password: str | None = password

    def __call__(self, _title: str, _instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        if not prompts:
            return []
        if self._password is None or len(prompts) > 1:
            self._transport.close()
            return ["" for _ in prompts]
        answer, self._password = self._password, None
        return [answer]


def account_of(login: Login, budget: FailureBudget) -> tuple[Account, paramiko.PKey | None]:
    """The budget's account of an SSH login, and its private key where it has one.

    Raises LoginRefused when the login cannot be used for SSH or its key file cannot be read; nothing was sent.
    """
    name = f"ssh:{login.username}"
    if login.ssh_key is not None and login.username:
        key = _private_key(login, login.ssh_key)
        return budget.account(name, key.asbytes()), key
    if login.password is None or not login.username:
        raise LoginRefused(f"login {login.name} has no user name with a password or key for SSH")
    return budget.account(name, login.password.reveal()), None


def _private_key(login: Login, path: Path) -> paramiko.PKey:
    word = login.password.reveal().encode("utf-8") if login.password else None
    try:
        try:
            return paramiko.PKey.from_path(path)
        except (PasswordRequiredException, TypeError):
            return paramiko.PKey.from_path(path, passphrase=word)  # type: ignore[call-arg]
    except (SSHException, OSError, ValueError, TypeError) as error:
        raise LoginRefused(f"login {login.name}: key file {path} cannot be used: {type(error).__name__}") from None
