"""The days of published placements as a calendar (iCalendar): what is still to do until when, arrivals and returns.

An entry is for a step, a day and an order, with how many placements it is about; nobody is named in it.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import icalendar
import sqlalchemy as sa

from api.identity.access import Principal
from api.identity.visibility import operations_seen
from api.placements.tasks import lead_days, tasks_of
from api.storage.operation_states import OPEN
from api.storage.tables import operations
from engine.words import Message, plural
from engine.words.wording import say

Key = tuple[date, str, str]


def deadlines_of(connection: sa.Connection, principal: Principal, programme_id: str, today: date) -> Counter[Key]:
    """How many open placements wait for a step by day, step (a key of the catalogue) and order."""
    seen = sa.and_(operations.c.programme_id == programme_id, operations_seen(principal))
    leads: dict[tuple[str, str], int | None] = {}
    found: Counter[Key] = Counter()
    for row in connection.execute(sa.select(operations).where(seen, operations.c.state.in_(OPEN))):
        corridor = (row.origin_country, row.destination_country)
        if corridor not in leads:
            leads[corridor] = lead_days(connection, programme_id, *corridor)
        for task in tasks_of(row, leads[corridor], today):
            if not task.done and task.until is not None:
                found[(task.until, task.title, row.order_id)] += 1
    return found


def deadlines_calendar(programme: Any, found: Counter[Key]) -> bytes:
    """The deadlines as a calendar, in the language that is spoken."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Vaiven//deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", programme.title)
    for (day, title, order), count in sorted(found.items()):
        event = icalendar.Event()
        event.add("uid", f"{programme.id}.{order}.{title.replace(' ', '-')}.{day}@vaiven")
        event.add("summary", say(_summary(title, order, count)))
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("dtstamp", datetime(2000, 1, 1, tzinfo=UTC))  # the same placements give the same file
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _summary(title: str, order: str, count: int) -> Message:
    return plural(
        "{step}: {n:,} placement on {order}",
        "{step}: {n:,} placements on {order}",
        n=count,
        step=Message(title, {}),
        order=order,
    )
