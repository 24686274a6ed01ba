"""Columns of text typed: references as row numbers, labels and lists as codes of one vocabulary, faults by cell."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.errors import Fault
from engine.programme import cells as cell_readers
from engine.programme.cells import MOST_FAULTS_OF_A_COLUMN, Cells, cells_of
from engine.programme.lookalikes import lookalikes
from engine.programme.raw_table import RawTable
from engine.programme.schema import TABLES, Column, TableSchema
from engine.programme.table import Labels, Lists, Table
from engine.words import message


def typed_tables(raw: Mapping[str, RawTable], report: Any, notice: Any) -> dict[str, Table] | None:
    """Type every column of every table; None where a column or a needed table is missing."""
    read: dict[str, dict[str, Any]] = {}
    sizes: dict[str, int] = {}
    complete = True
    for schema in TABLES.values():
        table = raw.get(schema.name)
        if table is None:
            complete &= not schema.needed
            table = RawTable(schema.name, schema.name, _no_columns(schema), 0)
        for extra in sorted(set(table.columns) - set(schema.column_names)):
            notice(message("{file}: the column {extra} is not read.", file=table.file, extra=extra))
        read[schema.name], whole = _typed_columns(schema, table, report)
        sizes[schema.name] = table.size
        complete &= whole
    _resolve_references(read, {name for name, schema in TABLES.items() if name in raw or not schema.needed})
    if not complete:
        return None
    vocabularies = _vocabularies(read)
    ids = {
        name: read[name][schema.columns[0].name] for name, schema in TABLES.items() if schema.columns[0].kind == "id"
    }
    for alike in lookalikes(ids, vocabularies):
        notice(alike)
    return {name: Table(name, sizes[name], _finished(columns, vocabularies)) for name, columns in read.items()}


def table_faults(table: RawTable, most: int = MOST_FAULTS_OF_A_COLUMN) -> list[Fault]:
    """What is wrong with the cells of one table by itself: of each column ``most`` rows, then the rest as a count.

    Whoever takes the other rows asks for as many as the table has. References to other tables are not looked up.
    """
    faults: list[Fault] = []
    _typed_columns(TABLES[table.name], table, faults.append, most)
    return faults


def column_faults(table: RawTable, name: str) -> list[Fault]:
    """What is wrong with the cells of one column of a table by itself."""
    faults: list[Fault] = []
    column = next(column for column in TABLES[table.name].columns if column.name == name)
    cells = cells_of(table, column, faults.append)
    if cells is not None:
        _typed(column, cells)
    return faults


def _no_columns(schema: TableSchema) -> dict[str, Any]:
    return {column.name: pa.array([], pa.string()) for column in schema.columns}


def _typed_columns(
    schema: TableSchema, table: RawTable, report: Any, most: int = MOST_FAULTS_OF_A_COLUMN
) -> tuple[dict[str, Any], bool]:
    columns: dict[str, Any] = {}
    whole = True
    for column in schema.columns:
        cells = cells_of(table, column, report, most)
        if cells is None:
            whole = False
            continue
        columns[column.name] = _typed(column, cells)
    return columns, whole


def _typed(column: Column, cells: Cells) -> Any:
    match column.kind:
        case "id":
            return cell_readers.read_ids(cells)
        case "text":
            return cells.texts.take(pa.array(cells.code))
        case "number" | "integer" | "share":
            return cell_readers.read_numbers(cells)
        case "date":
            return cell_readers.read_dates(cells)
        case "moment":
            return cell_readers.read_moments(cells)
        case "label":
            return (column.concept, *cell_readers.read_labels(cells))
        case "reference":
            return cells
        case _:
            return (column.concept, *cell_readers.read_entries(cells))


def _vocabularies(read: Mapping[str, Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    names: dict[str, set[str]] = {}
    for columns in read.values():
        for value in columns.values():
            if isinstance(value, tuple):
                names.setdefault(value[0], set()).update(value[-1])
    return {concept: tuple(sorted(found - {""})) for concept, found in names.items()}


def _resolve_references(read: Mapping[str, dict[str, Any]], present: Set[str]) -> None:
    """References become row numbers; those into a table that could not be read are left, for nothing is known of it."""
    for columns in read.values():
        for name, value in columns.items():
            if isinstance(value, Cells):
                target = TABLES[value.column.concept]
                ids = read[target.name].get(target.columns[0].name)
                if ids is None or target.name not in present:
                    continue
                position = pc.index_in(value.texts, value_set=ids)
                rows = np.asarray(pc.fill_null(position, -1)).astype(np.int32)
                unknown = (rows < 0) & ~value.empty()
                value.refuse(
                    unknown,
                    message("is not in {name}", name=target.name),
                    message("an id of {name}", name=target.name),
                    "reference",
                )
                rows[value.empty()] = -1
                columns[name] = rows[value.code]


def _finished(columns: Mapping[str, Any], vocabularies: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    finished: dict[str, Any] = {}
    for name, value in columns.items():
        if not isinstance(value, tuple):
            finished[name] = value
            continue
        names = vocabularies[value[0]]
        position = {label: i for i, label in enumerate(names)}
        mapping = np.array([position.get(label, -1) for label in value[-1]] + [-1], np.int32)
        if len(value) == 3:
            finished[name] = Labels(mapping[value[1]], names)
        else:
            finished[name] = Lists(value[1], mapping[value[2]], value[3], names)
    return finished
