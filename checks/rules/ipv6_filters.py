"""IPv6 filters held against those for IPv4, rule by rule: what one family lets through and the other stops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from checks.model import Family, Remedy, Severity, Value, Verdict, check, verdict
from checks.parity import REST, Compared, Filter, Gate, as_filter, compared
from checks.rules.filtering import by_iptables, entries
from checks.rules.ipv6 import speaking
from checks.sentences import first_of
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import Addresses, Filtering, FilterRule, RuleSet, RuleSets
from inventory.snapshot import DeviceRecord
from inventory.text import Text

_SHOWN = 6
_MOST_PAIRS = 400  # of zones
# Firewalls whose "any" means both families, or whose rules tell of which one they are.
_ANY_IS_KNOWN = frozenset({"huawei_vrp", "juniper_junos", "fortinet_fortios", "hillstone_stoneos"})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where packets of both families are filtered; ``told`` None: it is not known what is let through there."""

    name: str
    told: list[Compared] | None
    evidence: tuple[Evidence, ...] = ()
    own: bool = False  # what is let through ends on the device itself
    six: tuple[RuleSet, ...] = ()  # the sets that IPv6 meets there


def _places(
    rules: RuleSets, filtering: Filtering | Missing, spoken: frozenset[str], platform: str | None
) -> Iterator[_Place]:
    if spoken:
        if not isinstance(filtering, Missing):
            yield from _at_interfaces(rules, filtering, spoken)
        yield from _on_host(rules)
        if len(spoken) > 1:  # a firewall that speaks IPv6 on one interface passes none through
            yield from _between_zones(rules, platform)


def _at_interfaces(rules: RuleSets, filtering: Filtering, spoken: frozenset[str]) -> Iterator[_Place]:
    """Interfaces and directions at which both families have a list; where one has none is another check's finding."""
    lists = {(each.name, each.family): each for each in rules.items if each.kind == "acl"}
    of_both = {each.name: each for each in lists.values()}
    bound: dict[tuple[str, str], dict[int, list[RuleSet | None]]] = {}
    for each in filtering.bindings:
        # A list for both families is bound to a name that need not be the interface's own.
        if each.interface in spoken or each.family is None:
            there = bound.setdefault((each.interface, each.direction), {4: [], 6: []})
            for family in (4, 6) if each.family is None else (each.family,):
                there[family].append(of_both.get(each.acl) if each.family is None else lists.get((each.acl, family)))
    for (interface, direction), there in bound.items():
        if there[4] and there[6]:
            four, six = ([each for each in there[family] if each] for family in (4, 6))
            known = None not in (*there[4], *there[6])
            told = compared([_one_after_other(four)], [_one_after_other(six)]) if known else None
            shown = tuple(each.evidence for each in (*four, *six))
            yield _Place(f"{interface} {direction}", told, shown, six=tuple(six))


def _one_after_other(sets: list[RuleSet]) -> Filter:
    """Lists that are applied together: what the first does not take comes to the next."""
    filters = [as_filter(each) for each in sets]
    return Filter(tuple(rule for each in filters for rule in each.rules), filters[-1].default_permits)


def _on_host(rules: RuleSets) -> Iterator[_Place]:
    """The hooks of a host's filter; a packet passes every chain of its family there."""
    chains = [each for each in rules.items if each.kind == "host"]
    for hook in dict.fromkeys(hook for each in chains for hook in each.bound):
        there = [each for each in chains if hook in each.bound]
        four, six = ([each for each in there if each.family in (family, None)] for family in (4, 6))
        if four and six:
            told = compared([as_filter(each) for each in four], [as_filter(each) for each in six])
            yield _Place(hook, told, tuple(each.evidence for each in there), own=hook == "input", six=tuple(six))


