"""A programme with its workers and orders in another order; every reference follows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from engine.programme.programme import Programme
from engine.programme.schema import TABLES
from engine.programme.table import Column, Labels, Lists, Table

Longs = npt.NDArray[np.int64]


def drawn_order(programme: Programme, seed: int) -> tuple[Programme, Longs, Longs]:
    """The programme in the order that ``seed`` draws by a keyed hash of the ids, and the drawn worker and order rows.

    A run sees this order alone, so that the order of rows in the files can't matter, and ties fall by the seed.
    """
    workers = _by_hash(programme.workers.ids("worker_id"), seed)
    orders = _by_hash(programme.orders.ids("order_id"), seed)
    return reordered(programme, workers, orders), workers, orders


def _by_hash(ids: pa.StringArray, seed: int) -> Longs:
    text = np.asarray(ids.to_numpy(zero_copy_only=False), dtype=object)
    keyed = pd.util.hash_array(text, hash_key=f"{seed & (2**53 - 1):016x}")
    return np.lexsort((text.astype(str), keyed)) if len(np.unique(keyed)) < len(keyed) else np.argsort(keyed)


def reordered(programme: Programme, workers: Longs, orders: Longs) -> Programme:
    """The programme whose worker and order rows are the given ones, in that order."""
    tables = dict(programme.tables)
    tables["workers"] = taken_rows(programme.workers, workers)
    tables["orders"] = taken_rows(programme.orders, orders)
    for target, rows in (("workers", workers), ("orders", orders)):
        position = np.full(programme[target].size + 1, -1, np.int32)
        position[rows] = np.arange(len(rows), dtype=np.int32)
        for name, schema in TABLES.items():
            columns = dict(tables[name].columns)
            for column in schema.columns:
                if column.kind == "reference" and column.concept == target:
                    columns[column.name] = position[tables[name].values(column.name)]
            tables[name] = replace(tables[name], columns=columns)
    return replace(programme, tables=tables)


def taken_rows(table: Table, rows: Longs) -> Table:
    """The given rows of a table, in that order."""
    return Table(table.name, len(rows), {name: _take(column, rows) for name, column in table.columns.items()})


def _take(column: Column, rows: Longs) -> Column:
    if isinstance(column, Labels):
        return Labels(column.codes[rows], column.names)
    if isinstance(column, Lists):
        return column.take(rows)
    if isinstance(column, pa.StringArray):
        return column.take(pa.array(rows))
    return column[rows]
