"""How a request finds the order that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.visibility import orders_seen
from api.orders.order import OrderRecord
from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.tables import orders


def find_order(context: Context, identifier: str) -> sa.Select[Any]:
    """An order of the programme, if it is seen."""
    within = orders.c.programme_id == context.programme.id
    chosen = sa.select(orders).where(within, orders.c.order_id == identifier, orders_seen(context.principal))
    return chosen.with_for_update() if context.takes_object else chosen


FINDERS = {"order_id": Finder(find_order, OrderRecord)}
