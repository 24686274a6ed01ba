"""A programme of the database as a folder that the engine reads: what a run sees, by pseudonyms alone."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from api.agreements.agreements import newest_agreements
from api.identity.access import PLANNER
from api.identity.generalisation import generalisation_of, skills_of
from api.snapshots.columns import rows_of, table_of, write_tables
from api.snapshots.ended_stays import ended_stays, settle_stays, told_apart
from api.snapshots.fitting import Pair, Unfit
from api.snapshots.held_pairs import commitments_in, keep_what_can_be
from api.snapshots.placed_rows import orders_with_fewer_places, with_held, with_ruled_out, without_pairs
from api.snapshots.promised_elsewhere import ruled_out
from api.snapshots.scope import Scope
from api.snapshots.standing import promised_pairs, write_counted
from api.snapshots.used_up import leave_what_is_left
from api.storage.database import allow_computing
from api.storage.operation_states import ENDED, HOME, OFFERABLE
from api.storage.records import ProgrammeRecord
from api.storage.tables import operations, orders, programme_corridors, registers, runs
from engine.programme.schema import TABLES
from engine.words import message


def write_snapshot(connection: sa.Connection, programme: ProgrammeRecord, scope: Scope, folder: Path) -> list[Unfit]:
    """Write a programme's folder; what is under way already becomes commitments, but for what the rules no longer let
    stand (`api.snapshots.held_pairs`), which is returned. Planners' runs and the checks of whoever keeps no register of
    workers read values that stand for many, the same that planners are told.
    """
    allow_computing(connection)
    folder.joinpath("agreements").mkdir(parents=True)
    folder.joinpath("programme.toml").write_text(programme.settings, "utf-8")
    corridors = _corridors(connection, programme.id, scope)
    tables = {name: rows_of(connection, registers[name], name, programme.id) for name in registers}
    registered, there = dict(tables), set(tables["workers"]["worker_id"].to_pylist())
    standing, home = _standing(connection, programme.id, scope), ended_stays(connection, programme.id)
    held = {pair: day for pair, day in standing.items() if pair[0] in there}
    gone = Counter() if scope.only_order is not None else home.places_without(there)
    destinations = {destination for _, destination in corridors}
    taken = Counter(order for _, order in held)
    tables["orders"] = _orders(connection, programme.id, scope, destinations, taken, gone)
    read = set(tables["orders"]["order_id"].to_pylist())
    held = {} if scope.only_order is not None else {pair: day for pair, day in held.items() if pair[1] in read}
    origins = {origin for origin, _ in corridors}
    tables["workers"] = _of_origins(tables["workers"], scope, origins, {worker for worker, _ in held})
    ended = _ended_pairs(connection, programme.id) - set(held)
    if scope.without_declined:
        tables["exclusions"] = with_ruled_out(tables["exclusions"], ended, message("declined, left or done"))
    tables["commitments"] = with_held(without_pairs(tables["commitments"], ended), held)
    if scope.role != PLANNER:
        elsewhere = ruled_out(connection, programme, tables, standing, by_month=scope.blurred)
        tables["exclusions"] = with_ruled_out(tables["exclusions"], elsewhere, message("not available then"))
    home = home.of(held)
    tables["history"], told_already = told_apart(tables["history"], home)
    _write_agreements(connection, programme.id, origins, corridors, tables["workers"], folder / "agreements")
    told = generalisation_of(programme.settings, skills_of(tables["orders"])) if scope.blurred else None
    if told is not None:
        tables = {name: told.table(name, table) for name, table in tables.items()}
        told_already = told.table("history", told_already)
    write_tables(tables, folder)
    settle_stays(folder, home, told_already)
    left_out = keep_what_can_be(folder) if tables["commitments"].num_rows else []
    if scope.only_order is None:
        every = {*standing, *promised_pairs(connection, programme.id)}
        _count_what_stands(connection, programme, registered, every, folder)
    return left_out


def _count_what_stands(
    connection: sa.Connection,
    programme: ProgrammeRecord,
    tables: Mapping[str, pa.Table],
    standing: set[Pair],
    folder: Path,
) -> None:
    """Count in the caps of a folder what stands and isn't among its commitments."""
    gone = standing - commitments_in(folder)
    if gone:
        with tempfile.TemporaryDirectory(prefix="vaiven-counted-") as place:
            write_counted(connection, programme, tables, gone, Path(place, "programme"))
            leave_what_is_left(folder, Path(place, "programme"), gone)


