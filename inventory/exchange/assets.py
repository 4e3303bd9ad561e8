"""A device as other inventories know it, and the devices of a run in this form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from inventory.addresses import IPAddress, address
from inventory.facts import Identity
from inventory.reconcile import Reconciled, reconcile
from inventory.register import Device, NetworkDevice, Register, SecurityComponent
from inventory.snapshot import DeviceRecord, Network
from inventory.text import Text

# Fields of text that other inventories keep beside their own as they are.
KEPT = ("unit", "site", "role", "kind", "vendor", "model", "release", "serial", "asset_no")


@dataclass(frozen=True, slots=True)
class Asset:
    """A device. None: not known, or not given."""

    name: str
    addresses: tuple[IPAddress, ...] = ()  # the one to ask it at first
    asset_no: str | None = None
    platform: str | None = None
    kind: str | None = None  # router, switch, server …
    vendor: str | None = None
    model: str | None = None
    release: str | None = None
    serial: str | None = None
    unit: str | None = None
    site: str | None = None
    role: str | None = None
    login: str | None = None  # the name of one, never its secret
    ssh_port: int | None = None
    tags: tuple[str, ...] = ()
    where: str = field(default="", compare=False)  # file and line it was read from


@dataclass(frozen=True, slots=True)
class GivenSite:
    """A site as another inventory knows it."""

    name: str
    tier: str | None = None  # the word that may name one
    title: str | None = None
    unit: str | None = None
    place: str | None = None
    where: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A line between two devices as another inventory knows it."""

    a_device: str
    a_interface: str
    z_device: str
    z_interface: str
    label: str | None = None
    where: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Given:
    """Everything that one source gave."""

    assets: tuple[Asset, ...] = ()
    sites: tuple[GivenSite, ...] = ()
    links: tuple[GivenLink, ...] = ()
    secrets: int = 0  # passwords and the like that stood in it and were not taken


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that could not be taken or given over, and why."""

    subject: str
    why: Text


def assets_of(
    register: Register,
    network: Network,
    same_as: Mapping[str, str] | None = None,
    ports: Iterable[tuple[str, int]] = (),
) -> Iterator[Asset]:
    """Every device of a run as it was found; maker and model as declared where it did not tell them.

    ``same_as`` tells which targets are further addresses of a device that another target stands for, ``ports`` the SSH
    ports of targets.
    """
    ssh_ports = dict(ports)
    declared: dict[str, Reconciled] = {}
    for each in reconcile(register, network, same_as=same_as):
        if each.target:
            declared.setdefault(each.target, each)  # further ones are other members of the same stack
    for record in network.records():
        if record.target not in (same_as or {}):
            identity = network.fact(record.target, Identity)
            known = identity if isinstance(identity, Identity) else Identity()
            asset = _asset(register, record, known, declared.get(record.target))
            yield replace(asset, ssh_port=ssh_ports.get(record.target))


def _asset(register: Register, record: DeviceRecord, known: Identity, declared: Reconciled | None) -> Asset:
    device = register.device(declared.asset_no) if declared and declared.asset_no else None
    site = (declared.site if declared else None) or record.site
    place = register.site(site or "")
    return Asset(
        name=record.target,
        addresses=(address(record.address),),
        asset_no=device.asset_no if device else None,
        platform=record.platform or known.platform,
        kind=known.kind,
        vendor=known.vendor or (device.vendor if device else None),
        model=known.model or (device.model if device else None),
        release=known.release,
        serial=known.serial,
        unit=(device.unit if device else None) or (place.unit if place else None),
        site=site,
        role=_role(record, device, known.kind),
        tags=record.tags,
    )


def _role(record: DeviceRecord, device: Device | None, kind: str | None) -> str | None:
    """As the target list says, else the register, else by the kind of device it is."""
    if record.role:
        return record.role
    if isinstance(device, NetworkDevice) and device.role:
        return device.role.value
    if isinstance(device, SecurityComponent) and device.function:
        return device.function.value
    return kind
