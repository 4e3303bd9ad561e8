"""What a device is, by what its SNMP agent says: rules out of ``collectors/vendors``, applied in order.

The vendor comes from the enterprise number in sysObjectID, or from a rule on sysDescr where the agent's maker is not
the device's (net-snmp on everybody's Linux). Then the first of the vendor's systems that fits names platform and
kind, and each field is taken from the first place that tells it: the system's, the vendor's, the standard MIBs'.
Nothing is guessed: a field that no place tells is None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from collectors.mibs.agent import Agent
from collectors.mibs.rows import arcs, telling, text
from collectors.vendors.files import (
    ENTERPRISES,
    FIELDS,
    Head,
    Inventory,
    Place,
    Ports,
    System,
    Vendor,
    enterprise_name,
    heads,
    pattern,
    products,
    standard,
)
from inventory.errors import CollectError
from inventory.facts import Identity, Source, SystemGroup

ENTITY_ENTRY = "1.3.6.1.2.1.47.1.1.1.1"  # ENTITY-MIB entPhysicalTable
_ENTITY_COLUMNS = {
    "descr": (2, "Descr"),
    "name": (7, "Name"),
    "hardware": (8, "HardwareRev"),
    "firmware": (9, "FirmwareRev"),
    "software": (10, "SoftwareRev"),
    "serial": (11, "SerialNum"),
    "maker": (12, "MfgName"),
    "model": (13, "ModelName"),
}
_CHASSIS, _STACK = 3, 11
_WHOLES = {1, 2, 9, _STACK}  # other, unknown, module, stack: what contains all else where nothing is called chassis
_UNAME = re.compile(r"\A(Linux|FreeBSD|OpenBSD|NetBSD|DragonFly|SunOS|Darwin|AIX|HP-UX) [\w.-]+ (?=\d)")
_LONGEST = 80  # characters of a model, release or serial


@dataclass(frozen=True, slots=True)
class Found:
    """A value and where it stood."""

    value: str
    where: str


def identifying(agent: Agent, system: SystemGroup) -> Identifying:
    """The agent being identified: its vendor and system are found once for all that is read of it."""
    return agent.once(Identifying, lambda: Identifying(agent, system))


def unnamed(agent: Agent) -> Identity | None:
    """Who an agent is that answers nothing of the system group: by an object that only one maker's agents have."""
    known = {head.alone: head for head in heads() if head.alone}
    values = agent.scalars(list(known))
    oid = next((oid for oid, value in values.items() if value is not None), None)
    if oid is None:
        return None
    nothing = SystemGroup(None, None, None, None, None, None, None)
    return Identifying(agent, nothing, (known[oid].vendor(), oid)).identity()


