"""Agreements."""

from __future__ import annotations

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Query, Response

from api.agreements.agreements import (
    agreement_of,
    agreement_version,
    computed,
    difference,
    findings,
    newest_agreements,
    require_party,
    write_agreement,
)
from api.agreements.schemas import (
    AgreementIn,
    AgreementOut,
    ClauseDifferenceOut,
    DifferenceOut,
    FindingOut,
    FindingsOut,
)
from api.answers.problems import not_found
from api.identity.visibility import agreements_seen
from api.requests.context import Context, etag
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import Page
from api.storage.database import utc
from api.storage.tables import agreements

router = Router(prefix="/v1/programmes/{programme_id}/agreements", tags=["agreements"])
Row = sa.Row[Any]


@router.get("")
def list_agreements(programme_id: str, context: Context = allowed("agreement.read")) -> Page[AgreementOut]:
    """The newest version of each agreement."""
    mine = newest_agreements(programme_id).where(agreements_seen(context.principal))
    rows = context.connection.execute(mine.order_by(agreements.c.agreement_id)).all()
    return Page(items=[_agreement(row) for row in rows])


@router.put("/{agreement_id}", response_model=AgreementOut)
def write_an_agreement(
    programme_id: str,
    agreement_id: str,
    asked: AgreementIn,
    context: Context = allowed("agreement.write", versioned=True),
) -> Response:
    """Put an agreement into force, or a new version of it (with If-Match); the versions before are kept."""
    found = agreement_of(asked.toml, agreement_id)
    old = agreement_version(context.connection, programme_id, agreement_id, None, agreements_seen(context.principal))
    before = None if old is None else agreement_of(old.content, agreement_id)
    require_party(context.principal, context.programme, found, before)
    version = 1 if old is None else context.require_version(old) + 1
    write_agreement(context.connection, context.principal, programme_id, asked.toml, found, version)
    context.record("agreement.written", f"programme/{programme_id}/agreement/{agreement_id}", version=version)
    row = agreement_version(context.connection, programme_id, agreement_id, version)
    assert row is not None
    return context.answer(_agreement(row), 201 if old is None else 200, ETag=etag(version))


@router.get("/{agreement_id}")
def read_an_agreement(
    programme_id: str,
    agreement_id: str,
    response: Response,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    context: Context = allowed("agreement.read"),
) -> AgreementOut:
    """An agreement, the newest version or an older one."""
    row = _version(context, agreement_id, version)
    response.headers["ETag"] = etag(row.version)
    return _agreement(row)


@router.get("/{agreement_id}/difference")
def compare_agreement_versions(
    programme_id: str,
    agreement_id: str,
    from_version: Annotated[int, Query(ge=1, le=10**6)] = 1,
    to_version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    context: Context = allowed("agreement.read", heavy=True),
) -> DifferenceOut:
    """What changed between two versions of an agreement."""
    one, other = _version(context, agreement_id, from_version), _version(context, agreement_id, to_version)
    lines, found = computed(difference, one.content, other.content, agreement_id)
    clauses = [ClauseDifferenceOut.of(clause) for clause in found.clauses if not clause.same]
    return DifferenceOut(from_version=one.version, to_version=other.version, lines=lines, clauses=clauses)


@router.get("/{agreement_id}/findings")
def look_through_agreement(
    programme_id: str,
    agreement_id: str,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    context: Context = allowed("agreement.read", heavy=True),
) -> FindingsOut:
    """What may not be right in an agreement: clauses that clash, can't be met, never bind or have no source."""
    row = _version(context, agreement_id, version)
    found = computed(findings, row.content, agreement_id)
    told = [FindingOut.of(finding) for finding in found.findings]
    return FindingsOut(version=row.version, findings=told, sources=dict(found.sources))


def _version(context: Context, agreement_id: str, version: int | None) -> Row:
    row = agreement_version(
        context.connection, context.programme.id, agreement_id, version, agreements_seen(context.principal)
    )
    if row is None:
        raise not_found()
    return row


def _agreement(row: Row) -> AgreementOut:
    return AgreementOut(
        agreement_id=row.agreement_id,
        version=row.version,
        toml=row.content,
        created_at=utc(row.created_at),
        created_by=row.created_by,
    )
