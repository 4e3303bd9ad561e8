"""Level 3: SNMP agents."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.rules.access import without_rules
from inventory.errors import Missing
from inventory.facts import Addresses, Community, RuleSets, SnmpAgent
from inventory.text import Text

_NO_ACL = Text("没有 ACL", "has no ACL")
_OPEN_VERSIONS = frozenset({"v1", "v2c"})


def read_communities(agent: SnmpAgent) -> list[Community]:
    """Communities that open the agent; those that only go out with traps are left out."""
    return [community for community in agent.communities if community.purpose == "access"]


@check(
    "snmp.no-default-community",
    family=Family.LEVEL3,
    title=Text("SNMP 团体名不是 public 或 private", "No SNMP community is public or private"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.2-b#2", "gbt22239-2019:8.1.4.1-a"),
    found=Text(
        "{subject} 使用默认 SNMP 团体名（权限 {access}）", "{subject} uses a default SNMP community (access {access})"
    ),
    unknown=Text(
        "{subject} 的团体名已加密，无法判断是否为默认值",
        "{subject}: communities are masked, whether they are default ones is not known",
    ),
    remedy=Remedy(Text("删除默认团体名，改用 SNMPv3", "Remove the default community and move to SNMPv3")),
    high_risk=("HR-6.4.2.1",),
)
def no_default_community(agent: SnmpAgent) -> Iterator[Verdict]:
    if agent.enabled is False:
        return
    communities = read_communities(agent)
    default = [c for c in communities if c.default]
    for number, community in enumerate(default, 1):
        yield verdict(False, community.evidence, place=f"community {number}", access=community.access or "?")
    if not default:
        masked = [c for c in communities if c.default is None]
        yield verdict(None if masked else True, *(c.evidence for c in masked), agent.evidence)


@check(
    "snmp.v3-only",
    family=Family.LEVEL3,
    title=Text("只使用 SNMPv3", "SNMPv3 is the only version in use"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.1-c#1", "gbt22239-2019:8.1.5.4-b#1~"),
    found=Text(
        "{subject} 开着 SNMP {versions}，团体名以明文传输",
        "{subject} speaks SNMP {versions}: communities cross in the clear",
    ),
    remedy=Remedy(
        Text("网管改用 SNMPv3 后关闭 v1 和 v2c", "Move the management station to SNMPv3, then turn v1 and v2c off")
    ),
)
def v3_only(agent: SnmpAgent) -> Iterator[Verdict]:
    if agent.enabled is False:
        return
    open_versions = (agent.versions or frozenset()) & _OPEN_VERSIONS
    if read_communities(agent) and agent.versions is None:
        yield verdict(False, agent.evidence, versions="v1/v2c")
    elif agent.versions is None:
        yield verdict(None, agent.evidence)
    else:
        yield verdict(not open_versions, agent.evidence, versions=", ".join(sorted(open_versions)))


@check(
    "snmp.v3-auth-priv",
    family=Family.LEVEL3,
    title=Text("SNMPv3 用户既鉴别又加密", "SNMPv3 users authenticate and encrypt"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.1-c#1",),
    found=Text(
        "{subject} 的 SNMPv3 用户（组）{place} 级别为 {level}",
        "{subject}: SNMPv3 user or group {place} has level {level}",
    ),
    unknown=Text(
        "{subject} 的 SNMPv3 用户（组）{place} 级别无法判断",
        "{subject}: the level of SNMPv3 user or group {place} is not known",
    ),
    remedy=Remedy(
        Text(
            "把 SNMPv3 组改为 privacy 级别，用户设鉴别和加密口令",
            "Give SNMPv3 groups the privacy level and users both keys",
        )
    ),
)
def v3_auth_priv(agent: SnmpAgent) -> Iterator[Verdict]:
    for user in agent.users:
        ok = None if user.level is None else user.level == "authPriv"
        yield verdict(
            ok,
            user.evidence,
            place=user.name,
            level=user.level or "?",
            variant="group" if user.group else "user",
            # As IOS and as VRP write the level of a group.
            level_word="auth" if user.level == "authNoPriv" else "noauth",
            level_vrp=" authentication" if user.level == "authNoPriv" else "",
        )


@check(
    "snmp.community-acl",
    family=Family.LEVEL3,
    title=Text("团体名受 ACL 限制", "An ACL limits who may use a community"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-c#1",),
    found=Text("{subject} 的 {place}（权限 {access}）{lacks}", "{subject}: {place} (access {access}) {lacks}"),
    unknown=Text(
        "{subject} 的 {place} 是否受 ACL 限制无法判断{why}",
        "{subject}: whether an ACL limits {place} is not known{why}",
    ),
    remedy=Remedy(Text("为团体名绑定只放行网管地址的 ACL", "Bind an ACL that lets only the management station in")),
)
def community_acl(agent: SnmpAgent, addresses: Addresses | Missing, rules: RuleSets | Missing) -> Iterator[Verdict]:
    if agent.enabled is False:
        return
    items = () if isinstance(addresses, Missing) else addresses.items
    spoken = {4, *(each.ip.version for each in items if not each.ip.ip.is_loopback)}
    for number, community in enumerate(read_communities(agent), 1):
        apart = community.limited if community.acl else None
        lacking = sorted(spoken - apart) if apart is not None else []
        family = f"IPv{lacking[0]}" if lacking else ""
        # Elsewhere than on a system of numbered lists it is an address, or the name of a list of clients.
        numbered = (community.acl,) if community.acl and community.acl.isdigit() else ()
        why = without_rules(numbered, rules)
        ok = bool(community.acl) and not lacking
        yield verdict(
            None if ok and why else ok,
            community.evidence,
            place=f"community {number}",
            access=community.access or "?",
            lacks=Text(f"的 ACL 不限制 {family}", f"has no ACL for {family}") if lacking else _NO_ACL,
            verb="write" if community.access == "rw" else "read",
            acl=community.acl or "-",
            variant=family.lower(),
            why=why or "",
        )


@check(
    "snmp.read-only",
    family=Family.LEVEL3,
    title=Text("没有可写的团体名", "No community may write"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.2-d", "gbt22239-2019:8.1.4.1-c#1"),
    found=Text("{subject} 的 {place} 可以修改配置", "{subject}: {place} may change the configuration"),
    unknown=Text("{subject} 的 {place} 权限无法判断", "{subject}: the access of {place} is not known"),
    remedy=Remedy(Text("删除可写团体名", "Remove communities that may write")),
)
def read_only(agent: SnmpAgent) -> Iterator[Verdict]:
    for number, community in enumerate(read_communities(agent), 1):
        ok = None if community.access is None else community.access != "rw"
        yield verdict(ok, community.evidence, place=f"community {number}")
