"""Publishing a plan from its page: what doesn't fit is named, and what fits can be published without it."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Response

from api.console.forms import FormFields, or_again
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.placements.publication import judge_plan, publish
from api.placements.schemas import PublishedOut
from api.placements.verdict import Verdict
from api.requests.context import Context
from api.requests.handlers import preparing
from api.runs.plain_words import plainly
from api.runs.plan_shown import seen_agreements
from engine.errors import InputError

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}")


@router.post("/publication")
@preparing(judge_plan)
def publish_plan(
    programme_id: str,
    run_id: str,
    fields: FormFields,
    *,
    prepared: Verdict | None,
    context: Context = viewed("plan.publish", heavy=True),
) -> Response:
    """Publish a plan, or with ``what_fits`` what of it fits; what doesn't is shown first."""

    def published() -> PublishedOut:
        run, what_fits = context.objects["run_id"], fields.get("what_fits") == "yes"
        return publish(context.connection, context.principal, run, prepared, what_fits)

    def unfit(error: InputError) -> Response:
        named = [fault for fault in error.faults if fault.file == "placements"]
        known = seen_agreements(context.connection, context.principal, programme_id)
        faults = [replace(fault, problem=plainly(fault.problem, known)) for fault in error.faults]
        told = {"run_id": run_id, "error": error, "faults": faults, "may_be_in_part": bool(named)}
        return page(context, "placements/unfit.html", 409, **told)

    done = or_again(published, unfit)
    counts = done.model_dump(exclude={"left_out"})
    context.record("plan.published", f"run/{run_id}", **counts, left_out=len(done.left_out))
    return gone_to(f"/programmes/{programme_id}/runs/{run_id}", "published")
