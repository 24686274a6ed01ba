"""One engine a process, one transaction a request; SQLite for one machine, PostgreSQL for any number.

Invariant: nobody waits without end. Whoever waits for a lock longer than `lock_seconds`, or asks for what takes longer
than `statement_seconds`, gets an error that `api.answers.database_problems` knows as a busy database; a process that
stands still in the middle of a transaction loses it, with its locks.
"""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite

from api.settings import settings
from engine.errors import CallError
from engine.words import message

READ_ONLY = "vaiven_read_only"
COMPUTING_SECONDS = 600  # how long a transaction that writes may stand idle while something is computed in it
RESTED_SECONDS = 1.0  # after which a connection may be gone without anybody having noticed
_ONE_WRITER = threading.RLock()  # on SQLite, so that writers of this process wait in line and not by trying


def new_id() -> str:
    """An id that can't be guessed and sorts by its time of creation: 12 digits of milliseconds, 20 drawn."""
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def utc(moment: datetime) -> datetime:
    """A moment as it was stored; SQLite forgets the zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


@lru_cache(maxsize=4)
def database(url: str = "") -> sa.Engine:
    """The engine of a database, by default that of the settings."""
    address = sa.make_url(url or settings().database_url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite":
        return _sqlite(address)
    limits = " ".join(f"-c {name}={value}" for name, value in _limits().items())
    options = f"{address.query.get('options', '')} {limits}".strip()
    engine = sa.create_engine(
        address.difference_update_query(["options"]),
        pool_size=20,
        max_overflow=30,
        pool_timeout=settings().lock_seconds,
        hide_parameters=True,
        connect_args={"options": options, "connect_timeout": math.ceil(settings().lock_seconds)},
    )
    _ask_whether_there(engine)
    return engine


def _ask_whether_there(engine: sa.Engine) -> None:
    """Ask a connection that rested whether it is still there, before it is used. One that was used just now isn't
    asked: that would be every eighth round trip of a read, and where it is gone all the same, 503 says so.
    """

    @sa.event.listens_for(engine, "checkin")
    def _rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def _used(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("rests_since", math.inf) < RESTED_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise sa.exc.DisconnectionError from error  # the pool makes another


def _limits() -> dict[str, int]:
    """PostgreSQL's own time-outs, in milliseconds."""
    statement = round(1000 * settings().statement_seconds)
    return {
        "lock_timeout": round(1000 * settings().lock_seconds),
        "statement_timeout": statement,
        "idle_in_transaction_session_timeout": statement,
    }


def lift_limits(connection: sa.Connection) -> None:
    """Let a transaction take as long as it takes: a migration is no request."""
    if is_postgresql(connection):
        for name in _limits():
            connection.exec_driver_sql(f"SET LOCAL {name} = 0")


def allow_computing(connection: sa.Connection) -> None:
    """Let a transaction stand idle while something is computed with what it has read.

    One that reads alone keeps nobody from anything, and may do so without end; another for `COMPUTING_SECONDS`.
    """
    if is_postgresql(connection):
        alone = connection.get_execution_options().get(READ_ONLY, False)
        most = 0 if alone else 1000 * COMPUTING_SECONDS
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = {most}")


def _sqlite(address: sa.URL) -> sa.Engine:
    wait = settings().lock_seconds
    engine = sa.create_engine(
        address,
        pool_size=20,
        max_overflow=30,
        pool_timeout=wait,
        hide_parameters=True,
        connect_args={"timeout": wait, "check_same_thread": False},
    )

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where we say so
        connection.create_function("lower", 1, _lower, deterministic=True)  # its own knows ASCII alone
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={round(1000 * wait)}"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def _begun(connection: sa.Connection) -> None:
        deferred = connection.get_execution_options().get(READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if deferred else "BEGIN IMMEDIATE")

    return engine


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


@contextmanager
def transaction(engine: sa.Engine, read_only: bool = False) -> Iterator[sa.Connection]:
    """A transaction that is committed at the end, or rolled back by an error (but for one that ``keeps``)."""
    with (
        _alone(read_only or is_postgresql(engine)),
        engine.connect().execution_options(**{READ_ONLY: read_only}) as connection,
    ):
        try:
            yield connection
        except Exception as error:
            (connection.commit if getattr(error, "keeps", False) else connection.rollback)()
            raise
        connection.commit()


@contextmanager
def one_moment(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A transaction that reads alone, and sees one moment however much it reads."""
    with transaction(engine, read_only=True) as connection:
        if is_postgresql(connection):
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield connection


@contextmanager
def _alone(shared: bool) -> Iterator[None]:
    """The one writer of this process, unless others may write too. Raises SQLAlchemy's `TimeoutError`."""
    if shared:
        yield
        return
    if not _ONE_WRITER.acquire(timeout=settings().lock_seconds):
        raise sa.exc.TimeoutError("Others of this process are writing.")
    try:
        yield
    finally:
        _ONE_WRITER.release()


def is_postgresql(connection: sa.Connection | sa.Engine) -> bool:
    """Whether this is PostgreSQL."""
    return connection.dialect.name == "postgresql"


def inserting(connection: sa.Connection | sa.Engine, table: sa.Table) -> Any:
    """An insert of this database's own kind, which can say what to do where a row of the same key is there."""
    return (postgresql.insert if is_postgresql(connection) else sqlite.insert)(table)


def insert_new(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one of its key is there; whether it was inserted. Waits for whoever inserts it just now."""
    return connection.scalar(_inserted_new(connection.dialect.name, table), dict(values)) is not None


@lru_cache(maxsize=64)
def _inserted_new(dialect: str, table: sa.Table) -> Any:
    """Put together once a table: compiling what was put together anew is what such an insert costs most."""
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().returning(sa.literal(1))


def migrations(engine: sa.Engine) -> Config:
    """The configuration of alembic for a database."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = engine
    return config


def upgrade(engine: sa.Engine) -> None:
    """Bring the schema to the newest version."""
    command.upgrade(migrations(engine), "head")


def require_current_schema(engine: sa.Engine) -> None:
    """Raise `CallError` where the schema isn't that of this version."""
    wanted = ScriptDirectory.from_config(migrations(engine)).get_current_head()
    with transaction(engine, read_only=True) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise CallError(
            message(
                "The database has schema {value}, this version needs {wanted}.", value=found or "none", wanted=wanted
            ),
            message("Run vaiven database upgrade."),
        )
