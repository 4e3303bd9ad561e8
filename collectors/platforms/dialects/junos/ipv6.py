"""Juniper Junos: what interfaces with IPv6 give the hosts behind them (Junos OS IPv6 neighbor discovery guide)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv6Address

from collectors.platforms.base import Release
from collectors.platforms.dialects.junos import network as junos_network
from inventory.config import Config, ConfigLine
from inventory.facts import LinkService, LinkServices

_OF_INSTANCE = r"(?:routing-instances \S+ )?"
_ADVERTISES = rf"{_OF_INSTANCE}protocols router-advertisement interface (\S+)"
_DHCPV6 = {
    "relay": rf"{_OF_INSTANCE}forwarding-options dhcp-relay dhcpv6 group \S+ interface (\S+)",
    "server": rf"{_OF_INSTANCE}system services dhcp-local-server dhcpv6 group \S+ interface (\S+)",
}


def link_services(config: Config, release: Release) -> LinkServices:
    """Interfaces with an IPv6 address; one advertises itself only where it is told to."""
    told = junos_network.addresses(config, release).items
    speaking = dict.fromkeys(each.interface for each in told if isinstance(each.ip.ip, IPv6Address) and each.interface)
    advertising = {name for name, _ in _named(config, _ADVERTISES)}
    served = {name: way for way, pattern in _DHCPV6.items() for name, _ in _named(config, pattern)}
    lines = [line for pattern in (_ADVERTISES, *_DHCPV6.values()) for _, line in _named(config, pattern)]
    items = tuple(LinkService(name, name in advertising, served.get(name)) for name in speaking)
    return LinkServices(items, config.evidence(*lines))


def _named(config: Config, pattern: str) -> Iterator[tuple[str, ConfigLine]]:
    """The interfaces of statements, as units: without a number it is unit 0."""
    for line in config.all(pattern):
        found = re.match(pattern, line.text)
        if found:
            yield found[1] if "." in found[1] else f"{found[1]}.0", line
