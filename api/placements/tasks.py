"""What is still to do for a placement, and until when: each step's latest day follows from start, end and lead time.

The days are those of the programme's day `as_of` and the corridor's lead time: an offer must be answered while the lead
time to the start still lasts, ``answer_by = start_date - lead_time_days``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from api.storage.operation_states import OPEN
from api.storage.tables import registers
from engine.words import msgid

# The states of a placement on its way home, each with what is to be recorded before it.
WAY = ("proposed", "offered", "accepted", "travelling", "arrived", "home")
TITLES = {
    "offered": msgid("Offer made"),
    "accepted": msgid("Offer answered"),
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
    return [_task(state, latest[state], reached, operation.state in OPEN, today) for state in WAY[1:]]


def _task(state: str, until: date | None, reached: int, is_open: bool, today: date) -> Task:
    done = WAY.index(state) <= reached
    return Task(TITLES[state], until, done, not done and is_open and until is not None and until < today)
