"""The lowest hourly wage (SAWP: the greatest of the listed rates; H-2A: AEWR; RSE: 10 % more from the third season)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import amount, optional, positive_number, required
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message, msgid, plural

_TWO_SEASONS = (
    {"start_date": "2023-03-01", "end_date": "2023-06-30"},
    {"start_date": "2025-03-01", "end_date": "2025-06-30"},
)


@dataclass(frozen=True)
class WageFloor(Gate):
    """``hourly_wage >= hourly``; of several floors that match, each must hold, so the highest binds.

    With ``from_season`` n it binds from a worker's n-th season at the destination on. Past seasons are the calendar
    years before the order's start in which a stay of `history` there began, as `max_seasons` counts them.
    """

    kind: ClassVar = "wage_floor"
    protects: ClassVar = {"hourly": 1, "from_season": -1}
    asks_more: ClassVar = {"hourly": 1, "from_season": -1}
    told_to_employers: ClassVar = True
    told_in_offers: ClassVar = True
    hourly: Decimal = required(amount, called=msgid("lowest hourly wage"))
    from_season: int = optional(positive_number, 1, called=msgid("season of a worker from which it holds"))
    examples: ClassVar = (
        Example(True, {"hourly": 15}, "At the floor."),
        Example(False, {"hourly": 15.01}, "A cent below the floor."),
        Example(
            False,
            {"hourly": 14},
            "The highest of two floors binds.",
            clauses=({"id": "other", "kind": "wage_floor", "hourly": 16},),
        ),
        Example(True, {"hourly": 16.5, "from_season": 3}, "The second season.", history=_TWO_SEASONS[1:]),
        Example(False, {"hourly": 16.5, "from_season": 3}, "The third season.", history=_TWO_SEASONS),
        Example(
            True,
            {"hourly": 16.5, "from_season": 3},
            "Two stays in one year are one season.",
            history=(
                {"start_date": "2025-02-01", "end_date": "2025-03-31"},
                {"start_date": "2025-05-01", "end_date": "2025-06-30"},
            ),
        ),
        Example(
            True,
            {"hourly": 16.5, "from_season": 3},
            "Seasons at another destination don't count.",
            history=tuple({**stay, "destination_country": "ES"} for stay in _TWO_SEASONS),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.from_season == 1:
            yield message("The hourly wage is at least {wage:amount}.", wage=self.hourly)
        else:
            yield message(
                "From a worker's season number {season} there on, the hourly wage is at least {wage:amount}.",
                season=self.from_season,
                wage=self.hourly,
            )

    def asks_nothing(self) -> bool:
        """See `Rule`."""
        return self.hourly == 0

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        paid = pairs.order("hourly_wage") >= float(self.hourly)
        if self.from_season == 1:
            return paid
        return np.asarray(paid | (pairs.past_seasons() + 1 < self.from_season))

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        short = placements.number("orders", "hourly_wage") < float(self.hourly)
        if self.from_season > 1:
            short &= placements.past_seasons() >= self.from_season - 1
        return short

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        wages = placements.number("orders", "hourly_wage").tolist()
        if self.from_season == 1:
            return [
                message("an hourly wage of {wage:amount}, {least:amount} asked", wage=wage, least=self.hourly)
                for wage in wages
            ]
        return [
            plural(
                "an hourly wage of {wage:amount} after {n} season there, {least:amount} asked",
                "an hourly wage of {wage:amount} after {n} seasons there, {least:amount} asked",
                n=seasons,
                wage=wage,
                least=self.hourly,
            )
            for wage, seasons in zip(wages, placements.past_seasons().tolist(), strict=True)
        ]
