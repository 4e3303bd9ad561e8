"""Level 3: servers."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import AccountPolicy
from inventory.facts import Filtering, SshServer
from inventory.text import Text

HOSTS = Scope(platforms=frozenset({"linux", "frr"}))


@check(
    "host.no-root-login",
    family=Family.LEVEL3,
    title=Text("root 不能直接用口令远程登录", "root cannot log in over SSH by password"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.2-d", "gbt22239-2019:8.1.4.2-b#1"),
    found=Text("{subject} 的 sshd 允许 root 登录（{setting}）", "{subject}: sshd lets root log in ({setting})"),
    remedy=Remedy(
        Text("用实名账号登录再提权，禁止 root 远程登录", "Log in by named accounts and raise rights there; forbid root")
    ),
    scope=HOSTS,
)
def no_root_login(sshd: SshServer) -> Iterator[Verdict]:
    setting = sshd.permit_root_login
    # With keys alone nothing can be guessed; the least-privilege question is then one of sudo.
    ok = None if setting is None else setting in ("no", "without-password", "prohibit-password", "forced-commands-only")
    yield verdict(ok, sshd.evidence, setting=setting or "?")


@check(
    "host.no-empty-passwords",
    family=Family.LEVEL3,
    title=Text("sshd 不接受空口令", "sshd takes no empty password"),
    severity=Severity.CRITICAL,
    clauses=("gbt22239-2019:8.1.4.1-a#3",),
    found=Text("{subject} 的 sshd 接受空口令", "{subject}: sshd takes empty passwords"),
    remedy=Remedy(Text("禁止空口令", "Forbid empty passwords")),
    scope=HOSTS,
    high_risk=("HR-6.4.1.1",),
)
def no_empty_passwords(sshd: SshServer) -> Iterator[Verdict]:
    setting = sshd.permit_empty_passwords
    yield verdict(None if setting is None else not setting, sshd.evidence)


@check(
    "host.few-login-tries",
    family=Family.LEVEL3,
    title=Text("一次连接可试的口令次数有限", "One connection may try few passwords"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.4.1-b#2~",),
    found=Text(
        "{subject} 的 sshd 允许每个连接尝试 {tries} 次，应不超过 {tries_max} 次",
        "{subject}: sshd allows {tries} tries a connection, {tries_max} at most are wanted",
    ),
    remedy=Remedy(Text("减少 MaxAuthTries", "Lower MaxAuthTries")),
    scope=HOSTS,
)
def few_login_tries(sshd: SshServer, policy: AccountPolicy) -> Iterator[Verdict]:
    tries = sshd.max_auth_tries
    ok = None if tries is None else tries <= policy.attempts_max
    yield verdict(ok, sshd.evidence, tries="?" if tries is None else tries, tries_max=policy.attempts_max)


@check(
    "host.packet-filter-default-deny",
    family=Family.LEVEL3,
    title=Text("主机防火墙默认拒绝", "The host's packet filter drops what no rule names"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-b", "gbt22239-2019:8.1.3.2-a#2"),
    found=Text("{subject} 的主机防火墙默认放行 IPv4", "{subject}: its packet filter lets IPv4 in by default"),
    remedy=Remedy(
        Text(
            "先放行必要服务和已建连接，再把默认动作改为丢弃",
            "Allow what is needed and what is established, then drop the rest",
        )
    ),
    scope=HOSTS,
)
def packet_filter_default_deny(filtering: Filtering) -> Iterator[Verdict]:
    yield verdict(filtering.default_deny_ipv4, filtering.evidence)
