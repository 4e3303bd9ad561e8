"""Differences between register and network as rows that a unit decides on."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any

from inventory.addresses import address
from inventory.facts import Identity
from inventory.reconcile import Conflict, Difference, Reconciled
from inventory.register import SHEETS, Device, NetworkDevice, Register, SecurityComponent, Server, Sheet, Storage
from inventory.register.column import Choice, Column, Row, columns
from inventory.snapshot import Network
from inventory.text import Text


class Dispute(Choice):
    """How a row of the worksheet came about."""

    CONFLICTING = "conflicting", "信息不符"
    EMPTY = "empty", "登记表未填", "not filled in"
    NOT_FOUND = "not-found", "登记而未找到", "not found"
    STALE = "stale", "数据过旧"


class Ruling(Choice):
    """What a unit decides of a value in dispute."""

    FOUND = "found", "采用发现值", "take the found value"
    DECLARED = "declared", "保留登记值", "keep the declared value"
    IGNORE = "ignore", "忽略"


class Admission(Choice):
    """What a unit decides of a device that no sheet declares."""

    FOUND = "found", "采用发现值", "take the found value"
    IGNORE = "ignore", "忽略"


class DeviceSheet(Choice):
    """The sheet a device is to be declared in."""

    NETWORK = "network", "网络设备", "network devices"
    SERVER = "server", "服务器", "servers"
    SECURITY = "security", "安全设备", "security components"
    STORAGE = "storage", "存储", "storage"


_SPARED = Text("忽略时必须填写", "needed to ignore")
_CORRECTED = Text("可更正后采用；找不到的设备采用空值即从登记表删除", "may be corrected; a device not found is removed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed(Row):
    """One value of one declared device: as declared, as found, and what the unit decides."""

    difference: Annotated[Dispute, Column("差异", "Difference", census=False)]
    unit: Annotated[str | None, Column("所属单位", "Unit", census=False)] = None
    site: Annotated[str | None, Column("所在站点", "Site", census=False)] = None
    asset_no: Annotated[str, Column("资产编号", "Asset no.", census=False)]
    name: Annotated[str | None, Column("设备名称", "Name", census=False)] = None
    target: Annotated[str | None, Column("采集目标", "Target", census=False)] = None
    field: Annotated[str | None, Column("字段", "Field", census=False)] = None
    declared: Annotated[str | None, Column("登记值", "Declared value", census=False)] = None
    found: Annotated[str | None, Column("发现值", "Found value", _CORRECTED)] = None
    last_found: Annotated[date | None, Column("最近发现日期", "Last found", census=False)] = None
    ruling: Annotated[Ruling | None, Column("决定", "Decision")] = None
    reason: Annotated[str | None, Column("原因", "Reason", _SPARED)] = None
    decided_by: Annotated[str | None, Column("填写人", "Decided by")] = None

    @property
    def key(self) -> tuple[str, str]:
        """Kind and subject under which a decision on it is kept: another value found is another question."""
        return _key(self.difference.value, self.asset_no, self.field, self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger(Row):
    """One device that was found or heard of and that no sheet declares."""

    found_as: Annotated[str, Column("发现为", "Found as", census=False)]
    heard_by: Annotated[str | None, Column("由谁发现", "Heard by", census=False)] = None
    sheet: Annotated[DeviceSheet | None, Column("登记到", "Declare among")] = None
    asset_no: Annotated[str | None, Column("资产编号", "Asset no.")] = None
    name: Annotated[str | None, Column("设备名称", "Name")] = None
    unit: Annotated[str | None, Column("所属单位", "Unit")] = None
    site: Annotated[str | None, Column("所在站点", "Site")] = None
    vendor: Annotated[str | None, Column("厂商", "Vendor")] = None
    model: Annotated[str | None, Column("型号", "Model")] = None
    serial: Annotated[str | None, Column("序列号", "Serial no.")] = None
    mgmt_ip4: Annotated[IPv4Address | None, Column("管理 IPv4", "Management IPv4")] = None
    mgmt_ip6: Annotated[IPv6Address | None, Column("管理 IPv6", "Management IPv6")] = None
    release: Annotated[str | None, Column("系统版本", "Release")] = None
    ruling: Annotated[Admission | None, Column("决定", "Decision")] = None
    reason: Annotated[str | None, Column("原因", "Reason", _SPARED)] = None
    decided_by: Annotated[str | None, Column("填写人", "Decided by")] = None

    @property
    def key(self) -> tuple[str, str]:
        """Kind and subject under which a decision on it is kept."""
        return Difference.UNDECLARED.value, self.found_as


WORKSHEET = (
    Sheet("disputed", Disputed, Text("核对", "Compare")),
    Sheet("strangers", Stranger, Text("未登记", "Undeclared")),
)
KIND_OF_SHEET: Mapping[DeviceSheet, type[Device]] = {
    DeviceSheet.NETWORK: NetworkDevice,
    DeviceSheet.SERVER: Server,
    DeviceSheet.SECURITY: SecurityComponent,
    DeviceSheet.STORAGE: Storage,
}
_SHEET_OF_KIND = {
    **dict.fromkeys(("router", "switch", "firewall", "wireless"), DeviceSheet.NETWORK),
    "server": DeviceSheet.SERVER,
    "storage": DeviceSheet.STORAGE,
}
_SAID = ("vendor", "model", "serial", "release")  # fields of the same name in Identity and register
_WHOLE = {Difference.NOT_FOUND: Dispute.NOT_FOUND, Difference.STALE: Dispute.STALE}  # of the device, not of a field
LastFound = Callable[[str], date | None]


def _key(difference: str, asset_no: str, field: str | None = None, found: str | None = None) -> tuple[str, str]:
    return difference, f"{asset_no} {field}={found}" if field else asset_no


def key_of(register: Register, each: Reconciled, conflict: Conflict | None = None) -> tuple[str, str]:
    """Kind and subject under which a decision on a difference, or on one of its conflicts, is kept."""
    device = register.device(each.asset_no or "")
    if device is None:
        return each.difference.value, each.subject
    if conflict is None:
        return _key(each.difference.value, device.asset_no)
    column = next((c.zh for c in columns(type(device)) if c.name == conflict.column), None)
    return _key(each.difference.value, device.asset_no, column, conflict.found)


def sheet_of(kind: str | None) -> DeviceSheet | None:
    """Where a device of this kind (``Identity.kind``) is declared; None: the kind does not tell."""
    return _SHEET_OF_KIND.get(kind or "")


def attribute_of(kind: type[Row]) -> str:
    """The register's attribute that holds rows of this kind."""
    return next(sheet.attribute for sheet in SHEETS if sheet.rows is kind)


