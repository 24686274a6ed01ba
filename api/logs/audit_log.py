"""The audit log: appended only, each entry with the hash of the one before, so that none can be changed or left out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.storage.account_tables import audit_head, audit_log, audit_pending
from api.storage.database import is_postgresql, now
from engine.words import message

GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """What was done, by pseudonymous ids alone: no name, no number of a document, no text that somebody typed."""

    account_id: str
    action: str
    object: str
    details: dict[str, Any]


def append(connection: sa.Connection, entries: list[Entry]) -> None:
    """Append entries at the end of a transaction.

    On PostgreSQL a trigger chains them while the transaction is committed, so that the end of the log is held for as
    short as can be; SQLite has one writer at a time anyway.
    """
    if not entries:
        return
    rows = [
        {
            "at": now().isoformat(timespec="microseconds"),
            "account_id": entry.account_id,
            "action": entry.action,
            "object": entry.object,
            "details": json.dumps(entry.details, sort_keys=True),
        }
        for entry in entries
    ]
    if is_postgresql(connection):
        connection.execute(audit_pending.insert(), rows)
    else:
        _chain(connection, rows)


def _chain(connection: sa.Connection, rows: list[dict[str, Any]]) -> None:
    head = connection.execute(sa.select(audit_head)).one()
    previous = head.hash
    chained = []
    for number, row in enumerate(rows, head.number + 1):
        numbered = row | {"number": number, "previous_hash": previous}
        previous = hash_of(numbered)
        chained.append(numbered | {"hash": previous})
    connection.execute(audit_log.insert(), chained)
    connection.execute(audit_head.update().values(number=head.number + len(rows), hash=previous))


def hash_of(row: Mapping[str, Any]) -> str:
    """The hash of an entry, which covers all that it says and the hash before it; the trigger makes the same."""
    names = ("number", "at", "account_id", "action", "object", "details", "previous_hash")
    return hashlib.sha256("\x1f".join(str(row[name]) for name in names).encode()).hexdigest()


def verify(connection: sa.Connection) -> tuple[int, str]:
    """How many entries there are, and the first thing wrong with the chain ('' where nothing is)."""
    previous, count = GENESIS, 0
    rows = connection.execution_options(yield_per=5000).execute(sa.select(audit_log).order_by(audit_log.c.number))
    for row in rows.mappings():
        count += 1
        if row["number"] != count:
            return count, message("entry {count} is missing", count=count)
        if row["previous_hash"] != previous or hash_of(dict(row)) != row["hash"]:
            return count, message("entry {count} was changed", count=count)
        previous = row["hash"]
    head = connection.execute(sa.select(audit_head)).one()
    if (head.number, head.hash) != (count, previous):
        return count, message("entries at the end are missing")
    return count, ""
