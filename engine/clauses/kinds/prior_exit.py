"""A bar after certain exits from the same destination (proof of return in GECCO)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import any_of, number_of_years, required
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.vocabulary import EXITS
from engine.words import Message, msgid, plural


@dataclass(frozen=True)
class PriorExit(Gate):
    """No exit for a reason in ``bar`` from that destination within ``years`` years before the start."""

    kind: ClassVar = "prior_exit"
    asks_more: ClassVar = {"years": 1}
    bar: tuple[str, ...] = required(
        any_of("completed", "early_return", "transferred", "overstay"), called=msgid("ends of a stay that bar")
    )
    years: int = required(number_of_years, called=msgid("years for which they bar"))
    examples: ClassVar = (
        Example(
            False,
            {"bar": ["overstay"], "years": 2},
            "The day two years before is inside.",
            history=({"start_date": "2024-01-01", "end_date": "2024-03-01", "exit_reason": "overstay"},),
        ),
        Example(
            True,
            {"bar": ["overstay"], "years": 2},
            "A day earlier is outside.",
            history=({"start_date": "2024-01-01", "end_date": "2024-02-29", "exit_reason": "overstay"},),
        ),
        Example(
            True,
            {"bar": ["overstay"], "years": 2},
            "Another reason is no bar.",
            history=({"start_date": "2024-05-01", "end_date": "2024-08-01", "exit_reason": "completed"},),
        ),
        Example(
            True,
            {"bar": ["overstay"], "years": 2},
            "Nor is another destination.",
            history=(
                {
                    "start_date": "2024-05-01",
                    "end_date": "2024-08-01",
                    "exit_reason": "overstay",
                    "destination_country": "ES",
                },
            ),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield plural(
            "No stay at the destination ended {ways:or} in the {n} year before the start.",
            "No stay at the destination ended {ways:or} in the {n} years before the start.",
            n=self.years,
            ways=tuple(EXITS[way] for way in self.bar),
        )

    def follows_from(self, other: Self) -> bool:
        """See `Rule`."""
        return set(self.bar) <= set(other.bar) and self.years <= other.years

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return np.logical_not(pairs.ended_a_stay(self.years, self.bar))

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.past_exit(self.years, self.bar)

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        ended, ways = placements.last_exit(self.years, self.bar)
        return [
            plural(
                "a stay ended {way} on {ended}, work from {start}; {n} year must pass",
                "a stay ended {way} on {ended}, work from {start}; {n} years must pass",
                n=self.years,
                way=EXITS[way],
                ended=day,
                start=start,
            )
            for day, way, start in zip(
                ended.tolist(), ways.tolist(), placements.date("orders", "start_date").tolist(), strict=True
            )
        ]
