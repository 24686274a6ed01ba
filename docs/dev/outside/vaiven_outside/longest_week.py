"""A kind of clause: no week is longer than so many hours."""

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
class LongestWeek(Gate):
    """``weekly_hours <= hours`` (Hours of Work Convention, ILO C1, article 2: forty-eight)."""

    kind: ClassVar = "longest_week"
    hours: Decimal = required(amount)
    examples: ClassVar = (
        Example(True, {"hours": 48}, "Forty-eight hours are allowed.", orders=({"weekly_hours": "48"},)),
        Example(False, {"hours": 48}, "Half an hour long.", orders=({"weekly_hours": "48.5"},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message("No week is longer than {hours} hours.", hours=self.hours)

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.order("weekly_hours") <= float(self.hours)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.number("orders", "weekly_hours") > float(self.hours)
