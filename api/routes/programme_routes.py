"""Programmes and agreements."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
from fastapi import Query, Response

from api.asking import Ask, IdempotencyKey, Router, allowed, begin_once, etag
from api.identity.sight import agreements_seen, programmes_seen
from api.problems import not_found, problem_of
from api.rate_limits import count_check
from api.registers.programmes import (
    agreement_of,
    agreement_version,
    change_programme,
    create_programme,
    difference,
    newest_agreements,
    raise_revision,
    require_owner,
    require_party,
    write_agreement,
)
from api.registers.snapshot import scope_of, told_to, write_snapshot
from api.storage.database import utc
from api.storage.tables import agreements, programmes
from api.wire.programmes import (
    AgreementIn,
    AgreementOut,
    DifferenceOut,
    ProgrammeChange,
    ProgrammeIn,
    ProgrammeOut,
    SoundnessOut,
)
from api.wire.shapes import After, Limit, Page, page
from engine.errors import InputError
from engine.programme import read_programme

router = Router(prefix="/v1/programmes", tags=["programmes"])
Row = sa.Row[tuple[object, ...]]


@router.get("")
def list_programmes(
    limit: Limit = 100, after: After = None, ask: Ask = allowed("programme.read")
) -> Page[ProgrammeOut]:
    """The programmes that one takes part in, oldest first."""
    asked = sa.select(programmes).where(programmes_seen(ask.principal)).order_by(programmes.c.id).limit(limit + 1)
    rows = ask.connection.execute(asked if after is None else asked.where(programmes.c.id > after)).all()
    return page([_programme(row) for row in rows], limit, [row.id for row in rows])


@router.post("", status_code=201, response_model=ProgrammeOut)
def create_a_programme(
    asked: ProgrammeIn, idempotency_key: IdempotencyKey = None, ask: Ask = allowed("programme.create")
) -> Response:
    """Make a programme, a season for instance; it belongs to the ministry that makes it."""
    begin_once(ask, idempotency_key, asked.model_dump_json())
    identifier = create_programme(ask.connection, ask.principal, asked.title, asked.settings)
    ask.record("programme.created", f"programme/{identifier}")
    row = ask.connection.execute(sa.select(programmes).where(programmes.c.id == identifier)).one()
    return ask.answer(_programme(row), 201, Location=f"/v1/programmes/{identifier}", ETag=etag(1))


@router.get("/{programme_id}")
def read_a_programme(programme_id: str, response: Response, ask: Ask = allowed("programme.read")) -> ProgrammeOut:
    """One programme."""
    response.headers["ETag"] = etag(ask.programme.version)
    return _programme(ask.programme)


@router.patch("/{programme_id}", response_model=ProgrammeOut)
def change_a_programme(programme_id: str, asked: ProgrammeChange, ask: Ask = allowed("programme.change")) -> Response:
    """Change a programme's title or settings."""
    require_owner(ask.principal, ask.programme)
    ask.require_version(ask.programme)
    change_programme(ask.connection, ask.programme, asked.title, asked.settings)
    ask.record("programme.changed", f"programme/{programme_id}", columns=sorted(asked.model_fields_set))
    row = ask.connection.execute(sa.select(programmes).where(programmes.c.id == programme_id)).one()
    return ask.answer(_programme(row), ETag=etag(row.version))


@router.get("/{programme_id}/soundness")
def check_programme(programme_id: str, ask: Ask = allowed("run.start")) -> SoundnessOut:
    """Whether the programme can be matched as it stands: every fault between its tables and agreements."""
    count_check(ask.principal.account_id)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        folder = Path(place, "programme")
        write_snapshot(ask.connection, ask.programme, scope_of(ask.principal.role, ask.principal.country), folder)
        try:
            read = read_programme(folder)
        except InputError as error:
            told = problem_of(told_to(ask.principal.role, error))
            return SoundnessOut(sound=False, tables={}, faults=told.faults, faults_left_out=told.faults_left_out)
    sizes = {name: table.size for name, table in read.tables.items()}
    return SoundnessOut(sound=True, tables=sizes, faults=[], faults_left_out=0)


@router.get("/{programme_id}/agreements")
def list_agreements(programme_id: str, ask: Ask = allowed("agreement.read")) -> Page[AgreementOut]:
    """The newest version of each agreement."""
    mine = newest_agreements(programme_id).where(agreements_seen(ask.principal))
    rows = ask.connection.execute(mine.order_by(agreements.c.agreement_id)).all()
    return Page(items=[_agreement(row) for row in rows])


@router.put("/{programme_id}/agreements/{agreement_id}", response_model=AgreementOut)
def write_an_agreement(
    programme_id: str, agreement_id: str, asked: AgreementIn, ask: Ask = allowed("agreement.write")
) -> Response:
    """Put an agreement into force, or a new version of it (with If-Match); the versions before are kept."""
    found = agreement_of(asked.toml, agreement_id)
    old = agreement_version(ask.connection, programme_id, agreement_id, None, agreements_seen(ask.principal))
    before = None if old is None else agreement_of(old.content, agreement_id)
    require_party(ask.principal, ask.programme, found, before)
    version = 1 if old is None else ask.require_version(old) + 1
    write_agreement(ask.connection, ask.principal, programme_id, asked.toml, found, version)
    raise_revision(ask.connection, programme_id)
    ask.record("agreement.written", f"programme/{programme_id}/agreement/{agreement_id}", version=version)
    row = agreement_version(ask.connection, programme_id, agreement_id, version)
    assert row is not None
    return ask.answer(_agreement(row), 201 if old is None else 200, ETag=etag(version))


@router.get("/{programme_id}/agreements/{agreement_id}")
def read_an_agreement(
    programme_id: str,
    agreement_id: str,
    response: Response,
    version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    ask: Ask = allowed("agreement.read"),
) -> AgreementOut:
    """An agreement, the newest version or an older one."""
    row = _version(ask, agreement_id, version)
    response.headers["ETag"] = etag(row.version)
    return _agreement(row)


@router.get("/{programme_id}/agreements/{agreement_id}/difference")
def compare_agreement_versions(
    programme_id: str,
    agreement_id: str,
    from_version: Annotated[int, Query(ge=1, le=10**6)] = 1,
    to_version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    ask: Ask = allowed("agreement.read"),
) -> DifferenceOut:
    """What changed between two versions of an agreement."""
    one, other = _version(ask, agreement_id, from_version), _version(ask, agreement_id, to_version)
    lines = difference(one.content, other.content)
    return DifferenceOut(from_version=one.version, to_version=other.version, lines=lines)


def _version(ask: Ask, agreement_id: str, version: int | None) -> Row:
    row = agreement_version(ask.connection, ask.programme.id, agreement_id, version, agreements_seen(ask.principal))
    if row is None:
        raise not_found()
    return row


def _programme(row: Row) -> ProgrammeOut:
    told = {name: row._mapping[name] for name in ProgrammeOut.model_fields if name != "created_at"}
    return ProgrammeOut(**told, created_at=utc(row.created_at))


def _agreement(row: Row) -> AgreementOut:
    return AgreementOut(
        agreement_id=row.agreement_id,
        version=row.version,
        toml=row.content,
        created_at=utc(row.created_at),
        created_by=row.created_by,
    )
