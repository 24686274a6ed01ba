"""Two plans side by side, on the wire."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.runs.earlier import require_plan
from api.runs.plans_compared import PlansComparedOut, plan_seen, plans_compared

router = Router(prefix="/v1/programmes/{programme_id}/runs/{run_id}", tags=["runs"])


@router.get("/comparison")
def compare_plans(
    programme_id: str,
    run_id: str,
    other: Annotated[str, Query(alias="with", min_length=1, max_length=64, description="Another run with a plan.")],
    context: Context = allowed("run.read"),
) -> PlansComparedOut:
    """This plan beside another of the programme: people, places, income, groups, employers, prices, who gained or lost
    in number.
    """
    require_plan(context.objects["run_id"])
    found = plan_seen(context.connection, context.principal, programme_id, other)
    return plans_compared(context.connection, context.objects["run_id"], found)
