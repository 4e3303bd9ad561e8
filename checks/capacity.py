"""What a link can carry, from evidences that are independent of each other: contract, ports, shapers, traffic, test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from checks.model import harmless
from checks.policies import BandwidthPolicy
from checks.sentences import GAPS
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Interface, RateLimit
from inventory.plan import Plan
from inventory.text import Text
from inventory.views import LinkEnd, LinkView
from inventory.words.reasons import reason

CARRIER = Text("信息化主管部门与运营商", "the county's data bureau and the carrier")
_CEILINGS_MBPS = frozenset({4294.967295, 4294.0, 4295.0, 4294967295.0})  # what an agent reckons from a full ifSpeed
_KNOWN = Text("", "")
WAYS = {"in": Text("入向", "inbound"), "out": Text("出向", "outbound")}
TEST_SHARE = 0.9  # of the tier: what a test has to carry in both directions (formula of the plan's requirement)
CAP_SHARE = 0.9  # of its cap: a test that came so far was held back by the cap


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
    return policy.tiers_mbps.get(tier, plan.tier_mbps(tier, policy.tiers_of))


class LineLimit(StrEnum):
    """What a line keeps to, by the name that plans give the limit (requirement PR-NET-05)."""

    LOAD_PERCENT = "util_p95_max"
    RTT_MS = "rtt_ms_max_in_county"
    LOST_PERCENT = "loss_max"
    AVAILABLE_PERCENT = "availability_min"


_USUAL = {
    LineLimit.LOAD_PERCENT: 70.0,
    LineLimit.RTT_MS: 30.0,
    LineLimit.LOST_PERCENT: 0.5,
    LineLimit.AVAILABLE_PERCENT: 99.5,
}


def line_limit(name: LineLimit, plan: Plan, policy: BandwidthPolicy) -> float:
    """A limit of lines: as the playbook sets it, else as the plan does, else the usual one."""
    chosen = {
        LineLimit.LOAD_PERCENT: policy.load_max_percent,
        LineLimit.RTT_MS: policy.rtt_max_ms,
        LineLimit.LOST_PERCENT: policy.lost_max_percent,
        LineLimit.AVAILABLE_PERCENT: policy.available_min_percent,
    }[name]
    planned = plan.limit("PR-NET-05", name)
    return next(limit for limit in (chosen, planned, _USUAL[name]) if limit is not None)


def reaches(mbps: float, wanted: float, policy: BandwidthPolicy) -> bool:
    """Whether a rate counts as the wanted one."""
    return mbps >= wanted * (1 - policy.tolerance)


def shown(mbps: float | None) -> str:
    """A rate to three digits, without needless decimals; a question mark for none."""
    return "?" if mbps is None else f"{mbps:.0f}" if mbps >= 1000 else f"{mbps:.3g}"


def place(end: LinkEnd) -> str:
    """How a reader finds an end, fit to stand in a sentence."""
    return str(harmless(end.place)) or "?"


def owner(end: LinkEnd) -> Text:
    """Who can change what stands at an end."""
    device = harmless(end.device or end.site or "?")
    return Text(f"{device} 的运维单位", f"whoever runs {device}")


def why_missing(missing: Missing) -> Text:
    """Why something is not known."""
    return reason(str(harmless(missing.why))) if missing.why else GAPS[missing.gap]


def ours(link: LinkView) -> Iterator[LinkEnd]:
    """The ends that a device of the county's stands at."""
    return (end for end in link.ends if end.device is not None)


def port_mbps(end: LinkEnd) -> tuple[float | None, Text]:
    """The speed of the port at an end, of an aggregation that of its members that are up; else why it is not known."""
    if isinstance(end.interface, Missing):
        return None, why_missing(end.interface)
    told = end.interface.speed_mbps
    if told in _CEILINGS_MBPS:
        return None, Text("速率 4294967295 是 32 位上限，不是速率", "speed 4294967295: the 32-bit ceiling, no speed")
    members = [m.speed_mbps for m in end.members if m.oper_up is not False]
    if end.members and None not in members:
        return sum(m for m in members if m), _KNOWN
    if told:
        return told, _KNOWN
    return None, Text("速率为 0", "speed 0") if told == 0 else Text("设备没有给出速率", "the device tells no speed")


