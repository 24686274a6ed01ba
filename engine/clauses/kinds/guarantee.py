"""Guaranteed hours (SAWP 240 hours in six weeks, UK 32 hours a week, H-2A three fourths of the contract)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import amount, optional
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message, plural

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Guarantee(Gate):
    """``guaranteed_weekly_hours >= min_weekly_hours`` and ``guaranteed_weekly_hours * weeks >= min_total_hours``."""

    kind: ClassVar = "guarantee"
    protects: ClassVar = {"min_weekly_hours": 1, "min_total_hours": 1}
    asks_more: ClassVar = {"min_weekly_hours": 1, "min_total_hours": 1}
    min_weekly_hours: Decimal | None = optional(amount)
    min_total_hours: Decimal | None = optional(amount)
    examples: ClassVar = (
        Example(True, {"min_weekly_hours": 40}, "Forty hours are promised."),
        Example(False, {"min_weekly_hours": 40.5}, "Half an hour short."),
        Example(True, {"min_total_hours": 240}, "Six weeks of forty hours.", orders=({"end_date": "2026-04-11"},)),
        Example(False, {"min_total_hours": 240}, "A day short of it.", orders=({"end_date": "2026-04-10"},)),
        Example(False, {"min_weekly_hours": 1}, "No promise at all.", orders=({"guaranteed_weekly_hours": ""},)),
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
        if self.min_weekly_hours is None and self.min_total_hours is None:
            yield message("No hours are guaranteed.")

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        hours = pairs.order("guaranteed_weekly_hours")
        weekly = hours >= float(self.min_weekly_hours or 0)
        return weekly & (hours * pairs.weeks >= float(self.min_total_hours or 0) - _ROUNDING)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        hours = placements.number("orders", "guaranteed_weekly_hours")
        nights = placements.date("orders", "end_date") - placements.date("orders", "start_date")
        total = hours * (nights / np.timedelta64(1, "D") + 1) / 7
        short = np.zeros(placements.size, bool)
        if self.min_weekly_hours is not None:
            short |= hours < float(self.min_weekly_hours)
        if self.min_total_hours is not None:
            short |= total < float(self.min_total_hours) - _ROUNDING
        return short

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        hours = placements.number("orders", "guaranteed_weekly_hours")
        nights = placements.date("orders", "end_date") - placements.date("orders", "start_date")
        total = hours * (nights / np.timedelta64(1, "D") + 1) / 7
        return [self._fact(*row) for row in zip(hours.tolist(), total.tolist(), strict=True)]

    def _fact(self, hours: float, total: float) -> Message:
        if self.min_weekly_hours is not None and hours < float(self.min_weekly_hours):
            return message(
                "{hours:amount} hours a week guaranteed, {least:amount} asked", hours=hours, least=self.min_weekly_hours
            )
        return message(
            "{hours:,.1f} hours guaranteed in all, {least:amount} asked", hours=total, least=self.min_total_hours or 0
        )
