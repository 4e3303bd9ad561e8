"""Neighbours, ARP and ND, and MAC tables of VRP and Comware: the forms their releases write, and what is none."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from shown import recorded, told

from inventory.addresses import mac_address
from inventory.errors import Gap, Missing
from inventory.facts import LearnedMacs, Neighbours, ResolvedAddresses

VRP_LLDP, LLDP5 = "display lldp neighbor", "display lldp neighbor-information"
VERBOSE, STATUS = f"{LLDP5} verbose", "display lldp status"
ARP, ALL_ARP, MACS = "display arp", "display arp all", "display mac-address"
ND, ALL_ND = "display ipv6 neighbors", "display ipv6 neighbors all"


def neighbours(platform: str, **answers: str) -> list[tuple[str | None, ...]]:
    """Who is heard: port, name, chassis, the neighbour's port."""
    fact = told(platform, answers={command.replace("_", " "): text for command, text in answers.items()})[Neighbours]
    assert isinstance(fact, Neighbours)
    return [(each.interface, each.name, each.chassis_id, each.port) for each in fact.items]


def resolved(platform: str, answers: dict[str, str]) -> list[tuple[str, str | None, str | None, str | None]]:
    """Entries: address, MAC, interface, state."""
    fact = told(platform, answers=answers)[ResolvedAddresses]
    assert isinstance(fact, ResolvedAddresses), fact
    assert fact.told == ({4, 6} if len(answers) > 1 else {4})
    return [(str(each.ip), each.mac, each.interface, each.state) for each in fact.items]


def learned(platform: str, text: str) -> list[tuple[str, int | None, str | None]]:
    """Entries: the last octet of the MAC, VLAN, port."""
    fact = told(platform, answers={MACS: text})[LearnedMacs]
    assert isinstance(fact, LearnedMacs), fact
    return [(each.mac[-2:], each.vlan, each.interface) for each in fact.items]


# -- recordings ---------------------------------------------------------------------------------------------------


def test_recorded_neighbours_of_vrp(corpus: Path) -> None:
    texts = [(text, rows) for command, text, rows in recorded(corpus, "huawei_vrp") if command == VRP_LLDP]
    assert texts
    for text, rows in texts:
        fact = told("huawei_vrp", answers={VRP_LLDP: text})[Neighbours]
        assert isinstance(fact, Neighbours)
        found = [(each.name, each.port, each.port_descr, list(map(str, each.addresses))) for each in fact.items]
        assert found == [
            (
                row["neighbor_name"],
                row["neighbor_port_id"],
                row["neighbor_interface"] or None,
                [row["mgmt_address"]] if row["mgmt_address_type"].lower() == "ipv4" else [],
            )
            for row in rows
        ]
        assert [each.descr for each in fact.items] == [" ".join(row["neighbor_description"]) for row in rows]


def test_recorded_neighbours_of_comware(corpus: Path) -> None:
    texts = [(text, rows) for command, text, rows in recorded(corpus, "hp_comware") if command == VERBOSE]
    assert texts
    for text, rows in texts:
        parts = re.split(r"(?m)^ \[\S+\]dis .*\n", text)  # several devices in one recording
        facts = [told("h3c_comware", answers={VERBOSE: part})[Neighbours] for part in parts]
        items = [each for fact in facts if isinstance(fact, Neighbours) for each in fact.items]
        assert [(n.interface, n.name, n.chassis_id, n.port, n.port_descr) for n in items] == [
            (
                row["local_interface"],
                row["neighbor_name"],
                mac_address(row["chassis_id"]),
                row["neighbor_interface"],
                row["neighbor_interface_description"],
            )
            for row in rows
        ]
        assert [list(map(str, n.addresses)) for n in items] == [list(filter(None, [r["mgmt_address"]])) for r in rows]


