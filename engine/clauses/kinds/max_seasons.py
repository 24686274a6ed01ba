"""How many seasons in how many years (GECCO's four-year authorisation with yearly call-ups)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Ledger
from engine.clauses.parameters import number_of_years, required, whole_number
from engine.clauses.views import Array, Bools, Calendars, CalendarTable
from engine.days import calendar_year
from engine.kernel import kernel
from engine.words import Message, msgid, plural


@dataclass(frozen=True)
class MaxSeasons(Ledger):
    """Among any ``years`` consecutive calendar years that hold a new placement's start, stays begin in at most
    ``count`` of them.
    """

    kind: ClassVar = "max_seasons"
    asks_more: ClassVar = {"count": -1, "years": 1}
    told_to_employers: ClassVar = True
    count: int = required(whole_number, called=msgid("most seasons"))
    years: int = required(number_of_years, called=msgid("years in which seasons count"))
    examples: ClassVar = (
        Example(
            True,
            {"count": 2, "years": 3},
            "The second season in three years.",
            history=({"start_date": "2025-03-01", "end_date": "2025-06-30"},),
        ),
        Example(
            False,
            {"count": 2, "years": 3},
            "The third.",
            history=(
                {"start_date": "2024-03-01", "end_date": "2024-06-30"},
                {"start_date": "2025-03-01", "end_date": "2025-06-30"},
            ),
        ),
        Example(
            True,
            {"count": 2, "years": 3},
            "Two stays in one year are one season.",
            history=(
                {"start_date": "2025-02-01", "end_date": "2025-04-30"},
                {"start_date": "2025-06-01", "end_date": "2025-08-31"},
            ),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield plural(
            "Stays begin in at most {count} of any {n} calendar year.",
            "Stays begin in at most {count} of any {n} consecutive calendar years.",
            n=self.years,
            count=self.count,
        )

    def asks_nothing(self) -> bool:
        """See `Rule`: stays begin in no more years than there are."""
        return self.count >= self.years

    def holds(self, calendars: Calendars) -> Bools:
        """See `Ledger`."""
        held = np.ones(len(calendars.offsets) - 1, np.bool_)
        _seasons_hold(
            calendars.offsets,
            calendar_year(calendars.starts),
            calendars.stays,
            calendars.tested,
            self.count,
            self.years,
            held,
        )
        return held

    def surely_holds(self, past_days: Array, days_apart: Array, past_stays: Array, days: Array) -> Array:
        """See `Ledger`."""
        return np.asarray(past_stays + 1 <= self.count)

    def breaches(self, calendars: CalendarTable) -> Bools:
        """See `Ledger`."""
        begin_year = calendar_year(calendars.first).astype(np.int64)
        seasons = np.unique(np.stack([calendars.calendar, begin_year], 1), axis=0)
        key = seasons[:, 0] * 10_000 + seasons[:, 1]
        year = calendar_year(calendars.tested_first).astype(np.int64)
        most = np.zeros(len(year), np.int64)
        for back in range(self.years):
            opening = calendars.tested_calendar * 10_000 + year - back
            begun = np.searchsorted(key, opening + self.years, "left") - np.searchsorted(key, opening, "left")
            most = np.maximum(most, begun)
        return most > self.count


@kernel
def _seasons_hold(
    offsets: Array, start_years: Array, stays: Array, tested: Array, most: int, years: int, held: Array
) -> None:
    for c in range(len(offsets) - 1):
        a, b = offsets[c], offsets[c + 1]
        for t in range(a, b):
            if not tested[t]:
                continue
            for opening in range(start_years[t] - years + 1, start_years[t] + 1):
                seasons, seen = 0, -1
                for r in range(a, b):
                    begins_stay = r == a or stays[r] != stays[r - 1]
                    year = start_years[r]
                    if begins_stay and opening <= year < opening + years and year != seen:
                        seasons += 1
                        seen = year
                if seasons > most:
                    held[c] = False
