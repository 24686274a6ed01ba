"""Edits of rows: demand scaled, shifted or cancelled, supply changed, what corridors cost; for all rows that match."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from engine.arrays import offsets_by_row
from engine.days import day_number
from engine.programme.reorder import taken_rows
from engine.programme.schema import CEFR_LEVELS, TABLES, Column
from engine.programme.table import Labels, Lists, Table
from engine.words import message

Rows = npt.NDArray[np.bool_]
Refuse = Callable[[str, Any, str, str], None]
_KEYS = ("table", "where", "set", "add", "scale", "grant", "cancel", "keep", "copies", "allow_empty", "source", "note")
_NUMBERS = ("number", "integer", "share", "date")
PREFIXES = ("sector", "isco08")
LEVELS = {name: level for level, name in enumerate(CEFR_LEVELS, 1)}


def edit_rows(entry: Mapping[str, Any], tables: dict[str, Table], refuse: Refuse) -> dict[str, Table]:
    """The tables with one edit made: ``set``, ``add`` (days, for a date) or ``scale`` columns, ``cancel`` orders,
    ``keep`` a share of workers or orders, add ``copies`` of a share of workers, or ``grant`` entries of lists, as
    ``grant = { languages = "en:A2", occupations = "9211:12" }``, of the rows that match ``where``.
    """
    name = entry["table"]
    if name not in tables:
        refuse("table", name, message("is no table of a programme"), message("one of {names}", names=tuple(tables)))
        return tables
    for key in sorted(set(entry) - set(_KEYS)):
        refuse(key, entry[key], message("does not belong in this edit"), message("one of {names}", names=tuple(_KEYS)))
    allow_empty = entry.get("allow_empty") is True
    rows = matching_rows(entry.get("where", {}), tables, name, refuse, allow_empty)
    if not rows.any() and not allow_empty:
        expected = message("rows that match, or allow_empty = true where there may be none")
        refuse("where", name, message("touches no row"), expected)
    if not any(key in entry for key in ("set", "add", "scale", "grant", "cancel", "keep", "copies")):
        refuse("table", name, message("is not changed"), message("set, add, scale, grant, cancel, keep or copies"))
    table = _with_columns(entry, tables[name], rows, refuse)
    changed = tables | {name: _with_entries(entry.get("grant", {}), table, rows, refuse)}
    if "cancel" in entry or ("keep" in entry and name == "orders"):
        if name != "orders":
            refuse("cancel", entry.get("cancel"), message("is for orders"), message('table = "orders"'))
            return tables
        gone = rows if "cancel" in entry else rows & ~_drawn(tables, name, _share(entry, "keep", refuse))
        return without_orders(changed, gone)
    if "keep" in entry or "copies" in entry:
        if name != "workers":
            refuse("keep", name, message("can't be kept in part"), message("workers or orders (copies: workers)"))
            return tables
        if "keep" in entry:
            return without_workers(changed, rows & ~_drawn(tables, name, _share(entry, "keep", refuse)))
        return _with_copies(changed, rows & _drawn(tables, name, _share(entry, "copies", refuse)))
    return changed


def _share(entry: Mapping[str, Any], key: str, refuse: Refuse) -> float:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 <= value <= 1:
        refuse(key, value, message("is not a share"), message("a number from 0 to 1"))
        return 1.0
    return float(value)


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


def _with_columns(entry: Mapping[str, Any], table: Table, rows: Rows, refuse: Refuse) -> Table:
    columns = dict(table.columns)
    schema = {column.name: column for column in TABLES[table.name].columns}
    for change in ("set", "add", "scale"):
        changes = entry.get(change, {})
        if not isinstance(changes, dict):
            refuse(
                change, changes, message("is not a table"), message("{change} = {{ column = number }}", change=change)
            )
            continue
        for name, amount in changes.items():
            if name not in schema or schema[name].kind not in _NUMBERS:
                numbers = [c.name for c in schema.values() if c.kind in _NUMBERS]
                refuse(
                    f"{change}.{name}",
                    amount,
                    message("is no column of numbers or dates"),
                    message("one of {names}", names=tuple(numbers)),
                )
                continue
            old = np.asarray(columns[name])
            new = _changed(old, amount, change, schema[name], rows, refuse)
            columns[name] = np.where(rows, new, old).astype(old.dtype)
    if "headcount" in schema:
        columns["min_crew"] = np.minimum(np.asarray(columns["min_crew"]), np.asarray(columns["headcount"]))
        late = rows & (np.asarray(columns["end_date"]) < np.asarray(columns["start_date"]))
        if late.any():
            refuse(
                "end_date",
                int(late.sum()),
                message("orders would end before they start"),
                message("dates in their order"),
            )
    return replace(table, columns=columns)


def _with_entries(grant: Any, table: Table, rows: Rows, refuse: Refuse) -> Table:
    """The table whose matching rows hold further entries in columns of lists, at this level or months at least."""
    columns = dict(table.columns)
    kinds = {column.name: column.kind for column in TABLES[table.name].columns}
    for name, text in grant.items() if isinstance(grant, dict) else [("", grant)]:
        column, kind = columns.get(name), kinds.get(name, "")
        label, _, shown = str(text).partition(":")
        amounts = {"levels": LEVELS.get(shown, 0), "months": int(shown) if shown.isdigit() else 0}
        amount = amounts.get(kind, 0)
        if not isinstance(column, Lists) or bool(amount) == (kind == "labels"):
            refuse(
                f"grant.{name}",
                text,
                message("can't be granted"),
                message('languages = "en:A2", occupations = "9211:12" or skills'),
            )
        elif label not in column.names:
            refuse(
                f"grant.{name}",
                text,
                message("is known to no row of the programme"),
                message("an entry that a row has or asks for"),
            )
        else:
            columns[name] = _granted(column, column.names.index(label), amount, rows)
    return replace(table, columns=columns)


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


def _changed(
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


def _drawn(tables: Mapping[str, Table], name: str, share: float) -> Rows:
    """A share of the rows, drawn by a hash of their ids: the same ones whatever else changes, and a larger share holds
    a smaller one.
    """
    keyed = pd.util.hash_array(tables[name].id_text(TABLES[name].columns[0].name), hash_key="what-if of a row")
    return keyed < share * 2.0**64


def without_orders(tables: dict[str, Table], gone: Rows) -> dict[str, Table]:
    """Orders that ask for nobody any more; what was agreed on them is void."""
    orders = tables["orders"]
    columns = dict(orders.columns)
    for name, least in (("headcount", 0), ("min_crew", 1)):
        old = np.asarray(columns[name])
        columns[name] = np.where(gone, least, old).astype(old.dtype)
    kept = np.flatnonzero(~gone[tables["commitments"].values("order_id")])
    commitments = taken_rows(tables["commitments"], kept)
    return tables | {"orders": replace(orders, columns=columns), "commitments": commitments}


def without_workers(tables: dict[str, Table], gone: Rows) -> dict[str, Table]:
    """The register without some workers, and the other tables without their rows."""
    position = np.where(gone, -1, np.cumsum(~gone) - 1).astype(np.int32)
    left = {"workers": taken_rows(tables["workers"], np.flatnonzero(~gone))}
    for name, schema in TABLES.items():
        for column in schema.columns:
            if column.kind == "reference" and column.concept == "workers":
                rows = np.flatnonzero(~gone[tables[name].values(column.name)])
                table = taken_rows(tables[name], rows)
                moved = position[table.values(column.name)]
                left[name] = replace(table, columns={**table.columns, column.name: moved})
    return tables | left


def _with_copies(tables: dict[str, Table], copied: Rows) -> dict[str, Table]:
    """The register with a second worker like each of some, who has no history, household, group or name asked for."""
    workers = tables["workers"]
    rows = np.concatenate([np.arange(workers.size), np.flatnonzero(copied)])
    more = taken_rows(workers, rows)
    ids = more.id_text("worker_id")
    fresh = np.arange(len(rows)) >= workers.size
    columns = dict(more.columns)
    columns["worker_id"] = pa.array([f"{i[:58]}~copy" if new else i for i, new in zip(ids, fresh, strict=True)])
    for name in ("household_id", "travel_group_id"):
        labels = more.labels(name)
        columns[name] = Labels(np.where(fresh, -1, labels.codes).astype(np.int32), labels.names)
    return tables | {"workers": replace(more, columns=columns)}
