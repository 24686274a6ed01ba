"""A step that was recorded by mistake, taken back by the ministry that recorded it.

Invariant: a correction goes one step back, never anywhere else, and what follows from the step goes with it. Whatever
is opened again by it is audited with all that is open, as a publication is, so that neither places nor persons are
promised twice. What was recorded stays in the operation's history, with the correction and its reason behind it.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, refused
from api.identity.access import MINISTRIES, Principal
from api.placements.fitting_now import require_fitting
from api.placements.open_operations import move
from api.placements.stays import forget_stay
from api.placements.words import state_in_words
from api.storage.account_tables import accounts
from api.storage.operation_states import OFFERABLE, OPEN, STAFFED
from api.storage.records import ProgrammeRecord
from api.storage.tables import operation_history, orders
from engine.words import message

Row = sa.Row[Any]


def correct(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, operation: Row, state: str, reason: str
) -> Row:
    """Take back the last step of an operation, to the state before it.

    Raises 409 where that isn't the state before or what it opens again doesn't fit what stands (`Contradiction`), 403
    where another recorded the step.
    """
    steps = _standing_steps(connection, operation.id)
    if len(steps) < 2:
        raise ServiceError(
            409, message("There is no step to take back."), message("A placement begins as proposed by its plan.")
        )
    last, before = steps[-1], steps[-2]
    if state != before.state:
        raise ServiceError(
            409,
            message("It wasn't {state} before.", state=state_in_words(state)),
            message(
                "Before it was {state} it was {state2}.",
                state=state_in_words(operation.state),
                state2=state_in_words(before.state),
            ),
        )
    if principal.role not in MINISTRIES or (last.role, last.country) != (principal.role, principal.country):
        raise refused(message("A step is taken back by the ministry that recorded it."))
    if operation.state not in OPEN:
        forget_stay(connection, operation)
    if state in OPEN:
        _require_order(connection, operation, state)
        if operation.state not in OPEN:
            require_fitting(connection, principal, programme.id, [operation])
    row = move(connection, principal, operation, state)
    mine = sa.and_(operation_history.c.operation_id == row.id, operation_history.c.version == row.version)
    connection.execute(operation_history.update().where(mine).values(corrects=True, reason=reason))
    return row


def _standing_steps(connection: sa.Connection, operation_id: str) -> list[Row]:
    """The steps of an operation that weren't taken back, oldest first, with whose account recorded each."""
    asked = sa.select(operation_history, accounts.c.role, accounts.c.country)
    asked = asked.outerjoin(accounts, accounts.c.id == operation_history.c.account_id)
    mine = asked.where(operation_history.c.operation_id == operation_id).order_by(operation_history.c.version)
    steps: list[Row] = []
    for row in connection.execute(mine):
        if row.corrects:
            steps.pop()
        else:
            steps.append(row)
    return steps


def _require_order(connection: sa.Connection, operation: Row, state: str) -> None:
    """Raise 409 where somebody would be offered an order again that takes nobody new."""
    mine = sa.and_(orders.c.programme_id == operation.programme_id, orders.c.order_id == operation.order_id)
    found = connection.scalar(sa.select(orders.c.state).where(mine))
    if state in OFFERABLE and found not in STAFFED:
        raise ServiceError(409, message("The order takes nobody new."), message("It was closed or returned."))
