"""Where a fact was read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Evidence:
    """The place a value came from, exact enough to look it up again.

    ``source``   the command sent, ``SNMP <object or OID>``, ``register <sheet>``, ``DNS <name>`` or a file name
    ``lines``    1-based numbers of the lines in the raw answer
    ``excerpt``  those lines, masked; for SNMP the object and its value
    ``sha256``   content address of the masked raw answer in the store; empty when none is kept
    """

    source: str
    lines: tuple[int, ...] = ()
    excerpt: str = ""
    taken_at: datetime | None = None
    sha256: str = ""

    def __bool__(self) -> bool:
        return bool(self.source)


NO_EVIDENCE = Evidence("")
