"""Ways out of the network that nobody declared: default routes that leave it, public addresses on its interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from inventory.errors import Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import Addresses, DefaultRoute, Forwarding, Routes
from inventory.names import canonical_interface, plain_name
from inventory.register import Register
from inventory.snapshot import Network

_NOWHERE = re.compile(r"null|discard|blackhole|reject|lo(?:opback)?\d*$", re.IGNORECASE)


def unread(fact: object, forwarding: object) -> bool:
    """Whether a device's routes are missing that may forward: its default route may lead anywhere."""
    may_forward = not isinstance(forwarding, Forwarding) or forwarding.ipv4 is not False
    return isinstance(fact, Missing) and may_forward


@dataclass(frozen=True, slots=True)
class Egress:
    """A way out that is none of the approved ones."""

    target: str
    interface: str | None
    via: str  # next hop of the default route, empty where it names an interface alone; or the public address
    by: str  # default-route, public-address
    certain: bool = True  # False: what is behind it may be a device whose addresses were not read
    evidence: Evidence = NO_EVIDENCE


def strange_egresses(register: Register, network: Network) -> Iterator[Egress]:
    """Every device that leads out of the network where the register approves no way out.

    A router's default route leads out when its next hop is no address of any device, found or declared. Approved are
    the boundary devices of approved egresses and the ends of declared links: beyond them stands what is known. Where a
    device did not tell its addresses, a next hop out of a private range may be one of them.
    """
    approved = _approved(register)
    inside: set[str] = {record.address for record in network.records()}
    declared = {str(ip) for device in register.devices for ip in device.addresses}
    public: list[Egress] = []
    unread = {record.target for record in network.records()}
    prefixes = [net for egress in register.egresses for net in egress.public_ip4]
    for target, addresses in network.each(Addresses):
        if isinstance(addresses, Missing):
            continue
        unread.discard(target)
        for each in addresses.items:
            inside.add(str(each.ip.ip))
            ip = each.ip.ip
            if isinstance(ip, IPv4Address) and ip.is_global and not any(ip in net for net in prefixes):
                public.append(
                    Egress(target, each.interface, str(each.ip), "public-address", evidence=addresses.evidence)
                )
    platforms = {record.target: record.platform for record in network.records()}
    for found in (*_routes(network, inside | declared, has_unread=bool(unread)), *public):
        name = plain_name(found.target)
        interface = canonical_interface(found.interface or "", platforms.get(found.target)) or None
        if (name, None) not in approved and (name, interface) not in approved:
            yield found


def _approved(register: Register) -> set[tuple[str, str | None]]:
    """Devices, and interfaces of devices, that may lead out; interface None: the whole device may."""
    labels = {device.asset_no: device.label for device in register.devices}
    found: set[tuple[str, str | None]] = set()
    for egress in register.egresses:
        if egress.approved and egress.boundary_device:
            found.add((plain_name(labels.get(egress.boundary_device, egress.boundary_device)), None))
    for link in register.links:
        for device, interface in ((link.a_device, link.a_interface), (link.z_device, link.z_interface)):
            if device:
                named = canonical_interface(interface) if interface else None
                found.add((plain_name(labels.get(device, device)), named))
    return found


def _routes(network: Network, inside: set[str], *, has_unread: bool) -> Iterator[Egress]:
    forwarding = {target for target, fact in network.each(Forwarding) if isinstance(fact, Forwarding) and fact.ipv4}
    for target, routes in network.each(Routes):
        if isinstance(routes, Missing) or target not in forwarding:
            continue
        for route in routes.defaults:
            if _leads_out(route, inside):
                interface = route.interface or _towards(route, network.fact(target, Addresses))
                is_certain = route.via is not None and (not has_unread or route.via.is_global)
                via = str(route.via or "")
                yield Egress(target, interface, via, "default-route", is_certain, routes.evidence)


def _towards(route: DefaultRoute, addresses: Addresses | Missing) -> str | None:
    """The interface in whose network the next hop lies."""
    items = () if isinstance(addresses, Missing) else addresses.items
    return next((each.interface for each in items if route.via is not None and route.via in each.ip.network), None)


def _leads_out(route: DefaultRoute, inside: set[str]) -> bool:
    """Out of the network, or over an interface alone (PPP, a tunnel); a route to nowhere leads nowhere."""
    if route.vrf not in (None, ""):
        return False
    if route.via is None:
        return route.interface is not None and not _NOWHERE.match(route.interface)
    return not route.via.is_link_local and not route.via.is_unspecified and str(route.via) not in inside