class Identifying:
    """One agent being identified; ``maker`` is its vendor and what told it, where that is known before."""

    def __init__(self, agent: Agent, system: SystemGroup, maker: tuple[Vendor, str] | None = None) -> None:
        self._agent = agent
        self._system = system
        self._maker = maker
        self._descr = (system.sys_descr or "").strip("\"' ")  # some agents quote it

    def identity(self) -> Identity:
        """Everything that is told of the device."""
        (vendor, vendor_where), fit = self._vendor, self._fit
        found: dict[str, str] = {}
        sources: list[Source] = []
        for field in ("platform", "kind"):
            value = getattr(fit, field, None) or getattr(vendor, field, None)
            if value:
                found[field] = value
                sources.append(Source(field, _told_by(fit)))
        name = (fit.vendor if fit and fit.vendor else None) or (vendor.vendor if vendor else None) or self._registered()
        if name:
            sources.insert(0, Source("vendor", vendor_where))
        for field in FIELDS:
            first, other = self._field(field, vendor, fit)
            if first:
                found[field] = first.value
                sources.append(Source(field, first.where, f"{other.where}={other.value}" if other else ""))
        return Identity(
            vendor=name,
            hostname=self._system.sys_name,
            uptime_s=self._system.uptime_s,
            sources=(*sources, *([Source("hostname", "SNMPv2-MIB::sysName")] if self._system.sys_name else [])),
            evidence=self._agent.evidence("SNMPv2-MIB::system", self._descr[:200]),
            **found,
        )

    def inventory(self) -> tuple[Inventory, ...]:
        """The maker's own tables of hardware."""
        vendor, fit = self._vendor[0], self._fit
        return (*(fit.inventory if fit else ()), *(vendor.inventory if vendor else ()))

    def ports(self) -> tuple[Ports, ...]:
        """The maker's own tables of ports."""
        return self._fit.ports if self._fit else ()

    # Who made it ------------------------------------------------------------------------------------------------------

    @cached_property
    def _enterprise(self) -> int | None:
        found = re.match(r"1\.3\.6\.1\.4\.1\.(\d+)", self._system.sys_object_id or "")
        return int(found.group(1)) if found else None

    @cached_property
    def _vendor(self) -> tuple[Vendor | None, str]:
        if self._maker:
            return self._maker
        by_number = next((h for h in heads() if self._enterprise in h.enterprises), None)
        if by_number and not by_number.shipped_by_others:
            return by_number.vendor(), "SNMPv2-MIB::sysObjectID"
        by_descr = next((h for h in heads() if self._named_by(h)), None)
        if by_descr:
            return by_descr.vendor(), "SNMPv2-MIB::sysDescr"
        return by_number.vendor() if by_number else None, "SNMPv2-MIB::sysObjectID"

    def _named_by(self, head: Head) -> bool:
        return head.descr is not None and pattern(head.descr).search(self._said) is not None

    @cached_property
    def _said(self) -> str:
        """sysDescr without the host's own name, which may be anybody's: ``Linux huawei-srv1 5.10.0 ...``."""
        return self._descr if self._enterprise is None else _UNAME.sub(r"\1 ", self._descr)

    def _registered(self) -> str | None:
        return enterprise_name(self._enterprise) if self._enterprise is not None else None

    @cached_property
    def _fit(self) -> System | None:
        """The first of the vendor's systems that fits, else the kind of device that a standard MIB gives away."""
        vendor, _ = self._vendor
        fit = self._first(vendor.systems) if vendor else None
        return fit or (None if vendor and vendor.kind else self._first(standard().systems))

    def _first(self, systems: tuple[System, ...]) -> System | None:
        """The first that fits; what tells them apart is asked for in one request."""
        self._fetch(system.asks for system in systems if system.asks)
        return next((system for system in systems if self._fits(system)), None)

    def _fits(self, system: System) -> bool:
        if system.descr and not pattern(system.descr).search(self._said):
            return False
        object_id = (self._system.sys_object_id or "").removeprefix(ENTERPRISES)
        if system.object_id and not any(f"{object_id}.".startswith(f"{prefix}.") for prefix in system.object_id):
            return False
        if system.chassis and not any(pattern(system.chassis).search(said) for said, _ in self._entity("model")):
            return False
        if not system.asks:
            return True
        value = self._value(system.asks)
        return value is not None and (system.says is None or pattern(system.says).search(value) is not None)

    # What is told of it -----------------------------------------------------------------------------------------------

    def _field(self, field: str, vendor: Vendor | None, fit: System | None) -> tuple[Found | None, Found | None]:
        """The first value of a field; for a serial also the first that differs from it."""
        first: Found | None = None
        for place in self._places(field, vendor, fit):
            if first and place.lone:
                continue
            if place.get or place.below:
                # one request for whatever of the three fields a scalar may tell, rather than one for each
                self._fetch(oid for f in FIELDS for p in self._places(f, vendor, fit) if (oid := self._scalar(p)))
            found = self._read(place)
            if found is None or (field == "model" and vendor and found.value.casefold() == vendor.vendor.casefold()):
                continue
            if first is None:
                first = found
            elif field == "serial" and not _same(first.value, found.value):
                return first, found
            if field != "serial":
                break
        return first, None

    def _places(self, field: str, vendor: Vendor | None, fit: System | None) -> Iterator[Place]:
        if fit:
            yield from getattr(fit, field)
        if vendor:
            yield from getattr(vendor, field)
        if not (fit and fit.only) and not (vendor and vendor.only):
            yield from getattr(standard(), field)

    def _read(self, place: Place) -> Found | None:
        try:
            told = self._told(place)
        except CollectError:
            return None
        for value, where in told:
            kept = _kept(value, place)
            if kept:
                return Found(kept, where)
        return None

    def _told(self, place: Place) -> Iterator[tuple[str, str]]:
        if place.descr:
            found = pattern(place.descr).search(self._descr)
            if found:
                yield _meant(found), "SNMPv2-MIB::sysDescr"
        if place.object_id:
            object_id = (self._system.sys_object_id or "").removeprefix(ENTERPRISES)
            yield object_id, "SNMPv2-MIB::sysObjectID"
        scalar = self._scalar(place)
        if scalar:
            value = self._value(scalar, octets=place.octets)
            if value:
                yield value, place.name or scalar
        if place.column:
            yield from self._in_column(place, place.column)
        if place.entity:
            yield from self._entity(place.entity)

    def _in_column(self, place: Place, oid: str) -> Iterator[tuple[str, str]]:
        if oid.startswith(ENTITY_ENTRY):
            self._agent.table(ENTITY_ENTRY)  # needed whole anyway
        for index, raw in self._agent.column(oid).items():
            if place.row and not pattern(place.row).search(_spelled(index)):
                continue
            value = _words(raw, octets=place.octets)
            if value:
                yield value, f"{place.name or oid}.{index}"

    def _scalar(self, place: Place) -> str | None:
        """The OID of a place that is a scalar; None for others, and for a sysObjectID that has no place below it."""
        if place.below is None:
            return place.get
        own = (self._system.sys_object_id or "").split(".")
        root = ".".join(own[: len(own) - place.up])
        return f"{root}.{place.below}" if root.startswith(f"{ENTERPRISES}{self._enterprise}.") else None

    def _fetch(self, oids: Iterable[str]) -> None:
        """Asks for objects together: a request apiece costs a round trip apiece."""
        try:
            self._agent.scalars(list(oids))
        except CollectError:
            return  # asked for again one by one, where one that hinders the others fails alone

    def _value(self, oid: str, *, octets: bool = False) -> str | None:
        try:
            return _words(self._agent.scalars([oid])[oid], octets=octets)
        except CollectError:
            return None

    def _entity(self, name: str) -> Iterator[tuple[str, str]]:
        """That column of the chassis, of the stack's first, or of what contains all else (RFC 6933)."""
        table = self._agent.table(ENTITY_ENTRY)
        number, called = _ENTITY_COLUMNS[name]
        values, where = table.column(number), f"ENTITY-MIB::entPhysical{called}"
        for index in self._chassis:
            value = text(values.get(index))
            if value:
                yield value, f"{where}.{index}"
        # where several parts say the same and none says otherwise, it is the device's
        told = {index: said for index, value in values.items() if (said := text(value))}
        if len(told) > 1 and len(set(told.values())) == 1:
            index, said = next(iter(told.items()))
            yield said, f"{where}.{index}"

    @cached_property
    def _chassis(self) -> list[str]:
        """Rows that stand for the device, the likeliest first."""
        table = self._agent.table(ENTITY_ENTRY)
        classes, parents = table.column(5), table.column(4)
        chassis = [index for index, kind in classes.items() if kind == _CHASSIS]
        wholes = {_STACK} if chassis else _WHOLES  # beside a chassis a module in nothing is no whole, but badly placed
        tops = [index for index, parent in parents.items() if parent == 0 and classes.get(index) in wholes]
        if not classes:  # which of its parts is the whole is not told: the first that says anything speaks for it
            return sorted(table.indexes(), key=_index)
        return [*sorted(chassis, key=_index), *sorted(tops, key=_index)[:1]]


