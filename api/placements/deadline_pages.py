"""The days of published placements as a calendar to take along from the page of placements."""

from __future__ import annotations

from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import SAFE_HEADERS
from api.placements.deadlines import deadlines_calendar, deadlines_of
from api.requests.context import Context
from api.storage.database import now

router = PageRouter(prefix="/programmes/{programme_id}/placement-deadlines")


@router.get("")
def download_deadlines(programme_id: str, context: Context = viewed("operation.read", heavy=True)) -> Response:
    """The calendar as a file."""
    found = deadlines_of(context.connection, context.principal, programme_id, now().date())
    named = {**SAFE_HEADERS, "Content-Disposition": 'attachment; filename="deadlines.ics"'}
    return Response(deadlines_calendar(context.programme, found), media_type="text/calendar", headers=named)
