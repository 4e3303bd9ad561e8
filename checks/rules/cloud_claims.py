"""Cloud migration: what was found, against the claim that a system runs on the cloud."""

from __future__ import annotations

from collections.abc import Iterator

from checks.claims import (
    Sign,
    addresses,
    copies,
    databases,
    declared_on_cloud,
    host,
    identity,
    old_host,
    old_page,
    old_port,
    old_programs,
    old_uses,
    service,
)
from checks.model import Family, Remedy, Severity, Today, Verdict, check, verdict
from checks.policies import CloudPolicy
from inventory.errors import Missing
from inventory.text import Text
from inventory.views import SystemView

_FOUND = Text("{subject} 申报已上云，但{seen}", "{subject} is declared on the cloud, yet {seen}")
_UNKNOWN = Text("{subject} 申报已上云，{seen}", "{subject} is declared on the cloud; {seen}")


def _judged(system: SystemView, sign: Sign | None) -> Iterator[Verdict]:
    """The verdict of one sign; none where the system claims nothing, or there is nothing to look at."""
    if sign is not None and declared_on_cloud(system):
        yield verdict(sign.stands, system.evidence, *sign.evidence, seen=sign.seen)


@check(
    "cloud.service-answers",
    family=Family.CLOUD,
    title=Text("申报已上云的系统在云上应答", "A system declared on the cloud answers there"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text("查明服务是否上线、域名是否指向云上地址", "Find out whether it is live and where its name points")
    ),
)
def service_answers(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, service(system))


@check(
    "cloud.addresses-in-cloud",
    family=Family.CLOUD,
    title=Text("已上云系统的地址在云的地址段内", "The addresses of a migrated system are the cloud's"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text(
            "把域名解析切换到云上地址；云的地址段写在剧本 policy.cloud.prefixes",
            "Point the name at the cloud; the cloud's blocks stand in the playbook's policy.cloud.prefixes",
        )
    ),
)
def addresses_in_cloud(system: SystemView, policy: CloudPolicy) -> Iterator[Verdict]:
    yield from _judged(system, addresses(system, policy.prefixes))


@check(
    "cloud.own-room-left",
    family=Family.CLOUD,
    title=Text("已上云系统不再由自有机房的物理机提供服务", "No machine in an own room serves a migrated system"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01", "plan:PR-CLD-05"),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text(
            "把生产实例迁到云主机；登记有误的改正", "Move production to a cloud host; correct what is declared wrongly"
        )
    ),
)
def own_room_left(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, host(system))


@check(
    "cloud.old-host-silent",
    family=Family.CLOUD,
    title=Text("已上云系统的旧主机不再提供服务", "The old host of a migrated system no longer serves"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text(
            "确认生产已切换后停用旧主机；未切换的改正申报",
            "Shut the old host down once production has moved; if it has not, correct the register",
        )
    ),
)
def old_host_silent(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, old_port(system))


@check(
    "cloud.old-page-gone",
    family=Family.CLOUD,
    title=Text("旧主机不再提供同样的页面和证书", "The old host no longer serves the same page and certificate"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text("停用旧主机上的站点，收回其证书", "Take the site off the old host and withdraw its certificate")
    ),
)
def old_page_gone(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, old_page(system))


@check(
    "cloud.old-address-gone",
    family=Family.CLOUD,
    title=Text("旧地址已从网络上消失", "The old address is gone from the network"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text(
            "旧主机下电；地址已改作他用的，从登记表中清除原地址",
            "Switch the old host off; where the address serves something else, take it out of the register",
        )
    ),
)
def old_address_gone(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, old_host(system))


@check(
    "cloud.old-programs-stopped",
    family=Family.CLOUD,
    title=Text("旧主机上的数据库和中间件已停止", "Databases and middleware of the old host have stopped"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text("核对数据已迁移后停止旧主机上的服务", "Stop the services once the data are known to have moved")
    ),
)
def old_programs_stopped(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, old_programs(system))


@check(
    "cloud.old-address-unused",
    family=Family.CLOUD,
    title=Text("没有人再连接旧地址", "Nobody is connected with the old address"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text("把仍连旧地址的应用改到云上地址", "Point the programs that still use the old address at the cloud")
    ),
)
def old_address_unused(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, old_uses(system))


@check(
    "cloud.copies-elsewhere",
    family=Family.CLOUD,
    title=Text("已上云系统的备份不在自有机房", "A migrated system is not backed up into an own room"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text(
            "把备份改到云上或异地；机房腾退前完成",
            "Back it up on the cloud or elsewhere, before the room is closed",
        )
    ),
)
def copies_elsewhere(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, copies(system))


@check(
    "cloud.databases-elsewhere",
    family=Family.CLOUD,
    title=Text("已上云系统的数据库不在自有机房", "A migrated system works on no database in an own room"),
    severity=Severity.HIGH,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text("把数据库一并迁到云上；共用库的另行登记", "Move the database as well; declare it if it is shared")
    ),
)
def databases_elsewhere(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, databases(system))


@check(
    "cloud.certificate-names-it",
    family=Family.CLOUD,
    title=Text("已上云系统出示自己的证书", "A migrated system shows a certificate of its own"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-CLD-01",),
    found=_FOUND,
    unknown=_UNKNOWN,
    remedy=Remedy(
        Text("查明该地址上是不是本系统，更换证书", "Find out whether it is the system that answers there; change it")
    ),
)
def certificate_names_it(system: SystemView) -> Iterator[Verdict]:
    yield from _judged(system, identity(system))


@check(
    "cloud.certificate-current",
    family=Family.CLOUD,
    title=Text("已上云系统的证书在有效期内", "The certificate of a migrated system is current"),
    severity=Severity.MEDIUM,
    clauses=("plan:PR-CLD-01",),
    found=Text("{subject} 在 {where} 的证书已于 {day} 过期", "{subject}: its certificate at {where} expired on {day}"),
    unknown=Text("{subject} 在 {where} 的证书读不出", "{subject}: its certificate at {where} could not be read"),
    remedy=Remedy(Text("更换证书", "Renew the certificate")),
)
def certificate_current(system: SystemView, today: Today) -> Iterator[Verdict]:
    if not declared_on_cloud(system) or isinstance(system.probe, Missing):
        return
    for page in system.probe.pages:
        if page.role == "service" and page.url.startswith("https:"):
            expires = page.tls_expires
            yield verdict(
                None if expires is None else expires.date() >= today.date,
                page.evidence,
                place=str(page.ip or ""),
                where=str(page.ip or "?"),
                day=expires.date().isoformat() if expires else "?",
            )
