"""Persons and their pseudonyms: drawn once, known by the register's number, exported and erased on request."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from api.identity.passwords import drawn_text
from api.runs.private_files import forget_inputs
from api.snapshots.standing import keep_what_counts
from api.storage.database import inserting
from api.storage.revisions import raise_revision, take_programmes
from api.storage.tables import operation_history, operations, persons, reason_slips, registers, slips

WORKER_TABLES = tuple(name for name, table in registers.items() if "worker_id" in table.c)
CHUNK = 500


def new_pseudonym() -> str:
    """A pseudonym that says nothing of who it is: 12 drawn characters, 60 bits."""
    return f"W{drawn_text(12)}"


def pseudonyms_of(connection: sa.Connection, country: str, names: Iterable[str]) -> dict[str, str]:
    """The pseudonym of each register number of a country; a pseudonym of that country stands for itself."""
    wanted = sorted(set(names) - {""})
    if len(wanted) > CHUNK:  # one pass over the country's register is cheaper than many look-ups
        mine = sa.select(persons.c.worker_id, persons.c.register_number).where(persons.c.origin_country == country)
        rows = connection.execute(mine).all()
    else:
        either = sa.or_(persons.c.register_number.in_(wanted), persons.c.worker_id.in_(wanted))
        rows = connection.execute(
            sa.select(persons.c.worker_id, persons.c.register_number).where(persons.c.origin_country == country, either)
        ).all()
    known = {number: worker for worker, number in rows} | {worker: worker for worker, _ in rows}
    return {name: known[name] for name in wanted if name in known}


def draw_pseudonyms(connection: sa.Connection, country: str, numbers: Iterable[str]) -> dict[str, str]:
    """The pseudonyms of register numbers, drawn for those that have none yet."""
    numbers = set(numbers)
    known = pseudonyms_of(connection, country, numbers)
    fresh = {number: new_pseudonym() for number in sorted(numbers - set(known))}
    if not fresh:
        return known
    rows = [
        {"worker_id": worker, "origin_country": country, "register_number": number, "name": "", "contact": ""}
        for number, worker in sorted(fresh.items())
    ]
    connection.execute(inserting(connection, persons).on_conflict_do_nothing(), rows)
    return pseudonyms_of(connection, country, numbers)  # another programme's upload may have drawn some just now


def person_of(connection: sa.Connection, worker_id: str) -> dict[str, str] | None:
    """Who a worker is, None once that is erased."""
    found = connection.execute(sa.select(persons).where(persons.c.worker_id == worker_id)).mappings().one_or_none()
    return None if found is None else {name: str(value) for name, value in found.items()}


def all_rows_of(connection: sa.Connection, worker_id: str) -> dict[str, list[dict[str, str]]]:
    """Every row of every register, in all programmes, and every operation of a worker."""
    rows = {}
    for name, table in [*((name, registers[name]) for name in WORKER_TABLES), ("operations", operations)]:
        found = connection.execute(sa.select(table).where(table.c.worker_id == worker_id)).mappings()
        rows[name] = [{key: str(value) for key, value in row.items()} for row in found]
    corrected = sa.select(operation_history).where(_history_of(worker_id), operation_history.c.corrects)
    rows["corrections"] = [
        {key: str(value) for key, value in row.items() if key != "account_id"}
        for row in connection.execute(corrected).mappings()
    ]
    return rows


def _history_of(worker_id: str) -> sa.ColumnElement[bool]:
    return operation_history.c.operation_id.in_(sa.select(operations.c.id).where(operations.c.worker_id == worker_id))


def take_programmes_of(connection: sa.Connection, worker_id: str) -> None:
    """Take all programmes that a worker is in, before anything of the worker is written."""
    workers = registers["workers"].c
    take_programmes(
        connection, connection.scalars(sa.select(workers.programme_id).where(workers.worker_id == worker_id))
    )


def erase(connection: sa.Connection, worker_id: str) -> tuple[int, int]:
    """Erase a person: who it is, the profile and all register rows. Returns rows erased and runs not replayable.
    Whoever calls this has taken the worker's programmes (`take_programmes_of`).

    Plans keep the pseudonym, which then leads nowhere. What runs read of the worker's programmes is deleted.
    """
    workers = registers["workers"]
    mine = sa.select(workers.c.programme_id).where(workers.c.worker_id == worker_id)
    within = list(connection.scalars(mine))
    country = str(connection.scalar(sa.select(persons.c.origin_country).where(persons.c.worker_id == worker_id)) or "")
    keep_what_counts(connection, worker_id)
    erased = 0
    for name in WORKER_TABLES:
        table = registers[name]
        erased += connection.execute(table.delete().where(table.c.worker_id == worker_id)).rowcount
    erased += connection.execute(persons.delete().where(persons.c.worker_id == worker_id)).rowcount
    theirs = sa.select(operations.c.id).where(operations.c.worker_id == worker_id)
    connection.execute(slips.delete().where(slips.c.operation_id.in_(theirs)))
    connection.execute(reason_slips.delete().where(reason_slips.c.worker_id == worker_id))
    connection.execute(operation_history.update().where(_history_of(worker_id)).values(reason=""))
    for identifier in within:
        raise_revision(connection, identifier)
    return erased, forget_inputs(connection, within, country)
