"""A small county in a store: a register, devices with facts, two runs, findings of all six outcomes."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any

import pytest

from checks import catalogue as catalogue_module
from checks.model import Check
from checks.waivers import Waiver
from inventory.attestation import Attestation
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Address, Addresses, Identity, Interface, Interfaces, Neighbour, Neighbours
from inventory.findings import FindingRow
from inventory.plan import plan
from inventory.register import (
    BusinessSystem,
    Hosting,
    Link,
    MigrationState,
    NetworkDevice,
    Register,
    Site,
    Tier,
    Unit,
    UnitKind,
)
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store
from inventory.text import Text
from reports.model import Result

FIRST = datetime(2026, 10, 12, 1, 0, tzinfo=UTC)
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
# The checks that the golden reports know: a new check of the product does not change them.
KNOWN = frozenset(
    {
        "access.idle-timeout",
        "access.telnet-off",
        "access.vty-acl",
        "audit_log.remote-host",
        "bandwidth.contract-meets-tier",
        "bandwidth.port-meets-tier",
        "census.no-undeclared-devices",
        "census.register-complete",
        "cloud.rate-reached",
        "cloud.state-declared",
        "ipv6.forwarding-on",
        "ipv6.site-carries",
        "snmp.no-default-community",
        "time_sync.servers-set",
    }
)


@pytest.fixture
def fixed_catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only the checks of KNOWN."""
    declared = [check for check in catalogue_module.catalogue().values() if check.id in KNOWN]
    assert {check.id for check in declared} == KNOWN

    def known() -> Iterator[Check]:
        return iter(declared)

    monkeypatch.setattr(catalogue_module, "_declared", known)
    catalogue_module.catalogue.cache_clear()
    yield
    monkeypatch.undo()
    catalogue_module.catalogue.cache_clear()


def register() -> Register:
    bureau, health = "陆河县政务服务数据管理局", "县卫生健康局"
    return Register(
        units=(
            Unit(name=bureau, kind=UnitKind.DATA_BUREAU, budget_unit=True),
            Unit(name=health, kind=UnitKind.COUNTY_DEPT, budget_unit=True),
            Unit(name="河田镇", kind=UnitKind.TOWN, budget_unit=True),
        ),
        sites=(
            Site(name="county", tier=Tier.COUNTY, title="县信息中心", unit=bureau),
            Site(name="dept-health", tier=Tier.DEPARTMENT, title="卫健局", unit=health),
            Site(name="town-hetian", tier=Tier.TOWN, title="河田镇政府", unit="河田镇"),
        ),
        network_devices=(
            NetworkDevice(
                asset_no="N-001",
                name="core-1",
                unit=bureau,
                site="county",
                model="S7706",
                serial="SN-OLD",
                mgmt_ip4=IPv4Address("10.0.0.1"),
            ),
            NetworkDevice(
                asset_no="N-002", name="town-sw", unit="河田镇", site="town-hetian", mgmt_ip4=IPv4Address("10.0.1.1")
            ),
            NetworkDevice(
                asset_no="N-003", name="health-ce", unit=health, site="dept-health", mgmt_ip4=IPv4Address("10.0.2.1")
            ),
            NetworkDevice(asset_no="N-004", name="spare", unit=health, mgmt_ip4=IPv4Address("10.0.9.9")),
        ),
        links=(
            Link(
                name="hetian-100m",
                a_site="county",
                z_site="town-hetian",
                a_device="core-1",
                a_interface="GigabitEthernet0/0/2",
                contracted_mbps=10,
            ),
            Link(name="health-100m", a_site="county", z_site="dept-health", contracted_mbps=100),
        ),
        systems=(
            BusinessSystem(
                name="OA",
                unit=bureau,
                self_built=True,
                hosted=Hosting.CITY_CLOUD,
                state=MigrationState.ON_CLOUD,
                go_live=date(2022, 3, 1),
            ),
            BusinessSystem(
                name="村卫生室管理系统",
                unit=health,
                self_built=True,
                hosted=Hosting.ROOM,
                state=MigrationState.NOT_STARTED,
            ),
            BusinessSystem(name="河田镇网站", unit="河田镇"),
        ),
    )


def telnet(at: datetime) -> Evidence:
    return Evidence(
        "display current-configuration",
        (212, 213, 214),
        "user-interface vty 0 4\n authentication-mode aaa\n protocol inbound telnet",
        at,
        "ab" * 32,
    )


