"""How much of the gross wage may be deducted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import required, share
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Deductions(Gate):
    """``weekly_deductions <= max_share * weekly_hours * hourly_wage``."""

    kind: ClassVar = "deductions"
    protects: ClassVar = {"max_share": -1}
    asks_more: ClassVar = {"max_share": -1}
    max_share: Decimal = required(share)
    examples: ClassVar = (
        Example(True, {"max_share": 0.05}, "33.75 of 675.", orders=({"weekly_deductions": 33.75},)),
        Example(False, {"max_share": 0.05}, "A cent more.", orders=({"weekly_deductions": 33.76},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message("Deductions take at most {share:share} of the gross weekly wage.", share=self.max_share)

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        gross = pairs.order("weekly_hours") * pairs.order("hourly_wage")
        return pairs.order("weekly_deductions") <= float(self.max_share) * gross + _ROUNDING

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        gross = placements.number("orders", "weekly_hours") * placements.number("orders", "hourly_wage")
        return placements.number("orders", "weekly_deductions") - float(self.max_share) * gross > _ROUNDING

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        gross = placements.number("orders", "weekly_hours") * placements.number("orders", "hourly_wage")
        taken = placements.number("orders", "weekly_deductions")
        return [
            message(
                "deductions of {taken:,.2f} from a weekly wage of {gross:,.2f}, at most {share:share} of it allowed",
                taken=less,
                gross=wage,
                share=self.max_share,
            )
            for less, wage in zip(taken.tolist(), gross.tolist(), strict=True)
        ]
