"""A read programme as plain values, so that two readings can be held against each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pyarrow as pa

from engine.programme import Programme
from engine.programme.schema import TABLES
from engine.programme.table import Labels, Lists

Columns = dict[str, list[Any]]


def plain_tables(programme: Programme) -> dict[str, Columns]:
    """Every table by column: texts, numbers (None where there is none), day numbers, lists of (label, amount)."""
    return {name: plain_columns(programme, name) for name in TABLES}


def plain_columns(programme: Programme, name: str) -> Columns:
    """One table by column; a reference is the id of the row that it points to."""
    return {column.name: _plain(programme, name, column.name, column.kind) for column in TABLES[name].columns}


def _plain(programme: Programme, table: str, name: str, kind: str) -> list[Any]:
    column = programme[table].columns[name]
    if isinstance(column, Labels):
        return list(column.text())
    if isinstance(column, Lists):
        ends = zip(column.offsets[:-1], column.offsets[1:], strict=True)
        entries = [(column.names[code], int(amount)) for code, amount in zip(column.codes, column.amounts, strict=True)]
        return [entries[first:last] for first, last in ends]
    if isinstance(column, pa.StringArray):
        return list(column.to_pylist())
    if kind == "reference":
        return _ids(programme, table, name, column)
    return [_plain_number(value) for value in column.tolist()]


def _ids(programme: Programme, table: str, name: str, rows: np.ndarray[Any, Any]) -> list[Any]:
    concept = next(column.concept for column in TABLES[table].columns if column.name == name)
    ids = programme[concept].ids(TABLES[concept].columns[0].name).to_pylist()
    return [ids[row] if row >= 0 else "" for row in rows]


def _plain_number(value: float) -> float | None:
    return None if isinstance(value, float) and math.isnan(value) else value


def row_set(columns: Columns) -> list[str]:
    """The rows in an order that does not depend on the file's."""
    return sorted(repr(row) for row in zip(*columns.values(), strict=True))
