"""The days of published placements as a calendar, on the wire."""

from __future__ import annotations

from typing import Any

from fastapi import Response

from api.placements.deadlines import deadlines_calendar, deadlines_of
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.storage.database import now

router = Router(prefix="/v1/programmes/{programme_id}/operation-deadlines", tags=["operations"])
CALENDAR: dict[int | str, dict[str, Any]] = {200: {"content": {"text/calendar": {"example": "BEGIN:VCALENDAR"}}}}


@router.get("", response_class=Response, responses=CALENDAR)
def export_deadlines(programme_id: str, context: Context = allowed("operation.read", heavy=True)) -> Response:
    """What is still to do for the placements that one sees, and until when: answers, departures, arrivals, returns, as
    a calendar (iCalendar) with an entry for each step, day and order. Nobody is named in it.
    """
    found = deadlines_of(context.connection, context.principal, programme_id, now().date())
    named = {"Content-Disposition": 'attachment; filename="deadlines.ics"'}
    return Response(deadlines_calendar(context.programme, found), media_type="text/calendar", headers=named)
