"""New or returning workers (H-2B returning worker class; GECCO repeaters)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import any_of, number_of_years, optional, required
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.vocabulary import class_in_words
from engine.words import Message, message, msgid


@dataclass(frozen=True)
class WorkerClass(Gate):
    """The worker is of an allowed class: returning where a stay at the destination ended within
    ``returning_years`` years before the order's start, else new.
    """

    kind: ClassVar = "worker_class"
    allow: tuple[str, ...] = required(any_of("new", "returning"), called=msgid("classes of worker admitted"))
    returning_years: int = optional(number_of_years, 3, called=msgid("years for which somebody is a returning worker"))
    examples: ClassVar = (
        Example(
            True,
            {"allow": ["returning"]},
            "The day three years before is inside.",
            history=({"start_date": "2023-01-01", "end_date": "2023-03-01"},),
        ),
        Example(
            False,
            {"allow": ["returning"]},
            "A day earlier is outside.",
            history=({"start_date": "2023-01-01", "end_date": "2023-02-28"},),
        ),
        Example(
            True,
            {"allow": ["new"], "returning_years": 1},
            "Two years ago is new where one year counts.",
            history=({"start_date": "2024-01-01", "end_date": "2024-03-01"},),
        ),
        Example(
            False,
            {"allow": ["new"]},
            "A stay there last year.",
            history=({"start_date": "2025-01-01", "end_date": "2025-03-01"},),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if len(set(self.allow)) > 1:
            yield message("New and returning workers are both allowed.")
        else:
            yield message("Only {workers}.", workers=class_in_words("returning" in self.allow, self.returning_years))

    def goes_with(self, other: Self) -> bool:
        """See `Rule`: some class is allowed by both."""
        return self.returning_years != other.returning_years or bool(set(self.allow) & set(other.allow))

    def follows_from(self, other: Self) -> bool:
        """See `Rule`."""
        return self.returning_years == other.returning_years and set(other.allow) <= set(self.allow)

    def asks_nothing(self) -> bool:
        """See `Rule`."""
        return set(self.allow) == {"new", "returning"}

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        returning = pairs.ended_a_stay(self.returning_years)
        allowed: Array = np.asarray(False)
        if "returning" in self.allow:
            allowed = allowed | returning
        return allowed | ~returning if "new" in self.allow else allowed

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        returning = placements.past_exit(self.returning_years)
        return ~np.isin(np.where(returning, "returning", "new"), self.allow)

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        asked = class_in_words("returning" in self.allow, self.returning_years)
        ended, _ = placements.last_exit(self.returning_years)
        return [
            message("no earlier stay that counts, asked: {workers}", workers=asked)
            if day is None
            else message("the last stay ended on {ended}, asked: {workers}", ended=day, workers=asked)
            for day in ended.tolist()
        ]
