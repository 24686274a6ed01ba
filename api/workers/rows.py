"""Rows of registers: written whole from an upload, as text; who may write which; references held to what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from api.answers.problems import ServiceError, refused
from api.identity.access import DESTINATION, EMPLOYER, GRANTS, ORIGIN, Principal
from api.identity.visibility import orders_seen, owns, rows_seen
from api.snapshots.scope import OF_ORIGIN
from api.storage.database import inserting, is_postgresql
from api.storage.records import ProgrammeRecord
from api.storage.tables import KEYS, orders, registers
from api.uploads.names import write_names
from api.uploads.uploads import require_consistent_rows, require_sound, unknown_references, with_column
from api.workers.persons import draw_pseudonyms, pseudonyms_of
from engine.errors import Fault, InputError
from engine.programme.raw_table import RawTable
from engine.words import message

Row = sa.Row[Any]
LASTING = ("workers", "employers", "sites")
BATCH = 5000


def write_register(
    connection: sa.Connection,
    principal: Principal,
    programme: ProgrammeRecord,
    raw: RawTable,
    instead: bool = False,
    told: Mapping[str, list[str]] | None = None,
) -> tuple[int, int]:
    """Add the rows of a table to its register, or change those that have the same key; (added, changed).

    With ``instead`` the rows take the place of all that one keeps there; not for `LASTING` registers. ``told`` is
    what an upload of workers says of who they are, by column and in the order of the rows.

    Raises 403 for a register that another side keeps, and `InputError` with every fault; nothing is written then.
    """
    _require_side(principal, programme, raw.name)
    if raw.name == "workers":
        require_sound(raw, ("worker_id",))
    raw = _with_pseudonyms(connection, principal, programme, raw)
    require_sound(raw, KEYS[raw.name])
    require_consistent_rows(raw)
    _require_own(connection, principal, programme, raw)
    if instead:
        _delete_own(connection, principal, programme, raw.name)
    if raw.name == "history":
        _require_apart(connection, programme, raw)
    before = _count(connection, raw.name, programme.id)
    _insert(connection, registers[raw.name], KEYS[raw.name], programme.id, raw)
    if told:
        write_names(connection, raw.columns["worker_id"].to_pylist(), told)
    added = _count(connection, raw.name, programme.id) - before
    return added, raw.size - added


def _count(connection: sa.Connection, table: str, programme_id: str) -> int:
    rows = registers[table]
    counted = sa.select(sa.func.count()).select_from(rows).where(rows.c.programme_id == programme_id)
    return int(connection.scalar(counted) or 0)


def _delete_own(connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, table: str) -> None:
    if table in LASTING:
        raise ServiceError(
            409,
            message("Rows of {table} are changed, not replaced as a whole.", table=table),
            message("Leave replace out."),
        )
    rows = registers[table]
    mine = sa.and_(rows.c.programme_id == programme.id, rows_seen(table, principal))
    connection.execute(rows.delete().where(mine))


def _require_apart(connection: sa.Connection, programme: ProgrammeRecord, raw: RawTable) -> None:
    """Raise `InputError` for stays of one worker that overlap, known ones included."""
    rows = registers["history"].c
    workers = raw.columns["worker_id"].to_pylist()
    stays: dict[str, dict[str, tuple[str, int]]] = {worker: {} for worker in workers}
    known = sa.select(rows.worker_id, rows.start_date, rows.end_date).where(rows.programme_id == programme.id)
    for worker, first, last in connection.execute(known):
        if worker in stays:
            stays[worker][first] = (last, -1)
    for record, (worker, first, last) in enumerate(
        zip(workers, *(raw.columns[name].to_pylist() for name in ("start_date", "end_date")), strict=True)
    ):
        stays[worker][first] = (last, record)
    faults = []
    for own in stays.values():
        ordered = sorted((first, last, record) for first, (last, record) in own.items())
        for (_, ends, one), (begins, _, other) in pairwise(ordered):
            record = max(one, other)
            if begins <= ends and record >= 0:
                faults.append(
                    Fault(
                        raw.file,
                        raw.row(record),
                        "start_date",
                        begins,
                        message("overlaps another stay"),
                        message("stays one by one"),
                    )
                )
    if faults:
        raise InputError(faults)


def _require_side(principal: Principal, programme: ProgrammeRecord, table: str) -> None:
    if principal.role == EMPLOYER and table != "recalls":
        raise refused(GRANTS["register.write"].reason)
    if table in OF_ORIGIN and principal.role != ORIGIN:
        raise refused(message("Registers of workers are kept by the ministry of origin."))
    if table not in (*OF_ORIGIN, "corridors") and principal.role == ORIGIN and not owns(principal, programme):
        raise refused(GRANTS["programme.change"].reason)


def _with_pseudonyms(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, raw: RawTable
) -> RawTable:
    """The table with pseudonyms in place of register numbers; those of new workers are drawn."""
    if "worker_id" not in raw.columns:
        return raw
    cells = raw.columns["worker_id"].to_pylist()
    if raw.name == "workers":
        wrong = [i for i, c in enumerate(raw.columns["origin_country"].to_pylist()) if c != principal.country]
        if wrong:
            expected = message(
                "{country}: a ministry registers the workers of its own state", country=principal.country
            )
            raise InputError(
                [
                    Fault(raw.file, raw.row(i), "origin_country", "", message("is another state's"), expected)
                    for i in wrong[:1000]
                ]
            )
        known = draw_pseudonyms(connection, principal.country, cells)
        return with_column(raw, "worker_id", [known[cell] for cell in cells])
    workers = registers["workers"].c
    known = pseudonyms_of(connection, principal.country, cells) if principal.role == ORIGIN else {}
    # Other sides name workers whom they don't see: who knows a pseudonym, from last season, may recall.
    seen = rows_seen("workers", principal) if principal.role == ORIGIN else sa.true()
    theirs = set(connection.scalars(sa.select(workers.worker_id).where(workers.programme_id == programme.id, seen)))
    translated = [known.get(cell, cell) for cell in cells]
    lost = [i for i, worker in enumerate(translated) if worker not in theirs]
    if lost:
        raise InputError(
            [
                Fault(
                    raw.file,
                    raw.row(i),
                    "worker_id",
                    cells[i],
                    message("is not in workers"),
                    message("a worker of this programme"),
                )
                for i in lost[:1000]
            ]
        )
    return with_column(raw, "worker_id", translated)


def _require_own(connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, raw: RawTable) -> None:
    """References name what is in the programme and seen, and countries are the ministry's own."""
    faults: list[Fault] = []
    for column, target in (("order_id", "orders"), ("employer_id", "employers")):
        if column in raw.columns and not (column == "employer_id" and raw.name in ("employers", "history")):
            known = _known(connection, principal, programme, target)
            faults += unknown_references(raw, column, known, target)
    faults += _others_rows(connection, principal, programme, raw)
    own = _column_of_side(principal, programme, raw.name)
    if own:
        expected = message("{country}: a ministry keeps what is of its own state", country=principal.country)
        faults += [
            Fault(raw.file, raw.row(i), own, cell, message("is another state's"), expected)
            for i, cell in enumerate(raw.columns[own].to_pylist())
            if cell != principal.country
        ]
    if faults:
        raise InputError(faults)


