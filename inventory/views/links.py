"""Declared links joined with what both ends' devices say of them, now and over time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, TypeVar

from inventory.cabling import Cabling, Place, port_names
from inventory.errors import Gap, Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import (
    Addresses,
    Fact,
    Identity,
    Interface,
    Interfaces,
    Neighbours,
    RateLimit,
    RateLimits,
    Reachability,
    Throughput,
)
from inventory.intervals import between
from inventory.limits import PortLimits, Ports, port_above
from inventory.names import canonical_interface
from inventory.register import Device, Link, Register
from inventory.snapshot import DeviceRecord
from inventory.traffic import History, Latency, Load, latency, load
from inventory.views.model import Heard, LinkEnd, LinkView

F = TypeVar("F", bound=Fact)
_KEPT = 256  # devices: the far ends of a county's links are a few core devices, asked for again and again
_NO_HISTORY = Missing(Gap.UNREAD, "its counters were not read repeatedly")
_NO_CONNECTS = Missing(Gap.UNREAD, "nobody measured how long it takes to answer")


class FactOf(Protocol):
    """How a fact of a target is come by."""

    def __call__(self, target: str, kind: type[F]) -> F | Missing:
        """The fact, or why it is not known."""


@dataclass(frozen=True)
class _Near:
    """A device that links end on, its interfaces found by name."""

    record: DeviceRecord
    ports: Mapping[str, Interface] | Missing
    members: Mapping[str, tuple[Interface, ...]]
    limits: Ports | Missing
    serial: str | None
    evidence: Evidence
    reach: Reachability | Missing

    def members_of(self, interface: str) -> tuple[Interface, ...]:
        """The members of an aggregation, or of the one that a sub-interface is of."""
        name = interface.lower()
        return self.members.get(name) or self.members.get(port_above(name) or "", ())


@dataclass(frozen=True, slots=True)
class _Side:
    """An end of a link as it is declared, or found."""

    site: str | None
    declared: Device | None
    near: _Near | None
    interface: str | None
    outside: bool = False

    @property
    def place(self) -> str:
        device = self.declared.label if self.declared else self.site
        return " ".join(word for word in (device, self.interface) if word)

    @property
    def heard_as(self) -> Place | None:
        """Where in the neighbour tables it is to be found; None: the register names no device of the run."""
        if self.near is None:
            return None
        if self.interface is None:
            return Place(self.near.record.target)
        members = self.near.members_of(self.interface)
        return Place(self.near.record.target, port_names(self.interface, (member.name for member in members)))


class LinkViews:
    """Builds the view of a link. Holds the interfaces of a few devices, and what each declared port carried."""

    def __init__(
        self,
        register: Register,
        records: Mapping[str, DeviceRecord],
        history: History,
        *,
        fact: FactOf,
        target_of: Callable[[Device], str | None],
        at_site: Callable[[str], Iterable[str]],
        cabling: Cabling,
    ) -> None:
        self._register = register
        self._records = records
        self._history = history
        self._fact = fact
        self._target_of = target_of
        self._at_site = at_site
        self._cabling = cabling
        self._kept: OrderedDict[str, _Near | None] = OrderedDict()
        self._loads: dict[tuple[str, str], Load | Missing] = {}  # a few figures a port, asked for by site and by link
        self._latencies: dict[str, Latency | Missing] = {}

    def link(self, link: Link) -> LinkView:
        """The link with the facts of both ends; an end that both devices' neighbour tables prove is the found one."""
        served = self._register.served_by(link)
        sides = (
            self._side(link.a_site, link.a_device, link.a_interface, None),
            self._side(link.z_site, link.z_device, link.z_interface, link.z_outside),
        )
        return LinkView(
            name=link.name,
            site=served.name if served else None,
            tier=served.tier.value if served else None,
            kind=link.kind.value if link.kind else None,
            carrier=link.provider,
            contracted_mbps=link.contracted_mbps,
            ends=(self._end(link, *sides), self._end(link, *reversed(sides))),
            evidence=link.evidence,
            route=link.physical_route,
            test=self._test(served.name if served else None),
        )

    def _side(self, site: str | None, device: str | None, interface: str | None, outside: str | None) -> _Side:
        declared = self._register.device(device or "")
        near = self._near(self._target_of(declared)) if declared else None
        name = canonical_interface(interface, near.record.platform) if near and interface else interface
        return _Side(site or outside, declared, near, name, outside=site is None and outside is not None)

    def _end(self, link: Link, own: _Side, far: _Side) -> LinkEnd:
        found = self._found(own, far)
        if found is not None:
            return replace(self._read_end(link, *found), instead_of=own.place)
        if own.near is None or own.interface is None:
            missing = Missing(Gap.UNREAD, _unasked(own.declared, own.near is not None))
            name = own.near.record.target if own.near else own.declared.label if own.declared else None
            platform = own.near.record.platform if own.near else None
            return LinkEnd(own.site, name, own.interface, missing, missing, platform, outside=own.outside)
        return replace(self._read_end(link, own, own.near), heard=self._heard(own, far))

    def _heard(self, own: _Side, far: _Side) -> tuple[Heard, ...]:
        heard = self._cabling.heard(own.heard_as, far.heard_as, self._is_taken) if own.heard_as else ()
        if own.heard_as is None or all(each.agrees is not False for each in heard):
            return heard
        table = self._fact(own.heard_as.target, Neighbours)
        evidence = NO_EVIDENCE if isinstance(table, Missing) else table.evidence
        return tuple(replace(each, evidence=evidence) for each in heard)

    def _found(self, own: _Side, far: _Side) -> tuple[_Side, _Near] | None:
        """The end that the far one's port is cabled to, where nobody is heard at the declared one, if any is."""
        port = self._cabling.proven(far.heard_as) if far.heard_as and not own.outside else None
        if port is None or port.interface is None or (own.heard_as and self._cabling.hears(own.heard_as)):
            return None
        near = self._near(port.target)
        return (
            None
            if near is None
            else (_Side(own.site, self._register.device(near.record.target), near, port.interface), near)
        )

    def _read_end(self, link: Link, side: _Side, near: _Near) -> LinkEnd:
        name = side.interface or ""
        port = self._port(near, name)
        limits = PortLimits() if isinstance(near.limits, Missing) else near.limits.of(name.lower())
        return LinkEnd(
            site=side.site,
            device=near.record.target,
            interface_name=name,
            interface=port,
            limits=near.limits if isinstance(near.limits, Missing) else limits.certain,
            perhaps=limits.doubtful,
            platform=near.record.platform,
            evidence=near.evidence,
            serial=near.serial,
            members=near.members_of(name),
            load=self._load(near, port),
            latency=self._latency(near),
            reach=near.reach,
            also_links=tuple(x for x in self._users.get((near.record.target, name.lower()), ()) if x != link.name),
            stands_at=self._elsewhere(side.declared, side.site) if side.declared else None,
        )

    def _is_taken(self, target: str, port: str) -> bool:
        return (target, port) in self._users

    @cached_property
    def _users(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Links by the target and port that they name."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for link in self._register.links:
            for word, interface in ((link.a_device, link.a_interface), (link.z_device, link.z_interface)):
                device = self._register.device(word or "")
                target = self._target_of(device) if device else None
                if target and interface:
                    key = (target, canonical_interface(interface, self._records[target].platform).lower())
                    found[key] = (*found.get(key, ()), link.name)
        return found

    def _elsewhere(self, device: Device, site: str | None) -> str | None:
        stands = self._register.site_of(device)
        return stands.name if stands and site and stands.name != site else None

    def _port(self, near: _Near, name: str) -> Interface | Missing:
        if isinstance(near.ports, Missing):
            return near.ports
        known = near.ports.get(name.lower())
        if known is None:
            return Missing(Gap.LACKING, f"{near.record.target} has no interface {name}")
        above = near.ports.get(port_above(known.name.lower()) or "")
        if above is None:
            return known
        # a sub-interface runs as fast as its port; agents tell that of it, or nothing
        return replace(known, speed_mbps=known.speed_mbps or above.speed_mbps, duplex=known.duplex or above.duplex)

    def _of_ports(
        self,
        target: str,
        ports: Mapping[str, Interface],
        members: Mapping[str, tuple[Interface, ...]],
        limits: RateLimits,
        key: Callable[[str], str],
    ) -> Ports:
        by_port = _grouped(limits, key)
        parts = any(map(port_above, by_port))
        return Ports(ports, members, by_port, self._addressed(target, key) if parts else None, key)

    def _addressed(self, target: str, key: Callable[[str], str]) -> frozenset[str] | None:
        found = self._fact(target, Addresses)
        if isinstance(found, Missing):
            return None
        return frozenset(key(each.interface) for each in found.items if each.interface)

    def _near(self, target: str | None) -> _Near | None:
        if target is None:
            return None
        if target not in self._kept:
            self._kept[target] = self._read(target)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(target)
        return self._kept[target]

    def _read(self, target: str) -> _Near | None:
        record = self._records.get(target)
        if record is None:
            return None
        interfaces, limits = self._fact(target, Interfaces), self._fact(target, RateLimits)
        identity = self._fact(target, Identity)

        def key(name: str) -> str:
            return canonical_interface(name, record.platform).lower()

        items = () if isinstance(interfaces, Missing) else interfaces.items
        ports = {key(each.name): each for each in items}
        members: dict[str, tuple[Interface, ...]] = {}
        for each in items:
            if each.aggregate:
                members[key(each.aggregate)] = (*members.get(key(each.aggregate), ()), each)
        near = _Near(
            record=record,
            ports=interfaces if isinstance(interfaces, Missing) else ports,
            members=members,
            limits=limits if isinstance(limits, Missing) else self._of_ports(target, ports, members, limits, key),
            serial=None if isinstance(identity, Missing) else identity.serial,
            evidence=NO_EVIDENCE if isinstance(interfaces, Missing) else interfaces.evidence,
            reach=self._fact(target, Reachability),
        )
        if target not in self._latencies:
            self._watch(near)
        return near

    def _load(self, near: _Near, port: Interface | Missing) -> Load | Missing:
        if isinstance(port, Missing):
            return port
        target = near.record.target
        key = (target, port.name)
        if key not in self._loads:
            readings = self._history.readings(target, {port.name}).get(port.name, ())
            self._loads[key] = load(between(readings), port.speed_mbps) or _NO_HISTORY
        return self._loads[key]

    def _latency(self, near: _Near) -> Latency | Missing:
        return self._latencies[near.record.target]

    def _watch(self, near: _Near) -> None:
        """Keeps what each polled port of a device carried, and lets the intervals go: they are a day of reads."""
        target = near.record.target
        found = self._history.watch(target)
        self._latencies[target] = latency(found.connects_ms) or _NO_CONNECTS
        ports = {} if isinstance(near.ports, Missing) else {port.name: port for port in near.ports.values()}
        for name, intervals in found.intervals.items():
            if name in ports:
                self._loads[target, name] = load(intervals, ports[name].speed_mbps) or _NO_HISTORY

    def _test(self, site: str | None) -> Throughput | Missing:
        """The test to a device of the site; several links leave open which of them it went over."""
        if site is None or len(self._register.links_of(site)) != 1:
            return Missing(Gap.UNREAD, "a test does not tell which of the site's links it went over")
        for target in self._at_site(site):
            found = self._fact(target, Throughput)
            if not isinstance(found, Missing):
                return found
        return Missing(Gap.UNREAD, "no test was run")


def _grouped(limits: RateLimits, key: Callable[[str], str]) -> dict[str, tuple[RateLimit, ...]]:
    found: dict[str, tuple[RateLimit, ...]] = {}
    for limit in limits.items:
        found[key(limit.interface)] = (*found.get(key(limit.interface), ()), limit)
    return found


def _unasked(declared: Device | None, asked: bool) -> str:
    if declared is None:
        return "the register names no device here"
    return "the register names no interface here" if asked else f"{declared.label} is not among the targets"
