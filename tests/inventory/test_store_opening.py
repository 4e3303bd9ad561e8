"""Databases that cannot be used: one clear message each. And the schema's way from empty to today."""

from __future__ import annotations

import random
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event

from inventory.errors import ExitCode, Missing, StoreError
from inventory.facts import Counter, Identity, Reachability
from inventory.snapshot import DeviceRecord, Snapshot, State
from inventory.store import RunState, Store, engine
from inventory.store.tables import metadata
from inventory.traffic import BothAsked, Poll


def refusal(where: str | Path, *, create: bool = True) -> StoreError:
    with pytest.raises(StoreError) as raised:
        Store.open(where, create=create)
    error = raised.value
    assert error.exit_code is ExitCode.BAD_INPUT
    assert error.text.zh != error.text.en
    assert "\n" not in error.text.en
    return error


def test_new_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"
    Store.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_no_database_where_none_is_to_be_made(tmp_path: Path) -> None:
    error = refusal(tmp_path / "hecha.db", create=False)
    assert "hecha.db" in error.text.en
    assert not (tmp_path / "hecha.db").exists()


def test_not_a_database(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"
    path.write_text("name,address\n" * 100)
    assert "not a database" in refusal(path).text.en
    assert path.read_text().startswith("name,address")


def test_somebody_elses_database(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE devices (colour TEXT)")
    other.close()
    assert "not a database of hecha" in refusal(path).text.en


def test_damaged_database(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"
    Store.open(path).close()
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    path.write_bytes(content)
    assert "damaged" in refusal(path).text.en


@pytest.mark.parametrize("name", ["nowhere/hecha.db", "."])
def test_place_that_cannot_hold_it(tmp_path: Path, name: str) -> None:
    assert str(tmp_path / name) in refusal(tmp_path / name).text.en


@pytest.mark.parametrize("url", ["mysql://root@localhost/x", "nonsense://", "oracle+x://h/x", "://"])
def test_database_of_another_kind(url: str) -> None:
    assert "Traceback" not in refusal(url).text.en


def test_server_that_is_not_there_and_its_password_is_not_shown() -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'hecha[postgresql]'")
    error = refusal("postgresql://hecha:geheim@127.0.0.1:1/hecha?connect_timeout=2")
    assert "cannot be reached" in error.text.en
    assert "geheim" not in error.text.en + error.text.zh + repr(error)


def test_locked(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"
    with Store.open(path, busy_timeout_s=0.05) as store:
        other = sqlite3.connect(path)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            store.create_run("p")
        other.rollback()
        other.close()
        assert store.create_run("p") == 1


def test_full_disk_writes_nothing_and_can_be_tried_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "hecha.db")
    run = store.create_run("p")
    made = Snapshot(DeviceRecord("t", "::1", State.ANSWERED, datetime(2026, 1, 1, tzinfo=UTC)), {Identity: Identity()})
    event.listen(store._engine, "checkout", _no_room)
    store.save_device(run, made)
    store.keep_raw(random.Random(1).randbytes(200_000).hex())
    with pytest.raises(StoreError, match="disk is full"):
        store.flush()
    event.remove(store._engine, "checkout", _no_room)
    event.listen(store._engine, "checkout", _room)
    assert store.done_targets(run) == {"t"}
    store.close()


def _no_room(connection: sqlite3.Connection, *_: object) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")


def _room(connection: sqlite3.Connection, *_: object) -> None:
    connection.execute("PRAGMA max_page_count=1000000")


def test_newer_schema_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"
    Store.open(path).close()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "upgrade hecha" in refusal(path).text.en


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)


def test_head_is_the_newest_migration() -> None:
    assert _scripts().get_heads() == [engine.HEAD]


def test_migrations_make_the_tables_of_today(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"
    Store.open(path).close()
    database = create_engine(f"sqlite:///{path}")
    with database.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.dispose()


@pytest.mark.parametrize("revision", [script.revision for script in _scripts().walk_revisions()])
def test_older_database_is_brought_up_to_date_with_all_that_it_holds(tmp_path: Path, revision: str) -> None:
    """One of each earlier version, holding what today's would of a run."""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    taken = datetime(2026, 1, 1, tzinfo=UTC)
    made = Snapshot(DeviceRecord("t", "::1", State.ANSWERED, taken), {Identity: Identity(vendor="H3C")})
    with Store.open(new) as store:
        run = store.create_run("p")
        store.save_device(run, made)
        store.finish_run(run, RunState.FINISHED, at=taken)
    _make(old, revision)
    _copy(new, old)
    with Store.open(old, create=False) as store:
        assert [(each.playbook, each.state) for each in store.runs()] == [("p", RunState.FINISHED)]
        assert list(store.snapshots(run)) == [made]
        assert list(store.sightings.seen()) == []
        assert list(store.attestations()) == []
        assert list(store.decisions()) == []
    with sqlite3.connect(old) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(engine.HEAD,)]
    connection.close()


def test_polls_of_before_both_families_are_judged_as_they_were_and_new_ones_over_both(tmp_path: Path) -> None:
    old, new, began = tmp_path / "old.db", tmp_path / "new.db", datetime(2026, 1, 1, tzinfo=UTC)
    kept = [
        Poll("t", began + timedelta(minutes=5 * n), 60.0 + 300 * n, (Counter("e", n, n),), (1.0,)) for n in range(20)
    ]
    with Store.open(new) as store:
        store.traffic.keep(kept)
        store.traffic.fold()
        run = store.create_run("p", started=began + timedelta(hours=2))
        before = repr(store.traffic.history(run).watch("t"))
    _make(old, "0005")
    _copy(new, old)
    with Store.open(old, create=False) as store:
        assert repr(store.traffic.history(run).watch("t")) == before
        assert isinstance(store.traffic.history(run).reached("t"), Missing)
        both = BothAsked("10.0.0.1", 2.0, "fd00::1", None)
        store.traffic.keep([replace(each, at=each.at + timedelta(hours=2), both=both) for each in kept])
        store.traffic.fold()
        found = store.traffic.history(run).reached("t")
        assert isinstance(found, Reachability)
        assert [(answer.tried, answer.answered) for answer in found.items] == [(20, 20), (20, 0)]


def _make(path: Path, revision: str) -> None:
    """An empty database of an earlier version."""
    database = create_engine(f"sqlite:///{path}")
    config = Config()
    config.set_main_option("script_location", str(Path(engine.__file__).parent / "migrations"))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.dispose()


def _copy(source: Path, into: Path) -> None:
    """The rows of the tables and columns that both have."""
    with sqlite3.connect(into) as database:
        database.execute("ATTACH ? AS source", (str(source),))
        for table in metadata.sorted_tables:
            had, has = (
                [row[1] for row in database.execute(f"PRAGMA {schema}.table_info({table.name})")]
                for schema in ("main", "source")
            )
            if names := ", ".join(f'"{name}"' for name in had if name in has):
                database.execute(f"INSERT INTO main.{table.name} ({names}) SELECT {names} FROM source.{table.name}")
    database.close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"
    with Store.open(path) as store:
        run = store.create_run("p")
    with Store.open(path) as store:
        assert store.run(run).playbook == "p"


def test_many_open_an_empty_one_at_once(tmp_path: Path) -> None:
    path = tmp_path / "hecha.db"

    def visit(n: int) -> int:
        with Store.open(path) as store:
            return store.create_run(str(n))

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(visit, range(6))) == [1, 2, 3, 4, 5, 6]
