"""The part of the year in which work is allowed (SAWP: 1 January to 15 December)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import month_day as day_of_year
from engine.clauses.parameters import required
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.days import calendar_year, month_day
from engine.words import Message, message, msgid

_LEAP_YEAR = 366


@dataclass(frozen=True)
class SeasonWindow(Gate):
    """The order starts and ends inside one yearly occurrence of the window, which may run over the new year."""

    kind: ClassVar = "season_window"
    told_to_employers: ClassVar = True
    from_: str = required(day_of_year, called=msgid("first day of the season"))
    to: str = required(day_of_year, called=msgid("last day of the season"))
    examples: ClassVar = (
        Example(True, {"from": "03-01", "to": "08-31"}, "The whole window."),
        Example(False, {"from": "03-02", "to": "08-31"}, "Starts a day early."),
        Example(False, {"from": "03-01", "to": "08-30"}, "Ends a day late."),
        Example(
            True,
            {"from": "10-01", "to": "02-29"},
            "Over the new year, to the last day of February.",
            orders=({"start_date": "2026-10-01", "end_date": "2027-02-28"},),
        ),
        Example(
            False,
            {"from": "01-01", "to": "12-15"},
            "From one occurrence into the next.",
            orders=({"start_date": "2026-12-01", "end_date": "2027-01-31"},),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message(
            "The order starts and ends within one season, from {first:month_day} to {last:month_day}.",
            first=_any_year(self.from_),
            last=_any_year(self.to),
        )

    def goes_with(self, other: Self) -> bool:
        """See `Rule`: some day lies in both windows."""
        return self._days_until(other) < self._length() or other._days_until(self) < other._length()

    def follows_from(self, other: Self) -> bool:
        """See `Rule`: an occurrence of the other window lies in one of this."""
        return self._days_until(other) + other._length() <= self._length()

    def days_of_a_placement(self) -> tuple[int | None, int | None]:
        """See `Rule`."""
        return None, self._length()

    def _length(self) -> int:
        """The days of an occurrence, of a leap year's where it holds 29 February."""
        return (_any_year(self.to) - _any_year(self.from_)).days % _LEAP_YEAR + 1

    def _days_until(self, other: Self) -> int:
        """How many days after this window the other opens."""
        return (_any_year(other.from_) - _any_year(self.from_)).days % _LEAP_YEAR

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        first, last = _number(self.from_), _number(self.to)
        start, end = pairs.order("start_date"), pairs.order("end_date")
        opens = _opening_year(start, first)
        closes = _opening_year(start, first) + (first > last)
        in_same = (calendar_year(end) < closes) | ((calendar_year(end) == closes) & (month_day(end) <= last))
        starts_inside = (calendar_year(start) < closes) | (month_day(start) <= last)
        return in_same & starts_inside & (opens <= calendar_year(start))

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        start, end = placements.date("orders", "start_date"), placements.date("orders", "end_date")
        allowed = np.zeros(placements.size, bool)
        if not placements.size:
            return allowed
        years = range(start.min().astype(object).year - 1, start.max().astype(object).year + 1)
        for year in years:
            opens = np.datetime64(_day(year, self.from_), "D")
            closes = np.datetime64(_day(year + (self.from_ > self.to), self.to), "D")
            allowed |= (start >= opens) & (end <= closes)
        return ~allowed

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        starts, ends = placements.date("orders", "start_date"), placements.date("orders", "end_date")
        return [
            message(
                "work from {start} to {end}, the season is from {first:month_day} to {last:month_day}",
                start=start,
                end=end,
                first=_any_year(self.from_),
                last=_any_year(self.to),
            )
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]


def _number(text: str) -> int:
    return 100 * int(text[:2]) + int(text[3:])


def _opening_year(start: Array, first: int) -> Array:
    return calendar_year(start) - (month_day(start) < first)


def _day(year: int, text: str) -> date:
    """The day ``text`` of ``year``, the last of February for 02-29."""
    if text == "02-29":
        return date(year, 3, 1) - (date(2024, 3, 1) - date(2024, 2, 29))
    return date(year, int(text[:2]), int(text[3:]))


def _any_year(month_day: str) -> date:
    """A day of every year as the day of one."""
    return date(2024, int(month_day[:2]), int(month_day[3:]))
