"""Registers: rows, bulk uploads, workers, one person's data."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Form, Query, Response, UploadFile

from api.answers.problems import content_fault
from api.identity.access import PLANNER
from api.identity.visibility import rows_seen
from api.placements.open_operations import drop_open
from api.requests.context import Context, content_tag
from api.requests.handlers import allowed, preparing
from api.requests.repeated import forget_answers
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.tables import KEYS, persons, registers
from api.uploads.files import MapText, read_file
from api.uploads.uploads import Upload
from api.workers.persons import all_rows_of, erase, person_of, take_programmes_of
from api.workers.profiles import change_worker, told_rows, worker_out
from api.workers.registration import leave_programme, registered_numbers
from api.workers.schemas import (
    ErasedOut,
    LookUpIn,
    LookUpOut,
    PersonOut,
    RegistrationEndedOut,
    RowOut,
    Table,
    UploadOut,
    WorkerChange,
    WorkerOut,
)
from api.workers.uploads import recorded, upload_rows
from engine.words import message

router = Router(prefix="/v1/programmes/{programme_id}", tags=["registers"])
Replace = Annotated[bool, Form(description="Whether these rows take the place of all that one keeps there.")]


@router.post("/registers/{table}/uploads", status_code=201, response_model=UploadOut)
@preparing(read_file)
def upload_register(
    programme_id: str,
    table: Table,
    file: UploadFile,
    map: MapText = "",
    replace: Annotated[
        bool, Form(description="Whether these rows take the place of all that one keeps there.")
    ] = False,
    *,
    prepared: Upload,
    context: Context = allowed("register.write", upload=True),
) -> Response:
    """Add the rows of a CSV file or a spreadsheet to a register, or change them; all rows or none."""
    done = upload_rows(context.connection, context.principal, context.programme, prepared, replace)
    context.record("register.uploaded", f"programme/{programme_id}/{table}", **recorded(prepared, done))
    return context.answer(done, 201)


@router.get("/registers/{table}")
def list_rows(
    programme_id: str,
    table: Table,
    limit: Limit = 100,
    after: After = None,
    context: Context = allowed("register.read"),
) -> Page[RowOut]:
    """The rows of a register that one sees; of workers the profiles alone."""
    rows = registers[table]
    month = context.principal.role == PLANNER  # no cursor splits finer than what is told
    order = [sa.func.substr(rows.c[n], 1, 7) if month and n == "start_date" else rows.c[n] for n in KEYS[table]]
    asked = sa.select(rows).where(rows.c.programme_id == programme_id, rows_seen(table, context.principal))
    if after is not None:
        cursor = after.split("\x1f")
        if len(cursor) != len(order):
            raise content_fault(
                "after", after, message("is no cursor of this list"), message("`next` of the page before")
            )
        asked = asked.where(sa.tuple_(*order) > sa.tuple_(*cursor))
    found = context.connection.execute(asked.order_by(*order).limit(limit + 1)).mappings().all()
    told = told_rows(context.connection, context.principal, context.programme, table, found)
    if told and "worker_id" in KEYS[table]:
        context.record("persons.read", f"programme/{programme_id}/{table}", rows=min(len(told), limit))
    keys = [
        "\x1f".join(cells[n][:7] if month and n == "start_date" else cells[n] for n in KEYS[table]) for cells in told
    ]
    return page([RowOut(cells=cells) for cells in told], limit, keys)


@router.get("/workers/{worker_id}")
def read_worker(
    programme_id: str, worker_id: str, response: Response, context: Context = allowed("worker.read")
) -> WorkerOut:
    """One worker's profile, and who it is for those who may know."""
    context.record("person.read", f"worker/{worker_id}")
    response.headers["ETag"] = _tag(context, context.objects["worker_id"])
    return worker_out(context.connection, context.principal, context.programme, context.objects["worker_id"])


@router.patch("/workers/{worker_id}", response_model=WorkerOut)
def change_a_worker(
    programme_id: str, worker_id: str, asked: WorkerChange, context: Context = allowed("worker.change", versioned=True)
) -> Response:
    """Change columns of a worker's profile, or what is known of the person; needs If-Match."""
    context.require_tag(_tag(context, context.objects["worker_id"]))
    context.binding = bool(asked.profile)  # no plan reads names and contacts
    change_worker(context.connection, context.objects["worker_id"], asked)
    context.record("worker.changed", f"worker/{worker_id}", columns=sorted(asked.profile))
    workers = registers["workers"]
    mine = sa.and_(workers.c.programme_id == programme_id, workers.c.worker_id == worker_id)
    row = context.connection.execute(sa.select(workers).where(mine)).one()
    told = worker_out(context.connection, context.principal, context.programme, row)
    return context.answer(told, ETag=_tag(context, row))


def _tag(context: Context, row: sa.Row[Any]) -> str:
    """The entity tag of a worker: of the profile and of who it is, which other programmes may change too."""
    if context.locking:
        context.connection.execute(
            sa.select(persons.c.worker_id).where(persons.c.worker_id == row.worker_id).with_for_update()
        )
    return content_tag([dict(row._mapping), person_of(context.connection, row.worker_id)])


@router.post("/worker-lookups", status_code=200)
def look_up_workers(
    programme_id: str, asked: LookUpIn, context: Context = allowed("worker.identify", takes="object")
) -> LookUpOut:
    """Which workers of this programme have these register numbers; in the body, so that no number is in an address."""
    found = registered_numbers(context.connection, context.principal, programme_id, asked.register_numbers)
    sought = sorted(set(asked.register_numbers))
    context.record(
        "persons.looked_up", f"programme/{programme_id}/workers", sought=len(sought), found=sorted(found.values())
    )
    return LookUpOut(workers=found, unknown=[number for number in sought if number not in found])


@router.delete("/workers/{worker_id}/registration")
def end_registration(
    programme_id: str,
    worker_id: str,
    drop_open: Annotated[bool, Query(description="Withdraw or drop the open placements in the same call.")] = False,
    context: Context = allowed("worker.change"),
) -> RegistrationEndedOut:
    """Let a worker leave this programme: the profile and all rows in it go; the person and other programmes stay."""
    ended, rows = leave_programme(context.connection, context.principal, programme_id, worker_id, drop_open)
    context.record("worker.left", f"worker/{worker_id}", programme=programme_id, rows=rows, operations=ended)
    return RegistrationEndedOut(rows=rows, operations_ended=ended)


@router.post("/workers/{worker_id}/export")
def export_person(
    programme_id: str, worker_id: str, context: Context = allowed("worker.export", takes="object")
) -> PersonOut:
    """Everything that is kept of one person, in all programmes, to be handed to that person."""
    context.record("worker.exported", f"worker/{worker_id}")
    return PersonOut(
        person=person_of(context.connection, worker_id) or {}, rows=all_rows_of(context.connection, worker_id)
    )


@router.delete("/workers/{worker_id}")
def erase_person(
    programme_id: str, worker_id: str, context: Context = allowed("worker.erase", takes="by itself")
) -> ErasedOut:
    """Erase a person in all programmes; runs that read the profile can't be replayed any more."""
    take_programmes_of(context.connection, worker_id)
    drop_open(context.connection, context.principal, worker_id)
    rows, marked = erase(context.connection, worker_id)
    forget_answers(context.connection, worker_id)
    context.record("worker.erased", f"worker/{worker_id}", rows=rows, runs=marked)
    return ErasedOut(rows=rows, runs_not_replayable=marked)
