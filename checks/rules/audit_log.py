"""Level 3: logs."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import LogPolicy
from inventory.facts import Logging
from inventory.text import Text


@check(
    "audit_log.remote-host",
    family=Family.LEVEL3,
    title=Text("日志送往远程日志主机", "Logs go to a remote host"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.5.4-d#1", "gbt22239-2019:8.1.4.3-c#1", "plan:PR-SEC-08"),
    found=Text("{subject} 没有配置远程日志主机", "{subject} sends its logs to no remote host"),
    remedy=Remedy(Text("配置日志主机", "Name a log host")),
)
def remote_host(log: Logging) -> Iterator[Verdict]:
    yield verdict(bool(log.hosts) and log.enabled is not False, log.evidence, hosts=", ".join(log.hosts))


@check(
    "audit_log.on",
    family=Family.LEVEL3,
    title=Text("审计日志已开启", "Logging is on"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.3-a#1",),
    found=Text("{subject} 的日志功能已关闭", "{subject} has logging turned off"),
    remedy=Remedy(Text("开启日志", "Turn logging on")),
)
def logging_on(log: Logging) -> Iterator[Verdict]:
    yield verdict(log.enabled, log.evidence)


@check(
    "audit_log.timestamps",
    family=Family.LEVEL3,
    title=Text("日志带日期和时间", "Log records carry date and time"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.3-b#1",),
    found=Text("{subject} 的日志不带日期时间", "{subject} writes log records without date and time"),
    remedy=Remedy(Text("开启日志时间戳", "Turn time stamps of logs on")),
)
def timestamps(log: Logging) -> Iterator[Verdict]:
    if log.enabled is not False:
        yield verdict(log.timestamps, log.evidence)


@check(
    "audit_log.retention",
    family=Family.LEVEL3,
    title=Text("日志至少保存六个月", "Logs are kept for six months at least"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.4-d#3", "plan:PR-SEC-10"),
    found=Text(
        "{subject} 的日志只保存 {days} 天，应至少 {days_min} 天",
        "{subject} keeps logs for {days} days, {days_min} are due",
    ),
    remedy=Remedy(
        Text("延长日志留存，或由日志主机留存并提供证明", "Keep logs longer, or prove that the log host does")
    ),
    high_risk=("HR-6.5.1.2",),
)
def retention(log: Logging, policy: LogPolicy) -> Iterator[Verdict]:
    least = policy.retention_min_days
    ok = None if log.retention_days is None else log.retention_days >= least
    shown = "?" if log.retention_days is None else log.retention_days
    yield verdict(ok, log.evidence, days=shown, days_min=least, weeks=-(-least // 7))


@check(
    "audit_log.declared-collector",
    family=Family.LEVEL3,
    title=Text("日志送往已声明的日志服务器", "Logs go to the declared log server"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.5.4-d#1,2~",),
    found=Text(
        "{subject} 的日志送往 {hosts}，不是声明的日志服务器",
        "{subject} sends logs to {hosts}, none of the declared ones",
    ),
    unknown=Text("没有声明日志服务器（策略 logs.collectors）", "no log server is declared (policy logs.collectors)"),
    remedy=Remedy(Text("把日志主机改为统一的日志服务器", "Send the logs to the county's collector")),
)
def declared_collector(log: Logging, policy: LogPolicy) -> Iterator[Verdict]:
    if not log.hosts:  # that none is set is a finding of its own
        return
    wanted = sorted(policy.collectors)
    ok = None if not wanted else bool(set(wanted) & set(log.hosts))
    yield verdict(
        ok,
        log.evidence,
        hosts=", ".join(log.hosts),
        host=log.hosts[0],
        wanted=wanted[0] if wanted else "-",
    )
