"""Links as the devices themselves tell them: both ends' neighbours joined, one-sided ones flagged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from inventory.errors import Missing
from inventory.facts import Addresses, Identity, Interfaces, Neighbour, Neighbours
from inventory.names import canonical_interface
from inventory.reconcile import plain_name
from inventory.snapshot import Network


@dataclass(frozen=True, slots=True)
class Port:
    """One end of a link. ``target`` None: no device of the run; ``name`` is what the other end calls it."""

    name: str
    interface: str | None
    target: str | None


@dataclass(frozen=True, slots=True)
class SeenLink:
    """A link between two devices; ``a`` is an end that hears the other."""

    a: Port
    z: Port
    mutual: bool  # both ends hear each other
    why: str = ""  # for one-sided: unknown-device, silent (speaks no LLDP or was not read), deaf (hears others, not us)


def links(network: Network) -> Iterator[SeenLink]:
    """Every link that at least one end hears. Holds the neighbour tables in memory, one half-link a line."""
    names = _Names(network)
    halves: list[_Half] = []
    speakers: set[str] = set()
    for target, neighbours in network.each(Neighbours):
        if isinstance(neighbours, Missing):
            continue
        speakers.add(target)
        halves += [_half(names, target, neighbour) for neighbour in neighbours.items]
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
        for target, interfaces in network.each(Interfaces):
            if isinstance(interfaces, Interfaces):
                self._add(target, *(each.mac for each in interfaces.items if each.mac))

    def _add(self, target: str, *words: str) -> None:
        for word in words:
            self._targets[word] = target if self._targets.get(word, target) == target else None

    def target(self, neighbour: Neighbour) -> str | None:
        words = [plain_name(neighbour.name)] if neighbour.name else []
        words += [str(ip) for ip in neighbour.addresses]
        words += [neighbour.chassis_id.lower()] if neighbour.chassis_id else []
        return next((found for word in words if (found := self._targets.get(word))), None)

    def interface(self, target: str | None, name: str) -> str:
        return canonical_interface(name, self._platforms.get(target or ""))


def _half(names: _Names, near: str, neighbour: Neighbour) -> _Half:
    far = names.target(neighbour)
    label = neighbour.name or neighbour.chassis_id or next(map(str, neighbour.addresses), "?")
    called = (neighbour.port, neighbour.port_descr)
    ports = frozenset(names.interface(far, port) for port in called if port)
    interface = names.interface(near, neighbour.interface) if neighbour.interface else None
    return _Half(near, interface, far, label, ports)


def _joined(halves: list[_Half], speakers: set[str]) -> Iterator[SeenLink]:
    waiting: dict[tuple[str, str], list[_Half]] = {}
    for half in halves:
        if half.far is not None:
            waiting.setdefault((half.near, half.far), []).append(half)
    done: set[int] = set()
    for half in halves:
        if id(half) in done:
            continue
        done.add(id(half))
        other = _answer(half, waiting, done)
        if other is not None:
            done.add(id(other))
        yield _link(half, other, speakers)


def _answer(half: _Half, waiting: dict[tuple[str, str], list[_Half]], done: set[int]) -> _Half | None:
    """The far end's own view of the same line: the one whose ports agree, else the only one there is."""
    if half.far is None:
        return None
    back = [h for h in waiting.get((half.far, half.near), ()) if id(h) not in done]
    for other in back:
        if other.interface in half.far_ports and half.interface in other.far_ports:
            return other
    for other in back:
        if other.interface in half.far_ports or half.interface in other.far_ports:
            return other
    there = waiting.get((half.near, half.far), ())
    return back[0] if len(back) == 1 and len(there) == 1 else None


def _link(half: _Half, other: _Half | None, speakers: set[str]) -> SeenLink:
    near = Port(half.near, half.interface, half.near)
    if other is not None:
        return SeenLink(near, Port(other.near, other.interface, other.near), True)
    far = Port(half.far or half.far_name, min(half.far_ports, default=None, key=len), half.far)
    why = "unknown-device" if half.far is None else "deaf" if half.far in speakers else "silent"
    return SeenLink(near, far, False, why)


def one_sided(found: Iterable[SeenLink]) -> Iterator[SeenLink]:
    """Links that only one end hears."""
    return (link for link in found if not link.mutual)
