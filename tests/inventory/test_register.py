"""The register: its columns, its lookups, and the contradictions it finds in itself."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from inventory.codec import decode, encode
from inventory.register import (
    SHEETS,
    BusinessSystem,
    Link,
    MigrationState,
    NetworkDevice,
    Problem,
    Rack,
    Register,
    Room,
    Server,
    Site,
    Storage,
    Tier,
    Unit,
    UnitKind,
    columns,
    empty_columns,
    problems,
)
from inventory.text import Text

# Census fields of the plan's requirement PR-CEN-01 by sheet: what the county has to be able to declare.
CENSUS_FIELDS = {
    "rooms": "unit name address floor area_m2 class_gb50174 racks_total racks_used ups_kva ups_minutes mains_feeds"
    " cooling fire_system access_control cctv leak_sensor owner standalone built_year plan_merge_date",
    "racks": "room rack_no u_total u_used power_kw",
    "servers": "asset_no unit room rack u_position model serial cpu_arch os release mgmt_ip4 mgmt_ip6 role form"
    " eos_date domestic",
    "network_devices": "asset_no unit room rack role vendor model release serial mgmt_ip4 mgmt_ip6 snmp_profile"
    " ipv6_capable eos_date backup_peer",
    "security_components": "asset_no unit function boundary vendor model licence_no signature_date ha_peer",
    "storages": "asset_no unit model capacity_tb used_tb protocol replication_target",
    "links": "a_site a_device a_interface z_site z_device z_interface provider kind contracted_mbps physical_route"
    " purpose start_date",
    "systems": "name unit graded_level level_s level_a filing_no last_evaluation users url port hosted wave"
    " exception_reason data_interface personal_data crypto_assessed ipv6",
    "private_networks": "name unit upper_owner classified topology nodes links boundary state plan_date",
    "egresses": "unit provider mbps public_ip4 public_ip6 boundary_device approved",
}

COUNTY = Register(
    units=(Unit(name="信息中心", kind=UnitKind.DATA_BUREAU), Unit(name="河田镇", kind=UnitKind.TOWN)),
    sites=(Site(name="centre", tier=Tier.COUNTY), Site(name="town-1", tier=Tier.TOWN, unit="河田镇")),
    rooms=(Room(name="中心机房", unit="信息中心", site="centre"),),
    racks=(Rack(room="中心机房", rack_no="A01", u_total=42, u_used=20),),
    servers=(Server(asset_no="S1", name="srv-1", room="中心机房", rack="A01", mgmt_ip4=IPv4Address("10.0.0.9")),),
    network_devices=(
        NetworkDevice(asset_no="N1", name="core-1", room="中心机房", mgmt_ip4=IPv4Address("10.0.0.1")),
        NetworkDevice(asset_no="N2", name="town-1", site="town-1", backup_peer="N1"),
    ),
    links=(Link(name="l1", a_site="centre", a_device="core-1", z_site="town-1", z_device="N2"),),
)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda s: s.attribute)
def test_every_census_field_has_its_column(sheet: object) -> None:
    for attribute, names in CENSUS_FIELDS.items():
        if attribute == getattr(sheet, "attribute", None):
            known = {c.name for c in columns(next(s for s in SHEETS if s.attribute == attribute).rows)}
            assert set(names.split()) <= known


def test_headings_are_said_in_both_languages_and_once_a_sheet() -> None:
    for sheet in SHEETS:
        for words in ([c.zh for c in columns(sheet.rows)], [c.en for c in columns(sheet.rows)]):
            assert len(set(words)) == len(words)
            assert all(words)


def test_required_columns_have_no_default() -> None:
    required = {s.attribute: [c.name for c in columns(s.rows) if c.required] for s in SHEETS}
    assert required["units"] == ["name", "kind"]
    assert required["racks"] == ["room", "rack_no"]
    assert required["servers"] == ["asset_no"]


def test_register_in_order_has_no_problems() -> None:
    assert list(problems(COUNTY)) == []


def test_register_survives_the_codec() -> None:
    assert decode(Register, encode(COUNTY)) == COUNTY


def test_lookups() -> None:
    core, town = COUNTY.network_devices
    assert COUNTY.device("core-1") is COUNTY.device("N1") is core
    assert [d.kind for d in COUNTY.devices] == ["server", "network", "network"]
    assert COUNTY.devices_at(IPv4Address("10.0.0.1")) == (core,)
    assert COUNTY.devices_at(IPv4Address("10.9.9.9")) == ()
    centre, town_site = COUNTY.sites
    assert COUNTY.site_of(core) is centre  # by its room
    assert COUNTY.site_of(town) is town_site
    assert COUNTY.site_of(Server(asset_no="x")) is None
    assert COUNTY.served_by(COUNTY.links[0]) is town_site
    assert COUNTY.links_of("town-1") == COUNTY.links
    assert COUNTY.links_of("centre") == ()
    assert len(COUNTY) == 10


def _found(register: Register) -> list[tuple[str, int, str]]:
    found: list[Problem] = list(problems(register))
    assert all(isinstance(p.text, Text) and p.text.zh != p.text.en for p in found)
    return [(p.sheet.attribute, p.position, p.column) for p in found]


UNIT = (Unit(name="u", kind=UnitKind.TOWN),)
SITES = (Site(name="s", tier=Tier.TOWN), Site(name="t", tier=Tier.TOWN))


@pytest.mark.parametrize(
    ("register", "wanted"),
    [
        (Register(units=UNIT * 2), [("units", 0, "name"), ("units", 1, "name")]),
        (Register(sites=(Site(name="s", tier=Tier.TOWN, unit="nobody"),)), [("sites", 0, "unit")]),
        (Register(sites=SITES, links=(Link(name="l", a_site="s"),)), [("links", 0, "z_site")]),
        (Register(links=(Link(name="l", a_site="x", z_outside="city"),)), [("links", 0, "a_site")]),
        (
            Register(
                sites=SITES,
                servers=(Server(asset_no="1", site="t"),),
                links=(Link(name="l", a_site="s", a_device="1", z_site="t"),),
            ),
            [("links", 0, "a_device")],
        ),
        (
            Register(servers=(Server(asset_no="1", name="a"),), storages=(Storage(asset_no="2", name="1"),)),
            [("servers", 0, "asset_no"), ("storages", 0, "name")],
        ),
        (
            Register(network_devices=(NetworkDevice(asset_no="1", backup_peer="2"),)),
            [("network_devices", 0, "backup_peer")],
        ),
        (
            Register(
                units=UNIT,
                rooms=(Room(name="r", unit="u", racks_total=8, racks_used=9),),
                racks=(Rack(room="r", rack_no="1"), Rack(room="r", rack_no="1")),
                servers=(Server(asset_no="1", room="r", rack="2"),),
            ),
            [("racks", 0, "rack_no"), ("racks", 1, "rack_no"), ("servers", 0, "rack"), ("rooms", 0, "racks_used")],
        ),
    ],
)
def test_contradiction_is_found_where_it_stands(register: Register, wanted: list[tuple[str, int, str]]) -> None:
    assert _found(register) == wanted


def test_name_equal_to_its_own_asset_number_is_no_double() -> None:
    assert _found(Register(servers=(Server(asset_no="a", name="a"),))) == []


def _empty(row: BusinessSystem | NetworkDevice | Room) -> set[str]:
    return {c.name for c in empty_columns(row)}


def test_empty_census_fields_are_told() -> None:
    assert "unit" in _empty(NetworkDevice(asset_no="1"))
    assert "name" not in _empty(NetworkDevice(asset_no="1"))  # not a census field


def test_field_that_is_not_due_is_not_missed() -> None:
    assert {"exception_reason", "data_interface"} <= _empty(
        BusinessSystem(name="s", unit="u", state=MigrationState.EXCEPTED)
    )
    assert not {"exception_reason", "data_interface"} & _empty(
        BusinessSystem(name="s", unit="u", state=MigrationState.ON_CLOUD)
    )
    assert "mgmt_ip6" not in _empty(NetworkDevice(asset_no="1", mgmt_ip4=IPv4Address("10.0.0.1")))
    assert "plan_merge_date" in _empty(Room(name="r", unit="u", standalone=True))
