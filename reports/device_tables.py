"""What one device told, as tables that a person reads: interfaces, addresses, what it learned, hardware, software."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inventory.errors import Missing
from inventory.facts import (
    Addresses,
    Counters,
    Entities,
    Fact,
    Identity,
    Interfaces,
    LearnedMacs,
    Listeners,
    Neighbours,
    ResolvedAddresses,
    Routes,
    RunningServices,
    Sensors,
    Software,
    Storages,
)
from inventory.snapshot import Snapshot
from inventory.spans import spans
from inventory.text import Language, Text
from reports.wording import CHINA

_YES = {True: Text("是", "yes"), False: Text("否", "no")}
_UP = {True: Text("开", "up"), False: Text("关", "down")}
_OK = {True: Text("正常", "ok"), False: Text("异常", "failed")}
_EVERYWHERE = {4: "0.0.0.0", 6: "::", None: "*"}  # noqa: S104 - how a socket open at every address is written
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_CLOCK = timedelta(minutes=1)  # uptime is read before the tables
Cell = Text | str
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """Where a row is made: the device, and when it last started where it says so."""

    snapshot: Snapshot
    started: datetime | None


@dataclass(frozen=True, slots=True)
class DeviceTable:
    """One kind of fact as a table. ``rows`` makes its cells, one for each heading."""

    kind: type[Fact]
    headings: tuple[Text, ...]
    rows: Callable[[Any, Told], Iterable[Row]]


def told_of(snapshot: Snapshot) -> Told:
    """What rows of a device are made with."""
    identity = snapshot.fact(Identity)
    up = None if isinstance(identity, Missing) else identity.uptime_s
    return Told(snapshot, None if up is None else snapshot.record.taken_at - timedelta(seconds=up))


def cells(row: Row, language: Language) -> tuple[str, ...]:
    """A row in the reader's language."""
    return tuple(cell.say(language) if isinstance(cell, Text) else cell for cell in row)


def _word(value: object, words: Mapping[bool, Text] = _YES) -> Cell:
    """A value as it is read; empty where it is not told."""
    if isinstance(value, bool):
        return words[value]
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else str(value)


def _fields(*names: str) -> Callable[[Any, Told], Iterator[Row]]:
    """Rows that are fields of the items."""
    return lambda fact, _: (tuple(_word(getattr(each, name)) for name in names) for each in fact.items)


def _interfaces(fact: Interfaces, told: Told) -> Iterator[Row]:
    for each in fact.items:
        changed = None
        if told.started and each.last_change_s is not None:
            changed = told.started + timedelta(seconds=each.last_change_s)
        if changed and changed > told.snapshot.record.taken_at + _CLOCK:  # uptimes begin anew after 497 days
            changed = None
        yield (
            *map(_word, (each.name, each.alias, each.kind, each.speed_mbps, each.duplex, each.mtu)),
            *(_word(state, _UP) for state in (each.admin_up, each.oper_up)),
            _word(each.mac),
            changed.astimezone(CHINA).strftime("%Y-%m-%d %H:%M") if changed else "",
            _word(each.aggregate),
            spans(each.vlans),
        )


def _addresses(fact: Addresses, _: Told) -> Iterator[Row]:
    for each in fact.items:
        shown = str(each.ip) if each.prefix_known else str(each.ip.ip)
        yield tuple(map(_word, (each.interface, shown, each.origin, each.status)))


def _neighbours(fact: Neighbours, _: Told) -> Iterator[Row]:
    for each in fact.items:
        said = (each.interface, each.protocol, each.name, each.port, each.chassis_id)
        yield (*map(_word, said), ", ".join(map(str, each.addresses)), _word(each.descr))


def _routes(fact: Routes, _: Told) -> Iterator[Row]:
    yield Text("IPv4 路由数", "IPv4 routes"), _word(fact.ipv4)
    yield Text("IPv6 路由数", "IPv6 routes"), _word(fact.ipv6)
    yield Text("IPv6 学到的路由数", "IPv6 routes learned"), _word(fact.ipv6_learned)
    for each in fact.defaults:
        way = (each.via, each.interface, each.protocol, each.vrf)
        shown = " ".join(str(part) for part in way if part is not None)
        yield Text(f"IPv{each.family} 默认路由", f"IPv{each.family} default route"), shown


