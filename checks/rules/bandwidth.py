"""Bandwidth tiers: what a link is to carry, by contract, by port and by shaper; the lowest rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import BandwidthPolicy
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Interface
from inventory.plan import Plan
from inventory.text import Text
from inventory.views import LinkEnd, LinkView, SiteView

VPN_KINDS = frozenset({"vpn", "ipsec", "5g", "4g"})
_TIER_CLAUSES = ("plan:PR-NET-04", "gbt22239-2019:8.1.2.1-b#1~")


@dataclass(frozen=True, slots=True)
class Rate:
    """One evidence of what a link can carry."""

    mbps: float
    what: Text
    party: Text  # who can change it
    evidence: Evidence


def wanted_mbps(tier: str | None, plan: Plan, policy: BandwidthPolicy) -> int | None:
    """Bandwidth that the playbook, else the plan, wants of a site of that tier; None where neither says."""
    if tier is None:
        return None
    return policy.tiers_mbps.get(tier, plan.tier_mbps(tier))


def reaches(mbps: float, wanted: float, policy: BandwidthPolicy) -> bool:
    """Whether a rate counts as the wanted one."""
    return mbps >= wanted * (1 - policy.tolerance)


def shown(mbps: float) -> str:
    """A rate without needless decimals."""
    return f"{mbps:g}"


def port_rates(link: LinkView) -> list[Rate]:
    """Interface speed at each end that tells it."""
    return [
        Rate(end.interface.speed_mbps, Text(f"{end.place} 端口", f"port {end.place}"), _owner(end), end.evidence)
        for end in link.ends
        if isinstance(end.interface, Interface) and end.interface.speed_mbps
    ]


def shaped_rates(link: LinkView) -> list[Rate]:
    """Every shaper and policer at either end."""
    return [
        Rate(limit.mbps, Text(f"{end.place} 限速", f"rate limit on {end.place}"), _owner(end), limit.evidence)
        for end in link.ends
        if not isinstance(end.limits, Missing)
        for limit in end.limits
    ]


def _owner(end: LinkEnd) -> Text:
    device = end.device or end.site or "?"
    return Text(f"{device} 的运维单位", f"whoever runs {device}")


@check(
    "bandwidth.contract-meets-tier",
    family=Family.BANDWIDTH,
    title=Text("签约带宽达到本级要求", "The contract buys the bandwidth of the tier"),
    severity=Severity.HIGH,
    clauses=_TIER_CLAUSES,
    found=Text(
        "链路 {subject}（{site}）签约 {contracted} Mbit/s，要求 {wanted} Mbit/s，责任方：{party}",
        "link {subject} ({site}) is contracted at {contracted} Mbit/s, {wanted} Mbit/s are wanted; up to {party}",
    ),
    unknown=Text("链路 {subject} 没有登记签约带宽", "the contracted bandwidth of link {subject} is not declared"),
    remedy=Remedy(Text("与运营商变更合同扩容", "Have the carrier's contract raised")),
)
def contract_meets_tier(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    wanted = wanted_mbps(link.tier, plan, policy)
    if wanted is None:
        return
    contracted = link.contracted_mbps
    yield verdict(
        None if contracted is None else reaches(contracted, wanted, policy),
        link.evidence,
        site=link.site or "?",
        contracted="?" if contracted is None else shown(contracted),
        wanted=wanted,
        party=Text("信息化主管部门与运营商", "the county's data bureau and the carrier"),
    )


@check(
    "bandwidth.port-meets-tier",
    family=Family.BANDWIDTH,
    title=Text("两端端口速率达到本级要求", "The ports at both ends run at the bandwidth of the tier"),
    severity=Severity.HIGH,
    clauses=_TIER_CLAUSES,
    found=Text(
        "链路 {subject} 的 {place} 只有 {speed} Mbit/s，要求 {wanted} Mbit/s，责任方：{party}",
        "link {subject}: {place} runs at {speed} Mbit/s, {wanted} Mbit/s are wanted; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的 {place} 端口速率未知：{why}", "link {subject}: the port speed at {place} is not known: {why}"
    ),
    remedy=Remedy(
        Text(
            "检查协商、线缆和光模块，必要时更换端口",
            "Look at negotiation, cable and optics; change the port if need be",
        )
    ),
)
def port_meets_tier(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    wanted = wanted_mbps(link.tier, plan, policy)
    if wanted is None:
        return
    for end in link.ends:
        if end.device is None:  # the carrier's side, or an end the county does not run
            continue
        speed, why = _speed(end)
        yield verdict(
            None if speed is None else reaches(speed, wanted, policy),
            end.evidence,
            place=end.place,
            speed="?" if speed is None else shown(speed),
            wanted=wanted,
            party=_owner(end),
            why=why,
        )


def _speed(end: LinkEnd) -> tuple[float | None, str]:
    if isinstance(end.interface, Missing):
        return None, end.interface.why or end.interface.gap.value
    return end.interface.speed_mbps, "" if end.interface.speed_mbps else "ifHighSpeed"


@check(
    "bandwidth.shaper-meets-tier",
    family=Family.BANDWIDTH,
    title=Text("限速不低于本级要求", "No rate limit goes below the tier"),
    severity=Severity.HIGH,
    clauses=_TIER_CLAUSES,
    found=Text(
        "链路 {subject}：{place} {direction} 方向限速 {rate} Mbit/s，要求 {wanted} Mbit/s，责任方：{party}",
        "link {subject}: {place} is limited to {rate} Mbit/s {direction}, {wanted} Mbit/s are wanted; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的 {place} 是否限速未知：{why}",
        "link {subject}: whether {place} is rate-limited is not known: {why}",
    ),
    remedy=Remedy(
        Text("提高或取消接口限速", "Raise or remove the rate limit of the interface"),
        {
            "huawei_vrp": "system-view\n interface {interface}\n  undo qos lr {direction}bound\n  quit",
            "h3c_comware": "system-view\n interface {interface}\n  undo qos lr {direction}bound\n  quit",
            "linux": "tc qdisc show dev {interface}\ntc qdisc del dev {interface} root",
        },
    ),
)
def shaper_meets_tier(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    wanted = wanted_mbps(link.tier, plan, policy)
    if wanted is None:
        return
    for end in link.ends:
        if end.device is None:
            continue
        if isinstance(end.limits, Missing):
            why = end.limits.why or end.limits.gap.value
            yield verdict(None, end.evidence, place=end.place, wanted=wanted, why=why)
            continue
        low = [limit for limit in end.limits if not reaches(limit.mbps, wanted, policy)]
        for limit in low:
            yield verdict(
                False,
                limit.evidence,
                place=end.place,
                platform=end.platform,
                interface=limit.interface,
                direction=limit.direction,
                rate=shown(limit.mbps),
                wanted=wanted,
                party=_owner(end),
            )
        if not low:
            yield verdict(True, end.evidence, place=end.place, wanted=wanted)


@check(
    "bandwidth.full-duplex",
    family=Family.BANDWIDTH,
    title=Text("两端均为全双工", "Both ends run full duplex"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.2.1-b#1~", "plan:PR-NET-05"),
    found=Text("链路 {subject} 的 {place} 是半双工", "link {subject}: {place} runs half duplex"),
    unknown=Text("链路 {subject} 的 {place} 双工方式未知", "link {subject}: the duplex of {place} is not known"),
    remedy=Remedy(Text("两端同为自动协商或同样固定为全双工", "Let both ends negotiate, or fix both to full duplex")),
)
def full_duplex(link: LinkView) -> Iterator[Verdict]:
    for end in link.ends:
        if end.device is None:
            continue
        duplex = end.interface.duplex if isinstance(end.interface, Interface) else None
        yield verdict(None if duplex is None else duplex == "full", end.evidence, place=end.place)


@check(
    "bandwidth.evidence-agrees",
    family=Family.BANDWIDTH,
    title=Text("合同、端口与限速相互一致", "Contract, ports and rate limits agree"),
    severity=Severity.HIGH,
    clauses=("plan:PR-NET-04",),
    found=Text(
        "链路 {subject} 签约 {contracted} Mbit/s，{what}却只有 {rate} Mbit/s，责任方：{party}",
        "link {subject} is contracted at {contracted} Mbit/s, but {what} gives {rate} Mbit/s; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的证据不足以互相印证", "link {subject}: too little is known to hold against each other"
    ),
    remedy=Remedy(Text("由责任方查清并恢复到签约带宽", "Have the named party restore what the contract buys")),
)
def evidence_agrees(link: LinkView, policy: BandwidthPolicy) -> Iterator[Verdict]:
    contracted = link.contracted_mbps
    rates = port_rates(link) + shaped_rates(link)
    if contracted is None or not rates:
        yield verdict(None, link.evidence)
        return
    lower = [rate for rate in rates if not reaches(rate.mbps, contracted, policy)]
    for rate in lower:
        yield verdict(
            False,
            link.evidence,
            rate.evidence,
            place=rate.what.en,
            contracted=shown(contracted),
            what=rate.what,
            rate=shown(rate.mbps),
            party=rate.party,
        )
    if not lower:
        ok = None if any(map(_is_untold, link.ends)) else True
        yield verdict(ok, link.evidence, *(rate.evidence for rate in rates), contracted=shown(contracted))


def _is_untold(end: LinkEnd) -> bool:
    """Whether a device of the county's at that end could hold against the rest, but did not answer."""
    if end.device is None or end.interface_name is None:
        return False
    limits_untold = isinstance(end.limits, Missing) and end.limits.gap not in (Gap.LACKING, Gap.UNREAD)
    return isinstance(end.interface, Missing) or limits_untold


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
        "{subject} 的上联终结在哪些设备没有登记", "on which devices the uplinks of {subject} end is not declared"
    ),
    remedy=Remedy(
        Text("增加一条落在另一台设备、另一路由或另一运营商的上联", "Add an uplink on another device, route or carrier")
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
    here = {end.device for link in links for end in link.ends if end.site == site.name}
    named = here - {None}
    same = Text("全部落在同一台设备", "all end on one device")
    ok = True if len(named) > 1 else None if None in here or not here else False
    yield verdict(ok, site.evidence, *(link.evidence for link in links), why=same)
