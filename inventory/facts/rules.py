"""Filter rules in full, so that what they let through can be computed."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact

Networks = tuple[IPv4Network | IPv6Network, ...]
Ports = tuple[tuple[int, int], ...]  # ranges, both ends within


@dataclass(frozen=True, slots=True)
class Service:
    """What one entry of a service stands for; None: all of it."""

    protocol: str | None = None
    source_ports: Ports | None = None
    destination_ports: Ports | None = None


@dataclass(frozen=True, slots=True)
class FilterRule:
    """One rule, in its place. A condition that is None is not asked: the rule takes all of it."""

    name: str
    permits: bool
    protocol: str | None = None  # tcp, udp, icmp …
    sources: Networks | None = None
    destinations: Networks | None = None
    source_ports: Ports | None = None
    destination_ports: Ports | None = None
    services: tuple[Service, ...] | None = None  # where objects stand for several; protocol and ports are None then
    service: str | None = None  # a service or application by its name, where no ports are written
    icmp_types: frozenset[int] | None = None  # of ICMP or ICMPv6; None: all, or none is understood. With it goes more
    family: int | None = None  # of the packets it takes, where its "any" means one alone; None: both
    source_zones: frozenset[str] = frozenset()  # empty: any
    destination_zones: frozenset[str] = frozenset()
    stateful: bool = False  # takes packets by the state of their session: established, inspected
    more: bool = False  # asks for something that is not held here: no other rule is held against it
    narrowed: bool = False  # with more: what is not held, an interface or a set of addresses, makes it take less
    unread: bool = False  # names an object that nothing defines, or too large a one: what it takes is not known
    enabled: bool = True
    expired: bool = False  # bound to a time range that is over, or not defined
    logs: bool | None = None
    hits: int | None = None
    entry: str = ""  # the words that name it where it is entered: rule 5, 10, rule name web; empty: not told
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)

    @property
    def anything(self) -> bool:
        """Whether it takes every packet between its zones."""
        asked = (self.protocol, self.sources, self.destinations, self.source_ports, self.destination_ports)
        named = self.more or self.unread or self.stateful or self.service is not None or self.services is not None
        return not named and all(each is None for each in asked)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules that are tried in order: an ACL, a zone policy, a chain of a host."""

    name: str
    kind: str  # acl, policy, host
    family: int | None  # None: both
    rules: tuple[FilterRule, ...]
    bound: tuple[str, ...] = ()  # interfaces or zone pairs that packets cross it at; lines and services are left out
    used: bool | None = None  # anything refers to it; None: not looked for
    default_permits: bool | None = None  # what becomes of a packet that no rule takes
    source_only: bool = False  # a basic or standard list: it looks at sources alone
    head: str = ""  # the line under which its rules are entered, as written; empty: not told
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class RuleSets(Fact):
    """All of them. ``stateful``: sessions decide between zones; None: nothing says so."""

    items: tuple[RuleSet, ...]
    stateful: bool | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
