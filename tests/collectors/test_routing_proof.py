"""Whether routing neighbours prove who they are, wherever a configuration of IOS says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors.offline import snapshots_from
from collectors.platforms.catalogue import platform
from inventory.facts import RoutingProtocols
from inventory.snapshot import Snapshot

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PORT = "interface GigabitEthernet0/1\n ip address 10.1.1.1 255.255.255.0\n"
BGP = "router bgp 65001\n{above} neighbor 10.2.2.2 remote-as 65002\n{below}"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PORT + " ip ospf authentication key-chain KC\nrouter ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n", True),
        (PORT + "router ospf 1\n area 0 authentication message-digest\n", True),
        (PORT + "router ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n", False),
        (PORT + " isis authentication mode md5\nrouter isis\n net 49.0001.0000.0000.0001.00\n", True),
        (PORT + "router isis\n net 49.0001.0000.0000.0001.00\n domain-password x\n", True),
        (PORT + "router isis\n net 49.0001.0000.0000.0001.00\n", False),
        # Of OSPFv3 by IPsec, of an area or an interface; one that is encrypted is authenticated.
        ("ipv6 router ospf 1\n area 0 authentication ipsec spi 256 sha1 0 x\n", True),
        ("router ospfv3 1\n area 0 encryption ipsec spi 256 esp aes-cbc 128 x sha1 x\n", True),
        (PORT + " ospfv3 1 ipv6 authentication ipsec spi 256 md5 x\nrouter ospfv3 1\n router-id 10.1.1.1\n", True),
        (PORT + " ipv6 ospf encryption ipsec spi 256 esp null md5 x\nipv6 router ospf 1\n", True),
        (PORT + " ipv6 ospf 1 area 0\nipv6 router ospf 1\n router-id 10.1.1.1\n", False),
        (
            (
                "router eigrp CORP\n address-family ipv4 unicast autonomous-system 1\n  af-interface default\n"
                "   authentication mode hmac-sha-256 7 x\n"
            ),
            True,
        ),
        ("router eigrp CORP\n address-family ipv4 unicast autonomous-system 1\n  network 10.0.0.0\n", False),
        (BGP.format(above="", below=" neighbor 10.2.2.2 password 7 x\n"), True),
        (
            BGP.format(
                above=" template peer-session S\n  password 7 x\n exit-peer-session\n",
                below=" neighbor 10.2.2.2 inherit peer-session S\n",
            ),
            True,
        ),
        (
            BGP.format(
                above=" template peer-session S\n  timers 3 9\n exit-peer-session\n",
                below=" neighbor 10.2.2.2 inherit peer-session S\n",
            ),
            False,
        ),
        (BGP.format(above=" neighbor G peer-group\n neighbor G password x\n", below=""), False),
        (
            BGP.format(
                above=" neighbor G peer-group\n neighbor G password x\n", below=" neighbor 10.2.2.2 peer-group G\n"
            ),
            True,
        ),
    ],
)
def test_neighbours_prove_who_they_are(text: str, expected: bool, tmp_path: Path) -> None:
    path = tmp_path / "r1.cfg"
    path.write_text(f"version 16.9\nhostname r1\n{text}line vty 0 4\nend\n", encoding="utf-8")
    ((_, told),) = snapshots_from([path], NOW, platform=platform("cisco_ios"))
    assert isinstance(told, Snapshot)
    protocols = told.fact(RoutingProtocols)
    assert isinstance(protocols, RoutingProtocols)
    assert [each.authenticated for each in protocols.items] == [expected]


@pytest.mark.parametrize(
    ("above", "families"),
    [("", {4, 6}), (" no bgp default ipv4-unicast\n", {6}), (" address-family ipv4\n exit-address-family\n", {4, 6})],
)
def test_bgp_carries_ipv4_without_a_word(above: str, families: set[int], tmp_path: Path) -> None:
    text = BGP.format(above=above, below=" address-family ipv6\n  neighbor 2001:db8::2 activate\n")
    path = tmp_path / "r1.cfg"
    path.write_text(f"version 16.9\nhostname r1\n{text}line vty 0 4\nend\n", encoding="utf-8")
    ((_, told),) = snapshots_from([path], NOW, platform=platform("cisco_ios"))
    assert isinstance(told, Snapshot)
    protocols = told.fact(RoutingProtocols)
    assert isinstance(protocols, RoutingProtocols)
    assert [each.families for each in protocols.items] == [families]


VRP = "!Software Version V200R019C00SPC500\n#\n{}#\nreturn\n"
COMWARE = "#\n version 7.1.070, Release 6635\n#\n{}#\nreturn\n"
ZXROS = "version V2.8.23\nhostname ZXR10-1\n{}end\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("huawei_vrp", VRP.format("ospfv3 1\n router-id 10.1.1.1\n area 0\n  ipsec sa s1\n"), True),
        ("huawei_vrp", VRP.format("ospfv3 1\n#\ninterface Vlanif10\n ospfv3 ipsec sa s1\n"), True),
        ("huawei_vrp", VRP.format("ripng 1\n#\ninterface Vlanif10\n ripng ipsec sa s1\n"), True),
        ("huawei_vrp", VRP.format("ospfv3 1\n router-id 10.1.1.1\n"), False),
        ("h3c_comware", COMWARE.format("ospfv3 1\n area 0.0.0.0\n  enable ipsec-profile p1\n"), True),
        ("h3c_comware", COMWARE.format("ospfv3 1\n#\ninterface Vlan-interface1\n ospfv3 ipsec-profile p1\n"), True),
        ("zte_zxros", ZXROS.format("router ospf 1\n  area 0\n    authentication message-digest\n  $\n$\n"), True),
        (
            "zte_zxros",
            ZXROS.format(
                "ipv6 router ospf 1\n  area 0\n    interface vlan10\n      authentication ipsec spi 256 md5 x\n"
                "    $\n  $\n$\n"
            ),
            True,
        ),
        ("zte_zxros", ZXROS.format("router ospf 1\n  area 0\n    network 10.1.1.0 0.0.0.255\n  $\n$\n"), False),
    ],
)
def test_neighbours_prove_who_they_are_elsewhere(name: str, text: str, expected: bool, tmp_path: Path) -> None:
    path = tmp_path / "r1.cfg"
    path.write_text(text, encoding="utf-8")
    ((_, told),) = snapshots_from([path], NOW, platform=platform(name), whole=True)
    assert isinstance(told, Snapshot)
    protocols = told.fact(RoutingProtocols)
    assert isinstance(protocols, RoutingProtocols)
    assert [each.authenticated for each in protocols.items] == [expected]
