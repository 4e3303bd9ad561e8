"""What a run found as NetBox has it: rows of its bulk import by kind of object, in the order they refer to each other.

Columns, choices and lengths are those of NetBox 4 (documentation: Models, REST API; forms of its bulk import).
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_address
from typing import Any

from inventory.exchange.assets import Asset, LeftOut
from inventory.facts import Addresses, Interface, Interfaces
from inventory.names import canonical_interface, is_interface
from inventory.register import Register
from inventory.snapshot import Network
from inventory.text import Text
from inventory.topology import links

Line = dict[str, Any]  # by column; None: left empty
_LONGEST_NAME, _LONGEST_NOTE, _LONGEST_SERIAL = 64, 200, 50
_GREY = "9e9e9e"  # NetBox's own default for roles
_VIRTUAL = frozenset({"softwareLoopback", "tunnel", "propVirtual", "l3ipvlan", "l2vlan", "mplsTunnel", "ppp", "vlan"})
_VIRTUAL_NAME = re.compile(r"^(vlan|loop|lo\d|tunnel|null|inloop|irb|bvi|nve|vbdif|virtual)", re.IGNORECASE)
_LAG_NAME = re.compile(
    r"^(eth-trunk|port-channel|bridge-aggregation|route-aggregation|aggregateport|ae\d|bond\d)", re.I
)
_CABLED = "other"  # the type of ports whose medium nobody told; the others take no cable


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of NetBox object. ``path`` is that of its REST endpoint; ``key`` the columns that identify a row."""

    name: str
    path: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    def named(self, line: Line) -> str:
        """How a reader finds the row."""
        return " ".join(str(line[column]) for column in self.key if line.get(column))


_NAMED = ("name", "slug")
KINDS = (
    Kind("manufacturers", "dcim/manufacturers", ("name",), _NAMED),
    Kind("device-types", "dcim/device-types", ("manufacturer", "model"), ("manufacturer", "model", "slug", "u_height")),
    Kind("device-roles", "dcim/device-roles", ("name",), (*_NAMED, "color")),
    Kind("platforms", "dcim/platforms", ("name",), _NAMED),
    Kind("tenants", "tenancy/tenants", ("name",), _NAMED),
    Kind("site-groups", "dcim/site-groups", ("name",), _NAMED),
    Kind("sites", "dcim/sites", ("name",), (*_NAMED, "status", "group", "tenant")),
    Kind(
        "devices",
        "dcim/devices",
        ("name",),
        ("name", "role", "tenant", "manufacturer", "device_type", "platform", "serial", "asset_tag", "status", "site"),
    ),
    Kind(
        "interfaces",
        "dcim/interfaces",
        ("device", "name"),
        ("device", "name", "type", "enabled", "lag", "mtu", "speed", "duplex", "description"),
    ),
    Kind(
        "ip-addresses",
        "ipam/ip-addresses",
        ("address",),
        ("address", "status", "device", "interface", "is_primary"),
    ),
    Kind(
        "cables",
        "dcim/cables",
        ("side_a_device", "side_a_name", "side_b_device", "side_b_name"),
        ("side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name", "status"),
    ),
)
KIND = {kind.name: kind for kind in KINDS}


def slug(text: str) -> str:
    """A slug of NetBox ([-a-zA-Z0-9_]); where letters were lost a digest keeps two names apart."""
    plain = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-")
    if text.isascii() and plain:
        return plain[:100]
    return f"{plain[:80]}-{hashlib.sha256(text.encode()).hexdigest()[:8]}".lstrip("-")


