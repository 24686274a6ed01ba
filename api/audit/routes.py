"""The audit log."""

from __future__ import annotations

import json

import sqlalchemy as sa

from api.answers.problems import content_fault
from api.audit.schemas import EntryOut
from api.requests.context import Context
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.account_tables import audit_log
from engine.words import message

router = Router(prefix="/v1/audit-log", tags=["audit"])


@router.get("")
def list_entries(limit: Limit = 100, after: After = None, context: Context = allowed("audit.read")) -> Page[EntryOut]:
    """The entries of the audit log, oldest first."""
    if after is not None and not (after.isascii() and after.isdecimal() and len(after) < 18):
        raise content_fault("after", after, message("is no number of an entry"), message("`next` of the page before"))
    first = 0 if after is None else int(after)
    asked = sa.select(audit_log).where(audit_log.c.number > first).order_by(audit_log.c.number).limit(limit + 1)
    rows = context.connection.execute(asked).mappings().all()
    items = [
        EntryOut(**{n: json.loads(row[n]) if n == "details" else row[n] for n in EntryOut.model_fields}) for row in rows
    ]
    return page(items, limit, [str(row["number"]) for row in rows])
