"""Level 3: services that nothing should need."""

from __future__ import annotations

from collections.abc import Iterator

from checks.model import Family, Remedy, Severity, Verdict, check, verdict
from checks.policies import ServicePolicy
from inventory.facts import DeviceServices, Listener, Listeners, RemoteAccess
from inventory.text import Text


@check(
    "services.http-off",
    family=Family.LEVEL3,
    title=Text("明文 HTTP 管理已关闭", "Plain HTTP management is off"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.1-c#1", "gbt22239-2019:8.1.4.4-b#1"),
    found=Text("{subject} 开着明文 HTTP 管理", "{subject} can be managed over plain HTTP"),
    remedy=Remedy(
        Text("关闭 HTTP，需要网页管理时只用 HTTPS", "Turn HTTP off; where web management is needed, HTTPS only")
    ),
    high_risk=("HR-6.4.1.2",),
)
def http_off(access: RemoteAccess) -> Iterator[Verdict]:
    yield verdict(None if access.http is None else not access.http, access.evidence)


@check(
    "services.ftp-off",
    family=Family.LEVEL3,
    title=Text("FTP 服务已关闭", "The FTP server is off"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-b#1", "gbt22239-2019:8.1.4.1-c#1"),
    found=Text("{subject} 开着 FTP 服务", "{subject} runs an FTP server"),
    remedy=Remedy(Text("关闭 FTP，传文件用 SFTP", "Turn FTP off and move files by SFTP")),
)
def ftp_off(access: RemoteAccess) -> Iterator[Verdict]:
    yield verdict(None if access.ftp is None else not access.ftp, access.evidence)


@check(
    "services.no-risky-ports",
    family=Family.LEVEL3,
    title=Text("没有不必要的高危端口", "No risky port listens"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.4-b#2",),
    found=Text(
        "{subject} 对外监听高危端口 {place}（{process}）", "{subject} listens on the risky port {place} ({process})"
    ),
    remedy=Remedy(
        Text(
            "停用服务或只监听本机；确需使用的写进策略并说明",
            "Stop the service or bind it to the host itself; if needed, say so in the policy",
        )
    ),
    high_risk=("HR-6.4.3.1",),
)
def no_risky_ports(listeners: Listeners, policy: ServicePolicy) -> Iterator[Verdict]:
    risky = {port_of(item): item for item in listeners.items if _risky(item, policy)}
    for place, item in sorted(risky.items()):
        process = item.process or "?"
        shown = item.evidence or listeners.evidence
        yield verdict(False, shown, place=place, port=item.port, protocol=item.protocol, process=process)
    if not risky:
        yield verdict(True, listeners.evidence)


def port_of(listener: Listener) -> str:
    """``tcp/23``."""
    return f"{listener.protocol}/{listener.port}"


def _risky(listener: Listener, policy: ServicePolicy) -> bool:
    ports = policy.risky_tcp if listener.protocol == "tcp" else policy.risky_udp
    return listener.port in ports and not listener.local_only and port_of(listener) not in policy.allowed


@check(
    "services.unneeded-off",
    family=Family.LEVEL3,
    title=Text("设备自带的多余服务已关闭", "Services of the device's own that nothing needs are off"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.4.4-b#1", "gbt22239-2019:8.1.4.4-a#2~"),
    found=Text("{subject} 开着多余服务 {place}", "{subject} runs the service {place}, which nothing should need"),
    unknown=Text(
        "{subject} 的自带服务没有写明，默认值随版本而异",
        "{subject}: services of its own are not written, and the default depends on the release",
    ),
    remedy=Remedy(Text("关闭用不到的服务", "Turn it off")),
    high_risk=("HR-6.4.3.1",),
)
def unneeded_off(services: DeviceServices) -> Iterator[Verdict]:
    running = [service for service in services.items if service.on]
    for service in running:
        yield verdict(False, service.evidence, place=service.name, command=service.evidence.excerpt.splitlines()[-1])
    if not running:
        told = services.complete or bool(services.items)
        shown = [service.evidence for service in services.items] or [services.evidence]
        yield verdict(True if told else None, *shown)
