"""Address and service objects of FortiOS (CLI Reference: firewall address, addrgrp, service custom and group)."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.platforms.dialects.fortios.text import entries, sections, value, values
from collectors.platforms.dialects.objects import (
    BY_NAME,
    UNREAD,
    Books,
    Entry,
    Objects,
    addresses,
    between,
    merged,
    narrow,
    port_ranges,
    predefined,
)
from collectors.platforms.dialects.rule_words import PROTOCOLS, Net, masked_network, network
from inventory.config import Config, ConfigLine
from inventory.facts.rules import Service

_EVERYWHERE = ("0.0.0.0/0", "::/0")


def books(config: Config) -> Books:
    """The objects of all virtual domains together; one that two of them define otherwise is both."""
    return Books(Objects(merged(_addresses(config)), _all), Objects(merged(_services(config)), predefined))


def _all(name: str) -> Entry[Net] | None:
    return addresses(_everywhere()) if name in ("all", "any") else None


def _everywhere() -> tuple[Net, ...]:
    return tuple(net for text in _EVERYWHERE for net in network(text) or ())


def _addresses(config: Config) -> Iterator[tuple[str, Entry[Net]]]:
    for name, block in entries(sections(config, "firewall address")):
        yield name, _address(block)
    for name, block in entries(sections(config, "firewall address6")):
        six = value(block, "ip6")
        if value(block, "type") in (None, "ipprefix"):
            yield name, addresses(network(six or "::/0"))
        else:
            yield name, _range(block) if value(block, "type") == "iprange" else BY_NAME
    for kind in ("firewall addrgrp", "firewall addrgrp6"):
        for name, block in entries(sections(config, kind)):
            without = value(block, "exclude") == "enable"
            yield name, Entry(members=values(block, "member"), more=without, less=without)
    for kind in ("firewall vip", "firewall vipgrp", "firewall multicast-address", "firewall internet-service-name"):
        yield from ((name, BY_NAME) for name, _ in entries(sections(config, kind)))


def _address(block: ConfigLine) -> Entry[Net]:
    kind = value(block, "type") or "ipmask"
    if kind == "iprange":
        return _range(block)
    if kind == "wildcard":
        written = values(block, "wildcard")
        return addresses(network(written[0], _inverted(written[1]))) if len(written) == 2 else UNREAD
    if kind not in ("ipmask", "interface-subnet", "subnet"):
        return BY_NAME  # fqdn, geography, dynamic, mac
    written = values(block, "subnet") or (_EVERYWHERE[0],)  # the default
    return addresses(masked_network(*written) if len(written) == 2 else network(written[0]))


def _range(block: ConfigLine) -> Entry[Net]:
    first, last = value(block, "start-ip") or "", value(block, "end-ip") or ""
    return addresses(between(first, last or first))


def _inverted(mask: str) -> str:
    # A bit of 1 is one that counts here, and one that does not in a wildcard of IOS.
    parts = mask.split(".")
    return ".".join(str(255 - int(part)) if part.isdecimal() and len(part) < 4 else part for part in parts)


def _services(config: Config) -> Iterator[tuple[str, Entry[Service]]]:
    for name, block in entries(sections(config, "firewall service custom")):
        yield name, _service(block)
    for name, block in entries(sections(config, "firewall service group")):
        yield name, Entry(members=values(block, "member"))


def _service(block: ConfigLine) -> Entry[Service]:
    kind = value(block, "protocol") or "TCP/UDP/SCTP"
    if kind == "IP":
        number = value(block, "protocol-number") or "0"
        return Entry((Service(None if number == "0" else PROTOCOLS.get(number, number)),))
    if kind in ("ICMP", "ICMP6"):
        return Entry((Service("icmp" if kind == "ICMP" else "icmpv6"),))
    if kind == "ALL":
        return Entry((Service(),))
    if not kind.startswith("TCP"):
        return BY_NAME  # HTTP and the like of an explicit proxy
    found: list[Service] = []
    for protocol in ("tcp", "udp", "sctp"):
        for written in values(block, f"{protocol}-portrange"):
            destination, _, source = written.partition(":")
            ranges, sources = port_ranges([destination]), port_ranges([source]) if source else None
            if ranges is None or (source and sources is None):
                return UNREAD
            found.append(Service(protocol, narrow(sources), narrow(ranges)))
    named = value(block, "fqdn") or value(block, "iprange") or value(block, "app-service-type") not in (None, "disable")
    return Entry(tuple(found), more=bool(named), unread=not found)
