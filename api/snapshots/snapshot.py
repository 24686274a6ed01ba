"""A programme of the database as a folder that the engine reads: what a run sees, by pseudonyms alone."""

from __future__ import annotations

import io
import tarfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import sqlalchemy as sa

from api.agreements.agreements import newest_agreements
from api.identity.access import DESTINATION, EMPLOYER, ORIGIN, PLANNER
from api.identity.generalisation import generalisation_of, skills_of
from api.snapshots.ended_stays import ended_stays, settle_stays, told_apart
from api.snapshots.fitting import Unfit
from api.snapshots.held_pairs import keep_what_can_be, with_fewer_places
from api.snapshots.promised_elsewhere import ruled_out
from api.storage.database import allow_computing
from api.storage.operation_states import ENDED, HOME, OFFERABLE, PLACED
from api.storage.records import ProgrammeRecord
from api.storage.tables import operations, orders, programme_corridors, registers, runs
from engine.errors import InputError
from engine.programme.schema import TABLES
from engine.words import message

BLURRED = (PLANNER, EMPLOYER)  # what is computed for them stands on values that stand for many
AT_A_TIME = 500  # rows turned into columns in one step, within which no other thread of the process can answer
OF_ORIGIN = ("workers", "history", "preferences", "commitments", "exclusions", "scores")


@dataclass(frozen=True)
class Scope:
    """What of a programme a run reads: along the corridors from an origin ('' any) or to a destination ('' any), orders
    by state.

    ``only_order`` leaves one order, whatever its state. ``held`` are the states of operations that are kept; what
    another side has proposed or offered (``role`` and country say whose side this is) is kept too: it asked first.
    """

    role: str = ""
    origin: str = ""
    destination: str = ""
    states: tuple[str, ...] = ("certified",)
    held: tuple[str, ...] = PLACED
    only_order: str = ""
    without_declined: bool = True

    @property
    def country(self) -> str:
        """The country of the side that asks."""
        return self.origin or self.destination

    @property
    def blurred(self) -> bool:
        """Whether it reads values that stand for many. A check of an order is asked in as many variants as one likes
        and leaves no trace, so it reads them for whoever isn't told of the workers.
        """
        return self.role in BLURRED or (bool(self.only_order) and self.role != ORIGIN)


def scope_of(role: str, country: str) -> Scope:
    """What a role's runs read: ministries their own corridors, planners all."""
    return Scope(role, country if role == ORIGIN else "", country if role == DESTINATION else "")


def told_to(role: str, error: InputError) -> InputError:
    """The faults of a programme as a role may read them: of registers of workers, whoever doesn't keep them learns the
    column and what is wrong, neither row nor value.
    """
    if role == ORIGIN:
        return error
    private = {f"{name}.csv" for name in OF_ORIGIN}
    faults = [
        replace(fault, row=0, value="") if fault.file in private else fault  # the same fault of many rows counts once
        for fault in error.faults
    ]
    return InputError(faults, error.hint)


def write_snapshot(connection: sa.Connection, programme: ProgrammeRecord, scope: Scope, folder: Path) -> list[Unfit]:
    """Write a programme's folder; what is under way already becomes commitments, but for what the rules no longer let
    stand (`api.snapshots.held_pairs`), which is returned. Planners' runs and the checks of whoever keeps no register of
    workers read values that stand for many, the same that planners are told.
    """
    allow_computing(connection)
    folder.joinpath("agreements").mkdir(parents=True)
    folder.joinpath("programme.toml").write_text(programme.settings, "utf-8")
    corridors = _corridors(connection, programme.id, scope)
    tables = {name: _rows(connection, registers[name], name, programme.id) for name in registers}
    held, home = _held(connection, programme.id, scope), ended_stays(connection, programme.id)
    there = set(tables["workers"]["worker_id"].to_pylist())
    gone = Counter() if scope.only_order else home.places_without(there)
    destinations = {destination for _, destination in corridors}
    taken = Counter(order for _, order in held)
    standing = set(held)
    tables["orders"] = _orders(connection, programme.id, scope, destinations, taken, gone)
    read = set(tables["orders"]["order_id"].to_pylist())
    held = {} if scope.only_order else {pair: day for pair, day in held.items() if pair[1] in read}
    origins = {origin for origin, _ in corridors}
    tables["workers"] = _of_origins(tables["workers"], scope, origins, {worker for worker, _ in held})
    ended = _ended_pairs(connection, programme.id) - set(held)
    if scope.without_declined:
        tables["exclusions"] = _with_ruled_out(tables["exclusions"], ended, message("declined, left or done"))
    tables["commitments"] = _with_held(_without_pairs(tables["commitments"], ended), held)
    if scope.role != PLANNER:
        elsewhere = ruled_out(connection, programme, tables, standing, by_month=scope.blurred)
        tables["exclusions"] = _with_ruled_out(tables["exclusions"], elsewhere, message("not available then"))
    home = home.of(held)
    tables["history"], told_already = told_apart(tables["history"], home)
    _write_agreements(connection, programme.id, origins, corridors, tables["workers"], folder / "agreements")
    told = generalisation_of(programme.settings, skills_of(tables["orders"])) if scope.blurred else None
    if told is not None:
        tables = {name: told.table(name, table) for name, table in tables.items()}
        told_already = told.table("history", told_already)
    _write_tables(tables, folder)
    settle_stays(folder, home, told_already)
    return keep_what_can_be(folder) if tables["commitments"].num_rows else []


