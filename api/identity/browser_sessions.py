"""Sessions of browsers: a secret in a cookie that scripts can't read, good until it rests too long or grows too old.

Invariants: a browser's session opens pages alone and no call of the interface, which takes no cookies, so that a page
of another site can't call it for somebody; and no token is ever made from one.
"""

from __future__ import annotations

import hmac
import threading
import time
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from fastapi import Request, Response

from api.identity.passwords import hash_secret, new_secret, secret_fits
from api.settings import settings
from api.storage.account_tables import sessions
from api.storage.database import database, new_id, now, transaction

COOKIE = "vaiven_session"
LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "testserver")
REST_SECONDS = 60.0  # how often a session's last use is written
MOST_KNOWN = 100_000


def begin_browser_session(
    connection: sa.Connection, account_id: str, host_mark: str, agent: str, second_factor: bool = False
) -> str:
    """Begin a session of an account; the value of its cookie. ``agent`` is what the browser calls itself."""
    session, secret, at = new_id(), new_secret(), now()
    values: dict[str, Any] = {
        "id": session,
        "account_id": account_id,
        "refresh_hash": hash_secret(secret),
        "host_mark": host_mark,
        "second_factor": second_factor,
    }
    values |= {"expires_at": at + timedelta(hours=settings().browser_hours), "revoked_at": None}
    values |= {"browser": agent[:200] or "?", "began_at": at, "seen_at": at}
    connection.execute(sessions.insert().values(values))
    return f"{session}.{secret}"


# Which browsers' sessions are good at a moment: begun, not ended, neither too old nor unused for too long.
IS_AWAKE = sa.and_(
    sessions.c.browser != "",
    sessions.c.revoked_at.is_(None),
    sessions.c.expires_at > sa.bindparam("moment"),
    sessions.c.seen_at > sa.bindparam("rested"),
)
# Put together once: every page asks it.
_OF_COOKIE = sa.select(sessions.c.id, sessions.c.refresh_hash).where(sessions.c.id == sa.bindparam("session"), IS_AWAKE)


def awake_now() -> dict[str, Any]:
    """The parameters of `IS_AWAKE` at this moment."""
    moment = now()
    return {"moment": moment, "rested": moment - timedelta(minutes=settings().browser_idle_minutes)}


def session_of_cookie(connection: sa.Connection, cookie: str) -> str | None:
    """The id of the session that a cookie is of, None where it is good no longer."""
    session, _, secret = cookie.partition(".")
    row = connection.execute(_OF_COOKIE, {"session": session, **awake_now()}).one_or_none()
    return str(row.id) if row is not None and secret_fits(secret, row.refresh_hash) else None


class LastUses:
    """When each session was last written as used, in this process, so that not every page writes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._written: dict[str, float] = {}

    def note(self, session: str) -> None:
        """Write that a session is used, at most once a minute."""
        at = time.monotonic()
        with self._lock:
            if at - self._written.get(session, -REST_SECONDS) < REST_SECONDS:
                return
            if len(self._written) >= MOST_KNOWN:
                self._written.clear()
            self._written[session] = at
        with transaction(database()) as connection:
            connection.execute(sessions.update().where(sessions.c.id == session).values(seen_at=now()))


def form_token(cookie: str) -> str:
    """What a form of this session carries; no other site can know it."""
    return hmac.digest(cookie.encode(), b"form", "sha256").hex()


def set_cookie(response: Response, request: Request, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie that scripts can't read and other sites can't send; over TLS alone, but on this machine itself."""
    secure = request.url.scheme == "https" or request.url.hostname not in LOOPBACK
    response.set_cookie(name, value, seconds, path="/", secure=secure, httponly=True, samesite="lax")
