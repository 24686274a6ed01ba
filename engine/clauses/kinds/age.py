"""Age limits, as in most seasonal schemes (Germany-Georgia 18 to 60; EPS 18 to 39; PTTE 21 and over)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import optional, whole_number
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.vocabulary import within
from engine.words import Message, message, msgid, plural


@dataclass(frozen=True)
class Age(Gate):
    """The worker's age in whole years at the order's start is within both limits: ``min <= age <= max``."""

    kind: ClassVar = "age"
    protects: ClassVar = {"min": 1}
    asks_more: ClassVar = {"min": 1, "max": -1}
    ranges: ClassVar = (("min", "max"),)
    min: int | None = optional(whole_number, called=msgid("lowest age"))
    max: int | None = optional(whole_number, called=msgid("highest age"))
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

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.min is not None and self.max is not None:
            yield plural(
                "The worker is from {min} to {n} year old at the start.",
                "The worker is from {min} to {n} years old at the start.",
                n=self.max,
                min=self.min,
            )
        elif self.min is not None:
            yield plural(
                "The worker is at least {n} year old at the start.",
                "The worker is at least {n} years old at the start.",
                n=self.min,
            )
        elif self.max is not None:
            yield plural(
                "The worker is at most {n} year old at the start.",
                "The worker is at most {n} years old at the start.",
                n=self.max,
            )
        else:
            yield message("The worker's date of birth is known.")

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

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        born, start = (placements.date(*column) for column in (("workers", "birth_date"), ("orders", "start_date")))
        years = born.astype("datetime64[Y]"), start.astype("datetime64[Y]")
        age = (years[1] - years[0]).astype(int)
        age = np.where(np.isnat(born), 0, age)
        age -= np.where(np.isnat(born), False, _on_each(born, age) > start)
        return [self._fact(*row) for row in zip(born.tolist(), start.tolist(), age.tolist(), strict=True)]

    def _fact(self, born: date | None, start: date, age: int) -> Message:
        demand = within(self.min, self.max)
        if born is None:
            return message("no birth date, age asked: {demand}", demand=demand)
        return plural(
            "{n} year old on {start} (born on {born}), asked: {demand}",
            "{n} years old on {start} (born on {born}), asked: {demand}",
            n=age,
            start=start,
            born=born,
            demand=demand,
        )


def _on_each(born: Array, years: Array) -> Array:
    """The day on which each turns his or her own number of years."""
    return np.array([_birthday(day, year) for day, year in zip(born, years.tolist(), strict=True)], "datetime64[D]")


def _birthday(born: Array, years: int) -> Array:
    """The day on which a person born on ``born`` turns ``years``: 1 March for 29 February in a common year."""
    month = born.astype("datetime64[M]")
    return (month + np.timedelta64(12 * years, "M")).astype("datetime64[D]") + (born - month.astype("datetime64[D]"))
