"""What the lab consists of: nodes, addresses and links, as data.

::

      audit (bridge, 198.51.100.0/24, 2001:db8:0:ff::/64: out-of-band, on eth0 of every node)
        core1 ═══ core2 ─── fw1 ┬── srv1     two routers with OSPF and OSPFv3, a firewall, two servers:
          │                     └── srv2     srv1 kept in order, srv2 with gaps an audit must find
        island ─── branch                    an island of IPv4 alone, and IPv6 tunnelled over it from core1 to branch

    core2 translates for hosts that have IPv6 alone (NAT64). Tunnel and translator stand on TUN devices.

All addresses are documentation ranges (RFC 5737, RFC 3849) and exist only inside the lab's namespaces.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from ipaddress import IPv4Interface, IPv6Interface, ip_interface

SYSTEM_PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"
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
    role: str  # router (with routing protocols), hop (without), firewall, server
    number: int  # last part of its out-of-band addresses
    ports: tuple[Port, ...]
    routes: tuple[str, ...] = ()  # arguments of `ip route add` or `ip -6 route add`
    loopback: tuple[str, ...] = ()
    root_login: str = "no"  # sshd's PermitRootLogin
    weak_snmp: bool = False  # answers SNMPv2c with a well-known community too
    ipv6: bool = True  # False: an island of IPv4 alone
    tuns: tuple[Port, ...] = ()  # TUN devices
    daemons: tuple[str, ...] = ()  # what stands behind them, started last

    @property
    def management(self) -> Port:
        both = (f"198.51.100.{self.number}/24", f"2001:db8:0:ff::{self.number}/64")
        return Port("eth0", "out-of-band", both if self.ipv6 else both[:1])

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


NAT64 = "2001:db8:0:64::/96"


def _socat(local: str, far: str) -> str:
    return f"socat TUN,tun-name=tun0,tun-type=tun,iff-no-pi,iff-up UDP4-DATAGRAM:{far}:5000,bind={local}:5000"


_NODES = (
    Node(
        "core1",
        "router",
        1,
        (
            Port("eth1", "to core2", ("203.0.113.1/30", "2001:db8:0:12::1/64")),
            Port("eth2", "to island", ("203.0.113.9/30",)),
        ),
        routes=("203.0.113.12/30 via 203.0.113.10", "192.0.2.192/27 via 203.0.113.2"),
        loopback=("192.0.2.129/32", "2001:db8:ffff::1/128"),
        tuns=(Port("tun0", "tunnel to branch", ("2001:db8:0:77::1/64",)),),
        daemons=(_socat("203.0.113.9", "203.0.113.14"),),
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
        tuns=(Port("nat64", "NAT64", ("192.0.2.194/32", "2001:db8:0:65::1/128")),),
        daemons=("tayga -d -c /etc/tayga.conf",),
    ),
    Node(
        "island",
        "hop",
        4,
        (Port("eth1", "to core1", ("203.0.113.10/30",)), Port("eth2", "to branch", ("203.0.113.13/30",))),
        ipv6=False,
    ),
    Node(
        "branch",
        "hop",
        5,
        (Port("eth1", "to island", ("203.0.113.14/30",)),),
        routes=("default via 203.0.113.13",),
        loopback=("2001:db8:ffff::5/128",),
        tuns=(Port("tun0", "tunnel to core1", ("2001:db8:0:77::2/64",)),),
        daemons=(_socat("203.0.113.14", "203.0.113.9"),),
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


def why_no_tun() -> str | None:
    """Why this machine offers no tunnels and translators on TUN devices; None where it does."""
    missing = [program for program in ("socat", "tayga") if shutil.which(program, path=SYSTEM_PATH) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as error:
        return f"/dev/net/tun: {error.strerror}"
    return None


NODES = tuple(node if why_no_tun() is None else replace(node, tuns=(), daemons=()) for node in _NODES)

# Both ends of each cable.
LINKS = (
    ("core1", "eth1", "core2", "eth1"),
    ("core1", "eth2", "island", "eth1"),
    ("island", "eth2", "branch", "eth1"),
    ("core2", "eth2", "fw1", "eth1"),
    ("fw1", "eth2", "srv1", "eth1"),
    ("fw1", "eth3", "srv2", "eth1"),
)

WEAK_COMMUNITY = "public"
