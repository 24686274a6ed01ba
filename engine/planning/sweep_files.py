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
from engine.programme.programme import Programme
from engine.spreadsheet_text import neutral_table
from engine.words import message

POINTS = "points"
OWN = {POINTS, "sweep.csv", "sweep.csv.part", "sweep.png", "sweep.svg", "sweep.narrow.svg", "sweep.html"}


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
    """A row a point: its values, every measure, how objective and placements differ from the base's, the most that any
    plan gains there over the base's, the gap, and why it failed if it did.
    """
    rows = []
    for (values, _), outcome in zip(sweep.points(), outcomes, strict=True):
        row: dict[str, Any] = {axis.name: str(value) for axis, value in zip(sweep.axes, values, strict=True)}
        row |= {name: outcome.totals.get(name) for name in MEASURES}
        for name in ("objective", "placements"):
            there = outcome.totals.get(name)
            row[f"{name}_difference"] = None if there is None else there - base.totals[name]
        row["gain_at_most"] = None if outcome.failure else gain_at_most(base, outcome)
        rows.append(row | {"bound": outcome.bound, "gap": outcome.gap, "failure": outcome.failure})
    return pa.Table.from_pylist(rows)


def gain_at_most(base: Outcome, outcome: Outcome) -> float:
    """The most that any plan of a branch is worth more than the base's own plan."""
    return max(0.0, outcome.bound - base.totals["objective"])


def write_sweep(
    out: Path,
    programme: Programme,
    sweep: Sweep,
    base: Outcome,
    outcomes: Sequence[Outcome],
    language: str,
    measure: str | None = None,
) -> None:
    """Write sweep.csv, and the page with its charts in a language, beside the points; of all measures or of one."""
    from engine.charts.what_ifs.page import write_what_ifs
    from engine.planning.pictures import view_of_sweep

    table = neutral_table(sweep_table(sweep, base, outcomes))
    pa_csv.write_csv(table, out / "sweep.csv.part", pa_csv.WriteOptions())
    (out / "sweep.csv.part").rename(out / "sweep.csv")
    view = view_of_sweep(programme, sweep, base, outcomes, language, measure)
    write_what_ifs(view, out, "sweep", sweep.common.title or message("Sweep: {name}", name=sweep.common.id))
