"""What the register declares for level 3: boundaries and their components, zones, rooms, graded systems, accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from inventory.register import BusinessSystem, MigrationState, PrivateState, Register, SecurityComponent
from inventory.views.model import (
    DeclaredBoundary,
    DeclaredComponent,
    DeclaredConnection,
    DeclaredHolder,
    DeclaredRoom,
    DeclaredZone,
    GradedSystem,
)


def components(register: Register, targets: Mapping[str, str]) -> tuple[DeclaredComponent, ...]:
    """Every security component; ``targets`` tells by asset number under which name a run knows it."""
    return tuple(_component(row, targets.get(row.asset_no)) for row in register.security_components)


def _component(row: SecurityComponent, target: str | None) -> DeclaredComponent:
    function = row.function.value if row.function else None
    return DeclaredComponent(
        row.label, function, row.boundary, row.licence_no, row.signature_date, target, row.evidence, row.crypto_no
    )


def boundaries(register: Register, declared: tuple[DeclaredComponent, ...]) -> Iterator[DeclaredBoundary]:
    """Ways out to the Internet, private networks that are joined, and boundaries that only a component names."""
    placed: set[str] = set()
    for egress in register.egresses:
        there = tuple(c for c in declared if c.name == egress.boundary_device or _same(c.boundary, egress.name))
        placed.update(c.name for c in there)
        yield DeclaredBoundary(egress.name, True, there, egress.evidence)
    for network in register.private_networks:
        if network.classified or network.state is not PrivateState.CONNECTED:
            continue
        there = tuple(c for c in declared if _same(c.boundary, network.name) or _same(c.name, network.boundary))
        placed.update(c.name for c in there)
        yield DeclaredBoundary(network.name, False, there, network.evidence)
    rest = [c for c in declared if c.boundary and c.name not in placed]
    for name in dict.fromkeys(c.boundary for c in rest if c.boundary):
        there = tuple(c for c in rest if c.boundary == name)
        yield DeclaredBoundary(name, False, there, there[0].evidence)


def _same(one: str | None, other: str | None) -> bool:
    # People write the same boundary longer and shorter: 互联网出口, 统一互联网出口.
    return bool(one and other) and (str(one) in str(other) or str(other) in str(one))


def rooms(register: Register) -> Iterator[DeclaredRoom]:
    """Every machine room with what it is fitted with."""
    for row in register.rooms:
        yield DeclaredRoom(
            row.name,
            row.access_control,
            row.cctv,
            row.fire_system,
            row.leak_sensor,
            row.cooling,
            row.ups_minutes,
            row.mains_feeds,
            row.evidence,
            row.ups_kva,
        )


def graded(register: Register) -> Iterator[GradedSystem]:
    """Every business system that is graded."""
    found = (graded_system(row, register) for row in register.systems)
    return (each for each in found if each is not None)


def graded_system(row: BusinessSystem, register: Register) -> GradedSystem | None:
    """A business system's grade and how its data are kept; None where it has none."""
    if row.graded_level is None:
        return None
    room = register.room(row.room or "")
    return GradedSystem(
        row.name,
        row.graded_level,
        row.last_evaluation,
        row.evidence,
        hosted=row.hosted.value if row.hosted else None,
        site=room.site if room else None,
        changed=_changed(row),
        crypto_assessed=row.crypto_assessed,
        last_backup=row.last_backup,
        backup_site=row.backup_site,
        last_restore=row.last_restore,
    )


def _changed(row: BusinessSystem) -> date | None:
    """The day it moved to the cloud, else that it went live."""
    moved = row.wave_date if row.state is MigrationState.ON_CLOUD else None
    return max((day for day in (row.go_live, moved) if day), default=None)


def zones(register: Register, targets: Mapping[str, str]) -> Iterator[DeclaredZone]:
    """Every security zone; ``targets`` as for components."""
    for row in register.zones:
        guard = register.device(row.guard or "")
        yield DeclaredZone(
            row.name,
            row.importance.value if row.importance else None,
            row.networks,
            guard.label if guard else None,
            targets.get(guard.asset_no) if guard else None,
            row.evidence,
        )


def holders(register: Register) -> Iterator[DeclaredHolder]:
    """Every account that was given to somebody."""
    for row in register.accounts:
        duty = row.duty.value if row.duty else None
        yield DeclaredHolder(row.account, row.person, duty, row.outsider, row.approver, row.until, row.evidence)


def connections(register: Register) -> Iterator[DeclaredConnection]:
    """Ways out to the Internet, and private networks that are joined; of classified ones nothing is told."""
    for egress in register.egresses:
        yield DeclaredConnection(egress.name, egress.approved, egress.evidence)
    for network in register.private_networks:
        if not network.classified and network.state is PrivateState.CONNECTED:
            yield DeclaredConnection(network.name, network.approved, network.evidence)
