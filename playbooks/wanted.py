"""Which facts are wanted: what the census lists, and what checks judge by."""

from __future__ import annotations

from collections.abc import Iterable

from checks.model import Check, SubjectKind
from inventory.facts import (
    Accounts,
    Addresses,
    AuditTrail,
    Configuration,
    Connections,
    Counters,
    Entities,
    Fact,
    Filtering,
    Forwarding,
    Hardware,
    Identity,
    Inspection,
    Interfaces,
    LearnedMacs,
    LinkServices,
    Listeners,
    Logging,
    Monitoring,
    Neighbours,
    OperatingSystem,
    RateLimits,
    Redundancy,
    RemoteAccess,
    RemoteCopies,
    ResolvedAddresses,
    Routes,
    RoutingProtocols,
    RunningServices,
    Sensors,
    ServiceProbe,
    Signatures,
    Software,
    Storages,
    SystemGroup,
    Transitions,
    VirtualGateways,
    ZonePolicy,
)

CENSUS: tuple[type[Fact], ...] = (SystemGroup, Identity, Interfaces, Addresses, Entities, Neighbours)
# What a run keeps beside that, though no check may judge it: topology, history and a device's page are read from it.
TABLES: tuple[type[Fact], ...] = (
    *(ResolvedAddresses, LearnedMacs, Forwarding, Routes, Counters),
    *(Sensors, Storages, Software, RunningServices, Configuration),
)
# Of the servers of business systems, and of who else uses their addresses.
_OF_HOSTS: tuple[type[Fact], ...] = (
    *(Addresses, Interfaces, Forwarding, ResolvedAddresses, Hardware, OperatingSystem, Listeners),
    *(Connections, RemoteCopies, RunningServices, Software),
)
_OF_VIEWS: dict[SubjectKind, tuple[type[Fact], ...]] = {
    SubjectKind.LINK: (Interfaces, RateLimits, Addresses),
    SubjectKind.SITE: (Interfaces, RateLimits, Forwarding, Routes, Transitions, RoutingProtocols),
    SubjectKind.SYSTEM: (ServiceProbe, *_OF_HOSTS),
    SubjectKind.REGISTER: (ServiceProbe, *_OF_HOSTS),
    SubjectKind.NETWORK: (
        *(Identity, Neighbours, Addresses, Redundancy, ZonePolicy, Filtering, Inspection, Signatures),
        *(VirtualGateways, LinkServices),
        *(Logging, Monitoring, AuditTrail, RemoteAccess, Accounts, Listeners),
    ),
}


def wanted_facts(checks: Iterable[Check]) -> tuple[type[Fact], ...]:
    """What a run keeps and what the checks judge, each once, in the order it is to be asked for."""
    wanted = dict.fromkeys((*CENSUS, *TABLES))
    for check in checks:
        wanted.update(dict.fromkeys(facts_of(check)))
    wanted.pop(ServiceProbe, None)  # asked of business systems, not of devices
    return tuple(wanted)


def facts_of(check: Check) -> tuple[type[Fact], ...]:
    """The facts that a check judges by, those behind the view it is given included."""
    return (*check.facts, *_OF_VIEWS.get(check.subject, ()))
