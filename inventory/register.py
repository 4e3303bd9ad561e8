"""The register: everything a county declares of its network, and what contradicts itself in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address

from inventory.register_choices import (
    Duty,
    ExceptionReason,
    Form,
    Hosting,
    Importance,
    LinkKind,
    MigrationState,
    NetworkRole,
    PrivateState,
    RoomClass,
    SecurityKind,
    Tier,
    UnitKind,
)
from inventory.register_columns import Choice, Column, Row, columns, empty_columns
from inventory.register_protection import AccountHolder, Zone
from inventory.register_rows import (
    BusinessSystem,
    Device,
    InternetEgress,
    Link,
    NetworkDevice,
    PrivateNetwork,
    Rack,
    Room,
    SecurityComponent,
    Server,
    Site,
    Storage,
    Unit,
)
from inventory.text import Text

__all__ = [
    "DEVICE_SHEETS",
    "SHEETS",
    "AccountHolder",
    "BusinessSystem",
    "Choice",
    "Column",
    "Device",
    "Duty",
    "ExceptionReason",
    "Form",
    "Hosting",
    "Importance",
    "InternetEgress",
    "Link",
    "LinkKind",
    "MigrationState",
    "NetworkDevice",
    "NetworkRole",
    "PrivateNetwork",
    "PrivateState",
    "Problem",
    "Rack",
    "Register",
    "Room",
    "RoomClass",
    "Row",
    "SecurityComponent",
    "SecurityKind",
    "Server",
    "Sheet",
    "Site",
    "Storage",
    "Tier",
    "Unit",
    "UnitKind",
    "Zone",
    "columns",
    "empty_columns",
    "problems",
]

# The tier nearest the centre has the lowest rank: a link serves the end that is farther out.
_TIER_RANK = {Tier.COUNTY: 0, Tier.TOWN: 1, Tier.DEPARTMENT: 2, Tier.INSTITUTION: 2, Tier.VILLAGE: 2}


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the workbook: the Register's attribute and the kind of its rows."""

    attribute: str
    rows: type[Row]
    text: Text
    may_lack: bool = False  # came later: a workbook that was made before goes without


SHEETS = (
    Sheet("units", Unit, Text("单位", "Units")),
    Sheet("sites", Site, Text("站点", "Sites")),
    Sheet("rooms", Room, Text("机房", "Rooms")),
    Sheet("racks", Rack, Text("机柜", "Racks")),
    Sheet("servers", Server, Text("服务器", "Servers")),
    Sheet("network_devices", NetworkDevice, Text("网络设备", "Network devices")),
    Sheet("security_components", SecurityComponent, Text("安全设备", "Security components")),
    Sheet("storages", Storage, Text("存储", "Storage")),
    Sheet("links", Link, Text("链路", "Links")),
    Sheet("egresses", InternetEgress, Text("互联网出口", "Internet egresses")),
    Sheet("systems", BusinessSystem, Text("业务系统", "Business systems")),
    Sheet("private_networks", PrivateNetwork, Text("业务专网", "Private networks")),
    Sheet("zones", Zone, Text("安全区域", "Zones"), may_lack=True),
    Sheet("accounts", AccountHolder, Text("账号", "Accounts"), may_lack=True),
)
DEVICE_SHEETS = ("servers", "network_devices", "security_components", "storages")