def test_recorded_tables_of_vrp(corpus: Path) -> None:
    read = 0
    for command, text, rows in recorded(corpus, "huawei_vrp"):
        if command == "display arp brief":
            others = [row for row in rows if not row["type"].startswith("I")]
            found = [entry[:2] for entry in resolved("huawei_vrp", {ARP: text})]
            assert found == [(row["ip_address"], mac_address(row["mac_address"])) for row in others]
        elif command == ND:
            found = [entry[:2] for entry in resolved("huawei_vrp", {ARP: "Total:0\n", ND: text})]
            assert found == [(row["ipv6_address"].lower(), mac_address(row["mac_address"])) for row in rows]
        elif command == MACS:
            fact = told("huawei_vrp", answers={MACS: text})[LearnedMacs]
            assert isinstance(fact, LearnedMacs)
            assert [(each.mac, str(each.vlan)) for each in fact.items] == [
                (mac_address(row["destination_address"]), row["vlan_id"]) for row in rows
            ]
        else:
            continue
        read += 1
    assert read >= 4


# -- forms --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "entry"),
    [
        ("10.10.10.1  00e0-fca6-6c66  17        D-0  GE0/0/1\n                       100", "Vlanif100"),
        ("10.1.1.2    00e0-fca6-6c66  20        D-9  GE0/1/1.2       vpn2       100/20", "GigabitEthernet0/1/1.2"),
        ("10.23.2.54  00e0-fca6-6c66  19        D-0  GE0/0/24       VLAN2", "GigabitEthernet0/0/24"),
        ("10.2.0.1    00e0-fca6-6c66  18        DF0  Eth-Trunk1.30  met", "Eth-Trunk1.30"),
        ("10.2.0.1    00e0-fca6-6c66  18        D-0  50|100GE3/0/1", "50|100GE3/0/1"),
        ("10.2.0.1    00e0-fca6-6c66    6   D/401  10GE1/0/12", "Vlanif401"),
        ("10.2.0.1    00e0-fca6-6c66        RD/BD1  10.255.0.2   VRF-A", None),
        ("10.2.0.1    00e0-fca6-6c66        D  VNI10(src:1.1.1.1 dst:2.2.2.2)", None),
    ],
)
def test_arp_of_vrp(row: str, entry: str | None) -> None:
    own = "10.0.0.9     00e0-fc00-0001            I -  Vlanif2\n                  7/-\n"
    assert [found[2] for found in resolved("huawei_vrp", {ARP: f"{own}{row}\n{own}"})] == [entry]


def test_a_release_that_wants_the_word_all() -> None:
    told_all = {ALL_ARP: "10.0.0.1 00e0-fca6-6c66 3 D-0 GE0/0/1\n"}
    assert [entry[0] for entry in resolved("huawei_vrp", told_all)] == ["10.0.0.1"]


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        (
            ("MAC address table of slot 0:\n"
            "MAC Address    VLAN/       PEVLAN CEVLAN Port            Type      LSP/LSR-ID\n"
            "               VSI/SI                                              MAC-Tunnel\n"
            "00e0-fca4-1501 1           -      -      GE0/0/1         dynamic   0/-\n"
            "00e0-fca4-1502 v1          100    20     GE0/1/3         dynamic   4/65546\n"
            "00e0-fca4-1503 BD 1        *1     -      Eth-Trunk10.1   dynamic   3/-\n"
            "00e0-fca4-1504 7           -      -      GE0/0/2         security  -\n"
            "00e0-fca4-1505 7           -      -      GE0/0/2         static    -\n"
            "Total matching items on slot 0 displayed = 5\n"),
            [
                ("01", 1, "GigabitEthernet0/0/1"),
                ("02", None, "GigabitEthernet0/1/3"),
                ("03", None, "Eth-Trunk10.1"),
                ("04", 7, "GigabitEthernet0/0/2"),
            ],
        ),
        ("MAC Address    VLAN/VSI    Learned-From    Type\n1234-5678-ab01 65/-  GE0/0/2   dynamic\n",
         [("01", 65, "GigabitEthernet0/0/2")]),
    ],
)  # fmt: skip
def test_macs_of_vrp(text: str, entries: list[tuple[str, int | None, str | None]]) -> None:
    assert learned("huawei_vrp", text) == entries


