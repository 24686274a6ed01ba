"""Guaranteed hours (SAWP 240 hours in six weeks, UK 32 hours a week, H-2A three fourths of the contract)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import amount, number_of_weeks, optional, share
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.where import Where
from engine.words import Message, message, msgid, plural

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Guarantee(Gate):
    """``guaranteed_weekly_hours >= min_weekly_hours``, and ``>= min_share * weekly_hours``; times the order's weeks
    ``>= min_total_hours``, times ``window_weeks`` ``>= min_hours``.

    Hours are promised alike for every week, so that any window of that many weeks holds the same. An order shorter
    than the window is asked for them in proportion; where the law wants the whole even then, `min_total_hours` says so.
    """

    kind: ClassVar = "guarantee"
    protects: ClassVar = {
        "min_weekly_hours": 1,
        "min_total_hours": 1,
        "min_share": 1,
        "min_hours": 1,
        "window_weeks": -1,
    }
    asks_more: ClassVar = protects
    told_to_employers: ClassVar = True
    told_in_offers: ClassVar = True
    min_weekly_hours: Decimal | None = optional(amount, called=msgid("fewest paid hours a week"))
    min_total_hours: Decimal | None = optional(amount, called=msgid("fewest paid hours in all"))
    min_share: Decimal | None = optional(
        share, called=msgid("least part of the weekly hours that is guaranteed (0 to 1)")
    )
    min_hours: Decimal | None = optional(amount, called=msgid("fewest paid hours in some weeks together"))
    window_weeks: int | None = optional(number_of_weeks, called=msgid("weeks whose hours count together"))
    examples: ClassVar = (
        Example(True, {"min_weekly_hours": 40}, "Forty hours are promised."),
        Example(False, {"min_weekly_hours": 40.5}, "Half an hour short."),
        Example(True, {"min_total_hours": 240}, "Six weeks of forty hours.", orders=({"end_date": "2026-04-11"},)),
        Example(False, {"min_total_hours": 240}, "A day short of it.", orders=({"end_date": "2026-04-10"},)),
        Example(False, {"min_weekly_hours": 1}, "No promise at all.", orders=({"guaranteed_weekly_hours": ""},)),
        Example(True, {"min_share": 0.75}, "33.75 of 45 hours.", orders=({"guaranteed_weekly_hours": 33.75},)),
        Example(False, {"min_share": 0.75}, "A minute less.", orders=({"guaranteed_weekly_hours": 33.73},)),
        Example(
            True,
            {"min_hours": 120, "window_weeks": 4},
            "Thirty hours a week.",
            orders=({"guaranteed_weekly_hours": 30},),
        ),
        Example(False, {"min_hours": 161, "window_weeks": 4}, "Forty hours a week are 160."),
        Example(
            True,
            {"min_hours": 240, "window_weeks": 6},
            "A contract of a week promises in proportion.",
            orders=({"end_date": "2026-03-07"},),
        ),
        Example(
            False,
            {"min_hours": 240, "window_weeks": 6, "min_total_hours": 240},
            "Unless the whole is asked in any case.",
            orders=({"end_date": "2026-03-07"},),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.min_weekly_hours is not None:
            yield plural(
                "At least {n} paid hour a week is guaranteed.",
                "At least {n} paid hours a week are guaranteed.",
                n=self.min_weekly_hours,
            )
        if self.min_total_hours is not None:
            yield plural(
                "At least {n} paid hour in all is guaranteed.",
                "At least {n} paid hours in all are guaranteed.",
                n=self.min_total_hours,
            )
        if self.min_share is not None:
            yield message("At least {share:share} of the weekly hours are guaranteed.", share=self.min_share)
        if self.min_hours is not None:
            yield plural(
                "In any week at least {hours:amount} paid hours are guaranteed.",
                "In any {n} weeks at least {hours:amount} paid hours are guaranteed; in a shorter contract, pro rata.",
                n=self.window_weeks or 1,
                hours=self.min_hours,
            )
        if self._given() == (None, None, None, None):
            yield message("No hours are guaranteed.")

    def _given(self) -> tuple[Decimal | None, ...]:
        return self.min_weekly_hours, self.min_total_hours, self.min_share, self.min_hours

    def problems(self, where: Where) -> list[tuple[str, str]]:
        """See `Rule`."""
        if (self.min_hours is None) == (self.window_weeks is None):
            return []
        lacking = "min_hours" if self.min_hours is None else "window_weeks"
        return [(lacking, message("min_hours and window_weeks together"))]

    @property
    def _least_weekly(self) -> float:
        """The hours a week that the number of hours, a week or in a window, comes to."""
        in_window = float(self.min_hours or 0) / (self.window_weeks or 1)
        return max(float(self.min_weekly_hours or 0), in_window - _ROUNDING)

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        hours = pairs.order("guaranteed_weekly_hours")
        weekly = hours >= self._least_weekly
        of_all = hours >= float(self.min_share or 0) * pairs.order("weekly_hours") - _ROUNDING
        return weekly & of_all & (hours * pairs.weeks >= float(self.min_total_hours or 0) - _ROUNDING)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        hours, total = _promised(placements)
        short = np.zeros(placements.size, bool)
        if self.min_weekly_hours is not None:
            short |= hours < float(self.min_weekly_hours)
        if self.min_total_hours is not None:
            short |= total < float(self.min_total_hours) - _ROUNDING
        if self.min_share is not None:
            short |= float(self.min_share) * placements.number("orders", "weekly_hours") - hours > _ROUNDING
        if self.min_hours is not None and self.window_weeks is not None:
            short |= float(self.min_hours) - hours * self.window_weeks > _ROUNDING
        return short

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        hours, total = _promised(placements)
        asked = placements.number("orders", "weekly_hours")
        return [self._fact(*row) for row in zip(hours.tolist(), total.tolist(), asked.tolist(), strict=True)]

    def _fact(self, hours: float, total: float, worked: float) -> Message:
        if self.min_weekly_hours is not None and hours < float(self.min_weekly_hours):
            return message(
                "{hours:amount} hours a week guaranteed, {least:amount} asked", hours=hours, least=self.min_weekly_hours
            )
        if self.min_share is not None and float(self.min_share) * worked - hours > _ROUNDING:
            return message(
                "{hours:amount} of {worked:amount} hours a week guaranteed, {share:share} asked",
                hours=hours,
                worked=worked,
                share=self.min_share,
            )
        weeks = self.window_weeks or 1
        if self.min_hours is not None and float(self.min_hours) - hours * weeks > _ROUNDING:
            return plural(
                "{hours:amount} hours guaranteed in a week, {least:amount} asked",
                "{hours:amount} hours guaranteed in {n} weeks, {least:amount} asked",
                n=weeks,
                hours=hours * weeks,
                least=self.min_hours,
            )
        return message(
            "{hours:,.1f} hours guaranteed in all, {least:amount} asked", hours=total, least=self.min_total_hours or 0
        )


def _promised(placements: Placements) -> tuple[Array, Array]:
    """The hours guaranteed a week, and in all."""
    hours = placements.number("orders", "guaranteed_weekly_hours")
    nights = placements.date("orders", "end_date") - placements.date("orders", "start_date")
    return hours, hours * (nights / np.timedelta64(1, "D") + 1) / 7
