"""What the agent of a device holds: MIB-II, IF-MIB, IP-MIB, ENTITY-MIB, LLDP-MIB, HOST-RESOURCES-MIB."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from ipaddress import IPv4Interface, IPv6Interface

from playbooks.demo import ber, wording
from playbooks.demo.model import ETHERNET, LOOPBACK, Device, Port
from playbooks.demo.resolved import resolved6

Value = bytes | Callable[[float], bytes]  # encoded, or encoded from the seconds since the boot
Row = tuple[ber.Name, Value]

_MIB2 = (1, 3, 6, 1, 2, 1)
_ENGINE = (1, 3, 6, 1, 6, 3, 10, 2, 1)
_LLDP = (1, 0, 8802, 1, 1, 2, 1)
_CHASSIS_MAC, _PORT_NAME = 4, 5  # LldpChassisIdSubtype, LldpPortIdSubtype
_GIB = 1 << 30
_PACKET = 500  # octets of one, on average
_ATTACHED_TO = (1, 2, 840, 10006, 300, 43, 1, 2, 1, 1, 13)  # dot3adAggPortAttachedAggID


class Table:
    """The objects of one agent in the order of their names."""

    def __init__(self, device: Device, engine: bytes, started: float) -> None:
        rows = sorted(_rows(device, engine), key=lambda row: row[0])
        self.names = [name for name, _ in rows]
        self._values = [value for _, value in rows]
        self._encoded = [ber.sequence(ber.oid(n), v) if isinstance(v, bytes) else b"" for n, v in rows]
        self._started = started

    def value(self, name: ber.Name) -> bytes | None:
        """The encoded value of exactly that name; None when the agent has none."""
        at = bisect_left(self.names, name)
        if at == len(self.names) or self.names[at] != name:
            return None
        return self._value(at)

    def binding(self, at: int) -> bytes:
        """The encoded VarBind at a position."""
        return self._encoded[at] or ber.sequence(ber.oid(self.names[at]), self._value(at))

    def _value(self, at: int) -> bytes:
        value = self._values[at]
        return value if isinstance(value, bytes) else value(time.time() - self._started)


def _rows(device: Device, engine: bytes) -> Iterator[Row]:
    yield from _system(device)
    yield from _engine(engine)
    yield from _interfaces(device)
    yield from _internet(device)
    yield from _neighbours(device)
    yield from _by_family(device)
    yield from _routes(device)
    yield from _adjacencies(device)
    yield from _entities(device)
    if device.platform == "linux":
        yield from _host(device)
    yield from _load(device)
    yield from _lldp(device)


def _ticks(uptime: float) -> bytes:
    return ber.integer(int(uptime * 100) & 0xFFFFFFFF, ber.TIME_TICKS)


def _system(device: Device) -> Iterator[Row]:
    services = 72 if device.platform == "linux" else 78
    values: tuple[Value, ...] = (
        ber.octets(wording.description(device)),
        ber.oid(ber.dotted(wording.object_id(device))),
        _ticks,
        ber.octets("ops@county.example"),
        ber.octets(device.name),
        ber.octets(f"{device.site}{' ' + device.rack if device.rack else ''}"),
        ber.integer(services),
    )
    for number, value in enumerate(values, 1):
        yield (*_MIB2, 1, number, 0), value


def _engine(engine: bytes) -> Iterator[Row]:
    yield (*_ENGINE, 1, 0), ber.octets(engine)
    yield (*_ENGINE, 2, 0), ber.integer(1)
    yield (*_ENGINE, 3, 0), lambda uptime: ber.integer(int(uptime))
    yield (*_ENGINE, 4, 0), ber.integer(65507)


def _interfaces(device: Device) -> Iterator[Row]:
    yield (*_MIB2, 2, 1, 0), ber.integer(len(device.ports))
    for index, port in enumerate(device.ports, 1):
        for column, value in _if_columns(device, port, index).items():
            yield (*_MIB2, 2, 2, 1, column, index), value
        for column, value in _ifx_columns(device, port).items():
            yield (*_MIB2, 31, 1, 1, 1, column, index), value
        if port.kind == ETHERNET:
            yield (*_MIB2, 10, 7, 2, 1, 19, index), ber.integer(2 if port.half else 3)  # halfDuplex, fullDuplex
        if port.aggregate:
            master = next(n for n, each in enumerate(device.ports, 1) if each.name == port.aggregate)
            yield (*_ATTACHED_TO, index), ber.integer(master)


def _octet_rate(port: Port) -> float:
    return port.carried_mbps[0] * 1e6 / 8


def counted(device: Device, port: Port) -> dict[str, tuple[int, float]]:
    """Where each counter of a port began at the boot, and how far it goes in a second."""
    base = device.number * 1_000_003
    in_octets, out_octets = (mbps * 1e6 / 8 for mbps in port.carried_mbps)
    in_packets, out_packets = in_octets / _PACKET, out_octets / _PACKET
    return {
        "in_octets": (base, in_octets),
        "out_octets": (base // 3, out_octets),
        "in_packets": (base // _PACKET, in_packets),
        "out_packets": (base // 3 // _PACKET, out_packets),
        "in_errors": (0, in_packets * port.error_percent / 100),
    }


def _counter(base: int, per_second: float, bits: int) -> Callable[[float], bytes]:
    tag = ber.COUNTER64 if bits == 64 else ber.COUNTER32
    return lambda uptime: ber.integer(int(base + per_second * uptime) % (1 << bits), tag)


def _if_columns(device: Device, port: Port, index: int) -> dict[int, Value]:
    up = ber.integer(1 if port.up else 2)
    zero = ber.integer(0, ber.COUNTER32)
    counts = counted(device, port)
    more = index * 7919  # narrow counters wrapped at other times than wide ones
    return {
        1: ber.integer(index),
        2: ber.octets(port.name),
        3: ber.integer(port.kind),
        4: ber.integer(port.mtu if port.kind != LOOPBACK else 65535),
        5: ber.integer(min(port.mbps * 1_000_000, 0xFFFFFFFF), ber.GAUGE32),
        6: ber.octets(device.mac(index) if port.kind != LOOPBACK else b""),
        7: ber.integer(1),
        8: up,
        9: ber.integer(index * 100, ber.TIME_TICKS),
        10: _counter(counts["in_octets"][0] + more, counts["in_octets"][1], 32),
        13: zero,
        14: _counter(*counts["in_errors"], 32),
        16: _counter(counts["out_octets"][0] + more, counts["out_octets"][1], 32),
        19: zero,
        20: zero,
    }


def _ifx_columns(device: Device, port: Port) -> dict[int, Value]:
    counts = counted(device, port)
    return {
        1: ber.octets(port.name),
        6: _counter(*counts["in_octets"], 64),
        7: _counter(*counts["in_packets"], 64),
        10: _counter(*counts["out_octets"], 64),
        11: _counter(*counts["out_packets"], 64),
        15: ber.integer(port.mbps, ber.GAUGE32),
        17: ber.integer(1 if port.kind == ETHERNET else 2),
        18: ber.octets(port.description),
    }


def _internet(device: Device) -> Iterator[Row]:
    yield (*_MIB2, 4, 1, 0), ber.integer(1 if device.forwards else 2)
    yield (*_MIB2, 4, 2, 0), ber.integer(64)
    yield (*_MIB2, 4, 25, 0), ber.integer(1 if device.forwards and device.ipv6 else 2)
    yield (*_MIB2, 4, 26, 0), ber.integer(64)
    for index, port in enumerate(device.ports, 1):
        if port.ipv4:
            yield from _old_address(index, port.ipv4)
            yield from _address(index, 1, port.ipv4)
        if port.ipv6:
            yield from _address(index, 2, port.ipv6)


def _neighbours(device: Device) -> Iterator[Row]:
    """ipNetToPhysicalTable (RFC 4293): what is heard on each port with IPv6 is resolved by its link-local address."""
    if device.platform == "linux":  # hosts show theirs at the command line
        return
    indexes = {port.name: index for index, port in enumerate(device.ports, 1)}
    for entry in resolved6(device):
        suffix = (indexes[entry.port.name], 2, 16, *entry.ip.packed)
        answered = ber.octets(bytes.fromhex((entry.mac or "").replace("-", "")))
        for column, value in ((4, answered), (6, ber.integer(3)), (7, ber.integer(1 if entry.mac else 7))):
            yield (*_MIB2, 4, 35, 1, column, *suffix), value


def _by_family(device: Device) -> Iterator[Row]:
    """ipSystemStatsTable (RFC 4293): octets of each family since the boot."""
    rate = sum(_octet_rate(port) for port in device.ports) or 1000.0
    six = device.ipv6_percent / 100 if device.ipv6 and device.addressed6 else 0.0
    for version, part in ((1, 1 - six), (2, six)):
        for column, share in ((6, 1.0), (33, 1 / 3)):
            yield (*_MIB2, 4, 31, 1, 1, column, version), _counter(0, rate * part * share, 64)


def _old_address(index: int, ip: IPv4Interface) -> Iterator[Row]:
    suffix = tuple(ip.ip.packed)
    yield (*_MIB2, 4, 20, 1, 1, *suffix), ber.tlv(ber.IP_ADDRESS, ip.ip.packed)
    yield (*_MIB2, 4, 20, 1, 2, *suffix), ber.integer(index)
    yield (*_MIB2, 4, 20, 1, 3, *suffix), ber.tlv(ber.IP_ADDRESS, ip.netmask.packed)


def _address(index: int, family: int, ip: IPv4Interface | IPv6Interface) -> Iterator[Row]:
    """A row of ipAddressTable (RFC 4293); its prefix is a pointer into ipAddressPrefixTable."""
    raw, net = ip.ip.packed, ip.network
    suffix = (family, len(raw), *raw)
    prefix = (*_MIB2, 4, 32, 1, 5, index, family, len(raw), *net.network_address.packed, net.prefixlen)
    values = {3: ber.integer(index), 4: ber.integer(1), 5: ber.oid(prefix), 6: ber.integer(2), 7: ber.integer(1)}
    for column, value in values.items():
        yield (*_MIB2, 4, 34, 1, column, *suffix), value
    yield prefix, ber.integer(2)  # ipAddressPrefixOrigin manual


def _routes(device: Device) -> Iterator[Row]:
    """inetCidrRouteTable (RFC 4292): connected prefixes and the default routes."""
    rows = list(_route_rows(device))
    yield (*_MIB2, 4, 24, 6, 0), ber.integer(len(rows) // 3, ber.GAUGE32)
    yield from rows


def _route_rows(device: Device) -> Iterator[Row]:
    for index, port in enumerate(device.ports, 1):
        for ip in (port.ipv4, port.ipv6):
            if ip:
                yield from _route(index, ip.network.network_address.packed, ip.network.prefixlen, None, 2)
    out = _uplink_index(device)
    if device.gateway4:
        yield from _route(out, bytes(4), 0, device.gateway4.packed, 3)
    if device.gateway6 and device.ipv6:
        yield from _route(out, bytes(16), 0, device.gateway6.ip.packed, 3)


def _uplink_index(device: Device) -> int:
    for index, port in enumerate(device.ports, 1):
        if port.ipv4 and port.ipv4.network.prefixlen < 32 and device.gateway4 in port.ipv4.network:
            return index
    return 1


def _route(index: int, destination: bytes, length: int, hop: bytes | None, protocol: int) -> Iterator[Row]:
    family = 1 if len(destination) == 4 else 2
    next_hop = (family, len(hop), *hop) if hop else (0, 0)
    suffix = (family, len(destination), *destination, length, 2, 0, 0, *next_hop)
    yield (*_MIB2, 4, 24, 7, 1, 7, *suffix), ber.integer(index)
    yield (*_MIB2, 4, 24, 7, 1, 8, *suffix), ber.integer(4 if hop else 3)
    yield (*_MIB2, 4, 24, 7, 1, 9, *suffix), ber.integer(protocol)


def _adjacencies(device: Device) -> Iterator[Row]:
    """OSPFV3-MIB (RFC 5643): that it runs, and the state of its neighbours."""
    if device.ospf6_up is None:
        return
    yield (*_MIB2, 191, 1, 1, 2, 0), ber.integer(1)
    for n in range(1, device.ospf6_up + 1):
        yield (*_MIB2, 191, 1, 9, 1, 8, n, 0, 10 << 24 | n), ber.integer(8)


_CHASSIS, _POWER, _FAN, _MODULE, _PORT = 3, 6, 7, 9, 10  # PhysicalClass


def _entities(device: Device) -> Iterator[Row]:
    parts = [(1, 0, _CHASSIS, f"{device.model} chassis", device.model, device.serial)]
    if device.platform != "linux":
        parts += [
            (2, 1, _MODULE, f"{device.model} mainboard", f"{device.model}-MPU", f"{device.serial}B"),
            (3, 1, _POWER, "Power supply 1", "PAC-600", f"{device.serial}P"),
            (4, 1, _FAN, "Fan 1", "FAN-040", f"{device.serial}F"),
        ]
        parts += [
            (100 + n, 2, _PORT, port.name, "", "") for n, port in enumerate(device.ports, 1) if port.kind == ETHERNET
        ]
    for index, parent, kind, name, model, serial in parts:
        release = wording.release(device) if kind in (_CHASSIS, _MODULE) else ""
        texts = {2: name, 7: name, 8: "A", 9: "", 10: release, 11: serial, 12: wording.maker(device), 13: model}
        for column, text in texts.items():
            yield (*_MIB2, 47, 1, 1, 1, 1, column, index), ber.octets(text)
        yield (*_MIB2, 47, 1, 1, 1, 1, 4, index), ber.integer(parent)
        yield (*_MIB2, 47, 1, 1, 1, 1, 5, index), ber.integer(kind)
        yield (*_MIB2, 47, 1, 1, 1, 1, 16, index), ber.integer(2 if kind == _PORT else 1)


_HR_TYPES = (*_MIB2, 25, 2, 1)


def _host(device: Device) -> Iterator[Row]:
    yield (*_MIB2, 25, 1, 1, 0), _ticks
    disk = 512 + 512 * (device.role == "storage") * 20
    volumes = ((1, 2, "Physical memory", 64), (3, 3, "Virtual memory", 72), (31, 4, "/", 100), (32, 4, "/data", disk))
    for index, kind, name, gib in volumes:
        row = (*_MIB2, 25, 2, 3, 1)
        yield (*row, 1, index), ber.integer(index)
        yield (*row, 2, index), ber.oid((*_HR_TYPES, kind))
        yield (*row, 3, index), ber.octets(name)
        yield (*row, 4, index), ber.integer(1 << 16)
        yield (*row, 5, index), ber.integer(gib * _GIB >> 16)
        yield (*row, 6, index), ber.integer(gib * _GIB >> 18)
    surplus = ("telnet-server-0.17-76",) if device.hardening.surplus else ()
    for index, package in enumerate(("openssh-server-8.2p1-9", "chrony-3.5-2", "rsyslog-8.2006.0-4", *surplus), 1):
        row = (*_MIB2, 25, 6, 3, 1)
        yield (*row, 1, index), ber.integer(index)
        yield (*row, 2, index), ber.octets(package)
        yield (*row, 4, index), ber.integer(4)


# Columns of percent: hwEntityCpuUsage and hwEntityMemUsage, hh3cEntityExtCpuUsage and hh3cEntityExtMemUsage,
# hrProcessorLoad.
_LOADS = {
    "huawei_vrp": ((1, 3, 6, 1, 4, 1, 2011, 5, 25, 31, 1, 1, 1, 1), 5, 7),
    "h3c_comware": ((1, 3, 6, 1, 4, 1, 25506, 2, 6, 1, 1, 1, 1), 6, 8),
    "linux": ((*_MIB2, 25, 3, 3, 1), 2, None),
}


def _load(device: Device) -> Iterator[Row]:
    table, cpu, memory = _LOADS[device.platform]
    yield (*table, cpu, 1), ber.integer(device.busy_percent or 8 + device.number % 30)
    if memory:
        yield (*table, memory, 1), ber.integer(35 + device.number % 20)


def _lldp(device: Device) -> Iterator[Row]:
    yield (*_LLDP, 3, 1, 0), ber.integer(_CHASSIS_MAC)
    yield (*_LLDP, 3, 2, 0), ber.octets(device.mac())
    yield (*_LLDP, 3, 3, 0), ber.octets(device.name)
    yield (*_LLDP, 3, 4, 0), ber.octets(wording.description(device))
    numbers = {}
    for index, port in enumerate(device.ports, 1):
        if port.kind == ETHERNET:
            numbers[port.name] = index
            yield (*_LLDP, 3, 7, 1, 2, index), ber.integer(_PORT_NAME)
            yield (*_LLDP, 3, 7, 1, 3, index), ber.octets(port.name)
            yield (*_LLDP, 3, 7, 1, 4, index), ber.octets(port.description or port.name)
    for count, heard in enumerate(device.heard, 1):
        suffix = (0, numbers[heard.port], count)
        columns: dict[int, Value] = {
            4: ber.integer(_CHASSIS_MAC),
            5: ber.octets(bytes.fromhex(heard.chassis.replace("-", ""))),
            6: ber.integer(_PORT_NAME),
            7: ber.octets(heard.remote_port),
            8: ber.octets(heard.remote_port),
            9: ber.octets(heard.name),
            10: ber.octets(heard.descr),
            11: ber.octets(b"\x28"),
            12: ber.octets(b"\x28"),
        }
        for column, value in columns.items():
            yield (*_LLDP, 4, 1, 1, column, *suffix), value
        if heard.address:
            managed = (*suffix, 1, 4, *heard.address.packed)
            yield (*_LLDP, 4, 2, 1, 3, *managed), ber.integer(2)
            yield (*_LLDP, 4, 2, 1, 4, *managed), ber.integer(1)
