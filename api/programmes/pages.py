"""The first page of a programme: the season in one line and in figures, and what waits in it."""

from __future__ import annotations

from datetime import date

from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.console.sections import sections_for, waiting_for
from api.programmes.season import season_figures, season_line
from api.requests.context import Context
from engine.programme.toml_files import parse_toml

router = PageRouter(prefix="/programmes/{programme_id}")


@router.get("")
def show_programme(programme_id: str, context: Context = viewed("programme.read")) -> Response:
    """A programme as whoever looks may see it."""
    settings = parse_toml(context.programme.settings.encode(), "programme.toml", lambda _: None) or {}
    day = settings.get("as_of")
    return page(
        context,
        "programmes/programme.html",
        season=season_line(context.connection, context.principal, programme_id),
        waiting=waiting_for(context, programme_id),
        rooms=sections_for(context.principal, True),
        as_of=day if isinstance(day, date) else None,
        figures=season_figures(context.connection, context.principal, programme_id),
    )
