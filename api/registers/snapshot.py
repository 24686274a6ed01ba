"""A programme of the database as a folder that the engine reads: what a run sees, by pseudonyms alone."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa

from api.identity.sight import PLACED
from api.registers.programmes import newest_agreements
from api.storage.tables import operations, orders, registers
from engine.programme.schema import TABLES

HELD = ("offered", *PLACED[:-1])


@dataclass(frozen=True)
class Scope:
    """What of a programme a run reads: workers of an origin ('' all), orders of a destination ('' all), by state.

    ``only_order`` leaves one order, whatever its state; ``held`` are the states of operations that are kept.
    """

    origin: str = ""
    destination: str = ""
    states: tuple[str, ...] = ("certified",)
    held: tuple[str, ...] = PLACED[:-1]
    only_order: str = ""


def write_snapshot(connection: sa.Connection, programme: sa.Row[Any], scope: Scope, folder: Path) -> None:
    """Write a programme's folder; what is under way already becomes commitments."""
    folder.joinpath("agreements").mkdir(parents=True)
    folder.joinpath("programme.toml").write_text(programme.settings, "utf-8")
    for row in connection.execute(newest_agreements(programme.id)):
        folder.joinpath("agreements", f"{row.agreement_id}.toml").write_text(row.content, "utf-8")
    held = _held(connection, programme.id, scope)
    tables = {name: _rows(connection, registers[name], name, programme.id) for name in registers}
    tables["orders"] = _orders(connection, programme.id, scope, {order for _, order in held})
    tables["workers"] = _of_origin(tables["workers"], scope, {worker for worker, _ in held})
    tables["commitments"] = _with_held(tables["commitments"], held)
    known = {
        "worker_id": set(tables["workers"]["worker_id"].to_pylist()),
        "order_id": set(tables["orders"]["order_id"].to_pylist()),
    }
    for name, table in tables.items():
        if name not in ("workers", "orders"):
            table = _with_known(table, known)
        if table.num_rows or TABLES[name].needed:
            pa_csv.write_csv(table, folder / f"{name}.csv", pa_csv.WriteOptions(quoting_style="needed"))


def _rows(connection: sa.Connection, table: sa.Table, name: str, programme_id: str) -> pa.Table:
    columns = TABLES[name].column_names
    asked = sa.select(*(table.c[column] for column in columns)).where(table.c.programme_id == programme_id)
    return _table(columns, connection.execute(asked).all())


def _table(columns: Sequence[str], rows: Sequence[Any]) -> pa.Table:
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table({name: pa.array(cells[i], pa.string()) for i, name in enumerate(columns)})


def _held(connection: sa.Connection, programme_id: str, scope: Scope) -> list[tuple[str, str]]:
    if scope.only_order:
        return []
    asked = sa.select(operations.c.worker_id, operations.c.order_id).where(
        operations.c.programme_id == programme_id, operations.c.state.in_(scope.held)
    )
    workers = registers["workers"].c
    known = sa.exists().where(workers.programme_id == programme_id, workers.worker_id == operations.c.worker_id)
    return [(worker, order) for worker, order in connection.execute(asked.where(known))]


def _orders(connection: sa.Connection, programme_id: str, scope: Scope, held: set[str]) -> pa.Table:
    columns = TABLES["orders"].column_names
    asked = sa.select(*(orders.c[column] for column in columns)).where(orders.c.programme_id == programme_id)
    if scope.only_order:
        asked = asked.where(orders.c.order_id == scope.only_order)
    else:
        chosen: sa.ColumnElement[bool] = orders.c.state.in_(scope.states)
        if scope.destination:
            chosen = sa.and_(chosen, orders.c.destination_country == scope.destination)
        kept = sa.select(operations.c.order_id).where(
            operations.c.programme_id == programme_id, operations.c.state.in_(scope.held)
        )
        asked = asked.where(sa.or_(chosen, orders.c.order_id.in_(kept)) if held else chosen)
    return _table(columns, connection.execute(asked).all())


def _of_origin(workers: pa.Table, scope: Scope, held: set[str]) -> pa.Table:
    if not scope.origin:
        return workers
    both = zip(workers["origin_country"].to_pylist(), workers["worker_id"].to_pylist(), strict=True)
    return workers.filter(pa.array([country == scope.origin or worker in held for country, worker in both]))


def _with_held(commitments: pa.Table, held: list[tuple[str, str]]) -> pa.Table:
    """The promises of the register with those that operations are."""
    rows = commitments.to_pylist()
    known = {(row["worker_id"], row["order_id"]) for row in rows}
    rows += [{"worker_id": w, "order_id": o, "agreed_on": ""} for w, o in held if (w, o) not in known]
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
