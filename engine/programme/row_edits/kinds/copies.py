"""Add copies of a share of workers: ``copies = 0.2``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from engine.programme.reorder import taken_rows
from engine.programme.row_edits.kind import Refuse, RowEdit, Rows, Tables, drawn, share_of
from engine.programme.table import Labels
from engine.words import message


def _change(tables: Tables, name: str, rows: Rows, value: Any, refuse: Refuse) -> Tables:
    """A share of the chosen workers, drawn by their ids, is there twice."""
    if name != "workers":
        refuse("copies", name, message("can't be kept in part"), message("workers or orders (copies: workers)"))
        return tables
    return _with_copies(tables, rows & drawn(tables, name, share_of("copies", value, refuse)))


def _with_copies(tables: Tables, copied: Rows) -> Tables:
    """The register with a second worker like each of some, who has no history, household, group or name asked for."""
    workers = tables["workers"]
    rows = np.concatenate([np.arange(workers.size), np.flatnonzero(copied)])
    more = taken_rows(workers, rows)
    ids = more.id_text("worker_id")
    fresh = np.arange(len(rows)) >= workers.size
    columns = dict(more.columns)
    columns["worker_id"] = pa.array([f"{i[:58]}~copy" if new else i for i, new in zip(ids, fresh, strict=True)])
    for name in ("household_id", "travel_group_id"):
        labels = more.labels(name)
        columns[name] = Labels(np.where(fresh, -1, labels.codes).astype(np.int32), labels.names)
    return tables | {"workers": replace(more, columns=columns)}


KIND = RowEdit("copies", 70, _change, lambda value: bool(value == 0), renumbers=True)
