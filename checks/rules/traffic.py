"""Level 3: what firewalls look for in what they let through, and how traffic over foreign networks is protected."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import ProtectionPolicy
from inventory.errors import Missing
from inventory.facts import Inspection, PortGuards, TunnelCrypto, WebAnswer
from inventory.text import Text
from inventory.views import SystemView

_FIREWALLS = Scope(
    platforms=frozenset(
        {"huawei_vrp", "h3c_comware", "fortinet_fortios", "hillstone_stoneos", "juniper_junos", "cisco_asa"}
    ),
    kinds=frozenset({"firewall"}),
)
_TUNNELLING = Scope(
    platforms=_FIREWALLS.platforms | {"cisco_ios", "ruijie_rgos"}, kinds=frozenset({"router", "switch", "firewall"})
)


@check(
    "traffic.application-controlled",
    family=Family.LEVEL3,
    title=Text("防火墙按应用协议和内容控制", "The firewall controls by application and content"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.3.2-e#1",),
    found=Text(
        "{subject} 的策略没有引用应用识别、URL 过滤或内容过滤",
        "no rule of {subject} looks at applications, URLs or content",
    ),
    remedy=Remedy(
        Text("在放行的策略上引用应用控制和内容过滤", "Bind application and content profiles to the rules that permit"),
        {
            "huawei_vrp": "system-view\n security-policy\n  rule name <rule>\n   profile app-control <profile>\n"
            "   profile url-filter <profile>\n  quit\n quit\n engine configuration commit",
            "h3c_comware": "system-view\n app-profile <profile>\n  url-filter apply policy default\n  quit\n"
            " security-policy ip\n  rule <id>\n   profile <profile>\n  quit\n inspect activate",
            "fortinet_fortios": "config firewall policy\n edit <id>\n  set utm-status enable\n"
            "  set application-list default\n  set webfilter-profile default\n next\nend",
            "hillstone_stoneos": "rule id <id>\n url <profile>\n application <application>\n exit",
            "juniper_junos": "configure\n set security policies from-zone <zone> to-zone <zone> policy <name>"
            " match dynamic-application <application>\n commit and-quit",
            "cisco_asa": "configure terminal\n policy-map global_policy\n  class inspection_default\n   inspect http\n"
            " service-policy global_policy global\n end",
        },
    ),
    scope=_FIREWALLS,
)
def application_controlled(inspection: Inspection) -> Iterator[Verdict]:
    yield verdict(bool(inspection.kinds & {"application", "url", "content"}), inspection.evidence)


@check(
    "traffic.tunnels-strong",
    family=Family.LEVEL3,
    title=Text("隧道不用弱密码算法", "Tunnels use no weak cryptography"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.2.2-a#1~", "gbt22239-2019:8.1.2.2-b#1~", "gbt22239-2019:8.1.10.9-b#1~"),
    found=Text("{subject} 的隧道使用弱算法：{weak}", "{subject}: its tunnels use weak algorithms: {weak}"),
    unknown=Text(
        "{subject} 的隧道没有写明算法，默认值随版本而异",
        "{subject}: its tunnels name no algorithm, and the default depends on the release",
    ),
    remedy=Remedy(
        Text("改用国密或 AES、SHA-2 算法", "Use SM algorithms, or AES and SHA-2"),
        {
            "huawei_vrp": "system-view\n ipsec proposal <name>\n  esp encryption-algorithm aes-256\n"
            "  esp authentication-algorithm sha2-256\n  quit\n ike proposal <id>\n  encryption-algorithm aes-256\n"
            "  authentication-algorithm sha2-256\n  quit",
            "h3c_comware": "system-view\n ipsec transform-set <name>\n  esp encryption-algorithm aes-cbc-256\n"
            "  esp authentication-algorithm sha256\n  quit\n ike proposal <id>\n  encryption-algorithm aes-cbc-256\n"
            "  authentication-algorithm sha256\n  quit",
            "cisco_ios": "configure terminal\n crypto ipsec transform-set <name> esp-aes 256 esp-sha256-hmac\n"
            " crypto isakmp policy <id>\n  encryption aes 256\n  hash sha256\n end",
            "fortinet_fortios": "config vpn ipsec phase1-interface\n edit <name>\n  set proposal aes256-sha256\n"
            " next\nend\nconfig vpn ipsec phase2-interface\n edit <name>\n  set proposal aes256-sha256\n next\nend",
        },
    ),
    scope=_TUNNELLING,
)
def tunnels_strong(crypto: TunnelCrypto, policy: ProtectionPolicy) -> Iterator[Verdict]:
    if not crypto.applied:
        return
    weak = sorted(name for name in crypto.algorithms if set(_parts(name)) & policy.weak_crypto)
    ok = None if not crypto.algorithms else not weak
    yield verdict(ok, crypto.evidence, weak=", ".join(weak))


def _parts(name: str) -> list[str]:
    # esp-3des, des-md5, 3des-cbc, md5-hmac; des-56 is DES as well.
    return re.split(r"[-_.:]", name)


@check(
    "traffic.outside-encrypted",
    family=Family.LEVEL3,
    title=Text("经公网接入的线路加密", "A line over the public network is encrypted"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.2.2-a#1~", "gbt22239-2019:8.1.2.2-b#1~", "plan:PR-NET-15"),
    found=Text(
        "{subject} 经 {place} 接入公网，没有配置任何加密隧道",
        "{subject} reaches the public network by {place} and protects no tunnel over it",
    ),
    remedy=Remedy(
        Text("在该线路上建立 IPsec 或国密 VPN", "Build an IPsec or SM VPN over that line"),
    ),
    scope=_TUNNELLING,
    high_risk=("HR-6.2.2.1",),
)
def outside_encrypted(guards: PortGuards, crypto: TunnelCrypto) -> Iterator[Verdict]:
    # A port with a public address may serve the county's own egress; who dials in or roams has no other way home.
    ports = [port for port in guards.items if port.outside in ("dialled", "cellular") and not port.shut]
    for port in ports:
        yield verdict(bool(crypto.applied), port.evidence, crypto.evidence, place=port.interface)


@check(
    "traffic.systems-encrypted",
    family=Family.LEVEL3,
    title=Text("业务系统的访问是加密的", "A business system is reached over encryption"),
    severity=Severity.HIGH,
    clauses=(
        "gbt22239-2019:8.1.2.2-a#1~",
        "gbt22239-2019:8.1.2.2-b#1~",
        "gbt22239-2019:8.1.4.7-a#1~",
        "gbt22239-2019:8.1.4.8-a#1~",
        "gbt22239-2019:8.1.4.8-a#2~",
    ),
    found=Text("{subject} 以明文提供服务：{place}", "{subject} serves in clear text: {place}"),
    unknown=Text("{subject} 没有应答，是否加密未知", "{subject} does not answer: whether it encrypts is not known"),
    remedy=Remedy(
        Text(
            "启用 HTTPS（国密或 TLS 1.2 以上），HTTP 跳转到 HTTPS",
            "Serve over HTTPS (SM or TLS 1.2 and later) and lead HTTP there",
        )
    ),
    high_risk=("HR-6.2.2.1", "HR-6.4.5.1"),
)
def systems_encrypted(system: SystemView) -> Iterator[Verdict]:
    if system.state == "retired":
        return
    if isinstance(system.probe, Missing):
        yield verdict(None, system.evidence)
        return
    pages = [page for page in system.probe.pages if page.role == "service" and page.status is not None]
    clear = {page.url.partition("?")[0]: page for page in pages if _in_clear(page)}
    for url, page in clear.items():
        yield verdict(False, page.evidence, system.evidence, place=url)
    if not clear:
        safe = any(page.url.startswith("https:") for page in pages)
        yield verdict(True if safe else None, *(page.evidence for page in pages), system.evidence)


def _in_clear(page: WebAnswer) -> bool:
    # A redirection carries no data; its target is what serves.
    return page.url.startswith("http:") and page.status is not None and not 300 <= page.status < 400
