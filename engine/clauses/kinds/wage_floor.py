"""The lowest hourly wage (SAWP: the greatest of the listed rates; H-2A: AEWR, prevailing, minimum)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import amount, required
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message


@dataclass(frozen=True)
class WageFloor(Gate):
    """``hourly_wage >= hourly``; of several floors that match, each must hold, so the highest binds."""

    kind: ClassVar = "wage_floor"
    protects: ClassVar = {"hourly": 1}
    asks_more: ClassVar = {"hourly": 1}
    hourly: Decimal = required(amount)
    examples: ClassVar = (
        Example(True, {"hourly": 15}, "At the floor."),
        Example(False, {"hourly": 15.01}, "A cent below the floor."),
        Example(
            False,
            {"hourly": 14},
            "The highest of two floors binds.",
            clauses=({"id": "other", "kind": "wage_floor", "hourly": 16},),
        ),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message("The hourly wage is at least {wage:amount}.", wage=self.hourly)

    def asks_nothing(self) -> bool:
        """See `Rule`."""
        return self.hourly == 0

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.order("hourly_wage") >= float(self.hourly)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.number("orders", "hourly_wage") < float(self.hourly)

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        return [
            message("an hourly wage of {wage:amount}, {least:amount} asked", wage=wage, least=self.hourly)
            for wage in placements.number("orders", "hourly_wage").tolist()
        ]
