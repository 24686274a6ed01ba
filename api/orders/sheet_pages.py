"""The page on which a sheet of orders is uploaded: all rows are filed, or none and each fault is told by its row."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.answers.problems import content_fault, refused
from api.console.forms import Answered, Fields, FormFields, or_again
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.identity.access import GRANTS, ORIGIN
from api.identity.visibility import owns
from api.orders.fields import TITLES
from api.orders.uploads import file_orders
from api.requests.context import Context
from api.requests.handlers import preparing
from api.uploads.files import read_file
from api.uploads.uploads import Upload
from engine.errors import CallError, InputError
from engine.programme.schema import TABLES
from engine.words import message

router = PageRouter(prefix="/programmes/{programme_id}")
MOST_FAULTS = 200


def _read(fields: Fields, **_: Any) -> Upload | CallError | InputError:
    """The sheet that was sent, or what is wrong with it."""
    try:
        file = fields.files.get("file")
        if file is None or not file.filename:
            raise content_fault("file", "", message("is missing"), message("a CSV file or a spreadsheet"))
        return read_file(file=file, table="orders", map="")
    except (CallError, InputError) as error:
        return error


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
    prepared: Upload | CallError | InputError,
    context: Context = viewed("order.upload", upload=True),
) -> Response:
    """File or change the orders of a sheet."""
    _require_filing(context)
    submit = bool(fields.get("submit"))
    if not isinstance(prepared, Upload):
        raise Answered(_sheet(context, prepared, submit=submit)) from prepared
    done = or_again(
        lambda: file_orders(context.connection, context.principal, context.programme, prepared.raw, submit),
        lambda error: _sheet(context, error, submit=submit),
    )
    context.record("orders.uploaded", f"programme/{programme_id}", added=len(done.added), changed=len(done.changed))
    return _sheet(context, done=done, submit=submit)


def _require_filing(context: Context) -> None:
    """Raise 403 for a ministry of origin that doesn't own the programme."""
    if context.principal.role == ORIGIN and not owns(context.principal, context.programme):
        raise refused(GRANTS["order.file"].reason)


def _sheet(
    context: Context, error: CallError | InputError | None = None, done: Any = None, submit: bool = False
) -> Response:
    told = {
        "error": error,
        "faults": list(getattr(error, "faults", ()))[:MOST_FAULTS],
        "left_out": max(0, len(getattr(error, "faults", ())) - MOST_FAULTS),
        "result": done,
        "submit": submit,
        "titles": TITLES,
        "columns": [(one.name, TITLES.get(one.name), one.filled) for one in TABLES["orders"].columns],
    }
    return page(context, "orders/sheet.html", 200 if error is None else 422, **told)