def write_pairs(
    connection: sa.Connection,
    programme: ProgrammeRecord,
    held: Mapping[tuple[str, str], str],
    others: Iterable[tuple[str, str]],
    folder: Path,
) -> Callable[[], None]:
    """Write all that bears on pairs of workers and orders, of every side: them, the travel groups of the workers, all
    agreements. ``held`` pairs are commitments, with the day on which each was agreed. An order whose places ended stays
    hold is left out.

    Returns what completes the folder (`settle_stays`): it computes, and needs the connection no more.

    Invariant: what is judged by these pairs comes out as it would in the whole programme, whatever stands in rows that
    don't bear on them. So a rule that counts who is registered brings whoever it counts, and of them what it counts by.
    """
    folder.joinpath("agreements").mkdir(parents=True)
    folder.joinpath("programme.toml").write_text(programme.settings, "utf-8")
    for row in connection.execute(newest_agreements(programme.id)):
        (folder / "agreements" / f"{row.agreement_id}.toml").write_text(row.content, "utf-8")
    pairs = [*held, *others]
    tables = {name: _rows(connection, registers[name], name, programme.id) for name in registers}
    home = ended_stays(connection, programme.id)
    gone = home.places_without(set(tables["workers"]["worker_id"].to_pylist()))
    registered = tables["workers"]
    tables["workers"] = _with_groups(registered, {worker for worker, _ in pairs})
    chosen = _chosen(_rows(connection, orders, "orders", programme.id), "order_id", {o for _, o in pairs})
    tables["orders"] = _with_fewer_places(chosen, gone, Counter(order for _, order in held))
    tables["commitments"] = _with_held(tables["commitments"].slice(0, 0), held)
    home = home.of(held)
    tables["history"], told_already = told_apart(tables["history"], home)
    _write_tables(tables, folder)
    if _counts_registered(folder):
        _write_table(_with_counted(tables["workers"], registered), folder / "workers.csv")
    return partial(settle_stays, folder, home, told_already)


def _counts_registered(folder: Path) -> bool:
    """Whether a rule may ask how many are registered, and not of pairs alone."""
    texts = (folder / "programme.toml", *folder.glob("agreements/*.toml"))
    return any("share_of_registered" in path.read_text("utf-8") for path in texts)


def _with_counted(workers: pa.Table, registered: pa.Table) -> pa.Table:
    """Workers, and of all others who are registered what they are counted by, where it is what one of these has too."""
    others = registered.filter(pc.invert(pc.is_in(registered["worker_id"], workers["worker_id"])))
    columns = {name: pa.repeat(pa.scalar(""), others.num_rows) for name in registered.column_names}
    columns |= {name: others[name] for name in ("worker_id", "origin_country")}
    same = pc.is_in(others["origin_country"], workers["origin_country"])
    for name in ("origin_region", "household_id"):
        shared = pc.is_in(others[name], workers[name])
        columns[name] = pc.if_else(shared, others[name], "")
        same = pc.or_(same, pc.and_(shared, pc.not_equal(others[name], "")))
    return pa.concat_tables([workers, pa.table(columns).filter(same)])


def _with_fewer_places(orders: pa.Table, gone: Mapping[str, int], held: Mapping[str, int]) -> pa.Table:
    """Orders without the places that are gone; without those that then have none."""
    if not gone:
        return orders
    rows = [with_fewer_places(row, gone.get(row["order_id"], 0), held[row["order_id"]]) for row in orders.to_pylist()]
    return pa.Table.from_pylist([row for row in rows if row["headcount"] != "0"], schema=orders.schema)


def _with_groups(workers: pa.Table, wanted: set[str]) -> pa.Table:
    """Workers and all members of their travel groups."""
    groups = set(_chosen(workers, "worker_id", wanted)["travel_group_id"].to_pylist()) - {""}
    both = zip(workers["worker_id"].to_pylist(), workers["travel_group_id"].to_pylist(), strict=True)
    return workers.filter(pa.array([worker in wanted or group in groups for worker, group in both], pa.bool_()))


