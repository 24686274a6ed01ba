"""Two plans side by side on a page, and the table of who gained, lost or moved between them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from fastapi import Response

from api.answers.problems import not_found
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.tables import Column, Filter, Listing
from api.requests.context import Context
from api.runs.comparison_shown import branch_shown
from api.runs.earlier import require_plan
from api.runs.frames import file_of_frame, read_frame
from api.runs.kind import titles
from api.runs.plan_shown import seen_agreements
from api.runs.plans_compared import (
    GAINED,
    LOST,
    MOVED,
    as_outcome,
    employers_counted,
    people_changed,
    plan_seen,
    plans_compared,
)
from api.storage.database import utc
from engine.errors import InputError
from engine.words import msgid

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}")
MOST_EMPLOYERS, MOST_PRICES = 30, 15
CHANGES = {
    GAINED: msgid("has a job in the other plan alone"),
    LOST: msgid("has a job in this plan alone"),
    MOVED: msgid("has another job in each"),
}


@router.get("/comparison")
def choose_comparison(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """Where the comparison with a chosen plan is."""
    require_plan(context.objects["run_id"])
    run = context.objects["run_id"]
    wanted = context.request.query_params.get("with", "")[:64]
    other = plan_seen(context.connection, context.principal, run.programme_id, wanted)
    return gone_to(f"{_plan(context)}/beside/{other.id}")


@router.get("/beside/{other_id}")
def compare_two_plans(programme_id: str, run_id: str, other_id: str, context: Context = viewed("run.read")) -> Response:
    """This plan beside another."""
    base, other = _both(context, other_id)
    told = plans_compared(context.connection, base, other)
    moved = [one for one in employers_counted(context.connection, base.id, other.id) if one.base != one.other]
    moved.sort(key=lambda one: (-abs(one.other - one.base), one.name))
    known = seen_agreements(context.connection, context.principal, programme_id)
    prices = [(known.limit_in_words(p.limit, p.clause_id), p.base, p.other) for p in told.prices[:MOST_PRICES]]
    return page(
        context,
        "runs/plans_compared.html",
        run_id=run_id,
        plans=[
            (run.id, titles()[run.kind], utc(run.created_at), run.published_at is not None) for run in (base, other)
        ],
        told=told,
        branch=branch_shown(as_outcome(base), as_outcome(other)),
        employers=moved[:MOST_EMPLOYERS],
        prices=prices,
        changes=CHANGES,
    )


@router.get("/beside/{other_id}/people")
def list_people_compared(
    programme_id: str, run_id: str, other_id: str, context: Context = viewed("run.read")
) -> Response:
    """Who has a job in one of two plans alone, or another in each."""
    base, other = _both(context, other_id)
    frame = people_changed(context.connection, base.id, other.id)
    listing, address = _listing(_plan(context)), context.request.url
    if (file := file_of_frame(address, listing, frame)) is not None:
        return file
    shown = read_frame(address, listing, frame)
    return page(context, "runs/table.html", run_id=run_id, shown=shown, may_change=False)


def _plan(context: Context) -> str:
    run = context.objects["run_id"]
    return f"/programmes/{run.programme_id}/runs/{run.id}"


def _both(context: Context, other_id: str) -> tuple[sa.Row[Any], sa.Row[Any]]:
    """The runs of the path. Raises 404 where one of them has no plan or isn't seen."""
    require_plan(context.objects["run_id"])
    run = context.objects["run_id"]
    try:
        return run, plan_seen(context.connection, context.principal, run.programme_id, other_id)
    except InputError as error:
        raise not_found() from error


def _listing(plan: str) -> Listing:
    def link(row: Any) -> str:
        return f"{plan}/worker?{urlencode({'worker_id': row['worker_id']})}"

    columns = (
        Column("worker_id", msgid("Worker"), sa.column("worker_id"), whole=True, link=link),
        Column("change", msgid("What differs"), sa.column("change"), words=CHANGES),
        Column("before", msgid("In this plan"), sa.column("before")),
        Column("after", msgid("In the other plan"), sa.column("after")),
    )
    filters = (
        Filter("change", msgid("What differs"), sa.column("change"), words=CHANGES),
        Filter("worker_id", msgid("Worker begins with"), sa.column("worker_id"), text=True),
    )
    return Listing(msgid("Who gained, lost or moved"), columns, filters, sort="worker_id")
