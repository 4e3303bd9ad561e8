"""Polling: the declared links' interfaces read at an interval and kept, so that a run can tell what they carry.

Where a playbook lets devices be asked over both families, they are connected to over both, at the pace that it sets.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from collectors.discovery.pace import Pace
from collectors.gather import Asking
from collectors.polling import Watched, look
from collectors.workers import in_parallel
from inventory.addresses import IPAddress
from inventory.facts import Addresses
from inventory.register import Device, Register
from inventory.store import RunState, Store
from inventory.targets import Target
from inventory.traffic import Poll
from playbooks.reaching import other_family, serves

_RUNS = 8  # the newest that are looked through for a device's addresses
_BATCH = 256
_TIDY_EVERY_S = 3600.0


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often and how fast."""

    every_s: float
    rounds: int | None  # None: until it is stopped
    per_second: float  # devices begun; one that is asked over both families counts twice
    workers: int
    keep: timedelta  # older polls are forgotten


@dataclass(frozen=True, slots=True)
class Round:
    """What came of looking at every device once."""

    number: int
    devices: int
    answered: int
    interfaces: int


@dataclass(frozen=True, slots=True)
class OtherFamily:
    """Which address of the other family than a target's own may be asked."""

    found: Mapping[str, IPAddress | None]  # by target, of those whose addresses were read; None: it has none
    listed: Collection[IPAddress]  # of all targets
    permits: Callable[[IPAddress], bool]

    def of(self, target: Target, declared: Device) -> IPAddress | None:
        """What the device has; where its addresses were never read, what the register says and no other target has."""
        if target.name in self.found:
            ip = self.found[target.name]
        else:
            others = (ip for ip in declared.addresses if ip.version != target.address.version)
            ip = next((ip for ip in others if serves(ip) and ip not in self.listed), None)
        return ip if ip is not None and self.permits(ip) else None


def other_family_of(store: Store, targets: Collection[Target], permits: Callable[[IPAddress], bool]) -> OtherFamily:
    """The addresses as the newest finished runs that read them found them."""
    own = {target.name: target.address for target in targets}
    found: dict[str, IPAddress | None] = {}
    for run in store.runs(states=[RunState.FINISHED])[:_RUNS]:
        if found.keys() == own.keys():
            break
        for name, told in store.each(run.id, Addresses):
            if name in own and name not in found and isinstance(told, Addresses):
                found[name] = other_family(own[name], told)
    return OtherFamily(found, frozenset(own.values()), permits)


def watched(
    register: Register,
    targets: Iterable[Target],
    platforms: Mapping[str, str | None],
    other: OtherFamily | None = None,
) -> list[Watched]:
    """The devices that declared links end on, with those interfaces; a device that is no target is left out.

    Without ``other`` each is asked over the family of its target alone.
    """
    by_word = {target.name: target for target in targets}
    by_address = {str(target.address): target for target in by_word.values()}
    wanted: dict[str, set[str]] = {}
    others: dict[str, IPAddress | None] = {}
    for link in register.links:
        for word, interface in ((link.a_device, link.a_interface), (link.z_device, link.z_interface)):
            device = register.device(word or "")
            if device is None or not interface:
                continue
            named = (by_word.get(name) for name in (device.asset_no, device.name or "") if name)
            placed = (by_address.get(str(ip)) for ip in device.addresses)
            target = next((found for found in (*named, *placed) if found), None)
            if target is not None:
                wanted.setdefault(target.name, set()).add(interface)
                others[target.name] = other.of(target, device) if other else None
    return [
        Watched(by_word[name], frozenset(interfaces), platforms.get(name) or by_word[name].platform, others[name])
        for name, interfaces in wanted.items()
    ]


def platforms_of(store: Store) -> dict[str, str | None]:
    """The platform of each target as the newest run found it; empty before the first."""
    newest = next(iter(store.runs()), None)
    return {} if newest is None else {record.target: record.platform for record in store.records(newest.id)}


def watch(store: Store, devices: list[Watched], asking: Asking, rhythm: Rhythm) -> Iterator[Round]:
    """Looks at every device once an interval and keeps what they tell; yields after each round.

    A round that takes longer than the interval is followed by the next at once, never by two side by side.
    """
    pace = Pace(rhythm.per_second)
    tidied, due = -_TIDY_EVERY_S, time.monotonic()
    number = 0
    while rhythm.rounds is None or number < rhythm.rounds:
        time.sleep(max(0.0, due - time.monotonic()))
        due = max(due, time.monotonic() - rhythm.every_s) + rhythm.every_s
        number += 1
        polls = in_parallel(partial(look, asking=asking), _paced(devices, pace), rhythm.workers)
        yield _kept(store, polls, number, len(devices))
        if time.monotonic() - tidied > _TIDY_EVERY_S:
            store.traffic.forget(datetime.now(UTC) - rhythm.keep)
            store.traffic.fold()
            tidied = time.monotonic()


def _paced(devices: Iterable[Watched], pace: Pace) -> Iterator[Watched]:
    for device in devices:
        pace.take(1 if device.other is None else 2)
        yield device


def _kept(store: Store, polls: Iterable[Poll], number: int, devices: int) -> Round:
    answered = interfaces = 0
    waiting = iter(polls)
    while batch := list(islice(waiting, _BATCH)):
        answered += sum(bool(poll.counters) for poll in batch)
        interfaces += sum(len(poll.counters) for poll in batch)
        store.traffic.keep(batch)
    return Round(number, devices, answered, interfaces)
