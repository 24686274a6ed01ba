"""Who is asked back, as a table and in words."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from engine.planning.fairness.recalls import Recall, Recalls, Verdict
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


def recalls_table(found: Recalls) -> pa.Table:
    """A row for each employer of whose last crew somebody spoke, with the columns of `COLUMNS`."""
    rows = [_row(one) for one in found.employers]
    return pa.table({name: [row[place] for row in rows] for place, name in enumerate(COLUMNS)})


def _row(one: Recall) -> tuple[object, ...]:
    rates, p_value = one.rates, None if one.p_value != one.p_value else one.p_value
    counts = (rates.size, rates.chosen, rates.others, rates.others_chosen, one.transferred, one.grievances)
    return (one.employer, *counts, p_value, str(one.verdict))
