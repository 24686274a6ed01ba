"""Returnees and home openings: who comes home when, with which skills, and which orders at home begin after that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.identity.visibility import operations_seen, orders_seen
from api.requests.context import Context
from api.storage.operation_states import STAFFED, STANDING
from api.storage.tables import operations, orders

router = PageRouter(prefix="/programmes/{programme_id}/returnees")
MOST_SHOWN = 500


@dataclass(frozen=True)
class Returnee:
    """Somebody who comes home: with the occupation and skills of the stay, and the ``openings`` (orders) there in
    that occupation which begin after the stay.
    """

    id: str
    worker_id: str
    end_date: str
    isco08: str
    skills: tuple[str, ...]
    openings: tuple[str, ...]


@router.get("")
def list_returnees(programme_id: str, context: Context = viewed("operation.read", heavy=True)) -> Response:
    """Who comes home, the first first; each sees the placements and orders that are his or hers to see."""
    found = _returnees(context, programme_id)
    return page(context, "placements/returnees.html", returnees=found[:MOST_SHOWN], more=len(found) - MOST_SHOWN)


def _returnees(context: Context, programme_id: str) -> list[Returnee]:
    stay = orders.alias("stay")
    own = sa.and_(stay.c.programme_id == operations.c.programme_id, stay.c.order_id == operations.c.order_id)
    asked = (
        sa.select(operations, stay.c.isco08, stay.c.required_skills, stay.c.desired_skills)
        .select_from(operations.join(stay, own))
        .where(operations.c.programme_id == programme_id, operations_seen(context.principal))
        .where(operations.c.state.in_(STANDING), operations.c.destination_country != operations.c.origin_country)
        .order_by(operations.c.end_date, operations.c.worker_id)
    )
    openings = _openings(context, programme_id)
    return [
        Returnee(row.id, row.worker_id, row.end_date, row.isco08, _skills(row), _fitting(row, openings))
        for row in context.connection.execute(asked)
    ]


def _openings(context: Context, programme_id: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The orders (first day, id) that somebody sees, by country and occupation, the earliest first."""
    taking = sa.select(orders.c.destination_country, orders.c.isco08, orders.c.start_date, orders.c.order_id).where(
        orders.c.programme_id == programme_id, orders_seen(context.principal), orders.c.state.in_(STAFFED)
    )
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in context.connection.execute(taking.order_by(orders.c.start_date, orders.c.order_id)):
        found.setdefault((row.destination_country, row.isco08), []).append((row.start_date, row.order_id))
    return found


def _fitting(row: Any, openings: dict[tuple[str, str], list[tuple[str, str]]]) -> tuple[str, ...]:
    at_home = openings.get((row.origin_country, row.isco08), [])
    return tuple(order for start, order in at_home if start > row.end_date)


def _skills(row: Any) -> tuple[str, ...]:
    named = f"{row.required_skills};{row.desired_skills}".split(";")
    return tuple(dict.fromkeys(skill for skill in named if skill))
