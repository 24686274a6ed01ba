"""Pages of registers: their rows as tables, sheets sent to them, and one worker."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.answers.problems import not_found
from api.console.forms import Fields, FormFields
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.console.sections import Section
from api.console.sent_sheets import Sent, read_sent, taken_or_asked
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.identity.access import PLANNER, Principal
from api.identity.shown_columns import PERSON, shown_columns
from api.identity.visibility import operations_seen, orders_seen, rows_seen, runs_seen
from api.placements.words import STATES
from api.requests.context import Context
from api.requests.handlers import preparing
from api.storage.tables import KEYS, operations, orders, persons, registers, runs
from api.uploads.uploads import Upload
from api.workers.profiles import worker_out
from api.workers.register_words import COLUMNS, REGISTERS
from api.workers.schemas import UploadOut
from api.workers.uploads import recorded, upload_rows
from engine.words import msgid

router = PageRouter(prefix="/programmes/{programme_id}")
SECTIONS = (
    Section(
        msgid("Registers"),
        "/programmes/{programme_id}/registers",
        "register.read",
        50,
        msgid("Who is registered, with employers, sites and corridors; sheets are sent here."),
    ),
)
FILTERED = ("origin_country", "destination_country", "country", "origin_region", "region", "sex", "isco08")


def tables_of(principal: Principal) -> list[str]:
    """The registers that have a page for a role. What planners are told of workers stands for many people, and no order
    or filter may split it finer; so they have those of places alone.
    """
    told = [table for table in REGISTERS if shown_columns(principal, table)]
    return [table for table in told if principal.role != PLANNER or "worker_id" not in KEYS[table]]


@router.get("/registers")
def show_registers(programme_id: str, context: Context = viewed("register.read")) -> Response:
    """The registers that somebody sees, with how many rows each has."""
    counts = []
    for table in tables_of(context.principal):
        seen = _seen(context, table)
        count = context.connection.scalar(sa.select(sa.func.count()).select_from(seen.subquery())) or 0
        counts.append((table, REGISTERS[table], count))
    return page(context, "workers/registers.html", tables=counts, may_write=context.principal.may("register.write"))


def _seen(context: Context, table: str) -> sa.Select[Any]:
    rows = registers[table]
    return sa.select(rows).where(rows.c.programme_id == context.programme.id, rows_seen(table, context.principal))


@router.get("/registers/{table}")
def show_register(programme_id: str, table: str, context: Context = viewed("register.read")) -> Response:
    """The rows of a register, as a table and as files."""
    if table not in tables_of(context.principal):
        raise not_found()
    listing, rows = _listing(context, table)
    of_workers = "worker_id" in KEYS[table]
    if (file := table_file(context, listing, rows)) is not None:
        if of_workers:
            context.record("persons.read", f"programme/{programme_id}/{table}", form="file")
        return file
    shown = read_table(context, listing, rows)
    if of_workers and shown.rows:
        context.record("persons.read", f"programme/{programme_id}/{table}", rows=len(shown.rows))
    return page(
        context,
        "workers/register.html",
        shown=shown,
        table=table,
        title=REGISTERS[table],
        may_write=context.principal.may("register.write"),
    )


def _listing(context: Context, table: str) -> tuple[Listing, sa.Select[Any]]:
    who, rows = context.principal, registers[table]
    path = f"/programmes/{context.programme.id}/workers"
    linked = "worker_id" in KEYS[table] and who.may("worker.read")
    columns = [
        Column(
            name,
            COLUMNS[name],
            rows.c[name],
            link=(lambda row: f"{path}/{row['worker_id']}") if name == "worker_id" and linked else None,
        )
        for name in shown_columns(who, table)
    ]
    filters = [
        Filter(one.name, one.title, one.value, text=one.name not in FILTERED)
        for one in columns
        if one.name in FILTERED or one.name in KEYS[table]
    ]
    seen = _seen(context, table)
    if table == "workers" and "name" in PERSON.get(who.role, ()):
        columns.insert(1, Column("name", msgid("Name"), persons.c.name))
        filters.append(Filter("name", msgid("Name begins with"), persons.c.name, text=True))
        seen = seen.select_from(rows.outerjoin(persons, persons.c.worker_id == rows.c.worker_id))
    return Listing(REGISTERS[table], columns, filters), seen


def read_sheet(table: str, fields: Fields, **_: Any) -> Sent:
    """The sheet of a form, read before anything is locked, or what is wrong with it."""
    if table not in REGISTERS:
        raise not_found()
    return read_sent(fields, table)


@router.post("/registers/{table}/sheet")
@preparing(read_sheet)
def send_sheet(
    programme_id: str,
    table: str,
    fields: FormFields,
    *,
    prepared: Sent,
    context: Context = viewed("register.write", upload=True),
) -> Response:
    """Add the rows of a sheet to a register, or change them; all rows or none. Other headings are asked about first."""

    def take(upload: Upload) -> UploadOut:
        done = upload_rows(context.connection, context.principal, context.programme, upload)
        context.record("register.uploaded", f"programme/{programme_id}/{table}", **recorded(upload, done))
        return done

    def again(error: Exception, kept: str) -> Response:
        told = {"error": error, "kept": kept, "table": table, "title": REGISTERS[table], "columns": COLUMNS}
        return page(context, "workers/refused.html", 422, **told)

    done = taken_or_asked(context, fields, table, prepared, take, again)
    headings = [(heading, COLUMNS[name]) for heading, name in done.headings.items() if name in COLUMNS]
    return page(context, "sheets/taken.html", result=done, headings=headings, table=table, title=REGISTERS[table])


@router.get("/workers/{worker_id}")
def show_worker(programme_id: str, worker_id: str, context: Context = viewed("worker.read")) -> Response:
    """One worker: profile, who it is for those who may know, placements and past stays."""
    context.record("person.read", f"worker/{worker_id}")
    told = worker_out(context.connection, context.principal, context.programme, context.objects["worker_id"])
    return page(
        context,
        "workers/worker.html",
        worker=told,
        columns=COLUMNS,
        states=STATES,
        placements=_placements(context, worker_id),
        plan=_published_plan(context),
        stays=_rows_of(context, "history", worker_id),
        preferences=_rows_of(context, "preferences", worker_id),
    )


def _published_plan(context: Context) -> str | None:
    """The plan that was published last of those that somebody sees, where it says of each worker where, or why not."""
    if not context.principal.may("run.read"):
        return None
    mine = sa.and_(runs.c.programme_id == context.programme.id, runs_seen(context.principal))
    asked = sa.select(runs.c.id).where(mine, runs.c.published_at.is_not(None)).order_by(runs.c.published_at.desc())
    found: str | None = context.connection.scalar(asked.limit(1))
    return found


def _placements(context: Context, worker_id: str) -> list[Any]:
    if not context.principal.may("operation.read"):
        return []
    mine = sa.and_(operations.c.programme_id == context.programme.id, operations.c.worker_id == worker_id)
    seen = sa.exists().where(
        orders.c.programme_id == operations.c.programme_id,
        orders.c.order_id == operations.c.order_id,
        orders_seen(context.principal),
    )
    asked = sa.select(operations, seen.label("order_seen")).where(mine, operations_seen(context.principal))
    return list(context.connection.execute(asked.order_by(operations.c.start_date)))


def _rows_of(context: Context, table: str, worker_id: str) -> list[dict[str, str]]:
    """A worker's rows in a register that has a page for this role, in the columns that the role is told."""
    if table not in tables_of(context.principal):
        return []
    rows, columns = registers[table], shown_columns(context.principal, table)
    mine = _seen(context, table).where(rows.c.worker_id == worker_id)
    return [{name: str(row[name]) for name in columns} for row in context.connection.execute(mine).mappings()]
