"""An address that answered, asked who it is: one SNMP Get, what its servers say first, its pages. Nothing is tried."""

from __future__ import annotations

import re
import socket
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from collectors.base import SnmpSession
from collectors.budget import FailureBudget
from collectors.by_snmp import facts_by_snmp
from collectors.discovery.knocks import SNMP_V3
from collectors.discovery.sweep import Answers
from collectors.gather import at_the_edge
from collectors.mibs.rows import text
from collectors.probes.pages import ProbeLimits, page
from collectors.sessions.snmp import Bounds
from collectors.sessions.snmp_guard import engine_id
from collectors.sessions.snmp_login import open_within_budget
from collectors.vendors.files import ENTERPRISES, enterprise_name
from inventory.addresses import IPAddress, mac_address, mac_from_bytes
from inventory.credentials import Login
from inventory.errors import CollectError
from inventory.facts import Fact, PortAnswer, ServiceProbe, SystemGroup, WebAnswer
from inventory.sightings import Shown, Sighting
from inventory.snapshot import Facts

SNMP = "snmp"
WEB_PORTS = {80: "http", 8080: "http", 443: "https", 8443: "https"}
_GREETING_S = 1.0
_GREETING_OCTETS = 255  # the longest identification of SSH (RFC 4253, 4.2)
_NEGOTIATION = re.compile(rb"\xff[\xfb-\xfe].", re.DOTALL)  # telnet options (RFC 854)
_LONGEST = 120  # characters of what is shown
_PACKETS = {"snmp": 8, "port": 6, "page": 24}  # of one conversation at most, as a rule
_MAC_FORMAT = 3  # SnmpEngineID: the octets that follow are a MAC (RFC 3411 clause 5)


@dataclass(frozen=True, slots=True)
class Looking:
    """How addresses are asked who they are. A budget is asked before any SNMPv3 user is.

    ``own``  logins of declared addresses: there no other login is tried, and the ordinary budget counts
    """

    logins: Mapping[str, Login]
    own: Mapping[IPAddress, Login]
    budget: FailureBudget
    own_budget: FailureBudget
    snmp_port: int
    timeout_s: float
    now: datetime


def packets(found: Answers) -> int:
    """How many packets it takes to ask an address that answered who it is."""
    ports = [int(way.partition("/")[2]) for way in found.ways if way.startswith("tcp/")]
    agents = sum(way.startswith(SNMP) for way in found.ways)
    pages = sum(port in WEB_PORTS for port in ports)
    return agents * _PACKETS["snmp"] + len(ports) * _PACKETS["port"] + pages * _PACKETS["page"]


def plain(ip: IPAddress, found: Answers) -> Sighting:
    """What the sweep itself tells, before anything more is asked."""
    ways = sorted(found.ways, key=_order)
    return Sighting(ip, tuple(ways), refused=tuple(sorted(found.refused)), looked=False)


def _order(way: str) -> tuple[str, int]:
    kind, _, port = way.partition("/")
    return kind, int(port or 0)


def look(ip: IPAddress, found: Answers, looking: Looking) -> Sighting:
    """The address with what it shows; raises nothing of its making."""
    sighting = plain(ip, found)
    shown = tuple(each for port in sighting.open_ports for each in _shown(ip, port, looking.now))
    sighting = replace(sighting, looked=True, shown=shown)
    if not any(way.startswith(SNMP) for way in sighting.ways):
        return sighting
    engine = engine_id(found.message)
    sighting = replace(sighting, snmp_port=looking.snmp_port, **_told_by_engine(engine))
    return _by_snmp(sighting, found, looking)


# SNMP -----------------------------------------------------------------------------------------------------------------


def _told_by_engine(engine: bytes) -> dict[str, Any]:
    """Maker and MAC out of an engine id of RFC 3411's form; they need no login."""
    if len(engine) < 5:
        return {}
    made = int.from_bytes(engine[:4], "big")
    if not made & 0x80000000:
        return {"engine_id": engine.hex()}
    mac = mac_from_bytes(engine[5:11]) if engine[4] == _MAC_FORMAT else None
    return {"engine_id": engine.hex(), "vendor": enterprise_name(made & 0x7FFFFFFF), "mac": mac}


