"""What the simulated county declares of itself: its register, as its units would have filled in the census workbook."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, collapse_addresses
from typing import Any, TypeVar
from urllib.parse import urlsplit

from inventory import register as declared
from inventory.evidence import Evidence
from inventory.register import (
    SHEETS,
    Choice,
    Duty,
    ExceptionReason,
    Form,
    Hosting,
    Importance,
    LinkKind,
    MigrationState,
    NetworkRole,
    PrivateState,
    Register,
    SecurityKind,
    Tier,
    UnitKind,
)
from playbooks.demo import declared_rooms, planted, wording
from playbooks.demo.carried import as_declared
from playbooks.demo.county import CENTRE
from playbooks.demo.declared_rooms import BUREAU, ROOM
from playbooks.demo.model import County, Device, Link, Site
from playbooks.demo.services import Place

_START, END_OF_SUPPORT = date(2020, 6, 1), date(2032, 12, 31)
_KEY_ROLES = frozenset({"core", "aggregation", "firewall", "server", "storage"})
_UNIT_KINDS = {
    "county": UnitKind.DATA_BUREAU,
    "town": UnitKind.TOWN,
    "village": UnitKind.VILLAGE,
    "department": UnitKind.COUNTY_DEPT,
    "institution": UnitKind.INSTITUTION,
}


C = TypeVar("C", bound=Choice)


def _chosen(kind: type[C], value: str) -> C:
    return next(choice for choice in kind if choice.value == value)


def register(county: County, places: Iterable[Place]) -> Register:
    """The register of the county; ``places`` tells where its business systems answer."""
    units = {site.name: site.unit for site in county.sites}
    by_role: dict[str, list[Device]] = {}
    for device in county.devices:
        by_role.setdefault(device.role, []).append(device)
    prefixes = _prefixes(county)
    network = [d for role in ("core", "aggregation", "access") for d in by_role.get(role, [])]
    return _as_on_sheets(
        Register(
            units=tuple(_units(county)),
            sites=tuple(_site(site, prefixes.get(site.name, ())) for site in county.sites),
            rooms=tuple(declared_rooms.rooms()),
            racks=tuple(_racks(county)),
            servers=tuple(_server(d, units) for d in by_role.get("server", [])),
            network_devices=tuple(_network_device(d, units) for d in network),
            security_components=tuple(_firewall(d, units) for d in by_role.get("firewall", [])),
            storages=tuple(_storage(d, units) for d in by_role.get("storage", [])),
            links=tuple(_link(link) for link in as_declared(county)),
            egresses=(_egress(),),
            systems=tuple(_system(place) for place in places),
            private_networks=(_private_network(), _video_network()),
            zones=tuple(_zones(by_role, forgotten=None if county.mended else planted.NO_ZONE)),
            accounts=tuple(_accounts(leaver=not county.mended)),
        )
    )


def _as_on_sheets(made: Register) -> Register:
    """The register with the rows of the workbook in which its things would stand, below the headings."""
    placed: dict[str, Any] = {
        sheet.attribute: tuple(
            replace(row, evidence=Evidence(f"register {sheet.text.zh}", (number,)))
            for number, row in enumerate(made.rows(sheet), 2)
        )
        for sheet in SHEETS
    }
    return Register(**placed)


def _units(county: County) -> Iterator[declared.Unit]:
    kinds = {site.unit: _UNIT_KINDS[site.tier] for site in county.sites}
    kinds |= {system.unit: UnitKind.COUNTY_DEPT for system in county.systems if system.unit not in kinds}
    for name, kind in kinds.items():
        yield declared.Unit(name=name, kind=kind, budget_unit=kind is not UnitKind.VILLAGE)


def _site(site: Site, prefixes: tuple[IPv6Network, ...]) -> declared.Site:
    tier = _chosen(Tier, site.tier)
    return declared.Site(name=site.name, tier=tier, title=site.title, unit=site.unit, ipv6_prefixes=prefixes)


def _prefixes(county: County) -> dict[str, tuple[IPv6Network, ...]]:
    """The address plan: a network is of the site that is farther out, and the centre has those of all loopbacks."""
    ports = {(device.name, port.name): port for device in county.devices for port in device.ports}
    sites = {device.name: device.site for device in county.devices}
    owners = {p.ipv6.network: sites[d] for (d, _), p in ports.items() if p.ipv6 and p.ipv6.network.prefixlen == 64}
    for link in county.links:
        for end in ((link.a_device, link.a_port), (link.z_device or "", link.z_port or "")):
            port = ports.get(end)
            if port and port.ipv6:
                owners[port.ipv6.network] = link.site
    plan: dict[str, list[IPv6Network]] = {CENTRE: [IPv6Network(f"{planted.PREFIX}:ff00::/56")]}
    for network, site in owners.items():
        if not network.subnet_of(plan[CENTRE][0]):
            plan.setdefault(site, []).append(network)
    if not county.mended:
        first, second = planted.SHARED_PREFIX
        plan[first] += plan[second]
        del plan[planted.NO_PREFIX]
    return {site: tuple(networks) for site, networks in plan.items()}


def _racks(county: County) -> Iterator[declared.Rack]:
    used: dict[str, int] = {}
    for device in county.devices:
        if device.rack:
            used[device.rack] = used.get(device.rack, 0) + 2
    for name, units in sorted(used.items()):
        yield declared.Rack(room=ROOM, rack_no=name, u_total=42, u_used=units, power_kw=4.0)


def _common(device: Device, units: dict[str, str]) -> dict[str, Any]:
    own = device.ports[0]
    return {
        "asset_no": f"ZC-{device.number:05d}",
        "name": device.name,
        "unit": units[device.site],
        "site": device.site,
        "room": ROOM if device.rack else None,
        "rack": device.rack,
        "vendor": "H3C" if device.platform == "h3c_comware" else "Huawei",
        "model": device.model,
        "serial": device.serial,
        "mgmt_ip4": device.address,
        "mgmt_ip6": own.ipv6.ip if own.ipv6 else None,
        "release": wording.release(device),
        "eos_date": END_OF_SUPPORT,
        "importance": Importance.KEY if device.role in _KEY_ROLES else Importance.GENERAL,
    }


def _server(device: Device, units: dict[str, str]) -> declared.Server:
    return declared.Server(
        **_common(device, units),
        u_position=1 + device.number // 8 * 4 if device.rack else None,
        cpu_arch=wording.KERNELS[device.system][2],
        os=device.system,
        role="业务服务器",
        form=Form.PHYSICAL if device.rack else Form.VIRTUAL,
        domestic=True,
    )


def _network_device(device: Device, units: dict[str, str]) -> declared.NetworkDevice:
    return declared.NetworkDevice(
        **_common(device, units),
        role=_chosen(NetworkRole, device.role),
        snmp_profile=device.login,
        ipv6_capable=True,
        backup_peer={"core-1": "core-2", "core-2": "core-1"}.get(device.name),
    )


def _firewall(device: Device, units: dict[str, str]) -> declared.SecurityComponent:
    return declared.SecurityComponent(
        **_common(device, units),
        function=SecurityKind.FIREWALL,
        boundary="互联网出口",
        licence_no="XK-2020-0044",
        signature_date=date(2025, 10, 8),
    )


def _storage(device: Device, units: dict[str, str]) -> declared.Storage:
    return declared.Storage(**_common(device, units), capacity_tb=20.0, used_tb=8.0, protocol="NFS")


def _link(link: Link) -> declared.Link:
    inside = link.z_site != "city"
    return declared.Link(
        name=link.name,
        a_site=link.site,
        a_device=link.a_device,
        a_interface=link.a_port,
        z_site=link.z_site if inside else None,
        z_device=link.z_device,
        z_interface=link.z_port,
        z_outside=None if inside else "市电子政务外网",
        provider=link.carrier,
        kind=_chosen(LinkKind, link.kind),
        contracted_mbps=link.contracted_mbps,
        physical_route=link.route,
        purpose="电子政务外网",
        start_date=_START,
    )


def _egress() -> declared.InternetEgress:
    return declared.InternetEgress(
        name="统一互联网出口",
        unit=BUREAU,
        site=CENTRE,
        provider="广电网络",
        mbps=500.0,
        public_ip4=(IPv4Network("100.64.44.0/30"),),
        public_ip6=(IPv6Network(f"{planted.PREFIX}:fffe::/64"),),
        boundary_device="fw-1",
        approved=True,
    )


def _system(place: Place) -> declared.BusinessSystem:
    system = place.system
    hosted = _chosen(Hosting, system.hosted) if system.hosted else None
    today = datetime.now(UTC).date()  # what is done regularly was done lately, whenever the demo is run
    return declared.BusinessSystem(
        name=system.title,
        unit=system.unit,
        self_built=True,
        graded_level=3,
        level_s=3,
        level_a=3,
        filing_no=f"4415230{system.number:04d}",
        last_evaluation=today.replace(month=1, day=1),
        users=200,
        url=place.url if system.addressed else None,
        hosted=hosted,
        room=system.room or (ROOM if hosted is Hosting.ROOM else None),
        go_live=system.go_live,
        state=_chosen(MigrationState, system.state) if system.state else None,
        wave=system.wave,
        wave_date=system.wave_date,
        old_address=place.old_address,
        exception_reason=_chosen(ExceptionReason, system.exception_reason) if system.exception_reason else None,
        exception_approver="县信息化工作领导小组" if system.exception_reason else None,
        data_interface=system.data_interface,
        interface_endpoint=_interface(place),
        personal_data=False,
        crypto_assessed=True,
        ipv6=system.aaaa,
        last_backup=today - timedelta(days=system.backup_days),
        backup_site=system.backup_site,
        last_restore=today - timedelta(days=system.restore_days),
    )


def _interface(place: Place) -> str | None:
    """Where data are fetched from an exception: beside its pages; of the one without a reason nobody serves there."""
    if place.system.data_interface is None:
        return None
    return place.url if place.system.exception_reason else f"{urlsplit(place.url).hostname}:9"


def _private_network() -> declared.PrivateNetwork:
    return declared.PrivateNetwork(
        name="财政业务专网",
        unit="县财政局",
        upper_owner="市财政局",
        classified=False,
        topology="星形",
        nodes=9,
        links=8,
        boundary="fw-1",
        state=PrivateState.CONNECTED,
        plan_date=date(2024, 12, 31),
        approved=True,
    )


def _video_network() -> declared.PrivateNetwork:
    return replace(
        _private_network(),
        name="雪亮工程视频专网",
        unit=BUREAU,
        upper_owner="市公安局",
        start_date=date(2022, 9, 1),
    )


def _zones(by_role: dict[str, list[Device]], forgotten: str | None) -> Iterator[declared.Zone]:
    """The servers' zone and what is left outside it; one server may have been forgotten."""
    hosts = [device for role in ("server", "storage") for device in by_role.get(role, [])]
    declared_hosts = [device for device in hosts if device.name != forgotten]
    yield declared.Zone(
        name="服务器区",
        unit=BUREAU,
        importance=Importance.KEY,
        networks4=tuple(_networks(declared_hosts)),
        guard="fw-1",
    )
    yield declared.Zone(
        name="汇聚接入区", unit=BUREAU, importance=Importance.GENERAL, networks4=(IPv4Network("10.65.0.0/16"),)
    )


def _networks(devices: Iterable[Device]) -> Iterator[IPv4Network]:
    found = (port.ipv4.network for device in devices for port in device.ports if port.ipv4)
    return collapse_addresses(network for network in found if not network.is_loopback)


def _accounts(*, leaver: bool) -> Iterator[declared.AccountHolder]:
    for account, person, duty in (
        ("sysadm", "王建国", Duty.SYSTEM),
        ("secadm", "赵卫东", Duty.SECURITY),
        ("audit01", "李明审", Duty.AUDIT),
        ("ops01", "陈运维", Duty.OPERATION),
    ):
        yield declared.AccountHolder(account=account, person=person, unit=BUREAU, duty=duty, outsider=False)
    if leaver:
        yield declared.AccountHolder(
            account="temp01",
            person="集成商驻场工程师",
            unit=BUREAU,
            duty=Duty.OPERATION,
            outsider=True,
            approver="值班长",
            until=date(2024, 12, 31),
        )
