"""Publishing a plan: each placement becomes an operation, to be offered, accepted, travelled and come home from.

The plan is judged without any lock (`api.placements.verdict`). Then the new operations are written, which nobody waits
for, the programme is taken, and where nothing binding has changed since the judgement the rest is written and
committed. Where something has, it is judged again: before the transaction as often as `TURNS` says, at last with the
programme taken.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.answers.problems import Contradiction, ServiceError
from api.confined import confined
from api.identity.access import Principal
from api.placements.open_operations import move_many
from api.placements.schemas import LeftOutOut, PublishedOut
from api.placements.verdict import Verdict, judge, read_material
from api.settings import settings
from api.snapshots.fitting import Unfit
from api.snapshots.scope import told_to
from api.storage.database import allow_computing, database, now, one_moment, transaction
from api.storage.many_rows import insert_many
from api.storage.revisions import raise_revision, take_programmes
from api.storage.tables import operation_history, operations, placements, programmes, runs
from api.webhooks.outbox import tell_published
from engine.errors import Fault, InputError
from engine.words import message, plural

Row = sa.Row[Any]
TURNS = 4  # how often a plan is judged while what it stands on keeps changing, before everybody waits for it
APART, APART_SECONDS = 500, 600.0  # placements of a plan that is judged in a process of its own, and how long it may
PUBLISHED = message("This plan is published already.")


def judge_plan(run_id: str, **_: Any) -> Verdict | None:
    """Judge a plan before anything is locked."""
    return judged(run_id)


def judged(run_id: str) -> Verdict | None:
    """Judge a plan outside any lock; None for a run that can't be published as it is.

    A plan of many placements is judged in a process of its own, so that nobody waits for its turn beside it.
    """
    with transaction(database(), read_only=True) as connection:
        asked = sa.select(sa.func.count()).select_from(placements).where(placements.c.run_id == run_id)
        many = connection.scalar(asked) or 0
    if many < APART:
        return judged_at("", run_id)
    try:
        return confined(judged_at, settings().database_url, run_id, seconds=APART_SECONDS)
    except ServiceError:  # it takes too much: it is judged with the programme taken
        return None


def judged_at(url: str, run_id: str) -> Verdict | None:
    """Judge a plan of a database, by default that of the settings."""
    engine = database(url) if url else database()
    for turn in range(TURNS):
        with tempfile.TemporaryDirectory(prefix="vaiven-audit-") as place:
            with one_moment(engine) as connection:
                run = connection.execute(sa.select(runs).where(runs.c.id == run_id)).one_or_none()
                if run is None or _reason_against(run):
                    return None
                material = read_material(connection, run_id, Path(place, "programme"))
            verdict = material.judged()  # whatever it takes, nobody waits for it
        with transaction(engine, read_only=True) as connection:
            if turn == TURNS - 1 or _still_holds(connection, run.programme_id, verdict):
                return verdict
    return None


def publish(
    connection: sa.Connection, principal: Principal, run: Row, verdict: Verdict | None, what_fits: bool
) -> PublishedOut:
    """Publish a plan, with ``what_fits`` what of it still does. What it shares with what is open stays as it is; what
    it leaves out is withdrawn, unless somebody has accepted it.

    Raises 409 for a run that has no plan or was published before, and `Contradiction` (409) with each placement that
    doesn't fit, and the rule that it breaks.
    """
    reason = _reason_against(run)
    if reason:
        raise ServiceError(409, reason)
    written = connection.begin_nested()
    begun = verdict is not None and _begin(connection, principal, run, verdict, what_fits)
    take_programmes(connection, [run.programme_id])
    if not begun or verdict is None or not _still_holds(connection, run.programme_id, verdict):
        written.rollback()
        allow_computing(connection)
        verdict, written = judge(connection, run.id), connection.begin_nested()
        _begin(connection, principal, run, verdict, what_fits)
    _require_fitting(principal, verdict, what_fits)
    written.commit()
    _write_rest(connection, principal, run, verdict)
    return PublishedOut(
        proposed=verdict.proposed.count + len(verdict.again),
        kept=verdict.kept,
        withdrawn=len(verdict.withdrawn),
        left_out=[LeftOutOut(**vars(one)) for one in verdict.unfit],
    )


def _begin(connection: sa.Connection, principal: Principal, run: Row, verdict: Verdict, what_fits: bool) -> bool:
    """Write the new operations of a plan that may be published; whether nobody else has written one of them. Where
    somebody has, nothing is written, and the transaction goes on.
    """
    if verdict.unfit and not what_fits:
        return True
    try:
        with connection.begin_nested():  # PostgreSQL takes nothing more in a transaction in which a statement failed
            _write_new(connection, principal, run, verdict)
    except sa.exc.IntegrityError:
        return False
    return True


def _reason_against(run: Row) -> str:
    if run.state != "done" or run.kind not in ("match", "rematch"):
        return message("This run has no plan to publish.")
    return PUBLISHED if run.published_at is not None else ""


def _still_holds(connection: sa.Connection, programme_id: str, verdict: Verdict) -> bool:
    asked = sa.select(programmes.c.binding_revision).where(programmes.c.id == programme_id)
    return int(connection.execute(asked).scalar_one()) <= verdict.revision


def _require_fitting(principal: Principal, verdict: Verdict, what_fits: bool) -> None:
    if verdict.faults:
        told = told_to(principal.role, InputError(verdict.faults))
        raise Contradiction(
            message("The programme isn't sound at present."), told.faults, message("Have what is named mended.")
        )
    if verdict.unfit and not what_fits:
        text = plural(
            "{n:,} placement of this plan fits no more what stands now.",
            "{n:,} placements of this plan fit no more what stands now.",
            n=len(verdict.unfit),
        )
        hint = message("Match again, or publish what fits with what_fits.")
        raise Contradiction(text, [_fault(one) for one in verdict.unfit], hint)


def _fault(one: Unfit) -> Fault:
    return Fault(
        "placements",
        0,
        "worker_id",
        one.worker_id,
        message("on {order_id} breaks {rule}", order_id=one.order_id, rule=one.rule),
        one.sentence,
        "rule",
    )


def _write_new(connection: sa.Connection, principal: Principal, run: Row, verdict: Verdict) -> None:
    """Write the new operations, each with its first state."""
    shared = {"programme_id": run.programme_id, "run_id": run.id, "agreed_on": verdict.as_of}
    state = {"state": "proposed", "version": 1}
    at = now()
    insert_many(connection, operations, verdict.proposed, **shared, **state, changed_at=at)
    of_each = verdict.proposed.renamed(operation_id="id")
    insert_many(connection, operation_history, of_each, **state, at=at, account_id=principal.account_id)


def _write_rest(connection: sa.Connection, principal: Principal, run: Row, verdict: Verdict) -> None:
    unpublished = sa.and_(runs.c.id == run.id, runs.c.published_at.is_(None))
    at = now()
    if connection.execute(runs.update().where(unpublished).values(published_at=at)).rowcount != 1:
        raise ServiceError(409, PUBLISHED)
    tell_published(connection, run.id, at)
    move_many(connection, principal, verdict.withdrawn, "withdrawn")
    move_many(connection, principal, verdict.again, "proposed", run.id)
    raise_revision(connection, run.programme_id)
