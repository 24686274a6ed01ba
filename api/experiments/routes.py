"""Experiments."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.experiments.experiments import (
    change_experiment,
    experiment_of,
    experiment_out,
    experiments_seen,
    make_experiment,
)
from api.experiments.schemas import ExperimentIn, ExperimentOut
from api.requests.context import Context, etag
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.tables import experiments

router = Router(prefix="/v1/programmes/{programme_id}/experiments", tags=["runs"])


@router.get("")
def list_experiments(
    programme_id: str, limit: Limit = 100, after: After = None, context: Context = allowed("experiment.read")
) -> Page[ExperimentOut]:
    """The experiments that one sees, oldest first."""
    mine = sa.and_(experiments.c.programme_id == programme_id, experiments_seen(context.principal))
    asked = sa.select(experiments).where(mine).order_by(experiments.c.id).limit(limit + 1)
    rows = context.connection.execute(asked if after is None else asked.where(experiments.c.id > after)).all()
    return page([experiment_out(row) for row in rows], limit, [row.id for row in rows])


@router.post("", status_code=201, response_model=ExperimentOut)
def create_experiment(
    programme_id: str, asked: ExperimentIn, context: Context = allowed("experiment.write", takes="object")
) -> Response:
    """Keep a question with the runs that were made for it."""
    identifier = make_experiment(context.connection, context.principal, programme_id, asked)
    context.record("experiment.made", f"experiment/{identifier}", runs=len(asked.run_ids))
    place = f"/v1/programmes/{programme_id}/experiments/{identifier}"
    return context.answer(experiment_of(context.connection, identifier), 201, Location=place, ETag=etag(1))


@router.get("/{experiment_id}")
def read_experiment(
    programme_id: str, experiment_id: str, response: Response, context: Context = allowed("experiment.read")
) -> ExperimentOut:
    """An experiment: question, conclusion, and each run with what was asked of which base and what came of it."""
    row = context.objects["experiment_id"]
    response.headers["ETag"] = etag(row.version)
    return experiment_out(row)


@router.put("/{experiment_id}", response_model=ExperimentOut)
def write_experiment(
    programme_id: str,
    experiment_id: str,
    asked: ExperimentIn,
    context: Context = allowed("experiment.write", takes="object", versioned=True),
) -> Response:
    """Change an experiment; needs If-Match. Runs that it holds stay as they were when they were put in."""
    row = context.objects["experiment_id"]
    version = context.require_version(row) + 1
    change_experiment(context.connection, context.principal, row, asked)
    context.record("experiment.changed", f"experiment/{experiment_id}", version=version)
    return context.answer(experiment_of(context.connection, experiment_id), ETag=etag(version))
