"""Level 3: how a server is kept: patches, support, packages, accounts, copies of its data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Today, Verdict, check, verdict
from checks.policies import ProtectionPolicy
from checks.rules.host import HOSTS
from checks.rules.host_protection import guards
from inventory.errors import Missing
from inventory.facts import (
    Account,
    Accounts,
    BackupJobs,
    Hardware,
    LastLogins,
    OperatingSystem,
    PatchState,
    Processes,
    RemoteCopies,
    RunningServices,
    Software,
)
from inventory.products.protection import support_ends
from inventory.text import Text

_SHOWN = 8


@check(
    "host.patched-lately",
    family=Family.LEVEL3,
    title=Text("服务器近期装过补丁", "The server was patched lately"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-e#2~", "gbt22239-2019:8.1.10.5-a"),
    found=Text("{subject} {why}", "{subject}: {why}"),
    remedy=Remedy(
        Text("评估、测试后安装补丁", "Install patches once they were weighed and tested"),
    ),
    scope=HOSTS,
)
def patched_lately(patches: PatchState, today: Today, policy: ProtectionPolicy) -> Iterator[Verdict]:
    days = (today.date - patches.changed).days if patches.changed else None
    most = policy.patched_within_days
    why = Text(
        f"已 {days} 天没有安装或更新任何软件包，应不超过 {most} 天",
        f"no package was installed or updated for {days} days, {most} at most are wanted",
    )
    if patches.pending:
        named = ", ".join(patches.pending[:_SHOWN])
        count = len(patches.pending)
        why = Text(f"有 {count} 个安全更新没有安装：{named}", f"{count} security updates are not installed: {named}")
    ok = False if patches.pending else None if days is None else days <= most
    yield verdict(ok, patches.evidence, why=why)


@check(
    "host.release-supported",
    family=Family.LEVEL3,
    title=Text("操作系统版本仍在维护期", "The operating system's release is still mended"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.4-e#2~", "gbt22239-2019:8.1.10.5-a"),
    found=Text("{subject} 的 {release} 已于 {day} 停止维护", "{subject}: {release} has not been mended since {day}"),
    unknown=Text(
        "{subject} 的 {release} 维护到何时未知：厂商公告或维护合同写明日期，可写入 policy.protection.supported_until",
        "{subject}: until when {release} is mended is not known; its maker's announcement or contract tells, "
        "and policy.protection.supported_until takes it",
    ),
    remedy=Remedy(
        Text("迁移到仍在维护的版本，或购买延长维护", "Move to a release that is mended, or buy extended support"),
    ),
    scope=HOSTS,
)
def release_supported(system: OperatingSystem, today: Today, policy: ProtectionPolicy) -> Iterator[Verdict]:
    name = " ".join(word for word in (system.distribution, system.release) if word) or "?"
    ends = policy.supported_until.get(name) or support_ends(system.distribution, system.release)
    ok = None if ends is None else today.date <= ends
    yield verdict(ok, system.evidence, release=name, day=ends.isoformat() if ends else "?")


@check(
    "host.minimal-packages",
    family=Family.LEVEL3,
    title=Text("没有安装不需要的组件", "No component is installed that nothing needs"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.4-a#2~",),
    found=Text("{subject} 安装了不需要的组件：{packages}", "{subject} has components that nothing needs: {packages}"),
    remedy=Remedy(
        Text(
            "卸载；确有需要的写进剧本 policy.protection.unneeded_packages 之外",
            "Remove them, or take them off the playbook's list",
        ),
    ),
    scope=HOSTS,
)
def minimal_packages(software: Software, policy: ProtectionPolicy) -> Iterator[Verdict]:
    surplus = sorted({plain for name, _ in software.items if (plain := _plain(name)) in policy.unneeded_packages})
    yield verdict(not surplus, software.evidence, packages=" ".join(surplus[:_SHOWN]))


def _plain(name: str) -> str:
    # An agent gives name and version as one word: telnet-server-0.17-76.el7, telnetd_0.17-42_amd64.
    return re.split(r"[-_](?=\d)", name, maxsplit=1)[0]


@check(
    "host.no-idle-accounts",
    family=Family.LEVEL3,
    title=Text("没有长期不用的账号", "No account lies unused"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.2-c#1~",),
    found=Text(
        "{subject} 的账号 {place} 可以登录，{last}",
        "{subject}: account {place} may log in, and {last}",
    ),
    remedy=Remedy(
        Text("核实后停用或删除", "Lock or remove it, once its owner was asked"),
    ),
    scope=HOSTS,
)
def no_idle_accounts(
    accounts: Accounts, logins: LastLogins, today: Today, policy: ProtectionPolicy
) -> Iterator[Verdict]:
    used = {each.name: each.on for each in logins.items}
    open_ones = [account for account in accounts.items if _may_log_in(account) and account.name in used]
    idle = 0
    for account in open_ones:
        day = used[account.name]
        days = (today.date - day).days if day else None
        if days is not None and days <= policy.idle_account_days:
            continue
        idle += 1
        last = (
            Text("从未登录", "nobody ever has")
            if days is None
            else Text(f"已 {days} 天没有登录", f"nobody has for {days} days")
        )
        yield verdict(False, logins.evidence, account.evidence, place=account.name, last=last)
    if not idle:
        yield verdict(True if open_ones else None, logins.evidence)


def _may_log_in(account: Account) -> bool:
    # root is the stand-by of every other account: that nobody uses it is as it should be. Without shadow nothing tells
    # an account of a service, whose password is locked, from a person's.
    return not account.locked and account.name != "root" and account.storage is not None


@check(
    "host.backed-up",
    family=Family.LEVEL3,
    title=Text("服务器的数据有备份", "The server's data are backed up"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.9-a#1~",),
    found=Text("{subject} 既没有备份代理，也没有备份任务", "{subject} has neither a backup agent nor a scheduled copy"),
    unknown=Text(
        "{subject} 本机看不到备份；是否由虚拟化平台备份由人确认",
        "no backup is seen on {subject}: whether its platform copies it a person has to say",
    ),
    remedy=Remedy(
        Text("配置本地备份并定期做恢复测试", "Set up local backups and test that they restore"),
    ),
    scope=HOSTS,
    high_risk=("HR-6.4.6.1",),
)
def backed_up(
    processes: Processes | Missing,
    services: RunningServices | Missing,
    jobs: BackupJobs | Missing,
    copies: RemoteCopies | Missing,
    hardware: Hardware | Missing,
    policy: ProtectionPolicy,
) -> Iterator[Verdict]:
    agents, told = guards((processes, services), "backup", policy)
    scheduled = isinstance(jobs, BackupJobs) and bool(jobs.files)
    scheduled = scheduled or (isinstance(copies, RemoteCopies) and any(c.how == "schedule" for c in copies.items))
    machine = isinstance(hardware, Hardware) and hardware.hypervisor == ""
    known = told and isinstance(jobs, BackupJobs) and machine
    ok = True if agents or scheduled else False if known else None
    shown = [fact.evidence for fact in (processes, jobs) if not isinstance(fact, Missing)]
    yield verdict(ok, *shown)
