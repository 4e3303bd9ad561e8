"""What filters let through in each family, service by service, so that the two can be held against one another.

Addresses differ by family and are not compared: a service is open to everybody, to some addresses, or to nobody. Left
out is what either family does by means of its own: ICMP, IGMP, DHCP, RIP, one family carried in the other.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise

from inventory.facts import FilterRule, RuleSet, Service
from inventory.facts.rules import Networks, Ports

_HIGHEST = 65535
_MOST_STEPS = 2_000_000  # rules on all ports held against services; more than that is not computed
_MOST_NAMED = 8  # rules by which some get through
_PORTED = ("tcp", "udp")
_NAMES = {"6": "tcp", "17": "udp", "47": "gre", "50": "esp", "51": "ah", "ahp": "ah", "89": "ospf", "103": "pim"}
_OF_ONE_FAMILY = frozenset(
    {"icmp", "1", "icmpv6", "icmp6", "ipv6-icmp", "58", "igmp", "2", "ipinip", "ipip", "4", "ipv6", "41", "0", "hopopt"}
)
_PORTS_OF_ONE_FAMILY = frozenset({67, 68, 546, 547, 520, 521})  # of UDP: DHCP, DHCPv6, RIP, RIPng
REST = "*"  # any protocol that no rule names


class Gate(IntEnum):
    """For whom a filter lets a service through."""

    SHUT = 0
    SOME = 1
    OPEN = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """A service as one family gets through. ``gate`` None: a rule on the way is not understood."""

    gate: Gate | None
    by: tuple[FilterRule, ...]  # the rules that decide; none: what becomes of packets that no rule takes


@dataclass(frozen=True, slots=True)
class Compared:
    """A service, or a range of ports, in both families."""

    protocol: str
    first: int
    last: int
    four: Passage
    six: Passage

    @property
    def shown(self) -> str:
        """``tcp/443``, ``udp/1-1023``, ``gre``, ``*`` for all protocols that no rule names."""
        if self.protocol not in _PORTED:
            return self.protocol
        if (self.first, self.last) == (0, _HIGHEST):
            return self.protocol
        return f"{self.protocol}/{self.first}" + (f"-{self.last}" if self.last > self.first else "")


@dataclass(frozen=True, slots=True)
class Filter:
    """Rules in their order, as one family meets them, and what becomes of a packet that none takes."""

    rules: tuple[FilterRule, ...]
    default_permits: bool | None


def compared(four: Sequence[Filter], six: Sequence[Filter]) -> list[Compared] | None:
    """Each service in both families, ports that fare alike together. A packet has to pass all filters of its family.

    None: too many rules to hold against one another.
    """
    rules = [rule for each in (*four, *six) for rule in each.rules]
    services = list(_services(rules))
    broad = sum(any(service.destination_ports is None for service in services_of(rule)) for rule in rules)
    if len(services) * broad > _MOST_STEPS:
        return None
    ways = ([_Way(each, 4) for each in four], [_Way(each, 6) for each in six])
    told = (Compared(*span, _narrowest(ways[0], span), _narrowest(ways[1], span)) for span in services)
    return list(_joined(told))


def passage(filters: Sequence[Filter], family: int, span: Span) -> Passage:
    """How one service fares in one family, which has to pass all the filters."""
    return _narrowest([_Way(each, family) for each in filters], span)


Span = tuple[str, int, int]


def _services(rules: Iterable[FilterRule]) -> Iterator[Span]:
    """Every protocol that a rule names, in the pieces that the ports of the rules cut it into, and the rest."""
    cuts: dict[str, set[int]] = {name: {0, _HIGHEST + 1} for name in _PORTED}
    others: dict[str, None] = {}
    for service in (service for rule in rules for service in services_of(rule)):
        name = _plain(service.protocol)
        if name not in (*_PORTED, None):
            others[name] = None
        for first, last in service.destination_ports or ():
            for cut in [name] if name in cuts else _PORTED:
                cuts[cut] |= {first, last + 1}
    cuts["udp"] |= {port + more for port in _PORTS_OF_ONE_FAMILY for more in (0, 1)}
    for name, edges in cuts.items():
        for first, after in pairwise(sorted(edges)):
            if name != "udp" or first not in _PORTS_OF_ONE_FAMILY:
                yield name, first, after - 1
    yield from ((name, 0, _HIGHEST) for name in (*others, REST) if name not in _OF_ONE_FAMILY)


def services_of(rule: FilterRule) -> tuple[Service, ...]:
    """What a rule is about; of one without conditions on it a single service that is everything."""
    return rule.services or (Service(rule.protocol, rule.source_ports, rule.destination_ports),)


def _plain(protocol: str | None) -> str | None:
    name = (protocol or "").lower()
    return _NAMES.get(name, name) or None


def _narrowest(ways: Sequence[_Way], span: Span) -> Passage:
    """The narrowest of the filters that a packet has to pass; without a filter everything is open."""
    told = [each.through(span) for each in ways]
    if any(each.gate is None for each in told) and not any(each.gate is Gate.SHUT for each in told):
        return Passage(None, tuple(rule for each in told if each.gate is None for rule in each.by))
    known = [each for each in told if each.gate is not None]
    return min(known, key=lambda each: each.gate or Gate.SHUT, default=Passage(Gate.OPEN, ()))


class _Takes(IntEnum):
    """How much a rule takes of a service that it touches."""

    PART = 0  # from some, to some
    WHOLE = 1
    UNSURE = 2  # it asks for something that nobody can tell


_Step = tuple[int, _Takes]  # place of a rule in its filter, and how much it takes


class _Way:
    """A filter as one family meets it: for each service the rules that touch it, in their order."""

    def __init__(self, filtered: Filter, family: int) -> None:
        self._rules = filtered.rules
        self._default = filtered.default_permits
        self._lanes: dict[str, _Lane] = {}
        self._touching: list[tuple[Service, _Step]] = [
            (service, (place, takes))
            for place, rule in enumerate(filtered.rules)
            for service in services_of(rule)
            if (takes := _taken(rule, service, family)) is not None
        ]

    def through(self, span: Span) -> Passage:
        """How a service fares: the first rule that takes all of it ends it."""
        name, first, _ = span
        if name not in self._lanes:
            own = [(s.destination_ports, step) for s, step in self._touching if _plain(s.protocol) in (None, name)]
            self._lanes[name] = _Lane(
                own if name in _PORTED else [(None, step) for ports, step in own if ports is None]
            )
        some: list[FilterRule] = []
        unsure: list[FilterRule] = []
        for place, takes in self._lanes[name].at(first):
            rule = self._rules[place]
            if takes is _Takes.UNSURE:
                unsure.append(rule)
            elif takes is _Takes.WHOLE:
                return _opened(unsure, rule) if rule.permits else _closed(some, unsure, rule)
            elif rule.permits and len(some) < _MOST_NAMED:
                some.append(rule)
        if self._default is None:
            return Passage(None, ())
        return _opened(unsure, None) if self._default else _closed(some, unsure, None)


class _Lane:
    """The rules that touch one protocol, by port."""

    def __init__(self, own: list[tuple[Ports | None, _Step]]) -> None:
        self._always = [step for ports, step in own if ports is None]
        ranges = [(first, last, step) for ports, step in own for first, last in ports or ()]
        self._cuts = sorted({0, *(first for first, _, _ in ranges), *(last + 1 for _, last, _ in ranges)})
        self._at: list[list[_Step]] = [[] for _ in self._cuts]
        for first, last, step in ranges:
            for piece in range(bisect_left(self._cuts, first), bisect_left(self._cuts, last + 1)):
                self._at[piece].append(step)

    def at(self, port: int) -> list[_Step]:
        """Those that touch a port, in their order."""
        return sorted([*self._always, *self._at[bisect_right(self._cuts, port) - 1]])


def _opened(unsure: list[FilterRule], by: FilterRule | None) -> Passage:
    """What comes of a service that is permitted to the rest."""
    doubtful = tuple(rule for rule in unsure if not rule.permits)
    return Passage(None, doubtful) if doubtful else Passage(Gate.OPEN, (by,) if by else ())


def _closed(some: list[FilterRule], unsure: list[FilterRule], by: FilterRule | None) -> Passage:
    """What is left of a service that is denied to the rest."""
    doubtful = tuple(rule for rule in unsure if rule.permits)
    if doubtful:
        return Passage(None, doubtful)
    return Passage(Gate.SOME, tuple(some)) if some else Passage(Gate.SHUT, (by,) if by else ())


def _taken(rule: FilterRule, service: Service, family: int) -> _Takes | None:
    """How much of a service a rule takes; None: nothing."""
    if not _of_family(rule, family):
        return None
    if (rule.more and not rule.narrowed) or rule.unread or rule.service is not None:
        return _Takes.UNSURE
    if rule.stateful:  # takes what belongs to sessions that others let begin
        return None
    wide = _everywhere(rule.sources, family) and _everywhere(rule.destinations, family) and not rule.narrowed
    return _Takes.WHOLE if wide and service.source_ports is None else _Takes.PART


def _of_family(rule: FilterRule, family: int) -> bool:
    sides = (rule.sources, rule.destinations)
    return rule.family in (None, family) and all(
        nets is None or any(net.version == family for net in nets) for nets in sides
    )


def _everywhere(nets: Networks | None, family: int) -> bool:
    return nets is None or any(net.version == family and net.prefixlen == 0 for net in nets)


def _joined(told: Iterable[Compared]) -> Iterator[Compared]:
    """Neighbouring ranges of ports that fare alike made one."""
    before: Compared | None = None
    for each in told:
        if before is not None and _alike(before, each):
            before = replace(before, last=each.last)
            continue
        if before is not None:
            yield before
        before = each
    if before is not None:
        yield before


def _alike(one: Compared, after: Compared) -> bool:
    follows = one.protocol == after.protocol and one.last + 1 == after.first
    return follows and (one.four, one.six) == (after.four, after.six)


def as_filter(each: RuleSet, source_zone: str | None = None, destination_zone: str | None = None) -> Filter:
    """The rules of a set that are in force, between two zones where they are named."""
    rules = tuple(
        rule
        for rule in each.rules
        if rule.enabled
        and not rule.expired
        and (source_zone is None or not rule.source_zones or source_zone in rule.source_zones)
        and (destination_zone is None or not rule.destination_zones or destination_zone in rule.destination_zones)
    )
    return Filter(rules, each.default_permits)