def _told_by(fit: System | None) -> str:
    """Which object told a vendor's systems apart."""
    if fit and fit.asks:
        return fit.asks
    if fit and fit.chassis:
        return "ENTITY-MIB::entPhysicalModelName"
    return "SNMPv2-MIB::sysDescr" if fit and fit.descr else "SNMPv2-MIB::sysObjectID"


def _index(index: str) -> int:
    return int(index) if index.isdigit() else 0


def _spelled(index: str) -> str:
    """The words in an index: what of its numbers is a printing character."""
    return "".join(chr(n) for n in arcs(index) if 32 <= n < 127)


def _words(raw: object, *, octets: bool = False) -> str | None:
    if isinstance(raw, bytes):
        return raw[:_LONGEST].hex().upper() if octets else text(raw)
    return None if raw is None else str(raw)


def _meant(found: re.Match[str]) -> str:
    """What a rule's pattern marks: its group of that name, else its last group, else all of it."""
    return found.groupdict().get("value") or found.group(found.lastindex or 0)


def _kept(value: str, place: Place) -> str | None:
    """The part of a value that is wanted, None where it says nothing."""
    if place.match:
        found = pattern(place.match).search(value)
        if found is None:
            return None
        value = _meant(found)
    if place.table:
        return next((name for prefix, name in place.table.items() if f"{value}.".startswith(f"{prefix}.")), None)
    if place.products:
        return products(place.products).get(value)
    value = value.strip(" \t\"',;")
    said = None if not value or len(value) > _LONGEST else telling(value)
    return said and place.form.format(said)


def _same(one: str, other: str) -> bool:
    """Whether two serials are one: agents add a prefix or leave a part out."""
    a, b = (re.sub(r"\W", "", word).upper() for word in (one, other))
    return a in b or b in a
