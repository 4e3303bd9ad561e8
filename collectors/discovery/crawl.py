"""A discovery from end to end: addresses swept, those that answer looked at, their neighbours asked in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Protocol

from collectors.budget import FailureBudget
from collectors.discovery.knocks import Echo, Knock, close_all, community_greeting, v3_greeting
from collectors.discovery.known import TELLING, kernel_arp, resolved, told
from collectors.discovery.look import Looking, look, packets, plain, read
from collectors.discovery.pace import Pace
from collectors.discovery.plan import reached
from collectors.discovery.scopes import Reach
from collectors.discovery.sweep import Answers, Sweep, tcp_way
from collectors.sessions.snmp import Bounds
from collectors.workers import in_parallel
from inventory.addresses import IPAddress
from inventory.credentials import Login
from inventory.errors import CollectError
from inventory.sightings import Sighting
from inventory.snapshot import DeviceRecord, MemoryNetwork, Snapshot, State

Macs = Mapping[IPAddress, str]
KINDS = ("icmp", "snmp", "tcp")
_BATCH = 2048  # addresses that are swept, looked at and kept together
_LOOKERS = 16
_CRAWLERS = 4
_CRAWL_S = 120.0
_CRAWL_ROWS = 20_000
_MOST_TOLD = 4096  # new addresses that one device may tell of: a liar costs no more


@dataclass(frozen=True, slots=True)
class Orders:
    """What a discovery is to do. ``most`` bounds the addresses in all; logins are those that hold something for SNMP.

    ``logins``      tried at every agent that answers, their users within ``budget``
    ``own``         of declared addresses, which are asked by nothing else, within ``own_budget``
    """

    reach: Reach
    kinds: frozenset[str]
    ports: tuple[int, ...]
    logins: Mapping[str, Login]
    budget: FailureBudget
    own: Mapping[IPAddress, Login]
    own_budget: FailureBudget
    snmp_port: int = 161
    per_second: float = 100.0
    tries: int = 2
    patience_s: float = 1.0
    hops: int = 0
    most: int = 65_536

    @property
    def ways(self) -> tuple[str, ...]:
        """Every way in which an address is asked, ICMP allowed."""
        found = ["icmp"] if "icmp" in self.kinds else []
        if "snmp" in self.kinds:
            found += ["snmpv3", *(f"snmp {name}" for name in self._communities())]
        return (*found, *(map(tcp_way, self.ports) if "tcp" in self.kinds else ()))

    @property
    def lasts(self) -> int:
        """How many packets an address that is silent gets after all tries."""
        return sum(1 for _ in self._communities()) if "snmp" in self.kinds else 0

    def _communities(self) -> Iterator[str]:
        # A login with both is asked by its user alone, as sessions are opened.
        return (name for name, login in self.logins.items() if login.community and not login.snmpv3)

    def login(self, ip: IPAddress, name: str) -> Login:
        """The login of that name which an address answered."""
        own = self.own.get(ip)
        return own if own is not None and own.name == name else self.logins[name]

    def knocks(self) -> list[Knock]:
        """The datagram ways, their sockets open."""
        found: list[Knock] = [Echo()] if "icmp" in self.kinds else []
        if "snmp" in self.kinds:
            found.append(v3_greeting(self.snmp_port))
            found += [community_greeting(self.logins[name], self.snmp_port) for name in self._communities()]
        return found

    def last_knocks(self) -> list[Knock]:
        """SNMPv1 for what is silent to a community in v2c: the agents of old devices, which speak nothing else."""
        names = self._communities() if "snmp" in self.kinds else ()
        return [community_greeting(self.logins[name], self.snmp_port, v1=True) for name in names]


class Watching(Protocol):
    """Told of a discovery as it goes."""

    def sweep(self, hop: int, addresses: int) -> None:
        """A wave of so many addresses begins."""

    def step(self, addresses: int) -> None:
        """So many more of them were asked."""

    def found(self, sighting: Sighting) -> None:
        """An address that answered; once each."""

    def silent(self, ip: IPAddress, ways: frozenset[str]) -> None:
        """An address that was asked in these ways and did not answer."""


class Discovery:
    """One discovery under way.

    ``asked``   addresses so far
    ``unsent``  packets that the system refused to send, by its reason
    ``cut``     addresses that were told of and are too many to be asked
    """

    def __init__(self, orders: Orders, watching: Watching, pace: Pace, macs: Macs) -> None:
        self.unsent: Counter[str] = Counter()
        self.asked = self.cut = 0
        self.pace = pace
        self._orders = orders
        self._watching = watching
        self._macs = dict(macs)
        self._seen: set[IPAddress] = set()
        self._looking = Looking(
            logins=orders.logins,
            own=orders.own,
            budget=orders.budget,
            own_budget=orders.own_budget,
            snmp_port=orders.snmp_port,
            timeout_s=orders.patience_s,
            now=datetime.now(UTC),
        )

    def run(self, why: Mapping[IPAddress, tuple[str, ...]]) -> None:
        """Asks these addresses, then what the devices among them tell of, as many hops on as was ordered."""
        orders = self._orders
        knocks, last = orders.knocks(), orders.last_knocks()
        try:
            ports = orders.ports if "tcp" in orders.kinds else ()
            times, wait_s = orders.tries, orders.patience_s
            with Sweep(knocks, ports, self.pace, tries=times, patience_s=wait_s, last=last) as sweep:
                self.unsent = sweep.unsent
                self._hops(sweep, why)
        finally:
            close_all([*knocks, *last])

    def _hops(self, sweep: Sweep, why: Mapping[IPAddress, tuple[str, ...]]) -> None:
        for hop in range(self._orders.hops + 1):
            agents: list[Sighting] = []
            self._watching.sweep(hop, len(why))
            feed = iter(why)
            while batch := list(islice(feed, _BATCH)):
                agents += self._batch(sweep, batch, why)
            if hop == self._orders.hops or not agents:
                return
            why = self._neighbours(agents)

    def _batch(self, sweep: Sweep, batch: list[IPAddress], why: Mapping[IPAddress, tuple[str, ...]]) -> list[Sighting]:
        """The batch swept and looked at; those whose agent answers a login. Stopped, it keeps what it has heard."""
        self._seen.update(batch)
        self.asked += len(batch)
        kept: dict[IPAddress, Sighting] = {}
        arp: Macs = {}
        try:
            answers = sweep.ask(batch, self._watching.step)
            arp = kernel_arp()
            with closing(in_parallel(partial(_looked, self._looking), self._paced(answers), _LOOKERS)) as looked:
                for sighting in looked:
                    kept[sighting.address] = self._kept(sighting, sweep.asked(sighting.address), why, arp)
            for ip, found in answers.items():
                if not found.is_there:
                    self._watching.silent(ip, sweep.asked(ip))
        finally:
            for ip, found in sweep.answers.items():
                if found.is_there and ip not in kept:
                    self._kept(plain(ip, found), sweep.asked(ip), why, arp)
        return [sighting for sighting in kept.values() if sighting.login]

    def _paced(self, answers: Mapping[IPAddress, Answers]) -> Iterator[tuple[IPAddress, Answers]]:
        for ip, found in answers.items():
            if found.is_there:
                self.pace.take(packets(found))
                yield ip, found

    def _kept(
        self, sighting: Sighting, asked: frozenset[str], why: Mapping[IPAddress, tuple[str, ...]], arp: Macs
    ) -> Sighting:
        ip = sighting.address
        known = sighting.mac or arp.get(ip) or self._macs.get(ip)
        whole = replace(sighting, asked=tuple(sorted(asked)), why=why.get(ip, ()), mac=known)
        self._watching.found(whole)
        return whole

    # Neighbours -------------------------------------------------------------------------------------------------------

    def _neighbours(self, agents: Iterable[Sighting]) -> dict[IPAddress, tuple[str, ...]]:
        """What the devices tell of within the reach that was not asked yet."""
        found: dict[IPAddress, tuple[str, ...]] = {}
        with closing(in_parallel(self._tables, agents, _CRAWLERS)) as snapshots:
            for snapshot, requests in snapshots:
                self.pace.packets += requests
                network = MemoryNetwork([snapshot])
                self._macs.update(resolved(network))
                news = (each for each in told(network) if each[0] not in self._seen)
                self._add(found, reached(self._orders.reach, news))
        return found

    def _add(self, found: dict[IPAddress, tuple[str, ...]], fresh: Mapping[IPAddress, tuple[str, ...]]) -> None:
        room = max(0, self._orders.most - len(self._seen) - len(found))
        news = [ip for ip in fresh if ip not in found]
        taken = news[: min(_MOST_TOLD, room)]
        self.cut += len(news) - len(taken)
        found.update({ip: fresh[ip] for ip in taken})

    def _tables(self, agent: Sighting) -> tuple[Snapshot, int]:
        """What tells of neighbours, read at the rate that its share of the sweep's allows; and the requests it took."""
        ip, orders = agent.address, self._orders
        login = orders.login(ip, agent.login or "")
        record = DeviceRecord(str(ip), str(ip), State.ANSWERED, self._looking.now)
        bounds = Bounds(
            orders.patience_s, orders.tries, _CRAWL_S, rows=_CRAWL_ROWS, pace_s=_CRAWLERS / orders.per_second
        )
        try:
            facts, requests = read(ip, login, self._looking, TELLING, bounds)
        except CollectError:
            return Snapshot(record), orders.tries
        return Snapshot(record, facts), requests


def _looked(looking: Looking, item: tuple[IPAddress, Answers]) -> Sighting:
    return look(*item, looking)
