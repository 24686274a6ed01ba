"""How a request finds the published placement that its path names."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.visibility import operations_seen
from api.requests.context import Context
from api.requests.objects import Finder
from api.storage.tables import operations


def find_operation(context: Context, identifier: str) -> sa.Select[Any]:
    """An operation of the programme, if it is seen."""
    within = operations.c.programme_id == context.programme.id
    chosen = sa.select(operations).where(within, operations.c.id == identifier, operations_seen(context.principal))
    return chosen.with_for_update() if context.takes_object else chosen


FINDERS = {"operation_id": Finder(find_operation)}
