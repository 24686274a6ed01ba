"""Events are written in the transaction of the change that they tell of: both are there afterwards, or neither.

Invariant: each ministry's webhooks are told what that ministry may see at that moment (`api.identity.visibility`), and
of persons nothing: ids of runs, placements and orders, states, versions and moments. What it means is read by its id.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from api.identity.access import Principal
from api.identity.visibility import operations_seen, programmes_seen, runs_seen
from api.storage.database import new_id
from api.storage.tables import operations, programmes, runs, webhook_deliveries, webhooks
from api.webhooks.states import ACTIVE, WAITING

RUN_FINISHED, PLAN_PUBLISHED, PLACEMENT_CHANGED, TEST = (
    "run.finished",
    "plan.published",
    "placement.changed",
    "webhook.test",
)
KINDS = (RUN_FINISHED, PLAN_PUBLISHED, PLACEMENT_CHANGED)
MOST_PLACEMENTS = 200  # of one event; a plan's placements come in so many at a time
CHUNK = 1000
Ids = list[str]


def tell_run_finished(connection: sa.Connection, run_id: str, at: datetime) -> None:
    """Tell that a run has ended, whatever came of it."""
    for principal, ids in _ministries(connection, RUN_FINISHED):
        for run in connection.execute(_run(principal, run_id)):
            content = {"programme_id": run.programme_id, "run_id": run.id, "kind": run.kind, "state": run.state}
            write_events(connection, ids, RUN_FINISHED, at, content)


def tell_published(connection: sa.Connection, run_id: str, at: datetime) -> None:
    """Tell that a plan was published, and of its new placements."""
    for principal, ids in _ministries(connection, PLAN_PUBLISHED):
        for run in connection.execute(_run(principal, run_id)):
            content = {"programme_id": run.programme_id, "run_id": run.id, "state": "published"}
            write_events(connection, ids, PLAN_PUBLISHED, at, content)
    fresh = sa.and_(operations.c.run_id == run_id, operations.c.version == 1)
    for principal, ids in _ministries(connection, PLACEMENT_CHANGED):
        _tell_placements(connection, principal, ids, fresh, "proposed", at)


def tell_moved(connection: sa.Connection, moved: Collection[str], state: str, at: datetime) -> None:
    """Tell that placements, by their ids, have another state now."""
    wanted = sorted(moved)
    for principal, ids in _ministries(connection, PLACEMENT_CHANGED):
        for begin in range(0, len(wanted), CHUNK):
            these = operations.c.id.in_(wanted[begin : begin + CHUNK])
            _tell_placements(connection, principal, ids, these, state, at)


def write_events(connection: sa.Connection, ids: Ids, kind: str, at: datetime, content: dict[str, Any]) -> None:
    """Write an event for each of these webhooks, to be sent as soon as this transaction is committed."""
    body = json.dumps({"type": kind, "timestamp": at.isoformat(), "data": content}, separators=(",", ":"))
    shared = {"kind": kind, "body": body, "state": WAITING, "attempts": 0, "created_at": at, "next_at": at}
    rows = [{"id": new_id(), "webhook_id": webhook, **shared} for webhook in ids]
    connection.execute(webhook_deliveries.insert(), rows)


def _ministries(connection: sa.Connection, kind: str) -> Iterator[tuple[Principal, Ids]]:
    """Who hears of a kind of event, each with the ids of its webhooks."""
    asked = sa.select(webhooks.c.id, webhooks.c.role, webhooks.c.country, webhooks.c.kinds)
    found: defaultdict[tuple[str, str], Ids] = defaultdict(list)
    for row in connection.execute(asked.where(webhooks.c.state == ACTIVE).order_by(webhooks.c.id)):
        if kind in row.kinds:
            found[row.role, row.country].append(row.id)
    for (role, country), ids in found.items():
        yield Principal("", role, country, ""), ids


def _run(principal: Principal, run_id: str) -> sa.Select[Any]:
    asked = sa.select(runs.c.id, runs.c.programme_id, runs.c.kind, runs.c.state)
    seen = sa.and_(programmes.c.id == runs.c.programme_id, programmes_seen(principal), runs_seen(principal))
    return asked.where(runs.c.id == run_id, seen)


def _tell_placements(
    connection: sa.Connection,
    principal: Principal,
    ids: Ids,
    which: sa.ColumnElement[bool],
    state: str,
    at: datetime,
) -> None:
    rows = operations.c
    seen = sa.and_(programmes.c.id == rows.programme_id, programmes_seen(principal), operations_seen(principal))
    asked = sa.select(rows.programme_id, rows.id, rows.order_id, rows.version).where(which, seen)
    found: Sequence[Any] = connection.execute(asked.order_by(rows.programme_id, rows.id)).all()
    for programme_id, group in groupby(found, lambda row: row.programme_id):
        told = [{"id": row.id, "order_id": row.order_id, "version": row.version} for row in group]
        for begin in range(0, len(told), MOST_PLACEMENTS):
            placed = told[begin : begin + MOST_PLACEMENTS]
            content = {"programme_id": programme_id, "state": state, "placements": placed}
            write_events(connection, ids, PLACEMENT_CHANGED, at, content)
