"""Nornir inventories: the three files of its SimpleInventory, out and in."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

import pytest
import yaml

from inventory.errors import InputError
from inventory.exchange.assets import Asset
from inventory.exchange.nornir import FILES, nornir_files, read_nornir
from inventory.exchange.platforms import named_platform

DRIVERS = {"huawei_vrp": "huawei", "h3c_comware": "hp_comware", "linux": "linux"}
CORE = Asset(
    "core-1", (ip_address("10.0.0.1"),), asset_no="N1", platform="huawei_vrp", kind="router", vendor="Huawei",
    model="NE20E", serial="0123", unit="县数据局", site="town-1", role="core", ssh_port=2222, tags=("a", "b"),
)  # fmt: skip
ODD = Asset("odd", (ip_address("10.0.0.2"),), platform="zte_zxros")


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_files_hold_what_nornir_reads() -> None:
    files = {name: yaml.safe_load(text) for name, text in nornir_files([CORE, ODD], DRIVERS).items()}
    assert tuple(files) == FILES
    host = files["hosts.yaml"]["core-1"]
    assert (host["hostname"], host["port"]) == ("10.0.0.1", 2222)
    assert host["groups"] == ["platform huawei_vrp", "site town-1", "role core", "unit 县数据局"]
    assert host["data"]["serial"] == "0123"
    assert set(host) <= {"hostname", "port", "groups", "data"}
    groups = files["groups.yaml"]
    assert groups["platform huawei_vrp"]["platform"] == "huawei"
    assert groups["platform zte_zxros"]["platform"] == "zte_zxros"
    assert groups["site town-1"] == {"data": {"site": "town-1"}}
    assert set(host["groups"]) <= set(groups)
    assert files["defaults.yaml"] == {}


def test_nornir_itself_understands_it(tmp_path: Path) -> None:
    inventory = pytest.importorskip("nornir.plugins.inventory", reason="nornir is not installed")
    folder = written(tmp_path, nornir_files([CORE, ODD], DRIVERS))
    paths = {f"{part}_file": str(folder / f"{part}s.yaml") for part in ("host", "group")}
    loaded = inventory.SimpleInventory(**paths, defaults_file=str(folder / "defaults.yaml")).load()
    host = loaded.hosts["core-1"]
    assert (host.hostname, host.port, host.platform, host["site"]) == ("10.0.0.1", 2222, "huawei", "town-1")


def test_exported_inventory_comes_back_equal(tmp_path: Path) -> None:
    assert read_nornir(written(tmp_path, nornir_files([CORE, ODD], DRIVERS))).assets == (CORE, ODD)


INHERITED = {
    "hosts.yaml": """\
---
sw1:
  hostname: 10.0.0.1
  groups: [floor, lan]
  data: {role: core, nested: {a: 1}}
sw2:
  port: 23
  groups: [lan]
10.0.0.3: {}
""",
    "groups.yaml": """\
floor: {groups: [house], password: topsecret}
house: {data: {site: house}, connection_options: {netmiko: {extras: {}}}}
lan: {data: {site: lan, role: access}, platform: ios}
""",
    "defaults.yaml": "platform: junos\ndata: {unit: all}\n",
}


def test_attributes_come_from_host_then_groups_then_defaults(tmp_path: Path) -> None:
    given = read_nornir(written(tmp_path, INHERITED))
    first, second, third = given.assets
    assert (first.site, first.role, first.platform, first.unit) == ("house", "core", "ios", "all")
    assert (second.site, second.role, second.ssh_port, second.addresses) == ("lan", "access", 23, ())
    assert (third.platform, third.addresses) == ("junos", (ip_address("10.0.0.3"),))
    assert given.secrets == 1
    assert "topsecret" not in repr(given)


def test_groups_and_defaults_may_be_missing(tmp_path: Path) -> None:
    given = read_nornir(written(tmp_path, {"hosts.yaml": "a: {hostname: 10.0.0.1, platform: huawei}\n"}))
    assert given.assets == (Asset("a", (ip_address("10.0.0.1"),), platform="huawei"),)


CHAIN = "".join(f"g{n}: {{groups: [g{n + 1}]}}\n" for n in range(2000)) + "g2000: {}\n"


def test_group_that_many_lead_to_is_looked_at_once(tmp_path: Path) -> None:
    """Two ways from each to the next are a thousand million ways through thirty."""
    groups = "".join(
        f"a{n}: {{groups: [a{n + 1}, b{n + 1}]}}\nb{n}: {{groups: [a{n + 1}, b{n + 1}]}}\n" for n in range(30)
    )
    last = "a30: {data: {site: first}}\nb30: {data: {site: second}}\n"
    found = read_nornir(written(tmp_path, {"hosts.yaml": "h: {groups: [a0]}\n", "groups.yaml": groups + last}))
    assert [asset.site for asset in found.assets] == ["first"]


@pytest.mark.parametrize(
    ("files", "where", "said"),
    [
        ({}, "hosts.yaml", "cannot be read"),
        ({"hosts.yaml": ""}, "hosts.yaml", "no host"),
        ({"hosts.yaml": "- a\n"}, "hosts.yaml:1", "mapping"),
        ({"hosts.yaml": "a:\n  colour: red\n"}, "hosts.yaml:2", "unknown 'colour'"),
        ({"hosts.yaml": "a:\n  port: x\n"}, "hosts.yaml:2", "port"),
        ({"hosts.yaml": "a:\n  groups: [b]\n"}, "hosts.yaml:2", "has no b"),
        ({"hosts.yaml": "a: {groups: [b]}\n", "groups.yaml": "b:\n  groups: [b]\n"}, "groups.yaml:2", "itself"),
        ({"hosts.yaml": "a: {groups: [g0]}\n", "groups.yaml": CHAIN}, "groups.yaml:50", "nested too deeply"),
        ({"hosts.yaml": "a: {}\n", "defaults.yaml": "- x\n"}, "defaults.yaml:1", "mapping"),
        ({"hosts.yaml": "a: {}\n", "groups.yaml": "x: ["}, "groups.yaml:1", "YAML"),
    ],
)
def test_bad_input_is_one_message_with_file_and_line(
    tmp_path: Path, files: dict[str, str], where: str, said: str
) -> None:
    with pytest.raises(InputError, match=said) as raised:
        read_nornir(written(tmp_path, files))
    assert raised.value.where.removeprefix(f"{tmp_path}/") == where
    assert raised.value.text.zh != raised.value.text.en


@pytest.mark.parametrize(
    ("word", "platform"),
    [
        ("Cisco IOS", "cisco_ios"),
        ("huawei-vrp", "huawei_vrp"),
        ("huawei", "huawei_vrp"),
        ("hp_comware", "h3c_comware"),
        ("nxos_ssh", "cisco_nxos"),
        ("ios", "cisco_ios"),
        ("community.network.ce", "huawei_vrp"),
        ("Commodore 64", None),
    ],
)
def test_platforms_by_the_names_others_have_for_them(word: str, platform: str | None) -> None:
    assert named_platform(word, DRIVERS, {"cisco_ios", "huawei_vrp", "h3c_comware"}) == platform
