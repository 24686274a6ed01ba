"""Placements that count, with whoever they are of: also workers who are in the register no more.

Of a worker who was erased, or left the programme, after coming home an operation keeps what caps count by: the country
and the region of origin, and when the last stay before it ended (`keep_what_counts`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from api.agreements.agreements import newest_agreements
from api.snapshots.columns import rows_of, write_tables
from api.snapshots.fitting import Pair
from api.storage.operation_states import ENDED, STAFFED, STANDING
from api.storage.records import ProgrammeRecord
from api.storage.tables import operations, orders, registers
from engine.programme.schema import TABLES


def promised_pairs(connection: sa.Connection, programme_id: str) -> dict[Pair, str]:
    """What the register promises on orders that take somebody new, and nobody declined or left, with the day of each
    agreement.
    """
    rows = registers["commitments"].c
    staffed = sa.and_(orders.c.programme_id == rows.programme_id, orders.c.order_id == rows.order_id)
    asked = sa.select(rows.worker_id, rows.order_id, rows.agreed_on).join(orders, staffed)
    same = sa.and_(operations.c.programme_id == programme_id, operations.c.worker_id == rows.worker_id)
    ended = sa.exists().where(same, operations.c.order_id == rows.order_id, operations.c.state.in_(ENDED))
    asked = asked.where(rows.programme_id == programme_id, orders.c.state.in_(STAFFED), ~ended)
    return {(row.worker_id, row.order_id): row.agreed_on for row in connection.execute(asked)}


def write_counted(
    connection: sa.Connection,
    programme: ProgrammeRecord,
    tables: Mapping[str, pa.Table],
    pairs: Collection[Pair],
    folder: Path,
) -> None:
    """Write a programme's folder in which placements (worker, order) can be counted: their workers, their orders and
    all agreements. ``tables`` are the programme's registers.
    """
    write_rules(connection, programme, folder)
    workers, found = pa.array({worker for worker, _ in pairs}, pa.string()), dict(tables)
    found["workers"] = tables["workers"].filter(pc.is_in(tables["workers"]["worker_id"], workers))
    filed = rows_of(connection, orders, "orders", programme.id)
    found["orders"] = filed.filter(pc.is_in(filed["order_id"], pa.array({order for _, order in pairs}, pa.string())))
    found["commitments"] = tables["commitments"].slice(0, 0)
    unknown = {worker for worker, _ in pairs} - set(found["workers"]["worker_id"].to_pylist())
    if unknown:
        strangers, stays = _unregistered(connection, programme.id, unknown)
        found["workers"] = pa.concat_tables([found["workers"], strangers])
        found["history"] = pa.concat_tables([found["history"], stays])
    write_tables(found, folder)


def write_rules(connection: sa.Connection, programme: ProgrammeRecord, folder: Path) -> None:
    """Write the settings of a programme and all its agreements."""
    folder.joinpath("agreements").mkdir(parents=True)
    folder.joinpath("programme.toml").write_text(programme.settings, "utf-8")
    for row in connection.execute(newest_agreements(programme.id)):
        (folder / "agreements" / f"{row.agreement_id}.toml").write_text(row.content, "utf-8")


def _unregistered(connection: sa.Connection, programme_id: str, wanted: Collection[str]) -> tuple[pa.Table, pa.Table]:
    """Rows of workers and of histories that stand for people who are in the register no more."""
    columns = operations.c
    asked = sa.select(columns.worker_id, columns.origin_country, columns.origin_region, columns.last_exit)
    standing = sa.and_(columns.programme_id == programme_id, columns.state.in_(STANDING))
    rows = [row for row in connection.execute(asked.where(standing).distinct()) if row.worker_id in wanted]
    first = {row.worker_id: row for row in rows}  # a worker has one row; several stays have a day of return each
    workers = [
        {"worker_id": worker, "origin_country": row.origin_country, "origin_region": row.origin_region}
        for worker, row in first.items()
    ]
    destination = sa.select(columns.worker_id, columns.destination_country, columns.last_exit).where(standing)
    stays = [
        {
            "worker_id": row.worker_id,
            "destination_country": row.destination_country,
            "start_date": row.last_exit,
            "end_date": row.last_exit,
            "exit_reason": "completed",
        }
        for row in connection.execute(destination)
        if row.worker_id in first and row.last_exit
    ]
    return _table("workers", workers), _table("history", stays)


def _table(name: str, rows: list[dict[str, str]]) -> pa.Table:
    columns = TABLES[name].column_names
    return pa.table({one: pa.array([row.get(one, "") for row in rows], pa.string()) for one in columns})


def keep_what_counts(connection: sa.Connection, worker_id: str, programme_id: str | None = None) -> None:
    """Keep with the stays of a worker, whose rows go from all registers or from one programme's, what caps count by.

    Whoever calls this has ended what is open; the rows are there still.
    """
    workers, history = registers["workers"].c, registers["history"].c
    columns = operations.c
    mine = sa.and_(columns.worker_id == worker_id, columns.state.in_(STANDING))
    mine = mine if programme_id is None else sa.and_(mine, columns.programme_id == programme_id)
    same = sa.and_(workers.programme_id == columns.programme_id, workers.worker_id == columns.worker_id)
    region = sa.select(workers.origin_region).where(same).scalar_subquery()
    earlier = sa.and_(
        history.programme_id == columns.programme_id,
        history.worker_id == columns.worker_id,
        history.destination_country == columns.destination_country,
        history.end_date < columns.start_date,
    )
    last = sa.select(sa.func.max(history.end_date)).where(earlier).scalar_subquery()
    values = {"origin_region": sa.func.coalesce(region, ""), "last_exit": sa.func.coalesce(last, "")}
    connection.execute(operations.update().where(mine).values(values))
