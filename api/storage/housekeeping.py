"""What is kept for a time only: answers for repeated requests, sessions that have ended, counts of attempts."""

from __future__ import annotations

import time
from datetime import timedelta

import sqlalchemy as sa

from api.storage.database import now, transaction
from api.storage.tables import attempts, idempotency, sessions

ANSWERS, ENDED = timedelta(days=7), timedelta(days=30)
ATTEMPTS_SECONDS = 86_400


def keep_house(engine: sa.Engine) -> None:
    """Delete what is too old to be of use."""
    with transaction(engine) as connection:
        connection.execute(idempotency.delete().where(idempotency.c.created_at < now() - ANSWERS))
        connection.execute(sessions.delete().where(sessions.c.expires_at < now() - ENDED))
        connection.execute(attempts.delete().where(attempts.c.window < int(time.time()) - ATTEMPTS_SECONDS))
