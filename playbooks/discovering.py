"""A discovery of a project: what may be asked, what is known already, what comes of it in the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from ipaddress import IPv6Network
from itertools import chain
from urllib.parse import urlsplit

from collectors.budget import FailureBudget
from collectors.discovery.crawl import KINDS, Discovery, Orders
from collectors.discovery.knocks import icmp_is_allowed
from collectors.discovery.known import Told, in_prefixes, owned, resolved, resolved_macs, told
from collectors.discovery.pace import Pace
from collectors.discovery.plan import Plan, names_of, planned, reached
from collectors.discovery.scopes import Reach, networks
from collectors.discovery.scopes import reach as reach_of
from collectors.probes.names import Resolver, ipv6_of, name_servers
from inventory.addresses import IPAddress, IPNetwork
from inventory.credentials import Login, Logins
from inventory.errors import InputError
from inventory.register import BusinessSystem, Register
from inventory.sightings import Owner, Seen, Sighting, Standing, is_gone
from inventory.snapshot import Network
from inventory.store import RunState, Store, StoredNetwork
from inventory.targets import Target, read_targets
from inventory.text import Text
from playbooks.collecting import resolvers
from playbooks.progress import Progress
from playbooks.project import DiscoverySettings, Project
from playbooks.schema import Collect

_KEPT_AT_ONCE = 200
_SEED_HOPS = 2
_MOST_HOPS = 16
# A stranger that refuses an SNMPv3 user costs its account one failure at most, and none where one stands already.
_FAILURES = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for beside the settings. Empty or None: as they say. Exclusions only ever add to theirs."""

    scopes: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    seeds: tuple[str, ...] = ()
    kinds: tuple[str, ...] = KINDS
    logins: tuple[str, ...] = ()
    per_second: float | None = None
    hops: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a project knows of addresses before anything is sent."""

    told: Mapping[IPAddress, tuple[str, ...]]  # addresses within the reach, and what tells of each
    macs: Mapping[IPAddress, str]
    names: tuple[str, ...]
    owners: Mapping[IPAddress, Owner]
    targets: Mapping[IPAddress, Target]
    seen: Mapping[IPAddress, Seen]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A discovery found good, before anything is sent. ``notes`` tell what is left out, and why."""

    orders: Orders
    known: Known
    resolvers: tuple[Resolver, ...]
    notes: tuple[Text, ...]

    def plan(self, found: Iterable[Told] = ()) -> Plan:
        """What would be sent; ``found`` is what name servers told in addition."""
        orders = self.orders
        told = ((ip, word) for ip, words in self.known.told.items() for word in words)
        why = planned(orders.reach, chain(told, found))
        names = len(self.known.names)
        return Plan(why, orders.ways, orders.tries, names, orders.per_second, orders.reach.spared, orders.lasts)


def prepared(project: Project, wish: Wish, logins: Logins, store: Store | None) -> Prepared:
    """The discovery that a person wishes for.

    Raises InputError for scopes, seeds, logins, ways or a rate that are wrong; nothing was sent then.
    """
    orders, notes = _orders(project, wish, logins)
    knowledge = known_to(project, store, orders.reach)
    orders = replace(orders, own=_own(knowledge, logins) if "snmp" in orders.kinds else {})
    knowledge = replace(knowledge, told=reached(orders.reach, _seeds(wish.seeds, orders), dict(knowledge.told)))
    servers = resolvers(project, Collect())
    has_ipv6 = any(n.version == 6 for n in orders.reach.networks)
    if knowledge.names and has_ipv6 and not all(orders.reach.permits(server.ip) for server in name_servers(servers)):
        notes.append(Text("名称服务器在排除之列，不查域名", "a name server is excluded: no names are looked up"))
        has_ipv6 = False
    knowledge = replace(knowledge, names=knowledge.names if has_ipv6 else ())
    _refuse_many(knowledge, orders)
    return Prepared(orders, knowledge, servers, tuple(notes))


def _orders(project: Project, wish: Wish, logins: Logins) -> tuple[Orders, list[Text]]:
    settings = project.settings.discovery
    notes: list[Text] = []
    kinds = _kinds(wish, notes)
    own = bool(wish.scopes or wish.within)  # then the scopes of the settings do not count, their exclusions do
    scopes, within = (wish.scopes, wish.within) if own else (settings.scopes, settings.within)
    bounds = reach_of(scopes, within, (*settings.exclude, *wish.exclude), settings.most_addresses)
    held = _logins(settings, wish, logins, notes) if "snmp" in kinds else {}
    hops = wish.hops if wish.hops is not None else _SEED_HOPS if wish.seeds else 0
    return (
        Orders(
            reach=bounds,
            kinds=kinds,
            ports=tuple(dict.fromkeys(settings.ports)),
            logins=held,
            budget=FailureBudget(project.login_failures, _FAILURES),
            own={},
            own_budget=FailureBudget(project.login_failures, Collect().login_failures),
            snmp_port=settings.snmp_port,
            per_second=wish.per_second or settings.packets_per_s,
            tries=settings.tries,
            patience_s=settings.timeout_s,
            hops=min(hops, _MOST_HOPS),
            most=settings.most_addresses,
        ),
        notes,
    )