def _between_zones(rules: RuleSets, platform: str | None) -> Iterator[_Place]:
    policies = [each for each in rules.items if each.kind == "policy"]
    four, six = ([each for each in policies if each.family in (family, None)] for family in (4, 6))
    if not four or not six:
        return
    shown = tuple(each.evidence for each in policies)
    if any(each.family is None for each in policies) and platform not in _ANY_IS_KNOWN:
        yield _Place("zones", None, shown)
        return
    for source, destination in _pairs(policies):
        sides = ([as_filter(each, source, destination) for each in listed] for listed in (four, six))
        yield _Place(f"{source} > {destination}", compared(*sides), shown, six=tuple(six))


def _pairs(policies: Iterable[RuleSet]) -> list[tuple[str, str]]:
    """Pairs of zones between which some rule permits; a side that a rule leaves open is none of them by name."""
    found = {
        (source, destination): None
        for each in policies
        for rule in each.rules
        if rule.permits and rule.enabled
        for source in sorted(rule.source_zones) or ["*"]
        for destination in sorted(rule.destination_zones) or ["*"]
    }
    return list(found)[:_MOST_PAIRS]


# -- what differs -------------------------------------------------------------------------------------------------


def _is_wider(each: Compared, _: _Place) -> bool:
    return each.six.gate is not None and each.four.gate is not None and each.six.gate > each.four.gate


def _is_shut(each: Compared, place: _Place) -> bool:
    """Whether nobody gets over IPv6 what is offered over IPv4.

    Who is let in to a host by his IPv4 address may have no other: that is not offered to everybody.
    """
    if each.six.gate is not Gate.SHUT:
        return False
    return each.four.gate is Gate.OPEN or any(
        rule.permits and (rule.sources is None or (rule.destinations is None and not place.own))
        for rule in each.four.by
    )


def _judged(places: Iterable[_Place], is_odd: Callable[[Compared, _Place], bool]) -> Iterator[Verdict]:
    for place in places:
        odd = [each for each in place.told or () if is_odd(each, place)]
        unsure = [each for each in place.told or () if None in (each.four.gate, each.six.gate)]
        deciding = [rule for each in odd or unsure for side in (each.six, each.four) for rule in side.by]
        yield verdict(
            False if odd else None if unsure or place.told is None else True,
            *(list(dict.fromkeys(rule.evidence for rule in deciding))[:_SHOWN] or place.evidence[:2]),
            place=place.name,
            platform=None,
            services=_listed(each.shown for each in _spans(odd)),
            six=_names(rule for each in odd for rule in each.six.by),
            four=_names(rule for each in odd for rule in each.four.by),
            rules=_names(
                rule for each in unsure for side in (each.six, each.four) if side.gate is None for rule in side.by
            ),
            **_where(place, odd),
        )


def _where(place: _Place, odd: list[Compared]) -> dict[str, Value]:
    """The set and the rules of IPv6 that commands are about: of the first set that decides, else of the first."""
    deciding = list(dict.fromkeys(rule for each in odd for rule in each.six.by))
    sets = [each for each in place.six if any(rule in each.rules for rule in deciding)] or place.six
    first = next(iter(sets), None)
    rules = [rule for rule in deciding if first and rule in first.rules]
    source, _, destination = place.name.partition(" > ")
    return {
        **(_matches(place, odd, by_iptables(first)) if first and first.kind == "host" else {}),
        "acl": first.name if first else "<list>",
        "head": (first.head if first else "") or "<list>",
        "entries": entries(rules),
        "first": rules[0].entry if rules and rules[0].entry else "<entry>",
        "variant": _variant(first, rules, whole=any(each.shown == REST for each in odd)),
        "source": source.replace("*", "any"),
        "destination": destination.replace("*", "any"),
    }


def _variant(six: RuleSet | None, rules: list[FilterRule], *, whole: bool) -> str:
    """Whether rules decide, or what becomes of packets that none takes; of hosts also the program, and of what."""
    if six and six.kind == "policy":
        return "policy"
    if six is None or six.kind != "host":
        return "acl" if rules else "list"
    program = "iptables" if by_iptables(six) else "nft"
    return program + ("" if rules else "-list") + ("-open" if whole else "")


