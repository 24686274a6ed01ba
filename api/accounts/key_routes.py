"""API keys: one's own, and all of them for administrators."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.accounts.schemas import KeyIn, KeyOut
from api.answers.problems import not_found
from api.identity.keys import good_keys, make_key, revoke_key
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.account_tables import api_keys
from api.storage.database import utc

router = Router(prefix="/v1", tags=["identity"])


@router.get("/api-keys")
def list_api_keys(context: Context = allowed("key.own")) -> Page[KeyOut]:
    """One's own API keys that are good, without their secrets."""
    mine = sa.and_(api_keys.c.account_id == context.principal.account_id, good_keys())
    rows = context.connection.execute(sa.select(api_keys).where(mine).order_by(api_keys.c.id)).all()
    return Page(items=[_key(row) for row in rows])


@router.post("/api-keys", status_code=201)
def create_api_key(asked: KeyIn, context: Context = allowed("key.own")) -> KeyOut:
    """Make an API key for a system, good for a time and for the actions of its scope; its secret is told this once."""
    row, secret = make_key(context.connection, context.principal, asked.name, asked.days, asked.scope)
    context.record("key.created", f"key/{row.id}", scope=row.scope or "all")
    return _key(row, secret)


@router.delete("/api-keys/{key_id}", status_code=204)
def delete_api_key(key_id: str, context: Context = allowed("key.own")) -> Response:
    """Revoke one of one's own API keys."""
    return _revoked(context, key_id, context.principal.account_id)


@router.get("/account-keys")
def list_account_keys(
    limit: Limit = 100, after: After = None, context: Context = allowed("account.read")
) -> Page[KeyOut]:
    """The API keys of all accounts that are good, without their secrets."""
    asked = sa.select(api_keys).where(good_keys()).order_by(api_keys.c.id).limit(limit + 1)
    rows = context.connection.execute(asked if after is None else asked.where(api_keys.c.id > after)).all()
    return page([_key(row) for row in rows], limit, [row.id for row in rows])


@router.delete("/account-keys/{key_id}", status_code=204)
def revoke_account_key(key_id: str, context: Context = allowed("account.write")) -> Response:
    """Revoke an API key of any account."""
    return _revoked(context, key_id, None)


def _revoked(context: Context, key_id: str, account_id: str | None) -> Response:
    if not revoke_key(context.connection, key_id, account_id):
        raise not_found()
    context.record("key.revoked", f"key/{key_id}")
    return Response(status_code=204)


def _key(row: sa.Row[Any], secret: str | None = None) -> KeyOut:
    return KeyOut(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        scope=row.scope or [],
        created_at=utc(row.created_at),
        expires_at=utc(row.expires_at),
        secret=secret,
    )
