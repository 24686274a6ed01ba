"""Pages of a sheet with headings of its own: which column is which, what would be read, and the sheet with its faults
marked. Nothing is taken before it was seen.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import Response

from api.answers.problems import ServiceError
from api.confined import confined
from api.console.forms import Answered, Fields, FormFields
from api.console.page_router import PageRouter, viewed
from api.console.rendering import SAFE_HEADERS, page
from api.identity.access import ORIGIN
from api.orders.fields import TITLES
from api.requests.context import Context
from api.requests.handlers import preparing
from api.sheets.marked_sheets import NAMED, WORKBOOK, marked_sheet
from api.sheets.taking import ORDERS, faults_of, take_rows
from api.storage.database import allow_computing
from api.uploads.answers import Reading, columns_of, read_answers
from api.uploads.kept import forget_sheet, kept_file
from api.uploads.uploads import needed_columns
from api.workers.register_words import COLUMNS, REGISTERS
from engine.errors import CallError, Fault, InputError
from engine.programme.schema import TABLES
from engine.sheets.cell_forms import DATES, NUMBERS
from engine.words import msgid

router = PageRouter(prefix="/programmes/{programme_id}")
MOST_FAULTS, FIRST_ROWS = 200, 5
PERSONS = {"name": msgid("Name"), "contact": msgid("Contact")}
Read = Reading | CallError | InputError


def _read(sheet_id: str, fields: Fields | None = None, **_: Any) -> Read:
    """The sheet by what was answered; whose it is was found out before."""
    try:
        with kept_file(sheet_id) as (path, table):
            return confined(read_answers, path, table, dict(fields or {}))
    except (CallError, InputError) as error:
        return error


def _reading(prepared: Read) -> Reading:
    if not isinstance(prepared, Reading):
        raise prepared
    return prepared


@router.get("/sheets/{sheet_id}")
@preparing(_read)
def show_headings(
    programme_id: str, sheet_id: str, *, prepared: Read, context: Context = viewed("register.write", heavy=True)
) -> Response:
    """The columns of a sheet, each with its first values and the column of ours that it most likely is."""
    return _headings(context, _reading(prepared), {}, ())


@router.post("/sheets/{sheet_id}")
@preparing(_read)
def answer_headings(
    programme_id: str,
    sheet_id: str,
    fields: FormFields,
    *,
    prepared: Read,
    context: Context = viewed("register.write", heavy=True),
) -> Response:
    """See what would be read, correct which column is which, fetch the sheet with its faults marked, or take it."""
    reading, asked = _reading(prepared), fields.get("do", "")
    table = reading.asked.table
    unsaid = any(fault.code == "map" for fault in reading.faults)
    if asked == "headings" or (unsaid and asked != "marked"):
        raise Answered(_headings(context, reading, fields, reading.faults if asked != "headings" else ()))
    try:
        done = None if reading.upload is None else _taken(context, reading, bool(fields.get("submit")))
        faults = reading.faults
    except (InputError, ServiceError) as error:
        done, faults = None, faults_of(error)
    if asked == "marked":
        raise Answered(_marked(context, sheet_id, reading, faults))
    if done is None or asked != "take":
        raise Answered(_seen(context, reading, fields, done, faults))
    forget_sheet(context.connection, sheet_id)
    return page(context, "sheets/taken.html", table=table, title=_title(table), result=done, headings=())


def _taken(context: Context, reading: Reading, submit: bool) -> dict[str, Any]:
    """Take the rows, with an entry in the audit log of what was done."""
    assert reading.upload is not None
    taken = take_rows(context.connection, context.principal, context.programme, reading.upload, submit)
    context.record(taken.action, taken.about, **taken.recorded)
    return taken.told


def _title(table: str) -> str:
    return msgid("Orders") if table == ORDERS else REGISTERS[table]


def _titles(table: str) -> dict[str, str]:
    """What each column of ours is called on pages."""
    known = (COLUMNS | TITLES if table == ORDERS else COLUMNS) | PERSONS
    return {name: known.get(name, name) for name in columns_of(table) if name != "filed_at"}


def _headings(context: Context, reading: Reading, typed: Any, faults: tuple[Fault, ...]) -> Response:
    table = reading.asked.table
    chosen = {column.name for column in reading.asked.columns}
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    told = {
        "asked": reading.asked,
        "titles": _titles(table),
        "missing": [name for name in needed_columns(table) if name not in chosen],
        "dated": [name for name, kind in kinds.items() if kind == "date"],
        "numeric": [name for name, kind in kinds.items() if kind in NUMBERS],
        "forms": list(DATES),
        "usual": {"origin_country": context.principal.country} if context.principal.role == ORIGIN else {},
        "table": table,
        "title": _title(table),
        "typed": typed,
        "faults": [replace(one, column=one.column.removeprefix("columns.").partition(".")[0]) for one in faults],
    }
    return page(context, "sheets/headings.html", 422 if faults else 200, **told)


def _seen(
    context: Context, reading: Reading, fields: Fields, done: dict[str, Any] | None, faults: tuple[Fault, ...]
) -> Response:
    upload = reading.upload
    raw = {} if upload is None else {**upload.persons, **upload.raw.columns}
    columns = {name: [str(cell) for cell in cells[:FIRST_ROWS]] for name, cells in raw.items()}
    shown = {name: cells for name, cells in columns.items() if any(cells)}
    told = {
        "table": reading.asked.table,
        "title": _title(reading.asked.table),
        "titles": _titles(reading.asked.table),
        "read": reading.asked.rows,
        "refused": len({fault.row for fault in faults if fault.row}),
        "columns": list(shown),
        "first_rows": list(zip(*shown.values(), strict=True)),
        "done": done,
        "faults": faults[:MOST_FAULTS],
        "left_out": max(0, len(faults) - MOST_FAULTS),
        "answers": [pair for pair in fields.pairs if pair[0] not in ("do", "submit")],
        "submit": bool(fields.get("submit")),
        "orders": reading.asked.table == ORDERS,
    }
    return page(context, "sheets/seen.html", 422 if faults else 200, result=done, **told)


def _marked(context: Context, sheet_id: str, reading: Reading, faults: tuple[Fault, ...]) -> Response:
    """The sheet with its faults marked, as a file."""
    allow_computing(context.connection)
    with kept_file(sheet_id) as (path, _):
        content = marked_sheet(path, reading, faults)
    return Response(content, 200, {**SAFE_HEADERS, **NAMED}, WORKBOOK)
