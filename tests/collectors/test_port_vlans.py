"""VLANs of ports as configurations tell them."""

from __future__ import annotations

import pytest

from collectors.platforms.base import Dialect, Release
from collectors.platforms.catalogue import platform
from collectors.platforms.dialects.port_vlans import vlan_numbers, vlans_like_ios, vlans_like_vrp, vlans_like_zxros
from inventory.config import Config, ConfigLine, indented
from inventory.errors import Gap, Missing
from inventory.facts import Interfaces

NONE: frozenset[int] = frozenset()


def port(*lines: str) -> ConfigLine:
    (block,) = indented("\n".join(("interface x", *(f" {line}" for line in lines))))
    return block


@pytest.mark.parametrize(
    ("lines", "declared", "wanted"),
    [
        (("port link-type access", "port default vlan 10"), NONE, (10,)),  # VRP
        (("port access vlan 10",), NONE, (10,)),  # Comware
        (("port link-type access",), NONE, (1,)),
        (("port link-type trunk", "port trunk allow-pass vlan 10 20 to 22"), NONE, (1, 10, 20, 21, 22)),
        (("port link-type trunk", "undo port trunk permit vlan 1", "port trunk permit vlan 10"), NONE, (10,)),
        (("port link-type trunk", "port trunk allow-pass vlan 2 to 4094"), {1, 10, 4000}, (1, 10, 4000)),
        (("port link-type trunk", "port trunk allow-pass vlan 2 to 4094"), NONE, ()),  # of how many there are, unknown
        (("port link-type trunk", "port trunk permit vlan all"), {1, 10}, (1, 10)),
        (("port link-type trunk", "port trunk permit vlan all"), NONE, ()),
        (("port hybrid tagged vlan 10 to 11", "port hybrid untagged vlan 20"), NONE, (10, 11, 20)),
        (("port link-type hybrid", "port hybrid vlan 10 12 tagged", "port hybrid vlan 1 untagged"), NONE, (1, 10, 12)),
        (("dot1q termination vid 30", "ip address 10.0.0.1 24"), {1, 10}, (30,)),
        (("vlan-type dot1q 30",), NONE, (30,)),
        (("ip address 10.0.0.1 24",), {1, 10}, ()),
    ],
)
def test_port_of_vrp_or_comware(lines: tuple[str, ...], declared: frozenset[int], wanted: tuple[int, ...]) -> None:
    assert vlans_like_vrp(port(*lines), frozenset(declared)) == wanted


@pytest.mark.parametrize(
    ("lines", "declared", "wanted"),
    [
        (("switchport access vlan 10", "switchport mode access"), NONE, (10,)),
        (("switchport mode access",), NONE, (1,)),
        (("switchport access vlan 99", "switchport mode trunk", "switchport trunk allowed vlan 10,20-21"), NONE,
         (10, 20, 21)),
        (("switchport mode trunk", "switchport trunk allowed vlan 10", "switchport trunk allowed vlan add 20"), NONE,
         (10, 20)),
        (("switchport mode trunk", "switchport trunk allowed vlan remove 10"), {1, 10, 20}, (1, 20)),
        (("switchport mode trunk", "switchport trunk allowed vlan except 10"), {1, 10, 20}, (1, 20)),
        (("switchport mode trunk", "switchport trunk allowed vlan none"), {1, 10}, ()),
        (("switchport mode trunk",), {1, 10}, (1, 10)),
        (("switchport mode trunk",), NONE, ()),
        (("encapsulation dot1Q 30",), NONE, (30,)),
        (("no switchport", "ip address 10.0.0.1 255.255.255.0"), {1, 10}, ()),
    ],
)  # fmt: skip
def test_port_of_ios_and_its_like(lines: tuple[str, ...], declared: frozenset[int], wanted: tuple[int, ...]) -> None:
    assert vlans_like_ios(port(*lines), frozenset(declared)) == wanted


def test_port_of_zxros() -> None:
    assert vlans_like_zxros(port("switchport mode trunk", "switchport trunk vlan 10,20-21")) == (10, 20, 21)
    assert vlans_like_zxros(port("switchport access vlan 30")) == (30,)
    assert vlans_like_zxros(port("ip address 10.0.0.1 255.255.255.0")) == ()


def test_numbers_that_are_no_vlans_cost_nothing() -> None:
    assert vlan_numbers("1 to 99999999999999") == frozenset(range(1, 4095))
    assert vlan_numbers("99999999999999") == frozenset()


VRP = "vlan batch 10 20\n#\ninterface GigabitEthernet0/0/1\n port link-type trunk\n port trunk allow-pass vlan all\n"
IOS = "vlan 10,20\n!\ninterface GigabitEthernet0/1\n switchport mode trunk\n"
ZXROS = "interface gei_1/1\n switchport mode trunk\n switchport trunk vlan 10\n!\n"


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        *((name, VRP, (1, 10, 20)) for name in ("huawei_vrp", "h3c_comware")),
        *((name, IOS, (1, 10, 20)) for name in ("cisco_ios", "cisco_nxos", "ruijie_rgos")),
        ("zte_zxros", ZXROS, (10,)),
    ],
)
def test_systems_tell_vlans_of_their_ports(name: str, text: str, wanted: tuple[int, ...]) -> None:
    chosen = platform(name)
    assert chosen is not None
    assert isinstance(chosen.dialect, Dialect)
    config = Config(indented(text, chosen.dialect.comments, chosen.dialect.quoted), "the configuration")
    read = next(each for each in chosen.config_reads if each.fact is Interfaces)
    fact = read.build(config, Release(), *(Missing(Gap.UNREAD) for _ in read.commands))
    assert isinstance(fact, Interfaces)
    assert [each.vlans for each in fact.items] == [wanted]