class NetboxLines:
    """The rows of every kind, made when asked for; facts of one device in memory at a time.

    ``unknown`` stands for a manufacturer, model, role or site that nothing tells; None: such devices are left out, for
    NetBox takes no device without them. ``left_out`` grows as rows are made.
    """

    def __init__(
        self, register: Register, network: Network, assets: Iterable[Asset], *, unknown: str | None = None
    ) -> None:
        self.left_out: list[LeftOut] = []
        self._register = register
        self._network = network
        self._unknown = unknown
        self._devices: dict[str, Line] = {}
        self._asked: dict[str, str] = {}  # address a device was asked at
        for asset in assets:
            line = self._device(asset)
            if line is not None:
                self._devices[asset.name] = line
                self._asked[asset.name] = str(asset.addresses[0])
        self._holders = Counter(ip for device in self._devices for ip in self._own(device))
        self._makers: dict[str, Callable[[], Iterator[Line]]] = {
            "manufacturers": lambda: self._names("manufacturer"),
            "device-types": self._types,
            "device-roles": lambda: ({**line, "color": _GREY} for line in self._names("role")),
            "platforms": lambda: self._names("platform"),
            "tenants": self._tenants,
            "site-groups": lambda: _named({site["group"] for site in self._sites() if site["group"]}),
            "sites": self._sites,
            "devices": lambda: iter(self._devices.values()),
            "interfaces": self._interfaces,
            "ip-addresses": self._addresses,
            "cables": self._cables,
        }

    def lines(self, kind: Kind) -> Iterator[Line]:
        """The rows of one kind, such that none refers to one after it."""
        return self._makers[kind.name]()

    def _device(self, asset: Asset) -> Line | None:
        line: Line = {
            "name": asset.name,
            "role": asset.role or self._unknown,
            "tenant": asset.unit,
            "manufacturer": asset.vendor or self._unknown,
            "device_type": asset.model or self._unknown,
            "platform": asset.platform,
            "serial": (asset.serial or "")[:_LONGEST_SERIAL] or None,
            "asset_tag": (asset.asset_no or "")[:_LONGEST_SERIAL] or None,
            "status": "active",
            "site": asset.site or self._unknown,
        }
        lacks = [column for column in ("site", "role", "manufacturer", "device_type") if not line[column]]
        if lacks:
            named = ", ".join(lacks)
            self._leave(asset.name, Text(f"不知道 {named}，可用 --unknown", f"{named} not known; see --unknown"))
            return None
        if len(asset.name) > _LONGEST_NAME:
            self._leave(asset.name[:_LONGEST_NAME], Text("名称超过 64 个字符", "a name of over 64 characters"))
            return None
        return line

    def _names(self, column: str) -> Iterator[Line]:
        return _named({line[column] for line in self._devices.values() if line[column]})

    def _types(self) -> Iterator[Line]:
        pairs = {(line["manufacturer"], line["device_type"]) for line in self._devices.values()}
        # NetBox takes no type without a height; 1 is what it assumes itself.
        for maker, model in sorted(pairs):
            yield {"manufacturer": maker, "model": model, "slug": slug(f"{maker} {model}"), "u_height": 1}

    def _tenants(self) -> Iterator[Line]:
        lines = (*self._devices.values(), *self._sites())
        return _named({line["tenant"] for line in lines if line["tenant"]})

    def _sites(self) -> Iterator[Line]:
        for line in _named({device["site"] for device in self._devices.values()}):
            site = self._register.site(line["name"])
            told = {"group": site.tier.value, "tenant": site.unit} if site else {"group": None, "tenant": None}
            yield {**line, "status": "active", **told}

    def _ports(self, device: str) -> dict[str, Line]:
        """The interfaces of a device by name."""
        fact = self._network.fact(device, Interfaces)
        items = fact.items if isinstance(fact, Interfaces) else ()
        record = self._network.record(device)
        platform = record.platform if record else None
        wanted = [p for p in items if is_interface(p.name, p.kind, platform) and p.present is not False]
        bundles = {port.aggregate for port in wanted if port.aggregate}
        return {port.name: _port(device, port, bundles) for port in wanted}

    def _interfaces(self) -> Iterator[Line]:
        for device in self._devices:
            ports = self._ports(device)
            for line in sorted(ports.values(), key=lambda line: line["type"] != "lag"):
                if len(line["name"]) > _LONGEST_NAME:
                    subject = f"{device} {line['name'][:_LONGEST_NAME]}"
                    self._leave(subject, Text("名称超过 64 个字符", "a name of over 64 characters"))
                else:
                    yield line | {"lag": line["lag"] if line["lag"] in ports else None}

    def _own(self, device: str) -> Iterator[str]:
        """The addresses of a device that mean something outside it, each once."""
        return (str(ip.ip) for _, ip, _ in self._placed(device))

    def _placed(self, device: str) -> Iterator[tuple[str | None, IPv4Interface | IPv6Interface, bool]]:
        fact = self._network.fact(device, Addresses)
        asked = self._asked[device]
        seen = set()
        for each in fact.items if isinstance(fact, Addresses) else ():
            ip = each.ip.ip
            is_local = ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_unspecified
            if not is_local and ip not in seen and (each.prefix_known or str(ip) == asked):
                seen.add(ip)
                yield each.interface, each.ip, str(ip) == asked
        if ip_address(asked) not in seen:
            host = ip_address(asked)
            yield None, IPv4Interface(host) if host.version == 4 else IPv6Interface(host), True

    def _addresses(self) -> Iterator[Line]:
        for device in self._devices:
            ports = self._ports(device)
            for interface, ip, is_asked in self._placed(device):
                if self._holders[str(ip.ip)] > 1:
                    why = Text("不止一台设备有这个地址", "more than one device holds the address")
                    self._leave(f"{device} {ip}", why)
                    continue
                port = interface if interface in ports else None
                yield {
                    "address": str(ip),
                    "status": "active",
                    "device": device if port else None,
                    "interface": port,
                    "is_primary": True if port and is_asked else None,
                }

    def _cables(self) -> Iterator[Line]:
        """Lines between ports of two devices that are both exported, each port at one end only."""
        found = [
            ((link.a.target, link.a.interface), (link.z.target, link.z.interface))
            for link in links(self._network)
            if link.a.target in self._devices and link.z.target in self._devices
        ]
        ends = Counter(end for pair in found for end in pair)
        for a, z in found:
            ports = [self._port_at(*end) for end in (a, z)]
            if ports[0] is None or ports[1] is None:
                continue  # a port that nobody told: the cable's ends are not both known
            if ends[a] > 1 or ends[z] > 1:
                why = Text("一个接口看到不止一个邻居", "one of its ports has more than one neighbour")
                self._leave(f"{a[0]} {a[1]} – {z[0]} {z[1]}", why)
                continue
            yield {
                "side_a_device": a[0],
                "side_a_type": "dcim.interface",
                "side_a_name": ports[0],
                "side_b_device": z[0],
                "side_b_type": "dcim.interface",
                "side_b_name": ports[1],
                "status": "connected",
            }

    def _port_at(self, device: str | None, interface: str | None) -> str | None:
        """The name of a port as its own device has it, where it can take a cable."""
        record = self._network.record(device or "")
        platform = record.platform if record else None
        for name, line in self._ports(device or "").items():
            if interface and canonical_interface(name, platform).lower() == interface.lower():
                return name if line["type"] == _CABLED else None
        return None

    def _leave(self, subject: str, why: Text) -> None:
        self.left_out.append(LeftOut(subject, why))


def _named(names: Iterable[str]) -> Iterator[Line]:
    return ({"name": name, "slug": slug(name)} for name in sorted(names))


def _port(device: str, port: Interface, bundles: set[str]) -> Line:
    return {
        "device": device,
        "name": port.name,
        "type": _type(port, bundles),
        # NetBox knows up and down only, and takes a port for enabled unless told otherwise.
        "enabled": port.admin_up is not False,
        "lag": port.aggregate,
        "mtu": port.mtu if port.mtu and port.mtu <= 65_536 else None,
        "speed": int(port.speed_mbps * 1000) if port.speed_mbps else None,  # kbit/s
        "duplex": port.duplex,
        "description": (port.alias or "")[:_LONGEST_NOTE] or None,
    }


def _type(port: Interface, bundles: set[str]) -> str:
    """NetBox's type. The medium of a port is not known: ``other``."""
    if port.kind == "ieee8023adLag" or port.name in bundles or _LAG_NAME.match(port.name):
        return "lag"
    if port.kind in _VIRTUAL or _VIRTUAL_NAME.match(port.name):
        return "virtual"
    return "bridge" if port.kind == "bridge" else _CABLED
