"""Who is asked back, as a table of data and as a report for people."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from engine.planning.fairness.recalls import UNKNOWN, Recall, Recalls, Verdict
from engine.planning.fairness.told import Cell, Told, ToldTable, count, headings, p_value
from engine.words import Message, message

COLUMNS = (
    *("employer_id", "spoke", "spoke_recalled", "others", "others_recalled"),
    *("transferred", "grievances", "p_value", "verdict"),
)
IN_WORDS: Mapping[Verdict, Message] = {
    Verdict.NO_SIGN: message("no sign"),
    Verdict.SIGN: message("fewer asked back, beyond chance"),
    Verdict.TOO_SMALL: message("too few to say"),
    Verdict.RECALLS_NOBODY: message("asks nobody back"),
}
HEADINGS = headings(
    (message("Employer"),),
    (
        *(message("Spoke"), message("Of them asked back"), message("Others"), message("Of the others asked back")),
        *(message("Moved to another employer"), message("Filed a grievance"), message("p-value")),
    ),
    (message("Verdict"),),
)


def recalls_told(found: Recalls) -> Told:
    """A row for each employer, then the test over all of them and what can't be known."""
    about = message(
        "Which employers ask back fewer of last year's crew who complained or moved to another employer than of the "
        "others."
    )
    table = ToldTable(message("Asked back of last year's crew"), HEADINGS, [_cells(one) for one in found.employers])
    together = message(
        "All employers together: p-value {p_value:.3f}. Left aside, who left early without having spoken: {aside:,}. "
        "Employers without an order this season: {without:,}.",
        p_value=found.p_value,
        aside=found.aside,
        without=found.without_order,
    )
    return Told(about, [table], [together, *UNKNOWN])


def _cells(one: Recall) -> tuple[Cell, ...]:
    own = one.rates
    numbers = (own.size, own.chosen, own.others, own.others_chosen, one.transferred, one.grievances)
    return (one.employer, *(count(n) for n in numbers), p_value(one.p_value), IN_WORDS[one.verdict])


def recalls_table(found: Recalls) -> pa.Table:
    """A row for each employer of whose last crew somebody spoke, with the columns of `COLUMNS`."""
    rows = [_row(one) for one in found.employers]
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)})


def _row(one: Recall) -> tuple[object, ...]:
    rates, p_value = one.rates, None if one.p_value != one.p_value else one.p_value
    counts = (rates.size, rates.chosen, rates.others, rates.others_chosen, one.transferred, one.grievances)
    return (one.employer, *counts, p_value, str(one.verdict))
