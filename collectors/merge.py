"""Facts of one device from several sources: the first answer wins, later ones fill what it left open."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from inventory.errors import Gap, Missing
from inventory.facts import (
    Fact,
    Identity,
    Interface,
    Interfaces,
    OperatingSystem,
    Redundancy,
    RoutingProtocols,
    RunningServices,
    Source,
    VirtualGateways,
)
from inventory.snapshot import Facts

T = TypeVar("T", Interface, OperatingSystem)
# What MIBs tell a part of, and command lines the rest: no MIB knows of stacks, anycast gateways, preferences that are
# advertised, how neighbours prove who they are, nor of what a Java program is.
IN_PART: tuple[type[Fact], ...] = (VirtualGateways, Redundancy, RoutingProtocols, RunningServices)

_IDENTITY_FIELDS = ("vendor", "kind", "platform", "model", "release", "serial", "hostname", "uptime_s")


def merge_into(facts: Facts, more: Mapping[type[Fact], Fact | Missing]) -> None:
    """Take into ``facts`` what a further source tells."""
    for kind, fact in more.items():
        known = facts.get(kind)
        facts[kind] = fact if known is None else _merged(known, fact)


def _merged(known: Fact | Missing, fact: Fact | Missing) -> Fact | Missing:
    if isinstance(known, Missing):
        # That one source never reads a fact says less than why another could not.
        unread = isinstance(fact, Missing) and fact.gap is Gap.UNREAD
        return known if unread else fact
    if isinstance(known, Identity) and isinstance(fact, Identity):
        return merged_identity(known, fact)
    if isinstance(known, Interfaces) and isinstance(fact, Interfaces):
        return _merged_interfaces(known, fact)
    if isinstance(known, OperatingSystem) and isinstance(fact, OperatingSystem) and known.distribution is None:
        return _filled(fact, known)  # a kernel alone gives way to the system it belongs to
    if isinstance(known, RoutingProtocols) and isinstance(fact, RoutingProtocols):
        return _with_neighbours(fact, known)
    if isinstance(known, RunningServices) and isinstance(fact, RunningServices):
        source = f"{known.evidence.source}, {fact.evidence.source}"
        evidence = dataclasses.replace(fact.evidence, source=source)
        return RunningServices(tuple(sorted({*known.items, *fact.items})), evidence)
    return fact if isinstance(known, IN_PART) and isinstance(fact, IN_PART) else known


def _with_neighbours(configured: RoutingProtocols, seen: RoutingProtocols) -> RoutingProtocols:
    """The protocols as they are configured, with the neighbours that another source has seen of them."""
    up = {each.name: each.neighbours_up for each in seen.items}
    items = tuple(
        dataclasses.replace(each, neighbours_up=up.get(each.name)) if each.neighbours_up is None else each
        for each in configured.items
    )
    if items == configured.items:
        return configured
    source = f"{configured.evidence.source}, {seen.evidence.source}"
    return dataclasses.replace(
        configured, items=items, evidence=dataclasses.replace(configured.evidence, source=source)
    )


def merged_identity(first: Identity, second: Identity) -> Identity:
    """The first identity, its open fields filled from the second; a different serial is noted, not chosen."""
    sources = {s.field: s for s in first.sources}
    filled: dict[str, Any] = {}
    for name in _IDENTITY_FIELDS:
        if getattr(first, name) is None and getattr(second, name) is not None:
            filled[name] = getattr(second, name)
            sources.update({s.field: s for s in second.sources if s.field == name})
    if first.serial and second.serial and first.serial.upper() != second.serial.upper():
        told = sources.get("serial", Source("serial", "?"))
        other = next((s.where for s in second.sources if s.field == "serial"), "?")
        sources["serial"] = dataclasses.replace(told, disagrees=f"{other}={second.serial}")
    return dataclasses.replace(first, **filled, sources=tuple(sources.values()))


def _merged_interfaces(first: Interfaces, second: Interfaces) -> Interfaces:
    more = {i.name: i for i in second.items}
    items = tuple(_filled(i, more[i.name]) if i.name in more else i for i in first.items)
    return dataclasses.replace(first, items=items)


def _filled(first: T, second: T) -> T:
    open_fields = {
        f.name: getattr(second, f.name)
        for f in dataclasses.fields(first)
        if getattr(first, f.name) in (None, ()) and getattr(second, f.name) not in (None, ())
    }
    return dataclasses.replace(first, **open_fields) if open_fields else first
