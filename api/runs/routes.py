"""Runs and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from fastapi import Request, Response

from api.identity.visibility import runs_seen
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.runs.beginning import begin_run, stop_run
from api.runs.by_hand import HandChangesIn, HandChangesOut, try_by_hand
from api.runs.earlier import require_plan
from api.runs.following import Followed, RunEvents
from api.runs.kind import any_kind
from api.runs.result_files import names_of, served_file
from api.runs.run_out import run_out, runs_out
from api.runs.schemas import RunIn, RunOut, RunState, SpokenIn
from api.storage.tables import runs
from engine.words.catalogue import preferred_language

router = Router(prefix="/v1/programmes/{programme_id}/runs", tags=["runs"])
DOWNLOADED: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {"example": "a,b"}}}}
if TYPE_CHECKING:
    AnyRunIn = RunIn
else:
    AnyRunIn = any_kind()


@router.get("")
def list_runs(
    programme_id: str,
    limit: Limit = 100,
    after: After = None,
    state: RunState | None = None,
    context: Context = allowed("run.read"),
) -> Page[RunOut]:
    """The runs that one sees, oldest first."""
    asked = sa.select(runs).where(runs.c.programme_id == programme_id, runs_seen(context.principal))
    asked = asked if state is None else asked.where(runs.c.state == state)
    asked = asked if after is None else asked.where(runs.c.id > after)
    rows = context.connection.execute(asked.order_by(runs.c.id).limit(limit + 1)).all()
    return page(runs_out(context.connection, rows), limit, [row.id for row in rows])


@router.post("", status_code=202, response_model=RunOut)
def start_run(
    programme_id: str,
    asked: AnyRunIn,
    request: Request,
    context: Context = allowed("run.start", takes="object"),
) -> Response:
    """Start a run of one of the kinds: it waits in the queue for a worker, and `before` says how many come first."""
    if isinstance(asked, SpokenIn) and asked.lang is None:
        asked.lang = preferred_language(request.headers.get("accept-language", ""))
    identifier = begin_run(context.connection, context.principal, programme_id, asked)
    context.record("run.started", f"run/{identifier}", kind=asked.kind)
    told = run_out(context.connection, identifier)
    return context.answer(told, 202, Location=f"/v1/programmes/{programme_id}/runs/{identifier}")


@router.get("/{run_id}")
def read_run(programme_id: str, run_id: str, context: Context = allowed("run.read")) -> RunOut:
    """A run: how far it is, or what came of it."""
    return runs_out(context.connection, [context.objects["run_id"]])[0]


@router.get(
    "/{run_id}/events",
    response_class=Response,
    responses={200: {"content": {"text/event-stream": {"example": "event: running\\ndata: {}\\n\\n"}}}},
)
def follow_run(programme_id: str, run_id: str, request: Request, context: Context = allowed("run.read")) -> Response:
    """The run as server-sent events, one for each change, until it has ended."""
    state, account_id = request.app.state, context.principal.account_id
    return RunEvents(state.looks, state.lanes.streams, account_id, Followed(context.credentials, run_id))


@router.post("/{run_id}/cancellation", status_code=202, response_model=RunOut)
def cancel_run(programme_id: str, run_id: str, context: Context = allowed("run.cancel", takes="object")) -> Response:
    """Cancel a run; one that has ended stays as it is (409)."""
    stop_run(context.connection, context.objects["run_id"])
    context.record("run.cancelled", f"run/{run_id}")
    return context.answer(run_out(context.connection, run_id), 202)


@router.post("/{run_id}/changes", response_model=HandChangesOut)
def try_changes(
    programme_id: str,
    run_id: str,
    asked: HandChangesIn,
    context: Context = allowed("run.start", heavy=True),
) -> Response:
    """Try changes of a plan by hand, pairs of a worker and an order that are held or ruled out: whether the plan with
    them is legal when nobody else is moved, and what that costs. A run of kind `rematch` with the same content moves
    others for it. Nothing is kept of a trial.
    """
    require_plan(context.objects["run_id"])
    return context.answer(try_by_hand(context.connection, context.objects["run_id"], asked))


@router.get("/{run_id}/files")
def list_files(programme_id: str, run_id: str, context: Context = allowed("run.read")) -> dict[str, str]:
    """The files of a run's results with their sha256: reasons, prices, certificate, comparisons, charts."""
    return names_of(context.connection, run_id)


@router.get("/{run_id}/files/{name}", response_class=Response, responses=DOWNLOADED)
def read_file(programme_id: str, run_id: str, name: str, context: Context = allowed("run.read")) -> Response:
    """One file of a run's results."""
    return served_file(context.connection, run_id, name)
