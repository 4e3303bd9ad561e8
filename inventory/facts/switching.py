"""What a device sees on its links: neighbours, ARP and ND, MAC tables, VLANs."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact

_UNANSWERED = frozenset({"failed", "incomplete", "invalid", "none"})  # states of an entry nobody answered for


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A neighbour heard by LLDP (IEEE 802.1AB) or CDP. All its words are the neighbour's own."""

    interface: str | None
    protocol: str  # lldp, cdp
    name: str | None
    chassis_id: str | None
    port: str | None
    port_descr: str | None = None
    descr: str | None = None
    addresses: tuple[IPv4Address | IPv6Address, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbours(Fact):
    """All neighbours; an empty tuple means the device speaks LLDP or CDP and hears nobody."""

    items: tuple[Neighbour, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class ResolvedAddress:
    """An ARP or ND entry (IP-MIB ipNetToPhysicalTable)."""

    ip: IPv4Address | IPv6Address
    mac: str | None
    interface: str | None
    state: str | None = None  # reachable, stale, static …

    @property
    def is_answered(self) -> bool:
        """Whether somebody answered for the address, lately or once."""
        return bool(self.mac) and (self.state or "").lower() not in _UNANSWERED


@dataclass(frozen=True, slots=True)
class ResolvedAddresses(Fact):
    """ARP and ND tables together. ``told`` are the families that the source is known to tell of, be it nothing."""

    items: tuple[ResolvedAddress, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
    told: frozenset[int] = frozenset({4, 6})


@dataclass(frozen=True, slots=True)
class LearnedMac:
    """A forwarding-database entry (BRIDGE-MIB, Q-BRIDGE-MIB)."""

    mac: str
    vlan: int | None
    interface: str | None


@dataclass(frozen=True, slots=True)
class LearnedMacs(Fact):
    """The forwarding database."""

    items: tuple[LearnedMac, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
