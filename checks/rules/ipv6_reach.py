"""How the devices of sites answer over IPv6, held against how they answer over IPv4; where a playbook allows to ask.

A day of polls tells more than the few requests of a run: it goes before them, where enough were sent and any answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import Ipv6Policy
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import EchoAnswer, Reachability
from inventory.text import Text
from inventory.views import SiteDevice, SiteView

_NOTHING = Text("没有应答", "does not answer")
_NEITHER = Text("两种地址都没有应答", "it answers over neither family")
_NO_ROUTE = Text("本机没有到它的路由", "no route leads there from here")
_NOT_BOTH = Text("没有经两种地址都得到应答", "it does not answer over both families")


@dataclass(frozen=True, slots=True)
class _Both:
    """A device asked over both families, the same way over each."""

    target: str
    four: EchoAnswer
    six: EchoAnswer
    evidence: Evidence
    few: bool = False  # polls, and nothing beside them

    @property
    def why(self) -> Text:
        """What keeps the two from being compared."""
        if self.few:
            return Text(f"只试了 {self.six.tried} 次", f"only {self.six.tried} connects were tried")
        if not (self.four.tried and self.six.tried):
            return _NO_ROUTE
        return _NOT_BOTH if self.four.answered or self.six.answered else _NEITHER


def _asked(site: SiteView, policy: Ipv6Policy) -> Iterator[_Both]:
    """The devices with an address of each family; without one of IPv6 there is nothing to ask, and another finding."""
    for device in site.devices:
        polled, asked = (_both(device, told) for told in (device.polled, device.reach))
        few = polled is not None and polled.six.tried < policy.connects_min
        silent = polled is not None and not (polled.four.answered or polled.six.answered)
        if polled and not asked:
            yield replace(polled, few=few)
        elif polled and not few and not silent:
            yield polled
        elif asked:
            yield asked


def _both(device: SiteDevice, told: Reachability | Missing) -> _Both | None:
    by_family = {} if isinstance(told, Missing) else {answer.ip.version: answer for answer in told.items}
    if isinstance(told, Missing) or len(by_family) != 2 or by_family[4].way != by_family[6].way:
        return None
    return _Both(device.record.target, by_family[4], by_family[6], told.evidence)


@check(
    "ipv6.site-reached",
    family=Family.IPV6,
    title=Text(
        "站点设备经 IPv6 可达，丢失不多于 IPv4", "A site's devices answer over IPv6 with no more loss than over IPv4"
    ),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的 {place} 经 IPv6（{six}）{fault}，经 IPv4（{four}）应答 {answered}（{way}）",
        "{subject}: {place} {fault} over IPv6 ({six}); over IPv4 ({four}) {answered} were answered ({way})",
    ),
    unknown=Text(
        "{subject} 的 {place} 经 IPv6 是否可达未知：{why}（{way}）",
        "{subject}: whether {place} answers over IPv6 is not known: {why} ({way})",
    ),
    remedy=Remedy(
        Text(
            "从本机起逐跳检查 IPv6 路由、过滤和 MTU；应答少于 IPv4 的查看沿途的 ICMPv6 限速和接口差错",
            "Follow the way hop by hop for IPv6 routes, filters and MTU; where more is lost than over IPv4 look for "
            "limits on ICMPv6 and for errors of interfaces",
        )
    ),
)
def site_reached(site: SiteView, policy: Ipv6Policy) -> Iterator[Verdict]:
    for both in _asked(site, policy):
        four, six = both.four, both.six
        yield verdict(
            None if both.few else _reached(four, six, policy),
            both.evidence,
            place=both.target,
            six=str(six.ip),
            four=str(four.ip),
            answered=f"{four.answered}/{four.tried}",
            way=six.way,
            fault=_NOTHING if not six.answered else _lost(six),
            why=both.why,
        )


def _reached(four: EchoAnswer, six: EchoAnswer, policy: Ipv6Policy) -> bool | None:
    lost4, lost6 = four.lost_percent, six.lost_percent
    if lost6 is None or not (four.answered or six.answered):
        return None
    if not six.answered:
        return False
    one = 100 / six.tried  # a single packet tells nothing
    return lost6 <= (lost4 or 0.0) + max(policy.lost_max_percent, one)


def _lost(six: EchoAnswer) -> Text:
    lost = f"{six.tried - six.answered}/{six.tried}"
    return Text(f"丢失 {lost}", f"loses {lost}")


@check(
    "ipv6.site-latency",
    family=Family.IPV6,
    title=Text("站点设备经 IPv6 的时延不明显高于 IPv4", "A site's devices answer over IPv6 about as fast as over IPv4"),
    severity=Severity.LOW,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的 {place} 经 IPv6 时延 {six} ms，经 IPv4 {four} ms（{way}）",
        "{subject}: {place} takes {six} ms over IPv6 and {four} ms over IPv4 ({way})",
    ),
    unknown=Text(
        "{subject} 的 {place} 两种地址的时延没有都测到：{why}（{way}）",
        "{subject}: the latency of {place} was not measured over both families: {why} ({way})",
    ),
    remedy=Remedy(
        Text("检查 IPv6 路径是否绕行、是否经隧道", "Look whether IPv6 takes a detour or goes through a tunnel")
    ),
)
def site_latency(site: SiteView, policy: Ipv6Policy) -> Iterator[Verdict]:
    for both in _asked(site, policy):
        four, six = both.four.median_ms, both.six.median_ms
        yield verdict(
            None if both.few else _fast(four, six, policy),
            both.evidence,
            place=both.target,
            way=both.six.way,
            four="?" if four is None else four,
            six="?" if six is None else six,
            why=both.why,
        )


def _fast(four: float | None, six: float | None, policy: Ipv6Policy) -> bool | None:
    if four is None or six is None:
        return None
    return six <= max(policy.latency_quick_ms, policy.response_ratio_max * four)
