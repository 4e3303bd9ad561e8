"""Filter rules in full of VRP and Comware: access lists, security policies, what keeps sessions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from collectors.platforms.base import ConfigRead, Release
from collectors.platforms.dialects.figures import number as figure
from collectors.platforms.dialects.objects import BY_NAME, EXCEPT, Books, Entry, addresses, conditions, together
from collectors.platforms.dialects.rule_words import Net, everything, icmpv6_type, network, ports
from collectors.platforms.dialects.vrp import defaults, interzone
from collectors.platforms.dialects.vrp.objects import books, named, serving, written
from inventory.config import Config, ConfigLine
from inventory.facts import FilterRule, RuleSet, RuleSets, Service
from inventory.facts.rules import Networks, Ports

_ACL = re.compile(
    r"acl (?P<six>ipv6 )?(?:(?P<kind>number|basic|advanced|link|mac|user-defined|wlan|user) )*(?:name )?(?P<name>\S+)"
    r"(?: (?P<kind2>basic|advance|advanced|number \d+))?"
)
_RULE = re.compile(r"rule (?:(?P<number>\d+) )?(?:name \S+ )?(?P<action>permit|deny)(?: (?P<rest>.+))?$")
_BASIC, _LAYER2 = range(2000, 3000), range(4000, 5000)
_NAMES = re.compile(r"domain-set |geo-location(?:-set)? ")
_UNSAID = frozenset({"source", "destination", "service-set", "time-range", "counting", "logging", "log"})
_PLAIN = frozenset({"counting", "logging", "log"})
_BOUND = re.compile(
    r"(?:traffic-filter|traffic-secure)(?: vlan (?P<vlan>\d+))? (?P<way>in|out)bound (?:(?P<six>ipv6) )?"
    r"acl (?:(?P<also>ipv6) )?(?:name )?(?P<name>\S+)"
    r"|(?:firewall )?packet-filter (?:vlan (?P<vlan2>\d+) )?(?:(?P<six2>ipv6) |mac )?(?:name )?(?P<name2>\S+) "
    r"(?:global )?(?P<way2>in|out)bound"
)
# Words behind which lists are named.
_NAMING = re.compile(r"\b(?:acl|packet-filter|traffic-filter|filter-policy|if-match|nat)\b")
Bound = dict[tuple[str, int], list[str]]  # where a list is applied, by its name and family: each counts for itself


@dataclass(frozen=True, slots=True)
class _Around:
    """What the configuration says of lists outside of them, gathered once for all."""

    bound: Bound
    held: Books
    mentions: dict[str, set[int]]  # by word behind one that names lists: the blocks in which it stands
    closed: ConfigLine | None  # of Comware: what no rule of a packet filter takes is dropped


def rule_sets(pass_word: str, config: Config, _: Release) -> RuleSets:
    """Access lists with the interfaces that packets cross them at, and the rules between zones."""
    held = books(config)
    around = _Around(_bindings(config), held, _mentions(config), config.line(r"packet-filter default deny$"))
    heads = config.all(r"acl (?!logging|config|threshold|ipv6-enable|stat)\S")
    items = [_acl(config, block, around) for block in heads]
    policies = [*_policies(config, pass_word, held), *interzone.policies(config, held)]
    state, lines = _stateful(config, bool(policies))
    return RuleSets((*(item for item in items if item), *policies), state, config.evidence(*lines))


def _bindings(config: Config) -> Bound:
    bound: Bound = {}
    places = [(block.text.split()[1], block.children) for block in config.all(r"interface (?!range)\S")]
    for place, lines in (*places, ("", config.lines)):  # in the system view: of a VLAN, or of every port
        for found in filter(None, (_BOUND.match(line.text) for line in lines)):
            vlan = found["vlan"] or found["vlan2"]
            where = place or (f"vlan {vlan}" if vlan else "global")
            family = 6 if found["six"] or found["also"] or found["six2"] else 4
            name = found["name"] or found["name2"]
            bound.setdefault((name, family), []).append(f"{where} {found['way'] or found['way2']}")
    return bound


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
    zones = [*config.all(rf"security-policy(?: |$)|{interzone.HEADS}")] if has_policy else []
    return (True if on or zones else None), [*on, *zones]


def _acl(config: Config, block: ConfigLine, around: _Around) -> RuleSet | None:
    named = _ACL.match(block.text)
    if named is None:
        return None
    name = named["name"]
    number = figure(name)
    if number in _LAYER2 or re.match(r"acl (?:mac|link|user)\b", block.text):
        return None
    lines = [line for line in block.children if _RULE.match(line.text)]
    basic = number in _BASIC or "basic" in (named["kind"], named["kind2"])
    rules = tuple(_rule(config, line, around.held) for line in lines)
    family = 6 if named["six"] else 4
    places = tuple(around.bound.get((name, family), ()))
    closed = around.closed
    return RuleSet(
        name=name,
        kind="acl",
        family=family,
        rules=rules,
        bound=places,
        used=bool(places) or bool(around.mentions.get(name, set()) - {block.number}),
        default_permits=bool(defaults.LISTS_PASS.value) and closed is None,
        source_only=basic,
        head=block.text,
        evidence=config.evidence(block, *lines[:20], closed if places else None),
    )


def _mentions(config: Config) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for block in config.lines:
        for line in (block, *block.children, *(deep for child in block.children for deep in child.children)):
            naming = _NAMING.search(line.text)
            if naming and not (line is block and line.text.startswith("acl ")):
                told = line.text[naming.end() :]
                for word in {*told.split(), *re.findall(r"\w+", told)}:
                    found.setdefault(word, set()).add(block.number)
    return found


def _rule(config: Config, line: ConfigLine, held: Books) -> FilterRule:
    found = _RULE.match(line.text)
    words = (found["rest"] or "").split() if found else []
    protocol = words.pop(0) if words and words[0] not in _UNSAID else None
    told = _Conditions(words, held)
    return FilterRule(
        name=(found["number"] if found else None) or line.text[:40],
        permits=bool(found and found["action"] == "permit"),
        protocol=None if protocol in ("ip", "ipv6", None) else protocol,
        sources=told.sources,
        destinations=told.destinations,
        source_ports=told.source_ports,
        destination_ports=told.destination_ports,
        icmp_types=told.icmp_types,
        services=told.services,
        stateful=told.stateful,
        more=told.more,
        unread=told.unread,
        # A time range that nothing defines never holds (H3C and Huawei ACL configuration guides).
        expired=bool(told.time_range) and config.line(rf"time-range {re.escape(told.time_range)}\b") is None,
        logs=True if told.logs else None,
        entry=f"rule {found['number']}" if found and found["number"] else "",
        evidence=config.evidence(line),
    )


class _Conditions:
    """The words behind a rule's protocol, taken one by one."""

    def __init__(self, words: list[str], held: Books) -> None:
        self._held = held
        self.services: tuple[Service, ...] | None = None
        self.sources: Networks | None = None
        self.destinations: Networks | None = None
        self.source_ports: Ports | None = None
        self.destination_ports: Ports | None = None
        self.stateful = self.more = self.unread = self.logs = False
        self.icmp_types: frozenset[int] | None = None
        self.time_range = ""
        self._words = words
        while self._words:
            self._take(self._words.pop(0))

    def _take(self, word: str) -> None:
        if word in ("source", "destination"):
            setattr(self, "sources" if word == "source" else "destinations", self._network())
        elif word in ("source-port", "destination-port"):
            setattr(self, word.replace("-", "_") + "s", self._ports())
        elif word == "service-set":
            asked = conditions(None, None, self._held.services.of([self._next()]))
            self.services = asked.services
            self._note(asked.more, asked.unread)
        elif word == "time-range":
            self.time_range = self._words.pop(0) if self._words else ""
        elif word in ("established", "tcp-flag"):
            self.stateful = True
            self._words.clear()
        elif word in _PLAIN:
            self.logs = self.logs or word != "counting"
        elif word in ("icmp6-type", "icmpv6-type"):
            self.icmp_types = self._icmp_types()
        else:
            self.more = True

    def _icmp_types(self) -> frozenset[int] | None:
        self.more = True  # no other rule is held against a part of ICMP
        told = icmpv6_type(self._next())
        if self._words and self._words[0].isdecimal():  # the code
            self._next()
        return None if told is None else frozenset({told})

    def _next(self) -> str:
        return self._words.pop(0) if self._words else ""

    def _note(self, more: bool, unread: bool) -> None:
        self.more, self.unread = self.more or more or unread, self.unread or unread

    def _ports(self) -> Ports | None:
        operator = self._next()
        if operator in ("object-group", "port-set", "port-pool"):
            held = self._held.services.of([self._next()])
            listed = [ends for each in held.items for ends in each.destination_ports or ()]
            self._note(held.more, held.unread or not listed)
            return tuple(listed) or None
        ranges, count = ports(operator, self._words)
        del self._words[:count]
        self.more = self.more or ranges is None
        return ranges

    def _network(self) -> Networks | None:
        first = self._next() or "any"
        if first == "any":
            return None
        if first in ("address-set", "object-group", "ip-group"):
            asked = conditions(self._held.addresses.of([self._next().strip('"')]), None, None)
            self._note(asked.more, asked.unread)
            return asked.sources
        second = self._words.pop(0) if self._words and "/" not in first and _is_number(self._words[0]) else None
        nets = network(first, second)
        self.more = self.more or nets is None
        return None if everything(nets) else nets


