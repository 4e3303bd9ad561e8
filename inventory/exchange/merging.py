"""What another inventory gave, taken into the register or made a target list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeVar

from inventory.decisions import KIND_OF_SHEET, DeviceSheet, attribute_of, sheet_of
from inventory.errors import InputError
from inventory.exchange.assets import Asset, Given, GivenLink, GivenSite, LeftOut
from inventory.register import (
    SHEETS,
    Choice,
    Device,
    Link,
    NetworkDevice,
    NetworkRole,
    Register,
    Row,
    SecurityComponent,
    SecurityKind,
    Server,
    Site,
    Tier,
    problems,
)
from inventory.targets import Target
from inventory.text import Text

C = TypeVar("C", bound=Choice)
_HOSTS = frozenset({"linux", "windows"})


@dataclass(frozen=True, slots=True)
class Merged:
    """The register after an import, and what could not be taken."""

    register: Register
    left_out: tuple[LeftOut, ...]


def merged(register: Register, given: Given, *, sheet: DeviceSheet | None = None, tier: Tier | None = None) -> Merged:
    """The register with everything given: known rows get the fields that are given, the others are added.

    ``sheet`` and ``tier`` are for devices and sites that do not tell theirs. InputError, with all that is wrong, when
    the register would contradict itself.
    """
    merging = _Merging(register, sheet, tier)
    for site in given.sites:
        merging.take_site(site)
    for asset in given.assets:
        merging.take(asset)
    for link in given.links:
        merging.connect(link)
    after = merging.register()
    before = {_said(register, problem) for problem in problems(register)}
    wrong = [said for problem in problems(after) if (said := _said(after, problem)) not in before]
    if wrong:
        where = merging.wheres
        zh = "；".join(f"{where.get(row, row)} {text.zh}" for _, row, text in wrong[:20])
        en = "; ".join(f"{where.get(row, row)} {text.en}" for _, row, text in wrong[:20])
        raise InputError("", Text(f"没有导入任何内容：{zh}", f"nothing was imported: {en}"))
    return Merged(after, tuple(merging.left_out))


def _said(register: Register, problem: Any) -> tuple[str, str, Text]:
    return problem.sheet.attribute, register.rows(problem.sheet)[problem.position].label, problem.text


@dataclass
class _Merging:
    old: Register
    sheet: DeviceSheet | None
    tier: Tier | None
    left_out: list[LeftOut] = field(default_factory=list)
    wheres: dict[str, str] = field(default_factory=dict)  # by label: file and line

    def __post_init__(self) -> None:
        self._units = {unit.name for unit in self.old.units}
        self._sites = {site.name: site for site in self.old.sites}
        self._devices = {device.asset_no: device for device in self.old.devices}
        self._links = {link.name: link for link in self.old.links}
        self._known: dict[str, str | None] = {}  # asset number by whatever identifies; None: several devices share it
        for device in self.old.devices:
            self._index(device)

    def _index(self, device: Device) -> None:
        words = (device.asset_no, device.name, device.serial, *map(str, device.addresses))
        for word in (w.lower() for w in words if w):
            same = self._known.get(word, device.asset_no) == device.asset_no
            self._known[word] = device.asset_no if same else None

    def take_site(self, site: GivenSite) -> None:
        there = self._sites.get(site.name)
        tier = choice(Tier, site.tier) or (there.tier if there else self.tier)
        if tier is None:
            why = Text(f"层级“{site.tier or ''}”不明，可用 --tier 指定", "its tier is not told; see --tier")
            self._leave(site.name, why)
            return
        self.wheres[site.name] = site.where
        values = _given(title=site.title, unit=self._unit(site.name, site.unit), address=site.place)
        self._sites[site.name] = replace(there or Site(name=site.name, tier=tier), tier=tier, **values)

    def take(self, asset: Asset) -> None:
        device = self._match(asset)
        values = _given(
            unit=self._unit(asset.name, asset.unit),
            site=self._site(asset),
            vendor=asset.vendor,
            model=asset.model,
            serial=asset.serial,
            release=asset.release,
            mgmt_ip4=next((ip for ip in asset.addresses if isinstance(ip, IPv4Address)), None),
            mgmt_ip6=next((ip for ip in asset.addresses if isinstance(ip, IPv6Address)), None),
        )
        if device is None:
            kind = self._kind(asset)
            if kind is None:
                return
            device = kind(asset_no=asset.asset_no or asset.name)
        if device.name is None and asset.name != device.asset_no:
            values["name"] = asset.name  # a name that is declared stays: links and peers refer to it
        values |= _role(type(device), asset.role)
        device = replace(device, **values)
        self.wheres[device.label] = asset.where
        self._devices[device.asset_no] = device
        self._index(device)

    def _match(self, asset: Asset) -> Device | None:
        for word in (asset.asset_no, asset.name, asset.serial, *map(str, asset.addresses)):
            number = self._known.get(word.lower()) if word else None
            if number is not None:
                return self._devices[number]
        return None

    def _kind(self, asset: Asset) -> type[Device] | None:
        """The sheet's kind of row, by role, then by kind, then by platform, then as the caller says."""
        if choice(NetworkRole, asset.role):
            return NetworkDevice
        if choice(SecurityKind, asset.role):
            return SecurityComponent
        sheet = sheet_of((asset.role or "").lower()) or sheet_of(asset.kind)
        if sheet is None and asset.platform:
            sheet = DeviceSheet.SERVER if asset.platform in _HOSTS else DeviceSheet.NETWORK
        sheet = sheet or self.sheet
        if sheet is None:
            why = Text(
                f"角色“{asset.role or ''}”看不出登记到哪张表，可用 --as 指定",
                f"its role '{asset.role or ''}' does not tell the sheet; see --as",
            )
            self._leave(asset.name, why)
            return None
        return KIND_OF_SHEET[sheet]

    def _unit(self, subject: str, unit: str | None) -> str | None:
        if unit is None or unit in self._units:
            return unit
        self._leave(
            subject, Text(f"登记表中没有单位“{unit}”，单位未填", f"no unit '{unit}' in the register: left empty")
        )
        return None

    def _site(self, asset: Asset) -> str | None:
        if asset.site is None or asset.site in self._sites:
            return asset.site
        why = Text(f"登记表中没有站点“{asset.site}”，站点未填", f"no site '{asset.site}' in the register: left empty")
        self._leave(asset.name, why)
        return None

    def connect(self, link: GivenLink) -> None:
        """A line of the register where it runs between two sites; what stays inside one is none."""
        ends = [self._device(name) for name in (link.a_device, link.z_device)]
        sites = [self._site_of(end) for end in ends]
        name = link.label or f"{link.a_device} {link.a_interface} – {link.z_device} {link.z_interface}"
        if ends[0] is None or ends[1] is None or sites[0] is None or sites[1] is None:
            self._leave(name, Text("两端设备及其站点未都登记", "not both ends are declared with their sites"))
        elif sites[0] != sites[1] and not self._is_declared(link):
            self.wheres[name] = link.where
            self._links[name] = Link(
                name=name,
                a_site=sites[0],
                a_device=ends[0].label,
                a_interface=link.a_interface,
                z_site=sites[1],
                z_device=ends[1].label,
                z_interface=link.z_interface,
            )

    def _is_declared(self, link: GivenLink) -> bool:
        ends = {(link.a_device, link.a_interface), (link.z_device, link.z_interface)}
        there = ({(x.a_device, x.a_interface), (x.z_device, x.z_interface)} for x in self._links.values())
        return any(ends == each for each in there)

    def _device(self, name: str) -> Device | None:
        return self._devices.get(self._known.get(name.lower()) or "")

    def _site_of(self, device: Device | None) -> str | None:
        site = self.old.site_of(device) if device else None
        return (device.site if device else None) or (site.name if site else None)

    def register(self) -> Register:
        """All sheets anew; rows that were there keep their order."""
        sheets: dict[str, Iterable[Row]] = {sheet.attribute: self.old.rows(sheet) for sheet in SHEETS}
        sheets |= {"sites": self._sites.values(), "links": self._links.values()}
        by_sheet: dict[str, list[Row]] = {attribute_of(kind): [] for kind in KIND_OF_SHEET.values()}
        for device in self._devices.values():
            by_sheet[attribute_of(type(device))].append(device)
        made: Mapping[str, Any] = {name: tuple(rows) for name, rows in (sheets | by_sheet).items()}
        return Register(**made)

    def _leave(self, subject: str, why: Text) -> None:
        self.left_out.append(LeftOut(subject, why))


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _role(kind: type[Device], role: str | None) -> dict[str, Any]:
    if kind is NetworkDevice:
        return _given(role=choice(NetworkRole, role))
    if kind is SecurityComponent:
        return _given(function=choice(SecurityKind, role))
    return _given(role=role) if kind is Server and role and sheet_of(role.lower()) is None else {}


def choice(kind: type[C], word: str | None) -> C | None:
    """The member that a word names by its value or in either language; None for none."""
    plain = (word or "").strip().lower()
    return next((m for m in kind if plain in (m.value.lower(), m.zh.lower(), m.en.lower())), None)


def targets_of(given: Given) -> tuple[list[Target], list[LeftOut]]:
    """A target for every device that has an address and a name of its own, and those that have not."""
    targets: dict[str, Target] = {}
    left_out = []
    for asset in given.assets:
        if not asset.addresses:
            left_out.append(LeftOut(asset.name, Text("没有 IP 地址", "it has no IP address")))
        elif asset.name in targets:
            left_out.append(
                LeftOut(asset.name, Text("名称用于不止一台设备", "the name stands for more than one device"))
            )
        else:
            targets[asset.name] = _target(asset)
    return list(targets.values()), left_out


def _target(asset: Asset) -> Target:
    return Target(
        name=asset.name,
        address=asset.addresses[0],
        platform=asset.platform,
        site=asset.site,
        role=asset.role,
        login=asset.login or "default",
        ssh_port=asset.ssh_port or 22,
        tags=asset.tags,
    )
