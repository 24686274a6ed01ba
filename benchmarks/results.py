"""The files of a measurement: a dated, versioned CSV, and beside it the way of every method to its end."""

from __future__ import annotations

import os
import platform
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from engine.kernel import software_version

FOLDER = Path(__file__).with_name("results")
KEY = ["spec", "severity", "workers", "method"]
COLUMNS = [
    "date", "version", "machine", "spec", "severity", "workers", "pairs", "method", "threads", "limit", "status",
    "wall_s", "solve_s", "peak_mb", "objective", "bound", "gap_own", "gap_best", "to_1pct", "to_0.1pct", "to_0.01pct",
    "placements",
]  # fmt: skip
TRACE_COLUMNS = [*KEY, "seconds", "objective", "bound", "gap_best"]
TRACE = "-trace"


def machine() -> str:
    """How many cores this process may use, and its Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} core{'s' if cores != 1 else ''}, {platform.machine()}, Python {platform.python_version()}"


def provenance() -> dict[str, Any]:
    """What every row says of when, what and where."""
    return {"date": date.today().isoformat(), "version": software_version(), "machine": machine()}


def write_results(rows: list[dict[str, Any]], trace: list[dict[str, Any]], folder: Path) -> Path:
    """Add the rows to the file of this day and version; rows of the same spec, severity, size and method make way."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{date.today().isoformat()}-{software_version()}.csv"
    fresh = pd.DataFrame(rows, columns=COLUMNS)
    _merged(path, fresh, fresh).to_csv(path, index=False, float_format="%.9g")
    beside = trace_path(path)
    _merged(beside, pd.DataFrame(trace, columns=TRACE_COLUMNS), fresh).to_csv(beside, index=False, float_format="%.9g")
    return path


def trace_path(results: Path) -> Path:
    """The file of the ways that belongs to a file of results."""
    return results.with_name(results.stem + TRACE + ".csv")


def newest_results(folder: Path = FOLDER) -> Path:
    """The newest file of results. Raises FileNotFoundError where there is none."""
    found = sorted(path for path in folder.glob("*.csv") if not path.stem.endswith(TRACE))
    if not found:
        raise FileNotFoundError(f"no results in {folder.name}")
    return found[-1]


def _merged(path: Path, frame: pd.DataFrame, measured: pd.DataFrame) -> pd.DataFrame:
    """What is in ``path`` without whatever was measured again, and ``frame``."""
    if not path.is_file():
        return frame
    old = pd.read_csv(path)
    again = pd.MultiIndex.from_frame(old[KEY]).isin(pd.MultiIndex.from_frame(measured[KEY]))
    kept = old[~again]
    return frame if kept.empty else pd.concat([kept, frame], ignore_index=True)
