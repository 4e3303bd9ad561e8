"""The failure budget on disk: one JSON file, changed under an exclusive lock and replaced whole."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from inventory.errors import InputError, reason
from inventory.text import Text


@dataclass(slots=True)
class Permit:
    """Leave to send one secret, held by a process until the outcome is known."""

    target: str
    pid: int
    started: str  # tells a process from a later one with the same id

    @classmethod
    def mine(cls, target: str) -> Permit:
        """A permit of this process."""
        return cls(target, os.getpid(), _started(os.getpid()))

    def held(self) -> bool:
        """Whether the process that took it still runs."""
        return bool(self.started) and _started(self.pid) == self.started


def _started(pid: int) -> str:
    """Start time of a process in clock ticks since boot (proc(5), field 22 of stat); empty when it is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    # The command name in field 2 may hold spaces and parentheses.
    return stat.rpartition(")")[2].split()[19]


@dataclass(slots=True)
class AccountState:
    """One account in the file."""

    name: str
    failures: int = 0
    proven: bool = False
    last: str = ""
    refused_by: list[str] = field(default_factory=list)
    permits: dict[str, Permit] = field(default_factory=dict)

    def grant(self, permit: Permit) -> str:
        """The token under which a permit is now out."""
        token = secrets.token_hex(8)
        self.permits[token] = permit
        return token

    def release(self, token: str) -> int:
        """Take a permit back: 1, or 0 when a person reset the account meanwhile."""
        return 1 if self.permits.pop(token, None) else 0

    def forget_dead(self) -> None:
        """Permits of processes that died: failures while nothing proves the account, else nothing."""
        for token, permit in list(self.permits.items()):
            if not permit.held():
                del self.permits[token]
                self.failures += 0 if self.proven else 1


class BudgetFile:
    """Reads and replaces the file; makes the local key beside it at first use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread, self._once = threading.Lock(), threading.Lock()
        self._key: bytes | None = None
        self._known: dict[bytes, str] = {}

    @contextmanager
    def states(self) -> Iterator[dict[str, AccountState]]:
        """All accounts by fingerprint, to read and change; written when changed and no exception was raised.

        Raises InputError when the file cannot be read or written: a budget that is not known is not a full one.
        """
        with self._thread, self._locked():
            states = self._read()
            before = {k: asdict(v) for k, v in states.items()}
            yield states
            after = {k: asdict(v) for k, v in states.items()}
            if after != before:
                self._replace(after)

    def fingerprint(self, name: str, secret: str | bytes) -> str:
        """A name for (account, secret) that cannot be turned back: scrypt, then HMAC, both under the local key."""
        word = secret.encode("utf-8") if isinstance(secret, str) else secret
        key = self._local_key()
        quick = hmac.digest(key, name.encode("utf-8") + b"\0" + word, "sha256")
        with self._once:  # scrypt takes 16 MiB: not in every thread that begins with the account at the same moment
            if quick not in self._known:
                slow = hashlib.scrypt(word, salt=key, n=2**14, r=8, p=1)
                self._known[quick] = hmac.new(key, name.encode("utf-8") + b"\0" + slow, "sha256").hexdigest()[:32]
            return self._known[quick]

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _read(self) -> dict[str, AccountState]:
        try:
            plain = json.loads(self._path.read_text(encoding="utf-8"))
            return {fingerprint: _decoded(account) for fingerprint, account in plain["accounts"].items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise self._unusable(error) from error

    def _replace(self, accounts: Mapping[str, Any]) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump({"version": 1, "accounts": accounts}, file, ensure_ascii=False, indent=1)
            fresh.replace(self._path)
        except OSError as error:
            raise self._unusable(error) from error

    def _local_key(self) -> bytes:
        if self._key is None:
            with self._thread, self._locked():
                self._key = self._key_file()
        return self._key

    def _key_file(self) -> bytes:
        path = self._path.with_suffix(".key")
        try:
            if not path.exists():
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(secrets.token_bytes(32))
            return path.read_bytes()
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> InputError:
        why = reason(error) if isinstance(error, OSError) else Text(str(error), str(error))
        told = Text(f"登录失败预算文件无法使用：{why.zh}", f"the login failure budget cannot be used: {why.en}")
        return InputError(str(self._path), told)


def _decoded(plain: Mapping[str, Any]) -> AccountState:
    permits = {token: Permit(**permit) for token, permit in plain["permits"].items()}
    return AccountState(**{**plain, "permits": permits})
