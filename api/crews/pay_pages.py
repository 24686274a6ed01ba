"""What is paid for a crew: each placement and all together, what agreements demand beside it, and what isn't known."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.agreements.agreements import terms_on_costs, where_of
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.crews.crews import NAME, standing, with_persons
from api.identity.access import EMPLOYER
from api.placements.pay import DEDUCTED, GUARANTEED, PAID_BY_WORKER, WAGES
from api.placements.words import STATES
from api.requests.context import Context
from api.storage.tables import operations, orders, placements
from engine.clauses.where import ORDER_KEYS, Where
from engine.words import msgid

router = PageRouter(prefix="/programmes/{programme_id}")
SAME_PLACEMENT = sa.and_(
    placements.c.run_id == operations.c.run_id,
    placements.c.worker_id == operations.c.worker_id,
    placements.c.order_id == operations.c.order_id,
)
PAID = Listing(
    msgid("What is paid"),
    (
        Column("id", msgid("Case"), operations.c.id, hidden=True),
        Column("name", msgid("Name"), NAME, joined=True),
        Column("worker_id", msgid("Pseudonym"), operations.c.worker_id),
        Column("order_id", msgid("Order"), operations.c.order_id),
        Column("start_date", msgid("Arrives"), operations.c.start_date, whole=True),
        Column("end_date", msgid("Leaves"), operations.c.end_date, whole=True),
        Column("wages", msgid("Wages"), WAGES, number=True, money=True),
        Column("guaranteed", msgid("Guaranteed of it"), GUARANTEED, number=True, money=True),
        Column("deducted", msgid("Kept from the pay"), DEDUCTED, number=True, money=True),
        Column("paid_by_worker", msgid("Paid by the worker"), PAID_BY_WORKER, number=True, money=True),
    ),
    (
        Filter("order_id", msgid("Order begins with"), operations.c.order_id, text=True),
        Filter("site_id", msgid("Work site"), orders.c.site_id),
        Filter("state", msgid("State"), operations.c.state, words=STATES),
    ),
    sort="order_id",
)


@router.get("/crew-pay")
def say_what_is_paid(programme_id: str, context: Context = viewed("order.file")) -> Response:
    """What each placement that stands is paid by its order, and all of them; as a file too."""
    bare = standing(context.principal, programme_id)
    rows = with_persons(bare)
    if (file := table_file(context, PAID, rows)) is not None:
        context.record("persons.read", f"programme/{programme_id}/operations", form="file")
        return file
    shown = read_table(context, PAID, rows, bare)
    if names := sum(bool(row["name"]) for row in shown.rows):
        context.record("persons.read", f"programme/{programme_id}/operations", names=names)
    # Whoever sees all of a state has its agreements on their own pages.
    placed = _placed_by_agreement(context.connection, bare) if context.principal.role == EMPLOYER else {}
    terms = [terms_on_costs(context.connection, programme_id, name, placed[name]) for name in sorted(placed)]
    currency = context.programme.currency
    return page(context, "crews/pay.html", shown=shown, terms=[one for one in terms if one[1]], currency=currency)


def _placed_by_agreement(connection: sa.Connection, rows: sa.Select[Any]) -> dict[str, list[Where]]:
    """What the placements are that stand, by the agreement that each is under."""
    columns = (placements.c.agreement_id, operations.c.origin_country, *(orders.c[key] for key in ORDER_KEYS))
    asked = rows.join(placements, SAME_PLACEMENT).with_only_columns(
        *columns, operations.c.start_date, maintain_column_froms=True
    )
    found: dict[str, list[Where]] = {}
    for row in connection.execute(asked.distinct()).mappings():
        found.setdefault(row["agreement_id"], []).append(where_of(row, row["origin_country"]))
    return found
