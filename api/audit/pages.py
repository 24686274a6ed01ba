"""The page of the audit log: filtered, as files, and verified entry by entry."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.console.sections import Section
from api.console.tables import Column, Filter, Listing, read_table, table_file
from api.logs.audit_log import verify
from api.requests.context import Context
from api.storage.account_tables import accounts, audit_log
from engine.words import msgid

router = PageRouter(prefix="/audit-log")
SECTIONS = (
    Section(
        msgid("Audit log"),
        "/audit-log",
        "audit.read",
        20,
        msgid("Who did what and when, and whether the log is whole."),
    ),
)
LISTING = Listing(
    msgid("Audit log"),
    [
        Column("number", msgid("Entry"), audit_log.c.number, number=True),
        Column("at", msgid("When (UTC)"), sa.func.substr(audit_log.c.at, 1, 19), whole=True),
        Column("email", msgid("Who"), accounts.c.email),
        Column("action", msgid("What was done"), audit_log.c.action),
        Column("object", msgid("To what"), audit_log.c.object),
        Column("details", msgid("Details"), audit_log.c.details),
    ],
    [
        Filter("action", msgid("What was done"), audit_log.c.action),
        Filter("email", msgid("Who (address begins with)"), accounts.c.email, text=True),
        Filter("at", msgid("Day (as 2026-05-04)"), audit_log.c.at, text=True),
        Filter("object", msgid("To what (contains)"), audit_log.c.object, text=True, anywhere=True),
    ],
    "-number",
)


@router.get("")
def show_audit_log(context: Context = viewed("audit.read")) -> Response:
    """The entries of the audit log, the newest first."""
    rows = sa.select(audit_log).select_from(audit_log.outerjoin(accounts, accounts.c.id == audit_log.c.account_id))
    if (file := table_file(context, LISTING, rows)) is not None:
        return file
    return page(context, "audit/log.html", shown=read_table(context, LISTING, rows), checked=None)


@router.get("/verification")
def verify_audit_log(context: Context = viewed("audit.read", heavy=True)) -> Response:
    """Whether any entry was changed or left out: every hash is computed anew."""
    count, wrong = verify(context.connection)
    return page(context, "audit/verification.html", count=count, wrong=wrong)
