"""Gateways that several routers answer for, as each system configures them: VRRP, HSRP, GLBP, anycast, preferences.

Sources: Huawei S-series and CE reliability guides (VRRP, VRRP6, VXLAN distributed gateways); H3C Comware 7 high
availability guide (VRRP, IPv6 VRRP) and VXLAN guide; Ruijie RGOS reliability guide (VRRP); Cisco IOS and NX-OS FHRP
guides; ZXR10 reliability guide; Junos high availability guide; FortiOS CLI reference (system interface); FRR user
guide, "VRRP"; keepalived.conf(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from collectors.base import Answer
from collectors.platforms.base import ConfigRead, Read, Release
from collectors.platforms.dialects.hardening import found
from inventory.config import Config, ConfigLine
from inventory.facts import VirtualGateway, VirtualGateways
from inventory.names import canonical_interface

FOUR, SIX, BOTH = frozenset({4}), frozenset({6}), frozenset({4, 6})


@dataclass(frozen=True, slots=True)
class Mark:
    """A statement, its block before it, that makes a virtual gateway; groups ``port`` and, but for anycast, ``id``.

    A number that is not written is that of the protocol's only unnumbered group, 0.
    """

    protocol: str
    families: frozenset[int]
    statement: str


_PORT = r"interface (?P<port>[^\s|]+(?: \d[\d/.:]*)?)(?: [^\s|]+)* \| "
_PREFERENCE = Mark("ra", SIX, _PORT + r"ipv6 nd (?:ra |router-)preference (?P<id>(?i:high|medium|low))\b")
VRP = (
    Mark("vrrp", FOUR, _PORT + r"vrrp vrid (?P<id>\d+) virtual-ip \d"),
    Mark("vrrp", SIX, _PORT + r"vrrp6 vrid (?P<id>\d+) virtual-ip "),
    Mark("anycast", BOTH, _PORT + r"(?:vxlan anycast-gateway enable|arp distribute-gateway enable)"),
    _PREFERENCE,
)
COMWARE = (
    Mark("vrrp", FOUR, _PORT + r"vrrp vrid (?P<id>\d+) virtual-ip \d"),
    Mark("vrrp", SIX, _PORT + r"vrrp ipv6 vrid (?P<id>\d+) virtual-ip "),
    Mark("anycast", BOTH, _PORT + r"distributed-gateway local"),
    _PREFERENCE,
)
IOS = (
    Mark("hsrp", FOUR, _PORT + r"standby (?:(?P<id>\d+) )?ip\b"),
    Mark("hsrp", SIX, _PORT + r"standby (?:(?P<id>\d+) )?ipv6\b"),
    Mark("glbp", FOUR, _PORT + r"glbp (?P<id>\d+) ip\b"),
    Mark("glbp", SIX, _PORT + r"glbp (?P<id>\d+) ipv6\b"),
    Mark("vrrp", FOUR, _PORT + r"vrrp (?P<id>\d+) (?:ip|address-family ipv4)\b"),
    Mark("vrrp", SIX, _PORT + r"vrrp (?P<id>\d+) (?:ipv6|address-family ipv6)\b"),
    _PREFERENCE,
)
RGOS = (*(mark for mark in IOS if mark.protocol in ("vrrp", "ra")),)
NXOS = (
    Mark("hsrp", FOUR, _PORT + r"hsrp (?P<id>\d+)(?: ipv4)?$"),
    Mark("hsrp", SIX, _PORT + r"hsrp (?P<id>\d+) ipv6$"),
    Mark("vrrp", FOUR, _PORT + r"vrrp (?P<id>\d+)$"),
    Mark("vrrp", FOUR, _PORT + r"vrrpv3 (?P<id>\d+) address-family ipv4"),
    Mark("vrrp", SIX, _PORT + r"vrrpv3 (?P<id>\d+) address-family ipv6"),
    Mark("glbp", FOUR, _PORT + r"glbp (?P<id>\d+)$"),
    Mark("anycast", BOTH, _PORT + r"fabric forwarding mode anycast-gateway"),
    _PREFERENCE,
)
ZXROS = (
    Mark("vrrp", FOUR, _PORT + r"vrrp (?P<id>\d+) (?:ipv4|ip) "),
    Mark("vrrp", SIX, _PORT + r"vrrp (?P<id>\d+) ipv6 "),
)
FRR = (
    Mark("vrrp", FOUR, _PORT + r"vrrp (?P<id>\d+) ip \d"),
    Mark("vrrp", SIX, _PORT + r"vrrp (?P<id>\d+) ipv6 "),
    _PREFERENCE,
)
_JUNOS_PORT = r"interfaces (?P<port>\S+) unit (?P<unit>\d+) family "
JUNOS = (
    Mark("vrrp", FOUR, _JUNOS_PORT + r"inet address \S+ vrrp-group (?P<id>\d+) virtual-address "),
    Mark("vrrp", SIX, _JUNOS_PORT + r"inet6 address \S+ vrrp-inet6-group (?P<id>\d+) virtual-inet6-address "),
    Mark("anycast", FOUR, _JUNOS_PORT + r"inet address \S+ virtual-gateway-address "),
    Mark("anycast", SIX, _JUNOS_PORT + r"inet6 address \S+ virtual-gateway-address "),
)

_FORTIOS_PORT = r'edit "?(?P<port>[^"\s|]+)"? \| '
FORTIOS = (
    Mark("vrrp", FOUR, _FORTIOS_PORT + r"config vrrp \| edit (?P<id>\d+)$"),
    Mark("vrrp", SIX, _FORTIOS_PORT + r"config ipv6 \| config vrrp6 \| edit (?P<id>\d+)$"),
)


def virtual_gateways(marks: tuple[Mark, ...], config: Config, _: Release) -> VirtualGateways:
    """The gateways that the statements of a table make, each once, in the order of the table."""
    items: dict[tuple[str, str, str, frozenset[int]], VirtualGateway] = {}
    lines: list[ConfigLine] = []
    for mark in marks:
        for each, match in found(config.statements, mark.statement):
            told = match.groupdict()
            name = canonical_interface(told["port"]) + (f".{told['unit']}" if told.get("unit") else "")
            group = "" if mark.protocol == "anycast" else (told.get("id") or "0").lower()
            gateway = VirtualGateway(name, mark.protocol, group, mark.families, config.evidence(each.line))
            items.setdefault((name, mark.protocol, group, mark.families), gateway)
            lines.append(each.line)
    return VirtualGateways(tuple(items.values()), config.evidence(*lines))


def gateway_reads(marks: tuple[Mark, ...]) -> tuple[ConfigRead, ...]:
    """The read of VirtualGateways for a platform with that table."""
    return (ConfigRead(VirtualGateways, partial(virtual_gateways, marks)),)


# -- keepalived ---------------------------------------------------------------------------------------------------

_INSTANCE = re.compile(r"^[ \t]*vrrp_instance[ \t]+(?P<name>\S+)", re.MULTILINE)
_ADDRESSES = re.compile(r"virtual_ipaddress(?:_excluded)?\s*\{(?P<inside>[^{}]*)\}")
_INTERFACE = re.compile(r"^[ \t]*interface[ \t]+(?P<name>\S+)", re.MULTILINE)
_ADDRESS = re.compile(
    r"^[ \t]*(?P<ip>[\da-fA-F:.]{2,45})(?:/\d+)?(?=\s|$)(?:[^\n#!]*?\bdev[ \t]+(?P<port>\S+))?", re.MULTILINE
)


def keepalived_gateways(answer: Answer) -> VirtualGateways:
    """The virtual addresses of keepalived's instances, by interface and family."""
    items = tuple(_of_instances(answer))
    return VirtualGateways(items, answer.evidence(r"vrrp_instance"))


def _of_instances(answer: Answer) -> Iterator[VirtualGateway]:
    heads = list(_INSTANCE.finditer(answer.text))
    for head, after in zip(heads, [*(each.start() for each in heads[1:]), len(answer.text)], strict=True):
        block = answer.text[head.end() : after]
        port = _INTERFACE.search(block)
        families: dict[str, set[int]] = {}
        for inside in _ADDRESSES.finditer(block):
            for each in _ADDRESS.finditer(inside["inside"]):
                where = each["port"] or (port["name"] if port else "")
                families.setdefault(where, set()).add(6 if ":" in each["ip"] else 4)
        evidence = answer.evidence(rf"vrrp_instance\s+{re.escape(head['name'])}")
        for where, told in families.items():
            if where:
                yield VirtualGateway(where, "vrrp", head["name"].rstrip("{"), frozenset(told), evidence)


def keepalived_reads(command: str) -> tuple[Read, ...]:
    """The read of VirtualGateways for a host whose keepalived's file the command shows."""
    return (Read(VirtualGateways, (command,), keepalived_gateways),)
