"""Tables of a programme: read from the database as columns of text, written as the engine reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa

from engine.programme.schema import TABLES

AT_A_TIME = 500  # rows turned into columns in one step, within which no other thread of the process can answer


def write_tables(tables: Mapping[str, pa.Table], folder: Path) -> None:
    """Write tables without the rows that name a worker or an order which isn't among them."""
    known = {name: set(tables[f"{name[:-3]}s"][name].to_pylist()) for name in ("worker_id", "order_id")}
    for name, table in tables.items():
        if name not in ("workers", "orders"):
            table = _with_known(table, known)
        if table.num_rows or TABLES[name].needed:
            write_table(table, folder / f"{name}.csv")


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as a file of CSV."""
    pa_csv.write_csv(table, path, pa_csv.WriteOptions(quoting_style="needed"))


def rows_of(connection: sa.Connection, table: sa.Table, name: str, programme_id: str) -> pa.Table:
    """All rows of a programme in a table of the format, read a few at a time."""
    columns = TABLES[name].column_names
    asked = sa.select(*(table.c[column] for column in columns)).where(table.c.programme_id == programme_id)
    found = connection.execute(asked).partitions(AT_A_TIME)
    return pa.concat_tables([table_of(columns, ()), *(table_of(columns, rows) for rows in found)]).combine_chunks()


def table_of(columns: Sequence[str], rows: Sequence[Any]) -> pa.Table:
    """Rows of text cells as a table with these columns."""
    cells = list(zip(*rows, strict=True)) or [()] * len(columns)
    return pa.table({name: pa.array(cells[i], pa.string()) for i, name in enumerate(columns)})


def _with_known(table: pa.Table, known: dict[str, set[str]]) -> pa.Table:
    """Without the rows that name a worker or an order which this run doesn't read."""
    for column, ids in known.items():
        if column in table.column_names:
            cells = table[column].to_pylist()
            table = table.filter(pa.array([not cell or cell in ids for cell in cells], pa.bool_()))
    return table
