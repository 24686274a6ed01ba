"""How a request finds the account that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.account_tables import accounts


def find_account(context: Context, identifier: str) -> sa.Select[Any]:
    """An account, for those who may read accounts; whoever changes it holds it with others."""
    seen = sa.true() if context.principal.may("account.read") else sa.false()
    return sa.select(accounts).where(accounts.c.id == identifier, seen)


FINDERS = {"account_id": Finder(find_account)}
