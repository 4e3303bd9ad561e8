"""A light look at a device between runs: the counters of some of its interfaces, and how fast it answers a connect.

Where its address of the other family may be asked, too, a second connect goes there right after the first.

The agent's interface names are walked once; after that a poll is one Get of sixteen objects an interface. An agent
that numbers its interfaces anew is noticed by the name that comes with the counters, and its names are walked again.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from collectors.base import SYS_UPTIME, SnmpSession, SnmpValue
from collectors.gather import Asking, at_the_edge
from collectors.mibs.agent import Agent
from collectors.mibs.counters import BASICS, EXTRAS, counter
from collectors.mibs.interfaces import IF_ENTRY, IFX_ENTRY, NAME, interface_names
from collectors.mibs.rows import seconds
from collectors.probes.connects import connect_ms, is_routed
from collectors.sessions.snmp import Bounds
from collectors.sessions.snmp_login import open_within_budget
from inventory.addresses import IPAddress
from inventory.credentials import Login
from inventory.errors import CollectError, Missing
from inventory.facts import Counters
from inventory.names import canonical_interface
from inventory.snapshot import Facts, fact_in
from inventory.targets import Target
from inventory.traffic import BothAsked, Poll

_CONNECT_S = 2.0


@dataclass(slots=True)
class Watched:
    """A device to be polled and the interfaces that matter, by any of their names."""

    target: Target
    interfaces: frozenset[str]
    platform: str | None = None
    other: IPAddress | None = None  # its address of the other family; None: not known, or not to be asked
    rows: dict[int, tuple[str, SnmpValue]] = field(default_factory=dict)  # learned: ifIndex to name and ifName


def look(watched: Watched, asking: Asking) -> Poll:
    """Counters of the interfaces that matter, and how long a connect took; raises nothing of the device's making."""
    target, now = watched.target, asking.clock()
    took = connect_ms(target.address, target.ssh_port, _CONNECT_S)
    both = None if watched.other is None else _both(target, took, watched.other)
    login = asking.logins.login(target.login)
    told: Facts = {}
    if login.for_snmp:
        with suppress(CollectError):
            told = at_the_edge(target.name, "poll", lambda: _polled(watched, asking, login, now), lambda: (Counters,))
    found = fact_in(told, Counters)
    if isinstance(found, Missing):
        watched.rows.clear()
        return Poll(target.name, now, connects_ms=(took,), both=both)
    return Poll(target.name, now, found.uptime_s, found.items, (took,), both)


def _both(target: Target, took: float | None, other: IPAddress) -> BothAsked | None:
    """The connect that was made, beside one over the other family; None where no route from here leads to either."""
    if not (is_routed(target.address) and is_routed(other)):
        return None
    own, far = (str(target.address), took), (str(other), connect_ms(other, target.ssh_port, _CONNECT_S))
    return BothAsked(*own, *far) if other.version == 6 else BothAsked(*far, *own)


def _polled(watched: Watched, asking: Asking, login: Login, now: datetime) -> Facts:
    session = open_within_budget(
        str(watched.target.address),
        watched.target.snmp_port,
        login,
        budget=asking.budget,
        bounds=Bounds(timeout_s=asking.timeout_s, tries=asking.tries, deadline_s=asking.deadline_s),
    )
    try:
        return {Counters: counters(session, watched, now)}
    finally:
        session.close()


def counters(session: SnmpSession, watched: Watched, now: datetime) -> Counters:
    """The counters of the interfaces that matter; those that the agent does not have are left out.

    Raises CollectError. A row that bears another name than it did is left out, and its names learned anew next time.
    """
    if not watched.rows:
        _learn(session, watched, now)
    oids = [SYS_UPTIME, *(oid for index in watched.rows for oid in _objects(index))]
    values = session.get(oids)
    items = []
    for index, (name, short) in list(watched.rows.items()):
        if values[_extra(NAME, index)] == short:
            basic = {column: values[_basic(column, index)] for column in BASICS}
            items.append(counter(name, basic, {column: values[_extra(column, index)] for column in EXTRAS}))
        else:
            watched.rows.clear()
    return Counters(tuple(items), seconds(values[SYS_UPTIME]))


def _learn(session: SnmpSession, watched: Watched, now: datetime) -> None:
    agent = Agent(session, now)
    wanted = {_plain(name, watched.platform) for name in watched.interfaces}
    shorts = agent.table(IFX_ENTRY, [NAME]).column(NAME)
    for index, name in interface_names(agent).items():
        if _plain(name, watched.platform) in wanted:
            watched.rows[index] = (name, shorts.get(str(index)))


def _plain(name: str, platform: str | None) -> str:
    return canonical_interface(name, platform).lower()


def _objects(index: int) -> Iterable[str]:
    yield from (_extra(column, index) for column in (NAME, *EXTRAS))
    yield from (_basic(column, index) for column in BASICS)


def _basic(column: int, index: int) -> str:
    return f"{IF_ENTRY}.{column}.{index}"


def _extra(column: int, index: int) -> str:
    return f"{IFX_ENTRY}.{column}.{index}"
