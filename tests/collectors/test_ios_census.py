"""Neighbours, ARP and ND, and forwarding tables that IOS and RGOS show: recordings, and forms that no recording has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from shown import recorded, told

from inventory.addresses import mac_address
from inventory.errors import Gap, Missing
from inventory.facts import Fact, LearnedMacs, Neighbours, ResolvedAddresses
from inventory.names import canonical_interface

LLDP, CDP = "show lldp neighbors detail", "show cdp neighbors detail"
ARP, PLAIN_ARP, ND = "show ip arp", "show arp", "show ipv6 neighbors"
MACS, OLD_MACS = "show mac address-table", "show mac-address-table"
KINDS: Mapping[str, type[Fact]] = {
    LLDP: Neighbours, PLAIN_ARP: ResolvedAddresses, ND: ResolvedAddresses, OLD_MACS: LearnedMacs
}  # fmt: skip
PORT = "Vlan    Mac Address       Type        Ports\n----    -----------       --------    -----\n"


def fact(kind: type[Fact], platform: str = "cisco_ios", **answers: str) -> Fact | Missing:
    return told(platform, answers={globals()[name]: text for name, text in answers.items()})[kind]


def read(found: Fact | Missing) -> list[tuple[object, ...]]:
    """What the rows of a table say that every source of it says."""
    if isinstance(found, Neighbours):
        return [(n.interface, n.name, n.chassis_id, [*map(str, n.addresses)]) for n in found.items]
    if isinstance(found, ResolvedAddresses):
        return [(r.ip, r.mac, r.interface) for r in found.items]
    assert isinstance(found, LearnedMacs), found
    return [(m.mac, m.vlan, m.interface) for m in found.items]


def expected(command: str, rows: list[dict[str, Any]]) -> Iterator[tuple[object, ...]]:
    """The same of the rows of a recording: of ARP what was answered, of MAC addresses what was learned."""
    for row in rows:
        name = row.get("local_interface") or row.get("interface") or next(iter(row.get("destination_port", [])), "")
        port = canonical_interface(name, "cisco_ios")
        if command == LLDP:
            chassis = row["chassis_id"]
            mac = mac_address(chassis) if len(chassis) > len("10.65.1.11") else None
            yield (
                port,
                row["neighbor_name"] or None,
                mac or chassis,
                [row["mgmt_address"]] if row["mgmt_address"] else [],
            )
        elif command == OLD_MACS and row["type"].lower() == "dynamic":
            yield mac_address(row["destination_address"]), int(row["vlan_id"]), port
        elif command in (PLAIN_ARP, ND) and row.get("hardware_address") != "Incomplete":
            yield ip_address(row["address"]), mac_address(row.get("mac_address") or row.get("hardware_address")), port


def test_recordings(corpus: Path) -> None:
    seen = [entry for entry in recorded(corpus, "cisco_ios") if entry[0] in KINDS]
    assert {command for command, _, _ in seen} == set(KINDS)
    for command, text, rows in seen:
        answers = {ARP: "", command: text} if command == ND else {command: text}
        assert read(told("cisco_ios", answers=answers)[KINDS[command]]) == list(expected(command, rows))


@pytest.mark.parametrize(
    ("lldp", "cdp", "wanted"),
    [
        ("% LLDP is not enabled\n", "% CDP is not enabled\n", Gap.REFUSED),
        ("% LLDP is not enabled\n", None, Gap.REFUSED),
        ("                  ^\n% Invalid input detected at '^' marker.\n", "% CDP is not enabled\n", Gap.REFUSED),
        ("\n\nTotal entries displayed: 0\n", "% CDP is not enabled\n", 0),
        ("% LLDP is not enabled\n", "\n\nTotal cdp entries displayed : 0\n", 0),
        ("% LLDP is not enabled\n", "Device ID: r2\nPlatform: x,  Capabilities: \n", 1),
        ("what is this\n", "", Gap.UNPARSED),
    ],
)
def test_who_is_not_heard_is_not_absent(lldp: str, cdp: str | None, wanted: Gap | int) -> None:
    """A device that speaks neither protocol may have any neighbour; one that speaks hears who is there."""
    found = fact(Neighbours, LLDP=lldp) if cdp is None else fact(Neighbours, LLDP=lldp, CDP=cdp)
    assert (found.gap if isinstance(found, Missing) else len(read(found))) == wanted


def test_an_old_release_does_not_name_its_port() -> None:
    rule = "-" * 48
    text = (
        f"{rule}\nChassis id: 0011.2233.4455\nPort id: Gi0/1\nSystem Name: r2\n\nSystem Description:\n{rule}\n"
        f"Chassis id: none of theirs\nTime remaining: 9 seconds\n{rule}\nChassis id: 0011.2233.4466\n"
    )
    assert read(fact(Neighbours, LLDP=text)) == [
        (None, "r2", "00:11:22:33:44:55", []), (None, None, "00:11:22:33:44:66", [])
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "*   20  0011.2233.4455   dynamic  Yes   --  Gi3/1\n*   20  00aa.0000.0001    static  Yes   --  Gi3/1,Gi3/2\n",
        (
            "Unicast Entries\n vlan   mac address     type        protocols               port\n-------+-------+----\n"
            "  20    0011.2233.4455   dynamic ip,ipx,assigned,other GigabitEthernet3/1\nMulticast Entries\n vlan    mac"
            " address     type    ports\n-------+-------+----\n   1    ffff.ffff.ffff   system Gi1/1,Gi1/2,\n"
            "                                 Gi1/3\n"
        ),
        (
            "Destination Address  Address Type  VLAN  Destination Port\n-------------------  ----  ----  ----\n"
            "00aa.0000.0001          Self            1     Vlan1\n0011.2233.4455          Dynamic        20     Gi3/1\n"
        ),
        f"{PORT}  20    0011.2233.4455    DYNAMIC pv  Gi3/1\n  20    00aa.0000.0001    DYNAMIC     Drop\n",
    ],
)
@pytest.mark.parametrize("command", [MACS, OLD_MACS])
def test_families_of_switches_have_columns_of_their_own(command: str, text: str) -> None:
    found = told("cisco_ios", answers={command: text})[LearnedMacs]
    assert read(found) == [("00:11:22:33:44:55", 20, "GigabitEthernet3/1")]


@pytest.mark.parametrize(
    ("platform", "arp"), [("cisco_ios", "ARP"), ("cisco_ios", "PLAIN_ARP"), ("ruijie_rgos", "PLAIN_ARP")]
)
@pytest.mark.parametrize(
    ("nd", "families"),
    [({}, {4}), ({"ND": "% Invalid input detected at '^' marker.\n"}, {4}), ({"ND": "IPv6 Address  x\n"}, {4, 6})],
)
def test_of_ipv6_is_told_what_was_shown(platform: str, arp: str, nd: dict[str, str], families: set[int]) -> None:
    row = "Internet  10.0.0.9   3   0011.2233.4455  ARPA   Vlan9\n"
    found = fact(ResolvedAddresses, platform, **{arp: row}, **nd)
    assert isinstance(found, ResolvedAddresses)
    assert ([str(each.ip) for each in found.items], found.told) == (["10.0.0.9"], families)


def test_states_of_rgos() -> None:
    nd = (
        "IPv6 Address              Linklayer Addr  Interface\n2001:db8::1      00d0.f800.0001  vlan 1\n"
        "  State: Reach/H Age: - asked: 0\nfe80::7          00d0.f800.0007  GigabitEthernet 0/1\n"
        "  State: STALE/R Age: 12 asked: 0\n"
    )
    found = fact(ResolvedAddresses, "ruijie_rgos", PLAIN_ARP="Total number of ARP entries: 0\n", ND=nd)
    assert isinstance(found, ResolvedAddresses)
    assert [(str(r.ip), r.interface, r.state) for r in found.items] == [
        ("2001:db8::1", "VLAN1", "reachable"), ("fe80::7", "GigabitEthernet0/1", "stale")
    ]  # fmt: skip


@pytest.mark.parametrize("time", ["", "   1d 18:34:10", "   2018-4-13 17:15:38 "])
def test_ages_of_rgos(time: str) -> None:
    text = f"Vlan  MAC Address  Type  Interface\n----- ----\n 20   0011.2233.4455  DYNAMIC  AggregatePort 7{time}\n"
    assert read(fact(LearnedMacs, "ruijie_rgos", OLD_MACS=text)) == [("00:11:22:33:44:55", 20, "AggregatePort7")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("\n", "an empty answer"),
        # a description without its end would hide the neighbour behind it
        ("  System description                : x\nLLDP neighbor-information of port [Gi0/2]\n", "unknown line"),
        ("  System description                : x\n  Port ID                           : Gi0/1\n", "unknown line"),
    ],
)
def test_rgos_tells_whom_it_hears_or_nothing(text: str, why: str) -> None:
    found = fact(Neighbours, "ruijie_rgos", LLDP=text)
    assert isinstance(found, Missing)
    assert why in found.why
