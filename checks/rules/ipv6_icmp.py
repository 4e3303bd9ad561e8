"""What of ICMPv6 filters have to let through: errors that paths depend on, and neighbours on a link (RFC 4890)."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.parity import services_of
from checks.rules.ipv6 import speaking
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Addresses, Filtering, FilterRule, RuleSet, RuleSets
from inventory.text import Text

_ICMPV6 = frozenset({"icmpv6", "icmp6", "ipv6-icmp", "58"})
# RFC 4890, 4.3.1 and 4.4.1: must not be dropped.
_ERRORS = {1: "destination-unreachable", 2: "packet-too-big", 3: "time-exceeded", 4: "parameter-problem"}
_NEIGHBOURS = {135: "neighbor-solicitation", 136: "neighbor-advertisement"}
# What the rules of IPv6 access lists of IOS and NX-OS call them; those of RGOS take numbers.
_OF_IOS = ("unreachable", "packet-too-big", "time-exceeded", "parameter-problem", "nd-ns", "nd-na")
_IOS_RULES = "".join(f"  sequence {n} permit icmp any any {name}\n" for n, name in enumerate(_OF_IOS, 1))
_NXOS_RULES = "".join(f"  {n} permit icmp any any {name}\n" for n, name in enumerate(_OF_IOS, 1))
_RGOS_RULES = "".join(f"  {n} permit icmp any any {kind}\n" for n, kind in enumerate((*_ERRORS, *_NEIGHBOURS), 1))


@check(
    "ipv6.icmpv6-passes",
    family=Family.IPV6,
    title=Text("过滤不丢弃必需的 ICMPv6", "Filters do not drop the ICMPv6 that IPv6 depends on"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 的 {place} 丢弃 {types}（规则 {rules}）", "{subject}: {place} drops {types} (rules {rules})"),
    unknown=Text(
        "{subject} 的 {place} 是否放行必需的 ICMPv6 未知：规则 {rules}",
        "{subject}: whether {place} passes the ICMPv6 that is needed is not known: rules {rules}",
    ),
    remedy=Remedy(
        Text(
            "在拒绝其余之前放行 ICMPv6 类型 1 至 4 和邻居发现（135、136）",
            "Permit ICMPv6 types 1 to 4 and neighbour discovery (135, 136) before the rest is denied",
        ),
        {
            "huawei_vrp": "system-view\n acl ipv6 number <acl>\n  rule 1 permit icmpv6\n  quit",
            "h3c_comware": "system-view\n acl ipv6 advanced <acl>\n  rule 1 permit icmpv6\n  quit",
            "ruijie_rgos": f"configure terminal\n ipv6 access-list <acl>\n{_RGOS_RULES} end",
            "cisco_ios": f"configure terminal\n ipv6 access-list <acl>\n{_IOS_RULES} end",
            "cisco_nxos": f"configure terminal\n ipv6 access-list <acl>\n{_NXOS_RULES} end",
            "linux": "nft insert rule inet filter input icmpv6 type '{{ destination-unreachable, packet-too-big, "
            "time-exceeded, parameter-problem, nd-neighbor-solicit, nd-neighbor-advert }}' accept || "
            "for type in destination-unreachable packet-too-big time-exceeded parameter-problem "
            "neighbour-solicitation neighbour-advertisement; do "
            "ip6tables -I INPUT -p ipv6-icmp --icmpv6-type $type -j ACCEPT; done",
        },
    ),
)
def icmpv6_passes(rules: RuleSets, filtering: Filtering | Missing, addresses: Addresses) -> Iterator[Verdict]:
    spoken = speaking(addresses)
    for place, wanted, sets in _places(rules, filtering, spoken) if spoken else ():
        told = {name: _passes(sets, number) for number, name in wanted.items()}
        dropped = [name for name, (ok, _) in told.items() if ok is False]
        unsure = [name for name, (ok, _) in told.items() if ok is None]
        deciding = list(dict.fromkeys(rule for name in dropped or unsure for rule in told[name][1]))
        shown: list[Evidence] = [rule.evidence for rule in deciding] or [each.evidence for each in sets]
        yield verdict(
            False if dropped else None if unsure else True,
            *shown[:4],
            place=place,
            types=", ".join(dropped),
            rules=", ".join(rule.name for rule in deciding[:6]) or "-",
        )


def _places(
    rules: RuleSets, filtering: Filtering | Missing, spoken: frozenset[str]
) -> Iterator[tuple[str, dict[int, str], list[RuleSet]]]:
    """Lists at interfaces, and what comes in to a host or goes through it. Firewalls pass errors by session."""
    lists = {each.name: each for each in rules.items if each.kind == "acl" and each.family == 6}
    for each in () if isinstance(filtering, Missing) else filtering.bindings:
        if each.family == 6 and each.interface in spoken and each.acl in lists:
            wanted = _ERRORS | (_NEIGHBOURS if each.direction == "in" else {})
            yield f"{each.interface} {each.direction}", wanted, [lists[each.acl]]
    chains = [each for each in rules.items if each.kind == "host" and each.family in (6, None)]
    for hook in dict.fromkeys(hook for each in chains for hook in each.bound):
        wanted = _ERRORS | (_NEIGHBOURS if hook == "input" else {})
        yield hook, wanted, [each for each in chains if hook in each.bound]


def _passes(sets: list[RuleSet], number: int) -> tuple[bool | None, tuple[FilterRule, ...]]:
    """Whether every one of the sets lets a type through for somebody at least, and by which rules not."""
    told = [_through(each, number) for each in sets]
    for state in (False, None):
        found = [rules for ok, rules in told if ok is state]
        if found:
            return state, tuple(rule for rules in found for rule in rules)
    return True, ()


def _through(each: RuleSet, number: int) -> tuple[bool | None, tuple[FilterRule, ...]]:
    unsure: list[FilterRule] = []
    for rule in each.rules:
        takes = _takes(rule, number) if rule.enabled and not rule.expired else False
        if takes is None:
            unsure.append(rule)
        elif takes and rule.permits:
            return (None, tuple(unsure)) if any(not r.permits for r in unsure) else (True, ())
        elif takes and _is_wide(rule):
            return (None, tuple(unsure)) if any(r.permits for r in unsure) else (False, (rule,))
    if each.kind == "acl" and number in _NEIGHBOURS:
        return (
            True,
            (),
        )  # what is not written denies no neighbours (IOS, NX-OS: implicit permits before the last denial)
    if each.default_permits is not False:
        return each.default_permits, ()
    return (None, tuple(unsure)) if any(r.permits for r in unsure) else (False, ())


def _takes(rule: FilterRule, number: int) -> bool | None:
    """Whether a rule is about a type of ICMPv6; None: it asks for something that is not understood."""
    if not any(service.protocol in (None, *_ICMPV6, "icmp") for service in services_of(rule)):
        return False
    if rule.family == 4:
        return False
    if not all(nets is None or any(n.version == 6 for n in nets) for nets in (rule.sources, rule.destinations)):
        return False
    if rule.icmp_types is not None:
        return number in rule.icmp_types
    if rule.stateful:  # errors belong to the session they are about
        return number in _ERRORS and rule.permits and not rule.more
    unsure = (rule.more and not rule.narrowed) or rule.unread or rule.service is not None
    return None if unsure else True


def _is_wide(rule: FilterRule) -> bool:
    sides = (rule.sources, rule.destinations)
    return not rule.narrowed and all(nets is None or any(n.prefixlen == 0 for n in nets) for nets in sides)
