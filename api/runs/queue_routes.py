"""The queue of all runs, for administrators: that a run is there and what it costs, nothing of what it is about."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.answers.problems import ServiceError, not_found
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.runs.queue import ask_cancel
from api.runs.schemas import QueuedOut
from api.runs.shares import LIVE, Line, line
from api.storage.database import utc
from api.storage.tables import runs
from engine.words import message

router = Router(prefix="/v1/queue", tags=["queue"])


@router.get("")
def list_queue(limit: Limit = 100, after: After = None, context: Context = allowed("queue.read")) -> Page[QueuedOut]:
    """The runs that wait or are computed, by id; `before` says how many others come before one that waits."""
    asked = sa.select(runs).where(runs.c.state.in_(LIVE))
    asked = asked if after is None else asked.where(runs.c.id > after)
    rows = context.connection.execute(asked.order_by(runs.c.id).limit(limit + 1)).all()
    waiting = line(context.connection, expired=False)
    return page([_queued_out(row, waiting) for row in rows], limit, [row.id for row in rows])


@router.post("/{queued_id}/cancellation", status_code=202, response_model=QueuedOut)
def cancel_queued(queued_id: str, context: Context = allowed("queue.cancel")) -> Response:
    """Cancel a run of anybody; one that has ended stays as it is (409)."""
    mine = sa.select(runs).where(runs.c.id == queued_id)
    found = context.connection.execute(mine.with_for_update()).one_or_none()
    if found is None:
        raise not_found()
    if found.state not in LIVE:
        raise ServiceError(409, message("The run is {state} already.", state=found.state))
    ask_cancel(context.connection, queued_id)
    context.record("run.cancelled", f"run/{queued_id}")
    row = context.connection.execute(mine).one()
    return context.answer(_queued_out(row, line(context.connection, expired=False)), 202)


def _queued_out(row: sa.Row[Any], waiting: Line) -> QueuedOut:
    told = {name: row._mapping[name] for name in QueuedOut.model_fields if name != "before"}
    return QueuedOut.model_validate(told | {"before": waiting.before(row.id), "created_at": utc(row.created_at)})
