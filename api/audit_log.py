"""The audit log: appended only, each entry with the hash of the one before, so that none can be changed or left out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.storage.database import now
from api.storage.tables import audit_head, audit_log

GENESIS = "0" * 64


@dataclass(frozen=True)
class Entry:
    """What was done, by pseudonymous ids alone: no name, no number of a document, no text that somebody typed."""

    account_id: str
    action: str
    object: str
    details: dict[str, Any]


def append(connection: sa.Connection, entries: list[Entry]) -> None:
    """Append entries at the end of a transaction; the head is locked until it is committed."""
    if not entries:
        return
    head = connection.execute(sa.select(audit_head).where(audit_head.c.id == 1).with_for_update()).one_or_none()
    last, previous = (0, GENESIS) if head is None else (head.number, head.hash)
    if head is None:
        connection.execute(audit_head.insert().values(id=1, number=0, hash=GENESIS))
    rows = []
    for number, entry in enumerate(entries, last + 1):
        row = {
            "number": number,
            "at": now().isoformat(timespec="microseconds"),
            "account_id": entry.account_id,
            "action": entry.action,
            "object": entry.object,
            "details": json.dumps(entry.details, sort_keys=True),
            "previous_hash": previous,
        }
        previous = hash_of(row)
        rows.append(row | {"hash": previous})
    connection.execute(audit_log.insert(), rows)
    connection.execute(
        audit_head.update().where(audit_head.c.id == 1).values(number=last + len(entries), hash=previous)
    )


def hash_of(row: dict[str, Any]) -> str:
    """The hash of an entry, which covers all that it says and the hash before it."""
    names = ("number", "at", "account_id", "action", "object", "details", "previous_hash")
    return hashlib.sha256(json.dumps([row[name] for name in names]).encode()).hexdigest()


def verify(connection: sa.Connection) -> tuple[int, str]:
    """How many entries there are, and the first thing wrong with the chain ('' where nothing is)."""
    previous, count = GENESIS, 0
    rows = connection.execution_options(yield_per=5000).execute(sa.select(audit_log).order_by(audit_log.c.number))
    for row in rows.mappings():
        count += 1
        if row["number"] != count:
            return count, f"entry {count} is missing"
        if row["previous_hash"] != previous or hash_of(dict(row)) != row["hash"]:
            return count, f"entry {count} was changed"
        previous = row["hash"]
    head = connection.execute(sa.select(audit_head)).one_or_none()
    if (0 if head is None else head.number) != count or (GENESIS if head is None else head.hash) != previous:
        return count, "entries at the end are missing"
    return count, ""
