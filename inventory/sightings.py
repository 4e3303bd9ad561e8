"""Addresses that answered a discovery: what they show, since when, and when they fell silent. None is declared here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inventory.addresses import IPAddress
from inventory.targets import Target


@dataclass(frozen=True, slots=True)
class Shown:
    """What a TCP port showed to whoever connects. All its words are the host's own."""

    port: int
    kind: str  # greeting (what the server says first), title (of its page), certificate (its subject)
    words: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """One address that answered, as one sweep found it. None: it does not tell, or was not asked."""

    address: IPAddress
    ways: tuple[str, ...]  # icmp, snmpv3, "snmp" and the login whose community it answers, tcp/22 …
    asked: tuple[str, ...] = ()  # the ways in which this sweep asked it
    refused: tuple[int, ...] = ()  # TCP ports that answered with a refusal
    why: tuple[str, ...] = ()  # what it was asked for: swept, register, targets, arp, nd, lldp, dns, eui-64 …
    looked: bool = True  # False: the sweep was stopped before it was asked who it is
    name: str | None = None  # sysName
    descr: str | None = None  # sysDescr, its first line
    vendor: str | None = None  # who holds the enterprise number of its agent
    engine_id: str | None = None  # snmpEngineID in hex
    mac: str | None = None
    login: str | None = None  # the login its agent answers
    snmp_port: int | None = None  # where its agent answers
    snmp_gap: str | None = None  # why an agent that is there told nothing
    shown: tuple[Shown, ...] = ()

    @property
    def open_ports(self) -> tuple[int, ...]:
        """TCP ports that accept connections."""
        return tuple(sorted(int(way.partition("/")[2]) for way in self.ways if way.startswith("tcp/")))

    @property
    def ssh_port(self) -> int | None:
        """The first port where a server greets as SSH does (RFC 4253, 4.2)."""
        return next((s.port for s in self.shown if s.kind == "greeting" and s.words.startswith("SSH-")), None)

    @property
    def label(self) -> str | None:
        """What it calls itself: by SNMP, else in a certificate, else in the title of a page."""
        told = {shown.kind: shown.words for shown in reversed(self.shown)}
        return self.name or told.get("certificate") or told.get("title")


@dataclass(frozen=True, slots=True)
class Seen:
    """An address over all sweeps."""

    sighting: Sighting
    first_seen: datetime
    last_seen: datetime
    sweep: int  # the last that heard it
    gone_since: datetime | None = None  # begin of the first sweep that asked it again in vain; None: it is there


@dataclass(frozen=True, slots=True)
class SweepRecord:
    """One discovery. ``finished`` None: it was stopped, or killed; what it had found is kept."""

    id: int
    started: datetime
    finished: datetime | None
    options: Mapping[str, object]


def merged(old: Sighting, new: Sighting) -> Sighting:
    """The new sighting; what this sweep did not ask for, or had no time to, is taken from the old one."""
    if not new.looked:
        ways, refused = tuple(sorted({*old.ways, *new.ways})), tuple(sorted({*old.refused, *new.refused}))
        return replace(old, ways=ways, refused=refused, asked=new.asked, why=new.why)
    ways = tuple(sorted({*new.ways, *(way for way in old.ways if way not in new.asked)}))
    refused = tuple(sorted({*new.refused, *(port for port in old.refused if f"tcp/{port}" not in new.asked)}))
    kept = tuple(shown for shown in old.shown if f"tcp/{shown.port}" not in new.asked)
    whole = replace(new, ways=ways, refused=refused, shown=(*new.shown, *kept), mac=new.mac or old.mac)
    if any(way.startswith("snmp") for way in new.asked):
        return whole
    return replace(whole, **{name: getattr(old, name) for name in _BY_SNMP})


_BY_SNMP = ("name", "descr", "vendor", "engine_id", "login", "snmp_port", "snmp_gap")


def is_gone(seen: Seen, asked: Iterable[str]) -> bool:
    """Whether silence means that it is gone: it was asked in every way in which it answered before."""
    sighting = seen.sighting
    before = {*sighting.ways, *(f"tcp/{port}" for port in sighting.refused)}
    return before <= set(asked)


class Standing(StrEnum):
    """How an address that was found stands to what is written down."""

    DECLARED = "declared"  # a management address of the register or of the targets
    INTERFACE = "interface"  # another address of a device that a run has read
    UNDECLARED = "undeclared"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose address it is, and where that is written."""

    standing: Standing
    name: str
    site: str | None = None


UNDECLARED = Owner(Standing.UNDECLARED, "")


_PLAIN_NAME = re.compile(r"[^\W_][\w.-]{0,62}")


def targets_of(
    sightings: Iterable[Sighting], owners: Mapping[IPAddress, Owner], declared: Mapping[IPAddress, Target]
) -> Iterator[Target]:
    """What answered as targets of a census: declared ones as they are declared, others where a login may be tried.

    Another address of a device that is known is left out, and so is a second address of one SNMP engine. A name that
    a host gives itself is taken where it is a plain one and nobody else's.
    """
    names = {target.name for target in declared.values()}
    engines: set[tuple[str, str | None]] = set()
    for sighting in sightings:
        whose = owner(sighting.address, owners)
        if sighting.address in declared:
            yield declared[sighting.address]
            continue
        if whose.standing is Standing.INTERFACE or not (sighting.snmp_port or sighting.ssh_port):
            continue
        if sighting.engine_id:
            key = (sighting.engine_id, sighting.name)
            if key in engines:
                continue
            engines.add(key)
        target = _target(sighting, whose, names)
        names.add(target.name)
        yield target


def _target(sighting: Sighting, whose: Owner, taken: Collection[str]) -> Target:
    name = whose.name or sighting.name or ""
    if name in taken or not _PLAIN_NAME.fullmatch(name):
        name = str(sighting.address)
    tags = ("discovered",) if whose.standing is Standing.DECLARED else ("discovered", "undeclared")
    return Target(
        name,
        sighting.address,
        site=whose.site,
        login=sighting.login or "default",
        snmp_port=sighting.snmp_port or 161,
        ssh_port=sighting.ssh_port or 22,
        tags=tags,
    )


def owner(ip: IPAddress, owners: Mapping[IPAddress, Owner]) -> Owner:
    """Whose address it is; UNDECLARED where nobody's."""
    return owners.get(ip, UNDECLARED)
