"""Logins by name: secrets from the environment, then from the project's encrypted file.

A secret is shown only by ``Secret.reveal``; no repr, log, report or database ever holds one.
"""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from inventory.errors import InputError, unwritable
from inventory.text import Text

AUTH_PROTOCOLS = ("md5", "sha", "sha224", "sha256", "sha384", "sha512")
PRIV_PROTOCOLS = ("des", "aes128", "aes192", "aes256")
FIELDS = ("USERNAME", "PASSWORD", "ENABLE", "SSH_KEY", "COMMUNITY", "SNMPV3_USER", "SNMPV3_AUTH", "SNMPV3_PRIV")


class Secret:
    """A word that must not be seen."""

    __slots__ = ("_word",)

    def __init__(self, word: str) -> None:
        self._word = word

    def reveal(self) -> str:
        """The word itself, for the library that logs in."""
        return self._word

    def __repr__(self) -> str:
        return "Secret(***)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._word == self._word

    def __hash__(self) -> int:
        return hash(self._word)

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class SnmpV3:
    """An SNMPv3 user (RFC 3414). Without ``auth`` noAuthNoPriv, without ``priv`` authNoPriv."""

    user: str
    auth_protocol: str | None = None  # one of AUTH_PROTOCOLS
    auth: Secret | None = None
    priv_protocol: str | None = None  # one of PRIV_PROTOCOLS
    priv: Secret | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """What one name logs in with; each part None where the login has none."""

    name: str
    username: str | None = None
    password: Secret | None = None
    enable: Secret | None = None
    ssh_key: Path | None = field(default=None, repr=False)
    community: Secret | None = None
    snmpv3: SnmpV3 | None = None

    @property
    def for_ssh(self) -> bool:
        """Whether it can log in over SSH."""
        return self.username is not None and (self.password is not None or self.ssh_key is not None)

    @property
    def for_snmp(self) -> bool:
        """Whether it can ask an SNMP agent."""
        return self.community is not None or self.snmpv3 is not None

    def secrets(self) -> tuple[str, ...]:
        """All words that must never be seen, for masking what devices echo."""
        v3 = (self.snmpv3.auth, self.snmpv3.priv) if self.snmpv3 else ()
        held = (self.password, self.enable, self.community, *v3)
        return tuple(s.reveal() for s in held if s is not None)


def variable(login: str, part: str) -> str:
    """The environment variable of one part: HECHA_LOGIN_CORE_SW_PASSWORD for ("core-sw", "PASSWORD")."""
    return f"HECHA_LOGIN_{login.upper().replace('-', '_')}_{part}"


def in_environment() -> list[str]:
    """Names of logins that the environment has parts of, as their variables spell them; hyphens have become ``_``."""
    pattern = re.compile(f"HECHA_LOGIN_(.+)_({'|'.join(sorted(FIELDS, key=len, reverse=True))})")
    found = (pattern.fullmatch(name) for name in os.environ)
    return sorted({match[1].lower() for match in found if match})


