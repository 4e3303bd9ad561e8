"""What the lab consists of: nodes, addresses and links, as data.

::

      audit (bridge, 198.51.100.0/24, 2001:db8:0:ff::/64: out-of-band, on eth0 of every node)
        core1 ═══ core2 ─── fw1 ┬── srv1     two routers with OSPF and OSPFv3, a firewall, two servers:
                                └── srv2     srv1 kept in order, srv2 with gaps an audit must find

All addresses are documentation ranges (RFC 5737, RFC 3849) and exist only inside the lab's namespaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface

AUDIT_ADDRESSES = ("198.51.100.254/24", "2001:db8:0:ff::fe/64")


@dataclass(frozen=True, slots=True)
class Port:
    """One Ethernet port and its addresses with prefix length."""

    name: str
    alias: str
    addresses: tuple[str, ...]

    def interfaces(self) -> list[IPv4Interface | IPv6Interface]:
        return [ip_interface(address) for address in self.addresses]


@dataclass(frozen=True, slots=True)
class Node:
    """One machine of the lab."""

    name: str
    role: str  # router, firewall, server
    number: int  # last part of its out-of-band addresses
    ports: tuple[Port, ...]
    routes: tuple[str, ...] = ()  # arguments of `ip route add` or `ip -6 route add`
    loopback: tuple[str, ...] = ()
    root_login: str = "no"  # sshd's PermitRootLogin
    weak_snmp: bool = False  # answers SNMPv2c with a well-known community too

    @property
    def management(self) -> Port:
        return Port("eth0", "out-of-band", (f"198.51.100.{self.number}/24", f"2001:db8:0:ff::{self.number}/64"))

    @property
    def is_router(self) -> bool:
        return self.role == "router"

    @property
    def forwards(self) -> bool:
        return self.role != "server"

    @property
    def address(self) -> str:
        """Its out-of-band IPv4 address."""
        return str(ip_interface(self.management.addresses[0]).ip)

    @property
    def address6(self) -> str:
        """Its out-of-band IPv6 address."""
        return str(ip_interface(self.management.addresses[1]).ip)


NODES = (
    Node(
        "core1",
        "router",
        1,
        (Port("eth1", "to core2", ("203.0.113.1/30", "2001:db8:0:12::1/64")),),
        loopback=("192.0.2.129/32", "2001:db8:ffff::1/128"),
    ),
    Node(
        "core2",
        "router",
        2,
        (
            Port("eth1", "to core1", ("203.0.113.2/30", "2001:db8:0:12::2/64")),
            Port("eth2", "to fw1", ("203.0.113.5/30", "2001:db8:0:23::1/64")),
        ),
        loopback=("192.0.2.130/32", "2001:db8:ffff::2/128"),
    ),
    Node(
        "fw1",
        "firewall",
        3,
        (
            Port("eth1", "to core2", ("203.0.113.6/30", "2001:db8:0:23::2/64")),
            Port("eth2", "servers in order", ("192.0.2.1/26", "2001:db8:0:31::1/64")),
            Port("eth3", "servers with gaps", ("192.0.2.65/26",)),
        ),
        routes=("default via 203.0.113.5", "-6 default via 2001:db8:0:23::1"),
        root_login="prohibit-password",
    ),
    Node(
        "srv1",
        "server",
        11,
        (Port("eth1", "to fw1", ("192.0.2.2/26", "2001:db8:0:31::2/64")),),
        routes=("default via 192.0.2.1", "-6 default via 2001:db8:0:31::1"),
    ),
    Node(
        "srv2",
        "server",
        12,
        (Port("eth1", "to fw1", ("192.0.2.66/26",)),),
        routes=("default via 192.0.2.65",),
        root_login="yes",
        weak_snmp=True,
    ),
)

# Both ends of each cable.
LINKS = (
    ("core1", "eth1", "core2", "eth1"),
    ("core2", "eth2", "fw1", "eth1"),
    ("fw1", "eth2", "srv1", "eth1"),
    ("fw1", "eth3", "srv2", "eth1"),
)

WEAK_COMMUNITY = "public"
