"""A programme from DataFrames and dicts, and its tables as DataFrames; the same validation as for a folder."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from engine.days import NO_DATE, OPEN_END, OPEN_START
from engine.errors import CallError
from engine.programme.cells import NO_MOMENT
from engine.programme.programme import Programme
from engine.programme.read import read_programme
from engine.programme.schema import CEFR_LEVELS, TABLES, Column
from engine.programme.table import Labels, Lists
from engine.programme.write import write_programme
from engine.words import message

_OPEN = (NO_DATE, OPEN_START, OPEN_END)


def programme_from_frames(
    settings: Mapping[str, Any], agreements: Sequence[Mapping[str, Any]], tables: Mapping[str, pd.DataFrame]
) -> Programme:
    """Read a programme out of memory: ``settings`` as in programme.toml, ``agreements`` as in their files, ``tables``
    by name with the format's columns.

    Tables that a programme needs and that are absent are taken as empty. Raises `CallError` for a table that isn't
    known, and `InputError` with every fault, each with the row as if the table stood in a file.
    """
    absent = {name: empty_frame(name) for name, schema in TABLES.items() if schema.needed and name not in tables}
    with tempfile.TemporaryDirectory(prefix="vaiven-") as place:
        folder = Path(place, "programme")
        write_programme(folder, settings, agreements, {**absent, **tables})
        return read_programme(folder)


def empty_frame(name: str) -> pd.DataFrame:
    """A table of the format without rows: every column, as text."""
    return pd.DataFrame({column.name: pd.Series([], dtype="str") for column in TABLES[name].columns})


def frame_of(programme: Programme, name: str) -> pd.DataFrame:
    """A table of a programme as a DataFrame with the format's columns, a row a record in the order of the file.

    Dates and moments are datetime64 (NaT where empty or open), numbers float64 (NaN where empty), everything else text
    as in a file. Raises `CallError` for a table that isn't known.
    """
    if name not in TABLES:
        raise CallError(
            message("There is no table {name}.", name=repr(name)), message("Use one of {names}.", names=tuple(TABLES))
        )
    return pd.DataFrame({column.name: _cells(programme, name, column) for column in TABLES[name].columns})


def _cells(programme: Programme, name: str, column: Column) -> Any:
    cells = programme[name].columns[column.name]
    if isinstance(cells, Labels):
        return cells.text()
    if isinstance(cells, Lists):
        return _list_texts(cells, column.kind)
    if isinstance(cells, pa.Array):
        return programme[name].id_text(column.name)
    if column.kind == "reference":
        return _referred(programme, column, cells)
    if column.kind == "date":
        return np.where(np.isin(cells, _OPEN), np.datetime64("NaT"), cells.astype(np.int64).astype("datetime64[D]"))
    if column.kind == "moment":
        return np.where(cells == NO_MOMENT, np.datetime64("NaT"), cells.astype("datetime64[s]"))
    return cells


def _referred(programme: Programme, column: Column, rows: Any) -> Any:
    """The ids that rows of another table have, the empty text for none."""
    ids = programme[column.concept].id_text(TABLES[column.concept].columns[0].name)
    return np.append(ids, "")[rows]


def _list_texts(cells: Lists, kind: str) -> list[str]:
    names = np.array(cells.names, dtype=object)[cells.codes].tolist() if len(cells.codes) else []
    if kind == "months":
        names = [f"{name}:{months}" for name, months in zip(names, cells.amounts.tolist(), strict=True)]
    elif kind == "levels":
        names = [f"{name}:{CEFR_LEVELS[level - 1]}" for name, level in zip(names, cells.amounts.tolist(), strict=True)]
    ends = cells.offsets.tolist()
    return [";".join(names[first:last]) for first, last in pairwise(ends)]


def as_html(programme: Programme) -> str:
    """A programme for a notebook: its title, the size of each table, its agreements and clauses."""
    sizes = {name: table.size for name, table in programme.tables.items() if table.size}
    sizes |= {"agreements": len(programme.agreements), "clauses": len(programme.all_clauses())}
    title = html.escape(programme.settings.title or programme.settings.id)
    return f"<strong>{title}</strong>" + pd.Series(sizes, name="rows").to_frame().to_html()
