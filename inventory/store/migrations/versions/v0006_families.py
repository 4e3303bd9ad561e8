"""Families: polls over both IPv4 and IPv6."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Makes the columns; polls that were kept before went over one family alone."""
    op.add_column("polls", sa.Column("families", sa.Text))
    op.add_column("folds", sa.Column("families", sa.LargeBinary))
