"""Grant entries of lists: ``grant = { languages = "en:A2", occupations = "9211:12" }``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from engine.arrays import offsets_by_row
from engine.programme.row_edits.kind import Refuse, RowEdit, Rows, Tables
from engine.programme.schema import CEFR_LEVELS, TABLES
from engine.programme.table import Lists
from engine.words import message

LEVELS = {name: level for level, name in enumerate(CEFR_LEVELS, 1)}


def _change(tables: Tables, name: str, rows: Rows, grant: Any, refuse: Refuse) -> Tables:
    """The chosen rows hold further entries in columns of lists, at this level or months at least."""
    table = tables[name]
    columns = dict(table.columns)
    kinds = {column.name: column.kind for column in TABLES[table.name].columns}
    for column_name, text in grant.items() if isinstance(grant, dict) else [("", grant)]:
        column, kind = columns.get(column_name), kinds.get(column_name, "")
        label, _, shown = str(text).partition(":")
        amounts = {"levels": LEVELS.get(shown, 0), "months": int(shown) if shown.isdigit() else 0}
        amount = amounts.get(kind, 0)
        if not isinstance(column, Lists) or bool(amount) == (kind == "labels"):
            refuse(
                f"grant.{column_name}",
                text,
                message("can't be granted"),
                message('languages = "en:A2", occupations = "9211:12" or skills'),
            )
        elif label not in column.names:
            refuse(
                f"grant.{column_name}",
                text,
                message("is known to no row of the programme"),
                message("an entry that a row has or asks for"),
            )
        else:
            columns[column_name] = _granted(column, column.names.index(label), amount, rows)
    return tables | {table.name: replace(table, columns=columns)}


def _granted(column: Lists, code: int, amount: int, rows: Rows) -> Lists:
    """The lists in which the given rows hold ``code`` with ``amount`` at least."""
    owner = column.rows()
    amounts = np.where((column.codes == code) & rows[owner], np.maximum(column.amounts, amount), column.amounts)
    lacking = rows.copy()
    lacking[owner[column.codes == code]] = False
    fresh = np.flatnonzero(lacking)
    owners = np.concatenate([owner, fresh])
    codes = np.concatenate([column.codes, np.full(len(fresh), code)]).astype(np.int32)
    amounts = np.concatenate([amounts, np.full(len(fresh), amount)]).astype(np.int32)
    order = np.argsort(owners, kind="stable")
    offsets = offsets_by_row(owners, len(rows))
    return Lists(offsets, codes[order], amounts[order], column.names)


KIND = RowEdit("grant", 40, _change)
