"""What limits the traffic of a port: its own shapers and policers, those of what it is part of, and of its parts.

A line ends on a port, on an aggregation of ports, or on one of the sub-interfaces of either. What is limited above or
beside the declared one limits it as well: an aggregation limits each of its members, a port its sub-interfaces.
What is limited below adds up, where all of it is limited: members of an aggregation (IEEE 802.1AX spreads whole
conversations over them), sub-interfaces of a port that has no traffic of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import Interface, RateLimit

_SUB = re.compile(r"(?P<port>.+)\.\d+$")
_WAYS = ("in", "out")


@dataclass(frozen=True, slots=True)
class PortLimits:
    """Limits that hold for all traffic of a port, and those of which it is not known whether they do.

    The rate of a doubtful one is the least that the port may come down to; None: a share of a speed that is not known.
    """

    certain: tuple[RateLimit, ...] = ()
    doubtful: tuple[RateLimit, ...] = ()


def port_above(name: str) -> str | None:
    """The port that a sub-interface is of: Eth-Trunk1 of Eth-Trunk1.100; None for a port."""
    found = _SUB.match(name)
    return found["port"] if found else None


@dataclass(frozen=True)
class Ports:
    """The interfaces of a device and their limits, each by its name as it is compared.

    ``addressed`` are the interfaces with addresses; None: not read, so that a port with sub-interfaces may have
    traffic of its own.
    """

    ports: Mapping[str, Interface]
    members: Mapping[str, tuple[Interface, ...]]  # by aggregation
    limits: Mapping[str, tuple[RateLimit, ...]]
    addressed: frozenset[str] | None = None
    key: Callable[[str], str] = str.lower  # makes a name comparable

    def of(self, name: str) -> PortLimits:
        """Everything that limits what the interface of that name sends and receives."""
        port = port_above(name) or name
        known = self.ports.get(port)
        whole = self.key(known.aggregate) if known and known.aggregate else port
        above = [each for each in dict.fromkeys((port, whole)) if each != name]
        certain = [*self.limits.get(name, ()), *(limit for each in above for limit in self._resolved(each))]
        below = [self._of_members(port, way) for way in _WAYS] if whole == port else []
        below += [self._of_subinterfaces(name, way) for way in _WAYS]
        certain += [limit for each in below for limit in each.certain]
        return PortLimits(tuple(certain), tuple(limit for each in below for limit in each.doubtful))

    def _resolved(self, name: str) -> Iterator[RateLimit]:
        """The limits of another interface; a share of its speed is a rate, where the speed is known."""
        for limit in self.limits.get(name, ()):
            mbps = limit.at(self._speed(name))
            yield limit if mbps is None else replace(limit, mbps=mbps, percent=None)

    def _speed(self, name: str) -> float | None:
        speeds = [member.speed_mbps for member in _up(self.members.get(name, ()))]
        if speeds and None not in speeds:
            return sum(speed or 0.0 for speed in speeds)
        known, above = self.ports.get(name), port_above(name)
        told = known.speed_mbps if known else None
        return told or (self._speed(above) if above else None)

    def _least(self, name: str, way: str) -> RateLimit | None:
        """The tightest limit of an interface in one direction; a share of a speed that is not known before all."""
        found = [limit for limit in self._resolved(name) if limit.direction == way]
        return min(found, key=lambda limit: -1.0 if limit.mbps is None else limit.mbps, default=None)

    def _of_members(self, name: str, way: str) -> PortLimits:
        """The members that are up together: a member without a limit carries what its speed is."""
        members = list(_up(self.members.get(name, ())))
        found = {member.name: self._least(self.key(member.name), way) for member in members}
        held = [limit for limit in found.values() if limit is not None]
        if not held:
            return PortLimits()
        free = [member.speed_mbps for member in members if found[member.name] is None]
        if None in free or any(limit.mbps is None for limit in held):
            return PortLimits(doubtful=(_together(held, held),))
        beside = sum(speed or 0.0 for speed in free)
        once = list({(limit.evidence.lines or id(limit)): limit for limit in held}.values())
        # one statement for several members (of a slot, a system): they may share it, or each have it for itself
        shared = (_together(held, once, beside),) if len(once) < len(held) else ()
        return PortLimits((_together(held, held, beside),), shared)

    def _of_subinterfaces(self, name: str, way: str) -> PortLimits:
        """The sub-interfaces together, where each is limited and nothing goes beside them."""
        parts = [each for each in self._parts.get(name, ()) if self._carries(each)]
        held = [limit for each in parts if (limit := self._least(each, way)) is not None]
        if not held:
            return PortLimits()
        is_bare = self.addressed is not None and name not in self.addressed
        if is_bare and len(held) == len(parts) and all(limit.mbps is not None for limit in held):
            return PortLimits((_together(held, held),))
        least = min(held, key=lambda limit: -1.0 if limit.mbps is None else limit.mbps)
        return PortLimits(doubtful=(_together(held, [least]),))

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """The sub-interfaces of each port."""
        found: dict[str, list[str]] = {}
        for each in dict.fromkeys((*self.ports, *self.limits)):
            if (above := port_above(each)) is not None:
                found.setdefault(above, []).append(each)
        return found

    def _carries(self, name: str) -> bool:
        known = self.ports.get(name)
        return known is None or (known.oper_up is not False and known.admin_up is not False)


def _up(members: Iterable[Interface]) -> Iterator[Interface]:
    return (member for member in members if member.oper_up is not False)


def _together(named: list[RateLimit], counted: list[RateLimit], more_mbps: float = 0.0) -> RateLimit:
    """One limit of several: it names all of them, and passes what those that count pass, and so much beside."""
    rates = [limit.mbps for limit in counted]
    mbps = None if None in rates else sum(rate or 0.0 for rate in rates) + more_mbps
    shares = {limit.percent for limit in counted if limit.mbps is None}
    return RateLimit(
        interface=", ".join(dict.fromkeys(limit.interface for limit in named)),
        direction=named[0].direction,
        mbps=mbps,
        kind=named[0].kind,
        evidence=_all_lines([limit.evidence for limit in named]),
        percent=None if mbps is not None else next(iter(shares), None),
    )


def _all_lines(parts: list[Evidence]) -> Evidence:
    """Evidence of several places of one answer as one."""
    told = [part for part in parts if part and part.source == parts[0].source]
    if not told:
        return NO_EVIDENCE
    lines = {n: text for part in told for n, text in zip(part.lines, part.excerpt.splitlines(), strict=False)}
    if not lines:
        return told[0]
    return replace(told[0], lines=tuple(sorted(lines)), excerpt="\n".join(lines[n] for n in sorted(lines)))
