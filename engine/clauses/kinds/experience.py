"""Experience in the order's occupation (SAWP asks for farming experience)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import required, whole_number
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, msgid, plural


@dataclass(frozen=True)
class Experience(Gate):
    """The worker has ``months >= min_months`` of experience in the order's occupation."""

    kind: ClassVar = "experience"
    asks_more: ClassVar = {"min_months": 1}
    min_months: int = required(whole_number, called=msgid("fewest months of experience"))
    examples: ClassVar = (
        Example(True, {"min_months": 12}, "Exactly twelve months.", ({"occupations": "9211:12"},)),
        Example(False, {"min_months": 12}, "Eleven months.", ({"occupations": "9211:11"},)),
        Example(False, {"min_months": 12}, "Months elsewhere don't count.", ({"occupations": "9211:3;6111:40"},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield plural(
            "The worker has at least {n} month of experience in the order's occupation.",
            "The worker has at least {n} months of experience in the order's occupation.",
            n=self.min_months,
        )

    def asks_nothing(self) -> bool:
        """See `Rule`."""
        return self.min_months == 0

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.experience_months >= self.min_months

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.months_in_occupation() < self.min_months

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        return [
            plural(
                "{n} month of experience, {needed} needed",
                "{n} months of experience, {needed} needed",
                n=max(months, 0),
                needed=self.min_months,
            )
            for months in placements.months_in_occupation().astype(int).tolist()
        ]