def _chosen(table: pa.Table, column: str, wanted: set[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], pa.array(sorted(wanted), pa.string())))


def _write_tables(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write tables without the rows that name a worker or an order which isn't among them."""
    known = {name: set(tables[f"{name[:-3]}s"][name].to_pylist()) for name in ("worker_id", "order_id")}
    for name, table in tables.items():
        if name not in ("workers", "orders"):
            table = _with_known(table, known)
        if table.num_rows or TABLES[name].needed:
            _write_table(table, folder / f"{name}.csv")


def _write_table(table: pa.Table, path: Path) -> None:
    pa_csv.write_csv(table, path, pa_csv.WriteOptions(quoting_style="needed"))


def _rows(connection: sa.Connection, table: sa.Table, name: str, programme_id: str) -> pa.Table:
    columns = TABLES[name].column_names
    asked = sa.select(*(table.c[column] for column in columns)).where(table.c.programme_id == programme_id)
    found = connection.execute(asked).partitions(AT_A_TIME)
    return pa.concat_tables([_table(columns, ()), *(_table(columns, rows) for rows in found)]).combine_chunks()


def _table(columns: Sequence[str], rows: Sequence[Any]) -> pa.Table:
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table({name: pa.array(cells[i], pa.string()) for i, name in enumerate(columns)})


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


def _held(connection: sa.Connection, programme_id: str, scope: Scope) -> dict[tuple[str, str], str]:
    """The placements that are kept, as (worker, order), each with the day on which it was agreed."""
    theirs = sa.or_(runs.c.role != scope.role, runs.c.country != scope.country)
    kept = sa.or_(operations.c.state.in_(scope.held), sa.and_(operations.c.state.in_(OFFERABLE), theirs))
    workers = registers["workers"].c
    same = sa.and_(workers.programme_id == programme_id, workers.worker_id == operations.c.worker_id)
    columns = (operations.c.worker_id, operations.c.order_id, operations.c.agreed_on)
    asked = sa.select(*columns).join(runs, runs.c.id == operations.c.run_id)
    asked = asked.where(operations.c.programme_id == programme_id, kept, sa.exists().where(same))
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
    if scope.only_order:
        return _table(columns, connection.execute(asked.where(orders.c.order_id == scope.only_order)).all())
    if scope.country:
        asked = asked.where(orders.c.destination_country.in_(destinations | {scope.country}))
    rows = connection.execute(asked.add_columns(orders.c.state)).all()
    open_ = [row[:-1] for row in rows if row.state in scope.states]
    full = [
        _full(row, held[row.order_id] + gone.get(row.order_id, 0))
        for row in rows
        if row.state not in scope.states and row.order_id in held
    ]
    return _with_fewer_places(_table(columns, [*open_, *full]), gone, held)


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


def _with_ruled_out(exclusions: pa.Table, pairs: Collection[tuple[str, str]], reason: str) -> pa.Table:
    rows = exclusions.to_pylist()
    known = {(row["worker_id"], row["order_id"]) for row in rows}
    fresh = sorted(set(pairs) - known)
    rows += [{"worker_id": worker, "order_id": order, "reason": reason} for worker, order in fresh]
    return pa.Table.from_pylist(rows, schema=exclusions.schema)


def _without_pairs(table: pa.Table, pairs: Collection[tuple[str, str]]) -> pa.Table:
    both = zip(table["worker_id"].to_pylist(), table["order_id"].to_pylist(), strict=True)
    return table.filter(pa.array([pair not in pairs for pair in both], pa.bool_()))


def _with_held(commitments: pa.Table, held: Mapping[tuple[str, str], str]) -> pa.Table:
    """The promises of the register with those that operations are."""
    rows = commitments.to_pylist()
    known = {(row["worker_id"], row["order_id"]) for row in rows}
    rows += [{"worker_id": w, "order_id": o, "agreed_on": day} for (w, o), day in held.items() if (w, o) not in known]
    return pa.Table.from_pylist(rows, schema=commitments.schema)


def _with_known(table: pa.Table, known: dict[str, set[str]]) -> pa.Table:
    """Without the rows that name a worker or an order which this run doesn't read."""
    for column, ids in known.items():
        if column in table.column_names:
            cells = table[column].to_pylist()
            table = table.filter(pa.array([not cell or cell in ids for cell in cells], pa.bool_()))
    return table


def packed(folder: Path) -> bytes:
    """A folder as one compressed file."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=3) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.add(path, path.relative_to(folder).as_posix(), recursive=False)
    return target.getvalue()


def unpack(content: bytes, folder: Path) -> None:
    """Write out what `packed` made."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        archive.extractall(folder, filter="data")
