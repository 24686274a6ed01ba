"""What stands behind a plan, for an auditor: its manifest, its certificate with every check, its files, its replays."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.console.forms import FormFields
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.identity.visibility import runs_seen
from api.requests.context import Context
from api.runs.beginning import begin_run
from api.runs.earlier import require_plan
from api.runs.jobs.replay_job import ReplayIn
from api.runs.kind import titles
from api.runs.plan_shown import seen_agreements
from api.runs.plan_words import Agreements
from api.runs.result_files import names_of
from api.runs.words import STATES
from api.storage.database import utc
from api.storage.tables import INPUT, run_files, runs
from engine.audit.lasting_rules import LASTING_RULES
from engine.plan.statuses import status_in_words

router = PageRouter(prefix="/programmes/{programme_id}/runs/{run_id}")
MOST_REPLAYS = 200


@router.get("/proof")
def show_proof(programme_id: str, run_id: str, context: Context = viewed("run.read")) -> Response:
    """Manifest, certificate, files and replays of a plan."""
    run = context.objects["run_id"]
    require_plan(run)
    certificate = run.manifest["certificate"]
    known = seen_agreements(context.connection, context.principal, programme_id)
    checks = [(_rule(known, one["rule"]), one) for one in certificate["checks"]]
    kept = sa.select(run_files.c.sha256).where(run_files.c.run_id == run_id, run_files.c.name == INPUT)
    return page(
        context,
        "runs/proof.html",
        run=run,
        kind=titles()[run.kind],
        moments=[utc(moment) for moment in (run.created_at, run.ended_at)],
        certificate=certificate,
        in_words=status_in_words(certificate["status"]),
        checks=checks,
        files=names_of(context.connection, run_id),
        input_sha256=context.connection.scalar(kept),
        replays=_replays(context, run_id),
        states=STATES,
    )


@router.post("/replay")
def replay(programme_id: str, run_id: str, fields: FormFields, context: Context = viewed("run.replay")) -> Response:
    """Start a replay."""
    require_plan(context.objects["run_id"])
    asked = ReplayIn(kind="replay", plan=run_id)
    identifier = begin_run(context.connection, context.principal, programme_id, asked)
    context.record("run.started", f"run/{identifier}", kind="replay")
    return gone_to(f"/programmes/{programme_id}/runs/{identifier}")


def _rule(known: Agreements, rule: str) -> str:
    """A rule of the audit in words."""
    lasting = LASTING_RULES.get(rule)
    return known.limit_in_words(rule, rule.rpartition("|")[2]) if lasting is None else lasting.name


def _replays(context: Context, run_id: str) -> list[sa.Row[tuple[object, ...]]]:
    """The replays of a plan that somebody sees, the newest first."""
    mine = sa.and_(runs.c.programme_id == context.programme.id, runs.c.kind == "replay", runs_seen(context.principal))
    asked = sa.select(runs).where(mine).order_by(runs.c.id.desc()).limit(MOST_REPLAYS)
    return [row for row in context.connection.execute(asked) if row.options.get("plan") == run_id]
