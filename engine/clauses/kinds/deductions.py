"""How much may be deducted from the gross wage: a share of it, an amount a week, or both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

import numpy as np

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import amount, optional, share
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.clauses.where import Where
from engine.words import Message, message, msgid

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Deductions(Gate):
    """``weekly_deductions <= max_share * weekly_hours * hourly_wage`` and ``<= max_weekly``.

    Money is in the programme's currency.
    """

    kind: ClassVar = "deductions"
    protects: ClassVar = {"max_share": -1, "max_weekly": -1}
    asks_more: ClassVar = {"max_share": -1, "max_weekly": -1}
    told_to_employers: ClassVar = True
    told_in_offers: ClassVar = True
    max_share: Decimal | None = optional(share, called=msgid("greatest part of the wage deducted (0 to 1)"))
    max_weekly: Decimal | None = optional(amount, called=msgid("greatest amount deducted a week"))
    examples: ClassVar = (
        Example(True, {"max_share": 0.05}, "33.75 of 675.", orders=({"weekly_deductions": 33.75},)),
        Example(False, {"max_share": 0.05}, "A cent more.", orders=({"weekly_deductions": 33.76},)),
        Example(True, {"max_weekly": 20}, "At the ceiling."),
        Example(False, {"max_weekly": 19.99}, "A cent above the ceiling."),
        Example(False, {"max_share": 0.5, "max_weekly": 10}, "The lower of the two binds."),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.max_share is not None:
            yield message("Deductions take at most {share:share} of the gross weekly wage.", share=self.max_share)
        if self.max_weekly is not None:
            yield message("Deductions are at most {most:amount} a week.", most=self.max_weekly)

    def problems(self, where: Where) -> list[tuple[str, str]]:
        """See `Rule`."""
        if self.max_share is None and self.max_weekly is None:
            return [("max_share", message("at least one of max_share and max_weekly"))]
        return []

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        most = np.asarray(np.inf if self.max_weekly is None else float(self.max_weekly))
        if self.max_share is not None:
            gross = pairs.order("weekly_hours") * pairs.order("hourly_wage")
            most = np.minimum(most, float(self.max_share) * gross)
        return np.asarray(pairs.order("weekly_deductions") <= most + _ROUNDING)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        taken, gross = _taken_and_gross(placements)
        over = np.zeros(placements.size, bool)
        if self.max_share is not None:
            over |= taken - float(self.max_share) * gross > _ROUNDING
        if self.max_weekly is not None:
            over |= taken - float(self.max_weekly) > _ROUNDING
        return over

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        columns = (column.tolist() for column in _taken_and_gross(placements))
        return [self._fact(taken, gross) for taken, gross in zip(*columns, strict=True)]

    def _fact(self, taken: float, gross: float) -> Message:
        if self.max_weekly is not None and taken - float(self.max_weekly) > _ROUNDING:
            return message(
                "deductions of {taken:,.2f} a week, at most {most:amount} allowed", taken=taken, most=self.max_weekly
            )
        return message(
            "deductions of {taken:,.2f} from a weekly wage of {gross:,.2f}, at most {share:share} of it allowed",
            taken=taken,
            gross=gross,
            share=self.max_share or Decimal(0),
        )


def _taken_and_gross(placements: Placements) -> tuple[Array, Array]:
    """What is deducted in a week, and the gross wage of a week."""
    gross = placements.number("orders", "weekly_hours") * placements.number("orders", "hourly_wage")
    return placements.number("orders", "weekly_deductions"), gross
