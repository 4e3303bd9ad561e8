"""Level 3: clocks."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from inventory.facts import TimeSync
from inventory.text import Text


@check(
    "time_sync.servers-set",
    family=Family.LEVEL3,
    title=Text("配置了时间服务器", "A time server is set"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-b#1",),
    found=Text(
        "{subject} 没有配置时间服务器，日志时间不可信",
        "{subject} has no time server: the times in its logs prove little",
    ),
    remedy=Remedy(Text("配置时间服务器", "Name a time server")),
)
def servers_set(time: TimeSync) -> Iterator[Verdict]:
    yield verdict(bool(time.servers or time.peers), time.evidence, servers=", ".join(time.servers + time.peers))


@check(
    "time_sync.synchronised",
    family=Family.LEVEL3,
    title=Text("时钟已同步", "The clock is synchronised"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-b#1",),
    found=Text(
        "{subject} 配置了 {servers}，时钟却未同步", "{subject} names {servers} but its clock is not synchronised"
    ),
    remedy=Remedy(
        Text("检查到时间服务器的路由、过滤和鉴别密钥", "Look at route, filters and keys between device and time server")
    ),
)
def synchronised(time: TimeSync) -> Iterator[Verdict]:
    if time.servers or time.peers or time.synchronised:
        yield verdict(time.synchronised, time.evidence, servers=", ".join(time.servers + time.peers))


@check(
    "time_sync.authenticated",
    family=Family.LEVEL3,
    title=Text("时间来源经过鉴别", "Time sources are authenticated"),
    severity=Severity.INFO,
    clauses=("gbt22239-2019:8.1.4.3-b",),
    found=Text("{subject} 不鉴别时间服务器", "{subject} believes any answer to its time requests"),
    remedy=Remedy(Text("启用 NTP 鉴别", "Turn NTP authentication on")),
)
def authenticated(time: TimeSync) -> Iterator[Verdict]:
    if time.servers or time.peers:
        yield verdict(time.authenticated, time.evidence)
