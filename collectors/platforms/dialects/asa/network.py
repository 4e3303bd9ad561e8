"""How an ASA filters and routes: access lists line by line, bound to named interfaces."""

from __future__ import annotations

import re

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios import network as ios_network
from inventory.config import Config, ConfigLine
from inventory.errors import Gap, Missing
from inventory.facts import (
    AccessList,
    AclBinding,
    DefaultRoute,
    Filtering,
    PolicyRule,
    Routes,
    ZonePolicy,
)

_ACL = (
    r"(?P<ipv6>ipv6 )?access-list (?P<name>\S+) (?:line \d+ )?"
    r"(?:(?P<type>standard|extended|advanced|ethertype|webtype) )?"
    r"(?P<rule>permit|deny) (?P<rest>.+)"
)
_ANY = r"(?:any[46]?|0\.0\.0\.0 0\.0\.0\.0|::/0)"
_EVERYTHING = re.compile(rf"(?:ip {_ANY} {_ANY}|{_ANY}$)")  # of an extended or a standard list
_SOURCE_ANY = re.compile(rf"\S+(?: \S+)?? {_ANY} ")
_GROUP = r"access-group (?P<acl>\S+) (?:(?P<direction>in|out) interface (?P<interface>\S+)|global)"
_DEFAULT = r"(?:route \S+ (?:0\.0\.0\.0 0\.0\.0\.0|0 0)|ipv6 route (?:\S+ )?::/0) \S"
_OF_BOTH = frozenset({"extended", "advanced"})  # the latter where Firepower manages the device
_OTHER = frozenset({"ethertype", "webtype"})  # not of addresses
_UNIFIED = r"(?:ASA Version|: ASA Version) (?:9|[1-9]\d)\.|NGFW Version "  # one list holds rules of both families
Matched = tuple[ConfigLine, re.Match[str]]


def filtering(config: Config, _: Release) -> Filtering:
    """Access lists and the interfaces, by name, that they are bound to; ``global`` is every interface, inwards."""
    groups, by_name = _groups(config), _acls(config)
    extended = None if config.line(_UNIFIED) else 4
    acls = tuple(_acl(config, name, rules, extended) for name, rules in by_name.items())
    families = {acl.name: acl.family for acl in acls}
    bindings = tuple(
        AclBinding(
            group["interface"] or "global",
            group["acl"],
            families.get(group["acl"]),
            group["direction"] or "in",
            config.evidence(line),
        )
        for line, group in groups
    )
    lines = [line for rules in by_name.values() for line, _ in rules]
    return Filtering(acls, bindings, evidence=config.evidence(*lines, *(line for line, _ in groups)))


def _matched(config: Config, pattern: str) -> list[Matched]:
    return [(line, found) for line in config.lines if (found := re.match(pattern, line.text))]


def _groups(config: Config) -> list[Matched]:
    return _matched(config, _GROUP)


def _acls(config: Config) -> dict[str, list[Matched]]:
    found: dict[str, list[Matched]] = {}
    for line, rule in _matched(config, _ACL):
        found.setdefault(rule["name"], []).append((line, rule))
    return found


def _acl(config: Config, name: str, rules: list[Matched], extended: int | None) -> AccessList:
    permits_any = any(
        rule["rule"] == "permit" and rule["type"] not in _OTHER and _EVERYTHING.match(rule["rest"])
        for line, rule in rules
        if not line.text.endswith(" inactive")
    )
    lines = [line for line, _ in rules]
    return AccessList(name, _family(rules, extended), len(rules), permits_any, config.evidence(*lines))


def _family(rules: list[Matched], extended: int | None) -> int | None:
    """``extended`` is the family of extended lists: of both where the release unites them."""
    if any(rule["ipv6"] for _, rule in rules):
        return 6
    types = {rule["type"] for _, rule in rules}
    return None if types & _OTHER else extended if types & _OF_BOTH else 4


def zone_policy(config: Config, _: Release) -> ZonePolicy | Missing:
    """The named interfaces as zones and the rules of the lists bound to them, in order.

    Whether what no rule matches passes is told only where every interface has a list: else the levels decide.
    """
    names = {name for _, block in ios_network.interface_blocks(config) if (name := block.word(r"nameif (\S+)"))}
    if not names:
        return Missing(Gap.UNREAD, "no interface has a name")
    groups, acls = [group for _, group in _groups(config)], _acls(config)
    rules = [
        _rule(config, group, number, matched)
        for group in groups
        for number, matched in enumerate(acls.get(group["acl"], ()), 1)
    ]
    inward = {group["interface"] for group in groups if group["direction"] != "out"}
    covered = None in inward or names <= inward
    lines = [line for _, block in ios_network.interface_blocks(config) for line in block.below(r"nameif ")]
    return ZonePolicy(
        frozenset(names), tuple(rules), False if covered else None, config.evidence(*lines, *config.all(_GROUP))
    )


def _rule(config: Config, group: re.Match[str], number: int, matched: Matched) -> PolicyRule:
    line, rule = matched
    zone = frozenset({group["interface"]}) if group["interface"] else frozenset()
    rest = rule["rest"]
    return PolicyRule(
        name=f"{group['acl']} {number}",
        source_zones=zone if group["direction"] == "in" else frozenset(),
        destination_zones=zone if group["direction"] == "out" else frozenset(),
        sources_any=_SOURCE_ANY.match(f"{rest} ") is not None,
        destinations_any=re.search(rf" {_ANY}(?: (?:log|inactive|time-range)\b.*)?$", rest) is not None,
        services_any=rest.startswith("ip "),
        permits=rule["rule"] == "permit",
        enabled=not re.search(r" inactive$", line.text),
        logs=re.search(r" log\b(?! disable)", rest) is not None,
        entry=line.text,
        evidence=config.evidence(line),
    )


def routes(config: Config, _: Release) -> Routes | Missing:
    """The configured default routes; how many routes there are is not in the text."""
    lines = list(config.all(_DEFAULT))
    if not lines:
        return Missing(Gap.UNREAD, "the configuration has no static default route")
    return Routes(None, None, None, tuple(_default(line.text) for line in lines), config.evidence(*lines))


def _default(text: str) -> DefaultRoute:
    words = text.split()
    family = 6 if words[0] == "ipv6" else 4
    after = words.index("::/0") + 1 if family == 6 else 4
    hop = ios_network.ip_in(words[after])
    name = words[2] if family == 6 and words[2] != "::/0" else words[1] if family == 4 else None
    return DefaultRoute(family, hop, name, "static")
