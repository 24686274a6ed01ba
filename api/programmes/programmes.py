"""Programmes and their agreements: made, changed, versioned; every text is read by the engine before it is kept."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from api.answers.problems import refused
from api.identity.access import GRANTS, ORIGIN, Principal
from api.identity.visibility import owns
from api.storage.database import new_id, now
from api.storage.tables import agreements, programme_corridors, programmes
from api.uploads.safe_ids import unsafe_ids
from engine.errors import Fault, InputError
from engine.programme.programme import Agreement
from engine.programme.toml_files import parse_toml, read_agreement, read_settings
from engine.words import message

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


def agreement_of(text: str, identifier: str) -> Agreement:
    """An agreement's text as the engine reads it. Raises `InputError` with every fault of it."""
    file = f"agreements/{identifier}.toml"
    faults: list[Fault] = []
    content = parse_toml(text.encode(), file, faults.append)
    found = None if content is None else read_agreement(content, file, faults.append, lambda _: None)
    faults += unsafe_ids(content, file)
    if found is not None and found.id != identifier:
        faults.append(
            Fault(
                file,
                0,
                "id",
                found.id,
                message("is another agreement"),
                message("id = {identifier}", identifier=repr(identifier)),
                "setting",
            )
        )
    if faults or found is None:
        raise InputError(faults or [Fault(file, 0, "", "", message("is empty"), message("an agreement"), "file")])
    return found


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


def require_owner(principal: Principal, programme: Row) -> None:
    """Raise 403 for a ministry that doesn't own the programme."""
    if not owns(principal, programme):
        raise refused(GRANTS["programme.change"].reason)


def change_programme(connection: sa.Connection, programme: Row, title: str | None, settings: str | None) -> None:
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


def take_programmes(connection: sa.Connection, ids: Iterable[str]) -> None:
    """Take programmes for a change, in the order in which everybody takes them, until the transaction ends."""
    for identifier in sorted(ids):
        connection.execute(taken(sa.select(programmes.c.id).where(programmes.c.id == identifier))).all()


def taken(chosen: sa.Select[Any]) -> sa.Select[Any]:
    """A choice of programmes that takes them: others who take one wait, who read it or add rows to it don't."""
    return chosen.with_for_update(of=programmes, key_share=True)


def raise_revision(connection: sa.Connection, programme_id: str, binding: bool = True) -> int:
    """Count a change of what a programme's plans stand on; returns the new revision.

    Invariant: whoever writes what a plan stands on (orders, registers, agreements, settings, operations, publications)
    takes the programme first and raises the revision in the same transaction; `api.requests.context` does both for all
    that isn't named there. So such changes come one after another, and what was read at a revision is still so as long
    as that is the newest. One that is ``binding`` may contradict a placement of a plan; a new order can't.
    """
    changed = programmes.update().where(programmes.c.id == programme_id)
    values = {"revision": programmes.c.revision + 1}
    values |= {"binding_revision": programmes.c.revision + 1} if binding else {}
    found = connection.execute(changed.values(values).returning(programmes.c.revision))
    return int(found.scalar_one())


def newest_agreements(programme_id: str) -> sa.Select[Any]:
    """The newest version of each agreement of a programme."""
    newest = (
        sa.select(agreements.c.agreement_id, sa.func.max(agreements.c.version).label("version"))
        .where(agreements.c.programme_id == programme_id)
        .group_by(agreements.c.agreement_id)
        .subquery()
    )
    same = sa.and_(agreements.c.agreement_id == newest.c.agreement_id, agreements.c.version == newest.c.version)
    return sa.select(agreements).join(newest, same).where(agreements.c.programme_id == programme_id)


def agreement_version(
    connection: sa.Connection,
    programme_id: str,
    identifier: str,
    version: int | None,
    seen: sa.ColumnElement[bool] | None = None,
) -> Row | None:
    """One version of an agreement, the newest where none is named, if it is ``seen``."""
    mine = sa.and_(agreements.c.programme_id == programme_id, agreements.c.agreement_id == identifier)
    of = sa.select(agreements).where(mine, sa.true() if seen is None else seen)
    if version is not None:
        of = of.where(agreements.c.version == version)
    return connection.execute(of.order_by(agreements.c.version.desc()).limit(1)).one_or_none()


def require_party(principal: Principal, programme: Row, agreement: Agreement, before: Agreement | None) -> None:
    """Raise 403 where a ministry may not write this version: whoever owns the programme says which states take part; a
    party writes new versions between the same states.
    """
    if owns(principal, programme):
        return
    if not is_party(principal, agreement):
        raise refused(GRANTS["agreement.write"].reason)
    if before is None or (before.origins, before.destination) != (agreement.origins, agreement.destination):
        raise refused(message("Which states take part is said by the ministry that owns the programme."))


def is_party(principal: Principal, agreement: Agreement) -> bool:
    """Whether a ministry's state is a party of an agreement."""
    return principal.country in (agreement.origins if principal.role == ORIGIN else (agreement.destination,))


def write_agreement(
    connection: sa.Connection, principal: Principal, programme_id: str, text: str, found: Agreement, version: int
) -> None:
    """Add a version of an agreement, and let its corridors be those of the programme."""
    connection.execute(
        agreements.insert().values(
            programme_id=programme_id,
            agreement_id=found.id,
            version=version,
            content=text,
            created_at=now(),
            created_by=principal.account_id,
        )
    )
    mine = sa.and_(programme_corridors.c.programme_id == programme_id, programme_corridors.c.agreement_id == found.id)
    connection.execute(programme_corridors.delete().where(mine))
    connection.execute(
        programme_corridors.insert(),
        [
            {"programme_id": programme_id, "agreement_id": found.id, "origin": origin, "destination": found.destination}
            for origin in found.origins
        ],
    )


def difference(one: str, other: str) -> list[str]:
    """What changed between two texts, as lines that begin with + or -."""
    lines = list(difflib.unified_diff(one.splitlines(), other.splitlines(), n=1, lineterm=""))
    return lines[2:]
