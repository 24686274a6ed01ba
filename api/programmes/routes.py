"""Programmes and agreements."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
from fastapi import Query, Response

from api.answers.problems import not_found, problem_of
from api.confined import confined
from api.identity.visibility import agreements_seen, programmes_seen
from api.programmes.programmes import (
    agreement_of,
    agreement_version,
    change_programme,
    create_programme,
    difference,
    newest_agreements,
    require_owner,
    require_party,
    write_agreement,
)
from api.programmes.schemas import (
    AgreementIn,
    AgreementOut,
    ClashOut,
    DifferenceOut,
    ProgrammeChange,
    ProgrammeIn,
    ProgrammeOut,
    SoundnessOut,
)
from api.rate_limits import count_check
from api.requests.context import Context, Router, allowed, etag
from api.requests.shapes import After, Limit, Page, page
from api.snapshots.fitting import Unfit
from api.snapshots.snapshot import scope_of, told_to, write_snapshot
from api.storage.database import utc
from api.storage.tables import agreements, programmes
from engine.errors import InputError
from engine.programme import read_programme
from engine.words import message

router = Router(prefix="/v1/programmes", tags=["programmes"])
Row = sa.Row[tuple[object, ...]]
SHORT = 40_000  # characters whose differences are found at once; longer texts can be made to take long


@router.get("")
def list_programmes(
    limit: Limit = 100, after: After = None, context: Context = allowed("programme.read")
) -> Page[ProgrammeOut]:
    """The programmes that one takes part in, oldest first."""
    asked = sa.select(programmes).where(programmes_seen(context.principal)).order_by(programmes.c.id).limit(limit + 1)
    rows = context.connection.execute(asked if after is None else asked.where(programmes.c.id > after)).all()
    return page([_programme(row) for row in rows], limit, [row.id for row in rows])


@router.post("", status_code=201, response_model=ProgrammeOut)
def create_a_programme(asked: ProgrammeIn, context: Context = allowed("programme.create")) -> Response:
    """Make a programme, a season for instance; it belongs to the ministry that makes it."""
    identifier = create_programme(context.connection, context.principal, asked.title, asked.settings)
    context.record("programme.created", f"programme/{identifier}")
    row = context.connection.execute(sa.select(programmes).where(programmes.c.id == identifier)).one()
    return context.answer(_programme(row), 201, Location=f"/v1/programmes/{identifier}", ETag=etag(1))


@router.get("/{programme_id}")
def read_a_programme(
    programme_id: str, response: Response, context: Context = allowed("programme.read")
) -> ProgrammeOut:
    """One programme."""
    response.headers["ETag"] = etag(context.programme.version)
    return _programme(context.programme)


@router.patch("/{programme_id}", response_model=ProgrammeOut)
def change_a_programme(
    programme_id: str, asked: ProgrammeChange, context: Context = allowed("programme.change", versioned=True)
) -> Response:
    """Change a programme's title or settings."""
    require_owner(context.principal, context.programme)
    context.require_version(context.programme)
    change_programme(context.connection, context.programme, asked.title, asked.settings)
    context.record("programme.changed", f"programme/{programme_id}", columns=sorted(asked.model_fields_set))
    row = context.connection.execute(sa.select(programmes).where(programmes.c.id == programme_id)).one()
    return context.answer(_programme(row), ETag=etag(row.version))


@router.get("/{programme_id}/soundness")
def check_programme(programme_id: str, context: Context = allowed("run.start", heavy=True)) -> SoundnessOut:
    """Whether the programme can be matched as it stands: every fault between its tables and agreements."""
    count_check(context.principal.account_id)
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        folder = Path(place, "programme")
        scope = scope_of(context.principal.role, context.principal.country)
        clashes = _clashes(context, write_snapshot(context.connection, context.programme, scope, folder))
        try:
            read = read_programme(folder)
        except InputError as error:
            told = problem_of(told_to(context.principal.role, error))
            faults = {"faults": told.faults, "faults_left_out": told.faults_left_out}
            return SoundnessOut(sound=False, kept=not clashes, clashes=clashes, tables={}, **faults)
    sizes = {name: table.size for name, table in read.tables.items()}
    return SoundnessOut(sound=True, kept=not clashes, clashes=clashes, tables=sizes, faults=[], faults_left_out=0)


def _clashes(context: Context, unfit: list[Unfit]) -> list[ClashOut]:
    """How many placements can't stand by which rule; a clause of an agreement that one doesn't see isn't named."""
    mine = sa.select(agreements.c.agreement_id).where(
        agreements.c.programme_id == context.programme.id, agreements_seen(context.principal)
    )
    seen = set(context.connection.scalars(mine))
    told = [
        (one.rule, one.sentence)
        if "|" not in one.rule or one.rule.partition("|")[0] in seen
        else ("clause", message("A clause of an agreement between others."))
        for one in unfit
    ]
    return [
        ClashOut(rule=rule, sentence=sentence, placements=count)
        for (rule, sentence), count in sorted(Counter(told).items())
    ]


@router.get("/{programme_id}/agreements")
def list_agreements(programme_id: str, context: Context = allowed("agreement.read")) -> Page[AgreementOut]:
    """The newest version of each agreement."""
    mine = newest_agreements(programme_id).where(agreements_seen(context.principal))
    rows = context.connection.execute(mine.order_by(agreements.c.agreement_id)).all()
    return Page(items=[_agreement(row) for row in rows])


@router.put("/{programme_id}/agreements/{agreement_id}", response_model=AgreementOut)
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


@router.get("/{programme_id}/agreements/{agreement_id}")
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


@router.get("/{programme_id}/agreements/{agreement_id}/difference")
def compare_agreement_versions(
    programme_id: str,
    agreement_id: str,
    from_version: Annotated[int, Query(ge=1, le=10**6)] = 1,
    to_version: Annotated[int | None, Query(ge=1, le=10**6)] = None,
    context: Context = allowed("agreement.read", heavy=True),
) -> DifferenceOut:
    """What changed between two versions of an agreement."""
    one, other = _version(context, agreement_id, from_version), _version(context, agreement_id, to_version)
    texts = one.content, other.content
    lines = difference(*texts) if sum(map(len, texts)) < SHORT else confined(difference, *texts, seconds=10)
    return DifferenceOut(from_version=one.version, to_version=other.version, lines=lines)


def _version(context: Context, agreement_id: str, version: int | None) -> Row:
    row = agreement_version(
        context.connection, context.programme.id, agreement_id, version, agreements_seen(context.principal)
    )
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
