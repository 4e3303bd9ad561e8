"""Forwarding, routes and routing protocols."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class Forwarding(Fact):
    """Whether packets are forwarded (IP-MIB ipForwarding, ipv6IpForwarding). None: not told."""

    ipv4: bool | None
    ipv6: bool | None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class DefaultRoute:
    """A default route; ``via`` None for a route out of an interface without next hop."""

    family: int  # 4 or 6
    via: IPv4Address | IPv6Address | None
    interface: str | None = None
    protocol: str | None = None  # static, ospf, bgp, ra …
    vrf: str | None = None


@dataclass(frozen=True, slots=True)
class Routes(Fact):
    """Route table in figures. None: not counted."""

    ipv4: int | None
    ipv6: int | None
    ipv6_learned: int | None  # neither local nor connected
    defaults: tuple[DefaultRoute, ...] = ()
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class RoutingProtocol:
    """One configured routing protocol instance."""

    name: str  # ospf, ospfv3, isis, bgp, rip, ripng
    families: frozenset[int]
    authenticated: bool | None  # None: not told
    neighbours_up: int | None = None  # full or established; None: not read


@dataclass(frozen=True, slots=True)
class RoutingProtocols(Fact):
    """All configured routing protocols; empty: the configuration was read and has none."""

    items: tuple[RoutingProtocol, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Transition:
    """An IPv6 transition technique in use."""

    technique: str  # 6pe, 6vpe, srv6, nat64, ivi, 464xlat, ds-lite, 6to4, isatap, 6in4, gre, tun, nat-pt …
    where: str  # interface or instance
    far: str | None = None  # IPv4 address of a tunnel's other end; None: not told, or no tunnel
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Transitions(Fact):
    """All techniques seen; empty: looked for and none found."""

    items: tuple[Transition, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
