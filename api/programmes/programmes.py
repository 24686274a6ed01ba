"""Programmes: made and changed; their settings are read by the engine before they are kept."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from api.answers.problems import refused
from api.identity.access import GRANTS, Principal
from api.identity.visibility import owns
from api.storage.database import new_id, now
from api.storage.records import ProgrammeRecord
from api.storage.tables import programmes
from api.uploads.safe_ids import unsafe_ids
from engine.errors import Fault, InputError
from engine.programme.toml_files import parse_toml, read_settings

Row = sa.Row[Any]


def require_settings(text: str) -> None:
    """Raise `InputError` with every fault of a programme's settings."""
    faults: list[Fault] = []
    content = parse_toml(text.encode(), "programme.toml", faults.append)
    if content is not None:
        read_settings(content, "programme.toml", faults.append, lambda _: None)
        faults += unsafe_ids(content, "programme.toml")
    if faults:
        raise InputError(faults)


def create_programme(connection: sa.Connection, principal: Principal, title: str, settings: str) -> str:
    """Make a programme that belongs to a ministry."""
    require_settings(settings)
    identifier = new_id()
    connection.execute(
        programmes.insert().values(
            id=identifier,
            title=title,
            owner_role=principal.role,
            owner_country=principal.country,
            settings=settings,
            version=1,
            revision=1,
            created_at=now(),
        )
    )
    return identifier


def require_owner(principal: Principal, programme: ProgrammeRecord) -> None:
    """Raise 403 for a ministry that doesn't own the programme."""
    if not owns(principal, programme):
        raise refused(GRANTS["programme.change"].reason)


def change_programme(
    connection: sa.Connection, programme: ProgrammeRecord, title: str | None, settings: str | None
) -> None:
    """Change a programme's title or settings."""
    if settings is not None:
        require_settings(settings)
    connection.execute(
        programmes.update()
        .where(programmes.c.id == programme.id)
        .values(
            title=programme.title if title is None else title,
            settings=programme.settings if settings is None else settings,
            version=programmes.c.version + 1,
        )
    )
