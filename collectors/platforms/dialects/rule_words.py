"""Words of filter rules as vendors write them: networks, wildcards, ports."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from collectors.platforms.dialects.figures import number as figure
from inventory.facts.rules import Networks, Ports

NAMES = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "tacacs": 49, "domain": 53, "dns": 53, "bootps": 67,
    "bootpc": 68, "tftp": 69, "www": 80, "http": 80, "pop3": 110, "sunrpc": 111, "ntp": 123, "netbios-ns": 137,
    "netbios-dgm": 138, "netbios-ssn": 139, "snmp": 161, "snmptrap": 162, "bgp": 179, "ldap": 389, "https": 443,
    "syslog": 514, "rip": 520, "radius": 1812, "radius-acct": 1813, "isakmp": 500, "non500-isakmp": 4500, "rdp": 3389,
}  # fmt: skip
HIGHEST = 65535
OPERATORS = frozenset({"eq", "gt", "lt", "neq", "range"})  # of ports, as IOS and its kin write them
PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "47": "gre", "50": "esp", "51": "ah", "58": "icmpv6", "89": "ospf"}
# ICMPv6 types as VRP, IOS and nftables name them, with those whose codes have names of their own (RFC 4443, RFC 4861).
ICMPV6 = {
    1: ("destination-unreachable", "unreachable", "no-route", "no-admin", "host-unreachable", "network-unreachable",
        "port-unreachable", "host-admin-prohib", "beyond-scope", "address-unreachable"),
    2: ("packet-too-big",),
    3: ("time-exceeded", "hop-limit", "hop-limit-exceeded", "reassembly-timeout", "frag-time-exceeded", "ttl-exceeded"),
    4: ("parameter-problem", "header", "next-header", "parameter-option", "err-header-field", "unknown-next-hdr",
        "unknown-ipv6-opt"),
    128: ("echo-request", "echo"),
    129: ("echo-reply",),
    130: ("mld-query", "mld-listener-query"),
    131: ("mld-report", "mld-listener-report"),
    132: ("mld-reduction", "mld-listener-done", "mld-listener-reduction"),
    133: ("router-solicitation", "router-solicit", "nd-router-solicit"),
    134: ("router-advertisement", "router-advert", "nd-router-advert"),
    135: ("neighbor-solicitation", "neighbour-solicitation", "nd-ns", "nd-neighbor-solicit"),
    136: ("neighbor-advertisement", "neighbour-advertisement", "nd-na", "nd-neighbor-advert"),
    137: ("redirect", "nd-redirect"),
    143: ("mldv2", "mld2-listener-report"),
}  # fmt: skip
_ICMPV6_TYPES = {name: number for number, names in ICMPV6.items() for name in names}
ICMPV6_NAMES = frozenset({"icmpv6", "icmp6", "ipv6-icmp", "58"})


def network(address: str, wildcard: str | None = None) -> Networks | None:
    """The networks of an address behind a wildcard, a mask or a length; None where they are no such thing.

    A wildcard with holes is the several networks that no holes are left in; more than 16 of them are left unread.
    """
    try:
        if wildcard is None or "/" in address:
            return (ip_network(address, strict=False),)
        if wildcard == "0":
            return (ip_network(address),)
        if ":" in address:
            return (ip_network(f"{address}/{wildcard}", strict=False),)
        return _of_wildcard(IPv4Address(address), int(IPv4Address(wildcard)))
    except ValueError:
        return None


def masked_network(address: str, mask: str) -> Networks | None:
    """The network of an address and a mask (255.255.255.0) or a length."""
    try:
        return (ip_network(f"{address}/{mask}", strict=False),)
    except ValueError:
        return None


def _of_wildcard(address: IPv4Address, wildcard: int) -> Networks | None:
    length = 32 - wildcard.bit_length()
    holes = [bit for bit in range(wildcard.bit_length()) if not wildcard >> bit & 1]
    if not holes:
        return (IPv4Network((address, length), strict=False),)
    tail = 0
    while wildcard >> tail & 1:
        tail += 1
    free = [bit for bit in range(tail, 32) if wildcard >> bit & 1]
    if len(free) > 4:
        return None
    base = int(address) & ~wildcard & 0xFFFFFFFF
    found = [base | sum(1 << bit for n, bit in enumerate(free) if pick >> n & 1) for pick in range(1 << len(free))]
    return tuple(IPv4Network((value, 32 - tail), strict=False) for value in found)


def port(word: str) -> int | None:
    """The number of a port that is written as a number or a name; None for another word."""
    if word.isdecimal():
        told = figure(word)
        return told if told is not None and told <= HIGHEST else None
    return NAMES.get(word.lower())


def icmpv6_type(word: str) -> int | None:
    """The number of an ICMPv6 type that is written as a number or a name; None for another word."""
    if word.isdecimal():
        told = figure(word)
        return told if told is not None and told <= 255 else None
    return _ICMPV6_TYPES.get(word.lower())


def ports(operator: str, words: Iterable[str]) -> tuple[Ports | None, int]:
    """The ranges that an operator and its words stand for, and how many of the words it took; None: unread."""
    numbers = [port(word) for word in words]
    first = numbers[0] if numbers else None
    if operator == "range":
        last = numbers[1] if len(numbers) > 1 else None
        return (None if first is None or last is None else ((first, last),)), 2
    if first is None:
        return None, 1
    if operator == "eq":
        many = [number for number in _leading(numbers) if number is not None]
        return tuple((number, number) for number in many), len(many)
    ranges = {"gt": ((first + 1, HIGHEST),), "lt": ((0, first - 1),)}
    if operator == "neq":
        return tuple(r for r in ((0, first - 1), (first + 1, HIGHEST)) if r[0] <= r[1]), 1
    return ranges.get(operator), 1


def _leading(numbers: list[int | None]) -> Iterable[int | None]:
    for number in numbers:
        if number is None:
            return
        yield number


def any_of(networks: Iterable[Networks | None]) -> Networks | None:
    """Several networks together; None where one of them is everything or unread."""
    listed = list(networks)
    if any(each is None for each in listed):
        return None
    return tuple(net for each in listed if each for net in each)


def everything(nets: Networks | None) -> bool:
    """Whether networks are all there are."""
    return nets is not None and any(net.prefixlen == 0 for net in nets)


Net = IPv4Network | IPv6Network
