"""Which filter rules take what others would: rules compared field by field, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inventory.facts import FilterRule, RuleSet
from inventory.facts.rules import Networks

_MOST_RULES = 3000  # of a set that every rule is compared with every other; of a longer one only the first are


@dataclass(frozen=True, slots=True)
class Covered:
    """A rule that never decides anything, and the rule before or after it that does."""

    rule: FilterRule
    by: FilterRule
    kind: str  # duplicate, redundant (same action), shadowed (the other action)


def covered(rules: RuleSet) -> Iterator[Covered]:
    """Each rule that an earlier one covers in all its fields: what it says is never asked.

    A duplicate says the very same; a redundant one is narrower with the same action; a shadowed one would have
    decided otherwise.
    """
    active = [_Spans.of(rule) for rule in rules.rules if rule.enabled and not rule.expired][:_MOST_RULES]
    for number, each in enumerate(active):
        before = next((other for other in active[:number] if other.covers(each)), None)
        if before is None:
            continue
        if before.rule.permits is not each.rule.permits:
            yield Covered(each.rule, before.rule, "shadowed")
        else:
            yield Covered(each.rule, before.rule, "duplicate" if each.covers(before) else "redundant")


Spans = tuple[tuple[int, int], ...]  # first and last of each, IPv6 behind all of IPv4


@dataclass(frozen=True, slots=True)
class _Spans:
    """A rule with its networks as numbers, which every other rule of the set is held against."""

    rule: FilterRule
    sources: Spans | None
    destinations: Spans | None

    @classmethod
    def of(cls, rule: FilterRule) -> _Spans:
        return cls(rule, _spans(rule.sources), _spans(rule.destinations))

    def covers(self, other: _Spans) -> bool:
        """Whether every packet that the other rule takes is taken by this one."""
        one, its = self.rule, other.rule
        if one.more or (one.stateful and not its.stateful):
            return False
        if its.more and not one.anything and one.protocol != its.protocol and one.protocol is not None:
            return False
        return (
            one.protocol in (None, its.protocol)
            and one.service in (None, its.service)
            and _within(self.sources, other.sources)
            and _within(self.destinations, other.destinations)
            and _within(one.source_ports, its.source_ports)
            and _within(one.destination_ports, its.destination_ports)
            and _zones(one.source_zones, its.source_zones)
            and _zones(one.destination_zones, its.destination_zones)
        )


def _spans(networks: Networks | None) -> Spans | None:
    if networks is None:
        return None
    shifts = {4: 0, 6: 1 << 32}
    return tuple(
        (int(net.network_address) + shifts[net.version], int(net.broadcast_address) + shifts[net.version])
        for net in networks
    )


def _within(one: Spans | None, other: Spans | None) -> bool:
    """Whether each span of the other lies in one of the one; None is all there is."""
    if one is None or one is other:
        return True
    if other is None:
        return False
    for first, last in other:
        for low, high in one:
            if low <= first and last <= high:
                break
        else:
            return False
    return True


def _zones(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or (bool(other) and other <= one)


def complete(rule: FilterRule, *, own: bool = False) -> bool:
    """Whether a rule that permits names what it permits: an address on one side at least, a protocol, and a port.

    ``any`` as source is fine towards a published service, as destination for what goes out through a proxy. In a
    host's ``own`` chain the destination is the host.
    """
    if rule.stateful or rule.more:
        return True
    addressed = own or rule.sources is not None or rule.destinations is not None
    served = rule.service is not None or (rule.protocol is not None and not _portless(rule))
    return addressed and served


def _portless(rule: FilterRule) -> bool:
    return rule.protocol in ("tcp", "udp") and rule.destination_ports is None and rule.source_ports is None
