"""Interfaces, their counters and their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Interface, IPv6Interface

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts.base import Fact


@dataclass(frozen=True, slots=True)
class Interface:
    """One interface. ``name`` is canonical and in full (GigabitEthernet0/0/1)."""

    name: str
    index: int | None = None  # ifIndex; None where a command line does not show it
    alias: str | None = None  # description a person typed
    kind: str | None = None  # IANAifType name: ethernetCsmacd, propVirtual, softwareLoopback, tunnel …
    speed_mbps: float | None = None  # None: not told, or 0, or the 32-bit ceiling without ifHighSpeed
    duplex: str | None = None  # full, half
    mtu: int | None = None
    ipv6_mtu: int | None = None  # of IPv6 alone; None: that of the interface
    admin_up: bool | None = None
    oper_up: bool | None = None
    mac: str | None = None
    last_change_s: float | None = None  # sysUpTime at the last change of state
    aggregate: str | None = None  # name of the aggregation this one is a member of
    vlans: tuple[int, ...] = ()
    ipv6_enabled: bool | None = None
    encapsulation: str | None = None  # of a tunnel (IANAtunnelType): direct, gre, sixToFour, isatap …; None: not told
    present: bool | None = None  # False: its hardware is not there (ifOperStatus notPresent), or nothing but its number


@dataclass(frozen=True, slots=True)
class Interfaces(Fact):
    """All interfaces of a device."""

    items: tuple[Interface, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Counter:
    """One reading of an interface's counters (IF-MIB). None: the agent has no such counter."""

    interface: str
    in_octets: int | None
    out_octets: int | None
    in_errors: int | None = None
    out_errors: int | None = None
    in_discards: int | None = None
    out_discards: int | None = None
    bits: int = 64  # width of the octet counters: 64 from ifHC*, 32 from ifTable
    in_packets: int | None = None  # all kinds of them, from ifHC*
    out_packets: int | None = None
    discontinuity_s: float | None = None  # sysUpTime when the counters last started anew; None: not told


@dataclass(frozen=True, slots=True)
class Counters(Fact):
    """All readings of one moment; ``uptime_s`` tells a reset from a wrap."""

    items: tuple[Counter, ...]
    uptime_s: float | None = None
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)


@dataclass(frozen=True, slots=True)
class Address:
    """An address with its prefix on an interface (IP-MIB ipAddressTable, RFC 4293).

    A prefix length that the device does not tell is written as that of the single address
    (/32 or /128) with ``prefix_known`` false.
    """

    interface: str | None
    ip: IPv4Interface | IPv6Interface
    prefix_known: bool = True
    origin: str | None = None  # manual, dhcp, linklayer, random, other
    status: str | None = None  # preferred, deprecated, invalid, tentative …


@dataclass(frozen=True, slots=True)
class Addresses(Fact):
    """All addresses of a device, both families."""

    items: tuple[Address, ...]
    evidence: Evidence = field(default=NO_EVIDENCE, compare=False)
