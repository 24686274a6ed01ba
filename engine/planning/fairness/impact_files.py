"""Adverse impact as a table of data and as a report for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from engine.planning.fairness.impact import Impact, Verdict
from engine.planning.fairness.told import Cell, Told, ToldTable, count, group_cells, headings, p_value, ratio, share
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
HEADINGS = headings(
    (message("By"), message("Group")),
    (message("People"), message("Rate"), message("At least"), message("At most"), message("Of the highest")),
)
NOTES = (
    message("At least and at most are the ends of the exact 95 % interval of the rate (Clopper and Pearson)."),
    message(
        "Fewer, beyond chance: less than four fifths of the highest rate, and less than 5 % likely by chance (Fisher's "
        "exact test, corrected for the number of groups). It is no proof of unfair treatment, and its absence none of "
        "fair treatment: it says where to look."
    ),
)


def impact_told(found: Sequence[Impact]) -> Told:
    """A table a stage, with a row for each group."""
    about = message("How many of each group are admitted to an order and placed, held against the group with most.")
    columns = [*HEADINGS, *headings((), (message("p-value"),), (message("Verdict"),))]
    tables = [
        ToldTable(title, columns, [_cells(one) for one in found if one.stage == stage])
        for stage, title in STAGES.items()
    ]
    return Told(about, tables, NOTES)


def _cells(one: Impact) -> tuple[Cell, ...]:
    numbers = count(one.looked_at), share(one.rate), share(one.low), share(one.high), ratio(one.ratio)
    return (*group_cells(one.key, one.group), *numbers, p_value(one.p_value), IN_WORDS[one.verdict])


def impact_table(found: Sequence[Impact]) -> pa.Table:
    """A row for each group of each key at each stage, with the columns of `COLUMNS`."""
    return pa.table({name: [_cell(getattr(one, name)) for one in found] for name in COLUMNS})


def _cell(value: object) -> object:
    """What isn't known as an empty cell."""
    if isinstance(value, float) and value != value:
        return None
    return str(value) if isinstance(value, str) else value
