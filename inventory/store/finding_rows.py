"""Findings as rows, in and out, and their history over the runs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, case, delete, exists, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from inventory.codec import decode, encode
from inventory.errors import Gap, Missing
from inventory.evidence import Evidence
from inventory.findings import ERROR, FAIL, PASS, UNKNOWN, FindingRow, Value
from inventory.store.packing import json_text, storable
from inventory.store.tables import findings, histories, runs
from inventory.text import Text

PAGE = 500
BATCH = 2_000  # that are written at once
Shared = dict[int, Any]  # evidence of a batch that is held while it is written, by id


def write_findings(connection: Connection, run: int, at: datetime, batch: Iterable[FindingRow]) -> None:
    """Appends findings to a run, and notes which gaps stand in it."""
    rows = list(batch)
    if rows:
        shared: Shared = {}
        _insert(connection, [_row(run, row, shared) for row in rows])
    failing = {row.fingerprint: _history(run, at, row) for row in rows if row.fails}
    if failing:
        connection.execute(_noting(connection), list(failing.values()))


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Writes rows past SQLAlchemy's work on each of them: no column of theirs has a type that converts."""
    made: Any = insert(findings).inline().compile(dialect=connection.dialect, column_keys=list(rows[0]))
    names = made.positiontup  # None: the driver takes parameters by name
    connection.exec_driver_sql(str(made), [tuple(row[name] for name in names) for row in rows] if names else rows)


def _row(run: int, row: FindingRow, shared: Shared) -> dict[str, Any]:
    return {
        "run_id": run,
        "check_id": row.check,
        "subject_kind": row.subject_kind,
        "subject": storable(row.subject),
        "place": storable(row.place),
        "site": None if row.site is None else storable(row.site),
        "platform": row.platform,
        "outcome": row.outcome,
        "severity": row.severity,
        "fingerprint": row.fingerprint,
        "detail": json_text(_detail(row, shared)),
    }


def _detail(row: FindingRow, shared: Shared) -> dict[str, Any]:
    said = {
        "values": {name: value if type(value) is str else encode(value) for name, value in row.values.items()},
        "evidence": [_encoded(each, shared) for each in row.evidence],
        "commands": row.commands,
        "diagnosis": row.diagnosis,
        "missing": [[kind, reason.gap.value, reason.why] for kind, reason in row.missing],
        "traceback": row.traceback,
        "underlying": row.underlying,
        "waiver": row.waiver,
    }
    return {name: value for name, value in said.items() if value}


def _encoded(evidence: Evidence, shared: Shared) -> Any:
    """Evidence as plain data, made once for all findings of a batch that point at the same."""
    if id(evidence) not in shared:
        shared[id(evidence)] = encode(evidence)
    return shared[id(evidence)]


def finding_from(row: Row[Any]) -> FindingRow:
    """The finding of a row of ``findings`` joined with its history."""
    detail = json.loads(row.detail)
    return FindingRow(
        check=row.check_id,
        subject_kind=row.subject_kind,
        subject=row.subject,
        outcome=row.outcome,
        severity=row.severity,
        place=row.place,
        site=row.site,
        platform=row.platform,
        values={name: _value(plain) for name, plain in detail.get("values", {}).items()},
        evidence=tuple(decode(Evidence, plain) for plain in detail.get("evidence", ())),
        commands=detail.get("commands", ""),
        diagnosis=detail.get("diagnosis", ""),
        missing=tuple((kind, Missing(Gap(gap), why)) for kind, gap, why in detail.get("missing", ())),
        traceback=detail.get("traceback", ""),
        underlying=detail.get("underlying"),
        waiver=detail.get("waiver", ""),
        first_seen=row.first_seen,
        resolved_at=row.resolved_at,
    )


def _value(plain: Any) -> Value:
    return Text(plain["zh"], plain["en"]) if isinstance(plain, dict) else plain


