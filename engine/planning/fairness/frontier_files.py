"""The equity frontier as files and as a report for people: steps, groups of each step, the plans, and the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.charts import DRAWING_PACKAGES
from engine.planning.fairness.frontier import GIVEN_UP, Frontier, Point, every_measure
from engine.planning.fairness.selection import Selected
from engine.planning.fairness.told import Cell, Told, ToldTable, count, group_cells, headings, ratio, share
from engine.spreadsheet_text import neutral_table
from engine.words import message

COLUMNS = (
    *("equity", "step", "asked", "limit", "status", "objective", "bound", "gap"),
    *("workers", "placements", "paid_weeks", "net_income"),
    *(f"{name}_given_up" for name in GIVEN_UP),
    *("objective_given_up_at_least", "objective_given_up_at_most"),
)
STEPS = headings(
    (),
    (
        *(message("Asked"), message("Reached"), message("People"), message("Placements"), message("Paid weeks")),
        *(message("Net income"), message("Value"), message("Given up at least"), message("Given up at most")),
        message("Certified gap"),
    ),
)
RATES = headings(
    (message("By"), message("Group")),
    (message("Registered"), message("Admitted"), message("Placed"), message("Placed of those admitted")),
)
NOTES = (
    message("The first row is the best plan. Every plan has passed the audit, and its bound is proved."),
    message("Rates of women and men are reported and never optimised."),
)
OPTIONS = pa_csv.WriteOptions(quoting_style="needed")


def frontier_told(frontier: Frontier, with_groups: bool = True) -> Told:
    """A table a measure with a row a step; with groups, the rates of each under the best plan and the last step's."""
    about = message("What each step from the best plan towards equity between regions or households gives up.")
    tables = []
    for name, points in frontier.points.items():
        tables.append(ToldTable(frontier.titles[name], STEPS, [_cells(points[0], point) for point in points]))
        if with_groups and len(points) > 1:
            title = message("Groups under the last step: {measure}", measure=frontier.titles[name])
            tables.append(ToldTable(title, RATES, [_group_cells(one) for one in points[-1].groups]))
    return Told(about, tables, NOTES)


def _cells(best: Point, point: Point) -> tuple[Cell, ...]:
    row, totals = _row(best, point), point.totals
    counts = (count(totals[name]) for name in ("workers", "placements", "paid_weeks", "net_income"))
    lost = (ratio(float(row[f"objective_given_up_{way}"])) for way in ("at_least", "at_most"))
    gap = message("{n:.3%}", n=point.gap)
    return (share(point.asked), share(totals[point.equity]), *counts, ratio(totals["objective"]), *lost, gap)


def _group_cells(one: Selected) -> tuple[Cell, ...]:
    counts = count(one.registered), count(one.admitted), count(one.placed)
    rate = one.placed / one.admitted if one.admitted else float("nan")
    return (*group_cells(one.key, one.group), *counts, share(rate))


def frontier_table(frontier: Frontier) -> pa.Table:
    """A row a step: `COLUMNS`, then the plan by every measure of equity."""
    rows = [_row(points[0], point) for points in frontier.points.values() for point in points]
    return _table(rows, (*COLUMNS, *every_measure()))


def _table(rows: Sequence[Mapping[str, str | float]], columns: Sequence[str]) -> pa.Table:
    """Rows as a table; what a row doesn't have (NaN) is an empty cell."""
    return pa.table({name: [None if row[name] != row[name] else row[name] for row in rows] for name in columns})


def _row(best: Point, point: Point) -> Mapping[str, str | float]:
    totals = point.totals
    lost = best.totals["objective"] - point.bound
    return {
        "equity": point.equity,
        "step": point.number,
        "asked": point.asked,
        "limit": point.limit,
        "status": point.status,
        "bound": point.bound,
        "gap": point.gap,
        **{name: totals[name] for name in (*GIVEN_UP, *every_measure())},
        **{f"{name}_given_up": best.totals[name] - totals[name] for name in GIVEN_UP},
        "objective_given_up_at_least": max(0.0, lost),
        "objective_given_up_at_most": best.bound - totals["objective"],
    }


def groups_table(frontier: Frontier) -> pa.Table:
    """A row for each group of each step: equity, step, key, group, registered, admitted, placed, rate."""
    names = ("equity", "step", "key", "group", "registered", "admitted", "placed", "rate")
    return _table(list(_groups(frontier)), names)


def _groups(frontier: Frontier) -> Iterator[dict[str, str | float]]:
    for points in frontier.points.values():
        for point in points:
            for one in point.groups:
                rate = one.placed / one.admitted if one.admitted else float("nan")
                yield {"equity": point.equity, "step": point.number, **asdict(one), "rate": rate}


def write_frontier(folder: Path, frontier: Frontier, language: str = "en") -> bool:
    """Write ``frontier.csv``, ``groups.csv``, the placements of every step and, where the drawing libraries are
    installed, ``frontier.png`` and ``.svg``; whether they are.
    """
    table = frontier_table(frontier)
    pa_csv.write_csv(neutral_table(table), folder / "frontier.csv", OPTIONS)
    pa_csv.write_csv(neutral_table(groups_table(frontier)), folder / "groups.csv", OPTIONS)
    (folder / "plans").mkdir()
    for points in frontier.points.values():
        for point in points:
            _write_plan(folder / "plans" / f"{point.equity}-{point.number}.csv", frontier, point)
    if any(find_spec(name) is None for name in DRAWING_PACKAGES):
        return False
    from engine.charts.fairness.frontier import write_picture

    write_picture(folder, table.to_pandas(), frontier.titles, frontier.programme.settings.currency, language)
    return True


def _write_plan(path: Path, frontier: Frontier, point: Point) -> None:
    """The placements of a step, as `vaiven check` reads them."""
    workers = frontier.programme.workers.id_text("worker_id")[point.worker]
    orders = frontier.programme.orders.id_text("order_id")[point.order]
    placements = pa.table({"worker_id": workers.astype(str), "order_id": orders.astype(str)})
    pa_csv.write_csv(neutral_table(placements), path, OPTIONS)
