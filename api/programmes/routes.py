"""Programmes."""

from __future__ import annotations

import sqlalchemy as sa
from fastapi import Response

from api.identity.visibility import programmes_seen
from api.programmes.programmes import change_programme, create_programme, require_owner
from api.programmes.schemas import ProgrammeChange, ProgrammeIn, ProgrammeOut, SoundnessOut
from api.programmes.soundness import soundness_of
from api.rate_limits import count_check
from api.requests.context import Context, etag
from api.requests.handlers import allowed
from api.requests.router import Router
from api.requests.shapes import After, Limit, Page, page
from api.storage.database import utc
from api.storage.records import ProgrammeRecord, programme_of
from api.storage.tables import programmes

router = Router(prefix="/v1/programmes", tags=["programmes"])


@router.get("")
def list_programmes(
    limit: Limit = 100, after: After = None, context: Context = allowed("programme.read")
) -> Page[ProgrammeOut]:
    """The programmes that one takes part in, oldest first."""
    asked = sa.select(programmes).where(programmes_seen(context.principal)).order_by(programmes.c.id).limit(limit + 1)
    rows = context.connection.execute(asked if after is None else asked.where(programmes.c.id > after))
    found = [ProgrammeRecord.of(row) for row in rows]
    return page([_programme(one) for one in found], limit, [one.id for one in found])


@router.post("", status_code=201, response_model=ProgrammeOut)
def create_a_programme(asked: ProgrammeIn, context: Context = allowed("programme.create")) -> Response:
    """Make a programme, a season for instance; it belongs to the ministry that makes it."""
    identifier = create_programme(context.connection, context.principal, asked.title, asked.settings)
    context.record("programme.created", f"programme/{identifier}")
    made = programme_of(context.connection, identifier)
    return context.answer(_programme(made), 201, Location=f"/v1/programmes/{identifier}", ETag=etag(1))


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
    changed = programme_of(context.connection, programme_id)
    return context.answer(_programme(changed), ETag=etag(changed.version))


@router.get("/{programme_id}/soundness")
def check_programme(programme_id: str, context: Context = allowed("run.start", heavy=True)) -> SoundnessOut:
    """Whether the programme can be matched as it stands: every fault between its tables and agreements."""
    count_check(context.principal.account_id)
    return soundness_of(context.connection, context.principal, context.programme)


def _programme(programme: ProgrammeRecord) -> ProgrammeOut:
    told = {name: getattr(programme, name) for name in ProgrammeOut.model_fields if name != "created_at"}
    return ProgrammeOut(**told, created_at=utc(programme.created_at))
