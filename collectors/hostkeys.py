"""SSH host keys as recorded at first use, in OpenSSH's known_hosts format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

from __future__ import annotations

import base64
import binascii
import fcntl
import hashlib
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from inventory.errors import HostKeyChanged, InputError, reason
from inventory.text import Text


@dataclass(frozen=True, slots=True)
class HostKey:
    """A server's public key: its type (``ssh-ed25519``) and its wire form (RFC 4253, 6.6)."""

    kind: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key the way ``ssh-keygen -l`` shows it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return "SHA256:" + digest.rstrip("=")


@dataclass(frozen=True, slots=True)
class _Line:
    marker: str  # "", "@revoked" or "@cert-authority"
    names: tuple[str, ...]
    key: HostKey


class KnownHosts:
    """The known-hosts file of a project. Threads and processes may share it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._stamp: tuple[int, int] | None = None
        self._lines: list[_Line] = []

    @property
    def path(self) -> Path:
        """The file."""
        return self._path

    def kinds(self, host: str, port: int) -> tuple[str, ...]:
        """Key types recorded for a server, in the file's order; empty before first use."""
        return tuple(key.kind for key in self.keys(host, port))

    def keys(self, host: str, port: int) -> tuple[HostKey, ...]:
        """The keys recorded for a server, in the file's order; empty before first use."""
        name = _name(host, port)
        return tuple(line.key for line in self._read() if not line.marker and _names(line, name))

    def admit(self, host: str, port: int, key: HostKey) -> bool:
        """Whether this is the first use of the server, which is then recorded.

        Raises HostKeyChanged when another key is recorded or this one is revoked, InputError when the file cannot
        be read or written.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._lock, self._path.open("a+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if self._known(host, port, key):
                    return False
                _append(file.fileno(), self._path, f"{_name(host, port)} {key.kind} {_text(key)}\n")
                return True
        except OSError as error:
            raise self._unusable(error) from error

    def _known(self, host: str, port: int, key: HostKey) -> bool:
        recorded = [line for line in self._read() if _names(line, _name(host, port))]
        if any(line.marker == "@revoked" and line.key == key for line in recorded):
            raise HostKeyChanged(f"host key {key.fingerprint} of {host} is marked as revoked in {self._path}")
        plain = [line.key for line in recorded if not line.marker]
        if not plain or key in plain:
            return bool(plain)
        raise HostKeyChanged(
            f"host key of {host} port {port} is {key.fingerprint} ({key.kind}), recorded is "
            f"{plain[0].fingerprint} ({plain[0].kind}); if the device was replaced, remove its line from {self._path}"
        )

    def _read(self) -> list[_Line]:
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return []
        stamp = (stat.st_size, stat.st_mtime_ns)
        if stamp != self._stamp:
            try:
                text = self._path.read_text(encoding="utf-8", errors="replace")
            except OSError as error:
                raise self._unusable(error) from error
            self._lines, self._stamp = list(_parsed(text)), stamp
        return self._lines

    def _unusable(self, error: OSError) -> InputError:
        why = reason(error)
        told = Text(f"主机密钥文件无法使用（{why.zh}）", f"the known-hosts file cannot be used ({why.en})")
        return InputError(str(self._path), told)


def _append(descriptor: int, path: Path, line: str) -> None:
    with path.open("rb") as before:
        size = before.seek(0, os.SEEK_END)
        before.seek(max(size - 1, 0))
        torn = size > 0 and before.read(1) != b"\n"
    os.write(descriptor, (("\n" if torn else "") + line).encode("ascii"))


def _parsed(text: str) -> Iterator[_Line]:
    for raw in text.splitlines():
        words = raw.split()
        if not words or words[0].startswith("#"):
            continue
        marker = words.pop(0) if words[0].startswith("@") else ""
        if len(words) < 3:
            continue
        try:
            blob = base64.b64decode(words[2], validate=True)
        except (binascii.Error, ValueError):
            continue
        yield _Line(marker, tuple(words[0].split(",")), HostKey(words[1], blob))


def _names(line: _Line, name: str) -> bool:
    return any(_hashed(n, name) if n.startswith("|1|") else n == name for n in line.names)


def _hashed(pattern: str, name: str) -> bool:
    # HashKnownHosts form: |1|salt|HMAC-SHA1 of the name under the salt.
    try:
        salt, digest = (base64.b64decode(part) for part in pattern.split("|")[2:4])
    except (binascii.Error, ValueError):
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode("utf-8"), "sha1"), digest)


def _name(host: str, port: int) -> str:
    return host if port == 22 else f"[{host}]:{port}"


def _text(key: HostKey) -> str:
    return base64.b64encode(key.blob).decode("ascii")