def _by_snmp(sighting: Sighting, found: Answers, looking: Looking) -> Sighting:
    """The system group, by the login that was answered; else by the SNMPv3 users one after another."""
    why: str | None = "no login for SNMPv3" if SNMP_V3 in found.ways else None
    bounds = Bounds(looking.timeout_s, tries=2, deadline_s=20 * looking.timeout_s)
    for login in _logins(sighting.address, found, looking):
        try:
            told, _ = read(sighting.address, login, looking, (SystemGroup,), bounds)
        except CollectError as failure:
            why = f"{login.name}: {failure.why}"[:_LONGEST]
            continue
        system = told[SystemGroup]
        if isinstance(system, SystemGroup):
            return replace(sighting, login=login.name, **_told_by_system(system, sighting))
        why = f"{login.name}: the agent tells no system group"
    return replace(sighting, snmp_gap=why)


def _logins(ip: IPAddress, found: Answers, looking: Looking) -> list[Login]:
    own = looking.own.get(ip)
    if own is not None and _fits(own, found):
        return [own]
    return [login for login in looking.logins.values() if _fits(login, found)]


def _fits(login: Login, found: Answers) -> bool:
    return f"{SNMP} {login.name}" in found.ways or (login.snmpv3 is not None and SNMP_V3 in found.ways)


def read(
    ip: IPAddress, login: Login, looking: Looking, wanted: Collection[type[Fact]], bounds: Bounds
) -> tuple[Facts, int]:
    """Facts from the agent of an address within the budget that counts there, and the requests it took.

    Raises CollectError where no session comes to be.
    """
    session: SnmpSession | None = None
    budget = looking.own_budget if looking.own.get(ip) == login else looking.budget

    def ask() -> Facts:
        nonlocal session
        session = open_within_budget(str(ip), looking.snmp_port, login, budget=budget, bounds=bounds)
        with closing(session):
            return facts_by_snmp(session, wanted, looking.now)

    facts = at_the_edge(str(ip), SNMP, ask, lambda: wanted)
    return facts, session.requests if session else 0


def _told_by_system(system: SystemGroup, sighting: Sighting) -> dict[str, Any]:
    number = re.match(r"\d+", (system.sys_object_id or "").removeprefix(ENTERPRISES))
    maker = enterprise_name(int(number[0])) if number and number[0].isascii() else None
    chassis = mac_address(system.chassis_id) if system.chassis_id else None
    return {
        "name": system.sys_name,
        "descr": (system.sys_descr or "").partition("\n")[0][:_LONGEST] or None,
        "vendor": maker or sighting.vendor,
        "engine_id": system.engine_id or sighting.engine_id,
        "mac": chassis or system.bridge_mac or sighting.mac,
    }


# Ports ----------------------------------------------------------------------------------------------------------------


def _shown(ip: IPAddress, port: int, now: datetime) -> Iterator[Shown]:
    if port not in WEB_PORTS:
        words = _greeting(ip, port)
        if words:
            yield Shown(port, "greeting", words)
        return
    for answer in _pages(ip, port, now):
        for kind, said in (("certificate", answer.tls_subject), ("title", answer.title)):
            if said:
                yield Shown(port, kind, said[:_LONGEST])


def _pages(ip: IPAddress, port: int, now: datetime) -> tuple[WebAnswer, ...]:
    """The first page of a port: nothing that it names is asked, no link of it and no host."""
    url = urlsplit(f"{WEB_PORTS[port]}://{f'[{ip}]' if ip.version == 6 else ip}:{port}/")

    def ask() -> Facts:
        answer = page(url, PortAnswer(ip, port, open=True), now, ProbeLimits()).answer
        return {ServiceProbe: ServiceProbe(str(ip), names=None, pages=(answer,))}

    told = at_the_edge(str(ip), "page", ask, lambda: (ServiceProbe,))[ServiceProbe]
    return told.pages if isinstance(told, ServiceProbe) else ()


def _greeting(ip: IPAddress, port: int) -> str | None:
    """What a server says before it is asked anything, its first line; None for one that waits for us."""
    try:
        with socket.create_connection((str(ip), port), timeout=_GREETING_S) as sock:
            said = sock.recv(_GREETING_OCTETS)
    except OSError:
        return None
    lines = _NEGOTIATION.sub(b"", said).strip().splitlines()
    words = text(lines[0]) if lines else None
    return words[:_LONGEST] if words else None
