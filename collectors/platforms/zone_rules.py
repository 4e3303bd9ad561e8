"""Filter rules out of a firewall's zone policy, where its addresses and services are objects kept elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from collectors.platforms.base import ConfigRead, Release
from inventory.config import Config
from inventory.errors import Gap, Missing
from inventory.facts import FilterRule, PolicyRule, RuleSet, RuleSets, ZonePolicy

Policy = Callable[[Config, Release], ZonePolicy | Missing]
Lists = Callable[[Config, Release], RuleSets]


def rule_sets(policy: Policy, lists: Lists | None, config: Config, release: Release) -> RuleSets | Missing:
    """The zone policy as rules, and the access lists beside it. A firewall with zones keeps sessions."""
    found = policy(config, release)
    beside = lists(config, release).items if lists else ()
    if isinstance(found, Missing):
        # Without zones it filters as a router does, or not at all.
        return RuleSets(beside, None, config.evidence()) if found.gap is Gap.LACKING else found
    rules = tuple(_rule(rule) for rule in found.rules)
    zones = RuleSet("zones", "policy", None, rules, ("zones",), True, found.default_permits, evidence=found.evidence)
    items = (zones, *beside) if found.zones or found.rules else beside
    return RuleSets(items, True if found.zones or found.rules else None, found.evidence)


def _rule(rule: PolicyRule) -> FilterRule:
    # Which addresses an object holds is not read: such a rule is compared with no other.
    narrow = not (rule.sources_any and rule.destinations_any)
    return FilterRule(
        name=rule.name,
        permits=rule.permits,
        service=None if rule.services_any else "named",
        source_zones=rule.source_zones,
        destination_zones=rule.destination_zones,
        more=narrow or not rule.services_any,
        enabled=rule.enabled,
        logs=rule.logs,
        hits=rule.hits,
        evidence=rule.evidence,
    )


def rule_reads(policy: Policy, lists: Lists | None = None) -> tuple[ConfigRead, ...]:
    """The read of RuleSets for a firewall whose zone policy is read already."""
    return (ConfigRead(RuleSets, partial(rule_sets, policy, lists)),)
