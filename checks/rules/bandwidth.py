"""Bandwidth tiers of links: by contract, by port and by shaper, and whether these agree; the lowest rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.capacity import (
    CARRIER,
    WAYS,
    all_evidence,
    carried_beyond,
    contract_rates,
    limits,
    limits_untold,
    ours,
    owner,
    place,
    port_mbps,
    port_rates,
    reaches,
    shaped_rates,
    shown,
    tested_rates,
    told,
    wanted_mbps,
)
from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import BandwidthPolicy
from inventory.errors import Gap, Missing
from inventory.facts import Interface, RateLimit
from inventory.plan import Plan
from inventory.text import Text
from inventory.views import LinkEnd, LinkView

_TIER_CLAUSES = ("plan:PR-NET-04", "gbt22239-2019:8.1.2.1-b#1~")
_NEGOTIATE = {
    "huawei_vrp": "system-view\n interface {interface}\n  negotiation auto\n  quit",
    "h3c_comware": "system-view\n interface {interface}\n  speed auto\n  duplex auto\n  quit",
    "ruijie_rgos": "configure terminal\n interface {interface}\n  speed auto\n  duplex auto\n end",
    "cisco_ios": "configure terminal\n interface {interface}\n  speed auto\n  duplex auto\n end",
    "cisco_nxos": "configure terminal\n interface {interface}\n  speed auto\n  duplex auto\n end",
    "juniper_junos": "configure\n delete interfaces {interface} speed\n delete interfaces {interface} link-mode\n"
    " commit and-quit",
    "linux": "ethtool -s {interface} autoneg on",
}


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
        None if contracted is None or contracted <= 0 else reaches(contracted, wanted, policy),
        link.evidence,
        site=link.site or "?",
        contracted=shown(contracted),
        wanted=wanted,
        party=CARRIER,
        evidences=told(link),
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
        ),
        _NEGOTIATE,
    ),
)
def port_meets_tier(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    wanted = wanted_mbps(link.tier, plan, policy)
    if wanted is None:
        return
    said = told(link)
    for end in ours(link):
        speed, why = port_mbps(end)
        yield verdict(
            None if speed is None else reaches(speed, wanted, policy),
            end.evidence,
            place=place(end),
            platform=end.platform,
            interface=end.interface_name or "?",
            speed=shown(speed),
            wanted=wanted,
            party=owner(end),
            why=why,
            evidences=said,
        )


@check(
    "bandwidth.shaper-meets-tier",
    family=Family.BANDWIDTH,
    title=Text("限速不低于本级要求", "No rate limit goes below the tier"),
    severity=Severity.HIGH,
    clauses=_TIER_CLAUSES,
    found=Text(
        "链路 {subject}：{place}限速 {rate} Mbit/s，要求 {wanted} Mbit/s，责任方：{party}",
        "link {subject}: {place} is limited to {rate} Mbit/s, {wanted} Mbit/s are wanted; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的 {place} 是否限速未知：{why}",
        "link {subject}: whether {place} is rate-limited is not known: {why}",
    ),
    remedy=Remedy(
        Text("提高或取消接口限速", "Raise or remove the rate limit of the interface"),
        {
            "huawei_vrp": "system-view\n interface {entries}\n  undo {statement}\n  quit",
            "h3c_comware": "system-view\n interface {entries}\n  undo {statement}\n  quit",
            "huawei_vrp/system": "system-view\n undo {statement}\n quit",
            "h3c_comware/system": "system-view\n undo {statement}\n quit",
            "huawei_vrp/vlan": "system-view\n {vlan}\n  undo {statement}\n  quit",
            "huawei_vrp/rule": "system-view\n traffic-policy\n  {statement}\n   action no-qos\n   quit\n  quit",
            "h3c_comware/rule": "system-view\n traffic-policy\n  {statement}\n   action none\n   quit\n  quit",
            "ruijie_rgos": "configure terminal\n interface {entries}\n  no {statement}\n end",
            "cisco_ios": "configure terminal\n interface {entries}\n  no {statement}\n end",
            "linux": "tc qdisc del dev {entries} root",
        },
    ),
)
def shaper_meets_tier(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    wanted = wanted_mbps(link.tier, plan, policy)
    if wanted is None:
        return
    said = told(link)
    for end in ours(link):
        low = [(each, mbps) for each, mbps in limits(end) if mbps is not None and not reaches(mbps, wanted, policy)]
        for limit, mbps in low:
            variant, statement = _statement(limit, end.platform)
            way = WAYS[limit.direction]
            where = Text(f"{place(end)} {way.zh}", f"{place(end)} {way.en}")
            yield verdict(
                False,
                limit.evidence,
                place=where.en,
                where=where,
                platform=end.platform,
                entries=limit.interface,
                variant=variant,
                statement=statement,
                vlan=_vlan(limit),
                rate=shown(mbps),
                wanted=wanted,
                party=owner(end),
                evidences=said,
            )
        if not low:
            why = limits_untold(end, wanted * (1 - policy.tolerance))
            ok = None if why or isinstance(end.limits, Missing) else True
            yield verdict(ok, end.evidence, place=place(end), wanted=wanted, why=why or "", evidences=said)


# What is written at an interface, as far as it is needed to take it away again.
_WRITTEN = re.compile(
    r"^(?:qos lr|qos car (?:in|out)bound any|qos car|qos gts any|qos gts|qos apply policy|traffic-policy|qos-profile|"
    r"user-queue|line-rate|port shaping|bandwidth (?:e|in)gress|"
    r"service-policy \S+ \S+|rate-limit .+|traffic-shape rate|srr-queue bandwidth limit)(?=\s|$)",
    re.MULTILINE,
)
_WITHOUT_WAY = ("port shaping", "bandwidth", "qos gts", "service-policy", "rate-limit", "traffic-shape", "srr-queue")
_REFERRING = ("qos apply policy", "traffic-policy", "qos-profile", "service-policy")  # what they name limits as well
_USUAL = {"ruijie_rgos": "rate-limit {way}put", "cisco_ios": "service-policy {way}put"}


# … and beyond interfaces, each with the variant of the commands that take it away.
_BEYOND = {
    "system": re.compile(
        r"^(?:(?:traffic-policy|qos apply policy) \S+ (?:global .+|(?:in|out)bound global-acl)|qos vlan-policy .+|"
        r"traffic-limit (?=vlan|(?:in|out)bound)(?:(?! cir ).)+)(?=$| cir )",
        re.MULTILINE,
    ),
    "rule": re.compile(r"^rule (?:\d+ )?name .+$", re.MULTILINE),
}
_VLAN = re.compile(r"^vlan \d+$", re.MULTILINE)


def _statement(limit: RateLimit, platform: str | None) -> tuple[str, str]:
    """Where the statement that limits stands, if not at the interface, and as far as it is needed, by its lines."""
    shown = limit.evidence.excerpt
    lines = [found.group() for found in _WRITTEN.finditer(shown)]
    at_port = re.search(r"^interface ", shown, re.MULTILINE) is not None
    for variant, pattern in () if at_port else _BEYOND.items():
        if found := pattern.search(shown):
            return variant, found.group()
    return ("vlan" if _vlan(limit) else ""), _at_interface(lines, limit, platform)


def _vlan(limit: RateLimit) -> str:
    found = _VLAN.search(limit.evidence.excerpt)
    return found.group() if found else ""


def _at_interface(lines: list[str], limit: RateLimit, platform: str | None) -> str:
    if not lines:
        return _USUAL.get(platform or "", "qos lr {way}bound").format(way=limit.direction)
    written = next((line for line in lines if line.startswith(_REFERRING)), lines[0])
    if platform == "ruijie_rgos" and written.startswith("rate-limit"):
        return f"rate-limit {limit.direction}put"
    has_way = written.startswith(_WITHOUT_WAY) or "bound" in written
    return written if has_way else f"{written} {limit.direction}bound"


@check(
    "bandwidth.full-duplex",
    family=Family.BANDWIDTH,
    title=Text("两端均为全双工", "Both ends run full duplex"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.2.1-b#1~", "plan:PR-NET-05"),
    found=Text("链路 {subject} 的 {place} 是半双工", "link {subject}: {place} runs half duplex"),
    unknown=Text("链路 {subject} 的 {place} 双工方式未知", "link {subject}: the duplex of {place} is not known"),
    remedy=Remedy(
        Text("两端同为自动协商或同样固定为全双工", "Let both ends negotiate, or fix both to full duplex"), _NEGOTIATE
    ),
)
def full_duplex(link: LinkView) -> Iterator[Verdict]:
    for end in ours(link):
        lines = end.members or ((end.interface,) if isinstance(end.interface, Interface) else ())
        ways = {line.duplex for line in lines if line.oper_up is not False}
        ok = False if "half" in ways else None if None in ways or not ways else True
        port = end.interface_name or "?"
        yield verdict(ok, end.evidence, place=place(end), platform=end.platform, interface=port)


@check(
    "bandwidth.evidence-agrees",
    family=Family.BANDWIDTH,
    title=Text("合同、端口、限速与流量相互一致", "Contract, ports, rate limits and traffic agree"),
    severity=Severity.HIGH,
    clauses=("plan:PR-NET-04",),
    found=Text(
        "链路 {subject} 签约 {contracted} Mbit/s，{what}却是 {rate} Mbit/s，责任方：{party}",
        "link {subject} is contracted at {contracted} Mbit/s, but {what} gives {rate} Mbit/s; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的证据不足以互相印证", "link {subject}: too little is known to hold against each other"
    ),
    remedy=Remedy(Text("由责任方查清并恢复到签约带宽", "Have the named party restore what the contract buys")),
)
def evidence_agrees(link: LinkView, policy: BandwidthPolicy) -> Iterator[Verdict]:
    contracted, said = link.contracted_mbps, told(link)
    rates = port_rates(link) + shaped_rates(link) + tested_rates(link)
    if not contract_rates(link) or contracted is None or not rates:
        yield verdict(None, link.evidence, evidences=said)
        return
    astray = [rate for rate in rates if not reaches(rate.mbps, contracted, policy)]
    astray += carried_beyond(link, contracted * (1 + policy.tolerance))
    for rate in astray:
        yield verdict(
            False,
            link.evidence,
            rate.evidence,
            place=rate.what.en,
            contracted=shown(contracted),
            what=rate.what,
            rate=shown(rate.mbps),
            party=rate.party,
            evidences=said,
        )
    if not astray:
        ok = None if any(_is_untold(end, contracted * (1 - policy.tolerance)) for end in link.ends) else True
        yield verdict(ok, link.evidence, *all_evidence(link), contracted=shown(contracted), evidences=said)


def _is_untold(end: LinkEnd, wanted: float) -> bool:
    """Whether a device of the county's at that end could hold against the rest, but did not tell."""
    if end.device is None or end.interface_name is None:
        return False
    if isinstance(end.limits, Missing):
        return isinstance(end.interface, Missing) or end.limits.gap not in (Gap.LACKING, Gap.UNREAD)
    return isinstance(end.interface, Missing) or bool(limits_untold(end, wanted))
