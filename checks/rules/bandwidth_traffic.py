"""What links carry: headroom, both directions, errors, latency and loss, and a test where one was allowed."""

from __future__ import annotations

from collections.abc import Iterator

from checks.capacity import (
    CAP_SHARE,
    CARRIER,
    TEST_SHARE,
    LineLimit,
    line_limit,
    lowest,
    ours,
    owner,
    place,
    shown,
    told,
    wanted_mbps,
    why_missing,
)
from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import BandwidthPolicy
from inventory.errors import Missing
from inventory.facts import EchoAnswer
from inventory.plan import Plan
from inventory.text import Text
from inventory.traffic import Latency, Load
from inventory.views import LinkEnd, LinkView

_SILENT = Text("没有一次连接得到应答", "nothing was answered")
_QUALITY = ("plan:PR-NET-05", "gbt22239-2019:8.1.2.1-b")


def _told_load(end: LinkEnd, policy: BandwidthPolicy) -> tuple[Load | None, Text]:
    """What an end carried where enough reads tell it, else why not."""
    load = end.load
    if isinstance(load, Missing):
        return None, why_missing(load)
    if load.samples < policy.load_samples_min:
        return None, Text(f"只有 {load.samples} 个间隔", f"there are {load.samples} intervals only")
    if load.covered_s / load.samples > policy.load_interval_max_s:
        minutes = round(load.covered_s / load.samples / 60)
        return None, Text(f"平均每 {minutes} 分钟才读一次", f"it was read every {minutes} minutes only")
    return load, Text("", "")