def _kinds(wish: Wish, notes: list[Text]) -> frozenset[str]:
    """The kinds of ways that are wished for and allowed; InputError where none is left."""
    if not wish.kinds or set(wish.kinds) - set(KINDS):
        ways = ", ".join(KINDS)
        raise InputError(f"--with {','.join(wish.kinds)}", Text(f"应是 {ways} 中的若干个", f"expected some of {ways}"))
    if "icmp" not in wish.kinds or icmp_is_allowed():
        return frozenset(wish.kinds)
    refused = Text(
        "不用 ICMP：需要 root，或 sysctl net.ipv4.ping_group_range 包含本用户的组",
        "ICMP is left out: it needs root, or a group of yours in sysctl net.ipv4.ping_group_range",
    )
    if wish.kinds == ("icmp",):
        raise InputError("--with icmp", refused)
    notes.append(refused)
    return frozenset(wish.kinds) - {"icmp"}


def _logins(settings: DiscoverySettings, wish: Wish, logins: Logins, notes: list[Text]) -> dict[str, Login]:
    """Logins that hold something for SNMP; InputError for one that was named and is not there."""
    found: dict[str, Login] = {}
    for name in wish.logins or settings.logins:
        try:
            login = logins.login(name)
        except InputError:
            if wish.logins or name != "default":
                raise
            continue
        if login.for_snmp:
            found[name] = login
    if not found:
        notes.append(
            Text(
                "没有可用于 SNMP 的登录：只看有没有 SNMPv3 引擎",
                "no login holds anything for SNMP: only engines of SNMPv3 are looked for",
            )
        )
    return found


def _own(knowledge: Known, logins: Logins) -> dict[IPAddress, Login]:
    """The login of every target that has one for SNMP."""
    found: dict[str, Login] = {}
    for name in {target.login for target in knowledge.targets.values()}:
        with suppress(InputError):  # nobody asks for it here; a run would refuse the target list
            found[name] = logins.login(name)
    return {
        ip: found[target.login]
        for ip, target in knowledge.targets.items()
        if target.login in found and found[target.login].for_snmp
    }


def _seeds(written: Sequence[str], orders: Orders) -> Iterator[Told]:
    for network in networks("--seed", written):
        if network.num_addresses != 1 or network.network_address not in orders.reach:
            raise InputError(
                f"--seed {network.network_address if network.num_addresses == 1 else network}",
                Text(
                    "应是范围之内、未被排除的一个地址",
                    "expected one address that lies within the scopes and is not excluded",
                ),
            )
        yield network.network_address, "seed"


def _refuse_many(knowledge: Known, orders: Orders) -> None:
    """What is told of may not exceed what may be swept: an exclusion is missing, or a table is a lie."""
    count = len(knowledge.told)
    if count > orders.most:
        raise InputError(
            "discovery",
            Text(
                f"范围内已知的地址有 {count} 个，多于 {orders.most}；见 discovery.most_addresses",
                f"{count} known addresses lie within the scopes, more than {orders.most}: see discovery.most_addresses",
            ),
        )


# What is known --------------------------------------------------------------------------------------------------------


def known_to(project: Project, store: Store | None, reach: Reach | None = None) -> Known:
    """What targets, register, earlier runs and earlier discoveries tell; InputError for targets that are wrong.

    In those networks of the reach that are an IPv6 /64 every MAC that is known may have its EUI-64 address.
    """
    file = project.path("targets.csv")
    targets = read_targets(file) if file.is_file() else []
    register = (store.register() if store else None) or Register()
    runs = list(_newest_runs(store)) if store else []
    seen = {each.sighting.address: each for each in store.sightings.seen()} if store else {}
    macs = {ip: mac for network in runs for ip, mac in resolved(network).items()}
    macs |= {ip: each.sighting.mac for ip, each in seen.items() if each.sighting.mac}
    every = {*macs.values(), *(mac for network in runs for mac in resolved_macs(network))}
    words = [*(t.name for t in targets), *(d.name for d in register.devices), *map(_host, register.systems)]
    told_of: Mapping[IPAddress, tuple[str, ...]] = {}
    if reach is not None:
        told_of = reached(reach, chain(_told(targets, register, runs, seen), _derived(every, reach.networks)))
    return Known(
        told=told_of,
        macs=macs,
        names=names_of(words),
        owners=_owners(targets, register, runs),
        targets={target.address: target for target in reversed(targets)},
        seen=seen,
    )


