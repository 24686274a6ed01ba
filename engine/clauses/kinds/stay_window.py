"""Days present in a rolling window (SAWP 240 in 365, GECCO nine months in twelve, 90 in 180 over all of Schengen)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.arrays import place_in_row, row_of_each
from engine.clauses.base import Example, Ledger
from engine.clauses.parameters import countries, number_of_days, optional, required
from engine.clauses.views import Array, Bools, Calendars, CalendarTable
from engine.clauses.vocabulary import days, value_in_words
from engine.clauses.where import Where
from engine.kernel import kernel
from engine.words import Message, message, msgid, plural

_SPRING = {"start_date": "2026-03-01", "end_date": "2026-05-31"}


@dataclass(frozen=True)
class StayWindow(Ledger):
    """In every window of ``window_days`` days that holds a day of a new placement: days present ``<= max_days``.

    Days present are a set of days: gaps inside a stay belong to it, overlapping stays count once. With ``zone`` the
    stays in all these states count together, past ones and placements alike, and the clause looks at placements in
    them alone; whether two jobs are one stay is settled for each state by itself.
    """

    kind: ClassVar = "stay_window"
    asks_more: ClassVar = {"max_days": -1, "window_days": 1}
    told_to_employers: ClassVar = True
    max_days: int = required(number_of_days, called=msgid("most days present in a window"))
    window_days: int = required(number_of_days, called=msgid("days of a window"))
    zone: tuple[str, ...] = optional(countries, (), called=msgid("states whose days count together"))
    examples: ClassVar = (
        Example(True, {"max_days": 184, "window_days": 365}, "March to August is 184 days."),
        Example(False, {"max_days": 183, "window_days": 365}, "One too many."),
        Example(True, {"max_days": 90, "window_days": 90}, "A window can't hold more than its length."),
        Example(
            False,
            {"max_days": 100, "window_days": 365},
            "A past stay counts.",
            orders=(_SPRING,),
            history=({"start_date": "2025-06-01", "end_date": "2025-06-30"},),
        ),
        Example(
            True,
            {"max_days": 100, "window_days": 365},
            "One at another destination doesn't.",
            orders=(_SPRING,),
            history=({"start_date": "2025-06-01", "end_date": "2025-06-30", "destination_country": "ES"},),
        ),
        Example(
            False,
            {"max_days": 123, "window_days": 365},
            "The gap inside a joined stay is presence.",
            orders=(_SPRING, {"start_date": "2026-06-03", "end_date": "2026-07-02"}),
            placements=((0, 0), (0, 1)),
            clauses=({"id": "move", "kind": "transfer", "max_gap_days": 5, "max_transfers": 1},),
        ),
        Example(
            False,
            {"max_days": 100, "window_days": 365, "zone": ("CA", "ES")},
            "A past stay in another state of the zone counts.",
            orders=(_SPRING,),
            history=({"start_date": "2025-06-01", "end_date": "2025-06-30", "destination_country": "ES"},),
        ),
        Example(
            True,
            {"max_days": 100, "window_days": 365, "zone": ("CA", "ES")},
            "One in a state outside it doesn't.",
            orders=(_SPRING,),
            history=({"start_date": "2025-06-01", "end_date": "2025-06-30", "destination_country": "US"},),
        ),
        Example(
            True,
            {"max_days": 100, "window_days": 365, "zone": ("ES", "FR")},
            "A placement outside the zone isn't looked at.",
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield plural(
            "At most {n} day present in any {window}.",
            "At most {n} days present in any {window}.",
            n=self.max_days,
            window=days(self.window_days),
        )
        if self.zone:
            states = tuple(value_in_words("destination_country", code) for code in self.zone)
            yield message("Days in all these states count together: {states}.", states=states)

    def asks_nothing(self) -> bool:
        """See `Rule`: no window holds more days than it has."""
        return self.max_days >= self.window_days

    def days_of_a_placement(self) -> tuple[int | None, int | None]:
        """See `Rule`."""
        return None, None if self.asks_nothing() else self.max_days

    def problems(self, where: Where) -> list[tuple[str, str]]:
        """See `Rule`."""
        return [] if self.window_days else [("window_days", message("a whole number from 1"))]

    def holds(self, calendars: Calendars) -> Bools:
        """See `Ledger`."""
        held = np.ones(len(calendars.offsets) - 1, np.bool_)
        _windows_hold(
            calendars.offsets,
            calendars.starts,
            calendars.ends,
            calendars.stays,
            calendars.tested,
            self.max_days,
            self.window_days,
            held,
        )
        return held

    def surely_holds(self, past_days: Array, days_apart: Array, past_stays: Array, days: Array) -> Array:
        """See `Ledger`."""
        return np.asarray((past_days + days <= self.max_days) | (self.window_days <= self.max_days))

    def breaches(self, calendars: CalendarTable) -> Bools:
        """See `Ledger`."""
        broken = np.zeros(len(calendars.tested_first), bool)
        owner, stay = _stays_of_tested(calendars)
        first, last = calendars.first[stay], calendars.last[stay]
        earliest = (calendars.tested_first - self.window_days + 1)[owner]
        latest = calendars.tested_last[owner]
        for opening in (first, last - self.window_days + 1, earliest, latest):
            inside = (opening >= earliest) & (opening <= latest)
            present = _days_present(calendars, owner[inside], opening[inside], self.window_days)
            np.logical_or.at(broken, owner[inside], present > self.max_days)
        return broken


@kernel
def _windows_hold(
    offsets: Array,
    starts: Array,
    ends: Array,
    stays: Array,
    tested: Array,
    max_days: int,
    window: int,
    held: Array,
) -> None:
    for c in range(len(offsets) - 1):
        a, b = offsets[c], offsets[c + 1]
        if b == a:
            continue
        count = stays[b - 1] + 1
        first, last = np.empty(count, np.int64), np.empty(count, np.int64)
        for r in range(a, b):
            s = stays[r]
            if r == a or stays[r - 1] != s:
                first[s], last[s] = starts[r], ends[r]
            else:
                last[s] = max(last[s], ends[r])
        for r in range(a, b):
            if not tested[r] or not held[c]:
                continue
            low, high = starts[r] - window + 1, ends[r]
            for k in range(2 * count + 2):
                if k < count:
                    opening = first[k]
                elif k < 2 * count:
                    opening = last[k - count] - window + 1
                else:
                    opening = low if k == 2 * count else high
                if opening < low or opening > high:
                    continue
                present, covered = 0, opening - 1
                for s in range(count):
                    begin = max(first[s], covered + 1)
                    end = min(last[s], opening + window - 1)
                    if end >= begin:
                        present += end - begin + 1
                        covered = end
                if present > max_days:
                    held[c] = False
                    break


def _stays_of_tested(calendars: CalendarTable) -> tuple[Array, Array]:
    """Every (tested placement, stay of the same calendar) as two parallel arrays."""
    begin = np.searchsorted(calendars.calendar, calendars.tested_calendar, "left")
    count = np.searchsorted(calendars.calendar, calendars.tested_calendar, "right") - begin
    owner = row_of_each(count)
    within = place_in_row(count)
    return owner, begin[owner] + within


def _days_present(calendars: CalendarTable, owner: Array, opening: Array, window: int) -> Array:
    """Days of the window that starts on ``opening`` covered by stays of the calendar of each tested placement."""
    begin = np.searchsorted(calendars.calendar, calendars.tested_calendar[owner], "left")
    end = np.searchsorted(calendars.calendar, calendars.tested_calendar[owner], "right")
    closing = opening + window - 1
    present, covered = np.zeros(len(owner), np.int64), opening - 1
    for position in range(int((end - begin).max(initial=0))):
        row = np.minimum(begin + position, max(len(calendars.first) - 1, 0))
        low = np.maximum(calendars.first[row], covered + 1)
        high = np.minimum(calendars.last[row], closing)
        counts = (begin + position < end) & (high >= low)
        present += np.where(counts, high - low + 1, 0)
        covered = np.where(counts, high, covered)
    return present
