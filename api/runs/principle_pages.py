"""The form that compares principles on one season: which mechanisms, and the rule that they are held against."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Response

from api.console.forms import FormFields, faults_by_field
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.requests.context import Context
from api.runs.jobs.compare_job import CompareIn
from api.runs.starting import begun
from api.runs.words import GAPS, LIMITS
from engine.errors import InputError
from engine.planning.principles import FORMER_RULE
from engine.solve.mechanisms import mechanism_in_words, mechanisms

router = PageRouter(prefix="/programmes/{programme_id}/principles")


@router.get("")
def ask_principles(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """The form, with all mechanisms ticked."""
    usual = {"gap": "0.001", "time_limit": "600", "against": FORMER_RULE, "states": ["certified"]}
    return _form(context, {**usual, "mechanisms": list(mechanisms())})


@router.post("")
def start_principles(programme_id: str, fields: FormFields, context: Context = viewed("run.start")) -> Response:
    """Start the comparison."""
    typed: dict[str, Any] = {name: fields.get(name, "") for name in ("against", "gap", "time_limit")}
    typed |= {name: fields.every(name) for name in ("mechanisms", "states")}
    asked = {**typed, "kind": "compare"}
    again = partial(_form, context, typed)
    run = begun(context.connection, context.principal, programme_id, CompareIn, asked, again)
    context.record("run.started", f"run/{run}", kind="compare")
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


def _form(context: Context, typed: dict[str, Any], error: InputError | None = None) -> Response:
    names = [(name, mechanism_in_words(name)) for name in mechanisms()]
    told = {"typed": typed, "error": error, "faults": faults_by_field(error), "names": names}
    status = 200 if error is None else 422
    return page(context, "runs/principles_form.html", status, gaps=GAPS, limits=LIMITS, **told)
