"""The form that looks several years ahead."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Response

from api.console.forms import FormFields, faults_by_field
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.requests.context import Context
from api.runs.jobs.outlook_job import OutlookIn
from api.runs.starting import begun
from engine.errors import InputError

router = PageRouter(prefix="/programmes/{programme_id}/outlook")


@router.get("")
def ask_outlook(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """The form."""
    return _form(context, {"years": "5", "futures": "20", "states": ["certified"]})


@router.post("")
def start_outlook(programme_id: str, fields: FormFields, context: Context = viewed("run.start")) -> Response:
    """Start the outlook."""
    typed: dict[str, Any] = {name: fields.get(name, "") for name in ("years", "futures")}
    typed |= {"states": fields.every("states"), "far_sighted": fields.get("far_sighted", "")}
    asked = {**typed, "kind": "outlook", "far_sighted": typed["far_sighted"] == "yes"}
    again = partial(_form, context, typed)
    run = begun(context.connection, context.principal, programme_id, OutlookIn, asked, again)
    context.record("run.started", f"run/{run}", kind="outlook")
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


def _form(context: Context, typed: dict[str, Any], error: InputError | None = None) -> Response:
    told = {"typed": typed, "error": error, "faults": faults_by_field(error)}
    return page(context, "runs/outlook_form.html", 200 if error is None else 422, **told)
