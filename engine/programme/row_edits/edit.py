"""One edit of rows: demand scaled, shifted or cancelled, supply changed, what corridors cost; all rows that match."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from engine.programme.row_edits import kinds
from engine.programme.row_edits.kind import Refuse, RowEdit, Rows, Tables
from engine.programme.row_edits.where import matching_rows
from engine.words import message

_BESIDE = ("table", "where", "allow_empty", "source", "note")


@cache
def row_edits() -> tuple[RowEdit, ...]:
    """Every kind of edit of rows, in the order in which those of one edit follow each other."""
    names = [found.name for found in pkgutil.iter_modules(kinds.__path__, f"{kinds.__name__}.")]
    return tuple(sorted((importlib.import_module(name).KIND for name in names), key=lambda kind: (kind.turn, kind.key)))


def edit_rows(entry: Mapping[str, Any], tables: Tables, refuse: Refuse) -> Tables:
    """The tables with one edit made: what each of its kinds does to the rows that match ``where``."""
    name = entry["table"]
    if name not in tables:
        refuse("table", name, message("is no table of a programme"), message("one of {names}", names=tuple(tables)))
        return tables
    known = tuple(kind.key for kind in row_edits())
    for key in sorted(set(entry) - {*_BESIDE, *known}):
        expected = message("one of {names}", names=("table", "where", *known, *_BESIDE[2:]))
        refuse(key, entry[key], message("does not belong in this edit"), expected)
    rows = _chosen(entry, tables, refuse)
    asked = [kind for kind in row_edits() if kind.key in entry]
    if not asked:
        refuse("table", name, message("is not changed"), message("one of {names}", names=known))
    renumbering = [kind.key for kind in asked if kind.renumbers]
    for key in renumbering[1:]:
        refuse(key, entry[key], message("is beside {other}", other=renumbering[0]), message("an edit of its own"))
        asked = [kind for kind in asked if kind.key != key]
    for kind in asked:
        tables = kind.change(tables, name, rows, entry[kind.key], refuse)
    if name == "orders":
        _require_dates(tables, rows, refuse)
    return tables


def leaves_rows(entry: Mapping[str, Any]) -> bool:
    """Whether an edit of rows changes nothing whatever the rows: every kind in it leaves what is there."""
    asked = [kind for kind in row_edits() if kind.key in entry]
    return bool(asked) and all(kind.leaves(entry[kind.key]) for kind in asked)


def _chosen(entry: Mapping[str, Any], tables: Tables, refuse: Refuse) -> Rows:
    """The rows that an edit means; none is refused unless it may be so."""
    allow_empty = entry.get("allow_empty") is True
    rows = matching_rows(entry.get("where", {}), tables, entry["table"], refuse, allow_empty)
    if not rows.any() and not allow_empty:
        expected = message("rows that match, or allow_empty = true where there may be none")
        refuse("where", entry["table"], message("touches no row"), expected)
    return rows


def _require_dates(tables: Tables, rows: Rows, refuse: Refuse) -> None:
    """Refuse orders that an edit lets end before they start."""
    start, end = (np.asarray(tables["orders"].columns[name]) for name in ("start_date", "end_date"))
    late = int((rows & (end < start)).sum())
    if late:
        refuse("end_date", late, message("orders would end before they start"), message("dates in their order"))
