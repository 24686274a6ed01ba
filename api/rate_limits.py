"""How often something may be done: counted in the database where it must hold for all processes, else in memory."""

from __future__ import annotations

import threading
import time

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.settings import settings
from api.storage.account_tables import attempts
from api.storage.database import database, inserting, transaction
from engine.words import message


def count_attempt(engine: sa.Engine, key: str, most: int, seconds: int) -> None:
    """Count an attempt, in a transaction of its own; raises 429 where there were ``most`` in this window of time."""
    with transaction(engine) as connection:
        count = count_in_window(connection, key, seconds)
    if count > most:
        raise too_many(seconds)


def count_within(connection: sa.Connection, key: str, most: int, seconds: int) -> None:
    """Count an attempt within a transaction that writes anyway; the count is kept though the attempt is refused."""
    if count_in_window(connection, key, seconds) > most:
        raise too_many(seconds, keeps=True)


def counted_in_window(connection: sa.Connection, key: str, seconds: int) -> int:
    """How many were counted in this window of time."""
    asked = sa.select(attempts.c.count).where(attempts.c.key == key, attempts.c.window == window_of(seconds))
    return int(connection.scalar(asked) or 0)


def count_in_window(connection: sa.Connection, key: str, seconds: int) -> int:
    """Count one in this window of time; how many it makes."""
    window = window_of(seconds)
    first = inserting(connection, attempts).values(key=key, window=window, count=1)
    counted = first.on_conflict_do_update(
        index_elements=["key", "window"], set_={"count": attempts.c.count + 1}
    ).returning(attempts.c.count)
    count = int(connection.scalar(counted) or 0)
    if count == 1:
        connection.execute(attempts.delete().where(attempts.c.key == key, attempts.c.window < window))
    return count


def count_check(account_id: str) -> None:
    """Count a check, which reads a whole programme; raises 429 beyond what the settings allow."""
    count_attempt(database(), f"check {account_id}", settings().checks_per_minute, 60)


class RequestLimit:
    """At most so many requests a minute for each key, in one process: a bucket that fills evenly."""

    def __init__(self, per_minute: int) -> None:
        self._most, self._rate = float(per_minute), per_minute / 60
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: str) -> float:
        """Take one; the seconds to wait where there is none, else 0."""
        at = time.monotonic()
        with self._lock:
            left, before = self._buckets.get(key, (self._most, at))
            left = min(self._most, left + (at - before) * self._rate)
            if len(self._buckets) > 10_000:
                self._buckets.clear()
            self._buckets[key] = (left - 1 if left >= 1 else left, at)
        return 0.0 if left >= 1 else (1 - left) / self._rate


def too_many(seconds: int, keeps: bool = False) -> ServiceError:
    """What is told (429) until the next window of so many seconds."""
    wait = max(1, int(seconds - time.time() % seconds) + 1)
    error = ServiceError(
        429, message("Too many; try again in {wait} s.", wait=wait), headers={"Retry-After": str(wait)}
    )
    error.keeps = keeps
    return error


def window_of(seconds: int) -> int:
    """The beginning of this window of time, in seconds of the clock."""
    return int(time.time()) // seconds * seconds
