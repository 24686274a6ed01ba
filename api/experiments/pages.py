"""Pages of experiments: a question, its runs side by side with where each comes from, and the conclusion."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.console.forms import Fields, FormFields, faults_by_field, or_again, read_form, require_shown
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import Section
from api.console.tables import Column, Listing, read_table, table_file
from api.experiments.experiments import (
    change_experiment,
    experiment_out,
    experiments_seen,
    make_experiment,
    runs_to_keep,
)
from api.experiments.schemas import ExperimentIn
from api.requests.context import Context
from api.runs.kind import titles
from api.storage.database import utc
from api.storage.tables import experiments
from engine.errors import InputError
from engine.planning.measures import IN_TABLES, IN_WORDS
from engine.words import msgid

router = PageRouter(prefix="/programmes/{programme_id}")
SECTIONS = (
    Section(
        msgid("Experiments"),
        "/programmes/{programme_id}/experiments",
        "experiment.read",
        55,
        msgid("Questions with the runs made for them, and what was concluded."),
    ),
)
MOST_OFFERED = 40


@router.get("/experiments")
def show_experiments(programme_id: str, context: Context = viewed("experiment.read")) -> Response:
    """The experiments that somebody sees."""
    mine = sa.and_(experiments.c.programme_id == programme_id, experiments_seen(context.principal))
    changed = sa.func.substr(sa.cast(experiments.c.changed_at, sa.Text), 1, 10)
    listing = Listing(
        msgid("Experiments"),
        (
            Column("id", msgid("Number"), experiments.c.id, hidden=True),
            Column(
                "question",
                msgid("Question"),
                experiments.c.question,
                link=lambda row: f"/programmes/{programme_id}/experiments/{row['id']}",
            ),
            Column("conclusion", msgid("Conclusion"), experiments.c.conclusion),
            Column("changed_at", msgid("Changed (UTC)"), changed, whole=True),
        ),
        sort="-changed_at",
    )
    rows = sa.select(experiments).where(mine)
    if (file := table_file(context, listing, rows)) is not None:
        return file
    return page(context, "experiments/list.html", shown=read_table(context, listing, rows))


@router.get("/new-experiment")
def ask_experiment(programme_id: str, context: Context = viewed("experiment.write")) -> Response:
    """The form for a new experiment."""
    return _form(context, {"question": "", "conclusion": ""}, [], 0)


@router.post("/experiments")
def start_experiment(
    programme_id: str, fields: FormFields, context: Context = viewed("experiment.write", takes="object")
) -> Response:
    """Keep a new experiment."""

    def made() -> str:
        return make_experiment(context.connection, context.principal, programme_id, _read(fields))

    identifier = or_again(made, lambda error: _form(context, fields, fields.every("run_ids"), 0, error))
    context.record("experiment.made", f"experiment/{identifier}", runs=len(fields.every("run_ids")))
    return gone_to(f"/programmes/{programme_id}/experiments/{identifier}")


@router.get("/experiments/{experiment_id}")
def show_experiment(programme_id: str, experiment_id: str, context: Context = viewed("experiment.read")) -> Response:
    """An experiment, which is shared by its address with those who may see it."""
    told = experiment_out(context.objects["experiment_id"])
    names = [(name, IN_WORDS[name]) for name in IN_TABLES]
    return page(context, "experiments/experiment.html", experiment=told, names=names, kinds=titles())


@router.get("/experiments/{experiment_id}/change")
def ask_change(programme_id: str, experiment_id: str, context: Context = viewed("experiment.write")) -> Response:
    """The form to change an experiment."""
    row = context.objects["experiment_id"]
    kept = [one["id"] for one in row.runs]
    return _form(context, {"question": row.question, "conclusion": row.conclusion}, kept, row.version)


@router.post("/experiments/{experiment_id}")
def write_experiment(
    programme_id: str,
    experiment_id: str,
    fields: FormFields,
    context: Context = viewed("experiment.write", takes="object"),
) -> Response:
    """Change an experiment."""
    row = context.objects["experiment_id"]
    require_shown(fields, row.version)

    def changed() -> None:
        change_experiment(context.connection, context.principal, row, _read(fields))

    or_again(changed, lambda error: _form(context, fields, fields.every("run_ids"), row.version, error))
    context.record("experiment.changed", f"experiment/{experiment_id}", version=row.version + 1)
    return gone_to(f"/programmes/{programme_id}/experiments/{experiment_id}")


def _read(fields: Fields) -> ExperimentIn:
    typed = {"question": fields.get("question", ""), "conclusion": fields.get("conclusion", "")}
    return read_form(ExperimentIn, {**typed, "run_ids": fields.every("run_ids")})


def _form(context: Context, typed: Any, ticked: list[str], version: int, error: InputError | None = None) -> Response:
    """The form of an experiment; its own runs are offered though they are deleted by now."""
    offered = runs_to_keep(context.connection, context.principal, context.programme.id, MOST_OFFERED)
    choices = [(run.id, titles()[run.kind], utc(run.created_at), _title(run)) for run in offered]
    known = {one[0] for one in choices}
    kept = context.objects["experiment_id"].runs if version else []
    choices += [(one["id"], titles()[one["kind"]], one["made_at"][:10], "") for one in kept if one["id"] not in known]
    told = {"typed": typed, "ticked": ticked, "version": version, "choices": choices}
    status = 200 if error is None else 422
    return page(context, "experiments/form.html", status, **told, error=error, faults=faults_by_field(error))


def _title(run: sa.Row[Any]) -> str:
    """What a what-if asks, from its branches' titles."""
    branches = run.manifest.get("comparison", {}).get("branches", [])
    return "; ".join(str(one["title"]) for one in branches if one["title"])
