"""Filter rules out of a firewall's zone policy, whose addresses and services are objects kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from collectors.platforms.base import ConfigRead, Release
from collectors.platforms.dialects.objects import Books, Entry, Objects, T, conditions
from inventory.config import Config
from inventory.errors import Gap, Missing
from inventory.facts import FilterRule, PolicyRule, RuleSet, RuleSets, ZonePolicy

Policy = Callable[[Config, Release], ZonePolicy | Missing]
Lists = Callable[[Config, Release], RuleSets]
Held = Callable[[Config], Books]


def rule_sets(
    policy: Policy, lists: Lists | None, books: Held | None, config: Config, release: Release
) -> RuleSets | Missing:
    """The zone policy as rules, and the access lists beside it. A firewall with zones keeps sessions."""
    found = policy(config, release)
    beside = lists(config, release).items if lists else ()
    if isinstance(found, Missing):
        # Without zones it filters as a router does, or not at all.
        return RuleSets(beside, None, config.evidence()) if found.gap is Gap.LACKING else found
    held = books(config) if books else None
    rules = tuple(_rule(rule, held) for rule in found.rules)
    zones = RuleSet("zones", "policy", None, rules, ("zones",), True, found.default_permits, evidence=found.evidence)
    items = (zones, *beside) if found.zones or found.rules else beside
    return RuleSets(items, True if found.zones or found.rules else None, found.evidence)


def _rule(rule: PolicyRule, held: Books | None) -> FilterRule:
    asked = conditions(
        None if rule.sources_any or held is None else _named(held.addresses, rule.sources),
        None if rule.destinations_any or held is None else _named(held.addresses, rule.destinations),
        None if rule.services_any or held is None else _named(held.services, rule.services),
    ).told()
    # Without its objects a rule is compared with no other.
    narrow = held is None and not (rule.sources_any and rule.destinations_any and rule.services_any)
    return FilterRule(
        name=rule.name,
        permits=rule.permits,
        service="named" if held is None and not rule.services_any else None,
        source_zones=rule.source_zones,
        destination_zones=rule.destination_zones,
        enabled=rule.enabled,
        logs=rule.logs,
        hits=rule.hits,
        entry=rule.entry,
        family=rule.family,
        evidence=rule.evidence,
        **{**asked, "more": asked["more"] or narrow},
    )


def _named(objects: Objects[T], names: Iterable[str]) -> Entry[T]:
    listed = tuple(names)
    # What is narrowed by something else than objects (a negation, a database of the Internet) has no name.
    return objects.of(listed) if listed else Entry(more=True)


def rule_reads(policy: Policy, lists: Lists | None = None, books: Held | None = None) -> tuple[ConfigRead, ...]:
    """The read of RuleSets for a firewall whose zone policy is read already, and where its objects stand."""
    return (ConfigRead(RuleSets, partial(rule_sets, policy, lists, books)),)
