"""What a run knows so far, written where a later run can begin from it (``Options.warm``)."""

from __future__ import annotations

from pathlib import Path

import pyarrow.csv as pa_csv

from engine.atomic import written_aside
from engine.plan.plan_files import placements_table, prices_table
from engine.problem.column_rows import use_of
from engine.solve.result import Checkpoint


def write_checkpoint(checkpoint: Checkpoint, folder: Path) -> None:
    """Write placements.csv and prices.csv; the folder appears whole or not at all."""
    problem, columns = checkpoint.problem, checkpoint.columns
    use = use_of(problem.offers, problem.limits, columns)
    options = pa_csv.WriteOptions(quoting_style="needed")
    with written_aside(folder) as target:
        placed = placements_table(problem.programme, *problem.offers.placements(columns))
        pa_csv.write_csv(placed, target / "placements.csv", options)
        pa_csv.write_csv(prices_table(problem, use, checkpoint.prices, checkpoint.crew), target / "prices.csv", options)
