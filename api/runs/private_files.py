"""The files of runs that hold profiles, and how they are forgotten."""

from __future__ import annotations

import sqlalchemy as sa

from api.identity.access import ORIGIN
from api.storage.tables import CHECKPOINT, INPUT, run_files, runs


def forget_inputs(connection: sa.Connection, within: list[str], country: str) -> int:
    """Delete what ended runs of programmes read of a country's workers; they can't be replayed any more.

    What runs under way have read is deleted when they end (`api.runs.queue`).
    """
    theirs = sa.or_(runs.c.role != ORIGIN, runs.c.country == country)
    read = sa.and_(runs.c.programme_id.in_(within), theirs)
    ended = sa.select(runs.c.id).where(read, runs.c.state.not_in(("queued", "running")))
    connection.execute(run_files.delete().where(run_files.c.run_id.in_(ended), private_files()))
    marked = runs.update().where(read, runs.c.replayable.is_(True))
    return connection.execute(marked.values(replayable=False)).rowcount


def private_files() -> sa.ColumnElement[bool]:
    """The files of runs that hold profiles."""
    return sa.or_(run_files.c.name == INPUT, run_files.c.name.startswith(CHECKPOINT))
