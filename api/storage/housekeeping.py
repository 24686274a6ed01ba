"""What is kept for a time only: answers, sessions and counts; events for webhooks; runs, what they read, and what they
could go on from.

Everything is deleted in small batches, each in a transaction of its own, so that nobody waits for it.
"""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from api.settings import settings
from api.storage.account_tables import api_keys, attempts, idempotency, sessions
from api.storage.database import now, transaction
from api.storage.tables import (
    BEGUN_FROM,
    CHECKPOINT,
    INPUT,
    kept_sheets,
    operations,
    order_check_variants,
    placements,
    run_files,
    runs,
    webhook_deliveries,
    webhooks,
)

ANSWERS, ENDED = timedelta(days=7), timedelta(days=30)
SHEETS = timedelta(hours=2)
ATTEMPTS_SECONDS = 8 * 86_400  # longer than any window in which attempts are counted
BATCH, MANY = 20, 500
Ids = list[str]


def keep_house(engine: sa.Engine, stop: threading.Event | None = None) -> None:
    """Delete what is too old to be of use, until ``stop`` is set."""
    with transaction(engine) as connection:
        weeks_ago = (now() - timedelta(days=14)).date().isoformat()
        connection.execute(order_check_variants.delete().where(order_check_variants.c.day < weeks_ago))
        connection.execute(idempotency.delete().where(idempotency.c.created_at < now() - ANSWERS))
        connection.execute(kept_sheets.delete().where(kept_sheets.c.created_at < now() - SHEETS))
        connection.execute(sessions.delete().where(sessions.c.expires_at < now() - ENDED))
        ended = sa.or_(api_keys.c.expires_at < now() - ENDED, api_keys.c.revoked_at < now() - ENDED)
        connection.execute(api_keys.delete().where(ended))
        connection.execute(attempts.delete().where(attempts.c.window < int(time.time()) - ATTEMPTS_SECONDS))
        replaced = webhooks.c.old_secret_until < now()
        connection.execute(webhooks.update().where(replaced).values(old_secret="", old_secret_until=None))
    for batch in (_old_runs, _old_inputs, _old_checkpoints, _old_deliveries):
        while stop is None or not stop.is_set():
            with transaction(engine) as connection:
                if not batch(connection):
                    break


def _old_runs(connection: sa.Connection) -> int:
    """Delete runs whose plan was never published, with all that is of them; how many."""
    published = sa.exists().where(operations.c.run_id == runs.c.id)
    old = sa.and_(runs.c.published_at.is_(None), _ended_before(settings().keep_unpublished_days), ~published)
    ids = _first(connection, sa.select(runs.c.id).where(old))
    for table in (placements, run_files):
        connection.execute(table.delete().where(table.c.run_id.in_(ids)))
    connection.execute(runs.delete().where(runs.c.id.in_(ids)))
    return len(ids)


def _old_inputs(connection: sa.Connection) -> int:
    """Delete what ended runs read and began from: they can't be replayed any more, and say so; of how many."""
    unpublished = sa.and_(runs.c.published_at.is_(None), _ended_before(settings().keep_inputs_days))
    published = sa.and_(runs.c.published_at.is_not(None), _ended_before(settings().keep_published_inputs_days))
    replayed = sa.or_(run_files.c.name == INPUT, run_files.c.name.startswith(BEGUN_FROM))
    kept = sa.exists().where(run_files.c.run_id == runs.c.id, replayed)
    ids = _first(connection, sa.select(runs.c.id).where(sa.or_(unpublished, published), kept))
    connection.execute(run_files.delete().where(run_files.c.run_id.in_(ids), replayed))
    connection.execute(runs.update().where(runs.c.id.in_(ids)).values(replayable=False))
    return len(ids)


def _old_checkpoints(connection: sa.Connection) -> int:
    """Delete checkpoints of runs that have ended, should any be left; of how many."""
    checkpoint = run_files.c.name.startswith(CHECKPOINT)
    kept = sa.exists().where(run_files.c.run_id == runs.c.id, checkpoint)
    ids = _first(connection, sa.select(runs.c.id).where(runs.c.ended_at.is_not(None), kept))
    connection.execute(run_files.delete().where(run_files.c.run_id.in_(ids), checkpoint))
    return len(ids)


def _old_deliveries(connection: sa.Connection) -> int:
    """Delete events for webhooks, sent or not; how many."""
    rows = webhook_deliveries.c
    old = rows.created_at < now() - timedelta(days=settings().keep_deliveries_days)
    ids = list(connection.scalars(sa.select(rows.id).where(old).order_by(rows.created_at).limit(MANY)))
    connection.execute(webhook_deliveries.delete().where(rows.id.in_(ids)))
    return len(ids)


def _ended_before(days: int) -> sa.ColumnElement[bool]:
    until: datetime = now() - timedelta(days=days)
    return runs.c.ended_at < until


def _first(connection: sa.Connection, asked: sa.Select[Any]) -> Ids:
    return list(connection.scalars(asked.order_by(runs.c.id).limit(BATCH)))
