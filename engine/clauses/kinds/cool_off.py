"""Days that must be spent away between two stays (EPS one month; UK six months in ten)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Ledger
from engine.clauses.parameters import number_of_days, required
from engine.clauses.views import Array, Bools, Calendars, CalendarTable
from engine.kernel import kernel
from engine.words import Message, msgid, plural


@dataclass(frozen=True)
class CoolOff(Ledger):
    """A stay that holds a new placement starts at least ``min_days`` days after the one before it ended."""

    kind: ClassVar = "cool_off"
    asks_more: ClassVar = {"min_days": 1}
    told_to_employers: ClassVar = True
    min_days: int = required(number_of_days, called=msgid("fewest days at home between stays"))
    examples: ClassVar = (
        Example(True, {"min_days": 90}, "A first stay."),
        Example(
            True,
            {"min_days": 59},
            "Two months away are 59 days.",
            history=({"start_date": "2025-11-01", "end_date": "2025-12-31"},),
        ),
        Example(
            False,
            {"min_days": 60},
            "A day short.",
            history=({"start_date": "2025-11-01", "end_date": "2025-12-31"},),
        ),
        Example(
            True,
            {"min_days": 60},
            "A placement joined to the stay starts none.",
            history=({"start_date": "2025-11-01", "end_date": "2026-02-26"},),
            clauses=({"id": "move", "kind": "transfer", "max_gap_days": 2, "max_transfers": 1},),
        ),
        Example(
            False,
            {"min_days": 60},
            "The stay it joined had itself begun too soon.",
            history=(
                {"start_date": "2025-08-01", "end_date": "2025-10-31"},
                {"start_date": "2025-11-05", "end_date": "2026-02-26"},
            ),
            clauses=({"id": "move", "kind": "transfer", "max_gap_days": 2, "max_transfers": 1},),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield plural(
            "At least {n} day away before a new stay.", "At least {n} days away before a new stay.", n=self.min_days
        )

    def holds(self, calendars: Calendars) -> Bools:
        """See `Ledger`."""
        held = np.ones(len(calendars.offsets) - 1, np.bool_)
        _gaps_hold(
            calendars.offsets,
            calendars.starts,
            calendars.ends,
            calendars.stays,
            calendars.tested,
            self.min_days,
            held,
        )
        return held

    def surely_holds(self, past_days: Array, days_apart: Array, past_stays: Array, days: Array) -> Array:
        """See `Ledger`."""
        return np.asarray(days_apart >= self.min_days)

    def breaches(self, calendars: CalendarTable) -> Bools:
        """See `Ledger`."""
        last_before = np.full(len(calendars.first), -(2**40))
        begins = np.flatnonzero(np.diff(calendars.calendar, prepend=-1))
        position = np.arange(len(calendars.first)) - np.repeat(begins, np.diff([*begins, len(calendars.first)]))
        for step in range(1, int(position.max(initial=0)) + 1):
            rows = np.flatnonzero(position == step)
            last_before[rows] = np.maximum(last_before[rows - 1], calendars.last[rows - 1])
        away = calendars.first - last_before - 1
        return away[calendars.tested_stay] < self.min_days


@kernel
def _gaps_hold(
    offsets: Array, starts: Array, ends: Array, stays: Array, tested: Array, min_days: int, held: Array
) -> None:
    for c in range(len(offsets) - 1):
        a, b = offsets[c], offsets[c + 1]
        r, before = a, -(2**40)
        while r < b:
            first, last, s, holds_tested = starts[r], ends[r], stays[r], False
            while r < b and stays[r] == s:
                last = max(last, ends[r])
                holds_tested |= tested[r]
                r += 1
            if holds_tested and first - before - 1 < min_days:
                held[c] = False
            before = max(before, last)
