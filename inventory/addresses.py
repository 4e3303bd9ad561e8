"""Addresses, scopes, MACs and IPv6 classes; netaddr lives here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import netaddr
from netaddr.core import AddrFormatError, NotRegisteredError

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

_HEX = re.compile(r"[0-9a-f]")
_HIGHEST_PORT, _LONGEST_PORT = 65535, 5  # and its digits
# Held by the national e-government extranet (APNIC), which announces it to nobody: global by its number alone.
EXTRANET = IPv4Network("59.192.0.0/10")
SHARED = IPv4Network("100.64.0.0/10")  # between a carrier's gateway and its customers (RFC 6598)


def address(text: str) -> IPAddress:
    """The address a person wrote, brackets and zone allowed around IPv6; ValueError when it is none."""
    return ipaddress.ip_address(text.strip().strip("[]").partition("%")[0])


def port(text: str) -> int | None:
    """The TCP or UDP port a person wrote; None for what is none."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_PORT else 0
    return number if 0 < number <= _HIGHEST_PORT else None


def on_internet(ip: IPAddress) -> bool:
    """Whether an address is one of the Internet: global, and not of the e-government extranet."""
    return ip.is_global and not (isinstance(ip, IPv4Address) and ip in EXTRANET)


def mac_address(text: str) -> str | None:
    """``aa:bb:cc:dd:ee:ff`` from any vendor's way of writing a MAC (0011-2233-4455); None when it is none."""
    digits = "".join(_HEX.findall(text.lower()))
    if len(digits) != 12 or re.search(r"[g-z]", text.lower()):
        return None
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def mac_from_bytes(octets: bytes) -> str | None:
    """A MAC from six octets (PhysAddress); None for other lengths and for all zeros."""
    return octets.hex(":") if len(octets) == 6 and any(octets) else None


def mac_vendor(mac: str) -> str | None:
    """The organisation that holds the MAC's OUI (IEEE register); None when it is unknown or locally administered."""
    try:
        return str(netaddr.EUI(mac).oui.registration()["org"])
    except (AddrFormatError, NotRegisteredError, ValueError):
        return None


# Redundancy protocols answer for a shared address with a MAC of their own: VRRP (RFC 9568), HSRP 1 and 2, GLBP.
_VIRTUAL_ROUTERS = {
    "00:00:5e:00:01:": "vrrp",
    "00:00:5e:00:02:": "vrrp",
    "00:00:0c:07:ac:": "hsrp",
    "00:00:0c:9f:f": "hsrp",
    "00:05:73:a0:0": "hsrp",
    "00:07:b4:00:": "glbp",
}


def virtual_router(mac: str) -> str | None:
    """The redundancy protocol a MAC belongs to (vrrp, hsrp, glbp); None: it is no virtual router's."""
    return next((name for prefix, name in _VIRTUAL_ROUTERS.items() if mac.lower().startswith(prefix)), None)


def burnt_in(mac: str) -> bool:
    """Whether a MAC can be one a maker gave a single port: neither group, nor locally administered, nor virtual."""
    octets = bytes.fromhex(mac.replace(":", ""))
    return len(octets) == 6 and not octets[0] & 0b11 and len(set(octets[3:])) > 1 and virtual_router(mac) is None


def eui64_address(prefix: IPv6Network, mac: str) -> IPv6Address:
    """The modified EUI-64 address of a MAC in a /64 (RFC 4291 appendix A)."""
    return IPv6Address(int(netaddr.EUI(mac).ipv6(int(prefix.network_address))))


class Ipv6Class(StrEnum):
    """What an IPv6 address is, by its prefix."""

    GLOBAL = "global"
    ULA = "ula"  # RFC 4193
    LINK_LOCAL = "link-local"
    LOOPBACK = "loopback"
    MULTICAST = "multicast"
    DOCUMENTATION = "documentation"  # RFC 3849, RFC 9637
    SIX_TO_FOUR = "6to4"  # RFC 3056, deprecated by RFC 7526
    TEREDO = "teredo"  # RFC 4380
    SITE_LOCAL = "site-local"  # deprecated by RFC 3879
    MAPPED = "ipv4-mapped"
    NAT64 = "nat64"  # RFC 6052, RFC 8215
    OTHER = "other"


_CLASSES: tuple[tuple[IPv6Network, Ipv6Class], ...] = tuple(
    (IPv6Network(prefix), kind)
    for prefix, kind in (
        ("::1/128", Ipv6Class.LOOPBACK),
        ("fe80::/10", Ipv6Class.LINK_LOCAL),
        ("ff00::/8", Ipv6Class.MULTICAST),
        ("fc00::/7", Ipv6Class.ULA),
        ("fec0::/10", Ipv6Class.SITE_LOCAL),
        ("2001:db8::/32", Ipv6Class.DOCUMENTATION),
        ("3fff::/20", Ipv6Class.DOCUMENTATION),
        ("2002::/16", Ipv6Class.SIX_TO_FOUR),
        ("2001::/32", Ipv6Class.TEREDO),
        ("::ffff:0:0/96", Ipv6Class.MAPPED),
        ("64:ff9b::/96", Ipv6Class.NAT64),
        ("64:ff9b:1::/48", Ipv6Class.NAT64),
        ("2000::/3", Ipv6Class.GLOBAL),
    )
)


def ipv6_class(ip: IPv6Address) -> Ipv6Class:
    """The class of an address by the first prefix that holds it."""
    plain = IPv6Address(int(ip))  # membership tests refuse scoped addresses
    return next((kind for prefix, kind in _CLASSES if plain in prefix), Ipv6Class.OTHER)


class Scope:
    """A set of addresses to look at, and addresses that are never to be touched.

    An exclusion holds whatever wider scope names it.
    """

    def __init__(self, included: Iterable[IPNetwork], excluded: Iterable[IPNetwork] = ()) -> None:
        wanted = tuple(included)
        self._included = netaddr.IPSet(str(n) for n in wanted) - netaddr.IPSet(str(n) for n in excluded)
        self._edges = _edges([n for n in wanted if isinstance(n, IPv4Network)])

    def __contains__(self, ip: IPAddress) -> bool:
        return str(ip) in self._included

    @property
    def size(self) -> int:
        """How many addresses the scope holds, network and broadcast addresses counted."""
        return int(self._included.size)

    def addresses(self) -> Iterator[IPAddress]:
        """Every address of the scope that a host may have, in order, one at a time."""
        for block in self._included.iter_cidrs():
            for ip in ipaddress.ip_network(str(block.cidr)):
                if ip not in self._edges:
                    yield ip


def _edges(networks: list[IPv4Network]) -> frozenset[IPAddress]:
    """Network and broadcast addresses, which are no hosts, save where another of the networks has them inside.

    A /31 or /32 has neither. They are of the networks as they were named: what an exclusion leaves of one in pieces
    has no edges of its own.
    """
    edges = {ip for n in networks if n.prefixlen < 31 for ip in (n.network_address, n.broadcast_address)}
    return frozenset(ip for ip in edges if not any(_inside(ip, n) for n in networks))


def _inside(ip: IPv4Address, network: IPv4Network) -> bool:
    return ip in network and (network.prefixlen >= 31 or ip not in (network.network_address, network.broadcast_address))
