"""How a ZXROS device is wired, filters and routes. An interface may stand in several sections.

Sources: ZXR10 5900E/8900 series user manuals, volumes "Basic configuration" and "IPv6"; ZXROSNG command references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from collectors.platforms.base import Release
from collectors.platforms.dialects.ios import network as ios_network
from collectors.platforms.dialects.port_vlans import vlans_like_zxros
from inventory.config import Config, ConfigLine
from inventory.facts import (
    AccessList,
    AclBinding,
    Addresses,
    Filtering,
    Forwarding,
    Interface,
    Interfaces,
    RoutingProtocols,
)
from inventory.names import canonical_interface

_ACL = re.compile(
    r"acl (?P<kind>(?:\w+(?:-\w+)? ){0,2})(?:number|name) (?P<numbered>\S+)"
    r"|(?P<named>ipv4|ipv6|link|ipv4-mixed|ipv6-mixed)-access-list (?P<name>\S+)$"
    r"|(?P<ios>ip|ipv6) access-list (?:(?:standard|extended) )?(?P<other>\S+)$"
)
_EVERYTHING = re.compile(r"(?:rule \d+ |\d+ )?permit (?:any|ip any any|ipv6 any any|any any any any)\b(?! eq)")
_BOUND = (
    r"(?:ip access-group (?P<old>\S+)(?: \d+)? (?P<way>in|out)\b"
    r"|(?P<family>ipv4|ipv6)-access-group (?P<side>in|e)gress (?P<new>\S+))"
)


def blocks(config: Config) -> list[tuple[str, ConfigLine]]:
    """Each interface's name, and the lines of all its blocks under the first of them."""
    found: dict[str, ConfigLine] = {}
    for block in config.all(r"interface \S"):
        name = canonical_interface(block.text.partition(" ")[2])
        first = found.get(name, ConfigLine(block.number, block.text))
        found[name] = ConfigLine(first.number, first.text, (*first.children, *block.children))
    return list(found.items())


def interfaces(config: Config, _: Release) -> Interfaces:
    """The interfaces as they are configured: name, description, shut down or not, VLANs, IPv6 on or not."""
    items = tuple(
        Interface(
            name=name,
            alias=block.word(r"description (.+)"),
            admin_up=False if block.child(r"shutdown$") else True if block.child(r"no shutdown$") else None,
            duplex=block.word(r"duplex (full|half)"),
            aggregate=f"smartgroup{group}" if (group := block.word(r"smartgroup (\d+)")) else None,
            vlans=vlans_like_zxros(block),
            ipv6_enabled=block.child(r"ipv6 (?:enable|address)\b") is not None,
        )
        for name, block in blocks(config)
    )
    return Interfaces(items, config.evidence(*(block for _, block in blocks(config))))


def addresses(config: Config, release: Release) -> Addresses:
    """As on IOS."""
    return ios_network.addresses(config, release)


def filtering(config: Config, _: Release) -> Filtering:
    """Access lists and the interfaces they are applied to."""
    found: dict[tuple[int | None, str], AccessList] = {}
    for block in config.all(r"acl \w|ipv[46]\S*-access-list \S|link-access-list \S|ip(?:v6)? access-list \S"):
        acl = _access_list(config, block)
        if acl is not None:
            found[acl.family, acl.name] = acl
    return Filtering(
        tuple(found.values()), tuple(_bindings(config)), evidence=config.evidence(*config.all(_ACL.pattern))
    )


def _access_list(config: Config, block: ConfigLine) -> AccessList | None:
    named = _ACL.match(block.text)
    if named is None:
        return None
    kind = (named["kind"] or named["named"] or named["ios"] or "").strip()
    family = None if kind in {"link", "hybrid"} else 6 if "ipv6" in kind else 4
    rules = list(block.below(r"(?:rule \d+ |\d+ )?(?:permit|deny)\b"))
    permits_any = any(_EVERYTHING.match(rule.text) for rule in rules)
    name = named["numbered"] or named["name"] or named["other"]
    return AccessList(name, family, len(rules), permits_any, config.evidence(block, *rules))


def _bindings(config: Config) -> Iterator[AclBinding]:
    for name, block in blocks(config):
        for line in block.below(_BOUND):
            found = re.match(_BOUND, line.text)
            if found is None:
                continue
            way = found["way"] or ("in" if found["side"] == "in" else "out")
            family = 6 if found["family"] == "ipv6" else 4
            yield AclBinding(name, found["old"] or found["new"], family, way, config.evidence(block, line))


def forwarding(config: Config, _: Release) -> Forwarding:
    """Only what is written: whether IPv6 is forwarded without a word differs by product."""
    ipv6 = config.line(r"(?:no )?ipv6 (?:unicast-routing|enable)$")
    return Forwarding(None, None if ipv6 is None else not ipv6.text.startswith("no "), config.evidence(ipv6))


def routing_protocols(config: Config, release: Release) -> RoutingProtocols:
    """As on IOS; areas and interfaces may stand in the protocol's own block, keys with them."""
    told = ios_network.routing_protocols(config, release)
    proven = {_name(block) for block in config.all(r"(?:ipv6 )?router (?:ospf|isis|rip)") if _keyed(block)}
    told = replace(told, items=tuple(replace(p, authenticated=True) if p.name in proven else p for p in told.items))
    named = [port for block in config.all(r"router isis") for port in block.below(r"interface \S")]
    if not any(port.child(r"ipv6 router isis") for port in named):
        return told
    both = frozenset({4, 6})
    return replace(told, items=tuple(replace(p, families=both) if p.name == "isis" else p for p in told.items))


def _name(block: ConfigLine) -> str:
    words = block.text.split()
    return {"ospf": "ospfv3", "rip": "ripng"}.get(words[2], words[2]) if words[0] == "ipv6" else words[1]


def _keyed(block: ConfigLine) -> bool:
    """Whether a key stands in an area or at an interface of the block."""
    key = r"(?:authentication (?!none|null)|message-digest-key |authentication-key )\S"
    return block.child(key) is not None or any(_keyed(below) for below in block.children if below.children)
