"""Policies between two zones, as firewalls of VRP and Comware wrote them before they had one list for all zones.

USG2000 and 5000, V300R001: ``policy interzone``, and ``firewall packet-filter default``, without which what no rule
takes is denied. Comware 7: object policies that a ``zone-pair`` applies; Comware 5: ``interzone``, where what no rule
takes passes from the zone of the higher priority.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from collectors.platforms.dialects.objects import Books, Entry, conditions, together
from collectors.platforms.dialects.rule_words import Net
from collectors.platforms.dialects.vrp.objects import books, written
from inventory.config import Config, ConfigLine
from inventory.facts import FilterRule, PolicyRule, RuleSet, Service

_BETWEEN = re.compile(r"policy interzone (?P<one>\S+) (?P<other>\S+) (?P<way>inbound|outbound)$")
_REST = "firewall packet-filter default"
_DEFAULT = re.compile(
    rf"{_REST} (?P<action>permit|deny) "
    r"(?:all|interzone (?P<one>\S+) (?P<other>\S+)(?: direction (?P<way>inbound|outbound))?)$"
)
HEADS = r"policy interzone |zone-pair security |interzone source "
_PRIORITIES = {"local": 100, "trust": 85, "dmz": 50, "untrust": 5}  # of the zones that every USG has
_PAIR = re.compile(r"(?:zone-pair security|interzone) source (?P<one>\S+) destination (?P<other>\S+)$")
_OBJECTS = re.compile(r"object-policy (?P<kind>ip|ipv6) (?P<name>\S+)$")
_OF_OBJECTS = re.compile(r"rule (?P<id>\d+) (?P<action>pass|drop|inspect)\b(?P<rest>.*)$")
_ASKED = frozenset({"source-ip", "destination-ip", "service", "time-range"})
_NARROWING = frozenset({"application", "app-group", "vrf", "user", "user-group"})
_ANY = frozenset({"any", "any_address", "any_service"})


def policies(config: Config, held: Books) -> Iterator[RuleSet]:
    """Every policy with the pair of zones that it stands between."""
    yield from _of_usg(config, held)
    yield from _object_policies(config, held)
    yield from _of_comware_5(config, held)


def zone_rules(config: Config) -> tuple[tuple[PolicyRule, ...], bool | None]:
    """The same rules as those of one policy of all zones, and whether anything passes between two without a rule."""
    sets = [each for each in policies(config, books(config)) if each.used]
    passes = {each.default_permits for each in sets}
    anywhere = True if True in passes else None if None in passes else False
    return tuple(_plain(rule) for each in sets for rule in each.rules), anywhere


def _plain(rule: FilterRule) -> PolicyRule:
    served = (rule.protocol, rule.services, rule.service, rule.source_ports, rule.destination_ports)
    return PolicyRule(
        name=rule.name,
        source_zones=rule.source_zones,
        destination_zones=rule.destination_zones,
        sources_any=rule.sources is None and not rule.more,
        destinations_any=rule.destinations is None and not rule.more,
        services_any=all(each is None for each in served) and not rule.more,
        permits=rule.permits,
        enabled=rule.enabled,
        logs=rule.logs,
        entry=rule.entry,
        family=rule.family,
        evidence=rule.evidence,
    )


# -- USG --------------------------------------------------------------------------------------------------------------


def _of_usg(config: Config, held: Books) -> Iterator[RuleSet]:
    ruled: set[tuple[frozenset[str], str]] = set()
    for block in config.all(_BETWEEN.pattern):
        found = _BETWEEN.match(block.text)
        if found:
            pair, way = (found["one"], found["other"]), found["way"]
            ruled.add((_same(pair), way))
            passes, line = _default(config, pair, way)
            ends = _ends(config, pair, way)
            rules = [_of_block(config, rule, held, "policy", ends) for rule in block.below(r"policy \d+$")]
            yield _set(_named(pair, way), rules, block.text, passes, config, block, line)
    for found, line in _defaults(config):
        if found["one"] is None and found["action"] == "permit":
            yield _set("all", [], _REST, True, config, line)
            continue
        pair = (found["one"] or "", found["other"] or "")
        for way in ("inbound", "outbound"):
            passes, last = _default(config, pair, way)
            # What the device itself sends and takes its own services decide.
            if passes and last is line and "local" not in _same(pair) and (_same(pair), way) not in ruled:
                yield _set(_named(pair, way), [], _REST, True, config, line)


def _named(pair: tuple[str, str], way: str) -> str:
    """As the command names it that sets what becomes of the rest."""
    return f"interzone {pair[0]} {pair[1]} direction {way}"


def _same(pair: tuple[str, str]) -> frozenset[str]:
    return frozenset(zone.lower() for zone in pair)


def _defaults(config: Config) -> Iterator[tuple[re.Match[str], ConfigLine]]:
    for line in config.all(_DEFAULT.pattern):
        if found := _DEFAULT.match(line.text):
            yield found, line


def _default(config: Config, pair: tuple[str, str], way: str) -> tuple[bool, ConfigLine | None]:
    """Whether what no rule takes passes there, and the last line that says so."""
    told = [
        (found["action"] == "permit", line)
        for found, line in _defaults(config)
        if found["way"] in (None, way)
        and (found["one"] is None or _same((found["one"], found["other"])) == _same(pair))
    ]
    return told[-1] if told else (False, None)


def _ends(config: Config, pair: tuple[str, str], way: str) -> tuple[str, str]:
    """Source and destination: outbound is from the zone of the higher priority to the other."""
    high, low = sorted(pair, key=lambda zone: -_priority(config, zone))
    return (high, low) if way == "outbound" else (low, high)


def _priority(config: Config, zone: str) -> int:
    block = config.line(rf"firewall zone (?:name )?{re.escape(zone)}(?: id \d+)?$")
    written_as = block.word(r"set priority (\d{1,3})$") if block else None
    return int(written_as) if written_as else _PRIORITIES.get(zone.lower(), 0)


# -- Comware ----------------------------------------------------------------------------------------------------------


def _object_policies(config: Config, held: Books) -> Iterator[RuleSet]:
    pairs: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for block in config.all(r"zone-pair security "):
        if zones := _PAIR.match(block.text):
            for line in block.below(r"object-policy apply (?:ip|ipv6) \S+$"):
                *_, kind, name = line.text.split()
                pairs.setdefault((kind, name.lower()), []).append((zones["one"], zones["other"]))
    for block in config.all(_OBJECTS.pattern):
        found = _OBJECTS.match(block.text)
        if found is None:
            continue
        applied = pairs.get((found["kind"], found["name"].lower()), [])
        ends = applied[0] if len(applied) == 1 else ("", "")
        rules = [_of_line(config, line, held, ends) for line in block.below(_OF_OBJECTS.pattern)]
        yield RuleSet(
            block.text,
            "policy" if applied else "acl",
            6 if found["kind"] == "ipv6" else 4,
            tuple(rules),
            tuple(f"{one} to {other}" for one, other in applied),
            bool(applied),
            False,
            head=block.text,
            evidence=config.evidence(block, *block.children[:20]),
        )


def _of_line(config: Config, line: ConfigLine, held: Books, ends: tuple[str, str]) -> FilterRule:
    """A rule of an object policy: it stands on one line and names one object for each condition."""
    found = _OF_OBJECTS.match(line.text)
    words = found["rest"].split() if found else []
    asked = {key: [value] for key, value in pairwise(words) if key in _ASKED and value not in _ANY}
    told = conditions(
        held.addresses.of(asked["source-ip"]) if "source-ip" in asked else None,
        held.addresses.of(asked["destination-ip"]) if "destination-ip" in asked else None,
        held.services.of(asked["service"]) if "service" in asked else None,
    ).told()
    return FilterRule(
        name=found["id"] if found else line.text,
        permits=found is not None and found["action"] != "drop",
        source_zones=frozenset(filter(None, ends[:1])),
        destination_zones=frozenset(filter(None, ends[1:])),
        **{**told, "more": told["more"] or not _NARROWING.isdisjoint(words)},
        enabled="disable" not in words,
        expired=_expired(config, "".join(asked.get("time-range", ()))),
        logs="logging" in words,
        entry=f"rule {found['id']}" if found else "",
        evidence=config.evidence(line),
    )


def _of_comware_5(config: Config, held: Books) -> Iterator[RuleSet]:
    for block in config.all(r"interzone source "):
        zones = _PAIR.match(block.text)
        if zones:
            ends = (zones["one"], zones["other"])
            rules = [_of_block(config, rule, held, "rule", ends) for rule in block.below(r"rule \d+ (?:permit|deny)")]
            yield _set(block.text, rules, block.text, None, config, block)


# -- both -------------------------------------------------------------------------------------------------------------


def _set(
    name: str, rules: list[FilterRule], head: str, passes: bool | None, config: Config, *lines: ConfigLine | None
) -> RuleSet:
    return RuleSet(
        name, "policy", None, tuple(rules), ("zones",), True, passes, head=head, evidence=config.evidence(*lines)
    )


def _of_block(config: Config, block: ConfigLine, held: Books, entry: str, ends: tuple[str, str]) -> FilterRule:
    """A rule that is a block, ``policy 1`` or ``rule 0 permit``: the lines of one condition add to each other."""
    usg = entry == "policy"
    told = conditions(
        _side(block, "policy source " if usg else "source-ip ", held),
        _side(block, "policy destination " if usg else "destination-ip ", held),
        _served(block, "policy service " if usg else "service ", held),
    ).told()
    narrowed = block.child(r"policy (?:user|application|url) |content-filter |user ") is not None
    words = block.text.split()
    return FilterRule(
        name=words[1],
        permits=block.child(r"action permit$") is not None or words[2:3] == ["permit"],
        source_zones=frozenset(ends[:1]),
        destination_zones=frozenset(ends[1:]),
        **{**told, "more": told["more"] or narrowed},
        enabled=block.child(r"policy disable$") is None if usg else block.child(r"rule enable$") is not None,
        expired=_expired(config, block.word(r"(?:policy )?time-range (\S+)") or ""),
        logs="logging" in words or block.child(r"policy logging") is not None,
        entry=f"{entry} {words[1]}",
        evidence=config.evidence(block, *block.children),
    )


def _side(block: ConfigLine, start: str, held: Books) -> Entry[Net] | None:
    """What stands at one end of a rule; None: anything."""
    found: list[Entry[Net]] = []
    for line in block.below(start):
        words = line.text.removeprefix(start).split()
        literal = re.match(r"[\da-fA-F]*[.:]|range ", " ".join(words)) is not None
        if not _ANY.isdisjoint(words[:1]):
            return None
        found.append(written(words) if literal else held.addresses.of([w for w in words if w != "address-set"]))
    return together(found) if found else None


def _served(block: ConfigLine, start: str, held: Books) -> Entry[Service] | None:
    """The services of a rule; None: any."""
    names = [w for line in block.below(start) for w in line.text.removeprefix(start).split() if w != "service-set"]
    return held.services.of(names) if names and _ANY.isdisjoint(names) else None


def _expired(config: Config, time_range: str) -> bool:
    # A time range that nothing defines never holds.
    return bool(time_range) and config.line(rf"time-range {re.escape(time_range)}\b") is None
