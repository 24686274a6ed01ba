"""One worker: what whom is told, and changes by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from api.identity.access import PLANNER, Principal
from api.registers.persons import person_of
from api.registers.uploads import row_faults
from api.storage.tables import persons, registers
from api.wire.programmes import WorkerChange, WorkerOut
from engine.errors import Fault, InputError
from engine.programme.schema import TABLES

COLUMNS = TABLES["workers"].column_names
FIXED = ("worker_id", "origin_country")
TELLING = ("birth_date", "household_id", "travel_group_id")


def worker_out(connection: sa.Connection, principal: Principal, row: sa.Row[Any]) -> WorkerOut:
    """A worker as a role may see it: planners without the person."""
    profile = shown_profile(principal, row._mapping)
    del profile["worker_id"]
    person = None if principal.role == PLANNER else person_of(connection, row.worker_id)
    told = person and {name: person[name] for name in ("register_number", "name", "contact")}
    return WorkerOut(worker_id=row.worker_id, profile=profile, person=told)


def shown_profile(principal: Principal, cells: Mapping[str, Any] | sa.RowMapping) -> dict[str, str]:
    """The columns of a profile that a role may read: a planner none by which somebody could be known."""
    hidden = TELLING if principal.role == PLANNER else ()
    return {name: str(cells[name]) for name in COLUMNS if name not in hidden}


def change_worker(connection: sa.Connection, row: sa.Row[Any], asked: WorkerChange) -> None:
    """Change a profile and what is known of the person. Raises `InputError` with every fault of the row as it would be.

    The row is held to all that an upload of it is held to, so that no later run fails for what was changed by hand.
    """
    faults = [
        Fault("request", 0, f"profile.{name}", "", "can't be changed", "one of " + ", ".join(COLUMNS[2:]))
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
