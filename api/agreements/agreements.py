"""Agreements: read by the engine before they are kept, every version of them; who may write which."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa

from api.answers.problems import refused
from api.confined import confined
from api.identity.access import GRANTS, ORIGIN, Principal
from api.identity.visibility import owns
from api.storage.database import now
from api.storage.records import ProgrammeRecord
from api.storage.tables import agreements, programme_corridors
from api.uploads.safe_ids import unsafe_ids
from engine.agreements.agreement_text import AgreementText
from engine.agreements.comparing import Difference, changed_lines, compare
from engine.agreements.lint import Lint, lint
from engine.clauses.where import ORDER_KEYS, Where
from engine.errors import Fault, InputError
from engine.programme.programme import Agreement
from engine.programme.toml_files import parse_toml, read_agreement
from engine.words import message

Row = sa.Row[Any]
Found = TypeVar("Found")
SHORT = 4_000  # characters of texts that are looked through at once: clauses are compared pair by pair
LONG = 10.0  # seconds that longer ones may take


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


def where_of(order: Mapping[str, Any] | sa.RowMapping, origin: str) -> Where:
    """What placements of an order are to clauses, of workers of a state."""
    told = {key: (str(order[key]),) for key in ORDER_KEYS if order[key]}
    start = date.fromisoformat(order["start_date"])
    return Where({**told, "origin_country": (origin,)}, start_between=(start, start))


def terms_on_costs(
    connection: sa.Connection, programme_id: str, identifier: str, placed: Sequence[Where]
) -> tuple[str, tuple[str, ...]]:
    """What an agreement is called, and what it says of who pays and provides what, where it looks at one at least of
    the placements (`where_of`); nothing of an agreement that isn't kept.
    """
    row = agreement_version(connection, programme_id, identifier, None)
    if row is None:
        return identifier, ()
    found = agreement_of(row.content, identifier)
    told = [one for one in found.clauses if one.rule.told_in_offers and any(map(one.where.meets, placed))]
    return found.title or identifier, tuple(one.sentence for one in told)


def require_party(
    principal: Principal, programme: ProgrammeRecord, agreement: Agreement, before: Agreement | None
) -> None:
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


def _text(content: str, identifier: str) -> AgreementText:
    """An agreement as it is kept, for what the engine says of agreements by themselves."""
    file = f"agreements/{identifier}.toml"
    found = agreement_of(content, identifier)
    return AgreementText(file, parse_toml(content.encode(), file, lambda _: None) or {}, found.clauses, found)


def difference(one: str, other: str, identifier: str) -> tuple[list[str], Difference]:
    """What changed between two texts of an agreement: as lines that begin with + or -, and clause by clause."""
    return changed_lines(one, other), compare(_text(one, identifier), _text(other, identifier))


def findings(content: str, identifier: str) -> Lint:
    """What may not be right in an agreement."""
    return lint([_text(content, identifier)])


def computed(call: Callable[..., Found], *arguments: str) -> Found:
    """What a function of texts gives: in a child where they are long, since long ones can be made to take long."""
    return call(*arguments) if sum(map(len, arguments)) < SHORT else confined(call, *arguments, seconds=LONG)
