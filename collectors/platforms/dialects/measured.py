"""What a device shows of its ports and neighbourhood, put into facts: what several platforms do alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from collectors.base import Answer
from collectors.platforms.base import Got
from collectors.platforms.dialects.figures import number
from collectors.platforms.dialects.ios import network as ios_network
from inventory.addresses import IPAddress, mac_address
from inventory.errors import ReadFailed
from inventory.facts import (
    Interface,
    Interfaces,
    LearnedMac,
    LearnedMacs,
    Neighbour,
    ResolvedAddress,
    ResolvedAddresses,
)

Row = Mapping[str, Any]
MBPS = {"K": 1e-3, "M": 1.0, "G": 1e3, "T": 1e6}  # what a unit of bit/s is in Mbit/s


def with_state(told: Interfaces, shown: Got, read: Callable[[Answer], Iterable[Interface]]) -> Interfaces:
    """The configured interfaces with what the device shows of them; those that only it knows come behind.

    As they are configured where it shows nothing, or nothing that can be understood.
    """
    if not isinstance(shown, Answer):
        return told
    try:
        measured = {port.name: port for port in read(shown)}
    except ReadFailed:
        return told
    items = [_filled(port, measured.pop(port.name, None)) for port in told.items]
    return replace(told, items=(*items, *measured.values()))


def _filled(port: Interface, shown: Interface | None) -> Interface:
    """What is shown goes before what is configured: a port that is on by default is shown to be."""
    if shown is None:
        return port
    said = {f.name: value for f in fields(Interface) if (value := getattr(shown, f.name)) not in (None, ())}
    return replace(port, **said)


def resolved(rows: Iterable[Row], arp: Answer, nd: Got | None = None) -> ResolvedAddresses:
    """ARP and ND entries of rows with ip, mac and interface; rows without an address are left out.

    Of IPv6 it is told where the device answered for ND, be it nothing.
    """
    found = (
        ResolvedAddress(ip, mac_address(row["mac"]), row["interface"], row.get("state", "").lower() or None)
        for row in rows
        if (ip := ios_network.ip_in(row["ip"])) is not None
    )
    told = frozenset({4, 6}) if isinstance(nd, Answer) else frozenset({4})
    return ResolvedAddresses(tuple(dict.fromkeys(found)), arp.evidence(), told)


def nd_state(word: str) -> str:
    """A state of an ND entry (RFC 4861, 7.3.2) in full, which devices shorten."""
    return {"REACH": "reachable", "INCMP": "incomplete"}.get(word, word.lower())


def learned(rows: Iterable[Row], answer: Answer) -> LearnedMacs:
    """Forwarding entries of rows with mac, vlan and interface."""
    found = (
        LearnedMac(mac, number(row["vlan"]), row["interface"] or None)
        for row in rows
        if (mac := mac_address(row["mac"])) is not None
    )
    return LearnedMacs(tuple(dict.fromkeys(found)), answer.evidence())


def addresses_in(words: Iterable[str]) -> tuple[IPAddress, ...]:
    """The words that are addresses, each once."""
    return tuple(dict.fromkeys(ip for word in words if (ip := ios_network.ip_in(word)) is not None))


def chassis(word: str) -> str:
    """A chassis or port id: a MAC address in the form they are compared in, other text as it is."""
    is_mac = re.fullmatch(r"(?:[0-9A-Fa-f]{4}[.-]){2}[0-9A-Fa-f]{4}|(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", word)
    return (mac_address(word) or word) if is_mac else word


def by_lldp(row: Row, interface: str | None) -> Neighbour:
    """A neighbour of a row with chassis, port, name, and where they are told port_descr, descr and address."""
    return Neighbour(
        interface=interface,
        protocol="lldp",
        name=row["name"] or None,
        chassis_id=chassis(row["chassis"]),
        port=chassis(row["port"]) or None,
        port_descr=row.get("port_descr") or None,
        descr=" ".join(row.get("descr", ())) or None,
        addresses=addresses_in(row.get("address", ())),
    )


def by_cdp(row: Row, full: Callable[[str], str]) -> Neighbour:
    """A neighbour of a row with device, interface, port, model, version, address, and where it is told name.

    ``full`` gives the full name of an interface.
    """
    return Neighbour(
        interface=full(row["interface"]) or None,
        protocol="cdp",
        name=row.get("name") or row["device"].partition("(")[0] or None,
        chassis_id=row["device"],
        port=full(row["port"]) or None,
        descr=" ".join((row["model"], *row["version"])).strip() or None,
        addresses=addresses_in(row["address"]),
    )
