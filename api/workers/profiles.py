"""One worker: what whom is told, and changes by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from api.identity.access import PLANNER, Principal
from api.identity.generalisation import generalisation_of
from api.identity.shown_columns import shown_cells, shown_person
from api.identity.visibility import orders_seen
from api.storage.records import ProgrammeRecord
from api.storage.tables import orders, persons, registers
from api.uploads.uploads import row_faults
from api.workers.persons import person_of
from api.workers.schemas import WorkerChange, WorkerOut
from engine.errors import Fault, InputError
from engine.programme.schema import TABLES
from engine.words import message

COLUMNS = TABLES["workers"].column_names
FIXED = ("worker_id", "origin_country")


def worker_out(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, row: sa.Row[Any]
) -> WorkerOut:
    """A worker as a role may see it."""
    profile = told_rows(connection, principal, programme, "workers", [row._mapping])[0]
    del profile["worker_id"]
    person = shown_person(principal, person_of(connection, row.worker_id))
    return WorkerOut(worker_id=row.worker_id, profile=profile, person=person)


def told_rows(
    connection: sa.Connection,
    principal: Principal,
    programme: ProgrammeRecord,
    table: str,
    rows: Sequence[sa.RowMapping],
) -> list[dict[str, str]]:
    """The rows of a register as a role is told them: its columns, and for planners values that stand for many."""
    shown = [shown_cells(principal, table, row) for row in rows]
    if principal.role != PLANNER:
        return shown
    generalisation = generalisation_of(programme.settings, _skills(connection, principal, programme.id))
    return [generalisation.row(table, row) for row in shown]


def _skills(connection: sa.Connection, principal: Principal, programme_id: str) -> frozenset[str]:
    """The skills that orders name which somebody sees."""
    named = sa.select(orders.c.required_skills, orders.c.desired_skills).distinct()
    rows = connection.execute(named.where(orders.c.programme_id == programme_id, orders_seen(principal)))
    return frozenset(skill for row in rows for cell in row for skill in cell.split(";") if skill)


def change_worker(connection: sa.Connection, row: sa.Row[Any], asked: WorkerChange) -> None:
    """Change a profile and what is known of the person. Raises `InputError` with every fault of the row as it would be.

    The row is held to all that an upload of it is held to, so that no later run fails for what was changed by hand.
    """
    faults = [
        Fault(
            "request",
            0,
            f"profile.{name}",
            "",
            message("can't be changed"),
            message("one of {names}", names=tuple(COLUMNS[2:])),
        )
        for name in asked.profile
        if name not in COLUMNS or name in FIXED
    ]
    cells = {name: row._mapping[name] for name in COLUMNS} | {n: v for n, v in asked.profile.items() if n in COLUMNS}
    faults += row_faults("workers", cells)
    if faults:
        raise InputError(faults)
    workers = registers["workers"]
    if asked.profile:
        mine = sa.and_(workers.c.programme_id == row.programme_id, workers.c.worker_id == row.worker_id)
        connection.execute(workers.update().where(mine).values(asked.profile))
    known = asked.model_dump(include={"name", "contact"}, exclude_none=True)
    if known:
        connection.execute(persons.update().where(persons.c.worker_id == row.worker_id).values(known))
