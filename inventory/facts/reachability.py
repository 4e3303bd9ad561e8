"""How a device answers over each family, and what the way to it carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class EchoAnswer:
    """How one address of a device answered."""

    ip: IPv4Address | IPv6Address
    way: str  # icmp (echo), tcp (connects; a refusal is an answer)
    tried: int  # 0: no route from where the audit ran
    answered: int
    median_ms: float | None  # over those that were answered; None: none was

    @property
    def lost_percent(self) -> float | None:
        """Share of the requests without an answer; None: none was sent."""
        return 100 * (self.tried - self.answered) / self.tried if self.tried else None

    @property
    def line(self) -> str:
        """The same in a line of evidence."""
        took = "" if self.median_ms is None else f", {self.median_ms} ms"
        return f"{self.way} {self.ip} {self.answered} of {self.tried}{took}"


@dataclass(frozen=True, slots=True)
class Reachability(Fact):
    """How a device answers over each family, an address of each, where a playbook allows to ask."""

    items: tuple[EchoAnswer, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Throughput(Fact):
    """What a test with iperf3 against a server on the device carried, by TCP; ``down`` is towards whoever asked."""

    server: str  # address and port
    up_mbps: float | None  # None: that direction failed
    down_mbps: float | None
    cap_mbps: float  # the test sent no faster: reaching it says that the way carries at least so much
    seconds: float  # of each direction
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
