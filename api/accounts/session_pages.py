"""Pages of signing in and out, the language, one's own sessions and password."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from fastapi import Request, Response

from api.accounts.accounts import set_own_password
from api.accounts.schemas import LoginIn, PasswordIn
from api.answers.problems import ServiceError
from api.answers.spoken_requests import LANGUAGE_COOKIE
from api.console.forms import Answered, FormFields, faults_by_field, or_again, picked, read_form
from api.console.page_router import PageRouter, viewed
from api.console.rendering import gone_to, page, rendered
from api.identity.browser_sessions import COOKIE, begin_browser_session, is_awake, set_cookie
from api.identity.sign_in_limits import QUARTER_HOUR, host_mark, host_of
from api.identity.signing_in import account_by_password
from api.identity.tokens import end_session
from api.logs.audit_log import Entry, append
from api.rate_limits import count_within
from api.requests.context import Context
from api.settings import settings
from api.storage.account_tables import sessions
from api.storage.database import database, transaction, utc
from engine.errors import InputError
from engine.words.catalogue import known_language

router = PageRouter()
HOME = "/home"
LANGUAGE_SECONDS = 365 * 24 * 3600


@router.get("/sign-in")
def ask_to_sign_in(request: Request) -> Response:
    """The form to sign in."""
    return _sign_in_form(request, request.query_params.get("next"))


@router.post("/sign-in")
def sign_in(request: Request, fields: FormFields) -> Response:
    """Sign in by a password; the browser gets the cookie of a new session, whatever it had before."""
    try:
        asked = read_form(LoginIn, picked(fields, LoginIn))
        account = account_by_password(request, asked.email, asked.password)
    except (InputError, ServiceError) as error:
        raise Answered(_sign_in_form(request, fields.get("next"), fields.get("email", ""), error)) from error
    with transaction(database()) as connection:
        mark = host_mark(connection, account, host_of(request))
        cookie = begin_browser_session(connection, account, mark, request.headers.get("user-agent", ""))
        append(connection, [Entry(account, "session.began by browser", f"account/{account}", {})])
    response = gone_to(_own_path(fields.get("next")))
    set_cookie(response, request, COOKIE, cookie)
    return response


@router.post("/sign-out")
def sign_out(fields: FormFields, context: Context = viewed("session.own")) -> Response:
    """End this session."""
    end_session(context.connection, context.principal.session_id)
    context.record("session.ended", f"account/{context.principal.account_id}")
    response = gone_to("/sign-in", "signed-out")
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/language")
def choose_language(request: Request, fields: FormFields) -> Response:
    """Speak another language from now on, in this browser. Raises `CallError` for one that isn't spoken."""
    response = gone_to(_own_path(fields.get("next")))
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


def _sign_in_form(
    request: Request, asked: str | None, email: str = "", error: InputError | ServiceError | None = None
) -> Response:
    status = 200 if error is None else getattr(error, "http_status", 422)
    told = {"typed": {"email": email}, "error": error, "faults": faults_by_field(error), "next": _own_path(asked)}
    return rendered(request, "accounts/sign_in.html", status, **told)


def _own_account(context: Context, error: InputError | None = None, status: int = 200) -> Response:
    mine = sa.select(sessions).where(sessions.c.account_id == context.principal.account_id, is_awake())
    rows = context.connection.execute(mine.order_by(sessions.c.began_at.desc())).all()
    own = [(row.id, row.browser, utc(row.began_at), utc(row.seen_at)) for row in rows]
    return page(context, "accounts/own_account.html", status, own_sessions=own, error=error)


def _own_path(asked: str | None) -> str:
    """An address of ours that was asked for, else the first page; nobody is sent to another host."""
    told = urlsplit(asked or "")
    good = told.path.startswith("/") and not (asked or "").startswith(("//", "/\\")) and not told.netloc
    return (asked or HOME) if good and not told.scheme else HOME
