"""Many rows written in one statement: the database reads them from one text by itself.

Row by row they would take the turns of a process's threads, and the time of everybody who waits for the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from api.storage.database import is_postgresql


@dataclass(frozen=True)
class ManyRows:
    """Rows as a text (a JSON list of objects); ``names`` are what the text calls the cell of each column."""

    names: Mapping[str, str]
    text: str
    count: int

    @classmethod
    def of(cls, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> ManyRows:
        """Rows of so many columns, in their order."""
        told = [dict(zip(columns, row, strict=True)) for row in rows]
        return cls({name: name for name in columns}, json.dumps(told, ensure_ascii=False), len(told))

    def renamed(self, **names: str) -> ManyRows:
        """The same rows with some of their cells alone, by other columns' names."""
        return replace(self, names=names)


def insert_many(connection: sa.Connection, table: sa.Table, rows: ManyRows, **common: Any) -> None:
    """Insert rows in their order, with the cells that are ``common`` to all of them."""
    if not rows.count:
        return
    own = _columns(connection, table, rows)
    values = [sa.literal(value, table.c[name].type).label(name) for name, value in common.items()]
    connection.execute(table.insert().from_select([*rows.names, *common], sa.select(*own, *values)))


def _columns(connection: sa.Connection, table: sa.Table, rows: ManyRows) -> list[sa.ColumnElement[Any]]:
    """The cells of a text as a statement selects them."""
    text = sa.literal(rows.text, sa.Text)
    if is_postgresql(connection):
        typed = [sa.column(told, table.c[name].type) for name, told in rows.names.items()]
        read = sa.func.json_to_recordset(sa.cast(text, postgresql.JSON)).table_valued(*typed)
        named = read.render_derived(name="told", with_types=True)
        return [named.c[told] for told in rows.names.values()]
    one = sa.func.json_each(text).table_valued("value", name="told")
    return [sa.func.json_extract(one.c.value, f'$."{told}"') for told in rows.names.values()]
