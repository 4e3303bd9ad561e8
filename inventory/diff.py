"""What appeared, went and changed between two runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from inventory.config_diff import line_changes
from inventory.errors import Missing
from inventory.facts import Addresses, Configuration, Entities, Fact, Identity, Interfaces, Neighbours
from inventory.snapshot import DeviceRecord, Network, State
from inventory.spans import spans

_MOST_LINES = 2000  # of one configuration: a device that was replaced has another one altogether


class Event(StrEnum):
    """What happened to a thing."""

    APPEARED = "appeared"
    WENT = "went"
    CHANGED = "changed"


class Facet(StrEnum):
    """What kind of thing it happened to."""

    DEVICE = "device"
    IDENTITY = "identity"  # platform, model, serial, hostname
    RELEASE = "release"
    MODULE = "module"
    INTERFACE = "interface"
    ADDRESS = "address"
    NEIGHBOUR = "neighbour"
    CONFIGURATION = "configuration"  # a line: ``place`` is the section it stands in


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``place`` names the thing inside the device; None: not told, empty: there is none."""

    event: Event
    facet: Facet
    target: str
    place: str = ""
    field: str = ""  # for changed: which property
    old: str | None = None
    new: str | None = None


Things = Mapping[str, Mapping[str, str | None]]  # a thing's key to its properties


def diff(old: Network, new: Network) -> Iterator[Change]:
    """Changes from the old run to the new one, device by device; only one device of each is in memory.

    A fact that either run does not know says nothing about what went or came.
    """
    for record in new.records():
        before = old.record(record.target)
        if before is None:
            yield Change(Event.APPEARED, Facet.DEVICE, record.target, new=record.address)
        else:
            yield from device_changes(before, record, old, new)
    for record in old.records():
        if new.record(record.target) is None:
            yield Change(Event.WENT, Facet.DEVICE, record.target, old=record.address)


def device_changes(before: DeviceRecord, after: DeviceRecord, old: Network, new: Network) -> Iterator[Change]:
    """What changed in one device from its record in one run to that in another."""
    target = after.target
    for field in ("state", "address", "platform", "site"):
        was, now = getattr(before, field), getattr(after, field)
        if was != now and (was and now):
            yield Change(Event.CHANGED, Facet.DEVICE, target, field=field, old=str(was), new=str(now))
    if before.state is not State.ANSWERED or after.state is not State.ANSWERED:
        return
    for kind, facet, things in _FACETS:
        was, now = old.fact(target, kind), new.fact(target, kind)
        if not isinstance(was, Missing) and not isinstance(now, Missing):
            yield from _things(target, facet, things(was), things(now))
    yield from _configuration(target, old, new)


def _configuration(target: str, old: Network, new: Network) -> Iterator[Change]:
    was, now = old.fact(target, Configuration), new.fact(target, Configuration)
    if isinstance(was, Missing) or isinstance(now, Missing) or was.evidence.sha256 == now.evidence.sha256:
        return
    before, after = old.raw(was.evidence.sha256), new.raw(now.evidence.sha256)
    if before is None or after is None:
        return
    for line in islice(line_changes(before, after), _MOST_LINES):
        event = Event.APPEARED if line.old is None else Event.WENT if line.new is None else Event.CHANGED
        yield Change(event, Facet.CONFIGURATION, target, line.section, "line", line.old, line.new)


def _things(target: str, facet: Facet, old: Things, new: Things) -> Iterator[Change]:
    for place in sorted(old.keys() - new.keys()):
        yield Change(Event.WENT, facet, target, place)
    for place in sorted(new.keys() - old.keys()):
        yield Change(Event.APPEARED, facet, target, place)
    for place in sorted(old.keys() & new.keys()):
        for field, was in old[place].items():
            now = new[place].get(field)
            if was is not None and now is not None and was != now:
                yield Change(Event.CHANGED, facet, target, place, field, was, now)


def _text(value: object) -> str | None:
    if isinstance(value, tuple):  # VLANs; none: of some that is not told
        return spans(value) or None
    if isinstance(value, bool):
        return "up" if value else "down"
    return None if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _identity(fact: Any) -> Things:
    return {"": {name: _text(getattr(fact, name)) for name in ("platform", "vendor", "model", "serial", "hostname")}}


def _release(fact: Any) -> Things:
    return {"": {"release": fact.release}}


def _modules(fact: Any) -> Things:
    # Sensors and ports come and go with the agent's mood; what has a serial number was plugged in by somebody.
    return {
        " ".join(part for part in (each.name or each.descr or str(each.index), each.serial) if part): {}
        for each in fact.items
        if each.serial
    }


def _interfaces(fact: Any) -> Things:
    watched = ("speed_mbps", "duplex", "mtu", "admin_up", "oper_up", "vlans")
    aliased = max((place for place, each in enumerate(fact.items) if each.alias), default=0)
    bundled = any(each.aggregate for each in fact.items)
    found: dict[str, dict[str, str | None]] = {}
    borne: Counter[str] = Counter()
    for place, each in enumerate(fact.items):
        borne[each.name] += 1
        key = each.name if borne[each.name] == 1 else f"{each.name} ({borne[each.name]})"  # some agents repeat a name
        # None of one while others tell theirs: it has none. Behind the last that tells, the table may have been cut.
        alias = each.alias or ("" if place < aliased else None)
        aggregate = each.aggregate or ("" if bundled else None)
        found[key] = {name: _text(getattr(each, name)) for name in watched} | {"alias": alias, "aggregate": aggregate}
    return found


def _addresses(fact: Any) -> Things:
    return {" ".join(part for part in (each.interface, str(each.ip)) if part): {} for each in fact.items}


def _neighbours(fact: Any) -> Things:
    found: dict[str, dict[str, str | None]] = {}
    for each in fact.items:
        who = each.name or each.chassis_id or next(map(str, each.addresses), "?")
        found[" ".join(part for part in (each.interface, who, each.port) if part)] = {}
    return found


_FACETS: tuple[tuple[type[Fact], Facet, Callable[[Any], Things]], ...] = (
    (Identity, Facet.IDENTITY, _identity),
    (Identity, Facet.RELEASE, _release),
    (Entities, Facet.MODULE, _modules),
    (Interfaces, Facet.INTERFACE, _interfaces),
    (Addresses, Facet.ADDRESS, _addresses),
    (Neighbours, Facet.NEIGHBOUR, _neighbours),
)
