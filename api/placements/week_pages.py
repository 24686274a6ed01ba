"""The week's work list as a page: the open steps of placements with their latest day, and places that came free."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.identity.visibility import operations_seen
from api.placements.tasks import TITLES, Task, lead_days, tasks_of
from api.requests.context import Context
from api.storage.database import now
from api.storage.operation_states import ENDED, OPEN
from api.storage.tables import operations

router = PageRouter(prefix="/programmes/{programme_id}/placement-week")
WEEK = timedelta(days=7)
MOST_CASES = 200


@dataclass(frozen=True)
class Due:
    """The placements of an order that wait for a step until a day; ``cases`` are (id, worker), `MOST_CASES` at most."""

    title: str
    until: date
    late: bool
    order_id: str
    count: int
    cases: tuple[tuple[str, str], ...]


@router.get("")
def show_week(programme_id: str, context: Context = viewed("operation.read", heavy=True)) -> Response:
    """What is to be done in the week from a day on (today, where none is asked), what is late before it."""
    asked = context.request.query_params.get("day", "")
    try:
        first = date.fromisoformat(asked) if asked else now().date()
        last = first + WEEK - timedelta(days=1)
    except (ValueError, OverflowError):
        first, last = now().date(), now().date() + WEEK - timedelta(days=1)
    told: dict[str, Any] = {
        "first": first,
        "last": last,
        "before": max(first, date.min + WEEK) - WEEK,
        "after": min(first, date.max - WEEK) + WEEK,
        "due": _due(context, programme_id, last),
        "free": _came_free(context, programme_id, first),
    }
    return page(context, "placements/week.html", **told)


def _seen(context: Context, programme_id: str) -> Any:
    return sa.and_(operations.c.programme_id == programme_id, operations_seen(context.principal))


def _due(context: Context, programme_id: str, last: date) -> list[Due]:
    """The next step of each open placement, where its latest day comes until ``last``."""
    leads: dict[tuple[str, str], int | None] = {}
    found: dict[tuple[date, str, str, bool], list[tuple[str, str]]] = {}
    mine = sa.select(operations).where(_seen(context, programme_id), operations.c.state.in_(OPEN))
    for row in context.connection.execute(mine.order_by(operations.c.worker_id)):
        corridor = (row.origin_country, row.destination_country)
        if corridor not in leads:
            leads[corridor] = lead_days(context.connection, programme_id, *corridor)
        for task in _now(tasks_of(row, leads[corridor], now().date())):
            if task.until is not None and task.until <= last:
                key = (task.until, task.title, row.order_id, task.late)
                found.setdefault(key, []).append((row.id, row.worker_id))
    return [
        Due(title, until, late, order, len(cases), tuple(cases[:MOST_CASES]))
        for (until, title, order, late), cases in sorted(found.items())
    ]


def _now(tasks: list[Task]) -> list[Task]:
    """The next step of a placement, and the papers that nobody records beside it."""
    waiting = [task for task in tasks if not task.done]
    papers = bool(waiting) and waiting[0].title == TITLES["papers"]
    return waiting[: 2 if papers else 1]


def _came_free(context: Context, programme_id: str, first: date) -> list[tuple[str, int]]:
    """(order, how many) of placements that ended before their start, where the order is still to begin."""
    ended = sa.select(operations.c.order_id).where(
        _seen(context, programme_id), operations.c.state.in_(ENDED), operations.c.start_date >= first.isoformat()
    )
    count = Counter(context.connection.scalars(ended))
    return sorted(count.items())
