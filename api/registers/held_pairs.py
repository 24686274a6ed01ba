"""Promises that can't be kept as planners read them.

Who was accepted by exact values may be refused by values that stand for many, and one such promise would make every run
of a planner fail. Those workers are left out of what planners read, and the places that they hold with them. Whom this
meets follows from what planners are told alone.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from engine.audit.placement_table import PlacementTable
from engine.errors import InputError
from engine.planning.explain.reading import refusals
from engine.programme import Programme, read_programme

Row = dict[str, str]


def leave_out_refused(folder: Path) -> None:
    """Rewrite a programme's folder without the workers whose promises its rules refuse, and without their places."""
    try:
        programme = read_programme(folder)
    except InputError:
        return  # whoever reads it next says what is wrong
    gone, held = _refused(programme)
    if not gone:
        return
    empty = set()
    for path in sorted(folder.glob("*.csv"), key=lambda one: one.stem != "orders"):
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            titles, rows = list(reader.fieldnames or ()), list(reader)
        if path.stem == "orders":
            rows = [_with_fewer_places(row, held[row["order_id"]]) for row in rows]
            empty = {row["order_id"] for row in rows if int(row["headcount"]) < 1}
        kept = [row for row in rows if row.get("worker_id") not in gone and row.get("order_id") not in empty]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, titles, lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)


def _refused(programme: Programme) -> tuple[set[str], Counter[str]]:
    """The workers with a promise that is refused, and how many places they hold on each order."""
    promises = programme.tables["commitments"]
    worker, order = (promises.values(name).astype(np.int64) for name in ("worker_id", "order_id"))
    broken = np.zeros(len(worker), bool)
    for _, wrong in refusals(PlacementTable(programme, worker, order)):
        broken |= wrong
    left = np.isin(worker, worker[broken])
    names, orders = programme.workers.id_text("worker_id"), programme.orders.id_text("order_id")
    return {str(names[row]) for row in worker[left]}, Counter(str(orders[row]) for row in order[left])


def _with_fewer_places(row: Row, held: int) -> Row:
    places = int(float(row["headcount"])) - held
    crew = min(int(float(row["min_crew"] or 1)), max(places, 1))
    return row | {"headcount": str(places), "min_crew": str(crew)} if held else row
