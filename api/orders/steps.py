"""The same step of many orders at once, of all or none."""

from __future__ import annotations

import sqlalchemy as sa

from api.answers.problems import Contradiction, ServiceError, not_found
from api.identity.access import Principal
from api.identity.visibility import orders_seen
from api.orders.order import orders_of
from api.orders.orders import step_order
from api.storage.tables import orders
from engine.errors import Fault
from engine.words import message


def step_orders(
    connection: sa.Connection, principal: Principal, programme_id: str, ids: list[str], step: str, withdraw: bool
) -> int:
    """Take many orders a step further. Raises 404 where one isn't there, `Contradiction` that names each which can't
    and what is in its way.
    """
    wanted = sorted(set(ids))
    asked = sa.select(orders).where(
        orders.c.programme_id == programme_id, orders.c.order_id.in_(wanted), orders_seen(principal)
    )
    found = orders_of(connection, asked.order_by(orders.c.order_id).with_for_update())
    if len(found) < len(wanted):
        raise not_found()
    refused, faults = 0, []
    for order in found:
        try:
            step_order(connection, principal, order, step, withdraw)
        except Contradiction as error:
            faults += [
                Fault("orders", 0, "order_id", order.order_id, error.message, error.hint, "state"),
                *error.faults,
            ]
            refused += 1
        except ServiceError as error:
            faults.append(Fault("orders", 0, "order_id", order.order_id, error.message, error.hint, "state"))
            refused += 1
    if refused:
        raise Contradiction(
            message("{refused} of {count} orders can't take this step.", refused=refused, count=len(found)),
            faults,
            message("None was changed."),
        )
    return len(found)
