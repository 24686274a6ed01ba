"""What a failing database is to whoever asked: away or busy (503, come again), a conflict (409), or a fault of ours.

Invariant: an outage of the database, of any kind and at any moment of a request, is answered by 503 with Retry-After.
"""

from __future__ import annotations

import sqlalchemy as sa

from api.answers.problems import TITLES, Problem
from engine.words import message

RETRY_SECONDS = 2
# SQLSTATEs of PostgreSQL, by their beginnings.
CLASHES = ("23505", "40001", "40P01")  # a key that is taken, a serialization failure, a deadlock
BUSY = ("55P03", "57014")  # a lock or a statement that took too long
AWAY = ("08", "53", "57P", "58", "25P03", "25006")  # connections, resources, shutdown, disk, idle too long, a standby
SQLITE_CLASH = "UNIQUE constraint failed"
SQLITE_BUSY = ("database is locked", "database table is locked", "interrupted")
SQLITE_AWAY = ("unable to open database", "disk I/O error", "database or disk is full", "attempt to write a readonly")


def database_problem(error: sa.exc.SQLAlchemyError, path: str) -> Problem | None:
    """The problem that an error of the database is; None for a fault of ours."""
    if isinstance(error, sa.exc.TimeoutError):
        return _unready("busy", message("The database is busy."), path)
    if not isinstance(error, sa.exc.DBAPIError):
        return None
    state, said = getattr(error.orig, "sqlstate", None), str(error.orig)
    if state in CLASHES or said.startswith(SQLITE_CLASH):
        detail, hint = message("Somebody changed the same thing at the same time."), message("Send it again.")
        kind = "urn:vaiven:problem:at-once"
        return Problem(type=kind, title=TITLES[409], status=409, detail=detail, hint=hint, instance=path)
    if state in BUSY or said.startswith(SQLITE_BUSY):
        return _unready("busy", message("Others are writing there just now."), path)
    if is_away(error):
        return _unready("away", message("The database can't be reached."), path)
    return None


def is_away(error: sa.exc.DBAPIError) -> bool:
    """Whether an error says that the database is away: it can't be reached, ends, or has no room."""
    state, said = getattr(error.orig, "sqlstate", None), str(error.orig)
    if error.connection_invalidated or said.startswith(SQLITE_AWAY):
        return True
    if state is not None:
        return str(state).startswith(AWAY)
    # psycopg gives no SQLSTATE where there was no server to give one; SQLite never gives any.
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError) and not _is_sqlite(error)


def _is_sqlite(error: sa.exc.DBAPIError) -> bool:
    return type(error.orig).__module__ == "sqlite3"


def _unready(kind: str, detail: str, path: str) -> Problem:
    name, hint = f"urn:vaiven:problem:database-{kind}", message("Nothing was done; send it again.")
    return Problem(type=name, title=TITLES[503], status=503, detail=detail, hint=hint, instance=path)
