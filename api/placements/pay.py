"""What is paid for placements, as far as orders and agreements say it.

``wages = weekly_hours * hourly_wage * weeks`` with ``weeks = days / 7``, as the accounts of a plan count them. The
amounts are columns of `operations` joined with their `orders` (`SAME_ORDER`), in the programme's currency.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.storage.days import days_from_to
from api.storage.tables import operations, orders

SAME_ORDER = sa.and_(orders.c.programme_id == operations.c.programme_id, orders.c.order_id == operations.c.order_id)
WEEKS = days_from_to(operations.c.start_date, operations.c.end_date) / 7.0


def _number(cell: sa.ColumnElement[str]) -> sa.ColumnElement[float]:
    return sa.cast(sa.func.coalesce(sa.func.nullif(cell, ""), "0"), sa.Float)


def _cents(amount: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    return sa.func.round(amount * 100.0, type_=sa.Float) / 100.0


WAGES = _cents(_number(orders.c.weekly_hours) * _number(orders.c.hourly_wage) * WEEKS)
GUARANTEED = _cents(_number(orders.c.guaranteed_weekly_hours) * _number(orders.c.hourly_wage) * WEEKS)
DEDUCTED = _cents(_number(orders.c.weekly_deductions) * WEEKS)
PAID_BY_WORKER = _cents(_number(orders.c.worker_cost))


def wages_of(connection: sa.Connection, operation_id: str) -> float:
    """The wages of one placement."""
    joined = operations.join(orders, SAME_ORDER)
    asked = sa.select(WAGES).select_from(joined).where(operations.c.id == operation_id)
    return float(connection.execute(asked).scalar_one())
