"""Devices and their facts as rows, in and out. Reads go page by page, so that no cursor stays open between them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from inventory.codec import CodecError, decode_fact, encode_fact
from inventory.errors import Gap, Missing
from inventory.facts import Fact
from inventory.snapshot import SYSTEM_PREFIX, DeviceRecord, Facts, Snapshot, State, fact_kinds
from inventory.store.packing import Damaged, json_text, packed, storable, unpacked
from inventory.store.tables import devices, facts, raws

PAGE = 200
# Asked for thousands of times in a run: made once.
_DEVICE = select(devices).where(devices.c.run_id == bindparam("run"), devices.c.target == bindparam("target"))
_FACT = (
    select(facts.c.body)
    .join_from(facts, devices, facts.c.device_id == devices.c.id)
    .where(devices.c.run_id == bindparam("run"), devices.c.target == bindparam("target"))
    .where(facts.c.kind == bindparam("kind"))
)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A snapshot ready to be written: everything costly is done."""

    run: int
    device: dict[str, Any]
    bodies: tuple[tuple[str, bytes], ...]


def encoded(run: int, snapshot: Snapshot) -> Encoded:
    """The rows of one snapshot."""
    record = snapshot.record
    row = {
        "run_id": run,
        "target": storable(record.target),
        "address": storable(record.address),
        "state": record.state.value,
        "taken_at": record.taken_at,
        "platform": _storable(record.platform),
        "site": _storable(record.site),
        "role": _storable(record.role),
        "tags": json_text(record.tags),
    }
    bodies = tuple((kind.__name__, packed(encode_fact(fact))) for kind, fact in snapshot.facts.items())
    return Encoded(run, row, bodies)


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


def write_devices(connection: Connection, batch: list[Encoded]) -> None:
    """Writes devices with their facts; one that the run has already is replaced."""
    for run in {item.run for item in batch}:
        by_target = {item.device["target"]: item for item in batch if item.run == run}
        connection.execute(delete(devices).where(devices.c.run_id == run, devices.c.target.in_(list(by_target))))
        statement = insert(devices).returning(devices.c.id, devices.c.target)
        ids = connection.execute(statement, [item.device for item in by_target.values()]).all()
        rows = [
            {"device_id": device_id, "kind": kind, "run_id": run, "body": body}
            for device_id, target in ids
            for kind, body in by_target[target].bodies
        ]
        if rows:
            connection.execute(insert(facts), rows)


def record_from(row: Row[Any]) -> DeviceRecord:
    """The record of one row of ``devices``."""
    return DeviceRecord(
        target=row.target,
        address=row.address,
        state=State(row.state),
        taken_at=row.taken_at,
        platform=row.platform,
        site=row.site,
        role=row.role,
        tags=tuple(json.loads(row.tags)),
    )


def device_page(connection: Connection, run: int, after: int, *, systems: bool) -> list[Row[Any]]:
    """The next rows of ``devices`` in the order they were first written; business systems only when asked for."""
    statement = select(devices).where(devices.c.run_id == run, devices.c.id > after)
    if not systems:
        statement = statement.where(devices.c.target.not_like(f"{SYSTEM_PREFIX}%"))
    return list(connection.execute(statement.order_by(devices.c.id).limit(PAGE)))


def appearances(connection: Connection, until: datetime | None) -> list[Row[Any]]:
    """Rows of ``devices`` by target and time, business systems left out."""
    statement = select(devices).where(devices.c.target.not_like(f"{SYSTEM_PREFIX}%"))
    if until is not None:
        statement = statement.where(devices.c.taken_at <= until)
    return list(connection.execute(statement.order_by(devices.c.target, devices.c.taken_at, devices.c.id)))


def device_row(connection: Connection, run: int, target: str) -> Row[Any] | None:
    """One target's row."""
    return connection.execute(_DEVICE, {"run": run, "target": target}).first()


def fact_page(connection: Connection, run: int, kind: str, after: int) -> list[Row[Any]]:
    """The next (device id, target, body) of a fact kind, business systems left out."""
    statement = (
        select(facts.c.device_id, devices.c.target, facts.c.body)
        .join_from(facts, devices, facts.c.device_id == devices.c.id)
        .where(facts.c.run_id == run, facts.c.kind == kind, facts.c.device_id > after)
        .where(devices.c.target.not_like(f"{SYSTEM_PREFIX}%"))
    )
    return list(connection.execute(statement.order_by(facts.c.device_id).limit(PAGE)))


def fact_body(connection: Connection, run: int, target: str, kind: str) -> bytes | None:
    """The body of one fact; None when the target was not asked for it."""
    found: bytes | None = connection.execute(_FACT, {"run": run, "target": target, "kind": kind}).scalar()
    return found


def facts_of(connection: Connection, device_ids: list[int]) -> Mapping[int, Facts]:
    """All facts of some devices by device id."""
    kinds = fact_kinds()
    found: dict[int, Facts] = {each: {} for each in device_ids}
    statement = select(facts.c.device_id, facts.c.kind, facts.c.body).where(facts.c.device_id.in_(device_ids))
    for device_id, kind, body in connection.execute(statement.order_by(facts.c.device_id, facts.c.kind)):
        if kind in kinds:
            found[device_id][kinds[kind]] = fact_from(kind, body)
    return found


def fact_from(kind: str, body: bytes) -> Fact | Missing:
    """The fact of a stored body; one that today's version cannot read is Missing, never guessed at."""
    try:
        return decode_fact(kind, unpacked(body))
    except (CodecError, Damaged, ValueError) as error:
        return Missing(Gap.UNPARSED, f"the stored {kind} cannot be read: {type(error).__name__}")


def snapshots_from(connection: Connection, rows: list[Row[Any]]) -> Iterator[Snapshot]:
    """Snapshots of some rows of ``devices``, in their order."""
    found = facts_of(connection, [row.id for row in rows])
    return (Snapshot(record_from(row), found[row.id]) for row in rows)


def write_raws(connection: Connection, bodies: Mapping[bytes, bytes]) -> None:
    """Keeps raw answers by their SHA-256; one that is kept already stays."""
    if bodies:
        upsert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(raws)
        rows = [{"sha256": digest, "body": body} for digest, body in bodies.items()]
        connection.execute(upsert.on_conflict_do_nothing(index_elements=["sha256"]), rows)
