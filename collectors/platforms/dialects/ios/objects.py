"""Address and service objects of IOS, NX-OS, ASA and what is configured their way (object-group command references)."""

from __future__ import annotations

import re

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
    predefined,
)
from collectors.platforms.dialects.rule_words import OPERATORS, Net, masked_network, network, ports
from inventory.config import Config
from inventory.facts.rules import Ports, Service

_HEAD = re.compile(
    r"object(?:-group)? (?P<kind>network|service|protocol|icmp-type|ip address|ipv6 address|ip port|v[46]-network"
    r"|ip|ipv6) (?P<name>\S+)(?: (?P<protocol>tcp-udp|tcp|udp))?"
)
_ASIDE = re.compile(r"(?:description|nat|security-group|remark)\b")
_TARGETS = frozenset({"object", "group-object", "object-group"})
_BOTH = ("tcp", "udp")


def books(config: Config, masks: bool) -> Books:
    """``object`` and ``object-group`` blocks; ``masks``: networks have masks, as they have in every IOS group."""
    nets: list[tuple[str, Entry[Net]]] = []
    services: list[tuple[str, Entry[Service]]] = []
    for block in config.all(_HEAD.pattern):
        found = _HEAD.match(block.text)
        if found is None:
            continue
        kind, name = found["kind"], found["name"]
        lines = [re.sub(r"^\d+ (?=\D|\d+\.)", "", line.text) for line in block.children if not _ASIDE.match(line.text)]
        if kind in ("service", "protocol", "icmp-type", "ip port"):
            services += ((name, each) for text in lines for each in [_service(text, kind, found["protocol"])])
            services.append((name, Entry()))
        else:
            # NX-OS alone has wildcards in its groups.
            nets += ((name, _address(text, masks or kind == "network")) for text in lines)
            nets.append((name, Entry()))
    return Books(Objects(merged(nets)), Objects(merged(services), predefined))


def _address(text: str, masks: bool) -> Entry[Net]:
    words = text.split()
    if words[0] == "network-object":
        words = words[1:]
    if not words:
        return UNREAD
    if words[0] in _TARGETS:
        return Entry(members=(words[1],)) if len(words) > 1 else UNREAD
    if words[0] == "fqdn":
        return BY_NAME
    if words[0] == "any":
        return addresses(network("0.0.0.0/0"))
    if words[0] == "range":
        return addresses(between(*words[1:3])) if len(words) > 2 else UNREAD
    words = [w for w in words if w not in ("host", "subnet")]
    if len(words) == 1:
        return addresses(network(words[0]))
    if len(words) != 2:
        return UNREAD
    return addresses(masked_network(*words) if masks else network(*words))


def _service(text: str, kind: str, protocol: str | None) -> Entry[Service]:
    words = text.split()
    if words[0] in ("service-object", "service", "port-object", "protocol-object", "icmp-object"):
        words = words[1:]
    if words[:1] and words[0] in _TARGETS:
        return Entry(members=(words[1],)) if len(words) > 1 else UNREAD
    if not words:
        return UNREAD
    if kind == "icmp-type":
        return Entry((Service("icmp"),))
    if kind == "ip port" or (kind == "service" and protocol and words[0] in OPERATORS):
        return _of(protocol, None, ports(words[0], words[1:])[0])
    if kind == "protocol" or len(words) == 1:
        return _of(words[0], None, None, asked=False)
    return _with_ports(words[0], words[1:])


def _with_ports(protocol: str, words: list[str]) -> Entry[Service]:
    sides: dict[str, Ports | None] = {}
    side = "destination"
    while words:
        word = words.pop(0)
        if word in ("source", "destination"):
            side = word
        elif word in OPERATORS:
            sides[side], count = ports(word, words)
            if sides[side] is None:
                return UNREAD
            del words[:count]
        elif protocol in ("icmp", "icmp6"):
            continue  # a type
        else:  # IOS: the port of a destination without an operator
            sides[side] = ports("eq", [word])[0]
            if not sides[side]:
                return UNREAD
    return _of(protocol, sides.get("source"), sides.get("destination"), asked=False)


def _of(protocol: str | None, source: Ports | None, destination: Ports | None, *, asked: bool = True) -> Entry[Service]:
    if asked and not destination:
        return UNREAD
    protocols: tuple[str | None, ...] = (protocol,)
    if protocol == "tcp-udp":
        protocols = _BOTH
    elif protocol in ("ip", "ipv6"):
        protocols = (None,)
    return Entry(tuple(Service(each, narrow(source), narrow(destination)) for each in protocols))


def ports_of(entry: Entry[Service]) -> tuple[Ports | None, bool]:
    """The destination ports of a group of ports, and whether they are all known; None: it leaves out none."""
    listed = [each.destination_ports for each in entry.items]
    if entry.unread or entry.more or not listed:
        return None, False
    return (None if None in listed else tuple(ends for each in listed for ends in each or ())), True
