"""Sessions: short signed tokens (RFC 7519), refreshed by a secret that is good once, revoked at any time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import jwt
import sqlalchemy as sa

from api.answers.problems import ServiceError
from api.identity.passwords import hash_secret, new_secret, secret_fits
from api.settings import settings
from api.storage.account_tables import accounts, secrets, sessions
from api.storage.database import new_id, now, utc
from engine.words import message

ALGORITHM = "HS256"
CLOCKS_APART = 30  # seconds that the clocks of two machines may differ by
_drawn_keys: dict[sa.URL, str] = {}  # a drawn key never changes


@dataclass(frozen=True)
class Tokens:
    """An access token with its lifetime in seconds, and the secret that refreshes it."""

    access_token: str
    expires_in: int
    refresh_token: str


def signing_key(connection: sa.Connection) -> str:
    """The key of the settings, or one that was drawn once and is kept in the database."""
    if settings().secret_key:
        return settings().secret_key
    database = connection.engine.url
    if database not in _drawn_keys:
        found = connection.scalar(sa.select(secrets.c.value).where(secrets.c.name == "signing_key"))
        if found is None:
            raise ServiceError(
                503, message("The database has no signing key."), message("Run vaiven database upgrade.")
            )
        _drawn_keys[database] = str(found)
    return _drawn_keys[database]


def begin_session(
    connection: sa.Connection, account_id: str, host_mark: str = "", second_factor: bool = False
) -> Tokens:
    """Begin a session of an account; it keeps the mark of the host (`api.identity.sign_in_limits`), and whether more
    than a password was shown.
    """
    session, refresh = new_id(), new_secret()
    ends = now() + timedelta(days=settings().refresh_days)
    connection.execute(
        sessions.insert().values(
            id=session,
            account_id=account_id,
            refresh_hash=hash_secret(refresh),
            expires_at=ends,
            revoked_at=None,
            host_mark=host_mark,
            second_factor=second_factor,
        )
    )
    return _tokens(connection, account_id, session, refresh)


def refreshed(connection: sa.Connection, refresh_token: str) -> Tokens:
    """New tokens for a session. A secret that was used before ends its session, for somebody else may have it."""
    session, _, secret = refresh_token.partition(".")
    row = connection.execute(
        sa.select(sessions, accounts.c.active)
        .join(accounts, accounts.c.id == sessions.c.account_id)
        .where(sessions.c.id == session, sessions.c.browser == "")
        .with_for_update(of=sessions)
    ).one_or_none()
    if row is None or row.revoked_at is not None or not row.active or utc(row.expires_at) < now():
        raise ServiceError(401, message("The session has ended."), message("Log in again."))
    if not secret_fits(secret, row.refresh_hash):
        end_session(connection, session)
        error = ServiceError(
            401, message("This refresh token was used before; the session is ended."), message("Log in again.")
        )
        error.keeps = True
        raise error
    fresh = new_secret()
    connection.execute(sessions.update().where(sessions.c.id == session).values(refresh_hash=hash_secret(fresh)))
    return _tokens(connection, row.account_id, session, fresh)


def end_session(connection: sa.Connection, session: str) -> None:
    """Revoke a session: its tokens are good no longer."""
    connection.execute(
        sessions.update().where(sessions.c.id == session, sessions.c.revoked_at.is_(None)).values(revoked_at=now())
    )


def end_sessions(connection: sa.Connection, account_id: str, but: str = "") -> None:
    """Revoke all sessions of an account, but for one where that is named."""
    connection.execute(
        sessions.update()
        .where(sessions.c.account_id == account_id, sessions.c.id != but, sessions.c.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def session_of(connection: sa.Connection, access_token: str) -> str:
    """The session that an access token is signed for. Raises 401 where it isn't signed by us, or too old."""
    wrong = ServiceError(401, message("The token is not good (any more)."), message("Refresh it, or log in again."))
    try:
        session, ends = _signed_for(access_token, signing_key(connection))
    except jwt.InvalidTokenError as error:
        raise wrong from error
    if ends + CLOCKS_APART <= time.time():
        raise wrong
    return session


@lru_cache(maxsize=4096)
def _signed_for(access_token: str, key: str) -> tuple[str, float]:
    """The session that a token is signed for, and when it ends; once a token, which every request of an hour brings.
    Whether the session was revoked is asked of the database. Raises `jwt.InvalidTokenError`.
    """
    claims = jwt.decode(
        access_token,
        key,
        [ALGORITHM],
        options={"require": ["exp", "sid", "sub"]},
        audience="vaiven",
        leeway=CLOCKS_APART,
    )
    return str(claims["sid"]), float(claims["exp"])


def _tokens(connection: sa.Connection, account_id: str, session: str, refresh: str) -> Tokens:
    seconds = 60 * settings().access_minutes
    claims = {
        "sub": account_id,
        "sid": session,
        "aud": "vaiven",
        "iat": now(),
        "exp": now() + timedelta(seconds=seconds),
    }
    token = jwt.encode(claims, signing_key(connection), ALGORITHM)
    return Tokens(token, seconds, f"{session}.{refresh}")
