"""How a Linux host carries one family in the other: tunnels, translators, segment routing.

Sources: ip-link(8), ip-route(8), tayga(8) and the kernel's names of tunnel drivers. A translator in user space (tayga,
tundra) is a TUN device that a translation prefix is routed to; what runs behind the device is not asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv6Network

from collectors.base import Answer
from collectors.platforms.base import Got, Read
from collectors.platforms.dialects.linux.network import (
    ADDRESSES,
    PLAIN_ADDRESSES,
    PLAIN_ROUTES6,
    ROUTES6,
    any_ip,
    links,
    own_ip,
    route_table,
)
from collectors.platforms.dialects.linux.text import Json, inner, objects, word, words
from inventory.facts import Transition, Transitions

_SIX_TO_FOUR = IPv6Network("2002::/16")
_ISATAP = 0x5EFE  # the middle of an ISATAP interface identifier (RFC 5214, 6.1)
_LOCAL_USE = IPv6Network("64:ff9b:1::/48")  # RFC 8215
_TRANSLATED = 96  # length of a prefix whose last four octets are an IPv4 address (RFC 6052, 2.2)
_BY_NAME = {"teredo": "teredo", "clat": "464xlat", "clat4": "464xlat", "nat64": "nat64", "siit": "ivi"}
_SRV6 = frozenset({"seg6", "seg6local"})
# What carries anything: a way for IPv6 where it has an IPv6 address of its own.
_CARRIERS = {"tun": "tun", "none": "tun", "wireguard": "wireguard", "vxlan": "vxlan", "gre": "gre", "ip6gre": "gre"}


def transitions(addresses: Answer, routes: Got) -> Transitions:
    """What carries or translates IPv6, as the kinds, addresses and routes of links tell; those that are down left out.

    Without the routes a translator is known by the name of its device alone.
    """
    table = route_table(routes) if isinstance(routes, Answer) else []
    translating = {word(route, "dev") for route in table if _is_translation(word(route, "dst") or "")}
    found = []
    for link in links(addresses):
        name = word(link, "ifname") or ""
        technique = _technique(link, name, translates=name in translating)
        if technique and "UP" in words(link, "flags"):
            found.append(Transition(technique, name, _far(link), addresses.evidence()))
    if isinstance(routes, Answer) and any(route.get("encap") in _SRV6 for route in table):
        found.append(Transition("srv6", "routes", evidence=routes.evidence(r"seg6")))
    return Transitions(tuple(found), addresses.evidence())


def _is_translation(destination: str) -> bool:
    try:
        prefix = IPv6Network(destination)
    except ValueError:  # default, or an address without a length
        return False
    return prefix.prefixlen == _TRANSLATED or prefix.subnet_of(_LOCAL_USE)


def _technique(link: Json, name: str, *, translates: bool) -> str | None:
    info = inner(link, "linkinfo")
    kind = info.get("info_kind") or link.get("link_type")
    if name in _BY_NAME:
        return _BY_NAME[name]
    if kind in ("tun", "none") and translates:
        return "nat64"
    if kind == "sit":
        return _over_ipv4(link, name)
    if kind == "ip6tnl" and inner(info, "info_data").get("proto") in ("ipip6", "ip4ip6", "any"):
        return "ds-lite" if "aftr" in name.lower() or "dslite" in name.lower() else "4in6"
    carrier = _CARRIERS.get(kind) if isinstance(kind, str) else None
    return carrier if carrier == "gre" or any(_own_ipv6(link)) else None


def _over_ipv4(link: Json, name: str) -> str:
    own = [int(ip) for ip in _own_ipv6(link, local=True)]
    if any(number >> 112 == int(_SIX_TO_FOUR.network_address) >> 112 for number in own):
        return "6to4"
    isatap = any((number >> 32) & 0xFFFF == _ISATAP for number in own)
    return "isatap" if isatap or name.startswith("is") else "6in4"


def _own_ipv6(link: Json, *, local: bool = False) -> Iterator[int]:
    """IPv6 addresses of a link as numbers, link-local ones only where they are asked for."""
    for info in objects(link.get("addr_info")):
        ip = own_ip(info)
        if ip is not None and ip.version == 6 and (local or not ip.ip.is_link_local):
            yield int(ip.ip)


def _far(link: Json) -> str | None:
    """The IPv4 address of a tunnel's other end; None: not told, or any."""
    told = word(inner(inner(link, "linkinfo"), "info_data"), "remote") or word(link, "link_pointtopoint") or ""
    ip = any_ip(told)
    return str(ip) if ip is not None and ip.version == 4 and not ip.is_unspecified else None


READS = (
    Read(Transitions, (ADDRESSES, ROUTES6), transitions, frozenset({ROUTES6})),
    Read(Transitions, (PLAIN_ADDRESSES, PLAIN_ROUTES6), transitions, frozenset({PLAIN_ROUTES6})),
)
AS_ROOT: frozenset[str] = frozenset()
