"""The slip of somebody without a placement, made from the page of a worker in a published plan."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.console.forms import FormFields
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page, part
from api.placements.letters import language_of_worker
from api.placements.reason_slips import make_reason_slip
from api.requests.context import Context
from api.settings import settings

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}/reason-slips")


@router.post("")
def make_a_reason_slip(
    programme_id: str, run_id: str, fields: FormFields, context: Context = viewed("operation.move")
) -> Response:
    """The slip, to be printed and handed over, in the worker's language: its code is told this once."""
    worker = fields.get("worker_id", "")[:130]
    code = make_reason_slip(context.connection, context.principal, context.objects["run_id"], worker)
    context.record("slip.made", f"run/{run_id}/worker/{worker}")
    language = language_of_worker(context.connection, programme_id, worker)
    told: dict[str, Any] = {"code": code, "worker_id": worker, "days": settings().slip_days}
    place = str(context.request.base_url.replace(path="/slip"))
    letter = part("placements/reason_letter.html", language, **told, place=place)
    shown: dict[str, Any] = {"worker_id": worker, "letter": letter, "letter_language": language}
    return page(context, "placements/reason_slip_made.html", run_id=run_id, **shown)