def disputed(
    register: Register,
    network: Network,
    reconciled: Iterable[Reconciled],
    settled: Container[tuple[str, str]],
    last_found: LastFound,
) -> Iterator[Disputed]:
    """A row for everything of the declared devices that waits for a decision; what is settled is left out."""
    for each in reconciled:
        device = register.device(each.asset_no or "")
        if device is not None:
            for row in _disputed(device, each, network, last_found):
                if row.key not in settled:
                    yield row


def _disputed(device: Device, each: Reconciled, network: Network, last_found: LastFound) -> Iterator[Disputed]:
    if each.difference is Difference.NOT_ASKED:
        return

    def row(difference: Dispute, field: Column | None = None, declared: str = "", found: str = "") -> Disputed:
        return Disputed(
            difference=difference,
            unit=each.unit,
            site=each.site,
            asset_no=device.asset_no,
            name=device.name,
            target=each.target,
            field=field.zh if field else None,
            declared=declared or None,
            found=found or None,
            last_found=last_found(each.target) if each.target else None,
        )

    if each.difference in _WHOLE:
        yield row(_WHOLE[each.difference], None, device.label)
        return
    by_name = {column.name: column for column in columns(type(device))}
    for conflict in each.conflicts:
        if conflict.column:
            yield row(Dispute.CONFLICTING, by_name[conflict.column], conflict.declared, conflict.found)
    # What a stack says of itself is of its master, not of its further members.
    for name, found in () if each.matched_by == "stack" else _told(each, network):
        if getattr(device, name) is None:
            yield row(Dispute.EMPTY, by_name[name], "", found)


def _told(each: Reconciled, network: Network) -> Iterator[tuple[str, str]]:
    """What a matched device says of fields of the register."""
    record = network.record(each.target or "")
    identity = network.fact(each.target or "", Identity)
    if record is None or not isinstance(identity, Identity):
        return
    said = {"name": identity.hostname} | {name: getattr(identity, name) for name in _SAID}
    yield from ((name, value) for name, value in said.items() if value)
    yield f"mgmt_ip{address(record.address).version}", record.address


def strangers(
    register: Register, network: Network, reconciled: Iterable[Reconciled], settled: Container[tuple[str, str]]
) -> Iterator[Stranger]:
    """A row for each undeclared device that waits for a decision."""
    for each in reconciled:
        if each.difference is Difference.UNDECLARED:
            row = _stranger(register, network, each)
            if row.key not in settled:
                yield row


def _stranger(register: Register, network: Network, each: Reconciled) -> Stranger:
    site = register.site(each.site or "")
    place: dict[str, Any] = {"unit": site.unit if site else None, "site": site.name if site else None}
    record = network.record(each.target) if each.target else None
    if record is None:
        return Stranger(found_as=each.subject, heard_by=each.heard_by or None, name=each.subject, **place)
    identity = network.fact(record.target, Identity)
    known = identity if isinstance(identity, Identity) else Identity()
    ip = address(record.address)
    return Stranger(
        found_as=record.target,
        sheet=sheet_of(known.kind),
        asset_no=record.target,
        name=known.hostname or record.target,
        mgmt_ip4=ip if isinstance(ip, IPv4Address) else None,
        mgmt_ip6=ip if isinstance(ip, IPv6Address) else None,
        **place,
        **{name: getattr(known, name) for name in _SAID},
    )
