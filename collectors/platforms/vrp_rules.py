"""Filter rules in full of VRP and Comware: access lists, security policies, what keeps sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from collectors.platforms.base import ConfigRead, Release
from collectors.platforms.figures import number as figure
from collectors.platforms.rule_words import any_of, masked_network, network, ports
from inventory.config import Config, ConfigLine
from inventory.facts import FilterRule, RuleSet, RuleSets
from inventory.facts.rules import Networks, Ports

_ACL = re.compile(
    r"acl (?P<six>ipv6 )?(?:(?P<kind>number|basic|advanced|link|mac|user-defined|wlan|user) )*(?:name )?(?P<name>\S+)"
    r"(?: (?P<kind2>basic|advance|advanced|number \d+))?"
)
_RULE = re.compile(r"rule (?:(?P<number>\d+) )?(?:name \S+ )?(?P<action>permit|deny)(?: (?P<rest>.+))?$")
_BASIC, _LAYER2 = range(2000, 3000), range(4000, 5000)
_PLAIN = frozenset({"counting", "logging", "log"})
_BOUND = re.compile(
    r"traffic-filter (?P<way>in|out)bound (?:ipv6 )?acl (?:ipv6 )?(?:name )?(?P<name>\S+)"
    r"|(?:firewall )?packet-filter (?:ipv6 |mac )*(?:name )?(?P<name2>\S+) (?P<way2>in|out)bound"
)


def rule_sets(pass_word: str, config: Config, _: Release) -> RuleSets:
    """Access lists with the interfaces that packets cross them at, and the rules between zones."""
    bound: dict[str, list[str]] = {}
    for block in config.all(r"interface (?!range)\S"):
        for found in filter(None, (_BOUND.match(line.text) for line in block.children)):
            where = f"{block.text.split()[1]} {found['way'] or found['way2']}"
            bound.setdefault(found["name"] or found["name2"], []).append(where)
    items = [_acl(config, block, bound) for block in config.all(r"acl (?!logging|config|threshold|ipv6-enable|stat)\S")]
    policies = list(_policies(config, pass_word))
    state, lines = _stateful(config, bool(policies))
    return RuleSets((*(item for item in items if item), *policies), state, config.evidence(*lines))


def _stateful(config: Config, has_policy: bool) -> tuple[bool | None, list[ConfigLine]]:
    off = config.line(r"undo firewall session link-state(?: tcp)? check|session state-machine mode loose")
    if off is not None:
        return False, [off]
    on = list(config.all(r"firewall detect |aspf policy |firewall interzone "))
    on += [
        line
        for block in config.all(r"firewall interzone |interface ")
        for line in block.below(r"detect aspf|aspf apply|firewall enable")
    ]
    zones = [*config.all(r"security-policy(?: |$)")] if has_policy else []
    return (True if on or zones else None), [*on, *zones]


def _acl(config: Config, block: ConfigLine, bound: dict[str, list[str]]) -> RuleSet | None:
    named = _ACL.match(block.text)
    if named is None:
        return None
    name = named["name"]
    number = figure(name)
    if number in _LAYER2 or re.match(r"acl (?:mac|link|user)\b", block.text):
        return None
    lines = [line for line in block.children if _RULE.match(line.text)]
    basic = number in _BASIC or "basic" in (named["kind"], named["kind2"])
    rules = tuple(_rule(config, line) for line in lines)
    return RuleSet(
        name=name,
        kind="acl",
        family=6 if named["six"] else 4,
        rules=rules,
        bound=tuple(bound.get(name, ())),
        used=bool(bound.get(name)) or _mentioned(config, block, name),
        default_permits=True,  # traffic-filter and packet-filter let through what no rule names (command references)
        source_only=basic,
        head=block.text,
        evidence=config.evidence(block, *lines[:20]),
    )


def _mentioned(config: Config, own: ConfigLine, name: str) -> bool:
    pattern = re.compile(
        rf".*\b(?:acl|packet-filter|traffic-filter|filter-policy|if-match|nat)\b.*\b{re.escape(name)}\b"
    )
    return any(
        pattern.match(line.text)
        for block in config.lines
        if block is not own
        for line in (block, *block.children, *(deep for child in block.children for deep in child.children))
        if not (line is block and line.text.startswith("acl "))
    )


def _rule(config: Config, line: ConfigLine) -> FilterRule:
    found = _RULE.match(line.text)
    words = (found["rest"] or "").split() if found else []
    protocol = words.pop(0) if words and words[0] not in ("source", "destination", "time-range", *_PLAIN) else None
    told = _Conditions(words)
    return FilterRule(
        name=(found["number"] if found else None) or line.text[:40],
        permits=bool(found and found["action"] == "permit"),
        protocol=None if protocol in ("ip", "ipv6", None) else protocol,
        sources=told.sources,
        destinations=told.destinations,
        source_ports=told.source_ports,
        destination_ports=told.destination_ports,
        stateful=told.stateful,
        more=told.more,
        # A time range that nothing defines never holds (H3C and Huawei ACL configuration guides).
        expired=bool(told.time_range) and config.line(rf"time-range {re.escape(told.time_range)}\b") is None,
        logs=True if told.logs else None,
        evidence=config.evidence(line),
    )


class _Conditions:
    """The words behind a rule's protocol, taken one by one."""

    def __init__(self, words: list[str]) -> None:
        self.sources: Networks | None = None
        self.destinations: Networks | None = None
        self.source_ports: Ports | None = None
        self.destination_ports: Ports | None = None
        self.stateful = self.more = self.logs = False
        self.time_range = ""
        self._words = words
        while self._words:
            self._take(self._words.pop(0))

    def _take(self, word: str) -> None:
        if word in ("source", "destination"):
            nets, known = self._network()
            self.more = self.more or not known
            setattr(self, "sources" if word == "source" else "destinations", nets)
        elif word in ("source-port", "destination-port"):
            operator = self._words.pop(0) if self._words else ""
            ranges, count = ports(operator, self._words)
            del self._words[:count]
            self.more = self.more or ranges is None
            setattr(self, word.replace("-", "_") + "s", ranges)
        elif word == "time-range":
            self.time_range = self._words.pop(0) if self._words else ""
        elif word in ("established", "tcp-flag"):
            self.stateful = True
            self._words.clear()
        elif word in _PLAIN:
            self.logs = self.logs or word != "counting"
        else:
            self.more = True

    def _network(self) -> tuple[Networks | None, bool]:
        first = self._words.pop(0) if self._words else "any"
        if first == "any":
            return None, True
        if first in ("address-set", "object-group", "ip-group"):
            del self._words[:1]
            return None, False
        second = self._words.pop(0) if self._words and "/" not in first and _is_number(self._words[0]) else None
        nets = network(first, second)
        return nets, nets is not None


