"""The register joined with what one run found: the Views that checks judge."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from inventory import topology
from inventory.cabling import Cabling
from inventory.egress import strange_egresses
from inventory.errors import Missing
from inventory.evidence import Evidence
from inventory.facts import (
    Addresses,
    Fact,
    Forwarding,
    Reachability,
    Routes,
    ServiceProbe,
)
from inventory.names import canonical_interface
from inventory.paths import Line, Path, Paths, Reach
from inventory.register import (
    SHEETS,
    BusinessSystem,
    Device,
    NetworkDevice,
    NetworkRole,
    Register,
    Site,
    empty_columns,
)
from inventory.same import OneEach
from inventory.snapshot import DeviceRecord, Network, system_target
from inventory.system_traces import SystemTraces
from inventory.text import Text
from inventory.topology import SeenLink
from inventory.traffic import History, NoHistory
from inventory.views import boundaries
from inventory.views.links import LinkViews
from inventory.views.model import (
    CensusView,
    DeclaredDevice,
    DeclaredPrefix,
    DeclaredRow,
    LinkView,
    SiteDevice,
    SiteView,
    SystemView,
)

F = TypeVar("F", bound=Fact)
_KEPT_FACTS = 64  # the far ends of a county's links are a few core devices, asked for again and again


class RegisterViews:
    """Views over a register and a network. Holds one record a target in memory, facts of a few devices at a time.

    A declared device is the target of its name or asset number, else the one at its management address. ``ways`` False
    leaves out the paths of sites, for which all devices' addresses and neighbours have to be read; ``history`` tells
    what links carry. ``same_as`` names for each target that is another one's device the target that stands for it: the
    register may mean either, and the device stands in its site once.
    """

    def __init__(
        self,
        register: Register,
        network: Network,
        *,
        ways: bool = True,
        history: History | None = None,
        same_as: Mapping[str, str] | None = None,
    ) -> None:
        self._register = register
        self._history = history or NoHistory()
        self._network = network
        self._same_as = same_as or {}
        self._devices = OneEach(network, self._same_as)
        self._ways = ways
        self._kept: OrderedDict[tuple[str, type[Fact]], object] = OrderedDict()
        self._records: dict[str, DeviceRecord] = {}
        self._target_of, self._at_site = self._joined()
        self._traces = SystemTraces(register, network)

    def _joined(self) -> tuple[dict[str, str], dict[str, list[str]]]:
        """Target by asset number, and targets by the site the register or the target list gives them."""
        by_word = {word: d for d in self._register.devices for word in (d.asset_no, d.name) if word}
        by_address = {str(ip): d for d in self._register.devices for ip in d.addresses}
        targets: dict[str, str] = {}
        declared: dict[str, str] = {}
        for record in self._network.records():
            target = self._same_as.get(record.target, record.target)
            if target == record.target:
                self._records[target] = record
            device = by_word.get(record.target) or by_address.get(record.address)
            if device is not None:
                targets.setdefault(device.asset_no, target)
                if site := self._register.site_of(device):
                    declared.setdefault(target, site.name)
        sites: dict[str, list[str]] = {}
        for target, record in self._records.items():
            place = declared.get(target) or record.site
            if place:
                sites.setdefault(place, []).append(target)
        return targets, sites

    def sites(self) -> Iterator[SiteView]:
        """Every declared site."""
        return (self._site(site) for site in self._register.sites)

    def links(self, *, served: bool = True) -> Iterator[LinkView]:
        """Every declared link; without ``served`` only those that stand in no site's view."""
        wanted = (link for link in self._register.links if served or self._register.served_by(link) is None)
        return (self._lines.link(link) for link in wanted)

    def systems(self) -> Iterator[SystemView]:
        """Every declared business system."""
        return (self._system(system) for system in self._register.systems)

    def census(self) -> CensusView:
        """The register as a whole."""
        components = boundaries.components(self._register, self._target_of)
        return CensusView(
            units=tuple(unit.name for unit in self._register.units),
            devices=tuple(self._declared(device) for device in self._register.devices),
            systems=tuple(self.systems()),
            rows=tuple(self._rows()),
            prefixes=tuple(self._prefixes()),
            egresses=tuple(strange_egresses(self._register, self._network)),
            components=components,
            boundaries=tuple(boundaries.boundaries(self._register, components)),
            rooms=tuple(boundaries.rooms(self._register)),
            graded=tuple(boundaries.graded(self._register)),
            zones=tuple(boundaries.zones(self._register, self._target_of)),
            holders=tuple(boundaries.holders(self._register)),
            connections=tuple(boundaries.connections(self._register)),
            evidence=Evidence("register"),
        )

    def _prefixes(self) -> Iterator[DeclaredPrefix]:
        """What the plan gives to sites; prefixes of an egress come from the carrier and are taken as well."""
        for site in self._register.sites:
            for prefix in site.ipv6_prefixes:
                yield DeclaredPrefix(site.name, prefix, site.parent, site.evidence)
        declared = {prefix for site in self._register.sites for prefix in site.ipv6_prefixes}
        for egress in self._register.egresses:
            for prefix in (p for p in egress.public_ip6 if declared and p not in declared):
                yield DeclaredPrefix(egress.site or egress.name, prefix, egress.site, egress.evidence)

    def _site(self, site: Site) -> SiteView:
        return SiteView(
            name=site.name,
            tier=site.tier.value,
            unit=site.unit,
            devices=tuple(self._site_devices(site)),
            links=tuple(self._lines.link(link) for link in self._register.links_of(site.name)),
            prefixes=site.ipv6_prefixes,
            paths=tuple(self._paths(site)) if self._ways else (),
            evidence=site.evidence,
        )

    def _paths(self, site: Site) -> Iterator[Path]:
        found = (reach.best(self._at_site.get(site.name, ())) for reach in self._reaches)
        return (path for path in found if path is not None)

    @cached_property
    def _reaches(self) -> tuple[Reach, Reach]:
        """The ways to the core and to the egresses, as the register names them, else by the targets' roles."""
        paths = Paths(self._devices, self._declared_lines(), self._seen)
        roles = [(record.role, record.target) for record in self._records.values()]
        core = [self._target_of.get(d.asset_no) for d in self._register.devices if _is_core(d)]
        border = [self._register.device(e.boundary_device or "") for e in self._register.egresses]
        edge = [self._target_of.get(device.asset_no) for device in border if device]
        return (
            paths.to([t for t in core if t] or [t for role, t in roles if role == "core"], "core"),
            paths.to([t for t in edge if t] or [t for role, t in roles if role == "border"], "egress"),
        )

    def _declared_lines(self) -> Iterator[Line]:
        for link in self._register.links:
            ends = [self._port(link.a_device, link.a_interface), self._port(link.z_device, link.z_interface)]
            if ends[0] and ends[1]:
                yield Line(*ends[0], *ends[1])

    def _port(self, device: str | None, interface: str | None) -> tuple[str, str | None] | None:
        declared = self._register.device(device or "")
        target = self._target_of.get(declared.asset_no) if declared else None
        if target is None:
            return None
        return target, canonical_interface(interface, self._records[target].platform) if interface else None

    @cached_property
    def _seen(self) -> tuple[SeenLink, ...]:
        """What devices hear of each other; nothing where no ways are asked for."""
        return tuple(topology.links(self._devices)) if self._ways else ()

    @cached_property
    def _lines(self) -> LinkViews:
        return LinkViews(
            self._register,
            self._records,
            self._history,
            fact=self._fact,
            target_of=lambda device: self._target_of.get(device.asset_no),
            at_site=lambda site: self._at_site.get(site, ()),
            cabling=Cabling(self._seen),
        )

    def _site_devices(self, site: Site) -> Iterator[SiteDevice]:
        for target in self._at_site.get(site.name, ()):
            record = self._records.get(target)
            if record is not None:
                placed = replace(record, site=site.name)
                facts = self._fact(target, Forwarding), self._fact(target, Routes), self._fact(target, Addresses)
                reach, polled = self._fact(target, Reachability), self._history.reached(target)
                yield SiteDevice(placed, *facts, reach, polled)

    def _system(self, system: BusinessSystem) -> SystemView:
        probe = self._network.fact(system_target(system.name), ServiceProbe)
        serving = self._traces.addresses(system, probe)
        hosts = self._traces.hosts(system, serving)
        old = system.old_address if system.old_address not in serving else None
        return SystemView(
            name=system.name,
            unit=system.unit,
            state=system.state.value if system.state else None,
            hosted=system.hosted.value if system.hosted else None,
            wave=system.wave,
            wave_date=system.wave_date,
            exception_reason=system.exception_reason.value if system.exception_reason else None,
            data_interface=system.data_interface,
            old_address=str(system.old_address) if system.old_address else None,
            probe=probe,
            room=system.room,
            exception_approver=system.exception_approver,
            interface_endpoint=system.interface_endpoint,
            addresses=serving,
            hosts=hosts,
            traces=self._traces.of(old) if old else (),
            watched=self._traces.watched(old) if old else frozenset(),
            copies=self._traces.copies(hosts),
            graded=boundaries.graded_system(system, self._register),
            databases=self._traces.databases(hosts),
            evidence=system.evidence,
        )

    def _declared(self, device: Device) -> DeclaredDevice:
        site = self._register.site_of(device)
        words = (device.asset_no, *map(str, device.addresses))
        target = self._target_of.get(device.asset_no)
        return DeclaredDevice(
            name=target or device.label,
            kind=device.kind,
            site=site.name if site else None,
            unit=device.unit,
            also=tuple(_distinct([*words, device.label.lower()])),
            evidence=device.evidence,
            target=target,
            role=device.role.value if isinstance(device, NetworkDevice) and device.role else None,
            support_ends=device.eos_date,
            importance=device.importance.value if device.importance else None,
        )

    def _rows(self) -> Iterator[DeclaredRow]:
        for sheet in SHEETS:
            for row in self._register.rows(sheet):
                empty = tuple(Text(c.zh, c.en) for c in empty_columns(row))  # as the workbook's headings say
                unit = row.label if sheet.attribute == "units" else getattr(row, "unit", None)
                yield DeclaredRow(sheet.text, row.label, unit, empty, row.evidence)

    def _fact(self, target: str, kind: type[F]) -> F | Missing:
        key = (target, kind)
        if key in self._kept:
            self._kept.move_to_end(key)
            found = self._kept[key]
            if isinstance(found, kind | Missing):
                return found
        fresh = self._devices.fact(target, kind)
        self._kept[key] = fresh
        if len(self._kept) > _KEPT_FACTS:
            self._kept.popitem(last=False)
        return fresh


def _is_core(device: Device) -> bool:
    return isinstance(device, NetworkDevice) and device.role is NetworkRole.CORE


def _distinct(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
