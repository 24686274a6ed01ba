"""Who stands on an employer's orders, as far as somebody sees it: for lists, beds, and who was asked back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from api.crews.beds import SiteWeeks, Stay, weeks_of
from api.identity.access import Principal
from api.identity.visibility import operations_seen, orders_seen, persons_told, rows_seen
from api.placements.pay import SAME_ORDER
from api.storage.operation_states import HOME, STANDING
from api.storage.records import ProgrammeRecord
from api.storage.tables import operations, orders, persons, registers
from api.workers.rows import write_register
from engine.programme.raw_table import RawTable

Row = sa.Row[Any]
# Who somebody is, for as long as the other end is told.
NAME = sa.case((persons_told(), persons.c.name), else_="")


def standing(principal: Principal, programme_id: str) -> sa.Select[Any]:
    """The placements that stand and somebody sees, with the order of each."""
    mine = sa.and_(operations.c.programme_id == programme_id, operations.c.state.in_(STANDING))
    joined = sa.select(operations).select_from(operations.join(orders, SAME_ORDER))
    return joined.where(mine, operations_seen(principal), orders_seen(principal))


def with_persons(rows: sa.Select[Any]) -> sa.Select[Any]:
    """Placements with the person of each, whose `NAME` may be told."""
    return rows.outerjoin(persons, persons.c.worker_id == operations.c.worker_id)


def sites_by_week(connection: sa.Connection, principal: Principal, programme_id: str) -> list[SiteWeeks]:
    """The sites that somebody sees, with the weeks in which people are there."""
    columns = (orders.c.site_id, operations.c.start_date, operations.c.end_date)
    asked = standing(principal, programme_id).with_only_columns(*columns, sa.func.count(), maintain_column_froms=True)
    stays: dict[str, list[Stay]] = {}
    for site, first, last, people in connection.execute(asked.group_by(*columns)):
        stays.setdefault(site, []).append((date.fromisoformat(first), date.fromisoformat(last), people))
    sites = registers["sites"]
    mine = sa.and_(sites.c.programme_id == programme_id, rows_seen("sites", principal))
    rows = connection.execute(sa.select(sites).where(mine).order_by(sites.c.site_id))
    return [
        SiteWeeks(
            row.site_id,
            row.employer_id,
            row.region,
            int(float(row.beds)) if row.beds else None,
            weeks_of(stays.get(row.site_id, ())),
        )
        for row in rows
    ]


def recalled(principal: Principal, programme_id: str) -> sa.Select[Any]:
    """Whom the orders ask back that somebody sees, with what became of each: the state of the placement on that order,
    and the name while it is told.
    """
    recalls = registers["recalls"]
    same = sa.and_(
        operations.c.programme_id == recalls.c.programme_id,
        operations.c.order_id == recalls.c.order_id,
        operations.c.worker_id == recalls.c.worker_id,
        operations_seen(principal),
    )
    joined = recalls.outerjoin(operations, same).outerjoin(persons, persons.c.worker_id == operations.c.worker_id)
    mine = sa.and_(recalls.c.programme_id == programme_id, rows_seen("recalls", principal))
    return sa.select(recalls).select_from(joined).where(mine)


def last_crew(connection: sa.Connection, principal: Principal, programme_id: str) -> list[Row]:
    """Who came home from an employer before, in whatever programme, and isn't asked back in this one yet: pseudonym,
    the last day, and the name while it is told.
    """
    recalls = registers["recalls"].c
    seen = sa.select(recalls.worker_id).where(recalls.programme_id == programme_id, rows_seen("recalls", principal))
    asked = (
        sa.select(
            operations.c.worker_id, sa.func.max(operations.c.end_date).label("until"), sa.func.max(NAME).label("name")
        )
        .select_from(operations.outerjoin(persons, persons.c.worker_id == operations.c.worker_id))
        .where(operations.c.state == HOME, operations_seen(principal), operations.c.worker_id.not_in(seen))
        .group_by(operations.c.worker_id)
        .order_by(sa.desc("until"), operations.c.worker_id)
    )
    return list(connection.execute(asked))


def recall(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, order_id: str, workers: Iterable[str]
) -> int:
    """Ask workers back for an order; how many are new. Raises `InputError` for those who aren't in the programme."""
    return write_register(connection, principal, programme, _table([(order_id, one) for one in workers]))[0]


def call_off(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, pairs: Iterable[tuple[str, str]]
) -> int:
    """Ask workers back no longer, as (order, worker); how many there were."""
    recalls, gone = registers["recalls"], set(pairs)
    mine = sa.and_(recalls.c.programme_id == programme.id, rows_seen("recalls", principal))
    known = [(row.order_id, row.worker_id) for row in connection.execute(sa.select(recalls).where(mine))]
    write_register(connection, principal, programme, _table([pair for pair in known if pair not in gone]), instead=True)
    return sum(pair in gone for pair in known)


def _table(pairs: list[tuple[str, str]]) -> RawTable:
    cells = list(zip(*pairs, strict=True)) or [(), ()]
    columns = {name: pa.array(list(cells[i]), pa.string()) for i, name in enumerate(("order_id", "worker_id"))}
    return RawTable("recalls", "request", columns, len(pairs))
