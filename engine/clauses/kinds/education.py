"""Limits on education (Mexico's PTAT: at most the first year of upper secondary school)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import optional, whole_number
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.vocabulary import within
from engine.words import Message, message, msgid


@dataclass(frozen=True)
class Education(Gate):
    """The worker's ISCED level is within both limits: ``min <= isced <= max``."""

    kind: ClassVar = "education"
    asks_more: ClassVar = {"min": 1, "max": -1}
    ranges: ClassVar = (("min", "max"),)
    min: int | None = optional(whole_number, called=msgid("lowest level of education (ISCED)"))
    max: int | None = optional(whole_number, called=msgid("highest level of education (ISCED)"))
    examples: ClassVar = (
        Example(True, {"max": 3}, "At the ceiling.", ({"isced": 3},)),
        Example(False, {"max": 3}, "Above it.", ({"isced": 4},)),
        Example(False, {"min": 2}, "Below the floor.", ({"isced": 1},)),
        Example(False, {"max": 3}, "Unknown education is not admitted.", ({"isced": ""},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.min is not None and self.max is not None:
            yield message("The worker's education is from ISCED {min} to ISCED {max}.", min=self.min, max=self.max)
        elif self.min is not None:
            yield message("The worker's education is ISCED {min} or above.", min=self.min)
        elif self.max is not None:
            yield message("The worker's education is ISCED {max} or below.", max=self.max)
        else:
            yield message("The worker's education is known.")

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        level = pairs.worker("isced")
        admitted = level >= (self.min or 0)
        return admitted if self.max is None else admitted & (level <= self.max)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        level = placements.number("workers", "isced")
        low = -np.inf if self.min is None else self.min
        high = np.inf if self.max is None else self.max
        return np.isnan(level) | (level < low) | (level > high)

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        demand = within(self.min, self.max)
        return [
            message("no level of education, asked: {demand}", demand=demand)
            if np.isnan(level)
            else message("education of ISCED {level}, asked: {demand}", level=int(level), demand=demand)
            for level in placements.number("workers", "isced").tolist()
        ]
