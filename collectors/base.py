"""What a session can be asked, whatever carries it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Protocol


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
    """What a device printed for one command, masked, with its content address."""

    command: str
    text: str
    sha256: str


class CliSession(Protocol):
    """A command line that can be read. Only commands the platform lists are ever sent."""

    def ask(self, command: str) -> Answer:
        """The answer to one command; ReadFailed(REFUSED) for a refusal, Unreachable when the line breaks."""

    def close(self) -> None:
        """Log out and free the connection."""
