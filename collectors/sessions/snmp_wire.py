"""What the two SNMP engines have in common: one try of one request, and how it can go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from collectors.base import SnmpValue
from inventory.errors import LoginRefused

Row = tuple[str, SnmpValue]

GET_AT_ONCE = 20  # objects in one GET: fits the smallest message an agent must take (484 octets, RFC 3417 3.2)


LARGEST_DATAGRAM = 65_535  # octets


class Silent(Exception):
    """One try went unanswered."""


class Puzzled(Exception):
    """This engine cannot tell what the agent means, or cannot say what is needed; another engine may."""


class Unsettled(Puzzled):
    """Rows stopped coming: the end of the MIB, or an error-status that the engine does not show."""


class Declined(Exception):
    """The agent answered with an error-status (RFC 3416 clause 3); ``status`` is its number."""

    def __init__(self, status: int) -> None:
        super().__init__(STATUS.get(status, f"error-status {status}"))
        self.status = status


WRONG_DIGEST, UNDECRYPTED = 5, 6
# What an agent reports when it refuses a user, by number in usmStats (RFC 3414 clause 5).
REFUSALS = {
    1: "the SNMPv3 security level is refused (usmStatsUnsupportedSecLevels)",
    3: "the SNMPv3 user is unknown (usmStatsUnknownUserNames)",
    WRONG_DIGEST: "the SNMPv3 authentication key is refused (usmStatsWrongDigests)",
    UNDECRYPTED: "the SNMPv3 privacy key is refused (usmStatsDecryptionErrors)",
}


class UserRefused(LoginRefused):
    """The agent refuses the SNMPv3 user; ``report`` is a key of REFUSALS, 0 where the agent does not say."""

    def __init__(self, report: int = 0) -> None:
        super().__init__(REFUSALS.get(report, "the SNMPv3 user, key or security level is refused"))
        self.report = report


TOO_BIG = 1
NO_SUCH_NAME = 2
AUTHORIZATION_ERROR = 16
STATUS = {
    1: "tooBig",
    2: "noSuchName",
    3: "badValue",
    4: "readOnly",
    5: "genErr",
    6: "noAccess",
    13: "resourceUnavailable",
    AUTHORIZATION_ERROR: "authorizationError",
}


@dataclass(frozen=True, slots=True)
class Peer:
    """The agent's address and how long one try waits for it, in seconds."""

    address: str
    port: int
    timeout_s: float


class Pages(Protocol):
    """A walk in progress."""

    def ask(self) -> Sequence[Row]:
        """The next rows below the root, empty at its end. Asking again after Silent repeats the same request."""

    def narrow(self) -> bool:
        """Ask for less at once from now on (fewer repetitions, in the end GETNEXT); False when it is least already."""


class Wire(Protocol):
    """One engine talking to one agent in one SNMP version.

    Its methods raise Silent, Puzzled, Declined, LoginRefused and nothing else.
    """

    @property
    def engine(self) -> str:
        """``gufo`` or ``pysnmp``."""

    def ask(self, oids: Sequence[str]) -> dict[str, SnmpValue]:
        """Values of one GET; objects the agent lacks are left out or None."""

    def pages(self, root: str, after: str) -> Pages:
        """The rows below root that follow ``after``."""

    def close(self) -> None:
        """Free the socket."""
