"""The comparison of principles as files: a row a mechanism, a row for each worker who is worse off, and the picture."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from engine.charts import DRAWING_PACKAGES
from engine.planning.principles import COLUMNS, Principles
from engine.spreadsheet_text import neutral_table


def mechanisms_table(compared: Principles) -> pa.Table:
    """A row a mechanism, with the columns of `COLUMNS`."""
    names = [one.mechanism for one in compared.found]
    return pa.table({"mechanism": names} | {name: [one.totals[name] for one in compared.found] for name in COLUMNS})


def worse_off_table(compared: Principles) -> pa.Table:
    """A row for each worker whom a mechanism leaves with less than the former rule would, with both incomes."""
    former, workers = compared.former.income, compared.programme.workers.id_text("worker_id")
    rows = [compared.harmed(one) for one in compared.found]
    return pa.table(
        {
            "mechanism": [one.mechanism for one, own in zip(compared.found, rows, strict=True) for _ in own],
            "worker_id": [str(workers[row]) for own in rows for row in own],
            "income_before": np.concatenate([former[own] for own in rows]).round(2),
            "income": np.concatenate([one.income[own] for one, own in zip(compared.found, rows, strict=True)]).round(2),
        }
    )


def write_principles(folder: Path, compared: Principles, language: str = "en") -> bool:
    """Write ``mechanisms.csv`` and ``worse_off.csv``, and ``principles.png`` and ``.svg`` where the drawing libraries
    are installed; whether they are.
    """
    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(neutral_table(mechanisms_table(compared)), folder / "mechanisms.csv", options)
    pa_csv.write_csv(neutral_table(worse_off_table(compared)), folder / "worse_off.csv", options)
    if any(find_spec(name) is None for name in DRAWING_PACKAGES):
        return False
    from engine.charts.principles.picture import write_picture

    table, currency = mechanisms_table(compared).to_pandas(), compared.programme.settings.currency
    write_picture(folder, table, compared.against, currency, language)
    return True
