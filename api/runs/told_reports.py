"""Reports on fairness as results of runs: tables of data as files, what is told of them in the manifest."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv

from api.runs.job import as_kept
from engine.planning.fairness.told import Told
from engine.spreadsheet_text import neutral_table


def told_files(tables: Mapping[str, pa.Table]) -> dict[str, bytes]:
    """Tables as CSV files by their names."""
    options = pa_csv.WriteOptions(quoting_style="needed")
    found = {}
    for name, table in tables.items():
        target = io.BytesIO()
        pa_csv.write_csv(neutral_table(table), target, options)
        found[f"{name}.csv"] = target.getvalue()
    return found


def told_manifest(told: Told) -> dict[str, Any]:
    """The report, worded for whoever reads the run."""
    return {"told": as_kept(asdict(told))}
