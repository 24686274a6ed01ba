"""Scale columns: ``scale = { headcount = 1.2 }``."""

from __future__ import annotations

from functools import partial
from typing import Any

from engine.programme.row_edits.kind import RowEdit
from engine.programme.row_edits.numbers import with_columns


def _leaves(changes: Any) -> bool:
    return isinstance(changes, dict) and all(amount == 1 for amount in changes.values())


KIND = RowEdit("scale", 30, partial(with_columns, "scale"), _leaves)