def _write_agreements(
    connection: sa.Connection,
    programme_id: str,
    origins: set[str],
    corridors: set[tuple[str, str]],
    workers: pa.Table,
    folder: Path,
) -> None:
    """The agreements of the corridors, and those by which workers of other states are under way in them."""
    reached = {destination for _, destination in corridors}
    others = set(workers["origin_country"].to_pylist()) - origins
    pairs = corridors | {(origin, destination) for origin in others for destination in reached}
    rows = connection.execute(sa.select(programme_corridors).where(programme_corridors.c.programme_id == programme_id))
    wanted = {row.agreement_id for row in rows if (row.origin, row.destination) in pairs}
    for row in connection.execute(newest_agreements(programme_id)):
        if row.agreement_id in wanted:
            (folder / f"{row.agreement_id}.toml").write_text(row.content, "utf-8")


def _corridors(connection: sa.Connection, programme_id: str, scope: Scope) -> set[tuple[str, str]]:
    """The corridors of a programme that a scope is about, as (origin, destination)."""
    rows = programme_corridors.c
    asked = sa.select(rows.origin, rows.destination).where(rows.programme_id == programme_id)
    for column, wanted in ((rows.origin, scope.origin), (rows.destination, scope.destination)):
        asked = asked if not wanted else asked.where(column == wanted)
    return {(row.origin, row.destination) for row in connection.execute(asked)}


def _standing(connection: sa.Connection, programme_id: str, scope: Scope) -> dict[Pair, str]:
    """The placements that stand whatever the run plans, as (worker, order), each with the day on which it was agreed;
    also of workers who are in the register no more.
    """
    theirs = sa.or_(runs.c.role != scope.role, runs.c.country != scope.country)
    kept = sa.or_(operations.c.state.in_(scope.held), sa.and_(operations.c.state.in_(OFFERABLE), theirs))
    columns = (operations.c.worker_id, operations.c.order_id, operations.c.agreed_on)
    asked = sa.select(*columns).join(runs, runs.c.id == operations.c.run_id)
    asked = asked.where(operations.c.programme_id == programme_id, kept)
    return {(row.worker_id, row.order_id): row.agreed_on for row in connection.execute(asked)}


def _orders(
    connection: sa.Connection,
    programme_id: str,
    scope: Scope,
    destinations: set[str],
    held: Mapping[str, int],
    gone: Mapping[str, int],
) -> pa.Table:
    """The orders of a scope, and others as long as somebody is kept on them: those keep whom they have, ``held`` by
    order, and take nobody new. Places that are ``gone`` aren't given again.
    """
    columns = TABLES["orders"].column_names
    asked = sa.select(*(orders.c[column] for column in columns)).where(orders.c.programme_id == programme_id)
    if scope.only_order is not None:
        return table_of(columns, [tuple(scope.only_order[column] for column in columns)])
    if scope.country:
        asked = asked.where(orders.c.destination_country.in_(destinations | {scope.country}))
    rows = connection.execute(asked.add_columns(orders.c.state)).all()
    open_ = [row[:-1] for row in rows if row.state in scope.states]
    full = [
        _full(row, held[row.order_id] + gone.get(row.order_id, 0))
        for row in rows
        if row.state not in scope.states and row.order_id in held
    ]
    return orders_with_fewer_places(table_of(columns, [*open_, *full]), gone, held)


def _full(row: sa.Row[Any], held: int) -> tuple[str, ...]:
    """An order's cells with as many places as are taken."""
    cells = dict(row._mapping) | {"headcount": str(held)}
    cells["min_crew"] = str(min(int(float(cells["min_crew"] or 1)), held))
    return tuple(cells[name] for name in TABLES["orders"].column_names)


def _of_origins(workers: pa.Table, scope: Scope, origins: set[str], held: set[str]) -> pa.Table:
    """The workers of a scope's corridors, and whoever else is under way on its orders, for they take places."""
    if not scope.country:
        return workers
    kept = {scope.origin} if scope.origin else origins | {scope.destination}
    both = zip(workers["origin_country"].to_pylist(), workers["worker_id"].to_pylist(), strict=True)
    return workers.filter(pa.array([country in kept or worker in held for country, worker in both], pa.bool_()))


def _ended_pairs(connection: sa.Connection, programme_id: str) -> set[tuple[str, str]]:
    """The placements that the worker declined, left, or has been through."""
    columns = operations.c
    asked = sa.select(columns.worker_id, columns.order_id)
    rows = connection.execute(asked.where(columns.programme_id == programme_id, columns.state.in_((*ENDED, HOME))))
    return {(worker, order) for worker, order in rows}
