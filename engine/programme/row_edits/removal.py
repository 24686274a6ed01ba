"""Tables without some orders or workers, and without what hangs on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.programme.reorder import taken_rows
from engine.programme.row_edits.kind import Rows
from engine.programme.schema import TABLES
from engine.programme.table import Table


def without_orders(tables: dict[str, Table], gone: Rows) -> dict[str, Table]:
    """Orders that ask for nobody any more; what was agreed on them is void."""
    orders = tables["orders"]
    columns = dict(orders.columns)
    for name, least in (("headcount", 0), ("min_crew", 1)):
        old = np.asarray(columns[name])
        columns[name] = np.where(gone, least, old).astype(old.dtype)
    kept = np.flatnonzero(~gone[tables["commitments"].values("order_id")])
    commitments = taken_rows(tables["commitments"], kept)
    return tables | {"orders": replace(orders, columns=columns), "commitments": commitments}


def without_workers(tables: dict[str, Table], gone: Rows) -> dict[str, Table]:
    """The register without some workers, and the other tables without their rows."""
    position = np.where(gone, -1, np.cumsum(~gone) - 1).astype(np.int32)
    left = {"workers": taken_rows(tables["workers"], np.flatnonzero(~gone))}
    for name, schema in TABLES.items():
        for column in schema.columns:
            if column.kind == "reference" and column.concept == "workers":
                rows = np.flatnonzero(~gone[tables[name].values(column.name)])
                table = taken_rows(tables[name], rows)
                moved = position[table.values(column.name)]
                left[name] = replace(table, columns={**table.columns, column.name: moved})
    return tables | left
