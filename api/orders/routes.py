"""Job orders."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import Form, Query, Response, UploadFile

from api.orders.checks import check_order
from api.orders.order import OrderRecord, orders_of
from api.orders.orders import (
    change_order,
    file_order,
    listed_orders,
    order_out,
    require_filer,
    step_order,
    versions_of,
)
from api.orders.schemas import (
    CheckOut,
    OrderFields,
    OrderIn,
    OrderOut,
    OrderStepsIn,
    OrderStepsOut,
    OrdersUploadedOut,
    OrderVersionOut,
    State,
    Step,
)
from api.orders.steps import step_orders
from api.orders.uploads import file_orders
from api.rate_limits import count_check
from api.requests.context import Context, etag
from api.requests.handlers import allowed, preparing
from api.requests.router import Router
from api.requests.shapes import After, Country, Limit, Page, page
from api.storage.database import utc
from api.storage.tables import orders
from api.uploads.files import MapText, read_file
from api.uploads.uploads import Upload

router = Router(prefix="/v1/programmes/{programme_id}", tags=["orders"])
Withdraw = Annotated[
    bool, Query(description="Withdraw what is proposed or offered and contradicts this; never what is accepted.")
]


@router.get("/orders")
def list_orders(
    programme_id: str,
    limit: Limit = 100,
    after: After = None,
    state: State | None = None,
    employer_id: Annotated[str | None, Query(max_length=64)] = None,
    destination_country: Annotated[Country | None, Query()] = None,
    context: Context = allowed("order.read"),
) -> Page[OrderOut]:
    """The orders that one sees, by id."""
    asked = listed_orders(context.principal, programme_id, after, limit)
    wanted = {"state": state, "employer_id": employer_id, "destination_country": destination_country}
    for name, value in wanted.items():
        asked = asked if value is None else asked.where(orders.c[name] == value)
    found = orders_of(context.connection, asked)
    return page([order_out(order) for order in found], limit, [order.order_id for order in found])


@router.post("/orders", status_code=201, response_model=OrderOut)
def create_order(
    programme_id: str,
    asked: OrderIn,
    context: Context = allowed("order.file", takes="programme last"),
) -> Response:
    """File an order, as a draft or submitted at once."""
    row = file_order(context.connection, context.principal, context.programme, asked)
    context.record(f"order.{row.state}", f"programme/{programme_id}/order/{row.order_id}", version=row.version)
    place = f"/v1/programmes/{programme_id}/orders/{row.order_id}"
    return context.answer(order_out(row), 201, Location=place, ETag=etag(row.version))


@router.post("/order-uploads", status_code=201, response_model=OrdersUploadedOut)
@preparing(partial(read_file, table="orders"))
def upload_orders(
    programme_id: str,
    file: UploadFile,
    map: MapText = "",
    submit: Annotated[bool, Form(description="Submit new orders at once.")] = False,
    *,
    prepared: Upload,
    context: Context = allowed("order.upload", upload=True),
) -> Response:
    """File or change the orders of a CSV file or a spreadsheet, of several states too; all rows or none."""
    done = file_orders(context.connection, context.principal, context.programme, prepared.raw, submit)
    context.record("orders.uploaded", f"programme/{programme_id}", added=len(done.added), changed=len(done.changed))
    return context.answer(done, 201)


@router.get("/orders/{order_id}")
def read_order(
    programme_id: str, order_id: str, response: Response, context: Context = allowed("order.read")
) -> OrderOut:
    """One order."""
    order = context.found(OrderRecord)
    response.headers["ETag"] = etag(order.version)
    return order_out(order)


@router.put("/orders/{order_id}", response_model=OrderOut)
def replace_order(
    programme_id: str,
    order_id: str,
    asked: OrderFields,
    withdraw: Withdraw = False,
    context: Context = allowed("order.file", versioned=True),
) -> Response:
    """Change what a draft or submitted order says; needs If-Match."""
    order = context.found(OrderRecord)
    context.require_version(order)
    row = change_order(context.connection, context.principal, context.programme, order, asked, withdraw)
    context.record("order.changed", f"programme/{programme_id}/order/{order_id}", version=row.version)
    return context.answer(order_out(row), ETag=etag(row.version))


@router.post("/orders/{order_id}/{step}", response_model=OrderOut)
def step_an_order(
    programme_id: str,
    order_id: str,
    step: Step,
    withdraw: Withdraw = False,
    context: Context = allowed("order.read", versioned=True),
) -> Response:
    """Submit, certify, return or close an order; needs If-Match."""
    require_filer(context.principal, step)
    order = context.found(OrderRecord)
    context.require_version(order)
    row = step_order(context.connection, context.principal, order, step, withdraw)
    context.binding = step in ("return", "closure")
    context.record(f"order.{step}", f"programme/{programme_id}/order/{order_id}", version=row.version)
    return context.answer(order_out(row), ETag=etag(row.version))


@router.post("/order-steps", status_code=200, response_model=OrderStepsOut)
def step_many_orders(
    programme_id: str, asked: OrderStepsIn, withdraw: Withdraw = False, context: Context = allowed("order.read")
) -> Response:
    """Submit, certify, return or close many orders, all or none."""
    require_filer(context.principal, asked.step)
    stepped = step_orders(context.connection, context.principal, programme_id, asked.ids, asked.step, withdraw)
    context.binding = asked.step in ("return", "closure")
    context.record(f"orders.{asked.step}", f"programme/{programme_id}", stepped=stepped, ids=sorted(set(asked.ids)))
    return context.answer(OrderStepsOut(stepped=stepped))


@router.get("/orders/{order_id}/history")
def read_order_history(
    programme_id: str, order_id: str, context: Context = allowed("order.read")
) -> Page[OrderVersionOut]:
    """Every version of an order, oldest first."""
    rows = versions_of(context.connection, context.principal, context.found(OrderRecord))
    return Page(
        items=[
            OrderVersionOut(
                version=row.version, state=row.state, at=utc(row.at), account_id=row.account_id, content=row.content
            )
            for row in rows
        ]
    )


@router.get("/orders/{order_id}/check")
def check_an_order(programme_id: str, order_id: str, context: Context = allowed("order.check", heavy=True)) -> CheckOut:
    """How many workers an order would admit under the agreements, and which rule refuses most."""
    count_check(context.principal.account_id)
    order = context.found(OrderRecord)
    return check_order(context.connection, context.principal, context.programme, order.cells)
