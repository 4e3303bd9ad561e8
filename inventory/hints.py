"""What tells one device from another, out of its facts: each hint with whether it identifies by itself.

Makers and images give many devices the same words: a serial of zeros, an engine id made from 127.0.0.1, the host key
of the image a virtual machine was cloned from. What is of that kind is set aside, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Interface, IPv6Interface, ip_address
from typing import Any

from inventory.addresses import burnt_in, mac_address
from inventory.facts import (
    Addresses,
    Entities,
    Entity,
    Fact,
    Hardware,
    HostKeys,
    Identity,
    Interfaces,
    SystemGroup,
)
from inventory.names import plain_name
from inventory.snapshot import Network
from inventory.text import Text


class Kind(StrEnum):
    """What a hint is, and also what two devices may disagree in."""

    SERIAL = "serial"
    CHASSIS = "chassis"  # LLDP chassis id or bridge address, a MAC
    ENGINE = "engine"  # snmpEngineID
    HOST_KEY = "host-key"
    ADDRESS = "address"  # one lists the address at which the other was asked
    FLOATING = "floating"  # both list it, each beside an address of its own in that network: VRRP, HRP, failover
    MACS = "macs"  # of interfaces: only held against or beside other hints
    HOSTNAME = "hostname"  # only held against or beside other hints
    MAKE = "make"  # vendor and model: only held against other hints


@dataclass(frozen=True, slots=True, order=True)
class Hint:
    """A word that a device bears. ``sole``: it identifies without another that agrees."""

    kind: Kind
    value: str
    sole: bool = False


@dataclass(frozen=True, slots=True)
class Weak:
    """A word that identifies nobody, and why."""

    target: str
    kind: Kind
    value: str
    why: Text


@dataclass(slots=True)
class Hints:
    """All that identifies one target."""

    target: str
    address: str
    hints: set[Hint] = field(default_factory=set)
    macs: set[str] = field(default_factory=set)  # burnt-in ones of its interfaces
    hostname: str | None = None
    make: tuple[str, str] | None = None  # vendor and model; None: not told
    own: set[IPv4Interface | IPv6Interface] = field(
        default_factory=set
    )  # of its interfaces, loopback and link-local ones left out
    weak: list[Weak] = field(default_factory=list)

    @property
    def addresses(self) -> set[str]:
        """Addresses by which others may reach it."""
        return {str(each.ip) for each in self.own}

    def floats(self, address: str, other: Hints) -> bool:
        """Whether it holds the address beside one in the same network that the other does not hold."""
        ip = ip_address(address)
        return any(ip in own.network and ip != own.ip and own not in other.own for own in self.own)

    def of(self, kind: Kind) -> frozenset[str]:
        """The values of one kind."""
        return frozenset(hint.value for hint in self.hints if hint.kind is kind)


def hints(network: Network) -> dict[str, Hints]:
    """The hints of every target of a run by name, in the network's order; all of them are in memory."""
    found = {record.target: Hints(record.target, record.address) for record in network.records()}
    for kind, take in _TAKERS.items():
        for target, fact in network.each(kind):
            if isinstance(fact, kind) and target in found:
                take(found[target], fact)
    return found


def serial(text: str) -> tuple[str, Text | None]:
    """A serial number as it is compared, and why it identifies nobody; None: it does."""
    plain = re.sub(r"[\W_]+", "", text).upper()
    if len(plain) < 4:
        return plain, Text("太短", "too short")
    if len(set(plain)) == 1:
        return plain, Text("同一字符", "one character over and over")
    if not any(map(str.isdigit, plain)):
        return plain, Text("没有一位数字", "without a digit")
    if plain in _PLACEHOLDERS or plain in "01234567890123456789" or plain in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        return plain, Text("是占位文字", "a maker's placeholder")
    return plain, None


_PLACEHOLDERS = frozenset(
    re.sub(r"\W", "", word).upper()
    for word in (
        *("To be filled by O.E.M.", "Default string", "Not Specified", "Not Applicable", "Not Available", "None"),
        *("System Serial Number", "Chassis Serial Number", "Base Board Serial Number", "Serial Number", "Unknown"),
        *("0123456789ABCDEF", "1234567890ABCDEF", "INVALID", "EMPTY", "NULL", "Asset Tag", "Standard", "QEMU", "OEM"),
        *("Not Defined", "Undefined", "SerialNum", "No Serial", "Virtual Machine", "test", "default", "xxxx0000"),
    )
)


