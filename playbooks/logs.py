"""The log: a file in the project's state folder, nothing secret in it."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable, Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path

_SECRET = re.compile(r"^HECHA_(?:LOGIN_.*_(?:PASSWORD|ENABLE|COMMUNITY|SNMPV3_AUTH|SNMPV3_PRIV)|PASSPHRASE|DATABASE)$")
_SHORTEST = 4
_LARGEST, _KEPT = 5_000_000, 3
_TALKERS = ("paramiko", "netmiko", "httpx", "httpcore", "apscheduler", "asyncio")  # of failures they also raise


class Masking(logging.Formatter):
    """A line of the log, tracebacks included, with every secret word of the environment blotted out."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._words = sorted({word for word in words if len(word) >= _SHORTEST}, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        text = super().format(record)
        for word in self._words:
            text = text.replace(word, "***")
        return text


def secret_words(environment: Mapping[str, str]) -> list[str]:
    """What must not be seen of an environment: whole values, and the secret behind ``protocol:``."""
    found = [value for name, value in environment.items() if _SECRET.match(name)]
    return found + [value.partition(":")[2] for value in found if ":" in value]


def start_log(file: Path | None, *, verbose: bool) -> None:
    """Begins the log: to standard error when ``verbose``, else to the file, else nowhere."""
    handler: logging.Handler = logging.NullHandler()
    if verbose:
        handler = logging.StreamHandler()
    elif file is not None:
        handler = RotatingFileHandler(file, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(Masking(secret_words(os.environ)))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    for name in _TALKERS:
        logging.getLogger(name).setLevel(logging.INFO if verbose else logging.CRITICAL)
