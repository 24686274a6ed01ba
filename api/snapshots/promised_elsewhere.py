"""Whom a run can't have on an order, since the days are promised outside of what the run reads.

Invariant: a run of any ministry, computed on a quiet state, can be published whole. So whoever is promised on an order
that the run doesn't read is ruled out of every order that meets it, by the audit's own rule (`engine.audit.calendars`):
days that overlap, and too few days between them to travel through home. Of the placements that one may have abroad,
those elsewhere are taken off. A pair that is ruled out says neither where the other promise is nor whose.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import sqlalchemy as sa

from api.storage.operation_states import STAFFED
from api.storage.records import ProgrammeRecord
from api.storage.tables import orders

Pair = tuple[str, str]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]
ONE_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class _Orders:
    """Orders by row: ids, destinations, occupations and days."""

    ids: npt.NDArray[np.object_]
    destination: npt.NDArray[np.object_]
    isco08: npt.NDArray[np.object_]
    first: Days
    last: Days

    @classmethod
    def of(cls, table: pa.Table) -> _Orders:
        text = [np.array(table[name].to_pylist(), object) for name in ("order_id", "destination_country", "isco08")]
        days = [np.array(table[name].to_pylist(), "datetime64[D]") for name in ("start_date", "end_date")]
        return cls(*text, *days)

    def by_month(self) -> _Orders:
        """The same orders from the first day of a month to the last of one."""
        first = self.first.astype("datetime64[M]").astype("datetime64[D]")
        after = (self.last.astype("datetime64[M]").astype(np.int64) + 1).astype("datetime64[M]")
        last = (after.astype("datetime64[D]").astype(np.int64) - 1).astype("datetime64[D]")
        return _Orders(self.ids, self.destination, self.isco08, first, last)


def ruled_out(
    connection: sa.Connection,
    programme: ProgrammeRecord,
    tables: Mapping[str, pa.Table],
    standing: Iterable[Pair],
    by_month: bool,
) -> list[Pair]:
    """The pairs of workers and orders of ``tables`` that can't stand beside what is promised on other orders of the
    programme, by ``standing`` operations or by the register's commitments, as (worker, order).

    With ``by_month`` the days elsewhere are known by whole months, as to whoever reads values that stand for many.
    """
    read, (other, unstaffed) = _Orders.of(tables["orders"]), _others(connection, programme.id, tables["orders"])
    row_of = {order: row for row, order in enumerate(other.ids.tolist())}
    commitments = (tables["commitments"][name].to_pylist() for name in ("worker_id", "order_id"))
    here: dict[str, set[str]] = {}
    elsewhere: dict[str, list[int]] = {}
    for worker, order in {*standing, *(pair for pair in zip(*commitments, strict=True) if pair[1] not in unstaffed)}:
        if order in row_of:
            elsewhere.setdefault(worker, []).append(row_of[order])
        else:
            here.setdefault(worker, set()).add(order)
    if not elsewhere or not len(read.ids):
        return []
    most = tomllib.loads(programme.settings).get("max_placements_per_worker", 1)
    asked = _Asked(read, other.by_month() if by_month else other, _travel_days(tables["corridors"]), int(most))
    return list(asked.pairs(tables["workers"], elsewhere, here))


def _others(connection: sa.Connection, programme_id: str, read: pa.Table) -> tuple[_Orders, set[str]]:
    """The orders of a programme that aren't read, and those of them that take nobody new."""
    columns = (orders.c.order_id, orders.c.destination_country, orders.c.isco08, orders.c.start_date, orders.c.end_date)
    known = set(read["order_id"].to_pylist())
    asked = sa.select(*columns, orders.c.state).where(orders.c.programme_id == programme_id)
    rows = [row for row in connection.execute(asked) if row.order_id not in known]
    table = pa.table({one.name: pa.array([row._mapping[one.name] for row in rows], pa.string()) for one in columns})
    return _Orders.of(table), {row.order_id for row in rows if row.state not in STAFFED}


def _travel_days(corridors: pa.Table) -> dict[Pair, int]:
    columns = ("origin_country", "destination_country", "travel_days")
    rows = zip(*(corridors[name].to_pylist() for name in columns), strict=True)
    return {(origin, destination): int(float(days or 0)) for origin, destination, days in rows}


@dataclass(frozen=True)
class _Asked:
    """What is asked of each worker who is promised elsewhere."""

    read: _Orders
    other: _Orders
    travel_days: Mapping[Pair, int]
    most_abroad: int

    def pairs(
        self, workers: pa.Table, elsewhere: Mapping[str, list[int]], here: Mapping[str, set[str]]
    ) -> Iterator[Pair]:
        of_occupation = {one: self.read.isco08 == one for one in set(self.read.isco08.tolist())}
        columns = (workers[name].to_pylist() for name in ("worker_id", "origin_country", "occupations"))
        for worker, origin, occupations in zip(*columns, strict=True):
            if worker not in elsewhere:
                continue
            known = [code for one in occupations.split(";") if (code := one.partition(":")[0].strip()) in of_occupation]
            able = (
                np.any([of_occupation[code] for code in known], axis=0) if known else np.zeros(len(self.read.ids), bool)
            )
            kept = np.isin(self.read.ids, list(here.get(worker, ())))
            wrong = able & ~kept & ~self._left(able & ~kept, kept, np.array(elsewhere[worker]), origin)
            yield from ((worker, order) for order in self.read.ids[wrong].tolist())

    def _left(self, able: Bools, kept: Bools, promised: npt.NDArray[np.int64], origin: str) -> Bools:
        """Which of the orders that a worker is able to do can stand beside the promises elsewhere, all together."""
        trip, trip_there = self._trips(self.read, origin), self._trips(self.other, origin)[promised]
        between = trip[:, None] + trip_there
        before = self.read.last[:, None] + between * ONE_DAY < self.other.first[promised]
        after = self.other.last[promised] + between * ONE_DAY < self.read.first[:, None]
        left = able & (before | after).all(axis=1)
        abroad = self.read.destination != origin
        used = np.count_nonzero(self.other.destination[promised] != origin) + np.count_nonzero(kept & abroad)
        return (left & ~abroad) | self._at_most(left & abroad, self.most_abroad - int(used))

    def _trips(self, orders: _Orders, origin: str) -> npt.NDArray[np.int64]:
        """Days of travel between home and each order; none for work at home."""
        days = {one: self.travel_days.get((origin, one), 0) for one in set(orders.destination.tolist()) - {origin}}
        return np.array([days.get(one, 0) for one in orders.destination.tolist()], np.int64)

    def _at_most(self, left: Bools, most: int) -> Bools:
        """Orders of which nobody can take more than ``most``: those on so many days, since two on one day overlap. All
        where no more fit one after the other; else those of the days on which most lie.
        """
        first, last = self.read.first, self.read.last
        on_days: list[Bools] = []
        rest = left.copy()
        while rest.any():
            day = last[rest].min()
            on_days.append(left & (first <= day) & (day <= last))
            rest &= first > day
        if len(on_days) <= most:
            return left
        chosen = sorted(on_days, key=lambda one: -int(one.sum()))[: max(0, most)]
        return np.any(chosen, axis=0) if chosen else np.zeros(len(left), bool)
