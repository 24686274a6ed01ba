"""Add to columns (days, for a date): ``add = { headcount = 5 }``."""

from __future__ import annotations

from functools import partial
from typing import Any

from engine.programme.row_edits.kind import RowEdit
from engine.programme.row_edits.numbers import with_columns


def _leaves(changes: Any) -> bool:
    return isinstance(changes, dict) and all(amount == 0 for amount in changes.values())


KIND = RowEdit("add", 20, partial(with_columns, "add"), _leaves)
