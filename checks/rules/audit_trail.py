"""Level 3: what a device records of those who log in, and who may stop it."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import LogPolicy
from inventory.facts import AuditTrail
from inventory.text import Text

_VRP_SOURCE = "system-view\n info-center enable\n undo info-center source SHELL channel loghost\n quit"
_NETWORK = Scope(kinds=frozenset({"router", "switch", "firewall"}))
_LINUX_RULES = (
    "printf '%s\\n' '-w /etc/passwd -p wa -k identity' '-w /etc/shadow -p wa -k identity' "
    "'-w /etc/sudoers -p wa -k privilege' "
    "'-a always,exit -F arch=b64 -S execve -F euid=0 -F auid>=1000 -F auid!=unset -k rootcmd' "
    "> /etc/audit/rules.d/level3.rules\n"
    "systemctl enable --now auditd\naugenrules --load"
)


@check(
    "audit_trail.logins-recorded",
    family=Family.LEVEL3,
    title=Text("登录成功与失败都有记录", "Logins and failed logins are recorded"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-a#2",),
    found=Text("{subject} 不记录登录", "{subject} records no logins"),
    remedy=Remedy(
        Text("开启登录日志", "Record logins"),
        {
            "huawei_vrp": "system-view\n info-center enable\n"
            " info-center source default channel loghost log level informational\n quit",
            "h3c_comware": "system-view\n info-center enable\n"
            " info-center source default loghost level informational\n quit",
            "ruijie_rgos": "configure terminal\n logging on\n logging userinfo\n end",
            "cisco_ios": "configure terminal\n logging on\n login on-failure log\n login on-success log\n end",
            "cisco_nxos": "configure terminal\n login on-failure log\n login on-success log\n end",
            "cisco_asa": "configure terminal\n logging enable\n logging trap informational\n end",
            "juniper_junos": "configure\n set system syslog file access authorization info\n commit and-quit",
            "fortinet_fortios": "config log eventfilter\n set event enable\n set system enable\n set user enable\nend",
            "linux": _LINUX_RULES,
        },
    ),
)
def logins_recorded(trail: AuditTrail) -> Iterator[Verdict]:
    yield verdict(trail.logins, trail.evidence)


@check(
    "audit_trail.commands-recorded",
    family=Family.LEVEL3,
    title=Text("管理操作逐条记录", "Every administrative command is recorded"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.3-a#3",),
    found=Text("{subject} 不记录管理命令", "{subject} does not record what administrators do"),
    remedy=Remedy(
        Text("开启命令记录", "Record commands"),
        {
            "huawei_vrp": _VRP_SOURCE,
            "h3c_comware": "system-view\n info-center enable\n info-center source SHELL loghost level informational\n"
            " quit",
            "ruijie_rgos": "configure terminal\n logging on\n logging userinfo command-log\n end",
            "cisco_ios": "configure terminal\n logging on\n archive\n  log config\n   logging enable\n"
            "   notify syslog\n"
            "   hidekeys\n end",
            "cisco_nxos": "configure terminal\n aaa accounting default local\n end",
            "cisco_asa": "configure terminal\n logging enable\n logging trap informational\n end",
            "juniper_junos": "configure\n set system syslog file commands interactive-commands any\n commit and-quit",
            "fortinet_fortios": "config system global\n set cli-audit-log enable\nend",
            "linux": _LINUX_RULES,
        },
    ),
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
    remedy=Remedy(
        Text("放宽日志级别", "Let less severe logs through"),
        {
            "huawei_vrp": "system-view\n info-center source default channel loghost log level informational\n quit",
            "h3c_comware": "system-view\n info-center source default loghost level informational\n quit",
            "ruijie_rgos": "configure terminal\n logging trap informational\n end",
            "cisco_ios": "configure terminal\n logging trap informational\n end",
            "cisco_asa": "configure terminal\n logging trap informational\n end",
        },
    ),
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
    remedy=Remedy(
        Text("开启日志缓冲或日志文件", "Turn the log buffer or file on"),
        {
            "huawei_vrp": "system-view\n info-center logbuffer size 1024\n quit",
            "h3c_comware": "system-view\n info-center logfile enable\n quit",
            "ruijie_rgos": "configure terminal\n logging buffered 65536\n end",
            "cisco_ios": "configure terminal\n logging buffered 65536 informational\n end",
        },
    ),
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
        ),
        {
            "huawei_vrp": "system-view\n command-privilege level 15 view system undo info-center\n quit",
            "h3c_comware": "system-view\n role name <role>\n"
            "  rule 999 deny command system-view ; undo info-center *\n  quit",
            "ruijie_rgos": "configure terminal\n no privilege configure level <level> logging\n"
            " no privilege exec level <level> clear logging\n aaa authorization commands 15 default local\n end",
            "cisco_ios": "configure terminal\n privilege configure reset logging\n privilege exec reset clear logging\n"
            " aaa authorization commands 15 default local\n end",
            "cisco_asa": "configure terminal\n privilege cmd level 15 mode configure command logging\n end",
            "linux": "# in a change window: rules stay as they are until the next boot\n"
            "echo '-e 2' > /etc/audit/rules.d/zz-immutable.rules\naugenrules --load",
        },
    ),
)
def not_stoppable(trail: AuditTrail) -> Iterator[Verdict]:
    yield verdict(None if trail.stoppable is None else not trail.stoppable, trail.evidence)
