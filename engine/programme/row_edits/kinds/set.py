"""Set columns: ``set = { hourly_wage = 15 }``."""

from __future__ import annotations

from functools import partial

from engine.programme.row_edits.kind import RowEdit
from engine.programme.row_edits.numbers import with_columns

KIND = RowEdit("set", 10, partial(with_columns, "set"))
