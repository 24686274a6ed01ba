"""Job orders."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import Form, Query, Response, UploadFile

from api.asking import Ask, IdempotencyKey, Router, allowed, begin_once, etag
from api.demand.order_checks import check_order
from api.demand.order_uploads import file_orders
from api.demand.orders import change_order, file_order, listed_orders, order_out, require_filer, step_order
from api.rate_limits import count_check
from api.routes.register_routes import MapText, receive
from api.storage.database import utc
from api.storage.tables import order_history, orders
from api.wire.orders import (
    CheckOut,
    OrderFields,
    OrderIn,
    OrderOut,
    OrdersUploadedOut,
    OrderVersionOut,
    State,
)
from api.wire.shapes import After, Country, Limit, Page, page

router = Router(prefix="/v1/programmes/{programme_id}", tags=["orders"])
Step = Literal["submission", "certification", "return", "closure"]


@router.get("/orders")
def list_orders(
    programme_id: str,
    limit: Limit = 100,
    after: After = None,
    state: State | None = None,
    employer_id: Annotated[str | None, Query(max_length=64)] = None,
    destination_country: Annotated[Country | None, Query()] = None,
    ask: Ask = allowed("order.read"),
) -> Page[OrderOut]:
    """The orders that one sees, by id."""
    asked = listed_orders(ask.principal, programme_id, after, limit)
    wanted = {"state": state, "employer_id": employer_id, "destination_country": destination_country}
    for name, value in wanted.items():
        asked = asked if value is None else asked.where(orders.c[name] == value)
    rows = ask.connection.execute(asked).all()
    return page([order_out(row) for row in rows], limit, [row.order_id for row in rows])


@router.post("/orders", status_code=201, response_model=OrderOut)
def create_order(
    programme_id: str, asked: OrderIn, idempotency_key: IdempotencyKey = None, ask: Ask = allowed("order.file")
) -> Response:
    """File an order, as a draft or submitted at once."""
    begin_once(ask, idempotency_key, asked.model_dump_json())
    row = file_order(ask.connection, ask.principal, ask.programme, asked)
    ask.record(f"order.{row.state}", f"programme/{programme_id}/order/{row.order_id}", version=row.version)
    place = f"/v1/programmes/{programme_id}/orders/{row.order_id}"
    return ask.answer(order_out(row), 201, Location=place, ETag=etag(row.version))


@router.post("/order-uploads", status_code=201, response_model=OrdersUploadedOut)
def upload_orders(
    programme_id: str,
    file: UploadFile,
    map: MapText = "",
    submit: Annotated[bool, Form(description="Submit new orders at once.")] = False,
    idempotency_key: IdempotencyKey = None,
    ask: Ask = allowed("order.file"),
) -> Response:
    """File or change the orders of a CSV file or a spreadsheet; all rows or none."""
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        upload = receive(ask, file, Path(place), f"orders {submit}", map, idempotency_key)
    done = file_orders(ask.connection, ask.principal, ask.programme, upload.raw, submit)
    ask.record("orders.uploaded", f"programme/{programme_id}", added=len(done.added), changed=len(done.changed))
    return ask.answer(done, 201)


@router.get("/orders/{order_id}")
def read_order(programme_id: str, order_id: str, response: Response, ask: Ask = allowed("order.read")) -> OrderOut:
    """One order."""
    row = ask.objects["order_id"]
    response.headers["ETag"] = etag(row.version)
    return order_out(row)


@router.put("/orders/{order_id}", response_model=OrderOut)
def replace_order(programme_id: str, order_id: str, asked: OrderFields, ask: Ask = allowed("order.file")) -> Response:
    """Change what a draft or submitted order says; needs If-Match."""
    ask.require_version(ask.objects["order_id"])
    row = change_order(ask.connection, ask.principal, ask.programme, ask.objects["order_id"], asked)
    ask.record("order.changed", f"programme/{programme_id}/order/{order_id}", version=row.version)
    return ask.answer(order_out(row), ETag=etag(row.version))


@router.post("/orders/{order_id}/{step}", response_model=OrderOut)
def step_an_order(programme_id: str, order_id: str, step: Step, ask: Ask = allowed("order.read")) -> Response:
    """Submit, certify, return or close an order; needs If-Match."""
    require_filer(ask.principal, step)
    ask.require_version(ask.objects["order_id"])
    row = step_order(ask.connection, ask.principal, ask.objects["order_id"], step)
    ask.record(f"order.{step}", f"programme/{programme_id}/order/{order_id}", version=row.version)
    return ask.answer(order_out(row), ETag=etag(row.version))


@router.get("/orders/{order_id}/history")
def read_order_history(programme_id: str, order_id: str, ask: Ask = allowed("order.read")) -> Page[OrderVersionOut]:
    """Every version of an order, oldest first."""
    mine = sa.and_(order_history.c.programme_id == programme_id, order_history.c.order_id == order_id)
    if not ask.principal.may("order.file"):
        mine = sa.and_(mine, order_history.c.state != "draft")
    rows = ask.connection.execute(sa.select(order_history).where(mine).order_by(order_history.c.version)).all()
    return Page(
        items=[
            OrderVersionOut(
                version=row.version, state=row.state, at=utc(row.at), account_id=row.account_id, content=row.content
            )
            for row in rows
        ]
    )


@router.get("/orders/{order_id}/check")
def check_an_order(programme_id: str, order_id: str, ask: Ask = allowed("order.check")) -> CheckOut:
    """How many workers an order would admit under the agreements, and which rule refuses most."""
    count_check(ask.principal.account_id)
    return check_order(ask.connection, ask.principal, ask.programme, order_id)
