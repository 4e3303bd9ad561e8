"""The machine rooms that the simulated county declares: its own, and departments' that are to be given up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from inventory.register import Room, RoomClass
from playbooks.demo.county import CENTRE

ROOM, BUREAU = "县信息中心机房", "县政务服务数据管理局"


def rooms() -> Iterator[Room]:
    """The centre's room stays. Of the others one is empty, one is in use, and of one it is not known."""
    centre = Room(
        name=ROOM,
        unit=BUREAU,
        site=CENTRE,
        address="县城行政中心",
        floor="3",
        area_m2=120.0,
        class_gb50174=RoomClass.B,
        racks_total=8,
        racks_used=8,
        ups_kva=60.0,
        ups_minutes=120.0,
        mains_feeds=2,
        cooling="N+1 精密空调",
        fire_system="七氟丙烷",
        access_control=True,
        cctv=True,
        leak_sensor=True,
        owner="值班长",
        standalone=False,
        built_year=2018,
    )
    yield centre
    alone = replace(centre, site=None, racks_total=1, racks_used=1, area_m2=20.0, standalone=True)
    for unit, year in (("县财政局", 2012), ("县水务局", 2022), ("县气象局", 2015)):
        yield replace(
            alone, name=f"{unit}机房", unit=unit, address=f"{unit}大楼", built_year=year,
            plan_merge_date=date(2025, 12, 31),
        )  # fmt: skip
