"""Opening the database: engine, schema, and errors told in the reader's words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from inventory.errors import StoreError, reason
from inventory.text import Text

HEAD = "0006"  # the newest migration; a test holds it against the migrations folder
Connecting = Callable[[], AbstractContextManager[Connection]]  # a transaction, or a reading of what was committed
_ADVISORY_LOCK = 0x6865636861  # PostgreSQL: who migrates holds this
_WORDS = {
    "SQLITE_FULL": Text("磁盘已满，最近的数据没有写入", "the disk is full; the latest data were not written"),
    "SQLITE_BUSY": Text("数据库正被另一个进程占用", "another process keeps the database locked"),
    "SQLITE_LOCKED": Text("数据库正被另一个进程占用", "another process keeps the database locked"),
    "SQLITE_NOTADB": Text("不是 hecha 的数据库文件", "this is not a database of hecha"),
    "SQLITE_CORRUPT": Text("数据库文件已损坏", "the database file is damaged"),
    "SQLITE_CANTOPEN": Text(
        "打不开数据库文件；所在文件夹是否可写？", "the database file cannot be opened; can its folder be written to?"
    ),
    "SQLITE_READONLY": Text("数据库文件只读", "the database file is read-only"),
    "SQLITE_PERM": Text("没有权限访问数据库文件", "access to the database file is not permitted"),
    "SQLITE_IOERR": Text(
        "读写数据库文件出错，磁盘是否已满？", "reading or writing the database file failed; is the disk full?"
    ),
    "53100": Text(
        "数据库服务器磁盘已满，最近的数据没有写入", "the server's disk is full; the latest data were not written"
    ),
    "28P01": Text("数据库拒绝了用户名或口令", "the database refused user name or password"),
    "28000": Text("数据库拒绝了该用户", "the database refused the user"),
    "3D000": Text("数据库服务器上没有这个数据库", "the server has no such database"),
    "55P03": Text("数据库正被另一个进程占用", "another process keeps the database locked"),
}


def database_url(where: str | Path) -> URL:
    """The SQLAlchemy URL of a path or URL; StoreError for what is neither SQLite nor PostgreSQL."""
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite", database=str(where))
    try:
        url = make_url(where)
    except ArgumentError:
        raise StoreError(Text("数据库地址写得不对", "the database URL cannot be understood")) from None
    kind = url.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise StoreError(
            Text(f"不支持 {kind}，可用 sqlite 或 postgresql", f"{kind} is not supported; use sqlite or postgresql")
        )
    return url.set(drivername="postgresql+psycopg") if kind == "postgresql" else url


def named(url: URL) -> str:
    """The database as a message may show it: never its password."""
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def connected(url: URL, *, create: bool, busy_timeout_s: float) -> Engine:
    """An engine over a database that has today's schema; StoreError when there is none to be had."""
    if url.get_backend_name() == "sqlite":
        _prepare_file(url, create)
    with told(url):
        engine = _engine(url, busy_timeout_s)
        try:
            _bring_up_to_date(engine, url)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _prepare_file(url: URL, create: bool) -> None:
    path = Path(url.database or "")
    if path.exists():
        return
    if not create:
        raise StoreError(
            Text(f"{path}：还没有数据库，先运行一次采集", f"{path}: there is no database yet; run a census first")
        )
    try:
        path.touch(mode=0o600)  # what it will hold is for its owner alone
    except OSError as error:
        why = reason(error)
        raise StoreError(
            Text(f"{path}：不能建立数据库（{why.zh}）", f"{path}: cannot make the database ({why.en})")
        ) from None


def _engine(url: URL, busy_timeout_s: float) -> Engine:
    # hide_parameters: what devices said never stands in an error or a log line of the library.
    if url.get_backend_name() == "postgresql":
        return create_engine(url, hide_parameters=True, pool_size=8, max_overflow=32, pool_pre_ping=True)
    engine = create_engine(
        url, hide_parameters=True, pool_size=8, max_overflow=64, connect_args={"timeout": busy_timeout_s}
    )
    event.listen(engine, "connect", _sqlite_settings)
    return engine


def _sqlite_settings(connection: sqlite3.Connection, _: object) -> None:
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
    except sqlite3.Error:
        connection.close()
        raise


def _bring_up_to_date(engine: Engine, url: URL) -> None:
    with engine.connect() as connection:
        if _version(connection) == HEAD:
            return
    with engine.connect() as connection:
        _hold_migrations(connection)
        found = _version(connection)  # another process may have been faster
        if found != HEAD:
            from inventory.store.upgrading import upgrade  # loads a library that no other start needs

            upgrade(connection, found, named(url))
        connection.commit()


def _hold_migrations(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def _version(connection: Connection) -> str | None:
    """The migration the database stands at; None for an empty database, StoreError for somebody else's."""
    tables = set(inspect(connection).get_table_names())
    if "alembic_version" not in tables:
        if tables & {"runs", "devices", "facts"}:
            raise StoreError(_WORDS["SQLITE_NOTADB"])
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else None


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turns what the database library raises into one StoreError that a person can act on."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise StoreError(_told(error, url)) from None
    except ModuleNotFoundError as error:
        needed = Text("缺少 PostgreSQL 驱动：pip install 'hecha[postgresql]'", "needs pip install 'hecha[postgresql]'")
        raise StoreError(_placed(needed, url)) from (None if error.name == "psycopg" else error)


def _told(error: Exception, url: URL) -> Text:
    if isinstance(error, NoSuchModuleError):
        return _placed(Text("没有这种数据库的驱动", "there is no driver for such a database"), url)
    code = _code(getattr(error, "orig", None) or error)
    for known, words in _WORDS.items():
        if code == known or code.startswith(f"{known}_"):
            return _placed(words, url)
    # A library's own message may quote values; its class and code are enough to look it up.
    what = " ".join(part for part in (type(getattr(error, "orig", None) or error).__name__, code) if part)
    if _is_connection_trouble(error):
        return _placed(Text(f"连不上数据库服务器（{what}）", f"the database server cannot be reached ({what})"), url)
    return _placed(Text(f"数据库出错（{what}）", f"the database failed ({what})"), url)


def _code(error: Any) -> str:
    return str(getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or "")


def _is_connection_trouble(error: Exception) -> bool:
    original = getattr(error, "orig", None)
    return type(original).__module__.startswith("psycopg") and type(original).__name__ in (
        "OperationalError",
        "ConnectionTimeout",
    )


def _placed(words: Text, url: URL) -> Text:
    where = named(url)
    return Text(f"{where}：{words.zh}", f"{where}: {words.en}")