def _sensors(fact: Sensors, _: Told) -> Iterator[Row]:
    for each in fact.items:
        value = "" if each.value is None else f"{each.value:g} {each.unit}".strip()
        yield each.name, each.kind, value, _word(each.ok, _OK)


def _storages(fact: Storages, _: Told) -> Iterator[Row]:
    for each in fact.items:
        share = f"{each.used_bytes / each.size_bytes:.0%}" if each.size_bytes and each.used_bytes is not None else ""
        yield each.name, _word(each.kind), _bytes(each.size_bytes), _bytes(each.used_bytes), share


def _listeners(fact: Listeners, _: Told) -> Iterator[Row]:
    for each in fact.items:
        everywhere = _EVERYWHERE[each.family]
        yield each.protocol, str(each.port), everywhere if each.ip is None else str(each.ip), _word(each.process)


def _bytes(count: int | None) -> str:
    if count is None:
        return ""
    size, unit = float(count), 0
    while size >= 1024 and unit < len(_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{size:.4g} {_UNITS[unit]}"


_NAME = Text("名称", "Name")
_INTERFACE = Text("接口", "Interface")
_KIND = Text("类型", "Kind")
_STATE = Text("状态", "State")
_MAC = Text("MAC", "MAC")
_ADDRESS = Text("地址", "Address")
_DESCR = Text("描述", "Description")

# By the word that chooses each.
TABLES: Mapping[str, DeviceTable] = {
    "interfaces": DeviceTable(
        Interfaces,
        (
            *(_NAME, _DESCR, _KIND, Text("速率 Mbit/s", "Mbit/s"), Text("双工", "Duplex"), Text("MTU", "MTU")),
            *(Text("管理", "Admin"), Text("运行", "Oper"), _MAC, Text("状态始于", "Since")),
            *(Text("聚合", "Bundle"), Text("VLAN", "VLANs")),
        ),
        _interfaces,
    ),
    "addresses": DeviceTable(Addresses, (_INTERFACE, _ADDRESS, Text("来源", "Origin"), _STATE), _addresses),
    "neighbours": DeviceTable(
        Neighbours,
        (
            *(_INTERFACE, Text("协议", "Protocol"), Text("对端", "Neighbour"), Text("对端端口", "Its port")),
            *(Text("机箱", "Chassis"), _ADDRESS, _DESCR),
        ),
        _neighbours,
    ),
    "arp": DeviceTable(
        ResolvedAddresses, (_ADDRESS, _MAC, _INTERFACE, _STATE), _fields("ip", "mac", "interface", "state")
    ),
    "macs": DeviceTable(LearnedMacs, (_MAC, Text("VLAN", "VLAN"), _INTERFACE), _fields("mac", "vlan", "interface")),
    "routes": DeviceTable(Routes, (_NAME, Text("值", "Value")), _routes),
    "modules": DeviceTable(
        Entities,
        (
            *(_NAME, _KIND, _DESCR, Text("型号", "Model"), Text("序列号", "Serial no."), Text("厂商", "Vendor")),
            *(Text("硬件", "Hardware"), Text("固件", "Firmware"), Text("软件", "Software")),
        ),
        _fields("name", "kind", "descr", "model", "serial", "vendor", "hardware", "firmware", "software"),
    ),
    "sensors": DeviceTable(Sensors, (_NAME, _KIND, Text("读数", "Reading"), _STATE), _sensors),
    "storage": DeviceTable(
        Storages, (_NAME, _KIND, Text("容量", "Size"), Text("已用", "Used"), Text("占比", "Share")), _storages
    ),
    "software": DeviceTable(
        Software,
        (_NAME, Text("版本", "Version")),
        lambda fact, _: ((name, version or "") for name, version in fact.items),
    ),
    "services": DeviceTable(RunningServices, (_NAME,), lambda fact, _: ((name,) for name in fact.items)),
    "listeners": DeviceTable(
        Listeners,
        (Text("协议", "Protocol"), Text("端口", "Port"), _ADDRESS, Text("程序", "Program")),
        _listeners,
    ),
    "counters": DeviceTable(
        Counters,
        (
            *(_INTERFACE, Text("入字节", "Octets in"), Text("出字节", "Octets out")),
            *(Text("入错", "Errors in"), Text("出错", "Errors out")),
            *(Text("入丢弃", "Discards in"), Text("出丢弃", "Discards out")),
        ),
        _fields("interface", "in_octets", "out_octets", "in_errors", "out_errors", "in_discards", "out_discards"),
    ),
}
