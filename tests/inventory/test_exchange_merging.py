"""What other inventories give, taken into the register: known rows filled in, others added, nothing half."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, ip_address

import pytest

from inventory.decisions import DeviceSheet
from inventory.errors import InputError
from inventory.exchange.assets import Asset, Given, GivenLink, GivenSite
from inventory.exchange.merging import merged, targets_of
from inventory.register import (
    Link,
    NetworkDevice,
    NetworkRole,
    Register,
    SecurityComponent,
    SecurityKind,
    Server,
    Site,
    Storage,
    Tier,
    Unit,
    UnitKind,
)
from inventory.targets import Target

CORE = NetworkDevice(
    asset_no="N1", name="core", unit="u", site="centre", serial="S1", rack=None, mgmt_ip4=IPv4Address("10.0.0.1")
)
COUNTY = Register(
    units=(Unit(name="u", kind=UnitKind.TOWN),),
    sites=(Site(name="centre", tier=Tier.COUNTY, title="Centre"), Site(name="town", tier=Tier.TOWN)),
    network_devices=(CORE, NetworkDevice(asset_no="N2", name="edge", site="town")),
)


def given(*assets: Asset, sites: tuple[GivenSite, ...] = (), links: tuple[GivenLink, ...] = ()) -> Given:
    return Given(assets, sites, links)


@pytest.mark.parametrize(
    "asset",
    [
        Asset("other", asset_no="N1"),
        Asset("CORE"),
        Asset("other", serial="s1"),
        Asset("other", (ip_address("10.0.0.1"),)),
    ],
)
def test_known_device_gets_what_is_given_and_keeps_the_rest(asset: Asset) -> None:
    after = merged(COUNTY, given(replace(asset, model="NE20E", role="core")))
    assert after.left_out == ()
    wanted = replace(CORE, model="NE20E", role=NetworkRole.CORE, serial=asset.serial or "S1")
    assert after.register.network_devices[0] == wanted
    assert len(after.register.devices) == 2


@pytest.mark.parametrize(
    ("asset", "row"),
    [
        (Asset("x", role="核心"), NetworkDevice(asset_no="x", role=NetworkRole.CORE)),
        (Asset("x", asset_no="A1", role="Access"), NetworkDevice(asset_no="A1", name="x", role=NetworkRole.ACCESS)),
        (Asset("x", role="IDS"), SecurityComponent(asset_no="x", function=SecurityKind.IDS)),
        (Asset("x", role="Server"), Server(asset_no="x")),
        (Asset("x", kind="storage"), Storage(asset_no="x")),
        (Asset("x", platform="linux", role="web"), Server(asset_no="x", role="web")),
        (Asset("x", platform="cisco_ios"), NetworkDevice(asset_no="x")),
    ],
)
def test_new_device_goes_to_the_sheet_its_role_tells(asset: Asset, row: object) -> None:
    after = merged(COUNTY, given(asset))
    assert [device for device in after.register.devices if device not in COUNTY.devices] == [row]


def test_device_whose_role_tells_nothing_is_left_out_unless_the_sheet_is_named() -> None:
    panel = given(Asset("panel", role="Patch panel"))
    after = merged(COUNTY, panel)
    assert after.register == COUNTY
    assert [(each.subject, "Patch panel" in each.why.en) for each in after.left_out] == [("panel", True)]
    assert merged(COUNTY, panel, sheet=DeviceSheet.STORAGE).register.storages == (Storage(asset_no="panel"),)


def test_unit_and_site_that_nobody_declared_are_left_empty_and_told() -> None:
    after = merged(COUNTY, given(Asset("core", unit="w", site="nowhere", model="M")))
    assert after.register.network_devices[0] == replace(CORE, model="M")
    assert [each.why.en for each in after.left_out] == [
        "no unit 'w' in the register: left empty",
        "no site 'nowhere' in the register: left empty",
    ]


def test_sites_are_filled_in_and_added() -> None:
    sites = (
        GivenSite("centre", place="Road 1"),
        GivenSite("new", tier="镇级", unit="u"),
        GivenSite("odd", tier="moon"),
    )
    after = merged(COUNTY, given(Asset("edge", site="new"), sites=sites))
    assert after.register.sites == (
        replace(COUNTY.sites[0], address="Road 1"), COUNTY.sites[1], Site(name="new", tier=Tier.TOWN, unit="u"),
    )  # fmt: skip
    assert after.register.network_devices[1].site == "new"
    assert [each.subject for each in after.left_out] == ["odd"]
    assert merged(COUNTY, given(sites=sites), tier=Tier.VILLAGE).register.sites[-1].tier is Tier.VILLAGE


def test_cable_between_two_sites_is_a_line_and_one_inside_a_site_is_none() -> None:
    line = GivenLink("core", "GE1", "edge", "GE2", "line 7")
    inside = GivenLink("core", "GE3", "two", "GE1")
    lost = GivenLink("core", "GE4", "nobody", "GE1")
    after = merged(COUNTY, given(Asset("two", site="centre", role="core"), links=(line, inside, lost)))
    made = Link(
        name="line 7", a_site="centre", a_device="core", a_interface="GE1",
        z_site="town", z_device="edge", z_interface="GE2",
    )  # fmt: skip
    assert after.register.links == (made,)
    assert [each.subject for each in after.left_out] == ["core GE4 – nobody GE1"]
    turned = GivenLink("edge", "GE2", "core", "GE1")
    assert merged(after.register, given(links=(turned,))).register == after.register


def test_contradiction_takes_nothing_and_names_where_it_was_read() -> None:
    register = replace(COUNTY, servers=(Server(asset_no="X", name="taken"),))
    nameless = replace(register, network_devices=(replace(CORE, name=None),))
    wrong = given(Asset("taken", asset_no="N1", where="inv.yml:7"), Asset("fine", role="core"))
    with pytest.raises(InputError, match=r"inv\.yml:7 'taken' stands for more than one device") as raised:
        merged(nameless, wrong)
    assert "没有导入任何内容" in raised.value.text.zh


def test_targets_need_an_address_and_a_name_of_their_own() -> None:
    full = Asset("a", (ip_address("10.0.0.1"),), platform="linux", site="s", role="r", ssh_port=2222, tags=("t",))
    targets, left_out = targets_of(given(full, Asset("b"), replace(full, platform=None), replace(full, name="c")))
    assert targets[0] == Target(
        "a", IPv4Address("10.0.0.1"), platform="linux", site="s", role="r", ssh_port=2222, tags=("t",)
    )
    assert [target.name for target in targets] == ["a", "c"]
    assert [(each.subject, each.why.en) for each in left_out] == [
        ("b", "it has no IP address"),
        ("a", "the name stands for more than one device"),
    ]