def test_nothing_told_by_vrp_8_is_nothing() -> None:
    text = (
        "100GE1/0/1 has 1 neighbor(s):\n\nNeighbor index                     :1\n"
        "Chassis type                       :MAC Address\nChassis ID                         :d849-0b94-6501\n"
        "Port ID                            :100GE1/0/2\nPort description                   :--\n"
        "System name                        :--\nSystem description                 :--\n"
        "Management address                 :--\nExpired time                       :96s\n"
    )
    assert neighbours("huawei_vrp", display_lldp_neighbor=text) == [
        ("100GE1/0/1", None, "d8:49:0b:94:65:01", "100GE1/0/2")
    ]
    fact = told("huawei_vrp", answers={VRP_LLDP: text})[Neighbours]
    assert isinstance(fact, Neighbours)
    assert [(each.port_descr, each.descr, each.addresses) for each in fact.items] == [(None, None, ())]


@pytest.mark.parametrize(
    ("row", "entry"),
    [
        ("10.5.251.68     fc60-9b5f-4674 251        BAGG1                    1053  D", ("Vlan-interface251", None)),
        ("10.5.253.105    fc60-9b5f-4674 --         HGE1/0/59                119   D", ("HundredGigE1/0/59", None)),
        ("10.5.253.105    fc60-9b5f-4674 vpna       0x500000                 119   D", ("0x500000", None)),
        ("10.44.132.254   fc60-9b5f-4674 100        GE1/0/1                  N/A   M", ("Vlan-interface100", "static")),
        ("10.44.132.254   fc60-9b5f-4674 100        GE0/1.100  20    D  vpn1", ("GigabitEthernet0/1.100", None)),
    ],
)
def test_arp_of_comware(row: str, entry: tuple[str, str | None]) -> None:
    head = "  Type: S-Static   D-Dynamic   O-Openflow   R-Rule   M-Multiport  I-Invalid\n"
    title = "IP address      MAC address    SVLAN/VSI  Interface/Link ID        Aging Type\n"
    assert [found[2:] for found in resolved("h3c_comware", {ARP: f"{head}{title}{row}\n"})] == [entry]


def test_nd_of_comware_5() -> None:
    text = (
        "                  Type: S-Static    D-Dynamic\n"
        "IPv6 Address                            Link-layer     VID  Interface     State T Age\n"
        "FE80::200:5EFF:FE32:B800                0000-5e32-b800 N/A  GE1/0/1       REACH S -\n"
        "2001:DB8::9                             0000-0000-0000 7    GE1/0/2       INCMP D 1\n"
    )
    assert resolved("h3c_comware", {ARP: "", ALL_ND: text}) == [
        ("fe80::200:5eff:fe32:b800", "00:00:5e:32:b8:00", "GigabitEthernet1/0/1", "static"),
        ("2001:db8::9", None, "Vlan-interface7", "incomplete"),
    ]


def test_macs_of_comware() -> None:
    text = (
        "MAC Address      VLAN ID    State            Port/Nickname            Aging\n"
        "3cec-ef1f-e401   32         Learned          XGE1/0/2                 Y\n"
        "3cec-ef1f-e402   1          Multiport        GE1/0/1                  N\n"
        "                                             GE1/0/2\n"
        "3cec-ef1f-e403   1          Config static    GE1/0/3                  N\n"
        "3cec-ef1f-e404   1          Security         GE1/0/4                  N\n"
    )
    assert learned("h3c_comware", text) == [
        ("01", 32, "Ten-GigabitEthernet1/0/2"),
        ("04", 1, "GigabitEthernet1/0/4"),
    ]
    assert learned("h3c_comware", "  ---  No mac address found  ---\n") == []


