"""API keys: made with an expiry and a scope, good until then, until revoked, or until their account rests.

Invariant: no account has more than `MOST_KEYS` good ones, however many ask at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, content_fault
from api.identity.access import Principal, scope_of_key
from api.identity.passwords import hash_secret, new_secret
from api.settings import settings
from api.storage.account_tables import accounts, api_keys
from api.storage.database import new_id, now
from engine.words import message

LONGEST_DAYS, MOST_KEYS = 365, 50


def good_keys() -> sa.ColumnElement[bool]:
    """The keys that are good at this moment; one without an expiry isn't."""
    return sa.and_(api_keys.c.revoked_at.is_(None), api_keys.c.expires_at > now())


def make_key(
    connection: sa.Connection, principal: Principal, name: str, days: int | None, scope: list[str]
) -> tuple[sa.Row[Any], str]:
    """A new key of an account, and the secret that is told once.

    Raises `InputError` for a scope that the role hasn't, 409 where the account has as many as it may.
    """
    try:
        actions = scope_of_key(principal.role, scope)
    except ValueError as error:
        raise content_fault(
            "scope", str(error), message("is no action of this role"), message("read, or what /v1/me lists")
        ) from error
    _require_room(connection, principal.account_id)
    identifier, secret, at = new_id(), new_secret(), now()
    ends = at + timedelta(days=min(settings().key_days if days is None else days, LONGEST_DAYS))
    values: dict[str, Any] = {"id": identifier, "account_id": principal.account_id, "name": name, "scope": actions}
    values |= {"secret_hash": hash_secret(secret), "created_at": at, "expires_at": ends, "revoked_at": None}
    row = connection.execute(api_keys.insert().values(values).returning(api_keys)).one()
    return row, f"vaiven_{identifier}.{secret}"


def _require_room(connection: sa.Connection, account_id: str) -> None:
    """Raise 409 where an account has as many good keys as it may; two who make one at once come after each other."""
    connection.execute(sa.select(accounts.c.id).where(accounts.c.id == account_id).with_for_update())
    count = sa.select(sa.func.count()).where(api_keys.c.account_id == account_id, good_keys())
    if int(connection.scalar(count) or 0) >= MOST_KEYS:
        raise ServiceError(
            409,
            message("This account has {n} API keys, and no more may be.", n=MOST_KEYS),
            message("Revoke one first."),
        )


def revoke_key(connection: sa.Connection, key_id: str, account_id: str | None = None) -> bool:
    """Revoke a key, of an account where one is named; whether there was one that is good."""
    mine = sa.true() if account_id is None else api_keys.c.account_id == account_id
    revoked = api_keys.update().where(api_keys.c.id == key_id, mine, good_keys()).values(revoked_at=now())
    return bool(connection.execute(revoked).rowcount)


def revoke_keys(connection: sa.Connection, account_id: str) -> None:
    """Revoke all keys of an account."""
    mine = sa.and_(api_keys.c.account_id == account_id, api_keys.c.revoked_at.is_(None))
    connection.execute(api_keys.update().where(mine).values(revoked_at=now()))
