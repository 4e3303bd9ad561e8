"""Address books and applications of Junos (security address-book, applications)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from collectors.platforms.dialects.junos.text import Path, words
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
from collectors.platforms.dialects.rule_words import Net, network
from inventory.config import Config
from inventory.facts.rules import Ports, Service

_BOOKS = re.compile(r"security (?:address-book \S+|zones security-zone \S+ address-book) (?=address)")
_EVERYWHERE = {"any": "0.0.0.0/0", "any-ipv4": "0.0.0.0/0", "any-ipv6": "::/0"}


def books(config: Config) -> Books:
    """Address books, the global one and those of zones together, and applications with their sets."""
    return Books(Objects(merged(_addresses(config)), _everywhere), Objects(_services(config), predefined))


def _everywhere(name: str) -> Entry[Net] | None:
    return addresses(network(_EVERYWHERE[name])) if name in _EVERYWHERE else None


def _addresses(config: Config) -> Iterator[tuple[str, Entry[Net]]]:
    for line in config.all(_BOOKS.pattern):
        said = words(line)
        at = next(n for n, word in enumerate(said) if word in ("address", "address-set") and n > 2)
        kind, name, rest = said[at], said[at + 1] if len(said) > at + 1 else "", said[at + 2 :]
        if kind == "address-set":
            if rest[:1] in (("address",), ("address-set",)) and len(rest) > 1:
                yield name, Entry(members=(rest[1],))
        elif rest and rest[0] != "description":
            yield name, _address(rest)


def _address(rest: Path) -> Entry[Net]:
    if rest[0] == "range-address":
        return addresses(between(rest[1], rest[3])) if len(rest) > 3 else UNREAD
    if rest[0] in ("dns-name", "wildcard-address"):
        return BY_NAME
    return addresses(network(rest[0]))


def _services(config: Config) -> dict[str, Entry[Service]]:
    terms: dict[str, dict[str, dict[str, str]]] = {}
    sets: list[tuple[str, Entry[Service]]] = []
    for line in config.all(r"applications application(?:-set)? \S+ \S"):
        said = words(line)
        if said[1] == "application-set":
            if said[3] in ("application", "application-set") and len(said) > 4:
                sets.append((said[2], Entry(members=(said[4],))))
            continue
        term, rest = (said[4], said[5:]) if said[3] == "term" and len(said) > 4 else ("", said[3:])
        asked = terms.setdefault(said[2], {}).setdefault(term, {})
        asked.update(zip(rest[::2], rest[1::2], strict=False))
    one = ((name, _service(asked)) for name, several in terms.items() for asked in several.values() if asked)
    return merged((*one, *sets))


def _service(asked: dict[str, str]) -> Entry[Service]:
    protocol = asked.get("protocol")
    if protocol is None:
        return BY_NAME if "application-protocol" in asked else UNREAD
    sides: dict[str, Ports | None] = {}
    for side in ("source-port", "destination-port"):
        if side in asked:
            sides[side] = port_ranges([asked[side]])
            if sides[side] is None:
                return UNREAD
    protocol = {"icmp6": "icmpv6", "0": None}.get(protocol, protocol)
    return Entry((Service(protocol, narrow(sides.get("source-port")), narrow(sides.get("destination-port"))),))
