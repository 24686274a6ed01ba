"""Runs and their files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from fastapi import Request, Response

from api.answers.problems import ServiceError, not_found
from api.identity.visibility import runs_seen
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.runs.following import Followed, RunEvents
from api.runs.gate import is_served
from api.runs.kind import any_kind, kinds
from api.runs.queue import ask_cancel, enqueue
from api.runs.run_out import run_out, runs_out
from api.runs.schemas import RunIn, RunOut, RunState, SpokenIn
from api.runs.shares import LIVE, require_room
from api.storage.tables import run_files, runs
from engine.words import message
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
    """Start a run: a match, a re-match, what-ifs, a sweep, an explanation or a report; it waits in the queue for a
    worker, and `before` says how many others come first.
    """
    if isinstance(asked, SpokenIn) and asked.lang is None:
        asked.lang = preferred_language(request.headers.get("accept-language", ""))
    kind = kinds()[asked.kind]
    kind.check(context.connection, context.principal, programme_id, asked)
    require_room(context.connection, context.principal)
    options, long = asked.model_dump(exclude={"kind"}), kind.is_long(asked)
    identifier = enqueue(context.connection, context.principal, programme_id, asked.kind, options, long)
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
    if context.objects["run_id"].state not in LIVE:
        raise ServiceError(409, message("The run is {state} already.", state=context.objects["run_id"].state))
    ask_cancel(context.connection, run_id)
    context.record("run.cancelled", f"run/{run_id}")
    return context.answer(run_out(context.connection, run_id), 202)


@router.get("/{run_id}/files")
def list_files(programme_id: str, run_id: str, context: Context = allowed("run.read")) -> dict[str, str]:
    """The files of a run's results with their sha256: reasons, prices, certificate, comparisons, charts."""
    asked = sa.select(run_files.c.name, run_files.c.sha256).where(run_files.c.run_id == run_id)
    found = context.connection.execute(asked.order_by(run_files.c.name))
    return {row.name: row.sha256 for row in found if is_served(row.name)}


@router.get("/{run_id}/files/{name}", response_class=Response, responses=DOWNLOADED)
def read_file(programme_id: str, run_id: str, name: str, context: Context = allowed("run.read")) -> Response:
    """One file of a run's results."""
    asked = sa.select(run_files.c.content).where(run_files.c.run_id == run_id, run_files.c.name == name)
    found = context.connection.scalar(asked)
    if found is None or not is_served(name):
        raise not_found()
    ending = name.rpartition(".")[2]
    kinds = {"json": "application/json", "csv": "text/csv; charset=utf-8", "png": "image/png", "html": "text/html"}
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
    return Response(bytes(found), media_type=kinds.get(ending, "application/octet-stream"), headers=headers)
