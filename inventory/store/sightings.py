"""Sweeps and sightings in the store: what answered, since when, and what fell silent."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from inventory.addresses import IPAddress
from inventory.codec import CodecError, decode, encode
from inventory.sightings import Seen, Sighting, SweepRecord, merged
from inventory.store.engine import Connecting
from inventory.store.packing import Damaged, json_text, packed, unpacked
from inventory.store.tables import sightings, sweeps

_AT_ONCE = 256  # addresses in one statement


class StoredSightings:
    """The discoveries of a project: an address is one row, however often it is seen."""

    def __init__(self, writing: Connecting, reading: Connecting) -> None:
        self._writing = writing
        self._reading = reading

    def begin(self, options: Mapping[str, Any], started: datetime) -> int:
        """Opens a sweep; its number. ``options`` is plain data."""
        row = {"started": started, "options": json_text(dict(options))}
        with self._writing() as connection:
            number: int = connection.execute(insert(sweeps).returning(sweeps.c.id), row).scalar_one()
            return number

    def keep(self, sweep: int, found: Sequence[Sighting], at: datetime) -> None:
        """Keeps what answered; it is not gone, whatever an earlier sweep said."""
        with self._writing() as connection:
            for start in range(0, len(found), _AT_ONCE):
                _keep(connection, sweep, found[start : start + _AT_ONCE], at)

    def finish(self, sweep: int, at: datetime, gone: Collection[IPAddress] = ()) -> None:
        """Closes a sweep. ``gone`` is what it asked in vain: since it began, or since an earlier one that said so."""
        missed = [str(ip) for ip in gone]
        with self._writing() as connection:
            connection.execute(update(sweeps).where(sweeps.c.id == sweep).values(finished=at))
            began = connection.execute(select(sweeps.c.started).where(sweeps.c.id == sweep)).scalar_one()
            for start in range(0, len(missed), _AT_ONCE):
                those = sightings.c.address.in_(missed[start : start + _AT_ONCE]) & sightings.c.gone_since.is_(None)
                connection.execute(update(sightings).where(those).values(gone_since=began))

    def seen(self) -> list[Seen]:
        """Every address that ever answered, by family and number."""
        with self._reading() as connection:
            rows = connection.execute(select(sightings)).all()
        found = [
            Seen(sighting, row.first_seen, row.last_seen, row.sweep_id, row.gone_since)
            for row in rows
            if (sighting := _sighting(row)) is not None
        ]
        return sorted(found, key=lambda seen: (seen.sighting.address.version, int(seen.sighting.address)))

    def newest(self) -> SweepRecord | None:
        """The last sweep; None before the first."""
        with self._reading() as connection:
            row = connection.execute(select(sweeps).order_by(sweeps.c.id.desc()).limit(1)).first()
        return None if row is None else SweepRecord(row.id, row.started, row.finished, json.loads(row.options))


def _keep(connection: Connection, sweep: int, found: Sequence[Sighting], at: datetime) -> None:
    wanted = sightings.c.address.in_([str(each.address) for each in found])
    known = {row.address: _sighting(row) for row in connection.execute(select(sightings).where(wanted))}
    for new in found:
        where = str(new.address)
        old = known.get(where)
        body = packed(encode(merged(old, new) if old else new))
        row = {"last_seen": at, "sweep_id": sweep, "gone_since": None, "body": body}
        if where in known:
            connection.execute(update(sightings).where(sightings.c.address == where).values(row))
        else:
            connection.execute(insert(sightings), {"address": where, "first_seen": at, **row})


def _sighting(row: Row[Any]) -> Sighting | None:
    """The sighting of a row; None for one that another version of hecha wrote: it is written anew when next heard."""
    try:
        return decode(Sighting, unpacked(row.body))
    except (CodecError, Damaged):
        return None