def finding_page(connection: Connection, run: int, after: int, wanted: Mapping[str, tuple[str, ...]]) -> list[Row[Any]]:
    """The next findings of a run in the order they were made; ``wanted`` limits columns to some values."""
    statement = (
        select(findings, histories.c.first_seen, histories.c.resolved_at)
        .join_from(findings, histories, findings.c.fingerprint == histories.c.fingerprint, isouter=True)
        .where(findings.c.run_id == run, findings.c.id > after)
    )
    for column, values in wanted.items():
        statement = statement.where(findings.c[column].in_(values))
    return list(connection.execute(statement.order_by(findings.c.id).limit(PAGE)))


def _history(run: int, at: datetime, row: FindingRow) -> dict[str, Any]:
    return {
        "fingerprint": row.fingerprint,
        "check_id": row.check,
        "subject_kind": row.subject_kind,
        "subject": storable(row.subject),
        "place": storable(row.place),
        "severity": row.severity,
        "first_seen": at,
        "first_run": run,
        "last_run": run,
        "resolved_at": None,
    }


def _noting(connection: Connection) -> Any:
    # A gap that comes back keeps the day it was first seen and is open again. An earlier run that is judged anew tells
    # nothing of what later runs saw or closed.
    upsert: Any = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(histories)
    new = upsert.excluded
    again = {
        "last_run": case((histories.c.last_run > new.last_run, histories.c.last_run), else_=new.last_run),
        "severity": new.severity,
        "resolved_at": case((histories.c.resolved_at > new.first_seen, histories.c.resolved_at), else_=None),
    }
    return upsert.on_conflict_do_update(index_elements=["fingerprint"], set_=again)


def forget_findings(connection: Connection, run: int) -> None:
    """Takes a run's findings back, and what it said of gaps, so that it can be judged anew."""
    connection.execute(delete(findings).where(findings.c.run_id == run))
    finished = select(runs.c.finished).where(runs.c.id == run).scalar_subquery()
    connection.execute(update(histories).where(histories.c.resolved_at == finished).values(resolved_at=None))
    seen = histories.c.last_run == run
    alone = and_(histories.c.first_run == run, seen, histories.c.resolved_at.is_(None))
    connection.execute(delete(histories).where(alone))
    connection.execute(update(histories).where(seen).values(last_run=None))


def resolve(connection: Connection, run: int, at: datetime) -> None:
    """Closes every open gap of earlier runs that this run judged again and did not find.

    A check that could not tell, or broke, closes nothing: neither does a run that never asked.
    """
    same = and_(
        findings.c.run_id == run,
        findings.c.check_id == histories.c.check_id,
        findings.c.subject_kind == histories.c.subject_kind,
        findings.c.subject == histories.c.subject,
    )
    judged = exists().where(same)
    unsure = exists().where(same, findings.c.outcome.in_((UNKNOWN, ERROR)))
    unseen = histories.c.last_run.is_(None) | (histories.c.last_run < run)
    gone = and_(histories.c.resolved_at.is_(None), unseen, judged, ~unsure)
    connection.execute(update(histories).where(gone).values(resolved_at=at))


def resolved_rows(connection: Connection, at: datetime) -> list[FindingRow]:
    """Gaps that were closed at that very moment, which is when their run finished."""
    statement = select(histories).where(histories.c.resolved_at == at).order_by(histories.c.check_id)
    return [_gap_from(row) for row in connection.execute(statement)]


def gaps_of(connection: Connection, subject_kind: str, subject: str) -> list[FindingRow]:
    """Every gap that one subject ever had, the oldest first."""
    of_subject = (histories.c.subject_kind == subject_kind, histories.c.subject == storable(subject))
    statement = select(histories).where(*of_subject).order_by(histories.c.first_seen, histories.c.check_id)
    return [_gap_from(row) for row in connection.execute(statement)]


def _gap_from(row: Row[Any]) -> FindingRow:
    return FindingRow(
        check=row.check_id,
        subject_kind=row.subject_kind,
        subject=row.subject,
        outcome=PASS if row.resolved_at else FAIL,
        severity=row.severity,
        place=row.place,
        first_seen=row.first_seen,
        resolved_at=row.resolved_at,
    )
