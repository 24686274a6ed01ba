"""Limits on education (Mexico's PTAT: at most the first year of upper secondary school)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Array, Bools, Example, Gate, Pairs, Placements
from engine.clauses.parameters import optional, whole_number


@dataclass(frozen=True)
class Education(Gate):
    """The worker's ISCED level is within both limits: ``min <= isced <= max``."""

    kind: ClassVar = "education"
    min: int | None = optional(whole_number)
    max: int | None = optional(whole_number)
    says: ClassVar = {
        "en": "The worker's education is at least ISCED {min} and at most ISCED {max}.",
        "es": "El nivel educativo es al menos CINE {min} y a lo sumo CINE {max}.",
    }
    examples: ClassVar = (
        Example(True, {"max": 3}, "At the ceiling.", ({"isced": 3},)),
        Example(False, {"max": 3}, "Above it.", ({"isced": 4},)),
        Example(False, {"min": 2}, "Below the floor.", ({"isced": 1},)),
        Example(False, {"max": 3}, "Unknown education is not admitted.", ({"isced": ""},)),
    )

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