def _column_of_side(principal: Principal, programme: ProgrammeRecord, table: str) -> str:
    """The column that must name a ministry's own state, '' for none. Both ends of a corridor keep its row; a ministry
    of origin that owns the programme adds those of others where there are none.
    """
    if principal.role == DESTINATION:
        return {"employers": "country", "corridors": "destination_country"}.get(table, "")
    return "origin_country" if table == "corridors" and not owns(principal, programme) else ""


def _others_rows(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, raw: RawTable
) -> list[Fault]:
    """A fault for each row that would take the place of another state's employer, site or corridor."""
    if raw.name not in ("employers", "sites", "corridors"):
        return []
    rows, employers = registers[raw.name].c, registers["employers"].c
    keys = KEYS[raw.name]
    asked = sa.select(*(rows[name] for name in keys)).where(rows.programme_id == programme.id)
    if raw.name == "corridors":
        theirs = (rows.origin_country if principal.role == ORIGIN else rows.destination_country) != principal.country
    elif raw.name == "employers":
        theirs = employers.country.not_in((principal.country, ""))
    else:
        same = sa.and_(employers.programme_id == rows.programme_id, employers.employer_id == rows.employer_id)
        theirs = sa.exists().where(same, employers.country.not_in((principal.country, "")))
    taken = {tuple(row) for row in connection.execute(asked.where(theirs))}
    cells = zip(*(raw.columns[name].to_pylist() for name in keys), strict=True)
    return [
        Fault(
            raw.file,
            raw.row(record),
            keys[0],
            key[0],
            message("can't be written by this ministry"),
            message("an id of your own"),
        )
        for record, key in enumerate(cells)
        if tuple(key) in taken
    ]


