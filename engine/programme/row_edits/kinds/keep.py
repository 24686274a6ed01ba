"""Keep a share of workers or orders: ``keep = 0.8``."""

from __future__ import annotations

from typing import Any

from engine.programme.row_edits.kind import Refuse, RowEdit, Rows, Tables, drawn, share_of
from engine.programme.row_edits.removal import without_orders, without_workers
from engine.words import message


def _change(tables: Tables, name: str, rows: Rows, value: Any, refuse: Refuse) -> Tables:
    """Of the chosen rows only a share, drawn by their ids, stays."""
    if name not in ("workers", "orders"):
        refuse("keep", name, message("can't be kept in part"), message("workers or orders (copies: workers)"))
        return tables
    gone = rows & ~drawn(tables, name, share_of("keep", value, refuse))
    return without_workers(tables, gone) if name == "workers" else without_orders(tables, gone)


KIND = RowEdit("keep", 60, _change, lambda value: bool(value == 1), renumbers=True)
