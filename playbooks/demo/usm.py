"""The authoritative side of SNMPv3's user-based security (RFC 3414, 3826, 7860): one user, many engines."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from playbooks.demo import ber

ENTERPRISE = 8072  # engine identifiers need a private enterprise number; that of net-snmp, as many agents carry it
_MAC_SIZE = {"sha": 12, "sha256": 24}
_HASH = {"sha": "sha1", "sha256": "sha256"}


@dataclass(frozen=True, slots=True)
class User:
    """A user with authentication by HMAC-SHA or HMAC-SHA-256 and AES-128 privacy."""

    name: str
    hash: str  # sha, sha256
    auth: str
    priv: str

    def __repr__(self) -> str:
        return f"User({self.name})"


@dataclass(frozen=True, slots=True)
class Parameters:
    """msgSecurityParameters of one message, and where its MAC stands in the whole message."""

    engine: bytes
    boots: int
    time: int
    user: str
    mac: bytes
    salt: bytes


def engine_id(address: bytes) -> bytes:
    """The identifier of the agent at an IPv4 address (RFC 3411, SnmpEngineID, format 1)."""
    return (0x80000000 | ENTERPRISE).to_bytes(4, "big") + b"\x01" + address


@lru_cache(maxsize=16)
def _password_key(algorithm: str, password: str) -> bytes:
    """RFC 3414, A.2.2: the digest of the password repeated to a megabyte."""
    word = password.encode()
    return hashlib.new(algorithm, (word * (1048576 // len(word) + 1))[:1048576]).digest()


@lru_cache(maxsize=8192)
def localized_key(hash_name: str, password: str, engine: bytes) -> bytes:
    """The key of a password at one engine."""
    algorithm = _HASH[hash_name]
    key = _password_key(algorithm, password)
    return hashlib.new(algorithm, key + engine + key).digest()


def mac_size(user: User) -> int:
    """Octets of the truncated MAC."""
    return _MAC_SIZE[user.hash]


def mac(user: User, engine: bytes, message: bytes) -> bytes:
    """The truncated MAC of a message whose MAC field is zeros."""
    key = localized_key(user.hash, user.auth, engine)
    return hmac.digest(key, message, _HASH[user.hash])[: mac_size(user)]


def authentic(user: User, parameters: Parameters, message: bytes) -> bool:
    """Whether the message carries the user's MAC."""
    size = mac_size(user)
    if len(parameters.mac) != size or message.count(parameters.mac) != 1:
        return False
    zeroed = message.replace(parameters.mac, bytes(size))
    return hmac.compare_digest(mac(user, parameters.engine, zeroed), parameters.mac)


def _blocks(user: User, engine: bytes) -> Cipher[modes.ECB]:
    # CFB is put together from single blocks here: the library moves its own from one module to another.
    key = localized_key(user.hash, user.priv, engine)[:16]
    return Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305 - the block function under CFB (RFC 3826)


def _first(boots: int, time: int, salt: bytes) -> bytes:
    return boots.to_bytes(4, "big") + time.to_bytes(4, "big") + salt


def _mixed(data: bytes, stream: bytes) -> bytes:
    size = len(data)
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream[:size], "big")).to_bytes(size, "big")


def decrypted(user: User, parameters: Parameters, data: bytes) -> bytes:
    """The scoped PDU in clear; ber.Malformed when the parameters cannot be of AES."""
    if len(parameters.salt) != 8:
        raise ber.Malformed("salt")
    first = _first(parameters.boots & 0x7FFFFFFF, parameters.time & 0x7FFFFFFF, parameters.salt)
    shifted = first + data[: (len(data) - 1) // 16 * 16]
    return _mixed(data, _blocks(user, parameters.engine).encryptor().update(shifted))


def encrypted(user: User, engine: bytes, boots: int, time: int, data: bytes) -> tuple[bytes, bytes]:
    """The scoped PDU encrypted, and its salt."""
    salt = secrets.token_bytes(8)
    step = _blocks(user, engine).encryptor().update
    block, out = _first(boots, time, salt), []
    for at in range(0, len(data), 16):
        block = _mixed(data[at : at + 16], step(block))
        out.append(block)
    return b"".join(out), salt


def read_parameters(content: bytes) -> Parameters:
    """msgSecurityParameters; ber.Malformed when they are none."""
    _, inner, _ = ber.opened(content, tag=ber.SEQUENCE)
    parts = ber.elements(inner)
    if len(parts) != 6:
        raise ber.Malformed("security parameters")
    engine, boots, time, user, code, salt = parts
    return Parameters(
        engine[1], ber.number(boots), ber.number(time), user[1].decode("utf-8", "replace"), code[1], salt[1]
    )
