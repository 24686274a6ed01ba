"""Which rows of a table an edit means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from engine.days import day_number
from engine.programme.row_edits.kind import Refuse, Rows
from engine.programme.schema import TABLES
from engine.programme.table import Labels, Lists, Table
from engine.words import message

PREFIXES = ("sector", "isco08")


def matching_rows(
    where: Any, tables: Mapping[str, Table], name: str, refuse: Refuse, allow_empty: bool = False
) -> Rows:
    """Which rows hold, in every column that ``where`` names, one of the values given there.

    Sectors and occupations match by prefix, lists by any entry; ``start_between`` looks at the start date. An id that
    isn't there is refused always, a code that no row has unless ``allow_empty``: a season may lack it.
    """
    table, found = tables[name], np.ones(tables[name].size, bool)
    if not isinstance(where, dict):
        refuse("where", where, message("is not a where"), message('a table such as {{ sector = "A01" }}'))
        return found
    for key, value in where.items():
        wanted = value if isinstance(value, list) else [value]
        if key == "start_between" and "start_date" in table.columns:
            found &= _between(table, wanted, refuse)
        elif key not in table.columns:
            refuse(
                f"where.{key}",
                value,
                message("is no column of {name}", name=name),
                message("one of {names}", names=tuple(table.columns)),
            )
        elif not all(isinstance(one, str) for one in wanted):
            refuse(f"where.{key}", value, message("is not right"), message("a text or a list of texts"))
        else:
            for one in wanted:
                _refuse_unknown(table, key, one, tables, refuse, allow_empty)
            found &= _holds(table, key, wanted, tables)
    return found


def _refuse_unknown(
    table: Table, key: str, wanted: str, tables: Mapping[str, Table], refuse: Refuse, allow_empty: bool
) -> None:
    """Refuse a value that nothing of the programme has, and a column by which rows can't be chosen."""
    column, schema = table.columns[key], next(c for c in TABLES[table.name].columns if c.name == key)
    if isinstance(column, Labels | Lists):
        known = any(name.startswith(wanted) if key in PREFIXES else name == wanted for name in column.names)
        if not known and not allow_empty:
            expected = message("a code that a row has, or allow_empty = true where none may have it")
            refuse(f"where.{key}", wanted, message("is known to no row of {name}", name=table.name), expected)
    elif schema.kind == "reference":
        target = schema.concept
        if wanted not in tables[target].id_text(TABLES[target].columns[0].name):
            refuse(
                f"where.{key}",
                wanted,
                message("is not in {table}", table=target),
                message("an id of {table}", table=target),
            )
    elif not isinstance(column, pa.StringArray):
        expected = message("a column of ids, codes or lists, or start_between")
        refuse(f"where.{key}", wanted, message("can't be chosen by"), expected)
    elif wanted not in table.id_text(key):
        refuse(
            f"where.{key}",
            wanted,
            message("is not in {table}", table=table.name),
            message("an id of {table}", table=table.name),
        )


def _between(table: Table, wanted: list[Any], refuse: Refuse) -> Rows:
    if len(wanted) != 2 or not all(isinstance(day, date) for day in wanted):
        refuse("where.start_between", wanted, message("is not right"), message("two days"))
        return np.ones(table.size, bool)
    first, last = (day_number(day) for day in wanted)
    starts = table.values("start_date")
    return (starts >= first) & (starts <= last)


def _holds(table: Table, key: str, wanted: list[str], tables: Mapping[str, Table]) -> Rows:
    column = table.columns[key]
    if isinstance(column, Labels | Lists):
        right = [any(n.startswith(w) if key in PREFIXES else n == w for w in wanted) for n in column.names]
        known = np.array([*right, False])
        if isinstance(column, Labels):
            return np.asarray(known[column.codes])
        return np.bincount(column.rows(), known[column.codes], table.size) > 0
    schema = next(c for c in TABLES[table.name].columns if c.name == key)
    if schema.kind == "reference":
        target = tables[schema.concept]
        rows = np.isin(target.id_text(TABLES[schema.concept].columns[0].name), wanted)
        return np.asarray(np.append(rows, False)[table.values(key)])
    if isinstance(column, pa.StringArray):
        return np.isin(table.id_text(key), wanted)
    return np.zeros(table.size, bool)
