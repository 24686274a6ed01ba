"""One worker or one order looked up in a plan: where, or why not, and what can be asked about it."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.identity.visibility import orders_seen
from api.requests.context import Context
from api.runs.earlier import require_plan
from api.runs.plain_words import plainly
from api.runs.plan_shown import seen_agreements
from api.runs.plan_words import GROUPS, ORDER_GROUPS, code_of, reason_in_words
from api.runs.reason_words import kept_words
from api.runs.result_files import frame_of
from api.storage.tables import orders, placements

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}")
LONGEST = 130
MOST_SHOWN = 200


@router.get("/worker")
def look_up_worker(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """One worker in a plan: placed where and when, or why not."""
    require_plan(context.objects["run_id"])
    wanted = context.request.query_params.get("worker_id", "").strip()[:LONGEST]
    mine = sa.and_(placements.c.run_id == run_id, placements.c.worker_id == wanted)
    found = context.connection.execute(sa.select(placements).where(mine).order_by(placements.c.start_date)).all()
    reasons = _reasons(context, run_id, "unplaced.csv", "worker_id", wanted)
    group = GROUPS.get(code_of(reasons[0])) if reasons else None
    told = {"wanted": wanted, "found": found, "group": group, "reason": _in_words(context, run_id, reasons)}
    status, published = 200 if found or reasons else 404, context.objects["run_id"].published_at is not None
    return page(context, "runs/worker.html", status, run_id=run_id, published=published, **told)


@router.get("/order")
def look_up_order(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """One order in a plan: who is placed on it, how many places stay open and why."""
    require_plan(context.objects["run_id"])
    wanted = context.request.query_params.get("order_id", "").strip()[:LONGEST]
    seen = sa.and_(orders.c.programme_id == programme_id, orders.c.order_id == wanted, orders_seen(context.principal))
    order = context.connection.execute(sa.select(orders).where(seen)).one_or_none()
    mine = sa.and_(placements.c.run_id == run_id, placements.c.order_id == wanted)
    asked = sa.select(placements).where(mine).order_by(placements.c.worker_id).limit(MOST_SHOWN)
    found = context.connection.execute(asked).all()
    count = context.connection.scalar(sa.select(sa.func.count()).where(mine)) or 0
    reasons = _reasons(context, run_id, "unfilled.csv", "order_id", wanted)
    told = {
        "wanted": wanted,
        "order": order,
        "found": found,
        "count": count,
        "group": ORDER_GROUPS.get(code_of(reasons[0])) if reasons else None,
        "reason": _in_words(context, run_id, reasons),
    }
    status = 200 if order is not None or found or reasons else 404
    return page(context, "runs/order.html", status, run_id=run_id, **told)


def _in_words(context: Context, run_id: str, reasons: list[str]) -> str:
    """The first of some reasons as a page says it, '' where there is none."""
    if not reasons:
        return ""
    known = seen_agreements(context.connection, context.principal, context.programme.id)
    told: str = plainly(reason_in_words(reasons[0], kept_words(context.connection, run_id)), known, asks=True)
    return told


def _reasons(context: Context, run_id: str, file: str, column: str, wanted: str) -> list[str]:
    frame = frame_of(context.connection, run_id, file, (column, "reason"))
    found: list[str] = frame.loc[frame[column] == wanted, "reason"].tolist()
    return found
