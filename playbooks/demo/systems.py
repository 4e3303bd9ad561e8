"""The business systems of the simulated county: the plan's eight, and those that show what else may become of one.

What is planted in them stands here as well: each argument beyond the first ones but ``moved``, ``links`` and ``tls``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from playbooks.demo.model import System

BASELINE = 8  # systems that the plan counts
_FIRST_WAVE, _SECOND_WAVE = date(2021, 12, 31), date(2022, 6, 30)
_LAST_WAVE = date(2099, 12, 31)  # still to come, whenever the demo is run
_BUREAU = "县政务服务数据管理局"


def _on_cloud(name: str, title: str, unit: str, number: int, **more: Any) -> System:
    where: dict[str, Any] = {"hosted": "city-cloud", "wave": "第一批", "wave_date": _FIRST_WAVE}
    return System(name, title, unit, number, "on-cloud", **(where | more))


def _in_room(name: str, title: str, unit: str, number: int, state: str | None, **more: Any) -> System:
    where: dict[str, Any] = {"hosted": "room"}
    return System(name, title, unit, number, state, **(where | more))


def _on_its_way(name: str, title: str, unit: str, number: int, state: str, **more: Any) -> System:
    return _in_room(name, title, unit, number, state, wave="第三批", wave_date=_LAST_WAVE, tls=True, **more)


SYSTEMS = (
    _on_cloud(
        "oa", "政务协同办公OA系统", _BUREAU, 1, moved=True, tls=True, links=("/news", "/help"), backup_site="市政务云"
    ),
    _on_cloud(
        "tourism", "“一部手机游陆河”全域旅游智慧平台", "县文化广电旅游体育局", 2, tls=True,
        wrong_over_ipv6="certificate", moved=True, old_host="redirect", at_home=True,
    ),
    _on_cloud("assets", "农村集体三资管理服务平台", "县农业农村局", 3, moved=True, old_host="page"),
    _on_cloud(
        "projects", "重点项目信息管理平台", "县发展和改革局", 4, aaaa=False, hosted="domestic-cloud", own_zone=True
    ),
    _in_room(
        "archive", "数字档案管理系统", "县档案馆", 5, "not-started", wave="第二批", wave_date=_SECOND_WAVE,
        wrong_over_ipv6="content", restore_days=500,
    ),
    _in_room(
        "flood", "山洪灾害监测预警系统", "县水务局", 6, "excepted", exception_reason="technology", data_interface=True,
        links=("/map", "/warnings"), wrong_over_ipv6="links", backup_site="centre",
    ),
    _in_room(
        "payroll", "工资统发系统", "县财政局", 7, "excepted", data_interface=True, literal="10.44.7.7", backup_days=45
    ),
    _in_room(
        "portal", "县政府门户网站后台", "县政府办公室", 8, "not-started", wave="第三批", wave_date=_LAST_WAVE,
        wrong_over_ipv6="slow",
    ),
    # On the cloud by every sign, but for the database it works on; nobody renewed its certificate.
    _on_cloud("permits", "行政审批管理系统", _BUREAU, 9, tls=True, wave="第二批", wave_date=_SECOND_WAVE, expired=True),
    # Declared on the cloud, and nobody serves there.
    _on_cloud("hotline", "政务服务热线系统", _BUREAU, 10, tls=True, aaaa=False, served=False),
    # … nor did anybody say where.
    _on_cloud("meetings", "会议管理系统", "县政府办公室", 11, addressed=False),
    _in_room("weather", "气象信息发布系统", "县气象局", 12, None, hosted=None, tls=True, room="县气象局机房"),
    _on_its_way("estate", "不动产登记信息系统", "县自然资源局", 13, "assessed", literal="projects.county.example"),
    _on_its_way("trading", "公共资源交易系统", "县发展和改革局", 14, "adapting", wrong_over_ipv6="closed"),
    _on_its_way(
        "water", "智慧水务系统", "县水务局", 15, "migrating", go_live=date(2023, 5, 1), room="县水务局机房",
        wrong_over_ipv6="loop",
    ),
    _in_room("petition", "信访信息系统", "县政府办公室", 16, "retired"),
    _in_room("registry", "企业登记信息系统", "县工业和信息化局", 17, None, hosted="province", tls=True),
)  # fmt: skip

_STAYING = frozenset({"flood", "registry", "petition"})  # an exception in order, another's system, and a retired one
_NO_IPV6_YET = "projects"  # its cloud has none, and is to be changed when the contract ends


def systems(*, mended: bool = False) -> tuple[System, ...]:
    """The business systems, or what the works made of them."""
    return tuple(map(_mended, SYSTEMS)) if mended else SYSTEMS


def _mended(system: System) -> System:
    waits = system.name == _NO_IPV6_YET
    good = System(
        system.name, system.title, system.unit, system.number, system.state, system.hosted, tls=True,
        links=system.links, moved=system.moved, wave=system.wave, wave_date=system.wave_date,
        aaaa=not waits, own_zone=waits, exception_reason=system.exception_reason, go_live=system.go_live,
    )  # fmt: skip
    if system.name in _STAYING:
        return replace(good, data_interface=system.data_interface)
    good = replace(good, state="on-cloud", hosted="domestic-cloud" if waits else "city-cloud")
    return good if good.wave_date == _FIRST_WAVE else replace(good, wave="第二批", wave_date=_SECOND_WAVE)