@check(
    "bandwidth.headroom",
    family=Family.BANDWIDTH,
    title=Text("链路 95 分位流量留有余量", "The 95th percentile of a link's traffic leaves headroom"),
    severity=Severity.MEDIUM,
    clauses=_QUALITY,
    found=Text(
        "链路 {subject} 的 95 分位流量 {p95} Mbit/s（峰值 {peak}），是{what} {rate} Mbit/s 的 {percent}%，"
        "上限 {limit}%，责任方：{party}",
        "link {subject} carries {p95} Mbit/s at the 95th percentile (peak {peak}): {percent} % of the {rate} Mbit/s of "
        "{what}, {limit} % are the limit; up to {party}",
    ),
    unknown=Text("链路 {subject} 的流量余量未知：{why}", "the headroom of link {subject} is not known: {why}"),
    remedy=Remedy(Text("扩容，或查明并分流大流量业务", "Raise the bandwidth, or find and move what fills it")),
)
def headroom(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    ends = list(ours(link))
    if not ends:
        return
    loads = [_told_load(end, policy) for end in ends]
    carried = max((load for load, _ in loads if load), key=lambda load: load.p95_mbps or 0, default=None)
    rules = lowest(link)
    if carried is None or carried.p95_mbps is None or rules is None:
        why = loads[0][1] if carried is None else Text("不知道链路能承载多少", "what it can carry is not known")
        yield verdict(None, link.evidence, why=why)
        return
    percent, most = 100 * carried.p95_mbps / rules.mbps, line_limit(LineLimit.LOAD_PERCENT, plan, policy)
    yield verdict(
        percent <= most,
        link.evidence,
        rules.evidence,
        p95=shown(carried.p95_mbps),
        peak=shown(carried.peak_mbps),
        rate=shown(rules.mbps),
        percent=round(percent),
        limit=f"{most:g}",
        what=rules.what,
        party=rules.party,
        evidences=told(link),
    )


@check(
    "bandwidth.both-ways",
    family=Family.BANDWIDTH,
    title=Text("链路双向都有流量", "Links carry traffic both ways"),
    severity=Severity.MEDIUM,
    clauses=_QUALITY,
    found=Text(
        "链路 {subject} 的 {place} 只有{way}流量，责任方：{party}",
        "link {subject}: {place} carries {way} traffic only; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的 {place} 双向流量未知：{why}",
        "link {subject}: whether {place} carries both ways is not known: {why}",
    ),
    remedy=Remedy(Text("查光纤收发、单向故障和路由走向", "Look at the fibre pair, one-way faults and routing")),
)
def both_ways(link: LinkView, policy: BandwidthPolicy) -> Iterator[Verdict]:
    for end in ours(link):
        load, why = _told_load(end, policy)
        if load is None or load.in_peak_mbps is None or load.out_peak_mbps is None:
            yield verdict(None, end.evidence, place=place(end), why=why)
            continue
        nothing = not load.in_peak_mbps and not load.out_peak_mbps
        yield verdict(
            None if nothing else bool(load.in_peak_mbps and load.out_peak_mbps),
            end.evidence,
            place=place(end),
            way=Text("入向", "incoming") if load.in_peak_mbps else Text("出向", "outgoing"),
            party=owner(end),
            why=Text("没有任何流量", "it carried nothing at all"),
        )


@check(
    "bandwidth.few-errors",
    family=Family.BANDWIDTH,
    title=Text("链路错包和丢弃很少", "Links have few errors and discards"),
    severity=Severity.MEDIUM,
    clauses=_QUALITY,
    found=Text(
        "链路 {subject} 的 {place} 有错包 {errors}、丢弃 {discards}（报文 {packets}），责任方：{party}",
        "link {subject}: {place} counts {errors} errors and {discards} discards on {packets} packets; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 的 {place} 错包未知：{why}", "link {subject}: the errors at {place} are not known: {why}"
    ),
    remedy=Remedy(Text("查光功率、线缆、双工和队列拥塞", "Look at optical power, cable, duplex and congested queues")),
)
def few_errors(link: LinkView, policy: BandwidthPolicy) -> Iterator[Verdict]:
    for end in ours(link):
        load, why = _told_load(end, policy)
        if load is None or load.errors is None:
            no_count = Text("代理没有错包计数", "the agent counts no errors") if load else why
            yield verdict(None, end.evidence, place=place(end), why=no_count)
            continue
        yield verdict(
            _few(load, policy),
            end.evidence,
            place=place(end),
            platform=end.platform,
            interface=end.interface_name or "?",
            errors=load.errors,
            discards=load.discards or 0,
            packets="?" if load.packets is None else load.packets,
            party=owner(end),
        )


def _few(load: Load, policy: BandwidthPolicy) -> bool:
    """Errors and discards each against the packets; without a count of packets no error at all."""
    if load.packets is None:
        return not load.errors
    most = load.packets * policy.errors_max_percent / 100
    return max(load.errors or 0, load.discards or 0) <= most


@check(
    "bandwidth.latency-in-limits",
    family=Family.BANDWIDTH,
    title=Text("链路时延和丢失在限值之内", "Latency and loss of links stay within the limits"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-NET-05", "gbt22239-2019:8.1.2.1-a"),
    found=Text(
        "链路 {subject}：{place} 应答用 {ms} ms（上限 {most_ms}），丢失 {lost}%（上限 {most_lost}%），责任方：{party}",
        "link {subject}: {place} answers in {ms} ms ({most_ms} at most) and loses {lost} % ({most_lost} % at most); up "
        "to {party}",
    ),
    unknown=Text(
        "链路 {subject} 到 {place} 的时延未知：{why}", "link {subject}: the latency to {place} is not known: {why}"
    ),
    remedy=Remedy(Text("由运营商查传输时延与误码", "Have the carrier look at delay and errors of the line")),
)
def latency_in_limits(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    rtt_ms, lost = (line_limit(name, plan, policy) for name in (LineLimit.RTT_MS, LineLimit.LOST_PERCENT))
    for end in ours(link):
        if end.site == link.site:
            echoes = [] if isinstance(end.reach, Missing) else [each for each in end.reach.items if each.tried]
            if not echoes or not isinstance(end.latency, Missing):
                yield _latency(end, end.latency, rtt_ms, lost, policy, place=place(end))
            for each in echoes:
                yield _latency(end, _by_echo(each), rtt_ms, lost, policy, place=f"{place(end)} {each.ip}")


def _by_echo(answer: EchoAnswer) -> Latency:
    return Latency(answer.tried, answer.tried - answer.answered, answer.median_ms)


def _latency(
    end: LinkEnd,
    found: Latency | Missing,
    rtt_ms: float,
    lost: float,
    policy: BandwidthPolicy,
    *,
    place: str,
) -> Verdict:
    if isinstance(found, Missing):
        return verdict(None, end.evidence, place=place, why=why_missing(found))
    if found.median_ms is None:
        return verdict(None, end.evidence, place=place, why=_SILENT)
    few = found.tried < policy.connects_min
    in_limits = None if few else found.lost_percent <= lost
    return verdict(
        False if found.median_ms > rtt_ms else in_limits,
        end.evidence,
        place=place,
        ms=f"{found.median_ms:.3g}",
        lost=f"{found.lost_percent:.3g}",
        most_ms=f"{rtt_ms:g}",
        most_lost=f"{lost:g}",
        party=owner(end),
        why=Text(f"只试了 {found.tried} 次", f"only {found.tried} were tried"),
    )


@check(
    "bandwidth.available",
    family=Family.BANDWIDTH,
    title=Text("链路可用率在限值之内", "Links are available as much as the limit wants"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-NET-05", "gbt22239-2019:8.1.2.1-b"),
    found=Text(
        "链路 {subject}：{place} 可用率 {percent}%（下限 {least}%），{tried} 次连接中 {down} 次连续无应答，"
        "责任方：{party}",
        "link {subject}: {place} was there {percent} % of the time ({least} % at least): {down} of {tried} connects in "
        "outages; up to {party}",
    ),
    unknown=Text(
        "链路 {subject} 到 {place} 的可用率未知：{why}",
        "how available {place} of link {subject} is is not known: {why}",
    ),
    remedy=Remedy(
        Text("查明中断时段与原因，由运营商或运维单位整改", "Find out when it broke off and why; have it mended")
    ),
)
def available(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    least = line_limit(LineLimit.AVAILABLE_PERCENT, plan, policy)
    for end in ours(link):
        if end.site == link.site:
            yield _available(end, least, policy)


def _available(end: LinkEnd, least: float, policy: BandwidthPolicy) -> Verdict:
    found = end.latency
    if isinstance(found, Missing):
        return verdict(None, end.evidence, place=place(end), why=why_missing(found))
    if found.median_ms is None:  # whatever stands before the device may take the connects away
        return verdict(None, end.evidence, place=place(end), why=_SILENT)
    few = found.tried < policy.connects_min
    return verdict(
        None if few else found.available_percent >= least,
        end.evidence,
        place=place(end),
        percent=f"{found.available_percent:.4g}",
        least=f"{least:g}",
        tried=found.tried,
        down=found.down,
        party=owner(end),
        why=Text(f"只试了 {found.tried} 次", f"only {found.tried} were tried"),
    )


@check(
    "bandwidth.test-reaches-tier",
    family=Family.BANDWIDTH,
    title=Text("实测吞吐达到本级要求", "A throughput test reaches the bandwidth of the tier"),
    severity=Severity.HIGH,
    clauses=("plan:PR-NET-04", "gbt22239-2019:8.1.2.1-b"),
    found=Text(
        "链路 {subject} 实测上行 {up}、下行 {down} Mbit/s，要求 {wanted} Mbit/s 的九成，责任方：{party}",
        "link {subject} carried {up} Mbit/s up and {down} Mbit/s down in a test, nine tenths of {wanted} are wanted; "
        "up to {party}",
    ),
    unknown=Text("链路 {subject} 的实测不足以判断：{why}", "the test of link {subject} does not tell: {why}"),
    remedy=Remedy(Text("由运营商查清并恢复带宽", "Have the carrier find the cause and restore the bandwidth")),
)
def throughput_reaches_tier(link: LinkView, plan: Plan, policy: BandwidthPolicy) -> Iterator[Verdict]:
    wanted = wanted_mbps(link.tier, plan, policy)
    if wanted is None or isinstance(link.test, Missing):  # a test is an offer, never a duty
        return
    ways, cap = (link.test.up_mbps, link.test.down_mbps), link.test.cap_mbps
    known = [mbps for mbps in ways if mbps is not None]
    short = [mbps for mbps in known if mbps < wanted * TEST_SHARE]
    capped = all(mbps >= cap * CAP_SHARE for mbps in short)
    ok = None if len(known) < 2 and not short else None if short and capped else not short
    failed = Text("一个方向没有测成", "one direction failed")
    below = Text(f"上限 {shown(cap)} Mbit/s 低于要求", f"its cap of {shown(cap)} Mbit/s is below the tier")
    yield verdict(
        ok,
        link.evidence,
        link.test.evidence,
        up=shown(ways[0]),
        down=shown(ways[1]),
        wanted=wanted,
        party=CARRIER,
        why=below if short and capped else failed,
        evidences=told(link),
    )
