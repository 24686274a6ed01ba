"""Stays that ended at home, in a programme that the engine reads.

Invariant: such a stay counts once. Its place isn't given again, its start is one of the quota's, and its worker isn't
placed on the same days.

- It stands among the commitments, and a row of ``history`` that tells the same completed days is left out beside it. As
  for every placement of a programme, the worker's class looks at earlier stays alone.
- What today's rules don't admit any more (a passport has ended, the horizon is the next season's) holds its place
  alone: its order has one less, history says what it said, and its worker is ruled out of all orders of those days.
- Of a worker who is in the register no more the place is held likewise.
- The start of a stay that holds its place alone is used up (`api.snapshots.used_up`).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from api.snapshots.fitting import Pair, unfit
from api.snapshots.held_pairs import Row, held_in, read_rows, rewrite, take_places
from api.storage.operation_states import HOME
from api.storage.tables import operations
from engine.errors import InputError
from engine.programme import read_programme
from engine.words import message

TOLD_BY_PLACEMENT = ("", "completed")  # other reasons say more than a placement does
REASON = message("has been through it, or was elsewhere on these days")


@dataclass(frozen=True)
class EndedStays:
    """The stays of a programme that ended at home: (first day, last day) by (worker, order)."""

    days: Mapping[Pair, tuple[str, str]]

    def of(self, held: Collection[Pair]) -> EndedStays:
        """Those among the placements that are held."""
        return EndedStays({pair: days for pair, days in self.days.items() if pair in held})

    def places_without(self, workers: Collection[str]) -> Counter[str]:
        """By order, the places of those who aren't among some workers."""
        return Counter(order for worker, order in self.days if worker not in workers)


def ended_stays(connection: sa.Connection, programme_id: str) -> EndedStays:
    """All stays of a programme that ended at home."""
    columns = operations.c
    asked = sa.select(columns.worker_id, columns.order_id, columns.start_date, columns.end_date)
    rows = connection.execute(asked.where(columns.programme_id == programme_id, columns.state == HOME))
    return EndedStays({(row.worker_id, row.order_id): (row.start_date, row.end_date) for row in rows})


def told_apart(history: pa.Table, stays: EndedStays) -> tuple[pa.Table, pa.Table]:
    """Histories without the rows that tell of stays which stand as placements, and those rows."""
    if not stays.days:
        return history, history.slice(0, 0)
    days: dict[str, list[tuple[str, str]]] = {}
    for (worker, _), both in stays.days.items():
        days.setdefault(worker, []).append(both)
    same = pa.array([_is_told(row, days.get(row["worker_id"], ())) for row in history.to_pylist()], pa.bool_())
    return history.filter(pc.invert(same)), history.filter(same)


def _is_told(row: Mapping[str, str], stays: Sequence[tuple[str, str]]) -> bool:
    overlaps = any(row["start_date"] <= end and begin <= row["end_date"] for begin, end in stays)
    return overlaps and row["exit_reason"] in TOLD_BY_PLACEMENT


def settle_stays(folder: Path, stays: EndedStays, told: pa.Table) -> None:
    """Rewrite a programme's folder in which ended stays are commitments, so that those which the rules don't admit hold
    their places alone; ``told`` are the rows of history that were left out for them.
    """
    if not stays.days:
        return
    try:
        programme = read_programme(folder)
    except InputError:
        return  # whoever reads it next says what is wrong
    held = held_in(programme)
    others = [pair for pair in held if pair not in stays.days]
    home = dict.fromkeys((pair for pair in held if pair in stays.days), 0.0)
    wrong = [(one.worker_id, one.order_id) for one in unfit(programme, others, home, frozenset())]
    if wrong:
        _hold_places_alone(folder, held, {pair: stays.days[pair] for pair in wrong}, told.to_pylist())


def _hold_places_alone(
    folder: Path, held: Collection[Pair], wrong: Mapping[Pair, tuple[str, str]], told: Sequence[Row]
) -> None:
    """Take ``wrong`` of what is held out of the commitments, and the places out of the orders."""
    gone, left = (Counter(order for _, order in pairs) for pairs in (wrong, set(held) - set(wrong)))
    take_places(folder, gone, left)
    orders = read_rows(folder / "orders.csv")
    full = {row["order_id"] for row in orders if row["headcount"] == "0"}
    workers = {worker for worker, _ in wrong}
    _append(folder / "exclusions.csv", _elsewhere(folder, orders, wrong, held))
    _append(folder / "history.csv", [row for row in told if row["worker_id"] in workers])
    rewrite(folder / "commitments.csv", lambda row: None if (row["worker_id"], row["order_id"]) in wrong else row)
    if full:
        for path in sorted(folder.glob("*.csv")):
            rewrite(path, lambda row: None if row.get("order_id") in full else row)


def _elsewhere(
    folder: Path, orders: Sequence[Row], wrong: Mapping[Pair, tuple[str, str]], held: Collection[Pair]
) -> list[Row]:
    """Each worker with the orders that have a day in common with the stay, where it isn't held or excluded."""
    known = {(r["worker_id"], r["order_id"]) for r in read_rows(folder / "exclusions.csv")}
    known |= set(held) - set(wrong)
    pairs = {
        (worker, order["order_id"])
        for (worker, _), (begin, end) in wrong.items()
        for order in orders
        if order["start_date"] <= end and begin <= order["end_date"]
    }
    return [{"worker_id": worker, "order_id": order, "reason": REASON} for worker, order in sorted(pairs - known)]


def _append(path: Path, rows: Sequence[Row]) -> None:
    """Add rows to a table, which may not be there yet."""
    if not rows:
        return
    before = read_rows(path)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*before, *rows])
