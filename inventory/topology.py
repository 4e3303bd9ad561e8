"""Links as the devices themselves tell them: both ends' neighbours joined, one-sided ones flagged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from inventory.errors import Missing
from inventory.facts import Addresses, Identity, Interfaces, Neighbour, Neighbours
from inventory.names import canonical_interface, plain_name
from inventory.snapshot import Network

UNNAMED = "?"  # a neighbour that tells neither name nor chassis nor address


@dataclass(frozen=True, slots=True)
class Port:
    """One end of a link. ``target`` None: no device of the run; ``name`` is what the other end calls it."""

    name: str
    interface: str | None
    target: str | None


class Witness(StrEnum):
    """What tells of a link."""

    NEIGHBOUR = "neighbour"  # LLDP or CDP
    MAC = "mac"  # a switch learned the far end's MAC at this port
    ARP = "arp"  # the near end resolves the far one's address: they share a network, maybe not a line


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A link between two devices; ``a`` is an end that hears the other."""

    a: Port
    z: Port
    mutual: bool  # both ends hear each other
    # For one-sided: unknown-device, silent (speaks no LLDP or was not read), deaf (hears others, not us), unpaired
    # (several lines run between the two, and what they call their ports does not tell which is which).
    why: str = ""
    seen: tuple[Witness, ...] = (Witness.NEIGHBOUR,)

    def seen_by(self, more: Witness) -> SeenLink:
        """The same link with one more witness."""
        return replace(self, seen=tuple(dict.fromkeys((*self.seen, more))))


def links(network: Network) -> Iterator[SeenLink]:
    """Every link that at least one end hears. Holds the neighbour tables in memory, one half-link a line."""
    names = _Names(network)
    halves: list[_Half] = []
    speakers: set[str] = set()
    for target, neighbours in network.each(Neighbours):
        if isinstance(neighbours, Missing):
            continue
        speakers.add(target)
        halves += _once([_half(names, target, neighbour) for neighbour in neighbours.items])
    yield from _joined(halves, speakers)


@dataclass(frozen=True, slots=True)
class _Half:
    near: str
    interface: str | None
    far: str | None  # target
    far_name: str
    far_ports: frozenset[str]  # what the neighbour may call its port


class _Names:
    """Targets by whatever a neighbour may call them; a name that several share names none."""

    def __init__(self, network: Network) -> None:
        self._targets: dict[str, str | None] = {}
        self._platforms: dict[str, str | None] = {}
        for record in network.records():
            self._platforms[record.target] = record.platform
            self._add(record.target, plain_name(record.target), record.address)
        for target, identity in network.each(Identity):
            if isinstance(identity, Identity) and identity.hostname:
                self._add(target, plain_name(identity.hostname))
        for target, addresses in network.each(Addresses):
            if isinstance(addresses, Addresses):
                self._add(target, *(str(a.ip.ip) for a in addresses.items if not a.ip.is_loopback))
        self._network = network

    @cached_property
    def _macs(self) -> dict[str, str | None]:
        """Targets by their MAC addresses: read where names and addresses leave a neighbour open, for it takes long."""
        found: dict[str, str | None] = {}
        for target, interfaces in self._network.each(Interfaces):
            for each in interfaces.items if isinstance(interfaces, Interfaces) else ():
                if each.mac:
                    found[each.mac] = target if found.get(each.mac, target) == target else None
        return found

    def _add(self, target: str, *words: str) -> None:
        for word in words:
            self._targets[word] = target if self._targets.get(word, target) == target else None

    def target(self, neighbour: Neighbour) -> str | None:
        words = [plain_name(neighbour.name)] if neighbour.name else []
        words += [str(ip) for ip in neighbour.addresses]
        words += [neighbour.chassis_id.lower()] if neighbour.chassis_id else []
        named = next((found for word in words if (found := self._targets.get(word))), None)
        return named or (self._macs.get(words[-1]) if neighbour.chassis_id else None)

    def interface(self, target: str | None, name: str) -> str:
        return canonical_interface(name, self._platforms.get(target or ""))


def _half(names: _Names, near: str, neighbour: Neighbour) -> _Half:
    far = names.target(neighbour)
    label = neighbour.name or neighbour.chassis_id or next(map(str, neighbour.addresses), UNNAMED)
    called = (neighbour.port, neighbour.port_descr)
    ports = frozenset(names.interface(far, port) for port in called if port)
    interface = names.interface(near, neighbour.interface) if neighbour.interface else None
    return _Half(near, interface, far, label, ports)


def _once(halves: list[_Half]) -> list[_Half]:
    """One half for each neighbour at an interface, though it is heard by LLDP and by CDP."""
    found: dict[tuple[object, ...], _Half] = {}
    for half in halves:
        key = (half.interface or id(half), half.far or plain_name(half.far_name))
        known = found.get(key)
        found[key] = replace(half, far_ports=half.far_ports | known.far_ports) if known else half
    return list(found.values())


def _joined(halves: list[_Half], speakers: set[str]) -> Iterator[SeenLink]:
    unanswered: _Unanswered = {}
    for half in halves:
        if half.far is not None:
            unanswered.setdefault((half.near, half.far), {})[id(half)] = half
    answers: dict[int, _Half] = {}
    for agree in (_both_agree, _either_agrees, _nothing_else_is_left):
        for half in halves:
            if half.far is not None and id(half) not in answers:
                _answer(half, unanswered, answers, agree)
    told: set[int] = set()
    for half in halves:
        other = answers.get(id(half))
        if id(half) not in told:
            told.add(id(other))
            yield _link(half, other, speakers, unpaired=bool(unanswered.get((half.far or "", half.near))))


_Unanswered = dict[tuple[str, str], dict[int, _Half]]  # halves by their ends and their identity
Agree = Callable[[_Half, _Half, int], bool]


def _both_agree(half: _Half, other: _Half, _: int) -> bool:
    return other.interface in half.far_ports and half.interface in other.far_ports


def _either_agrees(half: _Half, other: _Half, _: int) -> bool:
    return other.interface in half.far_ports or half.interface in other.far_ports


def _nothing_else_is_left(_: _Half, __: _Half, left: int) -> bool:
    return left == 2


def _answer(half: _Half, unanswered: _Unanswered, answers: dict[int, _Half], agree: Agree) -> None:
    """Notes the far end's own view of the same line for both halves, where one is left that agrees."""
    near, far = half.near, half.far or ""
    there, back = unanswered[near, far], unanswered.get((far, near), {})
    left = len(there) + len(back) - (id(half) in back)
    for other in back.values():
        if other is not half and agree(half, other, left):
            answers[id(half)], answers[id(other)] = other, half
            del there[id(half)], back[id(other)]
            return


def _link(half: _Half, other: _Half | None, speakers: set[str], *, unpaired: bool) -> SeenLink:
    near = Port(half.near, half.interface, half.near)
    if other is not None:
        return SeenLink(near, Port(other.near, other.interface, other.near), True)
    far = Port(half.far or half.far_name, min(half.far_ports, default=None, key=len), half.far)
    if half.far is None:
        return SeenLink(near, far, False, "unknown-device")
    return SeenLink(near, far, False, "unpaired" if unpaired else "deaf" if half.far in speakers else "silent")
