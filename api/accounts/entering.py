"""Who has shown a password, or comes from the identity provider, is asked for a code or let in by a browser's cookie.

Between the two steps a cookie of its own says whose code is asked for: signed, good for some minutes and until the
account is changed, and never good in place of a session.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import jwt
import sqlalchemy as sa
from fastapi import Request, Response

from api.console.rendering import gone_to
from api.identity.browser_sessions import COOKIE, begin_browser_session, set_cookie
from api.identity.second_factor import has_factor
from api.identity.sign_in_limits import host_mark, host_of
from api.identity.tokens import ALGORITHM, signing_key
from api.logs.audit_log import Entry, append
from api.storage.account_tables import accounts
from api.storage.database import database, now, transaction

HOME = "/home"
LONGEST_TARGET = 1000  # of an address that a cookie carries; browsers drop cookies of more than 4 kB
STEP_COOKIE, STEP_SECONDS = "vaiven_second_step", 600
STEP_AUDIENCE = "vaiven-second-step"


def gone_on(request: Request, account_id: str, kind: str, target: str) -> Response:
    """Let an account in whose first factor was shown, ``kind`` naming a second one; else ask for the code of one."""
    with transaction(database()) as connection:
        if kind or not has_factor(connection, account_id):
            return entered(request, connection, account_id, kind, target)
        step = _second_step(connection, account_id, target)
    response = gone_to("/sign-in/code")
    set_cookie(response, request, STEP_COOKIE, step, STEP_SECONDS)
    return response


def entered(request: Request, connection: sa.Connection, account_id: str, kind: str, target: str) -> Response:
    """Begin a browser's session; it gets a new cookie, whatever it had before, and goes to ``target``."""
    mark = host_mark(connection, account_id, host_of(request))
    agent = request.headers.get("user-agent", "")
    cookie = begin_browser_session(connection, account_id, mark, agent, bool(kind))
    told = {"second_factor": kind}
    append(connection, [Entry(account_id, "session.began by browser", f"account/{account_id}", told)])
    response = gone_to(own_path(target))
    set_cookie(response, request, COOKIE, cookie)
    response.delete_cookie(STEP_COOKIE, path="/")
    return response


def at_second_step(request: Request, connection: sa.Connection) -> tuple[str, str] | None:
    """Whose code is asked for, and where the browser goes then; None where nobody's is (any more)."""
    try:
        step = jwt.decode(
            request.cookies.get(STEP_COOKIE, ""), signing_key(connection), [ALGORITHM], audience=STEP_AUDIENCE
        )
    except jwt.InvalidTokenError:
        return None
    unchanged = sa.and_(accounts.c.id == step["sub"], accounts.c.version == step["version"])
    found = connection.scalar(sa.select(accounts.c.id).where(unchanged, accounts.c.active.is_(True)))
    return None if found is None else (found, step["target"])


def own_path(asked: str | None) -> str:
    """An address of ours that was asked for, else the first page; nobody is sent to another host."""
    if len(asked or "") > LONGEST_TARGET:
        return HOME
    told = urlsplit(asked or "")
    good = told.path.startswith("/") and not (asked or "").startswith(("//", "/\\")) and not told.netloc
    return (asked or HOME) if good and not told.scheme else HOME


def _second_step(connection: sa.Connection, account_id: str, target: str) -> str:
    version = connection.scalar(sa.select(accounts.c.version).where(accounts.c.id == account_id))
    claims = {"sub": account_id, "version": version, "target": own_path(target), "aud": STEP_AUDIENCE}
    ends = now() + timedelta(seconds=STEP_SECONDS)
    return jwt.encode({**claims, "exp": ends}, signing_key(connection), ALGORITHM)
