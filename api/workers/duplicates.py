"""Warnings of an upload of workers: people who are likely registered twice under two register numbers."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from api.identity.access import Principal
from api.identity.visibility import rows_seen
from api.storage.records import ProgrammeRecord
from api.storage.tables import persons, registers
from api.uploads.uploads import Upload
from engine.words import Message, message

MOST_TOLD = 20
# A database takes so many values of a condition at once.
BATCH = 500


def likely_duplicates(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, upload: Upload
) -> list[Message]:
    """Pairs of the workers whom one keeps who have name, birth date and region in common, of the birth dates that an
    upload with names has; they are told by their pseudonyms.
    """
    if upload.raw.name != "workers" or not any(upload.persons.get("name", ())):
        return []
    days = sorted(set(upload.raw.columns["birth_date"].to_pylist()) - {""})
    found: list[Message] = []
    for begin in range(0, len(days), BATCH):
        found += _alike(connection, principal, programme, days[begin : begin + BATCH])
        if len(found) >= MOST_TOLD:
            return found[:MOST_TOLD]
    return found


def _alike(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, days: Sequence[str]
) -> list[Message]:
    workers = registers["workers"].c
    name = sa.func.lower(sa.func.trim(persons.c.name))
    mine = sa.and_(workers.programme_id == programme.id, rows_seen("workers", principal), workers.birth_date.in_(days))
    asked = (
        sa.select(sa.func.min(workers.worker_id), sa.func.max(workers.worker_id))
        .select_from(registers["workers"].join(persons, persons.c.worker_id == workers.worker_id))
        .where(mine, persons.c.name != "")
        .group_by(name, workers.birth_date, workers.origin_region)
        .having(sa.func.count() > 1)
        .order_by(sa.func.min(workers.worker_id))
        .limit(MOST_TOLD)
    )
    return [
        message("{one} and {other} are likely one person registered twice.", one=one, other=other)
        for one, other in connection.execute(asked)
    ]
