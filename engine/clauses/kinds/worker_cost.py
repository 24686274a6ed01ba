"""What the worker pays for the job (Employer Pays Principle; IRIS Standard, principle 1: no fees)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from engine.clauses.base import Array, Bools, Example, Gate, Pairs, Placements
from engine.clauses.parameters import amount, required


@dataclass(frozen=True)
class WorkerCost(Gate):
    """``worker_cost <= max``; a ``max`` of 0 means that the employer pays."""

    kind: ClassVar = "worker_cost"
    max: Decimal = required(amount)
    says: ClassVar = {
        "en": "The worker pays at most {max} for the job.",
        "es": "La persona paga a lo sumo {max} por el empleo.",
    }
    examples: ClassVar = (
        Example(True, {"max": 0}, "The employer pays.", orders=({"worker_cost": 0},)),
        Example(True, {"max": 0}, "An empty cell is no cost.", orders=({"worker_cost": ""},)),
        Example(False, {"max": 100}, "A fee above the ceiling.", orders=({"worker_cost": 100.5},)),
    )

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.order("worker_cost") <= float(self.max)

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.number("orders", "worker_cost") > float(self.max)
