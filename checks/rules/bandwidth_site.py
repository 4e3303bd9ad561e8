"""Bandwidth and redundancy of sites: what the best of a site's links gives it, and whether its links fail together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, islice

from checks.capacity import TEST_SHARE, all_evidence, lowest, place, reaches, shown, told, untold, wanted_mbps
from checks.model import Family, Remedy, Severity, Verdict, check, harmless, verdict
from checks.policies import BandwidthPolicy
from inventory.errors import Missing
from inventory.plan import Plan
from inventory.text import Text
from inventory.views import LinkEnd, LinkView, SiteView

VPN_KINDS = frozenset({"vpn", "ipsec", "5g", "4g"})
_PAIRS = 64  # of links of one site that are held against each other
_NUMBERS = re.compile(r"\d+(?:[/.:]\d+)*$")


@check(
    "bandwidth.site-reaches-tier",
    family=Family.BANDWIDTH,
    title=Text("站点至少有一条链路达到本级带宽", "A link of the site reaches the bandwidth of its tier"),
    severity=Severity.HIGH,
    clauses=("plan:PR-NET-04", "gbt22239-2019:8.1.2.1-b#1~"),
    found=Text(
        "{subject} 最多只有 {rate} Mbit/s，要求 {wanted} Mbit/s，受限于{what}，责任方：{party}。证据：{evidences}",
        "{subject} gets {rate} Mbit/s at most, {wanted} Mbit/s are wanted; {what} sets the limit, up to {party}. "
        "Evidence: {evidences}",
    ),
    unknown=Text(
        "{subject} 的带宽无法证明：{why}。证据：{evidences}",
        "the bandwidth of {subject} is not proven: {why}. Evidence: {evidences}",
    ),
    remedy=Remedy(Text("由责任方扩容或取消限制", "Have the named party raise or remove what sets the limit")),
)
def site_reaches_tier(site: SiteView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    wanted = wanted_mbps(site.tier, plan, policy)
    if wanted is None:
        return
    if not site.links:
        why = Text("没有登记链路", "no link is declared")
        yield verdict(None, site.evidence, wanted=wanted, why=why, evidences="-")
        return
    outcomes = [(_link_reaches(link, wanted, policy), link) for link in site.links]
    ok = _any(outcome for outcome, _ in outcomes)
    best = max((rate for link in site.links if (rate := lowest(link))), key=lambda rate: rate.mbps, default=None)
    evidences = [_named(link) for link in site.links]
    open_questions = _joined([gap for outcome, link in outcomes if outcome is None for gap in untold(link, wanted)])
    yield verdict(
        ok,
        site.evidence,
        *(evidence for link in site.links for evidence in (link.evidence, *all_evidence(link))),
        wanted=wanted,
        rate=shown(best.mbps if best else None),
        what=best.what if best else "?",
        party=best.party if best else "?",
        why=open_questions,
        evidences=_joined(evidences),
    )


def _named(link: LinkView) -> Text:
    name, said = harmless(link.name), told(link)
    return Text(f"{name}：{said.zh}", f"{name}: {said.en}")


def _link_reaches(link: LinkView, wanted: int, policy: BandwidthPolicy) -> bool | None:
    """Whether a test carried the tier both ways, else whether the lowest of all evidences reaches it."""
    if not isinstance(link.test, Missing):
        ways = (link.test.up_mbps, link.test.down_mbps)
        if all(mbps is not None and mbps >= wanted * TEST_SHARE for mbps in ways):
            return True
    rules = lowest(link)
    if rules is not None and not reaches(rules.mbps, wanted, policy):
        return False
    return None if rules is None or untold(link, wanted) else True


def _any(outcomes: Iterator[bool | None]) -> bool | None:
    known = set(outcomes)
    return True if True in known else None if None in known else False


def _joined(texts: Sequence[Text]) -> Text:
    return Text(" | ".join(t.zh for t in texts), " | ".join(t.en for t in texts))


@check(
    "bandwidth.not-vpn-only",
    family=Family.BANDWIDTH,
    title=Text("镇村有专线，不只靠 VPN", "Towns and villages have a line of their own, not a VPN alone"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-NET-04", "plan:PR-NET-02"),
    found=Text("{subject} 只通过 {kinds} 接入", "{subject} is reached by {kinds} only"),
    unknown=Text("{subject} 的链路类型没有登记", "the kind of links to {subject} is not declared"),
    remedy=Remedy(Text("按规划建设专线接入", "Build the line that the plan asks for")),
)
def not_vpn_only(site: SiteView) -> Iterator[Verdict]:
    if site.tier not in ("town", "village"):
        return
    kinds = {(link.kind or "").lower() for link in site.links}
    if not kinds or kinds == {""}:
        yield verdict(None, site.evidence)
        return
    lines = kinds - VPN_KINDS - {""}
    ok = None if not lines and "" in kinds else bool(lines)
    yield verdict(ok, site.evidence, *(link.evidence for link in site.links), kinds=", ".join(sorted(kinds - {""})))


@check(
    "bandwidth.dual-uplinks",
    family=Family.BANDWIDTH,
    title=Text("县级节点有两条独立上联", "A county node has two independent uplinks"),
    severity=Severity.HIGH,
    clauses=("plan:PR-NET-06", "gbt22239-2019:8.1.2.1-e#1"),
    found=Text("{subject} 的上联不独立：{why}", "the uplinks of {subject} are not independent: {why}"),
    unknown=Text(
        "{subject} 的上联是否独立未知：{why}", "whether the uplinks of {subject} are independent is not known: {why}"
    ),
    remedy=Remedy(
        Text("增加一条落在另一台设备、另一路由和另一运营商的上联", "Add an uplink on another device, route and carrier")
    ),
)
def dual_uplinks(site: SiteView) -> Iterator[Verdict]:
    if site.tier != "county":
        return
    links = [link for link in site.links if link.site == site.name]
    if len(links) < 2:
        only = Text(f"只有 {len(links)} 条", f"there is {len(links)}")
        yield verdict(False, site.evidence, *(link.evidence for link in links), why=only)
        return
    yield _independence(site, links, lambda link: _end_where(link, lambda end: end.site == site.name))


@check(
    "redundancy.links-independent",
    family=Family.BANDWIDTH,
    title=Text("多条链路不共用板卡、设备和运营商", "Links of a site share no card, no device and no carrier"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-NET-06", "gbt22239-2019:8.1.2.1-e#1"),
    found=Text("{subject} 的链路会一起中断：{why}", "the links of {subject} fail together: {why}"),
    unknown=Text(
        "{subject} 的链路是否会一起中断未知：{why}", "whether the links of {subject} fail together is not known: {why}"
    ),
    remedy=Remedy(
        Text("把备用链路改接到另一台核心设备和另一运营商", "Move the second link to another core device and carrier")
    ),
)
def links_independent(site: SiteView) -> Iterator[Verdict]:
    if site.tier == "county" or len(site.links) < 2:  # one line to a town is what the plan allows
        return
    yield _independence(site, site.links, lambda link: _end_where(link, lambda end: end.site != site.name))


def _end_where(link: LinkView, holds: Callable[[LinkEnd], bool]) -> LinkEnd | None:
    return next((end for end in link.ends if holds(end)), None)


def _independence(site: SiteView, links: Sequence[LinkView], end: Callable[[LinkView], LinkEnd | None]) -> Verdict:
    """Of the two links that have least in common."""
    pairs = [_shared(a, b, end(a), end(b)) for a, b in islice(combinations(links, 2), _PAIRS)]
    shared, unknown = min(pairs, key=lambda pair: (len(pair[0]), len(pair[1])))
    ok = False if shared else None if unknown else True
    return verdict(ok, site.evidence, *(link.evidence for link in links), why=_joined(shared or unknown))


def _shared(a: LinkView, b: LinkView, at_a: LinkEnd | None, at_b: LinkEnd | None) -> tuple[list[Text], list[Text]]:
    """What two links have in common, and what of that is not known."""
    shared, unknown = [], []
    if at_a is None or at_b is None or at_a.device is None or at_b.device is None:
        unknown.append(Text("没有登记终结在哪台设备", "on which devices they end is not declared"))
    elif at_a.device == at_b.device or (at_a.serial is not None and at_a.serial == at_b.serial):
        shared.append(_one_device(at_a, at_b))
    for mine, other, what in (
        (a.carrier, b.carrier, Text("运营商", "carrier")),
        (a.route, b.route, Text("路由", "route")),
    ):
        if mine and other and mine == other:
            shared.append(Text(f"同一{what.zh} {harmless(mine)}", f"one {what.en}, {harmless(mine)}"))
        elif what.en == "carrier" and not (mine and other):
            unknown.append(Text("运营商没有登记", "the carrier is not declared"))
    return shared, unknown


def _one_device(a: LinkEnd, b: LinkEnd) -> Text:
    if (card := _card(a.interface_name)) is not None and card == _card(b.interface_name):
        where = f"{place(a)}, {place(b)}"
        return Text(f"全部落在同一台设备的同一块板卡（{where}）", f"all end on one device, on one card ({where})")
    name = harmless(a.device or "?")
    return Text(f"全部落在同一台设备 {name}", f"all end on one device, {name}")


def _card(interface: str | None) -> str | None:
    """Slot and card of a port: 0/3 of GigabitEthernet0/3/1; None where the name tells none."""
    found = _NUMBERS.search(interface or "")
    card = re.split(r"[.:]", found.group())[0].rpartition("/")[0] if found else ""
    return card or None
