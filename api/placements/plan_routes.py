"""The plans of runs: their placements, and their publication."""

from __future__ import annotations

from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import Query, Response

from api.answers.exports import EXPORTED, FORMS, exported
from api.placements.publication import judge_plan, publish
from api.placements.schemas import PlacementOut, PublishedOut
from api.placements.verdict import Verdict
from api.requests.context import Context
from api.requests.handlers import allowed, preparing
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.tables import placements

router = Router(prefix="/v1/programmes/{programme_id}/runs/{run_id}", tags=["runs"])


@router.get("/placements")
def list_placements(
    programme_id: str,
    run_id: str,
    limit: Limit = 100,
    after: After = None,
    order_id: Annotated[str | None, Query(max_length=64)] = None,
    worker_id: Annotated[str | None, Query(max_length=64)] = None,
    context: Context = allowed("run.read"),
) -> Page[PlacementOut]:
    """The placements of a plan, by worker and order."""
    asked = sa.select(placements).where(placements.c.run_id == run_id)
    for column, wanted in ((placements.c.order_id, order_id), (placements.c.worker_id, worker_id)):
        asked = asked if wanted is None else asked.where(column == wanted)
    key = sa.tuple_(placements.c.worker_id, placements.c.order_id)
    if after is not None:
        worker, _, order = after.partition("|")
        asked = asked.where(key > sa.tuple_(worker, order))
    ordered = asked.order_by(placements.c.worker_id, placements.c.order_id).limit(limit + 1)
    rows = context.connection.execute(ordered).mappings().all()
    items = [PlacementOut(**{name: row[name] for name in PlacementOut.model_fields}) for row in rows]
    return page(items, limit, [f"{row['worker_id']}|{row['order_id']}" for row in rows])


@router.get("/export", response_class=Response, responses=EXPORTED)
def export_plan(
    programme_id: str,
    run_id: str,
    form: Literal["csv", "xlsx", "ics"] = "csv",
    context: Context = allowed("run.read", heavy=True),
) -> Response:
    """A plan's placements as a CSV file, a spreadsheet or a calendar."""
    columns = list(PlacementOut.model_fields)
    asked = sa.select(placements).where(placements.c.run_id == run_id)
    ordered = asked.order_by(placements.c.worker_id, placements.c.order_id)
    content = exported(form, columns, context.connection.execute(ordered).mappings().all())
    named = {"Content-Disposition": f'attachment; filename="placements.{form}"'}
    return Response(content, media_type=FORMS[form], headers=named)


@router.post("/publication", status_code=201, response_model=PublishedOut)
@preparing(judge_plan)
def publish_plan(
    programme_id: str,
    run_id: str,
    what_fits: Annotated[bool, Query(description="Publish what still fits alone, and name the rest.")] = False,
    *,
    prepared: Verdict | None,
    context: Context = allowed("plan.publish", heavy=True, takes="by itself"),
) -> Response:
    """Publish a plan: its placements become operations that can be offered to workers.

    It is audited with all that is open against the programme as it is now. What doesn't fit is named (409), or left out
    and named where `what_fits` is asked.
    """
    done = publish(context.connection, context.principal, context.objects["run_id"], prepared, what_fits)
    counts = done.model_dump(exclude={"left_out"})
    context.record("plan.published", f"run/{run_id}", **counts, left_out=len(done.left_out))
    return context.answer(done, 201)