def _is_number(word: str) -> bool:
    return re.match(r"[\d.]+$", word) is not None


def _policies(config: Config, pass_word: str, held: Books) -> Iterator[RuleSet]:
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
            rules=tuple(_zone_rule(config, rule, pass_word, held) for rule in rules),
            bound=("zones",),
            used=True,
            # What no rule names is dropped (USG and SecPath security policy guides).
            default_permits=default is not None and default.text.endswith("permit"),
            head=block.text,
            evidence=config.evidence(block, default, *rules[:20]),
        )
    if off := config.line(r"security-policy disable"):
        yield RuleSet("security-policy", "policy", None, (), ("zones",), True, True, evidence=config.evidence(off))


def _zone_rule(config: Config, block: ConfigLine, pass_word: str, held: Books) -> FilterRule:
    def words(pattern: str) -> list[str]:
        return [w for line in block.below(pattern) for w in line.text.split()[1:] if w not in ("any", "name")]

    logs = block.child(r"(?:traffic|session|policy) logging|logging enable|session-log|policy-log") is not None
    applications = words(r"application ")
    ends = _addresses(block, "source", held), _addresses(block, "destination", held)
    asked = conditions(*ends, _services(block, held)).told()
    time_range = block.word(r"time-range (\S+)")
    return FilterRule(
        name=re.sub(r"rule (?:\d+ )?(?:name )?", "", block.text).strip('"'),
        permits=block.child(rf"action {pass_word}\b") is not None,
        service=" ".join(sorted(applications)) or None,
        source_zones=frozenset(words(r"source-zone ")),
        destination_zones=frozenset(words(r"destination-zone ")),
        **{**asked, "more": asked["more"] or block.child(r"user |url-category") is not None},
        enabled=block.child(r"(?:rule )?disable$") is None,
        expired=bool(time_range) and config.line(rf"time-range {re.escape(time_range or '')}\b") is None,
        logs=logs,
        entry=re.sub(r"^(rule \d+) .*", r"\1", block.text),
        evidence=config.evidence(block, *block.children),
    )


