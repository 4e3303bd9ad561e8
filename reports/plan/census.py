"""Census and machine rooms: PR-CEN and PR-MR."""

from __future__ import annotations

from collections.abc import Iterator

from checks.rules.rooms import keeps_climate, puts_fires_out
from inventory.register import RoomClass, Tier
from inventory.register.rows import Room
from inventory.text import Text
from reports.plan.facts import PlanFacts, measures
from reports.plan.measure import DECLARED_ONLY, Told, Unmeasured, answers, at, number

_UNITS_SHEET = "单位"
_CENSUS_KINDS = frozenset({"county_dept", "institution", "town"})
_NO_ROOM = Text("没有登记机房", "no machine room is declared")


@measures("PR-CEN-01")
def census_complete(facts: PlanFacts) -> Told:
    """Units that filed their sheets with nothing left empty."""
    filed = {row.unit for row in facts.census.rows if row.sheet.zh != _UNITS_SHEET}
    incomplete = {row.unit for row in facts.census.rows if row.empty}
    asked = (unit.name for unit in facts.register.units if unit.kind.value in _CENSUS_KINDS)
    told = ((name, name in filed and name not in incomplete) for name in asked)
    return answers(told, Text("个单位填报完整", "units complete"), Text("没有登记单位", "no unit is declared"))


@measures("PR-CEN-02")
def centre_baseline(facts: PlanFacts) -> Told:
    """What stands in the county centre's room beside what the plan began with."""
    requirement = facts.plan.requirement("PR-CEN-02")
    before = requirement.baseline if requirement and isinstance(requirement.baseline, dict) else {}
    rooms = {room.name for room in _centre_rooms(facts)}
    if not rooms:
        return Unmeasured(Text("没有登记县信息中心的机房", "no room of the county centre is declared"))
    register = facts.register
    devices = [*register.servers, *register.network_devices, *register.storages]
    found = {
        "racks": sum(rack.room in rooms for rack in register.racks)
        or sum(room.racks_total or 0 for room in register.rooms if room.name in rooms),
        "devices_total": sum(device.room in rooms for device in devices),
        "business_systems": sum(system.room in rooms for system in facts.systems()),
    }
    words = {
        "racks": Text("机柜", "racks"),
        "devices_total": Text("设备", "devices"),
        "business_systems": Text("业务系统", "business systems"),
    }
    zh, en = (
        sep.join(f"{getattr(words[k], lang)} {n}{left}{before.get(k, '?')}{right}" for k, n in found.items())
        for lang, sep, left, right in (("zh", "，", "（基数 ", "）"), ("en", ", ", " (baseline ", ")"))
    )
    return number(
        [words[k] for k, n in found.items() if n != before.get(k)],
        Text("项不同", "differ"),
        note=Text(zh, en),
    )


@measures("PR-CEN-03")
def new_rooms(facts: PlanFacts) -> Told:
    """Rooms that stand alone and were built within the plan's period."""
    alone = [room for room in facts.register.rooms if room.standalone is not False]
    if not facts.register.rooms:
        return Unmeasured(_NO_ROOM)
    count = len(facts.register.rooms)
    unsure = [room.name for room in alone if room.built_year is None or room.standalone is None]
    new = [room.name for room in alone if room.name not in unsure and (room.built_year or 0) >= facts.period_start.year]
    note = Text(f"共 {count} 个机房", f"{count} rooms declared")
    return number(new, Text("个", "rooms"), unsure, note, open=DECLARED_ONLY)


@measures("PR-MR-01")
def class_b(facts: PlanFacts) -> Told:
    """Checkpoints of class B (GB 50174) that the centre's rooms declare."""
    rooms = _centre_rooms(facts)
    told = [(at(room.name, point), answer) for room in rooms for point, answer in _checkpoints(room)]
    open_ = Text("按登记，没有验收报告", "as declared, without an acceptance report")
    return answers(told, Text("个 B 级要点", "class B checkpoints"), _NO_ROOM, open=open_)


def _centre_rooms(facts: PlanFacts) -> Iterator[Room]:
    county = {site.name for site in facts.register.sites if site.tier is Tier.COUNTY}
    return (room for room in facts.register.rooms if room.site in county or room.standalone is False)


def _checkpoints(room: Room) -> Iterator[tuple[Text, bool | None]]:
    known = room.class_gb50174
    yield Text("等级", "class"), None if known is None else known in (RoomClass.A, RoomClass.B)
    yield Text("双路市电", "two mains feeds"), None if room.mains_feeds is None else room.mains_feeds > 1
    yield Text("UPS", "UPS"), None if room.ups_kva is None else room.ups_kva > 0
    yield Text("UPS 后备", "UPS backup"), None if room.ups_minutes is None else room.ups_minutes >= 15
    yield Text("制冷", "cooling"), keeps_climate(room.cooling)
    yield Text("消防", "fire system"), puts_fires_out(room.fire_system)
    yield Text("门禁", "access control"), room.access_control
    yield Text("视频监控", "CCTV"), room.cctv
    yield Text("漏水检测", "leak sensor"), room.leak_sensor
