"""From credentials to a principal: a session's token, an API key, or the cookie of a browser's session."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.access import Principal
from api.identity.browser_sessions import session_of_cookie
from api.identity.keys import good_keys
from api.identity.passwords import secret_fits
from api.identity.second_factor import needs_second_factor
from api.identity.tokens import session_of
from api.settings import settings
from api.storage.account_tables import accounts, api_keys, sessions
from engine.words import message

CHALLENGE = {"WWW-Authenticate": "Bearer"}


def principal_of(
    connection: sa.Connection, bearer: str | None, api_key: str | None, browser: str | None = None
) -> Principal:
    """Who holds these credentials; a page has none but its cookie. Raises 401 where nobody does (any more)."""
    scope = None
    if browser is not None or bearer:
        session = _of_cookie(connection, browser) if browser is not None else session_of(connection, bearer or "")
        wanted, asked = _of_session(settings().administrators_need_second_factor), session
    elif api_key:
        session, key = "", _key(connection, api_key)
        wanted, asked = _OF_KEY, key.account_id
        scope = None if key.scope is None else frozenset(key.scope)
    else:
        raise ServiceError(401, message("Say who you are."), message("Send a bearer token or an API key."), CHALLENGE)
    row = connection.execute(wanted, {"asked": asked}).one_or_none()
    if row is None:
        raise ServiceError(401, message("These credentials are good no longer."), message("Log in again."), CHALLENGE)
    must = bool(session and row.password_by_other)
    return Principal(row.id, row.role, row.country, row.employer_id, session, scope, must, bool(row.bare))


@cache
def _of_session(_administrators: bool) -> sa.Select[Any]:
    """The account of a session, and whether it lacks a second factor that the account needs, as the settings are.

    Put together once: every request asks it.
    """
    bare = sa.and_(sessions.c.second_factor.is_(False), needs_second_factor())
    held = sa.select(accounts, bare.label("bare")).join(sessions, sessions.c.account_id == accounts.c.id)
    of_session = sa.and_(sessions.c.id == sa.bindparam("asked"), sessions.c.revoked_at.is_(None))
    return held.where(of_session, accounts.c.active.is_(True))


_OF_KEY = sa.select(accounts, sa.false().label("bare")).where(
    accounts.c.id == sa.bindparam("asked"), accounts.c.active.is_(True)
)


def _of_cookie(connection: sa.Connection, cookie: str) -> str:
    session = session_of_cookie(connection, cookie)
    if session is None:
        raise ServiceError(401, message("Sign in first."), message("A session ends when it rests too long."))
    return session


def _key(connection: sa.Connection, api_key: str) -> sa.Row[Any]:
    identifier, _, secret = api_key.removeprefix("vaiven_").partition(".")
    row = connection.execute(sa.select(api_keys).where(api_keys.c.id == identifier, good_keys())).one_or_none()
    if row is None or not secret_fits(secret, row.secret_hash):
        raise ServiceError(401, message("This API key is not good."), message("Make a new one."), CHALLENGE)
    return row
