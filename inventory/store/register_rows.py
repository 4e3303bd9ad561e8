"""Register versions as rows, in and out."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from inventory.codec import CodecError, decode, encode
from inventory.errors import StoreError
from inventory.register import Register
from inventory.store.packing import Damaged, json_text, packed, unpacked
from inventory.store.records import RegisterVersion
from inventory.store.tables import registers
from inventory.text import Text

_SHOWN = (registers.c.id, registers.c.imported_at, registers.c.source, registers.c.row_count, registers.c.sha256)


def write_register(connection: Connection, register: Register, source: str, at: datetime) -> RegisterVersion:
    """Appends a version; the newest one where it says the same."""
    plain = encode(register)
    digest = hashlib.sha256(json_text(plain).encode("ascii")).hexdigest()
    newest = connection.execute(select(*_SHOWN).order_by(registers.c.id.desc()).limit(1)).first()
    if newest is not None and newest.sha256 == digest:
        return _version(newest)
    row = {"imported_at": at, "source": source, "sha256": digest, "row_count": len(register), "body": packed(plain)}
    return _version(connection.execute(insert(registers).returning(*_SHOWN), row).one())


def _version(row: Any) -> RegisterVersion:
    return RegisterVersion(row.id, row.imported_at, row.source, row.row_count, row.sha256)


def versions(connection: Connection) -> list[RegisterVersion]:
    """All versions, the newest first."""
    return [_version(row) for row in connection.execute(select(*_SHOWN).order_by(registers.c.id.desc()))]


def register_body(connection: Connection, version: int | None) -> bytes | None:
    """The body of one version, or of the newest; None when there is none."""
    statement = select(registers.c.body).order_by(registers.c.id.desc()).limit(1)
    if version is not None:
        statement = statement.where(registers.c.id == version)
    found: bytes | None = connection.execute(statement).scalar()
    return found


def register_from(body: bytes, database: str) -> Register:
    """The register of a stored body; StoreError when today's version cannot read it."""
    try:
        return decode(Register, unpacked(body))
    except (CodecError, Damaged):
        raise StoreError(
            Text(
                f"{database}：保存的登记表读不出来，请重新导入普查表",
                f"{database}: the stored register cannot be read; import the workbook again",
            )
        ) from None
