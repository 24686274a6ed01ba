"""Accounts, for administrators."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.accounts.accounts import changed_account, locked_account, make_account, require_tenant
from api.accounts.schemas import (
    AccountChange,
    AccountIn,
    AccountOut,
)
from api.requests.context import Context, etag
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.account_tables import accounts
from api.storage.database import utc

router = Router(prefix="/v1/accounts", tags=["identity"])


@router.get("")
def list_accounts(
    limit: Limit = 100, after: After = None, context: Context = allowed("account.read")
) -> Page[AccountOut]:
    """All accounts, in the order in which they were made."""
    asked = sa.select(accounts).order_by(accounts.c.id).limit(limit + 1)
    rows = context.connection.execute(asked if after is None else asked.where(accounts.c.id > after)).all()
    return page([_account(row) for row in rows], limit, [row.id for row in rows])


@router.post("", status_code=201, response_model=AccountOut)
def create_account(asked: AccountIn, context: Context = allowed("account.write")) -> Response:
    """Make an account."""
    require_tenant(asked)
    row = make_account(context.connection, asked)
    context.record("account.created", f"account/{row.id}", role=row.role)
    return context.answer(_account(row), 201, Location=f"/v1/accounts/{row.id}", ETag=etag(row.version))


@router.get("/{account_id}")
def read_account(account_id: str, response: Response, context: Context = allowed("account.read")) -> AccountOut:
    """One account."""
    row = context.objects["account_id"]
    response.headers["ETag"] = etag(row.version)
    return _account(row)


@router.patch("/{account_id}", response_model=AccountOut)
def change_account(
    account_id: str, asked: AccountChange, context: Context = allowed("account.write", versioned=True)
) -> Response:
    """Rename an account, give it a new password, or let it rest; the latter two end its sessions and API keys."""
    row = locked_account(context.connection, account_id)
    found = changed_account(context.connection, context.principal, row, context.require_version(row), asked)
    context.record("account.changed", f"account/{row.id}", columns=sorted(asked.model_fields_set))
    return context.answer(_account(found), ETag=etag(found.version))


def _account(row: sa.Row[tuple[object, ...]]) -> AccountOut:
    told = {name: row._mapping[name] for name in AccountOut.model_fields if name != "created_at"}
    return AccountOut(**told, created_at=utc(row.created_at))
