"""Level 3: what is kept of systems and assets by the register: copies, tests, support, importance, approvals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from checks.model import Check, Family, Remedy, Scope, Severity, Today, Verdict, check, verdict
from checks.policies import ProtectionPolicy
from checks.sentences import first_of
from inventory.facts import ConfigBackup
from inventory.register import says_none
from inventory.text import Text
from inventory.views import CensusView, GradedSystem, SystemView

_SHOWN = 8  # devices that a finding names
_ON_CLOUD = frozenset({"city-cloud", "domestic-cloud", "province", "state"})


def _graded(census: CensusView) -> list[GradedSystem]:
    return [system for system in census.graded if (system.level or 0) >= 3]


def _done_lately(
    name: str,
    clauses: tuple[str, ...],
    title: Text,
    what: Text,
    mend: Text,
    day_of: Callable[[GradedSystem], date | None],
    most_of: Callable[[ProtectionPolicy], int],
    *risks: str,
) -> Check:
    """A check that something was done to every system of level 3 within some days."""

    def judge(system: SystemView, today: Today, policy: ProtectionPolicy) -> Iterator[Verdict]:
        if system.graded is None or (system.graded.level or 0) < 3:
            return
        day, most = day_of(system.graded), most_of(policy)
        days = (today.date - day).days if day else None
        ok = None if days is None else days <= most
        yield verdict(ok, system.evidence, days="?" if days is None else days, most=most)

    return check(
        f"systems.{name}",
        family=Family.LEVEL3,
        title=title,
        severity=Severity.HIGH,
        clauses=tuple(f"gbt22239-2019:{clause}" for clause in clauses),
        found=Text(
            f"{{subject}} 距最近一次{what.zh} {{days}} 天，应不超过 {{most}} 天",
            f"{{subject}}: {{days}} days since the last {what.en}, {{most}} at most are wanted",
        ),
        unknown=Text(
            f"{{subject}} 没有登记最近一次{what.zh}的日期", f"{{subject}}: no date of its last {what.en} is declared"
        ),
        remedy=Remedy(mend),
        high_risk=risks,
    )(judge)


backed_up = _done_lately(
    "backed-up",
    ("8.1.4.9-a#1~", "8.1.4.9-a#3~"),
    Text("三级系统的数据按时备份", "Data of level-3 systems are backed up in time"),
    Text("备份", "backup"),
    Text("按策略备份并登记日期", "Back up by the policy and declare the date"),
    lambda system: system.last_backup,
    lambda policy: policy.backup_max_days,
    "HR-6.4.6.1",
)
restored = _done_lately(
    "restore-tested",
    ("8.1.4.9-a#4~",),
    Text("三级系统的备份做过恢复测试", "Backups of level-3 systems were tested to restore"),
    Text("恢复测试", "restore test"),
    Text("做恢复测试并登记日期、保存记录", "Test that it restores, keep the record, declare the date"),
    lambda system: system.last_restore,
    lambda policy: policy.restore_test_max_days,
)


@check(
    "systems.backed-up-elsewhere",
    family=Family.LEVEL3,
    title=Text("三级系统有异地备份", "Level-3 systems are backed up at another place"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.4.9-b#1~",),
    found=Text("{place} 的异地备份就在 {where}", "the off-site backup of {place} lies at {where} itself"),
    unknown=Text("{place} 没有登记异地备份地点", "{place}: no place of an off-site backup is declared"),
    remedy=Remedy(Text("把备份实时传到异地机房并登记", "Send backups to another place in real time and declare it")),
)
def backed_up_elsewhere(census: CensusView) -> Iterator[Verdict]:
    systems = _graded(census)
    for system in systems:
        ok = None if system.backup_site is None else system.backup_site != system.site
        yield verdict(ok, system.evidence, place=system.name, where=system.backup_site or "?")
    if not systems:
        yield verdict(None, place="-", where="?")


@check(
    "systems.cloud-data-copied",
    family=Family.LEVEL3,
    title=Text("云上系统的数据在本地留有副本", "Data of systems on the cloud are copied home"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.2.4.6-a#1~",),
    found=Text(
        "{place} 在云上，已登记的副本地点是 {where}", "{place} runs on the cloud; its copy is declared at {where}"
    ),
    unknown=Text("{place} 没有登记本地副本地点", "{place}: no place of a copy at home is declared"),
    remedy=Remedy(Text("把业务数据备份到本地并登记", "Copy the data home and declare where")),
    high_risk=("HR-7.4.3.1",),
)
def cloud_data_copied(census: CensusView) -> Iterator[Verdict]:
    for system in (s for s in _graded(census) if s.hosted in _ON_CLOUD):
        place = (system.backup_site or "").strip()
        none = says_none(place) or "云" in place or "cloud" in place.lower()
        ok = None if not place else not none
        yield verdict(ok, system.evidence, place=system.name, where=place or "?")


@check(
    "systems.crypto-assessed",
    family=Family.LEVEL3,
    title=Text("三级系统通过密码应用安全性评估", "Cryptography of level-3 systems was assessed"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.9.3-b#2~", "gbt22239-2019:8.1.10.9-b#1~"),
    found=Text("{place} 没有通过密评", "the cryptography of {place} was not assessed"),
    unknown=Text("{place} 是否通过密评没有登记", "{place}: whether its cryptography was assessed is not declared"),
    remedy=Remedy(Text("采用获批的密码产品，委托密评并登记", "Use approved products and have it assessed")),
)
def crypto_assessed(census: CensusView) -> Iterator[Verdict]:
    systems = _graded(census)
    for system in systems:
        yield verdict(system.crypto_assessed, system.evidence, place=system.name)
    if not systems:
        yield verdict(None, place="-")


@check(
    "systems.evaluated-after-change",
    family=Family.LEVEL3,
    title=Text("重大变更后重新测评", "A great change was followed by an evaluation"),
    severity=Severity.MEDIUM,
    clauses=("gbt22239-2019:8.1.9.9-b#2~",),
    found=Text(
        "{place} 于 {day} 上线或迁移，此后没有测评", "{place} went live or moved on {day} and was not evaluated since"
    ),
    unknown=Text("{place} 的上线、迁移或测评日期没有登记", "{place}: when it changed or was evaluated is not declared"),
    remedy=Remedy(Text("变更后重新测评并登记日期", "Have it evaluated again and declare the date")),
)
def evaluated_after_change(census: CensusView, today: Today) -> Iterator[Verdict]:
    systems = _graded(census)
    for system in systems:
        changed = system.changed if system.changed and system.changed <= today.date else None
        ok = None if changed is None or system.last_evaluation is None else system.last_evaluation >= changed
        yield verdict(ok, system.evidence, place=system.name, day=changed.isoformat() if changed else "?")
    if not systems:
        yield verdict(None, place="-", day="?")


@check(
    "assets.supported",
    family=Family.LEVEL3,
    title=Text("没有停止服务的设备", "No device is out of support"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.10.5-a#2~", "gbt22239-2019:8.1.4.4-e"),
    found=Text("{place} 已于 {day} 停止服务，不再有补丁", "{place} is out of support since {day}: nobody mends it"),
    unknown=Text("普查表没有登记任何设备的停止服务日期", "the register declares no end of support of any device"),
    remedy=Remedy(Text("更换，或购买延长服务", "Replace it, or buy extended support")),
)
def supported(census: CensusView, today: Today) -> Iterator[Verdict]:
    dated = [device for device in census.devices if device.support_ends]
    over = [device for device in dated if device.support_ends and device.support_ends < today.date]
    for device in over:
        day = device.support_ends.isoformat() if device.support_ends else "?"
        yield verdict(False, device.evidence, place=device.name, day=day)
    if not over:
        yield verdict(True if dated else None, census.evidence, place="", day="?")


@check(
    "assets.importance-declared",
    family=Family.LEVEL3,
    title=Text("资产按重要程度标识", "Assets are marked by importance"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.10.2-b#1~",),
    found=Text("{count} 台设备没有填重要程度：{names}", "{count} devices are of no declared importance: {names}"),
    unknown=Text("没有设备填写重要程度", "no device is of declared importance"),
    remedy=Remedy(Text("在设备表填写重要程度并贴标识", "Fill in the importance of devices, and label them")),
)
def importance_declared(census: CensusView) -> Iterator[Verdict]:
    empty = [device for device in census.devices if device.importance is None]
    some = len(empty) < len(census.devices)  # where nobody filled in any, the column is not in use yet
    names = first_of((device.name for device in empty), _SHOWN)
    shown = [device.evidence for device in empty[:_SHOWN]]
    yield verdict(not empty if some else None, *shown, census.evidence, count=len(empty), names=names or "-")


@check(
    "connections.approved",
    family=Family.LEVEL3,
    title=Text("与外部的连接都经批准", "Every connection with the outside is approved"),
    severity=Severity.HIGH,
    clauses=("gbt22239-2019:8.1.10.6-j#2~",),
    found=Text("{place} 没有经过批准", "{place} is not approved"),
    unknown=Text("{place} 是否经批准没有登记", "whether {place} is approved is not declared"),
    remedy=Remedy(Text("补办批准，否则断开", "Have it approved, or disconnect it")),
)
def connections_approved(census: CensusView) -> Iterator[Verdict]:
    for connection in census.connections:
        yield verdict(connection.approved, connection.evidence, place=connection.name)
    if not census.connections:
        yield verdict(None, place="-")


@check(
    "components.crypto-certified",
    family=Family.LEVEL3,
    title=Text("VPN 等密码产品有证书", "VPNs and other cryptographic products are certified"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.9.3-b#2~",),
    found=Text(
        "密码产品 {place} 登记为没有证书", "the cryptographic product {place} is declared without a certificate"
    ),
    unknown=Text("密码产品 {place} 没有登记证书编号", "{place}: no certificate of a cryptographic product is declared"),
    remedy=Remedy(Text("查明商用密码产品认证证书并登记", "Find the certificate of the product and declare it")),
)
def crypto_certified(census: CensusView) -> Iterator[Verdict]:
    for component in (c for c in census.components if c.function == "vpn"):
        number = (component.crypto_no or "").strip()
        ok = None if not number else not says_none(number)
        yield verdict(ok, component.evidence, place=component.name)


_SAVING = {
    "huawei_vrp": "save",
    "h3c_comware": "save",
    "ruijie_rgos": "write",
    "zte_zxros": "write",
    "hillstone_stoneos": "save",
    "cisco_ios": "copy running-config startup-config",
    "cisco_nxos": "copy running-config startup-config",
    "cisco_asa": "write memory",
}
# What is changed there is saved with it: nothing is left to be done, unless they are told otherwise.
_SAVES_ITSELF = frozenset({"fortinet_fortios", "juniper_junos"})


@check(
    "configuration.saved",
    family=Family.LEVEL3,
    title=Text("运行配置已保存", "What runs is what was saved"),
    severity=Severity.LOW,
    clauses=("gbt22239-2019:8.1.10.8-b#2~", "gbt22239-2019:8.1.10.6-g#3~", "gbt22239-2019:8.1.4.9-a#1~"),
    found=Text(
        "{subject} 的运行配置没有保存，重启即丢失",
        "{subject} runs a configuration that was never saved: a restart loses it",
    ),
    remedy=Remedy(
        Text("核对变更后保存配置并更新配置库", "Check what changed, save it, and update the configuration archive"),
        _SAVING,
    ),
    scope=Scope(platforms=_SAVES_ITSELF.union(_SAVING)),  # a host keeps its settings in files
)
def saved(backup: ConfigBackup) -> Iterator[Verdict]:
    yield verdict(backup.saved, backup.evidence)
