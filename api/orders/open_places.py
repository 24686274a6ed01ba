"""What of an order's open operations contradicts a change of it.

Invariant: no order changes its content, is returned or is closed under an operation that contradicts it. Who has
accepted stays, and so does who has come home: an order that is closed keeps them and takes nobody new, and nothing else
may become of it. What was only proposed or offered goes by the word of whoever changes the order, never silently.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from api.answers.problems import Contradiction
from api.identity.access import Principal
from api.identity.visibility import operations_seen
from api.orders.order import OrderRecord
from api.placements.open_operations import move_many, standing_on_order
from api.placements.words import state_in_words
from api.storage.operation_states import OFFERABLE, PLACED, STAFFED
from api.storage.tables import operations
from engine.errors import Fault
from engine.words import message, plural

Row = sa.Row[Any]
# What of an order no placement stands on, whatever it becomes.
FREE = ("order_id", "filed_at", "priority", "desired_skills")


class InTheWay(Contradiction):
    """Operations stand in the way of a change of an order; they may be withdrawn unless somebody has accepted."""

    def __init__(self, message: str, faults: Sequence[Fault], hint: str, may_withdraw: bool) -> None:
        super().__init__(message, faults, hint)
        self.may_withdraw = may_withdraw


def in_the_way(connection: sa.Connection, order: OrderRecord, cells: Mapping[str, str], state: str) -> list[Row]:
    """The operations on an order that contradict what it would say and be."""
    found = standing_on_order(connection, order.programme_id, order.order_id)
    if state == "closed":
        return [row for row in found if row.state in OFFERABLE]
    if state not in STAFFED:
        return found
    changed = order.differs(cells) - set(FREE)
    if changed <= {"headcount", "min_crew"}:
        fits = len(found) <= float(cells["headcount"]) and _least(cells) <= max(_least(order.cells), len(found))
        return [] if fits else found
    return found


def _least(cells: Mapping[str, str]) -> float:
    return float(cells["min_crew"] or 1)


def require_free(connection: sa.Connection, principal: Principal, found: Sequence[Row], withdraw: bool) -> None:
    """Withdraw the operations that are in the way where that was asked for.

    Raises `InTheWay` (409) where it wasn't, or where somebody has accepted; it names those that the asker sees.
    """
    accepted = [row for row in found if row.state in PLACED]
    if not found or (withdraw and not accepted):
        move_many(connection, principal, found, "withdrawn")
        return
    blocking = accepted if withdraw else list(found)
    ids = [row.id for row in blocking]
    seen = sa.select(operations.c.id).where(operations.c.id.in_(ids), operations_seen(principal))
    told = set(connection.scalars(seen))
    faults = [
        Fault(
            "operations",
            0,
            "id",
            row.id,
            message("is {state} on {order_id}", state=state_in_words(row.state), order_id=row.order_id),
            message("an order without it"),
            "open",
        )
        for row in blocking
        if row.id in told
    ]
    hidden = len(ids) - len(told)
    hint = (
        message("Somebody has accepted: close the order, which keeps them.")
        if accepted
        else message("Ask again with withdraw=true.")
    )
    open_ = plural("{n:,} open operation stands in the way", "{n:,} open operations stand in the way", n=len(ids))
    if hidden:
        text = message("{open_}, {hidden:,} of them not yours to see.", open_=open_, hidden=hidden)
    else:
        text = message("{open_}.", open_=open_)
    raise InTheWay(text, faults, hint, may_withdraw=not accepted)
