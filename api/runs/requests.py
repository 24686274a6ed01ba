"""What may be run: each kind's own content, read before it is queued."""

from __future__ import annotations

import sqlalchemy as sa

from api.identity.access import PLANNER, Principal
from api.identity.visibility import runs_seen
from api.problems import content_fault, refused
from api.runs.jobs.sweep_job import sweep_of
from api.runs.jobs.what_if_job import read_what_ifs
from api.storage.tables import runs
from api.wire.runs import RunIn
from engine.planning.measures import MEASURES
from engine.solve.mechanisms import mechanisms


def require_runnable(connection: sa.Connection, principal: Principal, programme_id: str, asked: RunIn) -> None:
    """Raise `InputError` for content that doesn't go with the kind, 403 where a role may not run it."""
    if asked.mechanism not in mechanisms():
        raise content_fault("mechanism", asked.mechanism, "is no mechanism", "one of " + ", ".join(mechanisms()))
    if asked.kind == "what_if":
        if not asked.what_ifs:
            raise content_fault("what_ifs", "", "is empty", "one TOML text of edits at least")
        read_what_ifs(asked.what_ifs)
    if asked.kind == "sweep":
        if asked.measure not in MEASURES:
            raise content_fault("measure", asked.measure, "is no measure", "one of " + ", ".join(MEASURES))
        sweep_of(asked.sweep)
    if asked.kind == "rematch":
        _require_plan(connection, principal, programme_id, asked.plan)


def _require_plan(connection: sa.Connection, principal: Principal, programme_id: str, run_id: str) -> None:
    if principal.role == PLANNER:
        raise refused("Plans are repaired by the ministry that published them.")
    mine = sa.and_(runs.c.id == run_id, runs.c.programme_id == programme_id, runs_seen(principal))
    published = sa.select(runs.c.id).where(mine, runs.c.published_at.is_not(None))
    if connection.scalar(published) is None:
        raise content_fault("plan", run_id, "is no published plan", "the id of a run whose plan is published")