def _is_number(word: str) -> bool:
    return re.match(r"[\d.]+$", word) is not None


def _policies(config: Config, pass_word: str) -> Iterator[RuleSet]:
    for block in config.all(r"security-policy(?: ip(?:v6)?)?$"):
        rules = list(block.below(r"rule (?:\d+ )?(?:name \S|\d+$)"))
        default = block.child(r"default action (?:permit|deny)")
        if not rules and default is None:
            continue
        family = {"ip": 4, "ipv6": 6}.get(block.text.split()[-1])
        yield RuleSet(
            name=block.text,
            kind="policy",
            family=family,
            rules=tuple(_zone_rule(config, rule, pass_word) for rule in rules),
            bound=("zones",),
            used=True,
            # What no rule names is dropped (USG and SecPath security policy guides).
            default_permits=default is not None and default.text.endswith("permit"),
            head=block.text,
            evidence=config.evidence(block, default, *rules[:20]),
        )
    if off := config.line(r"security-policy disable"):
        yield RuleSet("security-policy", "policy", None, (), ("zones",), True, True, evidence=config.evidence(off))


def _zone_rule(config: Config, block: ConfigLine, pass_word: str) -> FilterRule:
    def words(pattern: str) -> list[str]:
        return [w for line in block.below(pattern) for w in line.text.split()[1:] if w not in ("any", "name")]

    services = words(r"service(?:-port)? |application ")
    logs = block.child(r"(?:traffic|session|policy) logging|logging enable|session-log|policy-log") is not None
    sources, odd_sources = _addresses(block, "source")
    destinations, odd_destinations = _addresses(block, "destination")
    time_range = block.word(r"time-range (\S+)")
    return FilterRule(
        name=re.sub(r"rule (?:\d+ )?(?:name )?", "", block.text).strip('"'),
        permits=block.child(rf"action {pass_word}\b") is not None,
        sources=sources,
        destinations=destinations,
        service=" ".join(sorted(services)) or None,
        source_zones=frozenset(words(r"source-zone ")),
        destination_zones=frozenset(words(r"destination-zone ")),
        more=odd_sources or odd_destinations or block.child(r"user |url-category") is not None,
        enabled=block.child(r"(?:rule )?disable$") is None,
        expired=bool(time_range) and config.line(rf"time-range {re.escape(time_range or '')}\b") is None,
        logs=logs,
        evidence=config.evidence(block, *block.children),
    )


def _addresses(block: ConfigLine, end: str) -> tuple[Networks | None, bool]:
    """The networks of one end, and whether an object stands there that is not read."""
    nets: list[Networks | None] = []
    odd = False
    for line in block.below(rf"{end}-(?:address|ip\S*|location)\b"):
        words = [w for w in line.text.split()[1:] if w not in ("mask", "range")]
        if words[:1] == ["any"]:
            return None, False
        found = network(words[0], None) if len(words) == 1 else masked_network(words[0], words[1]) if words else None
        odd = odd or found is None
        nets += [found] if found else []
    return (any_of(nets) if nets else None), odd


def rule_reads(pass_word: str) -> tuple[ConfigRead, ...]:
    """The read of RuleSets for a platform that writes ``pass_word`` for what a policy lets through."""
    return (ConfigRead(RuleSets, partial(rule_sets, pass_word)),)
