"""A device of the census as one plain object: what programs read line by line."""

from __future__ import annotations

from collections.abc import Sized
from ipaddress import IPv4Interface, IPv6Interface

from inventory.errors import Missing
from inventory.facts import Addresses, Entities, Identity, Interfaces, Neighbours
from inventory.names import is_interface
from inventory.snapshot import Snapshot

IDENTITY_FIELDS = ("vendor", "platform", "model", "release", "serial", "hostname")


def census_row(snapshot: Snapshot) -> dict[str, object]:
    """What is known of a target: its state and identity, how many interfaces that are present, entities and
    neighbours it has, its addresses with prefix, which object or command told each identity field, and why what is
    missing is missing.

    None: nothing that was read tells. The two places that disagree on a field stand behind its source.
    """
    record = snapshot.record
    identity = snapshot.fact(Identity)
    known = identity if isinstance(identity, Identity) else Identity()
    addresses = snapshot.fact(Addresses)
    items = addresses.items if isinstance(addresses, Addresses) else ()
    return {
        "target": record.target,
        "address": record.address,
        "state": record.state.value,
        "kind": known.kind,
        **{field: getattr(known, field) for field in IDENTITY_FIELDS},
        "platform": record.platform or known.platform,
        "site": record.site,
        "role": record.role,
        "uptime_s": known.uptime_s,
        "interfaces": _interfaces(snapshot, record.platform or known.platform),
        "entities": _count(snapshot, Entities),
        "ipv4": sorted({str(a.ip) for a in items if isinstance(a.ip, IPv4Interface)}),
        "ipv6": sorted({str(a.ip) for a in items if isinstance(a.ip, IPv6Interface)}),
        "neighbours": _count(snapshot, Neighbours),
        "sources": {s.field: f"{s.where} ≠ {s.disagrees}" if s.disagrees else s.where for s in known.sources},
        "gaps": {
            kind.__name__: f"{fact.gap.value}: {fact.why}" if fact.why else fact.gap.value
            for kind, fact in snapshot.facts.items()
            if isinstance(fact, Missing)
        },
    }


def _interfaces(snapshot: Snapshot, platform: str | None) -> int | None:
    """How many interfaces are there: an empty slot that the agent lists is none, nor is a terminal line."""
    fact = snapshot.fact(Interfaces)
    if isinstance(fact, Missing):
        return None
    return sum(each.present is not False and is_interface(each.name, each.kind, platform) for each in fact.items)


def _count(snapshot: Snapshot, kind: type[Entities | Neighbours]) -> int | None:
    fact = snapshot.fact(kind)
    items: Sized | None = None if isinstance(fact, Missing) else fact.items
    return None if items is None else len(items)
