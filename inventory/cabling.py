"""Declared links held against what devices hear of each other at their ports (LLDP, CDP)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from inventory.topology import Port, SeenLink
from inventory.views import Heard

Taken = Callable[[str, str], bool]  # whether a declared link names that port of a target


@dataclass(frozen=True, slots=True)
class Place:
    """A declared end: a target, and its port by all names that it may be heard under; none: no port is declared."""

    target: str
    ports: frozenset[str] = frozenset()  # lower case: the port, what it is a part of, an aggregation's members


def port_names(interface: str, members: Iterable[str] = ()) -> frozenset[str]:
    """What an interface may be heard as: itself, the port under a sub-interface, the members of an aggregation."""
    name = interface.lower()
    return frozenset((name, name.partition(".")[0], *(member.lower() for member in members)))


class Cabling:
    """What is heard at the ports of all devices. Holds a few words a line."""

    def __init__(self, seen: Iterable[SeenLink]) -> None:
        self._heard: dict[str, list[tuple[str, Port, bool]]] = {}  # by target
        self._there: dict[tuple[str, str], list[tuple[Port, bool]]] = {}  # by target and port
        for link in seen:
            for near, far in ((link.a, link.z), (link.z, link.a)) if link.mutual else ((link.a, link.z),):
                if near.target and near.interface:
                    port = near.interface.lower()
                    self._heard.setdefault(near.target, []).append((port, far, link.mutual))
                    self._there.setdefault((near.target, port), []).append((far, link.mutual))

    def _at(self, own: Place) -> Iterator[tuple[Port, bool]]:
        return (each for port in sorted(own.ports) for each in self._there.get((own.target, port), ()))

    def proven(self, own: Place) -> Port | None:
        """The one far end of a port that both ends' tables name; None where there is none, or several."""
        found = {(far.target, far.interface): far for far, mutual in self._at(own) if mutual}
        return next(iter(found.values())) if len(found) == 1 else None

    def hears(self, own: Place) -> bool:
        """Whether anybody is heard at a port."""
        return next(self._at(own), None) is not None

    def heard(self, own: Place, far: Place | None, taken: Taken) -> tuple[Heard, ...]:
        """What is heard at a declared port, and whether it is the declared far end; ``far`` None: none is declared.

        Where nothing is heard there, the ports that hear the declared far device and that no link is declared for.
        """
        here = tuple(Heard(_named(each), _agrees(each, mutual, far), mutual) for each, mutual in self._at(own))
        if here or far is None:
            return tuple(dict.fromkeys(here))
        beside = [
            (port, each, mutual)
            for port, each, mutual in self._heard.get(own.target, ())
            if each.target == far.target and not taken(own.target, port)
        ]
        return tuple(dict.fromkeys(Heard(_named(each), False, mutual, port) for port, each, mutual in beside))


def _named(port: Port) -> str:
    return " ".join(word for word in (port.name, port.interface) if word)


def _agrees(port: Port, mutual: bool, far: Place | None) -> bool | None:
    """Whether a heard end is the declared one; None: it is no device of the run, or nothing is declared.

    What one end alone calls the other's port may be a description or a number: it contradicts nothing.
    """
    if far is None or port.target is None:
        return None
    if port.target != far.target:
        return False
    if not far.ports or (port.interface or "").lower() in far.ports:
        return True
    return False if mutual else None
