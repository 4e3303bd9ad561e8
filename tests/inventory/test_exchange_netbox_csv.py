"""NetBox's bulk import as CSV: out with the columns it takes, in with whatever it would take."""

from __future__ import annotations

import csv
import io
from ipaddress import ip_address
from pathlib import Path

import pytest

from inventory.errors import InputError
from inventory.exchange.assets import Asset, GivenLink, GivenSite
from inventory.exchange.netbox import KIND, KINDS, Line, slug
from inventory.exchange.netbox_csv import file_name, read_netbox_csv, write_lines


def written(kind: str, *lines: Line) -> str:
    file = io.StringIO()
    assert write_lines(KIND[kind], lines, file) == len(lines)
    return file.getvalue()


def test_files_come_in_the_order_in_which_they_refer_to_each_other() -> None:
    names = [file_name(kind) for kind in KINDS]
    assert names == sorted(names)
    order = [kind.name for kind in KINDS]
    for first, then in (
        ("manufacturers", "device-types"), ("site-groups", "sites"), ("tenants", "sites"), ("sites", "devices"),
        ("device-types", "devices"), ("devices", "interfaces"), ("interfaces", "ip-addresses"),
        ("interfaces", "cables"),
    ):  # fmt: skip
        assert order.index(first) < order.index(then)


# Columns that the forms of NetBox's bulk import require (documentation: the models; a form refuses rows without them).
REQUIRED = {
    "manufacturers": {"name", "slug"}, "device-types": {"manufacturer", "model", "slug", "u_height"},
    "device-roles": {"name", "slug", "color"}, "platforms": {"name", "slug"}, "tenants": {"name", "slug"},
    "site-groups": {"name", "slug"}, "sites": {"name", "slug", "status"},
    "devices": {"role", "manufacturer", "device_type", "site", "status"}, "interfaces": {"device", "name", "type"},
    "ip-addresses": {"address", "status"},
    "cables": {f"side_{side}_{part}" for side in "ab" for part in ("device", "type", "name")},
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_required_column_is_there(kind: object) -> None:
    assert REQUIRED[kind.name] <= set(kind.columns)  # type: ignore[attr-defined]


def test_cells_are_inert_in_a_spreadsheet_and_come_back_as_they_were(tmp_path: Path) -> None:
    text = written(
        "devices",
        {"name": "=cmd|'/C calc'!A0", "manufacturer": "@x", "device_type": "-1", "site": "s", "serial": 'a,"b\nc'},
    )
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["name"], row["manufacturer"], row["device_type"]) == ("'=cmd|'/C calc'!A0", "'@x", "'-1")
    assert row["serial"] == 'a,"b c'
    (tmp_path / "d.csv").write_text(text)
    (asset,) = read_netbox_csv([tmp_path / "d.csv"]).assets
    assert (asset.name, asset.vendor, asset.model) == ("=cmd|'/C calc'!A0", "@x", "-1")


def test_truth_and_emptiness_as_netbox_writes_them() -> None:
    text = written(
        "interfaces", {"device": "d", "name": "n", "type": "other", "enabled": False, "lag": None, "mtu": 1500}
    )
    assert text.splitlines()[1] == "d,n,other,false,,1500,,,"


@pytest.mark.parametrize(
    ("name", "wanted"), [("Huawei", "huawei"), ("NE20E-S4 / x", "ne20e-s4-x"), ("huawei_vrp", "huawei_vrp")]
)
def test_slugs(name: str, wanted: str) -> None:
    assert slug(name) == wanted


def test_slugs_of_names_in_chinese_differ() -> None:
    made = {slug(name) for name in ("县数据局", "县公安局", "华为", "A 局", "A 县", "-", "--")}
    assert len(made) == 7
    assert all(word.isascii() and word and not word.startswith("-") for word in made)


SITES = "name,slug,status,group,tenant,physical_address,description\ncentre,centre,active,county,U,Road 1,Centre\n"
DEVICES = (
    "\ufeffname,role,manufacturer,device_type,status,site,serial,asset_tag,platform,tenant,comments\n"
    "core,core,Huawei,NE20E,active,centre,S1,N1,Huawei VRP,U,x\n"
    ",access,Huawei,S5735,active,centre,,N2,,,\n"
)
ADDRESSES = (
    "address,status,device,interface,is_primary\n10.0.0.1/32,active,core,Lo0,true\n"
    "2001:db8::1/64,active,core,Lo0,True\n10.9.9.9/24,active,core,Vlan1,false\n"
)
CABLES = (
    "side_a_device,side_a_type,side_a_name,side_b_device,side_b_type,side_b_name,label\n"
    "core,dcim.interface,GE1,N2,dcim.interface,GE2,line 7\ncore,dcim.consoleport,C,x,dcim.frontport,1,\n"
)


def test_devices_with_their_primary_addresses_sites_and_cables_are_read(tmp_path: Path) -> None:
    for name, text in {
        "s": SITES,
        "d": DEVICES,
        "i": ADDRESSES,
        "c": CABLES,
        "m": "name,slug\nHuawei,huawei\n",
    }.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    given = read_netbox_csv([tmp_path])
    assert given.sites == (GivenSite("centre", "county", "Centre", "U", "Road 1"),)
    assert given.assets == (
        Asset(
            "core", (ip_address("10.0.0.1"), ip_address("2001:db8::1")), asset_no="N1", platform="Huawei VRP",
            vendor="Huawei", model="NE20E", serial="S1", unit="U", site="centre", role="core",
        ),
        Asset("N2", asset_no="N2", vendor="Huawei", model="S5735", site="centre", role="access"),
    )  # fmt: skip
    assert given.links == (GivenLink("core", "GE1", "N2", "GE2", "line 7"),)
    assert given.assets[1].where.endswith("d.csv:3")


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        ("", ":1", "expected headings"),
        ("colour,size\nred,1\n", ":1", "expected headings"),
        ("name,device_type,site\nx,y,\n", ":2", "site"),
        ("name,device_type,site\n,y,s\n", ":2", "name"),
        ("name,device_type,site\nx,y,s,z\n", ":2", "more columns"),
        ("name,slug,status\n,s,active\n", ":2", "name"),
        ("address,status\n10.0.0.300/24,active\n", ":2", "an IP address"),
        ("side_a_device,side_b_device,side_a_type,side_b_type\na,b,interface,interface\n", ":2", "side_a_name"),
        ("name,slug\nx,\0\n" + '"' + "x" * 200_000, "", "CSV|slug"),
    ],
)
def test_bad_input_is_one_message_with_file_and_line(tmp_path: Path, text: str, where: str, said: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said) as raised:
        read_netbox_csv([path])
    assert raised.value.where.startswith(f"{path}{where}")
    assert raised.value.text.zh != raised.value.text.en


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no CSV file"):
        read_netbox_csv([tmp_path])
    with pytest.raises(InputError, match="cannot be read"):
        read_netbox_csv([tmp_path / "none.csv"])
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="UTF-8"):
        read_netbox_csv([tmp_path])
