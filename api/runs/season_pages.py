"""The form that replays drawn seasons by several policies."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Response

from api.console.forms import FormFields, faults_by_field
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.requests.context import Context
from api.runs.jobs.season_job import SeasonIn
from api.runs.starting import begun
from engine.errors import InputError
from engine.planning.season.policies import policies

router = PageRouter(prefix="/programmes/{programme_id}/season-replay")


@router.get("")
def ask_season(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """The form, with all policies ticked."""
    typed = {"seasons": "10", "demand": "1", "policies": list(policies()), "states": ["certified"]}
    return _form(context, typed)


@router.post("")
def start_season(programme_id: str, fields: FormFields, context: Context = viewed("run.start")) -> Response:
    """Start the replay."""
    typed: dict[str, Any] = {name: fields.get(name, "") for name in ("seasons", "demand")}
    typed |= {name: fields.every(name) for name in ("policies", "states")}
    asked, again = {**typed, "kind": "season"}, partial(_form, context, typed)
    run = begun(context.connection, context.principal, programme_id, SeasonIn, asked, again)
    context.record("run.started", f"run/{run}", kind="season")
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


def _form(context: Context, typed: dict[str, Any], error: InputError | None = None) -> Response:
    names = [(name, policy.TITLE) for name, policy in policies().items()]
    told = {"typed": typed, "error": error, "faults": faults_by_field(error), "names": names}
    return page(context, "runs/season_form.html", 200 if error is None else 422, **told)
