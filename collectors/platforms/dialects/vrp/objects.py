"""Address and service objects of VRP and Comware (USG and SecPath object configuration guides)."""

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
from collectors.platforms.dialects.rule_words import PROTOCOLS, Net, masked_network, network, ports
from inventory.config import Config, ConfigLine
from inventory.facts.rules import Ports, Service

_NAMED = re.compile(r"(?:ip (?P<kind>address|service)-set|object-group (?P<group>ip|ipv6|service|port)(?: address)?) ")


def books(config: Config) -> Books:
    """``ip address-set`` and ``ip service-set``, ``object-group ip address``, ``ipv6 address`` and ``service``."""
    nets: list[tuple[str, Entry[Net]]] = []
    services: list[tuple[str, Entry[Service]]] = []
    for block in config.all(_NAMED.pattern):
        found = _NAMED.match(block.text)
        if found is None:
            continue
        name = _name(block.text[found.end() :])
        if found["kind"] == "address" or found["group"] in ("ip", "ipv6"):
            nets += ((name, _address(line.text)) for line in block.below(r"\d+ |address \d+ "))
            nets.append((name, Entry()))
        else:
            services += ((name, _service(line.text)) for line in block.below(r"\d+ |service \d+ "))
            services.append((name, Entry()))
    return Books(Objects(merged(nets)), Objects(merged(services), predefined))


def _name(rest: str) -> str:
    """The name at the beginning of a rest, which may be quoted."""
    return rest[1:].partition('"')[0] if rest[:1] == '"' else rest.partition(" ")[0]


def _address(text: str) -> Entry[Net]:
    words = re.sub(r"^(?:address )?\d+ (?:network )?", "", text).split()
    if words[:1] in (["address-set"], ["group-object"]):
        return Entry(members=(_name(" ".join(words[1:])),))
    if "exclude" in words[:2]:
        return EXCEPT
    if words[:2] == ["host", "name"] or words[:1] in (["domain-set"], ["user"], ["user-group"]):
        return BY_NAME
    return written(words)


def written(words: list[str]) -> Entry[Net]:
    """Addresses as a policy or an object has them: ``10.0.0.0 mask 24``, ``range A B``, ``host address A``."""
    masked = "subnet" in words or words[1:2] == ["mask"]
    words = [w for w in words if w not in ("host", "subnet", "address", "mask")]
    if words[:1] == ["range"]:
        return addresses(between(*words[1:3])) if len(words) > 2 else UNREAD
    if not words:
        return UNREAD
    if len(words) == 1 or words[1] == "description":
        return addresses(network(words[0]))
    length = "." not in words[1] and words[1] != "0"
    return addresses(masked_network(*words[:2]) if masked or length else network(*words[:2]))


def _service(text: str) -> Entry[Service]:
    words = re.sub(r"^(?:service )?\d+ (?:service )?", "", text).split()
    if words[:1] in (["service-set"], ["group-object"]):
        return Entry(members=(_name(" ".join(words[1:])),))
    if words[:1] == ["port"]:  # of a port group, that a rule names behind its protocol
        found = _ports(words[1:])
        return UNREAD if found is None else Entry((Service(None, None, narrow(found)),))
    return serving(words)


def serving(words: list[str]) -> Entry[Service]:
    """A service as it is written: ``protocol tcp destination-port 80 8000 to 8010``, ``tcp destination eq 80``."""
    words = [w for w in words if w != "protocol"]
    if not words:
        return UNREAD
    protocol: str | None = PROTOCOLS.get(words[0], words[0])
    sides: dict[str, Ports | None] = {}
    for side, asked in _sides(words[1:]):
        found = _ports(asked)
        if found is None:
            return UNREAD
        sides[side] = narrow(found)
    protocol = None if protocol in ("ip", "ipv6", "0", "any") else protocol
    return Entry((Service(protocol, sides.get("source"), sides.get("destination")),))


def _sides(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The words behind ``source`` and behind ``destination``; those of an ICMP type narrow it, and are left out."""
    at = [n for n, word in enumerate(words) if word in ("source", "destination", "source-port", "destination-port")]
    for n, end in zip(at, [*at[1:], len(words)][: len(at)], strict=True):
        yield words[n].removesuffix("-port"), words[n + 1 : end]


def _ports(words: list[str]) -> Ports | None:
    if words[:1] and words[0] in ("eq", "lt", "gt", "neq", "range"):
        return ports(words[0], words[1:])[0]
    return port_ranges(re.sub(r" to ", "-", " ".join(words)).split())


def named(lines: Iterator[ConfigLine]) -> list[str]:
    """The names that lines of a rule give, a quoted one being one."""
    found = []
    for line in lines:
        rest = line.text.partition(" ")[2]
        quoted = re.findall(r'"([^"]*)"|(\S+)', rest)
        found += [first or second for first, second in quoted]
    return found
