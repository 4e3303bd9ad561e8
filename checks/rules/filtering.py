"""Level 3: what access lists and firewall policies let through, computed from their rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.covering import complete, covered, in_use, perhaps_anything
from checks.model import Family, Remedy, Severity, Value, Verdict, check, verdict
from checks.policies import FilterPolicy
from checks.sentences import first_of
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import FilterRule, Identity, RuleSet, RuleSets
from inventory.text import Text

_SHOWN = 8
_LONGEST = 290  # characters of a value
_NAMED = Text("规则", "rules")
_BETWEEN = ("policy interzone ", "firewall packet-filter default", "object-policy ", "interzone ")
_SESSIONLESS = frozenset({"icmp", "icmpv6", "icmp6", "ipv6-icmp", "1", "58"})
_UNREAD = Text(
    "{subject} 的 {place} 有规则引用了未读到的对象，无法判断",
    "{subject}: rules of {place} name objects that are not known",
)


def deciding(rules: RuleSets) -> list[RuleSet]:
    """Sets that packets cross: firewall policies, hosts' chains, access lists at interfaces.

    Where a configuration shows no binding at all, every list that nothing else uses and that looks at more than
    sources is taken for one of those: a list of sources limits a service, not what crosses a boundary.
    """
    crossed = [each for each in rules.items if each.kind != "acl" or each.bound]
    return crossed or [each for each in rules.items if not each.used and not each.source_only]


def _names(rules: list[FilterRule]) -> str:
    return first_of((rule.name for rule in rules), _SHOWN)


@check(
    "filtering.default-deny",
    family=Family.LEVEL3,
    title=Text("没有规则放行的一律拒绝", "What no rule permits is dropped"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.2-a#1,2",),
    found=Text("{subject} 的 {place} 末尾放行其余全部流量", "{subject}: {place} lets through what no rule names"),
    unknown=Text(
        "{subject} 的 {place} 对规则以外的流量如何处理无法判断",
        "{subject}: what {place} does with what no rule names is not known",
    ),
    remedy=Remedy(Text("在末尾拒绝其余全部流量，两个协议族都要", "Deny the rest at the end, in both families")),
    high_risk=("HR-6.3.2.1",),
)
def default_deny(rules: RuleSets) -> Iterator[Verdict]:
    for each in deciding(rules):
        last = next((rule for rule in reversed(each.rules) if rule.enabled), None)
        closes = last is not None and last.anything and not last.permits
        wide = _wide(each)
        ok = True if closes else None if each.default_permits is None else not each.default_permits
        ok = False if wide else None if ok and _perhaps_wide(each) else ok
        shown = wide[0] if wide else last
        yield _of(
            each,
            wide,
            ok,
            [*([shown.evidence] if shown and ok is not None and (wide or closes) else []), each.evidence],
            variant=_ending(each, opened=bool(wide), closes=closes),
            all={6: "ipv6"}.get(each.family or 4, "" if each.source_only else "ip"),
        )


def _ending(each: RuleSet, *, opened: bool, closes: bool) -> str:
    """What closes a set: a denial at its end, where none stands there, and that what opens it goes."""
    if each.kind == "policy" or by_iptables(each):
        return f"{_form(each)}-opened" if opened else _form(each)
    if opened and closes:
        return "list-closed"
    return ("list-opened" if opened else "list") + _six(each)


def _form(each: RuleSet) -> str:
    """How the rules of a set are entered: as of an access list, of a policy of all zones, of one between two."""
    if by_iptables(each):
        return "iptables"
    return "between" if each.kind == "policy" and each.head.startswith(_BETWEEN) else each.kind


def _six(each: RuleSet) -> str:
    """Lists of IPv6 are written otherwise, and find no neighbour where they deny all of it."""
    return "-six" if each.kind == "acl" and each.family == 6 else ""


def by_iptables(each: RuleSet) -> bool:
    """Whether iptables or ip6tables keeps a chain of a host."""
    return each.head.startswith(("iptables ", "ip6tables "))


def _wide(each: RuleSet) -> list[FilterRule]:
    return [rule for rule in each.rules if rule.enabled and rule.permits and rule.anything and not _inside(rule)]


def _of(each: RuleSet, bad: list[FilterRule], ok: bool | None, shown: Iterable[Evidence], **more: Value) -> Verdict:
    """What is said of a set and its bad rules, as sentences name them and as commands do."""
    named: dict[str, Value] = {
        "acl": each.name,
        "head": each.head or "<list>",
        "rules": _names(bad) or _NAMED,
        "rule": bad[0].name if bad else "-",
        "entries": entries(bad),
        "count": len(bad),
        "variant": _form(each),
    }
    return verdict(ok, *shown, place=f"{each.kind} {each.name}", platform=None, **{**named, **more})


def entries(rules: list[FilterRule]) -> str:
    """The rules as commands name them: as many as a value holds; the next run names what is left."""
    words: list[str] = []
    for rule in rules[:_SHOWN]:
        if sum(map(len, words)) + 2 * len(words) + len(rule.entry) <= _LONGEST:
            words.append(rule.entry or "<entry>")
    return ", ".join(words) or "<entry>"


def _shown(each: RuleSet, bad: list[FilterRule]) -> list[Evidence]:
    return [rule.evidence for rule in bad[:_SHOWN]] or [each.evidence]


def _perhaps_wide(each: RuleSet) -> bool:
    """Whether a rule may let through everything: it names objects that are not known."""
    return any(r.enabled and r.permits and perhaps_anything(r) and not _inside(r) for r in each.rules)


def _inside(rule: FilterRule) -> bool:
    # Between zones that a rule names on both ends it is no opening of everything, but still one of all services.
    return bool(rule.source_zones) and rule.source_zones == rule.destination_zones


@check(
    "filtering.no-any-any",
    family=Family.LEVEL3,
    title=Text("没有全通规则", "No rule permits everything"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.3.2-b#2", "gbt22239-2019:8.1.3.2-a#2~"),
    found=Text(
        "{subject} 的 {place} 有全通规则：{rules}", "{subject}: {place} has rules that permit everything: {rules}"
    ),
    unknown=_UNREAD,
    remedy=Remedy(Text("删除全通规则，逐条写明需要的放行", "Remove them and name what is needed")),
    high_risk=("HR-6.3.2.1",),
)
def no_any_any(rules: RuleSets) -> Iterator[Verdict]:
    for each in deciding(rules):
        wide = _wide(each)
        ok = False if wide else None if _perhaps_wide(each) else True
        yield _of(each, wide, ok, _shown(each, wide))


@check(
    "filtering.no-shadowed-rules",
    family=Family.LEVEL3,
    title=Text("没有被前面规则遮蔽的规则", "No rule is shadowed by one before it"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.2-b#2",),
    found=Text(
        "{subject} 的 {place}：规则 {rule} 永远轮不到，被 {by} 遮蔽（共 {count} 条）",
        "{subject}: {place}: rule {rule} is never reached behind {by} ({count} such rules)",
    ),
    unknown=_UNREAD,
    remedy=Remedy(Text("核对规则次序，删除或前移被遮蔽的规则", "Put the rules in order; remove what is never reached")),
)
def no_shadowed_rules(rules: RuleSets) -> Iterator[Verdict]:
    for each in deciding(rules):
        hidden = [c for c in covered(each) if not (c.by.anything and not c.by.permits)]
        # A rule whose objects are not known may hide another or be hidden.
        unread = len(in_use(each)) > 1 and any(rule.unread for rule in in_use(each))
        shown = [evidence for c in hidden[:_SHOWN] for evidence in (c.rule.evidence, c.by.evidence)]
        yield _of(
            each,
            [c.rule for c in hidden],
            False if hidden else None if unread else True,
            shown or [each.evidence],
            by=hidden[0].by.name if hidden else "-",
        )


@check(
    "filtering.no-dead-rules",
    family=Family.LEVEL3,
    title=Text("没有停用、过期、重复或从未命中的规则", "No rule is off, over, double or never hit"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.3.2-b#1",),
    found=Text(
        "{subject} 的 {place}：{count} 条无效规则（{percent}%）：{rules}",
        "{subject}: {place}: {count} dead rules ({percent}%): {rules}",
    ),
    unknown=_UNREAD,
    remedy=Remedy(Text("删除无效规则；没有绑定的列表一并删除", "Remove them, and lists that nothing uses")),
)
def no_dead_rules(rules: RuleSets, policy: FilterPolicy, identity: Identity | Missing) -> Iterator[Verdict]:
    for each in rules.items:
        # counters that all stand at zero were just reset; those of a device that just started say little
        hit = any(rule.hits for rule in each.rules) and not _started_lately(identity)
        dead = [r for r in each.rules if not r.enabled or r.expired or (hit and r.hits == 0 and not r.anything)]
        # What closes a set is no surplus where a chain that it hands packets to closes as well.
        doubles = (
            c.rule for c in covered(each) if c.kind != "shadowed" and not (c.rule.anything and not c.rule.permits)
        )
        dead += [rule for rule in doubles if rule not in dead]
        unbound = each.used is False and not each.bound and each.kind == "acl" and _others_bound(rules)
        dead = list(each.rules) if unbound else dead
        share = 100 * len(dead) / len(each.rules) if each.rules else 0.0
        within = share <= policy.dead_max_percent
        unread = 0 if unbound or len(in_use(each)) < 2 else sum(r.unread and r not in dead for r in in_use(each))
        unsure = within and unread and 100 * (len(dead) + unread) / len(each.rules) > policy.dead_max_percent
        yield _of(each, dead, None if unsure else within, _shown(each, dead), percent=round(share))


def _started_lately(identity: Identity | Missing) -> bool:
    """Within the 90 days for which a rule must have met nothing to count as dead."""
    up_s = identity.uptime_s if isinstance(identity, Identity) else None
    return up_s is not None and up_s < 90 * 86400


def _others_bound(rules: RuleSets) -> bool:
    return any(each.bound or each.used for each in rules.items)


@check(
    "filtering.five-tuple",
    family=Family.LEVEL3,
    title=Text("放行规则写明地址、协议和端口", "Rules that permit name addresses, protocol and ports"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.2-c#1",),
    found=Text(
        "{subject} 的 {place}：{count} 条放行规则不全（完整的占 {percent}%）：{rules}",
        "{subject}: {place}: {count} rules that permit are incomplete ({percent}% are complete): {rules}",
    ),
    unknown=_UNREAD,
    remedy=Remedy(
        Text(
            "按源、目的、协议、端口逐条写全；边界不用只看源地址的列表",
            "Write source, destination, protocol and port of each; no source-only list at a boundary",
        )
    ),
)
def five_tuple(rules: RuleSets, policy: FilterPolicy) -> Iterator[Verdict]:
    for each in deciding(rules):
        permits = [rule for rule in each.rules if rule.enabled and rule.permits]
        if not permits:
            continue
        by_source = each.source_only and bool(each.bound)
        told = [False if by_source else complete(rule, own=each.kind == "host") for rule in permits]
        short = [rule for rule, whole in zip(permits, told, strict=True) if whole is False]
        share = 100 * (len(permits) - len(short)) / len(permits)
        sure = 100 * told.count(True) / len(permits)
        enough = share >= policy.complete_min_percent
        ok = None if enough and sure < policy.complete_min_percent else enough
        variant = _form(each) + _six(each)
        yield _of(each, short, ok, _shown(each, short or permits), percent=round(share), variant=variant)


@check(
    "filtering.stateful",
    family=Family.LEVEL3,
    title=Text("按会话状态放行", "Sessions decide what comes back"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.2-d#1",),
    found=Text("{subject} 不按会话状态放行：{where}", "{subject} lets answers in without a session: {where}"),
    remedy=Remedy(
        Text("启用状态检测，不用按源端口放行代替", "Turn stateful inspection on in place of rules by source port")
    ),
)
def stateful(rules: RuleSets) -> Iterator[Verdict]:
    by_source_port = [
        (each, rule)
        for each in rules.items
        for rule in each.rules
        if rule.enabled and rule.permits and rule.source_ports and rule.destination_ports is None and not rule.stateful
        if rule.destinations is None
    ]
    if rules.stateful is not None or by_source_port:
        where = ", ".join(f"{each.name} {rule.name}" for each, rule in by_source_port[:_SHOWN])
        ok = False if by_source_port and rules.stateful is not True else rules.stateful
        evidence = [rule.evidence for _, rule in by_source_port[:_SHOWN]]
        first = by_source_port[0][0] if by_source_port else None
        bad = [rule for each, rule in by_source_port if each is first]
        yield verdict(
            ok,
            rules.evidence,
            *evidence,
            where=where or Text("状态检测关闭", "state checking is off"),
            head=(first.head if first else "") or "<list>",
            entries=entries(bad),
            variant="" if first is None else "iptables" if by_iptables(first) else "source-port",
        )
    elif crossed := deciding(rules):
        permits = [rule for each in crossed for rule in each.rules if rule.enabled and rule.permits]
        # Messages of ICMP have no session that answers belong to; neighbours are found by them (RFC 4890).
        asked = [rule for rule in permits if rule.protocol not in _SESSIONLESS]
        kept = bool(asked) and all(rule.stateful for rule in asked)
        yield verdict(kept or None, rules.evidence, *(rule.evidence for rule in permits[:_SHOWN]))


@check(
    "filtering.denied-logged",
    family=Family.LEVEL3,
    title=Text("防火墙规则记录日志", "Firewall rules write logs"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.3.5-a#3~", "gbt22239-2019:8.1.3.3-d"),
    found=Text(
        "{subject} 的 {place}：{count} 条规则不记日志：{rules}",
        "{subject}: {place}: {count} rules write no log: {rules}",
    ),
    remedy=Remedy(Text("为规则开启日志", "Turn logging of the rules on")),
)
def denied_logged(rules: RuleSets) -> Iterator[Verdict]:
    for each in rules.items:
        if each.kind != "policy" or not each.rules:
            continue
        silent = [rule for rule in each.rules if rule.enabled and rule.logs is False]
        unsure = any(rule.enabled and rule.logs is None for rule in each.rules)
        yield _of(each, silent, False if silent else None if unsure else True, _shown(each, silent))
