"""The form that asks what two or more states could harmonise."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Response

from api.console.forms import FormFields, faults_by_field
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.requests.context import Context
from api.runs.jobs.harmonise_job import HarmoniseIn
from api.runs.plan_shown import own_agreements
from api.runs.starting import begun
from api.runs.words import GAPS, LIMITS
from engine.errors import InputError

router = PageRouter(prefix="/programmes/{programme_id}/harmonisation")


@router.get("")
def ask_harmonisation(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """The form."""
    return _form(context, {"gap": "0.001", "time_limit": "600", "most": "3", "states": ["certified"], "agreements": []})


@router.post("")
def start_harmonisation(programme_id: str, fields: FormFields, context: Context = viewed("run.start")) -> Response:
    """Start the search."""
    typed: dict[str, Any] = {name: fields.get(name, "") for name in ("most", "gap", "time_limit")}
    typed |= {name: fields.every(name) for name in ("agreements", "states")}
    asked = {**typed, "kind": "harmonise", "smallest": fields.get("whole") != "yes"}
    again = partial(_form, context, typed)
    run = begun(context.connection, context.principal, programme_id, HarmoniseIn, asked, again)
    context.record("run.started", f"run/{run}", kind="harmonise")
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


def _form(context: Context, typed: dict[str, Any], error: InputError | None = None) -> Response:
    known = own_agreements(context.connection, context.principal, context.programme.id).contents
    names = [(name, content.get("title") or name) for name, content in sorted(known.items())]
    told = {"typed": typed, "error": error, "faults": faults_by_field(error), "names": names}
    status = 200 if error is None else 422
    return page(context, "runs/harmonise_form.html", status, gaps=GAPS, limits=LIMITS, **told)
