"""The log: a file in the state folder, nothing secret in it."""

from __future__ import annotations

import io
import logging
import os
import re
from collections.abc import Iterable, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

_SECRET = re.compile(r"^HECHA_(?:LOGIN_.*_(?:PASSWORD|ENABLE|COMMUNITY|SNMPV3_AUTH|SNMPV3_PRIV)|PASSPHRASE|DATABASE)$")
_SHORTEST = 4
_LARGEST_BYTES, _KEPT = 5_000_000, 3
_TALKERS = ("paramiko", "netmiko", "httpx", "httpcore", "apscheduler", "asyncio")  # of failures they also raise
_OURS = ("hecha", "inventory", "collectors", "checks", "reports", "playbooks")
_hidden: set[str] = set()


def mask(words: Iterable[str]) -> None:
    """From now on these stand in no line of the log; of ``protocol:secret`` the secret alone neither."""
    for word in words:
        _hidden.update(part for part in (word, word.partition(":")[2]) if len(part) >= _SHORTEST)


def secret_words(environment: Mapping[str, str]) -> list[str]:
    """The values of an environment that must not be seen."""
    return [value for name, value in environment.items() if _SECRET.match(name)]


class Masking(logging.Formatter):
    """A line of the log, tracebacks included, with every secret word blotted out."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record, every secret in it masked."""
        text = super().format(record)
        for word in sorted(_hidden, key=len, reverse=True):
            text = text.replace(word, "***")
        return text


class _LogFile(RotatingFileHandler):
    """A file that is made, with its folder, for its owner alone when there is something to write."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_LARGEST_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)

    def _open(self) -> io.TextIOWrapper:
        path = Path(self.baseFilename)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        file: Any = os.fdopen(descriptor, self.mode, encoding=self.encoding, errors="backslashreplace")
        return file  # type: ignore[no-any-return]


def start_log(file: Path, *, verbose: bool) -> None:
    """Begins the log: to standard error when ``verbose``, else to the file."""
    logging.raiseExceptions = False  # a log that cannot be written says nothing about what is logged
    mask(secret_words(os.environ))
    handler: logging.Handler = logging.StreamHandler() if verbose else _LogFile(file)
    handler.setFormatter(Masking())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    for name in _TALKERS:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.CRITICAL)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
