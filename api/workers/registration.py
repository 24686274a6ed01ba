"""A worker's registration in one programme: found by the register's number, and ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from api.answers.problems import Contradiction
from api.identity.access import Principal
from api.identity.visibility import workers_seen
from api.placements.open_operations import move_many
from api.placements.words import state_in_words
from api.snapshots.standing import keep_what_counts
from api.storage.operation_states import OFFERABLE, OPEN
from api.storage.tables import operations, persons, registers
from api.workers.persons import WORKER_TABLES
from engine.errors import Fault
from engine.words import message

Row = sa.Row[Any]


def registered_numbers(
    connection: sa.Connection, principal: Principal, programme_id: str, numbers: Sequence[str]
) -> dict[str, str]:
    """The pseudonym of each register number of a ministry's own state that is registered in a programme."""
    workers = registers["workers"].c
    asked = sa.select(persons.c.register_number, persons.c.worker_id)
    asked = asked.join(registers["workers"], workers.worker_id == persons.c.worker_id)
    mine = sa.and_(workers.programme_id == programme_id, workers_seen(principal))
    own = sa.and_(persons.c.origin_country == principal.country, persons.c.register_number.in_(sorted(set(numbers))))
    return {number: worker for number, worker in connection.execute(asked.where(mine, own))}


def leave_programme(
    connection: sa.Connection, principal: Principal, programme_id: str, worker_id: str, drop_open: bool
) -> tuple[int, int]:
    """End a registration: all rows of the worker in the programme go, what is open is withdrawn or dropped; (operations
    ended, rows). Ended operations stay, for they say what has been; so do the person and other programmes.

    Raises `Contradiction` (409) with the open operations where their end wasn't asked for.
    """
    mine = sa.and_(operations.c.programme_id == programme_id, operations.c.worker_id == worker_id)
    open_ = connection.execute(sa.select(operations).where(mine, operations.c.state.in_(OPEN))).all()
    if open_ and not drop_open:
        faults = [
            Fault(
                "operations",
                0,
                "id",
                row.id,
                message("is {state} on {order_id}", state=state_in_words(row.state), order_id=row.order_id),
                message("an end of it"),
                "open",
            )
            for row in open_
        ]
        raise Contradiction(
            message("{count} placements of this worker are open.", count=len(open_)),
            faults,
            message("Ask with drop_open=true."),
        )
    move_many(connection, principal, [row for row in open_ if row.state in OFFERABLE], "withdrawn")
    move_many(connection, principal, [row for row in open_ if row.state not in OFFERABLE], "dropped")
    keep_what_counts(connection, worker_id, programme_id)
    rows = 0
    for table in (registers[name] for name in WORKER_TABLES):
        gone = table.delete().where(table.c.programme_id == programme_id, table.c.worker_id == worker_id)
        rows += connection.execute(gone).rowcount
    return len(open_), rows
