"""Ways out of the network that nobody declared, by four signs: default routes that leave it, public addresses on its
interfaces, addresses translated towards nobody known, carriers' gateways in ARP tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from inventory.addresses import SHARED, on_internet
from inventory.errors import Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import Addresses, DefaultRoute, Forwarding, PortGuard, PortGuards, ResolvedAddresses, Routes
from inventory.names import canonical_interface, plain_name
from inventory.register import Register
from inventory.snapshot import Network

_NOWHERE = re.compile(r"null|discard|blackhole|reject|lo(?:opback)?\d*$", re.IGNORECASE)
DEFAULT_ROUTE, PUBLIC_ADDRESS, TRANSLATION, GATEWAY = "default-route", "public-address", "translation", "gateway"
_HOST_ROLES = frozenset({"server", "storage"})
_SHOWN = 3  # of several gateways on one interface


@dataclass(frozen=True, slots=True)
class Egress:
    """A way out that is none of the approved ones."""

    target: str
    interface: str | None
    via: str  # next hop of the default route, empty where it names an interface alone; or the address that was seen
    by: str  # default-route, public-address, translation, gateway
    certain: bool = True  # False: what is behind it may be a device whose addresses were not read
    evidence: Evidence = NO_EVIDENCE


def strange_egresses(register: Register, network: Network) -> Iterator[Egress]:
    """Every device that leads out of the network where the register approves no way out.

    A router's default route leads out when its next hop is no address of any device, found or declared. Approved are
    the boundary devices of approved egresses and the ends of declared links: beyond them stands what is known. Where a
    device did not tell its addresses, a next hop out of a private range may be one of them.
    """
    approved = _approved(register)
    platforms = {record.target: record.platform for record in network.records()}
    known = _Known(register, network)
    ways = (*_routes(network, known), *known.public, *_translations(network, known), *_gateways(network, known))
    for found in ways:
        name = plain_name(found.target)
        interface = canonical_interface(found.interface or "", platforms.get(found.target)) or None
        if (name, None) not in approved and (name, interface) not in approved:
            yield found


def unread(fact: object, forwarding: object) -> bool:
    """Whether a device's routes are missing that may forward: its default route may lead anywhere."""
    may_forward = not isinstance(forwarding, Forwarding) or forwarding.ipv4 is not False
    return isinstance(fact, Missing) and may_forward


class _Known:
    """Whose each address is, as far as devices told; and what is public and of no declared block."""

    def __init__(self, register: Register, network: Network) -> None:
        self.blocks = [net for egress in register.egresses for net in egress.public_ip4]
        self.owners: dict[str, set[str]] = {record.address: {record.target} for record in network.records()}
        for device in register.devices:
            for ip in device.addresses:
                self.owners.setdefault(str(ip), set()).add(device.label)
        self.public: list[Egress] = []
        self._networks: dict[IPv4Network, set[str]] = {}
        hosts = {word for d in (*register.servers, *register.storages) for word in (d.label, *map(str, d.addresses))}
        # A server is nobody's next hop: of one that keeps silent nothing is in doubt.
        silent = {
            record.target
            for record in network.records()
            if record.role not in _HOST_ROLES and not {record.target, record.address} & hosts
        }
        for target, addresses in network.each(Addresses):
            if isinstance(addresses, Addresses):
                silent.discard(target)
                self._hold(target, addresses)
        self.has_unread = bool(silent)

    def _hold(self, target: str, addresses: Addresses) -> None:
        for each in addresses.items:
            ip = each.ip.ip
            self.owners.setdefault(str(ip), set()).add(target)
            if not isinstance(ip, IPv4Address):
                continue
            self._networks.setdefault(IPv4Network(str(each.ip.network)), set()).add(target)
            if self.is_strange(ip):
                evidence = addresses.evidence
                self.public.append(Egress(target, each.interface, str(ip), PUBLIC_ADDRESS, evidence=evidence))

    def is_strange(self, ip: IPv4Address) -> bool:
        """Whether an address is one of the Internet that no declared egress holds."""
        return on_internet(ip) and not any(ip in block for block in self.blocks)

    def others_in(self, network: IPv4Network, target: str) -> bool:
        """Whether another device of the county has an address in a network."""
        return bool(self._networks.get(network, set()) - {target})


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


