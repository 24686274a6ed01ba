"""A plan's certificate as an object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.plan.metrics import most_gain


@dataclass(frozen=True)
class Certificate:
    """What is proved of a plan; every number in value terms, as certificate.json holds them.

    ``objective`` is what the plan is worth, ``bound`` what no legal plan exceeds, ``price_bound`` what prices alone
    prove, ``gap`` is ``(bound - objective) / max(1, abs(bound))``; ``entries`` is the whole file.
    """

    status: str
    objective: float
    bound: float
    gap: float
    price_bound: float
    placements: int
    entries: Mapping[str, Any] = field(repr=False)

    @classmethod
    def of(cls, entries: Mapping[str, Any]) -> Certificate:
        """The certificate that a file's content is."""
        named = ("status", "objective", "bound", "gap", "price_bound", "placements")
        return cls(**{name: entries[name] for name in named}, entries=dict(entries))

    @property
    def proved_optimal(self) -> bool:
        """Whether no legal plan is worth more, to a millionth."""
        return self.status == "optimal"

    def most_gain(self, price: float = 0.0, units: float = 0.0) -> float:
        """The most that any plan could be worth more than this one, with ``units`` more of a limit at its ``price``.

        ``price_bound - objective + units * price``: weak duality, for what is relaxed is paid at its price.
        """
        return most_gain(self.entries, price, units)
