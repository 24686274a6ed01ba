"""Age limits, as in most seasonal schemes (Germany-Georgia 18 to 60; EPS 18 to 39; PTTE 21 and over)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from engine.clauses.base import Array, Bools, Example, Gate, Pairs, Placements
from engine.clauses.parameters import optional, whole_number


@dataclass(frozen=True)
class Age(Gate):
    """The worker's age in whole years at the order's start is within both limits: ``min <= age <= max``."""

    kind: ClassVar = "age"
    min: int | None = optional(whole_number)
    max: int | None = optional(whole_number)
    says: ClassVar = {
        "en": "The worker's age at the start is at least {min} and at most {max}.",
        "es": "La edad al inicio es de al menos {min} y de a lo sumo {max} años.",
    }
    examples: ClassVar = (
        Example(True, {"min": 18, "max": 55}, "Eighteen on the first day.", ({"birth_date": "2008-03-01"},)),
        Example(False, {"min": 18}, "Eighteen one day too late.", ({"birth_date": "2008-03-02"},)),
        Example(True, {"max": 55}, "Still 55 on the day before the birthday.", ({"birth_date": "1970-03-02"},)),
        Example(False, {"max": 55}, "Turns 56 on the first day.", ({"birth_date": "1970-03-01"},)),
        Example(
            False,
            {"min": 18},
            "Born on 29 February, a year older only on 1 March.",
            ({"birth_date": "2008-02-29"},),
            ({"start_date": "2026-02-28"},),
        ),
        Example(False, {"max": 55}, "Without a birth date nobody is admitted.", ({"birth_date": ""},)),
    )

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        age = pairs.age_at_start()
        admitted = (age >= (self.min or 0)) & (pairs.worker("birth_date") > np.iinfo(np.int32).min)
        return admitted if self.max is None else admitted & (age <= self.max)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        born = placements.date("workers", "birth_date")
        start = placements.date("orders", "start_date")
        too_young, too_old = np.zeros(placements.size, bool), np.zeros(placements.size, bool)
        if self.min is not None:
            too_young = _birthday(born, self.min) > start
        if self.max is not None:
            too_old = _birthday(born, self.max + 1) <= start
        return np.isnat(born) | too_young | too_old


def _birthday(born: Array, years: int) -> Array:
    """The day on which a person born on ``born`` turns ``years``: 1 March for 29 February in a common year."""
    month = born.astype("datetime64[M]")
    return (month + np.timedelta64(12 * years, "M")).astype("datetime64[D]") + (born - month.astype("datetime64[D]"))
