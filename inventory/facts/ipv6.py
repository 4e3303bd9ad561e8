"""What tells IPv6 in use from IPv6 turned on: traffic by family, what hosts of a link are told, first-hop guards."""

from __future__ import annotations

from dataclasses import dataclass, field

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class FamilyCounter:
    """Octets of one address family (IP-MIB ipSystemStatsTable, ipIfStatsTable). None: the agent has no such counter."""

    family: int  # 4 or 6
    interface: str | None  # None: the device as a whole
    in_octets: int | None
    out_octets: int | None
    bits: int = 64  # width of both counters


@dataclass(frozen=True, slots=True)
class FamilyCounters(Fact):
    """Traffic by family since the device or its agent started, ``uptime_s`` ago; None: it does not say when."""

    items: tuple[FamilyCounter, ...]
    uptime_s: float | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class LinkService:
    """What an interface with IPv6 gives the hosts behind it."""

    interface: str
    advertises: bool | None  # sends Router Advertisements (RFC 4861); None: not told
    dhcpv6: str | None = None  # server or relay; None: neither is configured


@dataclass(frozen=True, slots=True)
class LinkServices(Fact):
    """All interfaces with IPv6; empty: looked for and none has it."""

    items: tuple[LinkService, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class FirstHopSecurity(Fact):
    """Guards of an access switch against hosts that pose as routers or servers, or use others' addresses.

    True: configured on a port, on a VLAN or for the whole device.
    """

    ra_guard: bool  # RFC 6105, RFC 7113
    dhcpv6_guard: bool  # DHCPv6-Shield (RFC 7610), DHCPv6 snooping
    source_guard: bool  # SAVI (RFC 7039), ND snooping, IPv6 source guard
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class VirtualGateway:
    """An address that several routers answer for, on an interface: of a VRRP, HSRP or GLBP group, or an anycast one.

    Or what lets hosts choose between routers, each with an address of its own: a preference that is advertised.
    """

    interface: str
    protocol: str  # vrrp, hsrp, glbp, anycast, ra
    group: str  # its number or name; empty for anycast; of ra the preference as written: high, medium, low (RFC 4191)
    families: frozenset[int]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class VirtualGateways(Fact):
    """All of them; empty: the configuration was read and has none.

    ``told`` are the families of which the source tells: VRRP-MIB knows groups of IPv4 alone.
    """

    items: tuple[VirtualGateway, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
    told: frozenset[int] = frozenset({4, 6})
