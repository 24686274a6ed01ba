"""A plan computed again, asked over the wire by those who may only look, too."""

from __future__ import annotations

from fastapi import Response

from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.runs.beginning import begin_run
from api.runs.earlier import require_plan
from api.runs.jobs.replay_job import ReplayIn
from api.runs.run_out import run_out
from api.runs.schemas import RunOut

router = Router(prefix="/v1/programmes/{programme_id}/runs/{run_id}/replay", tags=["runs"])


@router.post("", status_code=202, response_model=RunOut)
def replay_run(programme_id: str, run_id: str, context: Context = allowed("run.replay", takes="object")) -> Response:
    """Compute a plan again from what its run read: a run of kind `replay`, whose manifest names the files that differ.
    None has to. Auditors may ask it too.
    """
    require_plan(context.objects["run_id"])
    asked = ReplayIn(kind="replay", plan=run_id)
    identifier = begin_run(context.connection, context.principal, programme_id, asked)
    context.record("run.started", f"run/{identifier}", kind="replay")
    place = f"/v1/programmes/{programme_id}/runs/{identifier}"
    return context.answer(run_out(context.connection, identifier), 202, Location=place)
