"""What becomes of a placement, step by step, and which of the two ministries records it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, not_found, refused
from api.identity.access import DESTINATION, EMPLOYER, MINISTRIES, ORIGIN, Principal
from api.identity.shown_columns import PERSON
from api.identity.visibility import is_person_told, operations_seen
from api.placements.fitting_now import require_fitting
from api.placements.open_operations import move, move_many
from api.placements.schemas import OperationOut
from api.placements.stays import keep_stays
from api.placements.words import state_in_words
from api.storage.database import utc
from api.storage.operation_states import STAFFED
from api.storage.tables import operations, orders, persons
from engine.words import message

Row = sa.Row[Any]
# From each state the states that may follow, with the ministries that record them.
STEPS: dict[str, dict[str, frozenset[str]]] = {
    "proposed": {"offered": MINISTRIES, "withdrawn": MINISTRIES},
    "offered": {"accepted": frozenset({ORIGIN}), "declined": frozenset({ORIGIN}), "withdrawn": MINISTRIES},
    "accepted": {"travelling": frozenset({ORIGIN}), "dropped": MINISTRIES},
    "travelling": {"arrived": frozenset({DESTINATION}), "dropped": MINISTRIES},
    "arrived": {"home": frozenset({ORIGIN}), "dropped": MINISTRIES},
}


def require_step(principal: Principal, operation: Row, state: str) -> None:
    """Raises 409 where it doesn't follow, 403 where the other ministry records it."""
    follow = STEPS.get(operation.state, {})
    if state not in follow:
        now, then = state_in_words(operation.state), state_in_words(state)
        hint = message("After it comes {states:or}.", states=tuple(map(state_in_words, follow)))
        raise ServiceError(
            409,
            message("The placement is {state}; it can't become {state2}.", state=now, state2=then),
            hint if follow else message("Nothing comes after it."),
        )
    if principal.role not in follow[state]:
        raise refused(
            message("That a placement is {state} is recorded by the other ministry.", state=state_in_words(state))
        )


def step(connection: sa.Connection, principal: Principal, operation: Row, state: str) -> Row:
    """Record the next state of one. Raises what `require_step` raises, and what `require_fitting` does of an offer."""
    require_step(principal, operation, state)
    _require_offerable(connection, principal, operation.programme_id, [operation], state)
    row = move(connection, principal, operation, state)
    keep_stays(connection, operation.programme_id, [operation], state)
    return row


def _require_offerable(
    connection: sa.Connection, principal: Principal, programme_id: str, found: Collection[Row], state: str
) -> None:
    """Raise 409 where an order takes nobody new, or where what is offered breaks a rule as all stands now."""
    _require_staffed(connection, programme_id, {row.order_id for row in found}, state)
    if state == "offered":
        require_fitting(connection, principal, programme_id, found)


def _require_staffed(connection: sa.Connection, programme_id: str, order_ids: Collection[str], state: str) -> None:
    """Raise 409 where somebody new would come to an order that takes nobody: offers are neither made nor accepted."""
    if state not in ("offered", "accepted"):
        return
    taking = sa.select(orders.c.order_id).where(orders.c.programme_id == programme_id, orders.c.state.in_(STAFFED))
    closed = sorted(set(order_ids) - set(connection.scalars(taking)))
    if closed:
        told = ", ".join(closed[:5])
        raise ServiceError(
            409, message("Orders that take nobody new: {told}.", told=told), message("They were closed or returned.")
        )


def step_many(connection: sa.Connection, principal: Principal, programme_id: str, ids: list[str], state: str) -> int:
    """Record the next state of many, all or none. Raises what `step` raises, 404 where one isn't there."""
    wanted = sorted(set(ids))
    asked = sa.select(operations).where(
        operations.c.programme_id == programme_id, operations.c.id.in_(wanted), operations_seen(principal)
    )
    found = connection.execute(asked.order_by(operations.c.id)).all()
    if len(found) < len(wanted):
        raise not_found()
    for operation in found:
        require_step(principal, operation, state)
    _require_offerable(connection, principal, programme_id, found, state)
    move_many(connection, principal, found, state)
    keep_stays(connection, programme_id, found, state)
    return len(found)


def listed_operations(
    principal: Principal, programme_id: str, state: str | None, order_id: str | None, after: str | None
) -> sa.Select[Any]:
    """The operations that somebody sees, with the person's name, by id."""
    asked = sa.select(operations, persons.c.name).outerjoin(persons, persons.c.worker_id == operations.c.worker_id)
    asked = asked.where(operations.c.programme_id == programme_id, operations_seen(principal))
    for column, wanted in ((operations.c.state, state), (operations.c.order_id, order_id)):
        asked = asked if wanted is None else asked.where(column == wanted)
    if after is not None:
        asked = asked.where(operations.c.id > after)
    return asked.order_by(operations.c.id)


def operation_out(principal: Principal, row: Row) -> OperationOut:
    """An operation on the wire; the other end knows a name from the acceptance until the return."""
    cells = row._mapping
    told = {name: cells[name] for name in OperationOut.model_fields if name not in ("name", "changed_at")}
    known = "name" in PERSON.get(principal.role, ()) and (
        principal.role not in (EMPLOYER, DESTINATION) or is_person_told(row.state, row.changed_at)
    )
    return OperationOut(**told, changed_at=utc(row.changed_at), name=cells.get("name") if known else None)