def _routes(network: Network, known: _Known) -> Iterator[Egress]:
    forwarding = {target for target, fact in network.each(Forwarding) if isinstance(fact, Forwarding) and fact.ipv4}
    for target, routes in network.each(Routes):
        if isinstance(routes, Missing) or target not in forwarding:
            continue
        for route in routes.defaults:
            if _leads_out(route, known):
                interface = route.interface or _towards(route, network.fact(target, Addresses))
                is_certain = route.via is not None and (not known.has_unread or on_internet(route.via))
                yield Egress(target, interface, str(route.via or ""), DEFAULT_ROUTE, is_certain, routes.evidence)


def _translations(network: Network, known: _Known) -> Iterator[Egress]:
    """Interfaces behind which addresses are translated, and no other device of the county stands."""
    for target, guards in network.each(PortGuards):
        ports = () if isinstance(guards, Missing) else [p for p in guards.items if p.translates and not p.shut]
        for port in ports:
            found = _translation(port, target, network.fact(target, Addresses), known)
            if found is not None:
                yield found


def _translation(port: PortGuard, target: str, addresses: Addresses | Missing, known: _Known) -> Egress | None:
    """The way out that an interface with translation is; None where it leads to another part of the county."""
    name = canonical_interface(port.interface)
    items = () if isinstance(addresses, Missing) else addresses.items
    own = [each.ip for each in items if each.interface and canonical_interface(each.interface) == name]
    four = [IPv4Network(str(ip.network)) for ip in own if isinstance(ip.ip, IPv4Address)]
    if any(known.others_in(net, target) for net in four):
        return None
    # A dialled line has its address from the carrier: without one it leads out all the same.
    leads_out = port.outside in ("dialled", "cellular") or any(on_internet(net.network_address) for net in four)
    is_certain = leads_out or (bool(four) and not known.has_unread)
    via = ", ".join(str(ip.ip) for ip in own if isinstance(ip.ip, IPv4Address))
    return Egress(target, port.interface, via, TRANSLATION, is_certain, port.evidence)


def _gateways(network: Network, known: _Known) -> Iterator[Egress]:
    """Interfaces on whose link an address of the Internet answers, or one that carriers give their customers'
    gateways: who holds it is no device of the county."""
    for target, table in network.each(ResolvedAddresses):
        found: dict[str | None, list[IPv4Address]] = {}
        for entry in () if isinstance(table, Missing) else table.items:
            ip = entry.ip
            if isinstance(ip, IPv4Address) and entry.is_answered and _is_carriers(ip, known):
                found.setdefault(entry.interface, []).append(ip)
        for interface, seen in found.items():
            via = ", ".join(map(str, seen[:_SHOWN]))
            certain = any(ip not in SHARED for ip in seen)
            yield Egress(target, interface, via, GATEWAY, certain, _evidence(table))


def _evidence(table: ResolvedAddresses | Missing) -> Evidence:
    return NO_EVIDENCE if isinstance(table, Missing) else table.evidence


def _is_carriers(ip: IPv4Address, known: _Known) -> bool:
    if str(ip) in known.owners:
        return False
    return known.is_strange(ip) or (ip in SHARED and not any(ip in block for block in known.blocks))


def _towards(route: DefaultRoute, addresses: Addresses | Missing) -> str | None:
    """The interface in whose network the next hop lies."""
    items = () if isinstance(addresses, Missing) else addresses.items
    return next((each.interface for each in items if route.via is not None and route.via in each.ip.network), None)


def _leads_out(route: DefaultRoute, known: _Known) -> bool:
    """Out of the network, or over an interface alone (PPP, a tunnel); a route to nowhere leads nowhere."""
    if route.vrf not in (None, ""):
        return False
    if route.via is None:
        return route.interface is not None and not _NOWHERE.match(route.interface)
    return not route.via.is_link_local and not route.via.is_unspecified and str(route.via) not in known.owners
