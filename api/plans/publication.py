"""Publishing a plan: each placement becomes an operation, to be offered, accepted, travelled and come home from."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.access import ORIGIN, Principal
from api.problems import ServiceError
from api.storage.database import new_id, now
from api.storage.operation_states import ENDED, OFFERABLE, OPEN
from api.storage.tables import operation_history, operations, orders, placements, registers, runs
from api.wire.runs import PublishedOut

Row = sa.Row[Any]


def publish(connection: sa.Connection, principal: Principal, run: Row) -> PublishedOut:
    """Publish a plan. What it shares with what is open stays as it is; what it leaves out is withdrawn, unless somebody
    has accepted it.

    Raises 409 for a run that has no plan, was published before, or would undo what somebody has accepted.
    """
    if run.state != "done" or run.kind not in ("match", "rematch"):
        raise ServiceError(409, "This run has no plan to publish.")
    if run.published_at is not None:
        raise ServiceError(409, "This plan is published already.")
    _require_fresh(connection, run)
    connection.execute(runs.update().where(runs.c.id == run.id).values(published_at=now()))
    planned = {(row.worker_id, row.order_id): row for row in connection.execute(_planned(run))}
    theirs = sa.and_(operations.c.programme_id == run.programme_id, _side(principal))
    known = {(row.worker_id, row.order_id): row for row in connection.execute(sa.select(operations).where(theirs))}
    own = set(connection.scalars(sa.select(runs.c.id).where(runs.c.role == run.role, runs.c.country == run.country)))
    stale = [row for key, row in known.items() if key not in planned and row.state in OPEN and row.run_id in own]
    undone = [row for row in stale if row.state not in OFFERABLE]
    if undone:
        raise ServiceError(
            409, f"It would undo {len(undone)} placements that are accepted.", "Match again; they are then kept."
        )
    for row in stale:
        move(connection, principal, row, "withdrawn")
    kept = {key for key in planned if key in known and known[key].state in OPEN}
    ended = {key for key, row in known.items() if row.state in ENDED}
    fresh = [row for key, row in planned.items() if key not in kept and key not in ended]
    for row in fresh:
        _propose(connection, principal, run, row, known.get((row.worker_id, row.order_id)))
    return PublishedOut(proposed=len(fresh), kept=len(kept), withdrawn=len(stale))


def _require_fresh(connection: sa.Connection, run: Row) -> None:
    """Raise 409 where the plan may not fit any more: another was published since, or an order was closed."""
    others = sa.and_(runs.c.programme_id == run.programme_id, runs.c.published_at > run.started_at)
    if connection.scalar(sa.select(sa.func.count()).select_from(runs).where(others)):
        raise ServiceError(409, "Another plan was published since this one was begun.", "Match again.")
    same = sa.and_(orders.c.programme_id == run.programme_id, orders.c.order_id == placements.c.order_id)
    closed = sa.select(placements.c.order_id).join(orders, same).where(placements.c.run_id == run.id)
    closed = closed.where(orders.c.state.not_in(("submitted", "certified"))).distinct()
    under_way = sa.exists().where(
        operations.c.programme_id == run.programme_id,
        operations.c.order_id == placements.c.order_id,
        operations.c.worker_id == placements.c.worker_id,
        operations.c.state.in_(OPEN),
    )
    if connection.execute(closed.where(~under_way)).first() is not None:
        raise ServiceError(409, "An order of this plan was closed since.", "Match again.")


def _side(principal: Principal) -> sa.ColumnElement[bool]:
    """The operations that a ministry's plan is about."""
    origin = operations.c.origin_country == principal.country
    return origin if principal.role == ORIGIN else operations.c.destination_country == principal.country


def _planned(run: Row) -> sa.Select[Any]:
    """The placements of a plan with the two states they are between."""
    workers = registers["workers"]
    same_worker = sa.and_(workers.c.programme_id == run.programme_id, workers.c.worker_id == placements.c.worker_id)
    same_order = sa.and_(orders.c.programme_id == run.programme_id, orders.c.order_id == placements.c.order_id)
    asked = sa.select(placements, workers.c.origin_country, orders.c.destination_country)
    asked = asked.join(workers, same_worker).join(orders, same_order).where(placements.c.run_id == run.id)
    if run.role == ORIGIN:
        return asked.where(workers.c.origin_country == run.country)
    return asked.where(orders.c.destination_country == run.country)


def _propose(connection: sa.Connection, principal: Principal, run: Row, row: Row, known: Row | None) -> None:
    if known is not None:
        again = operations.update().where(operations.c.id == known.id).values(run_id=run.id)
        connection.execute(again)
        move(connection, principal, known, "proposed")
        return
    values = {
        "id": new_id(),
        "programme_id": run.programme_id,
        "run_id": run.id,
        "worker_id": row.worker_id,
        "order_id": row.order_id,
        "employer_id": row.employer_id,
        "origin_country": row.origin_country,
        "destination_country": row.destination_country,
        "start_date": row.start_date,
        "end_date": row.end_date,
        "state": "proposed",
        "version": 1,
        "changed_at": now(),
    }
    connection.execute(operations.insert().values(values))
    _keep(connection, principal, str(values["id"]), 1, "proposed")


def move(connection: sa.Connection, principal: Principal, operation: Row, state: str) -> Row:
    """Give an operation its next state; each one is kept."""
    values = {"state": state, "version": operation.version + 1, "changed_at": now()}
    changed = operations.update().where(operations.c.id == operation.id).values(values).returning(operations)
    row = connection.execute(changed).one()
    _keep(connection, principal, row.id, row.version, state)
    return row


def drop_open(connection: sa.Connection, principal: Principal, worker_id: str) -> None:
    """End everything that is open for a worker, who is erased."""
    open_ = sa.select(operations).where(operations.c.worker_id == worker_id, operations.c.state.in_(OPEN))
    for operation in connection.execute(open_.with_for_update()).all():
        move(connection, principal, operation, "dropped")


def _keep(connection: sa.Connection, principal: Principal, operation: str, version: int, state: str) -> None:
    connection.execute(
        operation_history.insert().values(
            operation_id=operation, version=version, state=state, at=now(), account_id=principal.account_id
        )
    )
