"""A programme with its workers and orders in another order; every reference follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from engine.programme.programme import Programme
from engine.programme.schema import TABLES
from engine.programme.table import Column, Labels, Lists, Table

Longs = npt.NDArray[np.int64]
_IDS = {"workers": "worker_id", "orders": "order_id"}


@dataclass(frozen=True)
class Drawn:
    """A ``programme`` beside the one ``drawn`` of it, whose rows are ``workers`` and ``orders``, in that order."""

    programme: Programme
    drawn: Programme
    workers: Longs
    orders: Longs


def drawn_order(programme: Programme, seed: int) -> tuple[Programme, Longs, Longs]:
    """The programme in the order that ``seed`` draws by a keyed hash of the ids, and the drawn worker and order rows.

    A run sees this order alone, so that the order of rows in the files can't matter, and ties fall by the seed.
    """
    workers = _by_hash(programme.workers.ids("worker_id"), seed)
    orders = _by_hash(programme.orders.ids("order_id"), seed)
    return _reordered(programme, workers, orders, None), workers, orders


def _by_hash(ids: pa.StringArray, seed: int) -> Longs:
    text = np.asarray(ids.to_numpy(zero_copy_only=False), dtype=object)
    keyed = pd.util.hash_array(text, hash_key=f"{seed & (2**53 - 1):016x}")
    return np.lexsort((text.astype(str), keyed)) if len(np.unique(keyed)) < len(keyed) else np.argsort(keyed)


def drawn_alike(base: Drawn, programme: Programme, seed: int) -> Drawn:
    """`drawn_order` of a programme that was edited from another, which was drawn by the same seed as ``base``: columns
    that no edit touched are shared with what was drawn then.
    """
    same = all(programme[name].ids(key).equals(base.programme[name].ids(key)) for name, key in _IDS.items())
    if not same:
        return Drawn(programme, *drawn_order(programme, seed))
    return Drawn(programme, _reordered(programme, base.workers, base.orders, base), base.workers, base.orders)


def _reordered(programme: Programme, workers: Longs, orders: Longs, known: Drawn | None) -> Programme:
    """The programme with the given rows, in that order; columns that ``known`` has in it already are shared."""
    rows = {"workers": workers, "orders": orders}
    position = {name: _positions(programme[name].size, taken) for name, taken in rows.items()}
    pointing = {
        (name, column.name): position[column.concept]
        for name, schema in TABLES.items()
        for column in schema.columns
        if column.kind == "reference" and column.concept in position
    }

    def moved(name: str, key: str, column: Column) -> Column:
        if known is not None and known.programme[name].columns.get(key) is column:
            return known.drawn[name].columns[key]
        if name in rows:
            column = _take(column, rows[name])
        return pointing[name, key][np.asarray(column)] if (name, key) in pointing else column

    return replace(programme, tables={name: _each(table, moved) for name, table in programme.tables.items()})


def _each(table: Table, moved: Callable[[str, str, Column], Column]) -> Table:
    columns = {key: moved(table.name, key, column) for key, column in table.columns.items()}
    return replace(table, columns=columns)


def _positions(size: int, rows: Longs) -> npt.NDArray[np.int32]:
    """Where each row of a table is among the given ``rows``, -1 where it isn't, and for -1."""
    position = np.full(size + 1, -1, np.int32)
    position[rows] = np.arange(len(rows), dtype=np.int32)
    return position


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
