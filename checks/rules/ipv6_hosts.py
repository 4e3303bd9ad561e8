"""IPv6 readiness of hosts: the way out, and services that answer over both families."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Scope, Severity, Verdict, check, verdict
from checks.policies import Ipv6Policy
from checks.rules.ipv6 import addressed
from checks.sentences import first_of
from inventory.facts import Addresses, Listener, Listeners, Routes
from inventory.text import Text

HOSTS = Scope(kinds=frozenset({"server", "storage"}))
_SHOWN = 8
_MANAGEMENT = frozenset({22, 161})


@check(
    "ipv6.host-default-route",
    family=Family.IPV6,
    title=Text("主机有 IPv6 默认路由", "A host with an IPv6 address has an IPv6 default route"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 有 IPv6 地址，却没有 IPv6 默认路由", "{subject} has an IPv6 address but no IPv6 default route"
    ),
    unknown=Text("{subject} 的 IPv6 路由没有读到", "the IPv6 routes of {subject} were not read"),
    remedy=Remedy(
        Text(
            "静态配置默认网关，或让网关发路由通告并检查主机的 accept_ra",
            "Configure the gateway, or let it advertise itself and look at the host's accept_ra",
        ),
        {
            "linux": "ip -6 route show default\nip -6 route add default via <gateway> dev <interface>\n"
            "# 写入网络配置，并查看 sysctl net.ipv6.conf.<interface>.accept_ra ‖ "
            "and write it into the configuration; look at sysctl net.ipv6.conf.<interface>.accept_ra",
        },
    ),
    scope=HOSTS,
)
def host_default_route(routes: Routes, addresses: Addresses, policy: Ipv6Policy) -> Iterator[Verdict]:
    if addressed(addresses, policy):
        has = any(route.family == 6 for route in routes.defaults)
        yield verdict(True if has else None if routes.ipv6 is None else False, routes.evidence)


@check(
    "ipv6.services-on-both",
    family=Family.IPV6,
    title=Text("监听 IPv4 的服务同样监听 IPv6", "What listens on IPv4 listens on IPv6, too"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 的 {services} 只监听 IPv4", "{subject}: {services} listen on IPv4 alone"),
    remedy=Remedy(
        Text(
            "让服务监听 [::] 或主机的 IPv6 地址；有意只用 IPv4 的写入例外",
            "Let the services listen on [::] or the host's IPv6 address; waive those that are IPv4 on purpose",
        )
    ),
    scope=HOSTS,
)
def services_on_both(listeners: Listeners, addresses: Addresses, policy: Ipv6Policy) -> Iterator[Verdict]:
    served = [each for each in listeners.items if each.protocol == "tcp" and not each.local_only]
    if not addressed(addresses, policy) or not served:
        return
    six = {each.port for each in served if each.family in (6, None)}
    alone = {each.port: each for each in served if each.port not in six and not _is_spared(each, policy)}
    listed = [_shown(alone[port]) for port in sorted(alone)]
    ports = " ".join(map(str, sorted(alone)))
    yield verdict(not listed, listeners.evidence, services=first_of(listed, _SHOWN), ports=ports)


def _is_spared(listener: Listener, policy: Ipv6Policy) -> bool:
    return policy.ipv4_management and listener.port in _MANAGEMENT


def _shown(listener: Listener) -> str:
    return f"tcp/{listener.port}" + (f" ({listener.process})" if listener.process else "")
