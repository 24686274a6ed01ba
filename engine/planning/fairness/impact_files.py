"""Adverse impact as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from engine.planning.fairness.impact import Impact, Verdict
from engine.words import Message, message

COLUMNS = (
    *("stage", "key", "group", "chosen", "looked_at", "rate"),
    *("low", "high", "ratio", "p_value", "verdict"),
)
STAGES: Mapping[str, Message] = {
    "admitted": message("Admitted to an order, of those registered"),
    "placed": message("Placed, of those admitted"),
}
IN_WORDS: Mapping[Verdict, Message] = {
    Verdict.REFERENCE: message("held against"),
    Verdict.NO_SIGN: message("no sign"),
    Verdict.SIGN: message("fewer, beyond chance"),
    Verdict.TOO_SMALL: message("too few to say"),
}


def impact_table(found: Sequence[Impact]) -> pa.Table:
    """A row for each group of each key at each stage, with the columns of `COLUMNS`."""
    return pa.table({name: [_cell(getattr(one, name)) for one in found] for name in COLUMNS})


def _cell(value: object) -> object:
    """What isn't known as an empty cell."""
    if isinstance(value, float) and value != value:
        return None
    return str(value) if isinstance(value, str) else value
