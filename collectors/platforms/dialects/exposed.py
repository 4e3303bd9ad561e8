"""Management that interfaces with public addresses let in: the ways in are opened port by port or zone by zone.

USG command reference, service-manage; StoneOS CLI manual, manage; FortiOS CLI reference, system interface allowaccess;
Junos OS CLI reference, host-inbound-traffic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from collectors.platforms.base import Built, ConfigRead, Release
from collectors.platforms.dialects.fortios import text as fortios_text
from collectors.platforms.dialects.hardening_ports import public
from collectors.platforms.dialects.stoneos import network as stoneos_network
from collectors.platforms.dialects.vrp import style as vrp_style
from inventory.config import Config, ConfigLine
from inventory.facts import ManagementPlane

_TRANSLATED = re.compile(
    r"dnatrule id (?P<id>\d+) .*\bto (?:address-book )?\"?(?P<far>[\d.]+)(?:/32)?\"? "
    r"service \"?(?P<service>(?i:ssh|telnet|rdp|ms-rdp|snmp|vnc))\"? (?!.*\bdisable\b).*trans-to"
)
_WAYS = ("ssh", "telnet", "http", "https", "snmp", "netconf", "all")


@dataclass(frozen=True, slots=True)
class Opening:
    """What is open, the statement that opens it and the block that it stands in, empty where it names all by itself.

    Of FortiOS, where one statement opens several ways, the statement is the interface.
    """

    place: str
    block: str
    entry: str
    line: ConfigLine


def with_exposed(
    reads: tuple[ConfigRead, ...], exposed: Callable[[Config], Iterator[Opening]]
) -> tuple[ConfigRead, ...]:
    """The reads, of which that of the management plane also tells what interfaces let in."""
    return tuple(
        replace(read, build=partial(_plane, read.build, exposed)) if read.fact is ManagementPlane else read
        for read in reads
    )


def _plane(
    build: Callable[..., Built], exposed: Callable[[Config], Iterator[Opening]], config: Config, release: Release
) -> Built:
    plane = build(config, release)
    found = tuple(exposed(config))
    if not found or not isinstance(plane, ManagementPlane):
        return plane
    return replace(
        plane,
        published=(*plane.published, *(each.place for each in found)),
        publishing=(*plane.publishing, *(f"{each.block} | {each.entry}".removeprefix(" | ") for each in found)),
        evidence=config.evidence(*(each.line for each in found)),
    )


def vrp(config: Config) -> Iterator[Opening]:
    """Of a USG; what is let in without ``service-manage`` the security policy decides."""
    for name, block in vrp_style.interface_blocks(config):
        if block.child(r"undo service-manage enable") or not _is_public(block, r"ip address (\S+)"):
            continue
        for line in block.below(r"service-manage \S+ permit$"):
            if line.text.split()[1] in _WAYS:
                yield Opening(f"{name} {line.text.split()[1]}", block.text, line.text, line)


def stoneos(config: Config) -> Iterator[Opening]:
    """What ``manage`` names on an interface, and what a router translates to a port of management inside."""
    for name, block in stoneos_network.interface_blocks(config):
        if _is_public(block, r"ip address (\S+)"):
            for line in block.below(r"manage \S+$"):
                if line.text.split()[1] in _WAYS:
                    yield Opening(f"{name} {line.text.split()[1]}", f"interface {name}", line.text, line)
    for block in config.all(r"ip vrouter \S"):
        router = block.text.split()[2].strip('"')
        for line in block.below(_TRANSLATED.pattern):
            found = _TRANSLATED.match(line.text)
            if found and public(found["far"]):
                place = f"{found['far']} {found['service'].lower()}"
                yield Opening(place, f"ip vrouter {router}", f"dnatrule id {found['id']}", line)


def fortios(config: Config) -> Iterator[Opening]:
    """What ``allowaccess`` names on an interface, and ``ip6-allowaccess`` in its block of IPv6."""
    for name, block in fortios_text.entries(fortios_text.sections(config, "system interface")):
        if not _is_public(block, r"set ip (\S+)"):
            continue
        edit = block.text if " " in name else f"edit {name}"  # quotes are left to whoever enters commands
        if (line := fortios_text.line_of(block, "allowaccess")) and (ways := _ways(block, "allowaccess")):
            yield Opening(f"{name} {ways}", "", edit, line)
        for six in fortios_text.below(block, "ipv6"):
            if (line := fortios_text.line_of(six, "ip6-allowaccess")) and (ways := _ways(six, "ip6-allowaccess")):
                yield Opening(f"{name} IPv6 {ways}", "", edit, line)


def _ways(block: ConfigLine, key: str) -> str:
    return " ".join(way for way in fortios_text.values(block, key) if way in _WAYS)


def _is_public(block: ConfigLine, pattern: str) -> bool:
    return any(public(found.group(1)) for line in block.children if (found := re.match(pattern, line.text)))


_JUNOS = re.compile(
    r"security zones security-zone (?P<zone>\S+) (?:interfaces (?P<port>\S+) )?host-inbound-traffic system-services "
    r"(?P<way>ssh|telnet|http|https|snmp|netconf|all|any-service)$"
)


def junos(config: Config) -> Iterator[Opening]:
    """What a zone lets in on all of its interfaces, or one of them of its own."""
    addresses = (
        re.match(r"interfaces (\S+) unit (\d+) family inet address (\S+)", line.text)
        for line in config.all(r"interfaces \S+ unit \d+ family inet address ")
    )
    outside = {f"{found[1]}.{found[2]}" for found in addresses if found and public(found[3])}
    members = [
        (found[1], found[2])
        for line in config.all(r"security zones security-zone \S+ interfaces \S+")
        if (found := re.match(r"security zones security-zone (\S+) interfaces (\S+)", line.text))
    ]
    for line in config.all(_JUNOS.pattern):
        found = _JUNOS.match(line.text)
        if found:
            ports = [found["port"]] if found["port"] else [port for zone, port in members if zone == found["zone"]]
            reached = next((port for port in ports if port in outside), None)
            if reached:
                yield Opening(f"{reached} {found['way']}", "", line.text, line)
