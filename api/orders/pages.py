"""Pages of orders: all that one sees, one with its facts, its versions and its steps, and the same step of many."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.answers.problems import ServiceError
from api.console.forms import FormFields, or_again, picked, read_form, require_shown
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section, Waiting
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.identity.access import ORIGIN
from api.identity.visibility import orders_seen, owns
from api.orders.addresses import order_path
from api.orders.fields import TITLES, facts_of, sentences_of
from api.orders.open_places import InTheWay
from api.orders.order import COLUMNS, OrderRecord
from api.orders.orders import CHANGEABLE, STEPS, require_filer, step_order, versions_of
from api.orders.placed import placed_on
from api.orders.schemas import OrderStepsIn
from api.orders.steps import step_orders
from api.orders.words import DONE, STATES, STEPS_TO, stepped
from api.placements.words import ROLES
from api.requests.context import Context
from api.storage.database import utc
from api.storage.tables import orders
from engine.errors import InputError
from engine.words import Message, message, msgid, plural

router = PageRouter(prefix="/programmes/{programme_id}")
SECTIONS = (
    Section(
        msgid("Orders"),
        "/programmes/{programme_id}/orders",
        "order.read",
        20,
        msgid("What employers ask for: filed, tried, certified and followed."),
    ),
)
FILTERS = (
    Filter("state", msgid("State"), orders.c.state, words=STATES),
    Filter("employer_id", msgid("Employer"), orders.c.employer_id),
    Filter("destination_country", msgid("Country"), orders.c.destination_country),
    Filter("isco08", msgid("Occupation"), orders.c.isco08),
)


def waiting(context: Context, programme_id: str) -> list[Waiting]:
    """Orders that wait for who looks: to be certified, or to be submitted."""
    told = []
    for action, state in (("order.certify", "submitted"), ("order.file", "draft")):
        count = _counted(context, programme_id, state) if context.principal.may(action) else 0
        if count:
            told.append(Waiting(_waits(state, count), f"/programmes/{programme_id}/orders?state={state}"))
    return told


def _waits(state: str, count: int) -> Message:
    if state == "submitted":
        return plural("{n:,} order to certify", "{n:,} orders to certify", n=count)
    return plural("{n:,} draft of an order, not submitted yet", "{n:,} drafts of orders, not submitted yet", n=count)


def _counted(context: Context, programme_id: str, state: str) -> int:
    mine = sa.and_(orders.c.programme_id == programme_id, orders.c.state == state, orders_seen(context.principal))
    return int(context.connection.scalar(sa.select(sa.func.count()).select_from(orders).where(mine)) or 0)


@router.get("/orders")
def list_orders(programme_id: str, context: Context = viewed("order.read")) -> Response:
    """The orders that one sees."""
    rows = _seen(context)
    file = table_file(context, _listing(context), rows)
    return file if file is not None else _list(context)


@router.post("/order-steps")
def step_many(programme_id: str, fields: FormFields, context: Context = viewed("order.read")) -> Response:
    """Take the orders that were ticked a step further, all or none."""
    typed = {**picked(fields, OrderStepsIn), "ids": fields.every("ids")}

    def done() -> tuple[str, list[str], int]:
        asked = read_form(OrderStepsIn, typed)
        require_filer(context.principal, asked.step)
        count = step_orders(context.connection, context.principal, programme_id, asked.ids, asked.step, False)
        return asked.step, asked.ids, count

    step, ids, count = or_again(done, lambda error: _list(context, error))
    context.binding = step in ("return", "closure")
    context.record(f"orders.{step}", f"programme/{programme_id}", stepped=count, ids=sorted(set(ids)))
    return gone_to(f"/programmes/{programme_id}/orders?count={count}", step)


@router.get("/orders/{order_id}")
def read_order(programme_id: str, order_id: str, context: Context = viewed("order.read")) -> Response:
    """One order: what it asks for, how many come, what has happened to it, and what may be done."""
    return _order(context)


@router.post("/orders/{order_id}/steps")
def step_one(programme_id: str, order_id: str, fields: FormFields, context: Context = viewed("order.read")) -> Response:
    """Take an order a step further."""
    order, step = context.found(OrderRecord), fields.get("step", "")
    if step not in STEPS:
        raise ServiceError(422, message("This is no step of an order."))
    require_filer(context.principal, step)
    require_shown(fields, order.version)
    row = or_again(
        lambda: step_order(context.connection, context.principal, order, step, bool(fields.get("withdraw"))),
        lambda error: _order(context, error, step),
    )
    context.binding = step in ("return", "closure")
    context.record(f"order.{step}", f"programme/{programme_id}/order/{order_id}", version=row.version)
    return gone_to(order_path(programme_id, order_id), step)


def _seen(context: Context) -> sa.Select[Any]:
    mine = sa.and_(orders.c.programme_id == context.programme.id, orders_seen(context.principal))
    return sa.select(orders).where(mine)


def _listing(context: Context) -> Listing:
    programme = context.programme.id
    told = context.principal.may("operation.read")
    own = orders.c

    def number(name: str) -> sa.ColumnElement[Any]:
        return sa.cast(own[name], sa.Float)

    columns = (
        Column("order_id", TITLES["order_id"], own.order_id, link=lambda row: order_path(programme, row["order_id"])),
        Column("state", msgid("State"), own.state, words=STATES),
        Column("employer_id", TITLES["employer_id"], own.employer_id),
        Column("destination_country", TITLES["destination_country"], own.destination_country),
        Column("isco08", TITLES["isco08"], own.isco08),
        Column("start_date", TITLES["start_date"], own.start_date),
        Column("end_date", TITLES["end_date"], own.end_date),
        Column("headcount", TITLES["headcount"], sa.cast(own.headcount, sa.Integer), number=True),
        *([Column("placed", msgid("Filled"), placed_on(context.principal), number=True)] if told else []),
        Column("hourly_wage", TITLES["hourly_wage"], number("hourly_wage"), number=True),
    )
    return Listing(msgid("Orders"), columns, FILTERS, sort="start_date")


def _list(context: Context, error: InputError | None = None) -> Response:
    shown = read_table(context, _listing(context), _seen(context))
    query, who = context.request.query_params, context.principal
    count, done = query.get("count", ""), query.get("done", "")
    result = stepped(done, int(count)) if done in STEPS and count.isdigit() else None
    told = {
        "shown": shown,
        "result": result,
        "files": who.may("order.file"),
        "uploads": who.may("order.upload") and (who.role != ORIGIN or owns(who, context.programme)),
        "certifies": who.may("order.certify") and bool(shown.rows) and query.get("state") == "submitted",
        "may_certify": who.may("order.certify"),
        "submitted": shown.address(state="submitted"),
    }
    status = 200 if error is None else getattr(error, "http_status", 422)
    return page(context, "orders/list.html", status, error=error, titles=TITLES | {"ids": msgid("Orders")}, **told)


def _order(context: Context, error: InputError | None = None, asked: str = "") -> Response:
    order, who = context.found(OrderRecord), context.principal
    placed = None
    if who.may("operation.read"):
        mine = sa.and_(orders.c.programme_id == order.programme_id, orders.c.order_id == order.order_id)
        placed = int(context.connection.scalar(sa.select(placed_on(who)).where(mine).select_from(orders)) or 0)
    currency = context.programme.currency
    told = {
        "order": order,
        "path_of_order": order_path(order.programme_id, order.order_id),
        "sentences": sentences_of(order.cells, currency),
        "facts": list(facts_of(order.cells, currency)),
        "placed": placed,
        "places": int(float(order.headcount)),
        "versions": _versions(context, order),
        "steps": [(step, STEPS_TO[step]) for step in steps_for(context, order)],
        "asked": asked,
        "changes": who.may("order.file") and order.state in CHANGEABLE,
        "checks": who.may("order.check"),
        "states": STATES,
        "sentence": DONE.get(context.request.query_params.get("done", "")),
    }
    status = 200 if error is None else getattr(error, "http_status", 422)
    may_withdraw = isinstance(error, InTheWay) and error.may_withdraw
    return page(context, "orders/order.html", status, error=error, may_withdraw=may_withdraw, titles=TITLES, **told)


def steps_for(context: Context, order: Any) -> list[str]:
    """The steps that an order can take now and somebody may take."""
    return [
        step
        for step, (begin, _) in STEPS.items()
        if order.state in begin
        and context.principal.may("order.certify" if step in ("certification", "return") else "order.file")
    ]


def _versions(context: Context, order: Any) -> list[tuple[Any, str, str, list[str]]]:
    """The versions of an order, newest first: when, which state, by whom, and the titles of what was changed in it."""
    told: list[tuple[Any, str, str, list[str]]] = []
    before = None
    for row in versions_of(context.connection, context.principal, order):
        old = row.content if before is None else before.content
        changed = [name for name in COLUMNS if row.content[name] != old[name]]
        told.append(
            (utc(row.at), row.state, ROLES.get(row.role, ""), [TITLES[name] for name in changed if name in TITLES])
        )
        before = row
    return told[::-1]
