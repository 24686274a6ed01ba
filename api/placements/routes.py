"""What becomes of each placement."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Response

from api.answers.exports import EXPORTED, FORMS, exported
from api.placements.corrections import correct
from api.placements.operation_history import history_of
from api.placements.operations import listed_operations, operation_out, step, step_many
from api.placements.schemas import (
    BulkMoveIn,
    CorrectionIn,
    MovedOut,
    MoveIn,
    OperationOut,
    OperationState,
    OperationVersionOut,
)
from api.requests.context import Context, etag
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page

router = Router(prefix="/v1/programmes/{programme_id}", tags=["operations"])


@router.get("/operations")
def list_operations(
    programme_id: str,
    limit: Limit = 100,
    after: After = None,
    state: OperationState | None = None,
    order_id: Annotated[str | None, Query(max_length=64)] = None,
    context: Context = allowed("operation.read"),
) -> Page[OperationOut]:
    """The published placements that one sees, with the state of each."""
    asked = listed_operations(context.principal, programme_id, state, order_id, after)
    rows = context.connection.execute(asked.limit(limit + 1)).all()
    told = [operation_out(context.principal, row) for row in rows]
    record_names(context, told[:limit], state=state, order_id=order_id, after=after)
    return page(told, limit, [row.id for row in rows])


def record_names(context: Context, told: list[OperationOut], **asked: str | None) -> None:
    """Leave an entry in the audit log where names are told: how many, and what was asked for."""
    names = sum(bool(one.name) for one in told)
    if names:
        context.record("persons.read", f"programme/{context.programme.id}/operations", names=names, **asked)


@router.get("/operations/{operation_id}")
def read_operation(
    programme_id: str, operation_id: str, response: Response, context: Context = allowed("operation.read")
) -> OperationOut:
    """One published placement."""
    row = context.objects["operation_id"]
    response.headers["ETag"] = etag(row.version)
    return operation_out(context.principal, row)


@router.post("/operations/{operation_id}/state", response_model=OperationOut)
def move_operation(
    programme_id: str, operation_id: str, asked: MoveIn, context: Context = allowed("operation.move", versioned=True)
) -> Response:
    """Record what became of a placement: offered, accepted, declined, travelling, arrived, home; needs If-Match."""
    context.require_version(context.objects["operation_id"])
    row = step(context.connection, context.principal, context.objects["operation_id"], asked.state)
    context.record(f"operation.{asked.state}", f"operation/{operation_id}", version=row.version)
    return context.answer(operation_out(context.principal, row), ETag=etag(row.version))


@router.post("/operations/{operation_id}/correction", response_model=OperationOut)
def correct_operation(
    programme_id: str,
    operation_id: str,
    asked: CorrectionIn,
    context: Context = allowed("operation.move", heavy=True, versioned=True),
) -> Response:
    """Take back the last step, which was recorded by mistake, with what followed from it; needs If-Match."""
    operation = context.objects["operation_id"]
    context.require_version(operation)
    row = correct(context.connection, context.principal, context.programme, operation, asked.state, asked.reason)
    # The reason, which somebody typed, stands in the operation's history at this version.
    context.record(
        "operation.corrected", f"operation/{operation_id}", version=row.version, before=operation.state, state=row.state
    )
    return context.answer(operation_out(context.principal, row), ETag=etag(row.version))


@router.get("/operations/{operation_id}/history")
def read_operation_history(
    programme_id: str, operation_id: str, context: Context = allowed("operation.read")
) -> Page[OperationVersionOut]:
    """Every state of a placement, oldest first, with corrections and their reasons."""
    return Page(items=history_of(context.connection, context.principal, operation_id))


@router.post("/operation-moves", status_code=200, response_model=MovedOut)
def move_operations(
    programme_id: str,
    asked: BulkMoveIn,
    context: Context = allowed("operation.move", heavy=True),
) -> Response:
    """Record the same next state of many placements, of all or none."""
    moved = step_many(context.connection, context.principal, programme_id, asked.ids, asked.state)
    context.record(f"operations.{asked.state}", f"programme/{programme_id}", moved=moved)
    return context.answer(MovedOut(moved=moved))


@router.get("/operation-export", response_class=Response, responses=EXPORTED)
def export_operations(
    programme_id: str,
    form: Literal["csv", "xlsx", "ics"] = "csv",
    context: Context = allowed("operation.read", heavy=True),
) -> Response:
    """The published placements that one sees as a CSV file, a spreadsheet or a calendar."""
    asked = listed_operations(context.principal, programme_id, None, None, None)
    told = [operation_out(context.principal, row) for row in context.connection.execute(asked)]
    record_names(context, told, form=form)
    content = exported(form, list(OperationOut.model_fields), [one.model_dump(mode="json") for one in told])
    named = {"Content-Disposition": f'attachment; filename="operations.{form}"'}
    return Response(content, media_type=FORMS[form], headers=named)
