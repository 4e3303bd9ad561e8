"""Level 3: what a device records of those who log in, and who may stop it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import LogPolicy
from inventory.facts import AuditTrail
from inventory.text import Text

_NETWORK = Scope(kinds=frozenset({"router", "switch", "firewall"}))


@check(
    "audit_trail.logins-recorded",
    family=Family.LEVEL3,
    title=Text("登录成功与失败都有记录", "Logins and failed logins are recorded"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-a#2",),
    found=Text("{subject} 不记录登录", "{subject} records no logins"),
    remedy=Remedy(Text("开启登录日志", "Record logins")),
)
def logins_recorded(trail: AuditTrail) -> Iterator[Verdict]:
    yield verdict(trail.logins, trail.evidence)


@check(
    "audit_trail.commands-recorded",
    family=Family.LEVEL3,
    title=Text("管理操作逐条记录", "Every administrative command is recorded"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-a#3", "gbt22239-2019:8.1.10.6-e#1~", "gbt22239-2019:8.1.10.6-g#2~"),
    found=Text("{subject} 不记录管理命令", "{subject} does not record what administrators do"),
    remedy=Remedy(Text("开启命令记录", "Record commands")),
)
def commands_recorded(trail: AuditTrail) -> Iterator[Verdict]:
    yield verdict(trail.commands, trail.evidence)


@check(
    "audit_trail.severity-enough",
    family=Family.LEVEL3,
    title=Text("日志级别放行通知及以上", "Logs of notification level and above are let through"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.3-a#3~",),
    found=Text(
        "{subject} 只放行级别 {level} 及更严重的日志，应放行到 {wanted}",
        "{subject} lets through logs of severity {level} and graver only, {wanted} is wanted",
    ),
    remedy=Remedy(Text("放宽日志级别", "Let less severe logs through")),
    scope=_NETWORK,
)
def severity_enough(trail: AuditTrail, policy: LogPolicy) -> Iterator[Verdict]:
    level = trail.severity
    ok = None if level is None else level >= policy.severity_min
    yield verdict(ok, trail.evidence, level="?" if level is None else level, wanted=policy.severity_min)


@check(
    "audit_trail.local-copy",
    family=Family.LEVEL3,
    title=Text("本机留有日志缓冲或日志文件", "The device keeps a copy of its logs"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.3-c#1~",),
    found=Text("{subject} 关闭了本机日志缓冲", "{subject} keeps no log of its own"),
    remedy=Remedy(Text("开启日志缓冲或日志文件", "Turn the log buffer or file on")),
    scope=_NETWORK,
)
def local_copy(trail: AuditTrail) -> Iterator[Verdict]:
    yield verdict(trail.local, trail.evidence)


@check(
    "audit_trail.not-stoppable",
    family=Family.LEVEL3,
    title=Text("低权限账号不能停止审计", "Nobody below the top role can stop the recording"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-d#1",),
    found=Text(
        "{subject} 允许非审计管理员停止或清除日志", "{subject} lets others than the audit administrator stop its log"
    ),
    remedy=Remedy(
        Text(
            "把关闭日志的命令提到最高级别，或在角色中禁止", "Raise the command that stops the log, or deny it in roles"
        )
    ),
)
def not_stoppable(trail: AuditTrail) -> Iterator[Verdict]:
    yield verdict(None if trail.stoppable is None else not trail.stoppable, trail.evidence)
