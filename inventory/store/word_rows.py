"""What people said, as rows in and out: decisions on differences, attestations of items. Nothing is ever replaced."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from inventory.attestation import Attestation
from inventory.store.packing import storable
from inventory.store.records import Decision
from inventory.store.tables import attestations, decisions

_ATTESTED = tuple(name for name in Attestation.__slots__ if name != "id")


def write_decisions(connection: Connection, said: Iterable[Decision]) -> None:
    """Appends decisions."""
    _write(connection, decisions, [_row(each, Decision.__slots__) for each in said])


def newest_decisions(connection: Connection) -> dict[tuple[str, str], Decision]:
    """The newest decision by (kind of difference, subject)."""
    columns = [decisions.c[name] for name in Decision.__slots__]
    rows = connection.execute(select(*columns).order_by(decisions.c.id))
    return {(row.kind, row.subject): Decision(*row) for row in rows}


def write_attestations(connection: Connection, said: Iterable[Attestation]) -> None:
    """Appends attestations."""
    _write(connection, attestations, [_row(each, _ATTESTED) for each in said])


def all_attestations(connection: Connection) -> list[Attestation]:
    """Every attestation in the order they were kept."""
    rows = connection.execute(select(attestations).order_by(attestations.c.id)).mappings()
    return [Attestation(**row) for row in rows]


def _write(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _row(said: Decision | Attestation, names: Iterable[str]) -> dict[str, Any]:
    row = {name: getattr(said, name) for name in names}
    return {name: storable(value) if isinstance(value, str) else value for name, value in row.items()}