@dataclass(frozen=True)
class Register:
    """All that is declared, a tuple a sheet."""

    units: tuple[Unit, ...] = ()
    sites: tuple[Site, ...] = ()
    rooms: tuple[Room, ...] = ()
    racks: tuple[Rack, ...] = ()
    servers: tuple[Server, ...] = ()
    network_devices: tuple[NetworkDevice, ...] = ()
    security_components: tuple[SecurityComponent, ...] = ()
    storages: tuple[Storage, ...] = ()
    links: tuple[Link, ...] = ()
    egresses: tuple[InternetEgress, ...] = ()
    systems: tuple[BusinessSystem, ...] = ()
    private_networks: tuple[PrivateNetwork, ...] = ()
    zones: tuple[Zone, ...] = ()
    accounts: tuple[AccountHolder, ...] = ()

    def rows(self, sheet: Sheet) -> tuple[Row, ...]:
        """The rows of one sheet."""
        found: tuple[Row, ...] = getattr(self, sheet.attribute)
        return found

    def __len__(self) -> int:
        """Rows in all."""
        return sum(len(self.rows(sheet)) for sheet in SHEETS)

    @cached_property
    def devices(self) -> tuple[Device, ...]:
        """Servers, network devices, security components and storage together."""
        return (*self.servers, *self.network_devices, *self.security_components, *self.storages)

    def unit(self, name: str) -> Unit | None:
        """The unit of that name."""
        return self._units.get(name)

    def site(self, name: str) -> Site | None:
        """The site of that name."""
        return self._sites.get(name)

    def room(self, name: str) -> Room | None:
        """The room of that name."""
        return self._rooms.get(name)

    def system(self, name: str) -> BusinessSystem | None:
        """The business system of that name."""
        return self._systems.get(name)

    def device(self, name: str) -> Device | None:
        """The device of that name or asset number."""
        return self._devices.get(name)

    def devices_at(self, ip: IPv4Address | IPv6Address) -> tuple[Device, ...]:
        """Devices that declare this management address; more than one is a conflict."""
        return self._by_address.get(ip, ())

    def site_of(self, device: Device) -> Site | None:
        """Where a device stands: the site it names, else that of its room; None when neither is declared."""
        room = self._rooms.get(device.room or "")
        return self._sites.get(device.site or (room.site if room else None) or "")

    def served_by(self, link: Link) -> Site | None:
        """The site a link serves: the end farther from the centre, the A end when both are as far."""
        ends = [self._sites[name] for name in (link.a_site, link.z_site) if name in self._sites]
        return max(ends, key=lambda site: _TIER_RANK[site.tier], default=None)

    def links_of(self, site: str) -> tuple[Link, ...]:
        """Links that serve a site."""
        return self._links_by_site.get(site, ())

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.name: unit for unit in self.units}

    @cached_property
    def _sites(self) -> dict[str, Site]:
        return {site.name: site for site in self.sites}

    @cached_property
    def _rooms(self) -> dict[str, Room]:
        return {room.name: room for room in self.rooms}

    @cached_property
    def _systems(self) -> dict[str, BusinessSystem]:
        return {system.name: system for system in self.systems}

    @cached_property
    def _devices(self) -> dict[str, Device]:
        by_name = {device.name: device for device in self.devices if device.name}
        return {device.asset_no: device for device in self.devices} | by_name

    @cached_property
    def _by_address(self) -> dict[IPv4Address | IPv6Address, tuple[Device, ...]]:
        found: dict[IPv4Address | IPv6Address, tuple[Device, ...]] = {}
        for device in self.devices:
            for ip in device.addresses:
                found[ip] = (*found.get(ip, ()), device)
        return found

    @cached_property
    def _links_by_site(self) -> dict[str, tuple[Link, ...]]:
        found: dict[str, list[Link]] = {}
        for link in self.links:
            if served := self.served_by(link):
                found.setdefault(served.name, []).append(link)
        return {name: tuple(links) for name, links in found.items()}

    def names(self, attribute: str) -> frozenset[str]:
        """Every name that a cell referring to ``attribute`` may hold."""
        if attribute == "devices":
            return frozenset(self._devices)
        return frozenset(row.label for row in getattr(self, attribute))


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in the register. ``position`` counts the sheet's rows from 0; ``column`` is a field's name."""

    sheet: Sheet
    position: int
    column: str
    text: Text


def problems(register: Register) -> Iterator[Problem]:
    """Everything in which the register contradicts itself: names given twice or that nothing has, impossible pairs."""
    for sheet in SHEETS:
        yield from _doubles(register, sheet)
        yield from _dangling(register, sheet)
    yield from _device_doubles(register)
    yield from _rack_problems(register)
    yield from _link_problems(register)
    yield from _more_used_than_there_is(register)


def _doubles(register: Register, sheet: Sheet) -> Iterator[Problem]:
    for column in (c for c in columns(sheet.rows) if c.unique):
        values = [getattr(row, column.name) for row in register.rows(sheet)]
        yield from _repeated(sheet, column.name, values)


def _repeated(sheet: Sheet, column: str, values: list[str]) -> Iterator[Problem]:
    seen = Counter(values)
    for position, value in enumerate(values):
        if seen[value] > 1:
            yield Problem(sheet, position, column, Text(f"“{value}”写了不止一次", f"'{value}' is given more than once"))


def _dangling(register: Register, sheet: Sheet) -> Iterator[Problem]:
    for column in columns(sheet.rows):
        if column.refers_to is None:
            continue
        known = register.names(column.refers_to)
        for position, row in enumerate(register.rows(sheet)):
            value = getattr(row, column.name)
            if value is not None and value not in known:
                yield Problem(sheet, position, column.name, _unknown(column.refers_to, value))


def _unknown(attribute: str, value: str) -> Text:
    where = next((s.text for s in SHEETS if s.attribute == attribute), Text("四张设备表", "the four device sheets"))
    return Text(f"{where.zh}中没有“{value}”", f"{where.en}: there is no '{value}'")


def _device_doubles(register: Register) -> Iterator[Problem]:
    # A name may be another device's asset number only where both are the same device: references use either.
    sheets = [sheet for sheet in SHEETS if sheet.attribute in DEVICE_SHEETS]
    rows = [(s, i, row) for s in sheets for i, row in enumerate(register.rows(s)) if isinstance(row, Device)]
    seen = Counter(word for _, _, row in rows for word in {row.asset_no, row.name or row.asset_no})
    for sheet, position, row in rows:
        for column, value in (("asset_no", row.asset_no), ("name", row.name)):
            if value and seen[value] > 1:
                text = Text(f"“{value}”用于不止一台设备", f"'{value}' stands for more than one device")
                yield Problem(sheet, position, column, text)


def _rack_problems(register: Register) -> Iterator[Problem]:
    sheet = next(s for s in SHEETS if s.attribute == "racks")
    yield from _repeated(sheet, "rack_no", [rack.label for rack in register.racks])
    racks = {(rack.room, rack.rack_no) for rack in register.racks}
    listed = {room for room, _ in racks}  # a room whose racks nobody listed proves nothing
    for sheet in (s for s in SHEETS if s.attribute in DEVICE_SHEETS):
        for position, row in enumerate(register.rows(sheet)):
            if isinstance(row, Device) and row.rack and row.room in listed and (row.room, row.rack) not in racks:
                text = Text(f"机房 {row.room} 没有机柜“{row.rack}”", f"room {row.room} has no rack '{row.rack}'")
                yield Problem(sheet, position, "rack", text)


def _link_problems(register: Register) -> Iterator[Problem]:
    sheet = next(s for s in SHEETS if s.attribute == "links")
    for position, link in enumerate(register.links):
        if link.z_site is None and link.z_outside is None:
            text = Text("Z 端站点和县外对端至少填一个", "either the Z site or the far end outside has to be given")
            yield Problem(sheet, position, "z_site", text)
        for end, name, site in (("a", link.a_device, link.a_site), ("z", link.z_device, link.z_site)):
            device = register.device(name or "")
            stands = register.site_of(device) if device else None
            if site and stands and stands.name != site:
                text = Text(f"设备 {name} 登记在站点 {stands.name}", f"device {name} is declared at site {stands.name}")
                yield Problem(sheet, position, f"{end}_device", text)


_CAPACITIES = (
    ("rooms", "racks_used", "racks_total"),
    ("racks", "u_used", "u_total"),
    ("storages", "used_tb", "capacity_tb"),
)


def _more_used_than_there_is(register: Register) -> Iterator[Problem]:
    for attribute, used_name, total_name in _CAPACITIES:
        sheet = next(s for s in SHEETS if s.attribute == attribute)
        for position, row in enumerate(register.rows(sheet)):
            used, total = getattr(row, used_name), getattr(row, total_name)
            if used is not None and total is not None and used > total:
                text = Text(f"已用 {used:g} 多于总数 {total:g}", f"{used:g} in use, more than the {total:g} there are")
                yield Problem(sheet, position, used_name, text)