def _matches(place: _Place, odd: list[Compared], iptables: bool) -> dict[str, Value]:
    """What a host's rules match, a dot for each space: services that differ, for some in IPv4, and open in both."""
    some = [each for each in odd if each.four.gate is Gate.SOME]
    alike = [each for each in place.told or () if each.four.gate is Gate.OPEN is each.six.gate]
    # Where all that no rule names differs, a person says which services are in use.
    named = _words(odd, iptables) if all(each.shown != REST for each in odd) else ""
    return {
        "matches": named or "<port>",
        "matches_some": _words(some, iptables),
        "matches_open": _words(alike, iptables),
    }


def _words(services: Iterable[Compared], iptables: bool) -> str:
    word, to = ("--dport", ":") if iptables else ("dport", "-")
    words = []
    for each in list(_spans(services))[:_SHOWN]:
        if each.protocol in ("tcp", "udp"):
            words.append(f"{each.protocol}.{word}.{each.first}" + f"{to}{each.last}" * (each.last > each.first))
        elif each.protocol != REST:
            words.append(each.protocol if iptables else f"meta.l4proto.{each.protocol}")
    return " ".join(words)


def _spans(odd: Iterable[Compared]) -> Iterator[Compared]:
    """The services, neighbouring ports together whatever rules decide of them."""
    last: Compared | None = None
    for each in odd:
        if last and (last.protocol, last.last + 1) == (each.protocol, each.first):
            last = replace(last, last=each.last)
            continue
        if last:
            yield last
        last = each
    if last:
        yield last


def _listed(words: Iterable[str]) -> str:
    listed = list(dict.fromkeys(words))
    return first_of(listed, _SHOWN)


def _names(rules: Iterable[FilterRule]) -> str:
    """The rules by name and line; a dash where what no rule takes is decided by default."""
    return _listed(f"{rule.name}{_line(rule.evidence)}" for rule in rules) or "-"


def _line(evidence: Evidence) -> str:
    return f" @{evidence.lines[0]}" if evidence.lines else ""


_UNKNOWN = Text(
    "{subject} 的 {place}：规则 {rules} 引用了未读到的对象或条件，两个协议族无法比较",
    "{subject}: at {place} the families cannot be compared, for rules {rules} ask for what was not read",
)


@check(
    "ipv6.filters-no-wider",
    family=Family.IPV6,
    title=Text("IPv6 过滤不比 IPv4 宽", "IPv6 filters let nothing through that those for IPv4 stop"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-03", "gbt22239-2019:8.1.3.2-a#2~"),
    found=Text(
        "{subject} 的 {place}：IPv6 放行 {services}（规则 {six}），IPv4 不放行或只对部分地址放行（规则 {four}）",
        "{subject}: at {place} IPv6 passes {services} (rules {six}), which IPv4 passes for nobody or for some "
        "(rules {four})",
    ),
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text(
            "按 IPv4 规则逐条收紧 IPv6 规则；确有需要的放行在两个协议族中同样写明",
            "Narrow the IPv6 rules to those for IPv4, one by one; what is needed is permitted in both families alike",
        ),
    ),
)
def filters_no_wider(
    rules: RuleSets, filtering: Filtering | Missing, addresses: Addresses, record: DeviceRecord
) -> Iterator[Verdict]:
    yield from _judged(_places(rules, filtering, speaking(addresses), record.platform), _is_wider)


@check(
    "ipv6.filters-no-narrower",
    family=Family.IPV6,
    title=Text("IPv4 放行的业务，IPv6 也放行", "What filters pass over IPv4 they pass over IPv6, too"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的 {place}：IPv4 放行 {services}（规则 {four}），IPv6 全部拒绝（规则 {six}）",
        "{subject}: at {place} IPv4 passes {services} (rules {four}), which IPv6 denies to everybody (rules {six})",
    ),
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text(
            "为仍在使用的业务补上对应的 IPv6 放行规则",
            "Add the IPv6 rules of the services that are in use",
        ),
    ),
)
def filters_no_narrower(
    rules: RuleSets, filtering: Filtering | Missing, addresses: Addresses, record: DeviceRecord
) -> Iterator[Verdict]:
    yield from _judged(_places(rules, filtering, speaking(addresses), record.platform), _is_shut)
