"""The register joined with a run: what checks on sites, links, systems and the register get to see."""

from __future__ import annotations

from datetime import UTC, date, datetime
from ipaddress import IPv4Address
from typing import Any

from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.facts import Fact, Forwarding, Interface, Interfaces, RateLimit, RateLimits, ServiceProbe
from inventory.register import (
    BusinessSystem,
    Hosting,
    Link,
    LinkKind,
    MigrationState,
    NetworkDevice,
    Register,
    Site,
    Tier,
    Unit,
    UnitKind,
)
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State, system_target
from inventory.text import Text
from inventory.views import Views
from inventory.views.register import RegisterViews

REGISTER = Register(
    units=(Unit(name="河田镇", kind=UnitKind.TOWN),),
    sites=(Site(name="centre", tier=Tier.COUNTY), Site(name="town-1", tier=Tier.TOWN, unit="河田镇")),
    network_devices=(
        NetworkDevice(asset_no="N1", name="core-1", site="centre", mgmt_ip4=IPv4Address("10.0.0.1")),
        NetworkDevice(asset_no="N2", site="town-1", mgmt_ip4=IPv4Address("10.0.0.2")),
        NetworkDevice(asset_no="N3", name="gone", site="town-1"),
    ),
    links=(
        Link(
            name="l1",
            a_site="town-1",
            a_device="N2",
            a_interface="GE0/0/1",
            z_site="centre",
            z_device="core-1",
            z_interface="GE0/0/9",
            kind=LinkKind.FIBRE,
            provider="广电",
            contracted_mbps=100.0,
        ),
        Link(name="l2", a_site="centre", z_outside="市政务外网"),
    ),
    systems=(
        BusinessSystem(
            name="oa",
            unit="河田镇",
            state=MigrationState.ON_CLOUD,
            hosted=Hosting.CITY_CLOUD,
            wave_date=date(2021, 12, 31),
            old_address=IPv4Address("10.9.9.9"),
        ),
    ),
)


def snapshot(target: str, address: str, *facts: Fact, **more: Any) -> Snapshot:
    record = DeviceRecord(target, address, State.ANSWERED, datetime(2026, 1, 1, tzinfo=UTC), **more)
    return Snapshot(record, {type(f): f for f in facts})


def views() -> RegisterViews:
    ports = Interfaces((Interface("GigabitEthernet0/0/1", speed_mbps=1000.0),), Evidence("SNMP ifTable"))
    limit = RateLimit("GE0/0/1", "in", 20.0, "police")
    other = RateLimit("GigabitEthernet0/0/2", "in", 1.0, "police")
    town = snapshot(
        "town-switch", "10.0.0.2", ports, RateLimits((limit, other)), Forwarding(True, False), platform="huawei_vrp"
    )
    guest = snapshot("printer", "10.0.0.3", site="town-1")
    probe = snapshot(system_target("oa"), "", ServiceProbe("oa", None))
    network = MemoryNetwork([snapshot("core-1", "10.7.7.7", Interfaces(()), platform="huawei_vrp"), town, guest, probe])
    return RegisterViews(REGISTER, network)


def test_is_what_the_engine_asks_for() -> None:
    asked: Views = views()
    assert [s.name for s in asked.sites()] == ["centre", "town-1"]


def test_site_has_the_devices_register_and_targets_place_there() -> None:
    centre, town = views().sites()
    assert [(d.record.target, d.record.site) for d in town.devices] == [
        ("town-switch", "town-1"),
        ("printer", "town-1"),
    ]
    assert town.devices[0].forwarding == Forwarding(True, False)
    assert isinstance(town.devices[1].forwarding, Missing)
    assert (town.tier, town.unit) == ("town", "河田镇")
    assert [link.name for link in town.links] == ["l1"]
    assert [link.name for link in centre.links] == ["l2"]


def test_link_serves_the_outer_site_and_has_both_ends() -> None:
    link, _ = views().links()
    assert (link.site, link.tier, link.kind, link.carrier) == ("town-1", "town", "fibre", "广电")
    near, far = link.ends
    assert (near.device, near.interface_name, near.platform) == ("town-switch", "GigabitEthernet0/0/1", "huawei_vrp")
    assert isinstance(near.interface, Interface)
    assert near.interface.speed_mbps == 1000.0
    assert near.limits == (RateLimit("GE0/0/1", "in", 20.0, "police"),)
    assert near.evidence == Evidence("SNMP ifTable")
    assert isinstance(far.interface, Missing)
    assert "GigabitEthernet0/0/9" in far.interface.why
    assert isinstance(far.limits, Missing)


def test_end_outside_the_county_has_no_device() -> None:
    _, link = views().links()
    near, far = link.ends
    assert (near.site, near.device, far.site, far.device) == ("centre", None, "市政务外网", None)
    assert isinstance(far.interface, Missing)
    assert far.interface.gap is Gap.UNREAD


def test_system_has_its_probe() -> None:
    (system,) = views().systems()
    assert (system.state, system.hosted, system.old_address) == ("on-cloud", "city-cloud", "10.9.9.9")
    assert system.probe == ServiceProbe("oa", None)


def test_census_names_devices_as_the_run_does() -> None:
    census = views().census()
    assert census.units == ("河田镇",)
    assert [d.name for d in census.devices] == ["core-1", "town-switch", "gone"]
    assert "10.0.0.2" in census.devices[1].also
    rows = {(row.sheet.zh, row.name): row for row in census.rows}
    assert rows["站点", "centre"].empty == (Text("所属单位", "Unit"),)
    assert rows["站点", "town-1"].empty == ()
    assert rows["业务系统", "oa"].unit == "河田镇"


def test_a_device_asked_at_two_addresses_stands_once_in_its_site() -> None:
    """The register means its second address; the first, which stands for the device, tells what is known of it."""
    ports = Interfaces((Interface("GigabitEthernet0/0/1", speed_mbps=1000.0),))
    first = snapshot("2001:db8::2", "2001:db8::2", ports, site="centre", platform="huawei_vrp")
    second = snapshot("town-switch", "10.0.0.2", Forwarding(True, False), platform="huawei_vrp")
    network = MemoryNetwork([first, second])
    assert sum(len(site.devices) for site in RegisterViews(REGISTER, network).sites()) == 2
    once = RegisterViews(REGISTER, network, same_as={"town-switch": "2001:db8::2"})
    centre, town = once.sites()
    assert (centre.devices, [d.record.target for d in town.devices]) == ((), ["2001:db8::2"])
    assert town.devices[0].forwarding == Forwarding(True, False)
    assert isinstance(next(once.links()).ends[0].interface, Interface)
    assert [d.target for d in once.census().devices] == [None, "2001:db8::2", None]
