"""Level 3: what a machine room is fitted with, and when systems were evaluated, by the register.

A cell that says yes is a claim until somebody looked at the room: it speaks against a step where it says no, and
settles none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from checks.model import Check, Family, Remedy, Severity, Today, Verdict, check, verdict
from checks.policies import BoundaryPolicy
from inventory.register import says_none
from inventory.text import Text
from inventory.views import CensusView, DeclaredRoom

_BY_HAND = "手提灭火器"
_UNTOLD = Text("机房 {place} 的这一栏没有填", "the register leaves this cell of room {place} empty")


def puts_fires_out(fire_system: str | None) -> bool | None:
    """Whether what the register says of a room puts fires out by itself; None: it says nothing."""
    return None if not fire_system else not says_none(fire_system) and fire_system.strip() != _BY_HAND


def keeps_climate(cooling: str | None) -> bool | None:
    """Whether a room is cooled by what the register says of it; None: it says nothing."""
    return None if not cooling else not says_none(cooling)


def _fitted(
    name: str,
    clause: str,
    title: Text,
    lacks: Text,
    mend: Text,
    has: Callable[[DeclaredRoom], bool | None],
    *risks: str,
) -> Check:
    """A check that every declared room has one thing."""

    def judge(census: CensusView) -> Iterator[Verdict]:
        for room in census.rooms:
            yield verdict(has(room), room.evidence, place=room.name)
        if not census.rooms:
            yield verdict(None, place="-")

    return check(
        f"rooms.{name}",
        family=Family.LEVEL3,
        title=title,
        severity=Severity.MEDIUM,
        clauses=(f"gbt22239-2019:{clause}",),
        found=Text("机房 {place}" + lacks.zh, "room {place} " + lacks.en),
        unknown=_UNTOLD,
        remedy=Remedy(mend),
        high_risk=risks,
    )(judge)


access_control = _fitted(
    "access-controlled",
    "8.1.1.2-a#1~",
    Text("机房有电子门禁", "Rooms have electronic access control"),
    Text("没有电子门禁", "has no electronic access control"),
    Text("安装电子门禁并保存进入记录", "Fit access control and keep its records"),
    lambda room: room.access_control,
    "HR-6.1.1.1",
)
cctv = _fitted(
    "watched",
    "8.1.1.3-c#1~",
    Text("机房有视频监控", "Rooms are watched by cameras"),
    Text("没有视频监控", "has no CCTV"),
    Text("安装视频监控或防盗报警", "Fit CCTV or a burglar alarm"),
    lambda room: room.cctv,
)
fire = _fitted(
    "fire-put-out",
    "8.1.1.5-a#1~",
    Text("机房有自动消防", "Rooms put fires out by themselves"),
    Text("没有自动消防系统", "has no automatic fire system"),
    Text("安装自动消防系统", "Fit an automatic fire system"),
    lambda room: puts_fires_out(room.fire_system),
    "HR-6.1.2.1",
)
leaks = _fitted(
    "leaks-detected",
    "8.1.1.6-c#1~",
    Text("机房有漏水检测", "Rooms detect leaking water"),
    Text("没有漏水检测", "has no leak sensor"),
    Text("安装漏水检测和报警", "Fit leak sensors with an alarm"),
    lambda room: room.leak_sensor,
)
climate = _fitted(
    "climate-kept",
    "8.1.1.8-a#1~",
    Text("机房有温湿度调节", "Rooms keep their climate"),
    Text("没有温湿度调节", "has no climate control"),
    Text("安装精密空调", "Fit air conditioning that controls humidity as well"),
    lambda room: keeps_climate(room.cooling),
)
feeds = _fitted(
    "two-feeds",
    "8.1.1.9-c#1~",
    Text("机房有两路供电", "Rooms have two power feeds"),
    Text("只有一路市电", "has a single power feed"),
    Text("增设第二路市电或并行供电线路", "Add a second feed"),
    lambda room: None if room.mains_feeds is None else room.mains_feeds >= 2,
)
stabilised = _fitted(
    "power-stabilised",
    "8.1.1.9-a#1~",
    Text("机房供电经过稳压和过压防护", "The rooms' power is stabilised"),
    Text("没有 UPS，供电不经稳压", "has no UPS: nothing stabilises its power"),
    Text("配置在线式 UPS 或稳压器和过压防护", "Fit an online UPS, or stabilisers and surge protection"),
    lambda room: None if room.ups_kva is None else room.ups_kva > 0,
)


@check(
    "rooms.power-backed-up",
    family=Family.LEVEL3,
    title=Text("机房有备用电源", "Rooms have backup power"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.1.9-b#1~",),
    found=Text(
        "机房 {place} 的 UPS 只能维持 {minutes} 分钟，应至少 {least} 分钟",
        "room {place}: its UPS lasts {minutes} minutes, {least} are wanted",
    ),
    unknown=_UNTOLD,
    remedy=Remedy(Text("配置或扩容 UPS", "Fit a UPS, or a larger one")),
    high_risk=("HR-6.1.3.1",),
)
def power_backed_up(census: CensusView, policy: BoundaryPolicy) -> Iterator[Verdict]:
    for room in census.rooms:
        minutes = room.ups_minutes
        ok = None if minutes is None else minutes >= policy.ups_min_minutes
        shown = "?" if minutes is None else minutes
        yield verdict(ok, room.evidence, place=room.name, minutes=shown, least=policy.ups_min_minutes)
    if not census.rooms:
        yield verdict(None, place="-", minutes="?", least=policy.ups_min_minutes)


@check(
    "systems.evaluated-yearly",
    family=Family.LEVEL3,
    title=Text("三级系统每年测评", "Systems of level 3 are evaluated every year"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.9.9-a#1~", "gbt22239-2019:8.1.10.5-b#1~"),
    found=Text("{place} 距上次测评 {days} 天", "{place} was evaluated {days} days ago"),
    unknown=Text("{place} 没有登记最近测评日期", "{place}: no date of its last evaluation is declared"),
    remedy=Remedy(
        Text("委托有资质的机构测评，整改后登记日期", "Have it evaluated, mend what is found, declare the date")
    ),
    high_risk=("HR-6.9.4.1",),
)
def evaluated_yearly(census: CensusView, today: Today, policy: BoundaryPolicy) -> Iterator[Verdict]:
    judged = [system for system in census.graded if (system.level or 0) >= 3]
    for system in judged:
        days = (today.date - system.last_evaluation).days if system.last_evaluation else None
        ok = None if days is None else days <= policy.evaluation_max_days
        yield verdict(ok, system.evidence, place=system.name, days="?" if days is None else days)
    if not judged:
        yield verdict(None, place="-", days="?")
