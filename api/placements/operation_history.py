"""The history of an operation, as whoever sees the operation is told it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.identity.access import AUDITOR, EMPLOYER, MINISTRIES, Principal
from api.placements.schemas import OperationVersionOut
from api.storage.account_tables import accounts
from api.storage.database import utc
from api.storage.tables import operation_history

Row = sa.Row[Any]


def history_of(connection: sa.Connection, principal: Principal, operation_id: str) -> list[OperationVersionOut]:
    """Every state of an operation, oldest first. Which account recorded it, and why one was corrected, is told to its
    own side and to auditors; others are told the role alone.
    """
    asked = sa.select(operation_history, accounts.c.role, accounts.c.country, accounts.c.employer_id)
    asked = asked.outerjoin(accounts, accounts.c.id == operation_history.c.account_id)
    mine = asked.where(operation_history.c.operation_id == operation_id).order_by(operation_history.c.version)
    return [_told(principal, row) for row in connection.execute(mine)]


def _told(principal: Principal, row: Row) -> OperationVersionOut:
    own = principal.role == AUDITOR or _is_own(principal, row)
    return OperationVersionOut(
        version=row.version,
        state=row.state,
        at=utc(row.at),
        role=row.role or "",
        account_id=row.account_id if own else None,
        corrects=row.corrects,
        reason=row.reason if own and row.corrects else None,
    )


def _is_own(principal: Principal, row: Row) -> bool:
    """Whether an account of the asker's own side recorded it; closed for roles that have no side."""
    if not principal.has_tenant or row.role != principal.role:
        return False
    if principal.role in MINISTRIES:
        return bool(row.country == principal.country)
    return bool(principal.role == EMPLOYER and row.employer_id == principal.employer_id)
