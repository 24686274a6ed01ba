"""Columns of numbers and dates of chosen rows, set, added to or scaled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.days import day_number
from engine.programme.row_edits.kind import Refuse, Rows, Tables
from engine.programme.schema import TABLES, Column
from engine.words import message

_NUMBERS = ("number", "integer", "share", "date")


def with_columns(change: str, tables: Tables, name: str, rows: Rows, changes: Any, refuse: Refuse) -> Tables:
    """The tables with columns of one changed as ``change`` (set, add, scale) says; crews stay within headcounts."""
    table = tables[name]
    columns = dict(table.columns)
    schema = {column.name: column for column in TABLES[name].columns}
    if not isinstance(changes, dict):
        refuse(change, changes, message("is not a table"), message("{change} = {{ column = number }}", change=change))
        return tables
    for column, amount in changes.items():
        if column not in schema or schema[column].kind not in _NUMBERS:
            numbers = tuple(one.name for one in schema.values() if one.kind in _NUMBERS)
            problem = message("is no column of numbers or dates")
            refuse(f"{change}.{column}", amount, problem, message("one of {names}", names=numbers))
            continue
        old = np.asarray(columns[column])
        new = _changed_column(old, amount, change, schema[column], rows, refuse)
        columns[column] = np.where(rows, new, old).astype(old.dtype)
    if "headcount" in schema:
        columns["min_crew"] = np.minimum(np.asarray(columns["min_crew"]), np.asarray(columns["headcount"]))
    return tables | {name: replace(table, columns=columns)}


def _changed_column(
    old: npt.NDArray[Any], amount: Any, change: str, column: Column, rows: Rows, refuse: Refuse
) -> npt.NDArray[Any]:
    """What a column becomes; whole numbers are rounded to the nearest. A number beyond what may stand there is refused
    where a row of ``rows`` would get it; what is scaled by more than 0 stays at least what may stand there.
    """
    place = f"{change}.{column.name}"
    if column.kind == "date":
        if change == "add" and isinstance(amount, int) and not isinstance(amount, bool):
            return old + amount
        if change == "set" and isinstance(amount, date):
            return np.full_like(old, day_number(amount))
        refuse(place, amount, message("is not right for a date"), message("set to a day, or add whole days"))
        return old
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        refuse(place, amount, message("is not a number"), message("a number"))
        return old
    new = {"set": np.full(len(old), float(amount)), "add": old + float(amount), "scale": old * float(amount)}[change]
    if column.kind == "integer":
        new = np.floor(new + 0.5)
    if change == "set" and not column.least <= float(amount) <= column.most:
        refuse(
            place,
            amount,
            message("is not right"),
            message("a number from {least:g} to {most:g}", least=column.least, most=column.most),
        )
    most = 1.0 if column.kind == "share" else column.most
    below, above = rows & (new < column.least - 1e-9), rows & (new > most + 1e-9)
    if change == "scale" and amount > 0:
        below = np.zeros(len(rows), bool)
    if change != "set" and (below | above).any():
        count = int((below | above).sum())
        problem = message("leaves {count} rows with what may not be there", count=count)
        refuse(place, amount, problem, message("a number from {least:g} to {most:g}", least=column.least, most=most))
    return np.clip(new, column.least, most)
