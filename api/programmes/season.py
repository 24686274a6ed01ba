"""A season in one line and in figures: people placed of people registered, places filled of places asked for.

Figures are counted once for each revision of the programme and each who sees them: whatever they count raises the
revision when it changes (`api.storage.revisions`).
"""

from __future__ import annotations

import sqlalchemy as sa

from api.identity.access import AUDITOR, ORIGIN, PLANNER, Principal
from api.identity.visibility import operations_seen, orders_seen, workers_seen
from api.storage.operation_states import STAFFED, STANDING
from api.storage.tables import operations, orders, programmes, registers
from engine.words import Message, message

SEES_REGISTERS = (ORIGIN, PLANNER, AUDITOR)  # others know those alone who come to them
MOST_KEPT = 512
Figures = list[tuple[str, int]]
_kept: dict[tuple[object, ...], Figures] = {}


def season_line(connection: sa.Connection, principal: Principal, programme_id: str) -> Message | None:
    """The season in one sentence: people placed of people registered, places filled of places asked for, as whoever
    looks sees them; None for who sees neither.
    """
    told = dict(season_figures(connection, principal, programme_id))
    if {"workers", "placed", "places", "filled"} <= set(told):
        if told["filled"] > told["placed"]:
            return message(
                "{placed:,} of {workers:,} people registered have a place, some of them several one after another: "
                "together they fill {filled:,} of {places:,} places that are asked for where they may go.",
                **told,
            )
        return message(
            "{placed:,} of {workers:,} people registered have a place; they fill {filled:,} of {places:,} places that "
            "are asked for where they may go.",
            **told,
        )
    if {"places", "filled"} <= set(told):
        return message("{filled:,} of {places:,} places are filled.", **told)
    return None


def season_figures(connection: sa.Connection, principal: Principal, programme_id: str) -> Figures:
    """The counts of a season that whoever looks may know, by name."""
    # The revision is read first: what is counted is then as new as it, or newer.
    revision = connection.scalar(sa.select(programmes.c.revision).where(programmes.c.id == programme_id))
    who = (principal.role, principal.country, principal.employer_id, principal.scope)
    key = (connection.engine.url, programme_id, revision, *who)
    found = _kept.get(key)
    if found is None:
        found = _counted(connection, principal, programme_id)
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = found
    return list(found)


def _counted(connection: sa.Connection, principal: Principal, programme_id: str) -> Figures:
    who, counted = principal, sa.func.count()
    workers = registers["workers"]
    standing = sa.and_(operations.c.programme_id == programme_id, operations.c.state.in_(STANDING))
    mine = sa.and_(standing, operations_seen(who))
    may_count = who.may("operation.read")
    people, filled = sa.func.count(operations.c.worker_id.distinct()), sa.func.count()
    placed = connection.execute(sa.select(people, filled).where(mine)).one() if may_count else (0, 0)
    found: Figures = []
    if who.role in SEES_REGISTERS:
        registered = sa.select(counted).where(workers.c.programme_id == programme_id, workers_seen(who))
        found.append(("workers", connection.scalar(registered) or 0))
        if may_count:
            found.append(("placed", placed[0]))
    if who.may("order.read"):
        taken = sa.and_(orders.c.programme_id == programme_id, orders.c.state.in_(STAFFED), orders_seen(who))
        places = sa.func.coalesce(sa.func.sum(sa.cast(orders.c.headcount, sa.Integer)), 0)
        count, asked = connection.execute(sa.select(counted, places).where(taken)).one()
        found += [("orders", count), ("places", asked)]
        if may_count:
            found.append(("filled", placed[1]))
    return [(name, int(number)) for name, number in found]
