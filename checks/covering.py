"""Which filter rules take what others would: rules compared field by field, in their order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inventory.facts import FilterRule, RuleSet, Service
from inventory.facts.rules import Networks, Ports

_MOST_RULES = 3000  # of a set that every rule is compared with every other; of a longer one only the first are
_ICMPV6 = frozenset({"icmpv6", "icmp6", "ipv6-icmp", "58"})
_MOST_STEPS = 20_000_000  # networks held against rules before them; objects of thousands of members come to that soon


@dataclass(frozen=True, slots=True)
class Covered:
    """A rule that never decides anything, and the rule before or after it that does."""

    rule: FilterRule
    by: FilterRule
    kind: str  # duplicate, redundant (same action), shadowed (the other action)


def covered(rules: RuleSet) -> Iterator[Covered]:
    """Each rule that an earlier one covers in all its fields: what it says is never asked.

    A duplicate says the very same; a redundant one is narrower with the same action; a shadowed one would have
    decided otherwise. A rule whose objects are not known covers none, and only one that takes all covers it.
    """
    known = _Known({}, {})
    earlier: list[_Spans] = []  # that may cover a later one
    steps = 0
    for rule in in_use(rules)[:_MOST_RULES]:
        each = _Spans.of(rule, known)
        steps += len(earlier) * each.weight
        if steps > _MOST_STEPS:
            return
        low, high = each.low, each.high
        taking = (o for o in earlier if o.low <= low and high <= o.high and o.covers(each))
        before = next((o for o in taking if not _of_other_states(o.rule, rule)), None)
        whole = not (rule.more or rule.unread)
        if whole:
            earlier.append(each)
        if before is None:
            continue
        if before.rule.permits is not each.rule.permits:
            yield Covered(each.rule, before.rule, "shadowed")
        else:
            yield Covered(each.rule, before.rule, "duplicate" if whole and each.covers(before) else "redundant")


def _of_other_states(one: FilterRule, other: FilterRule) -> bool:
    """Whether both are about packets of no new connection and do otherwise: answers pass, what answers none drops."""
    return one.stateful and other.stateful and one.permits is not other.permits


def in_use(rules: RuleSet) -> list[FilterRule]:
    """The rules that are neither turned off nor over."""
    return [rule for rule in rules.rules if rule.enabled and not rule.expired]


_LAST = 1 << 160
Spans = tuple[tuple[int, int], ...]  # first and last of each, none touching another, IPv6 behind all of IPv4


@dataclass(frozen=True, slots=True)
class _Known:
    """What many rules share, made once: spans by the identity of the networks, and services."""

    spans: dict[int, Spans | None]
    services: dict[tuple[Service, ...], tuple[Service, ...]]


@dataclass(frozen=True, slots=True)
class _Spans:
    """A rule with its networks as numbers, which every other rule of the set is held against."""

    rule: FilterRule
    sources: Spans | None
    destinations: Spans | None
    services: tuple[Service, ...]
    weight: int
    low: int  # of the sources, from the first to the last of them: most rules of a list differ there already
    high: int

    @classmethod
    def of(cls, rule: FilterRule, known: _Known) -> _Spans:
        sides = []
        for networks in (rule.sources, rule.destinations):
            if id(networks) not in known.spans:
                known.spans[id(networks)] = _spans(networks)
            sides.append(known.spans[id(networks)])
        services = _services(rule)
        services = known.services.setdefault(services, services)
        sources = sides[0] or ((0, _LAST),)
        weight = sum(len(side or ()) for side in sides) + len(services)
        return cls(rule, sides[0], sides[1], services, weight, sources[0][0], sources[-1][1])

    def covers(self, other: _Spans) -> bool:
        """Whether every packet that the other rule takes is taken by this one, all of whose conditions are known."""
        if not (_within(self.sources, other.sources) and _within(self.destinations, other.destinations)):
            return False
        one, its = self.rule, other.rule
        return (
            one.service in (None, its.service)
            and one.family in (None, its.family)
            and (not one.stateful or its.stateful)
            and (self.services is other.services or self._serves(other))
            and _zones(one.source_zones, its.source_zones)
            and _zones(one.destination_zones, its.destination_zones)
        )

    def _serves(self, other: _Spans) -> bool:
        return all(any(_serves(mine, theirs) for mine in self.services) for theirs in other.services)


def _services(rule: FilterRule) -> tuple[Service, ...]:
    if rule.services is not None:
        return rule.services
    return (Service(rule.protocol, rule.source_ports, rule.destination_ports),)


def _serves(one: Service, its: Service) -> bool:
    return (
        one.protocol in (None, its.protocol)
        and _ports_within(one.source_ports, its.source_ports)
        and _ports_within(one.destination_ports, its.destination_ports)
    )


def _spans(networks: Networks | None) -> Spans | None:
    if networks is None:
        return None
    shifts = {4: 0, 6: 1 << 32}
    return _joined(
        (int(net.network_address) + shifts[net.version], int(net.broadcast_address) + shifts[net.version])
        for net in networks
    )


def _joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """The spans in order, those that overlap or touch made one."""
    told: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if told and first <= told[-1][1] + 1:
            told[-1] = (told[-1][0], max(last, told[-1][1]))
        else:
            told.append((first, last))
    return tuple(told)


def _within(one: Spans | None, other: Spans | None) -> bool:
    """Whether each span of the other lies in one of the one; None is all there is."""
    if one is None or one is other:
        return True
    if other is None:
        return False
    if len(one) == 1:
        low, high = one[0]
        return bool(other) and low <= other[0][0] and other[-1][1] <= high
    for first, last in other:
        at = bisect_right(one, (first, _LAST)) - 1
        if at < 0 or one[at][1] < last:
            return False
    return True


def _ports_within(one: Ports | None, other: Ports | None) -> bool:
    if one is None or one is other:
        return True
    return other is not None and all(any(low <= first and last <= high for low, high in one) for first, last in other)


def _zones(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or (bool(other) and other <= one)


def complete(rule: FilterRule, *, own: bool = False) -> bool | None:
    """Whether a rule that permits names what it permits: an address on one side at least, a protocol, and a port.

    ``any`` as source is fine towards a published service, as destination for what goes out through a proxy. In a
    host's ``own`` chain the destination is the host. ICMPv6 comes from everywhere (RFC 4890). None where it names
    objects that are not known.
    """
    if rule.unread:
        return None
    if rule.stateful or rule.more or all(each.protocol in _ICMPV6 for each in _services(rule)):
        return True
    addressed = own or rule.sources is not None or rule.destinations is not None
    return addressed and (rule.service is not None or not any(_portless(each) for each in _services(rule)))


def _portless(service: Service) -> bool:
    bare = service.destination_ports is None and service.source_ports is None
    return service.protocol is None or (service.protocol in ("tcp", "udp") and bare)


def perhaps_anything(rule: FilterRule) -> bool:
    """Whether a rule may take every packet, for all that is known: all that it asks for are objects not known."""
    asked = (rule.sources, rule.destinations, rule.protocol, rule.services, rule.service)
    return rule.unread and not rule.stateful and all(each is None for each in asked)
