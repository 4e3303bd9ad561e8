"""The first schema: registers, runs, devices, facts, raw answers, findings with their history, decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.String(32)


def upgrade() -> None:
    """Makes all tables."""
    _registers_and_runs()
    _devices()
    _findings()
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=False),
    )
    op.create_index("decisions_subject", "decisions", ["kind", "subject"])


def _registers_and_runs() -> None:
    op.create_table(
        "registers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("imported_at", _MOMENT, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("row_count", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("playbook", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("started", _MOMENT, nullable=False),
        sa.Column("finished", _MOMENT),
        sa.Column("options", sa.Text, nullable=False),
        sa.Column("register_id", sa.Integer, sa.ForeignKey("registers.id")),
    )


def _devices() -> None:
    op.create_table(
        "devices",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("taken_at", _MOMENT, nullable=False),
        sa.Column("platform", sa.Text),
        sa.Column("site", sa.Text),
        sa.Column("role", sa.Text),
        sa.Column("tags", sa.Text, nullable=False),
        sa.UniqueConstraint("run_id", "target", name="devices_target"),
    )
    op.create_index("devices_run", "devices", ["run_id", "id"])
    op.create_table(
        "facts",
        sa.Column("device_id", sa.Integer, sa.ForeignKey("devices.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("run_id", sa.Integer, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("device_id", "kind", name="facts_key"),
    )
    op.create_index("facts_kind", "facts", ["run_id", "kind", "device_id"])
    op.create_table(
        "raws",
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="raws_key"),
    )


def _findings() -> None:
    op.create_table(
        "findings",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run_id", sa.Integer, sa.ForeignKey("runs.id", ondelete="CASCADE"), nullable=False),
        sa.Column("check_id", sa.String(128), nullable=False),
        sa.Column("subject_kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("platform", sa.Text),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("findings_run", "findings", ["run_id", "id"])
    op.create_index("findings_subject", "findings", ["run_id", "check_id", "subject_kind", "subject"])
    op.create_table(
        "histories",
        sa.Column("fingerprint", sa.String(32), nullable=False),
        sa.Column("check_id", sa.String(128), nullable=False),
        sa.Column("subject_kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("first_seen", _MOMENT, nullable=False),
        sa.Column("first_run", sa.Integer, nullable=False),
        sa.Column("last_run", sa.Integer),
        sa.Column("resolved_at", _MOMENT),
        sa.PrimaryKeyConstraint("fingerprint", name="histories_key"),
    )
    op.create_index("histories_open", "histories", ["resolved_at", "check_id"])
