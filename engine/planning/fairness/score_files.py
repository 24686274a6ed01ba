"""What was found of a score, as tables and in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

import pyarrow as pa

from engine.planning.fairness.score import ScoredGroup, ScoredPlan, Verdict
from engine.words import Message, message

IN_WORDS: Mapping[Verdict, Message] = {
    Verdict.NO_SIGN: message("no sign"),
    Verdict.SIGN: message("beyond chance"),
    Verdict.TOO_SMALL: message("too few to say"),
}


def scored_groups_table(found: Sequence[ScoredGroup]) -> pa.Table:
    """A row for each group of each key, with the columns of `ScoredGroup`."""
    return _table([asdict(one) for one in found], [field.name for field in fields(ScoredGroup)])


def scored_plans_table(found: Sequence[ScoredPlan]) -> pa.Table:
    """A row for the plan without a weight and one for that with it, with the columns of `ScoredPlan`."""
    return _table([asdict(one) for one in found], [field.name for field in fields(ScoredPlan)])


def _table(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> pa.Table:
    """What isn't known (NaN) is an empty cell."""
    return pa.table({name: [_cell(row[name]) for row in rows] for name in columns})


def _cell(value: object) -> object:
    if isinstance(value, float) and value != value:
        return None
    return str(value) if isinstance(value, str) else value
