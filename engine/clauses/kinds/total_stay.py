"""The longest total stay before an absence that resets it (H-2: three years, then at least 60 days away)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Ledger
from engine.clauses.parameters import number_of_days, required
from engine.clauses.views import Array, Bools, Calendars, CalendarTable
from engine.clauses.vocabulary import days
from engine.kernel import kernel
from engine.words import Message, msgid, plural


@dataclass(frozen=True)
class TotalStay(Ledger):
    """At the end of each placement, days present since the last absence of at least ``reset_days``: ``<= max_days``."""

    kind: ClassVar = "total_stay"
    asks_more: ClassVar = {"max_days": -1, "reset_days": 1}
    told_to_employers: ClassVar = True
    max_days: int = required(number_of_days, called=msgid("most days present in all"))
    reset_days: int = required(number_of_days, called=msgid("days of absence after which counting begins anew"))
    examples: ClassVar = (
        Example(True, {"max_days": 184, "reset_days": 60}, "March to August is 184 days."),
        Example(False, {"max_days": 183, "reset_days": 60}, "One too many."),
        Example(
            False,
            {"max_days": 200, "reset_days": 60},
            "59 days away reset nothing.",
            history=({"start_date": "2025-12-01", "end_date": "2025-12-31"},),
        ),
        Example(
            True,
            {"max_days": 200, "reset_days": 60},
            "Sixty days away do.",
            history=({"start_date": "2025-12-01", "end_date": "2025-12-30"},),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield plural(
            "At most {n} day present before an absence of at least {reset}.",
            "At most {n} days present before an absence of at least {reset}.",
            n=self.max_days,
            reset=days(self.reset_days),
        )

    def days_of_a_placement(self) -> tuple[int | None, int | None]:
        """See `Rule`."""
        return None, self.max_days

    def holds(self, calendars: Calendars) -> Bools:
        """See `Ledger`."""
        held = np.ones(len(calendars.offsets) - 1, np.bool_)
        _totals_hold(
            calendars.offsets,
            calendars.starts,
            calendars.ends,
            calendars.stays,
            calendars.tested,
            self.max_days,
            self.reset_days,
            held,
        )
        return held

    def surely_holds(self, past_days: Array, days_apart: Array, past_stays: Array, days: Array) -> Array:
        """See `Ledger`."""
        return np.asarray(past_days + days <= self.max_days)

    def breaches(self, calendars: CalendarTable) -> Bools:
        """See `Ledger`."""
        begin = np.searchsorted(calendars.calendar, calendars.tested_calendar, "left")
        end = np.searchsorted(calendars.calendar, calendars.tested_calendar, "right")
        at = calendars.tested_last
        total, previous = np.zeros(len(at), np.int64), np.full(len(at), -(2**40))
        for position in range(int((end - begin).max(initial=0))):
            row = np.minimum(begin + position, len(calendars.first) - 1)
            counts = (begin + position < end) & (calendars.first[row] <= at)
            low = np.maximum(calendars.first[row], previous + 1)
            high = np.minimum(calendars.last[row], at)
            reset = counts & (calendars.first[row] - previous - 1 >= self.reset_days)
            total = np.where(reset, 0, total) + np.where(counts, np.maximum(high - low + 1, 0), 0)
            previous = np.where(counts, np.maximum(previous, high), previous)
        return total > self.max_days


@kernel
def _totals_hold(
    offsets: Array,
    starts: Array,
    ends: Array,
    stays: Array,
    tested: Array,
    max_days: int,
    reset: int,
    held: Array,
) -> None:
    for c in range(len(offsets) - 1):
        a, b = offsets[c], offsets[c + 1]
        for t in range(a, b):
            if not tested[t]:
                continue
            at, total, covered = ends[t], 0, -(2**40)
            r = a
            while r < b and starts[r] <= at:
                first, last, s = starts[r], ends[r], stays[r]
                while r < b and stays[r] == s:
                    last = max(last, ends[r])
                    r += 1
                last = min(last, at)
                if first - covered - 1 >= reset:
                    total = 0
                if last > covered:
                    total += last - max(first, covered + 1) + 1
                    covered = last
            if total > max_days:
                held[c] = False
