"""The first page: what waits for who has signed in, programme by programme."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.console.sections import waiting_for
from api.identity.visibility import programmes_seen
from api.programmes.season import season_line
from api.requests.context import Context
from api.storage.tables import programmes

router = PageRouter()
MOST = 50


@router.get("/home")
def read_home(context: Context = viewed("session.own")) -> Response:
    """What waits for who has signed in, and the programmes that he or she takes part in."""
    if context.principal.must_set_password:
        return gone_to("/me")
    if context.principal.must_set_up_second_factor:
        return gone_to("/me/second-factor")
    asked = sa.select(programmes).where(programmes_seen(context.principal)).order_by(programmes.c.id.desc())
    rows = context.connection.execute(asked.limit(MOST)).all()
    who = context.principal
    found = [(row, waiting_for(context, row.id), season_line(context.connection, who, row.id)) for row in rows]
    return page(context, "programmes/home.html", programmes=found)
