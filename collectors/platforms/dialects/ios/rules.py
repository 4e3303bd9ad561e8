"""Filter rules in full of IOS and what is configured its way: access lists, zone-based policies.

What no rule of a list names is denied (IOS security command reference, ip access-list). NX-OS and ASA write networks
with a length or a mask where IOS writes a wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from collectors.platforms.base import ConfigRead, Release
from collectors.platforms.dialects.figures import number as figure
from collectors.platforms.dialects.ios.objects import books, ports_of
from collectors.platforms.dialects.objects import Books, conditions
from collectors.platforms.dialects.rule_words import (
    ICMPV6_NAMES,
    OPERATORS,
    everything,
    icmpv6_type,
    masked_network,
    network,
    port,
    ports,
)
from inventory.config import Config, ConfigLine
from inventory.facts import FilterRule, RuleSet, RuleSets, Service
from inventory.facts.rules import Networks, Ports

_NAMED = (
    r"(?:(?P<family>ip|ipv6|ipv4)[ -]access-list (?P<kind>standard |extended )?"
    r"|acl (?P<kind2>standard|extended) number )(?P<name>\S+)$"
)
_NUMBERED = r"access-list (?P<name>\d+) (?P<rule>(?:permit|deny) .+)$"
# Where Firepower manages the device its lists are advanced ones, whose rules have a number and events of their own.
_ASA = (
    r"access-list (?P<name>\S+) (?:line \d+ )?(?P<kind>extended|advanced|standard) (?P<rule>(?:permit|deny) .+?)"
    r"(?: rule-id \d+(?: event-log \S+)?)? *$"
)
_RULE = re.compile(
    r"(?:seq(?:uence)? )?(?:(?P<number>\d+) )?(?:rule (?P<id>\d+) )?(?P<action>permit|deny) (?P<rest>.+)$"
)
_OF_LIST = re.compile(r"(?:no )?(?:ip |ipv6 )?access-list ")
_STANDARD = (*range(1, 100), *range(1300, 2000))
_ICMP = frozenset({"icmp", *ICMPV6_NAMES})
_OF_ANY = {"any4": 4, "any6": 6}
_PLAIN = frozenset({"log", "log-input", "logging", "counter"})
Bound = dict[tuple[str, bool], list[str]]  # where a list is applied, by its name and whether it is one of IPv6


@dataclass(frozen=True, slots=True)
class Writing:
    """How a platform writes lists and where it applies them."""

    masks: bool = False  # a mask stands where IOS has a wildcard
    bound: str = r"(?:ip|ipv6) (?:access-group|traffic-filter|port access-group) (?P<acl>\S+) (?P<way>in|out)"
    stateful: bool = False  # a firewall: sessions decide by themselves
    numbered_six: str = ""  # stands before the number of a rule of an IPv6 list in commands


def rule_sets(writing: Writing, config: Config, _: Release) -> RuleSets:
    """Access lists with the interfaces that packets cross them at, and the policies between zones."""
    bound = _bindings(config, writing)
    lists: dict[tuple[str, bool], list[ConfigLine]] = {}
    standard: set[str] = set()
    heads: dict[tuple[str, bool], str] = {}
    written: dict[int, str] = {}  # lines of an ASA, which takes a rule away by the whole of it
    for block in config.all(_NAMED):
        found = re.match(_NAMED, block.text)
        if found:
            of_six = (found["name"], found["family"] == "ipv6")
            heads[of_six] = block.text
            lists.setdefault(of_six, []).extend(block.children)
            if "standard" in (found["kind"] or found["kind2"] or ""):
                standard.add(found["name"])
    for line in config.all(r"access-list \S"):
        found = re.match(_ASA, line.text) or re.match(_NUMBERED, line.text)
        if found:
            lists.setdefault((found["name"], False), []).append(ConfigLine(line.number, found["rule"]))
            written[line.number] = line.text
            if figure(found["name"]) in _STANDARD:
                standard.add(found["name"])
    held, mentioned = books(config, writing.masks), _mentioned(config)
    items = []
    for (name, six), lines in lists.items():
        told = _list(config, name, six, lines, bound, name in standard, writing, held)
        told = told if told.bound else replace(told, used=name in mentioned)
        if writing.masks:
            told = replace(told, rules=tuple(replace(r, entry=written[r.evidence.lines[0]]) for r in told.rules))
        elif six and writing.numbered_six:
            told = replace(told, rules=tuple(replace(r, entry=writing.numbered_six + r.entry) for r in told.rules))
        items.append(replace(told, head=heads.get((name, six)) or _head(name, standard)))
    policies = list(_policies(config))
    state, shown = _stateful(config, writing)
    return RuleSets((*items, *policies), state, config.evidence(*shown))


def _head(name: str, standard: set[str]) -> str:
    # A numbered list takes single rules away only under the head of a named one.
    return f"ip access-list {'standard' if name in standard else 'extended'} {name}"


def _bindings(config: Config, writing: Writing) -> Bound:
    found: Bound = {}
    for block in config.all(r"interface (?!range)\S|access-group "):
        for line in (block, *block.children):
            applied = re.match(writing.bound, line.text)
            if applied:
                where = block.text.split(maxsplit=1)[1] if line is not block else line.text.split()[-1]
                named = {k: v for k, v in applied.groupdict().items() if v}
                acl, way = named.get("acl") or named.get("acl2", ""), named.get("way") or named.get("way2", "")
                found.setdefault((acl, line.text.startswith("ipv6")), []).append(f"{where} {way}")
    return found


def _stateful(config: Config, writing: Writing) -> tuple[bool | None, list[ConfigLine]]:
    if writing.stateful:
        return True, []
    maps = list(config.all(r"policy-map type inspect \S"))
    classes = [(block, line) for block in maps for line in block.below(r"class ")]
    inspected = [line for _, line in classes if line.child(r"inspect")]
    passed = [line for _, line in classes if line.child(r"pass\b")]
    cbac = list(config.all(r"ip inspect name \S|ip (?:reflexive-list|session filter)"))
    if inspected or cbac:
        return True, [*inspected, *cbac]
    return (False, passed) if passed else (None, [])


def _list(
    config: Config,
    name: str,
    six: bool,
    lines: list[ConfigLine],
    bound: Bound,
    standard: bool,
    writing: Writing,
    held: Books,
) -> RuleSet:
    stated = (line for line in lines if _RULE.match(line.text))
    told = (_rule(config, line, number, standard, writing, held) for number, line in enumerate(stated, 1))
    rules = [_of_family(rule, six) for rule in told if rule]
    return RuleSet(
        name=name,
        kind="acl",
        family=6 if six else 4,
        rules=tuple(rules),
        bound=tuple(bound.get((name, six), ())),
        used=(name, six) in bound,
        default_permits=False,
        source_only=standard,
        evidence=config.evidence(*lines[:20]),
    )


def _of_family(rule: FilterRule, six: bool) -> FilterRule:
    """The rule as its list means it: ``icmp`` is that of the family, whose types have numbers of their own."""
    if six:
        return replace(rule, protocol="icmpv6") if rule.protocol == "icmp" else rule
    return rule if rule.icmp_types is None else replace(rule, icmp_types=None)


def _mentioned(config: Config) -> set[str]:
    """Every word outside of lists: the name of one among them is that of a list which something uses."""
    return {
        word
        for block in config.lines
        if not re.match(_NAMED, block.text)
        for line in (block, *block.children, *(deep for child in block.children for deep in child.children))
        if not _OF_LIST.match(line.text)
        for word in line.text.split()
    }


def _rule(
    config: Config, line: ConfigLine, number: int, standard: bool, writing: Writing, held: Books
) -> FilterRule | None:
    found = _RULE.match(line.text)
    if found is None:
        return None
    told = _Conditions(found["rest"].split(), standard, writing.masks, held)
    time_range = told.time_range
    return FilterRule(
        name=found["number"] or found["id"] or str(number),
        permits=found["action"] == "permit",
        protocol=told.protocol,
        sources=told.sources,
        destinations=told.destinations,
        source_ports=told.source_ports,
        destination_ports=told.destination_ports,
        icmp_types=told.icmp_types,
        family=told.family,
        services=told.services,
        stateful=told.stateful,
        more=told.more,
        unread=told.unread,
        enabled=not told.inactive,
        expired=bool(time_range) and config.line(rf"time-range {re.escape(time_range)}\b") is None,
        logs=True if told.logs else None,
        entry=f"rule {found['id']}" if found["id"] else found["number"] or str(10 * number),
        evidence=config.evidence(line),
    )


class _Conditions:
    """The words behind ``permit`` or ``deny``, taken one by one."""

    def __init__(self, words: list[str], standard: bool, masks: bool, held: Books) -> None:
        self.protocol: str | None = None
        self.services: tuple[Service, ...] | None = None
        self._held = held
        self.more = self.unread = self.stateful = self.logs = self.inactive = False
        self.family: int | None = None
        self.icmp_types: frozenset[int] | None = None
        self.time_range = ""
        self.source_ports: Ports | None = None
        self.destination_ports: Ports | None = None
        self.destinations: Networks | None = None
        self._words = words
        self._masks = masks
        # ZXROS writes a list that looks at sources alone as any other: no protocol stands in front.
        standard = standard or (bool(words) and re.match(r"(?:\d+\.[\d.]+|any$|host$)", words[0]) is not None)
        if not standard:
            self._protocol()
        self.sources: Networks | None = self._network()
        if not standard:
            self.source_ports = self._ports() or self.source_ports
            self.destinations = self._network()
            self.destination_ports = self._ports() or self.destination_ports
        self._rest()

    def _protocol(self) -> None:
        word = self._next()
        if word not in ("object", "object-group"):
            self.protocol = None if word in ("ip", "ipv6", "ipv4") else word
            return
        asked = conditions(None, None, self._held.services.of([self._next()]))
        self._note(asked.more, asked.unread)
        told = asked.told()
        self.protocol, self.services = told.get("protocol"), told.get("services")
        self.source_ports, self.destination_ports = told.get("source_ports"), told.get("destination_ports")

    def _note(self, more: bool, unread: bool) -> None:
        self.more, self.unread = self.more or more or unread, self.unread or unread

    def _next(self) -> str:
        return self._words.pop(0) if self._words else ""

    def _network(self) -> Networks | None:
        word = self._next()
        if word in ("any", "any4", "any6", ""):
            self.family = _OF_ANY.get(word, self.family)
            return None
        if word == "host":
            nets = network(self._next())
        elif word in ("object", "object-group", "addrgroup"):
            asked = conditions(self._held.addresses.of([self._next()]), None, None)
            self._note(asked.more, asked.unread)
            return asked.sources
        elif word == "interface":
            self._next()
            nets = None
        elif "/" in word:
            nets = network(word)
        elif self._words and re.match(r"[\d.]+$", self._words[0]):
            second = self._next()
            nets = masked_network(word, second) if self._masks else network(word, second)
        else:
            nets = network(word)
        self.more = self.more or nets is None
        return None if everything(nets) else nets

    def _ports(self) -> Ports | None:
        if not self._words:
            return None
        group = "".join(self._words[1:2])
        if self._words[0] == "portgroup" or (self._words[0] == "object-group" and self._held.services.defines(group)):
            del self._words[:2]
            told, known = ports_of(self._held.services.of([group]))
            self._note(not known, not known)
            return told
        if self._words[0] not in OPERATORS:
            return None
        ranges, count = ports(self._next(), self._words)
        del self._words[:count]
        self.more = self.more or ranges is None
        return ranges

    def _rest(self) -> None:
        while self._words:
            word = self._next()
            if word == "time-range":
                self.time_range = self._next()
            elif word in ("established", "reflect", "evaluate"):
                self.stateful = True
            elif word in _PLAIN:
                self.logs = self.logs or word != "counter"
            elif word == "inactive":
                self.inactive = True
            elif word == "object-group":  # nothing defines it
                self._note(more=True, unread=True)
                self._next()
            elif self.protocol in _ICMP and self.icmp_types is None and (told := icmpv6_type(word)) is not None:
                self.icmp_types, self.more = frozenset({told}), True  # no other rule is held against a part of ICMP
            elif port(word) is None and not word.isdecimal():
                self.more = True


def _policies(config: Config) -> Iterator[RuleSet]:
    pairs = {line.word(r"service-policy type inspect (\S+)") for line in config.all(r"zone-pair security ")}
    for block in config.all(r"policy-map type inspect \S"):
        name = block.text.split()[-1]
        classes = list(block.below(r"class (?!class-default)"))
        rest = block.child(r"class class-default")
        rules = tuple(
            FilterRule(
                name=line.text.split()[-1],
                permits=line.child(r"inspect|pass") is not None,
                service=line.text.split()[-1],
                stateful=line.child(r"inspect") is not None,
                logs=line.child(r".*\blog\b") is not None or None,
                entry=line.text,
                evidence=config.evidence(line, *line.children),
            )
            for line in classes
        )
        passes = rest is not None and rest.child(r"pass\b") is not None
        bound = ("zones",) if name in pairs or not pairs else ()
        yield RuleSet(
            name,
            "policy",
            None,
            rules,
            bound,
            bool(bound),
            passes,
            head=block.text,
            evidence=config.evidence(block, rest),
        )


def rule_reads(writing: Writing = Writing()) -> tuple[ConfigRead, ...]:
    """The read of RuleSets for a platform of that writing."""
    return (ConfigRead(RuleSets, partial(rule_sets, writing)),)
