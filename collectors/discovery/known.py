"""Addresses that something tells of: neighbour tables, next hops, own addresses of devices, and EUI-64 from MACs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from ipaddress import IPv6Interface, IPv6Network
from pathlib import Path

from inventory.addresses import IPAddress, address, burnt_in, eui64_address, mac_address
from inventory.errors import Missing
from inventory.facts import Addresses, Fact, Interfaces, Neighbours, ResolvedAddresses, Routes
from inventory.sightings import Owner, Standing
from inventory.snapshot import Network

# What a crawl asks of a device, and what is read of earlier runs.
TELLING: tuple[type[Fact], ...] = (Addresses, Interfaces, Neighbours, ResolvedAddresses, Routes)
Told = tuple[IPAddress, str]  # an address, and the word for what tells of it
Link = tuple[str, str | None]  # a target and one of its interfaces
_KERNEL_ARP = Path("/proc/net/arp")


def told(network: Network) -> Iterator[Told]:
    """Every address that the devices of a run tell of, most of them more than once."""
    for _, own in network.each(Addresses):
        if not isinstance(own, Missing):
            yield from ((item.ip.ip, "interface") for item in own.items)
    for _, heard in network.each(Neighbours):
        if not isinstance(heard, Missing):
            yield from ((ip, each.protocol) for each in heard.items for ip in each.addresses)
    for _, table in network.each(ResolvedAddresses):
        if not isinstance(table, Missing):
            yield from ((each.ip, "nd" if each.ip.version == 6 else "arp") for each in table.items)
    for _, routes in network.each(Routes):
        if not isinstance(routes, Missing):
            yield from ((each.via, "next-hop") for each in routes.defaults if each.via is not None)
    yield from ((ip, "eui-64") for ip in _derived(network))


def _derived(network: Network) -> Iterator[IPAddress]:
    """The EUI-64 addresses of MACs in the /64s of the very link on which they were seen (RFC 4291 appendix A)."""
    links = _links(network)
    for link, mac in _macs(network):
        for prefix in links.get(link, ()):
            yield eui64_address(prefix, mac)


def _links(network: Network) -> dict[Link, set[IPv6Network]]:
    found: dict[Link, set[IPv6Network]] = defaultdict(set)
    for target, own in network.each(Addresses):
        for item in own.items if not isinstance(own, Missing) else ():
            ip = item.ip
            if isinstance(ip, IPv6Interface) and ip.network.prefixlen == 64 and not ip.is_link_local:
                found[target, item.interface].add(ip.network)
    return found


def _macs(network: Network) -> Iterator[tuple[Link, str]]:
    for target, table in network.each(ResolvedAddresses):
        for each in table.items if not isinstance(table, Missing) else ():
            if each.mac and burnt_in(each.mac):
                yield (target, each.interface), each.mac
    for target, interfaces in network.each(Interfaces):
        for port in interfaces.items if not isinstance(interfaces, Missing) else ():
            if port.mac and burnt_in(port.mac):
                yield (target, port.name), port.mac


def in_prefixes(macs: Iterable[str], prefixes: Iterable[IPv6Network]) -> Iterator[Told]:
    """The EUI-64 addresses of MACs in /64s that a person names: every MAC may be on each of them."""
    words = sorted({mac for mac in macs if burnt_in(mac)})
    for prefix in prefixes:
        if prefix.prefixlen == 64:
            yield from ((eui64_address(prefix, mac), "eui-64") for mac in words)


def resolved(network: Network) -> dict[IPAddress, str]:
    """The MAC behind an address as neighbour tables have it."""
    found: dict[IPAddress, str] = {}
    for _, table in network.each(ResolvedAddresses):
        for each in table.items if not isinstance(table, Missing) else ():
            if each.mac:
                found[each.ip] = each.mac
    return found


def resolved_macs(network: Network) -> set[str]:
    """Every MAC in the neighbour tables: several devices may have one address, and one host another card by now."""
    tables = (table for _, table in network.each(ResolvedAddresses) if not isinstance(table, Missing))
    return {each.mac for table in tables for each in table.items if each.mac}


def owned(network: Network) -> dict[IPAddress, Owner]:
    """The devices of a run by every address they have, loopbacks of the host left out."""
    found: dict[IPAddress, Owner] = {}
    for target, own in network.each(Addresses):
        record = network.record(target)
        site = record.site if record else None
        for item in own.items if not isinstance(own, Missing) else ():
            if not item.ip.is_loopback:
                found[item.ip.ip] = Owner(Standing.INTERFACE, target, site)
    return found


def kernel_arp(text: str | None = None) -> dict[IPAddress, str]:
    """The MAC behind an address as this machine's own ARP table has it (proc(5), net/arp); empty where it has none."""
    if text is None:
        try:
            text = _KERNEL_ARP.read_text(encoding="ascii", errors="replace")
        except OSError:
            return {}
    found: dict[IPAddress, str] = {}
    for line in text.splitlines()[1:]:
        words = line.split()
        mac = mac_address(words[3]) if len(words) > 3 else None
        if mac and mac != "00:00:00:00:00:00":
            found[address(words[0])] = mac
    return found
