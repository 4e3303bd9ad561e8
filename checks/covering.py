"""Which filter rules take what others would: rules compared field by field, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from inventory.facts import FilterRule, RuleSet
from inventory.facts.rules import Networks, Ports

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
    active = [rule for rule in rules.rules if rule.enabled and not rule.expired][:_MOST_RULES]
    for number, rule in enumerate(active):
        before = next((other for other in active[:number] if covers(other, rule)), None)
        if before is None:
            continue
        if before.permits is not rule.permits:
            yield Covered(rule, before, "shadowed")
        else:
            yield Covered(rule, before, "duplicate" if covers(rule, before) else "redundant")


def covers(one: FilterRule, other: FilterRule) -> bool:
    """Whether every packet that the other rule takes is taken by the one."""
    if one.more or (one.stateful and not other.stateful):
        return False
    if other.more and not one.anything and one.protocol != other.protocol and one.protocol is not None:
        return False
    return (
        one.protocol in (None, other.protocol)
        and one.service in (None, other.service)
        and _zones(one.source_zones, other.source_zones)
        and _zones(one.destination_zones, other.destination_zones)
        and _networks(one.sources, other.sources)
        and _networks(one.destinations, other.destinations)
        and _ports(one.source_ports, other.source_ports)
        and _ports(one.destination_ports, other.destination_ports)
    )


def _zones(one: frozenset[str], other: frozenset[str]) -> bool:
    return not one or (bool(other) and other <= one)


def _networks(one: Networks | None, other: Networks | None) -> bool:
    if one is None:
        return True
    return other is not None and all(any(_within(b, a) for a in one) for b in other)


def _within(inner: object, outer: object) -> bool:
    # subnet_of raises where the families differ.
    return getattr(inner, "version", 0) == getattr(outer, "version", 1) and inner.subnet_of(outer)  # type: ignore[attr-defined]


def _ports(one: Ports | None, other: Ports | None) -> bool:
    if one is None:
        return True
    return other is not None and all(any(low <= b[0] and b[1] <= high for low, high in one) for b in other)


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
