"""The folder of a sweep: finished points are kept as they come, so that it can go on after an interruption."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.errors import CallError
from engine.planning.branches import Outcome
from engine.planning.measures import MEASURES
from engine.planning.sweep import Sweep
from engine.spreadsheet_text import neutral_table
from engine.words import message

POINTS = "points"
OWN = {POINTS, "sweep.csv", "sweep.csv.part", "sweep.png", "sweep.svg", "sweep.html"}


def folder_of_points(out: Path) -> Path:
    """The folder that keeps the points, made where it isn't there.

    Raises `CallError` for a folder of something else.
    """
    if out.exists() and (not out.is_dir() or any(path.name not in OWN for path in out.iterdir())):
        raise CallError(
            message("{out} exists and is no sweep.", out=out),
            message("Name a new folder, or that of the interrupted sweep."),
        )
    points = out / POINTS
    points.mkdir(parents=True, exist_ok=True)
    return points


def sweep_table(sweep: Sweep, base: Outcome, outcomes: Sequence[Outcome]) -> pa.Table:
    """A row a point: its values, every measure, the difference in placements, the gap, and why it failed if it did."""
    rows = []
    for (values, _), outcome in zip(sweep.points(), outcomes, strict=True):
        row: dict[str, Any] = {axis.name: str(value) for axis, value in zip(sweep.axes, values, strict=True)}
        row |= {name: outcome.totals.get(name) for name in MEASURES}
        placed = outcome.totals.get("placements")
        row["placements_difference"] = None if placed is None else placed - base.totals["placements"]
        rows.append(row | {"bound": outcome.bound, "gap": outcome.gap, "failure": outcome.failure})
    return pa.Table.from_pylist(rows)


def write_sweep(out: Path, sweep: Sweep, base: Outcome, outcomes: Sequence[Outcome], measure: str) -> None:
    """Write sweep.csv and the chart beside the points."""
    from engine.charts.what_ifs import grid
    from engine.charts.what_ifs.files import write_chart

    table = neutral_table(sweep_table(sweep, base, outcomes))
    pa_csv.write_csv(table, out / "sweep.csv.part", pa_csv.WriteOptions())
    (out / "sweep.csv.part").rename(out / "sweep.csv")
    drawn = [(v, o.totals[measure]) for (v, _), o in zip(sweep.points(), outcomes, strict=True) if not o.failure]
    write_chart(grid.draw([axis.name for axis in sweep.axes], drawn, measure), out, "sweep")
