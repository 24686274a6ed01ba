"""The page on which a sheet of orders is uploaded: all rows are filed, or none and each fault is told by its
row; a sheet with headings of its own is asked about first (`api.sheets`).
"""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.answers.problems import refused
from api.console.forms import Fields, FormFields
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.console.sent_sheets import Sent, read_sent, taken_or_asked
from api.identity.access import GRANTS, ORIGIN
from api.identity.visibility import owns
from api.orders.fields import TITLES
from api.orders.uploads import file_orders
from api.requests.context import Context
from api.requests.handlers import preparing
from engine.errors import CallError, InputError
from engine.programme.schema import TABLES

router = PageRouter(prefix="/programmes/{programme_id}")
MOST_FAULTS = 200


def _read(fields: Fields, **_: Any) -> Sent:
    """The sheet that was sent, or what is wrong with it."""
    return read_sent(fields, "orders")


@router.get("/order-sheet")
def ask_for_sheet(programme_id: str, context: Context = viewed("order.upload")) -> Response:
    """The form to upload a sheet of orders."""
    _require_filing(context)
    return _sheet(context)


@router.post("/order-sheet")
@preparing(_read)
def upload_sheet(
    programme_id: str,
    fields: FormFields,
    *,
    prepared: Sent,
    context: Context = viewed("order.upload", upload=True),
) -> Response:
    """File or change the orders of a sheet."""
    _require_filing(context)
    submit = bool(fields.get("submit"))
    done = taken_or_asked(
        context,
        fields,
        "orders",
        prepared,
        lambda upload: file_orders(context.connection, context.principal, context.programme, upload.raw, submit),
        lambda error, kept: _sheet(context, error, submit=submit, kept=kept),
    )
    context.record("orders.uploaded", f"programme/{programme_id}", added=len(done.added), changed=len(done.changed))
    return _sheet(context, done=done, submit=submit)


def _require_filing(context: Context) -> None:
    """Raise 403 for a ministry of origin that doesn't own the programme."""
    if context.principal.role == ORIGIN and not owns(context.principal, context.programme):
        raise refused(GRANTS["order.file"].reason)


def _sheet(
    context: Context,
    error: CallError | InputError | None = None,
    done: Any = None,
    submit: bool = False,
    kept: str = "",
) -> Response:
    told = {
        "error": error,
        "faults": list(getattr(error, "faults", ()))[:MOST_FAULTS],
        "left_out": max(0, len(getattr(error, "faults", ())) - MOST_FAULTS),
        "result": done,
        "kept": kept,
        "submit": submit,
        "titles": TITLES,
        "columns": [(one.name, TITLES.get(one.name), one.filled) for one in TABLES["orders"].columns],
    }
    return page(context, "orders/sheet.html", 200 if error is None else 422, **told)
