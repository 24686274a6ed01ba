"""Length of a contract (H-2A to ten months, PALM to nine)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import number_of_days, optional
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.vocabulary import days, within
from engine.words import Message, message, msgid, plural


@dataclass(frozen=True)
class Contract(Gate):
    """The order lasts ``min_days <= end - start + 1 <= max_days``."""

    kind: ClassVar = "contract"
    protects: ClassVar = {"min_days": 1}
    asks_more: ClassVar = {"min_days": 1, "max_days": -1}
    ranges: ClassVar = (("min_days", "max_days"),)
    told_to_employers: ClassVar = True
    min_days: int | None = optional(number_of_days, called=msgid("fewest days of work"))
    max_days: int | None = optional(number_of_days, called=msgid("most days of work"))
    examples: ClassVar = (
        Example(True, {"min_days": 30}, "Both ends count.", orders=({"end_date": "2026-03-30"},)),
        Example(False, {"min_days": 30}, "One day short.", orders=({"end_date": "2026-03-29"},)),
        Example(True, {"max_days": 31}, "All of March.", orders=({"end_date": "2026-03-31"},)),
        Example(False, {"max_days": 31}, "One day long.", orders=({"end_date": "2026-04-01"},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.min_days is not None and self.max_days is not None:
            yield message(
                "The contract lasts at least {min} and at most {max}.",
                min=days(self.min_days),
                max=days(self.max_days),
            )
        elif self.min_days is not None:
            yield plural(
                "The contract lasts at least {n} day.", "The contract lasts at least {n} days.", n=self.min_days
            )
        elif self.max_days is not None:
            yield plural("The contract lasts at most {n} day.", "The contract lasts at most {n} days.", n=self.max_days)
        else:
            yield message("The contract may have any length.")

    def days_of_a_placement(self) -> tuple[int | None, int | None]:
        """See `Rule`."""
        return self.min_days, self.max_days

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        days = pairs.order("end_date") - pairs.order("start_date") + 1
        admitted = days >= (self.min_days or 0)
        return admitted if self.max_days is None else admitted & (days <= self.max_days)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        nights = placements.date("orders", "end_date") - placements.date("orders", "start_date")
        days = nights / np.timedelta64(1, "D") + 1
        longest = np.inf if self.max_days is None else self.max_days
        return np.asarray((days < (self.min_days or 0)) | (days > longest))

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        nights = placements.date("orders", "end_date") - placements.date("orders", "start_date")
        demand = within(self.min_days, self.max_days)
        return [
            plural("{n} day of work, asked: {demand}", "{n} days of work, asked: {demand}", n=days + 1, demand=demand)
            for days in nights.astype(int).tolist()
        ]
