"""What an experiment keeps, and who sees it: the side that made it, as that side's runs, and auditors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from api.answers.problems import content_fault
from api.experiments.schemas import ExperimentIn, ExperimentOut
from api.identity.access import AUDITOR, MINISTRIES, PLANNER, Principal
from api.identity.visibility import runs_seen
from api.storage.database import new_id, now, utc
from api.storage.tables import experiments, runs
from engine.words import message
from engine.words.wording import spoken_language, worded_all

# Kinds of run that answer a question about a season.
KINDS = ("match", "rematch", "what_if", "sweep")
Kept = list[dict[str, Any]]


def experiments_seen(principal: Principal) -> sa.ColumnElement[bool]:
    """Ministries see their own experiments, planners those of planners, auditors all."""
    if not principal.has_tenant:
        return sa.false()
    if principal.role in MINISTRIES:
        return sa.and_(experiments.c.role == principal.role, experiments.c.country == principal.country)
    if principal.role == PLANNER:
        return experiments.c.role == PLANNER
    return sa.true() if principal.role == AUDITOR else sa.false()


def make_experiment(connection: sa.Connection, principal: Principal, programme_id: str, asked: ExperimentIn) -> str:
    """Keep an experiment; its id. Raises `InputError` for runs that can't be kept."""
    identifier, moment = new_id(), now()
    connection.execute(
        experiments.insert().values(
            id=identifier,
            programme_id=programme_id,
            role=principal.role,
            country=principal.country,
            account_id=principal.account_id,
            question=asked.question,
            conclusion=asked.conclusion,
            runs=_kept(connection, principal, programme_id, asked.run_ids, []),
            version=1,
            created_at=moment,
            changed_at=moment,
        )
    )
    return identifier


def change_experiment(
    connection: sa.Connection, principal: Principal, experiment: sa.Row[Any], asked: ExperimentIn
) -> None:
    """Change an experiment; runs that it holds stay as they were kept. Raises `InputError` for runs that can't be."""
    kept = _kept(connection, principal, experiment.programme_id, asked.run_ids, experiment.runs)
    values = {"question": asked.question, "conclusion": asked.conclusion, "runs": kept, "changed_at": now()}
    mine = experiments.update().where(experiments.c.id == experiment.id)
    connection.execute(mine.values(version=experiments.c.version + 1, **values))


def experiment_of(connection: sa.Connection, identifier: str) -> ExperimentOut:
    """An experiment as it is now."""
    return experiment_out(connection.execute(sa.select(experiments).where(experiments.c.id == identifier)).one())


def experiment_out(row: sa.Row[Any]) -> ExperimentOut:
    """An experiment on the wire."""
    told = {name: worded_all(row._mapping[name], spoken_language()) for name in ExperimentOut.model_fields}
    return ExperimentOut.model_validate(told | {name: utc(told[name]) for name in ("created_at", "changed_at")})


def runs_to_keep(connection: sa.Connection, principal: Principal, programme_id: str, most: int) -> list[sa.Row[Any]]:
    """The runs that could be put into an experiment, the newest first."""
    mine = sa.and_(runs.c.programme_id == programme_id, runs_seen(principal), runs.c.state == "done")
    asked = sa.select(runs).where(mine, runs.c.kind.in_(KINDS)).order_by(runs.c.id.desc())
    return list(connection.execute(asked.limit(most)))


def _kept(
    connection: sa.Connection, principal: Principal, programme_id: str, wanted: Sequence[str], before: Kept
) -> Kept:
    known = {one["id"]: one for one in before}
    fresh = [one for one in dict.fromkeys(wanted) if one not in known]
    mine = sa.and_(runs.c.programme_id == programme_id, runs_seen(principal), runs.c.id.in_(fresh))
    asked = sa.select(runs).where(mine, runs.c.state == "done", runs.c.kind.in_(KINDS))
    known |= {row.id: _lineage(row) for row in connection.execute(asked)}
    for one in fresh:
        if one not in known:
            expected = message("the id of a plan, a what-if or a sweep that is done")
            raise content_fault("run_ids", one, message("is no run to keep"), expected)
    return [known[one] for one in dict.fromkeys(wanted)]


def _lineage(run: sa.Row[Any]) -> dict[str, Any]:
    """What is kept of a run: what was asked, of which base, and what came of it."""
    manifest = run.manifest
    return {
        "id": run.id,
        "kind": run.kind,
        "asked": dict(run.options),
        "programme_sha256": str(manifest.get("programme_sha256", "")),
        "software": str(manifest.get("software", "")),
        "revision": run.revision,
        "made_at": utc(run.created_at).isoformat(),
        "results": _results(manifest),
    }


def _results(manifest: Any) -> list[dict[str, Any]]:
    """What came of a run in numbers: of a plan one result, of a comparison the base's and each branch's, of a sweep the
    points that failed; ``failure`` says why there is no plan.
    """
    if "comparison" in manifest:
        told = [manifest["comparison"]["base"], *manifest["comparison"]["branches"]]
        names = ("totals", "bound", "failure")
        return [{"title": one["title"] or one["id"], **{name: one[name] for name in names}} for one in told]
    if manifest.get("failed"):
        return [{"title": name, "totals": {}, "bound": 0.0, "failure": why} for name, why in manifest["failed"].items()]
    if "measures" in manifest:
        bound = manifest["certificate"]["bound"]
        return [{"title": "", "totals": manifest["measures"]["totals"], "bound": bound, "failure": ""}]
    return []