def test_a_neighbour_that_lies_is_one_neighbour() -> None:
    """What a neighbour says of itself is folded and set in: no port of its making begins there."""
    text = (
        "LLDP neighbor-information of port 1[GigabitEthernet1/0/1]:\nLLDP agent nearest-bridge:\n"
        " LLDP neighbor index : 1\n Chassis ID          : 0001-0001-0001\n Port ID             : 1\n"
        " System description  : x\n                       LLDP neighbor-information of port 9[Vlan-interface9]:\n"
        "                        Chassis ID          : 0009-0009-0009\n"
        " System capabilities supported : Bridge\n"
    )
    assert neighbours("h3c_comware", **{VERBOSE: text}) == [("GigabitEthernet1/0/1", None, "00:01:00:01:00:01", "1")]


# -- what is none -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "answers", "gap"),
    [
        ("huawei_vrp", {VRP_LLDP: ""}, Gap.UNPARSED),
        ("huawei_vrp", {VRP_LLDP: "Info: LLDP is not enabled globally.\n"}, Gap.UNPARSED),
        ("huawei_vrp", {VRP_LLDP: "Error: Unrecognized command found at '^' position.\n"}, Gap.REFUSED),
        ("huawei_vrp", {VRP_LLDP: "Local Intf    Neighbor Dev    Neighbor Intf\n1 = 2\n"}, Gap.UNPARSED),
        ("h3c_comware", {VERBOSE: ""}, Gap.UNPARSED),
        ("h3c_comware", {VERBOSE: "", STATUS: "Global status of LLDP: Disable\n"}, Gap.UNPARSED),
        ("h3c_comware", {VERBOSE: "% Unrecognized command found at '^' position.\n"}, Gap.REFUSED),
        ("h3c_comware", {VERBOSE: "", STATUS: "Global status of LLDP: Enable\n"}, None),
        ("huawei_vrp", {VRP_LLDP: "GigabitEthernet0/0/1 has 0 neighbor(s)\n"}, None),
    ],
)
def test_who_is_heard_is_empty_only_where_lldp_runs(platform: str, answers: dict[str, str], gap: Gap | None) -> None:
    fact = told(platform, answers=answers)[Neighbours]
    assert (fact.gap if isinstance(fact, Missing) else None) == gap
    assert isinstance(fact, Missing) or (isinstance(fact, Neighbours) and fact.items == ())


@pytest.mark.parametrize("platform", ["huawei_vrp", "h3c_comware"])
@pytest.mark.parametrize("line", ["10.0.0.1 what is this", "2001:db8::1 what is this", "00e0-fc00-0001 what is this"])
def test_an_unknown_row_loses_the_table_not_itself(platform: str, line: str) -> None:
    facts = told(platform, answers=dict.fromkeys((ARP, ALL_ARP, ND, ALL_ND, MACS), f"{line}\n"))
    for kind in (ResolvedAddresses, LearnedMacs):
        fact = facts[kind]
        assert isinstance(fact, Missing)
        assert (fact.gap, "unknown line" in fact.why) == (Gap.UNPARSED, True)


LONG = 20_000


@pytest.mark.parametrize("platform", ["huawei_vrp", "h3c_comware"])
@pytest.mark.parametrize(
    "line",
    [
        pytest.param(f"{start}{part * LONG}{end}", id=f"{start.strip()[:12]}{part!r}{end}")
        for start in (
            " System description : a", "10.0.0.1 00e0-fc00-0001 1 D-0 GE0/0/1", "00e0-fc00-0001 1/-",
            "00e0-fc00-0001 1 ", "FE80::1 00e0-fc00-0001 ", "IPv6 Address : F", "",
            "LLDP neighbor-information of port 1",
        )
        for part, end in ((" ", "b"), (" x", "\x01"), (":", "-"), ("1", ""))
    ],
)  # fmt: skip
def test_a_line_of_any_length_is_read_at_once(platform: str, line: str) -> None:
    started = time.process_time()
    told(platform, answers=dict.fromkeys((ALL_ARP, ARP, ND, ALL_ND, MACS, VRP_LLDP, VERBOSE), f"{line}\n"))
    assert time.process_time() - started < 5