def _addresses(block: ConfigLine, end: str, held: Books) -> Entry[Net] | None:
    """What stands at one end of a rule; None: anything."""
    found: list[Entry[Net]] = []
    for line in block.below(rf"{end}-(?:address|ip\S*|location)\b"):
        kind, _, rest = line.text.partition(" ")
        words = rest.split()
        if words[:1] == ["any"]:
            found.append(addresses(network("0.0.0.0/0")))
        elif words[:1] == ["address-set"] or kind == f"{end}-ip":
            found.append(held.addresses.of([name for name in named(iter([line])) if name != "address-set"]))
        elif kind.endswith("-exclude") or words[:1] == ["address-exclude"]:
            found.append(EXCEPT)
        elif kind.endswith("location") or _NAMES.match(rest):
            found.append(BY_NAME)
        else:
            masked = kind.removeprefix(f"{end}-ip-").removesuffix("-ip")
            found.append(written([masked, *words] if masked in ("subnet", "range") else words))
    return together(found) if found else None


def _services(block: ConfigLine, held: Books) -> Entry[Service] | None:
    """The services of a rule; None: any."""
    found: list[Entry[Service]] = []
    for line in block.below(r"service(?:-port)? "):
        kind, _, rest = line.text.partition(" ")
        if kind == "service-port" or rest.startswith("protocol "):
            found.append(serving(rest.split()))
        else:
            found.append(held.services.of(named(iter([line]))))
    return together(found) if found else None


def rule_reads(pass_word: str) -> tuple[ConfigRead, ...]:
    """The read of RuleSets for a platform that writes ``pass_word`` for what a policy lets through."""
    return (ConfigRead(RuleSets, partial(rule_sets, pass_word)),)
