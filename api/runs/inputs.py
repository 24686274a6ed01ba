"""What a run reads, made once when it is first taken up and kept, so that every attempt sees the same."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.registers.snapshot import packed, scope_of, unpack, write_snapshot
from api.runs.queue import Claim, keep_files, kept_file
from api.storage.database import transaction
from api.storage.operation_states import UNDER_WAY
from api.storage.tables import INPUT, operations, programmes

EVENTS = {"declined": "exclude", "dropped": "drop_out"}


def restore_input(engine: sa.Engine, held: Claim, folder: Path) -> None:
    """Write out what the run reads. Raises `LostClaim` where the run isn't ours any more."""
    kept = kept_file(engine, held.run_id, INPUT)
    if kept is None:
        made = folder.with_name("fresh")
        with transaction(engine, read_only=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            _make(connection, engine, held, made)
        kept = packed(made)
        keep_files(engine, held, {INPUT: kept})
    unpack(kept, folder)


def _make(connection: sa.Connection, engine: sa.Engine, held: Claim, folder: Path) -> None:
    run = held.row
    programme = connection.execute(sa.select(programmes).where(programmes.c.id == run.programme_id)).one()
    repair = run.kind == "rematch"
    scope = replace(scope_of(run.role, run.country), states=tuple(run.options["states"]))
    if repair:
        scope = replace(scope, held=("offered", *UNDER_WAY), without_declined=False)
    write_snapshot(connection, programme, scope, folder / "programme")
    if repair:
        _write_repair(connection, engine, run, folder)


def _write_repair(connection: sa.Connection, engine: sa.Engine, run: sa.Row[Any], folder: Path) -> None:
    """The plan to repair and what has happened to it; what names somebody erased, or a closed order, is left out."""
    workers = _ids(folder / "programme" / "workers.csv", "worker_id")
    orders = _ids(folder / "programme" / "orders.csv", "order_id")
    plan = folder / "plan"
    plan.mkdir()
    for name in ("prices.csv", "certificate.json"):
        (plan / name).write_bytes(_file_of_plan(engine, run, name))
    lines = _file_of_plan(engine, run, "placements.csv").decode().splitlines()
    chosen = [row for row in csv.DictReader(lines) if row["worker_id"] in workers and row["order_id"] in orders]
    _write(plan / "placements.csv", ("worker_id", "order_id"), [(r["worker_id"], r["order_id"]) for r in chosen])
    happened = connection.execute(
        sa.select(operations.c.state, operations.c.worker_id, operations.c.order_id)
        .where(operations.c.programme_id == run.programme_id, operations.c.state.in_(tuple(EVENTS)))
        .order_by(operations.c.worker_id, operations.c.order_id)
    )
    events = [
        (EVENTS[state], worker, order if state == "declined" else "")
        for state, worker, order in happened
        if worker in workers and (state == "dropped" or order in orders)
    ]
    _write(folder / "events.csv", ("event", "worker_id", "order_id"), list(dict.fromkeys(events)))


def _file_of_plan(engine: sa.Engine, run: sa.Row[Any], name: str) -> bytes:
    content = kept_file(engine, run.options["plan"], name)
    assert content is not None, f"a published plan has {name}"
    return content


def _ids(path: Path, column: str) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def _write(path: Path, titles: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([titles, *rows])
