"""How many places of orders are filled, as far as somebody sees who fills them."""

from __future__ import annotations

import sqlalchemy as sa

from api.identity.access import Principal
from api.identity.visibility import operations_seen
from api.storage.operation_states import STANDING
from api.storage.tables import operations, orders


def placed_on(principal: Principal) -> sa.ScalarSelect[int]:
    """How many standing placements somebody sees on an order, as a column beside it."""
    mine = sa.and_(
        operations.c.programme_id == orders.c.programme_id,
        operations.c.order_id == orders.c.order_id,
        operations.c.state.in_(STANDING),
        operations_seen(principal),
    )
    return sa.select(sa.func.count()).select_from(operations).where(mine).correlate(orders).scalar_subquery()
