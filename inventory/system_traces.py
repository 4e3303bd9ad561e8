"""The places where business systems run and ran: the servers there, and what of the network still uses an address."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from typing import TypeVar
from urllib.parse import urlsplit

from inventory.addresses import IPAddress, address
from inventory.errors import Gap, Missing
from inventory.evidence import NO_EVIDENCE, Evidence
from inventory.facts import (
    Addresses,
    Connections,
    Fact,
    Forwarding,
    Hardware,
    Interfaces,
    Listeners,
    RemoteCopies,
    ResolvedAddresses,
    ServiceProbe,
)
from inventory.products.stack import Stack, stack
from inventory.register import BusinessSystem, Device, Register, Server
from inventory.snapshot import Network, system_target

F = TypeVar("F", bound=Fact)
HELD, RESOLVED, CONNECTION, COPY, DATABASE = "held", "resolved", "connection", "copy", "database"
# Where databases listen by their makers' default: what a program is called does not show at the far end.
DATABASE_PORTS = frozenset({1433, 1521, 2881, 3306, 4000, 5236, 5432, 5866, 27017, 50000, 54321})
_UNREAD = Missing(Gap.UNREAD)
_NO_STACK = Stack()
# Where administrators and monitoring come in: that somebody looks after a host does not mean that it serves.
_LOOKED_AFTER = frozenset({22, 161, 623, 3389, 5985, 10050, 10051})
_UNSURE = frozenset({"stale", "unknown", "static", "permanent", "noarp"})  # left over, or written by hand


@dataclass(frozen=True, slots=True)
class SystemHost:
    """A server of the run at one of a system's addresses, with where the register says it stands."""

    target: str
    role: str  # service, old-host
    ip: IPAddress
    room: str | None = None  # None: the register places it in no machine room
    form: str | None = None  # physical, vm as declared; None: not declared
    hardware: Hardware | Missing = _UNREAD
    listeners: Listeners | Missing = _UNREAD
    stack: Stack = _NO_STACK


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that uses an address."""

    kind: str  # held (an interface has it), resolved (ARP, ND), connection, database, or copy:
    # a mount, a scheduled job, a declared replication
    target: str  # whose table or configuration says so
    ip: IPAddress  # the address used
    detail: str
    certain: bool = True  # False: it may be left over
    evidence: Evidence = NO_EVIDENCE


class SystemTraces:
    """Where declared systems run and ran, found in one run. Reads every device's tables once, keeps what concerns
    declared addresses."""

    def __init__(self, register: Register, network: Network) -> None:
        self._register = register
        self._network = network
        self._old = {s.old_address for s in register.systems if s.old_address}
        self._old_in_order = sorted(self._old, key=_order)
        self._devices = {ip: device for device in register.devices for ip in device.addresses}

    def addresses(self, system: BusinessSystem, probe: ServiceProbe | Missing) -> tuple[IPAddress, ...]:
        """Where a system serves: as declared, in its URL, and by its name where it has one."""
        found = [*system.addresses, *_literal(system.url or system.host)]
        if isinstance(probe, ServiceProbe) and probe.names and (system.url or system.host):
            found += [*(probe.names.a or ()), *(probe.names.aaaa or ())]
        return tuple(dict.fromkeys(found))

    def hosts(self, system: BusinessSystem, serving: Iterable[IPAddress]) -> tuple[SystemHost, ...]:
        """The servers of the run at those addresses, and at the old one where it is none of them."""
        current = tuple(serving)
        old = (system.old_address,) if system.old_address and system.old_address not in current else ()
        asked = [(ip, "service") for ip in current] + [(ip, "old-host") for ip in old]
        return tuple(self._host(self._targets[ip], role, ip) for ip, role in asked if ip in self._targets)

    def of(self, ip: IPAddress) -> tuple[Trace, ...]:
        """What uses an address."""
        return tuple(self._uses.get(ip, ()))

    def watched(self, ip: IPAddress) -> frozenset[str]:
        """Kinds of trace that somebody in a position to see was asked for: a router in the address's own network for
        its ARP table, the host itself or one that serves for its connections."""
        return frozenset(self._watched.get(ip, ()))

    def copies(self, hosts: Iterable[SystemHost]) -> tuple[Trace, ...] | Missing:
        """What a system's servers store on devices in the county's rooms; Missing where not all was read of one."""
        found: list[Trace] = []
        open_: Missing | None = None
        targets = dict.fromkeys(host.target for host in hosts if host.role == "service")
        for target in targets:
            told = self._network.fact(target, RemoteCopies)
            evidence = NO_EVIDENCE if isinstance(told, Missing) else told.evidence
            if isinstance(told, Missing) or not told.complete:
                open_ = told if isinstance(told, Missing) else Missing(Gap.REFUSED, f"{target}: not all could be read")
            for each in () if isinstance(told, Missing) else told.items:
                device = self.device_at(each.ip)
                if device is not None and device.room:
                    detail = f"{each.how} {each.where} → {device.label} {device.room}"
                    found.append(Trace(COPY, target, each.ip, detail, evidence=evidence))
        if found or (targets and open_ is None):
            return tuple(found)
        return open_ or Missing(Gap.UNREAD, "no server of it was read")

    def databases(self, hosts: Iterable[SystemHost]) -> tuple[Trace, ...] | Missing:
        """Databases on devices in the county's rooms that a system's servers are connected with; Missing where the
        connections of one were not read and none is found."""
        found: dict[Trace, None] = {}
        targets = dict.fromkeys(host.target for host in hosts if host.role == "service")
        open_: Missing | None = None if targets else Missing(Gap.UNREAD, "no server of it was read")
        for target in targets:
            told = self._network.fact(target, Connections)
            if isinstance(told, Missing):
                open_ = told
                continue
            for each in told.items:
                device = self.device_at(each.peer_ip) if each.peer_port in DATABASE_PORTS else None
                if device is not None and device.room and each.local_port not in self._ports(target):
                    detail = f"tcp/{each.peer_port} → {device.label} {device.room}"
                    found[Trace(DATABASE, target, each.peer_ip, detail, evidence=told.evidence)] = None
        return tuple(found) if found or open_ is None else open_

    def device_at(self, ip: IPAddress) -> Device | None:
        """The declared device with that management address, else the one whose target has the address."""
        return self._devices.get(ip) or self._device_of(self._targets.get(ip))

    def _device_of(self, target: str | None) -> Device | None:
        record = self._network.record(target) if target else None
        if record is None:
            return None
        ip = _address(record.address)
        return self._register.device(record.target) or (self._devices.get(ip) if ip else None)

    def _host(self, target: str, role: str, ip: IPAddress) -> SystemHost:
        device = self._device_of(target) or self._devices.get(ip)
        form = device.form.value if isinstance(device, Server) and device.form else None
        return SystemHost(
            target=target,
            role=role,
            ip=ip,
            room=device.room if device else None,
            form=form,
            hardware=self._network.fact(target, Hardware),
            listeners=self._network.fact(target, Listeners),
            stack=stack(lambda kind: self._network.fact(target, kind)),
        )

    @cached_property
    def _wanted(self) -> frozenset[IPAddress]:
        """Addresses that anything is asked of; those every host has are nobody's."""
        found = set(self._old) | set(self._devices)
        for system in self._register.systems:
            found |= set(self.addresses(system, self._probe(system)))
        return frozenset(ip for ip in found if not _everywhere(ip))

    def _probe(self, system: BusinessSystem) -> ServiceProbe | Missing:
        return self._network.fact(system_target(system.name), ServiceProbe)

    @cached_property
    def _targets(self) -> dict[IPAddress, str]:
        """The target at each wanted address: that it is asked at, else that it has on an interface."""
        return self._placed[0]

    @cached_property
    def _placed(self) -> tuple[dict[IPAddress, str], dict[str, set[IPAddress]]]:
        """Targets by address; and old addresses by the router that has an interface in their network.

        A host resolves those alone that it talks with: that it does not know an address says nothing.
        """
        targets: dict[IPAddress, str] = {}
        near: dict[str, set[IPAddress]] = {}
        if not self._register.systems:
            return targets, near
        for record in self._network.records():
            ip = _address(record.address)
            if ip in self._wanted and ip is not None:
                targets.setdefault(ip, record.target)
        for target, addresses in self._network.each(Addresses):
            is_router = bool(self._old) and self._forwards(target)
            for each in addresses.items if isinstance(addresses, Addresses) else ():
                if each.ip.ip in self._wanted:
                    targets.setdefault(each.ip.ip, target)
                if is_router:
                    near.setdefault(target, set()).update(i for i in self._old_in(each.ip.network) if i != each.ip.ip)
        return targets, near

    def _forwards(self, target: str) -> bool:
        told = self._network.fact(target, Forwarding)
        return isinstance(told, Forwarding) and told.ipv4 is not False  # network systems seldom say that they do

    def _old_in(self, network: IPv4Network | IPv6Network) -> list[IPAddress]:
        """The old addresses in a network, one address by itself being none."""
        if network.num_addresses == 1:
            return []
        first = bisect_left(self._old_in_order, _order(network.network_address), key=_order)
        last = bisect_right(self._old_in_order, _order(network.broadcast_address), key=_order)
        return self._old_in_order[first:last]

    @property
    def _uses(self) -> dict[IPAddress, list[Trace]]:
        return self._found[0]

    @property
    def _watched(self) -> dict[IPAddress, set[str]]:
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[dict[IPAddress, list[Trace]], dict[IPAddress, set[str]]]:
        uses: dict[IPAddress, list[Trace]] = {}
        watched: dict[IPAddress, set[str]] = {}
        if not self._register.systems:
            return uses, watched
        for trace in (*self._held(), *self._resolved(watched), *self._connections(watched), *self._copies()):
            uses.setdefault(trace.ip, []).append(trace)
        return uses, watched

    def _held(self) -> Iterator[Trace]:
        """Interfaces of devices that were read and that have an old address."""
        for target, addresses in self._network.each(Addresses) if self._old else ():
            if isinstance(addresses, Missing):
                continue
            for each in addresses.items:
                if each.ip.ip in self._old:
                    is_certain = not self._is_down(target, each.interface)
                    yield Trace(HELD, target, each.ip.ip, each.interface or "", is_certain, addresses.evidence)

    def _is_down(self, target: str, interface: str | None) -> bool:
        told = self._network.fact(target, Interfaces)
        ports = told.items if isinstance(told, Interfaces) else ()
        return any(port.name == interface and False in (port.admin_up, port.oper_up) for port in ports)

    def _resolved(self, watched: dict[IPAddress, set[str]]) -> Iterator[Trace]:
        """ARP and ND entries of old addresses, in whosever table they stand."""
        near = self._placed[1]
        for target, table in self._network.each(ResolvedAddresses) if self._old else ():
            if isinstance(table, Missing):
                continue
            for ip in near.get(target, ()):
                watched.setdefault(ip, set()).add(RESOLVED)
            for entry in table.items:
                if entry.ip in self._old and entry.is_answered:
                    state = (entry.state or "").lower()
                    where = " ".join(word for word in (entry.mac, entry.interface, state) if word)
                    yield Trace(RESOLVED, target, entry.ip, where, state not in _UNSURE, table.evidence)

    def _connections(self, watched: dict[IPAddress, set[str]]) -> Iterator[Trace]:
        """Connections to wanted addresses, seen at either end; who looks after a host is left out."""
        own: dict[str, list[IPAddress]] = {}
        for ip, target in self._targets.items():
            own.setdefault(target, []).append(ip)
        for target, table in self._network.each(Connections):
            if isinstance(table, Missing):
                continue
            for ip in own.get(target, ()):
                watched.setdefault(ip, set()).add(CONNECTION)
            serving = self._ports(target)
            for each in table.items:
                came = each.local_port in serving
                if not came and each.peer_ip in self._wanted and each.peer_port not in _LOOKED_AFTER:
                    detail = f"tcp/{each.peer_port} {each.process or ''}".strip()
                    yield Trace(CONNECTION, target, each.peer_ip, detail, evidence=table.evidence)
                if came and each.local_ip in self._wanted and each.local_port not in _LOOKED_AFTER:
                    detail = f"tcp/{each.local_port} ← {each.peer_ip}"
                    yield Trace(CONNECTION, target, each.local_ip, detail, evidence=table.evidence)

    def _ports(self, target: str) -> frozenset[int]:
        """TCP ports that a host listens at."""
        found = self._network.fact(target, Listeners)
        items = found.items if isinstance(found, Listeners) else ()
        return frozenset(each.port for each in items if each.protocol == "tcp")

    def _copies(self) -> Iterator[Trace]:
        """Mounts and scheduled jobs that name a wanted address, and replication that the register declares."""
        for target, copies in self._network.each(RemoteCopies):
            if isinstance(copies, Missing):
                continue
            for each in copies.items:
                if each.ip in self._wanted:
                    yield Trace(COPY, target, each.ip, f"{each.how} {each.where}", evidence=copies.evidence)
        for storage in self._register.storages:
            device = self._register.device((storage.replication_target or "").strip())
            ip = _address((storage.replication_target or "").strip())
            for each_ip in (ip,) if ip else device.addresses[:1] if device else ():
                yield Trace(COPY, storage.label, each_ip, "replication", evidence=storage.evidence)


def _literal(url: str | None) -> tuple[IPAddress, ...]:
    try:
        host = urlsplit(url if "//" in (url or "") else f"//{url or ''}").hostname
    except ValueError:
        return ()
    found = _address(str(host or ""))
    return (found,) if found else ()


def _address(text: str) -> IPAddress | None:
    try:
        return address(text)
    except ValueError:
        return None


def _order(ip: IPAddress) -> tuple[int, int]:
    return ip.version, int(ip)


def _everywhere(ip: IPAddress) -> bool:
    """Addresses that every host has on its loopback interface."""
    return ip.is_unspecified or str(ip) in ("127.0.0.1", "::1")
