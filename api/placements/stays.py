"""What an ended stay leaves in the register of histories.

Invariant: a worker who came home, or dropped out after the arrival, has one row of that stay in ``history``, whatever
is recorded how often: one that stands there already, or meets another stay of the worker, is left as its ministry
wrote it. A step that is taken back takes its row with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from api.storage.database import now
from api.storage.operation_states import HOME
from api.storage.tables import orders, registers

Row = sa.Row[Any]


def keep_stays(connection: sa.Connection, programme_id: str, found: Sequence[Row], state: str) -> None:
    """Keep the stays that a step ends; ``found`` are the operations as they were before it."""
    ended = [row for row in found if state == HOME or (state == "dropped" and row.state == "arrived")]
    if not ended:
        return
    known = _known_stays(connection, programme_id, {row.worker_id for row in ended})
    occupations = _occupations(connection, programme_id, {row.order_id for row in ended})
    today = now().date().isoformat()
    stays = []
    for row in sorted(ended, key=lambda one: one.start_date):
        last = min(row.end_date, max(row.start_date, today))
        others = known.get(row.worker_id)
        if others is None or any(row.start_date <= end and begin <= last for begin, end in others):
            continue
        others.append((row.start_date, last))
        stays.append(
            {
                "programme_id": programme_id,
                "worker_id": row.worker_id,
                "employer_id": row.employer_id,
                "isco08": occupations.get(row.order_id, ""),
                "destination_country": row.destination_country,
                "start_date": row.start_date,
                "end_date": last,
                "exit_reason": "completed" if state == HOME else "early_return",
            }
        )
    if stays:
        connection.execute(registers["history"].insert(), stays)


def forget_stay(connection: sa.Connection, operation: Row) -> None:
    """Take the row of a stay that hasn't ended after all out of the register, also where it was corrected there."""
    history = registers["history"]
    gone = history.delete().where(history.c.programme_id == operation.programme_id)
    for name in ("worker_id", "employer_id", "start_date"):
        gone = gone.where(history.c[name] == operation._mapping[name])
    connection.execute(gone)


def _known_stays(connection: sa.Connection, programme_id: str, workers: set[str]) -> dict[str, list[tuple[str, str]]]:
    """The stays of workers, as (first day, last day); who isn't in the programme's register any more has no entry."""
    register, history = registers["workers"].c, registers["history"].c
    there = sa.select(register.worker_id).where(
        register.programme_id == programme_id, register.worker_id.in_(sorted(workers))
    )
    known: dict[str, list[tuple[str, str]]] = {worker: [] for worker in connection.scalars(there)}
    asked = sa.select(history.worker_id, history.start_date, history.end_date)
    for worker, begin, end in connection.execute(
        asked.where(history.programme_id == programme_id, history.worker_id.in_(sorted(known)))
    ):
        known[worker].append((begin, end))
    return known


def _occupations(connection: sa.Connection, programme_id: str, ids: set[str]) -> dict[str, str]:
    asked = sa.select(orders.c.order_id, orders.c.isco08).where(
        orders.c.programme_id == programme_id, orders.c.order_id.in_(sorted(ids))
    )
    return {order: isco08 for order, isco08 in connection.execute(asked)}
