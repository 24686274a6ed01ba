"""The objects that a request's path names: how each is looked up by those who may see it, and which are locked."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from api.identity.visibility import operations_seen, orders_seen, programmes_seen, rows_seen, runs_seen
from api.storage.revisions import taken
from api.storage.tables import accounts, operations, orders, programmes, registers, runs

if TYPE_CHECKING:
    from api.requests.context import Context

# What is no change of what a programme's plans stand on, or takes the programmes itself; all other changes take the one
# that the path names, one after another, before anything else in it, and raise its revision at the end.
NO_CHANGE = ("run.start", "run.cancel", "worker.export", "worker.identify")
BY_ITSELF = ("worker.erase", "plan.publish")


Finder = Callable[["Context", str], "sa.Select[Any]"]


def _programme(context: Context, identifier: str) -> sa.Select[Any]:
    chosen = sa.select(programmes).where(programmes.c.id == identifier, programmes_seen(context.principal))
    return taken(chosen) if context.locking and changes_programme(context.action) else chosen


def changes_programme(action: str) -> bool:
    """Whether a request of this action takes the programme that its path names, and raises its revision."""
    return action not in NO_CHANGE and action not in BY_ITSELF


def _order(context: Context, identifier: str) -> sa.Select[Any]:
    within = orders.c.programme_id == context.programme.id
    chosen = sa.select(orders).where(within, orders.c.order_id == identifier, orders_seen(context.principal))
    return chosen.with_for_update() if context.locking else chosen


def _worker(context: Context, identifier: str) -> sa.Select[Any]:
    workers = registers["workers"]
    within = workers.c.programme_id == context.programme.id
    return sa.select(workers).where(within, workers.c.worker_id == identifier, rows_seen("workers", context.principal))


def _run(context: Context, identifier: str) -> sa.Select[Any]:
    chosen = sa.select(runs).where(
        runs.c.programme_id == context.programme.id, runs.c.id == identifier, runs_seen(context.principal)
    )
    return chosen.with_for_update() if context.locking and context.action not in BY_ITSELF else chosen


def _operation(context: Context, identifier: str) -> sa.Select[Any]:
    within = operations.c.programme_id == context.programme.id
    chosen = sa.select(operations).where(within, operations.c.id == identifier, operations_seen(context.principal))
    return chosen.with_for_update() if context.locking else chosen


def _account(context: Context, identifier: str) -> sa.Select[Any]:
    seen = sa.true() if context.principal.may("account.read") else sa.false()
    return sa.select(accounts).where(accounts.c.id == identifier, seen)  # whoever changes it holds it with others


# In the order in which they are looked up: a programme before what is in it.
FINDERS: dict[str, Finder] = {
    "programme_id": _programme,
    "order_id": _order,
    "worker_id": _worker,
    "run_id": _run,
    "operation_id": _operation,
    "account_id": _account,
}
