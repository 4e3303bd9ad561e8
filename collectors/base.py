"""What a session can be asked, whatever carries it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Protocol

from inventory.evidence import Evidence

if TYPE_CHECKING:
    from collectors.platforms.base import Platform

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"  # SNMPv2-MIB: the one object that every agent has
_SHOWN = 20  # lines of an answer that one piece of evidence quotes
_WIDEST = 400  # characters of each


class Oid(str):
    """An OBJECT IDENTIFIER value in dotted form without a leading dot (never a string a device chose)."""

    __slots__ = ()


# INTEGER, Counter32/64, Gauge32, Unsigned32 and TimeTicks are int; OCTET STRING and Opaque are bytes;
# IpAddress is IPv4Address; None stands for noSuchObject, noSuchInstance and NULL.
SnmpValue = int | bytes | Oid | IPv4Address | None


class SnmpSession(Protocol):
    """An SNMP agent that can be read. OIDs are dotted, without a leading dot.

    Raises Unreachable when nothing answers within the session's tries, LoginRefused when the agent
    names the user or key as wrong, ReadFailed for an answer that cannot be used.
    """

    @property
    def engine(self) -> str:
        """``gufo`` or ``pysnmp`` or ``replay``, for evidence and logs."""

    @property
    def requests(self) -> int:
        """How many were sent so far, repeated ones counted."""

    def get(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Value by OID; an object the agent lacks is None."""

    def walk(self, root: str) -> Iterator[tuple[str, SnmpValue]]:
        """Every (OID, value) below root in the agent's order.

        Ends at the end of the subtree, and also, with ReadFailed, where an agent stops increasing, loops or
        exceeds the session's bounds; what was yielded before stays good.
        """

    def close(self) -> None:
        """Free the socket."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a device printed for one command: cleaned of paging and colours, secrets masked.

    ``sha256`` is its content address in the store, empty when none is kept.
    """

    command: str
    text: str
    sha256: str = ""
    taken_at: datetime | None = None

    def lines(self) -> list[str]:
        """Its lines; the first has number 1."""
        return self.text.splitlines()

    def evidence(self, *patterns: str) -> Evidence:
        """Evidence for a fact that the lines tell in which a pattern is found, in any case; twenty at most.

        Without a pattern, or where no line has it, the answer as a whole: that is where it is absent.
        """
        wanted = [re.compile(pattern, re.IGNORECASE) for pattern in patterns]  # apart: groups may share names
        found = [(n, line) for n, line in enumerate(self.lines(), 1) if any(w.search(line) for w in wanted)][:_SHOWN]
        excerpt = "\n".join(line[:_WIDEST] for _, line in found)
        return Evidence(self.command, tuple(n for n, _ in found), excerpt, self.taken_at, self.sha256)


class CliSession(Protocol):
    """A command line that can be read. Only commands the platform lists are ever sent."""

    @property
    def platform(self) -> Platform | None:
        """The platform named when it was opened, else the one recognised; None: none was."""

    def ask(self, command: str) -> Answer:
        """The answer to one command.

        Raises ReadFailed: REFUSED for a refusal, LACKING where the device has no such command or file, UNPARSED for
        an answer that was cut; Unreachable when the line breaks or falls silent; ValueError for a command that the
        platform does not list.
        """

    def close(self) -> None:
        """Log out and free the connection."""
