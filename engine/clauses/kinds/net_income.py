"""What is left of the wage each week after deductions, travel and costs: nobody goes abroad to lose money."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import amount, required
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message, msgid

_ROUNDING = 1e-9


@dataclass(frozen=True)
class NetIncome(Gate):
    """``hours * wage - deductions - (travel cost + worker cost) / weeks >= min_weekly``."""

    kind: ClassVar = "net_income"
    protects: ClassVar = {"min_weekly": 1}
    asks_more: ClassVar = {"min_weekly": 1}
    min_weekly: Decimal = required(amount, called=msgid("lowest net income a week"))
    examples: ClassVar = (
        Example(True, {"min_weekly": 655}, "45 hours at 15 less 20 of deductions."),
        Example(False, {"min_weekly": 655.01}, "A cent short."),
        Example(
            False,
            {"min_weekly": 655},
            "Travel spread over the weeks counts.",
            corridor={"travel_cost_to_worker": 26},
        ),
        Example(False, {"min_weekly": 655}, "So does a cost of the job.", orders=({"worker_cost": 1},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        yield message("The worker's net weekly income is at least {income:amount}.", income=self.min_weekly)

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.net_weekly_income >= float(self.min_weekly) - _ROUNDING

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.net_weekly_income() < float(self.min_weekly) - _ROUNDING

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        return [
            message(
                "a net weekly income of {income:,.2f}, {asked:,.2f} asked for", income=income, asked=self.min_weekly
            )
            for income in placements.net_weekly_income().tolist()
        ]