def _known(connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, target: str) -> set[str]:
    if target == "orders":
        seen = sa.select(orders.c.order_id).where(orders.c.programme_id == programme.id, orders_seen(principal))
        return set(connection.scalars(seen))
    employers = registers["employers"].c
    own = sa.select(employers.employer_id).where(employers.programme_id == programme.id)
    if principal.role == DESTINATION:
        own = own.where(employers.country.in_((principal.country, "")))
    return set(connection.scalars(own))


def _insert(connection: sa.Connection, table: sa.Table, keys: Sequence[str], programme_id: str, raw: RawTable) -> None:
    """Write the rows in batches; a row with the key of another takes its place."""
    columns = {name: raw.columns[name].to_pylist() for name in raw.columns if name in table.c}
    names = ["programme_id", *columns]
    insert = inserting(connection, table)
    changed = {name: insert.excluded[name] for name in columns if name not in keys}
    index = ["programme_id", *keys]
    statement = (
        insert.on_conflict_do_update(index_elements=index, set_=changed)
        if changed
        else insert.on_conflict_do_nothing(index_elements=index)
    )
    if is_postgresql(connection) and raw.size > BATCH:
        _copy(connection, table, names, programme_id, columns, keys)
        return
    for begin in range(0, raw.size, BATCH):
        parts = [cells[begin : begin + BATCH] for cells in columns.values()]
        rows = [dict(zip(names, (programme_id, *cells), strict=True)) for cells in zip(*parts, strict=True)]
        connection.execute(statement, rows)


def _copy(
    connection: sa.Connection,
    table: sa.Table,
    names: Sequence[str],
    programme_id: str,
    columns: dict[str, list[str]],
    keys: Sequence[str],
) -> None:
    """Many rows into PostgreSQL: copied aside, then taken over in one statement."""
    aside = f"aside_{table.name}"
    listed = ", ".join(f'"{name}"' for name in names)
    connection.exec_driver_sql(
        f'CREATE TEMPORARY TABLE "{aside}" ON COMMIT DROP AS SELECT {listed} FROM "{table.name}" LIMIT 0'
    )
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f'COPY "{aside}" ({listed}) FROM STDIN') as copy:
        for cells in zip(*columns.values(), strict=True):
            copy.write_row((programme_id, *cells))
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in keys)
    index = ", ".join(f'"{name}"' for name in ("programme_id", *keys))
    clash = f"ON CONFLICT ({index}) DO " + (f"UPDATE SET {changed}" if changed else "NOTHING")
    connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({listed}) SELECT {listed} FROM "{aside}" {clash}')
    connection.exec_driver_sql(f'DROP TABLE "{aside}"')
