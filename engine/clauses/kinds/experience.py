"""Experience in the order's occupation (SAWP asks for farming experience)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from engine.clauses.base import Array, Bools, Example, Gate, Pairs, Placements
from engine.clauses.parameters import required, whole_number


@dataclass(frozen=True)
class Experience(Gate):
    """The worker has ``months >= min_months`` of experience in the order's occupation."""

    kind: ClassVar = "experience"
    min_months: int = required(whole_number)
    says: ClassVar = {
        "en": "The worker has at least {min_months} months of experience in the order's occupation.",
        "es": "La persona tiene al menos {min_months} meses de experiencia en la ocupación de la oferta.",
    }
    examples: ClassVar = (
        Example(True, {"min_months": 12}, "Exactly twelve months.", ({"occupations": "9211:12"},)),
        Example(False, {"min_months": 12}, "Eleven months.", ({"occupations": "9211:11"},)),
        Example(False, {"min_months": 12}, "Months elsewhere don't count.", ({"occupations": "9211:3;6111:40"},)),
    )

    def admits(self, pairs: Pairs) -> Array:
        """See `Gate`."""
        return pairs.experience_months >= self.min_months

    def breaches(self, placements: Placements) -> Bools:
        """See `Gate`."""
        return placements.months_in_occupation() < self.min_months
