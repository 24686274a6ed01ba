"""Operations that are open: which stand on an order or on a worker, and moved from state to state, many at once.

Invariant: whoever moves an operation has raised its programme's revision first (`api.programmes.programmes`), so that
what is read here stays as it is until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from api.identity.access import Principal
from api.storage.database import now
from api.storage.many_rows import ManyRows, insert_many
from api.storage.operation_states import OPEN, STANDING
from api.storage.tables import operation_history, operations
from api.webhooks.outbox import tell_moved

Row = sa.Row[Any]
CHUNK = 1000


def standing_on_order(connection: sa.Connection, programme_id: str, order_id: str) -> list[Row]:
    """The operations that stand on an order, ended stays among them, by id."""
    mine = sa.and_(operations.c.programme_id == programme_id, operations.c.order_id == order_id)
    asked = sa.select(operations).where(mine, operations.c.state.in_(STANDING))
    return list(connection.execute(asked.order_by(operations.c.id)))


def move(connection: sa.Connection, principal: Principal, operation: Row, state: str) -> Row:
    """Give an operation its next state; each one is kept."""
    move_many(connection, principal, [operation], state)
    return connection.execute(sa.select(operations).where(operations.c.id == operation.id)).one()


def move_many(
    connection: sa.Connection, principal: Principal, found: Sequence[Row], state: str, run_id: str | None = None
) -> None:
    """Give many operations the same next state; each one is kept, and webhooks hear of it.

    With ``run_id`` they are that plan's from now on.
    """
    if not found:
        return
    changed_at = now()
    values = {"state": state, "version": operations.c.version + 1, "changed_at": changed_at}
    values |= {} if run_id is None else {"run_id": run_id}
    for begin in range(0, len(found), CHUNK):
        these = operations.c.id.in_([row.id for row in found[begin : begin + CHUNK]])
        connection.execute(operations.update().where(these).values(values))
    kept = ManyRows.of(("operation_id", "version"), ((row.id, row.version + 1) for row in found))
    insert_many(connection, operation_history, kept, state=state, at=changed_at, account_id=principal.account_id)
    tell_moved(connection, [row.id for row in found], state, changed_at)


def drop_open(connection: sa.Connection, principal: Principal, worker_id: str) -> None:
    """End everything that is open for a worker, who is erased."""
    open_ = sa.select(operations).where(operations.c.worker_id == worker_id, operations.c.state.in_(OPEN))
    move_many(connection, principal, connection.execute(open_).all(), "dropped")