def snapshots() -> list[Snapshot]:
    evidence = Evidence("display version", (1,), "VRP (R) software, Version 5.170", START, "cd" * 32)
    lldp = Evidence("SNMP lldpRemTable", (), "", START)

    def identity(hostname: str, serial: str | None) -> Identity:
        return Identity("Huawei", "switch", "huawei_vrp", "S7706", "V200R019C10", serial, hostname, evidence=evidence)

    core = Snapshot(
        DeviceRecord("core-1", "10.0.0.1", State.ANSWERED, START, "huawei_vrp", "county", "core", ("骨干",)),
        {
            Identity: identity("core-1", "SN-NEW"),
            Addresses: Addresses((Address("Vlanif1", IPv4Interface("10.0.0.1/24")),), evidence),
            Interfaces: Interfaces(
                (Interface("GigabitEthernet0/0/2", 2, "to 河田镇", "ethernetCsmacd", 1000.0, oper_up=True),), evidence
            ),
            Neighbours: Neighbours(
                (
                    Neighbour("GigabitEthernet0/0/2", "lldp", "town-sw", "02:00:00:00:00:02", "GigabitEthernet0/0/1"),
                    Neighbour("GigabitEthernet0/0/7", "lldp", "TP-LINK_7F", "02:00:00:00:00:07", "1"),
                ),
                lldp,
            ),
        },
    )
    town = Snapshot(
        DeviceRecord("town-sw", "10.0.1.1", State.ANSWERED, START, "huawei_vrp", "town-hetian", "access"),
        {
            Identity: identity("town-sw", "SN-2"),
            Neighbours: Neighbours(
                (Neighbour("GigabitEthernet0/0/1", "lldp", "core-1", "02:00:00:00:00:01", "GigabitEthernet0/0/2"),),
                lldp,
            ),
        },
    )
    silent = Missing(Gap.UNREACHABLE, "no SNMP answer in 2 tries of 2.5 s (no answer)")
    health = Snapshot(
        DeviceRecord("health-ce", "10.0.2.1", State.UNREACHABLE, START, None, "dept-health", "ce"),
        {Identity: silent, Neighbours: silent},
    )
    stray = Snapshot(
        DeviceRecord("10.0.3.7", "10.0.3.7", State.ANSWERED, START, "h3c_comware", "town-hetian"),
        {Identity: Identity("H3C", "switch", "h3c_comware", "S5130", evidence=evidence)},
    )
    return [core, town, health, stray]


def device(check: str, target: str, outcome: str, severity: str, **more: object) -> FindingRow:
    site = {"core-1": "county", "town-sw": "town-hetian", "health-ce": "dept-health"}.get(target)
    values = {"subject": target, "place": more.get("place", ""), **more.pop("values", {})}  # type: ignore[dict-item]
    made: dict[str, object] = {"site": site, "platform": "huawei_vrp", "values": values, **more}
    return FindingRow(check, "device", target, outcome, severity, **made)  # type: ignore[arg-type]


def gap(target: str, at: datetime) -> FindingRow:
    return device(
        "access.telnet-off",
        target,
        "fail",
        "high",
        evidence=(telnet(at),),
        commands="# 先确认 SSH 可以登录 ‖ see first that SSH lets you in\n"
        "system-view\n undo telnet server enable\n quit",
        diagnosis="# VRP 8 相同 ‖ the same on VRP 8\ndisplay telnet server status",
    )


