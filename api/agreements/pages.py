"""Pages of agreements: each clause in words with its source, what changed in a version, and what may not be right."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import Response

from api.agreements.agreements import (
    agreement_of,
    agreement_version,
    computed,
    difference,
    findings,
    newest_agreements,
)
from api.answers.problems import ServiceError, not_found
from api.console.page_router import PageRouter, viewed
from api.console.rendering import page
from api.console.sections import Section
from api.identity.visibility import agreements_seen
from api.requests.context import Context
from api.storage.tables import agreements
from engine.agreements.comparing import Difference
from engine.agreements.lint import Lint
from engine.words import msgid

router = PageRouter(prefix="/programmes/{programme_id}/agreements")
SECTIONS = (
    Section(
        msgid("Agreements"),
        "/programmes/{programme_id}/agreements",
        "agreement.read",
        60,
        msgid("What the states have agreed, clause by clause, with its articles and versions."),
    ),
)


@router.get("")
def show_agreements(programme_id: str, context: Context = viewed("agreement.read")) -> Response:
    """The agreements that somebody sees, each with its states, its years and how many clauses it has."""
    mine = newest_agreements(programme_id).where(agreements_seen(context.principal))
    rows = context.connection.execute(mine.order_by(agreements.c.agreement_id)).all()
    return page(context, "agreements/list.html", agreements=[(row, _read(row)) for row in rows])


@router.get("/{agreement_id}")
def show_agreement(
    programme_id: str, agreement_id: str, context: Context = viewed("agreement.read", heavy=True)
) -> Response:
    """An agreement clause by clause, in the version that the address asks for."""
    asked = context.request.query_params.get("version", "")
    row = _version(context, agreement_id, int(asked) if asked.isdecimal() and len(asked) < 7 else None)
    newest = _version(context, agreement_id, None)
    read = _read(row)
    return page(
        context,
        "agreements/agreement.html",
        row=row,
        agreement=read,
        versions=range(newest.version, 0, -1),
        changed=_difference(context, agreement_id, row),
        found=_findings(row),
    )


def _findings(row: sa.Row[Any]) -> Lint | None:
    """What may not be right in an agreement; None where that takes longer than a page may."""
    try:
        return computed(findings, row.content, row.agreement_id)
    except ServiceError:
        return None


def _difference(context: Context, agreement_id: str, row: sa.Row[Any]) -> tuple[list[str], Difference] | None:
    """The lines and the clauses in which a version differs from the one before it."""
    if row.version == 1:
        return None
    before = _version(context, agreement_id, row.version - 1)
    return computed(difference, before.content, row.content, agreement_id)


def _version(context: Context, agreement_id: str, version: int | None) -> sa.Row[Any]:
    seen = agreements_seen(context.principal)
    row = agreement_version(context.connection, context.programme.id, agreement_id, version, seen)
    if row is None:
        raise not_found()
    return row


def _read(row: sa.Row[Any]) -> Any:
    return agreement_of(row.content, row.agreement_id)
