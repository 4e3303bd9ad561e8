"""Level 3: how a device may be reached for management."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import AccessPolicy
from inventory.errors import Missing
from inventory.facts import Addresses, FilterRule, Forwarding, RemoteAccess, RemoteLine, RuleSets
from inventory.text import Text

_UNTOLD = Text("", "")
_NO_LISTS = frozenset({"AllowUsers"})  # what limits sshd in place of a list of rules
_UNWRITTEN = "vty 0 4"  # the lines that are there though the configuration names none


def remote_lines(access: RemoteAccess) -> list[RemoteLine]:
    """Lines that the network reaches; console and AUX are left out."""
    return [line for line in access.lines if line.remote]


@check(
    "access.telnet-off",
    family=Family.LEVEL3,
    title=Text("Telnet 服务已关闭", "The Telnet server is off"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.1-c#1", "gbt22239-2019:8.1.4.4-b#1"),
    found=Text(
        "{subject} 开着 Telnet 服务，口令以明文传输", "{subject} runs a Telnet server: passwords cross in the clear"
    ),
    remedy=Remedy(Text("先确认 SSH 可用，再关闭 Telnet", "Make sure that SSH works, then turn Telnet off")),
    high_risk=("HR-6.4.1.2",),
)
def telnet_off(access: RemoteAccess) -> Iterator[Verdict]:
    yield verdict(None if access.telnet is None else not access.telnet, access.evidence)


@check(
    "access.vty-encrypted",
    family=Family.LEVEL3,
    title=Text("远程登录线路只允许加密协议", "Remote lines accept encrypted logins only"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.1-c#1", "gbt22239-2019:8.1.5.4-b#1"),
    found=Text("{subject} 的 {place} 允许 {transports}", "{subject}: {place} accepts {transports}"),
    unknown=Text(
        "{subject} 的 {place} 允许哪些协议无法判断", "{subject}: which protocols {place} accepts is not known"
    ),
    remedy=Remedy(Text("在线路上只保留 SSH", "Leave SSH as the only transport of the lines")),
    high_risk=("HR-6.4.1.2",),
)
def vty_encrypted(access: RemoteAccess, policy: AccessPolicy) -> Iterator[Verdict]:
    for line in remote_lines(access):
        if line.transports is None:
            yield verdict(None, line.evidence, place=line.name)
        else:
            plain = line.transports - policy.encrypted_transports
            yield verdict(not plain, line.evidence, place=line.name, transports=", ".join(sorted(plain)))


@check(
    "access.vty-acl",
    family=Family.LEVEL3,
    title=Text("远程登录来源受 ACL 限制", "An ACL limits where remote logins come from"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-c#1",),
    found=Text("{subject} 的 {place} 没有限制 IPv4 登录来源", "{subject}: {place} takes IPv4 logins from anywhere"),
    unknown=Text(
        "{subject} 是否限制登录来源无法判断{why}", "{subject}: whether login sources are limited is not known{why}"
    ),
    remedy=Remedy(
        Text(
            "在线路上应用只放行管理网段的 ACL（地址换成本地管理网段）",
            "Apply an ACL that lets only the management network in",
        )
    ),
)
def vty_acl(access: RemoteAccess, rules: RuleSets | Missing, policy: AccessPolicy) -> Iterator[Verdict]:
    lines = remote_lines(access)
    by_line = any(line.acl_ipv4 for line in lines)
    if not by_line and (access.acl_limits_login or not lines):
        # A list that stands outside the lines: ssh server acl, AllowUsers, a host's packet filter.
        wide = [rule for acl in access.server_acls for rule in open_to_all(acl, 4, rules, policy)]
        shown = (access.evidence, *(rule.evidence for rule in wide))
        place = {"place": "ACL " + ", ".join(access.server_acls)} if wide else {}
        why = without_rules(access.server_acls, rules)
        limited = None if why and access.acl_limits_login else access.acl_limits_login
        yield verdict(False if wide else limited, *shown, lines=_UNWRITTEN, why=why or _UNTOLD, **place)
        return
    for line in lines:
        limited = bool(line.acl_ipv4) if by_line else access.acl_limits_login
        wide = open_to_all(line.acl_ipv4, 4, rules, policy) if line.acl_ipv4 else []
        shown = (line.evidence, *(rule.evidence for rule in wide))
        why = without_rules((line.acl_ipv4,), rules) if line.acl_ipv4 else None
        ok = None if why else limited and not wide
        yield verdict(ok, *shown, place=line.name, lines=line.name, why=why or _UNTOLD)


def without_rules(acls: tuple[str, ...], rules: RuleSets | Missing) -> Text | None:
    """Why nobody is kept out by lists without a rule or not defined: most systems then let everybody in."""
    if isinstance(rules, Missing):
        return None
    ruled = names_of_rules(rules)
    shown = ", ".join(acl for acl in acls if acl not in ruled | _NO_LISTS)
    if not shown:
        return None
    return Text(f"：引用的 ACL {shown} 没有定义，或没有规则", f": ACL {shown} is not defined, or has no rule")


def names_of_rules(rules: RuleSets) -> frozenset[str]:
    """What lists that have rules are called, by name or number."""
    ruled = [each for each in rules.items if each.rules]
    # A list that has a name may be referred to by its number, which the line that opens it tells.
    return frozenset(each.name for each in ruled) | {w for each in ruled for w in each.head.split() if w.isdigit()}


def open_to_all(acl: str, family: int, rules: RuleSets | Missing, policy: AccessPolicy) -> list[FilterRule]:
    """Rules of an access list that let in everybody, or a network so wide that the list limits nothing."""
    if isinstance(rules, Missing):
        return []
    least = policy.source_prefix_min_ipv4 if family == 4 else policy.source_prefix_min_ipv6
    lists = [each for each in rules.items if each.name == acl and each.family == family]
    permits = [rule for each in lists for rule in each.rules if rule.permits and rule.enabled and not rule.more]
    return [rule for rule in permits if rule.sources is None or any(net.prefixlen < least for net in rule.sources)]


@check(
    "access.vty-acl-ipv6",
    family=Family.LEVEL3,
    title=Text("开启 IPv6 的设备同样限制 IPv6 登录来源", "Where IPv6 is on, an IPv6 ACL limits remote logins too"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-c#1", "plan:PR-V6-03"),
    found=Text(
        "{subject} 的 {place} 限制了 IPv4 登录来源（ACL {acl}），IPv6 却不受限",
        "{subject}: {place} limits IPv4 logins (ACL {acl}) but takes IPv6 ones from anywhere",
    ),
    remedy=Remedy(Text("在线路上再应用一条 IPv6 ACL", "Apply an IPv6 ACL to the lines as well")),
)
def vty_acl_ipv6(
    access: RemoteAccess, addresses: Addresses | Missing, forwarding: Forwarding | Missing
) -> Iterator[Verdict]:
    speaks = _speaks_ipv6(addresses, forwarding)
    if speaks is None:
        yield verdict(None, access.evidence)
        return
    shown = [fact.evidence for fact in (addresses, forwarding) if not isinstance(fact, Missing)]
    for line in remote_lines(access):
        if speaks and line.acl_ipv4:
            yield verdict(bool(line.acl_ipv6), line.evidence, *shown, place=line.name, acl=line.acl_ipv4)


def _speaks_ipv6(addresses: Addresses | Missing, forwarding: Forwarding | Missing) -> bool | None:
    if not isinstance(forwarding, Missing) and forwarding.ipv6:
        return True
    if isinstance(addresses, Missing):
        return None
    return any(a.ip.version == 6 and not a.ip.ip.is_loopback for a in addresses.items)


@check(
    "access.idle-timeout",
    family=Family.LEVEL3,
    title=Text("登录空闲会自动退出", "Idle logins are ended"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.1-b#3",),
    found=Text(
        "{subject} 的 {place} 空闲超时为 {timeout_s} 秒（0 为永不），应不超过 {limit_s} 秒",
        "{subject}: {place} ends idle logins after {timeout_s} s (0: never), {limit_s} s at most are wanted",
    ),
    unknown=Text(
        "{subject} 的 {place} 空闲超时未写明且默认值未知",
        "{subject}: {place} sets no idle timeout and the default is not known",
    ),
    remedy=Remedy(Text("设置空闲超时", "Set an idle timeout")),
)
def idle_timeout(access: RemoteAccess, policy: AccessPolicy) -> Iterator[Verdict]:
    limit = policy.idle_timeout_max_s
    for line in access.lines:
        timeout = line.idle_timeout_s
        ok = None if timeout is None else 0 < timeout <= limit
        shown = "?" if timeout is None else timeout
        yield verdict(ok, line.evidence, place=line.name, limit_s=limit, limit_min=limit // 60, timeout_s=shown)


@check(
    "access.ssh-v1-off",
    family=Family.LEVEL3,
    title=Text("不接受 SSH 第 1 版", "SSH protocol 1 is refused"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.1-c#1",),
    found=Text("{subject} 仍接受 SSH 第 1 版", "{subject} still negotiates SSH protocol 1"),
    remedy=Remedy(Text("关闭对 SSH 第 1 版的兼容", "Turn compatibility with SSH protocol 1 off")),
)
def ssh_v1_off(access: RemoteAccess) -> Iterator[Verdict]:
    if access.ssh is False:
        return
    yield verdict(None if access.ssh_v1 is None else not access.ssh_v1, access.evidence)


@check(
    "access.login-authenticated",
    family=Family.LEVEL3,
    title=Text("每条登录线路都要鉴别身份", "Every login line asks who it is"),
    severity=Severity.CRITICAL,
    clauses=("gbt22239-2019:8.1.4.1-a#1",),
    found=Text("{subject} 的 {place} {how}", "{subject}: {place} {how}"),
    unknown=Text("{subject} 的 {place} 如何鉴别身份无法判断", "{subject}: how {place} authenticates is not known"),
    remedy=Remedy(
        Text(
            "在线路上启用 AAA 鉴别，不以 none 作备用",
            "Authenticate logins on the lines by AAA, without none to fall back on",
        ),
        {
            "huawei_vrp/fallback": "system-view\n aaa\n  authentication-scheme <authentication-scheme>\n"
            "   authentication-mode hwtacacs local\n   return",
            "h3c_comware/fallback": "system-view\n domain <login-domain>\n"
            "  authentication login hwtacacs-scheme <aaa-group> local\n  return",
        },
    ),
    high_risk=("HR-6.4.1.1",),
)
def login_authenticated(access: RemoteAccess) -> Iterator[Verdict]:
    for line in access.lines:
        ok = None if line.authentication is None else line.authentication != "none"
        falls = bool(ok and line.open_when_down)
        how = _LETS_IN_WHEN_DOWN if falls else _LETS_IN
        variant = "fallback" if falls else ""
        yield verdict(ok and not falls, line.evidence, place=line.name, how=how, variant=variant)


_LETS_IN = Text("不鉴别身份即可登录", "lets anybody in without authentication")
_LETS_IN_WHEN_DOWN = Text(
    "在 AAA 服务器无应答时不鉴别身份即可登录", "lets anybody in without authentication while no AAA server answers"
)
