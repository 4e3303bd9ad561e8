"""The tables of the store. The migrations make them; a test holds both against each other."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class Moment(TypeDecorator[datetime]):
    """A time as ISO 8601 text in UTC: sorts as it reads, and is the same in every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:  # noqa: ARG002
        """Text for a time; one without zone is taken as UTC."""
        if value is None:
            return None
        zoned = value if value.tzinfo else value.replace(tzinfo=UTC)
        return zoned.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """The time, in UTC."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()

registers = Table(
    "registers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("imported_at", Moment, nullable=False),
    Column("source", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zlib over JSON
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("playbook", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
    Column("options", Text, nullable=False),  # JSON
    Column("register_id", Integer, ForeignKey("registers.id")),
)

devices = Table(
    "devices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("target", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("taken_at", Moment, nullable=False),
    Column("platform", Text),
    Column("site", Text),
    Column("role", Text),
    Column("tags", Text, nullable=False),  # JSON
    UniqueConstraint("run_id", "target", name="devices_target"),
    Index("devices_run", "run_id", "id"),
)

facts = Table(
    "facts",
    metadata,
    Column("device_id", Integer, ForeignKey("devices.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("run_id", Integer, nullable=False),  # repeated from devices, so that one index finds a kind over a run
    Column("body", LargeBinary, nullable=False),  # zlib over JSON
    PrimaryKeyConstraint("device_id", "kind", name="facts_key"),
    Index("facts_kind", "run_id", "kind", "device_id"),
)

raws = Table(
    "raws",
    metadata,
    Column("sha256", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),  # zlib over UTF-8
    PrimaryKeyConstraint("sha256", name="raws_key"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
    Column("check_id", String(128), nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("site", Text),
    Column("platform", Text),
    Column("outcome", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("detail", Text, nullable=False),  # JSON: values, evidence, commands, missing, traceback, waiver
    Index("findings_run", "run_id", "id"),
    Index("findings_subject", "run_id", "check_id", "subject_kind", "subject"),
)

# One row for everything that ever failed; findings of a run point here by fingerprint.
histories = Table(
    "histories",
    metadata,
    Column("fingerprint", String(32), nullable=False),
    Column("check_id", String(128), nullable=False),
    Column("subject_kind", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("first_run", Integer, nullable=False),
    Column("last_run", Integer),  # None: the last run that saw it is being judged again
    Column("resolved_at", Moment),
    PrimaryKeyConstraint("fingerprint", name="histories_key"),
    Index("histories_open", "resolved_at", "check_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Index("decisions_subject", "kind", "subject"),
)

attestations = Table(
    "attestations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("item", String(64), nullable=False),
    Column("object", Text, nullable=False),
    Column("result", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("attested_by", Text, nullable=False),
    Column("attested_at", Moment, nullable=False),
    Column("until", Date, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("compensated_by", String(64), nullable=False),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started", Moment, nullable=False),
    Column("finished", Moment),
    Column("options", Text, nullable=False),  # JSON
)

# One row for every address that ever answered a sweep.
sightings = Table(
    "sightings",
    metadata,
    Column("address", String(64), nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("sweep_id", Integer, ForeignKey("sweeps.id"), nullable=False),  # the last that heard it
    Column("gone_since", Moment),
    Column("body", LargeBinary, nullable=False),  # zlib over JSON
    PrimaryKeyConstraint("address", name="sightings_key"),
)

# One row for every look at a device's counters between runs.
polls = Table(
    "polls",
    metadata,
    Column("id", Integer, primary_key=True),  # the order in which they came: a clock may be set back
    Column("target", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("families", Text),  # JSON: a connect over each; NULL: it was polled over one of them alone
    Index("polls_target", "target", "at"),
    Index("polls_at", "at"),
)

# Polls folded into intervals, some at a time: what a day of a large county is judged by.
folds = Table(
    "folds",
    metadata,
    Column("id", Integer, primary_key=True),  # the order in which they came
    Column("target", Text, nullable=False),
    Column("since", Moment, nullable=False),  # the earliest and the latest poll in it
    Column("until", Moment, nullable=False),
    Column("last_poll", Integer, nullable=False),  # the poll that ends it; it is kept, for the next begins with it
    Column("body", LargeBinary, nullable=False),  # zlib over JSON and columns
    Column("families", LargeBinary),  # zlib over JSON: the polls' connects over each; NULL: none has any
    Index("folds_target", "target", "id"),
    Index("folds_until", "until"),
)
