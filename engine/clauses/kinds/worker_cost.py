"""What the worker pays for the job (Employer Pays Principle; IRIS Standard, principle 1: no fees)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from engine.clauses.base import Example, Gate
from engine.clauses.parameters import amount, required
from engine.clauses.views import Array, Bools, Pairs, Placements
from engine.words import Message, message, msgid


@dataclass(frozen=True)
class WorkerCost(Gate):
    """``worker_cost <= max``; a ``max`` of 0 means that the employer pays."""

    kind: ClassVar = "worker_cost"
    protects: ClassVar = {"max": -1}
    asks_more: ClassVar = {"max": -1}
    told_to_employers: ClassVar = True
    told_in_offers: ClassVar = True
    max: Decimal = required(amount, called=msgid("greatest amount that the worker pays"))
    examples: ClassVar = (
        Example(True, {"max": 0}, "The employer pays.", orders=({"worker_cost": 0},)),
        Example(True, {"max": 0}, "An empty cell is no cost.", orders=({"worker_cost": ""},)),
        Example(False, {"max": 100}, "A fee above the ceiling.", orders=({"worker_cost": 100.5},)),
    )

    def sentences(self) -> Iterator[Message]:
        """See `Rule`."""
        if self.max:
            yield message("The worker pays at most {amount:amount} for the job.", amount=self.max)
        else:
            yield message("The worker pays nothing for the job.")

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.order("worker_cost") <= float(self.max)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.number("orders", "worker_cost") > float(self.max)

    def facts(self, placements: Placements) -> list[Message]:
        """See `Gate`."""
        return [
            message("a cost to the worker of {cost:amount}, at most {most:amount} allowed", cost=cost, most=self.max)
            for cost in placements.number("orders", "worker_cost").tolist()
        ]
