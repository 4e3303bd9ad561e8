"""What stands between each interface and the device: zone, filter, admission of end devices."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network

from collectors.platforms.base import Default, Release, holding
from inventory.addresses import on_internet
from inventory.config import Config, ConfigLine
from inventory.facts import PortGuard, PortGuards

_DIALLED = re.compile(r"(?i)dialer|virtual-ppp|pppoe")
_CELLULAR = re.compile(r"(?i)cellular|lte|wwan|modem")
_DOCUMENTED = tuple(IPv4Network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))  # RFC 5737
_EMPTY = re.compile(
    r"(?:undo |no )?shutdown$|(?:duplex|speed|negotiation|mtu|port link-mode) |exit$|quit$|#$"
    r"|no (?:ip address|nameif|security-level)$"
)


@dataclass(frozen=True, slots=True)
class PortMarks:
    """How a platform writes interfaces; patterns of lines below one."""

    access: str  # it is a switch port for end devices
    controls: Mapping[str, str]  # dot1x, mab, port-security, portal
    filters: Mapping[int, str]  # family → inbound filter
    zone: str = ""  # with a group, where the interface names its zone
    members: str = ""  # … or the block of a zone, with the group of its name
    member: str = ""  # the line below it, with the group of the interface
    translates: str = ""
    translating: Callable[[Config], Iterable[str]] | None = (
        None  # zones and ports that a policy of its own translates at
    )
    dialled: str = ""
    address: str = r"ip(?:v6)? address (\S+)"
    admission: str = ""  # the global switch without which no control works, with "undo" or "no" turned off
    up_default: Default | None = None  # an interface on which nothing is said of shutdown
    policy: str = ""  # a line that applies a traffic policy, with the group of its name
    dropping: Callable[[Config], Mapping[str, frozenset[int]]] | None = None  # the families each policy drops some of
    held: str = ""  # a statement elsewhere that takes ports for a stack or a pair, with a group of each one's name


def port_guards(marks: PortMarks, config: Config, release: Release) -> PortGuards:
    """Every interface block of the configuration."""
    zones = dict(_members(marks, config))
    blocks = [(_name(block.text), block) for block in config.all(r"interface (?!range)\S")]
    switch = config.line(rf"(?:undo |no )?(?:{marks.admission})") if marks.admission else None
    admission = None if switch is None else not re.match(r"undo |no ", switch.text)
    taken = {short(name.partition(".")[0]) for name, _ in blocks if "." in name} | _held(marks, config)
    dropped = marks.dropping(config) if marks.dropping else {}
    guards = (
        _with_policy(marks, block, dropped, _guard(marks, config, release, name, block, zones.get(short(name))))
        for name, block in blocks
    )
    translated = {short(name) for name in marks.translating(config)} if marks.translating else set()
    items = tuple(
        _with_translation(replace(guard, used=True) if short(guard.interface) in taken else guard, translated)
        for guard in guards
    )
    return PortGuards(items, admission, config.evidence(*(block for _, block in blocks), switch))


def _with_policy(
    marks: PortMarks, block: ConfigLine, dropped: Mapping[str, frozenset[int]], guard: PortGuard
) -> PortGuard:
    """A traffic policy filters only what it drops: most mark and shape."""
    named = block.word(marks.policy) if marks.policy else None
    return replace(guard, filters=guard.filters | dropped.get(named, frozenset())) if named else guard


ANYWHERE = "*"  # a rule of translation that names no zone or port: it may be any of them


def _with_translation(guard: PortGuard, translated: set[str]) -> PortGuard:
    if short(guard.interface) in translated or (guard.zone and short(guard.zone) in translated):
        return replace(guard, translates=True, outside=guard.outside or "translates")
    return replace(guard, translates=guard.translates or None) if ANYWHERE in translated else guard


def translating_policy(config: Config) -> Iterator[str]:
    """Where rules of ``nat-policy`` (USG) and ``nat global-policy`` (Comware) translate sources: zones and ports.

    Of a policy between two zones it is the one of the lower priority, outbound.
    """
    for block in config.all(r"nat-policy$|nat global-policy$"):
        for rule in block.below(r"rule "):
            if rule.child(r"action (?:source-nat|snat|nat)\b") and not rule.child(r"(?:rule )?disable$"):
                ways = list(rule.below(r"(?:destination-zone|egress-interface) \S"))
                yield from (word for way in ways for word in way.text.split()[1:] if word != "any")
                if not ways:
                    yield ANYWHERE
    for block in config.all(r"nat-policy interzone \S+ \S+ outbound$"):
        if any(rule.child(r"action source-nat$") for rule in block.children):
            yield block.text.split()[3]


def _held(marks: PortMarks, config: Config) -> set[str]:
    lines = config.statements.matching(marks.held) if marks.held else ()
    return {short(name) for _, match in lines for name in match.groups() if name}


def _name(text: str) -> str:
    """``GigabitEthernet 0/1`` of a line that RGOS and ZXROS write with a blank."""
    found = re.match(r"interface (\S+(?: \d[\d/.:]*)?)", text)
    return found.group(1) if found else text


def short(name: str) -> str:
    """An interface's name as it compares: ``GigabitEthernet 0/1`` and ``GE0/1`` differ in letters only."""
    return re.sub(r"\s+", "", name).lower()


def _members(marks: PortMarks, config: Config) -> Iterator[tuple[str, str]]:
    if not marks.members:
        return
    for block in config.all(marks.members):
        named = re.match(marks.members, block.text)
        for line in block.below(marks.member):
            found = re.match(marks.member, line.text)
            if named and found:
                yield short(found.group(1)), named.group(1)


def _guard(
    marks: PortMarks, config: Config, release: Release, name: str, block: ConfigLine, zone: str | None
) -> PortGuard:
    controls = frozenset(kind for kind, pattern in marks.controls.items() if block.child(pattern))
    named = block.word(marks.zone) if marks.zone else None
    shut = True if block.child(r"shutdown$") else False if block.child(r"(?:undo|no) shutdown$") else None
    up = holding(marks.up_default, release)
    told = [line for line in block.children if not _EMPTY.match(line.text)]
    filtering = {family: line for family, pattern in marks.filters.items() if (line := block.child(pattern))}
    return PortGuard(
        interface=name,
        shut=shut if shut is not None else None if up is None else not up,
        access=block.child(marks.access) is not None or bool(controls),
        described=block.child(r"(?:description|alias|name) \S") is not None,
        controls=controls,
        zone=named or zone,
        filters=frozenset(filtering),
        outside=_outside(marks, name, block),
        used=bool(told),
        evidence=config.evidence(block, *block.children[:20]),
        translates=block.child(marks.translates) is not None if marks.translates else None,
        filtering=tuple(line.text for line in filtering.values()),
    )


def _outside(marks: PortMarks, name: str, block: ConfigLine) -> str | None:
    if _CELLULAR.match(name):
        return "cellular"
    if _DIALLED.match(name) or (marks.dialled and block.child(marks.dialled)):
        return "dialled"
    if marks.translates and block.child(marks.translates):
        return "translates"
    addresses = (re.match(marks.address, line.text) for line in block.below(marks.address))
    return "public" if any(found and public(found.group(1)) for found in addresses) else None


def public(word: str) -> bool:
    """Whether a word is an IPv4 address of the Internet, or one of those that documents write in place of it.

    Of IPv6 nothing follows: inside a county every address is a global one.
    """
    try:
        ip = IPv4Address(word.partition("/")[0])
    except ValueError:
        return False
    return on_internet(ip) or any(ip in network for network in _DOCUMENTED)