def engine(text: str) -> tuple[bool, Text | None]:
    """Whether an snmpEngineID in hex identifies by itself (RFC 3411 clause 5: made from a MAC), and why it never does.

    One made from an address, from text or at random needs another hint beside it: images and people copy those.
    """
    octets = bytes.fromhex(text)
    if not 5 <= len(octets) <= 32:
        return False, Text("长度不符合 RFC 3411", "not of the length RFC 3411 demands")
    kind, rest = (octets[4], octets[5:]) if octets[0] & 0x80 else (0, octets[4:])
    if len(set(rest)) <= 1:
        return False, Text("企业号之后全是同一字节", "one octet over and over behind the enterprise number")
    if kind == _FROM_MAC and len(rest) == 6:
        good = burnt_in(rest.hex(":"))
        return good, None if good else Text("由非出厂 MAC 生成", "made from a MAC that no maker gave")
    if kind in _FROM_ADDRESS and len(rest) == _FROM_ADDRESS[kind]:
        ip = ip_address(rest)
        return False, None if ip.is_global else Text(f"由地址 {ip} 生成", f"made from the address {ip}")
    return False, None


_FROM_MAC = 3
_FROM_ADDRESS = {1: 4, 2: 16}


def chassis_of(entities: Entities) -> tuple[Entity, ...]:
    """Chassis with a serial number that identifies, in the order of their index, each serial once.

    One inside another chassis (a blade, a shelf of power supplies) is a part of it and left out. Where none has a
    serial number, the members of a stack that shows as one frame stand for them.
    """
    by_index = {each.index: each for each in entities.items}
    identified = [each for each in entities.items if serial(each.serial or "")[1] is None]
    chassis = [each for each in identified if each.kind == "chassis" and not _inside_another(each, by_index)]
    found: dict[str, Entity] = {}
    for each in sorted(chassis or _stacked(identified, entities), key=lambda entity: entity.index):
        found.setdefault(serial(each.serial or "")[0], each)
    return tuple(found.values())


def _stacked(identified: list[Entity], entities: Entities) -> list[Entity]:
    """Main boards that carry ports of their own number, where there are two: fixed switches as iStack shows them.

    In a frame with slots the ports are those of line boards, and the main boards carry none but for management.
    """
    ports = {(each.parent, match[1]) for each in entities.items if (match := _PORT_OF_SLOT.fullmatch(each.name or ""))}
    boards = [(each, match[1]) for each in identified if (match := _MAIN_BOARD.fullmatch(each.name or ""))]
    found = [board for board, number in boards if (board.index, number) in ports]
    return found if len(found) > 1 else []


_MAIN_BOARD = re.compile(r"MPU Board (\d{1,3})")
_PORT_OF_SLOT = re.compile(r"(?:\w{0,24}Ethernet|\w{0,4}GE)(\d{1,3})/0/\d{1,3}")


def _inside_another(entity: Entity, by_index: dict[int, Entity]) -> bool:
    parent, steps = by_index.get(entity.parent or 0), 0
    while parent is not None and steps < len(by_index):  # parents may go round in a circle
        if parent.kind == "chassis" and parent is not entity:
            return True
        parent, steps = by_index.get(parent.parent or 0), steps + 1
    return False


def _take_serial(of: Hints, text: str | None) -> None:
    if text:
        plain, weak = serial(text)
        _take(of, Kind.SERIAL, plain, weak, sole=True)


def _take(of: Hints, kind: Kind, value: str, weak: Text | None, *, sole: bool) -> None:
    if weak is None:
        of.hints.add(Hint(kind, value, sole))
    else:
        of.weak.append(Weak(of.target, kind, value, weak))


def _take_identity(of: Hints, fact: Identity) -> None:
    _take_serial(of, fact.serial)
    of.hostname = plain_name(fact.hostname) if fact.hostname else None
    of.make = (fact.vendor, fact.model) if fact.vendor and fact.model else None


def _take_system(of: Hints, fact: SystemGroup) -> None:
    for word in {w for w in (fact.chassis_id, fact.bridge_mac) if w}:
        mac = mac_address(word) if ":" in word else None
        if mac is not None:
            weak = None if burnt_in(mac) else Text("不是出厂 MAC", "not a MAC a maker gave")
            _take(of, Kind.CHASSIS, mac, weak, sole=True)
    if fact.engine_id:
        sole, weak = engine(fact.engine_id)
        _take(of, Kind.ENGINE, fact.engine_id, weak, sole=sole)


def _take_entities(of: Hints, fact: Entities) -> None:
    for each in chassis_of(fact):
        _take_serial(of, each.serial)


def _take_hardware(of: Hints, fact: Hardware) -> None:
    _take_serial(of, fact.serial)


def _take_keys(of: Hints, fact: HostKeys) -> None:
    of.hints.update(Hint(Kind.HOST_KEY, each) for each in fact.items)


def _take_macs(of: Hints, fact: Interfaces) -> None:
    of.macs = {each.mac for each in fact.items if each.mac and burnt_in(each.mac)}


def _take_addresses(of: Hints, fact: Addresses) -> None:
    of.own = {each.ip for each in fact.items if not each.ip.is_loopback and not each.ip.is_link_local}


_TAKERS: dict[type[Fact], Callable[[Hints, Any], None]] = {
    Identity: _take_identity,
    SystemGroup: _take_system,
    Entities: _take_entities,
    Hardware: _take_hardware,
    HostKeys: _take_keys,
    Interfaces: _take_macs,
    Addresses: _take_addresses,
}
