"""Tables of a plan as pages: who goes where, who has no job and why, which orders stay open."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.identity.access import MINISTRIES
from api.requests.context import Context
from api.runs.earlier import require_plan
from api.runs.frames import file_of_frame, read_frame
from api.runs.plain_words import plainly
from api.runs.plan_shown import seen_agreements
from api.runs.plan_words import GROUP_WORDS, ORDER_GROUPS, code_of, reason_in_words
from api.runs.reason_words import kept_words
from api.runs.result_files import frame_of
from api.storage.tables import orders, placements
from engine.words import msgid
from engine.words.names import country, sector

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}")


def worker_link(row: Any) -> str:
    """Where a worker is looked up, from a table beside it."""
    return f"worker?{urlencode({'worker_id': row['worker_id']})}"


def order_link(row: Any) -> str:
    """Where an order is looked up, from a table beside it."""
    return f"order?{urlencode({'order_id': row['order_id']})}"


PLACED = Listing(
    msgid("Who goes where"),
    (
        Column("pair", msgid("Placement"), placements.c.worker_id + "|" + placements.c.order_id, hidden=True),
        Column("worker_id", msgid("Worker"), placements.c.worker_id, whole=True, link=worker_link),
        Column("order_id", msgid("Order"), placements.c.order_id, whole=True, link=order_link),
        Column("employer_id", msgid("Employer"), placements.c.employer_id),
        Column("destination_country", msgid("Destination"), orders.c.destination_country, named=country),
        Column("sector", msgid("Sector"), orders.c.sector, named=sector),
        Column("agreement_id", msgid("Agreement"), placements.c.agreement_id),
        Column("start_date", msgid("From"), placements.c.start_date, whole=True),
        Column("end_date", msgid("To"), placements.c.end_date, whole=True),
        Column("value", msgid("Worth"), placements.c.value, number=True),
    ),
    (
        Filter("worker_id", msgid("Worker begins with"), placements.c.worker_id, text=True),
        Filter("order_id", msgid("Order begins with"), placements.c.order_id, text=True),
        Filter("employer_id", msgid("Employer"), placements.c.employer_id),
        Filter("destination_country", msgid("Destination"), orders.c.destination_country, named=country),
        Filter("sector", msgid("Sector"), orders.c.sector, named=sector),
        Filter("agreement_id", msgid("Agreement"), placements.c.agreement_id),
    ),
    sort="worker_id",
)
UNPLACED = Listing(
    msgid("Who has no job, and why"),
    (
        Column("worker_id", msgid("Worker"), sa.column("worker_id"), whole=True, link=worker_link),
        Column("group", msgid("Why"), sa.column("group"), words=GROUP_WORDS),
        Column("reason", msgid("More exactly"), sa.column("reason")),
    ),
    (
        Filter("worker_id", msgid("Worker begins with"), sa.column("worker_id"), text=True),
        Filter("group", msgid("Why"), sa.column("group"), words=GROUP_WORDS),
    ),
    sort="worker_id",
)
OPEN_ORDERS = Listing(
    msgid("Orders with open places"),
    (
        Column("order_id", msgid("Order"), sa.column("order_id"), whole=True, link=order_link),
        Column("employer_id", msgid("Employer"), sa.column("employer_id")),
        Column("open_places", msgid("Open places"), sa.column("open_places"), number=True),
        Column("group", msgid("Why"), sa.column("group"), words=ORDER_GROUPS),
        Column("reason", msgid("More exactly"), sa.column("reason")),
    ),
    (
        Filter("order_id", msgid("Order begins with"), sa.column("order_id"), text=True),
        Filter("employer_id", msgid("Employer"), sa.column("employer_id")),
        Filter("group", msgid("Why"), sa.column("group"), words=ORDER_GROUPS),
    ),
    sort="-open_places",
)


@router.get("/placements")
def list_placements(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """The placements of a plan."""
    require_plan(context.objects["run_id"])
    same = sa.and_(orders.c.programme_id == programme_id, orders.c.order_id == placements.c.order_id)
    rows = sa.select(placements).select_from(placements.outerjoin(orders, same)).where(placements.c.run_id == run_id)
    if (file := table_file(context, PLACED, rows)) is not None:
        return file
    may = context.principal.role in MINISTRIES and context.principal.may("run.start")
    return page(context, "runs/table.html", run_id=run_id, shown=read_table(context, PLACED, rows), may_change=may)


@router.get("/unplaced")
def list_unplaced(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """Who has no job, by group of reasons."""
    return _files_table(context, run_id, "unplaced.csv", ("worker_id", "reason"), UNPLACED)


@router.get("/open-orders")
def list_open_orders(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """The orders with open places."""
    return _files_table(context, run_id, "unfilled.csv", ("order_id", "open_places", "reason"), OPEN_ORDERS)


def _files_table(context: Context, run_id: str, name: str, columns: tuple[str, ...], listing: Listing) -> Response:
    require_plan(context.objects["run_id"])
    frame = frame_of(context.connection, run_id, name, columns)
    frame["group"] = [code_of(one) for one in frame["reason"]]
    if "order_id" in frame:
        frame["employer_id"] = [one.partition("~")[0] for one in frame["order_id"]]
        frame["open_places"] = frame["open_places"].astype(int)
    if (file := file_of_frame(context.request.url, listing, frame)) is not None:
        return file
    shown = read_frame(context.request.url, listing, frame)
    kept = kept_words(context.connection, run_id)
    known = seen_agreements(context.connection, context.principal, context.programme.id)
    for row in shown.rows:
        row["reason"] = plainly(reason_in_words(row["reason"], kept), known, asks=True)
    return page(context, "runs/table.html", run_id=run_id, shown=shown, may_change=False)
