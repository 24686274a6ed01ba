"""Pages of the language, one's own sessions and password."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Request, Response

from api.accounts.accounts import set_own_password
from api.accounts.entering import own_path
from api.accounts.schemas import PasswordIn
from api.accounts.second_factors import factor_of
from api.answers.spoken_requests import LANGUAGE_COOKIE
from api.console.forms import FormFields, or_again, picked, read_form
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page
from api.identity.browser_sessions import IS_AWAKE, awake_now, set_cookie
from api.identity.sign_in_limits import QUARTER_HOUR
from api.identity.tokens import end_session
from api.rate_limits import count_within
from api.requests.context import Context
from api.settings import settings
from api.storage.account_tables import sessions
from api.storage.database import utc
from engine.errors import InputError
from engine.words.catalogue import known_language

router = PageRouter()
LANGUAGE_SECONDS = 365 * 24 * 3600


@router.post("/language")
def choose_language(request: Request, fields: FormFields) -> Response:
    """Speak another language from now on, in this browser. Raises `CallError` for one that isn't spoken."""
    response = gone_to(own_path(fields.get("next")))
    set_cookie(response, request, LANGUAGE_COOKIE, known_language(fields.get("language", "")), LANGUAGE_SECONDS)
    return response


@router.get("/me")
def read_own_account(context: Context = viewed("session.own")) -> Response:
    """One's own password and sessions."""
    return _own_account(context)


@router.post("/me/password")
def set_password(fields: FormFields, context: Context = viewed("password.own")) -> Response:
    """Set one's own password; every other session ends."""
    who = context.principal
    count_within(context.connection, f"password of {who.account_id}", settings().logins_per_quarter_hour, QUARTER_HOUR)

    def done() -> None:
        asked = read_form(PasswordIn, picked(fields, PasswordIn))
        set_own_password(context.connection, who, asked.old_password, asked.password)

    or_again(done, lambda error: _own_account(context, error, 422))
    context.record("password.set", f"account/{who.account_id}")
    return gone_to("/me", "password-set")


@router.post("/me/sessions/{session_id}/end")
def end_own_session(session_id: str, fields: FormFields, context: Context = viewed("session.own")) -> Response:
    """End one of one's own sessions."""
    mine = sa.select(sessions.c.id).where(
        sessions.c.id == session_id, sessions.c.account_id == context.principal.account_id
    )
    if context.connection.scalar(mine) is not None:
        end_session(context.connection, session_id)
        context.record("session.ended", f"account/{context.principal.account_id}")
    return gone_to("/me", "session-ended")


def _own_account(context: Context, error: InputError | None = None, status: int = 200) -> Response:
    mine = sa.select(sessions).where(sessions.c.account_id == context.principal.account_id, IS_AWAKE)
    rows = context.connection.execute(mine.order_by(sessions.c.began_at.desc()), awake_now()).all()
    own = [(row.id, row.browser, utc(row.began_at), utc(row.seen_at)) for row in rows]
    factor = factor_of(context.connection, context.principal.account_id)
    return page(context, "accounts/own_account.html", status, own_sessions=own, factor=factor, error=error)