def findings(at: datetime) -> list[FindingRow]:
    unreachable = (("SnmpAgent", Missing(Gap.UNREACHABLE, "no SNMP answer in 2 tries of 2.5 s (no answer)")),)
    return [
        gap("core-1", at),
        device("snmp.no-default-community", "core-1", "pass", "high"),
        device("time_sync.servers-set", "core-1", "pass", "medium"),
        device("ipv6.forwarding-on", "core-1", "pass", "high"),
        gap("town-sw", at),
        device(
            "access.vty-acl",
            "town-sw",
            "waived",
            "medium",
            place="vty 0 4",
            values={"line": "vty 0 4"},
            underlying="fail",
            waiver="镇级改造已立项 (张三, 2027-03-31)",
        ),
        device("audit_log.remote-host", "town-sw", "error", "high", traceback="Traceback …\nZeroDivisionError"),
        device("ipv6.forwarding-on", "town-sw", "not_applicable", "high"),
        device("snmp.no-default-community", "health-ce", "unknown", "high", missing=unreachable, platform=None),
        device("access.idle-timeout", "core-1", "unknown", "medium", place="vty 0 4", values={"line": "vty 0 4"}),
        FindingRow(
            "ipv6.site-carries",
            "site",
            "town-hetian",
            "unknown",
            "high",
            site="town-hetian",
            values={"subject": "town-hetian"},
        ),
        FindingRow(
            "bandwidth.contract-meets-tier",
            "link",
            "hetian-100m",
            "fail",
            "high",
            site="town-hetian",
            values={
                "subject": "hetian-100m",
                "site": "town-hetian",
                "contracted": "10",
                "wanted": 100,
                "party": Text("信息化主管部门与运营商", "the county's data bureau and the carrier"),
            },
            evidence=(Evidence("register 链路", (2,), ""),),
        ),
        FindingRow("bandwidth.contract-meets-tier", "link", "health-100m", "pass", "high", site="dept-health"),
        FindingRow("cloud.state-declared", "system", "河田镇网站", "fail", "low", values={"subject": "河田镇网站"}),
        FindingRow(
            "census.no-undeclared-devices",
            "network",
            "network",
            "fail",
            "medium",
            place="TP-LINK_7F",
            values={"place": "TP-LINK_7F", "seen_by": "core-1", "interface": "GigabitEthernet0/0/7"},
        ),
    ]


def words() -> list[Attestation]:
    """What people confirmed: of items, of an object, of a risk; one expired, one that a finding speaks against."""

    def word(item: str, result: str, note: str, name: str = "", **more: Any) -> Attestation:
        given = {"attested_by": "李雷", "attested_at": FIRST, "until": date(2027, 10, 31), **more}
        return Attestation(item, name, result, note, **given)

    proof = {"file": "0a1b2c3d4e5f6071-验收.pdf", "sha256": "0a1b2c3d4e5f6071" * 4}
    return [
        word("8.1.1.1-a", "met", "抗震验收报告", **proof),
        word("8.1.1.1-b", "na", "机房在三层"),
        word("8.1.1.3-b", "not-met", "线缆明敷"),
        word("8.1.1.4-a", "met", "接地检测", until=date(2026, 10, 31), **proof),
        word("8.1.4.1-c", "met", "已改为 SSH", "core-1", **proof),
        word("A-29", "not-met", "管理口暴露在互联网"),
    ]


WAIVERS = (
    Waiver("access.vty-acl", "town-sw", "镇级改造已立项", "张三", date(2027, 3, 31)),
    Waiver("access.telnet-off", "core-*", "等待停机窗口", "张三", date(2026, 9, 30), site="county"),
    Waiver("snmp.*", "spare", "备机", "张三", date(2027, 3, 31)),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "hecha.db") as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> int:
    """The second of two runs; a gap of the first is gone in it, another has appeared."""
    store.save_register(register(), "普查表.xlsx", at=FIRST)
    store.attest(words())
    first = store.create_run("full-audit", started=FIRST)
    stray = device("snmp.no-default-community", "core-1", "fail", "high", values={"community": "public"})
    store.save_findings(first, [gap("core-1", FIRST), stray])
    store.finish_run(first, at=FIRST + timedelta(minutes=5))
    second = store.create_run("full-audit", started=START)
    for each in snapshots():
        store.save_device(second, each)
    store.save_findings(second, findings(START))
    store.finish_run(second, RunState.FINISHED, at=START + timedelta(minutes=7))
    return second


@pytest.fixture
def result(fixed_catalogue: None, store: Store, run: int) -> Result:
    return Result(store, run, plan=plan(), today=TODAY, title=Text("全面核查", "Full audit"), waivers=WAIVERS)


@pytest.fixture
def written(result: Result):  # type: ignore[no-untyped-def]
    """What a report writes, as bytes."""
    from reports.registry import reports

    def write(name: str, language: str = "zh", of: Result = result) -> bytes:
        stream = io.BytesIO()
        reports()[name].write(of, language, stream)  # type: ignore[arg-type]
        assert not stream.closed
        return stream.getvalue()

    return write


@pytest.fixture(scope="session")
def browser() -> str:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium: the page's script is not run")
    return found