def port_rates(link: LinkView) -> list[Rate]:
    """Interface speed at each end that tells it."""
    found = []
    for end in link.ends:
        mbps, _ = port_mbps(end)
        if mbps is not None:
            found.append(Rate(mbps, Text(f"{place(end)} 端口", f"port {place(end)}"), owner(end), end.evidence))
    return found


def limits(end: LinkEnd) -> list[tuple[RateLimit, float | None]]:
    """Every shaper and policer at an end, in Mbit/s; None: a share of a port speed that is not known."""
    if isinstance(end.limits, Missing):
        return []
    speed, _ = port_mbps(end)
    return [(limit, limit.at(speed)) for limit in end.limits]


def limits_untold(end: LinkEnd, wanted: float) -> Text | None:
    """Why it is not known whether an end is limited to less than is wanted; None where it is known."""
    if isinstance(end.limits, Missing):
        return why_missing(end.limits)
    share = next((limit.percent for limit, mbps in limits(end) if mbps is None), None)
    if share is not None:
        return Text(f"为端口速率的 {share:g}%，而端口速率未知", f"{share:g} % of a port speed that is not known")
    doubt = next((limit for limit in end.perhaps if limit.mbps is None or limit.mbps < wanted), None)
    if doubt is None:
        return None
    where = harmless(doubt.interface)
    rate = f"{doubt.percent:g} %" if doubt.mbps is None and doubt.percent else f"{shown(doubt.mbps)} Mbit/s"
    return Text(
        f"{where} 限速 {rate}，是否作用于全部流量未知",
        f"{where} is limited to {rate}, and whether all traffic is held by that is not told",
    )


def shaped_rates(link: LinkView) -> list[Rate]:
    """Every shaper and policer at either end."""
    return [
        Rate(mbps, _limit_of(place(end), WAYS[limit.direction]), owner(end), limit.evidence)
        for end in link.ends
        for limit, mbps in limits(end)
        if mbps is not None
    ]


def _limit_of(where: str, way: Text) -> Text:
    return Text(f"{where} {way.zh}限速", f"{way.en} rate limit on {where}")


def tested_rates(link: LinkView) -> list[Rate]:
    """What a test carried in its worse direction, where nothing but the link held it back."""
    if isinstance(link.test, Missing):
        return []
    told = [mbps for mbps in (link.test.up_mbps, link.test.down_mbps) if mbps is not None]
    if not told or min(told) >= link.test.cap_mbps * CAP_SHARE:
        return []
    return [Rate(min(told), Text("实测吞吐", "the throughput test"), CARRIER, link.test.evidence)]


def contract_rates(link: LinkView) -> list[Rate]:
    """The contract, where it is declared and says something."""
    if not link.contracted_mbps or link.contracted_mbps <= 0:
        return []
    return [Rate(link.contracted_mbps, Text("合同", "the contract"), CARRIER, link.evidence)]


def carried_beyond(link: LinkView, mbps: float) -> list[Rate]:
    """What was carried for a twentieth of the time at an end, where that is more than so much."""
    found = []
    for end in link.ends:
        p95 = None if isinstance(end.load, Missing) else end.load.p95_mbps
        if p95 is not None and p95 > mbps:
            found.append(Rate(p95, Text(f"{place(end)} 的流量", f"the traffic of {place(end)}"), CARRIER, end.evidence))
    return found


def all_rates(link: LinkView) -> list[Rate]:
    """Every evidence that sets a limit."""
    return [*contract_rates(link), *port_rates(link), *shaped_rates(link), *tested_rates(link)]


def lowest(link: LinkView) -> Rate | None:
    """The evidence that rules; None where there is none."""
    return min(all_rates(link), key=lambda rate: rate.mbps, default=None)


def untold(link: LinkView, wanted: float) -> list[Text]:
    """What should be known of a link of which so much is wanted and is not, each with the reason."""
    found = [] if contract_rates(link) else [Text("没有登记签约带宽", "no contracted bandwidth is declared")]
    for end in ours(link):
        mbps, why = port_mbps(end)
        if mbps is None:
            found.append(Text(f"{place(end)} 速率未知：{why.zh}", f"speed of {place(end)} not known: {why.en}"))
        elif (limit := limits_untold(end, wanted)) and not (
            isinstance(end.limits, Missing) and end.limits.gap is Gap.LACKING
        ):
            found.append(
                Text(f"{place(end)} 是否限速未知：{limit.zh}", f"limits of {place(end)} not known: {limit.en}")
            )
    if not any(isinstance(end.interface, Interface) for end in link.ends):
        found.append(Text("两端都没有读到", "neither end was read"))
    return found


