"""The register as a whole: its sheets, and everything in them found by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address

from inventory.register.choices import Tier
from inventory.register.column import Row
from inventory.register.protection import AccountHolder, Zone
from inventory.register.rows import (
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
