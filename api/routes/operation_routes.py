"""What becomes of each placement."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Query, Response

from api.asking import Ask, IdempotencyKey, Router, allowed, begin_once, etag
from api.plans.exports import EXPORTED, FORMS, exported
from api.plans.operations import listed_operations, operation_out, step, step_many
from api.wire.runs import BulkMoveIn, MovedOut, MoveIn, OperationOut, OperationState
from api.wire.shapes import After, Limit, Page, page

router = Router(prefix="/v1/programmes/{programme_id}", tags=["operations"])


@router.get("/operations")
def list_operations(
    programme_id: str,
    limit: Limit = 100,
    after: After = None,
    state: OperationState | None = None,
    order_id: Annotated[str | None, Query(max_length=64)] = None,
    ask: Ask = allowed("operation.read"),
) -> Page[OperationOut]:
    """The published placements that one sees, with the state of each."""
    asked = listed_operations(ask.principal, programme_id, state, order_id, after)
    rows = ask.connection.execute(asked.limit(limit + 1)).all()
    return page([operation_out(ask.principal, row) for row in rows], limit, [row.id for row in rows])


@router.get("/operations/{operation_id}")
def read_operation(
    programme_id: str, operation_id: str, response: Response, ask: Ask = allowed("operation.read")
) -> OperationOut:
    """One published placement."""
    row = ask.objects["operation_id"]
    response.headers["ETag"] = etag(row.version)
    return operation_out(ask.principal, row)


@router.post("/operations/{operation_id}/state", response_model=OperationOut)
def move_operation(
    programme_id: str, operation_id: str, asked: MoveIn, ask: Ask = allowed("operation.move")
) -> Response:
    """Record what became of a placement: offered, accepted, declined, travelling, arrived, home; needs If-Match."""
    ask.require_version(ask.objects["operation_id"])
    row = step(ask.connection, ask.principal, ask.objects["operation_id"], asked.state)
    ask.record(f"operation.{asked.state}", f"operation/{operation_id}", version=row.version)
    return ask.answer(operation_out(ask.principal, row), ETag=etag(row.version))


@router.post("/operation-moves", status_code=200, response_model=MovedOut)
def move_operations(
    programme_id: str, asked: BulkMoveIn, idempotency_key: IdempotencyKey = None, ask: Ask = allowed("operation.move")
) -> Response:
    """Record the same next state of many placements, of all or none."""
    begin_once(ask, idempotency_key, asked.model_dump_json())
    moved = step_many(ask.connection, ask.principal, programme_id, asked.ids, asked.state)
    ask.record(f"operations.{asked.state}", f"programme/{programme_id}", moved=moved)
    return ask.answer(MovedOut(moved=moved))


@router.get("/operation-export", response_class=Response, responses=EXPORTED)
def export_operations(
    programme_id: str, form: Literal["csv", "xlsx", "ics"] = "csv", ask: Ask = allowed("operation.read")
) -> Response:
    """The published placements that one sees as a CSV file, a spreadsheet or a calendar."""
    asked = listed_operations(ask.principal, programme_id, None, None, None)
    told = [operation_out(ask.principal, row).model_dump(mode="json") for row in ask.connection.execute(asked)]
    content = exported(form, list(OperationOut.model_fields), told)
    named = {"Content-Disposition": f'attachment; filename="operations.{form}"'}
    return Response(content, media_type=FORMS[form], headers=named)