def _host(system: BusinessSystem) -> str | None:
    """The name under which a business system is reached; None where it has none."""
    try:
        return system.host or urlsplit(system.url or "").hostname
    except ValueError:  # brackets around no address
        return None


def _told(
    targets: Sequence[Target], register: Register, runs: Sequence[Network], seen: Mapping[IPAddress, Seen]
) -> Iterator[Told]:
    yield from ((target.address, "targets") for target in targets)
    yield from ((ip, "register") for device in register.devices for ip in device.addresses)
    yield from ((ip, "register") for system in register.systems for ip in system.addresses)
    for network in runs:
        yield from told(network)
    yield from ((ip, "seen-before") for ip in seen)


def _derived(macs: Iterable[str], prefixes: Sequence[IPNetwork]) -> Iterator[Told]:
    return in_prefixes(macs, (n for n in prefixes if isinstance(n, IPv6Network)))


def _newest_runs(store: Store) -> Iterator[StoredNetwork]:
    """The newest finished run of every playbook, the oldest first: what newer ones say counts."""
    newest: dict[str, int] = {}
    for run in store.runs(states=[RunState.FINISHED]):
        newest.setdefault(run.playbook, run.id)
    return (StoredNetwork(store, number) for number in sorted(newest.values()))


def _owners(targets: Sequence[Target], register: Register, runs: Sequence[Network]) -> dict[IPAddress, Owner]:
    """Whose each address is: what the register says counts more than targets, and they more than what devices say."""
    found: dict[IPAddress, Owner] = {}
    for network in runs:
        found |= owned(network)
    found |= {t.address: Owner(Standing.DECLARED, t.name, t.site) for t in targets}
    for system in register.systems:
        found |= {ip: Owner(Standing.DECLARED, system.name) for ip in system.addresses}
    for device in register.devices:
        site = register.site_of(device)
        held = Owner(Standing.DECLARED, device.label, site.name if site else None)
        found |= dict.fromkeys(device.addresses, held)
    return found


# Doing it -------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Outcome:
    """What came of a discovery. ``seen`` holds what answered and what is gone, within its reach."""

    seen: list[Seen]
    asked: int
    packets: int
    unsent: dict[str, int]
    cut: int


def discover(ready: Prepared, store: Store, progress: Progress, options: Mapping[str, object]) -> Outcome:
    """Asks, and keeps in the store what answers as it comes; stopped by Ctrl-C, what was found so far is kept."""
    pace = Pace(ready.orders.per_second)
    started = datetime.now(UTC)
    sweep = store.sightings.begin(options, started)
    keeping = _Keeping(store, sweep, ready.known, progress)
    discovery = Discovery(ready.orders, keeping, pace, ready.known.macs)
    try:
        found = _looked_up(ready, pace, progress)
        discovery.run(ready.plan(found).why)
    finally:
        keeping.flush()
    store.sightings.finish(sweep, datetime.now(UTC), keeping.gone)
    seen = [each for each in store.sightings.seen() if each.sweep == sweep or _shows(each, ready)]
    return Outcome(seen, discovery.asked, pace.packets, dict(discovery.unsent), discovery.cut)


def _shows(seen: Seen, ready: Prepared) -> bool:
    return seen.gone_since is not None and seen.sighting.address in ready.orders.reach


def _looked_up(ready: Prepared, pace: Pace, progress: Progress) -> list[Told]:
    names = ready.known.names
    if names:
        progress.begin(Text("查询域名", "Looking up names"), len(names))
    found: list[Told] = []
    for name in names:
        pace.take(2)
        found += ((ip, "dns") for ip in ipv6_of(name, ready.resolvers))
        progress.step()
    return found


class _Keeping:
    """Puts what is found into the store, in batches; notes what is gone."""

    def __init__(self, store: Store, sweep: int, knowledge: Known, progress: Progress) -> None:
        self.gone: set[IPAddress] = set()
        self._store = store
        self._sweep = sweep
        self._seen = knowledge.seen
        self._progress = progress
        self._waiting: list[Sighting] = []

    def sweep(self, hop: int, addresses: int) -> None:
        stage = Text("探测地址", "Asking addresses")
        if hop:
            stage = Text(f"探测邻居（第 {hop} 跳）", f"Asking neighbours (hop {hop})")
        self._progress.begin(stage, addresses)

    def step(self, addresses: int) -> None:
        self._progress.step(addresses)

    def found(self, sighting: Sighting) -> None:
        self._waiting.append(sighting)
        if len(self._waiting) >= _KEPT_AT_ONCE:
            self.flush()

    def silent(self, ip: IPAddress, ways: frozenset[str]) -> None:
        before = self._seen.get(ip)
        if before is not None and is_gone(before, ways):
            self.gone.add(ip)

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._store.sightings.keep(self._sweep, waiting, datetime.now(UTC))
