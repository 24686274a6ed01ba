"""Cancel orders: ``cancel = true``."""

from __future__ import annotations

from typing import Any

from engine.programme.row_edits.kind import Refuse, RowEdit, Rows, Tables
from engine.programme.row_edits.removal import without_orders
from engine.words import message


def _change(tables: Tables, name: str, rows: Rows, value: Any, refuse: Refuse) -> Tables:
    """The chosen orders ask for nobody any more."""
    if name != "orders":
        refuse("cancel", value, message("is for orders"), message('table = "orders"'))
        return tables
    return without_orders(tables, rows)


KIND = RowEdit("cancel", 50, _change)
