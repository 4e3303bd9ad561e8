"""Access lists, where they are applied, firewall policy, rate limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class AccessList:
    """One ACL."""

    name: str
    family: int | None  # 4, 6; None: layer 2 or both
    rules: int
    permits_any: bool = False  # has a rule that permits everything
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class AclBinding:
    """An ACL applied to an interface."""

    interface: str
    acl: str
    family: int | None
    direction: str  # in, out
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Filtering(Fact):
    """ACLs of a device and their places; on a host the packet filter's tables."""

    acls: tuple[AccessList, ...]
    bindings: tuple[AclBinding, ...] = ()
    default_deny_ipv4: bool | None = None  # packets that no rule matches are dropped (firewalls and hosts)
    default_deny_ipv6: bool | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """One rule of a zone-based firewall policy, in order."""

    name: str
    source_zones: frozenset[str]
    destination_zones: frozenset[str]
    sources_any: bool
    destinations_any: bool
    services_any: bool
    permits: bool
    enabled: bool = True
    logs: bool | None = None
    hits: int | None = None
    sources: tuple[str, ...] = ()  # addresses and objects as they are named; empty: any, or not told
    destinations: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    entry: str = ""  # as of a FilterRule
    family: int | None = None  # of the packets it takes, where its "any" means one alone; None: both
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class ZonePolicy(Fact):
    """A firewall's zones and policy."""

    zones: frozenset[str]
    rules: tuple[PolicyRule, ...]
    default_permits: bool | None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A shaper or policer on an interface."""

    interface: str
    direction: str  # in, out
    mbps: float | None  # None: ``percent`` of the port's speed
    kind: str  # shape, police
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
    percent: float | None = None  # None: the rate is written as such

    def at(self, port_mbps: float | None) -> float | None:
        """What passes a port of that speed, in Mbit/s; None: a share of a speed that is not known."""
        if self.percent is None or port_mbps is None:
            return self.mbps
        return port_mbps * self.percent / 100


@dataclass(frozen=True, slots=True)
class RateLimits(Fact):
    """All rate limits; empty: the configuration was read and sets none."""

    items: tuple[RateLimit, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