def all_evidence(link: LinkView) -> tuple[Evidence, ...]:
    """Where everything that is known of a link was read."""
    return tuple(dict.fromkeys(rate.evidence for rate in all_rates(link) if rate.evidence))


def told(link: LinkView) -> Text:
    """Every evidence in one line: contract, ports, aggregation, limits, traffic, errors, latency, test.

    Each check of a link says it: it is put together once while the same link is judged.
    """
    if _said.link is not link:
        _said.link, _said.words = link, _told(link)
    return _said.words


class _Said(threading.local):
    """What was told last."""

    link: LinkView | None = None
    words = Text("", "")


_said = _Said()


def _told(link: LinkView) -> Text:
    parts = [_contract(link), *(part for end in link.ends for part in _end(end)), _test(link)]
    known = [part for part in parts if part is not None]
    return Text("；".join(part.zh for part in known), "; ".join(part.en for part in known))


def _contract(link: LinkView) -> Text:
    mbps = "?" if link.contracted_mbps is None else shown(link.contracted_mbps)
    return Text(f"签约 {mbps}", f"contract {mbps}")


def _end(end: LinkEnd) -> Iterator[Text]:
    where = place(end)
    if end.device is None:
        yield Text(f"对端 {where} 无登记设备", f"no device declared at {where}")
        return
    yield _port(end, where)
    if end.members:
        up = sum(m.oper_up is not False for m in end.members)
        yield Text(f"聚合 {up}/{len(end.members)} 成员在用", f"{up} of {len(end.members)} members up")
    if isinstance(end.limits, Missing):
        yield Text("限速未知", "limits not known")
    for limit, mbps in limits(end):
        yield _limit(end, limit, mbps, Text("", ""))
    for limit in end.perhaps:
        yield _limit(end, limit, limit.mbps, Text("可能", "perhaps "))
    yield from _carried(end)


def _limit(end: LinkEnd, limit: RateLimit, mbps: float | None, sure: Text) -> Text:
    share = "" if limit.percent is None else f" ({limit.percent:g} %)"
    at = "" if limit.interface == end.interface_name else f"{harmless(limit.interface)} "
    way, rate = WAYS[limit.direction], shown(mbps) + share
    return Text(f"{at}{sure.zh}{way.zh}限速 {rate}", f"{sure.en}{limit.kind} {at}{way.en} {rate}")


def _port(end: LinkEnd, where: str) -> Text:
    mbps, why = port_mbps(end)
    duplex = end.interface.duplex if isinstance(end.interface, Interface) else None
    if mbps is None:
        return Text(f"端口 {where} 速率未知（{why.zh}）", f"port {where} speed not known ({why.en})")
    ways = {"full": Text(" 全双工", " full duplex"), "half": Text(" 半双工", " half duplex")}.get(duplex or "")
    more = ways or Text("", "")
    return Text(f"端口 {where} {shown(mbps)}{more.zh}", f"port {where} {shown(mbps)}{more.en}")


def _carried(end: LinkEnd) -> Iterator[Text]:
    if not isinstance(end.load, Missing):
        load = end.load
        p95, peak = shown(load.p95_mbps), shown(load.peak_mbps)
        yield Text(
            f"实际流量 95 分位 {p95}、峰值 {peak}（{load.samples} 个间隔）",
            f"carried 95th percentile {p95}, peak {peak} ({load.samples} intervals)",
        )
        if load.errors is not None or load.discards is not None:
            bad, lost = load.errors or 0, load.discards or 0
            yield Text(f"错包 {bad}、丢弃 {lost}", f"errors {bad}, discards {lost}")
    if not isinstance(end.latency, Missing) and end.latency.median_ms is not None:
        ms, lost_percent = f"{end.latency.median_ms:.3g}", f"{end.latency.lost_percent:.3g}"
        yield Text(f"时延 {ms} ms、丢失 {lost_percent}%", f"answers in {ms} ms, {lost_percent} % lost")


def _test(link: LinkView) -> Text | None:
    if isinstance(link.test, Missing):
        return None
    up, down = shown(link.test.up_mbps), shown(link.test.down_mbps)
    cap = shown(link.test.cap_mbps)
    return Text(f"实测上行 {up}、下行 {down}（上限 {cap}）", f"test {up} up, {down} down (capped at {cap})")
