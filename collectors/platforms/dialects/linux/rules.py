"""Filter rules in full of a host: nftables' and iptables' input and forward chains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from collectors.base import Answer
from collectors.platforms.base import Built, Got, Read
from collectors.platforms.dialects.figures import number as figure
from collectors.platforms.dialects.linux.chains import INTERFACE, Chains, Placed, by_name, placed
from collectors.platforms.dialects.linux.filter import IP6TABLES, IPTABLES, NFT, Chain, chains_of
from collectors.platforms.dialects.linux.text import first_answer, why_none
from collectors.platforms.dialects.rule_words import any_of, icmpv6_type, network, port
from inventory.errors import Gap, Missing
from inventory.facts import FilterRule, RuleSet, RuleSets, Service
from inventory.facts.rules import Networks, Ports

_VERDICT = re.compile(r"(?:^| )(accept|drop|reject)\b")
_TARGET = re.compile(r"-j (ACCEPT|DROP|REJECT)\b")
_LOOPBACK = re.compile(r'(?:^| )(?:iif|iifname|oif|oifname|-i|-o) "?lo"?(?= |$)')
_JUMPS = re.compile(
    r"(?:^| )(?:jump|goto|queue|vmap)\b|-[jg] (?!LOG\b|NFLOG\b|ULOG\b|MARK\b|CONNMARK\b)|(?:^| )return$"
)
_HITS = re.compile(r"counter packets (\d+)")
_NFT_SIDE = r"(?:ip|ip6) {side} (?:(?P<set>@\S+)|(?:\{{ ?(?P<many>[^}}]+)\}}|(?P<one>[\da-fA-F:./]+)))"
_NFT_PORT = r"(?P<protocol>tcp|udp) {side} (?:\{{ ?(?P<many>[^}}]+)\}}|(?P<one>[\w-]+))"
_KNOWN = re.compile(
    r"(?:ip6? [sd]addr (?:@\S+|\{[^}]*\}|\S+)|(?:tcp|udp) [sd]port (?:\{[^}]*\}|\S+)"
    r"|ct state (?:\{[^}]*\}|\S+)|counter(?: packets \d+ bytes \d+)?"
    r"|log(?: (?:prefix \"[^\"]*\"|level \w+|flags \w+|group \d+))*"
    r"|limit rate \S+(?: burst \d+ packets)?|accept|drop|reject(?: with [\w -]+)?"
    r"|comment \"[^\"]*\"|meta l4proto (?:\{[^}]*\}|[\w-]+)|ip6? (?:protocol|nexthdr) \S+|meta nfproto ipv[46])\s*"
)


_TABLES = {frozenset({4}): "ip", frozenset({6}): "ip6"}  # how nft names the family of a table
_PROGRAMS = {4: "iptables", 6: "ip6tables", None: "iptables"}


def rule_sets(nft: Got, ipv4: Got, ipv6: Got) -> Built:
    """The base chains of input and forward with all their rules."""
    head = first_answer(nft, ipv4, ipv6)
    if head is None:
        refused = next((g for g in (nft, ipv4, ipv6) if isinstance(g, Missing) and g.gap is not Gap.LACKING), None)
        return refused or why_none(nft, ipv4, ipv6)
    found = chains_of(nft, ipv4, ipv6)
    chains = [chain for chain in found if chain.hook in ("input", "forward")]
    known = by_name(found)
    items = tuple(_set(chain, known, head) for chain in chains if chain.hook == "input" or chain.rules)
    states = [rule for chain in found for rule in chain.rules if re.search(r"ct state|--state |--ctstate ", rule)]
    return RuleSets(items, True if states else None, head.evidence(r"ct state|ctstate|--state"))


def _set(chain: Chain, known: Chains, head: Answer) -> RuleSet:
    family = next(iter(chain.families)) if len(chain.families) == 1 else None
    rules = tuple(rule for each in placed(chain, known) if (rule := _rule(chain, each, head)))
    name = chain.name.rpartition(" ")[2]
    return RuleSet(
        name=name,
        kind="host",
        family=family,
        rules=rules,
        bound=(chain.hook,),
        used=True,
        default_permits=not chain.drops,
        head=f"{_PROGRAMS[family]} {name}"
        if chain.by_iptables
        else f"{_TABLES.get(chain.families, 'inet')} {chain.name}",
        evidence=head.evidence(re.escape(name)),
    )


def _rule(chain: Chain, each: Placed, head: Answer) -> FilterRule | None:
    text = each.text
    if _LOOPBACK.search(text):  # what stays on the host crosses nothing
        return None
    decides = (_TARGET if chain.by_iptables else _VERDICT).search(text)
    if decides is None:
        return _elsewhere(each, head) if _JUMPS.search(text) else None
    conditions = _iptables(text) if chain.by_iptables else _nft(text)
    if not each.certain:
        conditions["narrowed"] = each.narrowed and (conditions["narrowed"] or not conditions["more"])
        conditions["more"] = True
    hits = _HITS.search(text)
    return FilterRule(
        name=each.name,
        permits=decides.group(1).lower() == "accept",
        logs="log" in text.split() or None,
        hits=figure(hits.group(1)) if hits else None,
        entry=each.name if each.own else "",
        evidence=head.evidence(re.escape(text[:80])),
        **conditions,
    )


def _elsewhere(each: Placed, head: Answer) -> FilterRule:
    """A rule that hands packets to what is not shown, or past the rules behind it: they may get through."""
    return FilterRule(each.name, permits=True, more=True, evidence=head.evidence(re.escape(each.text[:80])))


def _nft(text: str) -> dict[str, Any]:
    sources, odd1 = _nft_networks(text, "saddr")
    destinations, odd2 = _nft_networks(text, "daddr")
    source_ports, protocol1 = _nft_ports(text, "sport")
    destination_ports, protocol2 = _nft_ports(text, "dport")
    named = re.search(r"(?:meta l4proto|ip protocol|ip6 nexthdr) ([\w-]+)", text)
    types = _icmpv6_types(re.search(r"icmpv6 type (?:\{([^}]*)\}|(\S+))", text))
    state = re.search(r"ct state (\{[^}]*\}|\S+)", text)
    stateful = state is not None and "new" not in state.group(1)
    services = _protocols(re.search(r"meta l4proto \{([^}]*)\}", text))
    rest = _KNOWN.sub("", text).strip()
    narrowing = odd1 or odd2 or INTERFACE.search(text) is not None
    return {
        "family": _family(text),
        "services": services,
        "narrowed": narrowing and not INTERFACE.sub("", rest).strip(),
        "protocol": protocol2 or protocol1 or (named.group(1) if named else "icmpv6" if types else None),
        "icmp_types": types,
        "sources": sources,
        "destinations": destinations,
        "source_ports": source_ports,
        "destination_ports": destination_ports,
        "stateful": stateful,
        "more": odd1 or odd2 or rest != "",
    }


def _protocols(found: re.Match[str] | None) -> tuple[Service, ...] | None:
    return tuple(Service(word.strip()) for word in found[1].split(",") if word.strip()) if found else None


def _family(text: str) -> int | None:
    """The family of a rule that names addresses of one; those of a set have no family of their own."""
    found = {4 if word == "ip" else 6 for word in re.findall(r"\b(ip6?) [sd]addr ", text)}
    return found.pop() if len(found) == 1 else None


def _icmpv6_types(found: re.Match[str] | None) -> frozenset[int] | None:
    """The ICMPv6 types of a rule; None where it names none, or one that is not known."""
    words = (found[1] or found[2]).split(",") if found else []
    types = [icmpv6_type(word.strip()) for word in words]
    return frozenset(n for n in types if n is not None) if types and None not in types else None


def _nft_networks(text: str, side: str) -> tuple[Networks | None, bool]:
    found = re.search(_NFT_SIDE.format(side=side), text)
    if found is None:
        return None, False
    if found["set"]:
        return None, True
    nets = any_of(network(word.strip()) for word in (found["many"] or found["one"]).split(",") if word.strip())
    return nets, nets is None


def _nft_ports(text: str, side: str) -> tuple[Ports | None, str | None]:
    found = re.search(_NFT_PORT.format(side=side), text)
    if found is None:
        return None, None
    return tuple(_ranges((found["many"] or found["one"]).split(","))) or None, found["protocol"]


def _ranges(words: list[str]) -> Iterator[tuple[int, int]]:
    for word in words:
        low, _, high = word.strip().replace(":", "-").partition("-")
        first, last = port(low), port(high or low)
        if first is not None and last is not None:
            yield first, last


def _iptables(text: str) -> dict[str, Any]:
    def word(pattern: str) -> str | None:
        found = re.search(rf"(?<!! )(?:{pattern}) (\S+)", text)
        return found.group(1) if found else None

    states = word("--state|--ctstate")
    source, destination = word("-s"), word("-d")
    sports, dports = word("--sports?"), word("--dports?")
    rest = re.sub(
        r"-(?:s|d|p|m|j) \S+|--(?:sports?|dports?|state|ctstate|reject-with|comment|log-prefix) (?:\"[^\"]*\"|\S+)",
        "",
        text,
    )
    six = re.search(r"--icmpv6-type ()(\S+)", text)
    return {
        "protocol": None if (protocol := word("-p")) in (None, "all") else protocol,
        "icmp_types": _icmpv6_types(six),
        "sources": network(source) if source else None,
        "destinations": network(destination) if destination else None,
        "source_ports": tuple(_ranges(sports.split(","))) or None if sports else None,
        "destination_ports": tuple(_ranges(dports.split(","))) or None if dports else None,
        "stateful": states is not None and "NEW" not in states,
        "narrowed": bool(rest.strip()) and not INTERFACE.sub("", rest).strip(),
        "more": bool(rest.strip()),
    }


def rule_reads() -> tuple[Read, ...]:
    """The read of RuleSets for a host."""
    programs = (NFT, IPTABLES, IP6TABLES)
    return (Read(RuleSets, programs, rule_sets, frozenset(programs)),)
