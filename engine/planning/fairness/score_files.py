"""What was found of a score, as tables of data and as a report for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

import pyarrow as pa

from engine.planning.fairness.score import ScoredGroup, ScoredPlan, Verdict
from engine.planning.fairness.told import Cell, Told, ToldTable, count, group_cells, headings, p_value, ratio
from engine.words import Message, message

IN_WORDS: Mapping[Verdict, Message] = {
    Verdict.NO_SIGN: message("no sign"),
    Verdict.SIGN: message("beyond chance"),
    Verdict.TOO_SMALL: message("too few to say"),
}
FAVOURS = (
    *headings((message("By"), message("Group")), (message("People"), message("Mean score"), message("Of the others"))),
    *headings((), (message("p-value"),), (message("Favours"),)),
)
KEEPS = (
    *headings((message("By"), message("Group")), (message("People"), message("Completed"), message("Foretold"))),
    *headings((), (message("p-value"),), (message("Keeps its word"),)),
)
PLANS = headings(
    (),
    (
        *(message("Weight"), message("Value without the score"), message("People"), message("Paid weeks")),
        *(message("Net income"), message("Mean score"), message("People with other placements")),
    ),
)
UNKNOWN = (
    message("The past stays may be the very ones that the score was made from, and then flatter it."),
    message("Whoever was never sent has no stay to be judged by."),
    message(
        "That a score differs between groups may have causes that are fair; one that keeps its word may still not."
    ),
)


def score_told(groups: Sequence[ScoredGroup], plans: Sequence[ScoredPlan]) -> Told:
    """Whom the score favours, whether it keeps its word, and the plans without a weight and with one."""
    about = message("An outside score looked through before it gets a weight in the value of plans.")
    tables = [
        ToldTable(message("Whom the score favours"), FAVOURS, [_favour_cells(one) for one in groups]),
        ToldTable(
            message("Whether it keeps its word about past stays"),
            KEEPS,
            [_kept_cells(one) for one in groups if one.known],
        ),
        ToldTable(message("The plan without a weight on it and with one"), PLANS, [_plan_cells(one) for one in plans]),
    ]
    return Told(about, tables, UNKNOWN)


def _favour_cells(one: ScoredGroup) -> tuple[Cell, ...]:
    numbers = count(one.people), ratio(one.score), ratio(one.others), p_value(one.favour_p_value)
    return (*group_cells(one.key, one.group), *numbers, IN_WORDS[one.favour])


def _kept_cells(one: ScoredGroup) -> tuple[Cell, ...]:
    numbers = count(one.known), count(one.completed), ratio(one.expected), p_value(one.calibration_p_value)
    return (*group_cells(one.key, one.group), *numbers, IN_WORDS[one.calibration])


def _plan_cells(one: ScoredPlan) -> tuple[Cell, ...]:
    counts = count(one.workers), count(one.paid_weeks), count(one.net_income)
    return (ratio(one.weight), ratio(one.value), *counts, ratio(one.mean_score), count(one.moved))


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
