"""Parquet files as text columns, or faults that name the column."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pa_parquet

from engine.errors import Fault
from engine.programme.raw_table import RawTable, Report, header_is_sound, one_chunk
from engine.programme.schema import TABLES
from engine.words import message


def read_parquet(path: Path, name: str, report: Report) -> RawTable | None:
    """Read a Parquet file; numbers, dates and lists become the text that a CSV would hold."""
    try:
        table = pa_parquet.ParquetFile(path).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        report(
            Fault(
                path.name,
                0,
                "",
                "",
                message("can't be read as Parquet ({error})", error=str(error)[:120]),
                message("a Parquet file"),
                "file",
            )
        )
        return None
    if not header_is_sound(table.column_names, path.name, report):
        return None
    columns = {}
    for column_name in table.column_names:
        try:
            columns[column_name] = _as_text(table.column(column_name))
        except _EmptyEntryError:
            expected = message("lists without an empty entry")
            report(Fault(path.name, 0, column_name, "", message("has a list with an empty entry"), expected, "column"))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            if name in TABLES and column_name not in TABLES[name].column_names:
                columns[column_name] = pa.array([""] * table.num_rows, pa.string())
                continue
            kind = str(table.column(column_name).type)
            report(
                Fault(
                    path.name,
                    0,
                    column_name,
                    kind,
                    message("is no type of a table"),
                    message("text, numbers or dates"),
                    "column",
                )
            )
    return RawTable(name, path.name, columns, table.num_rows)


class _EmptyEntryError(Exception):
    """A list holds a null."""


def _as_text(column: pa.ChunkedArray) -> pa.StringArray:
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        lists = column.cast(pa.list_(pa.string()))
        if pc.list_flatten(lists).null_count:
            raise _EmptyEntryError
        column = pc.binary_join(lists, ";")
    if pa.types.is_float16(kind):
        column = column.cast(pa.float32())
    if pa.types.is_timestamp(kind):
        column = pc.strftime(column.cast(pa.timestamp("s", kind.tz), safe=False), format="%Y-%m-%dT%H:%M:%S")
        column = pc.replace_substring(column, "T00:00:00", "")
    if pa.types.is_floating(column.type):
        column = _whole_as_integers(column)
    return one_chunk(pc.fill_null(column.cast(pa.string()), ""))


def _whole_as_integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    finite = pc.and_kleene(pc.is_valid(column), pc.is_finite(pc.fill_null(column, 0.0)))
    column = pc.if_else(pc.fill_null(pc.is_nan(column), False), pa.scalar(None, column.type), column)
    whole = pc.and_kleene(finite, pc.equal(pc.floor(column), column))
    small = pc.fill_null(pc.and_kleene(whole, pc.less(pc.abs(column), 2.0**53)), False)
    integers = pc.if_else(small, column, 0.0).cast(pa.int64()).cast(pa.string())
    return pc.if_else(small, integers, column.cast(pa.string()))
