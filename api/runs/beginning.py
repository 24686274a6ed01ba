"""How a run begins, asked by the interface or by a page, and what it will leave out, told before and kept after."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import Principal
from api.identity.visibility import orders_seen
from api.runs.kind import kinds
from api.runs.queue import ask_cancel, enqueue
from api.runs.schemas import RunIn
from api.runs.shares import LIVE, require_room
from api.runs.words import STATES
from api.storage.tables import orders
from engine.words import message

# States of orders that a run may read, and drafts, which none does.
FILED = ("draft", "submitted", "certified")


def begin_run(connection: sa.Connection, principal: Principal, programme_id: str, asked: RunIn) -> str:
    """Put a run into the queue; its id. Raises `InputError` for content that can't be run, 403 where a role may not run
    it, 429 where it has too many in the queue.
    """
    kind = kinds()[asked.kind]
    kind.check(connection, principal, programme_id, asked)
    require_room(connection, principal)
    options, long = asked.model_dump(exclude={"kind"}), kind.is_long(asked)
    return enqueue(connection, principal, programme_id, asked.kind, options, long)


def stop_run(connection: sa.Connection, run: sa.Row[Any]) -> None:
    """Ask for the end of a run. Raises 409 for one that has ended."""
    if run.state not in LIVE:
        raise ServiceError(409, message("The run has ended: {state}.", state=message(STATES[run.state])))
    ask_cancel(connection, run.id)


def orders_by_state(
    connection: sa.Connection, principal: Principal, programme_id: str
) -> dict[str, list[tuple[str, int]]]:
    """The orders that somebody sees and a run may read or leave out: (id, places) by state, of all of `FILED`."""
    seen = sa.and_(orders.c.programme_id == programme_id, orders.c.state.in_(FILED), orders_seen(principal))
    asked = sa.select(orders.c.order_id, orders.c.state, orders.c.headcount).where(seen).order_by(orders.c.order_id)
    found: dict[str, list[tuple[str, int]]] = {state: [] for state in FILED}
    for row in connection.execute(asked):
        found[row.state].append((row.order_id, int(float(row.headcount or 0))))
    return found


def left_out_of(found: dict[str, list[tuple[str, int]]], states: list[str], most: int) -> dict[str, Any]:
    """What a run that reads orders in some states leaves out: how many of each other state, and the first ids."""
    missing = {state: rows for state, rows in found.items() if state not in states}
    ids = sorted(order for rows in missing.values() for order, _ in rows)
    return {"orders": {state: len(rows) for state, rows in missing.items()}, "order_ids": ids[:most]}
