"""Run by Alembic for every upgrade: over the connection that the store opened, inside its transaction."""

from __future__ import annotations

from alembic import context

from inventory.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
