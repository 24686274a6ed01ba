"""The form that asks what equity costs: between whom, in how many steps."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Response

from api.console.forms import FormFields, faults_by_field
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.requests.context import Context
from api.runs.jobs.frontier_job import FrontierIn
from api.runs.starting import begun
from api.runs.words import GAPS, LIMITS
from engine.errors import InputError
from engine.planning.fairness.frontier import SMALLEST, every_measure

router = PageRouter(prefix="/programmes/{programme_id}/frontier")


@router.get("")
def ask_frontier(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """The form."""
    usual = {"gap": "0.001", "time_limit": "60", "steps": "5", "smallest": str(SMALLEST), "states": ["certified"]}
    return _form(context, {**usual, "equity": ["least_rate"]})


@router.post("")
def start_frontier(programme_id: str, fields: FormFields, context: Context = viewed("run.start")) -> Response:
    """Start the frontier."""
    typed: dict[str, Any] = {name: fields.get(name, "") for name in ("steps", "smallest", "gap", "time_limit")}
    typed |= {name: fields.every(name) for name in ("equity", "states")}
    again = partial(_form, context, typed)
    asked = {**typed, "kind": "frontier"}
    run = begun(context.connection, context.principal, programme_id, FrontierIn, asked, again)
    context.record("run.started", f"run/{run}", kind="frontier")
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


def _form(context: Context, typed: dict[str, Any], error: InputError | None = None) -> Response:
    names = [(name, measure.TITLE) for name, measure in every_measure().items()]
    told = {"typed": typed, "error": error, "faults": faults_by_field(error), "names": names}
    status = 200 if error is None else 422
    return page(context, "runs/frontier_form.html", status, gaps=GAPS, limits=LIMITS, **told)
