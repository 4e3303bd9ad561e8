"""IPv6 readiness of business systems and sites."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.rules.ipv6 import beyond
from inventory.addresses import Ipv6Class, ipv6_class
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import NameAnswer, PortAnswer, ServiceProbe
from inventory.text import Text
from inventory.views import SiteDevice, SiteView, SystemView

_SERVING = frozenset({Ipv6Class.GLOBAL, Ipv6Class.ULA, Ipv6Class.NAT64})
_LEAST_ACCEPTED = 0.95  # of the connections tried


@check(
    "ipv6.system-aaaa",
    family=Family.IPV6,
    title=Text("业务系统的域名有 AAAA 记录", "A business system's name has an AAAA record"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 的域名 {name} 没有可用的 AAAA 记录{told}", "{subject}: {name} has no AAAA record of use{told}"
    ),
    unknown=Text("解析器没有回答 {subject} 的域名", "{subject}: no resolver answered for its name"),
    remedy=Remedy(
        Text("系统支持 IPv6 后在权威解析中增加 AAAA 记录", "Once the system speaks IPv6, add an AAAA record")
    ),
)
def system_aaaa(system: SystemView) -> Iterator[Verdict]:
    if system.state == "retired":
        return
    if isinstance(system.probe, Missing):
        yield verdict(None, system.evidence, name="?", told="")
    elif system.probe.names is not None:
        names = system.probe.names
        told = f" ({'; '.join(names.disagree)})" if names.disagree else ""
        yield verdict(_is_named(names), names.evidence, name=names.name, told=told)


def _is_named(names: NameAnswer) -> bool | None:
    """Whether every name server asked gives a record of use; None: none answered."""
    if names.aaaa is None:
        return None
    local = any(ip.is_loopback for ip in names.a or ())  # all of it on one machine
    good = [ip for ip in names.aaaa if ipv6_class(ip) in _SERVING or (local and ip.is_loopback)]
    return bool(good) and not names.disagree


@check(
    "ipv6.system-reachable",
    family=Family.IPV6,
    title=Text("业务系统经 IPv6 可达", "A business system answers over IPv6"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-02",),
    found=Text("{subject} 经 IPv6 没有应答：{tried}", "{subject} does not answer over IPv6: {tried}"),
    unknown=Text("{subject} 经 IPv6 是否应答未知：{why}", "whether {subject} answers over IPv6 is not known: {why}"),
    remedy=Remedy(
        Text("让服务监听 IPv6，并在沿途放行", "Let the service listen on IPv6 and the filters on the way pass it")
    ),
)
def system_reachable(system: SystemView) -> Iterator[Verdict]:
    if isinstance(system.probe, Missing) or not _has_place(system.probe):
        if system.state != "retired":
            why = _UNASKED if isinstance(system.probe, Missing) else _NOWHERE
            yield verdict(None, system.evidence, tried="?", why=why)
        return
    asked = [answer for answer in system.probe.ports if answer.ip.version == 6 and answer.role == "service"]
    if not asked:  # without an AAAA record there is nothing to ask; that is system-aaaa's finding
        return
    answered = any(answer.open and _steadily(answer) for answer in asked)
    silent = any(answer.open is None for answer in asked)
    tried = ", ".join(f"[{answer.ip}]:{answer.port}{_lost(answer)}" for answer in asked)
    ok = True if answered else None if silent else False
    yield verdict(ok, *(answer.evidence for answer in asked), tried=tried, why=_SILENT)


_UNASKED = Text("没有探测", "it was not probed")
_NOWHERE = Text("登记表既没有域名也没有地址和端口", "the register has neither a name nor an address and a port of it")
_SILENT = Text("既未接受也未拒绝连接", "it neither took nor refused a connection")


def _has_place(probe: ServiceProbe) -> bool:
    """Whether there was anything to ask."""
    return probe.names is not None or any(answer.role == "service" for answer in probe.ports)


def _steadily(answer: PortAnswer) -> bool:
    return answer.accepted is None or answer.accepted >= _LEAST_ACCEPTED * answer.tried


def _lost(answer: PortAnswer) -> str:
    lost = 0 if answer.accepted is None else answer.tried - answer.accepted
    return f" -{lost}/{answer.tried}" if answer.open and lost else ""


@check(
    "ipv6.site-carries",
    family=Family.IPV6,
    title=Text("站点到骨干的路径开通 IPv6", "The way from the site to the backbone carries IPv6"),
    severity=Severity.HIGH,
    clauses=("plan:PR-V6-02",),
    found=Text(
        "{subject} 没有一台设备能把 IPv6 送出站点：{why}", "no device of {subject} carries IPv6 out of the site: {why}"
    ),
    unknown=Text("{subject} 的设备是否承载 IPv6 未知", "whether the devices of {subject} carry IPv6 is not known"),
    remedy=Remedy(
        Text(
            "在出口设备上开启 IPv6 转发并接入骨干路由",
            "On the device at the site's edge, forward IPv6 and join the routing",
        )
    ),
)
def site_carries(site: SiteView) -> Iterator[Verdict]:
    if not site.devices:  # nobody asked what stands there
        yield verdict(None, site.evidence, why="?")
    routers = [device for device in site.devices if not _switches_only(device)]
    carrying = [_carries(device) for device in routers]
    if not routers:
        return
    why = ", ".join(device.record.target for device in routers)
    ok = True if any(carrying) else None if None in carrying else False
    yield verdict(ok, site.evidence, *(e for device in routers for e in _evidence(device)), why=why)


def _switches_only(device: SiteDevice) -> bool:
    return not isinstance(device.forwarding, Missing) and device.forwarding.ipv4 is False and not device.forwarding.ipv6


def _carries(device: SiteDevice) -> bool | None:
    if isinstance(device.forwarding, Missing) or device.forwarding.ipv6 is None:
        return None
    if not device.forwarding.ipv6:
        return False
    return None if isinstance(device.routes, Missing) else beyond(device.routes)


def _evidence(device: SiteDevice) -> list[Evidence]:
    return [fact.evidence for fact in (device.forwarding, device.routes) if not isinstance(fact, Missing)]
