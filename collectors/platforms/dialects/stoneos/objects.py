"""Address and service books of StoneOS (command line reference: address, service, servgroup)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.dialects.objects import (
    BY_NAME,
    EXCEPT,
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
from inventory.config import Config
from inventory.facts.rules import Ports, Service

_ASIDE = re.compile(r"(?:description|reference-zone|id|timeout)\b")
_SIDES = re.compile(r"(dst|src)-port (\d+)(?: (\d+))?")
_EVERYWHERE = frozenset({"any", "ipv6-any"})


def books(config: Config) -> Books:
    """``address``, ``service`` and ``servgroup`` blocks; names that say an address outright are one."""
    return Books(Objects(merged(_addresses(config)), _written), Objects(merged(_services(config)), _known_service))


def _known_service(name: str) -> Entry[Service] | None:
    return predefined(name.lower())


def _written(name: str) -> Entry[Net] | None:
    """What stands in a rule in place of an object: Any, 10.0.0.0/8, a range."""
    if name.lower() in _EVERYWHERE:
        return addresses(network("0.0.0.0/0"))
    words = name.split()
    found = between(*words) if len(words) == 2 else network(name)
    return None if found is None else addresses(found)


def _unquoted(text: str) -> str:
    return text.strip().strip('"')


def _addresses(config: Config) -> Iterator[tuple[str, Entry[Net]]]:
    for block in config.all(r"address \S"):
        name = _unquoted(re.sub(r"(?: ipv6)?$", "", block.text.partition(" ")[2]))
        yield name, Entry()
        for line in block.children:
            if not _ASIDE.match(line.text):
                yield name, _address(line.text)


def _address(text: str) -> Entry[Net]:
    word, _, rest = text.partition(" ")
    words = rest.split()
    if word == "member":
        return Entry(members=(_unquoted(rest),))
    if word == "range":
        return addresses(between(*words[:2])) if len(words) > 1 else UNREAD
    if word == "ip" and words:
        return addresses(masked_network(*words[:2]) if len(words) > 1 else network(words[0]))
    if word == "exclude":
        return EXCEPT
    return BY_NAME if word in ("host", "country", "wildcard") else UNREAD


def _services(config: Config) -> Iterator[tuple[str, Entry[Service]]]:
    for block in config.all(r"service \S"):
        name = _unquoted(block.text.partition(" ")[2])
        yield name, Entry()
        for line in block.children:
            if not _ASIDE.match(line.text):
                yield name, _service(line.text)
    for block in config.all(r"servgroup \S"):
        members = tuple(_unquoted(line.text.partition(" ")[2]) for line in block.below(r"service "))
        yield _unquoted(block.text.partition(" ")[2]), Entry(members=members)


def _service(text: str) -> Entry[Service]:
    word, _, rest = text.partition(" ")
    if word in ("icmp", "icmpv6"):
        return Entry((Service(word),))
    if word == "protocol":
        number = rest.partition(" ")[0]
        return Entry((Service(PROTOCOLS.get(number, number)),))
    if word not in ("tcp", "udp", "sctp"):
        return UNREAD
    sides: dict[str, Ports | None] = {}
    for side, low, high in _SIDES.findall(rest):
        sides[side] = port_ranges([f"{low}-{high or low}"])
        if sides[side] is None:
            return UNREAD
    return Entry((Service(word, narrow(sides.get("src")), narrow(sides.get("dst"))),)) if sides else UNREAD
