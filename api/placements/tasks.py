"""What is still to do for a placement, and until when: each step's latest day follows from start, end and lead time.

The days are those of the programme's day `as_of` and the corridor's lead time: an offer must be answered while the lead
time to the start still lasts, ``answer_by = start_date - lead_time_days``; from then on the papers are made, which are
there on the day of the departure.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from api.storage.operation_states import OFFERABLE, OPEN
from api.storage.tables import operations, registers
from engine.words import msgid

# The states of a placement on its way home, each with what is to be recorded before it.
WAY = ("proposed", "offered", "accepted", "travelling", "arrived", "home")
OVERDUE = "overdue"
TITLES = {
    "offered": msgid("Offer made"),
    "accepted": msgid("Offer answered"),
    "papers": msgid("Papers applied for"),
    "travelling": msgid("Departure"),
    "arrived": msgid("Arrival"),
    "home": msgid("Return"),
}


@dataclass(frozen=True)
class Task:
    """A step of a placement: ``until`` is its latest day, None where no data say one."""

    title: str
    until: date | None
    done: bool
    late: bool


def lead_days(connection: sa.Connection, programme_id: str, origin: str, destination: str) -> int | None:
    """The lead time of a corridor in days, None where the register says none."""
    rows = registers["corridors"].c
    mine = sa.and_(
        rows.programme_id == programme_id, rows.origin_country == origin, rows.destination_country == destination
    )
    told = connection.scalar(sa.select(rows.lead_time_days).where(mine))
    return int(float(told)) if told else None


def tasks_of(operation: Any, lead: int | None, today: date) -> list[Task]:
    """The steps of a placement from the offer to the return, with the latest day of each."""
    starts, ends = date.fromisoformat(operation.start_date), date.fromisoformat(operation.end_date)
    answered = None if lead is None else starts - timedelta(days=lead)
    latest = {"offered": answered, "accepted": answered, "travelling": starts, "arrived": starts, "home": ends}
    reached = WAY.index(operation.state) if operation.state in WAY else len(WAY)
    is_open = operation.state in OPEN
    found = [_task(state, latest[state], WAY.index(state) <= reached, is_open, today) for state in WAY[1:]]
    if answered is not None:
        # Nobody records papers by themselves: who has departed has them.
        found.insert(2, Task(TITLES["papers"], answered, reached >= WAY.index("travelling"), False))
    return found


def _task(state: str, until: date | None, done: bool, is_open: bool, today: date) -> Task:
    return Task(TITLES[state], until, done, not done and is_open and until is not None and until < today)


def is_overdue(connection: sa.Connection, programme_id: str, today: date) -> sa.ColumnElement[bool]:
    """The operations of a programme of which a step's latest day (`tasks_of`) has passed."""
    rows, cells = registers["corridors"].c, operations.c
    corridors = sa.select(rows.origin_country, rows.destination_country, rows.lead_time_days)
    unanswered = [
        sa.and_(
            cells.origin_country == row.origin_country,
            cells.destination_country == row.destination_country,
            cells.start_date < (today + timedelta(days=int(float(row.lead_time_days)))).isoformat(),
        )
        for row in connection.execute(corridors.where(rows.programme_id == programme_id))
        if row.lead_time_days
    ]
    started = cells.start_date < today.isoformat()
    return sa.or_(
        sa.and_(cells.state.in_(OFFERABLE), sa.or_(started, *unanswered)),
        sa.and_(cells.state.in_(("accepted", "travelling")), started),
        sa.and_(cells.state == "arrived", cells.end_date < today.isoformat()),
    )
