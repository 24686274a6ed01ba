"""Texts that no spreadsheet program takes for a formula, for tables that people alone read.

Files that are read back (programmes, plans) hold their ids as they are. Whatever is made to be opened in a spreadsheet
(comparisons, sweeps, changes, exports) goes through here.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

_BEGINS_FORMULA = re.compile(r"[=+@\t\r-]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)


def neutral(value: Any) -> Any:
    """A cell that no spreadsheet program takes for a formula; a number stays one."""
    if not isinstance(value, str) or not _BEGINS_FORMULA.match(value) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def neutral_table(table: pa.Table) -> pa.Table:
    """A table whose texts, headings included, are all neutral."""
    columns = {
        neutral(name): _neutral_column(column) if pa.types.is_string(column.type) else column
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    return pa.table(columns)


def _neutral_column(column: pa.ChunkedArray) -> pa.Array:
    """Each distinct text is looked at once, however many rows hold it."""
    coded = column.combine_chunks().dictionary_encode()
    return pa.array([neutral(text) for text in coded.dictionary.to_pylist()], pa.string()).take(coded.indices)