class Logins:
    """Logins by name out of the environment and, where it exists, an encrypted file."""

    def __init__(self, environment: Mapping[str, str] | None = None, vault: Vault | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._vault = vault

    def login(self, name: str, needed: str | None = None) -> Login:
        """The login of that name; InputError when no part of it is found or a part is malformed.

        ``needed`` is the part (``PASSWORD``) that is told to be set where one alone is of use.
        """
        stored = self._vault.parts(name) if self._vault else {}
        parts = {p: self._environment.get(variable(name, p)) or stored.get(p) for p in FIELDS}
        if not any(parts.values()):
            named = variable(name, needed or "USERNAME")
            zh, en = (" 环境变量", "") if needed else (" 等环境变量", " and the like")
            raise InputError(
                name,
                Text(
                    f"没有这个登录：请设置 {named}{zh}，或运行 hecha login add {name}",
                    f"no such login: set {named}{en}, or run hecha login add {name}",
                ),
            )
        return Login(
            name=name,
            username=parts["USERNAME"],
            password=_secret(parts["PASSWORD"]),
            enable=_secret(parts["ENABLE"]),
            ssh_key=_key_file(name, parts["SSH_KEY"]),
            community=_secret(parts["COMMUNITY"]),
            snmpv3=_snmpv3(name, parts),
        )


def _secret(word: str | None) -> Secret | None:
    return Secret(word) if word else None


def _key_file(name: str, path: str | None) -> Path | None:
    if not path:
        return None
    key = Path(path).expanduser()
    if not key.is_file():
        where = variable(name, "SSH_KEY")
        raise InputError(where, Text(f"密钥文件 {key} 不存在", f"key file {key} does not exist"))
    return key


def _snmpv3(name: str, parts: Mapping[str, str | None]) -> SnmpV3 | None:
    user = parts["SNMPV3_USER"]
    if not user:
        return None
    auth_protocol, auth = _protocol_secret(name, "SNMPV3_AUTH", parts["SNMPV3_AUTH"], AUTH_PROTOCOLS)
    priv_protocol, priv = _protocol_secret(name, "SNMPV3_PRIV", parts["SNMPV3_PRIV"], PRIV_PROTOCOLS)
    if priv and not auth:
        where = variable(name, "SNMPV3_AUTH")
        raise InputError(where, Text("有加密就必须有认证", "privacy needs authentication as well"))
    return SnmpV3(user, auth_protocol, auth, priv_protocol, priv)


def _protocol_secret(
    name: str, part: str, value: str | None, allowed: tuple[str, ...]
) -> tuple[str | None, Secret | None]:
    if not value:
        return None, None
    protocol, colon, word = value.partition(":")
    protocol = protocol.lower().replace("-", "")
    if not colon or protocol not in allowed or len(word) < 8:
        # The value is not repeated: it holds the secret.
        raise InputError(
            variable(name, part),
            Text(
                f"应为 协议:口令，协议是 {'、'.join(allowed)} 之一，口令至少 8 个字符",
                f"expected protocol:secret, the protocol one of {', '.join(allowed)}, the secret 8 characters or more",
            ),
        )
    return protocol, Secret(word)


class Vault:
    """The encrypted file of logins: Fernet under a key derived by scrypt from a passphrase."""

    def __init__(self, path: Path, passphrase: Secret) -> None:
        self._path = path
        self._passphrase = passphrase
        self._open: dict[str, dict[str, str]] | None = None

    def parts(self, name: str) -> dict[str, str]:
        """The stored parts of a login; empty when the file does not have it."""
        return dict(self._contents().get(name, {}))

    def names(self) -> list[str]:
        """All stored login names."""
        return sorted(self._contents())

    def put(self, name: str, parts: Mapping[str, str]) -> None:
        """Store a login, replacing one of the same name; InputError where the file cannot be replaced whole."""
        contents = {**self._contents(), name: dict(parts)}
        self._write(contents)

    def remove(self, name: str) -> None:
        """Forget a login; InputError where the file cannot be replaced whole."""
        contents = dict(self._contents())
        contents.pop(name, None)
        self._write(contents)

    def _contents(self) -> dict[str, dict[str, str]]:
        if self._open is None:
            self._open = self._read() if self._path.exists() else {}
        return self._open

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            envelope = json.loads(self._path.read_text(encoding="utf-8"))
            box = Fernet(self._key(base64.b64decode(envelope["salt"])))
            opened = json.loads(box.decrypt(envelope["box"].encode("ascii")))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, InvalidToken):
            raise InputError(
                str(self._path),
                Text("打不开登录文件：口令不对或文件损坏", "cannot open: wrong passphrase, or damaged"),
            ) from None
        return {str(k): dict(v) for k, v in opened.items()}

    def _write(self, contents: dict[str, dict[str, str]]) -> None:
        salt = os.urandom(16)
        box = Fernet(self._key(salt)).encrypt(json.dumps(contents).encode("utf-8"))
        envelope = {"salt": base64.b64encode(salt).decode("ascii"), "box": box.decode("ascii")}
        fresh = self._path.with_suffix(".new")
        try:
            fresh.unlink(missing_ok=True)  # what lies there, a link perhaps, has a mode and a place of its own
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                json.dump(envelope, file)
            fresh.replace(self._path)
        except OSError as error:
            raise unwritable(self._path, error) from None
        self._open = contents

    def _key(self, salt: bytes) -> bytes:
        scrypt = Scrypt(salt=salt, length=32, n=2**15, r=8, p=1)
        return base64.urlsafe_b64encode(scrypt.derive(self._passphrase.reveal().encode("utf-8")))
