"""Objects of NetBox's REST API as sites, devices and cables; whatever is not of the documented form says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from inventory.exchange.assets import Asset, Given, GivenLink, GivenSite
from inventory.exchange.nodes import addresses_in

Object = dict[str, Any]


def given_by_netbox(sites: Iterable[Object], devices: Iterable[Object], cables: Iterable[Object]) -> Given:
    """What the objects of ``dcim/sites``, ``dcim/devices`` and ``dcim/cables`` say."""
    return Given(
        tuple(asset for each in devices for asset in _asset(each)),
        tuple(site for each in sites for site in _site(each)),
        tuple(link for each in cables for link in _link(each)),
    )


def text(told: Any, *path: str) -> str | None:
    """The text at the end of a path of keys; None where there is none."""
    for key in path:
        told = told.get(key) if isinstance(told, dict) else None
    return str(told).strip() or None if isinstance(told, str | int) and not isinstance(told, bool) else None


def _site(told: Object) -> Iterator[GivenSite]:
    name = text(told, "name")
    if name:
        yield GivenSite(
            name,
            tier=text(told, "group", "name"),
            title=text(told, "description"),
            unit=text(told, "tenant", "name"),
            place=text(told, "physical_address"),
            where=_where("site", told),
        )


def _asset(told: Object) -> Iterator[Asset]:
    name = text(told, "name") or text(told, "asset_tag")
    if not name:
        return  # NetBox has devices without a name: patch panels and the like
    primary = (text(told, f"primary_ip{version}", "address") for version in (4, 6))
    tags = told.get("tags")
    yield Asset(
        name=name,
        addresses=tuple(ip for each in primary if each for ip in addresses_in(each.partition("/")[0])),
        asset_no=text(told, "asset_tag"),
        platform=text(told, "platform", "slug") or text(told, "platform", "name"),
        vendor=text(told, "device_type", "manufacturer", "name"),
        model=text(told, "device_type", "model"),
        serial=text(told, "serial"),
        unit=text(told, "tenant", "name"),
        site=text(told, "site", "name"),
        role=text(told, "role", "name") or text(told, "device_role", "name"),
        tags=tuple(slug for tag in tags if (slug := text(tag, "slug"))) if isinstance(tags, list) else (),
        where=_where("device", told),
    )


def _link(told: Object) -> Iterator[GivenLink]:
    """The cable, where each end is one interface."""
    ends = []
    for side in ("a_terminations", "b_terminations"):
        terminations = told.get(side)
        if not isinstance(terminations, list) or len(terminations) != 1:
            return
        device = text(terminations[0], "object", "device", "name")
        interface = text(terminations[0], "object", "name")
        if text(terminations[0], "object_type") != "dcim.interface" or not device or not interface:
            return
        ends += [device, interface]
    a_device, a_interface, z_device, z_interface = ends
    yield GivenLink(a_device, a_interface, z_device, z_interface, text(told, "label"), _where("cable", told))


def _where(kind: str, told: Object) -> str:
    return f"NetBox {kind} {text(told, 'id') or text(told, 'name') or '?'}"
