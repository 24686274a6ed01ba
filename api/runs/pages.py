"""Runs as pages: which there are, how one is started, followed and stopped, and what came of it."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.console.forms import Fields, FormFields, faults_by_field
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section, Waiting
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.identity.access import MINISTRIES
from api.identity.visibility import runs_seen
from api.requests.context import Context
from api.runs.beginning import orders_by_state, stop_run
from api.runs.earlier import has_plan
from api.runs.jobs.match_job import MatchIn
from api.runs.kind import FIRST, in_order, kinds, titles
from api.runs.plain_words import plainly
from api.runs.plan_shown import plan_in_words, seen_agreements
from api.runs.result_files import served_file
from api.runs.results_shown import result_shown
from api.runs.run_out import run_out
from api.runs.schemas import RunIn
from api.runs.shares import LIVE
from api.runs.starting import begun
from api.runs.words import GAPS, LIMITS, STATES
from api.storage.tables import runs
from engine.errors import InputError
from engine.words import msgid, plural

router = PageRouter(prefix="/programmes/{programme_id}")
SECTIONS = (
    Section(
        msgid("Plans"),
        "/programmes/{programme_id}/runs",
        "run.read",
        40,
        msgid("Match the season, publish a plan, and read why: plans, reports and other runs."),
    ),
)
USUAL = {"gap": "0.001", "time_limit": "600", "seed": "0"}


def _minute(moment: sa.Column[Any]) -> sa.ColumnElement[str]:
    """A moment to the minute, as text."""
    return sa.func.coalesce(sa.func.substr(sa.cast(moment, sa.Text), 1, 16), "")


def _listing(programme_id: str) -> Listing:
    """The table of runs; the first cell of a row leads to the run."""

    def link(row: Any) -> str:
        return f"/programmes/{programme_id}/runs/{row['id']}"

    return Listing(
        msgid("Runs"),
        (
            Column("created_at", msgid("Started (UTC)"), _minute(runs.c.created_at), link=link),
            Column("kind", msgid("What"), runs.c.kind, words=titles()),
            Column("state", msgid("State"), runs.c.state, words=STATES),
            Column("ended_at", msgid("Ended (UTC)"), _minute(runs.c.ended_at)),
            Column("published_at", msgid("Published (UTC)"), _minute(runs.c.published_at)),
            Column("id", msgid("Number"), runs.c.id),
        ),
        (
            Filter("kind", msgid("What"), runs.c.kind, words=titles()),
            Filter("state", msgid("State"), runs.c.state, words=STATES),
        ),
        sort="-created_at",
    )


def waiting(context: Context, programme_id: str) -> list[Waiting]:
    """A ministry's plans that are ready since its last publication, and its runs that came to nothing since then."""
    if context.principal.role not in MINISTRIES:
        return []
    mine = sa.and_(runs.c.programme_id == programme_id, runs_seen(context.principal))
    last = sa.select(sa.func.max(runs.c.published_at)).where(mine).scalar_subquery()
    since = sa.or_(last.is_(None), runs.c.ended_at > last)
    ready = sa.and_(runs.c.state == "done", runs.c.kind.in_([name for name, one in kinds().items() if one.has_plan]))
    asked = sa.select(sa.func.count()).select_from(runs).where(mine, ready, runs.c.published_at.is_(None), since)
    count = context.connection.scalar(asked) or 0
    if not count:
        return []
    text = plural(
        "{n:,} plan is ready and isn't published", "{n:,} plans are ready and none is published since", n=count
    )
    return [Waiting(text, f"/programmes/{programme_id}/runs?state=done")]


@router.get("/runs")
def list_runs(programme_id: str, context: Context = viewed("run.read")) -> Response:
    """The runs that one sees, the newest first."""
    asked = sa.select(runs).where(runs.c.programme_id == programme_id, runs_seen(context.principal))
    listing = _listing(programme_id)
    if (file := table_file(context, listing, asked)) is not None:
        return file
    buttons = [one for one in in_order() if one.button and not one.of_plan and one.is_told(context.principal)]
    forms = [one for one in in_order() if one.form and one.is_told(context.principal)]
    return page(context, "runs/list.html", shown=read_table(context, listing, asked), buttons=buttons, forms=forms)


@router.get("/new-plan")
def ask_for_run(programme_id: str, context: Context = viewed("run.start")) -> Response:
    """The form to start a match."""
    return _run_form(context, programme_id, {**USUAL, "states": ["certified"]})


@router.post("/runs")
def start_run(programme_id: str, fields: FormFields, context: Context = viewed("run.start")) -> Response:
    """Start a run: a match, or what is asked of a plan."""
    kind = kinds().get(fields.get("kind", ""), kinds()[FIRST])
    again = partial(_run_form, context, programme_id, _typed(fields, MatchIn))
    typed = _typed(fields, kind.asked)
    run = begun(context.connection, context.principal, programme_id, kind.asked, typed, again)
    context.record("run.started", f"run/{run}", kind=kind.name)
    return gone_to(f"/programmes/{programme_id}/runs/{run}")


@router.get("/runs/{run_id}")
def show_run(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """A run: how far it is, or what came of it."""
    run = context.objects["run_id"]
    if has_plan(run):
        told = plan_in_words(context.connection, context.principal, run)
        return page(context, "runs/plan.html", kind=titles()[run.kind], **told)
    told = {"run": run_out(context.connection, run_id), "row": run, "kinds": titles(), "states": STATES}
    if run.state == "done":
        template, shown = result_shown(context.connection, context.principal, run)
        return page(context, template, **shown, **told)
    known = seen_agreements(context.connection, context.principal, programme_id)
    about = [plainly(run.options[name], known) for name in ("worker", "order", "clause") if run.options.get(name)]
    return page(context, "runs/followed.html", live=run.state in LIVE, about=about, **told)


@router.post("/runs/{run_id}/stop")
def stop(programme_id: str, run_id: str, fields: FormFields, context: Context = viewed("run.cancel")) -> Response:
    """Stop a run."""
    stop_run(context.connection, context.objects["run_id"])
    context.record("run.cancelled", f"run/{run_id}")
    return gone_to(f"/programmes/{programme_id}/runs/{run_id}", "stopped")


@router.get("/runs/{run_id}/files/{name}")
def download(programme_id: str, run_id: str, name: str, context: Context = viewed("run.read")) -> Response:
    """One file of a run's results."""
    return served_file(context.connection, run_id, name)


def _typed(fields: Fields, model: type[RunIn]) -> dict[str, Any]:
    """What was typed of a run's content; order states are boxes."""
    typed: dict[str, Any] = {name: fields[name] for name in model.model_fields if name in fields}
    if "states" in fields:
        typed["states"] = fields.every("states")
    return typed


def _run_form(context: Context, programme_id: str, typed: dict[str, Any], error: InputError | None = None) -> Response:
    """The form to start a match, with what it would read and leave out."""
    found = orders_by_state(context.connection, context.principal, programme_id)
    counts = {state: (len(rows), sum(places for _, places in rows)) for state, rows in found.items()}
    told = {"typed": typed, "error": error, "faults": faults_by_field(error), "counts": counts}
    status = 200 if error is None else 422
    return page(context, "runs/new.html", status, gaps=GAPS, limits=LIMITS, **told)
