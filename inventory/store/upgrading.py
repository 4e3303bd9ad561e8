"""The schema of a database brought up to today's; Alembic lives here."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from inventory.errors import StoreError
from inventory.text import Text

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(connection: Connection, found: str | None, where: str) -> None:
    """Runs the migrations after ``found`` (None: all) in the connection's transaction; StoreError for one unknown."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError(
            Text(
                f"{where}：数据库由更新版本的 hecha 建立（{found}），请升级 hecha",
                f"{where}: a newer hecha made this database ({found}); upgrade hecha",
            )
        )
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
